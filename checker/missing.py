"""What was looked for in vain, and what came near: the first item of a body that nothing meets for certain.

Near misses are the facts of its type under the bindings at hand, fewest failed
tests first, then the smallest margin, then their place; at most three.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from checker.dates import Date, Duration, days_between
from checker.derivation import Derivations
from checker.messages import both, either, wanted, wish
from checker.model import Absent, AnyOf, Body, Compare, Count, Fact, FieldTest, Item, Level, Pattern
from checker.referee_match import LISTED, Env, Manner, Search, Way
from checker.referee_open import part_of
from checker.referee_values import compare, says_none
from checker.speech import Speech
from checker.values import NONE, Op, Term, Unknown, Value, render
from checker.verdict import FailedTest, Missing, Near

_MOST = 3
_OF_DAYS = ("before", "on-or-before", "after", "on-or-after")


class Gap(NamedTuple):
    """An item that nothing meets for certain, and the ways to match everything before it."""

    item: Item
    before: tuple[Way, ...]


def gaps(search: Search, body: Body, env: Env, manner: Manner, due: Value | None) -> Iterator[Gap]:
    """The first item without a certain match; inside `any`, that of every branch."""
    items = sorted(
        (item for item in body.items if part_of(item.reading, search.reading)),
        key=lambda item: isinstance(item, (Absent, Count)),
    )
    before = [Way(dict(env))]
    for index, item in enumerate(items):
        so_far = Body(tuple(items[: index + 1]), ())
        ways = search.ways(so_far, env, manner, due)
        if not any(way.level == Level.DEFINITE for way in ways):
            if isinstance(item, AnyOf):
                for branch in item.bodies:
                    for way in before[:_MOST]:
                        yield from gaps(search, branch, way.env, manner, due)
            else:
                yield Gap(item, tuple(before))
            return
        before = sorted(
            (way for way in ways if way.level == Level.DEFINITE), key=lambda way: (len(way.facts), repr(way.facts))
        )


class NearMisses:
    """Near misses among the facts of one world."""

    def __init__(self, search: Search, derivations: Derivations) -> None:
        """Look among the facts of `search`; show them as `derivations` does."""
        self.search = search
        self.derivations = derivations
        self.speech = derivations.speech

    def missing(self, gap: Gap, due: Value | None) -> Missing | None:
        """What was looked for, in words, and what came near."""
        if isinstance(gap.item, Pattern):
            return self._pattern(gap.item, gap.before, due)
        if isinstance(gap.item, Compare):
            return self._comparison(gap.item, gap.before)
        if isinstance(gap.item, Count):
            return self._count(gap.item, gap.before)
        if isinstance(gap.item, Absent):
            patterns = [item for item in gap.item.body.items if isinstance(item, Pattern)]
            names = ", ".join(self._words(pattern, gap.before[0].env) for pattern in patterns)
            told = self.speech.say("no {names}", names=names)
            return Missing(told, patterns[0].type if patterns else None, ())
        return None

    def _pattern(self, pattern: Pattern, before: tuple[Way, ...], due: Value | None) -> Missing:
        found: dict[Fact, tuple[tuple[int, int, str], Near]] = {}
        for way in before:
            if any(_asks_for_nothing(test, way.env, self.search) for test in pattern.tests):
                continue  # nothing is near to it
            for fact in self.search.facts.of(pattern.type):
                failed, margin = self._tests(pattern, fact, way.env, due)
                if not failed:
                    continue
                given = self.derivations.given(fact)
                rank = (len(failed), margin, str(given.place) if given else repr(fact))
                if fact not in found or rank < found[fact][0]:
                    found[fact] = (rank, Near(self.derivations.view(fact), failed))
        nearest = sorted(found.values(), key=lambda each: each[0])[:_MOST]
        return Missing(self._words(pattern, before[0].env), pattern.type, tuple(near for _, near in nearest))

    def _words(self, pattern: Pattern, env: Env) -> str:
        return pattern_words(pattern, env, self.search, self.speech)

    def _tests(self, pattern: Pattern, fact: Fact, env: Env, due: Value | None) -> tuple[tuple[FailedTest, ...], int]:
        values = dict(zip(self.search.pack.types[fact.type].fields, fact.values, strict=True))
        failed: list[FailedTest] = []
        known = dict(env)
        for name, held in pattern.binds:
            if known.setdefault(held, values[name]) is not values[name]:
                self._try(failed, fact, name, "is", values[name], (known[held],))
        for test in pattern.tests:
            self._try(
                failed, fact, test.field, test.op, values[test.field], [self.search.value(t, known) for t in test.terms]
            )
        day = self.search.facts.day_if_given(fact)
        dated_by = self.search.pack.types[fact.type].day
        if day is not None and dated_by and isinstance(due, Date) and all(each.field != dated_by for each in failed):
            self._try(failed, fact, dated_by, "on-or-before", day, [due])
        margin = sum(_days(each.by) for each in failed)
        return tuple(failed), margin

    def _try(
        self, failed: list[FailedTest], fact: Fact, name: str, op: Op, found: Value, values: Iterable[Value]
    ) -> None:
        values = tuple(values)
        level = compare(op, found, *values)
        if level == Level.DEFINITE:
            return
        given = self.derivations.given(fact)
        by = None if level else margin_of(op, found, values[0] if values else NONE)
        told = "unknown" if isinstance(found, Unknown) else render(found)
        place = given.values.get(name, given.place) if given else None
        words = wanted(op, values, self.speech)
        failed.append(FailedTest(name, op, words, told, by, place, unknown=level == Level.POSSIBLE))

    def _comparison(self, item: Compare, before: tuple[Way, ...]) -> Missing:
        """A comparison that no way meets: the facts that came nearest to meeting it."""
        near: dict[Fact, tuple[int, Near]] = {}
        for way in before:
            left = self.search.value(item.left, way.env)
            for term in item.right:
                right = self.search.value(term, way.env)
                if not way.facts or compare(item.op, left, right) == Level.DEFINITE:
                    continue
                op: Op = "is" if item.op == "in" else item.op
                unknown = compare(op, left, right) == Level.POSSIBLE
                by = None if unknown else margin_of(op, left, right)
                words = wanted(op, [right], self.speech)
                failed = FailedTest(str(item.left), op, words, render(left), by, None, unknown=unknown)
                fact = self._fact_behind(term.variables, way)
                if fact not in near or _days(by) < near[fact][0]:
                    near[fact] = (_days(by), Near(self.derivations.view(fact), (failed,)))
        nearest = sorted(near.values(), key=lambda each: (each[0], str(each[1].fact)))[:_MOST]
        dated = any(isinstance(self.search.value(item.left, way.env), Date) for way in before)
        words = self._comparison_words(item, before, dated=dated)
        return Missing(words, None, tuple(each for _, each in nearest))

    def _comparison_words(self, item: Compare, before: tuple[Way, ...], *, dated: bool) -> str:
        left = self._term_words(item.left.variables, before, str(item.left))
        right = [_unsigned(term) for term in item.right]
        if item.op != "in":
            return self.speech.say("{left} is {right}", left=left, right=wish(item.op, right, self.speech))
        told = either(right, self.speech)
        if dated:
            return self.speech.say("{left} on {right}", left=left, right=told)
        return self.speech.say("{left} is {right}", left=left, right=told)

    def _term_words(self, variables: tuple[str, ...], before: tuple[Way, ...], text: str) -> str:
        for name in variables:
            value = before[0].env.get(name) if before else None
            if value is not None and _is_known(value):
                text = text.replace(f"${name}", render(value))
        return text.replace("$", "")

    def _fact_behind(self, variables: tuple[str, ...], way: Way) -> Fact:
        """The last fact of the way that holds one of the values compared."""
        values = {repr(way.env[name]) for name in variables if name in way.env}
        holding = [fact for fact in way.facts if any(repr(value) in values for value in fact.values)]
        return (holding or list(way.facts))[-1]

    def _count(self, item: Count, before: tuple[Way, ...]) -> Missing:
        env = before[0].env
        ways = self.search.ways(Body((item.of._replace(reading=()),), ()), env, LISTED)
        facts = list(dict.fromkeys(way.facts[0] for way in ways))
        bounds = both(
            (wanted(op, [self.search.value(term, env)], self.speech) for op, term in item.bounds), self.speech
        )
        near = tuple(Near(self.derivations.view(fact), ()) for fact in sorted(facts, key=repr)[:_MOST])
        words = self._words(item.of, env)
        told = self.speech.say("{bounds} of {pattern}; found {number}", bounds=bounds, pattern=words, number=len(facts))
        return Missing(told, item.of.type, near)


def margin_of(op: Op, found: Value, limit: Value) -> str | None:
    """How far off a failed test is: a duration in days, or a difference."""
    if op == "not":
        return None
    if isinstance(found, Date) and isinstance(limit, Date):
        days = abs(days_between(limit, found))
        if op in ("before", "after"):
            days += 1
        return str(Duration(days=days))
    if isinstance(found, int) and isinstance(limit, int):
        return str(abs(found - limit))
    return None


def _days(margin: str | None) -> int:
    digits = (margin or "").removeprefix("P").removesuffix("D")
    return int(digits) if digits.isdigit() else 10**7


def pattern_words(pattern: Pattern, env: Env, search: Search, speech: Speech) -> str:
    """A pattern with its values filled in: `notice(from: russia, received: on or before 2043-07-18)`."""
    told = [f"{name}: {render(env[held])}" for name, held in pattern.binds if _is_known(env.get(held))]
    by_field: dict[str, list[FieldTest]] = {}
    for test in pattern.tests:
        if test.field != "proposed":
            by_field.setdefault(test.field, []).append(test)
    told += [f"{name}: {_field_words(tests, env, search, speech)}" for name, tests in by_field.items()]
    return f"{pattern.type}({', '.join(told)})"


def _field_words(tests: list[FieldTest], env: Env, search: Search, speech: Speech) -> str:
    """What is wanted of one field: "on or after 2042-07-18 and on or before 2043-07-18"."""
    if any(_asks_for_nothing(test, env, search) for test in tests):
        return speech.say("no day would do") if tests[0].op in _OF_DAYS else speech.say("nothing would do")
    wishes = [(test.op, [_wish(term, env, search) for term in test.terms]) for test in tests]
    listed = {word for op, words in wishes if op == "in" for word in words}
    refused = {word for op, words in wishes if op == "not" for word in words} & listed
    told = [
        wish(op, left, speech)
        for op, words in wishes
        if (left := [word for word in words if word not in refused]) or op != "not"
    ]
    return both(told, speech)


def _wish(term: Term, env: Env, search: Search) -> str:
    return render(search.value(term, env)) if set(term.variables) <= set(env) else str(term)


def _asks_for_nothing(test: FieldTest, env: Env, search: Search) -> bool:
    """Whether it compares with what comes to `none`, such as a day before the end of a period where none ends."""
    if says_none(test.op, test.terms):
        return False
    return all(set(term.variables) <= set(env) and search.value(term, env) is NONE for term in test.terms)


def _unsigned(term: Term) -> str:
    """A term as a reader of sentences sees it: variables by their names alone."""
    return str(term).replace("$", "")


def _is_known(value: Value | None) -> bool:
    return value is not None and value is not NONE and not isinstance(value, Unknown)
