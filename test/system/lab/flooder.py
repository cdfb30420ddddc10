"""Somebody on the network who never stops sending what nobody wants."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from .host import HERE, Host
from .process import Process


@dataclass(frozen=True)
class Flooded:
    """What was sent: `rate` is frames a second as achieved."""

    start: float
    end: float
    frames: int
    late_ms: float

    @property
    def rate(self) -> float:
        return self.frames / (self.end - self.start)


class Flood:
    """Sends the frames in turn, `rate` a second in all, evenly, `total` of them."""

    def __init__(self, host: Host, frames: Sequence[bytes], rate: float, total: int,
                 interface: str = "eth0") -> None:
        self.total = total
        host.write_file("/tmp/frames", "".join(f"{frame.hex()}\n" for frame in frames))
        self._seconds = total / rate
        self.process: Process = host.spawn(
            [sys.executable, "-I", "-S", "-B", HERE / "flood.py", interface, "/tmp/frames",
             str(rate), str(total)], name="flood")

    def wait(self) -> Flooded:
        """Until the last frame has been sent."""
        begin = self.process.wait_line("^begin").text.split()
        end = self.process.wait_line("^end", timeout=self._seconds * 2 + 5).text.split()
        return Flooded(int(begin[1]) / 1e9, int(end[1]) / 1e9, int(end[2]), int(end[3]) / 1e6)
