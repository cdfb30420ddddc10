"""The flood's half that runs on a host: sends prepared frames again and again at an even pace.

One sendmmsg takes what is due since the last one, so the cost is the kernel's, and a late wake-up
is made good by one longer batch.

Writes a line when it begins (begin, CLOCK_MONOTONIC ns) and one at its end: end, ns, frames sent,
the greatest lateness of a batch in ns.
"""

import ctypes
import os
import socket
import struct
import sys
import time

BATCH_NS = 1_000_000
LONGEST_BATCH = 512
_PACKET_QDISC_BYPASS = 20
_SOL_PACKET = 263


class _Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class _Message(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint),
                ("vectors", ctypes.POINTER(_Vector)), ("vector_count", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
                ("flags", ctypes.c_int), ("sent", ctypes.c_uint)]


class Frames:
    """The frames, one after the other without end, as sendmmsg wants them."""

    def __init__(self, frames: list[bytes]) -> None:
        self._buffers = [ctypes.create_string_buffer(frame, len(frame)) for frame in frames]
        # Twice and more, so that a batch may begin at any frame.
        self._period = len(frames)
        count = len(frames) + LONGEST_BATCH
        self._vectors = (_Vector * count)()
        self._messages = (_Message * count)()
        for index in range(count):
            buffer = self._buffers[index % len(frames)]
            self._vectors[index] = _Vector(ctypes.addressof(buffer), len(buffer))
            self._messages[index].vectors = ctypes.pointer(self._vectors[index])
            self._messages[index].vector_count = 1
        self._next = 0

    def send(self, descriptor: int, count: int) -> int:
        sent = _libc.sendmmsg(descriptor, ctypes.byref(self._messages[self._next]), count, 0)
        if sent < 0:
            number = ctypes.get_errno()
            raise OSError(number, f"sendmmsg: {os.strerror(number)}")
        self._next = (self._next + sent) % self._period
        return sent


_libc = ctypes.CDLL(None, use_errno=True)


def flood(frames: Frames, descriptor: int, rate: float, total: int) -> int:
    """Sends; the greatest lateness in ns."""
    start = time.monotonic_ns()
    sent = late = 0
    step = max(BATCH_NS, int(1e9 / rate))
    due_at = start
    while sent < total:
        now = time.monotonic_ns()
        if now < due_at:
            time.sleep((due_at - now) / 1e9)
            continue
        late = max(late, now - due_at)
        due = min(total, int((now - start) * rate / 1e9) + 1)
        while sent < due:
            sent += frames.send(descriptor, min(due - sent, LONGEST_BATCH))
        due_at += step * max(1, (now - due_at) // step)
    return late


def main() -> None:
    interface, path, rate, total = sys.argv[1:]
    with open(path, encoding="ascii") as file:
        frames = Frames([bytes.fromhex(line) for line in file])
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    raw.bind((interface, 0))
    raw.setsockopt(_SOL_PACKET, _PACKET_QDISC_BYPASS, struct.pack("i", 1))
    print("begin", time.monotonic_ns(), flush=True)
    late = flood(frames, raw.fileno(), float(rate), int(total))
    print("end", time.monotonic_ns(), total, late, flush=True)


if __name__ == "__main__":
    main()
