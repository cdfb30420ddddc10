"""Ears and a mouth on the wire: adverts and ARP with the kernel's own time stamps, raw sending."""

import ctypes
import ipaddress
import socket
import struct
import time
from dataclasses import dataclass
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

# Classic BPF: ARP, and protocol 112 or 51 (AH) in IPv4 and IPv6; the client's traffic stays out.
_FILTER = (
    (0x28, 0, 0, 12), (0x15, 7, 0, 0x0806), (0x15, 0, 2, 0x0800), (0x30, 0, 0, 23),
    (0x05, 0, 0, 2), (0x15, 0, 4, 0x86DD), (0x30, 0, 0, 20), (0x15, 1, 0, 112),
    (0x15, 0, 1, 51), (0x06, 0, 0, 0x40000), (0x06, 0, 0, 0),
)


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


def _mac(data: bytes) -> str:
    return data.hex(":")


class Sniffer:
    """Made by Lab.sniff(); `adverts` and `arps` can be listed and waited on."""

    def __init__(self, where: "Host | Lan", reactor: Reactor) -> None:
        title = getattr(where, "name", "the switch")
        self.adverts: Recorder[Advert] = Recorder(f"adverts at {title}")
        self.arps: Recorder[Arp] = Recorder(f"ARP at {title}")
        self._reactor = reactor
        with where.network():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self._attach_filter()
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
            self._socket.bind((getattr(where, "interface", "eth0"), _ETH_P_ALL))
        reactor.add(self._socket, self._read)

    def close(self) -> None:
        self._reactor.remove(self._socket)
        self._socket.close()

    def _attach_filter(self) -> None:
        code = b"".join(struct.pack("=HBBI", *line) for line in _FILTER)
        buffer = ctypes.create_string_buffer(code)
        program = struct.pack("@HP", len(_FILTER), ctypes.addressof(buffer))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)

    def _read(self) -> None:
        frame, ancillary, _, _ = self._socket.recvmsg(65536, socket.CMSG_SPACE(16))
        at = time.monotonic()
        for _, kind, data in ancillary:
            if kind == _SO_TIMESTAMPNS:
                seconds, nanoseconds = struct.unpack("@qq", data[:16])
                at -= time.time() - (seconds + nanoseconds / 1e9)
        self._decode(at, frame)

    def _decode(self, at: float, frame: bytes) -> None:
        mac, kind, body = _mac(frame[6:12]), int.from_bytes(frame[12:14], "big"), frame[14:]
        if kind == 0x0806 and len(body) >= 28:
            self.arps.add(Arp(at, mac, "request" if body[7] == 1 else "reply", _mac(body[8:14]),
                              str(ipaddress.IPv4Address(body[14:18])),
                              str(ipaddress.IPv4Address(body[24:28]))))
            return
        advert = None
        if kind == 0x0800:
            head, length = (body[0] & 15) * 4, int.from_bytes(body[2:4], "big")
            source, destination = (str(ipaddress.IPv4Address(body[i : i + 4])) for i in (12, 16))
            head += 24 if body[9] == 51 else 0
            advert = vrrp.decode_advert(at, mac, source, destination, body[8], body[head:length])
        elif kind == 0x86DD:
            source, destination = (str(ipaddress.IPv6Address(body[i : i + 16])) for i in (8, 24))
            length = 40 + int.from_bytes(body[4:6], "big")
            advert = vrrp.decode_advert(at, mac, source, destination, body[7], body[40:length])
        if advert is not None:
            self.adverts.add(advert)


def send_vrrp(host: "Host", payload: bytes, ttl: int = 255, source: str = "",
              destination: str = vrrp.GROUP, interface: str = "eth0") -> float:
    """Sends a VRRP payload from the host, under any source address; the time just before."""
    with host.open_socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        packet = vrrp.ip_packet(payload, source or host.address, destination, ttl)
        now = time.monotonic()
        raw.sendto(packet, (destination, 0))
        return now
