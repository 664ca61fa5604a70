"""Changes of a case: a fact added, a field given another value, an action dropped; and the same as a JSON Patch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal, NamedTuple

from checker.model import Case, Fact, Given, Pack
from checker.values import Unknown, Value, in_json
from checker.verdict import Json, PatchStep

_ADDED = "added:"  # where a path in the case would stand
Kind = Literal["add", "set", "drop"]


class Change(NamedTuple):
    """One change.

    `add`: `fact` joins the facts. `set`: `field` of what stands at `path` becomes `value`. `drop`: it goes.
    """

    kind: Kind
    fact: Fact
    path: str = ""
    field: str = ""
    value: Value | None = None


def changed(case: Case, changes: Iterable[Change], pack: Pack) -> Case:
    """The case with the changes made, one after another."""
    for change in changes:
        case = replace(case, given=tuple(_given(case, change, pack)))
    return case


def _given(case: Case, change: Change, pack: Pack) -> Iterator[Given]:
    for given in case.given:
        if given.path != change.path or change.kind == "add":
            yield given
        elif change.kind == "set" and change.value is not None:
            yield given._replace(fact=with_value(pack, given.fact, change.field, change.value))
    if change.kind == "add":
        name = str(value_of(pack, change.fact, "id") or change.fact.type)
        yield Given(change.fact, name, case.place, {}, f"{_ADDED}{name}")


def is_added(given: Given) -> bool:
    """Whether a change added it, so that the case as written does not have it."""
    return given.path.startswith(_ADDED)


def value_of(pack: Pack, fact: Fact, field: str | None) -> Value | None:
    """The value of a field; None for a field the type lacks."""
    names = list(pack.types[fact.type].fields)
    return fact.values[names.index(field)] if field in names else None


def with_value(pack: Pack, fact: Fact, field: str, value: Value) -> Fact:
    """The fact with another value in a field."""
    names = list(pack.types[fact.type].fields)
    return Fact(fact.type, tuple(value if name == field else old for name, old in zip(names, fact.values, strict=True)))


def patch(case: Case, changes: tuple[Change, ...], pack: Pack, *, has_facts: bool) -> tuple[PatchStep, ...]:
    """The changes as a JSON Patch on the case as it is written. `has_facts`: it has a list `facts`."""
    steps: list[PatchStep] = []
    for change in changes:
        if change.kind == "set" and change.value is not None:
            steps.append(_set(case, change, change.value))
        elif change.kind == "add":
            value: Json = {change.fact.type: dict(_stated(pack, change.fact))}
            if not has_facts:
                steps.append(PatchStep("add", "/facts", []))
            steps.append(PatchStep("add", "/facts/-", value))
            has_facts = True
    written = (change.path for change in changes if change.kind == "drop" and not change.path.startswith(_ADDED))
    dropped = sorted(written, key=_last_first)
    whole = (path.rpartition("/")[0] for path in dropped)  # `/actions/0`, not the mapping below it
    return (*steps, *(PatchStep("remove", path) for path in whole))


def _last_first(path: str) -> tuple[str, int]:
    """Of one list the later first, so that what is left keeps its number."""
    parts = path.split("/")
    return parts[1], -int(parts[2]) if len(parts) > 2 and parts[2].isdigit() else 0  # noqa: PLR2004 - a list's item


def _set(case: Case, change: Change, value: Value) -> PatchStep:
    given = next((each for each in case.given if each.path == change.path), None)
    known = given is not None and change.field in given.values
    return PatchStep("replace" if known else "add", f"{change.path}/{change.field}", in_json(value))


def _stated(pack: Pack, fact: Fact) -> Iterator[tuple[str, Json]]:
    """The fields worth stating: not those left open, nor those that are so anyway."""
    for field, value in zip(pack.types[fact.type].fields.values(), fact.values, strict=True):
        if not isinstance(value, Unknown) and value != field.default and field.name != "proposed":
            yield field.name, in_json(value)
