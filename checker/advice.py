"""Remedies told: in a sentence, as a patch, by whom and until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from checker.changes import Change, patch, value_of
from checker.dates import Date
from checker.model import Case, Fact, Pack, Rule
from checker.read_off import Subject
from checker.remedies import MOST_CHANGES, Remedies, Remedy
from checker.speech import Speech
from checker.values import Unknown, Value, render
from checker.verdict import Remedy as Told

_DOERS = ("by", "from", "agency")  # fields that name who does a thing, whatever else is named
Proof = Callable[[Case], bool]  # whether both evaluators agree on a changed case


def advice(remedies: Remedies, rule: Rule, subject: Subject, prove: Proof, speech: Speech) -> tuple[Told, ...]:
    """The remedies of a finding that prove out with both evaluators."""
    pack, case = remedies.pack, remedies.case
    return tuple(
        _told(each, case, pack, speech) for each in remedies.of(rule, subject) if prove(remedies.case_with(each))
    )


def why_none(remedies: Remedies, speech: Speech) -> str:
    """Why no remedy was found for the finding looked at last."""
    if not remedies.seen:
        return speech.say("nothing that it depends on can still be changed on {day}", day=remedies.case.as_of)
    if remedies.has_stopped:
        return speech.say("the search stopped after {number} judgements without one", number=remedies.tried)
    return speech.say(
        "no {number} changes that can still be made on {day} would do, without harm elsewhere",
        number=MOST_CHANGES,
        day=remedies.case.as_of,
    )


def _told(remedy: Remedy, case: Case, pack: Pack, speech: Speech) -> Told:
    parts = [_sentence(change, pack, speech) for change in remedy.changes]
    has_facts = bool(case.without) or any(given.path.startswith("/facts/") for given in case.given)
    days = [day for change in remedy.changes if (day := _last_day(change, case, pack)) is not None]
    who = list(dict.fromkeys(name for change in remedy.changes if (name := _who(change.fact, pack)) is not None))
    return Told(
        number=0,
        text="; ".join(parts),
        change=patch(case, remedy.changes, pack, has_facts=has_facts),
        status=remedy.status,
        by=", ".join(who) or None,
        by_name=", ".join(map(speech.name, who)) or None,
        until=str(min(days)) if days else None,
    )


def _sentence(change: Change, pack: Pack, speech: Speech) -> str:
    kind = pack.types[change.fact.type]
    if change.kind == "drop":
        return speech.say("leave {name} undone", name=_name(change.fact, pack, speech))
    if change.kind == "set" and change.value is not None:
        return speech.say(
            "choose {value} as `{field}` of {name}",
            value=render(change.value),
            field=change.field,
            name=_name(change.fact, pack, speech),
        )
    fields = dict(zip(kind.fields, change.fact.values, strict=True))
    by_then = dated_by(change.fact, pack)
    day = fields.pop(by_then or "", None)
    named, told = speech.name(kind.name), _fields(fields, pack, kind.name)
    gap = "" if named == kind.name else " "  # a type by its own name is written as a case has it
    what = f"{named}{gap}({told})" if told else named
    if isinstance(day, Date):
        return speech.say("bring about {what}, with `{field}` on or before {day}", what=what, field=by_then, day=day)
    return speech.say("bring about {what}", what=what)


def _fields(fields: Mapping[str, Value], pack: Pack, name: str) -> str:
    known = pack.types[name].fields
    told = [
        f"{field}: {render(value)}"
        for field, value in fields.items()
        if field not in ("id", "proposed") and not isinstance(value, Unknown) and value != known[field].default
    ]
    return ", ".join(told)


def dated_by(fact: Fact, pack: Pack) -> str | None:
    """The field that says when it is: the one that dates the type, else the first day that is known."""
    kind = pack.types[fact.type]
    if kind.day is not None:
        return kind.day
    named = zip(kind.fields, fact.values, strict=True)
    return next((field for field, value in named if isinstance(value, Date)), None)


def _name(fact: Fact, pack: Pack, speech: Speech) -> str:
    own, named = value_of(pack, fact, "id"), speech.name(fact.type)
    return f"{named} {own}" if own is not None and not isinstance(own, Unknown) else named


def _who(fact: Fact, pack: Pack) -> str | None:
    """Who acts, gives or signs, as far as the fact says so."""
    named = zip(pack.types[fact.type].fields.values(), fact.values, strict=True)
    return next((value for field, value in named if field.name in _DOERS and isinstance(value, str)), None)


def _last_day(change: Change, case: Case, pack: Pack) -> Date | None:
    """The last day on which the change can still be made: of what is added its day, else the day that stands."""
    old = next((given.fact for given in case.given if given.path == change.path), change.fact)
    value = value_of(pack, old, dated_by(old, pack))
    return value if isinstance(value, Date) else None
