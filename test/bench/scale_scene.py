"""The scene of test/bench/scale.py: two hosts with several links, and a load of routers on them."""

import re
import socket
import time
from dataclasses import dataclass

from lab import BACKUP, MASTER, Daemon, Host, Keepalived, Lab, Understudy, wait_until

PRIORITY = {MASTER: 100, BACKUP: 90}
# Most addresses that one advert counts; both daemons are told to keep the others out of theirs.
MOST_IN_ADVERT = 255
START_TIMEOUT = 30.0
MOVE_TIMEOUT = 20.0
# keepalived announces again after 5 s, as does Understudy.
REST_SECONDS = 6.5


@dataclass(frozen=True)
class Load:
    """So many routers, spread evenly over the links, with so many addresses each: version 2, an
    advert each second, no password."""

    routers: int = 1
    addresses: int = 1
    links: int = 1

    @property
    def total(self) -> int:
        return self.routers * self.addresses

    def per_link(self) -> int:
        return -(-self.routers // self.links)

    def each(self) -> list[tuple[str, str, int, list[str]]]:
        """Name, interface, virtual router id and addresses of each router."""
        found = []
        for number in range(self.routers):
            link, place = divmod(number, self.per_link())
            first = place * self.addresses
            listed = [f"10.{20 + link}.{1 + index // 250}.{1 + index % 250}"
                      for index in range(first, first + self.addresses)]
            found.append((f"r{number}", f"eth{link}", place + 1, listed))
        return found


def understudy_text(load: Load) -> str:
    """The same for both hosts."""
    priority = ", ".join(f"{name} = {value}" for name, value in PRIORITY.items())
    tables = []
    for name, interface, vrid, addresses in load.each():
        lines = [f"[router.{name}]", f'interface = "{interface}"', f"vrid = {vrid}",
                 f"priority = {{ {priority} }}"]
        for key, listed in (("addresses", addresses[:MOST_IN_ADVERT]),
                            ("unadvertised_addresses", addresses[MOST_IN_ADVERT:])):
            if listed:
                lines += [f"{key} = [", *(f'    "{address}",' for address in listed), "]"]
        tables.append("\n".join([*lines, ""]))
    return "\n".join(tables)


def keepalived_text(load: Load, priority: int) -> str:
    """With keepalived's own defaults in all that does not make the load."""
    blocks = []
    for name, interface, vrid, addresses in load.each():
        lines = [f"vrrp_instance {name} {{", "    state BACKUP", f"    interface {interface}",
                 f"    virtual_router_id {vrid}", f"    priority {priority}", "    advert_int 1"]
        for keyword, listed in (("virtual_ipaddress", addresses[:MOST_IN_ADVERT]),
                                ("virtual_ipaddress_excluded", addresses[MOST_IN_ADVERT:])):
            if listed:
                lines += [f"    {keyword} {{", *(f"        {x}" for x in listed), "    }"]
        blocks.append("\n".join([*lines, "}", ""]))
    return "".join(blocks)


def skew_seconds(kind: str, priority: int = PRIORITY[BACKUP]) -> float:
    """How long a version-2 backup waits after priority 0: keepalived RFC 3768's skew time,
    Understudy its handover skew."""
    return (256 - priority) * (1e-4 if kind == "understudy" else 1 / 256)


class Scene:
    """lb-master and lb-backup with the load in their files; nothing runs yet."""

    def __init__(self, lab: Lab, kind: str, load: Load) -> None:
        self.kind = kind
        self.load = load
        self.daemons: dict[str, Daemon] = {}
        lans = [lab.lan() for _ in range(load.links)]
        for number, name in enumerate((MASTER, BACKUP), 1):
            host = lab.host(name, watched=False)
            for link, lan in enumerate(lans):
                lan.attach(host, f"10.{20 + link}.0.{number}", prefix=16, interface=f"eth{link}")
            self.daemons[name] = self._make(host)
        self._virtual = {address for *_, listed in load.each() for address in listed}

    def _make(self, host: Host) -> Daemon:
        if self.kind == "understudy":
            return Understudy(host, understudy_text(self.load))
        return Keepalived(host, keepalived_text(self.load, PRIORITY[host.name]))

    def host(self, name: str) -> Host:
        return self.daemons[name].host

    def processes(self, name: str) -> list[int]:
        """All processes of the daemon on this host."""
        found = sorted(self.host(name).processes(self.kind))
        if not found:
            raise ProcessLookupError(f"{self.kind} does not run on {name}")
        return found

    def held(self, name: str) -> int:
        """How many of the load's addresses the host has now."""
        return len(self._virtual & {x.address for x in self.host(name).addresses()})

    def wait_held(self, name: str, count: int, timeout: float = MOVE_TIMEOUT) -> None:
        daemon = self.daemons[name]

        def arrived() -> bool:
            if not daemon.process.is_alive:
                last = daemon.process.lines.last()
                raise RuntimeError(f"{self.kind} on {name} ended: {last}")
            return self.held(name) == count

        try:
            wait_until(arrived, timeout, f"{count} addresses on {name}", pause=0.25)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; it has {self.held(name)}") from None

    def start_master(self) -> None:
        """Until it has all addresses."""
        self.daemons[MASTER].start()
        self.wait_held(MASTER, self.load.total)

    def start_backup(self) -> float:
        """Seconds from exec until the daemon is ready; see `scale.py` for what that means."""
        daemon = self.daemons[BACKUP]
        with daemon.host.open_socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
            notified.bind("\0ready")
            daemon.environment = {"NOTIFY_SOCKET": "@ready"} if self.kind == "understudy" else {}
            daemon.start()
            told = _wait_notified(notified) if self.kind == "understudy" else 0.0
            ready = max(told, self._wait_in_backup(daemon))
        return ready - daemon.process.started_at

    def _wait_in_backup(self, daemon: Daemon) -> float:
        """When the last of all routers said so in the log."""
        said = re.compile(r"Entering BACKUP STATE|state changed.*to=.?backup")
        lines: list[float] = []

        def all_said() -> bool:
            lines[:] = [line.at for line in daemon.process.lines if said.search(line.text)]
            return len(lines) >= self.load.routers

        try:
            wait_until(all_said, START_TIMEOUT, "backup state of all routers", pause=0.05)
        except TimeoutError as error:
            last = daemon.process.lines.last()
            raise TimeoutError(f"{error}: {len(lines)} of {self.load.routers}; {last}") from None
        return lines[self.load.routers - 1]

    def rest(self) -> None:
        """Until what follows a start is over: repeated announcements of the master."""
        time.sleep(REST_SECONDS)


def _wait_notified(notified: socket.socket) -> float:
    """When the service manager would have heard that the daemon is ready."""
    notified.settimeout(START_TIMEOUT)
    while b"READY=1" not in notified.recv(4096):
        pass
    return time.monotonic()
