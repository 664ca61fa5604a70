"""The story of a case: expectations come from the key dates and the rules' own words."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest

from checker import api, check, load_pack
from checker.cli import run
from checker.commands.asked import source_of
from checker.errors import CaseError, UsageError
from checker.load import load_file, plain
from checker.options import Options
from checker.sources import CaseSource
from checker.splice import patched
from checker.story import Story
from checker.whynot import WhyNot

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
LATE = str(EXAMPLES / "late-notice.yaml")
ONE_AGREEMENT = str(EXAMPLES / "partner-one-agreement.yaml")
PACK = """
pack: toy
version: 0.1.0
title: A toy
in-force: {from: 2030-01-01}
parties: [a, b]
rounding: down
sources: {s: {title: A source, basis: seed}}
clauses: {c: {says: unknown, encoded: yes}}
types:
  badge:
    about: A badge.
    fields: {id: id, of: actor, colour: {one-of: [red, blue]}, day: date}
    day: day
    world: closed
  ban: {about: A ban., fields: {id: id, of: actor}, world: open}
  guest: {about: A guest., fields: {name: actor}}
actions:
  enter: {about: Entering., fields: {id: id, by: actor, day: date, bags: integer}, day: day}
readings: {strict: {ask: Is it strict?, options: {yes: It is., no: It is not.}, default: yes}}
rules:
  - id: toy.guest
    title: A guest has a red badge
    basis: seed
    when: [badge: {of: $name, colour: red}]
    means: [guest: {name: $name}]
  - id: toy.guest-too
    title: A guest has a badge
    basis: seed
    reading: {strict: no}
    when: [badge: {of: $name}]
    means: [guest: {name: $name}]
  - id: toy.pass
    title: Guests may
    basis: seed
    when: [{enter: {id: $action, by: $by}}, {guest: {name: $by}}]
    permits: yes
    overrides: [toy.other]
  - id: toy.other
    title: Whoever enters says what for
    clause: c
    cites: [{source: s}]
    basis: seed
    when: [enter: {id: $action, bags: 9}]
    needs: [ban: {}]
  - id: toy.bags
    title: Guests with many bags register
    clause: c
    cites: [{source: s}]
    basis: seed
    when:
      - enter: {id: $action, by: $by, day: $day, bags: {more-than: 2}}
      - guest: {name: $by}
      - badge: {of: $by, day: {on-or-before: $day - P1M}}
      - absent: {ban: {of: $by}}
    needs: [badge: {of: $by, colour: blue}]
"""
BADGE = {"id": "B1", "of": "a", "colour": "red", "day": "2030-03-20"}
ENTER = {"id": "E1", "by": "a", "day": "2030-04-20", "bags": 3}


def case_at(path: str) -> CaseSource:
    return source_of(path, "CASE")


def story(path: str, rule: str | None = None, *, readings: bool = False, timeline: str | None = None) -> Story:
    return api.explain(case_at(path), Options(remedies=False), rule, readings=readings, timeline=timeline)[1]


def toy(folder: Path, badge: dict[str, Any], enter: dict[str, Any], *facts: dict[str, Any]) -> str:
    (folder / "toy").mkdir()
    (folder / "toy" / "pack.yaml").write_text(PACK, "utf-8")
    case = {
        "as-of": "2030-04-01",
        "facts": [{"badge": badge}, *facts],
        "actions": [{"enter": enter}],
        "complete": ["ban"],
    }
    (folder / "case.json").write_text(json.dumps(case), "utf-8")
    return str(folder / "case.json")


def why_not(path: str, rule: str) -> WhyNot:
    options = Options(pack=str(Path(path).parent / "toy"), remedies=False)
    (told,) = api.explain(case_at(path), options, rule, readings=False, timeline=None)[1].silent
    return told


# --- rules that say nothing ------------------------------------------------------


def test_a_rule_that_said_nothing_tells_what_it_looked_for() -> None:
    silent = story(LATE, "partner.routing").silent
    assert [(each.rule, each.missing[0].pattern) for each in silent] == [("partner.routing", "admit-partner()")]


def test_a_rule_that_is_not_in_force_says_so_and_from_when_it_would_be() -> None:
    (told,) = story(str(EXAMPLES / "kazakhstan-2024.yaml"), "partner.routing").silent
    assert told.missing == ()
    assert told.elsewhere == "the agreement is in force from 2024-07-18, and 2024-07-03 lies before"
    assert told.would is not None
    assert told.would.text == "It would apply if `day` of admit-partner KZ were on or after 2024-07-18."
    assert [(each.path, each.value) for each in told.would.change] == [("/actions/0/admit-partner/day", "2024-07-18")]


def test_a_notice_in_time_is_what_a_rule_of_the_end_waits_for() -> None:
    """Received by 2043-07-18, a year before the first period ends, the notice would end the agreement then."""
    (told,) = story(LATE, "property.return").silent
    assert told.would is not None
    assert told.would.text.startswith("It would apply if `received` of notice N1 were on or before 2043-07-18 and ")


def test_a_rule_that_spoke_is_not_among_the_silent() -> None:
    results, told = api.explain(
        case_at(LATE), Options(remedies=False), "notice.termination", readings=False, timeline=None
    )
    assert told.silent == ()
    assert {finding.rule.partition("/")[0] for finding in results.verdicts[0].findings} == {"notice.termination"}


def test_an_action_that_is_supposed_lies_on_the_day_of_judging() -> None:
    """The rule holds on any day in force; the first one lies nineteen years before the case is judged."""
    (told,) = story(LATE, "partner.routing").silent
    assert told.would is not None
    assert told.would.text == "It would apply if the case proposed an action admit-partner(day: 2043-10-01)."


def test_a_definition_tells_what_it_concluded() -> None:
    (told,) = story(LATE, "term.duration").silent
    assert "period(number: 1, start: 2024-07-18, end: 2044-07-18" in told.elsewhere


@pytest.mark.parametrize(
    ("badge", "enter", "more", "pattern", "text"),
    [
        ({}, {"bags": 2}, {}, "enter(bags: more than 2)", "`bags` of enter E1 were more than 2"),
        ({"colour": "blue"}, {}, {}, "guest(name: a)", "`colour` of badge B1 were red"),
        (
            {"day": "2030-03-21"}, {}, {},
            "badge(of: a, day: on or before 2030-03-20)", "`day` of badge B1 were on or before 2030-03-20",
        ),
        ({}, {}, {"ban": {"id": "X", "of": "a"}}, "no ban(of: a)", "the case did not list ban X"),
        (
            {"colour": "blue", "day": "2030-03-21"}, {"bags": 1}, {},
            "enter(bags: more than 2)",
            (
                "`bags` of enter E1 were more than 2 and `colour` of badge B1 were red and "
                "`day` of badge B1 were on or before 2030-03-20"
            ),
        ),
    ],
)  # fmt: skip
def test_what_would_make_it_speak(
    badge: dict[str, Any], enter: dict[str, Any], more: dict[str, Any], pattern: str, text: str, tmp_path: Path
) -> None:
    """The rule asks for more than two bags, a guest (red badge), a badge a month old, and that no ban is possible."""
    path = toy(tmp_path, {**BADGE, **badge}, {**ENTER, **enter}, *([more] if more else []))
    told = why_not(path, "toy.bags")
    assert told.missing[0].pattern == pattern
    assert told.would is not None
    assert told.would.text == f"It would apply if {text}."
    opened = load_pack(tmp_path / "toy")
    case = json.loads(Path(path).read_text("utf-8"))
    assert all(finding.rule != "toy.bags" for finding in check(case, opened).findings)
    for step in told.would.change:
        case = patched(case, step)
    assert any(finding.rule == "toy.bags" for finding in check(case, opened).findings)


def test_a_definition_of_another_reading_applies_under_that(tmp_path: Path) -> None:
    told = why_not(toy(tmp_path, BADGE, ENTER), "toy.guest-too")
    assert told.would is not None
    assert told.would.readings == (("strict", "no"),)


def test_a_permission_that_holds_says_so(tmp_path: Path) -> None:
    told = why_not(toy(tmp_path, BADGE, ENTER), "toy.pass")
    assert told.elsewhere == "it is a permission, and holds here; it displaces toy.other"


@pytest.mark.parametrize("name", ["leak", "customs-duty", "second-period-exit", "iss-withdrawal"])
def test_each_change_named_makes_its_rule_speak(name: str) -> None:
    """The changes that the whole story names, made in the case as it is written, and judged by the readings named."""
    path = EXAMPLES / f"{name}.yaml"
    written: Any = plain(load_file(path, error=CaseError)[0].root)
    opened = load_pack(written["agreement"])
    default = {name: question.default for name, question in opened.pack.readings.items()}
    for told in story(str(path)).silent:
        if told.would is None:
            continue
        case = copy.deepcopy(written)
        for step in told.would.change:
            case = patched(case, step)
        verdict = check(case, opened, readings={**default, **dict(told.would.readings)}, remedies=False)
        assert told.rule in {finding.rule for finding in verdict.findings}, told.would.text


# --- readings ---------------------------------------------------------------------


def test_each_option_once_and_the_default_first() -> None:
    told = story(ONE_AGREEMENT, readings=True)
    assert [(row.change, row.status) for row in told.rows] == [
        ((), "violated"),
        ((("partner-routing", "either"),), "compliant"),
    ]
    assert [tuple(each) for each in told.rows[1].differing] == [("partner.routing", "A1", "violated", "satisfied")]


def test_what_pulls_a_contested_finding_which_way() -> None:
    """Seed B says that each agency signs; the press quotes the two as signing separate agreements."""
    (contest,) = story(ONE_AGREEMENT, readings=True).contests
    (pull,) = contest.pulls
    assert [(each.name, each.status) for each in pull.options] == [("both", "violated"), ("either", "satisfied")]
    assert [quote for _, quote in pull.sources] == [
        "will each sign separate bilateral agreements",
        "will sign separate bilateral agreements",
    ]
    assert "the other reading's ground" in pull.why


def test_only_questions_that_pull_are_told_and_no_element_repeats_its_rule() -> None:
    """Of five readings at hand one alone decides whether a notice that was too late lives on for the next end."""
    told = story(str(EXAMPLES / "late-notice-next-period.yaml"), readings=True)
    assert len(told.rows) > len(told.contests[0].pulls) + 1
    assert [(contest.rule, [pull.question for pull in contest.pulls]) for contest in told.contests] == [
        ("notice.termination", ["late-notice"])
    ]


def test_readings_that_only_together_make_another_status(capsys: pytest.CaptureFixture[str]) -> None:
    """The last day is 2043-07-18, a day earlier by each stricter reading, and so 2043-07-16 by both."""
    asked = ["explain", str(EXAMPLES / "notice-pending.yaml"), "--as-of", "2043-07-17", "--readings"]
    assert run([*asked, "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "clear, then pending: A whole year" in told
    assert "only together with end-day=before: violated\n" in told
    assert "only together with clear-days=clear: violated\n" in told
    assert run([*asked, "-o", "json"]) == 0
    (contest,) = json.loads(capsys.readouterr().out)["story"]["contested"]
    options = {each["option"]: each for pull in contest["pulls"] for each in pull["options"]}
    assert options["clear"]["together"] == [{"readings": {"end-day": "before"}, "status": "violated"}]
    assert options["inclusive"]["together"] == []


# --- days -------------------------------------------------------------------------


def test_the_verdict_turns_on_the_days_that_the_readings_set() -> None:
    """The last day is 2043-07-18, or by stricter readings a day or two earlier; after each the verdict is worse."""
    turns = story(LATE, timeline="2043-07-10..2043-07-25").turns
    assert [(str(turn.day), turn.status) for turn in turns] == [
        ("2043-07-10", "pending"),
        ("2043-07-17", "contested"),
        ("2043-07-19", "violated"),
    ]


def test_a_due_day_that_is_a_sum_turns_the_verdict(tmp_path: Path) -> None:
    """A duty due a month after a badge of 2030-03-20: it can be performed until 2030-04-20."""
    duty = (
        "  - {id: toy.duty, title: T, basis: seed, when: [badge: {id: $b, of: $by, day: $d}],"
        " owes: [badge: {of: $by, colour: blue}], due: $d + P1M}\n"
    )
    path = toy(tmp_path, BADGE, {**ENTER, "bags": 1, "day": "2030-04-02"})
    (tmp_path / "toy" / "pack.yaml").write_text(PACK + duty, "utf-8")
    options = Options(pack=str(tmp_path / "toy"), remedies=False)
    turns = api.explain(case_at(path), options, None, readings=False, timeline="2030-04-01..2030-12-31")[1].turns
    assert [(str(turn.day), turn.status) for turn in turns] == [("2030-04-01", "pending"), ("2030-04-21", "violated")]


def test_each_turn_names_the_last_day_that_passed_and_its_readings() -> None:
    """By both stricter readings at once 2043-07-16 is the last day, by the default ones 2043-07-18."""
    _, *turns = story(LATE, timeline="2043-07-10..2043-07-25").turns
    told = [(each.turned.rule, *map(tuple, each.causes)) for turn in turns for each in turn.changed]
    both = ((("clear-days", "clear"), ("end-day", "before")),)
    assert [(rule, str(day), *rest) for rule, (day, *rest) in told] == [
        ("notice.termination", "2043-07-16", "", "", both),
        ("notice.termination", "2043-07-18", "", "", ()),
    ]


def test_a_turn_tells_why_where_the_case_stays_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    """The leak was stopped on 2029-03-03 and told on 2029-03-06; what was owed by 2029-03-09 came never."""
    asked = ["explain", str(EXAMPLES / "leak.yaml"), "--timeline", "2029-03-03..2029-03-12"]
    assert run([*asked, "--lang", "en"]) == 0
    told = " ".join(capsys.readouterr().out.partition("When the verdict turns:")[2].split())
    assert told.startswith(
        "from 2029-03-03: compliant "
        "from 2029-03-06: still compliant `day` of leak-notice N1 is 2029-03-06: "
        "confidentiality.leak-notify@L1 goes from pending to satisfied "
        "from 2029-03-10: still compliant 2029-03-09 was the last day: "
        "confidentiality.leak-contain@L1 goes from pending to violated "
    )
    assert run([*asked, "-o", "json"]) == 0
    *_, turn = json.loads(capsys.readouterr().out)["story"]["timeline"]
    cause = {"kind": "last-day", "day": "2029-03-09", "fact": None, "field": None, "readings": None}
    assert turn["changed"][0]["causes"] == [cause]


@pytest.mark.parametrize("span", ["2042-01-01", "2045-01-01..2042-01-01", "now..2045-01-01"])
def test_a_span_that_is_none(span: str) -> None:
    with pytest.raises(UsageError):
        story(LATE, timeline=span)


# --- the command ------------------------------------------------------------------


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", ONE_AGREEMENT, "--rule", "property.seizure", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "property.seizure: looked for in vain: handle-property" in told
    assert "This is not legal advice" in told
    assert run(["explain", ONE_AGREEMENT, "--rule", "use.peaceful", "-o", "json"]) == 0
    silent = json.loads(capsys.readouterr().out)["story"]["silent"][0]
    assert silent["rule"] == "use.peaceful"
    assert [step["path"] for step in silent["would"]["change"]] == ["/actions/-"]
    assert run(["explain", LATE, "--rule", "partner.routin"]) == 2
    assert "no rule `partner.routin`; did you mean `partner.routing`?" in capsys.readouterr().err


def test_readings_are_told_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", ONE_AGREEMENT, "--readings", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "  partner-routing  either  compliant  partner.routing@A1 satisfied\n" in told
    assert run(["explain", ONE_AGREEMENT, "--readings", "-o", "json"]) == 0
    told_json = json.loads(capsys.readouterr().out)["story"]
    assert told_json["readings"][1]["readings"] == {"partner-routing": "either"}
    assert told_json["contested"][0]["pulls"][0]["options"][1]["status"] == "satisfied"


def test_a_case_from_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--rule", "notice.termination", "-o", "json")
    assert run(["explain", LATE, *asked]) == 0
    told = capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(Path(LATE).read_bytes())))
    assert run(["explain", "-", *asked]) == 0
    assert capsys.readouterr().out == told.replace(LATE, "<stdin>")


def test_what_is_no_one_case_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("{}", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["explain", "."]) == 2
    assert capsys.readouterr().err == "servanda: explain: `.` names 2 files; one is wanted\n"
