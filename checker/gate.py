"""The gate: what a case comes to, and with what status a run ends. Every format ends the same way.

The one place that knows which statuses fail. 0: everything was read and judged, and
nothing stands at or above `fail_on`; 1: something does; 2: there is no answer; 130: it was
interrupted, so nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable

from checker.exits import FAILED, INTERRUPTED, NO_ANSWER, PASSED
from checker.model import SEVERITIES, Severity
from checker.options import FAIL_ON
from checker.results import Results, Tally
from checker.verdict import CaseStatus, Finding, Verdict

WORST_FIRST: tuple[CaseStatus, ...] = ("violated", "contested", "undetermined", "pending")


def failing_statuses(fail_on: str) -> frozenset[str]:
    """The statuses at or above `fail_on`; none for `never`."""
    return frozenset() if fail_on == "never" else frozenset(FAIL_ON[: FAIL_ON.index(fail_on) + 1])


def counts(severity: Severity, at_least: Severity) -> bool:
    """Whether a finding of this severity decides anything."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(at_least)


def case_status(findings: Iterable[Finding], min_severity: Severity, *, spoke: bool = False) -> CaseStatus:
    """The worst of the findings that count; `spoke`: a rule spoke although there is no finding of it.

    `compliant` where every finding is below `min_severity`: a rule did speak.
    """
    listed = tuple(findings)
    statuses = {each.status for each in listed if counts(each.severity, min_severity)}
    for status in WORST_FIRST:
        if status in statuses:
            return status
    return "compliant" if listed or spoke else "not-applicable"


def stands(finding: Finding, results: Results) -> bool:
    """Whether the finding alone makes the run fail, unless a waiver or a baseline takes it out."""
    return finding.status in failing_statuses(results.fail_on) and counts(finding.severity, results.min_severity)


def fails(finding: Finding, results: Results) -> bool:
    """Whether the finding alone makes the run fail."""
    return finding.waiver is None and not finding.in_baseline and stands(finding, results)


def unjudged_fail(results: Results) -> bool:
    """Whether an action no rule spoke to makes the run fail: it counts as undetermined."""
    return "undetermined" in failing_statuses(results.fail_on)


def verdict_fails(verdict: Verdict, results: Results) -> bool:
    """Whether this case makes the run fail."""
    if verdict.unjudged and unjudged_fail(results):
        return True
    return any(fails(finding, results) for finding in verdict.findings)


def tally(results: Results) -> Tally:
    """What the cases of a run came to, whether they are in it or were told before."""
    if results.tally is not None:
        return results.tally
    total = Tally()
    for each in results.verdicts:
        count(each, results, total)
    return total


def count(verdict: Verdict, results: Results, total: Tally) -> None:
    """Add a case to a total; of the run only the gate is asked."""
    total.cases[verdict.status] += 1
    for finding in verdict.findings:
        total.findings[finding.status] += 1
        total.waived += finding.waiver is not None
        total.in_baseline += finding.in_baseline
        if verdict.receipt is not None:
            total.cited.update((verdict.receipt.pack, cite.source) for cite in finding.cites)
    total.unjudged += len(verdict.unjudged)
    total.not_in_force += len(verdict.not_in_force)
    total.failing += verdict_fails(verdict, results)
    total.unanswered += bool(verdict.problems) or verdict.status == "invalid"
    if verdict.receipt is not None:
        total.receipts.setdefault(verdict.receipt)


def add(part: Tally, total: Tally) -> None:
    """Add what other cases came to, which come after those of the total."""
    for status, number in part.cases.items():
        total.cases[status] += number
    for name, number in part.findings.items():
        total.findings[name] += number
    total.waived += part.waived
    total.in_baseline += part.in_baseline
    total.unjudged += part.unjudged
    total.not_in_force += part.not_in_force
    total.failing += part.failing
    total.unanswered += part.unanswered
    total.receipts.update(part.receipts)
    total.cited |= part.cited


def exit_status(results: Results, *, allow_empty: bool = False) -> int:
    """The status a run ends with. No answer outranks a failure."""
    if results.partial:
        return INTERRUPTED
    total = tally(results)
    if results.problems or total.unanswered:
        return NO_ANSWER
    if not any(total.cases.values()) and not allow_empty:
        return NO_ANSWER
    return FAILED if total.failing else PASSED
