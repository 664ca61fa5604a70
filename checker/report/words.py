"""Words that reports share: statuses counted, a basis in words, distances, the summary and the closing line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from checker.errors import Problem
from checker.terminal import line
from checker.values import Unknown, render
from checker.verdict import (
    CASE_STATUSES,
    ActionView,
    Coverage,
    FactView,
    FailedTest,
    Finding,
    FindingStatus,
    Receipt,
    Results,
    Verdict,
)

FINDING_STATUSES: tuple[FindingStatus, ...] = (
    "violated",
    "contested",
    "undetermined",
    "pending",
    "excused",
    "overridden",
    "satisfied",
)
NEEDS_ATTENTION = frozenset(("violated", "contested", "undetermined", "pending"))

_BASIS = {
    "official-text": "the official text",
    "press-quote": "words of the agreement as the press quotes them",
    "official-summary": "an official summary; the article itself has not been seen",
    "press-paraphrase": "a press report in its own words; the article itself has not been seen",
    "seed": "the description of the agreement that this pack was given; the article itself has not been seen",
    "roadmap-2021": "the roadmap of 2021, which is not the agreement",
    "sibling": "by analogy with sibling agreements; the article itself has not been seen",
    "inference": "a conclusion of the pack's authors; no text says so",
}
NO_ENGINE = "none"  # in a receipt
_PROBLEM_WITHOUT_PLACE = "servanda"
_DAYS = re.compile(r"P([0-9]+)D")
_DIRECTIONS = (  # how `wanted` begins, and what a value on its wrong side is: of days, of numbers
    (("on or before", "before"), "late", "too many"),
    (("on or after", "after"), "early", "too few"),
    (("at most", "less than"), "too long", "too many"),
    (("at least", "more than"), "too short", "too few"),
)


def plural(number: int, noun: str, many: str | None = None) -> str:
    """`1 case`, `2 cases`."""
    return f"{number} {noun if number == 1 else many or noun + 's'}"


def meaning(finding: Finding) -> str:
    """What a status says where the rule has no words of its own for it; '' where the title is enough."""
    if finding.status == "pending":
        return "Not met yet, and there is still time."
    if finding.status == "undetermined":
        return "The case does not say enough to decide this."
    return ""


def basis_in_words(basis: str) -> str:
    """What a basis is worth, for a reader who doesn't know the word."""
    meaning = _BASIS.get(basis)
    return f"{basis}: {meaning}" if meaning else basis


def basis(finding: Finding) -> str:
    """What the rule rests on, and the weakest thing in its derivation where that is weaker."""
    own = basis_in_words(finding.basis)
    if finding.rests_on == finding.basis:
        return own
    return f"{own}. Its weakest ground is {basis_in_words(finding.rests_on)}"


def fact(view: FactView) -> str:
    """`notice(id: N1, received: 2043-09-01)`, fit to be printed."""
    return line(f"{view.type}({', '.join(f'{name}: {render(value)}' for name, value in view.fields)})")


def name_of(view: FactView) -> str:
    """Its type and id, or all of it where it has none."""
    own = dict(view.fields).get("id")
    return fact(view) if own is None or isinstance(own, Unknown) else line(f"{view.type} {render(own)}")


def failed_test(test: FailedTest) -> str:
    """`received: wanted on or before 2043-07-18, found 2043-09-01: 45 days late`."""
    field = test.field.removeprefix("$")
    if test.unknown:
        return line(f"{field}: wanted {test.wanted}, but the value is unknown")
    apart = f": {distance(test.by, test.wanted)}" if test.by else ""
    return line(f"{field}: wanted {test.wanted}, found {test.found}{apart}")


def distance(by: str, wanted: str) -> str:
    """How far off a value is: `45 days late`, `2 too few`, or `off by P1Y` where the direction isn't known."""
    days = _DAYS.fullmatch(by)
    number = re.fullmatch(r"[0-9]+(\.[0-9]+)?", by)
    for beginnings, late, many in _DIRECTIONS:
        if wanted.startswith(beginnings):
            if days:
                return f"{plural(int(days[1]), 'day')} {late}"
            return f"{by} {many}" if number else f"{by} {late}"
    return f"{plural(int(days[1]), 'day')} off" if days else f"off by {by}"


def unjudged(action: ActionView) -> str:
    """Why an action that no rule judged is shown."""
    return line(f"no rule spoke to {action.type} {action.id}, so nothing says that it complies")


def not_in_force(action: ActionView) -> str:
    """Why an action outside the time of the agreement is shown."""
    return line(f"{action.type} {action.id} lies outside the time the agreement is in force")


def placed(problem: Problem, label: str = "") -> str:
    """A problem on one line, with its place first; `label` stands between place and words."""
    where = _PROBLEM_WITHOUT_PLACE if problem.place is None else str(problem.place)
    return f"{where}: {label}{line(problem.message)}"


def problems(results: Results) -> tuple[Problem, ...]:
    """Everything that could not be read or judged, in the order of the cases."""
    return (*(each for verdict in results.verdicts for each in verdict.problems), *results.problems)


def tally(results: Results) -> dict[str, int]:
    """How many cases came to what, every case status named."""
    found = Counter(verdict.status for verdict in results.verdicts)
    return {status: found[status] for status in CASE_STATUSES}


def findings_tally(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings have which status, every status named."""
    found = Counter(finding.status for finding in findings)
    return {status: found[status] for status in FINDING_STATUSES}


def counted(numbers: dict[str, int]) -> str:
    """`1 violated, 2 pending`; what there is none of is left out."""
    return ", ".join(f"{number} {name.replace('-', ' ')}" for name, number in numbers.items() if number)


def summary(results: Results) -> str:
    """The whole run in one line."""
    verdicts = results.verdicts
    findings = [finding for verdict in verdicts for finding in verdict.findings]
    parts = [plural(len(verdicts), "case") + (f": {counted(tally(results))}" if verdicts else "")]
    if findings:
        parts.append(f"{plural(len(findings), 'finding')}: {counted(findings_tally(findings))}")
    silent = sum(len(verdict.unjudged) for verdict in verdicts)
    if silent:
        parts.append(f"{plural(silent, 'action')} no rule spoke to")
    outside = sum(len(verdict.not_in_force) for verdict in verdicts)
    if outside:
        parts.append(f"{plural(outside, 'action')} outside the time of the agreement")
    if results.problems:
        parts.append(f"{plural(len(results.problems), 'problem')} with files")
    return "; ".join(parts)


def closing(coverage: Coverage) -> str:
    """The line that every report for people ends with."""
    covered = uncovered(coverage.clauses, coverage.not_covered)
    return f"This is not legal advice: {covered}, and the articles of the agreement themselves were not read."


def uncovered(clauses: int, not_covered: int) -> str:
    """How many of the clauses no rule covers."""
    if not not_covered:
        return f"all {plural(clauses, 'clause')} known to the pack have rules"
    return f"{not_covered} of {plural(clauses, 'clause')} {'is' if not_covered == 1 else 'are'} not covered by rules"


def clause(name: str, says: str | None) -> str:
    """A clause as the pack tells it: not in quotation marks, because these are not the agreement's words."""
    if not says or says == "unknown":
        return f"Clause {name}: its text is not known."
    return f"Clause {name}, as this pack tells it: {says.rstrip('. ')}."


def engines(receipt: Receipt) -> str:
    """Who judged."""
    if receipt.referee is None:
        return f"{receipt.engine} alone"
    if receipt.engine == NO_ENGINE:
        return f"the referee {receipt.referee} alone"
    return f"{receipt.engine} and the referee {receipt.referee}, which agree"


def options(change: Iterable[tuple[str, str]]) -> str:
    """Readings as a user would give them: `partner-routing=either`."""
    return ", ".join(f"{question}={option}" for question, option in change)


def judged(verdict: Verdict) -> str:
    """The day of judging, for a heading."""
    if verdict.receipt is None:
        return ""
    return f"as of {verdict.receipt.as_of}" + ("" if verdict.receipt.as_of_stated else " (today)")
