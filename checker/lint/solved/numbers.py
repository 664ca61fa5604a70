"""Values as the integers that stand for them in a solver's program, and what the program asks while it is grounded.

The program knows joins, negation and counting. What a test or a sum means it asks here, and here the
referee's own functions are asked, so that nothing is said about values twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from checker.dates import Date, Rounding
from checker.model import Level
from checker.referee_values import compare, is_none, says_none, value_of_term
from checker.values import NONE, Op, Term, Value, Variable

_NEVER = 10**6  # a bound that no count comes to
_FIELD = "the field"  # no variable is called so


class TooLongError(Exception):
    """A question was not answered within its limits."""


class _Test(NamedTuple):
    left: Term
    op: Op
    right: tuple[Term, ...]
    names: tuple[str, ...]


class Numbers:
    """The values of one program by number, with its tests and terms."""

    def __init__(self, rounding: Rounding, horizon: Date) -> None:
        """Number values as they come; chains are followed up to `horizon`."""
        self.rounding, self.horizon = rounding, horizon
        self.values: list[Value] = []
        self._numbers: dict[Value, int] = {}
        self._tests: list[_Test] = []
        self._terms: list[tuple[Term, tuple[str, ...]]] = []
        self._spans: list[tuple[Date | None, Date | None]] = []

    def of(self, value: Value) -> int:
        """The number of a value."""
        if value not in self._numbers:
            self._numbers[value] = len(self.values)
            self.values.append(value)
        return self._numbers[value]

    # --- what a program names by number -----------------------------------------------

    def test(self, left: Term, op: Op, right: tuple[Term, ...], names: Sequence[str]) -> int:
        """A comparison of terms over the variables `names`, whose values come with it."""
        self._tests.append(_Test(left, op, right, tuple(names)))
        return len(self._tests) - 1

    def test_of_field(self, op: Op, right: tuple[Term, ...], names: Sequence[str]) -> int:
        """A test of a field, whose value comes first."""
        return self.test(Term(Variable(_FIELD)), op, right, (_FIELD, *names))

    def term(self, term: Term, names: Sequence[str]) -> int:
        """A term over the variables `names`."""
        self._terms.append((term, tuple(names)))
        return len(self._terms) - 1

    def span(self, start: Date | None, end: Date | None) -> int:
        """A span of days, both included."""
        self._spans.append((start, end))
        return len(self._spans) - 1

    # --- what a program asks -------------------------------------------------------------

    def holds(self, number: int, *values: int) -> int:
        """1 where a test holds for certain."""
        test = self._tests[number]
        env = self._env(test.names, values)
        left = value_of_term(test.left, env, self.rounding)
        if says_none(test.op, test.right):
            return int(is_none(test.op, left) == Level.DEFINITE)
        right = [value_of_term(term, env, self.rounding) for term in test.right]
        return int(compare(test.op, left, *right) == Level.DEFINITE)

    def result(self, number: int, *values: int) -> int:
        """The number of the value that a term comes to."""
        term, names = self._terms[number]
        return self.of(value_of_term(term, self._env(names, values), self.rounding))

    def bound(self, number: int, *values: int) -> int:
        """What a term comes to, where it bounds a count; a number that no count comes to where it is none."""
        term, names = self._terms[number]
        found = value_of_term(term, self._env(names, values), self.rounding)
        return found if isinstance(found, int) else _NEVER

    def within(self, number: int, value: int) -> int:
        """1 where a day lies within a span."""
        (start, end), day = self._spans[number], self.values[value]
        if not isinstance(day, Date):
            return int(start is None and end is None)
        return int((start is None or start <= day) and (end is None or day <= end))

    def in_time(self, day: int, due: int) -> int:
        """1 where a day is not after the due day, or there is none."""
        limit = self.values[due]
        return int(limit is NONE or compare("on-or-before", self.values[day], limit) == Level.DEFINITE)

    def in_reach(self, value: int) -> int:
        """1 where a chain is followed to this value: it is no day past the horizon."""
        found = self.values[value]
        return int(not isinstance(found, Date) or found <= self.horizon)

    def _env(self, names: Sequence[str], values: Sequence[int]) -> Mapping[str, Value]:
        return {name: self.values[value] for name, value in zip(names, values, strict=True)}
