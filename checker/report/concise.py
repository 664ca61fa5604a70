"""One line for each finding, as compilers write it: `file:line:column: violated[rule] message`.

What stands before the message is for programs and in English; the message is in the language asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.errors import Place
from checker.gate import fails, unjudged_fail, verdict_fails
from checker.messages import one_after_another
from checker.report import suppressed, words
from checker.report.streamed import Streamed, whole
from checker.results import Results
from checker.speech import Speech, speech
from checker.terminal import Look, inert, line
from checker.verdict import Finding, Verdict
from checker.waivers import file_of


def render(results: Results, look: Look) -> str:
    """Every problem, every finding that needs attention (or `show_all`), every action no rule judged, idle waivers."""
    return whole(STREAMED, results, look)


def _told(verdict: Verdict, results: Results, look: Look) -> str:
    return inert("".join(f"{text}\n" for text in _case(verdict, results, look, speech(results.language))))


def _foot(results: Results, look: Look, _: bool) -> str:  # noqa: FBT001 - every format is called alike
    lines = [words.placed(problem, "error: ") for problem in results.problems]
    if not look.quiet:
        lines += suppressed.idle(results, speech(results.language))
    return inert("".join(f"{text}\n" for text in lines))


STREAMED = Streamed(_told, _foot)


def _case(verdict: Verdict, results: Results, look: Look, voice: Speech) -> Iterator[str]:
    for problem in verdict.problems:
        yield words.placed(problem, "error: ")
    if (told := words.supposed(verdict, voice)) and (not look.quiet or verdict_fails(verdict, results)):
        yield f"{Place(file_of(verdict.case))}: what-if[{line(verdict.case)}] {told}"
    for finding in verdict.findings:
        if wanted(finding, results, look):
            told = suppressed.marked(message(finding, voice), finding, voice)
            yield line(f"{finding.place}: {finding.status}[{finding.rule}] {told}")
    if not look.quiet or unjudged_fail(results):
        for action in verdict.unjudged:
            yield f"{action.place}: unjudged[{line(action.type)}] {words.unjudged(action, voice)}"
    if not look.quiet:
        for action in verdict.not_in_force:
            yield f"{action.place}: not-in-force[{line(action.type)}] {words.not_in_force(action, voice)}"


def wanted(finding: Finding, results: Results, look: Look) -> bool:
    """Whether a report shows it, and does not only count it."""
    if look.quiet:
        return fails(finding, results)
    return look.show_all or finding.status in words.NEEDS_ATTENTION


def message(finding: Finding, voice: Speech) -> str:
    """What it says, and for a contested one how it would end otherwise."""
    if finding.status != "contested" or not finding.readings:
        return finding.message
    home = voice.say("{status} by default", status=words.status(finding.default_status, voice))
    others = (
        voice.say(
            "{status} if {readings}", status=words.status(each.status, voice), readings=words.options(each.change)
        )
        for each in finding.readings
    )
    told = one_after_another((home, *others), voice)
    return voice.say("{message} ({readings})", message=finding.message, readings=told)
