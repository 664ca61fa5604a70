"""The whole story of one case: the verdict, why other rules said nothing, what readings change, and when it turns.

Nothing here decides anything: why a rule is silent is read off its own `when` (`whynot`), and every other
answer is the verdict of the same case under other readings or on another day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple, TypeAlias, TypeVar

from checker.dates import Date, parse_date
from checker.judging import Asked, OpenPack, judge_in_full
from checker.load import Document
from checker.model import Case, Fact, Pack, text_in
from checker.outcome import Outcome
from checker.referee_values import next_day
from checker.speech import Speech
from checker.values import Value
from checker.verdict import CaseStatus, Finding, Verdict
from checker.whynot import Silence, WhyNot, speaks
from checker.worlds import worlds_of

Change = tuple[tuple[str, str], ...]
Key: TypeAlias = "tuple[str, tuple[Value | Fact, ...]]"
K = TypeVar("K", bound="tuple[str, tuple[object, ...]]")


class Turned(NamedTuple):
    """A finding that has two statuses; `silent` where there is none. `about`: the action or fact it speaks of."""

    rule: str
    about: str | None
    before: str
    after: str


class Row(NamedTuple):
    """The verdict under other readings than the default ones (`change`), and the findings that differ then."""

    change: Change
    status: CaseStatus
    differing: tuple[Turned, ...]


class Pull(NamedTuple):
    """A question on which a contested finding hangs: what each option says, and what the finding is then.

    `options`: (option, what it says, status), the default first. `why` it is that, in the pack's words, and its
    `sources`: (title, quotation).
    """

    question: str
    ask: str
    options: tuple[tuple[str, str, str], ...]
    why: str
    sources: tuple[tuple[str, str], ...]


class Contest(NamedTuple):
    """A contested finding, and what pulls it which way."""

    rule: str
    about: str | None
    title: str
    pulls: tuple[Pull, ...]


class Span(NamedTuple):
    """From which day to which a story is told."""

    first: Date
    last: Date


class Turn(NamedTuple):
    """A day from which on the verdict is another, and the findings that changed."""

    day: Date
    status: CaseStatus
    changed: tuple[Turned, ...]


class Story(NamedTuple):
    """What is told beside the verdict: the rules that said nothing, and what was asked for of readings and days.

    `silent_one`: one rule was asked about, and said nothing.
    """

    silent: tuple[WhyNot, ...]
    rows: tuple[Row, ...]
    contests: tuple[Contest, ...]
    turns: tuple[Turn, ...]
    silent_one: bool = False


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
    silence, named = Silence(opened, case, document, outcome, speech), list(rules)
    silent = tuple(_why_not(silence, opened.pack, outcome, verdict, named))
    rows = by_readings(opened, case, document, asked, verdict) if readings else ()
    contests = tuple(_contests(opened.pack, verdict, rows, speech)) if readings else ()
    when = turns(opened, case, document, asked, span.first, span.last) if span is not None else ()
    return verdict, Story(silent, rows, contests, when, silent_one=len(named) == len(silent) == 1)


def _why_not(silence: Silence, pack: Pack, outcome: Outcome, verdict: Verdict, rules: list[str]) -> Iterator[WhyNot]:
    """Of the rules named, those that said nothing, each with the reason; a definition only where it is named alone."""
    spoke = {finding.rule for finding in verdict.findings}
    for name in sorted(rules):
        rule, alone = pack.rules[name], len(rules) == 1
        if name in spoke or (not alone and (rule.mode == "means" or speaks(rule, outcome))):
            continue
        yield silence.concluded(rule) if speaks(rule, outcome) else silence.of(rule, seek=alone)


# --- readings ---------------------------------------------------------------------


def by_readings(opened: OpenPack, case: Case, document: Document, asked: Asked, verdict: Verdict) -> tuple[Row, ...]:
    """The default readings, then each other option by itself, then those that only together give another status."""
    worlds = worlds_of(opened.pack, opened.dependencies, asked.readings, case)
    home = dict(worlds.keys[0])
    found = {pair for key in worlds.keys for pair in key if home[pair[0]] != pair[1]}
    together = {each.change for finding in verdict.findings for each in finding.readings if len(each.change) > 1}
    changes: list[Change] = [(), *((pair,) for pair in sorted(found)), *sorted(together)]
    told = []
    default: Verdict | None = None
    for change in changes:
        fixed = asked._replace(readings={**home, **dict(change)}, remedies=False, questions=False)
        there = judge_in_full(opened, case, document, fixed)[0]
        default = default or there
        told.append(Row(change, there.status, differing(default, there)))
    return tuple(told)


def _contests(pack: Pack, verdict: Verdict, rows: Iterable[Row], speech: Speech) -> Iterator[Contest]:
    """The contested findings, each with the questions of which another option makes another status."""
    contested = [finding for finding in verdict.findings if finding.status == "contested"]
    told = but_elements([(finding.rule, finding.subject) for finding in contested])
    for finding in contested:
        if (finding.rule, finding.subject) not in told:
            continue
        name = about(finding)
        pulling: dict[str, dict[str, str]] = {}
        for row in rows:
            after = [each.after for each in row.differing if (each.rule, each.about) == (finding.rule, name)]
            for question, option in row.change if after else ():
                pulling.setdefault(question, {})[option] = after[0] if len(row.change) == 1 else ""
        pulls = (_pull(pack, question, options, finding, speech) for question, options in pulling.items())
        yield Contest(finding.rule, name, finding.title, tuple(pulls))


def _pull(pack: Pack, question: str, statuses: dict[str, str], finding: Finding, speech: Speech) -> Pull:
    """A question of the pack; an option that does nothing by itself leaves the status of the default."""
    asked, language = pack.readings[question], speech.language
    known = {**dict.fromkeys(asked.options, finding.default_status), **statuses}
    order = sorted(asked.options, key=lambda option: option != asked.default)
    options = tuple((option, text_in(asked.options[option], language), known[option]) for option in order)
    sources = tuple((pack.sources[cite.source].title, cite.quote) for cite in asked.cites)
    return Pull(question, text_in(asked.ask, language), options, text_in(asked.why, language), sources)


# --- days -------------------------------------------------------------------------


def turns(opened: OpenPack, case: Case, document: Document, asked: Asked, first: Date, last: Date) -> tuple[Turn, ...]:
    """The verdict on the first day, and each later day up to the last from which on it is another."""
    answers: dict[Date, Verdict] = {}
    left = [first]
    while left:  # a verdict may name days of its own, which matter too
        day = left.pop()
        there = asked._replace(remedies=False, questions=False)
        answers[day], outcome = judge_in_full(opened, replace(case, as_of=day), document, there)
        days = {each for each in _days(outcome, answers[day]) if first <= each <= last}
        left += sorted(days - answers.keys() - set(left))
    found: list[Turn] = []
    before = answers[first]
    for day in sorted(answers):
        changed = differing(before, answers[day])
        if not found or changed or found[-1].status != answers[day].status:
            found.append(Turn(day, answers[day].status, changed))
        before = answers[day]
    return tuple(found)


def _days(outcome: Outcome, verdict: Verdict) -> Iterator[Date]:
    """The days on which a verdict can turn: those of facts and due days, and the day after each."""
    values: list[Value | None] = [value for fact in outcome.facts for value in fact.values]
    values += [value for finding in verdict.findings for _, value in finding.bindings]
    values += [parse_date(finding.due) for finding in verdict.findings if finding.due is not None]
    for value in dict.fromkeys(value for value in values if isinstance(value, Date)):
        yield value
        if isinstance(following := next_day(value), Date):
            yield following


# --- findings, set side by side ------------------------------------------------------


def differing(before: Verdict, after: Verdict) -> tuple[Turned, ...]:
    """The findings on which two verdicts on the same facts differ."""
    then, now = _by_key(before), _by_key(after)
    apart = [key for key in sorted({**then, **now}, key=repr) if _status(then.get(key)) != _status(now.get(key))]
    return tuple(
        Turned(key[0], about(now.get(key) or then[key]), _status(then.get(key)), _status(now.get(key)))
        for key in but_elements(apart)
    )


def but_elements(keys: Collection[K]) -> list[K]:
    """The findings (rule first, then what it speaks of) without those of a block's elements beside its own rule's."""
    told = set(keys)
    return [key for key in keys if (rule := key[0].partition("/")[0]) == key[0] or (rule, key[1]) not in told]


def _by_key(verdict: Verdict) -> dict[Key, Finding]:
    return {(finding.rule, finding.subject): finding for finding in verdict.findings}


def _status(finding: Finding | None) -> str:
    return "silent" if finding is None else finding.status


def about(finding: Finding) -> str | None:
    """What a finding speaks of, where that is more than its rule: the action, or else a fact or values."""
    return finding.action or finding.about or None
