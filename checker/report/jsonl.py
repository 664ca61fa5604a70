"""One JSON object a line, one line a case, each complete in itself; there is no summary line."""

from __future__ import annotations

from checker.report.json import SCHEMA, case, dump, unread_case
from checker.terminal import Look
from checker.verdict import Results


def render(results: Results, look: Look) -> str:  # noqa: ARG001 - every format is called alike
    """A line for each case, then one for each file that could not even be named a case."""
    objects = [case(verdict) for verdict in results.verdicts] + [unread_case(each) for each in results.problems]
    return "".join(f"{dump({'schema': SCHEMA, **each}, indent=None)}\n" for each in objects)
