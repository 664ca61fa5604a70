"""What a finding comes to in a run, for formats that grade: what fails the run is a `failure`, and nothing else is.

So a board that shows one of these formats is red exactly where the command ends with 1 or 2.
"""

from __future__ import annotations

from typing import Literal

from checker.gate import fails, unjudged_fail
from checker.report.words import NEEDS_ATTENTION
from checker.results import Results
from checker.verdict import Finding

# `accepted`: a waiver or a baseline takes it out; `notice`: there is still time; `warning`: broken or open, and yet let
# pass; `fine`: it complies.
Grade = Literal["failure", "warning", "notice", "accepted", "fine"]


def grade(finding: Finding, results: Results) -> Grade:
    """What the gate makes of it."""
    if fails(finding, results):
        return "failure"
    if finding.status not in NEEDS_ATTENTION:
        return "fine"
    if finding.waiver is not None or finding.in_baseline:
        return "accepted"
    return "notice" if finding.status == "pending" else "warning"


def grade_of_unjudged(results: Results) -> Grade:
    """The same of an action that no rule spoke to."""
    return "failure" if unjudged_fail(results) else "warning"
