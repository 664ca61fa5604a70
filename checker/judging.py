"""One case through the line: engines, comparison, explanation, verdict.

An opened pack is compiled once and may be shared between threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import NamedTuple

from checker.chronology import timeline
from checker.compare import agreed
from checker.dates import Date
from checker.dependencies import Dependencies
from checker.derivation import view
from checker.engine import version
from checker.errors import Place
from checker.explain import Spoken, explain, spoken
from checker.forward import run
from checker.gate import case_status
from checker.load import Document
from checker.model import (
    BASES,
    SEVERITIES,
    Absent,
    AnyOf,
    Body,
    Case,
    Count,
    Fact,
    Given,
    Level,
    Pack,
    Pattern,
    Severity,
    Unless,
)
from checker.outcome import Outcome
from checker.program import Program, compile_pack
from checker.referee import judge
from checker.referee_values import compare
from checker.speech import speech
from checker.values import Value, Variable
from checker.verdict import (
    ActionView,
    Assumption,
    Coverage,
    Derivation,
    DerivedFact,
    FactView,
    Finding,
    Receipt,
    Remedy,
    Verdict,
)
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
    unspoken = _unspoken(pack, case, outcome, findings)
    outside = [given for given in unspoken if _is_outside_force(pack, outcome, given.fact)]
    judged = [given for given in unspoken if given not in outside and not pack.types[given.fact.type].free]
    verdict = Verdict(
        case=case.name,
        sha256=case.sha256,
        status=case_status(kept, asked.min_severity, spoke=any(_spoke(each, asked) for each in said)),
        findings=kept,
        problems=(),
        unjudged=tuple(_action(pack, given) for given in judged),
        not_in_force=tuple(_action(pack, given) for given in outside),
        unread=tuple(_unread(pack, case, outcome, findings)),
        receipt=_receipt(opened, case, worlds, asked),
        source=document.lines,
        assumed=tuple(Assumption(_stated(pack, each.given), each.source) for each in case.assumed),
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


def _unspoken(pack: Pack, case: Case, outcome: Outcome, findings: Iterable[Finding]) -> list[Given]:
    """Proposed actions no rule spoke to: neither by default nor, where readings differ about it, in a finding."""
    told = {(finding.rule, finding.subject) for finding in findings}
    speaking: set[Fact] = set()
    for witness, label in outcome.witnesses.items():
        if witness.part != "when":
            continue
        if not label.possible & 1 and (witness.match.rule, witness.match.subject) not in told:
            continue
        mode = pack.rules[witness.match.rule].mode
        if mode in ("needs", "owes", "forbids") or (mode == "permits" and label.certain & 1):
            speaking.update(witness.facts)
    return [
        given
        for given in sorted(case.given, key=lambda each: (each.place.line, each.place.column))
        if pack.types[given.fact.type].action and given.fact.values[-1] == "yes" and given.fact not in speaking
    ]


def _is_outside_force(pack: Pack, outcome: Outcome, fact: Fact) -> bool:
    """Whether the action is definitely dated before the agreement was in force, or after it ended."""
    day = _day_of(pack, fact)
    if not isinstance(day, Date):
        return False
    ends = [] if pack.force.end is None else [pack.force.end]
    ends += [
        end
        for each, label in outcome.facts.items()
        if each.type == pack.force.ended_by and label.certain & 1 and isinstance(end := _day_of(pack, each), Date)
    ]
    return (pack.force.start is not None and day < pack.force.start) or any(day > end for end in ends)


def _day_of(pack: Pack, fact: Fact) -> Value | None:
    kind = pack.types[fact.type]
    return fact.values[list(kind.fields).index(kind.day)] if kind.day else None


def _action(pack: Pack, given: Given) -> ActionView:
    fields = list(pack.types[given.fact.type].fields)
    return ActionView(given.fact.type, str(given.fact.values[fields.index("id")]), given.place)


def _unread(pack: Pack, case: Case, outcome: Outcome, findings: Iterable[Finding]) -> list[FactView]:
    """Facts that no rule read and no finding shows as a near miss: a misspelt value ends here."""
    read: set[Fact] = {fact for witness in outcome.witnesses for fact in witness.facts}
    near = {near.fact.place for finding in findings for each in finding.missing for near in each.near}
    near |= {place for finding in findings for place in _told(finding.because)}
    looked_for = list(_negative_patterns(pack))
    found = []
    for given in case.given:
        proposed = pack.types[given.fact.type].action and given.fact.values[-1] == "yes"
        if proposed or given.fact in read or given.place in near:
            continue
        if not any(_could_fill(pack, pattern, given.fact) for pattern in looked_for):
            found.append(_stated(pack, given))
    return sorted(found, key=lambda each: (each.place.line, each.place.column) if each.place else (0, 0))


def _stated(pack: Pack, given: Given) -> FactView:
    return view(pack.types[given.fact.type], given.fact, given)


def _told(derivations: Iterable[Derivation]) -> Iterable[Place | None]:
    """Where the facts stand that a derivation goes back to."""
    for each in derivations:
        if isinstance(each, DerivedFact):
            yield from _told(each.because)
        else:
            yield each.fact.place


def _negative_patterns(pack: Pack) -> Iterable[Pattern]:
    """Patterns whose facts are no witnesses: those inside `absent`, `count` and exceptions of exceptions."""
    for rule in pack.rules.values():
        for body in (rule.when, *([rule.body] if rule.body else [])):
            yield from _inside(body, counted=False)
        for unless in rule.unless:
            yield from _inside(unless.body, counted=False)
            yield from _nested(unless)


def _nested(unless: Unless) -> Iterable[Pattern]:
    for inner in unless.unless:
        yield from _inside(inner.body, counted=True)
        yield from _nested(inner)


def _inside(body: Body, *, counted: bool) -> Iterable[Pattern]:
    for item in body.items:
        if isinstance(item, Pattern) and counted:
            yield item
        elif isinstance(item, Count):
            yield item.of
        elif isinstance(item, Absent):
            yield from _inside(item.body, counted=True)
        elif isinstance(item, AnyOf):
            for branch in item.bodies:
                yield from _inside(branch, counted=counted)


def _could_fill(pack: Pack, pattern: Pattern, fact: Fact) -> bool:
    if pattern.type != fact.type:
        return False
    values = dict(zip(pack.types[fact.type].fields, fact.values, strict=True))
    return all(
        compare(test.op, values[test.field], *literals) != Level.FALSE
        for test in pattern.tests
        if len(literals := [term.base for term in test.terms if not isinstance(term.base, Variable)]) == len(test.terms)
        and not any(term.steps for term in test.terms)
    )


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
