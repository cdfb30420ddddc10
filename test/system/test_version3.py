"""Version 3 with ten adverts a second: over IPv4, over IPv6, and over both with one fate."""

import re
from collections.abc import Iterator

import pytest

from lab import ADDRESS, BACKUP, MASTER, Lab, Pair, pair_config, wait_until

pytestmark = pytest.mark.needs("understudy")

LINK_LOCAL = "fe80::51"
ADDRESS6 = "2001:db8:56::60"
IPV6 = (f"{LINK_LOCAL}/64", f"{ADDRESS6}/64")
ALL_NODES = "ff02::1"
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
            # The lab's interfaces ask nobody before they use an address; those of hosts do.
            host.run("echo 1 > /proc/sys/net/ipv6/conf/eth0/accept_dad")
        self.daemons = self.pair.understudy(pair_config(addresses=listed))
        self.client = self.pair.client(self.service)
        self.client.wait_answer(MASTER)

    def own(self, name: str) -> str:
        return OWN[self.number][name]

    def reason(self, name: str) -> str:
        routers = self.daemons[name].status()["routers"]
        return next(x["reason"] for x in routers if x["family"] == f"ipv{self.number}")


@pytest.fixture(scope="module", params=FAMILIES)
def scene(request: pytest.FixtureRequest,
          tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Every test leaves it as it was: lb-master serves."""
    with Lab(tmp_path_factory.mktemp(f"version3-{request.param}")) as lab:
        yield Scene(lab, request.param)


def test_a_dead_nginx_hands_over_at_once_and_its_return_preempts(scene: Scene) -> None:
    pair = scene.pair
    away = pair.takeover(scene.client, pair.nginx[MASTER].kill, to=BACKUP)
    assert away.moved_ms < 2000 and away.service.servers == (MASTER, BACKUP)
    assert scene.reason(BACKUP) == f"{scene.own(MASTER)} left (priority 0)"
    assert pair.client_host.neighbour(scene.service) == pair.backup.mac()
    back = pair.takeover(scene.client, pair.nginx[MASTER].start, to=MASTER)
    assert back.service.servers == (BACKUP, MASTER)
    assert re.fullmatch(f"outranks {scene.own(BACKUP)}: priority 100, its 90",
                        scene.reason(MASTER))
    assert pair.client_host.neighbour(scene.service) == pair.master.mac()
    assert "differs" not in "".join(x.text for x in scene.daemons[BACKUP].process.lines)


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
    wire.close()


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
    for name in (MASTER, BACKUP):
        scene.daemons[name].start()
    pair.settle(MASTER)


@pytest.fixture
def pair6(lab: Lab) -> Pair:
    """Two hosts that ask first before they use an IPv6 address."""
    pair = Pair(lab, ipv6=True, addresses=(LINK_LOCAL, ADDRESS6))
    for host in pair.hosts.values():
        host.run("echo 1 > /proc/sys/net/ipv6/conf/eth0/accept_dad")
    return pair


def test_the_wire_over_ipv6_is_as_the_standards_have_it(pair6: Pair) -> None:
    pair = pair6
    wire = pair.lab.sniff(pair.lan)
    pair.understudy(pair_config(addresses=IPV6))
    advert = wire.adverts.wait(lambda x: x.priority == 100)
    assert (advert.source, advert.destination, advert.ttl) == ("fe80::61", "ff02::12", 255)
    assert (advert.version, advert.interval, advert.checksum_form) == (3, 0.1, "pseudo-header")
    assert advert.addresses == (LINK_LOCAL, ADDRESS6)
    for address in pair.addresses:
        told = wire.neighbours.wait(lambda x, a=address: x.target == a)
        assert (told.source_mac, told.target_mac) == (pair.master.mac(), pair.master.mac())
        assert (told.source, told.destination) == (address, ALL_NODES)
        assert (told.is_router, told.solicited, told.overrides) == (True, False, True)


def test_an_ipv6_address_answers_at_once_and_joins_its_groups(pair6: Pair) -> None:
    pair = pair6
    pair.understudy(pair_config(addresses=IPV6))
    for address in pair.addresses:
        pair.master.wait_address(address)
    added = [x for x in pair.master.address_events if x.address in pair.addresses]
    assert [x.change for x in added] == ["added", "added"]
    shown = pair.master.run(["ip", "-6", "addr", "show", "dev", "eth0"]).stdout
    assert "tentative" not in shown and f"{ADDRESS6}/64 scope global nodad" in shown
    groups = pair.master.read_file("/proc/net/igmp6")
    for solicited_node in ("ff0200000000000000000001ff000060", "ff0200000000000000000001ff000051"):
        assert solicited_node in groups
    wait_until(lambda: pair.client_host.reaches(ADDRESS6))
    assert pair.client_host.neighbour(ADDRESS6) == pair.master.mac()
    assert pair.client_host.reaches(LINK_LOCAL)


def test_without_a_link_local_address_of_its_own_an_ipv6_router_waits(pair6: Pair) -> None:
    pair6.master.run(["ip", "addr", "del", "fe80::61/64", "dev", "eth0"])
    daemons = pair6.understudy(pair_config(addresses=IPV6), holder=BACKUP)
    assert daemons[MASTER].wait_state("initialize")["reason"] == (
        "interface eth0 has no usable link-local address of its own")
    pair6.master.run(["ip", "addr", "add", "fe80::61/64", "dev", "eth0", "nodad"])
    pair6.settle(MASTER)
    daemons[MASTER].wait_log('from=initialize to=backup reason="interface eth0 has the address')
