"""How a run is judged and what keeps it from failing: the flags that commands which judge many cases share."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from checker.commands.flags import globs, one_of, option, reading_of

if TYPE_CHECKING:
    from checker.options import Options
    from checker.sources import CaseSource

CasesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[CASE]...", help="A file, a folder, a glob; - is standard input.")
]
DayFlag = Annotated[str | None, option("--as-of", "DAY", "The day of judging; else the case's, else today.")]
ReadingFlag = Annotated[list[str] | None, option("--reading", "Q=OPTION", "Settle a reading. Repeatable.")]
FailFlag = Annotated[
    str,
    option("--fail-on", "STATUS", "violated, contested, undetermined or pending: it and all worse fail. Or never."),
]
SeverityFlag = Annotated[str, option("--min-severity", "SEVERITY", "note, warning or error: it and above can fail.")]
BasisFlag = Annotated[
    str | None, option("--min-basis", "BASIS", "Leave out what rests on less, for instance than press-quote.")
]
SelectFlag = Annotated[list[str] | None, option("--select", "RULE,GLOB", "Only these rules. Repeatable.")]
IgnoreFlag = Annotated[list[str] | None, option("--ignore", "RULE,GLOB", "Not these rules. Repeatable.")]
EngineFlag = Annotated[
    str | None, option("--engine", "ENGINE", "both (compared), durable or referee; both where it can be.")
]
InputFlag = Annotated[str | None, option("--input-format", "FORMAT", "yaml, json or jsonl; else told by the name.")]
WaiversFlag = Annotated[
    str | None, option("--waivers", "FILE", "Findings somebody answers for: shown, and no failure until a day.")
]
NoWaiversFlag = Annotated[bool, typer.Option("--no-waivers", help="Waive nothing, whatever the settings say.")]
WaiversFromFlag = Annotated[
    str | None, option("--waivers-from", "GITREF", "Read the waivers as they are there: a change can't waive itself.")
]
BaselineFlag = Annotated[
    str | None, option("--baseline", "FILE", "Findings accepted as they were: shown; only new ones fail.")
]
ShowFlag = Annotated[str, option("--show", "WHAT", "findings; or all: what complies too, as evidence.")]
RedactFlag = Annotated[bool, typer.Option("--redact", help="Leave the values of the case out of every report.")]
RemediesFlag = Annotated[
    bool, typer.Option("--remedies/--no-remedies", help="Look for what would put right what fails.")
]
EmptyFlag = Annotated[bool, typer.Option("--allow-empty", help="Finding no case at all is no failure.")]


def options_of(  # noqa: PLR0913 - one parameter for each flag
    *,
    pack: str | None,
    as_of: str | None,
    reading: list[str] | None,
    fail_on: str,
    min_severity: str,
    min_basis: str | None,
    select: list[str] | None,
    ignore: list[str] | None,
    engine: str | None,
    waivers: str | None,
    no_waivers: bool,
    waivers_from: str | None,
) -> Options:
    """What these flags ask for; UsageError for a word that is not known."""
    from checker.model import BASES, SEVERITIES
    from checker.options import ENGINES, FAIL_ON, Options

    return Options(
        pack=pack,
        as_of=as_of,
        readings=tuple(reading_of(each) for each in reading or ()),
        fail_on=one_of(FAIL_ON, fail_on, "--fail-on"),
        min_severity=one_of(SEVERITIES, min_severity, "--min-severity"),
        min_basis=min_basis and one_of(BASES, min_basis, "--min-basis"),
        select=globs(select),
        ignore=globs(ignore),
        engine=engine and one_of(ENGINES, engine, "--engine"),
        waivers=None if no_waivers else waivers,
        waivers_from=None if no_waivers else waivers_from,
    )


def sources_of(cases: list[str], options: Options, input_format: str | None) -> tuple[CaseSource, ...]:
    """The cases that are named, files still to be read; UsageError where none is named."""
    from checker.errors import UsageError
    from checker.load_tree import Limits
    from checker.sources import FORMATS, Search, list_cases

    kind = None if input_format is None else one_of(FORMATS, input_format, "--input-format")
    if not cases and not options.allow_empty:
        message = "nothing to check: name a case file, a folder or a glob, or `-` for standard input"
        raise UsageError(message)
    return tuple(list_cases(cases, Search(_stdin(), options.max_bytes or Limits().bytes, kind, options.allow_empty)))


def source_of(name: str, asked: str) -> CaseSource:
    """The one case that a name stands for; `asked`: the flag or argument that has it."""
    from checker.errors import UsageError, quoted
    from checker.load_tree import Limits
    from checker.sources import Search, find_cases

    found = list(find_cases([name], Search(_stdin(), Limits().bytes)))
    if len(found) != 1:
        message = f"{asked}: {quoted(name)} names {len(found)} files; one is wanted"
        raise UsageError(message)
    return found[0]


def _stdin() -> BinaryIO | None:
    return sys.stdin.buffer if sys.stdin is not None else None
