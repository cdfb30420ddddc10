"""Whether another program's dissectors find fault with what was captured."""

import subprocess
from pathlib import Path

_FIELDS = ("_ws.malformed", "_ws.expert.severity", "vrrp.checksum.status", "ip.checksum.status",
           "icmpv6.checksum.status", "vrrp.version", "_ws.col.Info")
_ERROR = 0x800000
_BAD_CHECKSUM = "0"


def _dissect(pcap: Path, checksum: str) -> list[dict[str, str]]:
    """A packet's fields; several values of one field are separated by commas."""
    as_v2 = "TRUE" if checksum == "message" else "FALSE"
    named = [word for field in _FIELDS for word in ("-e", field)]
    result = subprocess.run(
        ["tshark", "-n", "-r", str(pcap), "-o", "ip.check_checksum:TRUE", "-o",
         f"vrrp.v3_checksum_as_in_v2:{as_v2}", "-T", "fields", *named],
        capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        raise RuntimeError(f"tshark {pcap}: {result.stderr}")
    return [dict(zip(_FIELDS, line.split("\t"))) for line in result.stdout.splitlines()]


def _is_faulty(packet: dict[str, str]) -> bool:
    severities = filter(None, packet["_ws.expert.severity"].split(","))
    return (packet["_ws.malformed"] != ""
            or any(int(severity) >= _ERROR for severity in severities)
            or any(_BAD_CHECKSUM in packet[field].split(",")
                   for field in _FIELDS if field.endswith("checksum.status")))


def malformed(pcap: Path, checksum: str = "") -> list[str]:
    """The packets in which tshark finds fault, a line each; "no VRRP" if there is none to judge.

    By itself it wants the pseudo header in the checksum of version 3 over IPv4 (RFC 5798);
    with `checksum` "message" it wants none (RFC 9568).
    """
    packets = _dissect(pcap, checksum)
    if not any(packet["vrrp.version"] for packet in packets):
        return [f"no VRRP in {pcap}"]
    return [f"packet {number}: {packet}" for number, packet in enumerate(packets, 1)
            if _is_faulty(packet)]


def assert_well_formed(pcap: Path, checksum: str = "") -> None:
    """See malformed()."""
    faulty = malformed(pcap, checksum)
    assert not faulty, "\n".join([f"{len(faulty)} malformed in {pcap}:", *faulty[:10]])
