"""A thousand links and ten thousand addresses that are none of ours, and what they do."""

import pytest

from lab import ADDRESS, MASTER, Lab, Pair, pair_config

pytestmark = [pytest.mark.needs("understudy"), pytest.mark.slow]

# The kernel needs minutes to delete ten thousand links, and nobody's links move meanwhile.
LINKS = 1000
CHANGES = 10
ADDRESSES = 10_000
GROUP = 7

# A backup that waits for ten adverts leaves the master time to be frozen. The owner needs no
# election, so that the test needs not wait as long.
PATIENT = pair_config(priority={"lb-master": 255, "lb-backup": 90}, interval="1s", down_adverts=10,
                      lease=False, checks=None)


def batch(pair: Pair, lines: list[str]) -> None:
    pair.master.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", timeout=120)


def add_links(pair: Pair) -> None:
    batch(pair, [f"link add foreign{n} group {GROUP} type bridge" for n in range(LINKS)])


def add_addresses(pair: Pair) -> None:
    batch(pair, [f"addr add 10.1.{n // 250}.{n % 250 + 1}/32 dev foreign{n % 100}"
                 for n in range(ADDRESSES)])


def change_links(pair: Pair) -> None:
    for mtu in range(1400, 1400 + CHANGES):
        pair.master.run(["ip", "link", "set", "group", str(GROUP), "mtu", str(mtu)], timeout=60)


def test_a_burst_of_foreign_links_and_addresses_delays_nothing_and_lost_ones_are_made_up_for(
        lab: Lab) -> None:
    pair = Pair(lab)
    daemons = pair.understudy(PATIENT)
    before = daemons[MASTER].router()
    wire = pair.lab.sniff(pair.lan, sender=pair.master)
    began = pair.lab.now()
    add_links(pair)
    add_addresses(pair)
    ended = wire.adverts.wait(since=pair.lab.now()).at
    sent = [x.at for x in wire.adverts.since(began)]
    worst = max(later - earlier for earlier, later in zip(sent, sent[1:]))
    print(f"burst: {ended - began:.1f} s, {len(sent)} adverts, longest gap {worst * 1000:.0f} ms")
    assert worst < 5.0

    # What is lost while the daemon stands still would have told it of these two changes.
    frozen = daemons[MASTER].freeze()
    pair.master.run(["ip", "addr", "del", f"{ADDRESS}/24", "dev", "eth0"])
    pair.master.run(["ip", "link", "set", "eth0", "mtu", "1400"])
    change_links(pair)
    thawed = daemons[MASTER].thaw()
    print(f"frozen for {thawed - frozen:.1f} s")
    told = daemons[MASTER].wait_log("notifications lost; links read anew", since=thawed, timeout=30)
    mtu = daemons[MASTER].wait_log("link has another MTU", since=thawed, timeout=30)
    back = pair.master.wait_address(ADDRESS, since=thawed, timeout=30)
    print(f"after the thaw: lost told {(told.at - thawed) * 1000:.0f} ms, MTU seen "
          f"{(mtu.at - thawed) * 1000:.0f} ms, address back {(back - thawed) * 1000:.0f} ms")

    wire.adverts.wait(since=pair.lab.now(), timeout=30)
    after = daemons[MASTER].router()
    assert after["since"] == before["since"] and after["state"] == "master"
    assert after["counters"]["addresses_restored"] == 1
    assert daemons[MASTER].process.is_alive and pair.holders() == [MASTER]
