"""The scene of most tests: lb-master and lb-backup with nginx, and a client, on one switch."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .client import Client, Service
from .daemons import Daemon, Keepalived, Understudy
from .files import configuration_file
from .lab import Lab
from .reactor import wait_until
from .services import HttpsUpstream, Nginx

ADDRESS = "192.168.56.60"
MASTER = "lb-master"
BACKUP = "lb-backup"

# The smallest useful file, the same on both hosts.
CONFIG = """\
[check.nginx]
process = "nginx"

[router.k8s-api]
interface = "eth0"
vrid      = 51
priority  = { lb-master = 100, lb-backup = 90 }
addresses = ["192.168.56.60/24"]
password  = "1111"
checks    = ["nginx"]
"""


# Version 3 with ten adverts a second: what takes four seconds with version 2 takes half of one.
QUICK: dict[str, Any] = {"version": 3, "interval": "100ms"}


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{key} = {_toml(each)}" for key, each in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


def pair_config(**keys: Any) -> str:
    """A file for both hosts with the keys of the one router; None leaves one out.

    Without keys the router is CONFIG's, with ten adverts a second of version 3 and no password.
    """
    router = {"interface": "eth0", "vrid": 51, "priority": {MASTER: 100, BACKUP: 90},
              "addresses": [f"{ADDRESS}/24"], "checks": ["nginx"], **QUICK, **keys}
    lines = [f"{key} = {_toml(value)}" for key, value in router.items() if value is not None]
    checks = [] if router["checks"] is None else ["[check.nginx]", 'process = "nginx"']
    return "\n".join([*checks, "[router.k8s-api]", *lines, ""])


@dataclass(frozen=True)
class Takeover:
    """How an event moved the address: after how long, and what the client noticed."""

    moved_ms: float
    service: Service


class Pair:
    """Two load balancers and a client; nginx runs on both, no daemon yet.

    `pair.understudy()` or `pair.keepalived()` start one kind on both; for a mixed pair use
    `pair.start(MASTER, Understudy(pair.master, CONFIG))`. With `ipv6` all have addresses of both
    families; `addresses` are those that move, all of them together.
    """

    def __init__(self, lab: Lab, stream: bool = False, ipv6: bool = False,
                 addresses: Sequence[str] = (ADDRESS,)) -> None:
        self.lab = lab
        self.lan = lab.lan()
        self.addresses = tuple(addresses)
        self.master, self.backup, self.client_host = (
            lab.host(name, self.lan, f"192.168.56.{number}",
                     address6=f"2001:db8:56::{number}" if ipv6 else "")
            for name, number in ((MASTER, 61), (BACKUP, 62), ("client", 70)))
        self.hosts = {MASTER: self.master, BACKUP: self.backup}
        self.nginx = {name: Nginx(host, stream) for name, host in self.hosts.items()}
        self.daemons: dict[str, Daemon] = {}
        for nginx in self.nginx.values():
            nginx.start()

    def start(self, name: str, daemon: Daemon) -> Daemon:
        self.daemons[name] = daemon
        daemon.start()
        return daemon

    def understudy(self, config: str | Mapping[str, str] = CONFIG,
                   holder: str = MASTER) -> dict[str, Understudy]:
        """Starts understudy on both, with one file or a file for each name, and waits: settled."""
        started = {}
        for name, host in self.hosts.items():
            text = config if isinstance(config, str) else config[name]
            started[name] = Understudy(host, text)
            self.start(name, started[name])
        self.settle(holder)
        return started

    def keepalived(self) -> dict[str, Keepalived]:
        """Starts keepalived on both with lb-master.conf, lb-backup.conf and check_nginx.sh."""
        started = {}
        for name, host in self.hosts.items():
            script = configuration_file("check_nginx.sh")
            started[name] = Keepalived(host, configuration_file(f"{name}.conf"),
                                       check_script=script)
            self.start(name, started[name])
        self.settle()
        return started

    def settle(self, holder: str = MASTER, timeout: float = 10.0) -> float:
        """Until the holder alone has the addresses; since when it has had them."""
        since = self.wait_holder(holder, timeout)
        wait_until(lambda: self.holders() == [holder], timeout, f"{holder} alone")
        return since

    def wait_holder(self, name: str, timeout: float = 10.0, since: float = 0.0) -> float:
        """When the last of the addresses came to the host (not before `since`); with no `since`,
        now if it has them already."""
        return max(self._wait_address(name, address, timeout, since) for address in self.addresses)

    def _wait_address(self, name: str, address: str, timeout: float, since: float) -> float:
        host = self.hosts[name]
        if since == 0.0 and host.address_present(address):
            came = host.address_events.last(lambda event: event.change == "added"
                                            and event.address == address)
            return came.at if came else self.lab.now()
        return host.wait_address(address, timeout=timeout, since=since)

    def takeover(self, client: Client, event: Callable[[], float], to: str,
                 timeout: float = 10.0) -> Takeover:
        """Lets an event happen (it returns its time) and follows the address to the host `to`."""
        at = event()
        moved = self.wait_holder(to, timeout, since=at)
        self.settle(to, timeout)
        client.wait_answer(to, timeout, since=moved)
        # A little longer, so that what follows the move (a second master, a late ARP) shows too.
        last = client.wait_answer(to, timeout, since=self.lab.now() + 0.3)
        return Takeover((moved - at) * 1000, client.service(at - 0.1, last.at))

    def holders(self) -> list[str]:
        """Names of the hosts that have an address now: one, unless something is wrong."""
        return [name for name, host in self.hosts.items()
                if not {x.address for x in host.addresses()}.isdisjoint(self.addresses)]

    def client(self, address: str = "") -> Client:
        """A client that asks the address (the first one) without pause, from now on."""
        return Client(self.client_host, address or self.addresses[0])

    def upstreams(self) -> list[HttpsUpstream]:
        """The two API servers behind the stream configuration of nginx, answering."""
        started = []
        for index in (63, 64):
            host = self.lab.host(f"k8s-master{index - 62}", self.lan, f"192.168.56.{index}")
            upstream = HttpsUpstream(host)
            upstream.start()
            started.append(upstream)
        return started
