"""Tests and sums as the engine's side understands them, and intervals for the engine.

Written apart from the referee's, and differently: a test is decided by the sign of a
difference. For the engine a value is a lowest and a highest integer it could be;
where that is only a hull (fractions, large numbers) the values themselves decide.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fnmatch import translate
from typing import TypeAlias

from checker.dates import Date, Duration, NoSuchDayError, Rounding, ordinal, shift
from checker.values import NONE, Op, Term, Unknown, Value, Variable, added, moved_unknown

Env: TypeAlias = "Mapping[str, Value]"
FALSE, POSSIBLE, CERTAIN = 0, 1, 2
_ORDERED: Mapping[str, Callable[[int], bool]] = {  # of the sign of left - right
    "before": lambda sign: sign < 0,
    "less-than": lambda sign: sign < 0,
    "on-or-before": lambda sign: sign <= 0,
    "at-most": lambda sign: sign <= 0,
    "after": lambda sign: sign > 0,
    "more-than": lambda sign: sign > 0,
    "on-or-after": lambda sign: sign >= 0,
    "at-least": lambda sign: sign >= 0,
    "is": lambda sign: sign == 0,
    "not": lambda sign: sign != 0,
}


def evaluate(term: Term, env: Env, rounding: Rounding) -> Value:
    """What a term comes to under the bindings."""
    value: Value = env[term.base.name] if isinstance(term.base, Variable) else term.base
    for step in term.steps:
        amount: Value = env[step.amount.name] if isinstance(step.amount, Variable) else step.amount
        times: Value = env[step.times.name] if isinstance(step.times, Variable) else step.times
        if value is NONE or amount is NONE or times is NONE:
            return NONE
        value = _moved(value, step.sign, amount, times, rounding)
    return value


def _moved(value: Value, sign: int, amount: Value, times: Value, rounding: Rounding) -> Value:
    if isinstance(times, int):
        if isinstance(amount, Duration) and isinstance(value, Date):
            try:
                return shift(value, amount, sign * times, rounding)
            except NoSuchDayError:
                return moved_unknown(value, sign, amount, times)
        if isinstance(amount, (int, Decimal)) and isinstance(value, (int, Decimal)):
            return added(value, sign * times, amount)
    return moved_unknown(value, sign, amount, times)


def decide(op: Op, left: Value, right: tuple[Value, ...]) -> int:
    """CERTAIN, POSSIBLE or FALSE: whether the test holds of the values."""
    if op == "in":
        best = FALSE
        for each in right:
            best = max(best, decide("is", left, (each,)))
        return best
    other = right[0]
    if left is NONE or other is NONE:
        return FALSE
    if isinstance(left, Unknown) or isinstance(other, Unknown):
        if op == "like" or left != other:
            return POSSIBLE
        return CERTAIN if _ORDERED[op](0) else FALSE
    if op == "like":
        return CERTAIN if re.fullmatch(translate(str(other)), str(left)) else FALSE
    sign = _sign(left, other)
    if sign is None:
        if op in ("is", "not"):
            return CERTAIN if (left == other) is (op == "is") else FALSE
        return POSSIBLE
    return CERTAIN if _ORDERED[op](sign) else FALSE


def against_none(op: Op, left: Value) -> int:
    """The tests `is: none` and `not: none`, written so; against a variable that stands for `none` every test fails."""
    if isinstance(left, Unknown):
        return POSSIBLE
    return CERTAIN if (left is NONE) is (op == "is") else FALSE


def _sign(left: Value, right: Value) -> int | None:
    """The sign of left - right; None where the two have no order."""
    if isinstance(left, Date) and isinstance(right, Date):
        days = ordinal(left) - ordinal(right)
        return (days > 0) - (days < 0)
    if isinstance(left, Duration) and isinstance(right, Duration):
        difference = left.order(right)
        return None if difference is None else (difference > 0) - (difference < 0)
    if isinstance(left, (int, Decimal)) and isinstance(right, (int, Decimal)):
        return (left > right) - (left < right)
    return None


def narrowed(env: Env, left: Value, right: Value) -> Env:
    """The bindings after an `is` test: an unknown that met a known value stands for it from there on."""
    unknown, known = (left, right) if isinstance(left, Unknown) else (right, left)
    if not isinstance(unknown, Unknown) or unknown.steps or isinstance(known, Unknown) or known is NONE:
        return env
    if unknown not in env.values():
        return env
    return {name: known if value == unknown else value for name, value in env.items()}


# --- intervals of integers, for the engine ---------------------------------------

WIDEST = 2**60  # stands for no end; nothing larger but the ends of `none` reach the engine
_LARGEST = 2**59
NOWHERE = (2**61, -(2**61))  # `none`: an interval in which nothing lies
ANYWHERE = (-WIDEST, WIDEST)


def interval(value: Value, symbols: dict[str, int]) -> tuple[int, int]:
    """The integers between which the engine takes a value to lie; never too narrow."""
    if isinstance(value, str):
        number = symbols.get(value)
        if number is None:
            number = symbols[value] = len(symbols) + 1
        return number, number
    if isinstance(value, Date):
        number = ordinal(value)
        return number, number
    if isinstance(value, (int, Decimal)):
        return _number(value)
    if value is NONE:
        return NOWHERE
    return ANYWHERE  # unknown, and durations, of which months and days have no common measure


def _number(value: int | Decimal) -> tuple[int, int]:
    if value > _LARGEST:
        return _LARGEST, WIDEST
    if value < -_LARGEST:
        return -WIDEST, -_LARGEST
    return math.floor(value), math.ceil(value)
