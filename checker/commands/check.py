"""The command `check`: cases in, verdicts out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.asked import (
    BaselineFlag,
    BasisFlag,
    CasesArgument,
    DayFlag,
    EmptyFlag,
    EngineFlag,
    FailFlag,
    IgnoreFlag,
    InputFlag,
    NoWaiversFlag,
    ReadingFlag,
    RedactFlag,
    RemediesFlag,
    SelectFlag,
    SeverityFlag,
    ShowFlag,
    WaiversFlag,
    WaiversFromFlag,
    options_of,
    sources_of,
)
from checker.commands.flags import ColourFlag, LanguageFlag, PackFlag, QuietFlag, language_of, look_of, one_of, option
from checker.commands.written import tell

if TYPE_CHECKING:
    from checker.commands.batch import Wish
    from checker.options import Options
    from checker.outputs import Output
    from checker.sources import CaseSource


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
    baseline: BaselineFlag = None,
    write_baseline: Annotated[
        str | None, option("--write-baseline", "FILE", "Accept what fails today, unless the file is there already.")
    ] = None,
    changed_since: Annotated[
        str | None, option("--changed-since", "GITREF", "Only cases whose files changed since; all if the rules did.")
    ] = None,
    show: ShowFlag = "findings",
    redact: RedactFlag = False,
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
    remedies: RemediesFlag = True,
    apply_remedy: Annotated[
        int | None,
        typer.Option("--apply-remedy", min=1, metavar="N", help="Write the case as remedy N changes it, beside it."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=0, metavar="N", help="Processes; 0: one a core; else what is worth while."),
    ] = None,
    cache: Annotated[
        bool, typer.Option("--cache", help="Keep what was found on this machine; judge only what changed.")
    ] = False,
    allow_empty: EmptyFlag = False,
    lang: LanguageFlag = None,
    quiet: QuietFlag = False,
    color: ColourFlag = "auto",
) -> int:
    """Judge cases: files, folders, globs, or - for standard input."""
    from checker.commands.batch import Wish, check
    from checker.options import SHOW
    from checker.outputs import parse_outputs, refuse_inputs
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
    languages = tuple(_language(asked, each) for each in outputs)
    wish = Wish(outputs, languages, look, write_baseline, redact, jobs, cache)
    _refuse_together(options, wish, changed_since)
    sources = sources_of(cases or [], options, input_format)
    refuse_inputs(outputs, (*(each.name for each in sources), options.waivers, options.baseline))
    if changed_since is not None:
        sources, options = _changed(sources, changed_since, options, quiet=quiet)
    return check(sources, options, wish)


def _language(asked: str | None, output: Output) -> str:
    """The language of a report: the one asked for, else of the locale or English, as its format is."""
    from checker.report import IN_THE_LOCALE

    return asked or (language_of(None) if output.format in IN_THE_LOCALE else "en")


def _refuse_together(options: Options, wish: Wish, changed_since: str | None) -> None:
    """UsageError for flags that contradict each other."""
    from checker.errors import UsageError

    supposed = options.assume or options.without
    if options.apply_remedy is not None and (supposed or not options.remedies):
        message = "--apply-remedy changes the case as it is written; leave out --assume, --without and --no-remedies"
        raise UsageError(message)
    if options.apply_remedy is not None and wish.redact:
        message = "--redact leaves remedies out; leave it out to apply one"
        raise UsageError(message)
    if wish.write_baseline is not None and supposed:
        message = "--write-baseline accepts cases as they are written; leave out --assume and --without"
        raise UsageError(message)
    if wish.write_baseline is not None and changed_since is not None:
        message = "--write-baseline accepts what fails in every case, changed or not; leave out --changed-since"
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
