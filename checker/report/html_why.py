"""A derivation as a tree that unfolds step by step: each fact, and under it what it follows from."""

from __future__ import annotations

from collections.abc import Iterable

from checker.report import words
from checker.report.html_parts import Sheet
from checker.report.json import steps
from checker.report.page import Html, tag, together
from checker.report.phrase import Phrase, Ref, phrase
from checker.terminal import line
from checker.verdict import Derivation, DerivedFact, FactView

_DEEPEST = 40  # levels of a derivation
_OPEN = 1  # levels that stand unfolded


def why(because: Iterable[Derivation], sheet: Sheet) -> Html:
    """The tree; each stated fact is told once."""
    told: set[str] = set()
    return tag("ul", together(_node(each, 0, told, sheet) for each in because), class_="why")


def _node(node: Derivation, level: int, told: set[str], sheet: Sheet) -> Html:
    if not isinstance(node, DerivedFact):
        return tag("li", _stated(node.fact, told, sheet))
    conclusion = _html(_conclusion(node, sheet))
    inner = [tag("li", line(each), class_="sum") for each in node.sums]
    if level + 1 < _DEEPEST:
        inner += [_node(each, level + 1, told, sheet) for each in node.because]
    elif node.because:
        more = sheet.speech.many("{number} more step", "{number} more steps", steps(node.because))
        inner.append(tag("li", more))
    if not inner:
        return tag("li", conclusion)
    return tag("li", tag("details", tag("summary", conclusion), tag("ul", together(inner)), open=level < _OPEN))


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
    return together(tag("code", each.told or each.name) if isinstance(each, Ref) else line_kept(each) for each in told)


def line_kept(told: str) -> str:
    """Words between names, their outer spaces kept."""
    return f"{' ' * told[:1].isspace()}{line(told)}{' ' * (len(told) > 1 and told[-1:].isspace())}"
