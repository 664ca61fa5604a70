"""A finding as the JSON report gives it: its law, its reasons, what would decide it and what would put it right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.values import render as spelt
from checker.verdict import DerivedFact

if TYPE_CHECKING:
    from checker.errors import Place
    from checker.report.json import Json
    from checker.values import Value
    from checker.verdict import Ask, Derivation, FactView, FailedTest, Finding, Missing, Near, Remedy
    from checker.verdict import Json as PatchJson

DEEPEST = 100  # levels of a derivation; readers of JSON have limits of their own


def finding_json(finding: Finding, subject: int) -> Json:
    """The finding; those of a case that speak of the same have the same number of a `subject`."""
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
        "subject": subject,
        "bindings": {name: _value(value) for name, value in finding.bindings},
        "location": location(finding.place),
        "underline": location(finding.underline),
        "rule_location": location(finding.rule_place),
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
        "by_name": finding.by_name,
        "towards": finding.towards,
        "towards_name": finding.towards_name,
    }


def _reasons(finding: Finding) -> dict[str, Json]:
    return {
        "because": [_derivation(each, 1) for each in finding.because],
        "sums": [*finding.sums],
        "missing": [_missing(each) for each in finding.missing],
        "found": [stated(each) for each in finding.found],
        "excused_by": finding.excused_by,
        "overridden_by": [*finding.overridden_by],
        "repaired_by": [stated(each) for each in finding.repaired_by],
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
        return stated(node.fact)
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
        "location": location(near.fact.place),
        **first,
        "tests": [_test(each) for each in near.failed],
    }


def _test(test: FailedTest) -> Json:
    return {
        "field": test.field,
        "op": test.op,
        "wanted": test.wanted,
        "found": test.found,
        "by": test.by,
        "unknown": test.unknown,
        "location": location(test.place),
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
        "by_name": remedy.by_name,
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
        "location": location(question.place),
        "answers": [{"answer": each.answer, "status": each.status} for each in question.answers],
    }


# --- facts, places, values ----------------------------------------------------


def stated(fact: FactView) -> dict[str, Json]:
    """A fact, and where the case states it."""
    return {"fact": _fact(fact), "location": location(fact.place)}


def _fact(fact: FactView) -> Json:
    return {fact.type: {name: _value(value) for name, value in fact.fields}}


def location(place: Place | None) -> Json:
    """A place; null for none."""
    return None if place is None else {"file": place.file, "line": place.line, "column": place.column}


def _value(value: Value) -> Json:
    return value if isinstance(value, (str, int)) else spelt(value)
