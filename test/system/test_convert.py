"""The tools that write configurations: convert, and check --print."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from lab import BINARY

pytestmark = pytest.mark.needs("understudy")

PAIR = Path(__file__).parents[2] / "conf" / "keepalived"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True,
                          timeout=30, check=False)


@pytest.fixture
def pair() -> list[Path]:
    return [PAIR / "lb-master.conf", PAIR / "lb-backup.conf"]


def test_the_pair_becomes_one_file(pair: list[Path], tmp_path: Path) -> None:
    answer = run("convert", "--merge", *pair)
    assert answer.returncode == 0, answer
    assert "priority  = { lb-master = 100, lb-backup = 90 }" in answer.stdout
    assert f"{pair[0]}:" in answer.stderr
    assert "virtual_router_id: honoured: vrid" in answer.stderr
    assert "0 not supported" in answer.stderr
    assert "1111" not in answer.stderr

    one = tmp_path / "understudy.toml"
    one.write_text(answer.stdout)
    for host in ("lb-master", "lb-backup"):
        assert run("check", "--host", host, one).returncode == 0


def test_hosts_can_be_named(pair: list[Path]) -> None:
    answer = run("convert", "-q", "--merge", f"a={pair[0]}", f"b={pair[1]}")
    assert answer.returncode == 0
    assert "{ a = 100, b = 90 }" in answer.stdout
    assert answer.stderr == ""

    twice = run("convert", "--merge", pair[0], pair[0])
    assert twice.returncode == 1
    assert "for host lb-master too" in twice.stderr


def test_a_file_is_written_for_its_group_and_never_over_another(
        pair: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "understudy.toml"
    old_mask = os.umask(0)
    try:
        assert run("convert", "-q", pair[0], "-o", out).returncode == 0
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    first = out.read_text()
    assert 'password  = "1111"' in first

    refused = run("convert", "-q", pair[1], "-o", out)
    assert refused.returncode == 1
    assert "is there already" in refused.stderr
    assert out.read_text() == first

    assert run("convert", "-q", pair[1], "-o", out, "--force").returncode == 0
    assert out.read_text() != first
    assert os.listdir(tmp_path) == [out.name]

    nowhere = run("convert", "-q", pair[0], "-o", tmp_path / "none" / "a.toml")
    assert nowhere.returncode == 1
    assert "cannot be made" in nowhere.stderr


def test_an_error_prints_no_file(pair: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.conf"
    broken.write_text(pair[0].read_text().replace("virtual_router_id 51", "virtual_router_id 0"))
    answer = run("convert", broken)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "virtual_router_id: not supported" in answer.stderr

    assert run("convert", *pair).returncode == 1
    assert run("convert", tmp_path / "missing.conf").returncode == 1
    assert run("convert").returncode == 2


def test_what_toml_cannot_say_is_not_printed(tmp_path: Path) -> None:
    file = tmp_path / "several.conf"
    file.write_text("vrrp_instance a {\n interface eth0\n virtual_router_id 1\n"
                    " virtual_ipaddress {\n 192.0.2.2/24\n }\n"
                    " notify_master /bin/true root\n notify_backup /bin/true nobody\n}\n")
    answer = run("check", "--print", "--show-secrets", file)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "the state scripts of router a run as several users" in answer.stderr


def test_printing_goes_with_no_other_form_of_answer(pair: list[Path]) -> None:
    for option in ("--json", "--strict"):
        answer = run("check", "--print", option, pair[0])
        assert (answer.returncode, answer.stdout) == (2, "")


def test_the_effective_configuration_has_all_defaults_and_no_secret(pair: list[Path],
                                                                    tmp_path: Path) -> None:
    shown = run("check", "--print", pair[0], "--host", "lb-master")
    assert shown.returncode == 0
    assert 'interval               = "1s"' in shown.stdout
    assert 'password               = "…"' in shown.stdout
    assert "1111" not in shown.stdout

    whole = run("check", "--print", "--show-secrets", pair[0], "--host", "lb-master")
    assert '"1111"' in whole.stdout
    again = tmp_path / "again.toml"
    again.write_text(whole.stdout)
    text = run("check", "--print", "--show-secrets", again, "--host", "lb-master").stdout
    assert text.splitlines()[1:] == whole.stdout.splitlines()[1:]
