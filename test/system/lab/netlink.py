"""Which addresses a host has, from the kernel itself: as a list, and as events with their time."""

import errno
import ipaddress
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_NEW_ADDRESS = 20
_DELETE_ADDRESS = 21
_GET_ADDRESS = 22
_DONE = 3
_DUMP_REQUEST = 0x301
_IPV4_AND_IPV6_ADDRESSES = 0x10 | 0x100
_IFA_ADDRESS = 1
_IFA_LOCAL = 2
_IFA_CACHE_INFO = 6
_IFA_PROTOCOL = 11
_FOREVER = 0xFFFFFFFF
SO_RCVBUFFORCE = 33
# The kernel tells of one address at a time. A larger buffer costs more than the reading.
_LONGEST_NOTICE = 4096


@dataclass(frozen=True)
class Address:
    """One address of one interface; no lifetime means that it stays until it is deleted."""

    address: str
    prefix: int
    interface_index: int
    lifetime_seconds: int | None = None
    protocol: int = 0


@dataclass(frozen=True)
class AddressEvent:
    """`change` is added, refreshed (the kernel told of an address that was there) or removed."""

    at: float
    change: str
    address: str
    details: Address

    def __str__(self) -> str:
        return f"{self.at:.4f} {self.address} {self.change}"


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while offset + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, offset)
        if length < 4:
            return
        yield kind & 0x3FFF, data[offset + 4 : offset + length]
        offset += (length + 3) & ~3


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while offset + 16 <= len(data):
        length, kind = struct.unpack_from("=IH", data, offset)
        yield kind, data[offset + 16 : offset + length]
        offset += (length + 3) & ~3


def _parse_address(payload: bytes) -> Address | None:
    _, prefix, _, _, index = struct.unpack_from("=BBBBI", payload)
    fields = dict(_attributes(payload[8:]))
    raw = fields.get(_IFA_LOCAL) or fields.get(_IFA_ADDRESS)
    if raw is None:
        return None
    lifetime = None
    if _IFA_CACHE_INFO in fields:
        _, valid = struct.unpack_from("=II", fields[_IFA_CACHE_INFO])
        lifetime = None if valid == _FOREVER else valid
    protocol = fields.get(_IFA_PROTOCOL, b"\0")[0]
    return Address(str(ipaddress.ip_address(raw)), prefix, index, lifetime, protocol)


def read_addresses(netlink: socket.socket) -> list[Address]:
    """All addresses; the socket must be a fresh NETLINK_ROUTE socket of the host's network."""
    body = struct.pack("=BBBBI", socket.AF_UNSPEC, 0, 0, 0, 0)
    header = struct.pack("=IHHII", 16 + len(body), _GET_ADDRESS, _DUMP_REQUEST, 1, 0)
    netlink.send(header + body)
    found: list[Address] = []
    while True:
        for kind, payload in _messages(netlink.recv(1 << 18)):
            if kind == _DONE:
                return found
            if kind == _NEW_ADDRESS and (address := _parse_address(payload)):
                found.append(address)


class AddressMonitor:
    """Turns the kernel's address messages into events; call `read` when the socket is readable."""

    def __init__(self, netlink: socket.socket, on_event: Callable[[AddressEvent], None]) -> None:
        self._socket = netlink
        self._on_event = on_event
        self._present: dict[tuple[str, int], Address] = {}
        netlink.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
        netlink.bind((0, _IPV4_AND_IPV6_ADDRESSES))

    def read(self) -> None:
        now = time.monotonic()
        self.take(self.receive(), now)

    def receive(self) -> bytes:
        """The next message, as it is; waits for it unless the socket does not."""
        try:
            return self._socket.recv(_LONGEST_NOTICE)
        except OSError as error:
            if error.errno == errno.ENOBUFS:
                raise RuntimeError("the kernel had more address events than the lab read") from None
            raise

    def take(self, data: bytes, now: float) -> None:
        """Makes events of what was received `now`, which may be a while ago."""
        for kind, payload in _messages(data):
            address = _parse_address(payload) if kind in (_NEW_ADDRESS, _DELETE_ADDRESS) else None
            if address is not None:
                self._record(kind == _NEW_ADDRESS, address, now)

    def _record(self, present: bool, address: Address, now: float) -> None:
        key = (address.address, address.interface_index)
        if present:
            change = "refreshed" if key in self._present else "added"
            self._present[key] = address
        else:
            change = "removed"
            self._present.pop(key, None)
        self._on_event(AddressEvent(now, change, address.address, address))
