"""The command `check`: cases in, verdicts out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from checker.commands.asked import (
    BasisFlag,
    CasesArgument,
    DayFlag,
    EngineFlag,
    FailFlag,
    IgnoreFlag,
    InputFlag,
    NoWaiversFlag,
    ReadingFlag,
    SelectFlag,
    SeverityFlag,
    WaiversFlag,
    WaiversFromFlag,
    options_of,
    sources_of,
)
from checker.commands.flags import ColourFlag, LanguageFlag, PackFlag, QuietFlag, language_of, look_of, one_of, option
from checker.commands.saving import save
from checker.commands.written import NO_ANSWER, problem_lines, tell

if TYPE_CHECKING:
    from checker.options import Options
    from checker.outputs import Output
    from checker.sources import CaseSource
    from checker.terminal import Look
    from checker.verdict import Results


class _Wish(NamedTuple):
    """What is to be made of the results."""

    outputs: tuple[Output, ...]
    languages: tuple[str, ...]  # of each output
    look: Look
    write_baseline: str | None
    redact: bool


def command(  # noqa: PLR0913 - one parameter for each flag
    cases: CasesArgument = None,
    *,
    pack: PackFlag = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FORMAT[=PATH]",
            help="text, concise, json, jsonl, sarif, junit, github, gitlab, markdown, html or oscal. Repeatable.",
        ),
    ] = None,
    as_of: DayFlag = None,
    reading: ReadingFlag = None,
    fail_on: FailFlag = "undetermined",
    min_severity: SeverityFlag = "error",
    min_basis: BasisFlag = None,
    select: SelectFlag = None,
    ignore: IgnoreFlag = None,
    waivers: WaiversFlag = None,
    no_waivers: NoWaiversFlag = False,
    waivers_from: WaiversFromFlag = None,
    baseline: Annotated[
        str | None, option("--baseline", "FILE", "Findings accepted as they were: shown; only new ones fail.")
    ] = None,
    write_baseline: Annotated[
        str | None, option("--write-baseline", "FILE", "Accept what fails today, unless the file is there already.")
    ] = None,
    changed_since: Annotated[
        str | None, option("--changed-since", "GITREF", "Only cases whose files changed since; all if the rules did.")
    ] = None,
    show: Annotated[str, option("--show", "WHAT", "findings; or all: what complies too, as evidence.")] = "findings",
    redact: Annotated[bool, typer.Option("--redact", help="Leave the values of the case out of every report.")] = False,
    assume: Annotated[
        list[str] | None, option("--assume", "FACT", "Judge with this fact too: 'notice: {from: russia}'. Repeatable.")
    ] = None,
    without: Annotated[
        list[str] | None, option("--without", "ID", "Judge without the fact or action of this id. Repeatable.")
    ] = None,
    engine: EngineFlag = None,
    input_format: InputFlag = None,
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
    from checker.options import SHOW
    from checker.outputs import parse_outputs
    from checker.report import FORMATS

    options = options_of(
        pack=pack,
        as_of=as_of,
        reading=reading,
        fail_on=fail_on,
        min_severity=min_severity,
        min_basis=min_basis,
        select=select,
        ignore=ignore,
        engine=engine,
        waivers=waivers,
        no_waivers=no_waivers,
        waivers_from=waivers_from,
    )._replace(
        baseline=None if write_baseline is not None else baseline,
        show_all=one_of(SHOW, show, "--show") == "all",
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
    asked = lang and language_of(lang)
    look = look_of(color, show_all=options.show_all, quiet=quiet)
    outputs = parse_outputs(output or [], FORMATS)
    wish = _Wish(outputs, tuple(_language(asked, each) for each in outputs), look, write_baseline, redact)
    _refuse_together(options, wish)
    sources = sources_of(cases or [], options, input_format)
    if changed_since is not None:
        sources, options = _changed(sources, changed_since, options, quiet=quiet)
    return _check(sources, options, wish)


def _language(asked: str | None, output: Output) -> str:
    """The language of a report: the one asked for, else of the locale or English, as its format is."""
    from checker.report import IN_THE_LOCALE

    return asked or (language_of(None) if output.format in IN_THE_LOCALE else "en")


def _refuse_together(options: Options, wish: _Wish) -> None:
    """UsageError for flags that contradict each other."""
    from checker.errors import UsageError

    supposed = options.assume or options.without
    if options.apply_remedy is not None and (supposed or not options.remedies):
        message = "--apply-remedy changes the case as it is written; leave out --assume, --without and --no-remedies"
        raise UsageError(message)
    if wish.write_baseline is not None and supposed:
        message = "--write-baseline accepts cases as they are written; leave out --assume and --without"
        raise UsageError(message)


def _changed(
    sources: tuple[CaseSource, ...], ref: str, options: Options, *, quiet: bool
) -> tuple[tuple[CaseSource, ...], Options]:
    """The cases that changed, none of which need be there; a person is told how many there are."""
    from checker.changed import changed_cases
    from checker.errors import quoted

    found = changed_cases(sources, ref, options)
    if found.because_of and not quiet:
        tell(f"{quoted(found.because_of)} changed since {quoted(ref)}, so every case is judged")
    elif found.left_out and not quiet:
        tell(f"{found.left_out} of {len(sources)} case files did not change since {quoted(ref)}: not judged")
    return found.sources, options._replace(allow_empty=options.allow_empty or found.left_out > 0)


def _check(sources: tuple[CaseSource, ...], options: Options, wish: _Wish) -> int:
    """Judge once in each language wanted, make what is wished of it, and say how it went."""
    from checker import api
    from checker.gate import exit_status
    from checker.report import DRAWN, FORMATS

    options = options._replace(timeline=any(each.format in DRAWN for each in wish.outputs))
    told = {each: api.judge(sources, options._replace(lang=each)) for each in dict.fromkeys(wish.languages)}
    if options.apply_remedy is not None:
        from checker.apply import apply_remedy

        results = told[wish.languages[0]]
        written_to = apply_remedy(results, sources, options.apply_remedy, api.limits_of(options))
        tell(f"remedy {options.apply_remedy} written to {written_to}")
    if wish.redact:
        from checker.redaction import redacted

        told = {language: redacted(each) for language, each in told.items()}
    if wish.write_baseline is not None:
        from checker.commands.baseline import write_new

        told = write_new(told, wish.write_baseline, options)
    plain = wish.look.plain()
    written = [
        save(each, FORMATS[each.format](told[language], wish.look if each.path is None else plain))
        for language, each in zip(wish.languages, wish.outputs, strict=True)
    ]
    results = told[wish.languages[0]]
    _notes(results, options, wish)
    return exit_status(results, allow_empty=options.allow_empty) if all(written) else NO_ANSWER


def _notes(results: Results, options: Options, wish: _Wish) -> None:
    """What a person should know besides the report: what no report showed them, an engine left out."""
    from checker.api import engine_note
    from checker.report import FOR_PEOPLE, suppressed, words
    from checker.speech import ENGLISH

    is_seen = any(each.path is None and each.format in FOR_PEOPLE for each in wish.outputs)
    if not is_seen:
        tell(*problem_lines(words.problems(results)))
    if wish.look.quiet:
        return
    if not is_seen:
        tell(*suppressed.idle(results, ENGLISH))
    if note := engine_note(options.engine):
        tell(note)
