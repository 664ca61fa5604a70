"""Formats that are written case by case: what stands before the cases, each case, and what follows them.

`whole` puts them together for results that hold all their verdicts; a batch writes the same texts one after another,
with results that only know what the cases came to (`Results.tally`). So both give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from checker.results import Results
from checker.terminal import Look
from checker.verdict import Verdict


class Streamed(NamedTuple):
    """The parts of a format. Of the run a case may ask what its pack, gate and language are, and nothing of others.

    `head` is None where nothing stands before the cases; else it may tell of all of them, and so is made last.
    `foot` is told whether any case had a text.
    """

    case: Callable[[Verdict, Results, Look], str]  # '' where there is nothing to tell of it
    foot: Callable[[Results, Look, bool], str]
    head: Callable[[Results, Look], str] | None = None
    between: str = ""


def whole(format_: Streamed, results: Results, look: Look) -> str:
    """The report of results that hold all their verdicts."""
    head = "" if format_.head is None else format_.head(results, look)
    texts = [text for verdict in results.verdicts if (text := format_.case(verdict, results, look))]
    return head + format_.between.join(texts) + format_.foot(results, look, bool(texts))
