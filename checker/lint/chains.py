"""Chains that nothing ends: rules that conclude, step by step, ever more from what they concluded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from checker.lint.finding import Found
from checker.lint.subject import Subject
from checker.model import AnyOf, Body, Compare, Head, Pack, Pattern, Rule
from checker.values import Term, Variable

_Field: TypeAlias = "tuple[str, str]"  # of a type
_Sources: TypeAlias = "Mapping[_Field, set[_Field]]"
_NO_BOUNDS = ("not", "like")


def endless_chains(subject: Subject) -> Iterator[Found]:
    """Values stepped on from themselves, where no day of the conclusion moves forward and nothing bounds them.

    A chain ends by itself where a day of its conclusion passes its last day; one that only counts doesn't.
    """
    pack = subject.pack
    sources = _all_sources(pack)
    for rule in pack.rules.values():
        for head in rule.heads:
            if any(term.steps and _moves_forward(term) for _, term in _days(head, pack)):
                continue
            for field, term in head.fields:
                circle = {each for each in sources[head.type, field] if (head.type, field) in sources[each]}
                if term.steps and circle and not _is_bounded(term, rule, circle):
                    told = f"`{head.type}.{field}: {term}` goes on for ever: nothing bounds it and no day moves forward"
                    yield Found(subject.inside(head.place, field), rule.id, told)


def _days(head: Head, pack: Pack) -> list[tuple[str, Term]]:
    return [(field, term) for field, term in head.fields if pack.types[head.type].fields[field].kind == "date"]


def _moves_forward(term: Term) -> bool:
    return any(step.sign > 0 for step in term.steps)


def _all_sources(pack: Pack) -> _Sources:
    """By field, the fields from whose values rules make its values, at any distance."""
    found: dict[_Field, set[_Field]] = {(name, each): set() for name in pack.types for each in pack.types[name].fields}
    for rule in pack.rules.values():
        bound = list(_bound(rule.when))
        for head in rule.heads:
            for field, term in head.fields:
                found[head.type, field] |= {source for variable, source in bound if variable in term.variables}
    changed = True
    while changed:
        changed = False
        for target, sources in found.items():
            more = set[_Field]().union(*(found[each] for each in sources)) - sources
            found[target] = sources | more
            changed = changed or bool(more)
    return found


def _bound(body: Body) -> Iterator[tuple[str, _Field]]:
    """The variables of a body and the fields that give them their values."""
    for item in body.items:
        if isinstance(item, Pattern):
            yield from ((variable, (item.type, field)) for field, variable in item.binds)
        elif isinstance(item, AnyOf):
            for branch in item.bodies:
                yield from _bound(branch)


def _is_bounded(term: Term, rule: Rule, circle: set[_Field]) -> bool:
    """Whether `when` tests what the term starts from, or finds it outside the circle, in one of finitely many facts."""
    name = term.base.name if isinstance(term.base, Variable) else ""
    if any(variable == name and field not in circle for variable, field in _bound(rule.when)):
        return True
    for item in rule.when.items:
        if isinstance(item, Compare) and item.op not in _NO_BOUNDS:
            if any(name in each.variables for each in (item.left, *item.right)):
                return True
        elif isinstance(item, Pattern):
            mine = {field for field, variable in item.binds if variable == name}
            if any(test.field in mine and test.op not in _NO_BOUNDS for test in item.tests):
                return True
    return False
