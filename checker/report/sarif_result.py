"""Findings as results of SARIF: message, places in the user's file and in the pack, derivation, suppressions.

Columns count characters. A relative path stands under `SRCROOT`, where the command was run; a place of a rule under
`PACKS`, the folder that holds the pack. Text of a message is a template in SARIF: braces are doubled in it, and what
would read as a link is broken up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal
from urllib.parse import quote

from checker.errors import Place
from checker.gate import stands
from checker.load_tree import first_known
from checker.report import words
from checker.report.grade import grade_of_unjudged
from checker.report.json import Json
from checker.report.layout import Page
from checker.report.outline import outline
from checker.report.snippet import length
from checker.results import Results
from checker.speech import Speech
from checker.terminal import line
from checker.verdict import ActionView, Derivation, DerivedFact, FactView, Finding, Verdict

Kind = Literal["fail", "review", "open", "informational", "pass"]
Level = Literal["error", "warning", "note", "none"]

UNJUDGED, NOT_IN_FORCE, UNREAD = "unjudged-action", "action-not-in-force", "unread-fact"
BASES = {
    "SRCROOT": "The folder in which the checker was run.",
    "PACKS": "The folder that holds the folder of the pack.",
}
_KINDS: Mapping[str, Kind] = {
    "violated": "fail",
    "contested": "review",
    "undetermined": "open",
    "pending": "informational",
    "excused": "pass",
    "overridden": "pass",
    "satisfied": "pass",
}
_MOST_STEPS = 1000  # of a derivation: GitHub shows no more
_LONGEST_SNIPPET = 500  # letters of a line: one of JSON lines may be millions long


def results_of(page: Page) -> Iterator[dict[str, Json]]:
    """A result for each finding that is shown, each action no rule judged, each fact no rule read."""
    suppresses = any(_is_suppressed(each) for verdict in page.results.verdicts for each in verdict.findings)
    for verdict in page.results.verdicts:
        for finding in verdict.findings:
            if page.look.show_all or finding.status in words.NEEDS_ATTENTION:
                result = _finding(finding, verdict, page)
                yield {**result, "suppressions": _suppressions(finding, page.speech)} if suppresses else result
        for result in _left_over(verdict, page):
            yield {**result, "suppressions": []} if suppresses else result


def _finding(finding: Finding, verdict: Verdict, page: Page) -> dict[str, Json]:
    kind, level = _graded(finding, page.results)
    related = [*_related(finding, verdict, page.speech)]
    return {
        "ruleId": line(finding.rule),
        "kind": kind,
        "level": level,
        "message": message("\n".join(outline(finding, page))),
        "locations": [location(finding.place, verdict, logical=finding.action)],
        "relatedLocations": [{**each, "id": number} for number, each in enumerate(related, 1)],
        "codeFlows": [{"threadFlows": [{"locations": [*_flow(finding, verdict, page.speech)]}]}],
        "partialFingerprints": {"servandaFinding/v1": finding.fingerprint},
        "properties": _properties(finding),
    }


def _graded(finding: Finding, results: Results) -> tuple[Kind, Level]:
    """What the gate would hold against it counts as broken, whoever lets it pass."""
    kind = "fail" if stands(finding, results) else _KINDS[finding.status]
    return kind, finding.severity if kind == "fail" else "none"


def _properties(finding: Finding) -> dict[str, Json]:
    told = {
        "status": finding.status,
        "basis": finding.basis,
        "restsOn": finding.rests_on,
        "by": finding.by,
        "towards": finding.towards,
        "due": finding.due,
    }
    return {name: value for name, value in told.items() if value is not None}


def _is_suppressed(finding: Finding) -> bool:
    return finding.waiver is not None or finding.in_baseline


def _suppressions(finding: Finding, speech: Speech) -> list[Json]:
    """Who lets it pass. SARIF wants the list in every result of a run or in none."""
    found: list[Json] = []
    if finding.waiver is not None:
        waiver = finding.waiver
        about: dict[str, Json] = {"id": waiver.id, "approver": waiver.approver, "until": waiver.until}
        told = {"kind": "external", "status": "accepted", "justification": line(waiver.reason)}
        found.append({**told, "properties": about})
    if finding.in_baseline:
        told = {"kind": "external", "status": "accepted", "justification": speech.say("in the baseline")}
        found.append({**told})
    return found


def _left_over(verdict: Verdict, page: Page) -> Iterator[dict[str, Json]]:
    fails = grade_of_unjudged(page.results) == "failure"
    for action in verdict.unjudged:
        yield _short(UNJUDGED, words.unjudged(action, page.speech), action, verdict, fails=fails)
    for action in verdict.not_in_force:
        yield _short(NOT_IN_FORCE, words.not_in_force(action, page.speech), action, verdict)
    for fact in verdict.unread:
        yield _short(UNREAD, words.fact(fact), fact, verdict)


def _short(
    rule: str, told: str, about: ActionView | FactView, verdict: Verdict, *, fails: bool = False
) -> dict[str, Json]:
    """What no rule speaks of; an action that no rule judged is of kind `open` where that lets it pass."""
    kind = "fail" if fails else "open" if rule == UNJUDGED else "informational"
    return {
        "ruleId": rule,
        "kind": kind,
        "level": "error" if fails else "none",
        "message": message(told),
        "locations": [location(about.place or Place(verdict.case), verdict)],
    }


# --- places -------------------------------------------------------------------


def message(told: str) -> dict[str, Json]:
    """A text as SARIF's messages have it."""
    return {"text": told.replace("{", "{{").replace("}", "}}").replace("](", "\\](")}


def location(
    place: Place, verdict: Verdict | None = None, *, told: str = "", logical: str | None = None, base: str = "SRCROOT"
) -> dict[str, Json]:
    """A place; with the verdict of its case the text there too, and around it unless something else is told of it."""
    lines = verdict.lines_of(place.file) if verdict is not None else ()
    found: dict[str, Json] = {
        "physicalLocation": {
            "artifactLocation": _artifact(place.file, base),
            "region": _region(place, lines),
            **({} if told else _context(place, lines)),
        }
    }
    if logical is not None:
        found["logicalLocations"] = [{"name": line(logical)}]
    return {**found, "message": message(told)} if told else found


def _artifact(file: str, base: str) -> dict[str, Json]:
    uri = quote(file.encode("utf-8", "backslashreplace"))
    if file.startswith("/"):
        return {"uri": f"file://{uri}"}
    return {"uri": uri.removeprefix("./") or ".", "uriBaseId": base}


def _region(place: Place, lines: Sequence[str]) -> dict[str, Json]:
    start: dict[str, Json] = {"startLine": place.line, "startColumn": place.column}
    if not 0 < place.line <= len(lines):
        return start
    rest = lines[place.line - 1][place.column - 1 :][:_LONGEST_SNIPPET]
    size = length(rest)
    return {**start, "endColumn": place.column + size, "snippet": {"text": rest[:size]}} if size else start


def _context(place: Place, lines: Sequence[str]) -> dict[str, Json]:
    """The lines around it."""
    first, last = max(first_known(lines), place.line - 2), min(len(lines), place.line + 2)
    around = lines[first - 1 : last]
    if place.line > len(lines) or any(len(each) > _LONGEST_SNIPPET for each in around):
        return {}
    return {"contextRegion": {"startLine": first, "endLine": last, "snippet": {"text": "\n".join(around)}}}


def _related(finding: Finding, verdict: Verdict, speech: Speech) -> Iterator[dict[str, Json]]:
    """Near misses, what was found instead, what would decide; and the rule in the pack."""
    for near in (near for missing in finding.missing for near in missing.near):
        for test in near.failed:
            place = test.place or near.fact.place
            if place is not None:
                yield location(place, verdict, told=f"{words.name_of(near.fact)}: {words.failed_test(test, speech)}")
    for fact in (*finding.found, *finding.repaired_by):
        if fact.place is not None:
            yield location(fact.place, verdict, told=words.fact(fact))
    for question in finding.questions:
        if question.place is not None:
            yield location(question.place, verdict, told=line(question.ask))
    yield location(finding.rule_place, told=line(finding.title), base="PACKS")


# --- the derivation -----------------------------------------------------------


def _flow(finding: Finding, verdict: Verdict, speech: Speech) -> Iterator[Json]:
    """The steps, premises first, and last the finding. A fact that nobody states is shown where the one before is."""
    place = finding.place
    for depth, node in _steps(finding.because):
        place = node.fact.place or place
        told = "; ".join((words.fact(node.fact), *(node.sums if isinstance(node, DerivedFact) else ())))
        rule = node.rule if isinstance(node, DerivedFact) else None
        found = location(place, verdict, told=line(told), logical=rule)
        yield {"location": found, "nestingLevel": depth, "importance": "important"}
    told = words.status(finding.status, speech)
    yield {"location": location(finding.place, verdict, told=told), "nestingLevel": 0, "importance": "essential"}


def _steps(because: tuple[Derivation, ...]) -> list[tuple[int, Derivation]]:
    """Every fact of a derivation once, with its depth, after those it follows from; of very many the last ones."""
    found: list[tuple[int, Derivation]] = []
    seen: set[str] = set()
    todo = [(1, node, False) for node in reversed(because)]
    while todo:
        depth, node, premises_told = todo.pop()
        if (told := f"{node.fact.place} {node.fact}") in seen:
            continue
        if isinstance(node, DerivedFact) and node.because and not premises_told:
            todo += [(depth, node, True), *((depth + 1, each, False) for each in reversed(node.because))]
        else:
            seen.add(told)
            found.append((depth, node))
    return found[-_MOST_STEPS:]
