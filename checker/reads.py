"""What a rule reads: its patterns, wherever they stand in it, and its own words. Several stages need this."""

from __future__ import annotations

from collections.abc import Iterator

from checker.model import PROPOSED, Absent, AnyOf, Body, Count, Item, Pattern, Rule, Unless


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


def as_written(rule: Rule) -> Body:
    """`when` without the test for a proposed action, which is added to a rule's own words when it is read."""
    if not rule.acts or rule.also_done or rule.mode == "means":
        return rule.when
    return rule.when._replace(items=tuple(map(_without_proposed, rule.when.items)))


def _without_proposed(item: Item) -> Item:
    if not isinstance(item, Pattern) or ("id", "action") not in item.binds:
        return item
    added = item.tests[-1:]
    return item._replace(tests=item.tests[:-1]) if added and added[0].field == PROPOSED else item
