"""Random faults against a pair and a trio: what must hold does, and the judge sees what doesn't."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
sys.path.insert(0, str(BENCH))

from soak_story import FOREVER, Fault, Move, Span, Story, Trouble, without  # noqa: E402
from soak_verdict import Violation, judge  # noqa: E402

FIRST, SECOND = "first", "second"


def story(*moves: tuple[float, str, bool], faults: list[Fault] | None = None,
          troubles: list[Trouble] | None = None, quiet: Span | None = None,
          stalls: list[Span] | None = None) -> Story:
    """A hundred seconds of a pair, of which the first has the address; a client asks each 0.1 s,
    and has no answer in the `quiet` span."""
    answers = [number / 10 for number in range(1000)
               if quiet is None or not quiet.start < number / 10 < quiet.end]
    told = [Move(-5.0, FIRST, True), *(Move(*move) for move in moves)]
    return Story(0.0, 100.0, (FIRST, SECOND), told, troubles or [], faults or [], answers,
                 stalls or [])


def checks(told: Story) -> list[str]:
    return [violation.check for violation in judge(told, [])]


def test_what_is_left_of_a_span() -> None:
    assert without([Span(0, 10)], [Span(2, 3), Span(5, FOREVER)]) == [Span(0, 2), Span(3, 5)]


def test_a_calm_story_is_right() -> None:
    assert not checks(story())


def test_a_handover_is_right_and_two_holders_are_not() -> None:
    assert not checks(story((10.0, SECOND, True), (10.1, FIRST, False)))
    assert checks(story((10.0, SECOND, True), (11.0, FIRST, False))) == ["two holders"]


def test_two_that_cannot_hear_each_other_may_both_hold_the_address_until_they_can() -> None:
    cut = [Trouble("cut", FIRST, 10.0, 20.0)]
    assert not checks(story((13.7, SECOND, True), (20.9, SECOND, False), troubles=cut))
    late = story((13.7, SECOND, True), (25.0, SECOND, False), troubles=cut)
    assert checks(late) == ["two holders"]


def test_a_frozen_holder_is_excused_for_its_lease_alone() -> None:
    frozen = [Trouble("frozen", FIRST, 10.0, 30.0)]
    told = story((13.7, SECOND, True), (16.0, FIRST, False), troubles=frozen)
    assert checks(told) == ["two holders"]


def test_nobody_serves_for_longer_than_the_protocol_takes() -> None:
    gone = story((10.0, FIRST, False), (13.7, SECOND, True), quiet=Span(10.0, 13.7))
    assert not checks(gone)
    late = story((10.0, FIRST, False), (16.0, SECOND, True), quiet=Span(10.0, 16.0))
    assert checks(late) == ["nobody", "nobody"]
    dead = [Trouble("unserved", name, 10.0, 16.0) for name in (FIRST, SECOND)]
    late.troubles += dead
    assert not checks(late)


def test_a_fault_on_its_own_is_held_to_its_own_bound() -> None:
    faults = [Fault("upgrade", FIRST, 10.0, 11.0)]
    told = story((10.1, FIRST, False), (12.0, SECOND, True), faults=faults, quiet=Span(10.0, 12.0))
    assert checks(told) == ["nobody after upgrade", "needless move"]


def test_a_client_is_answered_while_somebody_serves() -> None:
    assert checks(story(quiet=Span(50.0, 52.0))) == ["client"]


def test_nobody_hears_who_takes_the_address_behind_a_cut_port() -> None:
    moves = ((10.0, FIRST, False), (11.0, SECOND, True))
    told = story(*moves, quiet=Span(10.0, 18.0))
    assert "client" in checks(told)
    told.troubles.append(Trouble("cut", SECOND, 9.0, 13.0))
    assert not checks(told)


def test_what_happens_while_the_machine_rests_is_not_judged() -> None:
    told = story((10.0, SECOND, True), (11.0, FIRST, False), stalls=[Span(9.0, 10.0)])
    assert not checks(told)
    other = [Violation(50.0, 50.0, "error", "something")]
    assert judge(told, other) == other


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.needs("understudy")
def test_a_minute_of_faults(tmp_path: Path) -> None:
    command = [sys.executable, BENCH / "soak.py", "--minutes", "1", "--seed", "4", "--folder",
               tmp_path / "soak"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 violations" in result.stdout
