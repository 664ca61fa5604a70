"""Variables of a branch of `any`, given names of their own, so that branches can stand in one conjunction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from checker.model import Absent, AnyOf, Body, Compare, Count, FieldTest, Item, Pattern
from checker.values import Known, Term, Value, Variable

_Part = TypeVar("_Part", bound="Value | Known | Variable")


def renamed(item: Item, names: Mapping[str, str]) -> Item:
    """The item with the variables in `names` called otherwise."""
    if not names:
        return item
    if isinstance(item, Pattern):
        return _pattern(item, names)
    if isinstance(item, Compare):
        return item._replace(left=_term(item.left, names), right=tuple(_term(term, names) for term in item.right))
    if isinstance(item, Absent):
        return item._replace(body=_body(item.body, names))
    if isinstance(item, Count):
        bounds = tuple((op, _term(term, names)) for op, term in item.bounds)
        return item._replace(of=_pattern(item.of, names), bounds=bounds)
    return _any(item, names)


def _any(item: AnyOf, names: Mapping[str, str]) -> AnyOf:
    exports = tuple(names.get(name, name) for name in item.exports)
    return item._replace(bodies=tuple(_body(body, names) for body in item.bodies), exports=exports)


def _body(body: Body, names: Mapping[str, str]) -> Body:
    return Body(tuple(renamed(item, names) for item in body.items), tuple(names.get(name, name) for name in body.binds))


def _pattern(pattern: Pattern, names: Mapping[str, str]) -> Pattern:
    return pattern._replace(
        binds=tuple((field, names.get(variable, variable)) for field, variable in pattern.binds),
        tests=tuple(
            FieldTest(test.field, test.op, tuple(_term(term, names) for term in test.terms)) for test in pattern.tests
        ),
    )


def _term(term: Term, names: Mapping[str, str]) -> Term:
    return Term(
        _part(term.base, names),
        tuple(step._replace(amount=_part(step.amount, names), times=_part(step.times, names)) for step in term.steps),
    )


def _part(part: _Part, names: Mapping[str, str]) -> _Part:
    return Variable(names.get(part.name, part.name)) if isinstance(part, Variable) else part  # type: ignore[return-value]
