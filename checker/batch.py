"""Many cases, judged part after part in the order in which they came, so that no more is kept than is needed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice

from checker.choices import limits_of
from checker.errors import Problem
from checker.gate import add
from checker.judge import Judge
from checker.parts import Order, Part
from checker.redaction import redacted
from checker.results import Results, Tally
from checker.run import Run, Seen
from checker.sources import CaseSource, JsonLines, pieces
from checker.verdict import Verdict

MOST_JOBS = 8  # unless more are asked for: each holds packs of its own, and containers seldom have the cores they show
_SOME = 8  # sources handed over at once; and so many at least for each process that is started because it was asked for
_MANY = 40  # likewise where nobody asked: a process takes as long to start as some dozen cases


class Batch:
    """A run over many sources, of which only so much is in memory as its formats need."""

    def __init__(self, order: Order, jobs: int | None) -> None:
        """Judge with so many processes at most; None: as many as are worth while."""
        self.order = order
        self.jobs = 1 if order.options[0].assume or order.options[0].without else jobs
        self.judge: Judge | None = None
        self.tally = Tally()
        self.seen = Seen()
        self.problems: list[Problem] = []
        self.verdicts: tuple[list[Verdict], ...] = tuple([] for _ in order.kept)

    def parts(self, sources: list[CaseSource | JsonLines]) -> Iterator[Part]:
        """What becomes of the sources, in their order. Closed before its end it leaves no process behind."""
        most = limits_of(self.order.options[0]).bytes
        listed = (piece for source in sources for piece in pieces(source, most))
        processes = worth_while(self.jobs, how_many(sources))
        self.judge = Judge(self.order, judges=processes == 1)
        if processes == 1:
            yield from map(self.judge.part, listed)
            return
        from checker.workers import parts  # noqa: PLC0415 - few runs start processes

        yield from parts(self.judge, iter(lambda: tuple(islice(listed, _SOME)), ()), processes)

    def take(self, part: Part) -> None:
        """Keep what the end has to know of a part."""
        add(part.tally, self.tally)
        self.seen.add(part.seen)
        self.problems += part.problems
        for kept, verdicts in zip(self.verdicts, part.verdicts, strict=True):
            kept.extend(verdicts)

    def results(self, ended: Problem | None) -> list[Results]:
        """The run in each of its languages: with its verdicts where they are kept, else with what they came to.

        Where it ended before its end, `ended` says so: the run is partial then.
        """
        runs = (self.judge or Judge(self.order, judges=False)).runs
        return [
            redacted(each) if self.order.redact else each
            for each in (self._closed(*run, ended) for run in enumerate(runs))
        ]

    def _closed(self, which: int, run: Run, ended: Problem | None) -> Results:
        problems = (*self.problems, *([] if ended is None else [ended]))
        kept = dict(zip(self.order.kept, self.verdicts, strict=True))
        verdicts = tuple(kept.get(which, ()))
        tally = None if which in kept else self.tally
        return run.closed(self.seen, verdicts, problems, tally, partial=ended is not None)


def how_many(sources: Iterable[CaseSource | JsonLines]) -> int:
    """How many pieces there are to judge."""
    return sum(each.cases if isinstance(each, JsonLines) else 1 for each in sources)


def worth_while(jobs: int | None, sources: int) -> int:
    """How many processes are to judge so many sources."""
    if jobs is None:
        return max(1, min(_cores(), MOST_JOBS, sources // _MANY))
    return max(1, min(jobs or _cores(), sources // _SOME))


def _cores() -> int:
    """How many of the machine's cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
