"""The command `calendar`: where the term of an agreement stands."""

from __future__ import annotations

from typing import Annotated

import typer

from checker.commands.flags import ColourFlag, LanguageFlag, language_of, look_of, one_of, option
from checker.commands.written import put


def command(
    pack: Annotated[str | None, typer.Argument(metavar="[PACK]", help="A shipped pack's name, or a folder.")] = None,
    *,
    as_of: Annotated[str | None, option("--as-of", "DAY", "The day asked about; else today.")] = None,
    case: Annotated[str | None, option("--case", "FILE", "A case whose notices count.")] = None,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FORMAT", help="text or json.")] = "text",
    lang: LanguageFlag = None,
    color: ColourFlag = "auto",
) -> int:
    """Say where the term of an agreement stands: current period, last days for notices, what follows."""
    look = look_of(color)
    form = one_of(("text", "json"), output, "--output")
    from checker import api
    from checker.options import DEFAULT_PACK
    from checker.report import calendar
    from checker.speech import speech

    spoken = speech(language_of(lang))
    opened = api.load_pack(pack or DEFAULT_PACK)
    day, terms = api.term_on(opened, as_of, spoken.naming(opened.pack.names), case)
    read = opened.pack
    put(calendar.json(read, day, terms) if form == "json" else calendar.text(read, day, terms, look, spoken))
    return 0
