"""The command `report`: the report of a run, from its saved result or from the cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from checker.commands.asked import (
    BaselineFlag,
    BasisFlag,
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
from checker.commands.flags import ColourFlag, LanguageFlag, PackFlag, QuietFlag, language_of, look_of, one_of
from checker.commands.saving import save, save_file
from checker.commands.written import problem_lines, tell
from checker.exits import NO_ANSWER

if TYPE_CHECKING:
    from checker.load import Document
    from checker.options import Options
    from checker.outputs import Output
    from checker.results import Results
    from checker.sources import CaseSource
    from checker.terminal import Look

PDF = "pdf"  # the page, printed; no text, and so none of the formats that `check` writes
_OF_JUDGING = (
    *("pack", "as_of", "reading", "fail_on", "min_severity", "min_basis", "select", "ignore", "waivers"),
    *("no_waivers", "waivers_from", "baseline", "engine", "remedies", "input_format"),
)


class _Wish(NamedTuple):
    """What is to be made of the results; `language`: the one asked for."""

    outputs: tuple[Output, ...]
    language: str | None
    look: Look
    redact: bool
    browser: str  # '' where nothing is printed


def command(  # noqa: PLR0913 - one parameter for each flag
    context: typer.Context,
    named: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RESULT.json | CASE]...", help="What `check -o json=…` wrote, or cases; - is stdin."),
    ] = None,
    *,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FORMAT[=PATH]",
            help="html, pdf, markdown, text or another format of check. Repeatable.",
        ),
    ] = None,
    show: ShowFlag = "findings",
    redact: RedactFlag = False,
    lang: LanguageFlag = None,
    quiet: QuietFlag = False,
    color: ColourFlag = "auto",
    allow_empty: EmptyFlag = False,
    pack: PackFlag = None,
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
    remedies: RemediesFlag = True,
    engine: EngineFlag = None,
    input_format: InputFlag = None,
) -> int:
    """Report on a saved result, or on cases: `servanda report result.json -o html=report.html -o pdf=report.pdf`.

    A saved result is not judged again: day, pack, readings and language are those it was judged with. Exit status: that
    of the check itself.
    """
    from checker.errors import UsageError
    from checker.options import SHOW
    from checker.saved import LIMITS

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
        baseline=baseline,
        show_all=one_of(SHOW, show, "--show") == "all",
        remedies=remedies,
        allow_empty=allow_empty,
    )
    look = look_of(color, show_all=options.show_all, quiet=quiet)
    outputs = _outputs(output or [])
    wish = _Wish(outputs, lang and language_of(lang), look, redact, _browser(outputs))
    if not named and not allow_empty:
        message = "nothing to report: name a saved result (`servanda check -o json=FILE` writes one) or cases"
        raise UsageError(message)
    from checker.outputs import refuse_inputs

    sources = sources_of(named or [], options._replace(max_bytes=LIMITS.bytes), input_format)
    refuse_inputs(outputs, (*(each.name for each in sources), options.waivers, options.baseline))
    saved = _saved(sources)
    if saved is None:
        told = _judged(sources, options, wish)
    else:
        _refuse_judging(context, saved.file)
        told = _read(saved, wish if _is_typed(context, "lang") else wish._replace(language=None))
    return _write(told, options, wish)


def _outputs(spelt: list[str]) -> tuple[Output, ...]:
    from checker.errors import UsageError
    from checker.outputs import parse_outputs
    from checker.report import FORMATS

    outputs = parse_outputs(spelt, (*FORMATS, PDF))
    if any(each.format == PDF and each.path is None for each in outputs):
        message = "--output: PDF is no text to be shown; write it to a file, `-o pdf=report.pdf`"
        raise UsageError(message)
    return outputs


def _browser(outputs: tuple[Output, ...]) -> str:
    """The browser, if one is needed: that there is none is said before cases are judged."""
    if all(each.format != PDF for each in outputs):
        return ""
    from checker.printing import find_browser

    return find_browser()


# --- what is reported ---------------------------------------------------------


def _saved(sources: tuple[CaseSource, ...]) -> Document | None:
    """The saved result, which is reported alone; None where there are cases."""
    from checker.errors import UsageError, quoted
    from checker.saved import saved_document

    for each in sources:
        document = saved_document(each)
        if document is not None and len(sources) > 1:
            message = f"{quoted(document.file)} is a saved result, which is reported alone; name nothing beside it"
            raise UsageError(message)
        if document is not None:
            return document
    return None


def _is_typed(context: typer.Context, name: str) -> bool:
    """Whether a flag stands on the command line; what is only set is for cases."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _refuse_judging(context: typer.Context, file: str) -> None:
    """UsageError for a flag of judging."""
    from checker.errors import UsageError, quoted

    for name in _OF_JUDGING:
        if _is_typed(context, name):
            flag = f"--{name.replace('_', '-')}"
            message = f"`{flag}` is for judging, and {quoted(file)} is judged already; leave it out, or name the cases"
            raise UsageError(message)


def _read(saved: Document, wish: _Wish) -> dict[str, Results]:
    """The saved result, under the language of each report."""
    from checker.errors import UsageError, quoted
    from checker.saved import read_saved

    results = read_saved(saved)
    if wish.language not in (None, results.language):
        told = f"{quoted(saved.file)} was judged with `--lang {results.language}`, which its sentences are in"
        message = f"{told}; judge the cases again with `--lang {wish.language}`"
        raise UsageError(message)
    return {each.format: results for each in wish.outputs}


def _judged(sources: tuple[CaseSource, ...], options: Options, wish: _Wish) -> dict[str, Results]:
    """The cases judged, once in each language, under the formats."""
    from checker import api
    from checker.report import DRAWN, IN_THE_LOCALE

    formats = {each.format: "html" if each.format == PDF else each.format for each in wish.outputs}
    languages = {
        name: wish.language or (language_of(None) if alike in IN_THE_LOCALE else "en")
        for name, alike in formats.items()
    }
    options = options._replace(timeline=any(each in DRAWN for each in formats.values()))
    told = {each: api.judge(sources, options._replace(lang=each)) for each in dict.fromkeys(languages.values())}
    if not wish.look.quiet and (note := api.engine_note(options.engine)):
        tell(note)
    return {name: told[language] for name, language in languages.items()}


# --- what is written ----------------------------------------------------------


def _write(told: dict[str, Results], options: Options, wish: _Wish) -> int:
    """Make every report, and say how the run ended."""
    from checker.gate import exit_status
    from checker.redaction import redacted
    from checker.report import FOR_PEOPLE, FORMATS, words

    if wish.redact:
        told = {name: redacted(each) for name, each in told.items()}
    plain, written = wish.look.plain(), list[bool]()
    for each in wish.outputs:
        results = told[each.format]
        if each.format == PDF and each.path is not None:
            from checker.printing import pdf

            written.append(save_file(each.path, pdf(FORMATS["html"](results, plain), wish.browser, results.stamp)))
        else:
            written.append(save(each, FORMATS[each.format](results, wish.look if each.path is None else plain)))
    results = next(iter(told.values()))
    if not any(each.path is None and each.format in FOR_PEOPLE for each in wish.outputs):
        tell(*problem_lines(words.problems(results)))
    return exit_status(results, allow_empty=options.allow_empty) if all(written) else NO_ANSWER
