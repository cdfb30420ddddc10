"""docs/standards.md as data: its rows, and the files and tests that they name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# The rows of each area of the document. I-04 and I-05 are no rows.
AREAS: dict[str, list[int]] = {
    "P": list(range(1, 33)),
    "T": list(range(1, 11)),
    "I": [1, 2, 3, 6],
    "B": list(range(1, 8)),
    "M": list(range(1, 13)),
    "D": list(range(1, 24)),
    "V": list(range(1, 8)),
    "G": list(range(1, 9)),
    "A": list(range(1, 15)),
    "S": list(range(1, 23)),
    "L": list(range(1, 11)),
}

# The invariants are numbered without a leading zero, in the code and in the document.
IDS = [f"{area}-{number}" if area in "SL" else f"{area}-{number:02}"
       for area, numbers in AREAS.items() for number in numbers]

_TOKEN = re.compile(r'`([\w./-]+\.(?:cpp|hpp|py))(?:::(\w+))?`|"([^"]+)"')
_FEWEST_WORDS = 5


@dataclass(frozen=True)
class Name:
    """Something that a row says is in a file: a test, or a rule of the simulator."""

    file: str
    text: str


@dataclass(frozen=True)
class Row:
    """One requirement: where it is done, what shows it, and in words what is to be said of it."""

    id: str
    files: list[str]
    names: list[Name]
    tests: list[Name]
    remark: str

    @property
    def is_answered(self) -> bool:
        return bool(self.tests) or len(self.remark.split()) >= _FEWEST_WORDS


def rows(text: str) -> list[Row]:
    """The rows of all tables that begin with a row's ID."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or not re.fullmatch(r"[A-Z]-\d+", cells[0]):
            continue
        done_in, shown_by = cells[-2], cells[-1]
        done_files, done_names, _ = _read(done_in)
        test_files, tests, remark = _read(shown_by)
        found.append(Row(cells[0], done_files + test_files, done_names, tests, remark))
    return found


def named_in_text(text: str) -> tuple[list[str], list[Name]]:
    """The files and tests that are named outside of the rows."""
    prose = "\n".join(line for line in text.splitlines() if not re.match(r"\| [A-Z]-\d", line))
    files, names, _ = _read(" ".join(prose.split()))
    return files, [name for name in names if name.file.startswith("test/")]


def _read(cell: str) -> tuple[list[str], list[Name], str]:
    """Files, the names in them, and the words between them.

    A text in quotes belongs to the file before it, as in `test/a_test.cpp`: "one", "another".
    """
    files: list[str] = []
    names: list[Name] = []
    end_of_names = -1
    for token in _TOKEN.finditer(cell):
        file, function, text = token.groups()
        if file:
            files.append(file)
            if function:
                names.append(Name(file, function))
            end_of_names = token.end()
        elif re.fullmatch(r"[:,\s]*", cell[end_of_names:token.start()]) and files:
            names.append(Name(files[-1], text))
            end_of_names = token.end()
    return files, names, re.sub(r"[:;,.–\s]+", " ", _TOKEN.sub(" ", cell)).strip()


def what_is_wrong(root: Path, files: list[str], names: list[Name]) -> list[str]:
    """The files that don't exist, and the names that don't stand in theirs."""
    complaints = [f"there is no {file}" for file in files if not (root / file).is_file()]
    for name in names:
        path = root / name.file
        if path.is_file() and name.text not in _names_in(path):
            complaints.append(f'{name.file} has no "{name.text}"')
    return complaints


@cache
def _names_in(path: Path) -> set[str]:
    """The functions of a Python file, the test cases of a test, the texts of other C++ files."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return set(re.findall(r"^def (test_\w+)\(", text, re.MULTILINE))
    # A long text stands in several parts.
    text = re.sub(r'"\s*\n\s*"', "", text)
    is_test = path.name.endswith("_test.cpp") or "TEST_CASE(" in text
    pattern = r'TEST_CASE\(\s*"([^"]*)"' if is_test else r'"([^"]*)"'
    return set(re.findall(pattern, text))
