"""Asking what would decide a case: each answer offered keeps its promise, and each is written down as it was given."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from checker import check, load_pack
from checker.asking import Inquiry, Question
from checker.cli import run
from checker.dates import Date, parse_date
from checker.errors import CaseError
from checker.fitting import meeting
from checker.load import load_file, plain
from checker.options import Options
from checker.splice import patched
from checker.stating import FieldStated, Statement
from checker.verdict import Answer

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
CHANNEL = EXAMPLES / "notice-channel-unknown.yaml"
UNLISTED = EXAMPLES / "partner-unlisted.yaml"
PACK = """
pack: toy
version: 0.1.0
title: A toy
parties: [a, b]
rounding: down
sources: {s: {title: A source, basis: seed}}
clauses: {c: {says: unknown, encoded: yes}}
types:
  pass:
    about: A pass.
    fields: {id: id, of: actor, colour: {one-of: [red, blue, green]}, level: integer, until: date}
    day: until
    world: open
  list: {about: A list., fields: {name: id, keeper: actor}, world: closed}
actions:
  enter: {about: Entering., fields: {id: id, by: actor, day: date, bags: integer, list: id}, day: day}
rules:
  - id: toy.pass
    title: Whoever enters has a red or blue pass until that day
    clause: c
    cites: [{source: s}]
    basis: seed
    by: $by
    when: [enter: {id: $action, by: $by, day: $day}]
    needs: [pass: {of: $by, colour: {in: [red, blue]}, level: {more-than: 3}, until: {on-or-after: $day}}]
  - id: toy.bags
    title: At most two bags, and none in May
    clause: c
    cites: [{source: s}]
    basis: seed
    when: [enter: {id: $action, by: $by, day: $day, bags: $bags}]
    needs:
      - any: [{compare: [$bags, at-most, 2]}, {compare: [$day, before, 2030-05-01]}]
  - id: toy.list
    title: Whoever enters is on a list of the other side
    clause: c
    cites: [{source: s}]
    basis: seed
    when: [enter: {id: $action, by: $by, list: $list}]
    needs: [list: {name: $list, keeper: {not: $by}}]
  - id: toy.colour
    title: Whoever enters has a red pass, or a red or green one
    clause: c
    cites: [{source: s}]
    basis: seed
    when: [enter: {id: $action, by: $by, bags: 1}]
    needs:
      - any: [{pass: {of: $by, colour: red}}, {pass: {of: $by, colour: {in: [red, green]}}}]
"""
GIVEN: dict[str, Any] = {
    "as-of": "2030-04-01",
    "facts": [{"list": {"name": "L1", "keeper": "b"}}, {"list": {"name": "L2", "keeper": "a"}}],
    "actions": [
        {"enter": {"id": "E1", "by": "a", "bags": 3, "list": "L1"}},
        {"enter": {"id": "E2", "by": "b", "day": "2030-05-20", "bags": "unknown"}},
        {"enter": {"id": "E3", "by": "b", "day": "2030-05-20", "bags": 1, "list": "L2"}},
    ],
}


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A case with much left open, beside its pack."""
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "pack.yaml").write_text(PACK, "utf-8")
    (tmp_path / "case.json").write_text(json.dumps(GIVEN), "utf-8")
    return tmp_path / "case.json"


def inquiry(path: Path) -> Inquiry:
    pack = path.parent / "toy"
    return Inquiry(str(path), Options(pack=str(pack) if pack.exists() else None))


# --- what an answer promises ------------------------------------------------------


def test_each_answer_gives_the_status_it_promises(toy: Path) -> None:
    asked = promises(toy)
    assert {"`day` of enter E1", "`bags` of enter E2", "`list` of enter E2", "pass"} <= asked


@pytest.mark.parametrize("name", ["partner-unlisted", "signed-by-an-institute"])
def test_each_answer_in_an_example_gives_the_status_it_promises(name: str) -> None:
    assert promises(EXAMPLES / f"{name}.yaml")


def promises(path: Path) -> set[str]:
    """Give each answer to each question, written into the case, to the public check; what was asked about."""
    start = inquiry(path)
    written: Any = plain(load_file(path, error=CaseError)[0].root)
    asked = set()
    for question in start.open():
        asked.add(question.type if not question.path else question.ask.ask.removeprefix("what is ").rstrip("?"))
        for finding, answers in question.hangs:
            for answer in answers:
                for statement in statements(start, question, answer):
                    now = inquiry(path)
                    now.state(question, statement)
                    case = written
                    for step in now.patch:
                        case = patched(case, step)
                    found = check(case, start.opened, remedies=False).findings
                    status = {
                        each.status for each in found if (each.rule, each.action) == (finding.rule, finding.action)
                    }
                    assert (status or {"silent"}) == {answer.status}, (question.ask.ask, answer, statement)
    return asked


def statements(start: Inquiry, question: Question, answer: Answer) -> list[Statement]:
    """What an answer may mean: of a span of days its ends and the middle."""
    if question.path and question.fields[0].kind == "date":
        return [FieldStated(question.path, question.fields[0].name, day) for day in days(answer.answer)]
    if question.path:
        value = answer.value
        return [] if value is None else [FieldStated(question.path, question.fields[0].name, value)]
    if answer.answer == "yes":
        known = meeting(question.tests, start.pack.types[question.type].fields)
        return [start.yes(question, {field.name: known[field.name] for field in question.fields})]
    return [start.no(question)]


def days(told: str) -> list[Date]:
    named = [day for text in re.findall(r"\d{4}-\d\d-\d\d", told) if (day := parse_date(text))]
    assert named, told
    if told.startswith("on or before"):
        return [named[0], named[0].add(days=-40)]
    if told.startswith("on or after"):
        return [named[0], named[0].add(days=40)]
    return [named[0], named[0].add(days=(named[-1].to_stdlib() - named[0].to_stdlib()).days // 2), named[-1]]


# --- questions ----------------------------------------------------------------------


def test_the_channel_decides_the_notice() -> None:
    """It counts if it came through diplomatic channels, and through no other."""
    (question,) = inquiry(CHANNEL).open()
    ((finding, answers),) = question.hangs
    assert finding.rule == "notice.termination"
    assert [(each.answer, each.status) for each in answers] == [
        ("diplomatic", "satisfied"),
        ("agency", "violated"),
        ("public", "violated"),
    ]
    assert question.who == ("china", "russia")


def test_days_before_may_and_after_are_told_apart(toy: Path) -> None:
    """Three bags: allowed before 2030-05-01. The case starts nowhere, so every day is in one span or the other."""
    question = next(each for each in inquiry(toy).open() if "`day` of enter E1" in each.ask.ask)
    told = {finding.rule: [(each.answer, each.status) for each in answers] for finding, answers in question.hangs}
    assert told["toy.bags"] == [("on or before 2030-04-30", "satisfied"), ("on or after 2030-05-01", "violated")]


def test_a_no_speaks_of_what_was_asked_and_of_nothing_else() -> None:
    """That no agreement with Roscosmos is missing says nothing of CNSA: asked next, and then nothing is open."""
    now = inquiry(UNLISTED)
    first, second = now.open()
    assert ("Roscosmos" in first.ask.ask, "CNSA" in second.ask.ask) == (True, True)
    now.state(first, now.no(first))
    (second,) = now.open()
    now.state(second, now.no(second))
    assert (now.open(), now.verdict.status) == ([], "violated")
    (step,) = [step for step in now.patch if step.path == "/complete/-"]
    assert step.value == {
        "bilateral-agreement": {"agency": ["Roscosmos", "CNSA"], "partner": "Freedonia Regolith Works"}
    }


def test_what_is_asked_value_by_value_is_asked_together_only_where_a_value_is_left(toy: Path) -> None:
    """Red is asked about by itself; green only together with it."""
    asked = [each.ask.ask for each in Inquiry(str(toy), Options(pack=str(toy.parent / "toy")), "toy.colour").open()]
    assert ["colour: red)" in asked[0], "colour: red or green)" in asked[1]] == [True, True]


def test_one_question_for_all_findings_that_hang_on_it(toy: Path) -> None:
    """E2 and E3 are by b on one day: one pass would do for both."""
    asked = inquiry(toy).open()
    of_b = [each for each in asked if "of: b" in each.ask.ask and each.hangs[0][0].rule == "toy.pass"]
    assert [[finding.action for finding, _ in question.hangs] for question in of_b] == [["E2", "E3"]]
    assert len(asked[0].hangs) == max(len(question.hangs) for question in asked) > len(asked[-1].hangs)


def test_what_decides_alone_is_asked_first() -> None:
    """Three of the thirteen have an agreement with CNSA on file: of each, one with Roscosmos is all that lacks."""
    asked = inquiry(EXAMPLES / "thirteen-partners-2025.yaml").open()
    first = {finding.action for question in asked[:3] for finding, _ in question.hangs}
    assert first == {"VE", "AZ", "SN"}
    assert [question.decides for question in asked] == [True] * 3 + [False] * (len(asked) - 3)


def test_with_a_rule_only_its_questions() -> None:
    assert Inquiry(str(CHANNEL), Options(), "notice.termination").open()
    assert Inquiry(str(CHANNEL), Options(), "partner.routing").open() == []


# --- the conversation ---------------------------------------------------------------


def answered(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    text = "".join(f"{each}\n" for each in lines)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["explain", *arguments, "--ask", "--lang", "en"]) == 0
    return capsys.readouterr().out


def test_a_conversation(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answered(monkeypatch, "fax", "2")
    told = ask(capsys, str(CHANNEL))
    assert "1 question is open" in told
    assert "1. What is `channel` of notice N1? (" in " ".join(told.split())
    assert "  2. agency: then violated\n" in told
    assert "`fax` is none of the answers: diplomatic, agency, public" in told
    assert "notice.termination@T1 was undetermined and is now violated." in told
    assert "The case was undetermined and is now violated." in told
    assert "received: 2043-07-02, channel: agency}" in told
    assert "This is not legal advice" in told


def test_a_question_says_whether_it_decides_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An agreement with each agency: one answer leaves the case contested, and the other one decides it."""
    answered(monkeypatch, "no", "no")
    told = " ".join(ask(capsys, str(UNLISTED)).split())
    first, second = (told.index(f"{number}. Is there, or will there be") for number in (1, 2))
    finding = "partner.routing/take-part@P1: "
    assert f"Not this alone, but together with other answers, decides {finding}" in told[first:second]
    assert f"This decides {finding}" in told[second:]
    assert f"This decides {finding}" not in told[:second]


@pytest.mark.parametrize("lines", [(), ("q",), ("",), ("?",), ("unknown",)])
def test_no_answer_changes_nothing(
    lines: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(monkeypatch, *lines)
    told = ask(capsys, str(CHANNEL))
    assert "Nothing was answered, so the case stays as it is." in told
    assert told.count("\n> ") == 1


def test_the_answers_are_written_to_a_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(monkeypatch, "yes", "soon", "2029-02-30", "2029-01-01", "y", "2029-02-03")
    told = ask(capsys, str(UNLISTED), "--write", str(tmp_path / "new.yaml"))
    assert "`soon` is no day" in told
    assert "`2029-02-30` is no day" in told
    content = (tmp_path / "new.yaml").read_text("utf-8")
    assert content.startswith(UNLISTED.read_text("utf-8").partition("actions:")[0])  # comments and all
    assert check(tmp_path / "new.yaml", load_pack("isls"), remedies=False).status == "compliant"
    answered(monkeypatch, "no")
    assert run(["explain", str(UNLISTED), "--ask", "--write", str(tmp_path / "new.yaml")]) == 2
    assert "it is there already" in capsys.readouterr().err


def test_a_day_not_known_leaves_the_fact_without_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(monkeypatch, "yes", "")
    told = ask(capsys, str(UNLISTED))
    assert "agency: Roscosmos, partner: Freedonia Regolith Works}" in told
    assert "What is `signed` of bilateral-agreement bilateral-agreement-1?" in told  # a question of its own now


def test_as_json_the_dialogue_keeps_out_of_the_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(monkeypatch, "agency")
    assert run(["explain", str(CHANNEL), "--ask", "-o", "json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["cases"][0]["verdict"] == "violated"
    assert [(each["about"], each["answer"]) for each in told["story"]["asked"]] == [
        ("/facts/0/notice/channel", "agency")
    ]
    assert told["story"]["patch"] == [{"op": "add", "path": "/facts/0/notice/channel", "value": "agency"}]
    assert "> agency" in err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("-", "--ask"), "--ask: the answers are read from standard input; name the file of the case"),
        ((str(CHANNEL), "--ask", "--readings"), "--ask goes without --readings"),
        ((str(CHANNEL), "--write", "x"), "--write writes the case with the answers given; it goes with --ask"),
        ((str(CHANNEL), "--ask", "--write", "nowhere/x"), "there is no such folder"),
        ((str(CHANNEL), "--ask", "--rule", "notice.terminaton"), "did you mean `notice.termination`?"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", *arguments]) == 2
    assert reason in capsys.readouterr().err
