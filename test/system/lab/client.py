"""A client that never stops asking, and what it lived through."""

import sys
from dataclasses import dataclass

from .host import HERE, Host
from .process import LogLine
from .reactor import Recorder


@dataclass(frozen=True)
class Answer:
    """One request: `outcome` is ok, TIMEOUT or the name of an errno; `server` says who answered."""

    start: float
    at: float
    outcome: str
    server: str

    @property
    def is_ok(self) -> bool:
        return self.outcome == "ok"

    def __str__(self) -> str:
        return f"{self.start:.4f}-{self.at:.4f} {self.outcome} {self.server}"


@dataclass(frozen=True)
class Service:
    """What a client saw between two instants.

    `gap_ms` is the longest time between two answers that followed each other; without any failure
    it is about the client's own beat. `refused` are failed requests that got a refusal or a reset;
    the other failed ones got nothing in time.
    """

    gap_ms: float
    gap_start: float
    gap_end: float
    requests: int
    failed: int
    refused: int
    servers: tuple[str, ...]


class Client:
    """Asks http://ADDRESS/ about every `interval_ms`, from the moment it is made."""

    def __init__(self, host: Host, address: str = "192.168.56.60", port: int = 80,
                 interval_ms: float = 1.0, limit_ms: float = 100.0) -> None:
        self.answers: Recorder[Answer] = Recorder(f"answers from {address}")
        self.interval_ms = interval_ms
        with host.network(), open("/proc/sys/net/ipv4/ip_local_port_range", "w") as file:
            file.write("2048 65000")
        arguments = [address, str(port), str(int(interval_ms * 1e6)), str(int(limit_ms * 1e6))]
        self.process = host.spawn([sys.executable, "-I", "-S", "-B", HERE / "probe.py", *arguments],
                                  name="client", on_line=self._read)

    def _read(self, line: LogLine) -> None:
        start, end, outcome, *server = line.text.split(" ", 3)
        if start.isdigit() and end.isdigit():
            self.answers.add(Answer(int(start) / 1e9, int(end) / 1e9, outcome, "".join(server)))

    def wait_answer(self, server: str = "", timeout: float = 10.0, since: float = 0.0) -> Answer:
        """The first good answer by the host of this name (or by any)."""
        return self.answers.wait(
            lambda answer: answer.is_ok and server in ("", answer.server),
            timeout, since, f"answer from {server or 'anyone'}")

    def service(self, since: float, until: float = float("inf")) -> Service:
        """What happened in a span of time; wait_answer first, so that its end lies inside."""
        answers = self.answers.since(since, until)
        good = [answer for answer in answers if answer.is_ok]
        failed = [answer for answer in answers if not answer.is_ok]
        gaps = [(later.at - earlier.at, earlier.at, later.at)
                for earlier, later in zip(good, good[1:])]
        longest, start, end = max(gaps, default=(float("inf"), since, until))
        servers: list[str] = []
        for answer in good:
            if not servers or servers[-1] != answer.server:
                servers.append(answer.server)
        return Service(longest * 1000, start, end, len(answers), len(failed),
                       sum(answer.outcome != "TIMEOUT" for answer in failed), tuple(servers))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
