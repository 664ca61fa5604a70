"""The cases of a check judged and written: each report as far as it can be while cases are judged, the rest at the end.

An interruption ends the judging, not the writing: what was judged until then is a report that says it is a part.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from checker.commands.saving import Stream, save
from checker.commands.written import problem_lines, tell
from checker.exits import INTERRUPTED, NO_ANSWER

if TYPE_CHECKING:
    from checker.commands.progress import Progress
    from checker.commands.stopping import Stopping
    from checker.errors import Problem
    from checker.options import Options
    from checker.outputs import Output
    from checker.parts import Order, Part
    from checker.results import Results
    from checker.sources import CaseSource
    from checker.terminal import Look


class Wish(NamedTuple):
    """What is to be made of the results."""

    outputs: tuple[Output, ...]
    languages: tuple[str, ...]  # of each output
    look: Look
    write_baseline: str | None
    redact: bool
    jobs: int | None
    cache: bool

    def look_of(self, output: Output) -> Look:
        """How it should look: colours and the width of the terminal are for standard output."""
        return self.look if output.path is None else self.look.plain()

    @property
    def spoken(self) -> list[str]:
        """Each language once; the first is that of what is told besides."""
        return [*dict.fromkeys(self.languages)]

    @property
    def is_seen(self) -> bool:
        """Whether a person sees every problem in a report."""
        from checker.report import FOR_PEOPLE

        return any(each.path is None and each.format in FOR_PEOPLE for each in self.outputs)


def check(sources: tuple[CaseSource, ...], options: Options, wish: Wish) -> int:
    """Judge once in each language wanted, write what is wished of it, and say how it went: the exit status."""
    from checker.commands.stopping import Stopping

    stopping = Stopping()
    with stopping:
        return _Check(sources, options, wish, stopping).status()


class _Check:
    """A check under way: what is judged, and the reports that are written meanwhile, by the number of their output."""

    def __init__(self, sources: tuple[CaseSource, ...], options: Options, wish: Wish, stopping: Stopping) -> None:
        from checker.batch import Batch
        from checker.commands.progress import Progress

        self.sources, self.options, self.wish, self.stopping = sources, options, wish, stopping
        self.progress = Progress(len(sources), quiet=wish.look.quiet, environ=os.environ)
        self.streams = _streams(options, wish, self.progress)
        order = _order(options, wish, self.streams)
        if wish.cache and not wish.look.quiet and (why := _why_nothing_is_kept(order)):
            tell(f"--cache: {why}, so every case is judged")
        self.batch = Batch(order, wish.jobs)

    def status(self) -> int:
        """Judge and write."""
        try:
            return self._written(self._judged())
        except Exception:
            self._mark_as_part()
            raise
        finally:
            for each in self.streams.values():
                each.drop()

    def _judged(self) -> Problem | None:
        """Judge case after case; None, or how that was interrupted."""
        from checker.batch import how_many
        from checker.choices import limits_of
        from checker.sources import surveyed

        most = limits_of(self.options).bytes
        try:
            known = [*self.stopping.between(surveyed(each, most) for each in self.sources)]
            self.progress.begin(how_many(known))
            for part in self.stopping.between(self.batch.parts(known)):
                self._take(part)
        except KeyboardInterrupt:
            if self.stopping.at_once:
                raise
            return self._ended("interrupted")
        finally:
            self.progress.clear()
        return None

    def _take(self, part: Part) -> None:
        """Write what can be written of a part at once; only then it counts."""
        for stream, texts in zip(self.streams.values(), part.texts, strict=True):
            stream.take(texts)
        if part.unanswered and not self.wish.is_seen:
            self.progress.clear()
            tell(*problem_lines(tuple(part.unanswered)))
        self.batch.take(part)
        self.progress.step()

    def _written(self, interruption: Problem | None) -> int:
        """Write every report to its end: the exit status."""
        from checker.gate import exit_status

        if interruption is not None and not any(self.batch.tally.cases.values()):
            return INTERRUPTED  # nothing was judged, so there is nothing to write
        told = self._results(interruption)
        if interruption is None:
            told = _changes(self.sources, self.options, self.wish, told)
        written = [self._write(number, told) for number in range(len(self.wish.outputs))]
        results = told[self.wish.languages[0]]
        _notes(results, self.options, self.wish)
        return exit_status(results, allow_empty=self.options.allow_empty) if all(written) else NO_ANSWER

    def _mark_as_part(self) -> None:
        """After an error: a report of which something was seen already ends by saying that it is a part."""
        seen = [number for number, each in self.streams.items() if each.is_seen]
        told = self._results(self._ended("ended by an error")) if seen else {}
        for number in seen:
            self._write(number, told)

    def _ended(self, why: str) -> Problem:
        """What a report says that has not all cases."""
        from checker.errors import Problem

        done, total = sum(self.batch.tally.cases.values()), self.progress.total
        return Problem(None, f"{why}: {done:,} of about {total:,} cases were judged; the others are not here")

    def _results(self, ended: Problem | None) -> dict[str, Results]:
        """The run in each of its languages."""
        return dict(zip(self.wish.spoken, self.batch.results(ended), strict=True))

    def _write(self, number: int, told: dict[str, Results]) -> bool:
        """Write a report to its end."""
        from checker.report import FORMATS

        results, output = told[self.wish.languages[number]], self.wish.outputs[number]
        if number in self.streams:
            return self.streams[number].close(results)
        return save(output, FORMATS[output.format](results, self.wish.look_of(output)))


def _streams(options: Options, wish: Wish, progress: Progress) -> dict[int, Stream]:
    """The reports that are written case by case, by the number of their output.

    What changes all cases (a baseline that is written first) lets none be; what only the end can refuse (a rule
    selected that no pack has, a remedy that there is not) lets nothing be seen before it.
    """
    from checker.report import STREAMED

    if wish.write_baseline is not None:
        return {}
    late = (options.select, options.ignore, options.assume, options.without, options.apply_remedy is not None)
    return {
        number: Stream(each, STREAMED[each.format], wish.look_of(each), progress, wait=any(late))
        for number, each in enumerate(wish.outputs)
        if each.format in STREAMED
    }


def _order(options: Options, wish: Wish, streams: dict[int, Stream]) -> Order:
    from checker.choices import day_of_judging
    from checker.parts import Order
    from checker.report import DRAWN

    options = options._replace(timeline=any(each.format in DRAWN for each in wish.outputs))
    which = [wish.spoken.index(each) for each in wish.languages]
    kept = {which[number] for number in range(len(wish.outputs)) if number not in streams}
    if options.apply_remedy is not None:
        kept.add(0)
    if wish.write_baseline is not None:
        kept.update(which)
    return Order(
        options=tuple(options._replace(lang=each) for each in wish.spoken),
        streamed=tuple(
            (wish.outputs[number].format, which[number], wish.look_of(wish.outputs[number])) for number in streams
        ),
        kept=tuple(sorted(kept)),
        redact=wish.redact,
        day=day_of_judging(),
        cache=wish.cache and not (kept or options.assume or options.without),
    )


def _why_nothing_is_kept(order: Order) -> str:
    """Why a cache that was asked for is none; '' where it is one."""
    if not order.cache:
        return "a format or flag of this run needs every verdict"
    try:
        from checker.verdict_cache import VerdictCache
    except ImportError:
        return "this Python has no sqlite3"
    return "" if VerdictCache(order).base is not None else "the cache folder can't be used"


def _changes(
    sources: tuple[CaseSource, ...], options: Options, wish: Wish, told: dict[str, Results]
) -> dict[str, Results]:
    """Write what the options ask for besides reports; the run as it is held against a baseline that was written."""
    if options.apply_remedy is not None:
        from checker.api import limits_of
        from checker.apply import apply_remedy
        from checker.sources import read

        limits = limits_of(options)
        listed = tuple(read(each, limits.bytes) for each in sources)
        written_to = apply_remedy(told[wish.languages[0]], listed, options.apply_remedy, limits)
        tell(f"remedy {options.apply_remedy} written to {written_to}")
    if wish.write_baseline is not None:
        from checker.commands.baseline import write_new

        return write_new(told, wish.write_baseline, options)
    return told


def _notes(results: Results, options: Options, wish: Wish) -> None:
    """What a person should know besides the report: what no report showed them, an engine left out."""
    from checker.choices import engine_note
    from checker.report import suppressed
    from checker.speech import ENGLISH

    if not wish.is_seen:
        tell(*problem_lines(results.problems))
    if wish.look.quiet:
        return
    if not wish.is_seen:
        tell(*suppressed.idle(results, ENGLISH))
    if note := engine_note(options.engine):
        tell(note)
