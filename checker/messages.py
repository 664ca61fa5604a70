"""Sentences from rules and sums: templates filled in, and dates derived in the open.

The words here are plain text; a report escapes what it must.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from checker.dates import Date, Duration, Rounding
from checker.model import Template
from checker.referee_values import value_of_term
from checker.values import Op, Term, Unknown, Value, Variable, render

_MONTHS_A_YEAR = 12
_OP_WORDS: Mapping[str, str] = {
    "is": "",
    "not": "other than ",
    "before": "before ",
    "on-or-before": "on or before ",
    "after": "after ",
    "on-or-after": "on or after ",
    "at-least": "at least ",
    "at-most": "at most ",
    "more-than": "more than ",
    "less-than": "less than ",
    "in": "one of ",
    "like": "like ",
}


def fill(template: Template, env: Mapping[str, Value], rounding: Rounding) -> str:
    """The message with its terms worked out."""
    return "".join(part if isinstance(part, str) else say(value_of_term(part, env, rounding)) for part in template)


def say(value: Value) -> str:
    """A value in a sentence."""
    if isinstance(value, Unknown):
        return "(unknown)"
    return duration_words(value) if isinstance(value, Duration) else render(value)


def duration_words(duration: Duration) -> str:
    """`P1Y` as "1 year", `P45D` as "45 days"."""
    years, months = divmod(duration.months, _MONTHS_A_YEAR)
    if years and months:
        years, months = 0, duration.months
    parts = [(years, "year"), (months, "month"), (duration.days, "day")]
    return " and ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n) or "0 days"


def wanted(op: Op, values: Iterable[Value]) -> str:
    """What a test wants, in words: "on or before 2043-07-18"."""
    told = [render(value) for value in values]
    if not told:
        return ""
    return _OP_WORDS[op] + (" or ".join(told) if op == "in" else told[0])


def sums_of(terms: Iterable[Term], env: Mapping[str, Value], rounding: Rounding) -> Iterator[str]:
    """Each term that adds something to a known day, worked out: "2044-07-18 - 1 year = 2043-07-18"."""
    told: set[str] = set()
    for term in terms:
        if not term.steps or not set(term.variables) <= set(env):
            continue
        start = env[term.base.name] if isinstance(term.base, Variable) else term.base
        result = value_of_term(term, env, rounding)
        if not isinstance(start, Date) or not isinstance(result, Date):
            continue
        text = f"{start}{''.join(_step_words(term, env))} = {result}"
        if text not in told:
            told.add(text)
            yield text


def _step_words(term: Term, env: Mapping[str, Value]) -> Iterator[str]:
    for step in term.steps:
        amount = env[step.amount.name] if isinstance(step.amount, Variable) else step.amount
        times = env[step.times.name] if isinstance(step.times, Variable) else step.times
        many = "" if times == 1 else f" × {say(times)}"
        yield f" {'+' if step.sign > 0 else '-'} {say(amount)}{many}"
