"""Reports: each turns `Results` into text, as a pure function, and asks nobody anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from checker.report import concise, github, gitlab, json, jsonl, junit, markdown, oscal, sarif, text
from checker.terminal import Look
from checker.verdict import Results

FORMATS: Mapping[str, Callable[[Results, Look], str]] = {
    "text": text.render,
    "concise": concise.render,
    "json": json.render,
    "jsonl": jsonl.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "markdown": markdown.render,
    "oscal": oscal.render,
}
IN_THE_LOCALE = frozenset(("text",))  # formats in the language of the locale where none is asked for
FOR_PEOPLE = frozenset(("text", "concise"))  # formats in which a person sees every problem
