"""Runs the C++ test executables that meson knows, and counts test cases, not executables."""

import json
import os
import re
import subprocess
import time
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIME_LIMIT_SECONDS = 600


@dataclass(frozen=True)
class Count:
    """How many tests went which way."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Outcome:
    """What one executable did; `complaints` is what a reader needs in order to repair it."""

    name: str
    count: Count
    seconds: float
    complaints: str = ""


def run_executables(build: Path, results: Path) -> Count:
    """Runs them side by side, one line each; failures with all that the test said."""
    answer = subprocess.run(["meson", "introspect", "--tests", str(build)], check=True,
                            capture_output=True, text=True)
    tests = [test for test in json.loads(answer.stdout) if _is_ours(test, build)]
    total = Count()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for outcome in pool.map(lambda test: _run(test, results), tests):
            _print(outcome)
            total = Count(total.passed + outcome.count.passed, total.failed + outcome.count.failed,
                          total.skipped + outcome.count.skipped)
    return total


def _is_ours(test: dict[str, Any], build: Path) -> bool:
    """Scripts among meson's tests (the tidy test) are run by pytest, and would count twice."""
    return Path(test["cmd"][0]).resolve().is_relative_to(build.resolve())


def _run(test: dict[str, Any], results: Path) -> Outcome:
    report = results / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', test['name'])}.xml"
    start = time.monotonic()
    text, status = _execute([*test["cmd"], "-r", "xml", "-o", str(report)], test)
    if not report.exists() and status not in (0, None):
        # Not a Catch2 executable, or one that could not even begin: its exit status counts.
        text, status = _execute(test["cmd"], test)
    seconds = time.monotonic() - start
    if not report.exists():
        ok = status == 0
        return Outcome(test["name"], Count(int(ok), int(not ok)), seconds,
                       "" if ok else f"{text}\nexit status {status}")
    count, complaints = _read_report(report.read_text(errors="replace"))
    if status != 0 and count.failed == 0:
        count = Count(count.passed, 1, count.skipped)
        how = "time limit reached" if status is None else f"exit status {status}"
        complaints += f"  ended badly: {how}\n"
    return Outcome(test["name"], count, seconds, complaints + (text if count.failed else ""))


def _execute(command: list[str], test: dict[str, Any]) -> tuple[str, int | None]:
    environment = {**os.environ, **test.get("env", {})}
    try:
        result = subprocess.run(command, cwd=test.get("workdir"), env=environment,
                                timeout=TIME_LIMIT_SECONDS, stdin=subprocess.DEVNULL, text=True,
                                errors="replace", stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired:
        return "", None
    return result.stdout, result.returncode


def _read_report(text: str) -> tuple[Count, str]:
    """Counts test cases in Catch2's XML (2 and 3); a report that ends early counts as it stands."""
    cases = re.findall(r"<TestCase .*?(?:</TestCase>|\Z)", text, re.DOTALL)
    passed = failed = skipped = 0
    complaints = ""
    for case in cases:
        result = re.search(r"<OverallResult ([^>]*)>", case)
        if result and 'success="true"' in result.group(1):
            was_skipped = re.search(r'skips="[1-9]', result.group(1)) or "<Skip " in case
            skipped += bool(was_skipped)
            passed += not was_skipped
        else:
            failed += 1
            complaints += _describe(case)
    return Count(passed, failed, skipped), complaints


def _describe(case: str) -> str:
    """The failed test's name, and each failed expression with its place."""
    try:
        root = xml.fromstring(case)
    except xml.ParseError:
        name = re.search(r'name="([^"]*)"', case)
        return f"  {name.group(1) if name else 'a test'}: the executable died in it\n"
    lines = [f"  {root.get('name')}"]
    for node in root.iter():
        place = f"{node.get('filename')}:{node.get('line')}"
        if node.tag == "Expression" and node.get("success") != "true":
            original = (node.findtext("Original") or "").strip()
            expanded = (node.findtext("Expanded") or "").strip()
            lines.append(f"    {place}: {node.get('type')}( {original} ), seen: {expanded}")
        elif node.tag in ("Failure", "Exception", "FatalErrorCondition"):
            lines.append(f"    {place}: {node.tag}: {(node.text or '').strip()}")
    return "\n".join(lines) + "\n"


def _print(outcome: Outcome) -> None:
    count = outcome.count
    word = "FAILED" if count.failed else "ok"
    failed = f", {count.failed} failed" if count.failed else ""
    print(f"{word:<7}{outcome.name:<24}{count.passed:>5} passed{failed}  {outcome.seconds:.2f} s",
          flush=True)
    if outcome.complaints:
        print(outcome.complaints.rstrip(), flush=True)
