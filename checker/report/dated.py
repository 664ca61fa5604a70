"""The dates of an agenda in words: what falls on a day, for whom, and under which readings."""

from __future__ import annotations

from collections.abc import Iterable

from checker.entry import Entry, Under, What
from checker.messages import either, listed, one_after_another
from checker.report import words
from checker.speech import Speech


def sentence(entry: Entry, speech: Speech) -> str:
    """What falls on the day, with whatever makes it less than certain."""
    told = _what(entry, speech)
    if entry.renewed:
        told = speech.say("{what}, if the term is renewed", what=told)
    if entry.what.kind == "prohibition":
        told = speech.say("{what} (forbidden to the end of this day)", what=told)
    if not entry.what.certain:
        told = speech.say("{what} (the case leaves this open)", what=told)
    return told


def _what(entry: Entry, speech: Speech) -> str:
    what = entry.what
    if what.kind == "last-notice":
        return speech.say("last day for a notice that ends period {number}", number=what.period)
    if what.kind == "period-end":
        return speech.say("period {number} ends", number=what.period)
    if what.kind == "period-start":
        return speech.say("period {number} begins", number=what.period)
    if what.kind == "term-end":
        return speech.say("last day in force")
    if not what.parties:
        return entry.telling.title
    return speech.say("{who}: {what}", who=owed(what, speech), what=entry.telling.title)


def owed(what: What, speech: Speech) -> str:
    """Who has to see to it and towards whom, in signs that every language reads."""
    by = listed(map(speech.name, what.parties), speech)
    return by if what.towards is None else f"{by} → {speech.name(what.towards)}"


def ground(entry: Entry) -> str:
    """What it is about, the rule, and what that rests on: words that are the same in every language."""
    return "; ".join(each for each in (entry.what.about, entry.what.rule, entry.telling.basis) if each)


def under(each: Under, speech: Speech) -> str:
    """The readings under which it is that day."""
    return either(map(words.options, each.changes), speech)


def otherwise(days: Iterable[Under], speech: Speech) -> str:
    """The days under other readings, one after another."""
    told = (speech.say("{day} if {readings}", day=each.day, readings=under(each, speech)) for each in days)
    return one_after_another(told, speech)
