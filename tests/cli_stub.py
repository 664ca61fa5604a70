"""The command line with a judge that is no judge: a case comes to what its text says. For tests of the command alone.

`python cli_stub.py ARGUMENTS` behaves as `servanda ARGUMENTS` does.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

from sample_results import finding, results, verdict  # noqa: E402

from checker.cli import main  # noqa: E402
from checker.errors import EngineError, PackError, Place, Problem, UsageError  # noqa: E402
from checker.model import Citation  # noqa: E402
from checker.options import Options  # noqa: E402
from checker.sources import CaseSource  # noqa: E402
from checker.verdict import Results, Verdict  # noqa: E402


def judge(sources: Iterable[CaseSource], options: Options) -> Results:
    """A verdict for each source: its first word is the case's status, or what goes wrong."""
    if options.pack == "broken":
        raise PackError([Problem(Place("rules/broken/pack.yaml", 2, 1), "unknown key `sevrity`")])
    if options.as_of == "soon":
        message = "`soon` is no day"
        raise UsageError(message)
    listed = list(sources)
    unreadable = tuple(Problem(Place(each.name), each.problem or "") for each in listed if each.content is None)
    judged = [_judged(each) for each in listed if each.content is not None]
    return results(*judged, problems=unreadable, fail_on=options.fail_on, min_severity=options.min_severity)


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


stub = ModuleType("checker.api")
stub.judge = judge  # type: ignore[attr-defined]
stub.engine_note = lambda asked: "the referee judges alone" if asked == "referee" else None  # type: ignore[attr-defined]
sys.modules["checker.api"] = stub

if __name__ == "__main__":
    main()
