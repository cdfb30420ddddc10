"""A switch: a bridge in a network of its own, with a port for each host."""

import ipaddress
import os
import subprocess
import time
from contextlib import AbstractContextManager
from pathlib import Path

from .host import Host
from .namespaces import inside_network, new_network
from .reactor import wait_until


def mac_of(address: str) -> str:
    """A MAC that shows its owner's address in every trace: 02:00 and the four bytes."""
    return "02:00:" + ":".join(f"{byte:02x}" for byte in ipaddress.IPv4Address(address).packed)


def link_local_of(address6: str) -> str:
    """The link-local address with the same lower half."""
    lower = ipaddress.IPv6Address(address6).packed[8:]
    return str(ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + lower))


class Port:
    """The switch's end of a host's cable."""

    def __init__(self, lan: "Lan", name: str) -> None:
        self._lan = lan
        self.name = name
        self._without_carrier = False

    def cut(self, carrier: bool = False) -> float:
        """Nothing passes any more; with `carrier` the host also sees its link go down.

        Returns the time just before.
        """
        now = time.monotonic()
        if carrier:
            self._lan.run(["ip", "link", "set", self.name, "down"])
        else:
            self._lan.run(["bridge", "link", "set", "dev", self.name, "state", "0"])
        self._without_carrier = carrier
        return now

    def join(self) -> float:
        """Undoes either cut; the time just before."""
        now = time.monotonic()
        if self._without_carrier:
            # The bridge forwards again as soon as it sees the carrier, and refuses to before.
            self._lan.run(["ip", "link", "set", self.name, "up"])
        else:
            self._lan.run(["bridge", "link", "set", "dev", self.name, "state", "3"])
        self._without_carrier = False
        return now


class Lan:
    """Exists as long as this object's descriptor: nothing of it has a name on the machine."""

    interface = "br0"

    def __init__(self) -> None:
        self._network = new_network()
        with self.network():
            _write_setting("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1")
            _write_setting("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1")
        self.ip("link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
                "link set br0 up promisc on")
        self.ports: dict[str, Port] = {}

    def network(self) -> AbstractContextManager[None]:
        return inside_network(self._network)

    def run(self, command: list[str], input: str = "") -> str:
        """Runs a command in the switch's network (and the machine's own files and processes)."""
        with self.network():
            result = subprocess.run(command, input=input, capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(f"{command}: {result.stderr}{input}")
        return result.stdout

    def ip(self, *lines: str) -> None:
        self.run(["ip", "-batch", "-"], "\n".join(lines) + "\n")

    def attach(self, host: Host, address: str, prefix: int = 24, interface: str = "eth0",
               ipv6: bool = False, address6: str = "") -> Port:
        """Plugs a cable from the host's interface into a new port, and gives it its address.

        With an IPv6 address (a /64) the link-local one ends alike: 2001:db8::61 and fe80::61. Both
        can be used at once, as nobody asks first whether another has them.
        """
        name = f"p{len(self.ports) + 1}-{host.name}"[:15]
        self.ip(f"link add {name} type veth peer name {interface} address {mac_of(address)} "
                f"netns {host.pid}",
                f"link set {name} master br0",
                f"link set {name} up")
        lines = ["link set lo up", f"link set {interface} up",
                 f"addr add {address}/{prefix} brd + dev {interface}"]
        if address6:
            link_local = link_local_of(address6)
            lines[1:1] = [f"link set {interface} addrgenmode none"]
            lines += [f"addr add {link_local}/64 dev {interface} nodad",
                      f"addr add {address6}/64 dev {interface} nodad"]
            host.link_local = host.link_local or link_local
        with host.network():
            wanted = ipv6 or address6 or host.address6
            _write_setting("/proc/sys/net/ipv6/conf/all/disable_ipv6", "0" if wanted else "1")
            _write_setting(f"/proc/sys/net/ipv6/conf/{interface}/accept_dad", "0")
            subprocess.run(["ip", "-batch", "-"], check=True, text=True,
                           input="\n".join(lines) + "\n")
        wait_until(lambda: self._forwards(name) and _is_running(host, interface), 10.0,
                   f"the cable of {host.name}")
        port = Port(self, name)
        self.ports[host.name] = port
        host.address = host.address or address
        host.address6 = host.address6 or address6
        return port

    def _forwards(self, port: str) -> bool:
        """The kernel drops what is sent before it has told itself that the cable is plugged in."""
        return " state forwarding" in self.run(["bridge", "-o", "link", "show", "dev", port])

    def cut(self, host: Host, carrier: bool = False) -> float:
        return self.ports[host.name].cut(carrier)

    def join(self, host: Host) -> float:
        return self.ports[host.name].join()

    def close(self) -> None:
        if self._network >= 0:
            os.close(self._network)
            self._network = -1


def _is_running(host: Host, interface: str) -> bool:
    with host.network():
        shown = subprocess.run(["ip", "-o", "link", "show", "dev", interface], check=True,
                               capture_output=True, text=True)
    return " state UP " in shown.stdout


def _write_setting(path: str, value: str) -> None:
    """A kernel without IPv6 has no such file, and needs none."""
    if Path(path).exists():
        Path(path).write_text(value)
