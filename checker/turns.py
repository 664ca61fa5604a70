"""Cases judged by two packs, and what comes out otherwise: first what failed by the one and does not by the other.

A turn is of a finding, or of an action that no rule judged. What differs only among statuses that fail nothing
and say that all is well (satisfied, excused, overridden, silent) is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from checker.api import day_of_judging, which_engine
from checker.case import read_case
from checker.dates import Date
from checker.errors import CaseError, EngineError, Place, Problem
from checker.gate import counts, failing_statuses
from checker.judging import Asked, OpenPack, judge_case
from checker.load import Document, load_each
from checker.model import Fact, Severity
from checker.sources import CaseSource
from checker.values import render
from checker.verdict import CaseStatus, Finding, Verdict

Kind = Literal["allowed", "failing", "other"]
KINDS: tuple[Kind, ...] = ("allowed", "failing", "other")
Status = str  # of a finding, or `silent`, or of an action `unjudged`
_Key: TypeAlias = "tuple[str, str]"  # the rule ('' for none), and what it speaks of

_WELL = frozenset(("satisfied", "excused", "overridden", "silent"))


class Turn(NamedTuple):
    """A finding of another status: `about` is its action, or what else the rule speaks of."""

    kind: Kind
    rule: str | None  # None: the action was, or is, judged by no rule
    about: str
    before: Status
    after: Status
    place: Place


class CaseTurn(NamedTuple):
    """A case that comes out otherwise; `problems`: why one of the packs can't read it."""

    kind: Kind
    case: str
    before: CaseStatus
    after: CaseStatus
    turns: tuple[Turn, ...]
    problems: tuple[Problem, ...] = ()


class Gate(NamedTuple):
    """What fails."""

    fail_on: str
    min_severity: Severity


class Turns(NamedTuple):
    """How many cases both packs judged, those that turn (the newly allowed first), and what neither can read."""

    judged: int
    cases: tuple[CaseTurn, ...]
    problems: tuple[Problem, ...]

    def of(self, kind: Kind) -> tuple[CaseTurn, ...]:
        """The cases of a kind."""
        return tuple(case for case in self.cases if case.kind == kind)


def turns(
    sources: Iterable[CaseSource], before: OpenPack, after: OpenPack, gate: Gate, as_of: Date | None = None
) -> Turns:
    """Every case judged by both packs, on `as_of` or the day that each is judged on."""
    asked = Asked(which_engine(None), {}, min_severity=gate.min_severity, questions=False)
    cases: list[CaseTurn] = []
    problems: list[Problem] = []
    judged = 0
    for source in sources:
        if source.content is None:
            problems.append(Problem(Place(source.name), source.problem or "can't be read"))
            continue
        loaded = load_each(source.content, source.name, format=source.format)
        for number, each in enumerate(loaded, 1):
            name = f"{source.name}#{number}" if len(loaded) > 1 else source.name
            if not isinstance(each, Document):
                problems += each
                continue
            one, other = (_judged(each, name, pack, asked, as_of) for pack in (before, after))
            if one.problems and other.problems:
                problems += other.problems
                continue
            judged += 1
            if turned := _turned(one, other, gate):
                cases.append(turned)
    return Turns(judged, tuple(sorted(cases, key=lambda case: KINDS.index(case.kind))), tuple(problems))


def _judged(document: Document, name: str, opened: OpenPack, asked: Asked, as_of: Date | None) -> Verdict:
    try:
        case = read_case(document, opened.pack, name, as_of, day_of_judging())
        return judge_case(opened, case, document, asked)
    except CaseError as error:
        problems = error.problems
    except EngineError as error:
        problems = (Problem(Place(document.file), str(error)),)
    return Verdict(name, document.sha256, "invalid", (), problems, (), (), (), None, ())


def _turned(one: Verdict, other: Verdict, gate: Gate) -> CaseTurn | None:
    if problems := one.problems or other.problems:
        kind: Kind = "other" if one.problems else "failing"
        return CaseTurn(kind, one.case, one.status, other.status, (), problems)
    found = tuple(sorted(_of_findings(_statuses(one), _statuses(other), gate), key=_order))
    well = {"compliant", "not-applicable"}
    if not found and (one.status == other.status or {one.status, other.status} <= well):
        return None
    kinds = {turn.kind for turn in found}
    return CaseTurn(next((each for each in KINDS if each in kinds), "other"), one.case, one.status, other.status, found)


class _Told(NamedTuple):
    status: Status
    severity: Severity
    place: Place


_NOWHERE = _Told("silent", "error", Place(""))


def _statuses(verdict: Verdict) -> Mapping[_Key, _Told]:
    told = {(each.rule, _about(each)): _Told(each.status, each.severity, each.place) for each in verdict.findings}
    unjudged = {("", each.id): _Told("unjudged", "error", each.place) for each in verdict.unjudged}
    return {**told, **unjudged}


def _about(finding: Finding) -> str:
    """What the rule speaks of, the same by both packs: an action, values, or the fact on a line of the case."""
    if finding.action is not None:
        return finding.action
    line = finding.place.line
    return ", ".join(f"{each.type}:{line}" if isinstance(each, Fact) else render(each) for each in finding.subject)


def _of_findings(one: Mapping[_Key, _Told], other: Mapping[_Key, _Told], gate: Gate) -> Iterator[Turn]:
    for rule, about in {**one, **other}:
        before, after = one.get((rule, about)), other.get((rule, about))
        place = (before or after or _NOWHERE).place
        if not rule:
            yield from _unjudged(about, place, one, other, gate)
            continue
        was, now = (each.status if each else "silent" for each in (before, after))
        failed, fails = _fails(before, gate), _fails(after, gate)
        kind: Kind = "other"
        if failed != fails and not _is_told_otherwise(rule, about, one, other, unjudged=other if failed else one):
            kind = "allowed" if failed else "failing"
        if kind != "other" or (was != now and not {was, now} <= _WELL):
            yield Turn(kind, rule, about, was, now, place)


def _is_told_otherwise(
    rule: str, about: str, one: Mapping[_Key, _Told], other: Mapping[_Key, _Told], *, unjudged: Mapping[_Key, _Told]
) -> bool:
    """Whether it fails by both all the same: unjudged by one; or as an element, of whose block the own rule decides."""
    block, is_element, _ = rule.partition("/")
    return ("", about) in unjudged or bool(is_element and ((block, about) in one or (block, about) in other))


def _unjudged(
    about: str, place: Place, one: Mapping[_Key, _Told], other: Mapping[_Key, _Told], gate: Gate
) -> Iterator[Turn]:
    """An action that rules speak to by one pack only; where a finding of it fails by that one, it fails by both."""
    if ("", about) in one and ("", about) in other:
        return
    judged = other if ("", about) in one else one
    kind: Kind = "allowed" if judged is other else "failing"
    if any(_fails(told, gate) for (_, who), told in judged.items() if who == about):
        kind = "other"
    was, now = ("unjudged", "judged") if judged is other else ("judged", "unjudged")
    yield Turn(kind, None, about, was, now, place)


def _fails(told: _Told | None, gate: Gate) -> bool:
    if told is None:
        return False
    status = "undetermined" if told.status == "unjudged" else told.status
    return status in failing_statuses(gate.fail_on) and counts(told.severity, gate.min_severity)


def _order(turn: Turn) -> tuple[int, str, str]:
    return KINDS.index(turn.kind), turn.about, turn.rule or ""
