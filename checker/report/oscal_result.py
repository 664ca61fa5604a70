"""A case as a result of OSCAL: for each finding an observation and a finding; if it is open a risk and the ways out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID, uuid5

from checker.errors import Place
from checker.report import words
from checker.report.concise import message
from checker.report.finding import headline
from checker.report.identity import told_apart
from checker.report.json import Json
from checker.report.layout import Page
from checker.report.markup import bullets, code, escape
from checker.report.outline import outline
from checker.terminal import line
from checker.verdict import Derivation, DerivedFact, FactView, Finding, Remedy, Verdict
from checker.version import HOME

_SPACE = UUID("4f0f7a5e-9d0e-5c0b-8a56-0f2f4b1f3c11")
_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
_NOT_IN_TOKEN = re.compile(r"[^\w.-]")
_STATES = {
    "violated": ("not-satisfied", "fail"),
    "contested": ("not-satisfied", "other"),
    "undetermined": ("not-satisfied", "other"),
    "pending": ("not-satisfied", "other"),
    "excused": ("satisfied", "other"),
    "overridden": ("satisfied", "other"),
    "satisfied": ("satisfied", "pass"),
}
_MOST_EVIDENCE = 100  # facts of a derivation
NEVER_JUDGED = "1970-01-01"  # the day of what could not be judged


class _Case(NamedTuple):
    """What the parts of a result share: the name its ids are made of, its file in the back matter, the time."""

    name: str
    file: str
    pack: str
    time: str
    page: Page


def made_of(*parts: str) -> str:
    """A UUID: the same for the same parts, always."""
    return str(uuid5(_SPACE, "\0".join(parts).encode("utf-8", "backslashreplace").decode()))


def markup(told: str) -> str:
    """A line of Markdown that reads as it is written; OSCAL takes none that is empty."""
    return escape(told) or "—"


def token(told: str) -> str:
    """An id as OSCAL's tokens have it: letters, digits, `.`, `-`, `_`, and a letter first."""
    plain = _NOT_IN_TOKEN.sub("_", told)
    return plain if plain[:1].isalpha() else f"_{plain}"


# --- results ------------------------------------------------------------------


def result(verdict: Verdict, page: Page, number: int, file: str) -> Json:
    """The result of one case; `file` is the id of its file."""
    day, pack = (verdict.receipt.as_of, verdict.receipt.pack) if verdict.receipt else (NEVER_JUDGED, page.results.pack)
    case = _Case(f"{number} {verdict.case}", file, pack, f"{day}T00:00:00Z", page)
    names = [*told_apart(f"{each.rule} {each.fingerprint}" for each in verdict.findings)]
    pairs = [*zip(verdict.findings, names, strict=True)]
    observations = [_observation(finding, name, case) for finding, name in pairs]
    told: dict[str, Json] = {
        "uuid": made_of("result", case.name),
        "title": markup(verdict.case),
        "description": escape(headline(verdict, page.speech)),
        "start": case.time,
        "props": [*_props(_of_case(verdict))],
        "reviewed-controls": {"control-selections": [_selection(verdict.findings)]},
        "observations": [*observations, *_remarkable(verdict, case)],
        "risks": [_risk(finding, name, case) for finding, name in pairs if _is_open(finding)],
        "findings": [_finding(finding, name, case) for finding, name in pairs],
    }
    if supposed := words.supposed(verdict, page.speech):
        told["remarks"] = escape(supposed)
    return {name: value for name, value in told.items() if value != []}


def without_case(name: str, told: str, number: int, day: str) -> Json:
    """The result of a file that could not be named a case, or of a run without any."""
    return {
        "uuid": made_of("result", str(number), name),
        "title": markup(name),
        "description": markup(told),
        "start": f"{day}T00:00:00Z",
        "reviewed-controls": {"control-selections": [{"include-all": {}}]},
    }


def _of_case(verdict: Verdict) -> Iterator[tuple[str, str]]:
    yield "verdict", verdict.status
    yield from (("assumed", words.fact(each.fact)) for each in verdict.assumed)
    yield from (("without", each) for each in verdict.without)
    if (receipt := verdict.receipt) is not None:
        yield "pack", f"{receipt.pack} {receipt.pack_version}"
        yield "pack-sha256", receipt.pack_sha256
        yield "checker", receipt.checker
        yield "engine", receipt.engine
        yield "referee", receipt.referee or words.NO_ENGINE
        yield "as-of", receipt.as_of
        yield from (("reading", f"{question}={option}") for question, option in receipt.readings)


def _props(pairs: Iterable[tuple[str, str | None]]) -> Iterator[Json]:
    for name, value in pairs:
        if value is not None and (told := line(value)):
            yield {"name": name, "ns": HOME, "value": told}


def _selection(findings: Iterable[Finding]) -> Json:
    """The rules that spoke; where none did, all were asked."""
    rules = sorted({token(each.rule) for each in findings})
    return {"include-controls": [{"control-id": each} for each in rules]} if rules else {"include-all": {}}


# --- a finding ----------------------------------------------------------------


def _observation(finding: Finding, name: str, case: _Case) -> Json:
    told = message(finding, case.page.speech)
    evidence = [_evidence(fact, case) for fact in [*_stated(finding)][:_MOST_EVIDENCE]]
    observed = _observed(("observation", name), markup(told), finding.place, case)
    return {**observed, "relevant-evidence": evidence} if evidence else observed


def _observed(name: tuple[str, ...], told: str, place: Place | None, case: _Case) -> dict[str, Json]:
    return {
        "uuid": made_of(*name, case.name),
        "description": told if place is None else f"{told} ({code(str(place))})",
        "methods": ["TEST"],
        "types": ["finding"],
        "subjects": [{"subject-uuid": case.file, "type": "resource"}],
        "collected": case.time,
    }


def _remarkable(verdict: Verdict, case: _Case) -> Iterator[Json]:
    """What is no finding: what is wrong in the case, actions no rule judged, facts no rule read."""
    speech = case.page.speech
    for number, problem in enumerate(verdict.problems):
        yield _observed(("problem", str(number)), markup(problem.message), problem.place, case)
    for number, action in enumerate(verdict.unjudged):
        yield _observed(("unjudged", str(number)), markup(words.unjudged(action, speech)), action.place, case)
    for number, action in enumerate(verdict.not_in_force):
        yield _observed(("outside", str(number)), markup(words.not_in_force(action, speech)), action.place, case)
    for number, fact in enumerate(verdict.unread):
        told = speech.say("No rule reads this fact; look for a misspelt value.")
        yield _observed(("unread", str(number)), f"{markup(words.fact(fact))}: {escape(told)}", fact.place, case)


def _stated(finding: Finding) -> Iterator[FactView]:
    """The facts of the case that it rests on, and those that nearly met it."""
    seen: set[Place] = set()
    facts = [each.fact for each in _leaves(finding.because)]
    facts += [near.fact for missing in finding.missing for near in missing.near] + [*finding.found]
    for fact in facts:
        if fact.place is not None and fact.place not in seen:
            seen.add(fact.place)
            yield fact


def _leaves(because: tuple[Derivation, ...]) -> Iterator[Derivation]:
    todo = [*reversed(because)]
    while todo:
        node = todo.pop()
        if isinstance(node, DerivedFact):
            todo += reversed(node.because)
        else:
            yield node


def _evidence(fact: FactView, case: _Case) -> Json:
    told = f"{code(str(fact.place))}: {markup(words.fact(fact))}"
    return {"href": f"#{case.file}", "description": told}


def _finding(finding: Finding, name: str, case: _Case) -> Json:
    state, reason = _STATES[finding.status]
    told: dict[str, Json] = {
        "uuid": made_of("finding", name, case.name),
        "title": markup(finding.title),
        "description": "\n".join(bullets(outline(finding, case.page))),
        "props": [*_props(_of_finding(finding))],
        "target": {
            "type": "objective-id",
            "target-id": token(finding.rule),
            "status": {"state": state, "reason": reason, "remarks": words.status(finding.status, case.page.speech)},
        },
        "related-observations": [{"observation-uuid": made_of("observation", name, case.name)}],
    }
    works = sorted({each.source for each in finding.cites if (case.pack, each.source) in case.page.results.sources})
    if works:
        told["links"] = [{"href": f"#{made_of('source', case.pack, each)}", "rel": "reference"} for each in works]
    if _is_open(finding):
        told["related-risks"] = [{"risk-uuid": made_of("risk", name, case.name)}]
    return told


def _of_finding(finding: Finding) -> Iterator[tuple[str, str | None]]:
    yield "rule", finding.rule
    yield "status", finding.status
    yield "severity", finding.severity
    yield "basis", finding.basis
    yield "rests-on", finding.rests_on
    yield "clause", finding.clause
    yield "action", finding.action
    yield "by", finding.by
    yield "towards", finding.towards
    yield "due", finding.due
    yield "fingerprint", finding.fingerprint


# --- a risk -------------------------------------------------------------------


def _is_open(finding: Finding) -> bool:
    return finding.status in words.NEEDS_ATTENTION


def _risk(finding: Finding, name: str, case: _Case) -> Json:
    """That a rule is broken or may be: who answers for it, by when, and what would put it right."""
    accepted = finding.waiver is not None or finding.in_baseline
    told: dict[str, Json] = {
        "uuid": made_of("risk", name, case.name),
        "title": markup(finding.title),
        "description": markup(message(finding, case.page.speech)),
        "statement": escape(words.basis(finding, case.page.speech)),
        "status": "deviation-approved" if accepted else "open",
        "related-observations": [{"observation-uuid": made_of("observation", name, case.name)}],
    }
    if finding.waiver is not None:
        waiver = finding.waiver
        told["props"] = [
            *_props((("waiver", waiver.id), ("approver", waiver.approver), ("until", waiver.until))),
            *_props((("reason", waiver.reason),)),
        ]
    if finding.status == "pending" and finding.due is not None and _DAY.fullmatch(finding.due):
        told["deadline"] = f"{finding.due}T23:59:59Z"
    if finding.remedies:
        told["remediations"] = [_response(each, name, case) for each in finding.remedies]
    return told


def _response(remedy: Remedy, name: str, case: _Case) -> Json:
    about = (("number", str(remedy.number)), ("by", remedy.by), ("until", remedy.until), ("then", remedy.status))
    return {
        "uuid": made_of("remedy", str(remedy.number), name, case.name),
        "lifecycle": "recommendation",
        "title": markup(remedy.text),
        "description": markup(remedy.text),
        "props": [*_props(about)],
    }
