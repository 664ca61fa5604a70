"""A derivation as a tree that unfolds step by step: each fact, and under it what it follows from.

A step that an earlier finding of the case has told in full is named, with a link there: a case may have a thousand
findings that rest on the same period.
"""

from __future__ import annotations

from collections.abc import Iterable

from checker.report import words
from checker.report.html_parts import Sheet
from checker.report.json_finding import steps
from checker.report.page import Html, tag, together
from checker.report.phrase import Phrase, Ref, phrase
from checker.terminal import line
from checker.verdict import Derivation, DerivedFact, FactView

_DEEPEST = 40  # levels of a derivation
_OPEN = 1  # levels that stand unfolded


class Trees:
    """The derivations of a case, in the order in which they are told; `case` begins the ids of steps."""

    def __init__(self, case: str, sheet: Sheet) -> None:
        """Nothing is told yet."""
        self.case, self.sheet = case, sheet
        self.places: dict[str, str] = {}  # where a step was told in full, by all that it says
        self.laws: dict[str, str] = {}  # where it was told what a rule rests on

    def tree(self, because: Iterable[Derivation]) -> Html:
        """One derivation; in it each stated fact is told once."""
        told: set[str] = set()
        return tag("ul", together(self._node(each, 0, told) for each in because), class_="why")

    def _node(self, node: Derivation, level: int, told: set[str]) -> Html:
        if not isinstance(node, DerivedFact):
            return tag("li", _stated(node.fact, told, self.sheet))
        conclusion = _html(_conclusion(node, self.sheet))
        inner = [tag("li", line(each), class_="sum") for each in node.sums]
        if not (inner or node.because):
            return tag("li", conclusion)
        if (place := self.places.get(said := _said(node))) is not None:
            return tag("li", self.above(place, words.fact(node.fact)))
        self.places[said] = place = f"{self.case}-{len(self.places) + 1}"
        if level + 1 < _DEEPEST:
            inner += [self._node(each, level + 1, told) for each in node.because]
        elif node.because:
            more = self.sheet.speech.many("{number} more step", "{number} more steps", steps(node.because))
            inner.append(tag("li", more))
        folded = tag("details", tag("summary", conclusion), tag("ul", together(inner)), open=level < _OPEN)
        return tag("li", folded, id=place)

    def above(self, place: str, told: str) -> Html:
        """What stands at an earlier place, as a link there."""
        link = tag("a", told, href=f"#{place}")
        return _html(phrase(self.sheet.speech, "{conclusion}, told above", conclusion=(link,)))


def _said(node: Derivation) -> str:
    """All that a step says with everything below it: where that is the same, so is the step."""
    if not isinstance(node, DerivedFact):
        return f"{node.fact} {node.fact.place}"
    below = "; ".join((*node.sums, *map(_said, node.because)))
    return f"{node.fact} {node.rule} {node.possible} {node.again} [{below}]"


def _stated(fact: FactView, told: set[str], sheet: Sheet) -> Html:
    if (known := f"{fact.place} {fact}") in told:
        return _html(phrase(sheet.speech, "{conclusion}, told above", conclusion=words.name_of(fact)))
    told.add(known)
    if fact.place:
        place = Ref("key", "", str(fact.place))
        return _html(phrase(sheet.speech, "{fact}, stated at {place}", fact=_fact(fact), place=place))
    return _html(phrase(sheet.speech, "{fact}, stated by the pack", fact=_fact(fact)))


def _conclusion(node: DerivedFact, sheet: Sheet) -> Phrase:
    fact, rule = _fact(node.fact), Ref("rule", node.rule)
    if node.possible:
        sentence = "{fact}, which may follow from {rule} ({title})"
    else:
        sentence = "{fact}, which follows from {rule} ({title})"
    told = phrase(sheet.speech, sentence, fact=fact, rule=rule, title=node.title)
    return phrase(sheet.speech, "{conclusion}, told above", conclusion=told) if node.again else told


def _fact(fact: FactView) -> Ref:
    return Ref("type", fact.type, words.fact(fact))


def _html(told: Phrase) -> Html:
    return together(tag("code", each.told or each.name) if isinstance(each, Ref) else each for each in told)
