"""The table of test/bench/scale.py."""

import math
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench_table import render_table

ROWS = {
    "a": "many routers: the master stops",
    "b": "one router with many addresses: the master stops",
    "c": "many routers: processor time of the master",
    "d": "many routers: processor time of the backup",
    "e": "memory (PSS of all processes)",
    "f": "many routers: from exec to ready",
    "g": "system calls for an advert",
    "h": "the master's daemon is killed or frozen",
    "i": "daemon killed and started again within 100 ms",
    "j": "upgrade: daemon ended and started again at once",
    "k": "10 ms adverts (version 3) beside busy processes",
}
COLUMNS = ("understudy", "keepalived")

# Row, the key of a measurement, what it is called, its unit.
LINES = (
    ("a", "late", "last address on the backup after the protocol's deadline", "ms"),
    ("a", "moved", "last address on the backup after SIGTERM", "ms"),
    ("b", "late", "last address on the backup after the protocol's deadline", "ms"),
    ("b", "moved", "last address on the backup after SIGTERM", "ms"),
    ("c", "cpu", "processor time a second", "ms/s"),
    ("d", "cpu", "processor time a second", "ms/s"),
    ("e", "one", "one router", "MiB"),
    ("e", "many", "many routers", "MiB"),
    ("f", "ready", "all routers in backup state after", "ms"),
    ("g", "sent-many", "sent, many routers", ""),
    ("g", "sent-one", "sent, one router", ""),
    ("g", "received-many", "received, many routers", ""),
    ("g", "received-one", "received, one router", ""),
    ("h", "kill-slow", "SIGKILL, 1 s adverts: both hold the address for", "ms"),
    ("h", "freeze-slow", "SIGSTOP, 1 s adverts: both hold the address for", "ms"),
    ("h", "kill-fast", "SIGKILL, 100 ms adverts: both hold the address for", "ms"),
    ("h", "freeze-fast", "SIGSTOP, 100 ms adverts: both hold the address for", "ms"),
    ("i", "gap", "client's longest gap", "ms"),
    ("i", "moved", "times that the address moved to the backup", "times"),
    ("j", "gap", "client's longest gap", "ms"),
    ("j", "moved", "times that the address moved to the backup", "times"),
    ("k", "false", "takeovers by the backup", "times"),
)
HEADER = ["work", "measured", *(f"{name}: {column}" for name in COLUMNS
                                for column in ("median", "worst")), "ratio"]


@dataclass(frozen=True)
class Measurement:
    """One value of one run; infinite is what did not end while it was watched."""

    row: str
    key: str
    daemon: str
    run: int
    value: float
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "value": self.value if math.isfinite(self.value) else "for ever"}

    def summary(self) -> str:
        name, unit = next((name, unit) for row, key, name, unit in LINES
                          if (row, key) == (self.row, self.key))
        note = f"  ({self.note})" if self.note else ""
        return f"run {self.run:>3}  {self.row}  {self.daemon:<11} {name}: " \
               f"{show(self.value, unit)}{note}"


def show(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return "for ever"
    if unit == "times":
        return f"{value:.0f}"
    number = f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}" if not unit else f"{value:.1f}"
    return f"{number} {unit}".strip()


def _ratio(ours: float | None, theirs: float | None) -> str:
    if ours is None or theirs is None or not math.isfinite(ours) or ours <= 0 or theirs < 0:
        return "—"
    return f"{theirs / ours:.1f}" if math.isfinite(theirs) else "∞"


def render(found: list[Measurement], markdown: bool) -> str:
    """Lines without any measurement are left out; the ratio is keepalived's median over ours."""
    table = []
    last_row = ""
    for row, key, name, unit in LINES:
        values = {daemon: [one.value for one in found
                           if (one.row, one.key, one.daemon) == (row, key, daemon)]
                  for daemon in COLUMNS}
        if not any(values.values()):
            continue
        cells = [show(measure(each), unit) if each else "—"
                 for each in values.values() for measure in (median, max)]
        middle = {daemon: median(each) if each else None for daemon, each in values.items()}
        title = f"{row}: {ROWS[row]}" if row != last_row else ""
        last_row = row
        table.append([title, name, *cells, _ratio(*middle.values())])
    return render_table(HEADER, table, markdown)
