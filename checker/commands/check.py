"""The command `check`: cases in, verdicts out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import (
    ColourFlag,
    LanguageFlag,
    PackFlag,
    QuietFlag,
    globs,
    language_of,
    look_of,
    one_of,
    option,
    reading_of,
)
from checker.commands.written import NO_ANSWER, problem_lines, put, tell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checker.options import Options
    from checker.outputs import Output
    from checker.sources import CaseSource, Format
    from checker.terminal import Look
    from checker.verdict import Results


def command(  # noqa: PLR0913 - one parameter for each flag
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE]...", help="A file, a folder, a glob; - is standard input.")
    ] = None,
    *,
    pack: PackFlag = None,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FORMAT[=PATH]", help="text, concise, json or jsonl. Repeatable."),
    ] = None,
    as_of: Annotated[str | None, option("--as-of", "DAY", "The day of judging; else the case's, else today.")] = None,
    reading: Annotated[list[str] | None, option("--reading", "Q=OPTION", "Settle a reading. Repeatable.")] = None,
    fail_on: Annotated[
        str,
        option("--fail-on", "STATUS", "violated, contested, undetermined or pending: it and all worse fail. Or never."),
    ] = "undetermined",
    min_severity: Annotated[
        str, option("--min-severity", "SEVERITY", "note, warning or error: it and above can fail.")
    ] = ("error"),
    min_basis: Annotated[
        str | None, option("--min-basis", "BASIS", "Leave out what rests on less, for instance than press-quote.")
    ] = None,
    select: Annotated[list[str] | None, option("--select", "RULE,GLOB", "Only these rules. Repeatable.")] = None,
    ignore: Annotated[list[str] | None, option("--ignore", "RULE,GLOB", "Not these rules. Repeatable.")] = None,
    show: Annotated[str, option("--show", "WHAT", "findings; or all: what complies too, as evidence.")] = "findings",
    assume: Annotated[
        list[str] | None, option("--assume", "FACT", "Judge with this fact too: 'notice: {from: russia}'. Repeatable.")
    ] = None,
    without: Annotated[
        list[str] | None, option("--without", "ID", "Judge without the fact or action of this id. Repeatable.")
    ] = None,
    engine: Annotated[
        str | None, option("--engine", "ENGINE", "both (compared), durable or referee; both where it can be.")
    ] = None,
    input_format: Annotated[
        str | None, option("--input-format", "FORMAT", "yaml, json or jsonl; else told by the name.")
    ] = None,
    max_bytes: Annotated[int | None, typer.Option(min=1, metavar="N", help="Limit: bytes of a file.")] = None,
    max_depth: Annotated[int | None, typer.Option(min=1, metavar="N", help="Limit: levels of nesting.")] = None,
    max_nodes: Annotated[int | None, typer.Option(min=1, metavar="N", help="Limit: values in a document.")] = None,
    max_aliases: Annotated[int | None, typer.Option(min=0, metavar="N", help="Limit: aliases in a document.")] = None,
    remedies: Annotated[
        bool, typer.Option("--remedies/--no-remedies", help="Look for what would put right what fails.")
    ] = True,
    apply_remedy: Annotated[
        int | None,
        typer.Option("--apply-remedy", min=1, metavar="N", help="Write the case as remedy N changes it, beside it."),
    ] = None,
    allow_empty: Annotated[bool, typer.Option("--allow-empty", help="Finding no case at all is no failure.")] = False,
    lang: LanguageFlag = None,
    quiet: QuietFlag = False,
    color: ColourFlag = "auto",
) -> int:
    """Judge cases: files, folders, globs, or - for standard input."""
    from checker.model import BASES, SEVERITIES
    from checker.options import ENGINES, FAIL_ON, SHOW, Options
    from checker.sources import FORMATS

    options = Options(
        pack=pack,
        as_of=as_of,
        readings=tuple(reading_of(each) for each in reading or ()),
        fail_on=one_of(FAIL_ON, fail_on, "--fail-on"),
        min_severity=one_of(SEVERITIES, min_severity, "--min-severity"),
        min_basis=min_basis and one_of(BASES, min_basis, "--min-basis"),
        select=globs(select),
        ignore=globs(ignore),
        show_all=one_of(SHOW, show, "--show") == "all",
        engine=engine and one_of(ENGINES, engine, "--engine"),
        remedies=remedies,
        allow_empty=allow_empty,
        max_bytes=max_bytes,
        max_depth=max_depth,
        max_nodes=max_nodes,
        max_aliases=max_aliases,
        assume=tuple(assume or ()),
        without=tuple(without or ()),
        apply_remedy=apply_remedy,
    )
    kind = None if input_format is None else one_of(FORMATS, input_format, "--input-format")
    language = lang and language_of(lang)
    look = look_of(color, show_all=options.show_all, quiet=quiet)
    return _check(cases or [], options, output or [], kind, look, language)


def _check(
    cases: list[str], options: Options, output: list[str], kind: Format | None, look: Look, lang: str | None
) -> int:
    from checker.errors import UsageError
    from checker.gate import exit_status
    from checker.load_tree import Limits
    from checker.outputs import parse_outputs
    from checker.report import FORMATS, IN_THE_LOCALE
    from checker.sources import Search, find_cases

    outputs = parse_outputs(output, FORMATS)
    if options.apply_remedy is not None and (options.assume or options.without or not options.remedies):
        message = "--apply-remedy changes the case as it is written; leave out --assume, --without and --no-remedies"
        raise UsageError(message)
    languages = [lang or (language_of(None) if each.format in IN_THE_LOCALE else "en") for each in outputs]
    if not cases and not options.allow_empty:
        message = "nothing to check: name a case file, a folder or a glob, or `-` for standard input"
        raise UsageError(message)
    from checker import api

    stdin = sys.stdin.buffer if sys.stdin is not None else None
    limit = options.max_bytes or Limits().bytes
    search = Search(stdin, limit, kind, options.allow_empty)
    sources: Iterable[CaseSource] = find_cases(cases, search)
    if len(set(languages)) > 1:  # then judged and told once in each
        sources = tuple(sources)
    if options.apply_remedy is not None:
        sources = tuple(sources)
    told = {each: api.judge(sources, options._replace(lang=each)) for each in dict.fromkeys(languages)}
    results = told[languages[0]]
    if options.apply_remedy is not None:
        from checker.apply import apply_remedy

        written_to = apply_remedy(results, tuple(sources), options.apply_remedy, api.limits_of(options))
        tell(f"remedy {options.apply_remedy} written to {written_to}")
    written = [_write(told[each], output, look) for each, output in zip(languages, outputs, strict=True)]
    _notes(results, options, outputs, look)
    return exit_status(results, allow_empty=options.allow_empty) if all(written) else NO_ANSWER


def _write(results: Results, output: Output, look: Look) -> bool:
    """A report to where it should go; False if it could not be written."""
    from checker.outputs import reason, write_file
    from checker.report import FORMATS

    try:
        if output.path is None:
            put(FORMATS[output.format](results, look))
        else:
            write_file(output.path, FORMATS[output.format](results, look.plain()))
    except OSError as error:
        tell(f"can't write {'to standard output' if output.path is None else output.path}: {reason(error)}")
        return False
    return True


def _notes(results: Results, options: Options, outputs: tuple[Output, ...], look: Look) -> None:
    """What a person should know besides the report: problems that no report showed them, an engine left out."""
    from checker.api import engine_note
    from checker.report import FOR_PEOPLE, words

    if not any(output.path is None and output.format in FOR_PEOPLE for output in outputs):
        tell(*problem_lines(words.problems(results)))
    if not look.quiet and (note := engine_note(options.engine)):
        tell(note)
