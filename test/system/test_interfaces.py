"""What becomes of an interface, and what its routers do then: told in one line for the link."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from lab import ADDRESS, BACKUP, MASTER, Lab, Pair, Understudy, pair_config, wait_until

pytestmark = pytest.mark.needs("understudy")

OTHER = "192.168.56.59"
ADDRESS6 = "2001:db8:56::60"
NEW_MAC = "02:00:00:00:00:77"
OWN = "192.168.56.61"

# Two routers on one link: what happens to it is told once all the same.
TWO_ROUTERS = pair_config() + pair_config(vrid=52, addresses=[f"{OTHER}/24"],
                                          checks=None).replace("k8s-api", "second")


@pytest.fixture
def two(lab: Lab) -> Pair:
    return Pair(lab, addresses=(ADDRESS, OTHER))


def link_lines(daemon: Understudy, since: float) -> list[str]:
    """What the log says of the link itself, not of a router on it."""
    return [line.text for line in daemon.process.lines.since(since)
            if " interface=eth0" in line.text and " router=" not in line.text]


def on_master(command: str) -> Callable[[Pair], object]:
    return lambda pair: pair.master.run(command)


@dataclass(frozen=True)
class Loss:
    """What happens to the master's interface, the line and the status that tell it, the way back.

    A line may say less than the status: the kernel takes a link down before it deletes it.
    """

    happens: Callable[[Pair], object]
    line: str
    reason: str
    returns: Callable[[Pair], object]


DOWN = 'link is down .*reason="interface eth0 {}" effect="its routers leave the election"'
NO_SOURCE = f'address to speak from is gone .*address={OWN}'
NO_ADDRESS = "interface eth0 has no IPv4 address of its own"
NOT_THERE = "interface eth0 is not there"

LOSSES = {
    "down": Loss(on_master("ip link set eth0 down"), DOWN.format("is down"),
                 "interface eth0 is down", on_master("ip link set eth0 up")),
    "carrier": Loss(lambda pair: pair.lan.cut(pair.master, carrier=True),
                    DOWN.format("has no carrier"), "interface eth0 has no carrier",
                    lambda pair: pair.lan.join(pair.master)),
    "renamed": Loss(on_master("ip link set eth0 name old"), DOWN.format("was renamed to old"),
                    NOT_THERE, on_master("ip link set old name eth0")),
    "deleted": Loss(on_master("ip link del eth0"), DOWN.format("(was deleted|is down)"), NOT_THERE,
                    lambda pair: pair.lan.attach(pair.master, OWN)),
    "address": Loss(on_master(f"ip addr del {OWN}/24 dev eth0"), NO_SOURCE, NO_ADDRESS,
                    on_master(f"ip addr add {OWN}/24 dev eth0")),
    "flush": Loss(on_master("ip addr flush dev eth0"), NO_SOURCE, NO_ADDRESS,
                  on_master(f"ip addr add {OWN}/24 dev eth0")),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_an_interface_that_is_lost_moves_the_addresses_and_takes_them_back(
        two: Pair, loss: Loss) -> None:
    daemons = two.understudy(TWO_ROUTERS)
    lost = two.lab.now()
    loss.happens(two)
    for router in ("k8s-api", "second"):
        daemons[MASTER].wait_state("initialize", router)
    two.settle(BACKUP)
    lines = link_lines(daemons[MASTER], lost)
    assert len(lines) == 1 and re.search(loss.line, lines[0]), lines
    wait_until(lambda: daemons[MASTER].router("second")["reason"] == loss.reason)

    wire = two.lab.sniff(two.lan)
    back = two.lab.now()
    loss.returns(two)
    two.settle(MASTER)
    for address in two.addresses:
        wire.arps.wait(lambda x, a=address: x.is_gratuitous and x.sender == a
                       and x.sender_mac == two.master.mac(), since=back)
    assert daemons[MASTER].router("second")["counters"]["became_master"] == 2


def test_a_renamed_interface_loses_the_addresses(pair: Pair) -> None:
    daemons = pair.understudy(pair_config())
    renamed = pair.lab.now()
    pair.master.run(["ip", "link", "set", "eth0", "name", "old"])
    pair.master.wait_address(ADDRESS, present=False, since=renamed)
    told = daemons[MASTER].wait_log("state changed .* to=initialize", since=renamed)
    assert "interface eth0 was renamed to old" in told.text
    assert OWN in {x.address for x in pair.master.addresses()}


def test_another_mac_address_is_announced(lab: Lab) -> None:
    pair = Pair(lab, ipv6=True, addresses=(ADDRESS, ADDRESS6))
    daemons = pair.understudy(pair_config(addresses=[f"{ADDRESS}/24", "fe80::60/64",
                                                     f"{ADDRESS6}/64"]))
    before = [x["since"] for x in daemons[MASTER].status()["routers"]]
    wire = pair.lab.sniff(pair.lan)
    changed = pair.lab.now()
    pair.master.run(["ip", "link", "set", "eth0", "address", NEW_MAC])
    for operation in ("request", "reply"):
        wire.arps.wait(lambda x, op=operation: x.is_gratuitous and x.sender == ADDRESS
                       and x.sender_mac == x.source_mac == NEW_MAC and x.operation == op,
                       since=changed)
    wire.neighbours.wait(lambda x: x.target == ADDRESS6 and x.target_mac == NEW_MAC, since=changed)
    lines = link_lines(daemons[MASTER], changed)
    assert len(lines) == 1 and "link has another MAC address" in lines[0], lines
    assert [x["since"] for x in daemons[MASTER].status()["routers"]] == before
    assert pair.holders() == [MASTER]
    wait_until(lambda: pair.client_host.reaches(ADDRESS))


def test_another_mtu_moves_nothing(two: Pair) -> None:
    daemons = two.understudy(TWO_ROUTERS)
    before = [x["since"] for x in daemons[MASTER].status()["routers"]]
    changed = two.lab.now()
    two.master.run(["ip", "link", "set", "eth0", "mtu", "1400"])
    daemons[MASTER].wait_log("link has another MTU interface=eth0 from=1500 to=1400", since=changed)
    wire = two.lab.sniff(two.lan)
    for _ in range(3):
        wire.adverts.wait(lambda x: x.source == OWN, since=two.lab.now())
    assert len(link_lines(daemons[MASTER], changed)) == 1
    assert [x["since"] for x in daemons[MASTER].status()["routers"]] == before
    moved = [x for x in two.master.address_events.since(changed) if x.change != "refreshed"]
    assert moved == [] and two.holders() == [MASTER]


def test_adverts_come_from_another_address_when_the_first_is_removed(two: Pair) -> None:
    another = "192.168.56.161"
    two.master.run("echo 1 > /proc/sys/net/ipv4/conf/eth0/promote_secondaries")
    daemons = two.understudy(TWO_ROUTERS)
    before = [x["since"] for x in daemons[MASTER].status()["routers"]]
    wire = two.lab.sniff(two.lan)
    two.master.run(["ip", "addr", "add", f"{another}/24", "dev", "eth0"])
    removed = two.lab.now()
    two.master.run(["ip", "addr", "del", f"{OWN}/24", "dev", "eth0"])
    for router_id in (51, 52):
        wire.adverts.wait(lambda x, n=router_id: x.source == another and x.vrid == n,
                          since=removed)
    lines = link_lines(daemons[MASTER], removed)
    assert len(lines) == 1 and f"from={OWN} to={another}" in lines[0], lines
    assert [x["since"] for x in daemons[MASTER].status()["routers"]] == before
    assert two.holders() == [MASTER]
    assert daemons[BACKUP].router("second")["master"] == another
