"""The configuration files that the tests and the bench run unchanged."""

import os
from pathlib import Path

from .host import REPOSITORY

# Where a user's own files lie: named by the environment, beside the repository, or inside it.
_FOLDERS = (
    os.environ.get("UNDERSTUDY_MISSION"),
    REPOSITORY.parent / "shared" / "mission",
    REPOSITORY / "conf" / "keepalived",
)


def find_configuration_file(name: str) -> Path | None:
    for folder in _FOLDERS:
        if folder and (Path(folder) / name).is_file():
            return Path(folder) / name
    return None


def configuration_file(name: str) -> str:
    """The text of lb-master.conf, lb-backup.conf, check_nginx.sh or nginx.conf."""
    path = find_configuration_file(name)
    if path is None:
        raise FileNotFoundError(f"{name} is in none of {[str(x) for x in _FOLDERS if x]}")
    return path.read_text()
