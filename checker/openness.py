"""The engine's side of openness: in which worlds facts nobody listed could meet a pattern, as it is bound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.model import AnyOf, Body, Case, Count, Listing, Pack, Pattern, Reading
from checker.outcome import WorldKey
from checker.terms import CERTAIN, Env, decide, evaluate
from checker.values import Value

_LOWER = frozenset({"at-least", "more-than", "is"})


class Open:
    """What is open in a case, by world."""

    def __init__(self, pack: Pack, case: Case, worlds: tuple[WorldKey, ...]) -> None:
        """Know what the case says is complete; work the rest out when asked."""
        self.pack, self.case, self.worlds = pack, case, worlds
        self.everywhere = (1 << len(worlds)) - 1
        self.whole = frozenset(line.type for line in case.complete if not line.within)
        self.narrow: dict[str, list[Listing]] = {}
        for line in case.complete:
            if line.within:
                self.narrow.setdefault(line.type, []).append(line)
        self._derived: dict[str, int] | None = None

    def of(self, pattern: Pattern, env: Env) -> int:
        """The worlds in which the pattern is open under the bindings."""
        kind = self.pack.types[pattern.type]
        found = self.derived().get(pattern.type, 0) if kind.derived else 0
        if found != self.everywhere and self._given(pattern, env):
            return self.everywhere
        return found

    def maybe(self, name: str) -> bool:
        """Whether some pattern of the type could be open in some world."""
        kind = self.pack.types[name]
        return self._stands_open(name) or (kind.derived and bool(self.derived().get(name)))

    def positives(self, body: Body, where: int | None = None) -> Iterator[tuple[Pattern, int]]:
        """The patterns of a body outside negations, and the worlds they are part of."""
        where = self.everywhere if where is None else where
        for item in body.items:
            here = where & self._part_of(item.reading)
            if isinstance(item, Pattern):
                yield item, here
            elif isinstance(item, AnyOf):
                for branch in item.bodies:
                    yield from self.positives(branch, here)

    def _part_of(self, reading: Reading) -> int:
        if not reading:
            return self.everywhere
        return sum(1 << number for number, key in enumerate(self.worlds) if set(reading) <= set(key))

    def _stands_open(self, name: str) -> bool:
        kind = self.pack.types[name]
        if not kind.given or kind.action or name in self.whole:
            return False
        return name in self.case.incomplete or (kind.open and "all" not in self.whole)

    def _given(self, pattern: Pattern, env: Env) -> bool:
        if not self._stands_open(pattern.type):
            return False
        return not any(self._lies_within(pattern, line, env) for line in self.narrow.get(pattern.type, ()))

    def _lies_within(self, pattern: Pattern, line: Listing, env: Env) -> bool:
        return all(self._pinned(pattern, name, values, env) for name, values in line.within)

    def _pinned(self, pattern: Pattern, name: str, allowed: tuple[Value, ...], env: Env) -> bool:
        for field, variable in pattern.binds:
            if field == name and variable in env and decide("in", env[variable], allowed) == CERTAIN:
                return True
        for test in pattern.tests:
            if test.field != name or test.op not in ("is", "in"):
                continue
            if any(variable not in env for term in test.terms for variable in term.variables):
                continue
            values = [evaluate(term, env, self.pack.rounding) for term in test.terms]
            if all(decide("in", value, allowed) == CERTAIN for value in values):
                return True
        return False

    def derived(self) -> Mapping[str, int]:
        """By derived type, the worlds in which some rule for it reads something open."""
        if self._derived is None:
            self._derived = {}
            changed = True
            while changed:
                changed = False
                for rule in self.pack.rules.values():
                    if not rule.heads:
                        continue
                    where = self._reads(rule.when, self._part_of(rule.reading))
                    for head in rule.heads:
                        known = self._derived.get(head.type, 0)
                        if where | known != known:
                            self._derived[head.type] = where | known
                            changed = True
        return self._derived

    def _reads(self, body: Body, where: int) -> int:
        found = 0
        for pattern, here in self.positives(body, where):
            found |= here & self.of(pattern, {})
        return found | self._counted(body, where)

    def _counted(self, body: Body, where: int) -> int:
        found = 0
        for item in body.items:
            here = where & self._part_of(item.reading)
            if isinstance(item, Count) and any(op in _LOWER for op, _ in item.bounds):
                found |= here & self.of(item.of, {})
            elif isinstance(item, AnyOf):
                for branch in item.bodies:
                    found |= self._counted(branch, here)
        return found
