"""The command `diff`: two packs compared, and cases judged by both."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import ColourFlag, QuietFlag, look_of, one_of, option
from checker.commands.written import problem_lines, put, tell
from checker.exits import NO_ANSWER

if TYPE_CHECKING:
    from checker.difference import Difference
    from checker.turns import Gate, Turns

NEWLY_ALLOWED = 1


def command(  # noqa: PLR0913 - one parameter for each flag
    before: Annotated[str, typer.Argument(metavar="A", help="A pack: a shipped name, a folder, or GITREF:PATH.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The pack to compare it with.")],
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE]...", help="Cases to judge by both: files, folders, globs, -.")
    ] = None,
    *,
    output: Annotated[
        list[str] | None, typer.Option("--output", "-o", metavar="FORMAT[=PATH]", help="text or json. Repeatable.")
    ] = None,
    as_of: Annotated[str | None, option("--as-of", "DAY", "The day of judging; else each case's, else today.")] = None,
    fail_on: Annotated[
        str, option("--fail-on", "STATUS", "What counts as failing: violated, contested, undetermined or pending.")
    ] = "undetermined",
    min_severity: Annotated[
        str, option("--min-severity", "SEVERITY", "note, warning or error: it and above can fail.")
    ] = "error",
    quiet: QuietFlag = False,
    color: ColourFlag = "auto",
) -> int:
    """Say what changed between two packs, and which cases come out otherwise: first what is newly allowed.

    Exit status: 0, nothing is newly allowed; 1, something is; 2, there is no answer.
    """
    look = look_of(color, quiet=quiet)
    from checker.model import SEVERITIES
    from checker.options import FAIL_ON
    from checker.outputs import parse_outputs, write_file
    from checker.report import difference as as_text
    from checker.report import difference_json as as_json
    from checker.turns import Gate

    gate = Gate(one_of(FAIL_ON, fail_on, "--fail-on"), one_of(SEVERITIES, min_severity, "--min-severity"))
    formats = {"text": as_text.render, "json": as_json.render}
    outputs = parse_outputs(output or [], formats)
    compared, turns = _compared((before, after), cases or [], gate, as_of)
    for each in outputs:
        told = formats[each.format](compared, turns, look if each.path is None else look.plain())
        put(told) if each.path is None else write_file(each.path, told)
    if turns is not None and turns.problems:
        tell(*problem_lines(turns.problems))
        return NO_ANSWER
    return NEWLY_ALLOWED if turns is not None and turns.of("allowed") else 0


def _compared(
    spelt: tuple[str, str], cases: list[str], gate: Gate, as_of: str | None
) -> tuple[Difference, Turns | None]:
    from checker.api import day_of, which_engine
    from checker.difference import compared
    from checker.judging import open_pack
    from checker.load_tree import Limits
    from checker.revisions import pack_at
    from checker.sources import Search, find_cases
    from checker.turns import turns

    day = None if as_of is None else day_of(as_of)
    before, after = map(pack_at, spelt)
    difference = _located(compared(before, after), spelt)
    if not cases:
        return difference, None
    search = Search(sys.stdin.buffer if sys.stdin is not None else None, Limits().bytes)
    with_engine = which_engine(None) != "referee"
    opened = (open_pack(before, with_engine=with_engine), open_pack(after, with_engine=with_engine))
    return difference, turns(find_cases(cases, search), *opened, gate, day)


def _located(difference: Difference, spelt: tuple[str, str]) -> Difference:
    """With places as the user knows them: a pack at a commit was read elsewhere."""
    from checker.revisions import place_in

    changes = list(difference.changes)
    for pack, name in zip((difference.before, difference.after), spelt, strict=True):
        changes = [each._replace(place=each.place and place_in(pack, name, each.place)) for each in changes]
    return difference._replace(changes=tuple(changes))
