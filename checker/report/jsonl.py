"""One JSON object a line, one line a case, each complete in itself; there is no summary line.

A run that was interrupted ends with a line that says so, and is no case.
"""

from __future__ import annotations

from checker.gate import tally
from checker.report.json import Json, case, dump, unread_case
from checker.report.streamed import Streamed, whole
from checker.results import SCHEMA, Results
from checker.terminal import Look
from checker.verdict import Verdict


def render(results: Results, look: Look) -> str:
    """A line for each case, then one for each file that could not even be named a case."""
    return whole(STREAMED, results, look)


def _told(verdict: Verdict, results: Results, look: Look) -> str:  # noqa: ARG001 - every format is called alike
    return _line(case(verdict))


def _foot(results: Results, look: Look, _: bool) -> str:  # noqa: ARG001, FBT001 - likewise
    objects = [unread_case(each) for each in results.problems if each.place is not None or not results.partial]
    if results.partial:
        objects.append({"partial": True, "cases": sum(tally(results).cases.values())})
    return "".join(map(_line, objects))


def _line(told: dict[str, Json]) -> str:
    return f"{dump({'schema': SCHEMA, **told}, indent=None)}\n"


STREAMED = Streamed(_told, _foot)
