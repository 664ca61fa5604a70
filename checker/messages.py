"""Sentences from rules and sums: templates filled in, and dates derived in the open.

The words here are plain text; a report escapes what it must.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce

from checker.dates import Date, Duration, Rounding
from checker.model import Template
from checker.referee_values import value_of_term
from checker.speech import Speech, noted
from checker.values import Op, Term, Unknown, Value, Variable, render

UNKNOWN = noted("(unknown)")
_MONTHS_A_YEAR = 12
_WANTED: Mapping[Op, str] = {
    "is": "{value}",
    "not": noted("other than {value}"),
    "before": noted("before {value}"),
    "on-or-before": noted("on or before {value}"),
    "after": noted("after {value}"),
    "on-or-after": noted("on or after {value}"),
    "at-least": noted("at least {value}"),
    "at-most": noted("at most {value}"),
    "more-than": noted("more than {value}"),
    "less-than": noted("less than {value}"),
    "in": "{value}",
    "like": noted("like {value}"),
}


def fill(template: Template, env: Mapping[str, Value], rounding: Rounding, speech: Speech) -> str:
    """The message with its terms worked out."""
    parts = (part if isinstance(part, str) else say(value_of_term(part, env, rounding), speech) for part in template)
    return "".join(parts)


def say(value: Value, speech: Speech) -> str:
    """A value in a sentence."""
    if isinstance(value, Unknown):
        return speech.say(UNKNOWN)
    if isinstance(value, Duration):
        return duration_words(value, speech)
    return speech.name(value) if isinstance(value, str) else render(value)


def duration_words(duration: Duration, speech: Speech) -> str:
    """`P1Y` as "1 year", `P45D` as "45 days"."""
    years, months = divmod(duration.months, _MONTHS_A_YEAR)
    days = speech.many("{number} day", "{number} days", duration.days)
    if not duration.months:
        return days
    if months:
        longer = speech.many("{number} month", "{number} months", duration.months)
    else:
        longer = speech.many("{number} year", "{number} years", years)
    return speech.say("{longer} and {days}", longer=longer, days=days) if duration.days else longer


def wanted(op: Op, values: Iterable[Value], speech: Speech) -> str:
    """What a test wants, in words: "on or before 2043-07-18"."""
    return wish(op, map(render, values), speech)


def wish(op: Op, told: Iterable[str], speech: Speech) -> str:
    """The same of what is in words already."""
    listed = list(told)
    if not listed:
        return ""
    return speech.say(_WANTED[op], value=either(listed, speech) if op == "in" else listed[0])


def either(told: Iterable[str], speech: Speech) -> str:
    """One thing or another."""
    return reduce(lambda one, other: speech.say("{one} or {other}", one=one, other=other), told)


def both(told: Iterable[str], speech: Speech) -> str:
    """One thing and another."""
    return reduce(lambda one, other: speech.say("{one} and {other}", one=one, other=other), told)


def listed(told: Iterable[str], speech: Speech) -> str:
    """One thing after another."""
    return reduce(lambda before, each: speech.say("{before}, {each}", before=before, each=each), told)


def sentences(told: Iterable[str], speech: Speech) -> str:
    """One sentence after another."""
    return reduce(lambda before, each: speech.say("{before} {each}", before=before, each=each), told)


def one_after_another(told: Iterable[str], speech: Speech) -> str:
    """Things that have commas of their own."""
    return reduce(lambda before, each: speech.say("{before}; {each}", before=before, each=each), told)


def sums_of(terms: Iterable[Term], env: Mapping[str, Value], rounding: Rounding, speech: Speech) -> Iterator[str]:
    """Each term that adds something to a known day, worked out: "2044-07-18 - 1 year = 2043-07-18"."""
    told: set[str] = set()
    for term in terms:
        if not term.steps or not set(term.variables) <= set(env):
            continue
        start = env[term.base.name] if isinstance(term.base, Variable) else term.base
        result = value_of_term(term, env, rounding)
        if not isinstance(start, Date) or not isinstance(result, Date):
            continue
        text = f"{start}{''.join(_step_words(term, env, speech))} = {result}"
        if text not in told:
            told.add(text)
            yield text


def _step_words(term: Term, env: Mapping[str, Value], speech: Speech) -> Iterator[str]:
    for step in term.steps:
        amount = env[step.amount.name] if isinstance(step.amount, Variable) else step.amount
        times = env[step.times.name] if isinstance(step.times, Variable) else step.times
        many = "" if times == 1 else f" × {say(times, speech)}"
        yield f" {'+' if step.sign > 0 else '-'} {say(amount, speech)}{many}"
