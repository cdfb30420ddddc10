"""The rules of docs/conventions.md that a machine can check, one test a rule."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from tree import FLOORS, HOMES, ROOT, Source, functions, sources  # noqa: E402

PRODUCT = sources("include", "src")
TESTS = sources("test")
EVERYTHING = PRODUCT + TESTS

LONGEST_LINE = 100
LONGEST_FUNCTION = 70
LONGEST_FILE = 500
LONGEST_PUBLIC_HEADER = 150


def complain(complaints: list[str]) -> None:
    assert not complaints, "\n" + "\n".join(complaints)


def matches(files: list[Source], pattern: str, why: str) -> list[str]:
    return [
        f"{file.name}:{number}: {why}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.code, 1)
        if re.search(pattern, line)
    ]


def test_there_is_something_to_check() -> None:
    assert len(PRODUCT) > 50 and len(TESTS) > 10


def test_a_folder_includes_only_itself_and_lower_floors() -> None:
    complaints = []
    for file in PRODUCT:
        for name, is_system in file.includes:
            target = name.split("/")[0]
            if is_system or file.folder == "" or target == file.folder:
                continue
            if target not in FLOORS.get(file.folder, set()):
                complaints.append(f"{file.name}: includes {name}, which is no lower floor")
    complain(complaints)


def test_every_source_folder_is_on_a_floor() -> None:
    folders = {path.name for path in (ROOT / "src").iterdir() if path.is_dir() and path.name != "pch"}
    assert folders == set(FLOORS)


def test_a_third_party_header_is_included_in_its_home_only() -> None:
    complaints = []
    for file in PRODUCT:
        for name, is_system in file.includes:
            for prefix, homes in HOMES.items():
                if is_system and re.match(prefix, name) and not file.name.startswith(homes):
                    complaints.append(f"{file.name}: {name} belongs into {', '.join(homes)}")
    complain(complaints)


def test_the_protocol_includes_the_standard_library_only() -> None:
    standard = re.compile(r"^[a-z_]+$")
    complain(
        [
            f"{file.name}: includes {name}"
            for file in PRODUCT
            if file.folder == "vrrp"
            for name, is_system in file.includes
            if is_system and not standard.match(name)
        ]
    )


def test_only_the_loop_and_the_log_read_a_clock() -> None:
    outside = [f for f in PRODUCT if f.name not in ("src/os/loop.cpp", "src/os/log.cpp")]
    clock = r"\bclock_gettime\b|\b\w*_clock::now\b|\bgettimeofday\b|\btime\((0|nullptr|NULL|&)"
    complain(matches(outside, clock, "reads a clock"))


def test_a_source_file_begins_with_its_own_header() -> None:
    """So each header that has a source file is compiled as the first thing somewhere."""
    complaints = []
    for file in PRODUCT:
        own = file.path.with_suffix(".hpp")
        public = ROOT / "include" / file.folder / own.name
        expected = next((h for h in (own, public) if h.exists()), None)
        if file.is_header or expected is None:
            continue
        if not file.includes or Path(file.includes[0][0]).name != expected.name:
            complaints.append(f"{file.name}: its first include is not {expected.name}")
    complain(complaints)


def test_headers_without_a_source_file_are_self_contained(tmp_path: Path) -> None:
    lonely = [
        file
        for file in PRODUCT
        if file.is_header
        and not (ROOT / "src" / file.folder / file.path.with_suffix(".cpp").name).exists()
    ]
    probe = tmp_path / "probe.cpp"
    complaints = []
    for file in lonely:
        probe.write_text(f'#include "{file.path}"\n', encoding="utf-8")
        command = ["c++", "-std=c++23", "-D_GNU_SOURCE", "-fsyntax-only"]
        command += [f"-I{ROOT}/include", f"-I{ROOT}/src", str(probe)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            complaints.append(f"{file.name}: does not compile alone:\n{result.stderr[:400]}")
    complain(complaints)


def test_headers_have_pragma_once() -> None:
    complain(
        [f.name for f in EVERYTHING if f.is_header and not f.lines[0].startswith("#pragma once")]
    )


def test_the_namespace_is_the_folder() -> None:
    complaints = []
    for file in PRODUCT:
        named = [line for line in file.lines if re.match(r"namespace \w", line)]
        if file.folder and named and not re.match(rf"namespace {file.folder}(::\w+)? \{{", named[0]):
            complaints.append(f"{file.name}: {named[0]}")
    complain(complaints)


def test_lines_functions_and_files_are_short() -> None:
    complaints = []
    for file in EVERYTHING:
        for number, line in enumerate(file.lines, 1):
            if len(line) > LONGEST_LINE:
                complaints.append(f"{file.name}:{number}: {len(line)} characters")
        for number, length, head in functions(file):
            if length > LONGEST_FUNCTION and not head.startswith("TEST_CASE"):
                complaints.append(f"{file.name}:{number}: a function of {length} lines")
        limit = LONGEST_PUBLIC_HEADER if file.is_public else LONGEST_FILE
        if len(file.lines) > limit:
            complaints.append(f"{file.name}: {len(file.lines)} lines, at most {limit}")
    complain(complaints)


def test_there_are_no_macros_and_no_conditionals_in_functions() -> None:
    defines = [m for m in matches(EVERYTHING, r"^\s*#\s*define", "a macro") if "catch2_main" not in m]
    indented = matches(EVERYTHING, r"^\s+#\s*if", "#if inside something")
    complain(defines + indented)


def test_conditionals_stand_at_file_level() -> None:
    complaints = []
    for file in EVERYTHING:
        spans = [(start, start + length) for start, length, _ in functions(file)]
        for number, line in enumerate(file.lines, 1):
            if line.startswith("#if") and any(start < number < end for start, end in spans):
                complaints.append(f"{file.name}:{number}: {line}")
    complain(complaints)


def test_we_throw_nothing_and_share_no_ownership() -> None:
    complain(
        matches(PRODUCT, r"\bthrow\b", "throws") + matches(PRODUCT, r"\bshared_ptr\b", "shares")
    )


def test_no_loose_ends_in_comments() -> None:
    complaints = []
    for file in EVERYTHING:
        for number, line in enumerate(file.lines, 1):
            if re.search(r"\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))", line):
                complaints.append(f"{file.name}:{number}: {line.strip()}")
    complain(complaints)


def test_test_cases_are_sentences_tagged_with_their_folder() -> None:
    complaints = []
    for file in TESTS:
        text = "\n".join(file.lines)
        for match in re.finditer(r'TEST_CASE\(\s*((?:"[^"]*"\s*)+),\s*"([^"]*)"', text):
            title = "".join(re.findall(r'"([^"]*)"', match[1]))
            folder = file.path.relative_to(ROOT / "test").parts[0]
            if f"[{folder}]" not in match[2]:
                complaints.append(f"{file.name}: \"{title}\" is tagged {match[2]}")
            if len(title.split()) < 3:
                complaints.append(f"{file.name}: \"{title}\" is no sentence")
    complain(complaints)


def test_tests_do_not_sleep() -> None:
    python = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted((ROOT / "test" / "system").glob("test_*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\bsleep\(", line)
    ]
    complain(matches(TESTS, r"\b(u|nano)?sleep(_for|_until)?\s*\(", "sleeps") + python)


@pytest.mark.skipif(shutil.which("clang-format-19") is None, reason="clang-format-19 is missing")
def test_the_format_is_clang_formats() -> None:
    command = ["clang-format-19", "--dry-run", "--Werror", *[str(f.path) for f in EVERYTHING]]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert result.returncode == 0, result.stderr[:3000]
