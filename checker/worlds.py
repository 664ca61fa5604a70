"""Which combinations of readings have to be looked at: the worlds.

A rule is looked at under every combination of the readings it depends on,
whatever the others are; these keep their default (or the option asked for). A rule
that needs a fact of which the case has none can't speak, so its readings don't matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

from checker.model import Case, Pack, Pattern, Rule
from checker.outcome import WorldKey

MOST = 64  # combinations for one rule


class Worlds(NamedTuple):
    """The worlds to judge in, the default first, and for each rule those that differ for it (the default first)."""

    keys: tuple[WorldKey, ...]
    of_rule: Mapping[str, tuple[int, ...]]


def worlds_of(
    pack: Pack, dependencies: Mapping[str, frozenset[str]], fixed: Mapping[str, str], case: Case | None = None
) -> Worlds:
    """Worlds for rules with these reading dependencies, with some readings fixed to one option."""
    home = {name: fixed.get(name, question.default) for name, question in sorted(pack.readings.items())}
    numbers: dict[WorldKey, int] = {tuple(home.items()): 0}
    by_rule: dict[str, tuple[int, ...]] = {}
    by_asked: dict[frozenset[str], tuple[int, ...]] = {}
    present = None if case is None else {fact.type for fact in (*pack.facts, *(given.fact for given in case.given))}
    for name, rule in pack.rules.items():
        silent = present is not None and _is_silent(pack, rule, present)
        asked = frozenset() if silent else frozenset(dependencies.get(name, frozenset()) - fixed.keys())
        if asked not in by_asked:
            by_asked[asked] = tuple(
                numbers.setdefault(key, len(numbers)) for key in _combinations(pack, home, sorted(asked))
            )
        by_rule[name] = by_asked[asked]
    return Worlds(tuple(numbers), by_rule)


def _is_silent(pack: Pack, rule: Rule, present: set[str]) -> bool:
    """Whether `when` needs a fact of a type that only cases state, and this one has none."""
    return any(
        isinstance(item, Pattern)
        and not item.reading
        and not pack.types[item.type].derived
        and item.type not in present
        for item in rule.when.items
    )


def _combinations(pack: Pack, home: Mapping[str, str], asked: list[str]) -> list[WorldKey]:
    """Every combination of the questions asked, the default's first, the rest in the pack's order of options."""
    choices = [
        sorted(pack.readings[name].options, key=lambda option, name=name: option != home[name])  # type: ignore[misc]
        for name in asked
    ]
    return [tuple({**home, **dict(zip(asked, picked, strict=True))}.items()) for picked in product(*choices)]
