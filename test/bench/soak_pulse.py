"""Whether the machine itself lets things happen: a daemon is not to be blamed for its rests."""

import os
import socket
import struct
import threading
import time
from collections.abc import Callable

from lab.namespaces import inside_network, new_network
from soak_story import Span

BEAT = 0.02
LATE = 0.1
_NEW_ADDRESS = 20
# A request that is answered, and replaces the address that the last one put there.
_FLAGS = 0x1 | 0x4 | 0x100 | 0x400
_LOOPBACK = socket.inet_aton("127.0.0.2")


class Pulse:
    """Two threads: one wants to run, one to change an address, in a network where nothing else is.

    All networks of a kernel share the lock for that: who removes thousands of links elsewhere
    stops every daemon that moves an address here. What took too long is added to `stalls`.
    """

    def __init__(self, stalls: list[Span]) -> None:
        self._stalls = stalls
        network = new_network()
        with inside_network(network):
            self._netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
            index = socket.if_nametoindex("lo")
        os.close(network)
        body = struct.pack("=BBBBI", socket.AF_INET, 8, 0, 0, index)
        body += struct.pack("=HH4s", 8, 2, _LOOPBACK)
        self._request = struct.pack("=IHHII", 16 + len(body), _NEW_ADDRESS, _FLAGS, 1, 0) + body
        for step in (self._rest, self._change):
            threading.Thread(target=self._run, args=(step,), daemon=True).start()

    def _run(self, step: Callable[[], None]) -> None:
        while True:
            before = time.monotonic()
            step()
            now = time.monotonic()
            if now - before > BEAT + LATE:
                self._stalls.append(Span(before, now))

    def _rest(self) -> None:
        time.sleep(BEAT)

    def _change(self) -> None:
        self._rest()
        self._netlink.send(self._request)
        self._netlink.recv(4096)
