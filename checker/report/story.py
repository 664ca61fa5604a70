"""The story of a case for people, and for programs: what is told beside its verdict."""

from __future__ import annotations

from collections.abc import Iterator

from checker.report import text, words
from checker.report.json import Json, dump, report
from checker.speech import Speech, speech
from checker.story import Row, Story, Turn, WhyNot
from checker.terminal import Look, line, wrap
from checker.verdict import Missing, Results

_INDENT = "  "


def render(results: Results, story: Story, look: Look) -> str:
    """The report of the case with everything shown, then each part of the story under its heading."""
    spoken = speech(results.language)
    say = spoken.say
    sections = (
        (say("Rules that said nothing:"), [each for why in story.silent for each in _why(why, spoken)]),
        (say("Under each combination of readings:"), [each for row in story.rows for each in _row(row, spoken)]),
        (say("When the verdict turns:"), [each for turn in story.turns for each in _turn(turn, spoken)]),
    )
    lines = [""]
    for heading, told in sections:
        if told:
            lines += [look.paint(heading, "bold"), *_shown(told, look), ""]
    return text.render(results, look._replace(show_all=True)) + "\n".join(lines[:-1] if len(lines) > 1 else []) + "\n"


def _shown(told: list[tuple[int, str]], look: Look) -> Iterator[str]:
    for depth, sentence in told:
        first, *others = wrap(line(sentence), look.width - 2 * depth - 2)
        yield f"{_INDENT * depth}{first}"
        yield from (f"{_INDENT * (depth + 1)}{each}" for each in others)


def _why(why: WhyNot, spoken: Speech) -> Iterator[tuple[int, str]]:
    if not why.missing:
        yield 1, spoken.say("{rule}: {reason}", rule=why.rule, reason=why.elsewhere)
    for missing in why.missing:
        yield 1, spoken.say("{rule}: there is no {pattern}", rule=why.rule, pattern=missing.pattern.removesuffix("()"))
        yield from _near(missing, spoken)


def _near(missing: Missing, spoken: Speech) -> Iterator[tuple[int, str]]:
    for near in missing.near[:1]:
        tests = "; ".join(words.failed_test(test, spoken) for test in near.failed)
        yield 2, spoken.say("nearest: {fact}: {tests}", fact=words.name_of(near.fact), tests=tests)


def _row(row: Row, spoken: Speech) -> Iterator[tuple[int, str]]:
    readings = words.options(row.change) or spoken.say("by default")
    yield 1, spoken.say("{readings}: {status}", readings=readings, status=words.status(row.status, spoken))
    for rule, action, status in row.findings if row.change else ():
        yield 2, f"{_who(rule, action)}: {words.status(status, spoken)}"


def _turn(turn: Turn, spoken: Speech) -> Iterator[tuple[int, str]]:
    yield 1, spoken.say("from {day}: {status}", day=turn.day, status=words.status(turn.status, spoken))
    for rule, action, before, after in turn.changed:
        told = (words.status(before, spoken), words.status(after, spoken))
        yield 2, spoken.say("{rule}: {before}, then {after}", rule=_who(rule, action), before=told[0], after=told[1])


def _who(rule: str, action: str | None) -> str:
    return rule if action is None else f"{rule}@{action}"


def _missing(missing: Missing) -> Json:
    return {"pattern": missing.pattern, "near": [str(near.fact) for near in missing.near]}


def json(results: Results, story: Story) -> str:
    """The report's object, with a key `story`."""
    silent: list[Json] = [
        {
            "rule": each.rule,
            "title": each.title,
            "missing": [
                {"pattern": missing.pattern, "near": [str(near.fact) for near in missing.near]}
                for missing in each.missing
            ],
            "elsewhere": each.elsewhere,
        }
        for each in story.silent
    ]
    rows: list[Json] = [
        {
            "readings": dict(row.change),
            "verdict": row.status,
            "changed": [{"rule": rule, "action": action, "status": status} for rule, action, status in row.findings],
        }
        for row in story.rows
    ]
    turns: list[Json] = [
        {
            "day": str(turn.day),
            "verdict": turn.status,
            "changed": [
                {"rule": rule, "action": action, "before": before, "after": after}
                for rule, action, before, after in turn.changed
            ],
        }
        for turn in story.turns
    ]
    told: Json = {"silent": silent, "readings": rows, "timeline": turns}
    return dump({**report(results), "story": told}, indent=2) + "\n"
