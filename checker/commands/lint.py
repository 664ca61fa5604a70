"""The command `lint`: what is wrong with a pack although it loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import ColourFlag, QuietFlag, globs, look_of, one_of, option
from checker.commands.saving import save
from checker.commands.written import problem_lines, put, tell
from checker.exits import FAILED, NO_ANSWER, PASSED

if TYPE_CHECKING:
    from checker.lint.finding import Linted
    from checker.terminal import Look


def command(  # noqa: PLR0913 - one parameter for each flag
    packs: Annotated[
        list[str] | None, typer.Argument(metavar="[PACK|FOLDER]...", help="Else every shipped pack.")
    ] = None,
    *,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FORMAT[=PATH]", help="text, concise, json or sarif. Repeatable."),
    ] = None,
    fail_on: Annotated[
        str, option("--fail-on", "SEVERITY", "error, warning or note: it and all worse fail. Or never.")
    ] = "warning",
    select: Annotated[list[str] | None, option("--select", "CHECK,GLOB", "Only these checks. Repeatable.")] = None,
    ignore: Annotated[list[str] | None, option("--ignore", "CHECK,GLOB", "Not these checks. Repeatable.")] = None,
    tests: Annotated[bool, typer.Option("--tests", help="Run the packs' tests too, and check what they show.")] = False,
    prove: Annotated[
        int | None,
        typer.Option("--prove", min=0, metavar="N", help="Try the pack's properties with N more facts of each type."),
    ] = None,
    write: Annotated[
        str | None, option("--write", "FOLDER", "Write the tests that show contradictions and broken properties there.")
    ] = None,
    quiet: QuietFlag = False,
    color: ColourFlag = "auto",
) -> int:
    """Find what is wrong with packs although they load; docs/lint.md shows every check."""
    look = look_of(color, quiet=quiet)
    from checker.lint.finding import FAIL_ON
    from checker.lint.runner import Asked, lint
    from checker.outputs import parse_outputs
    from checker.report import lint as report

    if prove is not None:
        return _prove(tuple(packs or ()), prove, look)
    gate = one_of(FAIL_ON, fail_on, "--fail-on")
    outputs = parse_outputs(output or [], report.FORMATS)
    linted = lint(tuple(packs or ()), Asked(globs(select), globs(ignore), tests, gate))
    written = [
        save(each, report.FORMATS[each.format](linted, look if each.path is None else look.plain())) for each in outputs
    ]
    if write is not None:
        _write_cases(linted, write)
    if not any(each.path is None and each.format in report.FOR_PEOPLE for each in outputs):
        tell(*problem_lines(linted.problems))
    return report.exit_status(linted) if all(written) else NO_ANSWER


def _prove(packs: tuple[str, ...], more: int, look: Look) -> int:
    """Put the properties of packs to the solver; 1 where one does not hold."""
    from checker.cache import open_pack_folder
    from checker.errors import UsageError
    from checker.lint import solved
    from checker.report.proofs import render
    from checker.shelf import find_pack, shipped

    if not solved.is_installed():
        message = f"--prove needs a solver: {solved.INSTALL}"
        raise UsageError(message)
    from checker.lint.solved.proofs import proofs

    read = [open_pack_folder(find_pack(name)) for name in packs or shipped()]
    found = {pack.id: proofs(pack, more) for pack in read}
    put("".join(render(pack, found[pack.id], look) for pack in read))
    return FAILED if any(proof.witness for each in found.values() for proof in each) else PASSED


def _write_cases(linted: Linted, folder: str) -> None:
    """A file for each finding that has a test to show; nothing is written over."""
    from pathlib import Path

    from checker.errors import UsageError
    from checker.outputs import write_file

    for finding in linted.findings:
        if finding.case:
            name = "-".join((finding.check.id, *finding.about.replace("/", ".").split()))
            path = Path(folder) / f"{name}.yaml"
            if path.exists():
                message = f"--write: `{path}` is there already"
                raise UsageError(message)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(str(path), finding.case)
            tell(f"written: {path}")
