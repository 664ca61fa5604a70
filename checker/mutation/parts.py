"""The parts of a rule made wrong one at a time: each test, join, pattern, comparison, count and exception."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias, TypeVar

from checker.errors import Place
from checker.model import (
    PROPOSED,
    Absent,
    AnyOf,
    Body,
    Compare,
    Count,
    FactType,
    FieldTest,
    Item,
    Kind,
    Pattern,
    Reading,
    Unless,
)
from checker.mutation.operators import Comparison, Words, changed
from checker.strata import STATUS_TYPES
from checker.values import Term, Variable

Noun = TypeVar("Noun")
_ABSENT = " absent"
_IF_PROPOSED = FieldTest(PROPOSED, "is", (Term("yes"),))


class Change(NamedTuple):
    """What was changed, in words that stay the same wherever the rule moves; and where it stands."""

    told: str
    place: Place


Changed: TypeAlias = "tuple[Change, Noun]"


class Parts(NamedTuple):
    """What is needed to change the parts of one rule: its variables' kinds, the types, and words to put in."""

    kinds: Mapping[str, Kind]
    types: Mapping[str, FactType]
    words: Words

    def body(self, part: str, body: Body, bound: frozenset[str], *, last: bool = True) -> Iterator[Changed[Body]]:
        """The body with one thing changed in it; `bound` before it; `last`: even its only item may be dropped.

        Where it may not, the whole of which the body is a part is dropped.
        """
        positive = [item for item in body.items if not isinstance(item, (Absent, Count))]
        for index, item in enumerate(body.items):
            before = positive if item not in positive else positive[: positive.index(item)]
            known = bound.union(*map(_binds, before))
            if last or len(body.items) > 1:
                yield Change(f"{_within(part, item.reading)}: drop {told(item)}", item.place), _with(body, index)
            for change, items in self._item(part, item, known):
                yield change, _with(body, index, *items)

    def unless(self, part: str, unless: Unless, bound: frozenset[str]) -> Iterator[Changed[Unless]]:
        """The exception with one thing changed in it, or in an exception to it."""
        plain = _without_its_reading(unless)
        for change, body in self.body(part, plain.body, bound, last=False):
            yield change, plain._replace(body=body)
        if unless.reading:
            yield Change(f"{part}: in every reading", unless.place), plain._replace(reading=())
        inner = bound.union(unless.body.binds)
        for change, nested in self.exceptions(f"{part} unless", unless.unless, inner):
            yield change, unless._replace(unless=nested)

    def exceptions(
        self, part: str, exceptions: tuple[Unless, ...], bound: frozenset[str]
    ) -> Iterator[Changed[tuple[Unless, ...]]]:
        """The exceptions with one left out, or one thing changed in one of them."""
        for index, each in enumerate(exceptions):
            before, after = exceptions[:index], exceptions[index + 1 :]
            yield Change(f"{part} {index + 1}: drop", each.place), (*before, *after)
            for change, made in self.unless(f"{part} {index + 1}", each, bound):
                yield change, (*before, made, *after)

    def _item(self, part: str, item: Item, bound: frozenset[str]) -> Iterator[Changed[tuple[Item, ...]]]:
        """What may stand instead of the item."""
        part = _within(part, item.reading)
        if item.reading:
            yield Change(f"{part}: {told(item)} in every reading", item.place), (item._replace(reading=()),)
        if isinstance(item, Pattern):
            if not part.endswith(_ABSENT):  # else it would be there, as without `absent`
                absent = Absent(Body((item._replace(reading=()),), ()), item.reading, item.place)
                yield Change(f"{part}: {told(item)} → {told(absent)}", item.place), (absent,)
            yield from ((change, (made,)) for change, made in self._pattern(part, item, bound))
        elif isinstance(item, Compare):
            yield from ((change, (made,)) for change, made in self._compare(part, item))
        elif isinstance(item, Absent):
            there = ", ".join(map(told, item.body.items))
            yield Change(f"{part}: {told(item)} → {there}", item.place), item.body.items
            for change, body in self.body(f"{part}{_ABSENT}", item.body, bound, last=False):
                yield change, (item._replace(body=body),)
        elif isinstance(item, Count):
            yield from ((change, (made,)) for change, made in self._count(part, item, bound))
        else:
            yield from ((change, (made,)) for change, made in self._any(part, item, bound))

    def _pattern(self, part: str, pattern: Pattern, bound: frozenset[str]) -> Iterator[Changed[Pattern]]:
        for index, (field, name) in enumerate(pattern.binds):
            if name in bound or name in (earlier for _, earlier in pattern.binds[:index]):
                less = pattern._replace(binds=(*pattern.binds[:index], *pattern.binds[index + 1 :]))
                join = f"{part}: {pattern.type}.{field} is ${name}"
                yield Change(f"{join} → dropped", pattern.place), less
                if self.types[pattern.type].fields[field].kind != "actor":
                    continue  # the other one is asked for only where it is somebody
                other = FieldTest(field, "not", (Term(Variable(name)),))
                yield Change(f"{join} → not ${name}", pattern.place), less._replace(tests=(*less.tests, other))
        for index, test in enumerate(pattern.tests):
            if test == _IF_PROPOSED and ("id", "action") in pattern.binds:
                continue  # the language says so, not the rule
            if pattern.type in STATUS_TYPES and test.field == "rule":
                continue  # which rule it is about is part of the type
            before, after = pattern.tests[:index], pattern.tests[index + 1 :]
            field_of = self.types[pattern.type].fields[test.field]
            was = Comparison(test.op, test.terms)
            gone = f"{part}: {pattern.type}.{test.field} {was} → dropped"
            yield Change(gone, pattern.place), pattern._replace(tests=(*before, *after))
            for what, wrong in changed(was, field_of.kind, self.words.of(pattern.type, field_of), self.words):
                made = pattern._replace(tests=(*before, FieldTest(test.field, *wrong), *after))
                yield Change(f"{part}: {pattern.type}.{test.field}{what}", pattern.place), made

    def _compare(self, part: str, item: Compare) -> Iterator[Changed[Compare]]:
        was = Comparison(item.op, item.right)
        for what, wrong in changed(was, self._kind(item), (), self.words):
            yield Change(f"{part}: {item.left}{what}", item.place), item._replace(op=wrong.op, right=wrong.terms)

    def _kind(self, item: Compare) -> Kind:
        """The kind of what is compared: that of the first variable at hand, else text."""
        bases = [term.base for term in (item.left, *item.right)]
        return next((self.kinds[base.name] for base in bases if isinstance(base, Variable)), "text")

    def _count(self, part: str, item: Count, bound: frozenset[str]) -> Iterator[Changed[Count]]:
        for index, (op, term) in enumerate(item.bounds):
            before, after = item.bounds[:index], item.bounds[index + 1 :]
            if before or after:
                gone = f"{part}: {told(item)} {op} {term} → dropped"
                yield Change(gone, item.place), item._replace(bounds=(*before, *after))
            for what, wrong in changed(Comparison(op, (term,)), "integer", (), self.words):
                if wrong.op != "not":  # no bound
                    made = item._replace(bounds=(*before, (wrong.op, wrong.terms[0]), *after))
                    yield Change(f"{part}: {told(item)}{what}", item.place), made
        for change, pattern in self._pattern(f"{part} count", item.of, bound):
            yield change, item._replace(of=pattern)

    def _any(self, part: str, item: AnyOf, bound: frozenset[str]) -> Iterator[Changed[AnyOf]]:
        for index, body in enumerate(item.bodies):
            before, after = item.bodies[:index], item.bodies[index + 1 :]
            branch = f"{part} any {index + 1}"
            if before or after:
                yield Change(f"{branch}: drop", item.place), item._replace(bodies=(*before, *after))
            for change, made in self.body(branch, body, bound, last=False):
                yield change, item._replace(bodies=(*before, made, *after))


def told(item: Item) -> str:
    """An item in a few words."""
    if isinstance(item, Pattern):
        return item.type
    if isinstance(item, Compare):
        return f"{item.left} {Comparison(item.op, item.right)}"
    if isinstance(item, Count):
        return f"count of {item.of.type}"
    bodies, word = ((item.body,), "absent") if isinstance(item, Absent) else (item.bodies, "any of")
    return f"{word} {', '.join(told(inner) for body in bodies for inner in body.items)}"


def without_option(body: Body, pair: tuple[str, str]) -> Body:
    """The body without what is part of a reading."""
    return body._replace(items=tuple(item for item in body.items if pair not in item.reading))


def _binds(item: Item) -> frozenset[str]:
    if isinstance(item, Pattern):
        return frozenset(name for _, name in item.binds)
    return frozenset(item.exports) if isinstance(item, AnyOf) else frozenset()


def _with(body: Body, index: int, *items: Item) -> Body:
    """The body with other items, or none, in the place of one."""
    return body._replace(items=(*body.items[:index], *items, *body.items[index + 1 :]))


def _without_its_reading(unless: Unless) -> Unless:
    """The same exception; its items, which have its reading too, only with what they have besides."""
    items = (item._replace(reading=_less(item.reading, unless.reading)) for item in unless.body.items)
    return unless._replace(body=unless.body._replace(items=tuple(items)))


def _within(part: str, reading: Reading) -> str:
    """The name of a part, with the reading that something in it is of."""
    return " ".join((part, *(f"[{question}: {option}]" for question, option in reading)))


def _less(reading: Reading, other: Reading) -> Reading:
    return tuple(pair for pair in reading if pair not in other)
