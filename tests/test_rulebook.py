"""Pages of rules: what is printed is the rule, for it can be read back and is the same."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from sample_results import finding, results, verdict

from checker import load_pack
from checker.dates import parse_date
from checker.errors import PackError, Place
from checker.evidence import evidence
from checker.excerpt import excerpts
from checker.load import load
from checker.model import Clause, Force, Pack, Rule, Source
from checker.reader import Reader, members
from checker.relations import relations
from checker.report import rulebook, rulebook_json, rulebook_markdown
from checker.report import text as text_report
from checker.report.entry import MOST, Entry, Known, entry
from checker.report.rule_search import search
from checker.report.spelling import questions_of, spelling
from checker.rules import Vocabulary, read_rules
from checker.speech import ENGLISH, Speech
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
    page = rulebook.page(entry_of("notice.quiet", toy(tmp_path)), Look(width=120))
    assert f"Basis:      {told}.\n" in page
    shown = text_report.render(results(verdict(finding(basis="sibling", rests_on="sibling"))), Look(width=120))
    assert f"{told}.\n" in shown


def entry_of(name: str, pack: Pack) -> Entry:
    """The entry of a rule, with the tests that lie beside its pack."""
    return entry(pack.rules[name], pack, Known(relations(pack)[name], evidence(pack, [name])[name]), ENGLISH)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_a_page(tmp_path: Path) -> None:
    pack = tmp_path / "rules" / "toy"
    day, act = "as-of: 2026-01-01\n", "actions: [{terminate: {id: T1, by: russia, effective: 2044-07-18}}]\n"
    write(pack / "tests" / "end.yaml", f"agreement: toy\n{day}{act}expect: {{notice.end: violated}}\n")
    write(pack / "tests" / "other.yaml", f"{day}title: Another\n{act}expect: {{notice.end.late: violated}}\n")
    write(pack / "tests" / "broken.yaml", f"{day}facts: [{{no-such: {{}}}}]\nexpect: {{notice.end: violated}}\n")
    write(pack / "tests" / "dateless.yaml", f"{act}expect: {{notice.end: violated}}\n")
    write(tmp_path / "examples" / "one.yaml", f"agreement: toy\n{day}{act}expect:\n  notice.end@T1: pending\n")
    write(tmp_path / "examples" / "isls.yaml", f"agreement: isls\n{day}expect:\n  notice.end@T1: pending\n")
    text = rulebook.page(entry_of("notice.end", toy(pack)), Look(width=200))
    assert text.splitlines()[:15] == [
        "notice.end: An end needs a notice",
        "",
        "Clause:     duration, as this pack tells it: twenty years.",
        "Source:     S13, A newspaper: “at least one year”",
        "Basis:      press-quote: words of the agreement as the press quotes them.",
        "Kind:       a condition of the act; unmet, the act has no effect; severity warning",
        "Reading:    clock: Sent, or received? By default: sent.",
        "Yields to:  notice.quiet",
        "Stratum:    2 of 2",
        "Written at: toy.yaml:22:5",
        "",
        "by: $party",
        "towards: other-party",
        "also-done: yes",
        "when:",
    ]
    assert text.splitlines()[-11:] == [
        "What it looks at:",
        "  notice, in `needs`; stated, not made by any rule",
        "  period, in `needs`; made by term.first",
        "  terminate, in `when`; stated, not made by any rule",
        "",
        "Tests and examples that name it:",
        f"  {pack}/tests/end.yaml:4 (violated)",
        f"  {tmp_path}/examples/one.yaml:5 (T1: pending)",
        "",
        "Others in which it applies:",
        f"  {pack}/tests/other.yaml:4: Another",
    ]
    assert rulebook.page(entry_of("term.first", toy(pack)), Look()).endswith("\nNo test and no example names it.\n")


def test_more_tests_than_can_be_read_are_counted(tmp_path: Path) -> None:
    case = "agreement: toy\nas-of: 2026-01-01\nfacts: []\nactions: []\nexpect: {notice.end: violated}\n"
    write(tmp_path / "tests" / "many.yaml", "---\n".join([case] * (MOST + 3)))
    text = rulebook.page(entry_of("notice.end", toy(tmp_path)), Look())
    assert text.count("many.yaml:") == MOST
    assert text.endswith("  and 3 more\n")


def test_a_block_is_shown_as_it_is_written_without_what_the_page_tells_anyway() -> None:
    pack = load_pack("isls").pack
    assert excerpts(pack)["term.duration"] == (
        "- term:",
        "    id: term.duration",
        "    starts: {agreement: in-force}",
        "    lasts: P20Y",
        "    renews: P5Y",
        "    ends-on: {reading: end-day, corresponding: corresponding, before: day-before}",
        "    unless: notice.termination",
    )
    known = Known(relations(pack)["term.duration"], (), excerpts(pack)["term.duration"])
    text = rulebook.page(entry(pack.rules["term.duration"], pack, known, ENGLISH), Look())
    assert "\nBlock:      term.duration, which stands for 5 rules\n" in text
    assert "\nThe block as it is written:\n- term:\n    id: term.duration\n" in text
    assert "\nThe rule of its name, written out:\nreading: {end-day: corresponding}\nwhen:\n" in text


# --- search ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("notice", {"notice.end", "notice.quiet", "term.first"}),  # the last one reads a notice
        ("NEEDS notice", {"notice.end"}),
        ("newspaper", {"notice.end"}),  # its source
        ("twenty", {"notice.end"}),  # its clause
        ("Give", {"notice.end"}),  # its remedy
        ("sibling", {"notice.quiet"}),
        ("P20Y", {"term.first"}),
        ("newspaper sibling", set()),
        ("", set(ALL)),
    ],
)
def test_a_search_finds_rules_that_have_every_word(wanted: str, found: set[str], tmp_path: Path) -> None:
    assert {hit.rule.id for hit in search(toy(tmp_path), wanted, ENGLISH)} == found


def test_a_search_is_in_the_language_asked_for(tmp_path: Path) -> None:
    assert search(toy(tmp_path), "уведомления", ENGLISH) == ()
    assert [hit.rule.id for hit in search(toy(tmp_path), "уведомления", Speech("ru"))] == ["notice.end"]


def test_a_search_shows_where_the_words_stand_that_the_list_does_not_show(tmp_path: Path) -> None:
    pack = toy(tmp_path)
    assert rulebook.found(pack, search(pack, "newspaper end", ENGLISH), (), Look()).splitlines() == [
        "A toy of an agreement (toy 1.0.0)",
        "",
        "notice.end  warning  press-quote  An end needs a notice",
        "    S13, A newspaper, “at least one year”",
        "",
        "1 rule found.",
    ]
    assert rulebook.found(pack, (), (), Look()).endswith("\n0 rules found.\n")


# --- Markdown and JSON --------------------------------------------------------------


RELATED = Path(__file__).resolve().parent / "packs" / "related"


def related(*names: str) -> tuple[Pack, list[Known]]:
    pack = load_pack(RELATED).pack
    exhibits, known = evidence(pack, names), relations(pack)
    return pack, [Known(known[name], exhibits[name]) for name in names]


def test_markdown_has_no_marks_but_our_own() -> None:
    pack, (known,) = related("secret.told")
    text = rulebook_markdown.page(entry(pack.rules["secret.told"], pack, known, ENGLISH), pack, ENGLISH)
    outside = re.sub(r"(?ms)^(`{3,})text.*?^\1$|`[^`\n]*`|\\.", "", text)
    assert "<" not in outside
    assert text.startswith(
        "# `secret.told`: A secret is told \\<script\\>alert('title')\\</script\\> only with consent\n"
    )
    assert re.search(r"(?m)^- \*\*Yields to:\*\* `secret.own`$", text)
    assert re.search(r"(?m)^- `consent`, in `unless`; stated, not made by any rule$", text)
    table = rulebook_markdown.overview(pack, list(pack.rules.values()), list(pack.retired.values()), ENGLISH)
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert len(rows) == len(pack.rules) + len(pack.retired)
    assert all(re.search(r"(?<!\\)<", re.sub(r"`[^`]*`", "", row)) is None for row in rows)


def test_json_holds_what_the_page_shows() -> None:
    pack, (known,) = related("secret.told")
    page = rulebook_json.page(pack.rules["secret.told"], pack, known, "en")
    read = json.loads(rulebook_json.render(pack, [page], pack.retired.values(), "en"))
    assert read["schema"] == "servanda-rules-1"
    assert read["pack"] == {"id": "related", "version": "0.3.0", "title": 'An <em>agreement</em> & "its" rules'}
    (told,) = read["rules"]
    assert (told["kind"], told["severity"], told["clause"], told["basis"]) == (
        "forbids",
        "error",
        "secrecy",
        "press-quote",
    )
    assert told["looks_at"][0] == {"made_by": [], "type": "consent", "through": ["unless"]}
    assert told["looked_at_by"] == [{"rule": "secret.out", "type": "violation", "through": ["when"]}]
    assert (told["displaced_by"], told["then_owes"]) == (["secret.own"], ["secret.notice"])
    assert told["rests_on_readings"] == ["strict"]
    assert [each["expects"] for each in told["tests"]] == [
        {"secret.told@T": "violated"},
        {"secret.told": "excused"},
        {"secret.told": "contested"},
    ]
    assert [each["id"] for each in read["retired"]] == ["launch.gone"]


def test_readings_of_a_rule_are_found_wherever_they_stand() -> None:
    assert {name: questions_of(rule) for name, rule in ALL.items()} == {
        "term.first": ("clock",),
        "notice.end": ("clock",),
        "notice.quiet": (),
    }
