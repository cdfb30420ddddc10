"""What a daemon costs while nothing happens: processor time, memory, system calls."""

import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from lab import BACKUP, MASTER, Host
from scale_scene import Scene


def cpu_seconds(pids: Sequence[int]) -> float:
    """Processor time of all threads, as the scheduler counts it (to the nanosecond)."""
    tasks = [task for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def cpu_milliseconds_per_second(scene: Scene, seconds: float) -> dict[str, float]:
    """On master and backup in the same span of time."""
    pids = {name: scene.processes(name) for name in (MASTER, BACKUP)}
    start = time.monotonic()
    before = {name: cpu_seconds(each) for name, each in pids.items()}
    time.sleep(seconds)
    spent = {name: cpu_seconds(each) - before[name] for name, each in pids.items()}
    span = time.monotonic() - start
    return {name: each * 1000 / span for name, each in spent.items()}


def pss_kib(pids: Sequence[int]) -> int:
    """Memory of the processes; what they share counts once."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total


def multicast_packets(host: Host, direction: str) -> int:
    """What the host has sent (Out) or received (In) by IP multicast: adverts, nothing else here."""
    names, values = (line.split() for line in
                     Path(f"/proc/{host.pid}/net/netstat").read_text().splitlines()
                     if line.startswith("IpExt:"))
    return int(dict(zip(names, values))[f"{direction}McastPkts"])


def system_calls_per_advert(scene: Scene, name: str, seconds: float) -> tuple[float, str]:
    """System calls per advert that the host sent as master, or received as backup; and the most
    frequent ones by name. strace slows the daemon, so it is run apart from all else."""
    host, direction = scene.host(name), "Out" if name == MASTER else "In"
    pids = scene.processes(name)
    command = ["strace", "-c", "-f", "-U", "calls,name", *(f"-p{pid}" for pid in pids)]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    try:
        for _ in pids:
            line = tracer.stderr.readline()
            if "attached" not in line:
                raise RuntimeError(f"strace: {line.strip()}")
        before = multicast_packets(host, direction)
        time.sleep(seconds)
        adverts = multicast_packets(host, direction) - before
    finally:
        tracer.send_signal(signal.SIGINT)
        summary = tracer.communicate(timeout=10.0)[1]
    calls = {call: int(count) for count, call in
             re.findall(r"^\s*(\d+)\s+(\w+)$", summary, re.MULTILINE) if call != "total"}
    if not adverts or not calls:
        raise RuntimeError(f"{adverts} adverts and {len(calls)} kinds of calls in {seconds} s")
    most = sorted(calls.items(), key=lambda item: -item[1])[:4]
    note = " ".join(f"{call} {count / adverts:.2f}" for call, count in most)
    return sum(calls.values()) / adverts, note
