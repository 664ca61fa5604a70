"""Which patterns a rule reads, wherever they stand in it: a walk over the nouns that several stages need."""

from __future__ import annotations

from collections.abc import Iterator

from checker.model import Absent, AnyOf, Body, Count, Pattern, Rule, Unless


def patterns_of(rule: Rule) -> Iterator[Pattern]:
    """Every pattern of the rule, those of exceptions and their exceptions too."""
    yield from patterns_in(rule.when)
    if rule.body is not None:
        yield from patterns_in(rule.body)
    for unless in rule.unless:
        yield from _of_unless(unless)


def _of_unless(unless: Unless) -> Iterator[Pattern]:
    yield from patterns_in(unless.body)
    for inner in unless.unless:
        yield from _of_unless(inner)


def patterns_in(body: Body) -> Iterator[Pattern]:
    """Every pattern of the body, those inside `any`, `absent` and `count` too."""
    for item in body.items:
        if isinstance(item, Pattern):
            yield item
        elif isinstance(item, Count):
            yield item.of
        elif isinstance(item, AnyOf):
            for branch in item.bodies:
                yield from patterns_in(branch)
        elif isinstance(item, Absent):
            yield from patterns_in(item.body)
