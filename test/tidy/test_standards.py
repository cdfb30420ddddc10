"""docs/standards.md keeps its word: every row is there, and what it names exists."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from standards import IDS, Name, named_in_text, rows, what_is_wrong  # noqa: E402
from tree import ROOT  # noqa: E402

DOCUMENT = (ROOT / "docs" / "standards.md").read_text(encoding="utf-8")
ROWS = rows(DOCUMENT)

EXAMPLE = """
| ID | requirement | level | done in | shown by |
|---|---|---|---|---|
| X-01 | a "quoted" word | MUST | `src/a.cpp`, `src/b.hpp` | `test/a_test.cpp`: "one", "two"; `test/b.py::test_x`. By the way: "no test" |
| X-02 | another | MUST | – | Not done: nobody has asked for it |
| X-03 | a third | MUST | – | Not done |
| X-4 | a rule | `src/rules.cpp`: "X-4 a rule" | – |
"""


def complain(complaints: list[str]) -> None:
    assert not complaints, "\n" + "\n".join(complaints)


def test_every_row_stands_there_once() -> None:
    counted = Counter(row.id for row in ROWS)
    assert {id: counted[id] for id in IDS} == dict.fromkeys(IDS, 1)
    assert set(counted) == set(IDS)


def test_every_row_has_a_test_or_a_reason() -> None:
    complain([f"{row.id}: neither a test nor a reason" for row in ROWS if not row.is_answered])


def test_every_named_file_and_test_exists() -> None:
    complain([f"{row.id}: {complaint}" for row in ROWS
              for complaint in what_is_wrong(ROOT, row.files, row.names + row.tests)])
    complain(what_is_wrong(ROOT, *named_in_text(DOCUMENT)))


def test_a_row_is_read_as_it_is_meant() -> None:
    first, second, third, fourth = rows(EXAMPLE)
    assert first.files == ["src/a.cpp", "src/b.hpp", "test/a_test.cpp", "test/b.py"]
    assert first.tests == [Name("test/a_test.cpp", "one"), Name("test/a_test.cpp", "two"),
                           Name("test/b.py", "test_x")]
    assert first.is_answered and second.is_answered and not third.is_answered
    assert fourth.names == [Name("src/rules.cpp", "X-4 a rule")]
    assert not fourth.is_answered


def test_a_wrong_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "a_test.cpp").write_text(
        '// TEST_CASE of "another"\nTEST_CASE("one", "[a]") {}\nTEST_CASE("a long "\n'
        '          "name", "[a]") {}\n')
    (tmp_path / "b.py").write_text("def test_x() -> None:\n    # def test_y():\n    pass\n")
    (tmp_path / "rules.cpp").write_text('Rule{"X-4 a rule", look}\n')
    right = [Name("a_test.cpp", "one"), Name("a_test.cpp", "a long name"),
             Name("b.py", "test_x"), Name("rules.cpp", "X-4 a rule")]
    wrong = [Name("a_test.cpp", "another"), Name("a_test.cpp", "on"), Name("b.py", "test_y"),
             Name("rules.cpp", "X-4")]
    files = [name.file for name in right]
    assert what_is_wrong(tmp_path, files, right) == []
    assert len(what_is_wrong(tmp_path, files, wrong)) == len(wrong)
    assert what_is_wrong(tmp_path, ["missing.cpp"], []) == ["there is no missing.cpp"]
