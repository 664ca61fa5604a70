"""Checks that need the solver: each finds the fault that was planted, and keeps quiet where it just isn't one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from random_packs import Mapped, made

pytest.importorskip("clingo")

from checker.cli import run
from checker.lint.registry import CHECKS
from checker.lint.runner import Asked, lint
from checker.testing import run_tests

TYPES: Mapped = {
    "licence": {"fields": {"id": "id", "for": "id", "kind": "text", "day": "date"}, "day": "day", "world": "closed"},
    "note": {"fields": {"id": "id", "about": "id"}, "world": "closed"},
}
ACTIONS: Mapped = {
    "ship": {
        "fields": {"id": "id", "by": "actor", "goods": {"one-of": ["food", "fuel", "arms"]}, "day": "date"},
        "day": "day",
    }
}
NAMES = tuple(check.id for check in CHECKS.values() if check.needs == "solver")
SHIP = {"ship": {"id": "$action", "goods": "$goods", "day": "$day"}}
LICENCE = {"licence": {"for": "$action"}}


def rule(name: str, **parts: Any) -> Mapped:
    return {"id": name, "title": name, "basis": "seed", **parts}


def found(tmp_path: Path, *rules: Mapped, **head: Any) -> list[tuple[str, str]]:
    """The solver's findings, by check and by what they are about."""
    made(
        {
            "pack": "p",
            "version": "0.1.0",
            "title": "P",
            "types": TYPES,
            "actions": ACTIONS,
            "rules": list(rules),
            **head,
        },
        tmp_path / "p",
    )
    linted = lint((str(tmp_path / "p"),), Asked(select=NAMES))
    assert not linted.problems
    return [(each.check.id, each.about.split()[0]) for each in linted.findings if each.check.id != "gap"]


def gaps(tmp_path: Path) -> list[str]:
    """What no rule speaks of, in the pack made before."""
    return [each.message for each in lint((str(tmp_path / "p"),), Asked(select=("gap",))).findings]


ALL_GOODS = rule("ship.anything", when=[SHIP], needs=[{"note": {"about": "$action"}}])


def test_a_rule_that_only_its_own_tests_exclude_is_idle(tmp_path: Path) -> None:
    """Two patterns that no one fact and no two facts fill: the action has one value for a field."""
    again = {"ship": {"id": "$action", "goods": "arms"}}
    dead = rule("ship.dead", when=[{"ship": {"id": "$action", "goods": "food"}}, again], needs=[LICENCE])
    assert found(tmp_path, dead) == [("idle-rule", "ship.dead")]


def test_a_rule_whose_definition_never_holds_is_idle(tmp_path: Path) -> None:
    types = {**TYPES, "cleared": {"fields": {"act": "id"}}}
    means = rule("ship.cleared", when=[{"ship": {"id": "$a", "goods": "food"}}], means=[{"cleared": {"act": "$a"}}])
    dead = rule(
        "ship.dead",
        when=[{"ship": {"id": "$action", "goods": "arms"}}, {"cleared": {"act": "$action"}}],
        needs=[LICENCE],
    )
    assert found(tmp_path, means, dead, types=types) == [("idle-rule", "ship.dead")]


def test_an_exception_that_always_holds_is_told(tmp_path: Path) -> None:
    swallowed = rule(
        "ship.swallowed", when=[SHIP], needs=[LICENCE], unless=[{"compare": ["$goods", "in", ["food", "fuel", "arms"]]}]
    )
    assert found(tmp_path, swallowed) == [("idle-rule", "ship.swallowed")]
    some = rule("ship.some", when=[SHIP], needs=[LICENCE], unless=[{"compare": ["$goods", "in", ["food", "fuel"]]}])
    assert found(tmp_path / "other", some) == []


def test_a_duty_that_cannot_be_kept(tmp_path: Path) -> None:
    """A licence of the day before and of the day after: only one licence is counted, and it has one day."""
    needs = [
        {"licence": {"id": "$l", "for": "$action", "day": {"before": "$day"}}},
        {"licence": {"id": "$l", "day": {"after": "$day"}}},
    ]
    assert found(tmp_path, rule("ship.never", when=[SHIP], needs=needs)) == [("unkeepable-rule", "ship.never")]


def test_a_rule_that_nothing_breaks(tmp_path: Path) -> None:
    tame = rule("ship.tame", when=[SHIP, LICENCE], needs=[{"licence": {"for": "$action", "kind": "$any"}}])
    assert found(tmp_path, tame) == [("unbroken-rule", "ship.tame")]


def test_two_rules_that_demand_opposite_things_and_a_case_that_shows_it(tmp_path: Path) -> None:
    before = rule("ship.before", when=[SHIP], needs=[{"licence": {"for": "$action", "day": {"before": "$day"}}}])
    never = rule(
        "ship.never",
        when=[{"ship": {"id": "$action", "goods": "arms", "day": "$day"}}],
        forbids=[{"licence": {"for": "$action", "day": {"before": "$day"}}}],
    )
    assert found(tmp_path, before, never) == [("contradiction", "ship.before")]
    (finding,) = lint((str(tmp_path / "p"),), Asked(select=("contradiction",))).findings
    assert finding.message == "`ship.before` and `ship.never` can't both be kept: no case was found in which they are"
    shown = tmp_path / "p" / "tests" / "shown.yaml"
    shown.parent.mkdir()
    shown.write_text(finding.case, "utf-8")
    assert "goods: arms" in finding.case
    results = run_tests((str(tmp_path / "p"),))
    assert (results.passed, results.failures, results.problems) == (1, (), ())


def test_limits_that_leave_a_day_are_no_contradiction(tmp_path: Path) -> None:
    before = rule("ship.before", when=[SHIP], needs=[{"licence": {"for": "$action", "day": {"on-or-before": "$day"}}}])
    never = rule("ship.never", when=[SHIP], forbids=[{"licence": {"for": "$action", "day": {"before": "$day"}}}])
    assert found(tmp_path, before, never) == []


def test_rules_that_are_broken_together_say_the_same(tmp_path: Path) -> None:
    """Written differently: a comparison here, a test there."""
    one = rule(
        "ship.one",
        when=[{"ship": {"id": "$action", "goods": "$goods"}}, {"compare": ["$goods", "is", "arms"]}],
        needs=[LICENCE],
    )
    two = rule("ship.two", when=[{"ship": {"id": "$action", "goods": "arms"}}], needs=[LICENCE])
    assert found(tmp_path, one, two) == [("equal-rules", "ship.one")]


def test_a_rule_broken_only_with_a_broader_one_is_shadowed(tmp_path: Path) -> None:
    broad = rule("ship.broad", when=[SHIP], needs=[LICENCE])
    narrow = rule("ship.narrow", when=[{"ship": {"id": "$action", "goods": "arms"}}], needs=[LICENCE])
    assert found(tmp_path, broad, narrow) == [("shadowed-rule", "ship.narrow")]
    lesser = {**broad, "severity": "note"}
    assert found(tmp_path / "other", lesser, narrow) == []


def test_an_option_that_no_rule_speaks_of_is_a_gap(tmp_path: Path) -> None:
    some = rule("ship.some", when=[{"ship": {"id": "$action", "goods": {"in": ["arms", "fuel"]}}}], needs=[LICENCE])
    assert found(tmp_path, some) == []
    assert gaps(tmp_path) == ["no rule speaks of `ship` with `goods: food`"]
    assert found(tmp_path / "other", some, ALL_GOODS) == []
    assert gaps(tmp_path / "other") == []


@pytest.mark.parametrize("pack", ["iss-iga"])
def test_a_shipped_pack_raises_no_alarm(pack: str) -> None:
    """The larger one is looked over by .ci/run."""
    assert [(each.check.id, each.about, each.message) for each in lint((pack,), Asked(select=NAMES)).findings] == []


# --- properties -------------------------------------------------------------------

NO_ARMS = {
    "id": "ship.no-arms",
    "title": "No arms are shipped without a licence",
    "absent": {"all": [{"ship": {"id": "$ship", "goods": "arms"}}, {"absent": {"licence": {"for": "$ship"}}}]},
}
FOR_ARMS = rule("ship.arms", when=[{"ship": {"id": "$action", "goods": "arms"}}], needs=[LICENCE])


def test_a_property_that_the_rules_see_to_holds(tmp_path: Path) -> None:
    assert found(tmp_path, FOR_ARMS, always=[NO_ARMS]) == []


def test_a_property_that_the_rules_leave_open_is_shown_broken_by_a_test(tmp_path: Path) -> None:
    late = rule("ship.arms", when=[{"ship": {"id": "$action", "goods": "fuel"}}], needs=[LICENCE])
    assert found(tmp_path, late, always=[NO_ARMS]) == [("broken-property", "ship.no-arms")]
    (finding,) = lint((str(tmp_path / "p"),), Asked(select=("broken-property",))).findings
    assert finding.message == "`ship.no-arms` does not hold: a case that keeps the rules breaks it"
    assert "goods: arms" in finding.case
    assert "licence" not in finding.case


def test_a_warning_keeps_nothing(tmp_path: Path) -> None:
    """Only a rule whose breach is an error is counted on."""
    assert found(tmp_path, {**FOR_ARMS, "severity": "warning"}, always=[NO_ARMS]) == [
        ("broken-property", "ship.no-arms")
    ]


def test_a_property_of_conclusions(tmp_path: Path) -> None:
    types = {**TYPES, "cleared": {"fields": {"act": "id", "day": "date"}}}
    means = {
        "id": "ship.cleared", "title": "Cleared", "basis": "seed",
        "when": [{"ship": {"id": "$a", "day": "$day"}}, {"licence": {"for": "$a", "day": {"on-or-before": "$day"}}}],
        "means": [{"cleared": {"act": "$a", "day": "$day"}}],
    }  # fmt: skip
    late = {"id": "ship.never-late", "title": "A late licence clears nothing"}
    in_time = {"licence": {"for": "$a", "day": {"on-or-before": "$day"}}}
    before = {"licence": {"for": "$a", "day": {"before": "$day"}}}
    cleared = {"cleared": {"act": "$a", "day": "$day"}}
    held = {**late, "absent": {"all": [cleared, {"absent": in_time}]}}
    assert found(tmp_path, means, ALL_GOODS, types=types, always=[held]) == []
    broken = {**late, "absent": {"all": [cleared, {"absent": before}]}}
    assert found(tmp_path / "other", means, ALL_GOODS, types=types, always=[broken]) == [
        ("broken-property", "ship.never-late")
    ]


def test_a_property_that_is_not_looked_into_is_named(tmp_path: Path) -> None:
    breach = {"violation": {"rule": "ship.arms", "action": "$ship"}}
    never = {"id": "ship.never-broken", "title": "Nothing is broken", "absent": breach}
    assert found(tmp_path, FOR_ARMS, always=[NO_ARMS, never]) == [("unproven-property", "ship.never-broken")]
    (finding,) = lint((str(tmp_path / "p"),), Asked(select=("unproven-property",))).findings
    assert finding.message == (
        "`ship.never-broken` was not looked into: it looks at `violation` or `fulfilled`, or at what follows from them"
    )


# --- the command ------------------------------------------------------------------


def test_the_page_lists_every_check_of_the_solver() -> None:
    page = (Path(__file__).resolve().parent.parent / "docs" / "lint.md").read_text("utf-8")
    listed = [f"| `{each.id}` | {each.severity} |" for each in CHECKS.values() if each.needs == "solver"]
    assert [each for each in listed if each not in page] == []
    assert len(listed) == page.split("## With the solver")[1].count("\n| `")


def test_a_contradiction_is_shown_and_written_as_a_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rule("ship.before", when=[SHIP], needs=[{"licence": {"for": "$action"}}])
    never = rule("ship.never", when=[SHIP], forbids=[{"licence": {"for": "$action"}}])
    found(tmp_path, before, never)
    monkeypatch.chdir(tmp_path)
    assert run(["lint", "p", "--select", "contradiction", "--write", "p/tests"]) == 1
    assert "a test that shows it (--write FOLDER writes it):" in capsys.readouterr().out
    results = run_tests(("p",))
    assert (results.passed, results.failures, results.problems) == (1, (), ())
    assert run(["lint", "p", "--select", "contradiction", "--write", "p/tests"]) == 2
    assert "contradiction-ship.before-ship.never.yaml` is there already" in capsys.readouterr().err


def test_properties_are_put_to_the_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found(tmp_path, FOR_ARMS, always=[NO_ARMS])
    monkeypatch.chdir(tmp_path)
    assert run(["lint", "p", "--prove", "1"]) == 0
    assert "ship.no-arms: No arms are shipped without a licence\n    holds in all cases of at most" in (
        capsys.readouterr().out
    )
    found(tmp_path, {**FOR_ARMS, "severity": "warning"}, always=[NO_ARMS])
    assert run(["lint", "p", "--prove", "0"]) == 1
    assert "does not hold; this keeps the rules and breaks it:\n      title: " in capsys.readouterr().out
