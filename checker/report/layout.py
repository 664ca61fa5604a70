"""The page of a report for people: how wide it is, and where texts beside labels stand."""

from __future__ import annotations

from typing import NamedTuple

from checker.results import Results
from checker.speech import Speech
from checker.terminal import Look, line, wrap

MARGIN = "  "
NARROW = 24  # columns that text always gets, however deep it stands


class Page(NamedTuple):
    """What is reported, how it should look, in which language, and how many columns a label takes with its gap."""

    results: Results
    look: Look
    speech: Speech
    label: int

    @property
    def room(self) -> int:
        """The columns beside the labels."""
        return self.look.width - len(MARGIN) - self.label

    def wrap(self, text: str, less: int = 0) -> list[str]:
        """A text beside a label, `less` columns further in."""
        return wrap(line(text), self.room - less)


def indented(look: Look) -> Look:
    """The look of lines that stand a margin further in."""
    return look._replace(width=look.width - len(MARGIN))
