"""What a fact has to be to meet a pattern, worked out: tests against values, and values that pass them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from checker.dates import Date, Duration
from checker.model import Field, FieldTest, Level, Listing, Pattern
from checker.referee_match import Env, Search
from checker.referee_values import compare, is_none, moved_by, says_none
from checker.values import NONE, Term, Unknown, Value

Tests = tuple[FieldTest, ...]
_ONE_DAY = Duration(days=1)


def tests_of(pattern: Pattern, env: Env, search: Search) -> Tests:
    """What the pattern asks of its fields, as far as that is known under the bindings: each term is a value."""
    found = [FieldTest(name, "is", (Term(env[held]),)) for name, held in pattern.binds if held in env]
    found += [
        test._replace(terms=tuple(Term(search.value(term, env)) for term in test.terms))
        for test in pattern.tests
        if all(set(term.variables) <= set(env) for term in test.terms)
    ]
    return tuple(dict.fromkeys(test for test in found if not any(isinstance(v, Unknown) for v in values_of(test))))


def values_of(test: FieldTest) -> tuple[Value, ...]:
    """What a test that is worked out compares with."""
    return tuple(term.base for term in test.terms)  # type: ignore[misc]  # no variable is left


def passes(test: FieldTest, value: Value) -> bool:
    """Whether the value certainly passes a test that is worked out."""
    level = is_none(test.op, value) if says_none(test.op, test.terms) else compare(test.op, value, *values_of(test))
    return level == Level.DEFINITE


def meeting(tests: Tests, fields: Mapping[str, Field]) -> dict[str, Value]:
    """By field a value that passes all its tests: the limit itself where it does, so a day is the last one in time."""
    found: dict[str, Value] = {}
    for name in dict.fromkeys(test.field for test in tests):
        asked = [test for test in tests if test.field == name]
        fitting = (value for value in _candidates(asked, fields[name]) if all(passes(test, value) for test in asked))
        if (value := next(fitting, None)) is not None:
            found[name] = value
    return found


def _candidates(tests: Iterable[FieldTest], field: Field) -> Iterator[Value]:
    limits = [value for test in tests if test.op != "not" for value in values_of(test)]
    yield from limits
    for limit in limits:
        yield from _beside(limit)
    yield from field.options


def _beside(limit: Value) -> Iterator[Value]:
    """The values next to a limit that is itself not allowed."""
    if isinstance(limit, Date):
        yield from (day for sign in (-1, 1) if (day := moved_by(limit, _ONE_DAY, sign, "down")) is not NONE)
    elif isinstance(limit, (int, Decimal)):
        yield from (limit - 1, limit + 1)


def completed(name: str, tests: Tests, lines: Iterable[Listing]) -> Listing:
    """What a case says under `complete:` where nothing that passes the tests is missing, given the lines it has.

    Of a line that differs in one field alone it takes the values along: a pattern lies within one line or in none.
    """
    within = dict(pinned(tests))
    for line in lines:
        others = dict(line.within)
        apart = [field for field in within if within[field] != others.get(field)]
        if line.type == name and others.keys() == within.keys() and len(apart) == 1:
            within[apart[0]] = tuple(dict.fromkeys((*others[apart[0]], *within[apart[0]])))
    return Listing(name, tuple(within.items()))


def pinned(tests: Tests) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    """The fields whose values the tests name one by one: what a line of `complete:` can say of the pattern."""
    found: dict[str, tuple[Value, ...]] = {}
    for test in tests:
        if test.op in ("is", "in") and NONE not in values_of(test):
            found.setdefault(test.field, values_of(test))
    return tuple(sorted(found.items(), key=repr))
