"""Annotations of GitHub Actions: a workflow command a line, shown beside the changed line of a pull request.

GitHub shows ten errors, ten warnings and ten notices of a step; all of them stand in its log. The summary of a step is
another format: `-o github -o markdown=$GITHUB_STEP_SUMMARY`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from checker.errors import Place, Problem
from checker.gate import verdict_fails
from checker.report import suppressed, words
from checker.report.concise import wanted
from checker.report.grade import Grade, grade, grade_of_unjudged
from checker.report.layout import Page
from checker.report.outline import outline, unbroken
from checker.report.streamed import Streamed, whole
from checker.results import Results
from checker.terminal import Look, line
from checker.verdict import Finding, Verdict
from checker.waivers import file_of

Command = Literal["error", "warning", "notice"]

_COMMANDS: dict[Grade, Command] = {
    "failure": "error",
    "warning": "warning",
    "notice": "notice",
    "accepted": "notice",
    "fine": "notice",
}
_LONGEST_TITLE = 250  # GitHub refuses a title of more than 255
_LONGEST_MESSAGE = 4000  # and the runner cuts messages at 4096
_MORE = "…"


def render(results: Results, look: Look) -> str:
    """What `concise` shows, as commands."""
    return whole(STREAMED, results, look)


def _told(verdict: Verdict, results: Results, look: Look) -> str:
    return "".join(f"{text}\n" for text in _case(verdict, unbroken(results, look)))


def _foot(results: Results, look: Look, _: bool) -> str:  # noqa: FBT001 - every format is called alike
    lines = [_problem(problem) for problem in results.problems]
    if not look.quiet:
        voice = unbroken(results, look).speech
        lines += [_command("notice", None, "waivers", told) for told in suppressed.idle(results, voice)]
    return "".join(f"{text}\n" for text in lines)


STREAMED = Streamed(_told, _foot)


def _case(verdict: Verdict, page: Page) -> Iterator[str]:
    for problem in verdict.problems:
        yield _problem(problem)
    if (told := words.supposed(verdict, page.speech)) and (not page.look.quiet or verdict_fails(verdict, page.results)):
        yield _command("notice", Place(file_of(verdict.case)), f"what-if[{verdict.case}]", told)
    for finding in verdict.findings:
        if wanted(finding, page.results, page.look):
            yield _finding(finding, page)
    unjudged = grade_of_unjudged(page.results)
    if not page.look.quiet or unjudged == "failure":
        for action in verdict.unjudged:
            title = f"unjudged[{action.type}]"
            yield _command(_COMMANDS[unjudged], action.place, title, words.unjudged(action, page.speech))
    if not page.look.quiet:
        for action in verdict.not_in_force:
            title = f"not-in-force[{action.type}]"
            yield _command("notice", action.place, title, words.not_in_force(action, page.speech))


def _finding(finding: Finding, page: Page) -> str:
    title = f"{finding.status}[{finding.rule}] {finding.title}"
    told = "\n".join(outline(finding, page))
    return _command(_COMMANDS[grade(finding, page.results)], finding.place, title, told)


def _problem(problem: Problem) -> str:
    return _command("error", problem.place, "invalid input", line(problem.message))


def _command(command: Command, place: Place | None, title: str, message: str) -> str:
    where = {} if place is None else {"file": place.file, "line": str(place.line), "col": str(place.column)}
    properties = {**where, "title": _cut(line(title), _LONGEST_TITLE)}
    told = ",".join(f"{name}={_property(line(value))}" for name, value in properties.items())
    return f"::{command} {told}::{_data(_cut(message, _LONGEST_MESSAGE))}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + _MORE


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
