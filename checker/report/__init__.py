"""Reports: each turns `Results` into text, as a pure function, and asks nobody anything.

Formats for other programs than ours are imported when they are asked for: a run needs few of them, and each costs time.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Callable, Mapping

from checker.report import concise, json, jsonl, text
from checker.report.streamed import Streamed
from checker.results import Results
from checker.terminal import Look


def _sarif(results: Results, look: Look) -> str:
    from checker.report import sarif

    return sarif.render(results, look)


def _junit(results: Results, look: Look) -> str:
    from checker.report import junit

    return junit.render(results, look)


def _github(results: Results, look: Look) -> str:
    from checker.report import github

    return github.render(results, look)


def _gitlab(results: Results, look: Look) -> str:
    from checker.report import gitlab

    return gitlab.render(results, look)


def _markdown(results: Results, look: Look) -> str:
    from checker.report import markdown

    return markdown.render(results, look)


def _html(results: Results, look: Look) -> str:
    from checker.report import html

    return html.render(results, look)


def _oscal(results: Results, look: Look) -> str:
    from checker.report import oscal

    return oscal.render(results, look)


FORMATS: Mapping[str, Callable[[Results, Look], str]] = {
    "text": text.render,
    "concise": concise.render,
    "json": json.render,
    "jsonl": jsonl.render,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
    "gitlab": _gitlab,
    "markdown": _markdown,
    "html": _html,
    "oscal": _oscal,
}
STREAMED: Mapping[str, Streamed] = {  # the formats that need not wait for the last case
    "text": text.STREAMED,
    "concise": concise.STREAMED,
    "json": json.STREAMED,
    "jsonl": jsonl.STREAMED,
}
IN_THE_LOCALE = frozenset(("text", "markdown", "html"))  # formats in the language of the locale where none is asked for
DRAWN = frozenset(("html", "json"))  # formats that draw the days of each case, or hold what is needed to
FOR_PEOPLE = frozenset(("text", "concise", "github", "markdown", "html"))  # a person sees every problem in them
