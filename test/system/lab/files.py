"""The configuration files that the tests and the bench run unchanged."""

import os
from pathlib import Path

from .host import REPOSITORY

# The user's own files, where a machine has them, and ours with the same meaning.
USER_FILES = Path(os.environ.get("UNDERSTUDY_MISSION",
                                 REPOSITORY.parent / "shared" / "mission"))
OUR_FILES = REPOSITORY / "conf"


def find_configuration_file(name: str, folder: Path | None = None) -> Path | None:
    """Where lb-master.conf, lb-backup.conf, check_nginx.sh or nginx.conf is: in the folder, or, if
    none is named, the user's own one before ours."""
    for place in [folder] if folder else [USER_FILES, OUR_FILES]:
        for path in (place / name, place / "keepalived" / name):
            if path.is_file():
                return path
    return None


def configuration_file(name: str, folder: Path | None = None) -> str:
    """The text of such a file, as it is."""
    path = find_configuration_file(name, folder)
    if path is None:
        raise FileNotFoundError(f"{name} is neither in {folder or USER_FILES} nor in {OUR_FILES}")
    return path.read_text()
