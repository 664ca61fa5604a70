"""What `servanda test --mutate` found: each mutant that no test saw, those that none can see, and the score."""

from __future__ import annotations

from collections.abc import Iterable

from checker.exits import FAILED, NO_ANSWER, PASSED
from checker.mutation.results import MutationResults, PackMutation, Survivor
from checker.report import words
from checker.report.trial import failure
from checker.terminal import Look, line


def render(results: MutationResults, look: Look, fail_under: int = 0) -> str:
    """Blocks of lines; quietly, only what keeps a score under `fail_under`, and what is wrong."""
    wrong = [words.placed(problem, "error: ") for problem in (*results.problems, *results.idle)]
    wrong += map(failure, results.failures)
    blocks = [wrong] if wrong else []
    for pack in results.packs:
        blocks += [] if look.quiet and pack.percent >= fail_under else _pack(pack, look, fail_under)
    return "\n".join("".join(f"{text}\n" for text in block) for block in blocks)


def exit_status(results: MutationResults, fail_under: int = 0) -> int:
    """0: all is well; 1: tests that fail as they are, an idle entry, or too low a score; 2: something is unreadable."""
    if results.problems:
        return NO_ANSWER
    too_low = any(pack.percent < fail_under for pack in results.packs)
    return FAILED if results.failures or results.idle or too_low else PASSED


def _pack(pack: PackMutation, look: Look, fail_under: int) -> list[list[str]]:
    alive = [each for each in pack.survivors if each.reason is None]
    excused = [each for each in pack.survivors if each.reason is not None and not look.quiet]
    blocks = [[look.paint(f"No test of {line(pack.pack)} sees:", "bold"), *map(_survivor, alive)]] if alive else []
    blocks += [[look.paint("No test can see:", "bold"), *_excused(excused)]] if excused else []
    told = f"{line(pack.pack)}: tests see {pack.seen} of {pack.tried} mutants"
    told += f", {pack.equivalent} more are equivalent" if pack.equivalent else ""
    told += f": {pack.percent}%"
    told += f"; wanted: {fail_under}%" if pack.percent < fail_under else ""
    colour = "red" if pack.percent < fail_under else "yellow" if alive else "green"
    return [*blocks, [look.paint(told, colour)]]


def _survivor(each: Survivor) -> str:
    return line(f"{each.place}: {each.rule}: {each.change}")


def _excused(survivors: Iterable[Survivor]) -> list[str]:
    """By reason, the mutants it stands for."""
    by_reason: dict[str, list[str]] = {}
    for each in survivors:
        by_reason.setdefault(each.reason or "", []).append(_survivor(each))
    return [text for reason, told in by_reason.items() for text in (*told, f"  {line(reason)}")]
