"""A process inside a host, seen from outside by its real process id."""

import os
import re
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .reactor import Reactor, Recorder


@dataclass(frozen=True)
class LogLine:
    """A line that a process wrote, with the time at which the lab read it."""

    at: float
    text: str

    def __str__(self) -> str:
        return f"{self.at:.4f} {self.text}"


class Process:
    """Started by Host.spawn; everything it writes is in `lines` and in the file `log`."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self.lines: Recorder[LogLine] = Recorder(f"log of {name}")
        self.pid = 0
        self.returncode: int | None = None
        self.started_at = 0.0
        self.exited_at: float | None = None
        self._changed = threading.Condition()

    def __repr__(self) -> str:
        return f"<{self.name} pid {self.pid} returncode {self.returncode}>"

    @property
    def is_alive(self) -> bool:
        return self.returncode is None

    def send_signal(self, number: int) -> float:
        """Signals exactly this process; the time just before. A process that has ended is left."""
        now = time.monotonic()
        with self._changed:
            if self.returncode is None:
                os.kill(self.pid, number)
        return now

    def terminate(self) -> float:
        return self.send_signal(signal.SIGTERM)

    def kill(self) -> float:
        return self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float = 5.0) -> int:
        """The exit code, negative for a signal. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.returncode is not None, timeout):
                raise TimeoutError(f"{self.name} (pid {self.pid}) still runs after {timeout} s")
            assert self.returncode is not None
            return self.returncode

    def wait_line(self, pattern: str, timeout: float = 5.0, since: float = 0.0) -> LogLine:
        """The first line, present or to come, in which the regular expression is found."""
        expression = re.compile(pattern)
        return self.lines.wait(
            lambda line: expression.search(line.text) is not None, timeout, since, f"/{pattern}/"
        )

    def wait_started(self, timeout: float = 5.0) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self.pid != 0, timeout):
                raise TimeoutError(f"{self.name} was not started within {timeout} s")

    def note_started(self, pid: int) -> None:
        with self._changed:
            self.pid = pid
            self.started_at = time.monotonic()
            self._changed.notify_all()

    def note_exited(self, code: int) -> None:
        with self._changed:
            self.returncode = code
            self.exited_at = time.monotonic()
            self._changed.notify_all()


class LineReader:
    """Reads a pipe into a process's lines and its log file."""

    def __init__(self, pipe: int, reactor: Reactor, process: Process,
                 on_line: Callable[[LogLine], None] | None) -> None:
        self._pipe = pipe
        self._reactor = reactor
        self._process = process
        self._on_line = on_line or process.lines.add
        self._rest = b""
        self._file = open(process.log, "ab", buffering=0)
        reactor.add(pipe, self._read)

    def close(self) -> None:
        if self._pipe < 0:
            return
        self._reactor.remove(self._pipe)
        os.close(self._pipe)
        self._file.close()
        self._pipe = -1

    def _read(self) -> None:
        data = os.read(self._pipe, 1 << 16)
        now = time.monotonic()
        if not data:
            self.close()
            return
        self._file.write(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._on_line(LogLine(now, line.decode(errors="replace")))
