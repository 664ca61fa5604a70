"""The command `test`: packs and examples held against what they expect."""

from __future__ import annotations

from typing import Annotated

import typer

from checker.commands.flags import ColourFlag, LanguageFlag, QuietFlag, language_of, look_of
from checker.commands.written import put


def command(
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
    lang: LanguageFlag = None,
    quiet: QuietFlag = False,
    color: ColourFlag = "auto",
) -> int:
    """Run the tests of packs, and examples with `expect:`."""
    look = look_of(color, quiet=quiet)
    from checker.report import trial
    from checker.speech import speech
    from checker.testing import run_tests

    wanted = 0 if coverage and fail_under is None else fail_under
    spoken = speech(language_of(lang))
    results = run_tests(tuple(paths or ()))
    put(trial.render(results, look, wanted, spoken))
    return trial.exit_status(results, wanted)
