"""Words that reports share: statuses counted, a basis in words, distances, the summary and the closing line.

A status, a severity and a basis are words for programs; here they get their words for people, in any language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from checker.errors import Problem
from checker.gate import tally
from checker.messages import listed, one_after_another
from checker.results import Coverage, Results
from checker.speech import Speech, forms, noted
from checker.terminal import line
from checker.values import Unknown, render
from checker.verdict import FINDING_STATUSES, NOT_KNOWN, ActionView, FactView, FailedTest, Finding, Receipt, Verdict

NEEDS_ATTENTION = frozenset(("violated", "contested", "undetermined", "pending"))

_STATUS = {
    "violated": noted("violated"),
    "contested": noted("contested"),
    "undetermined": noted("undetermined"),
    "pending": noted("pending"),
    "excused": noted("excused"),
    "overridden": noted("overridden"),
    "satisfied": noted("satisfied"),
    "silent": noted("not applicable"),
    "compliant": noted("compliant"),
    "not-applicable": noted("not applicable"),
    "invalid": noted("invalid"),
}
_SEVERITY = {"error": noted("error"), "warning": noted("warning"), "note": noted("note"), "ok": noted("ok")}
_BASIS = {
    "official-text": noted("the official text"),
    "press-quote": noted("words of the agreement as the press quotes them"),
    "official-summary": noted("an official summary; the article itself has not been seen"),
    "press-paraphrase": noted("a press report in its own words; the article itself has not been seen"),
    "seed": noted("the description of the agreement that this pack was given; the article itself has not been seen"),
    "roadmap-2021": noted("the roadmap of 2021, which is not the agreement"),
    "sibling": noted("by analogy with sibling agreements; the article itself has not been seen"),
    "inference": noted("a conclusion of the pack's authors; no text says so"),
}
ENCODED = {  # how far rules cover a clause
    "yes": noted("rules cover it"),
    "partly": noted("rules cover a part of it"),
    "judgement": noted("left to the judgement of people"),
    "no": noted("no rule covers it"),
}
NO_ENGINE = "none"  # in a receipt
_PROBLEM_WITHOUT_PLACE = "servanda"
_DAYS = re.compile(r"P([0-9]+)D")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_DAYS_APART = {
    "before": forms("{number} day late", "{number} days late"),
    "on-or-before": forms("{number} day late", "{number} days late"),
    "after": forms("{number} day early", "{number} days early"),
    "on-or-after": forms("{number} day early", "{number} days early"),
    "at-most": forms("{number} day too long", "{number} days too long"),
    "less-than": forms("{number} day too long", "{number} days too long"),
    "at-least": forms("{number} day too short", "{number} days too short"),
    "more-than": forms("{number} day too short", "{number} days too short"),
}
_OFF = forms("{number} day off", "{number} days off")
_OUTSIDE = forms(
    "{number} action outside the time of the agreement", "{number} actions outside the time of the agreement"
)
_COVERED = forms(
    "all {number} clause known to the pack have rules", "all {number} clauses known to the pack have rules"
)
_UNCOVERED = forms("{number} {of_clauses} is not covered by rules", "{number} {of_clauses} are not covered by rules")
_NUMBERS_APART = {
    "at-most": noted("{by} too many"),
    "less-than": noted("{by} too many"),
    "at-least": noted("{by} too few"),
    "more-than": noted("{by} too few"),
}


def status(name: str, speech: Speech) -> str:
    """A status of a finding or a case, for people."""
    return speech.say(_STATUS[name])


def severity(finding: Finding, speech: Speech) -> str:
    """How bad it is, or that it is well."""
    return speech.say(_SEVERITY[finding.severity if finding.status in NEEDS_ATTENTION else "ok"])


def meaning(finding: Finding, speech: Speech) -> str:
    """What a status says where the rule has no words of its own for it; '' where the title is enough."""
    if finding.status == "pending":
        return speech.say("Not met yet, and there is still time.")
    if finding.status == "undetermined" and not finding.questions and not finding.missing:
        return speech.say("What is known of the agreement does not decide this.")
    if finding.status == "undetermined":
        return speech.say("The case does not say enough to decide this.")
    return ""


def basis_in_words(basis: str, speech: Speech) -> str:
    """What a basis is worth, for a reader who doesn't know the word."""
    meaning = _BASIS.get(basis)
    return speech.say("{basis}: {meaning}", basis=basis, meaning=speech.say(meaning)) if meaning else basis


def basis(finding: Finding, speech: Speech) -> str:
    """What the rule rests on, and the weakest thing in its derivation where that is weaker."""
    own = basis_in_words(finding.basis, speech)
    if finding.rests_on == finding.basis:
        return speech.say("{basis}.", basis=own)
    weakest = basis_in_words(finding.rests_on, speech)
    return speech.say("{basis}. Its weakest ground is {weakest}.", basis=own, weakest=weakest)


def fact(view: FactView) -> str:
    """`notice(id: N1, received: 2043-09-01)`, fit to be printed."""
    return line(f"{view.type}({', '.join(f'{name}: {render(value)}' for name, value in view.fields)})")


def name_of(view: FactView) -> str:
    """Its type and id, or all of it where it has none."""
    own = dict(view.fields).get("id")
    return fact(view) if own is None or isinstance(own, Unknown) else line(f"{view.type} {render(own)}")


def failed_test(test: FailedTest, speech: Speech) -> str:
    """`received: wanted on or before 2043-07-18, found 2043-09-01: 45 days late`."""
    told = {"field": test.field.removeprefix("$"), "wanted": test.wanted}
    if test.unknown:
        return line(speech.say("{field}: wanted {wanted}, but the value is unknown", **told))
    if not test.by or (_NUMBER.fullmatch(test.by) and test.op not in _NUMBERS_APART):  # between numbers as names
        return line(speech.say("{field}: wanted {wanted}, found {found}", found=test.found, **told))
    apart = distance(test.by, test.op, speech)
    return line(
        speech.say("{field}: wanted {wanted}, found {found}: {distance}", found=test.found, distance=apart, **told)
    )


def distance(by: str, op: str, speech: Speech) -> str:
    """How far off a value is: `45 days late`, `2 too few`, or `off by P1Y` where the direction isn't known."""
    if days := _DAYS.fullmatch(by):
        one, others = _DAYS_APART.get(op, _OFF)
        return speech.many(one, others, int(days[1]))
    if op in _NUMBERS_APART and _NUMBER.fullmatch(by):
        return speech.say(_NUMBERS_APART[op], by=by)
    return speech.say("off by {by}", by=by)


def unjudged(action: ActionView, speech: Speech) -> str:
    """Why an action that no rule judged is shown."""
    told = f"{action.type} {action.id}"
    return line(speech.say("no rule spoke to {action}, so nothing says that it complies", action=told))


def not_in_force(action: ActionView, speech: Speech) -> str:
    """Why an action outside the time of the agreement is shown."""
    told = f"{action.type} {action.id}"
    return line(speech.say("{action} lies outside the time the agreement is in force", action=told))


def supposed(verdict: Verdict, speech: Speech) -> str:
    """How the case was changed before it was judged; '' where it was judged as it is."""
    facts, ids = "; ".join(fact(each.fact) for each in verdict.assumed), line(", ".join(verdict.without))
    if facts and ids:
        return speech.say("Assumed: {facts}; left out: {ids}", facts=facts, ids=ids)
    if facts:
        return speech.say("Assumed: {facts}", facts=facts)
    return speech.say("Left out: {ids}", ids=ids) if ids else ""


def placed(problem: Problem, label: str = "") -> str:
    """A problem on one line, with its place first; `label` stands between place and words."""
    where = _PROBLEM_WITHOUT_PLACE if problem.place is None else str(problem.place)
    return f"{where}: {label}{line(problem.message)}"


def problems(results: Results) -> tuple[Problem, ...]:
    """Everything that could not be read or judged, in the order of the cases."""
    return (*(each for verdict in results.verdicts for each in verdict.problems), *results.problems)


def findings_tally(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings have which status, every status named."""
    found = Counter(finding.status for finding in findings)
    return {status: found[status] for status in FINDING_STATUSES}


def counted(numbers: Mapping[str, int], speech: Speech) -> str:
    """`1 violated, 2 pending`; what there is none of is left out."""
    told = (
        speech.say("{number} {status}", number=number, status=status(name, speech))
        for name, number in numbers.items()
        if number
    )
    return listed(told, speech)


def pack_titles(results: Results, speech: Speech) -> str:
    """The titles of the packs of the run."""
    return one_after_another([each.title for each in results.packs] or [results.pack_title], speech)


def packs(results: Results, speech: Speech) -> str:
    """The packs of the run with their versions."""
    names = [f"{each.id} {each.version}" for each in results.packs]
    return listed(names or [f"{results.pack} {results.pack_version}"], speech)


def summary(results: Results, speech: Speech) -> str:
    """The whole run in one line."""
    total = tally(results)
    cases, findings = sum(total.cases.values()), sum(total.findings.values())
    parts = [_numbered(speech.many("{number} case", "{number} cases", cases), total.cases, speech)]
    if findings:
        told = speech.many("{number} finding", "{number} findings", findings)
        parts.append(_numbered(told, total.findings, speech))
    if total.waived:
        parts.append(speech.many("{number} finding is waived", "{number} findings are waived", total.waived))
    if total.in_baseline:
        parts.append(speech.many("{number} is in the baseline", "{number} are in the baseline", total.in_baseline))
    if silent := total.unjudged:
        parts.append(speech.many("{number} action no rule spoke to", "{number} actions no rule spoke to", silent))
    if total.not_in_force:
        parts.append(speech.many(*_OUTSIDE, total.not_in_force))
    if broken := sum(each.place is not None for each in results.problems):
        parts.append(speech.many("{number} problem with files", "{number} problems with files", broken))
    return one_after_another(parts, speech)


def _numbered(told: str, numbers: Mapping[str, int], speech: Speech) -> str:
    if not any(numbers.values()):
        return told
    return speech.say("{number}: {tally}", number=told, tally=counted(numbers, speech))


def closing(coverage: Coverage, speech: Speech) -> str:
    """The line that every report for people ends with."""
    return speech.say(
        "This is not legal advice: {covered}, and the articles of the agreement themselves were not read.",
        covered=uncovered(coverage.clauses, coverage.not_covered, speech),
    )


def uncovered(clauses: int, not_covered: int, speech: Speech) -> str:
    """How many of the clauses no rule covers."""
    if not clauses:
        return speech.say("no clause of the agreement is known")
    if not not_covered:
        return speech.many(*_COVERED, clauses)
    return speech.many(
        *_UNCOVERED, not_covered, of_clauses=speech.many("of {number} clause", "of {number} clauses", clauses)
    )


def clause(name: str, says: str | None, speech: Speech) -> str:
    """A clause as the pack tells it: not in quotation marks, because these are not the agreement's words."""
    if not says or says == NOT_KNOWN:
        return speech.say("Clause {name}: its text is not known.", name=name)
    return speech.say("Clause {name}, as this pack tells it: {says}.", name=name, says=says.rstrip(". 。"))


def engines(receipt: Receipt, speech: Speech) -> str:
    """Who judged."""
    if receipt.referee is None:
        return speech.say("{engine} alone", engine=receipt.engine)
    if receipt.engine == NO_ENGINE:
        return speech.say("the referee {referee} alone", referee=receipt.referee)
    return speech.say("{engine} and the referee {referee}, which agree", engine=receipt.engine, referee=receipt.referee)


def options(change: Iterable[tuple[str, str]]) -> str:
    """Readings as a user would give them: `partner-routing=either`."""
    return ", ".join(f"{question}={option}" for question, option in change)


def judged(verdict: Verdict, speech: Speech) -> str:
    """The day of judging, for a heading."""
    if verdict.receipt is None:
        return ""
    if verdict.receipt.as_of_stated:
        return speech.say("as of {day}", day=verdict.receipt.as_of)
    return speech.say("as of {day} (today)", day=verdict.receipt.as_of)
