"""A fitting document passes cheaply; any other is told in exact words; and the compiled answer is jsonschema's answer.

`tests/bad/shape/` holds misshapen pack files, each with its `.txt`: the words, whole.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sample_results import everything

from checker.errors import PackError, Problem, Span
from checker.load import Document, Node, load, load_file, plain
from checker.report.json import dump, report
from checker.results import SCHEMA
from checker.shape import misshapen, shipped, shipped_text
from checker.shape_fit import compiled

BAD = sorted((Path(__file__).parent / "bad" / "shape").glob("*.yaml"))

HEAD = """\
pack: isls
version: 0.1.0-rc.1+build
title: Agreement on cooperation
parties: [russia, china]
in-force: {from: 2024-07-18, until: term-ended}
rounding: down
names: {russia: {en: Russia, ru: Россия, zh: 俄罗斯}}
sources:
  S13: {title: A work, url: "https://example.org/a?b=c#d", basis: press-quote, date: 2024-07, lang: zh-Hans, note: Read}
clauses:
  duration: {says: twenty years, basis: press-quote, encoded: yes}
  financing: {says: unknown, encoded: no, why: text not seen}
types:
  notice:
    about: A notification.
    fields: {id: id, from: actor, to-end: integer, form: {one-of: [written, oral, yes, true]}, day: date}
    day: day
    world: closed
    choice: [form, day]
    default: {form: none}
  period: {fields: {number: integer, length: duration}, counter: number, given: yes}
actions:
  terminate: {about: End, fields: {id: id, by: actor, day: date}, day: day, choice: [day], free: no, default: {by: x}}
readings:
  partner-routing: {ask: Who?, options: {both: each, either: one}, default: both, cites: [S13, {source: S13, quote: a}]}
facts:
- agreement: {id: isls, in-force: 2024-07-18}
"""
RULES = """\
always:
- id: notice.never-late
  title: No late notice ends a period
  absent: {all: [{period: {number: $n}}, {absent: {notice: {to-end: $n}}}]}
rules:
- id: notice.termination
  title: A notice a year before
  clause: duration
  cites: [{source: S13, quote: at least one year before}]
  basis: press-quote
  by: $party
  towards: other-party
  when:
  - terminate: {id: $action, by: $party, day: $day}
  needs:
  - period: {number: $n, end: $end}
  - compare: [$day, in, [$end, $end + P1D]]
    reading: {partner-routing: both}
  - any:
    - notice: {from: $party, to-end: 1, day: {on-or-before: $end - P1Y, not: none}}
    - all: [notice: {}, period: {number: {in: [1, 2.5, $n]}}]
  - absent: {all: [notice: {form: {like: "w*"}}]}
  - count: {of: {notice: {day: {after: $day, before: $day, on-or-after: $day}}}, at-least: 1, at-most: 5}
  - count: {of: {notice: {to-end: {at-least: 1, at-most: 2, more-than: 0, less-than: $n, is: 1}}}, more-than: 0}
  - count: {of: {notice: {}}, less-than: 3, is: $n}
  due: $day - P1Y
  unless:
  - mutual-consent: {to: terminate}
    reading: {partner-routing: either}
    unless:
    - waiver: {}
      unless: [absent: {notice: {}}]
    - count: {of: {notice: {}}, is: 2}
      reading: {partner-routing: both}
    - any: [notice: {}]
    - all: [notice: {}]
    - compare: [1, less-than, 2]
  instead-of: [notice.other]
  per: [$party]
  survives: yes
  before-force: no
  also-done: true
  if-not: no-effect
  severity: error
  valid: {from: 2024-07-18, until: 2044-07-18}
  reading: {partner-routing: both}
  then-owes: [leak.notify]
  say: {en: "{party} gave no notice", ru: Нет, zh: 没有}
  remedy: Give notice
- {id: notice.old, title: T, retired: {since: 2026-01-01, why: {en: Replaced}}, needs: [notice: {}], owes: [notice: {}]}
- term:
    {id: term.all, title: T, clause: c, cites: [S13], basis: seed, starts: {agreement: in-force}, lasts: P20Y,
    renews: P5Y, ends-on: {reading: end, a: corresponding, b: day-before}, unless: notice.all}
- notice:
    {id: notice.all, title: T, basis: seed, of: terminate, with: notice, by: party, to: other-party, form: written,
    channel: diplomatic, at-least: P1Y, before: end of period, counted-by: received, days: inclusive, late: void,
    early: {reading: early, a: counts, b: next-only}}
- stages:
    {id: stages.all, title: T, basis: seed, of: start, order: [one, two], once: {two: closed}, closed-by: done,
    work: work, holds: {one: [a, b], two: c}}
- route: {id: route.all, title: T, basis: seed, of: [join], by-agreement: deal, among: [a, b], with: all, left-by: left}
- consent: {id: consent.all, title: T, basis: seed, of: give, about: [x], with: yes-to, from: $owner, or-side-by: body}
- quota: {id: quota.all, title: T, basis: seed, of: fly, at-most: 5, per: [by]}
- waiver: {id: waiver.all, title: T, basis: seed, of: claim, among: body, not-for: [a], in-doubt: b}
- {id: leak.notify, title: Tell, basis: seed, when: [leak: {}], owes: [notice: {}], due: none}
- {id: leak.none, title: None, basis: seed, when: [agreement: {}], forbids: [leak: {}]}
- {id: leak.free, title: May, basis: sibling, when: [leak: {}], permits: yes, overrides: [notice.termination/form]}
- {id: term.next, title: Goes on, basis: inference, means: [period: {number: $n + 1, of: yes}], until: 2064-07-18}
"""


def document(text: str, name: str = "pack.yaml") -> Document:
    return load(text, name, error=PackError)[0]


def nodes(data: object) -> Node:
    """Data as nodes, all in one place."""
    value: Any = data
    if isinstance(data, dict):
        value = {name: nodes(each) for name, each in data.items()}
    elif isinstance(data, list):
        value = [nodes(each) for each in data]
    return Node(value, Span(1, 1, 1, 1), Span(1, 1, 1, 1))


def told(text: str, entry: str = "part") -> list[str]:
    """What is said of a pack file, without the places."""
    return [each.message for each in misshapen(document(text), "pack", entry)]


# --- what fits ----------------------------------------------------------------


def test_a_good_pack_fits() -> None:
    assert misshapen(document(HEAD), "pack", "head") == []
    assert misshapen(document(RULES), "pack", "part") == []
    assert misshapen(document(HEAD + RULES), "pack", "head") == []
    assert misshapen(document(HEAD + RULES), "pack") == []


def test_the_good_pack_uses_every_key() -> None:
    keys = {key for schema in schemas(shipped("pack")) for key in schema.get("properties", ())} - {"quote"}
    assert [key for key in sorted(keys) if f"{key}:" not in HEAD + RULES] == []


def test_a_report_fits() -> None:
    whole: Any = report(everything())
    assert misshapen(document(dump(whole, indent=2), "report.json"), "report") == []
    for case in whole["cases"]:
        line = {"schema": SCHEMA, **case}
        assert misshapen(document(json.dumps(line), "line.json"), "report", "line") == []


def test_a_rule_may_stand_alone_in_each_mode() -> None:
    start = "rules: [{id: a.b, title: T, basis: seed, "
    for end in ("when: [a: {}], needs: [b: {}]", "when: [a: {}], owes: [b: {}], due: none", "means: [a: {}]"):
        assert told(f"{start}{end}}}]") == []


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("https://example.org/%D0%9B#x", True),
        ("http://a", True),
        ("https://", False),
        ("javascript:alert(1)", False),
        (" https://a", False),
        ("https://a b", False),
        ('https://a"onclick', False),
        ("https://a<b", False),
        ("HTTPS://a", False),
    ],
)
def test_only_web_addresses_may_be_followed(address: str, *, fits: bool) -> None:
    assert (told(f"sources: {{S1: {{title: T, basis: seed, url: '{address}'}}}}") == []) is fits


@pytest.mark.parametrize("key", ["pack", "version"])
def test_a_line_end_is_not_the_end(key: str) -> None:
    """`$` matches before a last line end in Python, so that a pattern alone would let it pass."""
    text = {"pack": "isls", "version": "0.1.0", "title": "T"}
    text[key] += "\n"
    assert len(misshapen(document(json.dumps(text), "a.json"), "pack", "head")) == 1


# --- what is said of what does not --------------------------------------------


@pytest.mark.parametrize("pack", BAD, ids=lambda path: path.stem)
def test_refused(pack: Path) -> None:
    bad = load_file(pack, error=PackError)[0]
    problems = misshapen(bad, "pack", "head" if pack.stem == "head" else "part")
    here = f"{pack.parent}/"
    assert "".join(f"{each}\n".removeprefix(here) for each in problems) == pack.with_suffix(".txt").read_text("utf-8")
    check_manners(problems)


def check_manners(problems: list[Problem]) -> None:
    assert problems == sorted(set(problems))
    for problem in problems:
        assert problem.place is not None
        message = problem.message
        assert message.isprintable(), message
        assert message[0] == "`" or message[0].islower(), message
        assert not message.endswith((".", " ")), message
        for word in ("Additional", "properties", " of type ", "does not match", "valid under", "None", "Decimal("):
            assert word not in message.replace("`None`", ""), message


def test_a_fault_stands_where_it_is() -> None:
    text = (
        "rules:\n- id: a.b\n  sevrity: error\n  basis: seed\n  title: T\n  due: 5\n  when: [a: {}]\n  needs: [a: {}]\n"
    )
    assert [str(each) for each in misshapen(document(text), "pack", "part")] == [
        "pack.yaml:3:3: unknown key `sevrity`; did you mean `severity`?",
        "pack.yaml:6:8: `due` is the number `5`; it must be a day such as `$day - P1Y`, or none",
    ]


def test_a_misspelt_key_is_not_also_missing() -> None:
    assert told("rules: [{id: a.b, titel: T, basis: seed, means: [a: {}]}]") == [
        "unknown key `titel`; did you mean `title`?"
    ]
    assert told("rules: [{id: a.b, title: T, basis: seed, when: [a: {}], forbid: [a: {}]}]") == [
        "unknown key `forbid`; did you mean `forbids`?"
    ]


def test_two_modalities_are_one_fault() -> None:
    text = "rules: [{id: a.b, title: T, basis: seed, when: [a: {}], means: [a: {}], owes: [a: {}], by: $x, until: 5-5}]"
    assert told(text) == [
        "a rule has exactly one of needs, owes, forbids, permits, means; this one has means and owes",
        "`until` is `5-5`; it must be a day such as 2024-07-18",
    ]


def test_faults_of_a_report() -> None:
    whole: Any = report(everything())
    whole["schema"] = "servanda-report-2"
    whole["cases"][0]["findings"][0]["location"]["line"] = 0
    whole["cases"][0]["findings"][0]["status"] = "ok"
    del whole["summary"]["cases"]
    assert [each.message for each in misshapen(document(json.dumps(whole), "r.json"), "report")] == [
        "`schema` is `servanda-report-2`; use servanda-report-1",
        "`summary` needs `cases`: a whole number from 0",
        "`status` is `ok`; use violated, contested, undetermined, pending, excused, overridden or satisfied",
        "`line` is the number `0`; it must be a whole number from 1",
    ]


def test_many_faults_are_told_in_no_time() -> None:
    bad = document("rules:\n" + "- {id: 5, nedes: [a: {}]}\n" * 300)
    begin = time.perf_counter()
    assert len(misshapen(bad, "pack", "part")) == 1200
    assert time.perf_counter() - begin < 20


# --- the two answers ----------------------------------------------------------


def schemas(schema: object) -> Iterator[dict[str, Any]]:
    """A schema and all schemas in it."""
    if isinstance(schema, dict):
        yield schema
        for key, each in schema.items():
            if key in ("$defs", "properties", "dependentSchemas"):
                for inner in each.values():
                    yield from schemas(inner)
            elif key not in ("enum", "const", "required", "dependentRequired"):
                yield from schemas(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from schemas(each)


def words_of(name: str) -> list[Any]:
    """Every key and option of a schema, and values of other kinds, some of which it wants."""
    keys = {key for each in schemas(shipped(name)) for key in each.get("properties", ())}
    options = {str(option) for each in schemas(shipped(name)) for option in each.get("enum", ())}
    others = ["", "$x", "$", "x\n", "2024-07-18\n", "2024-7-18", "a.b", "X", "0.1.0", "https://a", "é", "x" * 50]
    return [*sorted(keys | options), *others, None, True, False, 0, 1, -7, Decimal("2.5"), Decimal("-0.1"), [], {}]


WORDS = {name: words_of(name) for name in ("pack", "report")}
WHOLE: Any = report(everything())
GOOD: dict[tuple[str, str], Any] = {
    ("pack", ""): plain(document(HEAD + RULES).root),
    ("pack", "head"): plain(document(HEAD).root),
    ("pack", "part"): plain(document(RULES).root),
    ("report", ""): WHOLE,
    ("report", "line"): {"schema": SCHEMA, **WHOLE["cases"][0]},
}
FITS = {each: compiled(shipped(each[0]), each[1]) for each in GOOD}


def with_entry(name: str, entry: str) -> dict[str, Any]:
    return {"$defs": shipped(name)["$defs"], "$ref": f"#/$defs/{entry}"} if entry else shipped(name)


SECOND = {each: Draft202012Validator(with_entry(*each)) for each in GOOD}


def holders(data: object) -> list[Any]:
    """Every mapping and list in the data that has something in it."""
    found = [data] if isinstance(data, (dict, list)) and data else []
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return found + [each for value in inner for each in holders(value)]


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[tuple[str, str], Any]:
    """A good document with a few things left out, renamed, exchanged, added or moved; now and then it still is good."""
    which = draw(st.sampled_from(sorted(GOOD)))
    data = copy.deepcopy(GOOD[which])
    words = st.sampled_from(WORDS[which[0]])
    for _ in range(draw(st.integers(1, 4))):
        into = draw(st.sampled_from(holders(data) or [{"emptied": True}]))
        key = draw(st.sampled_from(sorted(into) if isinstance(into, dict) else range(len(into))))
        value: Any = draw(
            words | st.sampled_from(holders(GOOD[which])).map(copy.deepcopy) | words.map(lambda word: [word])
        )
        match draw(st.sampled_from(["leave out", "rename", "exchange", "add"])):
            case "leave out":
                del into[key]
            case "exchange":
                into[key] = value
            case "rename" if isinstance(into, dict):
                into[str(draw(words))] = into.pop(key)
            case _ if isinstance(into, dict):
                into[str(draw(words))] = value
            case _:
                into.insert(key, value)
    return which, data


@settings(max_examples=400, deadline=None)
@given(spoilt())
def test_the_answers_are_equal(example: tuple[tuple[str, str], Any]) -> None:
    which, data = example
    fits = FITS[which](nodes(data).value)
    assert fits is SECOND[which].is_valid(data)
    problems = misshapen(Document("a.yaml", nodes(data), 0, "", ""), *which)
    assert bool(problems) is not fits
    check_manners(problems)


@pytest.mark.external
def test_another_validator_agrees() -> None:
    rs: Any = pytest.importorskip("jsonschema_rs")
    third = {each: rs.validator_for(with_entry(*each)) for each in GOOD}

    @settings(max_examples=400, deadline=None)
    @given(spoilt())
    def agrees(example: tuple[tuple[str, str], Any]) -> None:
        which, data = example
        assert FITS[which](nodes(data).value) is third[which].is_valid(data)

    agrees()


@pytest.mark.parametrize("name", ["pack", "report", "waivers", "baseline"])
def test_the_schemas_are_sound(name: str) -> None:
    Draft202012Validator.check_schema(shipped(name))
    assert shipped_text(name).endswith("}\n")
    for entry in shipped(name)["$defs"]:
        compiled(shipped(name), entry)  # knows every keyword
    for each in schemas(shipped(name)):
        assert not {"format", "multipleOf", "patternProperties"} & each.keys()
        assert "\\d" not in each.get("pattern", "")
        assert each.get("additionalProperties", False) is not True
        assert (
            "title" in each or "type" in each or not {"pattern", "minLength", "minItems", "minProperties"} & each.keys()
        )
        assert "title" in each or all("required" in branch for branch in each.get("anyOf", ()))
        asked = each.get("not")
        assert asked is None or "title" in asked, "what `not` says needs words"


@pytest.mark.parametrize("name", ["pack", "report", "waivers", "baseline"])
def test_every_reference_is_used(name: str) -> None:
    text = shipped_text(name)
    unused = [entry for entry in shipped(name)["$defs"] if f'"#/$defs/{entry}"' not in text]
    assert unused == [entry for entry in ("head", "part", "partial-line", "line") if entry in unused]


@pytest.mark.parametrize("letter", ["a", "0", ".", "-", "https://a", "a-"])
def test_no_text_is_slow(letter: str) -> None:
    """Every pattern, on a long text that it nearly matches, in a time that grows with the text alone."""
    begin = time.perf_counter()
    for name in ("pack", "report", "waivers", "baseline"):
        for each in schemas(shipped(name)):
            if "pattern" in each:
                compiled({"pattern": each["pattern"]})(letter * 100_000 + "\n!")
    assert time.perf_counter() - begin < 2


# --- what it costs ------------------------------------------------------------


def test_a_large_pack_is_quick() -> None:
    rules = plain(document(RULES).root)
    assert isinstance(rules, dict)
    rules["rules"] *= 8  # 40 rules
    large, fits = nodes(rules).value, FITS["pack", "part"]
    best = 1.0
    for _ in range(5):
        begin = time.perf_counter()
        assert fits(large)
        best = min(best, time.perf_counter() - begin)
    assert best < 0.02  # about 2 ms where this was written


@pytest.mark.parametrize(("text", "imported"), [("rules: []", False), ("rule: []", True)])
def test_only_a_fault_imports_jsonschema(text: str, *, imported: bool) -> None:
    program = f"""
import sys
from checker.errors import PackError
from checker.load import load
from checker.shape import misshapen
misshapen(load({text!r}, "a.yaml", error=PackError)[0], "pack", "part")
print("jsonschema" in sys.modules, "jsonschema_rs" in sys.modules)
"""
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(imported), "False"]
