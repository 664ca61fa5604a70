"""The dates ahead under an agreement: of its term, and of what a case leaves to be done, each with whom it concerns.

A date is told once, with the day on which it falls under the default readings and every other day on which it
falls under others. Nothing is dropped: what is a date under some other reading only is there, and says under which.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from checker.dates import Date
from checker.duties import duties_of, other_party
from checker.entry import KINDS, Change, Entry, Found, Telling, What, merged
from checker.judging import Asked, OpenPack, judge_in_full
from checker.load import Document
from checker.model import Case, Compare, Pack, text_in
from checker.periods import Period, TermOn
from checker.results import Coverage
from checker.speech import Speech
from checker.validity import terms_on, without_facts
from checker.values import Variable, render
from checker.verdict import CaseStatus

NEXT = 3  # dates told for each party


class CaseTold(NamedTuple):
    """The case whose facts count, and the verdict on it."""

    name: str
    verdict: CaseStatus


class Agenda(NamedTuple):
    """The dates from a day on: a date is here while any of its days is not past, or it has none.

    `terms` holds the term under each combination of readings, the default's first; it is empty where the pack has
    none. `readings` are the default ones, or as they were settled.
    """

    pack: Pack
    coverage: Coverage
    day: Date
    case: CaseTold | None
    readings: Change
    terms: tuple[TermOn, ...]
    entries: tuple[Entry, ...]

    def actors(self) -> tuple[str, ...]:
        """The parties, then whoever else has something to do."""
        others = {name for entry in self.entries for name in entry.what.parties} - set(self.pack.parties)
        return (*self.pack.parties, *sorted(others))

    def next_dates(self, actor: str) -> tuple[Entry, ...]:
        """The next dates of one of the actors. A notice that the case asks for by the same day is told once."""
        mine = [
            (each, under.day) for each in self.entries if actor in each.what.parties and (under := each.next(self.day))
        ]
        asked = {(each.what.rule, day) for each, day in mine if each.what.status}
        return tuple(
            each for each, day in mine if each.what.kind != "last-notice" or (each.what.rule, day) not in asked
        )[:NEXT]


def agenda(
    opened: OpenPack, day: Date, asked: Asked, speech: Speech, read: tuple[Case, Document] | None = None
) -> Agenda:
    """The dates from the day on, with what a case tells if one was read. UsageError where there is no answer."""
    pack, fixed = opened.pack, asked.readings
    case = without_facts(day) if read is None else read[0]
    terms = terms_on(opened, case, fixed, speech)
    told, found = (None, []) if read is None else _left_open(opened, *read, asked, speech)
    for term in terms:
        found += _of_term(pack, term, speech)
    running = terms[0].current or terms[0].following if terms else None
    entries = [
        each._replace(renewed=running is not None and (each.what.period or 0) > running.number)
        for each in merged(found)
        if any(under.day is None or under.day >= day for under in each.days)
    ]
    return Agenda(
        pack=pack,
        coverage=opened.coverage,
        day=day,
        case=told,
        readings=tuple((name, fixed.get(name, question.default)) for name, question in sorted(pack.readings.items())),
        terms=terms,
        entries=tuple(sorted(entries, key=lambda each: _order(each, day, pack.parties))),
    )


def _order(entry: Entry, today: Date, parties: tuple[str, ...]) -> tuple[object, ...]:
    """By day, those without one last; then by what they are, and by whose, the parties in the pack's order."""
    what, under = entry.what, entry.next(today)
    whose = [(parties.index(each) if each in parties else len(parties), each) for each in what.parties]
    when = (under is None, str(under and under.day), under is not None and not under.default)
    return (*when, KINDS.index(what.kind), str(what.rule), what.period or 0, str(what.about), whose, str(what))


def _left_open(
    opened: OpenPack, case: Case, document: Document, asked: Asked, speech: Speech
) -> tuple[CaseTold, list[Found]]:
    """The verdict on the case, and what it leaves to be done."""
    verdict, outcome = judge_in_full(opened, case, document, asked._replace(remedies=False, questions=False))
    found = list(duties_of(opened.pack, case, outcome, verdict, speech))
    return CaseTold(case.name, verdict.status), found


# --- of the term --------------------------------------------------------------------


def _of_term(pack: Pack, term: TermOn, speech: Speech) -> Iterator[Found]:
    """The dates of the term under one combination of readings, past ones among them."""
    if term.ends is not None:
        what = What("term-end", term.ends.rule, pack.parties)
        yield term.change, what, _of_rule(pack, what.rule, speech), term.ends.day
    if (may := term.may_end) is not None:
        what = What("term-end", may.rule, pack.parties, certain=False, undated=None if may.day else "unknown")
        yield term.change, what, _of_rule(pack, what.rule, speech), may.day
    if term.current is None and term.following is not None:
        first = term.following
        what = What("period-start", first.rule, pack.parties, period=first.number, certain=first.certain)
        yield term.change, what, _of_rule(pack, first.rule, speech), first.start
    for period in term.periods:
        if period.end is not None and not (term.ends and term.ends.day <= period.end):
            what = What("period-end", period.rule, pack.parties, period=period.number, certain=period.certain)
            yield term.change, what, _of_rule(pack, period.rule, speech), period.end
            yield from _notices(pack, term.change, period, speech)


def _notices(pack: Pack, change: Change, period: Period, speech: Speech) -> Iterator[Found]:
    """The last days for notices that end a period, one for each party that can give it."""
    for notice, day in period.notices:
        telling = _of_rule(pack, notice, speech)
        for giver in _givers(pack, notice):
            towards = _addressee(pack, notice, giver)
            what = What("last-notice", notice, (giver,), towards, period=period.number, certain=period.certain)
            yield change, what, telling, day


def _givers(pack: Pack, notice: str) -> tuple[str, ...]:
    """Who may give a notice: whom its rule names; any party where it names nobody."""
    rule = pack.rules[notice]
    if rule.by is not None and isinstance(rule.by.base, str):
        return (rule.by.base,)
    for item in rule.body.items if rule.body else ():
        if isinstance(item, Compare) and item.left == rule.by and item.op == "in":
            return tuple(term.base for term in item.right if isinstance(term.base, str))
    return pack.parties


def _addressee(pack: Pack, notice: str, giver: str) -> str | None:
    """To whom a notice goes."""
    towards = pack.rules[notice].towards
    if towards == "other-party":
        return other_party(pack, giver)
    return None if towards is None or isinstance(towards.base, Variable) else render(towards.base)


def _of_rule(pack: Pack, name: str | None, speech: Speech) -> Telling:
    rule = pack.rules.get(name or "")
    return Telling("", None) if rule is None else Telling(text_in(rule.title, speech.language), rule.basis)
