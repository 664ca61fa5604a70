"""The command line: arguments in, reports and an exit status out. Only this module imports typer.

Nothing but typer is imported before a command runs, because agents and editors pay
for the start each time; so every import below the top has that one reason. What a
command decides is decided elsewhere: this module reads words, calls, writes, and
turns every refusal into one line and a status.
"""

# ruff: noqa: PLC0415
from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
from typer.models import OptionInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from checker.errors import Problem
    from checker.model import Pack
    from checker.options import Options
    from checker.outputs import Output
    from checker.sources import CaseSource, Format
    from checker.terminal import Look
    from checker.verdict import Results

Word = TypeVar("Word", bound=str)

PROGRAM = "servanda"
NO_ANSWER, INTERRUPTED = 2, 130
TRACEBACK = "SERVANDA_TRACEBACK"  # set to anything: a failure of the checker itself shows where it happened

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_Pack = Annotated[str | None, typer.Option(metavar="PACK", help="A shipped pack by its name, or a pack's folder.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show only what fails; nothing when all is well.")]
_Colour = Annotated[str, typer.Option("--color", metavar="WHEN", help="auto, always or never; NO_COLOR is honoured.")]


_Language = Annotated[
    str | None,
    typer.Option("--lang", metavar="LANGUAGE", help="en, ru or zh; else the locale's for text, en for programs."),
]


def _text(flag: str, metavar: str, about: str) -> OptionInfo:
    option: OptionInfo = typer.Option(flag, metavar=metavar, help=about)
    return option


def main() -> NoReturn:
    """Run the command line and end the process with its status."""
    gc.set_threshold(100_000, 20, 20)  # a process that reads, judges and ends has little rubbish to look for
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit status of a command line. Nothing is raised but what ends the process on purpose."""
    try:
        status = app(arguments or ["--help"], prog_name=PROGRAM, standalone_mode=False)
        return int(status or 0) if arguments else NO_ANSWER
    except KeyboardInterrupt:
        return INTERRUPTED
    except typer.TyperException as error:
        _tell(_first_lower(error.format_message()))
    except Exception as error:  # noqa: BLE001 - the last word: whatever it was, there is no answer
        _tell(*_reasons(error))
    return NO_ANSWER


# --- commands -----------------------------------------------------------------


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        from checker import __version__

        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Check actions and plans against an agreement, and say why.

    Exit status: 0, all was judged and nothing fails; 1, something fails; 2, there is no answer.
    """


@app.command()
def check(  # noqa: PLR0913 - one parameter for each flag
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE]...", help="A file, a folder, a glob; - is standard input.")
    ] = None,
    *,
    pack: _Pack = None,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FORMAT[=PATH]", help="text, concise, json or jsonl. Repeatable."),
    ] = None,
    as_of: Annotated[str | None, _text("--as-of", "DAY", "The day of judging; else the case's, else today.")] = None,
    reading: Annotated[list[str] | None, _text("--reading", "Q=OPTION", "Settle a reading. Repeatable.")] = None,
    fail_on: Annotated[
        str,
        _text("--fail-on", "STATUS", "violated, contested, undetermined or pending: it and all worse fail. Or never."),
    ] = "undetermined",
    min_severity: Annotated[
        str, _text("--min-severity", "SEVERITY", "note, warning or error: it and above can fail.")
    ] = ("error"),
    min_basis: Annotated[
        str | None, _text("--min-basis", "BASIS", "Leave out what rests on less, for instance than press-quote.")
    ] = None,
    select: Annotated[list[str] | None, _text("--select", "RULE,GLOB", "Only these rules. Repeatable.")] = None,
    ignore: Annotated[list[str] | None, _text("--ignore", "RULE,GLOB", "Not these rules. Repeatable.")] = None,
    show: Annotated[str, _text("--show", "WHAT", "findings; or all: what complies too, as evidence.")] = "findings",
    assume: Annotated[
        list[str] | None, _text("--assume", "FACT", "Judge with this fact too: 'notice: {from: russia}'. Repeatable.")
    ] = None,
    without: Annotated[
        list[str] | None, _text("--without", "ID", "Judge without the fact or action of this id. Repeatable.")
    ] = None,
    engine: Annotated[
        str | None, _text("--engine", "ENGINE", "both (compared), durable or referee; both where it can be.")
    ] = None,
    input_format: Annotated[
        str | None, _text("--input-format", "FORMAT", "yaml, json or jsonl; else told by the name.")
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
    lang: _Language = None,
    quiet: _Quiet = False,
    color: _Colour = "auto",
) -> int:
    """Judge cases: files, folders, globs, or - for standard input."""
    from checker.model import BASES, SEVERITIES
    from checker.options import ENGINES, FAIL_ON, SHOW, Options
    from checker.sources import FORMATS

    options = Options(
        pack=pack,
        as_of=as_of,
        readings=tuple(_reading(each) for each in reading or ()),
        fail_on=_one_of(FAIL_ON, fail_on, "--fail-on"),
        min_severity=_one_of(SEVERITIES, min_severity, "--min-severity"),
        min_basis=min_basis and _one_of(BASES, min_basis, "--min-basis"),
        select=_globs(select),
        ignore=_globs(ignore),
        show_all=_one_of(SHOW, show, "--show") == "all",
        engine=engine and _one_of(ENGINES, engine, "--engine"),
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
    kind = None if input_format is None else _one_of(FORMATS, input_format, "--input-format")
    language = lang and _language(lang)
    look = _look(color, show_all=options.show_all, quiet=quiet)
    return _check(cases or [], options, output or [], kind, look, language)


@app.command("test")
def run_trials(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PACK|FILE]...", help="Else every shipped pack, and examples/.")
    ] = None,
    *,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Show which statuses of which rules the tests saw, and what is missing.")
    ] = False,
    fail_under: Annotated[
        int | None,
        typer.Option("--fail-under", min=0, max=100, metavar="PERCENT", help="Show coverage; less of it fails."),
    ] = None,
    lang: _Language = None,
    quiet: _Quiet = False,
    color: _Colour = "auto",
) -> int:
    """Run the tests of packs, and examples with `expect:`."""
    look = _look(color, quiet=quiet)
    from checker.report import trial
    from checker.speech import speech
    from checker.testing import run_tests

    wanted = 0 if coverage and fail_under is None else fail_under
    spoken = speech(_language(lang))
    results = run_tests(tuple(paths or ()))
    _print(trial.render(results, look, wanted, spoken))
    return trial.exit_status(results, wanted)


@app.command()
def rules(
    rule: Annotated[
        str | None, typer.Argument(metavar="[RULE]", help="A rule's id, such as notice.termination.")
    ] = None,
    *,
    by_basis: Annotated[
        bool, typer.Option("--by-basis", help="Group the list by what rules rest on, the strongest first.")
    ] = False,
    expanded: Annotated[
        bool, typer.Option("--expanded", help="Write out what the block of this id stands for, in the core language.")
    ] = False,
    pack: _Pack = None,
    lang: _Language = None,
    color: _Colour = "auto",
) -> int:
    """List the rules of a pack, or show one with its ground."""
    look = _look(color)
    from checker.errors import UsageError
    from checker.report import rulebook
    from checker.speech import speech

    spoken = speech(_language(lang))
    if rule is not None and by_basis:
        message = "`--by-basis` groups the list of all rules; leave out the rule, or the flag"
        raise UsageError(message)
    read = _pack(pack)
    if expanded:
        _print(_expanded(read, rule, look))
    elif rule is None:
        _print(rulebook.by_basis(read, look, spoken) if by_basis else rulebook.overview(read, look, spoken))
    else:
        _print(rulebook.page(read.rules[_one_of(read.rules, rule, "rules", listed=False)], read, look, spoken))
    return 0


def _expanded(pack: Pack, rule: str | None, look: Look) -> str:
    """The expansion of a block, named by its own id or that of one of its elements."""
    from checker.errors import UsageError
    from checker.report.expansion import blocks, expansion

    known = blocks(pack)
    if rule is None:
        message = f"`--expanded` needs the id of a block: {', '.join(known) or 'this pack has none'}"
        raise UsageError(message)
    return expansion(_one_of(known, rule.partition("/")[0], "rules --expanded"), pack, look)


@app.command("explain")
def tell_story(  # noqa: PLR0913 - one parameter for each flag
    case: Annotated[str, typer.Argument(metavar="CASE", help="A file with one case.")],
    *,
    rule: Annotated[
        str | None, _text("--rule", "RULE", "Only this rule: why it says what it says, or nothing.")
    ] = None,
    readings: Annotated[bool, typer.Option("--readings", help="Judge under each combination of readings.")] = False,
    timeline: Annotated[
        str | None, _text("--timeline", "FROM..TO", "On which days between these the verdict turns.")
    ] = None,
    pack: _Pack = None,
    as_of: Annotated[str | None, _text("--as-of", "DAY", "The day of judging; else the case's, else today.")] = None,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FORMAT", help="text or json.")] = "text",
    lang: _Language = None,
    color: _Colour = "auto",
) -> int:
    """Tell the whole story of one case: why, why not, what would comply, and when it turns."""
    look = _look(color)
    form = _one_of(("text", "json"), output, "--output")
    from checker import api
    from checker.options import Options
    from checker.report import story

    options = Options(pack=pack, as_of=as_of, lang=_language(lang))
    results, told = api.explain(case, options, rule, readings=readings, timeline=timeline)
    _print(story.json(results, told) if form == "json" else story.render(results, told, look))
    return 0


@app.command("calendar")
def show_calendar(
    pack: Annotated[str | None, typer.Argument(metavar="[PACK]", help="A shipped pack's name, or a folder.")] = None,
    *,
    as_of: Annotated[str | None, _text("--as-of", "DAY", "The day asked about; else today.")] = None,
    case: Annotated[str | None, _text("--case", "FILE", "A case whose notices count.")] = None,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FORMAT", help="text or json.")] = "text",
    lang: _Language = None,
    color: _Colour = "auto",
) -> int:
    """Say where the term of an agreement stands: current period, last days for notices, what follows."""
    look = _look(color)
    form = _one_of(("text", "json"), output, "--output")
    from checker import api
    from checker.options import DEFAULT_PACK
    from checker.report import calendar
    from checker.speech import speech

    spoken = speech(_language(lang))
    opened = api.load_pack(pack or DEFAULT_PACK)
    day, terms = api.term_on(opened, as_of, spoken.naming(opened.pack.names), case)
    read = opened.pack
    _print(calendar.json(read, day, terms) if form == "json" else calendar.text(read, day, terms, look, spoken))
    return 0


@app.command()
def schema(
    which: Annotated[str, typer.Argument(metavar="WHICH", help="case, pack or report.")],
    pack: _Pack = None,
) -> int:
    """Print a JSON Schema, for editors and other programs."""
    from checker.case_schema import schema_text
    from checker.options import SCHEMAS

    name = _one_of(SCHEMAS, which, "schema")
    text = schema_text(name, _pack(pack) if name == "case" else None)
    _print(text if text.endswith("\n") else f"{text}\n")
    return 0


def _pack(name: str | None) -> Pack:
    from checker.options import DEFAULT_PACK
    from checker.pack import load_pack
    from checker.shelf import find_pack

    return load_pack(find_pack(name or DEFAULT_PACK))


# --- the check ----------------------------------------------------------------


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
    languages = [lang or (_language(None) if each.format in IN_THE_LOCALE else "en") for each in outputs]
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
        _tell(f"remedy {options.apply_remedy} written to {written_to}")
    written = [_write(told[each], output, look) for each, output in zip(languages, outputs, strict=True)]
    _notes(results, options, outputs, look)
    return exit_status(results, allow_empty=options.allow_empty) if all(written) else NO_ANSWER


def _write(results: Results, output: Output, look: Look) -> bool:
    """A report to where it should go; False if it could not be written."""
    from checker.outputs import reason, write_file
    from checker.report import FORMATS

    try:
        if output.path is None:
            _print(FORMATS[output.format](results, look))
        else:
            write_file(output.path, FORMATS[output.format](results, look.plain()))
    except OSError as error:
        _tell(f"can't write {'to standard output' if output.path is None else output.path}: {reason(error)}")
        return False
    return True


def _notes(results: Results, options: Options, outputs: tuple[Output, ...], look: Look) -> None:
    """What a person should know besides the report: problems that no report showed them, an engine left out."""
    from checker.api import engine_note
    from checker.report import FOR_PEOPLE, words

    if not any(output.path is None and output.format in FOR_PEOPLE for output in outputs):
        _tell(*_problem_lines(words.problems(results)))
    if not look.quiet and (note := engine_note(options.engine)):
        _tell(note)


# --- words read ---------------------------------------------------------------


def _one_of(known: Collection[Word], word: str, flag: str, *, listed: bool = True) -> Word:
    """The known word it is; else a usage error with the nearest one, or all of them."""
    from checker.errors import UsageError, nearest, quoted

    for each in known:
        if each == word:
            return each
    hint = nearest(word, known) or (f"; it is one of {', '.join(known)}" if listed else "")
    message = f"{flag}: unknown {quoted(word)}{hint}"
    raise UsageError(message)


def _language(lang: str | None) -> str:
    """The language asked for, else the locale's."""
    from checker.model import LANGUAGES
    from checker.speech import language_of

    return language_of(os.environ) if lang is None else _one_of(LANGUAGES, lang, "--lang")


def _reading(spelt: str) -> tuple[str, str]:
    from checker.errors import UsageError, quoted

    question, equals, option = spelt.partition("=")
    if not (question and equals and option):
        message = f"--reading: {quoted(spelt)} is not of the form QUESTION=OPTION"
        raise UsageError(message)
    return question, option


def _globs(spelt: list[str] | None) -> tuple[str, ...]:
    return tuple(name for each in spelt or () for part in each.split(",") if (name := part.strip()))


def _look(colour: str, *, show_all: bool = False, quiet: bool = False) -> Look:
    from checker.terminal import COLOUR, look_for

    _one_of(COLOUR, colour, "--color")
    return look_for(sys.stdout, colour=colour, environ=os.environ, show_all=show_all, quiet=quiet)


# --- words written ------------------------------------------------------------


def _print(text: str) -> None:
    from checker.outputs import write_stream

    write_stream(sys.stdout, text)


def _tell(*lines: str) -> None:
    """Lines for a person, beside the report."""
    from checker.outputs import write_stream

    write_stream(sys.stderr, "".join(f"{PROGRAM}: {line}\n" for line in lines))


def _problem_lines(problems: tuple[Problem, ...]) -> list[str]:
    from checker.terminal import line

    return [line(str(problem)) for problem in problems]


def _reasons(error: Exception) -> list[str]:
    """Why there is no answer: for a refusal its words, for a failure of our own what can be said."""
    from checker.errors import CheckerError, ProblemsError
    from checker.terminal import line

    if isinstance(error, ProblemsError):
        return _problem_lines(error.problems)
    if isinstance(error, (CheckerError, OSError)):
        return [line(str(error))]
    if TRACEBACK in os.environ:
        import traceback

        traceback.print_exception(error)
    return [
        f"the checker itself failed: {type(error).__name__}: {line(str(error))}",
        f"please report it, with what {TRACEBACK}=1 shows",
    ]


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


if __name__ == "__main__":
    main()
