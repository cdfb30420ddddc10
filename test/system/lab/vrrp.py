"""VRRP packets, written a second time, apart from the daemon's codec, to test it from outside."""

import hmac
import ipaddress
import struct
from collections.abc import Sequence
from dataclasses import dataclass

PROTOCOL = 112
AH = 51
GROUP = "224.0.0.18"
GROUP6 = "ff02::12"


def internet_checksum(data: bytes) -> int:
    """RFC 1071; over data that holds its own right checksum the result is 0."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo_header(source: str, destination: str, length: int) -> bytes:
    """What a checksum covers besides the packet: RFC 5798 5.2.8 for IPv4, RFC 8200 8.1 for IPv6."""
    ends = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
    if len(ends) == 8:
        return ends + struct.pack("!xBH", PROTOCOL, length)
    return ends + struct.pack("!IxxxB", length, PROTOCOL)


def _with_checksum(packet: bytes, covered: bytes, checksum: int | None) -> bytes:
    value = internet_checksum(covered + packet) if checksum is None else checksum
    return packet[:6] + struct.pack("!H", value) + packet[8:]


def _packed(addresses: Sequence[str]) -> bytes:
    return b"".join(ipaddress.ip_address(address).packed for address in addresses)


def encode_v2(vrid: int = 51, priority: int = 100,
              addresses: Sequence[str] = ("192.168.56.60",), interval: int = 1,
              password: str | None = None, auth_type: int | None = None, version: int = 2,
              kind: int = 1, count: int | None = None, checksum: int | None = None) -> bytes:
    """A VRRPv2 advertisement (RFC 3768 section 5.1); the later arguments are for wrong ones."""
    authentication = (0 if password is None else 1) if auth_type is None else auth_type
    head = struct.pack("!BBBBBBH", version << 4 | kind, vrid, priority,
                       len(addresses) if count is None else count, authentication, interval, 0)
    secret = (password or "").encode()[:8].ljust(8, b"\0")
    return _with_checksum(head + _packed(addresses) + secret, b"", checksum)


def encode_v3(vrid: int = 51, priority: int = 100,
              addresses: Sequence[str] = ("192.168.56.60",), interval_centiseconds: int = 100,
              ends: tuple[str, str] | None = None, version: int = 3, kind: int = 1,
              count: int | None = None, checksum: int | None = None) -> bytes:
    """A VRRPv3 advertisement; its checksum covers the pseudo header of (source, destination) too.

    IPv4 without `ends` has the checksum of RFC 9568, over the message alone; IPv6 always needs
    them. The later arguments are for wrong ones.
    """
    head = struct.pack("!BBBBHH", version << 4 | kind, vrid, priority,
                       len(addresses) if count is None else count, interval_centiseconds, 0)
    packet = head + _packed(addresses)
    covered = pseudo_header(*ends, len(packet)) if ends else b""
    return _with_checksum(packet, covered, checksum)


def ip_packet(payload: bytes, source: str, destination: str = "", ttl: int = 255,
              protocol: int = PROTOCOL, fragment: int = 0, identity: int = 0) -> bytes:
    """An IP packet of the source's family with class CS6, as VRRP speakers send it.

    `fragment` is IPv4's field of that name: 0x2000 says that more follow.
    """
    destination = destination or (GROUP6 if ":" in source else GROUP)
    ends = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
    if ":" in source:
        return struct.pack("!IHBB", 0x6C000000, len(payload), protocol, ttl) + ends + payload
    head = struct.pack("!BBHHHBBH", 0x45, 0xC0, 20 + len(payload), identity, fragment, ttl,
                       protocol, 0) + ends
    return head[:10] + struct.pack("!H", internet_checksum(head)) + head[12:] + payload


def ah_packet(payload: bytes, source: str, password: str, sequence: int,
              destination: str = GROUP, identity: int = 0) -> bytes:
    """A VRRPv2 payload behind the Authentication Header (RFC 2402, HMAC-MD5-96 of RFC 2403).

    The password is the key, padded to 8 bytes; the TTL of 255 counts, as it may not change.
    """
    spi = int(ipaddress.IPv4Address(source))
    head = struct.pack("!BBHII", PROTOCOL, 4, 0, spi, sequence)
    packet = ip_packet(head + bytes(12) + payload, source, destination, 255, AH, 0, identity)
    covered = packet[:1] + b"\0" + packet[2:10] + bytes(2) + packet[12:]
    key = password.encode()[:8].ljust(8, b"\0")
    icv = hmac.new(key, covered, "md5").digest()[:12]
    return packet[:32] + icv + packet[44:]


def group_mac(destination: str) -> bytes:
    """The MAC of a multicast group (RFC 1112 section 6.4, RFC 2464 section 7)."""
    packed = ipaddress.ip_address(destination).packed
    if len(packed) == 16:
        return b"\x33\x33" + packed[12:]
    return b"\x01\x00\x5e" + bytes([packed[1] & 0x7F]) + packed[2:]


def frame(packet: bytes, source_mac: str, target_mac: str = "") -> bytes:
    """The packet on Ethernet; to the MAC of its multicast group, unless another is named."""
    is_ipv6 = packet[0] >> 4 == 6
    destination = str(ipaddress.ip_address(packet[24:40] if is_ipv6 else packet[16:20]))
    target = bytes.fromhex(target_mac.replace(":", "")) or group_mac(destination)
    kind = b"\x86\xdd" if is_ipv6 else b"\x08\x00"
    return target + bytes.fromhex(source_mac.replace(":", "")) + kind + packet


def gratuitous_arp(address: str, mac: str) -> bytes:
    """A frame by which a host says to all that it has the IPv4 address."""
    raw, packed = bytes.fromhex(mac.replace(":", "")), ipaddress.IPv4Address(address).packed
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + raw + packed + bytes(6) + packed
    return b"\xff" * 6 + raw + b"\x08\x06" + body


def neighbour_advert(address: str, mac: str) -> bytes:
    """A frame by which a host says to all nodes, unasked, that it has the IPv6 address."""
    raw, packed = bytes.fromhex(mac.replace(":", "")), ipaddress.IPv6Address(address).packed
    body = struct.pack("!BBHI", 136, 0, 0, 0x20000000) + packed + b"\x02\x01" + raw
    ends = packed + ipaddress.IPv6Address("ff02::1").packed
    checksum = internet_checksum(ends + struct.pack("!IxxxB", len(body), 58) + body)
    body = body[:2] + struct.pack("!H", checksum) + body[4:]
    return frame(ip_packet(body, address, "ff02::1", 255, 58), mac)


@dataclass(frozen=True)
class Advert:
    """An advertisement as seen on the wire; `interval` in seconds.

    `checksum_form` is message, pseudo-header (also covers the addresses) or wrong.
    """

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
    checksum_form: str
    addresses: tuple[str, ...]
    auth_data: bytes
    payload: bytes

    @property
    def checksum_ok(self) -> bool:
        return self.checksum_form != "wrong"

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
    form = "wrong"
    if width == 4 and internet_checksum(payload) == 0:
        form = "message"
    elif is_v3 or width == 16:
        covered = pseudo_header(source, destination, len(payload))
        form = "pseudo-header" if internet_checksum(covered + payload) == 0 else "wrong"
    return Advert(at, source_mac, source, destination, ttl, version, vrid, priority, count,
                  0 if is_v3 else auth_type, interval, form, addresses,
                  b"" if is_v3 else payload[end:], payload)
