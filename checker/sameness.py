"""When two nouns are the same: wherever they stand, and in whatever order their keys were written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from checker.errors import Place
from checker.model import AnyOf, Body, Count, Head, Pattern, Unless
from checker.values import Variable

Seen: TypeAlias = Any  # what a noun comes to where only sameness counts


def seen(noun: object, names: dict[str, str] | None = None) -> Seen:
    """A noun as something that can be compared: without places, and with what has no order in one order.

    With `names`, variables are called by the order in which they come; these it gathers.
    """
    match noun:
        case Place():
            return None
        case Pattern():
            binds = [(field, called(variable, names)) for field, variable in sorted(noun.binds)]
            tests = sorted(noun.tests, key=lambda test: (test.field, test.op))
            return (Pattern, noun.type, *binds, seen(noun.reading), *(seen(each, names) for each in tests))
        case Variable(name=name):
            return Variable, called(name, names)
        case Body(items=items):  # what it binds follows from these
            return (Body, *(seen(each, names) for each in items))
        case AnyOf(bodies=bodies, reading=reading):
            return (AnyOf, reading, *(seen(each, names) for each in bodies))
        case Count():
            return (
                Count,
                seen(noun.of, names),
                noun.reading,
                *sorted((seen(each, names) for each in noun.bounds), key=repr),
            )
        case Head():
            return (Head, noun.type, *sorted((seen(each, names) for each in noun.fields), key=repr))
        case Mapping():
            return tuple(sorted(((key, seen(each, names)) for key, each in noun.items()), key=repr))
    return (type(noun), *(seen(each, names) for each in noun)) if isinstance(noun, tuple) else noun


def called(variable: str, names: dict[str, str] | None) -> str:
    """A variable by its own name, or by its place among those seen so far."""
    return variable if names is None else names.setdefault(variable, f"#{len(names)}")


def without(items: Iterable[object], others: Iterable[object]) -> list[object]:
    """The items that are not among the others, each of which stands for one."""
    left = [seen(each) for each in others]
    kept: list[object] = []
    for each in items:
        if (told := seen(each)) in left:
            left.remove(told)
        else:
            kept.append(each)
    return kept


def subject_of(item: object) -> object:
    """What an item is about: the type of its pattern, else its kind; None for what changes only as a whole."""
    match item:
        case Pattern(type=name) | Head(type=name):
            return type(item), name
        case Count(of=of):
            return Count, of.type
        case str():  # a ground fact
            return item
        case Unless(body=body) if len(body.items) == 1:
            return Unless, subject_of(body.items[0])
    return type(item), ""
