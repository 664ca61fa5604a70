"""The command `explain`: the whole story of one case."""

from __future__ import annotations

from typing import Annotated

import typer

from checker.commands.asked import source_of
from checker.commands.flags import ColourFlag, LanguageFlag, PackFlag, language_of, look_of, one_of, option
from checker.commands.written import put


def command(  # noqa: PLR0913 - one parameter for each flag
    case: Annotated[str, typer.Argument(metavar="CASE", help="A file with one case; - is standard input.")],
    *,
    rule: Annotated[
        str | None, option("--rule", "RULE", "Only this rule: why it says what it says, or nothing.")
    ] = None,
    readings: Annotated[bool, typer.Option("--readings", help="Judge under each combination of readings.")] = False,
    timeline: Annotated[
        str | None, option("--timeline", "FROM..TO", "On which days between these the verdict turns.")
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask what would decide the undetermined, and judge again.")
    ] = False,
    write: Annotated[
        str | None, option("--write", "PATH", "With --ask: write the case with the answers to this new file.")
    ] = None,
    pack: PackFlag = None,
    as_of: Annotated[str | None, option("--as-of", "DAY", "The day of judging; else the case's, else today.")] = None,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FORMAT", help="text or json.")] = "text",
    lang: LanguageFlag = None,
    color: ColourFlag = "auto",
) -> int:
    """Tell the whole story of one case: why, why not, what would comply, and when it turns."""
    look = look_of(color)
    form = one_of(("text", "json"), output, "--output")
    from checker.errors import UsageError
    from checker.options import Options

    options = Options(pack=pack, as_of=as_of, lang=language_of(lang))
    if ask:
        if readings or timeline is not None:
            message = "--ask goes without --readings and --timeline; write the answers down and explain that case"
            raise UsageError(message)
        from checker.commands.dialogue import ask as ask_about

        ask_about(case, options, rule, write, form, look)
        return 0
    if write is not None:
        message = "--write writes the case with the answers given; it goes with --ask"
        raise UsageError(message)
    from checker import api
    from checker.report import story

    results, told = api.explain(source_of(case, "explain"), options, rule, readings=readings, timeline=timeline)
    put(story.json(results, told) if form == "json" else story.render(results, told, look))
    return 0
