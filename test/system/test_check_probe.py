"""understudy check --probe NAME: one check, run now, told step by step."""

import subprocess
from pathlib import Path

from lab.daemons import BINARY

FILE = """
[check.none]
process = "no-such-process"
[check.true]
script = "/bin/true"
[check.fails]
script = ["/bin/sh", "-c", "echo out of order >&2; exit 3"]
user = "nobody"
[check.some]
any = ["none", "true"]
[check.neither]
any = ["none", "true"]
invert = true
[router.k8s-api]
interface = "eth0"
vrid = 51
addresses = ["192.168.56.60/24"]
checks = ["some", "neither", "fails"]
"""


def probe(folder: Path, name: str) -> tuple[int, str, str]:
    file = folder / "understudy.toml"
    file.write_text(FILE)
    done = subprocess.run([BINARY, "check", "--probe", name, file], capture_output=True,
                          text=True, timeout=30)
    return done.returncode, done.stdout, done.stderr


def test_a_good_check_ends_with_0(tmp_path: Path) -> None:
    status, told, errors = probe(tmp_path, "true")
    assert (status, errors) == (0, "")
    assert told.startswith("check true: script /bin/true\n")
    assert told.endswith("good: exit status 0\n")


def test_a_bad_check_ends_with_1_and_the_reason(tmp_path: Path) -> None:
    status, told, errors = probe(tmp_path, "fails")
    assert (status, errors) == (1, "")
    assert told.endswith("bad: exit status 3: out of order\n")


def test_a_check_of_checks_runs_them_all(tmp_path: Path) -> None:
    status, told, errors = probe(tmp_path, "some")
    assert (status, errors) == (0, "")
    assert "check none: process no-such-process\n" in told
    assert told.endswith("good: 1 of 2 are good, 1 needed; bad: none\n")
    status, told, _ = probe(tmp_path, "neither")
    assert status == 1
    assert told.endswith("bad: 1 of 2 are good, 1 needed; bad: none (inverted)\n")


def test_a_check_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    status, told, errors = probe(tmp_path, "nginks")
    assert (status, told) == (2, "")
    assert errors.endswith("has no check nginks for this host; it has none, true, fails, some, "
                           "neither\n")
