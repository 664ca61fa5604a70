"""The command line with a judge that is no judge: a case comes to what its text says. For tests of the command alone.

`python cli_stub.py ARGUMENTS` behaves as `servanda ARGUMENTS` does.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

from sample_results import finding, results, verdict  # noqa: E402

from checker import choices  # noqa: E402
from checker.cli import main  # noqa: E402
from checker.errors import EngineError, PackError, Place, Problem, UsageError  # noqa: E402
from checker.load_tree import Limits  # noqa: E402
from checker.model import Citation  # noqa: E402
from checker.options import Options  # noqa: E402
from checker.results import Results, Tally  # noqa: E402
from checker.sources import CaseSource, Piece, read  # noqa: E402
from checker.verdict import Verdict  # noqa: E402


def _judged(source: CaseSource) -> Verdict:
    word = (source.content or b"").decode().split()[0]
    if word == "crash":
        raise RuntimeError(word)
    if word == "disagree":
        message = "the engines disagree"
        raise EngineError(message)
    if word == "sleep":
        print("asleep", flush=True)  # noqa: T201 - the test waits for it
        time.sleep(60)
    if word == "invalid":
        problem = Problem(Place(source.name, 1, 1), f"format {source.format}: no case")
        return verdict(status="invalid", case=source.name, problems=(problem,))
    place = Place(source.name, 1, 1)
    if word == "compliant":
        return verdict(finding(status="satisfied", place=place), status=word, case=source.name)
    told = finding(status=word, place=place, cites=(Citation("S13", "a year before"),))
    return verdict(told, status=word, case=source.name)


class Run:
    """What `checker.run.Run` is to the command line, with a verdict made up for each source."""

    def __init__(self, options: Options, day: object = None, *, judges: bool = True) -> None:  # noqa: ARG002
        """Refuse what a test wants refused."""
        if options.pack == "broken":
            raise PackError([Problem(Place("rules/broken/pack.yaml", 2, 1), "unknown key `sevrity`")])
        if options.as_of == "soon":
            message = "`soon` is no day"
            raise UsageError(message)
        self.options = options
        self.limits = Limits()

    def opened(self, name: str) -> None:
        """There are no packs here."""

    def asked(self, opened: None) -> None:
        """Nothing is refused."""

    def answers(self, piece: Piece) -> Iterator[Verdict | Problem]:
        """One for each source: its first word is the case's status, or what goes wrong."""
        source = (
            read(piece, 1000) if isinstance(piece, CaseSource) else CaseSource(piece.name, piece.content, "jsonl", None)
        )
        yield Problem(Place(source.name), source.problem or "") if source.content is None else _judged(source)

    def take_seen(self) -> Seen:
        """Nothing that the end has to know."""
        return Seen()

    def gate(self) -> Results:
        """The run without cases."""
        return self.closed(Seen(), (), ())

    def closed(
        self,
        seen: Seen,  # noqa: ARG002
        verdicts: tuple[Verdict, ...],
        problems: tuple[Problem, ...],
        tally: Tally | None = None,
        *,
        partial: bool = False,
    ) -> Results:
        """What reports are made of."""
        gate = {"fail_on": self.options.fail_on, "min_severity": self.options.min_severity}
        return results(*verdicts, problems=problems, tally=tally, partial=partial, **gate)


class Seen:
    """Nothing."""

    unread = 0

    def add(self, later: Seen) -> None:
        """There is nothing to add."""


stub = ModuleType("checker.run")
stub.Answer = object  # type: ignore[attr-defined]
stub.Run = Run  # type: ignore[attr-defined]
stub.Seen = Seen  # type: ignore[attr-defined]
stub.invalid = None  # type: ignore[attr-defined]
sys.modules["checker.run"] = stub

from checker import batch  # noqa: E402 - it takes `Run` from the stub

batch.MOST_JOBS = 1  # another process would not have the stub
choices.engine_note = lambda asked: "the referee judges alone" if asked == "referee" else None

if __name__ == "__main__":
    main()
