"""Waivers: findings that somebody answers for until a day, read from a file and held against what was found.

Which waiver covers a finding on a day is decided by `waiver_for` alone, whoever asks. A waiver marks: the
finding keeps its status, its case keeps its own, and both are shown; only the gate lets it pass.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple

from checker.dates import Date
from checker.errors import Place, Problem, ProblemsError, quoted
from checker.gate import WORST_FIRST
from checker.load import Document, Node, load
from checker.reader import Reader, entries, items, members
from checker.results import IdleWaiver
from checker.shape import misshapen
from checker.values import number, render
from checker.verdict import Finding, Verdict, Waived

FILE = "servanda-waivers.yaml"
_LIKE_A_DAY = re.compile("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")  # what is not is told by the schema
_NUMBERED = re.compile(r"#[1-9][0-9]*$")  # `cases.yaml#2`: the second case of a file


class WaiversError(ProblemsError):
    """A file of waivers can't be used."""


class Match(NamedTuple):
    """Which findings of its rule a waiver is for: those that fit every part that is not None."""

    case: str | None
    action: str | None
    bindings: tuple[tuple[str, str], ...]
    fingerprint: str | None


class Waiver(NamedTuple):
    """A waiver as its file states it; it holds from `created` on, and ends at 00:00 UTC of the day `expires`."""

    id: str
    rule: str
    match: Match
    reason: str
    approver: str
    created: Date
    expires: Date
    place: Place

    def holds_on(self, day: Date) -> bool:
        """Whether it covers anything on a day."""
        return self.created <= day < self.expires


def waiver_for(finding: Finding, case: str, waivers: Iterable[Waiver], day: Date) -> Waiver | None:
    """The first waiver that covers a finding on a day; `case` is the case's name from the folder of the waivers."""
    if finding.status not in WORST_FIRST:
        return None
    return next((each for each in waivers if each.holds_on(day) and _covers(each, finding, case)), None)


def _covers(waiver: Waiver, finding: Finding, case: str) -> bool:
    if finding.rule != waiver.rule and not finding.rule.startswith(f"{waiver.rule}/"):
        return False
    match = waiver.match
    if match.case is not None and not _is_case(case, match.case):
        return False
    if match.action not in (None, finding.action) or match.fingerprint not in (None, finding.fingerprint):
        return False
    bound = {name: render(value) for name, value in finding.bindings}
    return all(bound.get(name) == value for name, value in match.bindings)


def _is_case(name: str, glob: str) -> bool:
    """Whether a glob names a case; the name of a file is that of each case in it."""
    return any(each == glob or fnmatchcase(each, glob) for each in (name, file_of(name)))


def file_of(case: str) -> str:
    """The file of a case: of `cases.yaml#2` it is `cases.yaml`."""
    return _NUMBERED.sub("", case)


def seen_from(folder: str, case: str) -> str:
    """A case's name from a folder, the same wherever a command is run; `<stdin>` and its like lie in none."""
    return case if case.startswith("<") else os.path.relpath(case, folder).replace(os.sep, "/")


# --- a run --------------------------------------------------------------------


def waive(verdict: Verdict, waivers: tuple[Waiver, ...], folder: str, day: Date) -> Verdict:
    """The verdict, each finding that a waiver covers marked with it."""
    case = seen_from(folder, verdict.case)
    covered = ((finding, waiver_for(finding, case, waivers, day)) for finding in verdict.findings)
    return verdict._replace(findings=tuple(_marked(finding, waiver) for finding, waiver in covered))


def _marked(finding: Finding, waiver: Waiver | None) -> Finding:
    if waiver is None:
        return finding
    return finding._replace(waiver=Waived(waiver.id, waiver.reason, waiver.approver, str(waiver.expires)))


def idle(waivers: Iterable[Waiver], used: Collection[str], rules: Collection[str], day: Date) -> Iterator[IdleWaiver]:
    """The waivers that waived nothing (`used`: the ids of the others), each with the reason, in their file's order."""
    known = {*rules, *(rule.partition("/")[0] for rule in rules)}
    for each in waivers:
        if each.id in used:
            continue
        near = get_close_matches(each.rule, known, n=1) if each.rule not in known else []
        yield IdleWaiver(
            id=each.id,
            rule=each.rule,
            state=_state(each, known, day),
            created=str(each.created),
            expires=str(each.expires),
            place=each.place,
            nearest=near[0] if near else None,
        )


def _state(waiver: Waiver, rules: Collection[str], day: Date) -> Literal["unknown", "expired", "early", "unused"]:
    if waiver.rule not in rules:
        return "unknown"
    if waiver.holds_on(day):
        return "unused"
    return "early" if day < waiver.created else "expired"


# --- the file -----------------------------------------------------------------


def read_waivers(content: bytes, name: str) -> tuple[Waiver, ...]:
    """The waivers of a file, in its order; WaiversError with everything that is wrong in it."""
    document, *others = load(content, name, error=WaiversError)
    problems = misshapen(document, "waivers")
    if others:
        second = others[0].place(others[0].root)
        problems.append(Problem(second, "a second document begins here; all waivers of a file stand in one list"))
    nodes = items(members(document.root).get("waivers"))
    made = [_waiver(Reader(document, problems), node) for node in nodes]
    problems += _taken_ids(document, nodes)
    if problems:
        raise WaiversError(problems)
    return tuple(each for each in made if each is not None)


def _waiver(reader: Reader, node: Node) -> Waiver | None:
    """A waiver; None where its days are none, which is a problem, of this reading or of the shape."""
    parts = members(node)
    created, expires = _day(reader, parts.get("created")), _day(reader, parts.get("expires"))
    if created is None or expires is None:
        return None
    if expires <= created:
        reader.problem(parts["expires"], f"{quoted(expires)} is not after {quoted(created)}, the day it was created")
    return Waiver(
        id=reader.text(parts.get("id")),
        rule=reader.text(parts.get("rule")),
        match=_match(reader, parts.get("match")),
        reason=" ".join(reader.text(parts.get("reason")).split()),
        approver=reader.text(parts.get("approver")),
        created=created,
        expires=expires,
        place=reader.place(node),
    )


def _day(reader: Reader, node: Node | None) -> Date | None:
    if node is None or not isinstance(node.value, str) or not _LIKE_A_DAY.fullmatch(node.value):
        return None
    day = reader.known(node, "date")
    return day if isinstance(day, Date) else None


def _match(reader: Reader, node: Node | None) -> Match:
    parts = {} if node is None else members(node)
    asked = {name: reader.text(parts[name]) if name in parts else None for name in ("case", "action", "fingerprint")}
    bindings = tuple((name, _spelt(value)) for name, value in entries(parts.get("bindings")))
    return Match(bindings=bindings, **asked)


def _spelt(node: Node) -> str:
    """A value as a finding's is rendered: 0.50 is 0.5."""
    value = node.value
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return render(number(value))
    return str(value)


def _taken_ids(document: Document, nodes: Iterable[Node]) -> Iterator[Problem]:
    first: dict[str, Node] = {}
    for node in nodes:
        own = members(node).get("id")
        if own is not None and isinstance(own.value, str) and first.setdefault(own.value, own) is not own:
            taken = document.place(first[own.value])
            yield Problem(document.place(own), f"id {quoted(own.value)} is taken: {taken}")
