"""The whole story of one case: the verdict, why other rules said nothing, what readings change, and when it turns.

Nothing here decides anything: why a rule is silent is read off its own `when`, and every other
answer is the verdict of the same case under other readings or on another day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from checker.dates import Date
from checker.derivation import Derivations
from checker.judging import Asked, OpenPack, judge_in_full
from checker.load import Document
from checker.missing import NearMisses, gaps
from checker.model import Case, Level, Pack, Rule, text_in
from checker.outcome import Outcome
from checker.referee_match import LISTED, Facts, Search
from checker.referee_open import part_of
from checker.referee_values import next_day
from checker.speech import Speech
from checker.values import Value
from checker.verdict import CaseStatus, Finding, Missing, Verdict
from checker.worlds import Worlds, worlds_of

Change = tuple[tuple[str, str], ...]


class WhyNot(NamedTuple):
    """A judged rule that said nothing: what its `when` looked for in vain, or `elsewhere`, where all of it was found.

    `elsewhere`: not in force on that day, part of other readings, or met at most possibly.
    """

    rule: str
    title: str
    missing: tuple[Missing, ...]
    elsewhere: str


class Row(NamedTuple):
    """The verdict under a combination of readings, told by its difference from the default ones."""

    change: Change
    status: CaseStatus
    findings: tuple[tuple[str, str | None, str], ...]  # rule, action, status: those that differ from the default's


class Span(NamedTuple):
    """From which day to which a story is told."""

    first: Date
    last: Date


class Turn(NamedTuple):
    """A day from which on the verdict is another, and the findings that changed (rule, action, before, after)."""

    day: Date
    status: CaseStatus
    changed: tuple[tuple[str, str | None, str, str], ...]


class Story(NamedTuple):
    """What is told beside the verdict: the rules that said nothing, and what was asked for of readings and days."""

    silent: tuple[WhyNot, ...]
    rows: tuple[Row, ...]
    turns: tuple[Turn, ...]


def why_not(
    opened: OpenPack, case: Case, outcome: Outcome, verdict: Verdict, rules: Iterable[str], speech: Speech
) -> tuple[WhyNot, ...]:
    """Of the rules named, those that said nothing, each with the reason, under the default readings."""
    pack = opened.pack
    spoke = {finding.rule for finding in verdict.findings}
    worlds = worlds_of(pack, opened.dependencies, {}, case)
    told = _Silence(pack, case, outcome, worlds, speech.naming(pack.names))
    silent = [pack.rules[name] for name in sorted(rules) if name not in spoke and pack.rules[name].mode != "means"]
    return tuple(told.of(rule) for rule in silent)


class _Silence:
    """Why rules say nothing in the world of the default readings."""

    def __init__(self, pack: Pack, case: Case, outcome: Outcome, worlds: Worlds, speech: Speech) -> None:
        self.pack, self.speech = pack, speech
        self.reading = dict(outcome.worlds[0])
        facts = Facts(pack, case)
        for fact, label in outcome.facts.items():
            if label.possible & 1:
                facts.add({fact: Level.DEFINITE if label.certain & 1 else Level.POSSIBLE})
        self.search = Search(pack, case, self.reading, facts)
        self.near = NearMisses(self.search, Derivations(pack, case, outcome, 0, speech))
        self.worlds = worlds

    def of(self, rule: Rule) -> WhyNot:
        """The first item of `when` that nothing meets, and what came near; else where the rule would speak."""
        title = text_in(rule.title, self.speech.language)
        if not part_of(rule.reading, self.reading):
            readings = ", ".join(f"{question}={option}" for question, option in rule.reading)
            told = self.speech.say("it is part of another reading: {readings}", readings=readings)
            return WhyNot(rule.id, title, (), told)
        found = [self.near.missing(gap, None) for gap in gaps(self.search, rule.when, {}, LISTED, None)]
        missing = tuple(dict.fromkeys(each for each in found if each is not None))
        if missing:
            return WhyNot(rule.id, title, missing, "")
        return WhyNot(rule.id, title, (), self.speech.say("the agreement, or the rule, is not in force on that day"))


def by_readings(opened: OpenPack, case: Case, document: Document, asked: Asked) -> tuple[Row, ...]:
    """The verdict under every combination of the readings that the case depends on, the default's first."""
    worlds = worlds_of(opened.pack, opened.dependencies, asked.readings, case)
    home = dict(worlds.keys[0])
    rows: list[Row] = []
    default: dict[tuple[str, str | None], str] = {}
    for key in worlds.keys:
        verdict, _ = judge_in_full(opened, case, document, asked._replace(readings=dict(key), remedies=False))
        told = _statuses(verdict.findings)
        default = default or told
        other = tuple(
            (rule, action, told.get((rule, action), "silent"))
            for rule, action in sorted({*told, *default}, key=str)
            if told.get((rule, action)) != default.get((rule, action))
        )
        change = tuple(pair for pair in key if home[pair[0]] != pair[1])
        rows.append(Row(change, verdict.status, other))
    return tuple(sorted(rows, key=lambda row: len(row.change)))


def turns(opened: OpenPack, case: Case, document: Document, asked: Asked, first: Date, last: Date) -> tuple[Turn, ...]:
    """The verdict on the first day, and each later day up to the last from which on it is another."""
    found: list[Turn] = []
    before: dict[tuple[str, str | None], str] = {}
    left = [first]
    tried: set[Date] = set()
    answers: dict[Date, Verdict] = {}
    while left:  # a verdict may name days of its own, which matter too
        day = left.pop()
        tried.add(day)
        changed = replace(case, as_of=day)
        verdict, outcome = judge_in_full(opened, changed, document, asked._replace(remedies=False))
        answers[day] = verdict
        days = {each for each in _days(outcome, verdict) if first <= each <= last}
        left += sorted(days - tried - set(left))
    for day in sorted(answers):
        now = _statuses(answers[day].findings)
        other = tuple(
            (rule, action, before.get((rule, action), "silent"), now.get((rule, action), "silent"))
            for rule, action in sorted({*before, *now}, key=str)
            if before.get((rule, action), "silent") != now.get((rule, action), "silent")
        )
        if not found or other or found[-1].status != answers[day].status:
            found.append(Turn(day, answers[day].status, other if found else ()))
        before = now
    return tuple(found)


def _days(outcome: Outcome, verdict: Verdict) -> Iterator[Date]:
    """The days on which a verdict can turn: those of facts and due days, and the day after each."""
    values: list[Value] = [value for fact in outcome.facts for value in fact.values]
    values += [value for finding in verdict.findings for _, value in finding.bindings]
    for value in dict.fromkeys(value for value in values if isinstance(value, Date)):
        yield value
        if isinstance(following := next_day(value), Date):
            yield following


def _statuses(findings: Iterable[Finding]) -> dict[tuple[str, str | None], str]:
    return {(finding.rule, finding.action): finding.status for finding in findings}


def story(  # noqa: PLR0913 - what is asked for
    opened: OpenPack,
    case: Case,
    document: Document,
    asked: Asked,
    rules: Iterable[str],
    *,
    readings: bool,
    span: Span | None,
    speech: Speech,
) -> tuple[Verdict, Story]:
    """The verdict on a case and what is told beside it; `rules` are those whose silence is explained."""
    verdict, outcome = judge_in_full(opened, case, document, asked)
    silent = why_not(opened, case, outcome, verdict, rules, speech)
    rows = by_readings(opened, case, document, asked) if readings else ()
    when = turns(opened, case, document, asked, span.first, span.last) if span is not None else ()
    return verdict, Story(silent, rows, when)
