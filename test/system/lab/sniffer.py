"""Ears and a mouth on the wire: adverts and ARP with the kernel's own time stamps, raw sending."""

import ctypes
import ipaddress
import socket
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import vrrp
from .netlink import SO_RCVBUFFORCE
from .reactor import Reactor, Recorder
from .vrrp import Advert

if TYPE_CHECKING:
    from .host import Host
    from .lan import Lan

_ETH_P_ALL = 0x0003
_SO_ATTACH_FILTER = 26
_SO_TIMESTAMPNS = 35

# Classic BPF: ARP, protocol 112 or 51 (AH) in IPv4 and IPv6, and neighbour advertisements; the
# client's traffic stays out.
_FILTER = (
    (0x28, 0, 0, 12), (0x15, 10, 0, 0x0806), (0x15, 0, 2, 0x0800), (0x30, 0, 0, 23),
    (0x05, 0, 0, 3), (0x15, 0, 7, 0x86DD), (0x30, 0, 0, 20), (0x15, 2, 0, 58),
    (0x15, 3, 0, 112), (0x15, 2, 3, 51), (0x30, 0, 0, 54), (0x15, 0, 1, 136),
    (0x06, 0, 0, 0x40000), (0x06, 0, 0, 0),
)
_PCAP_HEAD = struct.pack("=IHHIIII", 0xA1B23C4D, 2, 4, 0, 0, 0x40000, 1)


@dataclass(frozen=True)
class Arp:
    """An ARP packet as seen on the wire; `operation` is request or reply."""

    at: float
    source_mac: str
    operation: str
    sender_mac: str
    sender: str
    target: str

    @property
    def is_gratuitous(self) -> bool:
        return self.sender == self.target

    def __str__(self) -> str:
        return f"{self.at:.4f} ARP {self.operation} {self.sender} is {self.sender_mac}"


@dataclass(frozen=True)
class NeighbourAdvert:
    """A neighbour advertisement as seen on the wire (RFC 4861 section 4.4)."""

    at: float
    source_mac: str
    source: str
    destination: str
    target: str
    target_mac: str
    is_router: bool
    solicited: bool
    overrides: bool

    def __str__(self) -> str:
        return f"{self.at:.4f} NA {self.target} is {self.target_mac}"


def _mac(data: bytes) -> str:
    return data.hex(":")


class Sniffer:
    """Made by Lab.sniff(); `adverts`, `arps` and `neighbours` can be listed and waited on.

    With `sender` it hears only what that host sends from its own MAC: the kernel drops the rest, so
    a flood costs this process nothing. What it hears also goes to the file `pcap`, if there is one.
    """

    def __init__(self, where: "Host | Lan", reactor: Reactor, sender: "Host | None" = None,
                 pcap: Path | None = None) -> None:
        title = getattr(where, "name", "the switch")
        self.adverts: Recorder[Advert] = Recorder(f"adverts at {title}")
        self.arps: Recorder[Arp] = Recorder(f"ARP at {title}")
        self.neighbours: Recorder[NeighbourAdvert] = Recorder(f"neighbours at {title}")
        self._reactor = reactor
        self._pcap = open(pcap, "wb", buffering=0) if pcap else None
        if self._pcap:
            self._pcap.write(_PCAP_HEAD)
        with where.network():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self._attach_filter(sender)
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
            self._socket.bind((getattr(where, "interface", "eth0"), _ETH_P_ALL))
        reactor.add(self._socket, self._read)

    def close(self) -> None:
        self._reactor.remove(self._socket)
        self._socket.close()
        if self._pcap:
            self._pcap.close()

    def _attach_filter(self, sender: "Host | None") -> None:
        lines = list(_FILTER)
        if sender is not None:
            # A MAC of the lab ends with its owner's IPv4 address.
            owner = int(ipaddress.IPv4Address(sender.address))
            lines[:0] = [(0x20, 0, 0, 8), (0x15, 0, len(_FILTER) - 1, owner)]
        code = b"".join(struct.pack("=HBBI", *line) for line in lines)
        buffer = ctypes.create_string_buffer(code)
        program = struct.pack("@HP", len(lines), ctypes.addressof(buffer))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)

    def _read(self) -> None:
        frame, ancillary, _, _ = self._socket.recvmsg(65536, socket.CMSG_SPACE(16))
        at = time.monotonic()
        for _, kind, data in ancillary:
            if kind == _SO_TIMESTAMPNS:
                seconds, nanoseconds = struct.unpack("@qq", data[:16])
                at -= time.time() - (seconds + nanoseconds / 1e9)
                self._save(seconds, nanoseconds, frame)
        self._decode(at, frame)

    def _save(self, seconds: int, nanoseconds: int, frame: bytes) -> None:
        if self._pcap:
            head = struct.pack("=IIII", seconds, nanoseconds, len(frame), len(frame))
            self._pcap.write(head + frame)

    def _decode(self, at: float, frame: bytes) -> None:
        mac, kind, body = _mac(frame[6:12]), int.from_bytes(frame[12:14], "big"), frame[14:]
        if kind == 0x0806 and len(body) >= 28:
            self.arps.add(Arp(at, mac, "request" if body[7] == 1 else "reply", _mac(body[8:14]),
                              str(ipaddress.IPv4Address(body[14:18])),
                              str(ipaddress.IPv4Address(body[24:28]))))
        elif kind == 0x0800:
            self._decode_ipv4(at, mac, body)
        elif kind == 0x86DD:
            self._decode_ipv6(at, mac, body)

    def _decode_ipv4(self, at: float, mac: str, body: bytes) -> None:
        head, length = (body[0] & 15) * 4, int.from_bytes(body[2:4], "big")
        source, destination = (str(ipaddress.IPv4Address(body[i : i + 4])) for i in (12, 16))
        head += 24 if body[9] == vrrp.AH else 0
        self._add(vrrp.decode_advert(at, mac, source, destination, body[8], body[head:length]))

    def _decode_ipv6(self, at: float, mac: str, body: bytes) -> None:
        source, destination = (str(ipaddress.IPv6Address(body[i : i + 16])) for i in (8, 24))
        payload = body[40 : 40 + int.from_bytes(body[4:6], "big")]
        if body[6] != 58:
            self._add(vrrp.decode_advert(at, mac, source, destination, body[7], payload))
        elif len(payload) >= 24:
            flags, target = payload[4], str(ipaddress.IPv6Address(payload[8:24]))
            owner = _mac(payload[26:32]) if payload[24:26] == b"\x02\x01" else ""
            self.neighbours.add(NeighbourAdvert(at, mac, source, destination, target, owner,
                                                bool(flags & 0x80), bool(flags & 0x40),
                                                bool(flags & 0x20)))

    def _add(self, advert: Advert | None) -> None:
        if advert is not None:
            self.adverts.add(advert)


def send_vrrp(host: "Host", payload: bytes, ttl: int = 255, source: str = "",
              destination: str = "", interface: str = "eth0", target_mac: str = "") -> float:
    """Sends a VRRP payload from the host, under any source address; the time just before."""
    packet = vrrp.ip_packet(payload, source or host.address, destination, ttl)
    return send_frame(host, vrrp.frame(packet, host.mac(interface), target_mac), interface)


def send_frame(host: "Host", frame: bytes, interface: str = "eth0") -> float:
    """Sends an Ethernet frame as it is; the time just before."""
    with host.open_socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as raw:
        raw.bind((interface, 0))
        now = time.monotonic()
        raw.send(frame)
        return now
