"""The examples of docs/language.md: each that is marked is loaded or run, and each key of the language has one.

`pack` is a `pack.yaml`; `rules` a file beside it, or only its rules; `case` is judged by the rules that its part of
the page shows, or by the shipped pack it names, and has to come to what it expects. The parts of a section share the
section's pack; without one it is `HEAD`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pages import blocks, page

from checker.errors import PackError
from checker.lint.runner import Asked, lint
from checker.load import load_file, plain
from checker.pack import load_pack
from checker.testing import run_tests

PAGE = page("language.md")
_SCHEMA = Path(__file__).resolve().parent.parent / "checker" / "schemas" / "pack.schema.json"
DEFS = json.loads(_SCHEMA.read_text("utf-8"))["$defs"]
BLOCKS = tuple(DEFS["block"]["properties"])
HEAD = """\
pack: reference
version: 0.1.0
title: The head of the examples on rules
parties: [russia, china]
in-force: {from: 2024-07-18}
rounding: down
sources: {S13: {title: A press report, basis: press-quote}}
clauses: {duration: {says: how long it lasts, basis: press-quote, encoded: yes}}
readings:
  end-day:
    ask: Which day is the last?
    options: {corresponding: the same, before: the day before}
    default: corresponding
  notice-clock: {ask: What counts?, options: {receipt: receipt, dispatch: dispatch}, default: receipt}
types:
  agreement: {fields: {id: id, in-force: date}, world: closed}
  period: {fields: {number: integer, start: date, end: date, counted-from: date}, counter: number, world: closed}
  notice:
    fields:
      id: id
      from: actor
      to: actor
      to-end: integer
      form: {one-of: [written, oral]}
      channel: {one-of: [diplomatic, public]}
      sent: date
      received: date
    day: received
    world: closed
  mutual-consent: {fields: {to: text, day: date}, day: day, world: closed}
actions:
  terminate: {fields: {id: id, by: actor, effective: date}, day: effective}
"""


class Part(NamedTuple):
    """What a part of the page shows: the head of a pack, files of rules, cases."""

    name: str
    head: str
    rules: tuple[str, ...]
    cases: tuple[str, ...]

    def write(self, folder: Path) -> None:
        """Make the pack that it shows."""
        folder.mkdir()
        (folder / "pack.yaml").write_text(self.head, "utf-8")
        for number, text in enumerate(self.rules):
            listed = "rules:\n" + text if text.startswith("- ") else text
            (folder / f"rules-{number}.yaml").write_text(listed, "utf-8")


def parts() -> Iterator[Part]:
    for section in re.split(r"(?m)^## ", PAGE)[1:]:
        opening, *more = re.split(r"(?m)^### ", section)
        head = "".join(marked(opening, "pack")) or HEAD
        for text in (opening, *more):
            if any(block.mark for block in blocks(text)):
                yield Part(text.partition("\n")[0], head, marked(text, "rules"), marked(text, "case"))


def marked(text: str, mark: str) -> tuple[str, ...]:
    return tuple(block.text for block in blocks(text) if block.mark == mark)


PARTS = list(parts())


def test_every_block_is_marked() -> None:
    read = blocks(PAGE)
    assert len(read) == PAGE.count("\n```") / 2
    assert {(block.language, block.mark) for block in read} == {("yaml", "pack"), ("yaml", "rules"), ("yaml", "case")}
    assert sum(len(part.rules) + len(part.cases) for part in PARTS) == sum(block.mark != "pack" for block in read)


@pytest.mark.parametrize("part", PARTS, ids=[part.name for part in PARTS])
def test_it_is_loaded_and_comes_to_what_it_says(part: Part, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    part.write(folder)
    load_pack(folder)
    if part.cases:
        tests = folder / "tests" if part.rules else tmp_path  # without rules the case is of a shipped pack
        tests.mkdir(exist_ok=True)
        for number, text in enumerate(part.cases):
            (tests / f"case-{number}.yaml").write_text(text, "utf-8")
        ran = run_tests(tuple(str(path) for path in sorted(tests.glob("case-*.yaml"))))
        assert [*ran.failures, *ran.problems] == []
        assert ran.passed == len(part.cases)


def test_the_property_it_shows_holds_and_could_be_broken(tmp_path: Path) -> None:
    pytest.importorskip("clingo")
    (part,) = [part for part in PARTS if "\nalways:" in "".join(part.rules)]
    (text,) = part.rules
    kept = "licence: {for: $action, day: {before: $day}}"
    assert kept in text
    assert _broken(part, tmp_path / "kept") == []
    late = part._replace(rules=(text.replace(kept, "licence: {for: $action}"),))
    assert _broken(late, tmp_path / "late") == ["export.never-alone"]


def _broken(part: Part, folder: Path) -> list[str]:
    part.write(folder)
    linted = lint((str(folder),), Asked(select=("broken-property",)))
    assert not linted.problems
    return [each.about for each in linted.findings]


# --- every key has an example -------------------------------------------------------------------


def declared() -> set[tuple[str, str]]:
    """Every key of the language, by what it is a key of; those that blocks share with rules once."""
    shared = set(DEFS["rule-keys"]["properties"])
    found = {("file", key) for key in DEFS["file"]["properties"]}
    for name in ("source", "clause", "type", "action", "question", "property", "rule-keys", "retired", "test", "count"):
        found |= {(name, key) for key in DEFS[name]["properties"]}
    found |= {("item", key) for key in DEFS["item"]["properties"]}
    return found | {(name, key) for name in BLOCKS for key in set(DEFS[f"{name}-block"]["properties"]) - shared}


def shown(tmp_path: Path) -> set[tuple[str, str]]:
    """Every key that the examples show."""
    found: set[tuple[str, str]] = set()
    for number, part in enumerate(PARTS):
        part.write(tmp_path / str(number))
        for path in (tmp_path / str(number)).iterdir():
            if part.head != HEAD or path.name != "pack.yaml":
                (document,) = load_file(path, error=PackError)
                found |= set(_keys(plain(document.root)))
    return found


_LISTED = {"sources": "source", "clauses": "clause", "types": "type", "actions": "action", "readings": "question"}


def _keys(file: Any) -> Iterator[tuple[str, str]]:
    for key, value in file.items():
        yield "file", key
        for each in value.values() if key in _LISTED else ():
            yield from ((_LISTED[key], name) for name in each)
    for each in file.get("always", ()):
        yield from (("property", name) for name in each)
        yield from _items([{"absent": each["absent"]}])
    for rule in file.get("rules", ()):
        name, keys = next(iter(rule.items())) if len(rule) == 1 else ("rule-keys", rule)
        yield from ((name, key) for key in keys)
        yield from (("retired", key) for key in keys.get("retired", ()))
        for body in ("when", "needs", "owes", "forbids", "unless"):
            if isinstance(keys.get(body), list):
                yield from _items(keys[body])


def _items(listed: list[Any]) -> Iterator[tuple[str, str]]:
    for item in listed:
        for key, value in item.items():
            if key not in DEFS["item"]["properties"]:
                yield from (("test", op) for test in value.values() if isinstance(test, dict) for op in test)
                continue
            yield "item", key
            if key == "count":
                yield from (("count", name) for name in value)
                yield from _items([value["of"]])
            elif key in ("any", "all", "unless"):
                yield from _items(value)
            elif key == "absent":
                yield from _items([value])


def test_every_key_of_the_language_has_an_example(tmp_path: Path) -> None:
    assert declared() - shown(tmp_path) == set()
