"""What the parts of the page of a run share: whose results they tell, words in frames, lists, tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from checker.report import text
from checker.report.finding import elements_of
from checker.report.layout import Page
from checker.report.page import Html, prose, tag, together
from checker.results import Results
from checker.speech import Speech
from checker.terminal import Look
from checker.verdict import Finding

Told: TypeAlias = "tuple[tuple[str, Finding], ...]"


class Sheet(NamedTuple):
    """The page of a run; the sentences of `page` are not broken into lines.

    `told`: for each case the findings that are shown, each under its id, without those that another one tells of.
    """

    page: Page
    told: tuple[Told, ...]

    @property
    def results(self) -> Results:
        """What is told."""
        return self.page.results

    @property
    def speech(self) -> Speech:
        """The language it is told in."""
        return self.page.speech

    @property
    def look(self) -> Look:
        """How much is told."""
        return self.page.look

    def say(self, sentence: str, /, **values: object) -> str:
        """A sentence in the language of the results."""
        return self.page.speech.say(sentence, **values)


def sheet_of(page: Page) -> Sheet:
    """The page, with what is told on it."""
    told = []
    for number, verdict in enumerate(page.results.verdicts, 1):
        shown = [each for each in verdict.findings if text.wanted(each, page)]
        elements = {id(element) for each in shown for element in elements_of(each, verdict)}
        alone = (each for each in shown if id(each) not in elements)
        told.append(tuple((f"finding-{number}-{place}", each) for place, each in enumerate(alone, 1)))
    return Sheet(page, tuple(told))


def lines(told: Iterable[str]) -> Html:
    """One under another."""
    return together(tag("div", each) for each in told)


def items(told: Iterable[str], **attributes: str) -> Html:
    """A list."""
    return tag("ul", together(tag("li", each) for each in told), **attributes)


def rows(heads: Sequence[str], told: Iterable[Sequence[str]], *, class_: str | None = None) -> Html:
    """A table whose first column names the row."""
    body = (
        tag("tr", tag("th", first, scope="row"), together(tag("td", each) for each in others))
        for first, *others in told
    )
    head = tag("thead", tag("tr", together(tag("th", each, scope="col") for each in heads)))
    return tag("table", head, tag("tbody", together(body)), class_=class_)


def tree(told: Iterable[str]) -> Html:
    """Lines of a text report as lists within lists: two spaces further in belongs to the line before."""
    kept = [*told]
    return _level([(len(each) - len(each.lstrip(" "))) // 2 for each in kept], [each.lstrip(" ") for each in kept])


def _level(depths: list[int], parts: list[str]) -> Html:
    starts = [place for place, depth in enumerate(depths) if depth <= depths[0]]
    return tag("ul", together(_each(depths, parts, starts)))


def _each(depths: list[int], parts: list[str], starts: list[int]) -> Iterator[Html]:
    for start, end in zip(starts, [*starts[1:], len(parts)], strict=True):
        inner = _level(depths[start + 1 : end], parts[start + 1 : end]) if end > start + 1 else None
        yield tag("li", prose(parts[start]), inner)
