"""The part of a pack that decides what some rules say, and how many facts and which values are worth trying for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from checker.dates import Date, Duration
from checker.lint.walk import JUDGED, items_of
from checker.model import PROPOSED, Body, Compare, Count, Field, FieldTest, Pack, Pattern, Rule
from checker.reads import patterns_in, patterns_of
from checker.referee_order import order_of
from checker.referee_values import moved_by, says_none
from checker.values import NONE, Term, Value, Variable

_OTHER = "another"
_STATUSES = frozenset({"violation", "fulfilled"})
_MOST_FACTS, _MOST_COUNTED = 3, 8
_MOST_DAYS = 24
_MOST_ACTORS = 5
_DAY = Duration(days=1)


@dataclass(frozen=True)
class Slice:
    """Rules, and all that these look at: definitions, and rules that displace them; and patterns beside them."""

    pack: Pack
    beside: tuple[Pattern, ...]
    rules: tuple[Rule, ...]
    displacers: Mapping[str, tuple[str, ...]]
    chains: frozenset[str]

    @property
    def types(self) -> frozenset[str]:
        """The types that are read or derived."""
        read = {pattern.type for rule in self.rules for pattern in patterns_of(rule)}
        made = {head.type for rule in self.rules for head in rule.heads}
        return frozenset(read | made | {pattern.type for pattern in self.beside})


def slice_of(
    pack: Pack, asked: Iterable[str], reading: Mapping[str, str], looked_for: Iterable[Pattern] = ()
) -> Slice | None:
    """The slice of some rules, and of patterns beside them, in a world.

    None where it reads what statuses make: that is not looked into.
    """
    displacers: dict[str, tuple[str, ...]] = {}
    for rule in pack.rules.values():
        for other in (*rule.overrides, *rule.instead_of):
            displacers[other] = (*displacers.get(other, ()), rule.id)
    beside = tuple(looked_for)
    types = {pattern.type for pattern in beside}
    if types & _STATUSES:
        return None
    behind = [each.id for each in pack.rules.values() if any(head.type in types for head in each.heads)]
    wanted = list(dict.fromkeys((*asked, *behind)))
    for name in wanted:  # grows while it is walked
        rule = pack.rules[name]
        read = {pattern.type for pattern in patterns_of(rule)}
        if read & _STATUSES:
            return None
        makers = [each.id for each in pack.rules.values() if any(head.type in read for head in each.heads)]
        wanted += [each for each in (*makers, *displacers.get(name, ())) if each not in wanted]
    rules = tuple(rule for name in sorted(wanted) if _is_part(rule := pack.rules[name], reading))
    return Slice(pack, beside, rules, displacers, order_of(pack).chains)


def _is_part(rule: Rule, reading: Mapping[str, str]) -> bool:
    return all(reading[question] == option for question, option in rule.reading)


class Choices:
    """What a case may state: so many facts of each type, and the values of their fields."""

    def __init__(self, slice_: Slice, more: int = 0) -> None:
        """Look at the tests of the slice; allow so many more facts of each type than its rules look for together."""
        self.more = more
        self.pack, self.slice = slice_.pack, slice_
        self.literals: dict[tuple[str, str], list[Value]] = {}
        for pattern in (*(each for rule in slice_.rules for each in patterns_of(rule)), *slice_.beside):
            for test in pattern.tests:
                self._note(pattern.type, test)
        self.days = self._days()
        self.size = {name: self._size(name) for name in sorted(slice_.types) if self.pack.types[name].given}

    def ids(self) -> Iterator[str]:
        """The ids that facts may have."""
        for name, size in self.size.items():
            if "id" in self.pack.types[name].fields:
                yield from (f"{name}-{index}" for index in range(1, size + 1))

    def values(self, name: str, index: int, field: Field) -> list[Value]:
        """The values worth trying for a field of one of the facts."""
        if field.name == PROPOSED:
            return ["yes"]
        if field.name == "id":
            return [f"{name}-{index}"]
        named = self.literals.get((name, field.name), [])
        tried: list[Value] = list(field.options)
        if field.kind == "date":
            tried = list(self.days)
        elif field.kind == "id":
            tried = [*self.ids(), *named, _OTHER]
        elif field.kind == "actor":
            tried = [*list(dict.fromkeys([*self._actors(), *self.pack.parties]))[:_MOST_ACTORS], _OTHER]
        elif field.kind == "text":
            tried = [*named, _OTHER]
        elif field.kind in ("integer", "decimal"):
            tried = [*named, *(n + off for n in named if isinstance(n, (int, Decimal)) for off in (-1, 1)), 1]
        elif field.kind == "duration":
            tried = [*named, Duration(days=1), Duration(months=12)]
        extra = [NONE] if NONE in named else []
        return list(dict.fromkeys([*(each for each in tried if each is not NONE), *extra]))

    # --- what tests name ---------------------------------------------------------------

    def _note(self, name: str, test: FieldTest) -> None:
        found = self.literals.setdefault((name, test.field), [])
        if says_none(test.op, test.terms):
            found.append(NONE)
        found += [_meeting(test, term.base) for term in test.terms if not isinstance(term.base, Variable)]

    def _actors(self) -> list[Value]:
        """Who is named anywhere in the slice: in tests and comparisons of rules, and in the facts of the pack."""
        fields = {(name, field.name) for name, kind in self.pack.types.items() for field in kind.fields.values()}
        actors = {each for each in fields if self.pack.types[each[0]].fields[each[1]].kind == "actor"}
        found = [value for each in sorted(actors) for value in self.literals.get(each, []) if isinstance(value, str)]
        return [
            *found,
            *(term.base for rule in self.slice.rules for term in _compared(rule) if isinstance(term.base, str)),
        ]

    def _size(self, name: str) -> int:
        """As many facts as two judged rules may look for together, or as a count needs to pass its bound."""

        def looked_for(rule: Rule) -> int:
            return sum(pattern.type == name for body in _own(rule) for pattern in patterns_in(body))

        judged = sorted(looked_for(rule) for rule in self.slice.rules if rule.mode in JUDGED)
        alone = max(map(looked_for, self.slice.rules), default=0)
        beside = sum(pattern.type == name for pattern in self.slice.beside)
        together = max(1, alone, beside, min(sum(judged[-2:]), alone + 1, _MOST_FACTS))
        counted = [bound + 1 for rule in self.slice.rules for body in _own(rule) for bound in _counts(body, name)]
        return max([together, *(min(each, _MOST_COUNTED) for each in counted)]) + self.more

    def _days(self) -> list[Date]:
        """A day in force, the days that rules name, and these moved as rules move days; each with its neighbours."""
        terms = [term for rule in self.slice.rules for term in _terms(rule)]
        start = self.pack.force.start or Date(2025, 1, 1)
        base = {start, *(term.base for term in terms if isinstance(term.base, Date))}
        base |= {day for rule in self.slice.rules for day in rule.valid if day is not None}
        steps = {(step.sign, step.amount) for term in terms for step in term.steps if isinstance(step.amount, Duration)}
        moved = {moved_by(day, amount, sign, self.pack.rounding) for day in base for sign, amount in steps}
        days = sorted(base | {day for day in moved if isinstance(day, Date)})[:_MOST_DAYS]
        near = {moved_by(day, _DAY, off, "down") for day in days for off in (-1, 0, 1)}
        return sorted(day for day in near if isinstance(day, Date))[:_MOST_DAYS]


def _meeting(test: FieldTest, value: Value) -> Value:
    """A value that a test names; for a pattern of letters one that is like it."""
    return value.replace("*", _OTHER).replace("?", "x") if test.op == "like" and isinstance(value, str) else value


def _compared(rule: Rule) -> Iterator[Term]:
    """The terms of comparisons."""
    for item in items_of(rule):
        if isinstance(item, Compare):
            yield from (item.left, *item.right)


def _terms(rule: Rule) -> Iterator[Term]:
    """The terms that decide something."""
    yield from (term for pattern in patterns_of(rule) for test in pattern.tests for term in test.terms)
    yield from (term for head in rule.heads for _, term in head.fields)
    yield from _compared(rule)
    if isinstance(rule.due, Term):
        yield rule.due


def _own(rule: Rule) -> list[Body]:
    return [rule.when, *([rule.body] if rule.body is not None else [])]


def _counts(body: Body, name: str) -> Iterator[int]:
    for item in body.items:
        if isinstance(item, Count) and item.of.type == name:
            yield from (term.base for _, term in item.bounds if isinstance(term.base, int))
