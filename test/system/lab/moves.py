"""When a thousand addresses moved: a host's own record, made where nothing else has to be done."""

import sys
from dataclasses import dataclass

from .host import HERE, Host
from .process import LogLine
from .reactor import Recorder


@dataclass(frozen=True)
class Farewell:
    """A priority-0 advert as the host's link received it, by the kernel's own time stamp."""

    at: float
    interface: str
    vrid: int


@dataclass(frozen=True)
class Moved:
    """An address of the host was added, refreshed or removed."""

    at: float
    change: str
    address: str


class Moves:
    """What came and went on a host, from the moment it is made until `stop`.

    A process of its own writes down the times and reports when the host has come to rest, or after
    two seconds: the lab's one thread would stamp the last of a thousand events late, and take
    processor time from what is measured.
    """

    def __init__(self, host: Host) -> None:
        self.addresses: Recorder[Moved] = Recorder(f"addresses of {host.name}")
        self.farewells: Recorder[Farewell] = Recorder(f"farewells to {host.name}")
        self._ready: Recorder[LogLine] = Recorder(f"recorder of {host.name}")
        self._process = host.spawn([sys.executable, "-I", "-S", "-B", HERE / "move_recorder.py"],
                                   name="moves", on_line=self._read)
        self._ready.wait(what="sign of life")

    def _read(self, line: LogLine) -> None:
        match line.text.split():
            case ["ready"]:
                self._ready.add(line)
            case ["address", at, change, address]:
                self.addresses.add(Moved(int(at) / 1e9, change, address))
            case ["farewell", at, interface, vrid]:
                self.farewells.add(Farewell(int(at) / 1e9, interface, int(vrid)))

    def added(self, since: float) -> dict[str, float]:
        """When each address came last, of what is reported by now."""
        return {move.address: move.at for move in self.addresses.since(since)
                if move.change == "added"}

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
