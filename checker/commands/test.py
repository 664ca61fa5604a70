"""The command `test`: packs and examples held against what they expect, and the tests themselves against the rules."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import ColourFlag, LanguageFlag, PackFlag, QuietFlag, globs, language_of, look_of, option
from checker.commands.saving import save_file
from checker.commands.written import put, tell
from checker.exits import NO_ANSWER

if TYPE_CHECKING:
    from collections.abc import Callable

    from checker.mutation.results import Selection
    from checker.terminal import Look
    from checker.testing import TestResults


def command(  # noqa: PLR0913 - one parameter for each flag
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PACK|FILE]...", help="Else every shipped pack, and examples/.")
    ] = None,
    *,
    pack: PackFlag = None,
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
        from checker.mutation.results import Selection

        return _mutate(Selection(*chosen, globs(select), pack), jobs or _processors(), fail_under or 0, look)
    _refuse("without --mutate", {"--select": select, "--jobs": jobs})
    from checker.report import trial
    from checker.speech import speech
    from checker.testing import Wanted, run_tests

    if junit is not None:
        _refuse_unwritable(junit)
    drafts_to = None if write_missing is None else _new_folder(write_missing)
    least = 0 if fail_under is None and (coverage or drafts_to is not None) else fail_under
    wanted = Wanted(limits=least is not None, kept=drafts_to is not None)
    results = run_tests(chosen[0], words=chosen[1], wanted=wanted, pack=pack)
    put(trial.render(results, look, least, speech(language_of(lang))))
    written = drafts_to is None or _write_drafts(results, drafts_to)
    if junit is not None:
        from checker.report import trial_junit

        written = save_file(junit, trial_junit.render(results)) and written
    return trial.exit_status(results, least) if written else NO_ANSWER


def _refuse(beside: str, flags: dict[str, object]) -> None:
    """A usage error if one of the flags is set that mean nothing here."""
    from checker.errors import UsageError

    for flag, value in flags.items():
        if value not in (None, False):
            message = f"`{flag}` means nothing {'with ' if beside.startswith('-') else ''}{beside}"
            raise UsageError(message)


def _mutate(selection: Selection, jobs: int, fail_under: int, look: Look) -> int:
    from checker.mutation.results import mutate
    from checker.report import mutation

    results = mutate(selection, jobs, _progress(look))
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


def _refuse_unwritable(path: str) -> None:
    """A usage error, before any work is done, where a report could not be written."""
    from checker.errors import UsageError, quoted

    target = Path(path)
    if target.is_dir() or not target.parent.is_dir():
        why = "it is a folder" if target.is_dir() else f"there is no folder {quoted(target.parent)}"
        message = f"--junit: can't write {quoted(path)}: {why}"
        raise UsageError(message)


def _new_folder(path: str) -> Path:
    """A folder to write to; a usage error where something is in it that could be somebody's work."""
    from checker.errors import UsageError, quoted

    folder = Path(path)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"--write-missing: {quoted(path)} is there already; name a new folder, or an empty one"
        raise UsageError(message)
    return folder


def _write_drafts(results: TestResults, folder: Path) -> bool:
    """A draft for whatever no test saw; False if they could not be written."""
    from checker.drafts import drafts_of, files_of

    drafts = []
    for coverage in results.coverage:
        tests = [each for each in results.kept if each.opened.pack.id == coverage.pack]
        drafts += list(drafts_of(coverage, tests[0].opened, tests)) if tests else []
    folder.mkdir(parents=True, exist_ok=True)
    written = [save_file(str(folder / name), text) for name, text in files_of(drafts).items()]
    reached = sum(each.reaches for each in drafts)
    tell(
        f"{len(drafts)} drafts written to {folder}: {reached} come to what is missing, {len(drafts) - reached} near it"
    )
    return all(written)
