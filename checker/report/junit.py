"""JUnit XML of a check: each case a suite, each finding a test, so that a board of tests shows what a run found.

`failure` is what makes the run fail, `error` what has no answer, `skipped` what is open or broken and yet let pass
(there is still time, it is waived, it is below what fails): red exactly where the command ends with 1 or 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.errors import Problem
from checker.report import words
from checker.report.concise import message
from checker.report.finding import page_for, tell
from checker.report.grade import Grade, grade, grade_of_unjudged
from checker.report.identity import told_apart
from checker.report.junit_xml import Result, Suite, Test, document
from checker.report.layout import Page
from checker.results import Results
from checker.terminal import Look
from checker.verdict import Finding, Receipt, Verdict

_RESULTS: dict[Grade, Result] = {
    "failure": "failure",
    "warning": "skipped",
    "notice": "skipped",
    "accepted": "skipped",
    "fine": "passed",
}
_INVALID = "invalid-input"
_ENDING = re.compile(r"\.(ya?ml|json|jsonl|ndjson)(?=(#[0-9]+)?$)")


def render(results: Results, look: Look) -> str:  # noqa: ARG001 - every format is called alike
    """A suite for each case, then one for each file that could not even be named a case."""
    page = page_for(results, Look())
    suites = [_suite(verdict, page) for verdict in results.verdicts]
    for problem in results.problems:
        name = problem.place.file if problem.place else results.pack
        suites.append(Suite(name, [_problem(problem, name)]))
    return document(results.pack, suites)


def _suite(verdict: Verdict, page: Page) -> Suite:
    tests = [*_tests(verdict, page)]
    if not tests:
        told = page.speech.say("No rule of the pack speaks to this case.")
        tests = [Test(verdict.status, _class(verdict.case), "passed", message=told)]
    names = told_apart(each.name for each in tests)  # boards tell tests apart by them
    tests = [each._replace(name=name) for each, name in zip(tests, names, strict=True)]
    return Suite(verdict.case, tests, _properties(verdict))


def _tests(verdict: Verdict, page: Page) -> Iterator[Test]:
    for problem in verdict.problems:
        yield _problem(problem, verdict.case)
    for finding in verdict.findings:
        yield _finding(finding, verdict, page)
    unjudged = _RESULTS[grade_of_unjudged(page.results)]
    for action in verdict.unjudged:
        name, told = f"unjudged@{action.id}", words.unjudged(action, page.speech)
        yield Test(name, _class(verdict.case), unjudged, "unjudged", told, f"{action.place}: {told}")
    for action in verdict.not_in_force:
        name, told = f"not-in-force@{action.id}", words.not_in_force(action, page.speech)
        yield Test(name, _class(verdict.case), "skipped", "not-in-force", told, f"{action.place}: {told}")


def _finding(finding: Finding, verdict: Verdict, page: Page) -> Test:
    name = finding.rule if finding.action is None else f"{finding.rule}@{finding.action}"
    result = _RESULTS[grade(finding, page.results)]
    if result == "passed":
        return Test(name, _class(verdict.case), result)
    body = "\n".join(tell(finding, verdict, page))
    return Test(name, _class(verdict.case), result, finding.status, message(finding, page.speech), body)


def _problem(problem: Problem, case: str) -> Test:
    return Test(_INVALID, _class(case), "error", _INVALID, problem.message, words.placed(problem))


def _class(case: str) -> str:
    """The case without its ending: what shows classes takes a dot for the end of a package."""
    return _ENDING.sub("", case)


def _properties(verdict: Verdict) -> list[tuple[str, str]]:
    receipt = verdict.receipt
    told = [("verdict", verdict.status), ("sha256", verdict.sha256)]
    told += [("assumed", words.fact(each.fact)) for each in verdict.assumed]
    told += [("without", each) for each in verdict.without]
    return told if receipt is None else [*told, *_judged(receipt)]


def _judged(receipt: Receipt) -> Iterator[tuple[str, str]]:
    yield "pack", f"{receipt.pack} {receipt.pack_version}"
    yield "pack-sha256", receipt.pack_sha256
    yield "checker", receipt.checker
    yield "engine", receipt.engine
    yield "referee", receipt.referee or words.NO_ENGINE
    yield "as-of", receipt.as_of
    yield "readings", words.options(receipt.readings)
