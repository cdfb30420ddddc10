"""Packets that a router must refuse, of every kind, each better than what it should supplant."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .group import Group
from .host import Host
from .vrrp import AH, PROTOCOL, ah_packet, encode_v2, encode_v3, frame, internet_checksum
from .vrrp import ip_packet, pseudo_header

_NO_NEXT_HEADER = 59
_FRAGMENT = 44
_MORE_FRAGMENTS = 0x2000


@dataclass(frozen=True)
class Refused:
    """A packet, and the counter that it must be found in (none if it never gets as far as that).

    One with a `target` is for that host alone, the others are for all.
    """

    name: str
    sender: str
    packet: bytes
    counter: str
    target: Host | None = None

    def frame(self, sender_mac: str) -> bytes:
        return frame(self.packet, sender_mac, self.target.mac() if self.target else "")


class _Maker:
    """Makes the packets of one group, and counts up their senders."""

    def __init__(self, group: Group, targets: Sequence[Host]) -> None:
        self.made: list[Refused] = []
        self.is_ipv6 = bool(group.family(True))
        self.group = group
        self._targets = targets
        self.multicast = "ff02::12" if self.is_ipv6 else "224.0.0.18"
        self.fields: dict[str, Any] = {"vrid": group.vrid, "priority": 254,
                                       "addresses": group.family(self.is_ipv6)}

    def next_sender(self) -> str:
        number = 100 + len({x.sender for x in self.made})
        return f"fe80::1:{number}" if self.is_ipv6 else f"192.168.56.{number}"

    def v2(self, **wrong: Any) -> bytes:
        return encode_v2(**{**self.fields, "password": self.group.password or None, **wrong})

    def v3(self, source: str, destination: str = "", **wrong: Any) -> bytes:
        return encode_v3(**{**self.fields, "ends": (source, destination or self.multicast),
                            "interval_centiseconds": round(self.group.interval * 100), **wrong})

    def good(self, source: str, destination: str = "") -> bytes:
        """What would be taken, were it not sent wrongly."""
        return self.v2() if self.group.version == 2 else self.v3(source, destination)

    def add(self, name: str, counter: str, payload: Callable[[str], bytes], **sent: Any) -> None:
        sender = self.next_sender()
        packet = ip_packet(payload(sender), sender, **sent)
        self.made.append(Refused(name, sender, packet, counter))

    def add_packet(self, name: str, packet: Callable[[str], bytes]) -> None:
        sender = self.next_sender()
        self.made.append(Refused(name, sender, packet(sender), ""))

    def add_cut(self, name: str, counter: str, size: int) -> None:
        """A good one that ends too early, with the checksum right for what is left of it."""
        def payload(sender: str) -> bytes:
            cut = self.good(sender)[:size]
            if len(cut) < 8:
                return cut
            cut = cut[:6] + b"\0\0" + cut[8:]
            is_v3 = self.group.version == 3
            covered = pseudo_header(sender, self.multicast, size) if is_v3 else b""
            return cut[:6] + struct.pack("!H", internet_checksum(covered + cut)) + cut[8:]
        self.add(name, counter, payload)

    def add_directed(self) -> None:
        """What is for one host alone: its own address as the sender, and its own as the target."""
        sender = self.next_sender()
        for host in self._targets:
            own = host.link_local if self.is_ipv6 else host.address
            # Linux itself drops an IPv4 packet that comes from outside with an address of its own.
            self.made.append(Refused("from our own address", own, ip_packet(self.good(own), own),
                                     "own address" if self.is_ipv6 else "", host))
            self.made.append(Refused("to our own address", sender, ip_packet(
                self.good(sender, own), sender, own), "destination", host))


def refused_packets(group: Group, targets: Sequence[Host]) -> list[Refused]:
    """All kinds for a multicast group of one family, as its members `targets` must refuse them;
    one of version 2 has a password."""
    maker = _Maker(group, targets)
    _add_common(maker)
    if group.version == 2:
        _add_v2(maker)
    else:
        _add_v3(maker)
    if maker.is_ipv6:
        _add_ipv6(maker)
    else:
        _add_ipv4(maker)
    maker.add_directed()
    return maker.made


def _add_common(maker: _Maker) -> None:
    maker.add("ttl 254", "ttl", maker.good, ttl=254)
    maker.add("ttl 1", "ttl", maker.good, ttl=1)
    maker.add_cut("without its last byte", "truncated", len(maker.good(maker.next_sender())) - 1)
    maker.add_cut("the head alone", "truncated", 8)
    maker.add_cut("seven bytes", "truncated", 7)
    maker.add_packet("nothing in it", lambda sender: ip_packet(b"", sender))
    maker.add_cut("one byte", "", 1)


def _add_v2(maker: _Maker) -> None:
    for name, counter, wrong in (
        ("wrong password", "password", {"password": "2222"}),
        ("part of the password", "password", {"password": "111"}),
        ("no authentication", "authentication type", {"password": None}),
        ("the wrong authentication", "authentication type", {"auth_type": 2}),
        ("unknown authentication", "authentication type", {"auth_type": 255}),
        ("bad checksum", "checksum", {"checksum": 0x1234}),
        ("version 4", "version", {"version": 4}),
        ("version 0", "version", {"version": 0}),
        ("type 2", "type", {"kind": 2}),
        ("type 0", "type", {"kind": 0}),
        ("interval 0", "interval", {"interval": 0}),
        ("another interval", "interval", {"interval": 2}),
        ("no address", "no addresses", {"addresses": ()}),
        ("one address more than there are", "truncated", {"count": 2}),
        ("255 addresses that are not there", "truncated", {"count": 255}),
        ("another router id", "", {"vrid": 52}),
        ("router id 0", "", {"vrid": 0}),
    ):
        maker.add(name, counter, lambda _, wrong=wrong: maker.v2(**wrong))
    maker.add("version 3", "version", lambda sender: maker.v3(sender))


def _add_v3(maker: _Maker) -> None:
    elsewhere = "fe80::9" if maker.is_ipv6 else "192.168.56.9"
    addresses = maker.fields["addresses"]
    for name, counter, wrong in (
        ("bad checksum", "checksum", {"checksum": 0x1234}),
        ("the checksum of another source", "checksum", {"ends": (elsewhere, maker.multicast)}),
        ("version 4", "version", {"version": 4}),
        ("version 0", "version", {"version": 0}),
        ("type 2", "type", {"kind": 2}),
        ("type 0", "type", {"kind": 0}),
        ("interval 0", "interval", {"interval_centiseconds": 0}),
        ("interval 0 with reserved bits", "interval", {"interval_centiseconds": 0xF000}),
        ("no address", "no addresses", {"addresses": ()}),
        ("one address more than there are", "truncated", {"count": len(addresses) + 1}),
        ("255 addresses that are not there", "truncated", {"count": 255}),
        ("another router id", "", {"vrid": 52}),
        ("router id 0", "", {"vrid": 0}),
    ):
        maker.add(name, counter, lambda sender, wrong=wrong: maker.v3(sender, **wrong))


def _add_ipv4(maker: _Maker) -> None:
    if maker.group.version == 3:
        for name, password in (("version 2", None), ("version 2 with a password", "1111")):
            maker.add(name, "version", lambda _, p=password: maker.v2(password=p, interval=1))
    maker.add("the first fragment", "", maker.good, fragment=_MORE_FRAGMENTS)
    maker.add("a later fragment", "", maker.good, fragment=100)
    maker.add_packet("an authentication header that nobody wants", lambda sender: ah_packet(
        maker.v2(password=None, auth_type=2), sender, "1111", 1))


def _add_ipv6(maker: _Maker) -> None:
    def fragmented(sender: str) -> bytes:
        head = struct.pack("!BBHI", PROTOCOL, 0, 1, 7)
        return ip_packet(head + maker.good(sender), sender, protocol=_FRAGMENT)

    def authenticated(sender: str) -> bytes:
        head = struct.pack("!BBHII", PROTOCOL, 4, 0, 1, 1) + bytes(12)
        return ip_packet(head + maker.good(sender), sender, protocol=AH)

    maker.add_packet("the first fragment", fragmented)
    maker.add_packet("an authentication header that nobody wants", authenticated)
    maker.add_packet("no next header", lambda sender: ip_packet(
        maker.good(sender), sender, protocol=_NO_NEXT_HEADER))
