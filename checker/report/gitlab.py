"""GitLab's Code Quality report: a list of issues, shown in the merge request and beside the lines of its changes.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Literal, NamedTuple

from checker.errors import Place, Problem
from checker.model import Severity
from checker.report import words
from checker.report.concise import message
from checker.report.grade import Grade, grade, grade_of_unjudged
from checker.report.identity import told_apart
from checker.report.json import Json, dump
from checker.results import Results
from checker.speech import Speech, speech
from checker.terminal import Look, line
from checker.verdict import Finding, Verdict
from checker.waivers import file_of

Weight = Literal["info", "minor", "major", "critical", "blocker"]

_FAILING: Mapping[Severity, Weight] = {"error": "critical", "warning": "major", "note": "minor"}
_PASSING: Mapping[Grade, Weight] = {"warning": "minor", "notice": "info", "accepted": "info", "fine": "info"}
_NO_ANSWER: Weight = "blocker"


class _Issue(NamedTuple):
    check: str
    description: str
    weight: Weight
    place: Place
    identity: str  # what stays the same where lines move


def render(results: Results, look: Look) -> str:  # noqa: ARG001 - every format is called alike
    """Every problem, every finding that needs attention, every action no rule judged or that lies outside its time."""
    voice = speech(results.language)
    issues = [issue for verdict in results.verdicts for issue in _judged(verdict, results, voice)]
    issues += [_problem(problem, "") for problem in results.problems]
    return dump([*_listed(issues)], indent=2) + "\n"


def _judged(verdict: Verdict, results: Results, voice: Speech) -> Iterator[_Issue]:
    """The issues of a case. What was supposed stands in each, or in one of its own: the format has no other place."""
    issues, supposed = [*_case(verdict, results, voice)], words.supposed(verdict, voice)
    if supposed and not issues:
        yield _Issue("what-if", supposed, _PASSING["fine"], Place(file_of(verdict.case)), verdict.case)
    for each in issues:
        told = voice.say("{text} ({place})", text=each.description, place=supposed) if supposed else each.description
        yield each._replace(description=told)


def _case(verdict: Verdict, results: Results, voice: Speech) -> Iterator[_Issue]:
    for problem in verdict.problems:
        yield _problem(problem, verdict.case)
    for finding in verdict.findings:
        if finding.status in words.NEEDS_ATTENTION:
            yield _finding(finding, verdict, results, voice)
    failing = grade_of_unjudged(results) == "failure"
    for action in verdict.unjudged:
        told, weight = words.unjudged(action, voice), _FAILING["error"] if failing else _PASSING["warning"]
        yield _Issue("unjudged", told, weight, action.place, f"{verdict.case} {action.type} {action.id}")
    for action in verdict.not_in_force:
        told, weight = words.not_in_force(action, voice), _PASSING["notice"]
        yield _Issue("not-in-force", told, weight, action.place, f"{verdict.case} {action.type} {action.id}")


def _finding(finding: Finding, verdict: Verdict, results: Results, voice: Speech) -> _Issue:
    graded = grade(finding, results)
    weight = _FAILING[finding.severity] if graded == "failure" else _PASSING[graded]
    told = line(f"{words.status(finding.status, voice)}: {message(finding, voice)}")
    return _Issue(finding.rule, told, weight, finding.place, f"{verdict.case} {finding.fingerprint}")


def _problem(problem: Problem, case: str) -> _Issue:
    return _Issue(
        "invalid-input",
        line(problem.message),
        _NO_ANSWER,
        problem.place or Place(case or "."),
        f"{case} {problem.message}",
    )


def _listed(issues: Sequence[_Issue]) -> Iterator[Json]:
    """The issues in GitLab's shape, which shows one of those with the same fingerprint."""
    names = told_apart(f"{each.check} {each.identity}" for each in issues)
    for each, name in zip(issues, names, strict=True):
        yield {
            "description": each.description,
            "check_name": line(each.check),
            "fingerprint": sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:32],
            "severity": each.weight,
            "location": {"path": _path(each.place.file), "lines": {"begin": each.place.line}},
        }


def _path(file: str) -> str:
    """As GitLab looks files up: from the root of the repository, without `./`."""
    return line(file).removeprefix("./")
