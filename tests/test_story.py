"""The story of a case: expectations come from the key dates and the rules' own words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker import api
from checker.cli import run
from checker.errors import UsageError
from checker.options import Options
from checker.story import Story

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
LATE = str(EXAMPLES / "late-notice.yaml")


def story(path: str, rule: str | None = None, *, readings: bool = False, timeline: str | None = None) -> Story:
    return api.explain(path, Options(remedies=False), rule, readings=readings, timeline=timeline)[1]


def test_the_verdict_turns_on_the_days_that_the_readings_set() -> None:
    """The last day is 2043-07-18, or by stricter readings a day or two earlier; after each the verdict is worse."""
    turns = story(LATE, timeline="2042-01-01..2045-01-01").turns
    assert [(str(turn.day), turn.status) for turn in turns] == [
        ("2042-01-01", "pending"),
        ("2043-07-17", "contested"),
        ("2043-07-19", "violated"),
    ]


def test_a_rule_that_said_nothing_tells_what_it_looked_for() -> None:
    silent = story(LATE, "partner.routing").silent
    assert [(each.rule, each.missing[0].pattern) for each in silent] == [("partner.routing", "admit-partner()")]


def test_a_rule_that_is_not_in_force_says_so() -> None:
    silent = story(str(EXAMPLES / "kazakhstan-2024.yaml"), "partner.routing").silent
    assert [(each.missing, each.elsewhere) for each in silent] == [
        ((), "the agreement, or the rule, is not in force on that day")
    ]


def test_a_rule_that_spoke_is_not_among_the_silent() -> None:
    results, told = api.explain(LATE, Options(remedies=False), "notice.termination", readings=False, timeline=None)
    assert told.silent == ()
    assert {finding.rule.partition("/")[0] for finding in results.verdicts[0].findings} == {"notice.termination"}


def test_each_combination_of_readings_once_and_the_default_first() -> None:
    rows = story(str(EXAMPLES / "partner-one-agreement.yaml"), readings=True).rows
    assert [row.change for row in rows] == [(), (("partner-routing", "either"),)]
    assert rows[1].findings[0][0] == "partner.routing"
    assert rows[1].findings[0][2] == "satisfied"


@pytest.mark.parametrize("span", ["2042-01-01", "2045-01-01..2042-01-01", "now..2045-01-01"])
def test_a_span_that_is_none(span: str) -> None:
    with pytest.raises(UsageError):
        story(LATE, timeline=span)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", LATE, "--rule", "partner.routing", "--lang", "en"]) == 0
    assert "partner.routing: there is no admit-partner" in capsys.readouterr().out
    assert run(["explain", LATE, "--rule", "partner.routing", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["story"]["silent"][0]["rule"] == "partner.routing"
    assert run(["explain", LATE, "--rule", "partner.routin"]) == 2
    assert "no rule `partner.routin`; did you mean `partner.routing`?" in capsys.readouterr().err
