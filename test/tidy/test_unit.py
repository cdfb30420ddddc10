"""The unit file is one that systemd understands."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tree import ROOT

UNIT = ROOT / "packaging" / "understudy.service"


def complaints(text: str, folder: Path) -> str:
    """What systemd-analyze says of a unit. Here, where the daemon is not installed, runs another."""
    unit = folder / "understudy.service"
    unit.write_text(text.replace("/usr/bin/understudy", shutil.which("true") or ""))
    result = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)],
                            capture_output=True, text=True, timeout=60)
    return result.stderr + result.stdout + ("" if result.returncode == 0 else "it failed")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not there")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text()
    assert complaints(text, tmp_path) == ""
    assert "KillMod" in complaints(text.replace("\nKillMode=", "\nKillMod="), tmp_path)


def test_each_line_of_the_units_header_speaks_of_a_line_that_is_there() -> None:
    header, _, body = UNIT.read_text().partition("\n[Unit]\n")
    words = [line[2:].split()[0] for line in header.splitlines()
             if line.startswith("# ") and line[2].isupper() and "  " in line[2:]]
    names = [word.partition("=")[0].rstrip("…") for word in words]
    assert len(names) >= 8
    assert [name for name in names if f"\n{name}" not in body] == []
