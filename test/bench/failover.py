#!/usr/bin/python3
"""How long a service address is away: understudy and keepalived, side by side, in one run.

VRRPv2 with one advert a second, real nginx, a client that asks about once a millisecond. Each event
comes at a random moment between two adverts. The kinds take turns, so that whatever else the
machine does meets all of them.

    sudo test/bench/failover.py [--runs 20] [--rows a,c,e] [--markdown] [--json FILE] [--seed N]
"""

import argparse
import json
import platform
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

TEST_FOLDER = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TEST_FOLDER / "system"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from failover_table import ROWS, Measurement, render  # noqa: E402
from lab import (ADDRESS, BACKUP, BINARY, CONFIG, MASTER, REPOSITORY, Client, Daemon,  # noqa: E402
                 Host, Keepalived, Lab, Pair, Takeover, Understudy, configuration_file)

CONF_PATH = "/etc/keepalived/keepalived.conf"
# RFC 3768 section 6.1: three advert intervals and the skew time of priority 90.
DOWN_INTERVAL_MS = 3000 + (256 - 90) / 256 * 1000

Maker = Callable[[Host], Daemon]


def with_toml(host: Host) -> Daemon:
    return Understudy(host, CONFIG)


def with_conf(host: Host) -> Daemon:
    return Understudy(host, configuration_file(f"{host.name}.conf"), path=CONF_PATH,
                      check_script=configuration_file("check_nginx.sh"))


def with_keepalived(host: Host) -> Daemon:
    return Keepalived(host, configuration_file(f"{host.name}.conf"),
                      check_script=configuration_file("check_nginx.sh"))


@dataclass(frozen=True)
class Variant:
    """A pair of daemons, and which row each of its events belongs to."""

    name: str
    makers: tuple[Maker, Maker]
    scenarios: dict[str, tuple[str, ...]]

    @property
    def column(self) -> str:
        return "keepalived" if self.name == "keepalived" else "understudy"


VARIANTS = (
    Variant("understudy", (with_toml, with_toml),
            {"service": ("a", "f"), "stop": ("c",), "cut": ("e",)}),
    Variant("understudy with keepalived.conf", (with_conf, with_conf), {"service": ("b", "")}),
    Variant("understudy beside keepalived", (with_toml, with_keepalived), {"stop": ("d",)}),
    Variant("keepalived", (with_keepalived, with_keepalived),
            {"service": ("b", "f"), "stop": ("c",), "cut": ("e",)}),
)


class Stage:
    """A pair that stays up while its events are repeated."""

    def __init__(self, variant: Variant, lab: Lab, rows: set[str]) -> None:
        self.variant = variant
        self._pair = Pair(lab)
        self._wire = lab.sniff(self._pair.lan)
        self._rows = rows
        self.failure = ""
        for name, maker in zip((MASTER, BACKUP), variant.makers):
            self._pair.start(name, maker(self._pair.hosts[name]))

    def settle(self) -> None:
        self._pair.settle(MASTER, timeout=15.0)

    def scenarios(self) -> list[str]:
        return [name for name, rows in self.variant.scenarios.items() if self._rows & set(rows)]

    def play(self, scenario: str, run: int, phase: float) -> list[Measurement]:
        """One event and its undoing; afterwards all is as before."""
        self.settle()
        client = self._pair.client()
        client.wait_answer(MASTER)
        advert = self._wire.adverts.wait(lambda seen: seen.source == self._pair.master.address,
                                         since=self._pair.lab.now(), timeout=5.0)
        time.sleep(max(0.0, advert.at + phase - self._pair.lab.now()))
        try:
            found = getattr(self, f"_{scenario}")(client)
        finally:
            client.stop()
        rows = self.variant.scenarios[scenario]
        return [self._measurement(row, run, phase, takeover, lateness)
                for row, (takeover, lateness) in zip(rows, found) if row in self._rows]

    def _measurement(self, row: str, run: int, phase: float, takeover: Takeover,
                     lateness: float | None) -> Measurement:
        service = takeover.service
        return Measurement(row, self.variant.column, run, phase * 1000, takeover.moved_ms,
                           service.gap_ms, service.requests, service.failed, service.refused,
                           lateness)

    def _service(self, client: Client) -> list[tuple[Takeover, float | None]]:
        nginx = self._pair.nginx[MASTER]
        away = self._pair.takeover(client, nginx.kill, BACKUP)
        back = self._pair.takeover(client, nginx.start, MASTER, timeout=15.0)
        return [(away, None), (back, None)]

    def _stop(self, client: Client) -> list[tuple[Takeover, float | None]]:
        daemon = self._pair.daemons[MASTER]
        away = self._pair.takeover(client, daemon.terminate, BACKUP)
        daemon.process.wait(5.0)
        self._pair.wait_holder(MASTER, timeout=15.0, since=daemon.start())
        return [(away, None)]

    def _cut(self, client: Client) -> list[tuple[Takeover, float | None]]:
        pair = self._pair
        pair.lan.cut(pair.master)
        last = self._wire.adverts.last(lambda seen: seen.source == pair.master.address)
        assert last is not None
        moved = pair.wait_holder(BACKUP, since=last.at)
        client.wait_answer(BACKUP, since=moved)
        end = client.wait_answer(BACKUP, since=pair.lab.now() + 0.3).at
        pair.lan.join(pair.master)
        pair.backup.wait_address(ADDRESS, present=False, timeout=10.0, since=moved)
        moved_ms = (moved - last.at) * 1000
        takeover = Takeover(moved_ms, client.service(last.at, end))
        return [(takeover, moved_ms - DOWN_INTERVAL_MS)]


def measure(stages: list[Stage], runs: int, dice: random.Random) -> list[Measurement]:
    """Round by round, each stage plays each of its scenarios once."""
    found: list[Measurement] = []
    for run in range(1, runs + 1):
        for stage in stages:
            for scenario in [] if stage.failure else stage.scenarios():
                try:
                    new = stage.play(scenario, run, dice.random())
                except (TimeoutError, RuntimeError, OSError) as error:
                    stage.failure = f"run {run}, {scenario}: {error}"
                    print(f"{stage.variant.name}: {stage.failure}", file=sys.stderr)
                    break
                found += new
                for one in new:
                    print(f"run {run:>3}  {one.row}  {stage.variant.name:<32}{one.summary()}",
                          file=sys.stderr, flush=True)
    return found


def facts(seed: int) -> dict[str, str | int]:
    """What the numbers depend on."""
    keepalived = subprocess.run(["keepalived", "--version"], capture_output=True, text=True)
    cpus = subprocess.run(["nproc"], capture_output=True, text=True).stdout.strip()
    return {"seed": seed, "kernel": platform.release(), "processors": cpus,
            "keepalived": keepalived.stderr.split("\n")[0],
            "date": time.strftime("%Y-%m-%dT%H:%M:%S%z")}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--rows", default=",".join(ROWS), help="letters of rows, default all")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--json", type=Path, default=REPOSITORY / "build/bench/failover.json")
    parser.add_argument("--markdown", action="store_true", help="print a Markdown table")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    rows = set(arguments.rows.split(","))
    if not rows <= set(ROWS):
        print(f"rows are {', '.join(ROWS)}", file=sys.stderr)
        return 2
    print(f"seed {arguments.seed}, {arguments.runs} runs each", file=sys.stderr)
    wanted = [variant for variant in VARIANTS
              if rows & {row for names in variant.scenarios.values() for row in names}
              and (BINARY.exists() or variant.column == "keepalived")]
    if not BINARY.exists():
        print(f"{BINARY} is not there: keepalived alone", file=sys.stderr)
    with ExitStack() as labs:
        stages = [Stage(variant, labs.enter_context(Lab()), rows) for variant in wanted]
        found = measure(stages, arguments.runs, random.Random(arguments.seed))
        failures = {stage.variant.name: stage.failure for stage in stages if stage.failure}
    about = facts(arguments.seed)
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(
        {**about, "failures": failures, "measurements": [asdict(one) for one in found]}, indent=1))
    print(render(found, arguments.markdown))
    print("\n" + ", ".join(f"{key} {value}" for key, value in about.items()))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
