"""The term of an agreement on a day, for people and for programs."""

from __future__ import annotations

from checker.model import Pack, text_in
from checker.periods import Period, TermOn
from checker.report import words
from checker.report.json import Json, dump
from checker.speech import Speech
from checker.terminal import Look, line, wrap

SCHEMA = "servanda-calendar-1"
_INDENT = "  "


def text(pack: Pack, day: str, terms: tuple[TermOn, ...], look: Look, speech: Speech) -> str:
    """The default readings' answer with its sums, then what other readings change."""
    title = f"{text_in(pack.title, speech.language)} ({pack.id} {pack.version})"
    lines = [look.paint(line(title), "bold"), "", *_sentences(terms[0], day, look, speech)]
    shown = [each for each in (terms[0].current, terms[0].following) if each is not None]
    if sums := list(dict.fromkeys(each for period in shown for each in period.sums)):
        lines += ["", speech.say("How the days are found:"), *(f"{_INDENT}{line(each)}" for each in sums)]
    if terms[1:]:
        lines += ["", speech.say("Under other readings:")]
    for term in terms[1:]:
        lines.append(f"{_INDENT}{line(words.options(term.change))}")
        lines += [f"{_INDENT}{_INDENT}{told}" for told in _sentences(term, day, look, speech)]
    return "".join(f"{each}\n" for each in lines)


def _sentences(term: TermOn, day: str, look: Look, speech: Speech) -> list[str]:
    told = [] if term.current else [speech.say("On {day} no period runs.", day=day)]
    if term.current:
        told.append(_period(term.current, day, speech))
        told += [
            speech.say("The last day for a notice that ends it ({rule}): {day}.", rule=each.notice, day=each.day)
            for each in term.current.notices
        ]
    if term.ends is not None:
        told.append(speech.say("The last day in force is {day}.", day=term.ends))
    elif term.following is not None:
        told.append(_following(term.following, speech))
    return [each for sentence in told for each in wrap(line(sentence), look.width - 4)]


def _period(period: Period, day: str, speech: Speech) -> str:
    values = {"day": day, "number": period.number, "start": period.start, "end": period.end}
    if period.end is None:
        return speech.say("On {day} period {number} runs, from {start} without end.", **values)
    return speech.say("On {day} period {number} runs, from {start} to {end}.", **values)


def _following(period: Period, speech: Speech) -> str:
    values = {"number": period.number, "start": period.start, "end": period.end}
    return speech.say("Without notice period {number} follows, from {start} to {end}.", **values)


def json(pack: Pack, day: str, terms: tuple[TermOn, ...]) -> str:
    """The same as an object; the first term is that of the default readings."""
    told: dict[str, Json] = {
        "schema": SCHEMA,
        "pack": {"id": pack.id, "version": pack.version},
        "as_of": day,
        "terms": [_term(each) for each in terms],
    }
    return dump(told, indent=2) + "\n"


def _term(term: TermOn) -> Json:
    return {
        "readings": dict(term.change),
        "current": _json_of(term.current),
        "following": _json_of(term.following),
        "ends": None if term.ends is None else str(term.ends),
    }


def _json_of(period: Period | None) -> Json:
    if period is None:
        return None
    return {
        "number": period.number,
        "start": str(period.start),
        "end": None if period.end is None else str(period.end),
        "last_days": [{"notice": each.notice, "day": str(each.day)} for each in period.notices],
        "sums": list(period.sums),
    }
