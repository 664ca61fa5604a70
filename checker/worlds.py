"""Which combinations of readings have to be looked at: the worlds.

A rule is looked at under every combination of the readings it depends on,
whatever the others are; these keep their default (or the option asked for).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

from checker.dependencies import Dependencies
from checker.model import Case, Pack
from checker.outcome import WorldKey

MOST = 64  # combinations for one rule


class Worlds(NamedTuple):
    """The worlds to judge in, the default first, and for each rule those that differ for it (the default first)."""

    keys: tuple[WorldKey, ...]
    of_rule: Mapping[str, tuple[int, ...]]


def worlds_of(pack: Pack, dependencies: Dependencies, fixed: Mapping[str, str], case: Case) -> Worlds:
    """Worlds for rules with these reading dependencies, with some readings fixed to one option."""
    home = {name: fixed.get(name, question.default) for name, question in sorted(pack.readings.items())}
    numbers: dict[WorldKey, int] = {tuple(home.items()): 0}
    by_rule: dict[str, tuple[int, ...]] = {}
    by_asked: dict[frozenset[str], tuple[int, ...]] = {}
    for name, depends in dependencies.of(case).items():
        judged = pack.rules[name].mode != "means"  # a definition matters through what is judged by it
        asked = frozenset(depends - fixed.keys()) if judged else frozenset()
        if asked not in by_asked:
            by_asked[asked] = tuple(
                numbers.setdefault(key, len(numbers)) for key in combinations(pack, home, sorted(asked))
            )
        by_rule[name] = by_asked[asked]
    return Worlds(tuple(numbers), by_rule)


def combinations(pack: Pack, home: Mapping[str, str], asked: list[str]) -> list[WorldKey]:
    """Every combination of the questions asked, the default's first, the rest in the pack's order of options."""
    choices = [
        sorted(pack.readings[name].options, key=lambda option, name=name: option != home[name])  # type: ignore[misc]
        for name in asked
    ]
    return [tuple({**home, **dict(zip(asked, picked, strict=True))}.items()) for picked in product(*choices)]
