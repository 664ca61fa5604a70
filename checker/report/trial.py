"""What `servanda test` found: each failure on its line, coverage where it is asked for, then how many passed."""

from __future__ import annotations

from checker.exits import FAILED, NO_ANSWER, PASSED
from checker.report import coverage, words
from checker.speech import ENGLISH, Speech
from checker.terminal import Look, inert, line
from checker.testing import Failure, TestResults


def render(results: TestResults, look: Look, fail_under: int | None = None, speech: Speech = ENGLISH) -> str:
    """Problems and failures as `file:line:column: message`, then the count of tests.

    `fail_under`: the percentage of statuses that is wanted; None where coverage is not asked for.
    """
    lines = [words.placed(problem, "error: ") for problem in results.problems]
    lines += map(failure, results.failures)
    if not look.quiet or lines:
        failed = len({each.case for each in results.failures})
        told = speech.many("{number} test passed", "{number} tests passed", results.passed)
        if failed:
            told = speech.say("{passed}, {failed} failed", passed=told, failed=failed)
        lines.append(look.paint(told, "red" if exit_status(results) else "green"))
    covered = (
        [] if fail_under is None else [coverage.render(each, look, fail_under, speech) for each in results.coverage]
    )
    return inert("\n".join(["".join(f"{text}\n" for text in lines), *filter(None, covered)]))


def failure(failure: Failure) -> str:
    """The test by its title, else by its number where its file holds several."""
    which = failure.title or failure.case.removeprefix(failure.place.file)
    return line(f"{failure.place}: {which + ': ' if which else ''}{failure.message}")


def exit_status(results: TestResults, fail_under: int | None = None) -> int:
    """0: all passed; 1: some failed, or too little was seen; 2: something could not be read, or there is no test."""
    if results.problems or not (results.passed or results.failures):
        return NO_ANSWER
    too_little = any(each.percent < (fail_under or 0) for each in results.coverage)
    return FAILED if results.failures or too_little else PASSED
