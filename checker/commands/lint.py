"""The command `lint`: what is wrong with a pack although it loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import ColourFlag, QuietFlag, globs, look_of, one_of, option
from checker.commands.written import NO_ANSWER, problem_lines, put, tell

if TYPE_CHECKING:
    from checker.lint.finding import Linted
    from checker.outputs import Output
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
    quiet: QuietFlag = False,
    color: ColourFlag = "auto",
) -> int:
    """Find what is wrong with packs although they load; docs/lint.md shows every check."""
    look = look_of(color, quiet=quiet)
    from checker.lint.finding import FAIL_ON
    from checker.lint.runner import Asked, lint
    from checker.outputs import parse_outputs
    from checker.report import lint as report

    gate = one_of(FAIL_ON, fail_on, "--fail-on")
    outputs = parse_outputs(output or [], report.FORMATS)
    linted = lint(tuple(packs or ()), Asked(globs(select), globs(ignore), tests, gate))
    written = [_write(linted, each, look) for each in outputs]
    if not any(each.path is None and each.format in report.FOR_PEOPLE for each in outputs):
        tell(*problem_lines(linted.problems))
    return report.exit_status(linted) if all(written) else NO_ANSWER


def _write(linted: Linted, output: Output, look: Look) -> bool:
    """A report to where it should go; False if it could not be written."""
    from checker.outputs import reason, write_file
    from checker.report.lint import FORMATS

    try:
        if output.path is None:
            put(FORMATS[output.format](linted, look))
        else:
            write_file(output.path, FORMATS[output.format](linted, look.plain()))
    except OSError as error:
        tell(f"can't write {'to standard output' if output.path is None else output.path}: {reason(error)}")
        return False
    return True
