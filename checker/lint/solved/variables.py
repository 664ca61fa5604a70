"""The variables of rules: which of them decide anything. The others would only multiply what a program holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from checker.lint.walk import items_in, unlesses
from checker.model import AnyOf, Body, Compare, Count, Rule
from checker.reads import patterns_in
from checker.values import Term


def used_after(rule: Rule) -> set[str]:
    """The variables of `when` that the rest of the rule looks at; the others would only multiply what there is."""
    rest = [*([rule.body] if rule.body is not None else []), *(unless.body for unless in unlesses(rule))]
    return {"action", *named_in(rest), *_concluded(rule)}


def joining(rule: Rule) -> set[str]:
    """The variables that are named more than once; the others join nothing and test nothing."""
    bodies = [rule.when, *([rule.body] if rule.body is not None else []), *(unless.body for unless in unlesses(rule))]
    times = Counter([*named_in(bodies), *_concluded(rule)])
    return {"action", *(name for name, number in times.items() if number > 1)}


def _concluded(rule: Rule) -> Iterator[str]:
    terms = [term for head in rule.heads for _, term in head.fields]
    for term in (*terms, *([rule.due] if isinstance(rule.due, Term) else [])):
        yield from term.variables


def named_in(bodies: Iterable[Body]) -> Iterator[str]:
    """The variables of bodies, as often as they are named."""
    for body in bodies:
        for item in items_in(body):
            if isinstance(item, Compare):
                yield from (name for term in (item.left, *item.right) for name in term.variables)
            elif isinstance(item, Count):
                yield from (name for _, term in item.bounds for name in term.variables)
            elif isinstance(item, AnyOf):
                yield from (
                    name for name in item.exports for _ in item.bodies[1:]
                )  # bound in each, one variable outside
        for pattern in patterns_in(body):
            yield from (variable for _, variable in pattern.binds)
            yield from (name for test in pattern.tests for term in test.terms for name in term.variables)
