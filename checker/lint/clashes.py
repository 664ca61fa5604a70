"""Why items can never hold together: tests of one value that nothing passes, and facts that nothing makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

from checker.errors import Place, nearest, quoted
from checker.lint.domains import Domain, Test, vacant
from checker.lint.slots import Slots, Tested
from checker.model import AnyOf, Body, Compare, Item, Pack, Pattern, Reading, Rule, World
from checker.strata import STATUS_TYPES, questions_in
from checker.values import Value, Variable


class Clash(NamedTuple):
    """Why, in words, and where (`keys` lead further in). `alone`: it is one test that nothing passes."""

    place: Place
    keys: tuple[str, ...]
    message: str
    alone: bool = False


class Clashes:
    """Finds them in a pack. There can be no fact of the `unmade` types, and the `dead` rules never fire."""

    def __init__(self, pack: Pack, unmade: frozenset[str], dead: frozenset[str]) -> None:
        """Look at items of this pack's rules."""
        self.pack, self.unmade, self.dead = pack, unmade, dead
        self._concluded = {name: _concluded(name, pack) for name, kind in pack.types.items() if kind.derived}

    def in_every_world(self, rule: Rule, items: Sequence[Item], reading: Reading = ()) -> Clash | None:
        """Why the items clash in each combination of readings of which the rule and the `reading` are part, or None."""
        found = None
        for world in self.worlds(rule):
            if is_part((*rule.reading, *reading), world):
                found = self.between([item for item in items if is_part(item.reading, world)], world)
                if found is None:
                    return None
        return found

    def worlds(self, rule: Rule) -> Iterator[World]:
        """Every combination of the readings that stand in the rule."""
        asked = sorted(set(questions_in(rule)))
        options = [self.pack.readings[question].options for question in asked]
        return (dict(zip(asked, picked, strict=True)) for picked in product(*options))

    def between(self, items: Sequence[Item], world: World) -> Clash | None:
        """Why items can't hold together; an `any` holds if one of its branches does."""
        for item in items:
            if isinstance(item, Pattern) and (why := self._missing(item)):
                return Clash(item.place, (), why)
        plain = [item for item in items if isinstance(item, (Pattern, Compare))]
        found = next(self._of_values(plain, sizes=(1, 2, None)), None)
        alternatives = (self._of_branches(plain, item.bodies, world) for item in items if isinstance(item, AnyOf))
        return found or next((each for each in alternatives if each), None)

    def alone(self, items: Sequence[Item]) -> Iterator[Clash]:
        """Every single test of the items that no value passes."""
        return self._of_values([item for item in items if isinstance(item, (Pattern, Compare))], sizes=(1,))

    def _of_branches(self, around: Sequence[Item], branches: Iterable[Body], world: World) -> Clash | None:
        found = None
        for branch in branches:
            found = self.between([*around, *(item for item in branch.items if is_part(item.reading, world))], world)
            if found is None:
                return None
        return found

    def _missing(self, pattern: Pattern) -> str | None:
        """Why there can be no fact for the pattern at all."""
        if pattern.type in self.unmade:
            return f"nothing can make a `{pattern.type}`"
        if pattern.type not in STATUS_TYPES:
            return None
        for name in [str(test.terms[0].base) for test in pattern.tests if (test.field, test.op) == ("rule", "is")]:
            if name in self.dead:
                return f"`{name}` never fires, so it has no `{pattern.type}`"
            if pattern.type == "violation" and self.pack.rules[name].if_not == "no-effect":
                return (
                    f"`{name}` has no `violation`: it is `if-not: no-effect`, so nothing is broken where it isn't met"
                )
        return None

    def _of_values(self, items: Sequence[Item], sizes: Sequence[int | None]) -> Iterator[Clash]:
        """Few tests before many, so that the few that explain it are told; None stands for all."""
        slots = Slots(self.pack, items)
        for slot, tests in slots.tests.items():
            domain = self._domain(slots.fields[slot])
            for size in sizes:
                for few in combinations(tests, len(tests) if size is None else size):
                    if vacant([each.test for each in few], domain, self.pack.rounding):
                        yield _told(few, domain)

    def _domain(self, fields: Iterable[tuple[str, str]]) -> Domain:
        """What a value can be that stands in all these fields."""
        found: Domain | None = None
        for type_name, name in fields:
            field = self.pack.types[type_name].fields[name]
            options = self._concluded.get(type_name, {}).get(name) or frozenset(field.options) or None
            if found and found.options and options:
                options = found.options & options
            found = Domain(field.kind, options or (found.options if found else None))
        return found or Domain("text")


def is_part(reading: Reading, world: World) -> bool:
    """Whether what belongs to the reading is there in the world."""
    return all(world.get(question, option) == option for question, option in reading)


def _told(tests: Sequence[Tested], domain: Domain) -> Clash:
    last, spelt = tests[-1], [f"`{each.test}`" for each in tests]
    if len(tests) == 1:
        message = f"no value of {quoted(last.name)} passes {spelt[0]}{_instead(last.test, domain)}"
    elif len(tests) == 2:  # noqa: PLR2004
        message = f"no value of {quoted(last.name)} passes both {spelt[0]} and {spelt[1]}"
    else:
        message = f"no value of {quoted(last.name)} passes all of {', '.join(spelt)}"
    return Clash(last.place, last.keys, message, alone=len(tests) == 1)


def _instead(test: Test, domain: Domain) -> str:
    known = sorted(map(str, domain.options or ()))
    return nearest(str(test.terms[0]), known) or (f"; it is one of {', '.join(known)}" if known else "")


def _concluded(type_name: str, pack: Pack) -> Mapping[str, frozenset[Value]]:
    """By field of a derived type, the values that it can have, where rules and ground facts spell out all of them."""
    kind = pack.types[type_name]
    heads = [dict(head.fields) for rule in pack.rules.values() for head in rule.heads if head.type == type_name]
    found: dict[str, frozenset[Value]] = {}
    for number, field in enumerate(kind.fields):
        terms = [head.get(field) for head in heads]
        values = {term.base for term in terms if term and not term.steps and not isinstance(term.base, Variable)}
        stated = {fact.values[number] for fact in pack.facts if fact.type == type_name}
        if heads and not kind.given and all(term and not term.variables and not term.steps for term in terms):
            found[field] = frozenset({*values, *stated})
    return found
