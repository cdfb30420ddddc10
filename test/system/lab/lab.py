"""The lab: hosts and switches for one test, gone without trace when it ends."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from .host import REPOSITORY, Host
from .lan import Lan
from .reactor import Reactor
from .sniffer import Sniffer


class Lab:
    """`with Lab() as lab:` — hosts by lab.host(), switches by lab.lan().

    Open it in the main thread: the kernel kills the hosts when the thread that made them ends, so
    they vanish also if this process is killed. Logs are written below `folder`; a folder that the
    lab made itself is removed unless something failed.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if os.geteuid() != 0:
            raise PermissionError("the lab makes namespaces: run it as root")
        self._own_folder = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="understudy-lab-"))
        self.hosts: dict[str, Host] = {}
        self._lans: list[Lan] = []
        self._sniffers: list[Sniffer] = []
        self.reactor = Reactor()

    def __enter__(self) -> "Lab":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()
        if self._own_folder and kind in (None, KeyboardInterrupt):
            shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def now() -> float:
        """The clock of every time in the lab."""
        return time.monotonic()

    def lan(self) -> Lan:
        lan = Lan()
        self._lans.append(lan)
        return lan

    def host(self, name: str, lan: Lan | None = None, address: str = "",
             ipv6: bool = False, address6: str = "", watched: bool = True) -> Host:
        """A host called `name`, with eth0 on the lan at the address (a /24), and at an IPv6 one (a
        /64) if it is given; with `ipv6` alone there are only link-local ones. One that is not
        `watched` has no `address_events`: thousands of them would cost what a bench measures."""
        binary = os.environ.get("UNDERSTUDY")
        kept = [REPOSITORY, Path(sys.prefix), Path(sys.base_prefix)]
        if binary:
            kept.append(Path(binary).resolve().parent)
        host = Host(name, self.reactor, self.folder / name, kept, watched)
        self.hosts[name] = host
        if lan is not None:
            lan.attach(host, address, ipv6=ipv6, address6=address6)
        return host

    def router(self, name: str, legs: Sequence[tuple[Lan, str, str]]) -> Host:
        """A host that forwards between lans: eth0, eth1 ... at the addresses of either family.

        The hosts on the lans learn it as their default route when they are told: see `use_router`.
        """
        router = self.host(name)
        for number, (lan, address, address6) in enumerate(legs):
            lan.attach(router, address, interface=f"eth{number}", address6=address6)
        router.run("echo 1 > /proc/sys/net/ipv4/ip_forward")
        if router.address6:
            router.run("echo 1 > /proc/sys/net/ipv6/conf/all/forwarding")
        return router

    @staticmethod
    def use_router(host: Host, address: str, address6: str = "") -> None:
        """Gives a host its default routes."""
        for via in filter(None, (address, address6)):
            host.run(["ip", "route", "add", "default", "via", via])

    def sniff(self, where: Host | Lan, sender: Host | None = None,
              pcap: Path | None = None) -> Sniffer:
        """Records adverts, ARP and neighbour adverts seen by a host, or on the whole switch, from
        now on; see Sniffer for what `sender` and `pcap` do."""
        sniffer = Sniffer(where, self.reactor, sender, pcap)
        self._sniffers.append(sniffer)
        return sniffer

    def close(self) -> None:
        """Ends everything; safe to repeat."""
        for sniffer in self._sniffers:
            sniffer.close()
        for host in self.hosts.values():
            host.close()
        for lan in self._lans:
            lan.close()
        self.hosts.clear()
        self._lans.clear()
        self._sniffers.clear()
        if self.reactor is not None:
            self.reactor.close()
            self.reactor = None  # type: ignore[assignment]
