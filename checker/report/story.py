"""The story of a case for people, and for programs: what is told beside its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from checker.messages import both, either, listed, one_after_another
from checker.report import text, words
from checker.report.json import Json, dump, report
from checker.results import Results
from checker.speech import Speech, speech
from checker.story import Contest, Option, Pull, Row, Story
from checker.terminal import Look, columns, inert, line, wrap
from checker.turning import Cause, Turn, Turning
from checker.verdict import FailedTest, Missing, Near, PatchStep
from checker.verdict import Json as PatchJson
from checker.whynot import WhyNot, Would

_INDENT = "  "
_GAP = "  "
_NARROW = 24  # columns that the last of a table always gets
Told = tuple[int, str]  # how deep it stands, and the sentence


def render(results: Results, story: Story, look: Look) -> str:
    """The findings with everything shown, each part of the story under its heading, and what closes every report."""
    spoken = speech(results.language)
    say = spoken.say
    sections = (
        (say("Rules that do not apply, and why:"), _flow(_silent(story.silent, spoken), look)),
        (say("Under other readings:"), _table(story.rows, spoken, look)),
        (say("What pulls which way:"), _flow(_contests(story.contests, spoken), look)),
        (say("When the verdict turns:"), _flow(_turns(story.turns, spoken), look)),
    )
    if story.silent_one:
        first, last = _head(results, spoken, look), "\n".join(wrap(words.closing(results.coverage, spoken), look.width))
    else:  # the last paragraph of a report sums it up
        first, _, last = text.render(results, look._replace(show_all=True)).rstrip("\n").rpartition("\n\n")
    blocks = ["\n".join([look.paint(heading, "bold"), *shown]) for heading, lines in sections if (shown := [*lines])]
    return inert("\n\n".join([first, *blocks, last]) + "\n")


def _head(results: Results, spoken: Speech, look: Look) -> str:
    """The case and its verdict, on a line."""
    (verdict,) = results.verdicts
    found, day = status(verdict.status, spoken), words.judged(verdict, spoken)
    case = look.paint(line(verdict.case), "bold")
    return spoken.say("{case}: {status}, {day}", case=case, status=found, day=day)


def status(name: str, spoken: Speech) -> str:
    """A status for people; of a rule that does not speak, that it does not apply."""
    return words.status("not-applicable" if name == "silent" else name, spoken)


def at(rule: str, about: str | None) -> str:
    """A finding by its rule and what it speaks of."""
    return rule if about is None else f"{rule}@{about}"


def _flow(told: Iterable[Told], look: Look) -> Iterator[str]:
    for depth, sentence in told:
        for index, part in enumerate(wrap(line(sentence), look.width - len(_INDENT) * (depth + 1))):
            yield _INDENT * (depth + (index > 0)) + part


# --- rules that do not apply ---------------------------------------------------------


def _silent(silent: Sequence[WhyNot], spoken: Speech) -> Iterator[Told]:
    """The rules with what came near, those alike together; then those to which nothing did, by what they look for."""
    alike: dict[tuple[Told, ...], list[str]] = {}
    idle: dict[str, list[str]] = {}
    for why in silent:
        if why.elsewhere or why.sought or any(each.near for each in why.missing):
            alike.setdefault(tuple(_why(why, spoken)), []).append(why.rule)
        else:
            idle.setdefault(listed(map(_pattern, why.missing), spoken), []).append(why.rule)
    for reasons, rules in alike.items():
        (depth, first), *others = reasons
        yield depth, spoken.say("{rules}: {reason}", rules=listed(rules, spoken), reason=first)
        yield from others
    if idle:
        yield 1, spoken.say("Nothing in the case is what these rules speak of:")
    for what, rules in idle.items():
        others_than = [rule for rule in rules if (block := rule.partition("/")[0]) == rule or block not in rules]
        yield 2, spoken.say("{what}: {rules}", what=what, rules=listed(others_than, spoken))


def _why(why: WhyNot, spoken: Speech) -> Iterator[Told]:
    """Why a rule does not apply, without its name."""
    if why.elsewhere:
        yield 1, why.elsewhere
    for missing in why.missing:
        yield 1, spoken.say("looked for in vain: {what}", what=_pattern(missing))
        for near in missing.near[:1]:
            tests = "; ".join(words.failed_test(test, spoken) for test in near.failed)
            yield 2, spoken.say("nearest: {fact}: {tests}", fact=words.name_of(near.fact), tests=tests)
    if why.would is not None:
        yield 2, why.would.text
    elif why.sought:
        yield 2, spoken.say("No small change of the case was found under which it would apply.")


def _pattern(missing: Missing) -> str:
    return missing.pattern.removesuffix("()")


# --- readings --------------------------------------------------------------------------


def _table(rows: Sequence[Row], spoken: Speech, look: Look) -> Iterator[str]:
    """A row for each option: the reading, the option, what the case is then, and which findings differ."""
    if not rows:
        return
    say = spoken.say
    head = (say("reading"), say("option"), say("the case"), say("what differs"))
    cells = [head, *(_cells(row, spoken) for row in rows)]
    widths = [max(columns(row[index]) for row in cells) for index in range(len(head) - 1)]
    room = look.width - sum(widths) - len(_GAP) * len(widths) - len(_INDENT)
    for *cell, last in cells:
        first = "".join(text + " " * (width - columns(text)) + _GAP for text, width in zip(cell, widths, strict=True))
        for index, part in enumerate(wrap(line(last), max(room, _NARROW))):
            yield f"{_INDENT}{' ' * columns(first) if index else first}{part}".rstrip()


def _cells(row: Row, spoken: Speech) -> tuple[str, str, str, str]:
    now = status(row.status, spoken)
    if not row.change:
        return spoken.say("by default"), "", now, ""
    differing = [f"{at(each.rule, each.about)} {status(each.after, spoken)}" for each in row.differing]
    told = listed(differing, spoken) if differing else spoken.say("nothing")
    return ", ".join(name for name, _ in row.change), ", ".join(option for _, option in row.change), now, told


def _contests(contests: Iterable[Contest], spoken: Speech) -> Iterator[Told]:
    for contest in contests:
        yield 1, spoken.say("{finding}: {title}", finding=at(contest.rule, contest.about), title=contest.title)
        for pull in contest.pulls:
            yield from _pull(pull, spoken)


def _pull(pull: Pull, spoken: Speech) -> Iterator[Told]:
    say = spoken.say
    yield 2, say("{question}: {ask}", question=pull.question, ask=pull.ask)
    for index, each in enumerate(pull.options):
        name = each.name if index else say("{option} (the default)", option=each.name)
        yield 3, say("{option}, then {status}: {says}", option=name, status=status(each.status, spoken), says=each.says)
        for others, found in each.together:
            told = both((words.options([pair]) for pair in others), spoken)
            yield 4, say("only together with {readings}: {status}", readings=told, status=status(found, spoken))
    if pull.why:
        yield 3, say("Why the default: {why}", why=pull.why)
    for title, quote in pull.sources:
        told = say("Source: {title}, “{quote}”.", title=title, quote=quote)
        yield 3, told if quote else say("Source: {title}.", title=title)


# --- days ------------------------------------------------------------------------------


def _turns(turns: Sequence[Turn], spoken: Speech) -> Iterator[Told]:
    for turn in turns:
        now = status(turn.status, spoken)
        if turn.stays:
            yield 1, spoken.say("from {day}: still {status}", day=turn.day, status=now)
        else:
            yield 1, spoken.say("from {day}: {status}", day=turn.day, status=now)
        for each in turn.changed:
            yield 2, _turning(each, spoken)
    if len(turns) == 1:
        yield 1, spoken.say("It does not turn in that time.")


def _turning(turning: Turning, spoken: Speech) -> str:
    """What came or passed, and how the finding turned with it."""
    each = turning.turned
    before, after = status(each.before, spoken), status(each.after, spoken)
    told = spoken.say(
        "{finding} goes from {before} to {after}", finding=at(each.rule, each.about), before=before, after=after
    )
    if not turning.causes:
        return told
    causes = one_after_another((_cause(cause, spoken) for cause in turning.causes), spoken)
    return spoken.say("{reason}: {what}", reason=causes, what=told)


def _cause(cause: Cause, spoken: Speech) -> str:
    if cause.fact:
        told = spoken.say("`{field}` of {fact} is {day}", field=cause.field, fact=cause.fact, day=cause.day)
    else:
        told = spoken.say("{day} was the last day", day=cause.day)
    if cause.under is None:
        return told
    if not cause.under:
        return spoken.say("{reason} under the default readings", reason=told)
    changes = (both((words.options([pair]) for pair in change), spoken) for change in cause.under)
    return spoken.say("{reason} under {readings}", reason=told, readings=either(changes, spoken))


# --- for programs ------------------------------------------------------------------------


def json(results: Results, story: Story) -> str:
    """The report's object, with a key `story`."""
    told: Json = {
        "silent": [_silent_json(each) for each in story.silent],
        "readings": [_row_json(row) for row in story.rows],
        "contested": [_contest_json(each) for each in story.contests],
        "timeline": [_turn_json(turn) for turn in story.turns],
    }
    return dump({**report(results), "story": told}, indent=2) + "\n"


def patch_json(steps: Iterable[PatchStep]) -> list[Json]:
    """A JSON Patch."""
    return [
        {"op": step.op, "path": step.path, **({} if step.value is None else {"value": _plain(step.value)})}
        for step in steps
    ]


def _plain(value: PatchJson) -> Json:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _silent_json(why: WhyNot) -> Json:
    return {
        "rule": why.rule,
        "title": why.title,
        "missing": [_missing_json(each) for each in why.missing],
        "elsewhere": why.elsewhere,
        "would": None if why.would is None else _would_json(why.would),
    }


def _would_json(would: Would) -> Json:
    return {"text": would.text, "change": patch_json(would.change), "readings": dict(would.readings)}


def _missing_json(missing: Missing) -> Json:
    return {"pattern": missing.pattern, "type": missing.type, "near": [_near_json(each) for each in missing.near]}


def _near_json(near: Near) -> Json:
    tests: list[Json] = [_test_json(test) for test in near.failed]
    return {"fact": str(near.fact), "tests": tests}


def _test_json(test: FailedTest) -> dict[str, Json]:
    return {"field": test.field, "wanted": test.wanted, "found": test.found, "by": test.by, "unknown": test.unknown}


def _row_json(row: Row) -> Json:
    changed: list[Json] = [{"rule": each.rule, "about": each.about, "status": each.after} for each in row.differing]
    return {"readings": dict(row.change), "verdict": row.status, "changed": changed}


def _contest_json(contest: Contest) -> Json:
    pulls: list[Json] = [_pull_json(pull) for pull in contest.pulls]
    return {"rule": contest.rule, "about": contest.about, "title": contest.title, "pulls": pulls}


def _pull_json(pull: Pull) -> Json:
    options: list[Json] = [_option_json(each) for each in pull.options]
    sources: list[Json] = [{"title": title, "quote": quote} for title, quote in pull.sources]
    return {"reading": pull.question, "ask": pull.ask, "options": options, "why": pull.why, "sources": sources}


def _option_json(each: Option) -> Json:
    together: list[Json] = [{"readings": dict(others), "status": found} for others, found in each.together]
    return {"option": each.name, "says": each.says, "status": each.status, "together": together}


def _turn_json(turn: Turn) -> Json:
    return {"day": str(turn.day), "verdict": turn.status, "changed": [_turning_json(each) for each in turn.changed]}


def _turning_json(turning: Turning) -> Json:
    each = turning.turned
    causes: list[Json] = [_cause_json(cause) for cause in turning.causes]
    return {"rule": each.rule, "about": each.about, "before": each.before, "after": each.after, "causes": causes}


def _cause_json(cause: Cause) -> Json:
    """The last day of the rule, or a day of a fact; `readings`: the smallest changes, null under all readings."""
    under: list[Json] | None = None if cause.under is None else [dict(change) for change in cause.under]
    kind = "day-of-fact" if cause.fact else "last-day"
    fact, field = cause.fact or None, cause.field or None
    return {"kind": kind, "day": str(cause.day), "fact": fact, "field": field, "readings": under}
