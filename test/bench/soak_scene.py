"""A team of hosts that keep one address alive while things are done to them."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from lab import ADDRESS, Client, Host, Lab, LogLine, Nginx, Process, Understudy
from soak_story import FOREVER, Fault, Move, Span, Story, Trouble
from soak_verdict import Violation

PRIORITIES = {"lb-master": 100, "lb-backup": 90, "lb-third": 80}
CLIENT_INTERVAL_MS = 10.0
# The lab needs a moment to hear what has happened.
HEARING = 0.5
ERROR_WINDOW = 12.0

# An error line that these faults explain, in the same lab, now or a moment ago.
LINKS = {"cut", "unplug", "partition", "flush"}
EXPLAINED = {
    "two masters": LINKS | {"freeze", "blink", "kill", "resume", "upgrade"},
    "can't speak on the link": {"unplug", "flush"},
    "the kernel refused": {"partition", "unplug", "flush"},
    "the file has errors; keys stay as they were": {"bad file"},
}


def file_for(names: list[str]) -> str:
    """The one file of a team."""
    priorities = ", ".join(f"{name} = {PRIORITIES[name]}" for name in names)
    return ('[check.nginx]\nprocess = "nginx"\n\n[router.k8s-api]\ninterface = "eth0"\n'
            f'vrid = 51\npriority = {{ {priorities} }}\naddresses = ["{ADDRESS}/24"]\n'
            'password = "1111"\nchecks = ["nginx"]\n')


@dataclass(frozen=True)
class Footprint:
    """What a process has of the machine."""

    rss_kib: int
    pss_kib: int
    descriptors: tuple[str, ...]

    @classmethod
    def of(cls, pid: int) -> "Footprint":
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        fields = {name: int(kib) for name, kib in re.findall(r"^(\w+): +(\d+) kB", text, re.M)}
        folder = f"/proc/{pid}/fd"
        opened = [re.sub(r"\d+", "", os.readlink(f"{folder}/{name}"))
                  for name in os.listdir(folder)]
        return cls(fields["Rss"], fields["Pss"], tuple(sorted(opened)))


@dataclass
class Member:
    """A host of a team, with its service and its daemon."""

    host: Host
    nginx: Nginx
    daemon: Understudy
    is_busy: bool = False
    footprints: dict[int, list[Footprint]] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.host.name

    def start(self) -> None:
        self.daemon.start()
        self.processes.append(self.daemon.process)


class Team:
    """A pair or a trio on a switch, the client that asks them all the time, and their story."""

    def __init__(self, name: str, size: int, lab: Lab) -> None:
        self.name = name
        self.lab = lab
        self.lan = lab.lan()
        self.faults: list[Fault] = []
        self.troubles: list[Trouble] = []
        self.stalls: list[Span] = []
        self.started = FOREVER
        self._expected_ends: set[int] = set()
        names = list(PRIORITIES)[:size]
        self.config = file_for(names)
        self.members = [self._member(name, 61 + number) for number, name in enumerate(names)]
        self._client_host = lab.host("client", self.lan, "192.168.56.70")

    def _member(self, name: str, number: int) -> Member:
        host = self.lab.host(name, self.lan, f"192.168.56.{number}")
        host.run("ip link add noise type bridge && ip link set noise up")
        return Member(host, Nginx(host), Understudy(host, self.config))

    def start(self) -> None:
        """All run, and the client asks."""
        for member in self.members:
            member.nginx.start()
            member.start()
        self.members[0].host.wait_address(ADDRESS, timeout=60.0)
        self.client = Client(self._client_host, interval_ms=CLIENT_INTERVAL_MS)
        self.client.wait_answer()
        self.started = self.lab.now()

    def begin(self, condition: str, member: Member) -> None:
        """To be said just before the condition begins."""
        self.troubles.append(Trouble(condition, member.name, self.lab.now()))

    def finish(self, condition: str, member: Member) -> None:
        """To be said when it is over."""
        for trouble in self.troubles:
            if (trouble.condition, trouble.host, trouble.end) == (condition, member.name, FOREVER):
                trouble.end = self.lab.now()

    def expect_end(self, member: Member) -> None:
        """The daemon that runs now is about to be ended."""
        self._expected_ends.add(member.daemon.process.pid)
        self.begin("ended", member)

    def story(self, since: float = 0.0) -> Story:
        """From then on; who held the address before counts as well."""
        start, end = max(since, self.started), self.lab.now() - HEARING
        moves = [Move(event.at, member.name, event.change == "added")
                 for member in self.members for event in member.host.moves(ADDRESS)]
        answers = [answer.at for answer in self.client.answers.since(start, end) if answer.is_ok]
        return Story(start, end, tuple(member.name for member in self.members),
                     sorted(moves, key=lambda move: move.at), self.troubles, self.faults, answers,
                     self.stalls)

    def is_settled(self) -> bool:
        """The best alone has the address."""
        return [member.name for member in self.members
                if member.host.address_present(ADDRESS)] == [self.members[0].name]

    def measure(self) -> None:
        """Of the daemons that run now; to be compared while nothing happens."""
        for member in self.members:
            pid = member.daemon.process.pid
            member.footprints.setdefault(pid, []).append(Footprint.of(pid))

    def daemon_violations(self) -> list[Violation]:
        """Daemons that ended by themselves, errors for no reason, addresses that aren't theirs."""
        found = []
        for member in self.members:
            for process in member.processes:
                if process.exited_at and process.pid not in self._expected_ends:
                    at = process.exited_at
                    found.append(Violation(at, at, "ended", f"understudy of {member.name} ended "
                                           f"with {process.returncode}"))
                found += [Violation(line.at, line.at, "error", f"{member.name}: {line.text}")
                          for line in process.lines if self._is_unexplained(line)]
            found += [Violation(event.at, event.at, "own address", f"{member.name} lost its own")
                      for event in member.host.moves(member.host.address)
                      if event.change == "removed" and not self._was("flush", event.at)]
        return found

    def _was(self, kind: str, at: float) -> bool:
        return any(fault.kind == kind and fault.start <= at < fault.end + 1.0
                   for fault in self.faults)

    def _is_unexplained(self, line: LogLine) -> bool:
        if line.text.split(maxsplit=2)[1:2] != ["error"]:
            return False
        kinds = next((kinds for text, kinds in EXPLAINED.items() if text in line.text), set())
        return not any(fault.kind in kinds and
                       fault.start <= line.at < fault.end + ERROR_WINDOW for fault in self.faults)
