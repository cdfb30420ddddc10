#!/usr/bin/python3
"""A day of faults in minutes: a pair and a trio, a client of each, and what must hold all along.

    sudo test/bench/soak.py [--minutes 20] [--seed N] [--folder DIR]

Faults come one after the other with random pauses, and the next may begin before the last is
undone. All is judged by what the kernels of the hosts told, see soak_verdict.py. Ends with 1 when
something did not hold.
"""

import argparse
import heapq
import itertools
import math
import platform
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

TEST_FOLDER = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TEST_FOLDER / "system"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from lab import BINARY, REPOSITORY, Lab, wait_until  # noqa: E402
from soak_faults import choose, play  # noqa: E402
from soak_pulse import Pulse  # noqa: E402
from soak_scene import Team  # noqa: E402
from soak_story import Span, common, longer, total, union, without  # noqa: E402
from soak_verdict import (ADVERT, BREATH, DOWN_INTERVAL, LEARNING, MARGIN, Violation,  # noqa: E402
                          judge)

WARM_UP = 60.0
SEGMENT = 240.0
JUDGED_EACH = 5.0
JUDGED_BACK = 90.0
TOLD_BACK = 20.0
SETTLING = 2 * (DOWN_INTERVAL + MARGIN) + 4.0
# After the last move announcements go on for five seconds.
REST = 7.0
RSS_GROWTH_KIB = 200
# A check remembers the last process that ended, or has none to remember.
SPARE = {"anon_inode:[pidfd]": 1}


class Soak:
    """Plays both teams, judges them as it goes, and tells what did not hold."""

    def __init__(self, teams: list[Team], seed: int) -> None:
        self.teams = teams
        self.dice = {team.name: random.Random(f"{seed} {team.name}") for team in teams}
        self.found: dict[tuple[str, str, float], Violation] = {}
        self._due: list[tuple[float, int, Iterator[float]]] = []
        self._order = itertools.count()

    def _schedule(self, steps: Iterator[float], at: float) -> None:
        heapq.heappush(self._due, (at, next(self._order), steps))

    def _disturb(self, team: Team, until: float) -> Iterator[float]:
        """One fault after the other; at most two at a time, on two hosts."""
        dice = self.dice[team.name]
        while time.monotonic() < until:
            free = [member for member in team.members if not member.is_busy]
            busy = len(team.members) - len(free)
            if busy == 0 or (busy == 1 and dice.random() < 0.3):
                kind, member = choose(team, free, dice)
                self._schedule(play(team, kind, member, dice), 0.0)
            yield dice.choice((dice.uniform(0.5, 3.0), dice.uniform(3.0, 12.0)))

    def _judge_often(self, until: float) -> Iterator[float]:
        while time.monotonic() < until:
            yield JUDGED_EACH
            for team in self.teams:
                self.judge(team, time.monotonic() - JUDGED_BACK)

    def play(self, seconds: float) -> None:
        """Faults for so long, then until the last of them is undone."""
        until = time.monotonic() + seconds
        for steps in [self._disturb(team, until) for team in self.teams]:
            self._schedule(steps, 0.0)
        self._schedule(self._judge_often(until), 0.0)
        while self._due:
            at, _, steps = heapq.heappop(self._due)
            time.sleep(max(0.0, at - time.monotonic()))
            if (pause := next(steps, None)) is not None:
                self._schedule(steps, time.monotonic() + pause)

    def settle(self) -> None:
        """Nothing is done any more, so the best of each team serves soon, and alone."""
        for team in self.teams:
            since = time.monotonic()
            try:
                wait_until(team.is_settled, SETTLING, f"{team.members[0].name} alone", 0.1)
            except TimeoutError as error:
                self.tell(team, Violation(since, since, "not settled", str(error)))

    def judge(self, team: Team, since: float) -> None:
        """Of the time from then on; what began before that has been told."""
        story = team.story(since)
        for violation in judge(story, team.daemon_violations()):
            if violation.at > since:
                self.tell(team, violation)

    def tell(self, team: Team, violation: Violation) -> None:
        """Once each, with what was done and what moved before and after."""
        key = (team.name, *violation.key)
        if key in self.found or violation.at < team.started:
            return
        self.found[key] = violation
        print(f"\nVIOLATION in the {team.name}, at {violation.at - team.started:.3f} s: "
              f"{violation.check}: {violation.text}\n"
              + "\n".join(time_line(team, violation.at)) + f"\nlogs: {team.lab.folder}", flush=True)


def time_line(team: Team, at: float) -> list[str]:
    """What was done and what moved about then."""
    lines = [(trouble.start, f"{trouble.host} {trouble.condition} "
              f"for {trouble.span.length:.3f} s") for trouble in team.troubles]
    lines += [(fault.start, f"FAULT {fault.kind} on {fault.host} "
               f"for {fault.span.length:.3f} s") for fault in team.faults]
    lines += [(move.at, f"        {move.host} {'has' if move.came else 'loses'} the address")
              for move in team.story().moves]
    lines += [(stall.start, f"the machine stalls for {stall.length:.3f} s")
              for stall in list(team.stalls)]
    lines += [(line.at, f"        {member.name}: {line.text}") for member in team.members
              for process in member.processes for line in process.lines]
    return [f"  {when - team.started:10.3f}  {text}" for when, text in sorted(lines)
            if at - TOLD_BACK < when < at + TOLD_BACK]


def footprints(team: Team) -> tuple[list[str], list[Violation]]:
    """What each process that lived long enough had each time; growth is a violation."""
    lines, found = [], []
    for member in team.members:
        for seen in member.footprints.values():
            if len(seen) < 2:
                continue
            rss, pss, descriptors = (" -> ".join(map(str, values)) for values in zip(
                *((one.rss_kib, one.pss_kib, len(one.descriptors)) for one in seen)))
            lines.append(f"  {member.name}: RSS {rss} KiB; PSS {pss} KiB; "
                         f"descriptors {descriptors}")
            grown = Counter(seen[-1].descriptors)
            grown.subtract(Counter(seen[0].descriptors))
            more = {name: count for name, count in grown.items() if count > SPARE.get(name, 0)}
            if seen[-1].rss_kib - seen[0].rss_kib > RSS_GROWTH_KIB or more:
                now = time.monotonic()
                found.append(Violation(now, now, "footprint", f"{lines[-1].strip()} {more}"))
    return lines, found


def summary(team: Team) -> list[str]:
    """What was done, and what came of it."""
    story = team.story()
    seconds = story.end - story.start
    kinds = Counter(fault.kind for fault in story.faults)
    requests = team.client.answers.since(story.start, story.end)
    good = sum(answer.is_ok for answer in requests)
    both = story.held_by_two()
    apart = [trouble.span for trouble in story.troubles
             if trouble.condition in ("cut", "unplugged", "filtered")]
    together = without(both, longer(apart, ADVERT + MARGIN))
    held = without(story.whole, [span for host in story.hosts for span in story.held(host)])
    gaps = [Span(one, two) for one, two in zip(story.answers, story.answers[1:])
            if two - one > BREATH]
    stalls = union(list(story.stalls))
    moves = sum(move.came for move in story.moves if move.at >= story.start)
    return [f"{team.name}: {seconds:.0f} s, {len(story.faults)} faults, {moves} moves",
            "  " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())),
            f"  two holders {total(both):.3f} s, of it while they could hear each other "
            f"{total(together):.3f} s, longest {max((x.length for x in together), default=0):.3f} s",
            f"  no holder {total(held):.3f} s, nobody served {total(story.unserved()):.3f} s, "
            f"longest {max((x.length for x in story.unserved()), default=0):.3f} s",
            f"  client: {good} of {len(requests)} requests answered "
            f"({100 * good / max(1, len(requests)):.3f} %); {len(gaps)} gaps over {BREATH} s, "
            f"{total(common(gaps, longer(story.unserved(), LEARNING))):.1f} of {total(gaps):.1f} s "
            "while nobody served",
            f"  the machine stalled {len(stalls)} times, {total(stalls):.1f} s in all; because of "
            f"that {total(common(story.storms(), story.whole)):.1f} s are not judged"]



def run(seconds: float, seed: int, folder: Path) -> int:
    """The number of violations."""
    print(f"seed {seed}, {seconds / 60:g} minutes, kernel {platform.release()}, "
          f"{version()}, logs in {folder}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    stalls: list[Span] = []
    Pulse(stalls)
    with ExitStack() as labs:
        teams = [Team(name, size, labs.enter_context(Lab(folder / name)))
                 for name, size in (("pair", 2), ("trio", 3))]
        for team in teams:
            team.stalls = stalls
            team.start()
        soak = Soak(teams, seed)
        warm_up = min(WARM_UP, seconds / 2)
        segments = math.ceil((seconds - warm_up) / SEGMENT)
        for length in (warm_up, *[(seconds - warm_up) / segments] * segments):
            soak.play(length)
            soak.settle()
            time.sleep(REST)
            for team in teams:
                team.measure()
        for team in teams:
            soak.judge(team, 0.0)
            lines, grown = footprints(team)
            for violation in grown:
                soak.tell(team, violation)
            print("\n" + "\n".join(summary(team) + lines), flush=True)
        print(f"\n{len(soak.found)} violations, seed {seed}")
        return len(soak.found)


def version() -> str:
    return subprocess.run([BINARY, "--version"], capture_output=True, text=True).stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "build/bench/soak")
    arguments = parser.parse_args()
    return 1 if run(arguments.minutes * 60, arguments.seed, arguments.folder) else 0


if __name__ == "__main__":
    sys.exit(main())
