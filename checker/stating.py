"""What can be said in a case beyond what it says, and the JSON Patch that says it in the case as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from checker.model import Listing
from checker.splice import patched
from checker.values import Value, in_json
from checker.verdict import Json, PatchStep

Section = Literal["facts", "actions"]
Plain: TypeAlias = "Mapping[str, object]"  # a case as it is written, without places


class FactStated(NamedTuple):
    """A fact, or an action that is proposed, joins the case; `path` is where it stands then."""

    section: Section
    type: str
    fields: tuple[tuple[str, Value], ...]
    path: str


class FieldStated(NamedTuple):
    """A field of the fact or action at `path`, such as /facts/0/notice, has a value."""

    path: str
    field: str
    value: Value


class ListStated(NamedTuple):
    """Nothing is missing from a list."""

    listing: Listing


class FactLeftOut(NamedTuple):
    """The fact or action at `path` is no longer there."""

    path: str


Statement: TypeAlias = "FactStated | FieldStated | ListStated | FactLeftOut"


def stated(case: Plain, statements: Iterable[Statement]) -> tuple[Plain, tuple[PatchStep, ...]]:
    """The case with the statements made in it, one after another, and the patch that makes them."""
    made: list[PatchStep] = []
    for statement in statements:
        for step in _steps(case, statement):
            case = patched(case, step)  # type: ignore[assignment]  # a mapping stays one
            made.append(step)
    return case, tuple(made)


def joined(statements: tuple[Statement, ...], more: Statement) -> tuple[Statement, ...]:
    """The statements with one more, put into one that is there where the two say one thing together."""
    for index, each in enumerate(statements):
        if (both := _together(each, more)) is not None:
            return (*statements[:index], both, *statements[index + 1 :])
    return (*statements, more)


def next_path(case: Plain, section: Section, name: str) -> str:
    """Where a fact that joins a section will stand."""
    listed = case.get(section)
    return f"/{section}/{len(listed) if isinstance(listed, list) else 0}/{name}"


def _together(one: Statement, more: Statement) -> Statement | None:
    if isinstance(one, FactStated) and isinstance(more, FieldStated) and one.path == more.path:
        return one._replace(fields=(*one.fields, (more.field, more.value)))
    if isinstance(one, ListStated) and isinstance(more, ListStated) and _says_all(more.listing, one.listing):
        return more
    return None


def _says_all(one: Listing, other: Listing) -> bool:
    """Whether one line says all that the other does."""
    mine, yours = dict(one.within), dict(other.within)
    return one.type == other.type and all(name in yours and {*yours[name]} <= {*mine[name]} for name in mine)


# --- as steps of a patch ----------------------------------------------------------


def _steps(case: Plain, statement: Statement) -> Iterator[PatchStep]:
    if isinstance(statement, FactStated):
        yield from _at_the_end(case, statement.section, {statement.type: dict(_spelt(statement.fields))})
    elif isinstance(statement, FieldStated):
        known = statement.field in _at(case, statement.path)
        yield PatchStep("replace" if known else "add", f"{statement.path}/{statement.field}", in_json(statement.value))
    elif isinstance(statement, ListStated):
        yield from _complete(case, statement.listing)
    else:
        yield PatchStep("remove", statement.path.rpartition("/")[0])  # `/facts/0`, not the mapping below it


def _at(case: Plain, path: str) -> Mapping[str, object]:
    """The fields of the fact at a path."""
    place: object = case
    for name in path.split("/")[1:]:
        place = place[int(name)] if isinstance(place, list) else place[name]  # type: ignore[index]  # it is there
    return place if isinstance(place, dict) else {}


def _at_the_end(case: Plain, key: str, item: Json) -> Iterator[PatchStep]:
    """An item more in a list, which is there then."""
    if not isinstance(case.get(key), list):
        yield PatchStep("replace" if key in case else "add", f"/{key}", [])
    yield PatchStep("add", f"/{key}/-", item)


def _complete(case: Plain, listing: Listing) -> Iterator[PatchStep]:
    """A line more under `complete:`; a type that is listed whole is no longer under `incomplete:`."""
    missing = case.get("incomplete")
    if isinstance(missing, list) and listing.type in missing and not listing.within:
        yield PatchStep("remove", f"/incomplete/{missing.index(listing.type)}")
    elif missing == listing.type and not listing.within:
        yield PatchStep("replace", "/incomplete", [])
    line: Json = listing.type
    if listing.within:
        line = {listing.type: {name: _one_or_more([*map(in_json, values)]) for name, values in listing.within}}
    written = case.get("complete")
    if isinstance(written, list) or written is None:
        yield from _at_the_end(case, "complete", line)
    else:
        yield PatchStep("replace", "/complete", [written, line])  # type: ignore[list-item]  # as it was read


def _spelt(fields: Iterable[tuple[str, Value]]) -> Iterator[tuple[str, Json]]:
    yield from ((name, in_json(value)) for name, value in fields)


def _one_or_more(values: list[Json]) -> Json:
    return values[0] if len(values) == 1 else values
