"""The command `test`: packs and examples held against what they expect, and the tests themselves against the rules."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import ColourFlag, LanguageFlag, QuietFlag, globs, language_of, look_of, option
from checker.commands.written import NO_ANSWER, put, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from checker.terminal import Look


def command(  # noqa: PLR0913 - one parameter for each flag
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PACK|FILE]...", help="Else every shipped pack, and examples/.")
    ] = None,
    *,
    keep: Annotated[
        list[str] | None,
        option("-k", "WORD,GLOB", "Only tests whose file, title or expected rule has this in its name. Repeatable."),
    ] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Show what the tests saw of each rule, limit and reading, and what not.")
    ] = False,
    write_missing: Annotated[
        str | None, option("--write-missing", "DIR", "Draft the missing tests there; a person says what they expect.")
    ] = None,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Change the rules in small ways, and show the changes that no test sees.")
    ] = False,
    select: Annotated[list[str] | None, option("--select", "RULE,GLOB", "Mutate only these. Repeatable.")] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, metavar="N", help="Processes that mutate.")] = None,
    fail_under: Annotated[
        int | None,
        typer.Option(
            "--fail-under", min=0, max=100, metavar="PERCENT", help="Show coverage (or mutate); less of it fails."
        ),
    ] = None,
    junit: Annotated[str | None, option("--junit", "PATH", "Write a JUnit report of the tests there.")] = None,
    lang: LanguageFlag = None,
    quiet: QuietFlag = False,
    color: ColourFlag = "auto",
) -> int:
    """Run the tests of packs, and examples with `expect:`."""
    look = look_of(color, quiet=quiet)
    chosen = (tuple(paths or ()), globs(keep))
    if mutate:
        _refuse("--mutate", {"--coverage": coverage, "--write-missing": write_missing, "--junit": junit})
        return _mutate(*chosen, globs(select), jobs or _processors(), fail_under or 0, look)
    _refuse("without --mutate", {"--select": select, "--jobs": jobs})
    from checker.report import trial
    from checker.speech import speech
    from checker.testing import run_tests

    wanted = 0 if coverage and fail_under is None else fail_under
    results = run_tests(chosen[0], words=chosen[1])
    put(trial.render(results, look, wanted, speech(language_of(lang))))
    status = trial.exit_status(results, wanted)
    if junit is not None:
        from checker.report import trial_junit

        status = status if _write(junit, trial_junit.render(results)) else NO_ANSWER
    return status


def _refuse(beside: str, flags: dict[str, object]) -> None:
    """A usage error if one of the flags is set that mean nothing here."""
    from checker.errors import UsageError

    for flag, value in flags.items():
        if value not in (None, False):
            message = f"`{flag}` means nothing {'with ' if beside.startswith('-') else ''}{beside}"
            raise UsageError(message)


def _mutate(
    paths: tuple[str, ...], words: tuple[str, ...], rules: tuple[str, ...], jobs: int, fail_under: int, look: Look
) -> int:
    from checker.mutation.results import Selection
    from checker.mutation.results import mutate as run
    from checker.report import mutation

    results = run(Selection(paths, words, rules), jobs, _progress(look))
    put(mutation.render(results, look, fail_under))
    return mutation.exit_status(results, fail_under)


def _processors() -> int:
    """How many there are to use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _progress(look: Look) -> Callable[[int, int], None] | None:
    """A line of its own on a terminal, gone at the end; nothing elsewhere."""
    if look.quiet or not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        sys.stderr.write(f"\r{done} of {total} mutants" if done < total else "\r\x1b[K")
        sys.stderr.flush()

    return show


def _write(path: str, text: str) -> bool:
    """A report to a file; False if it could not be written."""
    from checker.outputs import reason, write_file

    try:
        write_file(path, text)
    except OSError as error:
        tell(f"can't write {path}: {reason(error)}")
        return False
    return True
