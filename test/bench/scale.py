#!/usr/bin/python3
"""A thousand routers, and what is done to one: understudy and keepalived, side by side, in one run.

The kinds take turns, so that whatever else the machine does meets both. Each row is what is asked
of the daemon:

a  1,000 routers on 4 links (4,000 on 16), one address each, version 2, an advert each second, no
   password. The master gets SIGTERM. Counted from the protocol's deadline until the last address is
   on the backup. The deadline is when the backup's links have received the master's last advert of
   priority 0 (the kernel's time stamp), and the skew time that this kind's backups wait: keepalived
   (256 - priority) / 256 s, Understudy (256 - priority) * 0.1 ms.
b  The same with one router of 1,000 addresses. Those beyond 255 are in no advert
   (unadvertised_addresses, virtual_ipaddress_excluded).
c  Processor time of the master's daemon a second, all its processes, as the scheduler counts it,
   while nothing happens. The kernel's work for a packet until it is in the receiver's socket is
   done, and counted, where the sender sends. d: of the backup's.
e  Memory of the master's daemon (PSS of all processes), before there is a backup to share with.
f  From exec until the daemon is ready on the backup: the last router has said in the log that it is
   in backup state, which both daemons say after they have opened their sockets; and Understudy has
   told the service manager READY=1 (keepalived tells it before it has read its file).
g  System calls for an advert that the master sends and the backup receives, by `strace -c -f`.
h  The master's daemon gets SIGKILL, all its processes, or SIGSTOP: from when the backup has the
   address until the master has not. More than 10 s is for ever. Negative: nobody had it for so long.
i  SIGKILL and a start after 50 ms: the client's longest gap, and did the address move?
j  SIGUSR2 (keepalived: SIGTERM, as does Understudy where SIGUSR2 does not end it) and a start at
   once: the same.
k  10 ms adverts, version 3, beside 8 busy processes: how often the backup took over.

    sudo test/bench/scale.py [--runs 5] [--rows a,c,e] [--routers 1000] [--addresses 1000]
                             [--nice -10] [--markdown] [--json FILE]

`--nice -10` gives all of it, the daemons too, the better of what else the machine runs.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

TEST_FOLDER = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TEST_FOLDER / "system"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from lab import BACKUP, BINARY, MASTER, REPOSITORY, Lab  # noqa: E402
from scale_cost import (cpu_milliseconds_per_second, pss_kib,  # noqa: E402
                        system_calls_per_advert)
from scale_fault import FAST, SLOW, both_hold_ms, false_takeovers, restart  # noqa: E402
from scale_move import stop_master  # noqa: E402
from scale_scene import Load, Scene  # noqa: E402
from scale_table import COLUMNS, ROWS, Measurement, render  # noqa: E402

FEWEST_LINKS = 4
MOST_ROUTERS_ON_LINK = 250
# Row, key, value, note.
Found = tuple[str, str, float, str]


def play_load(kind: str, load: Load, size: str, rows: set[str],
              options: argparse.Namespace) -> Iterator[Found]:
    """One life of a pair with a load: everything that is measured of it, its stop at the end."""
    with Lab() as lab:
        scene = Scene(lab, kind, load)
        scene.start_master()
        if "e" in rows:
            yield "e", size, pss_kib(scene.processes(MASTER)) / 1024, ""
        ready = scene.start_backup()
        if "f" in rows and size == "many":
            yield "f", "ready", ready * 1000, ""
        if rows & set("acdg"):
            scene.rest()
        if rows & set("cd") and size == "many":
            spent = cpu_milliseconds_per_second(scene, options.cpu_seconds)
            yield "c", "cpu", spent[MASTER], ""
            yield "d", "cpu", spent[BACKUP], ""
        if "g" in rows:
            for name, what in ((MASTER, "sent"), (BACKUP, "received")):
                calls, note = system_calls_per_advert(scene, name, options.trace_seconds)
                yield "g", f"{what}-{size}", calls, note
        if "a" in rows and size == "many":
            yield from play_stop("a", scene)


def play_stop(row: str, scene: Scene) -> Iterator[Found]:
    late, moved, note = stop_master(scene)
    yield row, "late", late, note
    yield row, "moved", moved, ""


def play_many(kind: str, rows: set[str], options: argparse.Namespace) -> Iterator[Found]:
    links = max(FEWEST_LINKS, -(-options.routers // MOST_ROUTERS_ON_LINK))
    return play_load(kind, Load(options.routers, links=links), "many", rows, options)


def play_one(kind: str, rows: set[str], options: argparse.Namespace) -> Iterator[Found]:
    return play_load(kind, Load(), "one", rows & set("eg"), options)


def play_addresses(kind: str, _: set[str], options: argparse.Namespace) -> Iterator[Found]:
    with Lab() as lab:
        scene = Scene(lab, kind, Load(addresses=options.addresses))
        scene.start_master()
        scene.start_backup()
        scene.rest()
        yield from play_stop("b", scene)


def play_faults(kind: str, _: set[str], __: argparse.Namespace) -> Iterator[Found]:
    for speed, group in (("slow", SLOW), ("fast", FAST)):
        for fault in ("kill", "freeze"):
            with Lab() as lab:
                yield "h", f"{fault}-{speed}", both_hold_ms(lab, kind, group, fault), ""


def play_restarts(kind: str, rows: set[str], _: argparse.Namespace) -> Iterator[Found]:
    for row in sorted(rows & set("ij")):
        with Lab() as lab:
            gap, moved, note = restart(lab, kind, upgrade=row == "j")
            yield row, "gap", gap, note
            yield row, "moved", moved, ""


def play_busy(kind: str, _: set[str], options: argparse.Namespace) -> Iterator[Found]:
    with Lab() as lab:
        yield "k", "false", false_takeovers(lab, kind, options.busy, options.busy_seconds), ""


PLAYS: tuple[tuple[str, Callable[[str, set[str], argparse.Namespace], Iterator[Found]]], ...] = (
    ("acdefg", play_many), ("eg", play_one), ("b", play_addresses), ("h", play_faults),
    ("ij", play_restarts), ("k", play_busy),
)


def measure(kinds: list[str], rows: set[str],
            options: argparse.Namespace) -> tuple[list[Measurement], list[str]]:
    """Run by run, each kind plays each play once; what went wrong is told, and the next is tried."""
    found: list[Measurement] = []
    failures: list[str] = []
    for run in range(1, options.runs + 1):
        for letters, play in PLAYS:
            for kind in kinds if rows & set(letters) else []:
                try:
                    for row, key, value, note in play(kind, rows, options):
                        if row in rows:
                            found.append(Measurement(row, key, kind, run, value, note))
                            print(found[-1].summary(), file=sys.stderr, flush=True)
                except (TimeoutError, RuntimeError, OSError) as error:
                    failures.append(f"run {run}, {play.__name__}, {kind}: {error}")
                    print(failures[-1], file=sys.stderr, flush=True)
    return found, failures


def facts(options: argparse.Namespace) -> dict[str, str | int | float]:
    """What the numbers depend on."""
    keepalived = subprocess.run(["keepalived", "--version"], capture_output=True, text=True)
    cpus = subprocess.run(["nproc"], capture_output=True, text=True).stdout.strip()
    load = Path("/proc/loadavg").read_text().split()[0]
    return {"runs": options.runs, "routers": options.routers, "addresses": options.addresses,
            "nice": os.getpriority(os.PRIO_PROCESS, 0), "kernel": platform.release(), "processors": cpus, "load at the end": load,
            "keepalived": keepalived.stderr.split("\n")[0],
            "date": time.strftime("%Y-%m-%dT%H:%M:%S%z")}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", default=",".join(ROWS), help="letters of rows, default all")
    parser.add_argument("--kinds", default=",".join(COLUMNS), help="default both")
    parser.add_argument("--routers", type=int, default=1000, help="of rows a and c to g")
    parser.add_argument("--addresses", type=int, default=1000, help="of the router of row b")
    parser.add_argument("--cpu-seconds", type=float, default=10.0, help="of rows c and d")
    parser.add_argument("--trace-seconds", type=float, default=5.0, help="of row g")
    parser.add_argument("--busy", type=int, default=8, help="busy processes of row k")
    parser.add_argument("--busy-seconds", type=float, default=60.0, help="of row k")
    parser.add_argument("--nice", type=int, default=0, help="added to the niceness of all")
    parser.add_argument("--json", type=Path, default=REPOSITORY / "build/bench/scale.json")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    return parser.parse_args()


def main() -> int:
    options = parse_arguments()
    rows, kinds = set(options.rows.split(",")), options.kinds.split(",")
    if not rows <= set(ROWS) or not set(kinds) <= set(COLUMNS):
        print(f"rows are {', '.join(ROWS)}; kinds are {', '.join(COLUMNS)}", file=sys.stderr)
        return 2
    if "understudy" in kinds and not BINARY.exists():
        print(f"{BINARY} is not there: keepalived alone", file=sys.stderr)
        kinds.remove("understudy")
    os.nice(options.nice)
    found, failures = measure(kinds, rows, options)
    about = facts(options)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({**about, "failures": failures,
                                        "measurements": [one.to_json() for one in found]},
                                       indent=1))
    print(render(found, options.markdown))
    print("\n" + ", ".join(f"{key} {value}" for key, value in about.items()))
    print("".join(f"failed: {failure}\n" for failure in failures), end="")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
