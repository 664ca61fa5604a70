"""The report for programs, `servanda-report-1`. Its shape is a contract: a changed shape is a new name.

Days, durations and decimals are texts, whole numbers are numbers, and the words
`unknown` and `none` stand for the values of that name. Sentences are in the language
asked for; statuses, bases, ids and values are the same in every language. The order of keys is fixed;
no clock and no duration is in it, so equal input gives equal bytes.
"""

from __future__ import annotations

import json
import re
from typing import TypeAlias

from checker.errors import Place, Problem
from checker.report import words
from checker.speech import speech
from checker.terminal import Look
from checker.values import Value
from checker.values import render as spelt
from checker.verdict import (
    ActionView,
    Ask,
    BaselineFile,
    Derivation,
    DerivedFact,
    FactView,
    FailedTest,
    Finding,
    IdleWaiver,
    Missing,
    Near,
    Receipt,
    Remedy,
    Results,
    Verdict,
    WaiverFile,
)
from checker.verdict import Json as PatchJson

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

SCHEMA = "servanda-report-1"
DEEPEST = 100  # levels of a derivation; readers of JSON have limits of their own
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def render(results: Results, look: Look) -> str:  # noqa: ARG001 - every format is called alike
    """The whole run as one object."""
    return dump(report(results), indent=2) + "\n"


def dump(value: Json, *, indent: int | None) -> str:
    r"""JSON in UTF-8's letters, but what could steer a terminal is written `\u009b`."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def report(results: Results) -> dict[str, Json]:
    """The top of the report."""
    receipts = [each.receipt for each in results.verdicts if each.receipt is not None]
    return {
        "schema": SCHEMA,
        "pack": {"id": results.pack, "version": results.pack_version, "title": results.pack_title},
        "receipt": _common(receipts),
        "summary": _summary(results),
        "coverage": {"clauses": results.coverage.clauses, "not_covered": results.coverage.not_covered},
        "notice": words.closing(results.coverage, speech(results.language)),
        "waivers": None if results.waivers is None else _waivers(results.waivers),
        "baseline": None if results.baseline is None else _baseline(results.baseline),
        "problems": [_problem(each) for each in results.problems],
        "cases": [case(each) for each in results.verdicts],
    }


def case(verdict: Verdict) -> dict[str, Json]:
    """One case, complete in itself."""
    receipt = verdict.receipt
    return {
        "case": verdict.case,
        "sha256": verdict.sha256,
        "verdict": verdict.status,
        "pack": None if receipt is None else {"id": receipt.pack, "version": receipt.pack_version},
        "receipt": None if receipt is None else _receipt(receipt),
        "problems": [_problem(each) for each in verdict.problems],
        "unjudged": [_action(each) for each in verdict.unjudged],
        "not_in_force": [_action(each) for each in verdict.not_in_force],
        "unread": [_stated(each) for each in verdict.unread],
        "assumed": [_stated(each.fact) for each in verdict.assumed],
        "without": [*verdict.without],
        "findings": [_finding(each) for each in verdict.findings],
    }


def case_text(verdict: Verdict) -> str:
    """One case as a text of its own."""
    return dump({"schema": SCHEMA, **case(verdict)}, indent=2)


def unread_case(problem: Problem) -> dict[str, Json]:
    """A file that could not even be named a case, in the shape of one."""
    name = problem.place.file if problem.place else ""
    return {**case(Verdict(name, "", "invalid", (), (problem,), (), (), (), None, ()))}


# --- the run ------------------------------------------------------------------


def _summary(results: Results) -> Json:
    findings = [finding for verdict in results.verdicts for finding in verdict.findings]
    return {
        "cases": len(results.verdicts),
        **words.tally(results),
        "findings": {**words.findings_tally(findings)},
        "waived": sum(each.waiver is not None for each in findings),
        "in_baseline": sum(each.in_baseline for each in findings),
        "unjudged": sum(len(each.unjudged) for each in results.verdicts),
        "not_in_force": sum(len(each.not_in_force) for each in results.verdicts),
    }


def _common(receipts: list[Receipt]) -> Json:
    """What the receipts of all cases agree on; null where they differ. Null for all where nothing was judged."""
    if not receipts:
        return None
    first = _receipt(receipts[0])
    others = [_receipt(each) for each in receipts[1:]]
    return {key: value if all(each[key] == value for each in others) else None for key, value in first.items()}


def _receipt(receipt: Receipt) -> dict[str, Json]:
    return {
        "pack_sha256": receipt.pack_sha256,
        "checker": receipt.checker,
        "engine": receipt.engine,
        "referee": receipt.referee,
        "as_of": receipt.as_of,
        "as_of_stated": receipt.as_of_stated,
        "readings": {**dict(receipt.readings)},
    }


def _waivers(waivers: WaiverFile) -> Json:
    unused: list[Json] = [_idle(each) for each in waivers.idle]
    return {"file": waivers.file, "ref": waivers.ref, "sha256": waivers.sha256, "day": waivers.day, "idle": unused}


def _idle(waiver: IdleWaiver) -> Json:
    return {
        "id": waiver.id,
        "rule": waiver.rule,
        "state": waiver.state,
        "created": waiver.created,
        "expires": waiver.expires,
        "location": _location(waiver.place),
        "nearest": waiver.nearest,
    }


def _baseline(baseline: BaselineFile) -> Json:
    stale: list[Json] = [{**each._asdict()} for each in baseline.stale]
    return {"file": baseline.file, "sha256": baseline.sha256, "stale": stale}


def _problem(problem: Problem) -> Json:
    return {"message": problem.message, "location": _location(problem.place)}


def _action(action: ActionView) -> Json:
    return {"type": action.type, "id": action.id, "location": _location(action.place)}


# --- a finding ----------------------------------------------------------------


def _finding(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "status": finding.status,
        "default_status": finding.default_status,
        "severity": finding.severity,
        "action": finding.action,
        "fingerprint": finding.fingerprint,
        **_law(finding),
        "message": finding.message,
        "remedy": finding.remedy,
        "due": finding.due,
        "bindings": {name: _value(value) for name, value in finding.bindings},
        "location": _location(finding.place),
        "underline": _location(finding.underline),
        "rule_location": _location(finding.rule_place),
        **_reasons(finding),
        "questions": [_question(each) for each in finding.questions],
        "remedies": [_remedy(each) for each in finding.remedies],
        "no_remedy": finding.no_remedy,
        "readings": _readings(finding),
        "reading_note": finding.reading_note,
        "then_owes": [*finding.then_owes],
        "horizon": finding.horizon,
        "waiver": None if finding.waiver is None else {**finding.waiver._asdict()},
        "in_baseline": finding.in_baseline,
    }


def _law(finding: Finding) -> dict[str, Json]:
    return {
        "title": finding.title,
        "clause": finding.clause,
        "clause_says": finding.clause_says,
        "cites": [{"source": each.source, "quote": each.quote} for each in finding.cites],
        "basis": finding.basis,
        "rests_on": finding.rests_on,
        "by": finding.by,
        "towards": finding.towards,
    }


def _reasons(finding: Finding) -> dict[str, Json]:
    return {
        "because": [_derivation(each, 1) for each in finding.because],
        "sums": [*finding.sums],
        "missing": [_missing(each) for each in finding.missing],
        "found": [_stated(each) for each in finding.found],
        "excused_by": finding.excused_by,
        "overridden_by": [*finding.overridden_by],
        "repaired_by": [_stated(each) for each in finding.repaired_by],
    }


def _readings(finding: Finding) -> Json:
    """Under each other status, the changes of readings that bring it."""
    found: dict[str, list[Json]] = {}
    for each in finding.readings:
        found.setdefault(each.status, []).append({**dict(each.change)})
    return {**found}


def _derivation(node: Derivation, level: int) -> Json:
    """A fact and what it rests on; below the deepest level shown, `more` counts what is left out."""
    if not isinstance(node, DerivedFact):
        return _stated(node.fact)
    told: dict[str, Json] = {
        "fact": _fact(node.fact),
        "rule": node.rule,
        "title": node.title,
        "possible": node.possible,
        "again": node.again,
        "sums": [*node.sums],
    }
    if level >= DEEPEST and node.because:
        return {**told, "because": [], "more": steps(node.because)}
    return {**told, "because": [_derivation(each, level + 1) for each in node.because]}


def steps(because: tuple[Derivation, ...]) -> int:
    """How many facts a derivation tells of."""
    count, todo = 0, list(because)
    while todo:
        node = todo.pop()
        count += 1
        if isinstance(node, DerivedFact):
            todo.extend(node.because)
    return count


def _missing(missing: Missing) -> Json:
    return {"pattern": missing.pattern, "type": missing.type, "near": [_near(each) for each in missing.near]}


def _near(near: Near) -> Json:
    """The first failed test stands in the near miss itself; all of them under `tests`."""
    first: dict[str, Json] = {"failed": None, "wanted": None, "found": None, "by": None}
    for test in near.failed[:1]:
        first = {"failed": test.field, "wanted": test.wanted, "found": test.found, "by": test.by}
    return {
        "fact": _fact(near.fact),
        "location": _location(near.fact.place),
        **first,
        "tests": [_test(each) for each in near.failed],
    }


def _test(test: FailedTest) -> Json:
    return {
        "field": test.field,
        "wanted": test.wanted,
        "found": test.found,
        "by": test.by,
        "unknown": test.unknown,
        "location": _location(test.place),
    }


def _remedy(remedy: Remedy) -> Json:
    change: list[Json] = [
        {"op": step.op, "path": step.path, **({} if step.value is None else {"value": _patch_value(step.value)})}
        for step in remedy.change
    ]
    return {
        "number": remedy.number,
        "text": remedy.text,
        "change": change,
        "status": remedy.status,
        "by": remedy.by,
        "until": remedy.until,
        "proven": remedy.proven,
    }


def _patch_value(value: PatchJson) -> Json:
    if isinstance(value, dict):
        return {name: _patch_value(each) for name, each in value.items()}
    return [_patch_value(each) for each in value] if isinstance(value, list) else value


def _question(question: Ask) -> Json:
    return {
        "ask": question.ask,
        "about": question.about,
        "location": _location(question.place),
        "answers": [{"answer": each.answer, "status": each.status} for each in question.answers],
    }


# --- facts, places, values ----------------------------------------------------


def _stated(fact: FactView) -> Json:
    return {"fact": _fact(fact), "location": _location(fact.place)}


def _fact(fact: FactView) -> Json:
    return {fact.type: {name: _value(value) for name, value in fact.fields}}


def _location(place: Place | None) -> Json:
    return None if place is None else {"file": place.file, "line": place.line, "column": place.column}


def _value(value: Value) -> Json:
    return value if isinstance(value, (str, int)) else spelt(value)
