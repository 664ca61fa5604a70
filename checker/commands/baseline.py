"""The command `baseline`: the findings of today, accepted as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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
from checker.commands.flags import PackFlag
from checker.commands.saving import write_or_refuse
from checker.commands.written import problem_lines, put, tell
from checker.exits import FAILED, NO_ANSWER, PASSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checker.options import Options
    from checker.results import Accepted, Results
    from checker.suppressions import Update


def command(  # noqa: PLR0913 - one parameter for each flag
    cases: CasesArgument = None,
    *,
    baseline: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="The baseline; else the one that is set.")
    ] = None,
    grow: Annotated[bool, typer.Option("--grow", help="Accept what is new, in a baseline that is there.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove what is no longer found.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where the file would change.")] = False,
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
    engine: EngineFlag = None,
    input_format: InputFlag = None,
) -> int:
    """Accept the findings that fail today, so that only new ones do.

    A baseline that is there does not grow unless asked to. Exit status: 0, it accepts all that fails; 1, something is
    new, or with --check the file would change; 2, there is no answer.
    """
    from checker import api
    from checker.errors import UsageError
    from checker.report import words
    from checker.suppressions import updated
    from checker.terminal import line

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
    )
    if baseline is None:
        message = "name the file to write with `-o`, or set `baseline`"
        raise UsageError(message)
    _refuse(baseline, prune=prune, check=check)
    results = api.judge(sources_of(cases or [], options, input_format), options._replace(remedies=False))
    if problems := words.problems(results):
        tell(*problem_lines(problems), f"{baseline} is left as it is, because not every case could be judged")
        return NO_ANSWER
    update = updated(results, baseline, options, grow=grow, prune=prune)
    is_changed = update.after != update.before
    if is_changed and not check:
        write_or_refuse(update.path, update.after)
    put("".join(f"{line(text)}\n" for text in _told(update, pruned=prune)))
    return FAILED if (update.compared.new and not update.grown) or (check and is_changed) else PASSED


def _refuse(path: str, *, prune: bool, check: bool) -> None:
    """UsageError, before anything is judged, for a baseline that can't be written, or is not there to prune."""
    from pathlib import Path

    from checker.errors import UsageError, quoted
    from checker.outputs import unfit

    if prune and not Path(path).is_file():
        message = f"--prune: there is no baseline {quoted(path)}"
        raise UsageError(message)
    if not check and (why := unfit(path)):
        message = f"can't write {quoted(path)}: {why}"
        raise UsageError(message)


def write_new(told: dict[str, Results], path: str, options: Options) -> dict[str, Results]:
    """Accept what fails in a run that was told in some languages, if there is no such file; the run held against it."""
    from checker.report import words
    from checker.suppressions import held_against, updated
    from checker.terminal import line

    results = next(iter(told.values()))
    if words.problems(results):
        tell(f"{path} is left as it is, because not every case could be judged")
        return told
    update = updated(results, path, options, grow=False, prune=False)
    if update.after != update.before:
        write_or_refuse(update.path, update.after)
    tell(*(line(text) for text in _told(update, pruned=False)))
    return {language: held_against(each, update.entries, update.file, options) for language, each in told.items()}


def _told(update: Update, *, pruned: bool) -> Iterator[str]:
    """What changes, a line each, then how many findings the baseline accepts."""
    for each in update.compared.new:
        yield f"{_name(each)}: {'accepted' if update.grown else 'new; `servanda baseline --grow` accepts it'}"
    for each in update.compared.stale:
        yield f"{_name(each)}: no longer found{', removed' if pruned else '; `servanda baseline --prune` removes it'}"
    count = len(update.entries)
    yield f"{update.path}: {count} {'finding' if count == 1 else 'findings'} accepted"


def _name(entry: Accepted) -> str:
    finding = entry.rule if entry.action is None else f"{entry.rule}@{entry.action}"
    return f"{entry.case}: {finding} {entry.status}"
