"""The agenda of an agreement, for people: where its term stands, what is left to be done, and each one's next dates."""

from __future__ import annotations

from collections.abc import Iterator

from checker.agenda import Agenda
from checker.entry import Entry
from checker.messages import listed
from checker.model import text_in
from checker.periods import Period, PossibleEnd, TermOn, notices_before
from checker.report import dated, words
from checker.speech import Speech
from checker.terminal import Look, columns, inert, line, wrap
from checker.validity import distinct

_INDENT = "  "


def text(agenda: Agenda, look: Look, speech: Speech) -> str:
    """The default readings' answer with its sums, then what other readings change."""
    title = f"{text_in(agenda.pack.title, speech.language)} ({agenda.pack.id} {agenda.pack.version})"
    parts = (
        (look.paint(line(title), "bold"),),
        tuple(_term(agenda, look, speech)),
        tuple(_left(agenda, look, speech)),
        tuple(_next(agenda, look, speech)),
        tuple(_sums(agenda, look, speech)),
        tuple(_other_readings(agenda, look, speech)),
        tuple(wrap(words.closing(agenda.coverage, speech), look.width)),
    )
    return inert("\n".join("".join(f"{each}\n" for each in part) for part in parts if part))


# --- the term -------------------------------------------------------------------


def _term(agenda: Agenda, look: Look, speech: Speech) -> Iterator[str]:
    if not agenda.terms:
        yield from wrap(speech.say("This pack says nothing of a term: it has no `term` block."), look.width)
        return
    for each in _sentences(agenda.terms[0], str(agenda.day), speech):
        yield from wrap(line(each), look.width)
    for notice in notices_before(agenda.pack, "window") if agenda.case is None else ():
        if notice not in notices_before(agenda.pack):
            told = speech.say(
                "A notice by {rule} is counted back from the act itself, which a case names.", rule=notice
            )
            yield from wrap(line(told), look.width)


def _sentences(term: TermOn, day: str, speech: Speech) -> Iterator[str]:
    if term.current is not None:
        yield _running(term.current, day, speech)
        for each in term.current.notices:
            yield speech.say("The last day for a notice that ends it ({rule}): {day}.", rule=each.notice, day=each.day)
    elif term.periods or term.ends is None:
        yield speech.say("On {day} no period runs.", day=day)
    if term.ends is not None:
        yield speech.say("The last day in force is {day}.", day=term.ends.day)
    elif term.following is not None:
        yield _following(term, term.following, speech)
    elif term.current is not None and term.current.end is not None:
        yield speech.say("What follows period {number} is too far off to be told.", number=term.current.number)
    if term.may_end is not None:
        yield _perhaps_ending(term.may_end, speech)


def _running(period: Period, day: str, speech: Speech) -> str:
    values = {"day": day, "number": period.number, "start": period.start, "end": period.end}
    if period.end is None:
        return speech.say("On {day} period {number} runs, from {start} without end.", **values)
    return speech.say("On {day} period {number} runs, from {start} to {end}.", **values)


def _following(term: TermOn, period: Period, speech: Speech) -> str:
    values = {"number": period.number, "start": period.start, "end": period.end}
    if term.current is None and period.end is None:
        return speech.say("Period {number} is to run from {start} without end.", **values)
    if term.current is None:
        return speech.say("Period {number} is to run from {start} to {end}.", **values)
    if not period.certain:
        return speech.say("The case leaves open whether period {number} follows, from {start} to {end}.", **values)
    return speech.say("Without notice period {number} follows, from {start} to {end}.", **values)


def _perhaps_ending(end: PossibleEnd, speech: Speech) -> str:
    if end.day is None:
        return speech.say("The case leaves open which day is the last one in force ({rule}).", rule=end.rule)
    return speech.say(
        "The case leaves open whether {day} is the last day in force ({rule}).", day=end.day, rule=end.rule
    )


def _sums(agenda: Agenda, look: Look, speech: Speech) -> Iterator[str]:
    shown = [each for term in agenda.terms[:1] for each in (term.current, term.following) if each is not None]
    sums = dict.fromkeys(each for period in shown for each in period.sums)
    if sums:
        yield look.paint(speech.say("How the days are found:"), "bold")
        yield from (f"{_INDENT}{line(each)}" for each in sums)


def _other_readings(agenda: Agenda, look: Look, speech: Speech) -> Iterator[str]:
    terms = distinct(agenda.terms)
    if terms[1:]:
        yield look.paint(speech.say("Under other readings:"), "bold")
    for term in terms[1:]:
        yield from _indented(words.options(term.change), 1, look)
        for each in _sentences(term, str(agenda.day), speech):
            yield from _indented(each, 2, look)


def _indented(told: str, depth: int, look: Look) -> Iterator[str]:
    yield from (f"{_INDENT * depth}{each}" for each in wrap(line(told), look.width - len(_INDENT) * depth))


# --- the dates ------------------------------------------------------------------


def _left(agenda: Agenda, look: Look, speech: Speech) -> Iterator[str]:
    """What the case leaves to be done, with what there is to do."""
    if agenda.case is None:
        return
    left = [each for each in agenda.entries if each.what.status]
    values = {"case": agenda.case.name, "verdict": words.status(agenda.case.verdict, speech)}
    if not left:
        told = speech.say("{case} leaves nothing to be done that could still be met (verdict: {verdict}).", **values)
        yield from wrap(line(told), look.width)
        return
    yield look.paint(line(speech.say("What {case} leaves to be done (verdict: {verdict}):", **values)), "bold")
    for each in left:
        yield from _dated(agenda, each, 1, look, speech, remedy=True)


def _next(agenda: Agenda, look: Look, speech: Speech) -> Iterator[str]:
    """The next dates of each party and of whoever else has something to do; those with the same are told together."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for actor in agenda.actors() or ("",):
        entries = agenda.next_dates(actor) if actor else agenda.entries
        told = [told for each in entries for told in _dated(agenda, each, 2, look, speech)]
        groups.setdefault(tuple(told), []).append(speech.name(actor))
    nobody = groups.pop((), [])
    if not groups:
        yield from wrap(speech.say("From {day} on no date lies ahead.", day=agenda.day), look.width)
        return
    yield look.paint(speech.say("The next dates from {day} on:", day=agenda.day), "bold")
    for told_to_all, names in groups.items():
        yield from _indented(listed(names, speech), 1, look)
        yield from told_to_all
    if nobody:
        yield from _indented(speech.say("For the others no date lies ahead."), 1, look)


def _dated(
    agenda: Agenda, entry: Entry, depth: int, look: Look, speech: Speech, *, remedy: bool = False
) -> Iterator[str]:
    """The day, what falls on it and why, then its days under other readings."""
    shown = entry.next(agenda.day)
    day = str(shown.day) if shown else _undated(entry, speech)
    told = [dated.sentence(entry, speech)]
    if ground := dated.ground(entry):
        told = [speech.say("{what} ({ground})", what=told[0], ground=ground)]
    if shown is not None and not shown.default:
        told.append(speech.say("only if {readings}", readings=dated.under(shown, speech)))
    others = [each for each in entry.days if each != shown and each.day is not None]
    if others:
        told.append(dated.otherwise(others, speech))
    if remedy and entry.telling.remedy:
        told.append(entry.telling.remedy)
    indent = _INDENT * depth
    room = max(columns(day), len("2043-07-18")) + len(_INDENT)
    lines = [each for sentence in told for each in wrap(line(sentence), look.width - len(indent) - room)]
    yield f"{indent}{day}{' ' * (room - columns(day))}{lines[0]}"
    yield from (f"{indent}{' ' * room}{each}" for each in lines[1:])


def _undated(entry: Entry, speech: Speech) -> str:
    return speech.say("no day set") if entry.what.undated == "none" else speech.say("day unknown")
