"""What stands in the nodes and beside the arrows of a graph, in whatever it is drawn."""

from __future__ import annotations

from checker.graph import Arrow, Node
from checker.report import words
from checker.speech import Speech, noted
from checker.terminal import line, wrap

MOST = 3  # facts of one type that are named
WIDEST = 32  # columns of a line
_KINDS = {"act": noted("an act"), "stated": noted("stated"), "derived": noted("derived")}
_ARROWS = {
    "breach": noted("breach"),
    "performance": noted("performance"),
    "displaces": noted("displaces"),
    "demands": noted("calls for"),
}


def lines_of(node: Node, speech: Speech) -> tuple[str, ...]:
    """Its name, what it is, and what a case says of it."""
    if not node.is_rule:
        return (line(node.name), speech.say(_KINDS[node.kind]), *_facts(node, speech))
    about = speech.say("{kind}, stratum {number}", kind=node.kind, number=node.stratum)
    return (line(node.name), about, _status(node, speech)) if node.status else (line(node.name), about)


def _status(node: Node, speech: Speech) -> str:
    return speech.say("fired") if node.status == "fired" else words.status(node.status, speech)


def _facts(node: Node, speech: Speech) -> list[str]:
    told = [words.name_of(fact).removeprefix(node.name).strip("( )") for fact in node.facts]
    lines = [part for each in told[:MOST] for part in wrap(each, WIDEST)]
    if len(told) > MOST:
        lines.append(speech.many("and {number} more", "and {number} more", len(told) - MOST))
    return lines


def label_of(arrow: Arrow, speech: Speech) -> str:
    """What an arrow means where its form does not say it; '' where it does."""
    label = _ARROWS.get(arrow.kind)
    return speech.say(label) if label else ""
