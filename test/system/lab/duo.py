"""The scene of the tests with other programs: two routers of any kind, a client, and a capture."""

from collections.abc import Callable, Sequence

from .capture import assert_well_formed
from .daemons import Daemon, Keepalived, Understudy
from .frr import Frr
from .group import Group, keepalived_config, understudy_config
from .host import Host
from .lab import Lab
from .lan import Lan
from .pair import BACKUP, MASTER
from .reactor import wait_until

PRIORITY = {MASTER: 200, BACKUP: 100}
OWN = {MASTER: ("192.168.56.61", "2001:db8:56::61"), BACKUP: ("192.168.56.62", "2001:db8:56::62")}
FAR = ("192.168.57.62", "2001:db8:57::62")
_CLIENT = ("192.168.56.70", "2001:db8:56::70")
_ROUTER = ((".56.1", ":56::1"), (".57.1", ":57::1"))

Kind = type[Understudy] | type[Keepalived] | type[Frr]


def make_daemon(kind: Kind, host: Host, groups: Sequence[Group], priority: int) -> Daemon:
    """A member of the groups; it is not started."""
    own = (host.address, host.address6)
    if kind is Frr:
        return Frr(host, groups, priority)
    if kind is Keepalived:
        return Keepalived(host, keepalived_config(groups, priority, own))
    return Understudy(host, understudy_config(groups, priority))


class Duo:
    """lb-master and lb-backup on one switch, or (`routed`) in two subnets with a router between.

    All groups move together: a test of several costs no more time than a test of one. Everything
    that VRRP, ARP and neighbour discovery say on lb-master's switch is in `wire` and in a file.
    """

    def __init__(self, lab: Lab, groups: Sequence[Group], master: Kind, backup: Kind,
                 routed: bool = False) -> None:
        self.lab = lab
        self.groups = tuple(groups)
        self.lan = lab.lan()
        other = lab.lan() if routed else self.lan
        self.hosts = {MASTER: self._host(MASTER, self.lan, OWN[MASTER]),
                      BACKUP: self._host(BACKUP, other, FAR if routed else OWN[BACKUP])}
        self.client = self._host("client", self.lan, _CLIENT)
        if routed:
            legs = [(lan, f"192.168{v4}", f"2001:db8{v6}")
                    for lan, (v4, v6) in zip((self.lan, other), _ROUTER)]
            lab.router("router", legs)
            for name, leg in zip((MASTER, BACKUP), legs):
                lab.use_router(self.hosts[name], leg[1], leg[2])
        self.pcap = lab.folder / "wire.pcap"
        self.wire = lab.sniff(self.lan, pcap=self.pcap)
        self.daemons = {name: make_daemon(kind, self.hosts[name], groups, PRIORITY[name])
                        for name, kind in ((MASTER, master), (BACKUP, backup))}
        self._clients_see_it = not routed

    def _host(self, name: str, lan: Lan, own: tuple[str, str]) -> Host:
        return self.lab.host(name, lan, own[0], address6=own[1])

    @property
    def addresses(self) -> list[str]:
        return [x for group in self.groups for x in group.family(False) + group.family(True)]

    def start(self) -> None:
        """Both at once; the better one is master at the end, and the client knows it."""
        for daemon in self.daemons.values():
            daemon.start()
        self.settle(MASTER)
        self.meet()

    def meet(self) -> None:
        """The client talks to every address, so that its kernel knows their MAC from now on."""
        if self._clients_see_it:
            for group in self.groups:
                for address in group.service_addresses:
                    wait_until(lambda a=address: self.client.reaches(a),
                               what=f"answer of {address}")

    def holders(self) -> dict[str, list[str]]:
        """For each address the hosts that hold it now: one, unless something is wrong."""
        return {address: [name for name, daemon in self.daemons.items() if daemon.holds(address)]
                for address in self.addresses}

    def settle(self, holder: str, timeout: float = 10.0) -> None:
        """Until the holder alone has all addresses."""
        wanted = {address: [holder] for address in self.addresses}
        try:
            wait_until(lambda: self.holders() == wanted, timeout, f"{holder} alone")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; holders: {self.holders()}") from None

    def announced(self, holder: str) -> None:
        """Until the client's neighbour entries, made by meet(), have followed to the holder."""
        for group in self.groups if self._clients_see_it else ():
            for address in group.service_addresses:
                mac = self.daemons[holder].mac_of(address)
                wait_until(lambda a=address, m=mac: self.client.neighbour(a) == m, 3.0,
                           f"entry of {address} at the client for {holder} ({mac})")

    def handover(self, event: Callable[[], float], to: str, timeout: float = 10.0) -> float:
        """Lets an event happen (it returns its time) and follows it until `to` alone has all
        addresses and the client knows; after how many seconds it said so to all groups."""
        at = event()
        self.settle(to, timeout)
        self.announced(to)
        return max(self._first_advert(group, to, at) for group in self.groups) - at

    def _first_advert(self, group: Group, of: str, since: float) -> float:
        return self.wire.adverts.wait(lambda x: x.vrid == group.vrid and x.at >= since
                                      and x.priority == PRIORITY[of], since=since).at

    def cut_off(self, name: str, timeout: float = 10.0) -> float:
        """Cuts the host's cable until the other one has the addresses too, and joins it again;
        after how many seconds the other one had them. The better one alone has them at the end.

        Of this end nobody need tell the clients: it may be that no one but the loser noticed that
        there were two.
        """
        other = self.daemons[BACKUP if name == MASTER else MASTER]
        at = self.lan.cut(self.hosts[name])
        took = wait_until(lambda: all(other.holds(x) for x in self.addresses), timeout,
                          f"addresses at {other.host.name}") - at
        self.lan.join(self.hosts[name])
        self.settle(MASTER, timeout)
        self.client.run(["ip", "neigh", "flush", "dev", "eth0"])
        self.meet()
        return took

    def stop(self, name: str) -> float:
        """SIGTERM; the time just before, when the daemon has ended."""
        asked = self.daemons[name].terminate()
        self.daemons[name].process.wait()
        return asked

    def assert_nothing_refused(self) -> None:
        """By those of ours that run now."""
        for daemon in self.daemons.values():
            if isinstance(daemon, Understudy) and daemon.process.is_alive:
                for router in daemon.status()["routers"]:
                    assert router["counters"]["refused"] == {}, router

    def assert_well_formed(self) -> None:
        """By tshark's judgement; each dialect of the checksum is held against itself."""
        dialects = {group.checksum for group in self.groups}
        assert len(dialects) == 1, "one capture, one dialect"
        assert_well_formed(self.pcap, dialects.pop())
