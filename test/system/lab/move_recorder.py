"""The half of Moves that runs on the host: takes the time of each event, and sleeps otherwise.

Writes a line for each address that came or went and for each advert of priority 0 that a link
received, with its time (CLOCK_MONOTONIC, ns). Nothing is parsed or written before the host has been
at rest for a while, so that the reader keeps up with the kernel and stays out of the way.
"""

import ctypes
import os
import select
import socket
import struct
import sys
import time
from collections.abc import Callable

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from netlink import SO_RCVBUFFORCE, AddressEvent, AddressMonitor  # noqa: E402

REST_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 2.0
_ETH_P_IP = 0x0800
_SO_ATTACH_FILTER = 26
_SO_TIMESTAMPNS = 35
# Classic BPF: protocol 112 in IPv4 without options, and the message's third byte, the priority, 0.
_FILTER = ((0x30, 0, 0, 23), (0x15, 0, 3, 112), (0x30, 0, 0, 36), (0x15, 0, 1, 0),
           (0x06, 0, 0, 128), (0x06, 0, 0, 0))
_VRID_OFFSET = 35


def open_farewells() -> socket.socket:
    """Hears what all links of the host receive."""
    code = b"".join(struct.pack("=HBBI", *line) for line in _FILTER)
    buffer = ctypes.create_string_buffer(code)
    program = struct.pack("@HP", len(_FILTER), ctypes.addressof(buffer))
    heard = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_IP))
    heard.setblocking(False)
    heard.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
    heard.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    heard.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
    # What came in before the filter was there.
    drain(lambda: heard.recv(128))
    return heard


def drain(read: Callable[[], object]) -> None:
    """Reads a socket that does not wait until nothing is left."""
    try:
        while True:
            read()
    except BlockingIOError:
        pass


def wall_clock_ahead_ns() -> int:
    """By how much it is ahead of CLOCK_MONOTONIC: of several looks at both the quickest."""
    looks = []
    for _ in range(10):
        before, wall, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
        looks.append((after - before, wall - before))
    return min(looks)[1]


class MoveRecorder:
    """Two sockets, two lists, and the report."""

    def __init__(self) -> None:
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self._monitor = AddressMonitor(netlink, self._tell)
        self._farewells = open_farewells()
        self._messages: list[tuple[int, bytes]] = []
        self._packets: list[tuple[int, str, int]] = []
        self._lines: list[str] = []
        self._poll = select.epoll()
        self._readers = {netlink.fileno(): self._read_address,
                         self._farewells.fileno(): self._read_farewell}
        netlink.setblocking(False)
        for source in (netlink, self._farewells):
            self._poll.register(source.fileno(), select.EPOLLIN)

    def run(self) -> None:
        os.write(1, b"ready\n")
        oldest = 0.0
        while True:
            ready = self._poll.poll(REST_SECONDS if oldest else -1)
            for descriptor, _ in ready:
                drain(self._readers[descriptor])
            now = time.monotonic()
            if not ready or (oldest and now - oldest > LONGEST_WAIT_SECONDS):
                self._report()
                oldest = 0.0
            else:
                oldest = oldest or now

    def _read_address(self) -> None:
        data = self._monitor.receive()
        self._messages.append((time.monotonic_ns(), data))

    def _read_farewell(self) -> None:
        frame, ancillary, _, sender = self._farewells.recvmsg(128, socket.CMSG_SPACE(16))
        stamps = [struct.unpack("@qq", data[:16]) for _, kind, data in ancillary
                  if kind == _SO_TIMESTAMPNS]
        for seconds, nanoseconds in stamps:
            at = seconds * 1_000_000_000 + nanoseconds
            self._packets.append((at, sender[0], frame[_VRID_OFFSET]))

    def _tell(self, event: AddressEvent) -> None:
        self._lines.append(f"address {round(event.at * 1e9)} {event.change} {event.address}\n")

    def _report(self) -> None:
        for at, data in self._messages:
            self._monitor.take(data, at / 1e9)
        ahead = wall_clock_ahead_ns()
        self._lines += [f"farewell {at - ahead} {link} {vrid}\n"
                        for at, link, vrid in self._packets]
        sys.stdout.write("".join(self._lines))
        sys.stdout.flush()
        for done in (self._messages, self._packets, self._lines):
            done.clear()


if __name__ == "__main__":
    MoveRecorder().run()
