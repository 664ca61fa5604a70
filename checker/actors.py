"""Whom a pack knows, by one name each: a case that wrote it otherwise would speak of somebody else."""

from __future__ import annotations

from functools import lru_cache

from checker.errors import quoted
from checker.load import Node
from checker.model import Field, Pack
from checker.reader import Reader
from checker.values import Unknown, Value


def stated_value(reader: Reader, pack: Pack, node: Node, field: Field, unknown: Unknown | None) -> Value | None:
    """The value that a case states, as `Reader.value` reads it; an actor known by another name is a problem."""
    value = reader.value(node, field, unknown)
    if field.kind == "actor" and isinstance(value, str) and value not in _known(pack):
        for actor in _known(pack):
            if value.casefold() in {each.casefold() for each in (actor, *pack.names.get(actor, {}).values())}:
                reader.problem(node, f"{quoted(value)} is nobody the pack knows; did you mean {quoted(actor)}?")
    return value


@lru_cache(maxsize=32)
def _known(pack: Pack) -> tuple[str, ...]:
    """The parties, and whom the agreement's own facts name."""
    named = [
        value
        for fact in pack.facts
        for field, value in zip(pack.types[fact.type].fields.values(), fact.values, strict=True)
        if field.kind == "actor" and isinstance(value, str)
    ]
    return tuple(dict.fromkeys((*pack.parties, *named)))
