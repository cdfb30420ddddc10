"""The table of test/bench/failover.py."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bench_table import render_table

ROWS = {
    "a": "nginx killed, process check",
    "b": "nginx killed, keepalived.conf and check_nginx.sh",
    "c": "SIGTERM to the master's daemon",
    "d": "SIGTERM to understudy, the peer is keepalived",
    "e": "the master's switch port is cut",
    "f": "nginx is back, the master returns",
}
COLUMNS = ("understudy", "keepalived")


@dataclass(frozen=True)
class Measurement:
    """One event. Times in ms; `lateness_ms` counts from the protocol's deadline (row e only)."""

    row: str
    daemon: str
    run: int
    phase_ms: float
    moved_ms: float
    gap_ms: float
    requests: int
    failed: int
    refused: int
    lateness_ms: float | None = None

    def summary(self) -> str:
        late = "" if self.lateness_ms is None else f", {self.lateness_ms:.1f} ms late"
        return (f"moved {self.moved_ms:8.1f} ms{late}, gap {self.gap_ms:8.1f} ms, "
                f"{self.failed} failed")


@dataclass(frozen=True)
class Line:
    """One line of the table: an event and what of it is measured."""

    row: str
    what: str
    value: Callable[[Measurement], float | None]
    with_failed: bool = False


def _moved(one: Measurement) -> float | None:
    return one.moved_ms


def _gap(one: Measurement) -> float | None:
    return one.gap_ms


def _lateness(one: Measurement) -> float | None:
    return one.lateness_ms


LINES = (
    *(line for row in "abcd" for line in (
        Line(row, "address on the backup after", _moved),
        Line(row, "client's longest gap", _gap, True))),
    Line("e", "address on the backup after the last advert", _moved),
    Line("e", "of that, later than the protocol's deadline", _lateness),
    Line("e", "client's longest gap", _gap, True),
    Line("f", "address on the master after", _moved),
    Line("f", "client's longest gap", _gap, True),
)
HEADER = ["event", "measured", *(f"{name}: {column}" for name in COLUMNS
                                 for column in ("median", "worst", "failed requests")), "ratio"]


def _number(value: float) -> str:
    return f"{value:.1f} ms" if abs(value) < 100 else f"{value:.0f} ms"


def _cells(line: Line, found: list[Measurement], daemon: str) -> tuple[list[str], float | None]:
    chosen = [one for one in found if one.row == line.row and one.daemon == daemon]
    values = [value for one in chosen if (value := line.value(one)) is not None]
    if not values:
        return ["—", "—", "—"], None
    failed = f"{median(one.failed for one in chosen):.0f}" if line.with_failed else ""
    return [_number(median(values)), _number(max(values)), failed], median(values)


def render(found: list[Measurement], markdown: bool) -> str:
    """Rows without any measurement are left out; the ratio is keepalived's median over ours."""
    table = []
    last_row = ""
    for line in LINES:
        if not any(one.row == line.row for one in found):
            continue
        ours, our_median = _cells(line, found, COLUMNS[0])
        theirs, their_median = _cells(line, found, COLUMNS[1])
        ratio = "—"
        if our_median and their_median and our_median > 0:
            ratio = f"{their_median / our_median:.1f}"
        title = f"{line.row}: {ROWS[line.row]}" if line.row != last_row else ""
        last_row = line.row
        table.append([title, line.what, *ours, *theirs, ratio])
    return render_table(HEADER, table, markdown)
