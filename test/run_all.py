"""The body of test/run: builds, runs each kind of test, adds up."""

import argparse
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TEST_FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(TEST_FOLDER / "system"))
sys.path.insert(0, str(TEST_FOLDER))

from build import BUILD, REPOSITORY, build  # noqa: E402
from catch2 import Count, run_executables  # noqa: E402

RESULTS = BUILD / "test-results"
PYTEST_TIMEOUT_SECONDS = 120
NOTHING_COLLECTED = 5


@dataclass
class Total:
    """What all parts add up to."""

    count: Count

    def add(self, other: Count) -> None:
        self.count = Count(self.count.passed + other.passed, self.count.failed + other.failed,
                           self.count.skipped + other.skipped)

    def line(self) -> str:
        skipped = f", {self.count.skipped} skipped" if self.count.skipped else ""
        return f"{self.count.passed} passed, {self.count.failed} failed{skipped}"


@contextmanager
def part(title: str) -> Iterator[None]:
    print(f"\n== {title}", flush=True)
    start = time.monotonic()
    yield
    print(f"== {title}: {time.monotonic() - start:.1f} s", flush=True)


def run_pytest(folder: Path, all_tests: bool, expression: str | None) -> Count:
    """Runs the tests of a folder with live output, and counts them from the JUnit file."""
    report = RESULTS / f"{folder.name}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-B", "-m", "pytest", "-v", "--tb=short", "-ra",
               f"--rootdir={TEST_FOLDER}", "-p", "no:cacheprovider",
               f"--timeout={PYTEST_TIMEOUT_SECONDS}", f"--junitxml={report}",
               f"--basetemp={RESULTS / folder.name}"]
    command += [] if all_tests else ["-m", "not slow"]
    command += ["-k", expression] if expression else []
    status = subprocess.run([*command, str(folder)], cwd=TEST_FOLDER).returncode
    if status == NOTHING_COLLECTED:
        return Count()
    try:
        suite = next(xml.parse(report).getroot().iter("testsuite"))
    except (OSError, xml.ParseError, StopIteration):
        return Count(failed=1)
    tests, failures, errors, skipped = (
        int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped"))
    failed = failures + errors
    passed = max(0, tests - failed - skipped)
    # pytest ended badly without a failed test: that is a failure all the same.
    return Count(passed, failed if failed or status == 0 else 1, skipped)


def run_suites(folder: Path) -> Count:
    """Every executable in test/suites is one test, passed when it exits with 0."""
    total = Count()
    for script in sorted(folder.glob("*")):
        if not (script.is_file() and os.access(script, os.X_OK)):
            continue
        print(f"-- {script.name}", flush=True)
        ok = subprocess.run([str(script)], cwd=REPOSITORY).returncode == 0
        print(f"{'ok' if ok else 'FAILED'}  {script.name}", flush=True)
        total = Count(total.passed + ok, total.failed + (not ok))
    return total


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="test/run", allow_abbrev=False)
    parser.add_argument("--all", action="store_true", help="the slow suites too")
    parser.add_argument("-k", metavar="EXPRESSION", help="only the pytest tests that match")
    return parser.parse_args()


def run_everything(arguments: argparse.Namespace) -> Total:
    total = Total(Count())
    with part("build"):
        if not build():
            total.add(Count(failed=1))
            return total
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    with part("C++ tests"):
        total.add(run_executables(BUILD, RESULTS))
    for name in ("tidy", "system"):
        folder = TEST_FOLDER / name
        if any(folder.glob("test_*.py")) or any(folder.glob("*_test.py")):
            with part(f"test/{name}"):
                total.add(run_pytest(folder, arguments.all, arguments.k))
    if arguments.all and (TEST_FOLDER / "suites").is_dir():
        with part("test/suites"):
            total.add(run_suites(TEST_FOLDER / "suites"))
    return total


def main() -> int:
    arguments = parse_arguments()
    start = time.monotonic()
    try:
        total = run_everything(arguments)
    except KeyboardInterrupt:
        print("\ninterrupted")
        return 130
    print(f"\nresults in {RESULTS}, {time.monotonic() - start:.1f} s in all")
    print(total.line(), flush=True)
    return 0 if total.count.passed > 0 and total.count.failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
