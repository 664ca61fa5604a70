"""Coverage of rules by tests: what a shape allows can be, all of it and nothing else; what is missing is named."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from checker.case import read_case
from checker.coverage import PackCoverage, RuleCoverage, Tally
from checker.dates import Date
from checker.errors import CaseError
from checker.judging import Asked, OpenPack, judge_in_full, open_pack
from checker.load import load
from checker.model import Case, Pack
from checker.outcome import Outcome
from checker.pack import load_pack as read_pack
from checker.report import coverage as report
from checker.terminal import Look
from checker.testing import run_tests
from checker.verdict import Verdict

ROOT = Path(__file__).resolve().parent.parent

PACK = """\
pack: toy
version: 0.1.0
title: A toy
in-force: {from: 2024-01-01}
rounding: down
sources: {S: {title: A source, basis: seed}}
clauses: {one: {says: something, basis: seed, encoded: yes}}
readings:
  q: {ask: "a, or b?", options: {a: a, b: b}, default: a, cites: [{source: S}]}
types:
  paper: {about: a paper, fields: {id: id, of: id, day: date}, day: day, world: closed}
  seal: {about: a seal, fields: {id: id, of: id}, world: closed}
  tag: {about: a tag, fields: {share: integer}, world: closed}
  rumour: {about: a rumour, fields: {share: integer}, world: open}
  waiver: {about: a waiver, fields: {id: id, of: id}, world: closed}
actions:
  act: {about: an act, fields: {id: id, purpose: {one-of: [plain, bad, special]}, day: date}, day: day}
  note: {about: an act without a day, fields: {id: id, share: integer, until: date}}
  ping: {about: an act of which nothing can be unknown, fields: {id: id}}
rules:
"""

DERIVED = """\
  passed: {about: derived from a paper, fields: {of: id}}
  mark: {about: derived under a reading, fields: {of: id}}
  good: {about: derived from a paper of a certain time, fields: {of: id}}
actions:
"""

ACT = "when: [{act: {id: $action, day: $day}}]"
SPECIAL = "when: [{act: {id: $action, purpose: special, day: $day}}]"
NOTE = "before-force: yes\nwhen: [{note: {id: $action, share: $s, until: $u}}]"
PAPER = "{paper: {of: $action}}"
TEST = "agreement: toy\nas-of: 2025-04-01\nactions: [{act: {id: A1, day: 2025-06-01}}]\n"
COMMON = "violated satisfied undetermined silent"

# By rule what it says, and the statuses that docs/language.md lets it have.
RULES = {
    "toy.passed": ("when: [{paper: {of: $x}}]\nmeans: [{passed: {of: $x}}]", "fires"),
    "toy.mark-a": ("reading: {q: a}\nwhen: [{paper: {of: $x}}]\nmeans: [{mark: {of: $x}}]", "fires"),
    "toy.mark-b": ("reading: {q: b}\nwhen: [{seal: {of: $x}}]\nmeans: [{mark: {of: $x}}]", "fires"),
    "toy.good": ("when: [{paper: {of: $x, day: {after: 2024-01-01}}}]\nmeans: [{good: {of: $x}}]", "fires"),
    "toy.permit": (
        f"{SPECIAL}\npermits: yes\noverrides: [toy.permitted]",
        "displaces",
    ),
    "toy.needs": (f"{ACT}\nneeds: [{PAPER}]", COMMON),
    "toy.needs-by-a-day": (f"{ACT}\nneeds: [{PAPER}]\ndue: $day", f"{COMMON} pending"),
    "toy.needs-what-is-derived": (f"{ACT}\nneeds: [{{passed: {{of: $action}}}}]\ndue: $day", COMMON),
    "toy.needs-a-count": (f"{ACT}\nneeds: [{{count: {{of: {PAPER}, at-least: 1}}}}]\ndue: $day", f"{COMMON} pending"),
    "toy.needs-on-no-day": (f"{ACT}\nneeds: [{PAPER}]\ndue: none", COMMON),
    "toy.owes-any-day": (f"{ACT}\nowes: [{PAPER}]\ndue: none", "satisfied undetermined pending silent"),
    "toy.owes-before-a-day": (
        f"{ACT}\nowes: [{{paper: {{of: $action, day: {{on-or-before: $day}}}}}}]\ndue: none",
        f"{COMMON} pending",
    ),
    "toy.owes-what-is-derived": (f"{ACT}\nowes: [{{passed: {{of: $action}}}}]\ndue: none", COMMON),
    "toy.forbids": (f"{ACT}\nforbids: [{{seal: {{of: $action}}}}]", COMMON),
    "toy.forbids-until-a-day": (f"{ACT}\nforbids: [{{seal: {{of: $action}}}}]\ndue: $day", f"{COMMON} pending"),
    "toy.forbids-for-ever": (
        f"{ACT}\nforbids: [{{seal: {{of: $action}}}}]\ndue: none",
        "violated undetermined pending silent",
    ),
    "toy.forbids-the-act": (
        "when: [{act: {id: $action, purpose: bad, day: $day}}]\nforbids: [{act: {id: $action, purpose: bad}}]",
        "violated undetermined silent",
    ),
    "toy.forbids-some-acts": (
        "when: [{act: {id: $action, day: $day}}]\nforbids: [{act: {id: $action, purpose: bad}}]",
        COMMON,
    ),
    "toy.forbids-the-act-whatever-it-is-for": (
        f"{ACT}\nforbids: [{{act: {{id: $action, purpose: $p}}}}]",
        "violated undetermined silent",
    ),
    "toy.forbids-papers-of-themselves": (
        "when: [{act: {id: $action, day: $day}}, {paper: {day: $d}}]\nforbids: [{paper: {id: $p, of: $p}}]",
        COMMON,
    ),
    "toy.forbids-acts-done-by-a-day": (
        "also-done: yes\n" + ACT + "\nforbids: [{act: {id: $action}}]\ndue: 2025-05-01",
        f"{COMMON} pending",
    ),
    "toy.forbids-acts-with-a-paper": (
        "when: [{act: {id: $action, day: $day}}, {paper: {of: $x}}]\nforbids: [{act: {id: $x}}]",
        COMMON,
    ),
    "toy.forbids-what-is-derived": (
        f"{ACT}\nforbids: [{{passed: {{of: $action}}}}]\ndue: $day",
        f"{COMMON} pending",
    ),
    "toy.excused": (f"{ACT}\nneeds: [{PAPER}]\nunless: [{{waiver: {{of: $action}}}}]", f"{COMMON} excused"),
    "toy.permitted": (f"{ACT}\nneeds: [{PAPER}]", f"{COMMON} overridden"),
    "toy.excused-otherwise": (
        f"{ACT}\nneeds: [{PAPER}]\nunless: [{{waiver: {{of: $action}}, reading: {{q: b}}}}]",
        f"{COMMON} contested",
    ),
    "toy.permit-otherwise": (
        f"reading: {{q: b}}\n{SPECIAL}\npermits: yes\noverrides: [toy.permitted-otherwise]",
        "displaces",
    ),
    "toy.permitted-otherwise": (f"{ACT}\nneeds: [{PAPER}]", f"{COMMON} contested"),
    "toy.read-so": (
        f"reading: {{q: a}}\n{ACT}\nneeds: [{PAPER}]\ndue: $day\nunless: [{{waiver: {{of: $action}}}}]",
        "satisfied excused contested silent",
    ),
    "toy.read-otherwise": (f"reading: {{q: b}}\n{ACT}\nneeds: [{PAPER}]", "contested silent"),
    "toy.reads-a-reading": (f"{ACT}\nneeds: [{{mark: {{of: $action}}}}]", f"{COMMON} contested"),
    "toy.of-a-fact": ("when: [{paper: {of: $x}}]\nneeds: [{seal: {of: $x}}]", COMMON),
    "toy.special": (
        f"{SPECIAL}\ninstead-of: [toy.ruled-specially]\nneeds: [{PAPER}]",
        COMMON,
    ),
    "toy.ruled-specially": (f"{ACT}\nneeds: [{PAPER}]", f"{COMMON} overridden"),
    "toy.needs-either-by-a-day": (
        f"{ACT}\nneeds: [{{any: [{PAPER}, {{passed: {{of: $action}}}}]}}]\ndue: $day",
        f"{COMMON} pending",
    ),
    "toy.owes-either-any-day": (
        f"{ACT}\nowes: [{{any: [{{passed: {{of: $action}}}}, {PAPER}]}}]\ndue: none",
        "satisfied undetermined pending silent",
    ),
    "toy.owes-one-of-another-name": (
        f"{ACT}\nowes: [{{paper: {{of: $action, id: $p}}}}, {{compare: [$p, not, $action]}}]\ndue: none",
        "satisfied undetermined pending silent",
    ),
    "toy.note-compared": (f"{NOTE}\nforbids: [{{compare: [$s, more-than, 5]}}]", COMMON),
    "toy.note-until": (f"{NOTE}\nforbids: [{{ping: {{id: $q}}}}]\ndue: $u", f"{COMMON} pending"),
    "toy.note-joined": (f"{NOTE}\nforbids: [{{tag: {{share: $s}}}}]", COMMON),
    "toy.note-derived": (f"{NOTE}\nneeds: [{{good: {{of: $x}}}}]", COMMON),
    "toy.note-rumoured": (f"{NOTE}\nneeds: [{{rumour: {{share: $x}}}}]", COMMON),
    "toy.note-hushed": (f"{NOTE}\nforbids: [{{rumour: {{share: $x}}}}]", "violated satisfied silent"),
    "toy.note-tagged": (f"{NOTE}\nneeds: [{{tag: {{share: $x}}}}]", "violated satisfied silent"),
    "toy.bare": (
        "also-done: yes\nbefore-force: yes\nwhen: [{ping: {id: $action}}]\nforbids: [{ping: {id: $action}}]",
        "violated",
    ),
    "toy.bare-in-force": (
        "also-done: yes\nwhen: [{ping: {id: $action}}]\nforbids: [{ping: {id: $action}}]",
        "violated silent",
    ),
    "toy.bare-proposed": (
        "before-force: yes\nwhen: [{ping: {id: $action}}]\nforbids: [{ping: {id: $action}}]",
        "violated silent",
    ),
}


def pack_in(folder: Path, rules: Mapping[str, str], head: str = PACK) -> Path:
    """A pack on disk."""
    spelt = [
        f"- id: {name}\n  title: A rule\n  clause: one\n  cites: [{{source: S}}]\n  basis: seed\n  "
        + text.replace("\n", "\n  ")
        for name, text in rules.items()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(head + "\n".join(f"  {each}".replace("\n", "\n  ") for each in spelt), "utf-8")
    return folder


def cases() -> Iterator[str]:
    """Small cases: what may stand in them, known or not, before its day or after."""
    acts = [
        "actions: [{act: {id: A1, day: 2025-06-01}}]",
        "actions: [{act: {id: A1, purpose: plain, day: 2025-06-01}}]",
        "actions: [{act: {id: A1, purpose: bad, day: 2025-06-01}}]",
        "actions: [{act: {id: A1, purpose: special, day: 2025-06-01}}]",
        "actions: [{act: {id: A1, purpose: plain}}]",
        "actions: [{act: {id: A1, purpose: plain, day: 2023-06-01}}]",
        "actions: []",  # it is among the facts, done
    ]
    paper = "{paper: {id: P1, of: A1, day: 2025-05-01}}"
    papers = ["", paper, "{paper: {id: P1, of: A1}}", "{paper: {id: P1, day: 2025-05-01}}"]
    papers += ["{paper: {id: P1, of: A2, day: 2025-05-01}}", "{paper: {id: A1, of: A1, day: 2025-05-01}}"]
    papers += ["{paper: {id: P1, of: A1, day: 2023-05-01}}", "{paper: {id: P1, of: A1, day: 2026-01-01}}"]
    others = ["{seal: {id: S1, of: A1}}", "{seal: {id: S1}}", "{waiver: {id: W1, of: A1}}"]
    facts = [*papers, *(f"{each}, {other}" if each else other for each in ("", paper) for other in others)]
    for act, fact, as_of in product(acts, facts, ("2025-04-01", "2025-12-01")):
        done = "{act: {id: A1, day: 2025-03-01}}, " if act == "actions: []" else ""
        yield f"as-of: {as_of}\nfacts: [{done}{fact}]\n{act}\n"
    listed = ["", "{tag: {share: 5}}", "{rumour: {share: 5}}", paper, "{paper: {id: P1, of: A1}}"]
    for fields, fact in product(["", ", share: 5", ", share: 6", ", until: 2025-12-31", ", until: 2025-01-01"], listed):
        for others, complete in product(["", ", {ping: {id: A2}}"], ["", "complete: all\n"]):
            yield f"as-of: 2025-04-01\n{complete}facts: [{fact}]\nactions: [{{note: {{id: A1{fields}}}}}{others}]\n"
    yield "as-of: 2025-04-01\nfacts: [{note: {id: A1}}]\n"
    for key, as_of in product(("actions", "facts"), ("2023-12-01", "2025-04-01")):
        yield f"as-of: {as_of}\n{key}: [{{ping: {{id: A1}}}}]\n"


def pack_with_a_test(folder: Path) -> Path:
    """A pack of one rule, with one test that sees one of its four statuses."""
    pack = pack_in(folder / "toy", {"toy.needs": RULES["toy.needs"][0]})
    (pack / "tests").mkdir()
    (pack / "tests" / "needs.yaml").write_text(f"{TEST}expect: {{toy.needs: violated}}\n", "utf-8")
    return pack


def toy(folder: Path, rules: Mapping[str, str], head: str = PACK) -> Pack:
    """The pack, read."""
    return read_pack(pack_in(folder / "toy", rules, head))


def judged(opened: OpenPack, text: str, expect: str = "{}") -> tuple[Case, Verdict, Outcome]:
    """One case, through the referee."""
    (document,) = load(f"agreement: toy\n{text}expect: {expect}\n", "case.yaml", error=CaseError)
    case = read_case(document, opened.pack, "case.yaml", None, Date(2025, 4, 1))
    return case, *judge_in_full(opened, case, document, Asked("referee", {}))


def statuses(coverage: PackCoverage) -> dict[str, set[str]]:
    """By rule, the statuses that its shape allows."""
    return {each.rule: set(each.seen) for each in coverage.rules}


def test_all_that_a_shape_allows_can_be_and_nothing_else(tmp_path: Path) -> None:
    """Small cases are judged: what is seen of a rule is what its shape is said to allow, and what the text says."""
    rules = {name: text for name, (text, _) in RULES.items()}
    opened = open_pack(toy(tmp_path, rules, PACK.replace("actions:\n", DERIVED)), with_engine=False)
    tally = Tally(opened.pack)
    by_shape = statuses(tally.coverage())
    for text in cases():
        tally.add(*judged(opened, text))
    seen = {each.rule: {status for status, tests in each.seen.items() if tests} for each in tally.coverage().rules}
    told = {name: set(possible.split()) for name, (_, possible) in RULES.items()}
    assert by_shape == told
    assert seen == told


def test_an_end_that_depends_on_a_reading_makes_no_rule_contestable(tmp_path: Path) -> None:
    head = PACK.replace("{from: 2024-01-01}", "{from: 2024-01-01, until: over}").replace(
        "actions:", "  over: {about: the end, fields: {day: date}, day: day}\nactions:"
    )
    over = "reading: {q: b}\nwhen: [{seal: {of: $x}}, {paper: {of: $x, day: $day}}]\nmeans: [{over: {day: $day}}]"
    reads = "when: [{act: {id: $action, day: $day}}]\nneeds: [{over: {day: {after: $day}}}]"
    rules = {"toy.over": over, "toy.needs": RULES["toy.needs"][0], "toy.reads-the-end": reads}
    by_shape = statuses(Tally(toy(tmp_path, rules, head)).coverage())
    assert "contested" not in by_shape["toy.needs"]
    assert "contested" in by_shape["toy.reads-the-end"]


def test_what_was_seen_is_possible_whatever_the_shape_says(tmp_path: Path) -> None:
    head = PACK.replace("{from: 2024-01-01}", "{from: 2024-01-01, until: over}").replace(
        "actions:", "  over: {about: the end, fields: {day: date}, day: day}\nactions:"
    )
    over = "reading: {q: b}\nwhen: [{seal: {day: $day}}]\nmeans: [{over: {day: $day}}]"
    head = head.replace("a seal, fields: {id: id,", "a seal, fields: {id: id, day: date,")
    opened = open_pack(toy(tmp_path, {"toy.over": over, "toy.needs": RULES["toy.needs"][0]}, head), with_engine=False)
    tally = Tally(opened.pack)
    facts = "facts: [{seal: {id: S1, day: 2025-05-01}}]"
    tally.add(*judged(opened, f"as-of: 2025-12-01\n{facts}\nactions: [{{act: {{id: A1, day: 2025-06-01}}}}]\n"))
    (needs,) = (each for each in tally.coverage().rules if each.rule == "toy.needs")
    assert needs.seen["contested"] == 1


# --- silence ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "expect", "tests"),
    [
        ("actions: [{act: {id: A1, purpose: plain, day: 2025-06-01}}]", "{}", 1),
        ("actions: [{act: {id: A1, purpose: bad, day: 2025-06-01}}]", "{}", 0),
        ("actions: [{act: {id: A1, purpose: bad, day: 2023-06-01}}]", "{}", 1),
        ("actions: [{act: {id: A1, day: 2025-06-01}}]", "{}", 0),  # it may apply
        ("actions: [{ping: {id: A1}}]", "{}", 0),  # the case holds nothing that the rule speaks of
        ("actions: [{ping: {id: A1}}]", "{toy.forbids-the-act: silent}", 1),
        ("actions: [{ping: {id: A1}}]", "{toy.forbids-the-act@A1: silent}", 1),
    ],
)
def test_a_rule_is_silent_where_what_it_speaks_of_is_there_or_a_test_says_so(
    case: str, expect: str, tests: int, tmp_path: Path
) -> None:
    name = "toy.forbids-the-act"
    opened = open_pack(toy(tmp_path, {name: RULES[name][0]}), with_engine=False)
    tally = Tally(opened.pack)
    tally.add(*judged(opened, f"as-of: 2025-04-01\n{case}\n", expect))
    assert tally.coverage().rules[0].seen["silent"] == tests


@pytest.mark.parametrize(("facts", "tests"), [("{paper: {id: P1, of: A1}}", 1), ("{seal: {id: S1, of: A1}}", 0)])
def test_a_rule_without_an_action_speaks_of_the_first_fact_it_names(facts: str, tests: int, tmp_path: Path) -> None:
    rule = "when: [{paper: {of: $x}}, {seal: {of: $x}}]\nforbids: [{waiver: {of: $x}}]"
    opened = open_pack(toy(tmp_path, {"toy.rule": rule}), with_engine=False)
    tally = Tally(opened.pack)
    tally.add(*judged(opened, f"as-of: 2025-04-01\nfacts: [{facts}]\n"))
    assert tally.coverage().rules[0].seen["silent"] == tests


# --- definitions and permissions --------------------------------------------------


@pytest.mark.parametrize(
    ("paper", "fires", "displaces"),
    [
        ("{paper: {id: P1, of: A1, day: 2025-05-01}}", 1, 0),  # the rule is satisfied: there is nothing to displace
        ("{paper: {id: P1, of: A1, day: 2023-05-01}}", 0, 0),
        ("{paper: {id: P1, of: A1}}", 0, 0),  # it only may fire
        ("", 0, 1),
    ],
)
def test_definitions_fire_for_certain_and_permissions_displace(
    paper: str, fires: int, displaces: int, tmp_path: Path
) -> None:
    rules = {name: RULES[name][0] for name in ("toy.permit", "toy.permitted")}
    rules["toy.passed"] = "when: [{paper: {of: $x, day: {after: 2024-01-01}}}]\nmeans: [{passed: {of: $x}}]"
    head = PACK.replace("actions:", "  passed: {about: derived from a paper, fields: {of: id}}\nactions:")
    tally = Tally((opened := open_pack(toy(tmp_path, rules, head), with_engine=False)).pack)
    act = "actions: [{act: {id: A1, purpose: special, day: 2025-06-01}}]"
    tally.add(*judged(opened, f"as-of: 2025-05-02\nfacts: [{paper}]\n{act}\n"))
    seen = {each.rule: each.seen for each in tally.coverage().rules}
    assert (seen["toy.passed"]["fires"], seen["toy.permit"]["displaces"]) == (fires, displaces)


# --- counting ---------------------------------------------------------------------


def test_only_tests_that_pass_show_anything(tmp_path: Path) -> None:
    pack = pack_with_a_test(tmp_path)
    wrong = f"{TEST}expect: {{toy.needs: satisfied}}\n"
    undated = TEST.replace("as-of: 2025-04-01\n", "") + "expect: {toy.needs: violated}\n"
    (pack / "tests" / "wrong.yaml").write_text(f"{wrong}---\n{undated}", "utf-8")
    results = run_tests((str(pack),), engine="referee")
    assert (results.passed, len(results.failures)) == (1, 2)
    (coverage,) = results.coverage
    assert coverage.rules[0].seen == {"violated": 1, "satisfied": 0, "undetermined": 0, "silent": 0}
    assert (coverage.shown, coverage.allowed, coverage.percent) == (1, 4, 25)


def test_a_pack_named_in_two_ways_is_one(tmp_path: Path) -> None:
    pack = pack_with_a_test(tmp_path)
    (coverage,) = run_tests((str(pack), str(tmp_path / "toy" / ".." / "toy")), engine="referee").coverage
    assert coverage.rules[0].seen["violated"] == 2


def test_percentages_are_rounded_down() -> None:
    seen = RuleCoverage("a.b", "means", {"fires": 1})
    unseen = RuleCoverage("a.c", "means", {"fires": 0})
    assert PackCoverage("toy", (seen,) * 199 + (unseen,)).percent == 99
    assert PackCoverage("toy", (seen,) * 199).percent == 100
    assert PackCoverage("toy", ()).percent == 100


# --- what is printed --------------------------------------------------------------

SOME = PackCoverage(
    "toy",
    (
        RuleCoverage("toy.first", "needs", {"violated": 12, "satisfied": 3, "undetermined": 0, "silent": 1}),
        RuleCoverage("toy.second", "forbids", {"violated": 1, "satisfied": 1, "pending": 0}),
        RuleCoverage("toy.period", "means", {"fires": 0}),
        RuleCoverage("toy.allowed", "permits", {"displaces": 0}),
    ),
)
TABLE = """\
Coverage of toy

rule        violated  satisfied  undetermined  pending  silent
toy.first         12          3             0        -       1
toy.second         1          1             -        0       -

definition  fires
toy.period      0

permission   displaces
toy.allowed          0

"""
MISSING = """\
toy.first is never seen undetermined: a case that leaves out what it looks at
toy.second is never seen pending: a case judged while there is still time, and not yet met
toy.period never fires: a case from which it follows for certain
toy.allowed never displaces another rule: a case that breaks one, and is permitted

toy: tests saw 5 of 9 statuses that rules can have, 55%"""


def test_the_table() -> None:
    assert report.render(SOME, Look(), 0) == f"{TABLE}{MISSING}\n"


def test_a_narrow_table_has_short_headings() -> None:
    told = report.render(SOME, Look(width=50), 0).splitlines()
    assert told[2:4] == [
        "rule        viola.  satis.  undet.  pendi.  silent",
        "toy.first       12       3       0       -       1",
    ]


def test_quietly_only_what_falls_short_is_told() -> None:
    assert report.render(SOME, Look(quiet=True), 55) == ""
    assert report.render(SOME, Look(quiet=True), 56) == f"{MISSING}; wanted: 56%\n"


def test_colour_changes_nothing_but_colour() -> None:
    painted = report.render(SOME, Look(colour=True), 56)
    assert "\x1b[31m0\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == f"{TABLE}{MISSING}; wanted: 56%\n"


@pytest.mark.parametrize(
    ("arguments", "status", "lines"),
    [
        ((), 0, 0),
        (("--coverage",), 0, 1),
        (("--coverage", "--fail-under", "25"), 0, 1),
        (("--fail-under", "26"), 1, 1),
        (("--fail-under", "26", "--quiet"), 1, 1),
        (("--fail-under", "25", "--quiet"), 0, 0),
        (("--fail-under", "101"), 2, 0),
    ],
)
def test_coverage_alone_fails_nothing(arguments: tuple[str, ...], status: int, lines: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "checker", "test", str(pack_with_a_test(tmp_path)), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout.count("toy.needs is never seen satisfied: ")) == (status, lines)
