#!/usr/bin/python3
"""How soon a master says that it leaves once nginx is killed, by a `process` check.

From the moment before SIGKILL is sent to nginx's processes until the packet of priority 0 is on the
switch; and how much of that the kernel needs until the last of them has ended, which on a busy machine
is nearly all. Each kill comes at a random moment between two adverts.

    sudo test/bench/process_exit.py [--runs 20] [--kinds name,program,title,file] [--json FILE]
"""

import argparse
import json
import os
import random
import select
import signal
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

TEST_FOLDER = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TEST_FOLDER / "system"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_table import render_table  # noqa: E402
from lab import BACKUP, CONFIG, MASTER, REPOSITORY, Lab, Pair  # noqa: E402

KINDS = {
    "name": 'process = "nginx"',
    "program": 'executable = "/usr/sbin/nginx"',
    "title": 'command_line = "nginx:"\nmatch = "prefix"',
    "file": 'pid_file = "/run/nginx.pid"',
}


@dataclass(frozen=True)
class Leaving:
    """One kill, in ms."""

    ended: float  # until the last process of nginx has ended
    left: float   # until the packet

    @property
    def own(self) -> float:
        return self.left - self.ended


def kill(processes: list[int]) -> tuple[float, float]:
    """The time just before, and when the last one has ended."""
    descriptors = [os.pidfd_open(pid) for pid in processes]
    killed = time.monotonic()
    for pid in processes:
        os.kill(pid, signal.SIGKILL)
    for descriptor in descriptors:
        select.select([descriptor], [], [])
    ended = time.monotonic()
    for descriptor in descriptors:
        os.close(descriptor)
    return killed, ended


def measure(probe: str, runs: int) -> list[Leaving]:
    found = []
    with Lab() as lab:
        pair = Pair(lab)
        wire = lab.sniff(pair.lan)
        # As under a service manager; and we ourselves just below.
        settings = "[daemon]\nrealtime_priority = 10\n"
        pair.understudy(settings + CONFIG.replace('process = "nginx"', probe))
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))
        for _ in range(runs):
            advert = wire.adverts.wait(lambda seen: seen.source == pair.master.address,
                                       since=lab.now())
            time.sleep(max(0.0, advert.at + random.random() - lab.now()))
            killed, ended = kill(pair.nginx[MASTER].processes())
            left = wire.adverts.wait(lambda seen: seen.source == pair.master.address
                                     and seen.priority == 0, since=killed)
            found.append(Leaving((ended - killed) * 1000, (left.at - killed) * 1000))
            pair.settle(BACKUP)
            pair.nginx[MASTER].start()
            pair.settle(MASTER, timeout=15.0)
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return found


def row(kind: str, found: list[Leaving]) -> list[str]:
    times = [[one.ended for one in found], [one.own for one in found], [one.left for one in found]]
    return [kind, KINDS[kind].replace("\n", ", "),
            *(f"{pick(each):.2f} ms" for each in times for pick in (statistics.median, max))]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--json", type=Path, default=REPOSITORY / "build/bench/process_exit.json")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    arguments = parser.parse_args()
    found = {kind: measure(KINDS[kind], arguments.runs) for kind in arguments.kinds.split(",")}
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(
        {kind: [asdict(one) for one in times] for kind, times in found.items()}, indent=1))
    header = ["check", "key", *(f"{what}: {column}" for what in ("nginx has ended", "then", "packet")
                                for column in ("median", "worst"))]
    print(render_table(header, [row(kind, times) for kind, times in found.items()],
                       arguments.markdown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
