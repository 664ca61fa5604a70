"""A derivation for people: a tree in which each fact is told once, and named where it comes again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.report import words
from checker.report.json_finding import steps
from checker.report.layout import NARROW, Page
from checker.speech import Speech
from checker.terminal import line, wrap
from checker.verdict import Derivation, DerivedFact, FactView

_DEEPEST, _DEEPEST_SHOWN = 5, 40  # levels of a derivation told, by default and at most


def why(because: Iterable[Derivation], page: Page) -> Iterator[str]:
    """The lines of a derivation."""
    deepest = _DEEPEST_SHOWN if page.look.show_all else _DEEPEST
    told: set[str] = set()
    for node in because:
        yield from _reason(node, 0, deepest, told, page)


def _reason(node: Derivation, level: int, deepest: int, told: set[str], page: Page) -> Iterator[str]:
    if not isinstance(node, DerivedFact):
        yield from _told(_stated(node.fact, told, page.speech), "- ", level, page)
        return
    yield from _told(line(_conclusion(node, words.fact(node.fact), page.speech)), "- ", level, page)
    for each in node.sums:
        yield from _told(line(each), "  ", level + 1, page)
    if level + 1 < deepest:
        for child in node.because:
            yield from _reason(child, level + 1, deepest, told, page)
    elif node.because:
        more = page.speech.many("{number} more step", "{number} more steps", steps(node.because))
        shown = more if page.look.show_all else page.speech.say("{more} (--show all tells them)", more=more)
        yield from _told(shown, "- ", level + 1, page)


def _stated(fact: FactView, told: set[str], speech: Speech) -> str:
    if (known := f"{fact.place} {fact}") in told:
        return speech.say("{conclusion}, told above", conclusion=words.name_of(fact))
    told.add(known)
    if fact.place:
        return speech.say("{fact}, stated at {place}", fact=words.fact(fact), place=fact.place)
    return speech.say("{fact}, stated by the pack", fact=words.fact(fact))


def _conclusion(node: DerivedFact, fact: str, speech: Speech) -> str:
    parts = {"fact": fact, "rule": node.rule, "title": node.title}
    if node.possible:
        told = speech.say("{fact}, which may follow from {rule} ({title})", **parts)
    else:
        told = speech.say("{fact}, which follows from {rule} ({title})", **parts)
    return speech.say("{conclusion}, told above", conclusion=told) if node.again else told


def _told(text: str, sign: str, level: int, page: Page) -> Iterator[str]:
    indent = "  " * level
    room = max(NARROW, page.room - len(indent) - len(sign))
    for index, part in enumerate(wrap(text, room)):
        yield indent + (sign if not index else " " * len(sign)) + part
