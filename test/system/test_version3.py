"""Version 3 with ten adverts a second, over IPv4, over IPv6, and over both with one fate."""

import re
from collections.abc import Iterator

import pytest

from lab import ADDRESS, BACKUP, MASTER, Host, Lab, Pair, Understudy, pair_config

pytestmark = pytest.mark.needs("understudy")

LINK_LOCAL = "fe80::51"
ADDRESS6 = "2001:db8:56::60"
IPV6 = (f"{LINK_LOCAL}/64", f"{ADDRESS6}/64")
DOWN_SECONDS = 0.3 + 0.1 * (256 - 90) / 256
FAMILIES = {
    "IPv4": ((f"{ADDRESS}/24",), ADDRESS, 4),
    "IPv6": (IPV6, ADDRESS6, 6),
    "both": ((f"{ADDRESS}/24", *IPV6), ADDRESS6, 6),
}
OWN = {4: {MASTER: "192.168.56.61", BACKUP: "192.168.56.62"},
       6: {MASTER: "fe80::61", BACKUP: "fe80::62"}}


class Scene:
    """A pair of one family, or of both, with nginx and a client that asks one of its addresses."""

    def __init__(self, lab: Lab, family: str) -> None:
        listed, self.service, self.number = FAMILIES[family]
        self.pair = Pair(lab, ipv6=True, addresses=[x.split("/")[0] for x in listed])
        for host in self.pair.hosts.values():
            host.run("echo 1 > /proc/sys/net/ipv6/conf/eth0/accept_dad")
        self.daemons = self.pair.understudy(pair_config(addresses=listed))
        self.client = self.pair.client(self.service)
        self.client.wait_answer(MASTER)

    def own(self, name: str) -> str:
        return OWN[self.number][name]

    def reason(self, name: str) -> str:
        routers = self.daemons[name].status()["routers"]
        return next(x["reason"] for x in routers if x["family"] == f"ipv{self.number}")


@pytest.fixture(params=FAMILIES)
def scene(lab: Lab, request: pytest.FixtureRequest) -> Iterator[Scene]:
    yield Scene(lab, request.param)


def test_a_dead_nginx_hands_over_at_once_and_its_return_preempts(scene: Scene) -> None:
    pair = scene.pair
    away = pair.takeover(scene.client, pair.nginx[MASTER].kill, to=BACKUP)
    assert away.moved_ms < 1500 and away.service.servers == (MASTER, BACKUP)
    assert scene.reason(BACKUP) == f"{scene.own(MASTER)} left (priority 0)"
    assert pair.client_host.neighbour(scene.service) == pair.backup.mac()
    back = pair.takeover(scene.client, pair.nginx[MASTER].start, to=MASTER)
    assert back.service.servers == (BACKUP, MASTER)
    assert re.fullmatch(f"outranks {scene.own(BACKUP)}: priority 100, its 90|goes with .*",
                        scene.reason(MASTER))
    assert pair.client_host.neighbour(scene.service) == pair.master.mac()


def test_a_stop_makes_before_it_breaks_and_leaves_nothing(scene: Scene) -> None:
    pair = scene.pair
    asked = pair.lab.now()
    pair.takeover(scene.client, scene.daemons[MASTER].terminate, to=BACKUP)
    assert scene.daemons[MASTER].process.wait() == 0
    for address in pair.addresses:
        gone = pair.master.wait_address(address, present=False, since=asked)
        assert pair.backup.wait_address(address, since=asked) <= gone
    assert scene.daemons[BACKUP].stop() == 0
    assert pair.holders() == []


def test_a_cut_port_is_waited_out_and_healed_by_preemption(scene: Scene) -> None:
    pair = scene.pair
    wire = pair.lab.sniff(pair.lan)
    last = wire.adverts.wait(lambda x: x.source == scene.own(MASTER))
    pair.lan.cut(pair.master)
    came = pair.wait_holder(BACKUP, since=last.at)
    assert came - last.at > DOWN_SECONDS - 0.001
    scene.client.wait_answer(BACKUP)
    assert f"no advertisement from {scene.own(MASTER)}" in scene.reason(BACKUP)
    joined = pair.lan.join(pair.master)
    pair.settle(MASTER)
    scene.client.wait_answer(MASTER, since=joined)
