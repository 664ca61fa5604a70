"""Places, problems and the few exceptions: how every part of the checker says what is wrong, and where.

A problem is one line: the place, then words in lower case without a full stop, with what the
user typed in backticks and what to write instead. Text that came from a file passes through
`printable` or `quoted`, so that it can't move a cursor, colour a terminal or turn a line around.
An exception holds all problems found, in the order of their places, not only the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering
from typing import NamedTuple

TRACEBACK = "SERVANDA_TRACEBACK"  # set to anything: a failure of the checker itself shows where it happened
_LONGEST_ECHO = 40
_LONGEST_NAME = 100  # a longer word resembles nothing


class Span(NamedTuple):
    """From where to where something is written; all count from 1, columns in characters, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Place(NamedTuple):
    """Where something is written; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{printable(self.file)}:{self.line}:{self.column}"


@total_ordering
@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, in one place or (None) in none; problems without a place sort first."""

    place: Place | None
    message: str

    def __lt__(self, other: Problem) -> bool:
        return self._order() < other._order()

    def __str__(self) -> str:
        return self.message if self.place is None else f"{self.place}: {self.message}"

    def _order(self) -> tuple[bool, Place, str]:
        return (self.place is not None, self.place or Place(""), self.message)


class CheckerError(Exception):
    """Anything for which the checker gives no answer; its text is for people."""


class ProblemsError(CheckerError):
    """Something could not be used; `problems` holds every reason once, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Hold the problems, sorted."""
        self.problems = tuple(sorted(set(problems)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class PackError(ProblemsError):
    """A pack can't be used."""


class CaseError(ProblemsError):
    """A case can't be judged; not to be confused with a case that breaks a rule."""


class UsageError(CheckerError):
    """A command or a call asks for what does not exist or can't go together."""


class EngineError(CheckerError):
    """An engine failed, or two engines disagree: there is no answer that could be trusted."""


def printable(text: str) -> str:
    r"""`text` on one line: controls, line ends, bidi marks, lone surrogates as `\n`, `\x1b`, `\u202e`."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def quoted(value: object) -> str:
    """What the user typed, printable, in backticks, and cut to a length that keeps a line readable."""
    text = str(value)
    return f"`{printable(text[:_LONGEST_ECHO])}…`" if len(text) > _LONGEST_ECHO else f"`{printable(text)}`"


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a message that names the known word most like `word`; '' where none is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a message needs it

    if len(word) > _LONGEST_NAME:
        return ""
    folded = {each.casefold(): each for each in sorted(known, reverse=True)}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean {quoted(folded[close[0]])}?" if close else ""
