"""Blocks: what they stand for is core language that can be read again, and what is wrong in one is told of its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from checker import load_pack
from checker.errors import PackError, Place
from checker.load import load, plain
from checker.model import Pack, Pattern
from checker.pack import load_pack as read_pack
from checker.report.expansion import blocks, expansion
from checker.shelf import packs_folder
from checker.terminal import Look

PACKS = sorted(folder.name for folder in packs_folder().iterdir() if (folder / "pack.yaml").is_file())
NOWHERE = Place("nowhere")
PLAIN = Look(colour=False, width=100)


def bare(each: Any) -> Any:
    """A noun without its places, and without the block it comes from."""
    if isinstance(each, Place):
        return NOWHERE
    if isinstance(each, tuple) and hasattr(each, "_fields"):
        kept = {name: bare(value) for name, value in zip(each._fields, each, strict=True) if name != "block"}
        if isinstance(each, Pattern):
            kept["tests"] = sorted(kept["tests"], key=repr)  # in which order one fact is tested is the same
        return (type(each).__name__, tuple(kept.items()))
    if isinstance(each, tuple):
        return tuple(map(bare, each))
    if isinstance(each, Mapping):
        return {name: bare(value) for name, value in each.items()}
    return each


def in_core_language(pack: Pack, folder: Path) -> Pack:
    """The pack with each block replaced by its expansion, written to files and read again."""
    import yaml  # noqa: PLC0415 - only to write test files

    for path in sorted(Path(pack.folder).glob("*.yaml")):
        data: Any = plain(load(path.read_bytes(), path.name, error=PackError)[0].root)
        data["rules"] = [rule for rule in data.get("rules", []) if "id" in rule]
        if path.name == "pack.yaml" and pack.force.ended_by:
            data["in-force"] |= {"until": pack.force.ended_by}
        (folder / path.name).write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    for block in blocks(pack):
        (folder / f"x-{block}.yaml").write_text(expansion(block, pack, PLAIN))
    return read_pack(folder)


@pytest.mark.parametrize("name", PACKS)
def test_an_expansion_read_again_is_the_same_pack(name: str, tmp_path: Path) -> None:
    pack = load_pack(name).pack
    assert blocks(pack)
    again = in_core_language(pack, tmp_path)
    assert {rule.id for rule in pack.rules.values()} == set(again.rules)
    for rule in pack.rules.values():
        assert bare(rule) == bare(again.rules[rule.id]), rule.id
    assert {name: bare(kind) for name, kind in pack.types.items()} == {
        name: bare(kind) for name, kind in again.types.items()
    }
    assert set(pack.facts) == set(again.facts)


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_of_a_block_bears_its_id(name: str) -> None:
    for rule in load_pack(name).pack.rules.values():
        family, _, element = rule.id.partition("/")
        assert (rule.block is not None) or not element
        assert rule.block in (None, family)


HEAD = """\
pack: toy
version: 0.1.0
title: A toy
parties: [here, there]
in-force: {from: 2024-07-18}
types:
  note:
    fields: {id: id, from: actor, to: actor, to-end: integer, form: text, sent: date, received: date}
    day: received
    world: closed
  side: {fields: {name: actor, of: id}, world: closed}
  deal: {fields: {id: id, agency: actor, partner: actor, signed: date}, day: signed, world: open}
actions:
  leave: {fields: {id: id, by: actor, day: date}, day: day}
  join: {fields: {id: id, by: actor, partner: actor, day: date}, day: day}
  claim: {fields: {id: id, by: actor, against: actor, ground: text, day: date}, day: day}
  begin: {fields: {id: id, by: actor, stage: id, day: date}, day: day}
readings:
  end-day: {ask: When?, options: {a: On it, b: Before it}, default: a}
rules:
"""
TERM = "- term: {id: term.it, title: It lasts, basis: seed, starts: 2024-07-18, lasts: P20Y, renews: P5Y"
NOTICE = """\
- notice:
    {id: notice.it, title: It needs notice, basis: seed, of: leave, with: note, by: party, to: other-party,
    at-least: P1Y, before: end of period"""
WRONG = f"""
{TERM}, unless: notice.that}}|:107: unknown block of a notice `notice.that`
{TERM}, ends-on: {{reading: end-dai, a: corresponding, b: day-before}}}}|unknown reading `end-dai`; did you mean `end-day`?
{TERM}, ends-on: {{reading: end-day, a: corresponding, c: day-before}}}}|unknown option `c` of `end-day`
{TERM}, ends-on: later}}|`ends-on`
{TERM}, begins: 2024-07-18}}|unknown key `begins`
{NOTICE}, channel: post}}|unknown field `channel` of `note`
{NOTICE.replace("of: leave", "of: leaf")}}}|unknown type `leaf`; did you mean `leave`?
{NOTICE.replace("with: note", "with: not")}}}|unknown type `not`
- route: {{id: in.it, title: In, basis: seed, of: joyn, by-agreement: deal, among: [a, b], with: all}}|unknown type `joyn`
- route: {{id: in.it, title: In, basis: seed, of: join, by-agreement: deel, among: [a, b], with: all}}|unknown type `deel`
- route: {{id: in.it, title: In, basis: seed, of: join, by-agreement: deal, among: [a, b], with: some}}|`with`
- stages: {{id: s.it, title: S, basis: seed, of: begin, order: [one, two], once: {{three: closed}}}}|`three` is no stage of `order`
- quota: {{id: q.it, title: Q, basis: seed, of: joins, at-most: 5}}|unknown type `joins`
- quota: {{id: q.it, title: Q, basis: seed, of: join, at-most: five}}|`at-most`
- quota: {{id: q.it, title: Q, basis: seed, of: join, at-most: 5, per: [partners]}}|unknown field `partners` of `join`
- waiver: {{id: w.it, title: W, basis: seed, of: claim, among: sides}}|unknown type `sides`; did you mean `side`?
- consent: {{id: c.it, title: C, basis: seed, of: join, with: deal, from: $whom}}|`$whom` is not bound here
"""  # noqa: E501 - a wrong block and what is told of it, a line each


def reading(text: str, folder: Path) -> Pack:
    (folder / "pack.yaml").write_text(HEAD + text + "\n")
    return read_pack(folder)


@pytest.mark.parametrize("wrong", re.split(r"\n(?=- )", WRONG.strip("\n")))
def test_what_is_wrong_in_a_block_is_told_of_its_line(wrong: str, tmp_path: Path) -> None:
    text, _, told = wrong.rpartition("|")
    with pytest.raises(PackError) as caught:
        reading(text, tmp_path)
    lines = range(HEAD.count("\n") + 1, HEAD.count("\n") + 2 + text.count("\n"))
    assert any(told in str(problem) for problem in caught.value.problems), "\n".join(map(str, caught.value.problems))
    assert all(problem.place and problem.place.line in lines for problem in caught.value.problems)


def test_a_term_can_start_on_a_day(tmp_path: Path) -> None:
    pack = reading(f"{TERM}}}\n", tmp_path)
    assert [fact.type for fact in pack.facts] == ["term-start"]
    assert pack.force.ended_by is None  # nothing ends it
    assert set(pack.rules) == {"term.it", "term.it/renewal"}


def test_types_that_the_author_declares_stand(tmp_path: Path) -> None:
    fields = "{number: integer, start: date, end: date, counted-from: date}"
    types = f"  period: {{about: Mine, fields: {fields}, counter: number}}\n"
    (tmp_path / "pack.yaml").write_text(HEAD.replace("types:\n", f"types:\n{types}") + TERM + "}\n")
    assert read_pack(tmp_path).types["period"].about == "Mine"
