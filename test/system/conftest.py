"""Fixtures of the system tests: each test gets its own hosts, and its logs when it fails."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import BINARY, Lab, Pair

LOG_TAIL_LINES = 40


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes more than about ten seconds")
    config.addinivalue_line("markers", "needs(program, ...): skipped where a program is missing")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            present = BINARY.exists() if program == "understudy" else shutil.which(program)
            if not present:
                pytest.skip(f"{program} is not there")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Shows the end of every log of every host below a failed test."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if report.when == "call" and report.failed and folder is not None:
        for log in sorted(Path(folder).glob("**/*.log")):
            lines = log.read_text(errors="replace").splitlines()
            if lines and not log.name.startswith("client"):
                tail = "\n".join(lines[-LOG_TAIL_LINES:])
                report.sections.append((f"{log}", tail))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """An empty lab."""
    with Lab(tmp_path) as lab:
        yield lab


@pytest.fixture
def pair(lab: Lab) -> Pair:
    """lb-master and lb-backup with a running nginx, and a client; start the daemons yourself."""
    return Pair(lab)


@pytest.fixture
def stream_pair(lab: Lab) -> Pair:
    """The same with the user's own nginx.conf: port 6443 to two upstreams, not started yet."""
    return Pair(lab, stream=True)
