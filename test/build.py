"""Builds the project for the tests, the demo and the bench: the same way, in build/."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
BUILD = REPOSITORY / "build"
BINARY = BUILD / "understudy"


def _as_owner() -> list[str]:
    """The build belongs to whom the repository belongs, so `sudo` leaves no files of root in it."""
    place = BUILD if BUILD.exists() else REPOSITORY
    owner = place.stat()
    if os.geteuid() != 0 or owner.st_uid == 0 or shutil.which("setpriv") is None:
        return []
    try:
        home = pwd.getpwuid(owner.st_uid).pw_dir
    except KeyError:
        home = "/tmp"
    return ["setpriv", f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups",
            "env", f"HOME={home}"]


def build(*targets: str, quiet: bool = False) -> bool:
    """Configures where it must and compiles what changed, or of that only the targets named.

    Quiet: the compiler's output is shown only if it fails.
    """
    commands = [["ninja", "-C", str(BUILD), *targets]]
    if not (BUILD / "build.ninja").exists():
        commands.insert(0, ["meson", "setup", str(BUILD), str(REPOSITORY), "-Dwerror=true",
                            "--buildtype=debugoptimized"])
    for command in commands:
        output = subprocess.PIPE if quiet else None
        result = subprocess.run([*_as_owner(), *command], cwd=REPOSITORY, stdout=output,
                                stderr=subprocess.STDOUT if quiet else None, text=True)
        if result.returncode != 0:
            sys.stdout.write(result.stdout or "")
            print(f"the build failed: {' '.join(command)}", flush=True)
            return False
    return True
