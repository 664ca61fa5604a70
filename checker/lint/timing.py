"""Days that cannot be, and durations in units that never compare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeGuard

from checker.dates import Duration
from checker.errors import Place
from checker.lint.finding import Found
from checker.lint.subject import Subject
from checker.lint.walk import items_of, terms_of
from checker.model import Compare, Pack, Pattern, Rule
from checker.reads import patterns_of
from checker.referee_values import value_of_term
from checker.values import Term, Unknown, Variable

_ORDER = frozenset(("at-least", "at-most", "more-than", "less-than"))
_DAYS_A_YEAR = 365
_YEARS_TO_A_LEAP_YEAR = 4


def impossible_dates(subject: Subject) -> Iterator[Found]:
    """Times that end before they begin, and sums of known days and durations that land on no day."""
    pack = subject.pack
    force = pack.force
    if force.start and force.end and force.end < force.start:
        told = f"the agreement is in force from {force.start} until {force.end}, which is earlier"
        yield Found(subject.head("in-force", "until"), pack.id, told)
    for rule in pack.rules.values():
        first, last = rule.valid
        if first and last and last < first:
            told = f"the rule is valid from {first} until {last}, which is earlier"
            yield Found(subject.inside(rule.place, "valid", "until"), rule.id, told)
        for use in terms_of(rule):
            fixed = use.term.steps and not use.term.variables
            if fixed and isinstance(value_of_term(use.term, {}, pack.rounding), Unknown):
                told = f"`{use.term}` is no day of the calendar (`rounding: {pack.rounding}`), so it is always unknown"
                yield Found(subject.inside(use.place, *use.keys), rule.id, told)


def mixed_units(subject: Subject) -> Iterator[Found]:
    """Durations in months held against durations in days: such a test is unknown, whatever the case says."""
    said: dict[tuple[str, str], list[_Said]] = {}
    for each in (*_stated(subject.pack), *(each for rule in subject.pack.rules.values() for each in _said(rule))):
        said.setdefault(each.field, []).append(each)
    for (type_name, field), durations in said.items():
        for each in durations:
            if not each.place or not each.ordered:
                continue
            place = subject.inside(each.place, *each.keys)
            other = next((other for other in durations if each.value.order(other.value) is None), None)
            if each.value.months and each.value.days:
                told = f"`{each.value}` has months and days, so whatever isn't equal to it can't be told from it"
                yield Found(place, each.who, told)
            elif other:
                told = f"`{each.value}` can't be held against `{other.value}`, which `{other.who}` says of"
                yield Found(place, each.who, f"{told} `{type_name}.{field}`: months with months, days with days")


def days_for_years(subject: Subject) -> Iterator[Found]:
    """Durations of 365 days and the like, in a language where a year is a calendar year."""
    seen: set[tuple[Place, Duration]] = set()
    for rule in subject.pack.rules.values():
        for use in terms_of(rule):
            place = subject.inside(use.place, *use.keys)
            for value in _durations_in(use.term):
                if (years := _years(value)) and (place, value) not in seen:
                    seen.add((place, value))
                    told = f"`{value}` is not {years} calendar year{'s' if years > 1 else ''}: leap days shift it"
                    yield Found(place, rule.id, f"{told}; `P{years}Y` is")


class _Said(NamedTuple):
    """A duration, the type and field of which it is said, by whom and where; `ordered`: as a limit."""

    field: tuple[str, str]
    value: Duration
    who: str
    ordered: bool = False
    place: Place | None = None
    keys: tuple[str, ...] = ()


def _stated(pack: Pack) -> Iterator[_Said]:
    """What ground facts and defaults say."""
    for fact in pack.facts:
        for field, value in zip(pack.types[fact.type].fields, fact.values, strict=True):
            if isinstance(value, Duration):
                yield _Said((fact.type, field), value, fact.type)
    for kind in pack.types.values():
        for spec in kind.fields.values():
            if isinstance(spec.default, Duration):
                yield _Said((kind.name, spec.name), spec.default, kind.name)


def _said(rule: Rule) -> Iterator[_Said]:
    """What a rule says, in tests and conclusions."""
    variables = {variable: (each.type, field) for each in patterns_of(rule) for field, variable in each.binds}
    for item in items_of(rule):
        if isinstance(item, Pattern):
            for test in item.tests:
                of, keys = (item.type, test.field), (test.field, test.op)
                for value in filter(_is_duration, (term.base for term in test.terms)):
                    yield _Said(of, value, rule.id, test.op in _ORDER, item.place, keys)
        elif isinstance(item, Compare) and isinstance(item.left.base, Variable):
            of = variables.get(item.left.base.name, ("", ""))
            for value in filter(_is_duration, (term.base for term in item.right)):
                yield _Said(of, value, rule.id, item.op in _ORDER, item.place)
    for head in rule.heads:
        for field, term in head.fields:
            if isinstance(term.base, Duration):
                yield _Said((head.type, field), term.base, rule.id, ordered=False, place=head.place, keys=(field,))


def _is_duration(value: object) -> TypeGuard[Duration]:
    return isinstance(value, Duration)


def _durations_in(term: Term) -> Iterator[Duration]:
    parts = (term.base, *(step.amount for step in term.steps))
    yield from (part for part in parts if isinstance(part, Duration))


def _years(duration: Duration) -> int:
    """How many years so many days are meant to be; 0 where they don't look so."""
    years, more = divmod(duration.days, _DAYS_A_YEAR)
    leap_days = -(-years // _YEARS_TO_A_LEAP_YEAR)
    return years if not duration.months and more <= leap_days else 0
