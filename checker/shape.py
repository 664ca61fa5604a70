"""Whether a document has the shape its schema asks for, and if not, everything that is wrong with it.

Most documents fit, so that is asked first, of closures that cost next to nothing (`shape_fit`). Only
for one that does not is `jsonschema` imported, to find every fault, and only here. It tells where and
by which keyword; what is said of it is a matter of `shape_words`. Where something may be one of
several, only the faults of what its author meant go there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from checker.errors import Problem
from checker.load import Document, plain
from checker.shape_fit import Check, Schema, compiled
from checker.shape_words import Fault, names_keys, worded

if TYPE_CHECKING:
    from jsonschema import ValidationError

_SCHEMAS = Path(__file__).with_name("schemas")


def misshapen(document: Document, schema: str, entry: str = "") -> list[Problem]:
    """Every fault of a document by a shipped schema (`pack`, `report`) or by one of its `$defs`; [] if it fits."""
    if _fits(schema, entry)(document.root.value):
        return []
    return worded(_faults(plain(document.root), shipped(schema), entry), document, shipped(schema))


@cache
def shipped(name: str) -> Schema:
    """A schema that comes with the checker."""
    schema: Schema = json.loads(shipped_text(name))
    return schema


def shipped_text(name: str) -> str:
    """A schema that comes with the checker, as its file has it."""
    return (_SCHEMAS / f"{name}.schema.json").read_text("utf-8")


@cache
def _fits(name: str, entry: str) -> Check:
    return compiled(shipped(name), entry)


def _faults(data: object, schema: Schema, entry: str) -> list[Fault]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - costly, and only a bad document needs it

    top = {"$defs": schema["$defs"], "$ref": f"#/$defs/{entry}"} if entry else schema
    return [_fault(leaf) for error in Draft202012Validator(top).iter_errors(data) for leaf in _leaves(error)]


def _fault(error: ValidationError) -> Fault:
    return Fault(
        keyword=str(error.validator),
        asked=error.validator_value,
        schema=_schema_of(error),
        path=tuple(error.absolute_path),
        value=error.instance,
        of_key="propertyNames" in error.absolute_schema_path,
        beside="dependentSchemas" in error.absolute_schema_path,
    )


def _schema_of(error: ValidationError) -> Schema:
    return cast("Schema", error.schema)  # no `true` or `false`: nothing of a shipped schema fails by these


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The error, or those of the one branch that its author can have meant: the one for this kind of value."""
    if error.validator == "anyOf" and not names_keys(_schema_of(error)["anyOf"]):
        branches: dict[str | int, list[ValidationError]] = {}
        for each in error.context or ():
            branches.setdefault(each.relative_schema_path[0], []).append(each)
        fitting = [each for each in branches.values() if not any(map(_is_of_kind, each))]
        if len(fitting) == 1:
            for each in fitting[0]:
                yield from _leaves(each)
            return
    yield error


def _is_of_kind(error: ValidationError) -> bool:
    """Whether the error says that the whole value is of another kind."""
    return error.validator == "type" and not error.relative_path
