"""The client's half that runs on the client host: asks a web server again and again.

A new connection is opened every interval, whether or not the earlier ones were answered, so one
lost SYN costs one request and never hides what comes after. A request that has no answer within its
time limit counts as failed; a browser would have repeated its SYN after a second.

Writes a line for each request: start and end (CLOCK_MONOTONIC, ns), outcome, body.
"""

import errno
import os
import select
import socket
import struct
import sys
import time

REQUEST = b"GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n"
# Close with a reset: thousands of connections a minute would use up the ports in TIME_WAIT.
FORGET_AT_ONCE = struct.pack("ii", 1, 0)
FLUSH_NS = 10_000_000


class Request:
    """One connection, from SYN to the last byte."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.start = time.monotonic_ns()
        self.sent = False
        self.data = b""
        family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, FORGET_AT_ONCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.error = self.socket.connect_ex(target)

    def advance(self) -> str | None:
        """What came of it: ok, or the name of an error; None while it is under way."""
        try:
            if not self.sent:
                self.socket.send(REQUEST)
                self.sent = True
                return None
            chunk = self.socket.recv(4096)
        except BlockingIOError:
            return None
        except OSError as error:
            return errno.errorcode.get(error.errno or 0, "EIO")
        self.data += chunk
        if self._is_complete():
            return "ok"
        return None if chunk else "ECLOSED"

    def _is_complete(self) -> bool:
        head, separator, body = self.data.partition(b"\r\n\r\n")
        if not separator:
            return False
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                return len(body) >= int(line.split(b":")[1])
        return False

    @property
    def body(self) -> str:
        return self.data.partition(b"\r\n\r\n")[2].decode(errors="replace").split("\n")[0]


class Probe:
    """Starts requests on a fixed beat and waits for all of them with one epoll."""

    def __init__(self, target: tuple[str, int], interval_ns: int, limit_ns: int) -> None:
        self._target = target
        self._interval = interval_ns
        self._limit = limit_ns
        self._epoll = select.epoll()
        self._open: dict[int, Request] = {}
        self._output: list[str] = []
        self._flushed = 0

    def run(self) -> None:
        due = time.monotonic_ns()
        while True:
            now = time.monotonic_ns()
            if now >= due:
                self._start()
                # A beat that was missed is not made up for: a burst would measure nothing more.
                due = max(due + self._interval, now)
            self._expire(now)
            self._flush(now)
            wait = max(0, due - time.monotonic_ns()) / 1e9
            for descriptor, _ in self._epoll.poll(wait):
                self._advance(descriptor)

    def _start(self) -> None:
        request = Request(self._target)
        if request.error not in (0, errno.EINPROGRESS):
            self._report(request, errno.errorcode.get(request.error, "EIO"))
            request.socket.close()
            return
        self._open[request.socket.fileno()] = request
        self._epoll.register(request.socket.fileno(), select.EPOLLOUT)

    def _advance(self, descriptor: int) -> None:
        request = self._open[descriptor]
        had_sent = request.sent
        outcome = request.advance()
        if outcome is not None:
            self._finish(request, outcome)
        elif request.sent and not had_sent:
            self._epoll.modify(descriptor, select.EPOLLIN)

    def _expire(self, now: int) -> None:
        while self._open:
            oldest = next(iter(self._open.values()))
            if now - oldest.start < self._limit:
                return
            self._finish(oldest, "TIMEOUT")

    def _finish(self, request: Request, outcome: str) -> None:
        descriptor = request.socket.fileno()
        self._report(request, outcome)
        self._epoll.unregister(descriptor)
        del self._open[descriptor]
        request.socket.close()

    def _report(self, request: Request, outcome: str) -> None:
        end = time.monotonic_ns()
        self._output.append(f"{request.start} {end} {outcome} {request.body}\n")

    def _flush(self, now: int) -> None:
        if self._output and now - self._flushed >= FLUSH_NS:
            self._flushed = now
            os.write(1, "".join(self._output).encode())
            self._output.clear()


def main() -> None:
    host, port, interval_ns, limit_ns = sys.argv[1:]
    Probe((host, int(port)), int(interval_ns), int(limit_ns)).run()


if __name__ == "__main__":
    main()
