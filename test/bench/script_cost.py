#!/usr/bin/python3
"""What 100 script checks a second cost: understudy and keepalived, side by side, in one run.

Both are master of one router on a host of their own, with 100 checks that run /bin/true as nobody,
each once a second (--interval: with 10 checks at 0.1 s the same load), within 10 s, so that a busy
machine makes none of them fail. They take turns, so that whatever else the machine does meets both.
Counted while nothing else happens, for a run (a busy machine has less of them: both daemons leave a
start out that finds the last run still going; each run takes a number of the host's processes):

own       processor time of the daemon's processes themselves (utime and stime)
scripts   of the programs that they have waited for (cutime and cstime): from the fork to the exit

The kernel counts what a child does before its program runs to the child: the copy of the daemon's
memory that a fork makes is in the first figure, what it costs to use and to drop it in the second.

    sudo test/bench/script_cost.py [--runs 5] [--checks 100] [--interval 1] [--seconds 10]
                                   [--markdown]
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

TEST_FOLDER = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TEST_FOLDER / "system"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_table import render_table  # noqa: E402
from lab import ADDRESS, MASTER, Daemon, Keepalived, Lab, Understudy  # noqa: E402

KINDS = ("understudy", "keepalived")
TICKS = os.sysconf("SC_CLK_TCK")
WARM_UP_SECONDS = 3.0
START_TIMEOUT = 20.0


def understudy_text(checks: int, interval: float) -> str:
    names = [f"c{number}" for number in range(checks)]
    tables = [f'[check.{name}]\nscript = "/bin/true"\nuser = "nobody"\n'
              f'interval = "{round(interval * 1000)}ms"\ntimeout = "10s"\n' for name in names]
    listed = ", ".join(f'"{name}"' for name in names)
    return "\n".join([*tables, '[router.web]\ninterface = "eth0"\nvrid = 51\n'
                      f'addresses = ["{ADDRESS}/24"]\nchecks = [{listed}]\n'])


def keepalived_text(checks: int, interval: float) -> str:
    names = [f"c{number}" for number in range(checks)]
    scripts = [f'vrrp_script {name} {{\n    script "/bin/true"\n    interval {interval}\n'
               "    timeout 10\n    user nobody\n}\n" for name in names]
    tracked = "".join(f"        {name}\n" for name in names)
    return "".join([*scripts, "vrrp_instance web {\n    interface eth0\n    virtual_router_id 51\n",
                    f"    virtual_ipaddress {{\n        {ADDRESS}/24\n    }}\n",
                    f"    track_script {{\n{tracked}    }}\n}}\n"])


def make(kind: str, lab: Lab, options: argparse.Namespace) -> Daemon:
    host = lab.host(MASTER, lab.lan(), "192.168.56.61")
    if kind == "understudy":
        return Understudy(host, understudy_text(options.checks, options.interval))
    return Keepalived(host, keepalived_text(options.checks, options.interval))


def processes(daemon: Daemon) -> list[int]:
    """The daemon and what lives as long as it does: programs that come and go are no part of it."""
    found, ahead = [], [daemon.process.pid]
    while ahead:
        pid = ahead.pop()
        try:
            if Path(f"/proc/{pid}/exe").readlink().name not in KINDS:
                continue
            children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir()
                        for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
        found.append(pid)
        ahead += children
    return found


def seconds_of(pids: list[int]) -> tuple[float, float]:
    """Processor time of the processes, and of the children that they have waited for."""
    own = waited = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        own += int(fields[11]) + int(fields[12])
        waited += int(fields[13]) + int(fields[14])
    return own / TICKS, waited / TICKS


def lasting(daemon: Daemon) -> list[int]:
    """Seen twice: a child that has not yet become its program looks like the daemon."""
    first = processes(daemon)
    time.sleep(0.5)
    return sorted(set(first) & set(processes(daemon)))


def last_pid(daemon: Daemon) -> int:
    """Of the host's own numbering, so each program that is started there takes one."""
    return int(daemon.host.run(["cat", "/proc/sys/kernel/ns_last_pid"]).stdout)


def measure(kind: str, options: argparse.Namespace) -> tuple[float, float]:
    """Milliseconds of the daemon and of its scripts, for a run."""
    with Lab() as lab:
        daemon = make(kind, lab, options)
        daemon.start()
        daemon.host.wait_address(ADDRESS, timeout=START_TIMEOUT)
        time.sleep(WARM_UP_SECONDS)
        pids = lasting(daemon)
        first, before = last_pid(daemon), seconds_of(pids)
        time.sleep(options.seconds)
        after, runs = seconds_of(pids), last_pid(daemon) - first
        daemon.stop(10.0)
    print(f"{kind}: {runs / options.seconds:.0f} runs a second", file=sys.stderr)
    own, waited = (1000 * (late - early) / runs for early, late in zip(before, after))
    return own, waited


def main() -> None:
    parser = argparse.ArgumentParser(description="What script checks cost, beside keepalived's.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--checks", type=int, default=100)
    parser.add_argument("--interval", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
    for _ in range(options.runs):
        for kind in KINDS:
            found[kind].append(measure(kind, options))
            print(kind, *(f"{value:.2f}" for value in found[kind][-1]), file=sys.stderr)
    rows = []
    for title, pick in (("the daemon itself", lambda pair: pair[0]),
                        ("its scripts", lambda pair: pair[1]), ("both together", sum)):
        cells = []
        for kind in KINDS:
            values = [pick(pair) for pair in found[kind]]
            cells += [f"{statistics.median(values):.2f} ms", f"{max(values):.2f} ms"]
        rows.append(["a run of /bin/true", title, *cells])
    print(render_table(["work", "processor time", "Understudy: median", "worst",
                        "keepalived: median", "worst"], rows, options.markdown))


if __name__ == "__main__":
    main()
