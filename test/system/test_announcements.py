"""When and how a master tells its link where the addresses are."""

import pytest

from lab import BACKUP, MASTER, Lab, Pair, pair_config

pytestmark = pytest.mark.needs("understudy")

FOUR = tuple(f"192.168.56.{number}" for number in (51, 52, 53, 54))
BOTH = ("192.168.56.60", "2001:db8:56::60")


def paced(interval: str, **keys: object) -> str:
    addresses = [f"{address}/24" for address in FOUR]
    return f'[daemon]\nannounce_interval = "{interval}"\n\n' + pair_config(addresses=addresses,
                                                                           **keys)


def test_a_new_master_announces_at_once_and_three_times_again(lab: Lab) -> None:
    pair = Pair(lab, ipv6=True, addresses=BOTH)
    pair.understudy(pair_config(addresses=[f"{BOTH[0]}/24", "fe80::60/64", f"{BOTH[1]}/64"]))
    wire = pair.lab.sniff(pair.lan)
    killed = pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    mac = pair.backup.mac()
    came = pair.backup.wait_address(BOTH[0], since=killed)
    # At once, after 0.2, 1 and 5 s; the next one would be a minute later.
    last = wire.arps.wait(lambda x: x.sender == BOTH[0] and x.is_gratuitous
                          and x.operation == "reply", since=came + 4.5, timeout=30)
    wire.neighbours.wait(lambda x: x.target == BOTH[1], since=came + 4.5, timeout=30)
    for operation in ("request", "reply"):
        told = [x for x in wire.arps.since(killed, last.at) if x.is_gratuitous
                and x.sender == BOTH[0] and x.sender_mac == mac and x.operation == operation]
        assert len(told) == 4, told
    told6 = [x for x in wire.neighbours.since(killed) if x.target == BOTH[1]]
    assert len(told6) == 4 and {x.target_mac for x in told6} == {mac}, told6


def test_announcements_keep_their_distance_and_each_address_has_its_turn(lab: Lab) -> None:
    pair = Pair(lab, addresses=FOUR)
    pair.understudy(paced("50ms"))
    wire = pair.lab.sniff(pair.lan)
    killed = pair.nginx[MASTER].kill()
    mac = pair.backup.mac()
    last = wire.arps.wait(lambda x: x.sender == FOUR[-1] and x.sender_mac == mac
                          and x.operation == "reply" and x.is_gratuitous, since=killed, timeout=10)
    told = [x for x in wire.arps.since(killed, last.at) if x.sender_mac == mac and x.is_gratuitous]
    assert [x.sender for x in told[:4]] == list(FOUR), told
    assert {x.operation for x in told[:4]} == {"request"}
    assert {x.sender for x in told if x.operation == "reply"} == set(FOUR)
    # A wake-up may be late, and what it sends with it; the rate is kept.
    assert told[-1].at - told[0].at > (len(told) - 2) * 0.050, told


def test_a_master_that_leaves_says_nothing_more_of_its_addresses(lab: Lab) -> None:
    pair = Pair(lab, addresses=FOUR)
    pair.understudy(paced("300ms"))
    wire = pair.lab.sniff(pair.lan)
    back = pair.nginx[MASTER].kill()
    pair.settle(BACKUP)
    pair.nginx[MASTER].start()
    pair.settle(MASTER)
    mac = pair.master.mac()
    wire.arps.wait(lambda x: x.sender == FOUR[0] and x.sender_mac == mac, since=back)
    killed = pair.nginx[MASTER].kill()
    left = wire.adverts.wait(lambda x: x.source == pair.master.address and x.priority == 0,
                             since=killed)
    # Of the former master eight frames or so would be due until then.
    wire.arps.wait(lambda x: x.sender == FOUR[-1] and x.sender_mac == pair.backup.mac()
                   and x.operation == "reply" and x.is_gratuitous, since=killed, timeout=10)
    late = [x for x in wire.arps.since(left.at) if x.sender_mac == mac and x.sender in FOUR]
    assert late == []
