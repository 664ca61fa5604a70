"""The days of a case for whoever draws them: the term under the default readings, and each day that the case states."""

from __future__ import annotations

from checker.dates import Date
from checker.model import Case, Pack
from checker.outcome import Outcome
from checker.periods import Term, has_term
from checker.speech import ENGLISH
from checker.verdict import StatedDay, Timeline

_BY_DEFAULT = 0  # the world of the default readings


def timeline(pack: Pack, case: Case, outcome: Outcome) -> Timeline:
    """Periods, last days for notices and the end as the outcome has them; the days of the facts, earliest first."""
    stated = sorted(
        (
            StatedDay(given.name, field, value)
            for given in case.given
            for field, value in zip(pack.types[given.fact.type].fields, given.fact.values, strict=True)
            if isinstance(value, Date)
        ),
        key=lambda each: (each.day, each.fact, each.field),
    )
    if not has_term(pack):
        return Timeline((), (), None, tuple(stated))
    term = Term(pack, outcome, _BY_DEFAULT, ENGLISH).on(case.as_of, ())
    limits = {(last.notice, last.day) for period in term.periods for last in period.notices}
    return Timeline(
        periods=tuple((each.number, each.start, each.end) for each in term.periods),
        limits=tuple(sorted(limits, key=lambda each: (each[1], each[0]))),
        ends=None if term.ends is None else term.ends.day,
        stated=tuple(stated),
    )
