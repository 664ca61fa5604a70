"""What the referee makes of values: Kleene's tests, and sums the calendar's way. See docs/language.md §7.2."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fnmatch import translate

from checker.dates import Date, Duration, NoSuchDayError, Rounding, shift
from checker.model import Level
from checker.values import NONE, Op, Step, Term, Unknown, Value, Variable, added, moved_unknown

_ONE_DAY = Duration(days=1)
_LAST_DAY = Date(9999, 12, 31)
_TRUE_OF_ITSELF = ("is", "on-or-before", "on-or-after", "at-least", "at-most")


def compare(op: Op, left: Value, *right: Value) -> Level:
    """Whether the test holds: definitely, possibly (something is unknown) or not."""
    if op == "in":
        return max((compare("is", left, each) for each in right), default=Level.FALSE)
    wanted = right[0]
    if left is NONE or wanted is NONE:
        return Level.FALSE
    if isinstance(left, Unknown) or isinstance(wanted, Unknown):
        if left == wanted and op != "like":
            return Level.DEFINITE if op in _TRUE_OF_ITSELF else Level.FALSE
        return Level.POSSIBLE
    return _compare_known(op, left, wanted)


def says_none(op: Op, terms: Sequence[Term]) -> bool:
    """Whether the test is `is: none` or `not: none`, in so many words: the only ones that `none` passes or fails."""
    return op in ("is", "not") and terms[0].base is NONE


def is_none(op: Op, value: Value) -> Level:
    """The tests `is: none` and `not: none`."""
    if isinstance(value, Unknown):
        return Level.POSSIBLE
    return _level((value is NONE) == (op == "is"))


def _compare_known(op: Op, left: Value, right: Value) -> Level:
    if op == "is":
        return _level(left == right)
    if op == "not":
        return _level(left != right)
    if op == "like":
        return _level(re.fullmatch(translate(str(right)), str(left)) is not None)
    order = _order(left, right)
    if order is None:
        return Level.POSSIBLE
    holds = {
        "before": order < 0,
        "less-than": order < 0,
        "on-or-before": order <= 0,
        "at-most": order <= 0,
        "after": order > 0,
        "more-than": order > 0,
        "on-or-after": order >= 0,
        "at-least": order >= 0,
    }
    return _level(holds[op])


def _order(left: Value, right: Value) -> int | None:
    """Negative, zero or positive; None where the two can't be put in order (months against days)."""
    if isinstance(left, Duration) and isinstance(right, Duration):
        return left.order(right)
    if isinstance(left, Date) and isinstance(right, Date):
        return (left > right) - (left < right)
    if isinstance(left, (int, Decimal)) and isinstance(right, (int, Decimal)):
        return (left > right) - (left < right)
    return None


def _level(holds: bool) -> Level:  # noqa: FBT001  # the value itself, not a switch
    return Level.DEFINITE if holds else Level.FALSE


def for_some_day(op: Op, first: Date, last: Date | None, wanted: list[Value]) -> bool:
    """Whether the test could hold of some day from `first` to `last` (None: without end)."""
    if op == "in":
        return any(for_some_day("is", first, last, [each]) for each in wanted)
    limit = wanted[0]
    if isinstance(limit, Unknown):
        return True
    if not isinstance(limit, Date):
        return False
    return {
        "is": first <= limit and (last is None or limit <= last),
        "not": not first == limit == last,
        "before": first < limit,
        "on-or-before": first <= limit,
        "after": last is None or last > limit,
        "on-or-after": last is None or last >= limit,
    }.get(op, False)


def value_of_term(term: Term, env: Mapping[str, Value], rounding: Rounding) -> Value:
    """What a term comes to: a value, `none` if it starts from none, unknown if a part of it is."""
    value = env[term.base.name] if isinstance(term.base, Variable) else term.base
    for step in term.steps:
        value = _stepped(value, step, env, rounding)
    return value


def _stepped(value: Value, step: Step, env: Mapping[str, Value], rounding: Rounding) -> Value:
    amount = env[step.amount.name] if isinstance(step.amount, Variable) else step.amount
    times = env[step.times.name] if isinstance(step.times, Variable) else step.times
    if NONE in (value, amount, times):
        return NONE
    if isinstance(value, Date) and isinstance(amount, Duration) and isinstance(times, int):
        try:
            return shift(value, amount, step.sign * times, rounding)
        except NoSuchDayError:
            pass
    elif isinstance(value, (int, Decimal)) and isinstance(amount, (int, Decimal)) and isinstance(times, int):
        return added(value, step.sign * times, amount)
    return moved_unknown(value, step.sign, amount, times)


def moved_by(day: Date, duration: Duration, times: int, rounding: Rounding) -> Value:
    """The day so many durations later (negative: earlier), or `none` where the calendar has none."""
    try:
        return shift(day, duration, times, rounding)
    except NoSuchDayError:
        return NONE


def next_day(day: Date) -> Value:
    """The day after, if the calendar has one."""
    return moved_by(day, _ONE_DAY, 1, "down")


def after(day: Date, duration: Duration) -> Date:
    """So much later, or the last day of the calendar."""
    later = moved_by(day, duration, 1, "down")
    return later if isinstance(later, Date) else _LAST_DAY
