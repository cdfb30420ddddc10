#!/usr/bin/python3
"""What many reloads do to a master: nothing that its peers or its clients could notice.

lb-master is told to reload five times a second, each second file a changed one, each other one of ten
kinds of broken ones, while all adverts on the switch are recorded.

    sudo test/bench/reload.py [--reloads 1000] [--rate 5] [--interval 100ms] [--json FILE]
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TEST_FOLDER = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TEST_FOLDER / "system"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_table import render_table  # noqa: E402
from lab import ADDRESS, MASTER, REPOSITORY, Lab, Pair, Understudy, pair_config  # noqa: E402
from test_reload import ADDED, BAD_FILES  # noqa: E402

# As under a service manager: what is measured is the daemon, not who else the machine runs.
SETTINGS = "[daemon]\nrealtime_priority = 10\n"

# Before these the daemon's memory is still growing to what it needs.
WARM_UP = 50


@dataclass(frozen=True)
class Result:
    """Times in ms, memory in KiB."""

    reloads: int
    taken: int
    refused: int
    states_changed: bool
    interval: float
    longest_silence: float
    longest_reload: float
    memory_before: int
    memory_after: int


def changed(number: int, interval: str) -> str:
    """Settings, an address and a check that come and go, each in a rhythm of its own."""
    keys: dict[str, Any] = {"interval": interval, "priority": 100 + number % 7,
                            "down_adverts": 3 + number % 3, "preempt": number % 5 > 0}
    if number % 4 > 1:
        keys["addresses"] = [f"{ADDRESS}/24", f"{ADDED}/24"]
    if number % 6 > 2:
        keys["checks"] = ["nginx", "api"]
    text = SETTINGS + pair_config(**keys)
    return text + (f'[check.api]\ntcp = "127.0.0.1:80"\ninterval = "{1 + number % 2}s"\n'
                   if "checks" in keys else "")


def states(daemon: Understudy) -> list[tuple[Any, ...]]:
    return [(x["name"], x["state"], x["since"]) for x in daemon.status()["routers"]]


def measure(reloads: int, rate: float, interval: str) -> Result:
    with Lab() as lab:
        pair = Pair(lab)
        daemon = pair.understudy(SETTINGS + pair_config(interval=interval))[MASTER]
        wire = lab.sniff(pair.lan)
        bad = list(BAD_FILES.values())
        before = states(daemon)
        longest = 0.0
        memory = 0
        begin = wire.adverts.wait(lambda x: x.source == pair.master.address).at
        for number in range(reloads):
            if number == min(WARM_UP, reloads // 2):
                memory = daemon.memory_kib()
            time.sleep(max(0.0, begin + number / rate - lab.now()))
            daemon.write_config(bad[number // 2 % len(bad)] if number % 2
                                else changed(number // 2, interval))
            asked = lab.now()
            done = daemon.tool("reload", check=False)
            longest = max(longest, lab.now() - asked)
            if done.returncode != number % 2:
                raise RuntimeError(f"reload {number} ended with {done.returncode}: {done.stderr}")
        end = wire.adverts.wait(lambda x: x.source == pair.master.address, since=lab.now()).at
        spoken = [x.at for x in wire.adverts.since(begin, end) if x.source == pair.master.address]
        counts = daemon.status()["configuration"]
        return Result(
            reloads, counts["reloads_good"], counts["reloads_failed"], states(daemon) != before,
            daemon.router()["interval_ms"],
            max(later - earlier for earlier, later in zip(spoken, spoken[1:])) * 1000,
            longest * 1000, memory, daemon.memory_kib())


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--reloads", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=5.0, help="a second")
    parser.add_argument("--interval", default="100ms", help="between adverts")
    parser.add_argument("--json", type=Path, default=REPOSITORY / "build/bench/reload.json")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    arguments = parser.parse_args()
    found = measure(arguments.reloads, arguments.rate, arguments.interval)
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(asdict(found), indent=1))
    header = ["reloads", "taken, refused", "state changed", "longest silence", "of the interval",
              "longest reload", "memory before", "after"]
    row = [str(found.reloads), f"{found.taken}, {found.refused}",
           "yes" if found.states_changed else "no", f"{found.longest_silence:.1f} ms",
           f"{found.longest_silence / found.interval:.3f}", f"{found.longest_reload:.0f} ms",
           f"{found.memory_before} KiB", f"{found.memory_after} KiB"]
    print(render_table(header, [row], arguments.markdown))
    return 1 if found.states_changed else 0


if __name__ == "__main__":
    sys.exit(main())
