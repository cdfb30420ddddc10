"""VRRP packets, written a second time, apart from the daemon's codec, to test it from outside."""

import ipaddress
import struct
from collections.abc import Sequence
from dataclasses import dataclass

PROTOCOL = 112
GROUP = "224.0.0.18"


def internet_checksum(data: bytes) -> int:
    """RFC 1071; over data that holds its own right checksum the result is 0."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _with_checksum(packet: bytes, pseudo_header: bytes = b"") -> bytes:
    value = internet_checksum(pseudo_header + packet)
    return packet[:6] + struct.pack("!H", value) + packet[8:]


def encode_v2(vrid: int = 51, priority: int = 100,
              addresses: Sequence[str] = ("192.168.56.60",), interval: int = 1,
              password: str | None = None, auth_type: int | None = None, version: int = 2,
              kind: int = 1, count: int | None = None, checksum: int | None = None) -> bytes:
    """A VRRPv2 advertisement (RFC 3768 section 5.1); the later arguments are for wrong ones."""
    authentication = (0 if password is None else 1) if auth_type is None else auth_type
    head = struct.pack("!BBBBBBH", version << 4 | kind, vrid, priority,
                       len(addresses) if count is None else count, authentication, interval, 0)
    listed = b"".join(ipaddress.IPv4Address(address).packed for address in addresses)
    secret = (password or "").encode()[:8].ljust(8, b"\0")
    packet = _with_checksum(head + listed + secret)
    if checksum is not None:
        packet = packet[:6] + struct.pack("!H", checksum) + packet[8:]
    return packet


def encode_v3(vrid: int = 51, priority: int = 100,
              addresses: Sequence[str] = ("192.168.56.60",), interval_centiseconds: int = 100,
              pseudo_header: tuple[str, str] | None = None) -> bytes:
    """A VRRPv3 advertisement over IPv4; the checksum covers (source, destination) if given."""
    head = struct.pack("!BBBBHH", 0x31, vrid, priority, len(addresses), interval_centiseconds, 0)
    packet = head + b"".join(ipaddress.IPv4Address(address).packed for address in addresses)
    prefix = b""
    if pseudo_header is not None:
        ends = b"".join(ipaddress.IPv4Address(end).packed for end in pseudo_header)
        prefix = ends + struct.pack("!BBH", 0, PROTOCOL, len(packet))
    return _with_checksum(packet, prefix)


def ip_packet(payload: bytes, source: str, destination: str = GROUP, ttl: int = 255,
              protocol: int = PROTOCOL) -> bytes:
    """An IPv4 packet with class CS6, as VRRP speakers send it."""
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0xC0, 20 + len(payload), 0, 0, ttl, protocol, 0,
                       ipaddress.IPv4Address(source).packed,
                       ipaddress.IPv4Address(destination).packed)
    return head[:10] + struct.pack("!H", internet_checksum(head)) + head[12:] + payload


@dataclass(frozen=True)
class Advert:
    """An advertisement as seen on the wire; `interval` in seconds."""

    at: float
    source_mac: str
    source: str
    destination: str
    ttl: int
    version: int
    vrid: int
    priority: int
    count: int
    auth_type: int
    interval: float
    checksum_ok: bool
    addresses: tuple[str, ...]
    auth_data: bytes
    payload: bytes

    def __str__(self) -> str:
        return (f"{self.at:.4f} {self.source} > {self.destination} v{self.version} "
                f"vrid {self.vrid} priority {self.priority} {','.join(self.addresses)}")


def decode_advert(at: float, source_mac: str, source: str, destination: str, ttl: int,
                  payload: bytes) -> Advert | None:
    """None when too short to be one; anything else is shown as it is, right or wrong."""
    if len(payload) < 8:
        return None
    first, vrid, priority, count, auth_type, low, _ = struct.unpack_from("!BBBBBBH", payload)
    version = first >> 4
    width = 16 if ":" in source else 4
    end = 8 + width * count
    addresses = tuple(str(ipaddress.ip_address(payload[offset : offset + width]))
                      for offset in range(8, min(end, len(payload) - width + 1), width))
    is_v3 = version == 3
    interval = ((auth_type & 0x0F) << 8 | low) / 100 if is_v3 else float(low)
    ends = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
    shape = "!IxxxB" if width == 16 else "!xBH"
    sizes = (len(payload), PROTOCOL) if width == 16 else (PROTOCOL, len(payload))
    pseudo = ends + struct.pack(shape, *sizes)
    plain_ok = width == 4 and internet_checksum(payload) == 0
    checksum_ok = plain_ok or (is_v3 and internet_checksum(pseudo + payload) == 0)
    return Advert(at, source_mac, source, destination, ttl, version, vrid, priority, count,
                  0 if is_v3 else auth_type, interval, checksum_ok, addresses,
                  b"" if is_v3 else payload[end:], payload)
