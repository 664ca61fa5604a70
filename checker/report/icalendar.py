"""The agenda as an iCalendar file (RFC 5545), for calendars: an all-day event for each day of each date.

The same agenda and stamp give the same bytes. An event is named by what it says, so that importing a later file
replaces what it repeats, and two deadlines never overwrite each other. There is no alarm: how long beforehand to be
reminded is the reader's affair, no agreement says it, and calendars drop or double alarms that come with a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta, timezone
from hashlib import sha256
from json import dumps
from pathlib import PurePath
from typing import NamedTuple

from icalendar import Calendar, Component, Event, Journal, Todo, vText

from checker.agenda import Agenda
from checker.dates import Date
from checker.entry import Entry, Under, What
from checker.model import text_in
from checker.report import dated, words
from checker.speech import Speech
from checker.terminal import line
from checker.version import __version__

_DAY = timedelta(days=1)


class _Item(NamedTuple):
    """What one component tells: a date on one of its days, for all whom it concerns alike."""

    entry: Entry
    under: Under


def render(agenda: Agenda, made: datetime | None, speech: Speech) -> str:
    """The file; its events are stamped with when they are said to be made (UTC), else with the day asked about."""
    stamp = made or datetime.combine(agenda.day.to_stdlib(), time(), timezone.utc)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Servanda//servanda {__version__}//EN")
    name = vText(line(text_in(agenda.pack.title, speech.language)))
    calendar.add("name", name)  # RFC 7986
    calendar.add("x-wr-calname", name)  # what most calendars read
    for each in _components(agenda, speech):
        each.add("dtstamp", stamp)
        calendar.add_component(each)
    return bytes(calendar.to_ical()).decode()


def _components(agenda: Agenda, speech: Speech) -> Iterator[Component]:
    """An event for each day, a task for what is due without a day; a calendar has to hold something, so else a note."""
    items = list(_items(agenda))
    for item in items:
        yield _component(agenda, item, speech)
    if not items:
        note = Journal()
        note.add("uid", _uid(agenda, "no date", str(agenda.day)))
        note.add("dtstart", agenda.day.to_stdlib())
        note.add(
            "summary", line(f"{agenda.pack.id}: {speech.say('From {day} on no date lies ahead.', day=agenda.day)}")
        )
        yield note


def _items(agenda: Agenda) -> Iterator[_Item]:
    """Every day of every date; what several parties may do by the same day, as a notice, is told once for all."""
    alike: dict[tuple[What, tuple[Under, ...]], list[Entry]] = {}
    for entry in agenda.entries:
        of_all = entry.what._replace(parties=(), towards=None) if entry.what.kind == "last-notice" else entry.what
        alike.setdefault((of_all, entry.days), []).append(entry)
    for entries in alike.values():
        first = entries[0]
        if len(entries) > 1:
            parties = tuple(party for each in entries for party in each.what.parties)
            first = first._replace(what=first.what._replace(parties=parties, towards=None))
        yield from (_Item(first, under) for under in first.days)


def _component(agenda: Agenda, item: _Item, speech: Speech) -> Component:
    what, under = item.entry.what, item.under
    component: Component = Todo() if under.day is None else Event()
    component.add("uid", _uid(agenda, *map(str, (*what, under.day, under.changes))))
    component.add("summary", line(_summary(agenda, item, speech)))
    component.add("description", "\n".join(map(line, _description(agenda, item, speech))))
    component.add("categories", [what.kind])
    if under.day is None:
        component.add("status", "NEEDS-ACTION")
        return component
    component.add("dtstart", under.day.to_stdlib())
    if under.day < Date.MAX:
        component.add("dtend", under.day.to_stdlib() + _DAY)
    sure = under.default and what.certain and not item.entry.renewed
    component.add("status", "CONFIRMED" if sure else "TENTATIVE")
    component.add("transp", "TRANSPARENT")  # a last day does not fill the day
    return component


def _uid(agenda: Agenda, *told: str) -> str:
    """A name for what an event says, whatever file, language or day it is told in."""
    said = dumps([agenda.pack.id, *told], ensure_ascii=True)
    return f"{sha256(said.encode()).hexdigest()[:32]}@servanda"


def _summary(agenda: Agenda, item: _Item, speech: Speech) -> str:
    told = dated.sentence(item.entry, speech)
    if item.entry.what.kind == "last-notice":
        told = speech.say("{what} ({ground})", what=told, ground=dated.owed(item.entry.what, speech))
    if not item.under.default:
        told = speech.say("{what}, if {readings}", what=told, readings=dated.under(item.under, speech))
    return f"{agenda.pack.id}: {told}"


def _description(agenda: Agenda, item: _Item, speech: Speech) -> Iterator[str]:
    """Why it is a date: the rule, what that rests on, the readings in words, what there is to do."""
    telling, readings = item.entry.telling, agenda.pack.readings
    if item.entry.what.rule is not None:
        yield speech.say("{title} ({rule}).", title=telling.title, rule=item.entry.what.rule)
    if telling.basis is not None:
        yield speech.say("{basis}.", basis=words.basis_in_words(telling.basis, speech))
    if telling.remedy:
        yield telling.remedy
    others = [each for each in item.entry.days if each.day is not None and not each.default]
    if item.under.default and others:
        yield dated.otherwise(others, speech)
    for question, option in dict.fromkeys(pair for change in item.under.changes for pair in change):
        ask, says = readings[question].ask, readings[question].options[option]
        yield f"{question}={option}: {text_in(ask, speech.language)} {text_in(says, speech.language)}"
    if agenda.case is not None:
        file = PurePath(agenda.case.name).name  # where it lies on whose disk is nobody's business
        yield speech.say("By the case {case}, as of {day}.", case=file, day=agenda.day)
    yield f"{text_in(agenda.pack.title, speech.language)} ({agenda.pack.id} {agenda.pack.version})"
    yield words.closing(agenda.coverage, speech)
