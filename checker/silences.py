"""What nothing spoke to: actions that no rule judged, for what reason, and facts that no rule read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from checker.dates import Date
from checker.derivation import view
from checker.errors import Place
from checker.model import Absent, AnyOf, Body, Case, Count, Fact, Given, Level, Pack, Pattern, Unless
from checker.outcome import Outcome
from checker.referee_values import compare
from checker.values import Value, Variable
from checker.verdict import ActionView, Derivation, DerivedFact, FactView, Finding


class Silences(NamedTuple):
    """Proposed actions that no rule judged, in force and outside it, and facts that no rule read."""

    unjudged: tuple[ActionView, ...]
    not_in_force: tuple[ActionView, ...]
    unread: tuple[FactView, ...]


def silences(pack: Pack, case: Case, outcome: Outcome, findings: tuple[Finding, ...]) -> Silences:
    """What of the case nothing spoke to; `findings` are all of them, also those that nobody asked about."""
    unspoken = _unspoken(pack, case, outcome, findings)
    outside = [given for given in unspoken if _is_outside_force(pack, outcome, given.fact)]
    judged = [given for given in unspoken if given not in outside and not pack.types[given.fact.type].free]
    return Silences(
        tuple(_action(pack, given) for given in judged),
        tuple(_action(pack, given) for given in outside),
        tuple(_unread(pack, case, outcome, findings)),
    )


def stated(pack: Pack, given: Given) -> FactView:
    """A fact of the case, for reports."""
    return view(pack.types[given.fact.type], given.fact, given)


def _unspoken(pack: Pack, case: Case, outcome: Outcome, findings: Iterable[Finding]) -> list[Given]:
    """Proposed actions no rule spoke to: neither by default nor, where readings differ about it, in a finding."""
    told = {(finding.rule, finding.subject) for finding in findings}
    speaking: set[Fact] = set()
    for witness, label in outcome.witnesses.items():
        if witness.part != "when":
            continue
        if not label.possible & 1 and (witness.match.rule, witness.match.subject) not in told:
            continue
        mode = pack.rules[witness.match.rule].mode
        if mode in ("needs", "owes", "forbids") or (mode == "permits" and label.certain & 1):
            speaking.update(witness.facts)
    return [
        given
        for given in sorted(case.given, key=lambda each: (each.place.line, each.place.column))
        if pack.types[given.fact.type].action and given.fact.values[-1] == "yes" and given.fact not in speaking
    ]


def _is_outside_force(pack: Pack, outcome: Outcome, fact: Fact) -> bool:
    """Whether the action is definitely dated before the agreement was in force, or after it ended."""
    day = _day_of(pack, fact)
    if not isinstance(day, Date):
        return False
    ends = [] if pack.force.end is None else [pack.force.end]
    ends += [
        end
        for each, label in outcome.facts.items()
        if each.type == pack.force.ended_by and label.certain & 1 and isinstance(end := _day_of(pack, each), Date)
    ]
    return (pack.force.start is not None and day < pack.force.start) or any(day > end for end in ends)


def _day_of(pack: Pack, fact: Fact) -> Value | None:
    kind = pack.types[fact.type]
    return fact.values[list(kind.fields).index(kind.day)] if kind.day else None


def _action(pack: Pack, given: Given) -> ActionView:
    fields = list(pack.types[given.fact.type].fields)
    return ActionView(given.fact.type, str(given.fact.values[fields.index("id")]), given.place)


def _unread(pack: Pack, case: Case, outcome: Outcome, findings: Iterable[Finding]) -> list[FactView]:
    """Facts that no rule read and no finding shows as a near miss: a misspelt value ends here."""
    read: set[Fact] = {fact for witness in outcome.witnesses for fact in witness.facts}
    near = {near.fact.place for finding in findings for each in finding.missing for near in each.near}
    near |= {place for finding in findings for place in _told(finding.because)}
    looked_for = list(_negative_patterns(pack))
    found = []
    for given in case.given:
        proposed = pack.types[given.fact.type].action and given.fact.values[-1] == "yes"
        if proposed or given.fact in read or given.place in near:
            continue
        if not any(_could_fill(pack, pattern, given.fact) for pattern in looked_for):
            found.append(stated(pack, given))
    return sorted(found, key=lambda each: (each.place.line, each.place.column) if each.place else (0, 0))


def _told(derivations: Iterable[Derivation]) -> Iterable[Place | None]:
    """Where the facts stand that a derivation goes back to."""
    for each in derivations:
        if isinstance(each, DerivedFact):
            yield from _told(each.because)
        else:
            yield each.fact.place


def _negative_patterns(pack: Pack) -> Iterable[Pattern]:
    """Patterns whose facts are no witnesses: those inside `absent`, `count` and exceptions of exceptions."""
    for rule in pack.rules.values():
        for body in (rule.when, *([rule.body] if rule.body else [])):
            yield from _inside(body, counted=False)
        for unless in rule.unless:
            yield from _inside(unless.body, counted=False)
            yield from _nested(unless)


def _nested(unless: Unless) -> Iterable[Pattern]:
    for inner in unless.unless:
        yield from _inside(inner.body, counted=True)
        yield from _nested(inner)


def _inside(body: Body, *, counted: bool) -> Iterable[Pattern]:
    for item in body.items:
        if isinstance(item, Pattern) and counted:
            yield item
        elif isinstance(item, Count):
            yield item.of
        elif isinstance(item, Absent):
            yield from _inside(item.body, counted=True)
        elif isinstance(item, AnyOf):
            for branch in item.bodies:
                yield from _inside(branch, counted=counted)


def _could_fill(pack: Pack, pattern: Pattern, fact: Fact) -> bool:
    if pattern.type != fact.type:
        return False
    values = dict(zip(pack.types[fact.type].fields, fact.values, strict=True))
    return all(
        compare(test.op, values[test.field], *literals) != Level.FALSE
        for test in pattern.tests
        if len(literals := [term.base for term in test.terms if not isinstance(term.base, Variable)]) == len(test.terms)
        and not any(term.steps for term in test.terms)
    )
