"""Whether any value passes a set of tests: tried with the few values at which a test can turn.

A test turns at the values it names and next to them; so where none of these passes all tests, none does.
Limits that hang on one variable are tried for many days of it, since months differ in length.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from checker.dates import Date, Duration, Rounding
from checker.model import Kind, Level
from checker.referee_values import compare, is_none, moved_by, says_none, value_of_term
from checker.values import NONE, Op, Term, Value, Variable
from checker.wording import TEXTUAL

_DAY = Duration(days=1)
_DAYS = tuple(Date(year, month, day) for year in (2023, 2024) for month in range(1, 13) for day in (1, 15, 28))
_MONTH_ENDS = (Date(2023, 12, 31), Date(2024, 1, 30), Date(2024, 1, 31), Date(2024, 2, 29), Date(2024, 8, 31))


class Test(NamedTuple):
    """One test of a field or variable, against terms."""

    op: Op
    terms: tuple[Term, ...]

    def __str__(self) -> str:
        """As a rule writes it."""
        told = ", ".join(map(str, self.terms))
        return f"{self.op}: [{told}]" if self.op == "in" else f"{self.op}: {told}"


class Domain(NamedTuple):
    """What a field or variable can be: any value of a kind, or (`options`) only one of these."""

    kind: Kind
    options: frozenset[Value] | None = None


def vacant(tests: Sequence[Test], domain: Domain, rounding: Rounding) -> bool:
    """Whether no value passes all the tests. Those that hang on a variable are held against others that hang on it."""
    variables = {test: {name for term in test.terms for name in term.variables} for test in tests}
    fixed = [test for test in tests if not variables[test]]
    if fixed and _none_passes(fixed, domain, {}, rounding):
        return True
    for name in sorted(set().union(*variables.values())):
        hanging = [test for test in tests if variables[test] == {name} and all(map(_starts_at_variable, test.terms))]
        anything = Domain(domain.kind)  # for the variable stands for any value, not for one of the options
        if hanging and all(_none_passes(hanging, anything, {name: base}, rounding) for base in _bases(domain.kind)):
            return True
    return False


def _starts_at_variable(term: Term) -> bool:
    return isinstance(term.base, Variable) and len(term.variables) == 1


def _bases(kind: Kind) -> Sequence[Value]:
    """Values to try for a variable."""
    if kind == "date":
        return (*_DAYS, *_MONTH_ENDS)
    return (10,) if kind in ("integer", "decimal") else (Duration(days=10),) if kind == "duration" else ("a",)


def _none_passes(tests: Sequence[Test], domain: Domain, env: Mapping[str, Value], rounding: Rounding) -> bool:
    if domain.kind in TEXTUAL and domain.options is None and not any(test.op in ("is", "in") for test in tests):
        return False  # there are always more texts than those tried
    return not any(
        all(_level(value, test, env, rounding) is not Level.FALSE for test in tests)
        for value in _candidates(tests, domain, env, rounding)
    )


def _level(value: Value, test: Test, env: Mapping[str, Value], rounding: Rounding) -> Level:
    if says_none(test.op, test.terms):
        return is_none(test.op, value)
    return compare(test.op, value, *(value_of_term(term, env, rounding) for term in test.terms))


def _candidates(tests: Sequence[Test], domain: Domain, env: Mapping[str, Value], rounding: Rounding) -> Iterator[Value]:
    yield NONE
    if domain.options is not None:
        yield from domain.options
        return
    named = [value_of_term(term, env, rounding) for test in tests for term in test.terms]
    yield from (_bases(domain.kind)[0], *named)
    yield from (near for value in named for near in _beside(value))
    numbers = sorted(value for value in named if isinstance(value, (int, Decimal)))
    if domain.kind == "decimal":
        yield from ((Decimal(low) + Decimal(high)) / 2 for low, high in pairwise(numbers))


def _beside(value: Value) -> Iterator[Value]:
    if isinstance(value, Date):
        yield from (moved_by(value, _DAY, times, "down") for times in (-1, 1))
    elif isinstance(value, (int, Decimal)):
        yield from (value - 1, value + 1)
    elif isinstance(value, Duration):  # in its own unit: months and days never compare
        months, days = int(bool(value.months)), int(not value.months)
        yield from (Duration(value.months + sign * months, value.days + sign * days) for sign in (-1, 1))
    elif isinstance(value, str):
        yield f"{value} or another"
