"""The agenda as an object, for programs: `servanda-calendar-1`. Every date has its kind, rule, parties and readings."""

from __future__ import annotations

from checker.agenda import Agenda
from checker.entry import Change, Entry
from checker.periods import Period, TermOn
from checker.report import words
from checker.report.json import Json, dump
from checker.speech import Speech
from checker.validity import distinct

SCHEMA = "servanda-calendar-1"


def json(agenda: Agenda, speech: Speech) -> str:
    """The whole agenda; the first term is that of the default readings."""
    told: dict[str, Json] = {
        "schema": SCHEMA,
        "pack": {"id": agenda.pack.id, "version": agenda.pack.version},
        "as_of": str(agenda.day),
        "case": agenda.case and {"case": agenda.case.name, "verdict": agenda.case.verdict},
        "readings": _readings(agenda.readings),
        "terms": [_term(each) for each in distinct(agenda.terms)],
        "dates": [date for entry in agenda.entries for date in _dates(entry)],
        "parties": [
            {
                "party": actor,
                "name": speech.name(actor),
                "next": [date for entry in agenda.next_dates(actor) for date in _dates(entry)],
            }
            for actor in agenda.actors()
        ],
        "notice": words.closing(agenda.coverage, speech),
    }
    return dump(told, indent=2) + "\n"


def _readings(change: Change) -> Json:
    return {**dict(change)}


def _dates(entry: Entry) -> list[Json]:
    """The date once for each day on which it falls; what a day alone tells comes first."""
    what, telling = entry.what, entry.telling
    common: dict[str, Json] = {
        "kind": what.kind,
        "rule": what.rule,
        "title": telling.title,
        "basis": telling.basis,
        "parties": [*what.parties],
        "towards": what.towards,
        "period": what.period,
        "if_renewed": entry.renewed,
        "certain": what.certain,
        "about": what.about,
        "status": what.status,
        "severity": telling.severity,
        "remedy": telling.remedy,
        "location": telling.place
        and {"file": telling.place.file, "line": telling.place.line, "column": telling.place.column},
    }
    return [
        {
            "day": None if each.day is None else str(each.day),
            "undated": what.undated,
            "default": each.default,
            "readings": [_readings(change) for change in each.changes],
            **common,
        }
        for each in entry.days
    ]


def _term(term: TermOn) -> Json:
    return {
        "readings": _readings(term.change),
        "current": _period(term.current),
        "following": _period(term.following),
        "ends": term.ends and str(term.ends.day),
        "may_end": term.may_end and str(term.may_end.day or "unknown"),
        "periods": [_period(each) for each in term.periods],
    }


def _period(period: Period | None) -> Json:
    if period is None:
        return None
    return {
        "number": period.number,
        "start": str(period.start),
        "end": None if period.end is None else str(period.end),
        "last_days": [{"notice": each.notice, "day": str(each.day)} for each in period.notices],
        "rule": period.rule,
        "certain": period.certain,
        "sums": [*period.sums],
    }
