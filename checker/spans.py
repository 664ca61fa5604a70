"""Days put together in spans with one answer: where the answer changes is looked for day by day, not guessed.

Which days can matter is read off the rules: the days that they and the facts name, moved as the rules move them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Generic, TypeVar

from checker.dates import Date, Duration, days_between, shift
from checker.model import Absent, Body, Compare, Count, Item, Pack, Pattern, Rule, Unless
from checker.referee_values import moved_by
from checker.values import Term

T = TypeVar("T")
_MOST_TRIED = 16
_ONE_DAY = Duration(days=1)


@dataclass(frozen=True)
class Span(Generic[T]):
    """From day to day, both included; None: without beginning, or without end."""

    first: Date | None
    last: Date | None
    answer: T


class Spans(Generic[T]):
    """The spans of a question, each day tried at most once."""

    def __init__(self, days: Iterable[Date], near: Date, answer: Callable[[Date], T], *, endless: bool) -> None:
        """Ask about `days`, on which the answer can change, those nearest to `near` first.

        `endless`: after the last of them nothing changes any more.
        """
        self.days, self.near, self.answer, self.endless = sorted(set(days)), near, answer, endless
        self.known: dict[Date, T] = {}

    def all(self) -> list[Span[T]]:
        """The spans in order; days are left out between two of them where there were too many to try."""
        nearest = sorted(self.days, key=lambda day: abs(days_between(self.near, day)))
        for day in nearest[:_MOST_TRIED]:
            self._at(day)
        untried = [day for day in self.days if day not in self.known]
        for first, last in pairwise(sorted(self.known)):
            if not _between(first, last, untried):
                self._split(first, last)
        runs: list[list[Date]] = []
        for day in sorted(self.known):
            if runs and self.known[day] == self.known[runs[-1][-1]] and not _between(runs[-1][-1], day, untried):
                runs[-1].append(day)
            else:
                runs.append([day])
        spans = [Span(run[0], run[-1], self.known[run[0]]) for run in runs]
        if self.days[0] in self.known:
            spans[0] = replace(spans[0], first=None)
        if self.endless and self.days[-1] in self.known:
            spans[-1] = replace(spans[-1], last=None)
        return spans

    def _at(self, day: Date) -> T:
        if day not in self.known:
            self.known[day] = self.answer(day)
        return self.known[day]

    def _split(self, first: Date, last: Date) -> None:
        """Look between two days with different answers for the day from which on it is the other.

        Mostly that is the day after one that matters, or the one that matters itself.
        """
        if self._at(first) == self._at(last) or days_between(first, last) == 1:
            return
        after, before = shift(first, _ONE_DAY, 1, "down"), shift(last, _ONE_DAY, -1, "down")
        if self._at(after) == self._at(last) or self._at(before) == self._at(first):
            return
        middle = shift(first, Duration(days=days_between(first, last) // 2), 1, "down")
        self._split(first, middle)
        self._split(middle, last)


def _between(first: Date, last: Date, days: Iterable[Date]) -> bool:
    return any(first < day < last for day in days)


def terms_of(rule: Rule) -> Iterator[Term]:
    """Every term that a rule works out or compares with, wherever it stands."""
    yield from (term for head in rule.heads for _, term in head.fields)
    if isinstance(rule.due, Term):
        yield rule.due
    for body in (rule.when, *([] if rule.body is None else [rule.body]), *map(_body, rule.unless)):
        yield from _terms_in(body.items)


def _body(unless: Unless) -> Body:
    """An exception and those to it, as one body."""
    inner = (item for each in unless.unless for item in _body(each).items)
    return unless.body._replace(items=(*unless.body.items, *inner))


def _terms_in(items: Iterable[Item]) -> Iterator[Term]:
    for item in items:
        if isinstance(item, Pattern):
            yield from (term for test in item.tests for term in test.terms)
        elif isinstance(item, Compare):
            yield from (item.left, *item.right)
        elif isinstance(item, Absent):
            yield from _terms_in(item.body.items)
        elif isinstance(item, Count):
            yield from _terms_in((item.of,))
        else:
            yield from (term for branch in item.bodies for term in _terms_in(branch.items))


def days_that_matter(pack: Pack, rules: Iterable[Rule], known: Iterable[Date]) -> set[Date]:
    """The days known and those that the rules name, moved as the rules move them; with the day before and after all."""
    rules = list(rules)
    terms = [term for rule in rules for term in terms_of(rule)]
    named = [term.base for term in terms if isinstance(term.base, Date)]
    ends = [pack.force.start, pack.force.end, *(day for rule in rules for day in rule.valid)]
    starts = {*known, *named, *(day for day in ends if day is not None)}
    steps = {(step.sign, step.amount) for term in terms for step in term.steps if isinstance(step.amount, Duration)}
    moved = {moved_by(day, amount, sign, pack.rounding) for day in starts for sign, amount in steps}
    days = {*starts, *(day for day in moved if isinstance(day, Date))}
    around = {moved_by(min(days), _ONE_DAY, -1, "down"), moved_by(max(days), _ONE_DAY, 1, "down")}
    return days | {day for day in around if isinstance(day, Date)}
