"""One case through the line: engines, comparison, explanation, verdict.

An opened pack is compiled once and may be shared between threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import NamedTuple

from checker.chronology import timeline
from checker.compare import agreed
from checker.dependencies import Dependencies
from checker.engine import version
from checker.explain import Spoken, explain, spoken
from checker.forward import run
from checker.gate import case_status
from checker.load import Document
from checker.model import (
    BASES,
    SEVERITIES,
    Case,
    Pack,
    Severity,
)
from checker.outcome import Outcome
from checker.program import Program, compile_pack
from checker.referee import judge
from checker.results import Coverage
from checker.silences import silences, stated
from checker.speech import speech
from checker.verdict import Assumption, Finding, Receipt, Remedy, Verdict
from checker.version import __version__
from checker.worlds import Worlds, worlds_of

FAILING = frozenset(("violated", "contested", "undetermined", "pending"))


@dataclass(frozen=True, slots=True, eq=False)
class OpenPack:
    """A pack ready to judge with."""

    pack: Pack
    program: Program | None  # None: the referee judges alone
    dependencies: Dependencies

    @property
    def coverage(self) -> Coverage:
        """How many clauses there are, and how many no rule covers."""
        clauses = self.pack.clauses.values()
        return Coverage(len(clauses), sum(clause.encoded in ("no", "judgement") for clause in clauses))


class Asked(NamedTuple):
    """What a caller asks of one judgement."""

    engine: str  # both, durable or referee
    readings: Mapping[str, str]
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_severity: Severity = "error"
    min_basis: str | None = None
    language: str = "en"
    remedies: bool = False
    questions: bool = True  # a test only asks for statuses
    timeline: bool = False  # the days of the case, for a report that draws them


def open_pack(pack: Pack, *, with_engine: bool) -> OpenPack:
    """The pack, compiled for the engine if it is to be used."""
    return OpenPack(pack, compile_pack(pack) if with_engine else None, Dependencies(pack))


def judge_case(opened: OpenPack, case: Case, document: Document, asked: Asked) -> Verdict:
    """The verdict on a case. EngineError where there is none."""
    return judge_in_full(opened, case, document, asked)[0]


def judge_in_full(opened: OpenPack, case: Case, document: Document, asked: Asked) -> tuple[Verdict, Outcome]:
    """The verdict on a case, and the outcome it tells of."""
    pack = opened.pack
    worlds = worlds_of(pack, opened.dependencies, asked.readings, case)
    outcome = _outcome(opened, case, document, worlds, asked.engine)
    again = partial(_again, opened, asked) if asked.questions else None
    findings = explain(pack, case, outcome, worlds, speech(asked.language), again)
    kept = tuple(finding for finding in findings if _is_asked_for(finding, asked))
    if asked.remedies:
        kept = _advised(opened, case, document, asked, kept)
    said = spoken(pack, outcome, worlds)
    silent = silences(pack, case, outcome, findings)
    verdict = Verdict(
        case=case.name,
        sha256=case.sha256,
        status=case_status(kept, asked.min_severity, spoke=any(_spoke(each, asked) for each in said)),
        findings=kept,
        problems=(),
        unjudged=silent.unjudged,
        not_in_force=silent.not_in_force,
        unread=silent.unread,
        receipt=_receipt(opened, case, worlds, asked),
        source=document.lines,
        assumed=tuple(Assumption(stated(pack, each.given), each.source) for each in case.assumed),
        without=case.without,
        timeline=timeline(pack, case, outcome) if asked.timeline else None,
    )
    return verdict, outcome


def _outcome(opened: OpenPack, case: Case, document: Document, worlds: Worlds, which: str) -> Outcome:
    if opened.program is None or which == "referee":
        return judge(opened.pack, case, worlds.keys)
    outcome = run(opened.program, case, worlds.keys)
    if which == "durable":
        return outcome
    return agreed(opened.pack, case, document.text, outcome, judge(opened.pack, case, worlds.keys))


def _again(opened: OpenPack, asked: Asked, case: Case) -> tuple[Outcome, Worlds]:
    """A changed case, judged by one of the two, which agree: by the quicker where there is a choice."""
    worlds = worlds_of(opened.pack, opened.dependencies, asked.readings, case)
    if opened.program is None or asked.engine == "referee":
        return judge(opened.pack, case, worlds.keys), worlds
    return run(opened.program, case, worlds.keys), worlds


def _advised(
    opened: OpenPack, case: Case, document: Document, asked: Asked, findings: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """The findings, those that fail with what would put them right."""
    from checker.advice import advice, why_none  # noqa: PLC0415 - where all is well nobody needs it
    from checker.remedies import Remedies  # noqa: PLC0415

    failing = [each for each in findings if each.status in FAILING and not _is_element(opened.pack, each, findings)]
    if not failing:
        return findings
    remedies = Remedies(opened.pack, case, partial(_again, opened, asked))
    spoken_in = speech(asked.language).naming(opened.pack.names)

    def prove(changed: Case) -> bool:
        worlds = worlds_of(opened.pack, opened.dependencies, asked.readings, changed)
        return bool(_outcome(opened, changed, document, worlds, asked.engine))

    found: list[Finding] = []
    number = 1
    for each in findings:
        told: tuple[Remedy, ...] = ()
        reason = None
        if each.fingerprint in {other.fingerprint for other in failing}:
            told = advice(remedies, opened.pack.rules[each.rule], each.subject, prove, spoken_in)
            told = tuple(remedy._replace(number=place) for place, remedy in enumerate(told, number))
            reason = why_none(remedies, spoken_in) if not told and each.status != "pending" else None
        number += len(told)
        found.append(each._replace(remedies=told, no_remedy=reason))
    return tuple(found)


def _is_element(pack: Pack, finding: Finding, findings: tuple[Finding, ...]) -> bool:
    """Whether the finding is about an element of a block whose own rule speaks of the same."""
    block = pack.rules[finding.rule].block
    return block is not None and any(
        each.rule == block != finding.rule and each.subject == finding.subject for each in findings
    )


def _is_asked_for(finding: Finding, asked: Asked) -> bool:
    if not is_selected(finding.rule, asked.select, asked.ignore):
        return False
    return asked.min_basis is None or BASES.index(finding.rests_on) <= BASES.index(asked.min_basis)


def is_selected(rule: str, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    """Whether a run asks about a rule."""
    if any(names(glob, rule) for glob in ignore):
        return False
    return not select or any(names(glob, rule) for glob in select)


def names(glob: str, rule: str) -> bool:
    """Whether a glob names a rule; a block's id names its elements too."""
    return fnmatchcase(rule, glob) or fnmatchcase(rule, f"{glob}/*")


def _spoke(each: Spoken, asked: Asked) -> bool:
    """Whether a rule that counts looked at the case and found nothing to say."""
    counts = SEVERITIES.index(each.rule.severity) >= SEVERITIES.index(asked.min_severity)
    return counts and is_selected(each.rule.id, asked.select, asked.ignore)


def _receipt(opened: OpenPack, case: Case, worlds: Worlds, asked: Asked) -> Receipt:
    pack = opened.pack
    judged = opened.program is not None and asked.engine != "referee"
    return Receipt(
        pack=pack.id,
        pack_version=pack.version,
        pack_sha256=pack.sha256,
        checker=__version__,
        engine=(version() or "durable-rules") if judged else "none",
        referee=None if asked.engine == "durable" else __version__,
        as_of=str(case.as_of),
        as_of_stated=case.as_of_stated,
        readings=worlds.keys[0],
    )
