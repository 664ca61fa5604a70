"""What a command writes: reports on standard output, and lines for a person beside them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checker.errors import Problem

PROGRAM = "servanda"


def put(text: str) -> None:
    """A report, or a part of one, on standard output."""
    from checker.outputs import write_stream

    write_stream(sys.stdout, text)


def tell(*lines: str) -> None:
    """Lines for a person, beside the report: each stays a line, and steers no terminal."""
    from checker.errors import printable
    from checker.outputs import write_stream
    from checker.terminal import inert

    write_stream(sys.stderr, inert("".join(f"{PROGRAM}: {printable(line)}\n" for line in lines)))


def problem_lines(problems: tuple[Problem, ...]) -> list[str]:
    """A line for each problem, place first."""
    from checker.terminal import line

    return [line(str(problem)) for problem in problems]


def reasons(error: Exception) -> list[str]:
    """Why there is no answer: for a refusal its words, for a failure of our own what can be said."""
    from checker.errors import TRACEBACK, CheckerError, ProblemsError
    from checker.terminal import line

    if isinstance(error, ProblemsError):
        return problem_lines(error.problems)
    if isinstance(error, (CheckerError, OSError)):
        return [line(str(error))]
    if TRACEBACK in os.environ:
        import traceback

        traceback.print_exception(error)
    return [
        f"the checker itself failed: {type(error).__name__}: {line(str(error))}",
        f"please report it, with what {TRACEBACK}=1 shows",
    ]


def first_lower(text: str) -> str:
    """A sentence of the command-line library as our errors are written: lower case, no full stop."""
    return text[:1].lower() + text[1:].rstrip(".")
