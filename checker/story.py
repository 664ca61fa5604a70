"""The whole story of one case: the verdict, why other rules said nothing, what readings change, and when it turns.

Nothing here decides anything: why a rule is silent is read off its own `when` (`whynot`), and every other
answer is the verdict of the same case under other readings or on another day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from checker.contrast import Turned, about, but_elements, differing
from checker.dates import Date
from checker.entry import Change
from checker.judging import Asked, OpenPack, judge_in_full
from checker.load import Document
from checker.model import Case, Pack, text_in
from checker.outcome import Outcome
from checker.speech import Speech
from checker.turning import Turn, turns
from checker.verdict import CaseStatus, Finding, Verdict
from checker.whynot import Silence, WhyNot, speaks
from checker.worlds import worlds_of


class Row(NamedTuple):
    """The verdict under other readings than the default ones (`change`), and the findings that differ then."""

    change: Change
    status: CaseStatus
    differing: tuple[Turned, ...]


class Option(NamedTuple):
    """What an option says, and what the finding is with it alone.

    `together`: what it is only where other readings change too, with the smallest such changes.
    """

    name: str
    says: str
    status: str
    together: tuple[tuple[Change, str], ...] = ()


class Pull(NamedTuple):
    """A question on which a contested finding hangs: what each option says, and what the finding is then.

    `options`: the default first. `why` it is that, in the pack's words, and its `sources`: (title, quotation).
    """

    question: str
    ask: str
    options: tuple[Option, ...]
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
        alone: dict[tuple[str, str], str] = {}
        for row in rows:
            if len(row.change) == 1:
                after = (each.after for each in row.differing if (each.rule, each.about) == (finding.rule, name))
                alone.update((row.change[0], status) for status in after)
        together = {each.change: each.status for each in finding.readings if len(each.change) > 1}
        questions = dict.fromkeys(
            question for question, _ in (*alone, *(pair for change in together for pair in change))
        )
        pulls = (_pull(pack, question, finding, alone, together, speech) for question in questions)
        yield Contest(finding.rule, name, finding.title, tuple(pulls))


def _pull(
    pack: Pack,
    question: str,
    finding: Finding,
    alone: Mapping[tuple[str, str], str],
    together: Mapping[Change, str],
    speech: Speech,
) -> Pull:
    """A question of the pack; an option that does nothing by itself leaves the status of the default."""
    asked, language = pack.readings[question], speech.language
    options = []
    for option in sorted(asked.options, key=lambda option: option != asked.default):
        pair = (question, option)
        others = (
            (tuple(each for each in change if each != pair), status)
            for change, status in together.items()
            if pair in change
        )
        status = alone.get(pair, finding.default_status)
        options.append(Option(option, text_in(asked.options[option], language), status, tuple(others)))
    sources = tuple((pack.sources[cite.source].title, cite.quote) for cite in asked.cites)
    return Pull(question, text_in(asked.ask, language), tuple(options), text_in(asked.why, language), sources)
