"""Walks over rules that several checks need: every item, every term with its place, every variable's fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from checker.errors import Place
from checker.model import Absent, AnyOf, Body, Compare, Count, Item, Pack, Pattern, Rule, Unless
from checker.values import Term

JUDGED = ("needs", "owes", "forbids")


class Use(NamedTuple):
    """A term where it is used; `keys` lead to it from the place."""

    term: Term
    place: Place
    keys: tuple[str, ...] = ()


def authored(pack: Pack) -> list[Rule]:
    """The rules that an author wrote: of a block only the one that bears its id, for all of them."""
    return [rule for rule in pack.rules.values() if rule.block in (None, rule.id)]


def unlesses(rule: Rule) -> Iterator[Unless]:
    """The exceptions of a rule, and theirs."""
    left = list(rule.unless)
    for each in left:  # grows while it is walked
        yield each
        left.extend(each.unless)


def bodies(rule: Rule) -> Iterator[Body]:
    """`when`, what the rule asks for or forbids, and its exceptions."""
    yield rule.when
    if rule.body is not None:
        yield rule.body
    for unless in unlesses(rule):
        yield unless.body


def items_in(body: Body) -> Iterator[Item]:
    """Every item, those inside `any` and `absent` too."""
    for item in body.items:
        yield item
        for inner in item.bodies if isinstance(item, AnyOf) else (item.body,) if isinstance(item, Absent) else ():
            yield from items_in(inner)


def items_of(rule: Rule) -> Iterator[Item]:
    """Every item of a rule."""
    for body in bodies(rule):
        yield from items_in(body)


def terms_of(rule: Rule) -> Iterator[Use]:
    """Every term of a rule, those of its messages too."""
    for item in items_of(rule):
        yield from _terms_of_item(item)
    for head in rule.heads:
        yield from (Use(term, head.place, (field,)) for field, term in head.fields)
    for key, term in (("due", rule.due), ("by", rule.by), ("towards", rule.towards)):
        if isinstance(term, Term):
            yield Use(term, rule.place, (key,))
    for key, templates in (("say", rule.say), ("remedy", rule.remedy)):
        for language, template in templates.items():
            yield from (Use(part, rule.place, (key, language)) for part in template if isinstance(part, Term))


def _terms_of_item(item: Item) -> Iterator[Use]:
    if isinstance(item, Compare):
        yield from (Use(term, item.place) for term in (item.left, *item.right))
    elif isinstance(item, Pattern):
        yield from _terms_of_pattern(item)
    elif isinstance(item, Count):
        yield from _terms_of_pattern(item.of)
        yield from (Use(term, item.place, (op,)) for op, term in item.bounds)


def _terms_of_pattern(pattern: Pattern) -> Iterator[Use]:
    for test in pattern.tests:
        yield from (Use(term, pattern.place, (test.field, test.op)) for term in test.terms)
