"""Every case that says what it expects: those of the shipped packs, of the test packs, and the examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import engine
from checker.testing import run_tests

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(
    [*ROOT.glob("rules/*/tests/*.yaml"), *ROOT.glob("tests/packs/*/tests/*.yaml"), *ROOT.glob("examples/*.yaml")]
)
ENGINE = "both" if engine.available() else "referee"  # the two compared
DEFINITION = [path for path in FILES if "definition" in path.parts]  # what a user of the referee alone relies on


@pytest.mark.parametrize(
    ("path", "which"),
    [*((path, ENGINE) for path in FILES), *((path, "referee") for path in DEFINITION)],
    ids=lambda each: str(each.relative_to(ROOT)) if isinstance(each, Path) else each,
)
def test_comes_out_as_expected(path: Path, which: str) -> None:
    results = run_tests((str(path),), engine=which)
    assert [*results.problems, *(f"{each.place}: {each.message}" for each in results.failures)] == []
    assert results.passed > 0


def test_there_are_at_least_twelve_examples_and_three_are_real_events() -> None:
    names = {path.stem for path in ROOT.glob("examples/*.yaml")}
    assert len(names) >= 12
    assert {"kazakhstan-2024", "senegal-2024", "venezuela-2023"} <= names


WRONG = {
    "a status that is not so": (
        "{notice.termination: satisfied}",
        "expected notice.termination: satisfied, got violated",
    ),
    "a rule that does not exist": (
        "{notice.terminaton: violated}",
        "no rule `notice.terminaton` in `isls`; did you mean `notice.termination`?",
    ),
    "a finding nobody expected": ("{verdict: violated}", "not expected: notice.termination@T1: violated"),
    "no reading to be so under": (
        "{notice.termination: satisfied, under: {notice-clock: dispatch}}",
        "expected notice.termination: satisfied, got violated",
    ),
    "only under what": ("{under: {notice-clock: dispatch}}", "the test expects nothing, so it can't fail"),
    "nothing": ("{}", "the test expects nothing, so it can't fail"),
    "another verdict": ("{notice.termination: violated, verdict: pending}", "expected verdict: pending, got violated"),
    "a rule that is silent": (
        "{notice.termination: violated, partner.routing: contested}",
        "expected partner.routing: contested, got silent",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_expectation_fails(name: str, tmp_path: Path) -> None:
    expect, message = WRONG[name]
    case = tmp_path / "case.yaml"
    case.write_text(
        "agreement: isls\nas-of: 2044-01-01\n"
        "actions: [{terminate: {id: T1, by: russia, effective: 2044-07-18}}]\n"
        f"expect: {expect}\n"
    )
    failures = run_tests((str(case),), engine="referee").failures
    assert message in [each.message for each in failures]


def test_a_test_without_its_day_fails(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    action = "terminate: {id: T1, by: russia, effective: 2024-01-01}"
    case.write_text(f"actions: [{{{action}}}]\nexpect: {{verdict: not-applicable}}\n")
    failures = run_tests((str(case),), engine="referee").failures
    assert [each.message for each in failures] == ["a test states its day of judging: `as-of:`"]


def test_a_block_that_fails_at_one_action_excuses_no_element_at_another(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(
        "agreement: isls\nas-of: 2044-01-01\ncomplete: all\n"
        "actions:\n"
        "- terminate: {id: T1, by: russia, effective: 2044-07-18}\n"
        "- terminate: {id: T2, by: russia, effective: 2044-07-20}\n"
        "expect: {notice.termination@T1: violated, notice.termination@T2: violated}\n"
    )
    assert run_tests((str(case),), engine="referee").failures == ()
    case.write_text(case.read_text().replace(", notice.termination@T2: violated", ""))
    told = {each.message for each in run_tests((str(case),), engine="referee").failures}
    assert {
        "not expected: notice.termination@T2: violated",
        "not expected: notice.termination/period-end@T2: violated",
    } <= told
    assert not any("@T1" in each for each in told)
