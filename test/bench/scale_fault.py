"""What is done to one router: killed, frozen, restarted, upgraded, and starved of processor time."""

import math
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lab import ADDRESS, BACKUP, MASTER, Group, Keepalived, Lab, Pair, Understudy, make_daemon

KINDS = {"understudy": Understudy, "keepalived": Keepalived}
PRIORITY = {MASTER: 200, BACKUP: 100}
SLOW = Group()
FAST = Group(version=3, interval=0.1)
FASTEST = Group(version=3, interval=0.01)
# Two holders for longer than this are told as for ever.
WATCHED_SECONDS = 10.0
# A killed daemon is started again after this.
PAUSE_SECONDS = 0.05
# A takeover by the backup takes 3.6 s, and as long the master's return.
AFTERMATH_SECONDS = 9.0
EXIT_SECONDS = 1.0


def settled_pair(lab: Lab, kind: str, group: Group) -> Pair:
    """One router, no check; the master alone has its address."""
    pair = Pair(lab)
    for name, host in pair.hosts.items():
        pair.start(name, make_daemon(KINDS[kind], host, [group], PRIORITY[name]))
    pair.settle(MASTER, timeout=15.0)
    return pair


def both_hold_ms(lab: Lab, kind: str, group: Group, fault: str) -> float:
    """How long both hosts have the address after the master's daemon is killed (fault `kill`) or
    stopped by SIGSTOP (`freeze`); infinite where the master has it for good. Negative: for so long
    neither had it."""
    pair = settled_pair(lab, kind, group)
    daemon = pair.daemons[MASTER]
    at = daemon.kill() if fault == "kill" else daemon.freeze()
    came = pair.backup.wait_address(ADDRESS, timeout=WATCHED_SECONDS, since=at)
    try:
        went = pair.master.wait_address(ADDRESS, present=False, timeout=WATCHED_SECONDS, since=at)
    except TimeoutError:
        return math.inf
    return (went - came) * 1000


def restart(lab: Lab, kind: str, upgrade: bool) -> tuple[float, int, str]:
    """The client's longest gap in milliseconds, how often the address moved to the backup, and what
    there is to say, when the master's daemon ends and is started again: after SIGKILL a twentieth
    of a second later, at an upgrade at once."""
    pair = settled_pair(lab, kind, SLOW)
    client = pair.client()
    client.wait_answer(MASTER)
    at, note = _end_for_upgrade(pair, kind) if upgrade else (pair.daemons[MASTER].kill(), "")
    if not upgrade:
        time.sleep(max(0.0, at + PAUSE_SECONDS - lab.now()))
    pair.daemons[MASTER].start()
    time.sleep(AFTERMATH_SECONDS)
    last = client.wait_answer(since=lab.now())
    client.stop()
    return client.service(at - 0.1, last.at).gap_ms, _takeovers(pair, at), note


def _end_for_upgrade(pair: Pair, kind: str) -> tuple[float, str]:
    """Understudy by SIGUSR2, keepalived (which has nothing like it) by SIGTERM."""
    process = pair.daemons[MASTER].process
    if kind == "keepalived":
        at = process.terminate()
        process.wait()
        return at, "SIGTERM"
    at = process.send_signal(signal.SIGUSR2)
    try:
        process.wait(EXIT_SECONDS)
        return at, "SIGUSR2"
    except TimeoutError:
        at = process.terminate()
        process.wait()
        return at, "SIGTERM, as SIGUSR2 did not end it"


def _takeovers(pair: Pair, since: float) -> int:
    return sum(event.change == "added" and event.address == ADDRESS
               for event in pair.backup.address_events.since(since))


def false_takeovers(lab: Lab, kind: str, busy: int, seconds: float) -> int:
    """How often the backup took the address from a master that was well, while `busy` processes
    wanted all of the processors."""
    pair = settled_pair(lab, kind, FASTEST)
    with busy_processes(busy):
        at = lab.now()
        time.sleep(seconds)
        return _takeovers(pair, at)


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    started: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(count):
            started.append(subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"]))
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()
