"""The days on which the verdict on a case turns, and what turns it: a last day that passed, or a day that came.

Only days that matter are judged: those of facts and due days, and the day after each. Why a finding turned is read
off the outcomes on both sides of the turn, under each combination of readings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from checker.contrast import Key, Turned, apart
from checker.dates import Date, parse_date
from checker.derivation import premises_of
from checker.entry import Change, change_of, smallest
from checker.judging import Asked, OpenPack, judge_in_full
from checker.load import Document
from checker.model import Case, Fact, Pack
from checker.outcome import Match, Outcome, Status, WorldKey
from checker.read_off import tables_of
from checker.referee_values import next_day, value_of_term
from checker.values import Term, Value
from checker.verdict import CaseStatus, Verdict
from checker.worlds import worlds_of

_What: TypeAlias = "tuple[Date, str, str]"  # a day, and the fact and field that have it; '' for a rule's last day


class Cause(NamedTuple):
    """The last day of the rule, which passed; or a day that came or passed, which a `field` of a `fact` has.

    `under`: the smallest changes of readings with which it turns the finding; () where it does by default, and None
    where it does under all readings.
    """

    day: Date
    fact: str  # '' for a last day
    field: str
    under: tuple[Change, ...] | None


class Turning(NamedTuple):
    """A finding that has another status from a day on, and why; no cause where none was found in the case."""

    turned: Turned
    causes: tuple[Cause, ...]


class Turn(NamedTuple):
    """A day from which on the verdict is another, or findings are; `stays`: the case has the status it had."""

    day: Date
    status: CaseStatus
    changed: tuple[Turning, ...]
    stays: bool


class _Judged(NamedTuple):
    """The case as of one day; the statuses of each finding by combination of readings, the default first."""

    verdict: Verdict
    outcome: Outcome
    statuses: Mapping[Key, Mapping[WorldKey, Status]]


def turns(opened: OpenPack, case: Case, document: Document, asked: Asked, first: Date, last: Date) -> tuple[Turn, ...]:
    """The verdict on the first day, and each later day up to the last from which on it is another."""
    judged: dict[Date, _Judged] = {}
    left = [first]
    while left:  # a verdict may name days of its own, which matter too
        day = left.pop()
        judged[day] = _judged(opened, replace(case, as_of=day), document, asked)
        days = {each for each in _days(judged[day]) if first <= each <= last}
        left += sorted(days - judged.keys() - set(left))
    before = judged[first]
    found = [Turn(first, before.verdict.status, (), stays=False)]
    for day in sorted(judged)[1:]:
        after = judged[day]
        changed = tuple(
            Turning(turned, tuple(_causes(opened.pack, case, before, after, key, day)))
            for key, turned in apart(before.verdict, after.verdict)
        )
        stays = before.verdict.status == after.verdict.status
        if changed or not stays:
            found.append(Turn(day, after.verdict.status, changed, stays))
        before = after
    return tuple(found)


def _judged(opened: OpenPack, case: Case, document: Document, asked: Asked) -> _Judged:
    verdict, outcome = judge_in_full(opened, case, document, asked._replace(remedies=False, questions=False))
    worlds = worlds_of(opened.pack, opened.dependencies, asked.readings, case)
    statuses = {
        key: {worlds.keys[world]: status for world, status in table.items()}
        for key, table in tables_of(outcome, worlds).items()
    }
    return _Judged(verdict, outcome, statuses)


def _days(judged: _Judged) -> Iterator[Date]:
    """The days on which a verdict can turn: those of facts and due days, and the day after each."""
    values: list[Value | None] = [value for fact in judged.outcome.facts for value in fact.values]
    values += [value for finding in judged.verdict.findings for _, value in finding.bindings]
    values += [parse_date(finding.due) for finding in judged.verdict.findings if finding.due is not None]
    for value in dict.fromkeys(value for value in values if isinstance(value, Date)):
        yield value
        if isinstance(following := next_day(value), Date):
            yield following


# --- why ------------------------------------------------------------------------


def _causes(pack: Pack, case: Case, before: _Judged, after: _Judged, key: Key, day: Date) -> Iterator[Cause]:
    """What turned the finding on the day, in each combination of readings where it has another status then."""
    then, now = before.statuses.get(key, {}), after.statuses.get(key, {})
    worlds = list({**now, **then})
    found: dict[_What, list[Change]] = {}
    for world in worlds:
        if then.get(world, "silent") != now.get(world, "silent"):
            what = _cause(pack, case, (after.outcome, before.outcome), key, world, day)
            if what is not None:
                found.setdefault(what, []).append(change_of(worlds[0], world))
    for what, changes in found.items():
        yield Cause(*what, under=None if len(changes) == len(worlds) else smallest(changes))


def _cause(pack: Pack, case: Case, outcomes: Iterable[Outcome], key: Key, world: WorldKey, day: Date) -> _What | None:
    """The first of: the last day of the rule, the day before; a day that the case states; one concluded from it."""
    stated = {given.fact: given.name for given in case.given}
    last: list[_What] = []
    came: list[_What] = []
    concluded: list[_What] = []
    for outcome in outcomes:
        bit = 1 << outcome.worlds.index(world)
        matches = [match for match in outcome.statuses if (match.rule, match.subject) == key]
        last += [(due, "", "") for match in matches if (due := _due(pack, match)) and next_day(due) == day]
        for fact in _behind(outcome, matches, bit):
            days = zip(pack.types[fact.type].fields, fact.values, strict=True)
            for field, value in days:
                if value == day and fact in stated:
                    came.append((day, stated[fact], field))
                elif isinstance(value, Date) and day in (value, next_day(value)):
                    concluded.append((value, stated.get(fact, fact.type), field))
    return next(iter((*last, *came, *concluded)), None)


def _due(pack: Pack, match: Match) -> Date | None:
    due = pack.rules[match.rule].due
    day = value_of_term(due, dict(match.bindings), pack.rounding) if isinstance(due, Term) else None
    return day if isinstance(day, Date) else None


def _behind(outcome: Outcome, matches: Iterable[Match], bit: int) -> Iterator[Fact]:
    """The facts that fill any part of the matches, then those from which these were concluded; each once."""
    own, premises = set(matches), premises_of(outcome, bit)
    steps: dict[Fact, list[Fact]] = {}
    for step, label in outcome.steps.items():
        if label.possible & bit:
            steps.setdefault(step.fact, []).extend(premises.get(step.match, ()))
    filling = (w.facts for w, label in outcome.witnesses.items() if w.match in own and label.possible & bit)
    found = dict.fromkeys(fact for facts in sorted(filling, key=repr) for fact in facts)
    left = list(found)
    for fact in left:  # grows while it is walked
        new = [each for each in sorted(steps.get(fact, ()), key=repr) if each not in found]
        found.update(dict.fromkeys(new))
        left += dict.fromkeys(new)
    yield from found
