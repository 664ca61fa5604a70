"""Results without the values of the case: what every report makes of them tells what is wrong where, and not with what.

What stays: rules with their titles, clauses, sources and bases; statuses and severities; places; types and the names
of fields and variables; readings; the day of judging; the pack; waivers; and two hashes, of the case and of each
finding, by which a guess at the values can be tried. Everything else of the case, and what was worked out from
it, is a word that says so. Verdicts and findings are built anew, so that a part nobody thought of is left out.
"""

from __future__ import annotations

from collections.abc import Hashable

from checker.errors import Problem
from checker.results import Results
from checker.verdict import (
    ActionView,
    Answer,
    Ask,
    Assumption,
    Derivation,
    DerivedFact,
    FactView,
    FailedTest,
    Finding,
    GivenFact,
    Missing,
    Near,
    Verdict,
)

REDACTED = "[redacted]"
_PROBLEM = "what is wrong here is left out, since it may quote the case (`--redact`)"


def redacted(results: Results) -> Results:
    """The run, its values left out."""
    baseline = results.baseline
    if baseline is not None:
        stale = tuple(each._replace(action=_maybe(each.action)) for each in baseline.stale)
        baseline = baseline._replace(stale=stale)
    return results._replace(verdicts=tuple(map(_verdict, results.verdicts)), baseline=baseline)


def _verdict(verdict: Verdict) -> Verdict:
    numbers: dict[Hashable, int] = {}
    return Verdict(
        case=verdict.case,
        sha256=verdict.sha256,
        status=verdict.status,
        findings=tuple(_finding(each, numbers.setdefault(each.subject, len(numbers))) for each in verdict.findings),
        problems=tuple(Problem(each.place, _PROBLEM) for each in verdict.problems),
        unjudged=tuple(map(_action, verdict.unjudged)),
        not_in_force=tuple(map(_action, verdict.not_in_force)),
        unread=tuple(map(_fact, verdict.unread)),
        receipt=verdict.receipt,
        source=(),
        assumed=tuple(Assumption(_fact(each.fact), ()) for each in verdict.assumed),
        without=tuple(REDACTED for _ in verdict.without),
    )


def _finding(finding: Finding, subject: int) -> Finding:
    """The finding; `subject` stands for what it speaks of, so that findings on the same still belong together."""
    return Finding(
        rule=finding.rule,
        status=finding.status,
        default_status=finding.default_status,
        severity=finding.severity,
        action=_maybe(finding.action),
        fingerprint=finding.fingerprint,
        title=finding.title,
        clause=finding.clause,
        clause_says=finding.clause_says,
        cites=finding.cites,
        basis=finding.basis,
        rests_on=finding.rests_on,
        by=_maybe(finding.by),
        by_name=_maybe(finding.by_name),
        towards=_maybe(finding.towards),
        towards_name=_maybe(finding.towards_name),
        message=finding.title,
        remedy=None,
        due=_maybe(finding.due),
        bindings=tuple((name, REDACTED) for name, _ in finding.bindings),
        place=finding.place,
        underline=finding.underline,
        rule_place=finding.rule_place,
        because=tuple(map(_derivation, finding.because)),
        sums=(),
        missing=tuple(map(_missing, finding.missing)),
        found=tuple(map(_fact, finding.found)),
        excused_by=_maybe(finding.excused_by),
        overridden_by=finding.overridden_by,
        repaired_by=tuple(map(_fact, finding.repaired_by)),
        questions=tuple(map(_question, finding.questions)),
        readings=finding.readings,
        reading_note=finding.reading_note,
        then_owes=finding.then_owes,
        horizon=_maybe(finding.horizon),
        subject=(subject,),
        waiver=finding.waiver,
        in_baseline=finding.in_baseline,
    )


def _maybe(text: str | None) -> str | None:
    return None if text is None else REDACTED


def _fact(fact: FactView) -> FactView:
    return FactView(fact.type, tuple((name, REDACTED) for name, _ in fact.fields), fact.place, fact.values)


def _action(action: ActionView) -> ActionView:
    return ActionView(action.type, REDACTED, action.place)


def _derivation(node: Derivation) -> Derivation:
    if isinstance(node, GivenFact):
        return GivenFact(_fact(node.fact))
    because = tuple(map(_derivation, node.because))
    return DerivedFact(_fact(node.fact), node.rule, node.title, (), because, node.possible, node.again)


def _missing(missing: Missing) -> Missing:
    return Missing(missing.type or REDACTED, missing.type, tuple(map(_near, missing.near)))


def _near(near: Near) -> Near:
    return Near(_fact(near.fact), tuple(map(_test, near.failed)))


def _test(test: FailedTest) -> FailedTest:
    return FailedTest(test.field, test.op, REDACTED, REDACTED, None, test.place, test.unknown)


def _question(question: Ask) -> Ask:
    answers = tuple(Answer(REDACTED, each.status) for each in question.answers)
    return Ask(question.about, question.about, question.place, answers)
