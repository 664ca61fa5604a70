"""A part of a run: a source judged, and told as far as that can be done case by case.

It is the texts of the formats that are written case by case, the verdicts where a format needs them all, and what the
end of the run has to know. Who judged it, this process or another, makes no difference to it.
"""

from __future__ import annotations

from typing import NamedTuple

from checker.dates import Date
from checker.errors import Problem
from checker.options import Options
from checker.results import Tally
from checker.run import Seen
from checker.terminal import Look
from checker.verdict import Verdict


class Order(NamedTuple):
    """What is to be made of every case: judged once with each of the options, which differ in their language only."""

    options: tuple[Options, ...]
    streamed: tuple[tuple[str, int, Look], ...]  # formats told case by case, of which options' verdicts, how they look
    kept: tuple[int, ...]  # of which options the verdicts are wanted at the end
    redact: bool
    day: Date
    cache: bool = False  # keep what becomes of a source, and use what was kept of it


class Part(NamedTuple):
    """What became of a source."""

    texts: tuple[list[str], ...]  # for each of `Order.streamed`
    verdicts: tuple[tuple[Verdict, ...], ...]  # for each of `Order.kept`
    problems: list[Problem]  # of files that could not even be named a case
    unanswered: list[Problem]  # of cases that could not be judged
    tally: Tally
    seen: Seen
