"""Whether one body follows from another, as far as that is seen by laying one over the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from checker.model import AnyOf, Body, Compare, Item, Pattern
from checker.rename import renamed

_Names: TypeAlias = "Mapping[str, str]"  # a variable of the one body → the variable of the other that it stands for


def follows(body: Body, stated: Body) -> bool:
    """Whether the body holds wherever `stated` does: each item is among those stated, its own variables being chosen.

    Variables that the body doesn't bind itself are the same in both. Of `absent` and `count` nothing is seen.
    """
    return bool(body.items) and any(True for _ in _laid(body.items, stated.items, {}, frozenset(body.binds)))


def _laid(items: Sequence[Item], stated: Sequence[Item], names: _Names, own: frozenset[str]) -> Iterator[_Names]:
    """Every choice of its own variables under which all items are among the stated ones."""
    if not items:
        yield names
        return
    for chosen in _one(items[0], stated, names, own):
        yield from _laid(items[1:], stated, chosen, own)


def _one(item: Item, stated: Sequence[Item], names: _Names, own: frozenset[str]) -> Iterator[_Names]:
    if isinstance(item, AnyOf):
        for branch in item.bodies:
            yield from _laid(branch.items, stated, names, own | set(branch.binds))
    elif isinstance(item, Pattern):
        for other in stated:
            if isinstance(other, Pattern) and (chosen := _laid_over(item, other, names, own)) is not None:
                yield chosen
    elif isinstance(item, Compare):
        said = renamed(item, names)
        if any(isinstance(other, Compare) and said == other._replace(place=item.place) for other in stated):
            yield names


def _laid_over(item: Pattern, other: Pattern, names: _Names, own: frozenset[str]) -> _Names | None:
    """The choice under which what fits `other` fits the item; None where there is none."""
    chosen, bound = dict(names), dict(other.binds)
    for field, variable in item.binds:
        if field not in bound or bound[field] != (
            chosen.setdefault(variable, bound[field]) if variable in own else variable
        ):
            return None
    said = renamed(item, chosen)
    fits = isinstance(said, Pattern) and set(said.tests) <= set(other.tests)
    return chosen if fits and item.type == other.type and set(other.reading) <= set(item.reading) else None
