"""What `servanda test` found: each failure on its line, then how many passed."""

from __future__ import annotations

from checker.gate import FAILED, NO_ANSWER, PASSED
from checker.report import words
from checker.terminal import Look, line
from checker.testing import Failure, TestResults


def render(results: TestResults, look: Look) -> str:
    """Problems and failures as `file:line:column: message`, then the count of tests."""
    lines = [words.placed(problem, "error: ") for problem in results.problems]
    lines += map(_failure, results.failures)
    if not look.quiet or lines:
        failed = len({each.case for each in results.failures})
        told = f"{words.plural(results.passed, 'test')} passed" + (f", {failed} failed" if failed else "")
        lines.append(look.paint(told, "red" if exit_status(results) else "green"))
    return "".join(f"{text}\n" for text in lines)


def _failure(failure: Failure) -> str:
    """The case is named where its file holds several."""
    which = failure.case.removeprefix(failure.place.file)
    return line(f"{failure.place}: {which + ': ' if which else ''}{failure.message}")


def exit_status(results: TestResults) -> int:
    """0: all passed; 1: some failed; 2: something could not be read, or there was nothing to test."""
    if results.problems or not (results.passed or results.failures):
        return NO_ANSWER
    return FAILED if results.failures else PASSED
