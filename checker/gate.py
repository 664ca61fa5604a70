"""The gate: what a case comes to, and with what status a run ends. Every format ends the same way.

The one place that knows which statuses fail. 0: everything was read and judged, and
nothing stands at or above `fail_on`; 1: something does; 2: there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from checker.model import SEVERITIES, Severity
from checker.options import FAIL_ON
from checker.verdict import CaseStatus, Finding, Results, Verdict

PASSED, FAILED, NO_ANSWER, INTERRUPTED = 0, 1, 2, 130
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


def exit_status(results: Results, *, allow_empty: bool = False) -> int:
    """The status a run ends with. No answer outranks a failure."""
    if results.problems or any(each.problems or each.status == "invalid" for each in results.verdicts):
        return NO_ANSWER
    if not results.verdicts and not allow_empty:
        return NO_ANSWER
    return FAILED if any(verdict_fails(each, results) for each in results.verdicts) else PASSED
