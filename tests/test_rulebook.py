"""Pages of rules: what is printed is the rule, for it can be read back and is the same."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from sample_results import finding, results, verdict

from checker.dates import parse_date
from checker.errors import PackError, Place
from checker.load import load
from checker.model import Clause, Force, Pack, Rule, Source
from checker.reader import Reader, members
from checker.report import rulebook
from checker.report import text as text_report
from checker.report.spelling import questions_of, spelling
from checker.rules import Vocabulary, read_rules
from checker.terminal import Look
from checker.vocabulary import declared, read_question, read_types

PACK = """\
pack: toy
parties: [russia, china]
types:
  agreement: {about: the agreement, fields: {id: id, in-force: date}, day: in-force, world: closed}
  period: {about: a period, fields: {number: integer, start: date, end: date}, counter: number, world: closed}
  notice:
    about: a notice
    fields: {id: id, from: actor, form: {one-of: [written, oral]}, share: decimal, text: text, received: date}
    day: received
    world: open
actions:
  terminate: {about: an end, fields: {id: id, by: actor, effective: date}, day: effective}
readings:
  clock: {ask: "Sent, or received?", options: {sent: the day it is sent, received: the day it arrives}, default: sent}
"""
RULES = """\
rules:
  - id: term.first
    title: The first period
    basis: seed
    when:
      - agreement: {id: $a, in-force: $day}
    means:
      - period: {number: 1, start: $day, end: $day + P20Y}
    until: 2100-01-01
    unless:
      - terminate: {effective: {before: $day, after: 2024-07-18}}
        reading: {clock: sent}
        unless:
          - all:
              - notice: {from: $p, form: oral}
              - compare: [$p, not, russia]
                reading: {clock: received}
      - all:
          - notice: {from: $p, form: written}
          - compare: [$p, not, russia]
        reading: {clock: received}
  - id: notice.end
    title: An end needs a notice
    clause: duration
    cites: [{source: S13, quote: at least one year}]
    basis: press-quote
    by: $party
    towards: other-party
    also-done: yes
    valid: {from: 2024-07-18}
    when:
      - terminate: {id: $action, by: $party, effective: $day}
    needs:
      - period: {number: $n, end: $end}
      - compare: [$day, in, [$end, $end + P1D]]
      - any:
          - notice: {from: $party, form: written, received: {on-or-before: $end - P1Y}, share: {at-least: 0.50}}
          - all:
              - notice: {from: $party, form: {in: [written, oral]}}
                reading: {clock: received}
              - absent: {notice: {form: oral}}
      - absent:
          all:
            - notice: {from: $other, text: {like: "*withdrawn, {so it is}*"}}
            - compare: [$other, is, $party]
      - count: {of: {notice: {from: $party}}, at-least: 2, at-most: 5}
    due: $day - P1Y
    severity: warning
    if-not: no-effect
    survives: yes
    before-force: yes
    say: {en: 'No "notice" {{by}} {day - P1Y}: {party}.', ru: "Нет уведомления до {day - P1Y}."}
    remedy: Give notice by {day - P1Y}.
  - id: notice.quiet
    title: Some need none
    basis: sibling
    overrides: [notice.end]
    when:
      - terminate: {id: $action, by: russia, effective: {in: [2044-07-18, 2044-07-19]}}
      - notice: {text: "yes, or no", received: unknown}
    permits: yes
"""


def reader(text: str) -> Reader:
    return Reader(load(text, "toy.yaml", error=PackError)[0], [])


HEAD = reader(PACK)
VOCABULARY = Vocabulary(
    read_types([HEAD]),
    declared([HEAD], "readings", read_question, {}),
    HEAD.texts(members(HEAD.document.root).get("parties")),
)


def read(text: str) -> dict[str, Rule]:
    """The rules of a pack file, which has to be right."""
    source = reader(text)
    rules = {rule.id: rule for rule, _, _ in read_rules([source], VOCABULARY)}
    assert [str(problem) for problem in source.problems] == []
    return rules


def placeless(value: object) -> object:
    """A noun as plain data without its places."""
    if isinstance(value, Place):
        return None
    if is_dataclass(value):
        return {each.name: placeless(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, (tuple, list)):
        return [placeless(each) for each in value]
    return {key: placeless(each) for key, each in value.items()} if isinstance(value, dict) else value


ALL = read(RULES.replace("received: unknown}", "form: written}"))


@pytest.mark.parametrize("name", ALL)
def test_what_is_spelt_can_be_read_and_is_the_same_rule(name: str) -> None:
    rule = ALL[name]
    ground = [f"id: {rule.id}", f"title: {rule.title}", f"basis: {rule.basis}"]
    ground += [f"severity: {rule.severity}", f"if-not: {rule.if_not}"]
    body = "\n    ".join([*ground, *spelling(rule)])
    again = read(f"rules:\n  - {body}\n")[name]
    assert placeless(again) == placeless(rule._replace(clause=None, cites=()))


def toy(folder: Path) -> Pack:
    start = parse_date("2024-07-18")
    place = Place("toy.yaml", 1, 1)
    return Pack(
        id="toy",
        version="1.0.0",
        title={"en": "A toy of an agreement"},
        names={},
        parties=("russia", "china"),
        force=Force(start),
        rounding="down",
        sources={"S13": Source("S13", "A newspaper", None, "press-quote", place)},
        clauses={
            "duration": Clause("duration", {"en": "twenty years"}, "press-quote", "yes", {}, place),
            "money": Clause("money", {"en": "unknown"}, "inference", "no", {"en": "not seen"}, place),
        },
        types=VOCABULARY.types,
        readings=VOCABULARY.questions,
        rules=ALL,
        facts=(),
        sha256="",
        folder=str(folder),
    )


def test_the_list(tmp_path: Path) -> None:
    assert rulebook.overview(toy(tmp_path), Look()).splitlines() == [
        "A toy of an agreement (toy 1.0.0)",
        "",
        "term.first    means    seed         The first period",
        "notice.end    warning  press-quote  An end needs a notice",
        "notice.quiet  permits  sibling      Some need none",
        "",
        "3 rules; 1 of 2 clauses is not covered by rules.",
    ]


def test_the_list_by_basis(tmp_path: Path) -> None:
    assert rulebook.by_basis(toy(tmp_path), Look()).splitlines() == [
        "A toy of an agreement (toy 1.0.0)",
        "",
        "press-quote: words of the agreement as the press quotes them (1 rule)",
        "  notice.end    warning  An end needs a notice",
        "",
        "seed: the description of the agreement that this pack was given; the article itself has not been",
        "seen (1 rule)",
        "  term.first    means    The first period",
        "",
        "sibling: by analogy with sibling agreements; the article itself has not been seen (1 rule)",
        "  notice.quiet  permits  Some need none",
        "",
        "3 rules; 1 of 2 clauses is not covered by rules.",
    ]


def test_a_basis_has_the_same_words_on_a_page_and_in_a_report(tmp_path: Path) -> None:
    """A reader who saw an analogy named on one of them must know it again on the other."""
    told = "sibling: by analogy with sibling agreements; the article itself has not been seen"
    page = rulebook.page(ALL["notice.quiet"], toy(tmp_path), Look(width=120))
    assert f"Basis:      {told}.\n" in page
    shown = text_report.render(results(verdict(finding(basis="sibling", rests_on="sibling"))), Look(width=120))
    assert f"{told}.\n" in shown


def test_a_page(tmp_path: Path) -> None:
    pack = tmp_path / "rules" / "toy"
    for path, text in (
        (pack / "tests" / "end.yaml", "agreement: toy\nexpect: {notice.end: violated}\n"),
        (pack / "tests" / "other.yaml", "expect: {notice.end.late: violated, x-notice.end: violated}\n"),
        (tmp_path / "examples" / "one.yaml", "expect:\n  notice.end@T1: pending\n"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    text = rulebook.page(ALL["notice.end"], toy(pack), Look())
    assert text.splitlines()[:13] == [
        "notice.end: An end needs a notice",
        "",
        "Clause:     duration, as this pack tells it: twenty years.",
        "Source:     S13, A newspaper: “at least one year”",
        "Basis:      press-quote: words of the agreement as the press quotes them.",
        "Kind:       a condition of the act; unmet, the act has no effect; severity warning",
        "Reading:    clock: Sent, or received? By default: sent.",
        "Yields to:  notice.quiet",
        "Written at: toy.yaml:22:5",
        "",
        "by: $party",
        "towards: other-party",
        "also-done: yes",
    ]
    assert text.splitlines()[-3:] == [
        "Tests and examples that name it:",
        f"  {pack}/tests/end.yaml:2",
        f"  {tmp_path}/examples/one.yaml:2",
    ]
    assert rulebook.page(ALL["term.first"], toy(pack), Look()).endswith("\nNo test and no example names it.\n")


def test_readings_of_a_rule_are_found_wherever_they_stand() -> None:
    assert {name: questions_of(rule) for name, rule in ALL.items()} == {
        "term.first": ("clock",),
        "notice.end": ("clock",),
        "notice.quiet": (),
    }
