"""Who judges sources, one after another, and tells what became of each as an order asks."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from checker.errors import Place, Problem
from checker.gate import count
from checker.parts import Order, Part
from checker.redaction import redacted
from checker.report import STREAMED
from checker.results import Tally
from checker.run import Answer, Run, invalid
from checker.sources import CaseSource, Piece, read
from checker.verdict import Verdict

if TYPE_CHECKING:
    from checker.verdict_cache import VerdictCache


class Judge:
    """One who judges parts; it is in one process from the beginning to the end."""

    def __init__(self, order: Order, *, judges: bool = True) -> None:
        """Open the pack that was asked for by name. UsageError or PackError where the options can't be met."""
        self.order = order
        self.runs = [Run(each, order.day, judges=judges) for each in order.options]
        self.gates = [run.gate() for run in self.runs]
        self.cache: VerdictCache | None = None
        if order.cache and judges:
            with suppress(ImportError):  # a Python without SQLite
                from checker.verdict_cache import VerdictCache  # noqa: PLC0415 - few runs have one

                self.cache = VerdictCache(order)
        for run in self.runs:
            if run.options.pack is not None:
                run.asked(run.opened(run.options.pack))

    def part(self, piece: Piece) -> Part:
        """A source judged, or what is known of it from before."""
        if isinstance(piece, CaseSource):
            piece = read(piece, self.runs[0].limits.bytes)
        key = None if self.cache is None else self.cache.key(piece)
        part = None if self.cache is None else self.cache.get(key)
        if part is None:
            part = self._part([[*run.answers(piece)] for run in self.runs])
            if self.cache is not None:
                packs = self.runs[0].packs
                self.cache.put(key, part, {name: packs[name].pack.sha256 for name in part.seen.packs})
        return part

    def lost(self, piece: Piece, why: str) -> Part:
        """A source that whoever judged it did not survive."""
        file = piece.name if isinstance(piece, CaseSource) else piece.file.file
        verdict = invalid(piece.name, "", [Problem(Place(file), why)], ())
        self.runs[0].seen.unread += 1
        return self._part([[verdict] for _ in self.runs])

    def _part(self, answers: list[list[Answer]]) -> Part:
        verdicts = [tuple(each for each in told if isinstance(each, Verdict)) for told in answers]
        if self.order.redact:
            verdicts = [
                redacted(gate._replace(verdicts=each)).verdicts for gate, each in zip(self.gates, verdicts, strict=True)
            ]
        total = Tally()
        for each in verdicts[0]:
            count(each, self.gates[0], total)
        return Part(
            texts=tuple(
                [text for each in verdicts[which] if (text := STREAMED[name].case(each, self.gates[which], look))]
                for name, which, look in self.order.streamed
            ),
            verdicts=tuple(verdicts[which] for which in self.order.kept),
            problems=[each for each in answers[0] if isinstance(each, Problem)],
            unanswered=[problem for verdict in verdicts[0] for problem in verdict.problems],
            tally=total,
            seen=self.runs[0].take_seen(),
        )
