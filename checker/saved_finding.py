"""A finding of a saved result read back, and the nouns that it is made of. The shape of all of it is right already."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from checker.errors import Place
from checker.load import Node
from checker.model import Citation
from checker.reader import Reader, entries, items, members
from checker.values import NONE, Unknown, Value, in_json
from checker.verdict import (
    Answer,
    Ask,
    Derivation,
    DerivedFact,
    FactView,
    FailedTest,
    Finding,
    GivenFact,
    Json,
    Missing,
    Near,
    PatchStep,
    ReadingStatus,
    Remedy,
    Waived,
)

_PLAIN = (
    *("rule", "status", "default_status", "severity", "action", "fingerprint", "title", "clause", "clause_says"),
    *("basis", "rests_on", "by", "by_name", "towards", "towards_name", "message", "remedy", "due", "excused_by"),
    *("reading_note", "horizon", "no_remedy", "in_baseline"),
)


def read_finding(node: Node, reader: Reader) -> Finding:
    """The finding; what it speaks of is a number, the same for findings that speak of the same."""
    parts = members(node)
    return Finding(
        **plain(node, *_PLAIN),  # type: ignore[arg-type]
        cites=tuple(Citation(**plain(each, "source", "quote")) for each in items(parts["cites"])),  # type: ignore[arg-type]
        bindings=_values("", parts["bindings"]),
        place=place(parts["location"]),
        underline=maybe_place(parts["underline"]),
        rule_place=place(parts["rule_location"]),
        because=tuple(_derivation(each, reader) for each in items(parts["because"])),
        sums=texts(parts["sums"]),
        missing=tuple(map(_missing, items(parts["missing"]))),
        found=tuple(map(stated, items(parts["found"]))),
        overridden_by=texts(parts["overridden_by"]),
        repaired_by=tuple(map(stated, items(parts["repaired_by"]))),
        questions=tuple(map(_question, items(parts["questions"]))),
        readings=tuple(
            ReadingStatus(pairs(change), status)  # type: ignore[arg-type]
            for status, changes in entries(parts["readings"])
            for change in items(changes)
        ),
        then_owes=texts(parts["then_owes"]),
        subject=(number(parts["subject"]),),
        remedies=tuple(map(_remedy, items(parts["remedies"]))),
        waiver=Waived(**plain(parts["waiver"])) if members(parts["waiver"]) else None,  # type: ignore[arg-type]
    )


def _derivation(node: Node, reader: Reader) -> Derivation:
    parts = members(node)
    if "rule" not in parts:
        return GivenFact(stated(node))
    if "more" in parts:
        told = f"{number(parts['more'])} facts of this derivation were left out when it was saved: it is too deep"
        reader.problem(node, f"{told}; report from the case itself")
    return DerivedFact(
        **plain(node, "rule", "title", "possible", "again"),  # type: ignore[arg-type]
        fact=_fact(parts["fact"], None),
        sums=texts(parts["sums"]),
        because=tuple(_derivation(each, reader) for each in items(parts["because"])),
    )


def _missing(node: Node) -> Missing:
    parts = members(node)
    return Missing(**plain(node, "pattern", "type"), near=tuple(map(_near, items(parts["near"]))))  # type: ignore[arg-type]


def _near(node: Node) -> Near:
    return Near(stated(node), tuple(map(_test, items(members(node)["tests"]))))


def _test(node: Node) -> FailedTest:
    told = plain(node, "field", "op", "wanted", "found", "by", "unknown")
    return FailedTest(**told, place=maybe_place(members(node)["location"]))  # type: ignore[arg-type]


def _question(node: Node) -> Ask:
    parts = members(node)
    answers = tuple(Answer(**plain(each)) for each in items(parts["answers"]))  # type: ignore[arg-type]
    return Ask(**plain(node, "ask", "about"), place=maybe_place(parts["location"]), answers=answers)  # type: ignore[arg-type]


def _remedy(node: Node) -> Remedy:
    told = plain(node, "number", "text", "status", "by", "by_name", "until", "proven")
    return Remedy(**told, change=tuple(map(_step, items(members(node)["change"]))))  # type: ignore[arg-type]


def _step(node: Node) -> PatchStep:
    parts = members(node)
    return PatchStep(**plain(node, "op", "path"), value=_json(parts["value"]) if "value" in parts else None)  # type: ignore[arg-type]


def _json(node: Node) -> Json:
    if isinstance(node.value, dict):
        return {name: _json(each) for name, each in node.value.items()}
    if isinstance(node.value, list):
        return [_json(each) for each in node.value]
    return in_json(node.value) if isinstance(node.value, Decimal) else node.value  # type: ignore[return-value]


# --- facts, places, values ----------------------------------------------------


def stated(node: Node) -> FactView:
    """A fact with the place where it is stated."""
    parts = members(node)
    return _fact(parts["fact"], maybe_place(parts["location"]))


def _fact(node: Node, at: Place | None) -> FactView:
    ((kind, fields),) = members(node).items()
    return FactView(kind, _values(kind, fields), at, {})


def _values(owner: str, node: Node) -> tuple[tuple[str, Value], ...]:
    return tuple((name, _value(owner, name, each)) for name, each in entries(node))


def _value(owner: str, name: str, node: Node) -> Value:
    """A value of a fact; days and decimals stay the texts as which they are shown."""
    if node.value == "unknown":
        return Unknown(owner, name)
    return NONE if node.value == "none" else node.value  # type: ignore[return-value]


def place(node: Node) -> Place:
    """A place in a file."""
    return Place(**plain(node))  # type: ignore[arg-type]


def maybe_place(node: Node) -> Place | None:
    """A place, or none."""
    return None if node.value is None else place(node)


def plain(node: Node, *names: str) -> Mapping[str, object]:
    """Members that are texts, numbers and flags, as they are; all of them where none is named."""
    parts = members(node)
    return {name: parts[name].value for name in names or parts}


def number(node: Node) -> int:
    """A whole number."""
    return node.value if isinstance(node.value, int) else 0


def texts(node: Node) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(str(each.value) for each in items(node))


def pairs(node: Node) -> tuple[tuple[str, str], ...]:
    """Names with a text each."""
    return tuple((name, str(each.value)) for name, each in entries(node))
