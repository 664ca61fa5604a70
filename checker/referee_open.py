"""Which patterns facts nobody listed could meet: openness, as a pattern is bound. Part of the referee; see there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checker.model import AnyOf, Body, Case, Count, Item, Level, Listing, Pack, Pattern, Reading
from checker.referee_values import compare, value_of_term
from checker.values import Value

Env = Mapping[str, Value]
_LOWER = ("at-least", "more-than", "is")


def part_of(reading: Reading, world: Mapping[str, str]) -> bool:
    """Whether something that belongs to a reading is part of this world."""
    return all(world[question] == option for question, option in reading)


@dataclass
class Openness:
    """What is open in one world of a case."""

    pack: Pack
    case: Case
    reading: Mapping[str, str]
    _open: frozenset[str] | None = None

    def is_open(self, pattern: Pattern, env: Env) -> bool:
        """Whether facts nobody listed could meet the pattern as it is bound."""
        kind = self.pack.types[pattern.type]
        if kind.derived and pattern.type in self.open_derived:
            return True
        if not kind.given:
            return False
        return self._is_open_given(pattern, env)

    def _is_open_given(self, pattern: Pattern, env: Env) -> bool:
        kind = self.pack.types[pattern.type]
        if kind.action:
            return False
        named = [listing for listing in self.case.complete if listing.type == kind.name]
        if any(not listing.within for listing in named):
            return False
        if kind.name in self.case.incomplete:
            return not any(self._lies_within(pattern, listing, env) for listing in named)
        everything = any(listing.type == "all" for listing in self.case.complete)
        return kind.open and not everything and not any(self._lies_within(pattern, each, env) for each in named)

    def _lies_within(self, pattern: Pattern, listing: Listing, env: Env) -> bool:
        """Whether every fact that meets the pattern is one the line speaks of."""
        return all(self._pinned(pattern, name, values, env) for name, values in listing.within)

    def _pinned(self, pattern: Pattern, name: str, values: tuple[Value, ...], env: Env) -> bool:
        held = [[env[variable]] for field, variable in pattern.binds if field == name and variable in env]
        held += [
            [value_of_term(term, env, self.pack.rounding) for term in test.terms]
            for test in pattern.tests
            if test.field == name and test.op in ("is", "in") and all(set(t.variables) <= set(env) for t in test.terms)
        ]
        return any(all(compare("in", value, *values) == Level.DEFINITE for value in each) for each in held)

    @property
    def open_derived(self) -> frozenset[str]:
        """The derived types that are open in this world: some rule for them reads something open."""
        if self._open is None:
            self._open = frozenset()
            while (more := self._open | self._opened()) != self._open:
                self._open = more
        return self._open

    def _opened(self) -> frozenset[str]:
        return frozenset(
            head.type
            for rule in self.pack.rules.values()
            if rule.heads and part_of(rule.reading, self.reading) and self._reads_open(rule.when)
            for head in rule.heads
        )

    def _reads_open(self, body: Body) -> bool:
        return any(self._is_item_open(item) for item in body.items if part_of(item.reading, self.reading))

    def _is_item_open(self, item: Item) -> bool:
        if isinstance(item, AnyOf):
            return any(self._reads_open(branch) for branch in item.bodies)
        if isinstance(item, Count):
            return any(op in _LOWER for op, _ in item.bounds) and self.is_open(item.of, {})
        return isinstance(item, Pattern) and self.is_open(item, {})
