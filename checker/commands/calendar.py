"""The command `calendar`: the dates ahead under an agreement."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.asked import source_of
from checker.commands.flags import ColourFlag, LanguageFlag, language_of, look_of, option, reading_of
from checker.commands.saving import save
from checker.exits import NO_ANSWER

if TYPE_CHECKING:
    from datetime import datetime

    from checker.agenda import Agenda
    from checker.speech import Speech
    from checker.terminal import Look

FORMATS = ("text", "json", "ics")


def command(  # noqa: PLR0913 - one parameter for each flag
    pack: Annotated[str | None, typer.Argument(metavar="[PACK]", help="A shipped pack's name, or a folder.")] = None,
    *,
    case: Annotated[
        str | None, option("--case", "FILE", "A case: what it leaves to be done, and what it tells of the term.")
    ] = None,
    as_of: Annotated[str | None, option("--as-of", "DAY", "The day asked about; else the case's, else today.")] = None,
    reading: Annotated[list[str] | None, option("--reading", "Q=OPTION", "Settle a reading. Repeatable.")] = None,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FORMAT[=PATH]", help="text, json or ics. Repeatable."),
    ] = None,
    ics: Annotated[bool, typer.Option("--ics", help="A calendar file on standard output: `-o ics`.")] = False,
    lang: LanguageFlag = None,
    color: ColourFlag = "auto",
) -> int:
    """Say what falls due when, and for whom: periods, last days for notices, and what a case leaves to be done."""
    from checker.options import Options
    from checker.outputs import parse_outputs, refuse_inputs

    look = look_of(color)
    outputs = parse_outputs([*(output or ()), *(["ics"] if ics else ())], FORMATS)
    refuse_inputs(outputs, [case])
    made = _made() if any(each.format == "ics" for each in outputs) else None
    options = Options(pack=pack, as_of=as_of, readings=tuple(reading_of(each) for each in reading or ()))
    source = None if case is None else source_of(case, "--case")
    languages = ["en" if each.format == "json" and lang is None else language_of(lang) for each in outputs]
    from checker import api
    from checker.speech import speech

    agendas = {each: api.calendar(options._replace(lang=each), source) for each in dict.fromkeys(languages)}
    written = []
    for each, language in zip(outputs, languages, strict=True):
        agenda = agendas[language]
        spoken = speech(language).naming(agenda.pack.names)
        text = _told(each.format, agenda, look if each.path is None else look.plain(), spoken, made)
        written.append(save(each, text))
    return 0 if all(written) else NO_ANSWER


def _made() -> datetime | None:
    """When a calendar file is said to be made, if SOURCE_DATE_EPOCH tells; refused where none can be made."""
    from datetime import datetime, timezone

    from checker.errors import UsageError, quoted

    if find_spec("icalendar") is None:
        message = "`-o ics` needs the package icalendar: pip install 'servanda[calendar]'"
        raise UsageError(message)
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.fromtimestamp(int(epoch), timezone.utc) if epoch.isdigit() else None
    except (OSError, OverflowError, ValueError):
        message = f"SOURCE_DATE_EPOCH: {quoted(epoch)} is no time of our calendar"
        raise UsageError(message) from None


def _told(form: str, agenda: Agenda, look: Look, spoken: Speech, made: datetime | None) -> str:
    """The agenda in a format."""
    if form == "ics":
        from checker.report import icalendar

        return icalendar.render(agenda, made, spoken)
    if form == "json":
        from checker.report import calendar_json

        return calendar_json.json(agenda, spoken)
    from checker.report import calendar

    return calendar.text(agenda, look, spoken)
