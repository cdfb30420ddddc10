"""The schema for editors agrees with what the readers take."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "test" / "golden"
SCHEMA = json.loads((ROOT / "conf" / "understudy.schema.json").read_text())
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def has_error(path: Path) -> bool:
    return ": error: " in path.with_name(path.name + ".expected").read_text()


GOOD = [path for path in sorted(GOLDEN.glob("*.toml")) if not has_error(path)]
GOOD += sorted((ROOT / "conf").glob("*.toml"))

BASE = """
[router.a]
interface = "eth0"
vrid = 1
addresses = ["10.0.0.1/24"]
"""


def complaints(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(tomllib.loads(text))]


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_what_the_readers_take_is_valid(path: Path) -> None:
    assert complaints(path.read_text(encoding="utf-8-sig")) == []


@pytest.mark.parametrize("name", [
    "unknown-keys", "wrong-types", "missing-keys", "ranges", "no-router", "daemon-bad", "hmac-bad",
    "groups-bad", "processes-bad", "scripts-bad", "probe-http-bad", "host-probes-bad",
    "version3-bad", "checks-of-checks-bad"])
def test_what_the_readers_refuse_is_not(name: str) -> None:
    assert complaints((GOLDEN / f"{name}.toml").read_text()) != []


@pytest.mark.parametrize("line", [
    "vird = 2", 'priority = "100"', "priority = 0", "priority = { lb-master = 256 }", "interval = 1",
    'interval = "1"', 'checks = "nginx"', "preempt = 1", "version = 4", 'authentication = "none"',
    'hmac = { keys = { 1 = "secret" } }', 'unicast = [{ address = "10.0.0.2", ttl = 1 }]',
])
def test_a_wrong_line_of_a_router_is_refused(line: str) -> None:
    assert complaints(BASE) == []
    assert complaints(BASE + line) != []


@pytest.mark.parametrize("table", [
    "", 'process = "nginx"\nport = 80', 'process = "nginx"\nfile = "/x"', "rise = 2",
    'udp = "10.0.0.2"', "at_least = 2", 'file = "x"', 'process = "nginx"\nurl = 1',
])
def test_a_wrong_check_is_refused(table: str) -> None:
    assert complaints(BASE + "[check.x]\n" + table) != []


def test_values_may_differ_between_hosts() -> None:
    assert complaints(BASE + 'priority = { a = 100, b.example.com = 90, "c.d" = 80 }') == []
    assert complaints(BASE + 'hmac.keys = { a.1 = "file:/k", b = { 2 = "file:/l" } }') == []
    assert complaints(BASE + "[check.x]\ncount = { a = 1, b = 2 }\nping = '10.0.0.2'") == []
