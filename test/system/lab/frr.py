"""FRR's vrrpd on a host: it wants a macvlan for each virtual router, and zebra to switch it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from .daemons import Daemon
from .group import Group, frr_config
from .host import Command, Host
from .process import Process
from .reactor import wait_until

FOLDER = Path("/usr/lib/frr")


def device_name(group: Group, is_ipv6: bool) -> str:
    return f"vrrp{6 if is_ipv6 else 4}-{group.vrid}"


def virtual_mac(group: Group, is_ipv6: bool) -> str:
    """RFC 9568 section 7.3."""
    return f"00:00:5e:00:{2 if is_ipv6 else 1:02x}:{group.vrid:02x}"


class Frr(Daemon):
    """vrrpd is the daemon that starts, stops and is killed; zebra runs from the first start on.

    The addresses stay on the macvlans all the time; a router that is not master has switched the
    carrier of its macvlan off.
    """

    _zebra: Process | None = None
    config_mode = 0o644  # it reads the file as a user of its own

    def __init__(self, host: Host, groups: Sequence[Group], priority: int,
                 path: str = "/etc/frr/vrrpd.conf") -> None:
        super().__init__(host, frr_config(groups, priority), path)
        self._groups = tuple(groups)
        host.run("install -d -o frr -g frr /run/frr /var/lib/frr /var/log/frr")
        host.write_file("/etc/frr/zebra.conf", f"hostname {host.name}\n")
        # As the macvlan has the address all the time, eth0 must not answer for it.
        host.run("echo 1 > /proc/sys/net/ipv4/conf/eth0/arp_ignore")
        for group, is_ipv6 in self._routers():
            self._add_device(group, is_ipv6)

    def _routers(self) -> Iterator[tuple[Group, bool]]:
        return ((group, is_ipv6) for group in self._groups for is_ipv6 in (False, True)
                if group.family(is_ipv6))

    def _add_device(self, group: Group, is_ipv6: bool) -> None:
        name = device_name(group, is_ipv6)
        bits = 128 if is_ipv6 else 32
        lines = [f"link add {name} link eth0 type macvlan mode bridge",
                 f"link set {name} address {virtual_mac(group, is_ipv6)}",
                 f"link set {name} addrgenmode {'random' if is_ipv6 else 'none'}",
                 *(f"addr add {address}/{bits} dev {name}{' nodad' if is_ipv6 else ''}"
                   for address in group.family(is_ipv6))]
        self.host.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n")
        self.host.run(f"echo 0 > /proc/sys/net/ipv6/conf/{name}/accept_dad; "
                      f"ip link set {name} up")

    def _command(self) -> Command:
        return [FOLDER / "vrrpd", "-f", self.path, "--log", "stdout"]

    def start(self) -> float:
        if self._zebra is None:
            self._zebra = self.host.spawn(
                [FOLDER / "zebra", "-f", "/etc/frr/zebra.conf", "--log", "stdout"])
            wait_until(lambda: self._file("/run/frr/zserv.api").exists(), what="zebra's socket")
        started = super().start()
        self.wait_log(r"\[VRID \d+\] .*Initialize -> Backup")
        return started

    def _file(self, path: str) -> Path:
        return Path(f"/proc/{self.host.pid}/root{path}")

    def holds(self, address: str) -> bool:
        for group, is_ipv6 in self._routers():
            if address in group.family(is_ipv6):
                carrier = f"/sys/class/net/{device_name(group, is_ipv6)}/carrier"
                return self._file(carrier).read_text().strip() == "1"
        return False

    def mac_of(self, address: str) -> str:
        return next(virtual_mac(group, is_ipv6) for group, is_ipv6 in self._routers()
                    if address in group.family(is_ipv6))

    def show(self) -> str:
        """What `show vrrp` says."""
        return self.host.run(["vtysh", "-c", "show vrrp"]).stdout
