"""A finding in a few lines without layout, for formats that are read beside the file: an annotation, an alert."""

from __future__ import annotations

from checker.report.concise import message
from checker.report.finding import LABELS, page_for, sections
from checker.report.layout import Page
from checker.results import Results
from checker.terminal import Look, line
from checker.verdict import Finding

_UNBROKEN = 1_000_000  # columns: whoever shows the lines breaks them
_ELSEWHERE = frozenset(("what", "rule", "because", "days", "elements"))  # told first, or by another part of the report


def unbroken(results: Results, look: Look) -> Page:
    """A page on which each sentence stays on its line."""
    return page_for(results, look._replace(width=_UNBROKEN, colour=False))


def outline(finding: Finding, page: Page) -> list[str]:
    """What is wrong, then under labels what it rests on, what was looked for, what would decide and what would help."""
    lines = [line(message(finding, page.speech)) or line(finding.title) or finding.status]
    for name, told in sections(finding, [], page):
        if name not in _ELSEWHERE:
            label, texts = page.speech.say(LABELS[name]), [*told]
            lines += [f"{label} {texts[0]}"] if len(texts) == 1 else [label, *(f"  {text}" for text in texts)]
    return lines
