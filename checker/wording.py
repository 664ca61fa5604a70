"""Terms and messages as rules spell them: `$end - P5Y × $n`, `"{party} gave notice by {day - P1Y}"`.

Text in, nouns out; a `ValueError` says in words what is wrong, and the caller knows where.
"""

from __future__ import annotations

import re
from decimal import Decimal

from checker.dates import parse_date, parse_duration
from checker.model import Kind, Template
from checker.values import NONE, Known, Step, Term, Value, Variable, number

_NAME = r"[a-z][a-z0-9_-]*"
_VARIABLE = re.compile(rf"\${_NAME}")
_INTEGER = re.compile(r"[+-]?[0-9]{1,100}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,100}\.[0-9]{1,100}")
_STEP = re.compile(r"\s+([+-])\s+(\S+)(?:\s+[×*]\s+(\S+))?")
_BASE = re.compile(r"\S+")
_BRACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
TEXTUAL = ("id", "actor", "text", "one-of")


def parse_term(text: str, kind: Kind) -> Term:
    """The term that `text` spells where a value of `kind` is wanted; ValueError says what is wrong with it."""
    if text == "none":
        return Term(NONE)
    if kind in TEXTUAL and not text.startswith("$"):
        return Term(text)
    base = _BASE.match(text)
    if not base:
        message = f"`{text}` is neither a value nor a variable"
        raise ValueError(message)
    steps, at = [], base.end()
    while at < len(text):
        step = _STEP.match(text, at)
        if not step:
            message = f"`{text}` can't be read after `{text[:at]}`; write steps such as ` + P1Y` or ` - P5Y × $n`"
            raise ValueError(message)
        steps.append(_step(*step.groups()))
        at = step.end()
    return Term(_base(base.group(), kind), tuple(steps))


def _base(text: str, kind: Kind) -> Value | Variable:
    if text.startswith("$"):
        return _variable(text)
    return read_known(text, kind)


def _variable(text: str) -> Variable:
    if not _VARIABLE.fullmatch(text):
        message = f"`{text}` is no variable: write `$` and a name of small letters, digits and hyphens"
        raise ValueError(message)
    return Variable(text[1:])


def _step(sign: str, amount: str, times: str | None) -> Step:
    return Step(1 if sign == "+" else -1, _amount(amount), _times(times))


def _amount(text: str) -> Known | Variable:
    if text.startswith("$"):
        return _variable(text)
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return number(Decimal(text))
    duration = parse_duration(text)
    if duration is None:
        message = f"`{text}` is no amount: write a number, a duration such as P1Y or P30D, or a variable"
        raise ValueError(message)
    return duration


def _times(text: str | None) -> int | Variable:
    if text is None:
        return 1
    if text.startswith("$"):
        return _variable(text)
    if _INTEGER.fullmatch(text):
        return int(text)
    message = f"`{text}` is no number of times: write an integer or a variable"
    raise ValueError(message)


def read_known(text: str, kind: Kind) -> Known:
    """The value that `text` spells for a field of `kind`; ValueError says what would be one."""
    if kind in TEXTUAL:
        return text
    if kind == "date":
        return _date(text)
    if kind == "duration":
        duration = parse_duration(text)
        if duration is None:
            message = f"`{text}` is no calendar duration such as P1Y, P18M or P30D"
            raise ValueError(message)
        return duration
    if _INTEGER.fullmatch(text):
        return int(text)
    if kind == "decimal" and _DECIMAL.fullmatch(text):
        return number(Decimal(text))
    message = f"`{text}` is no {'number' if kind == 'decimal' else 'whole number'}"
    raise ValueError(message)


def _date(text: str) -> Known:
    day = parse_date(text)
    if day is not None:
        return day
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ].+", text):
        message = f"`{text}` is an instant; a calendar day is wanted: `{text[:10]}`"
    elif re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        message = f"`{text}` is no day of the calendar"
    else:
        message = f"`{text}` is no day; write year-month-day such as 2026-11-21"
    raise ValueError(message)


def parse_template(text: str) -> Template:
    """A message cut into text and terms; ValueError says which braces are wrong."""
    parts: list[str | Term] = []
    at = 0
    for found in _BRACE.finditer(text):
        parts.append(text[at : found.start()])
        at = found.end()
        if found.group() in ("{{", "}}"):
            parts.append(found.group()[0])
        elif found.group(1) is None:
            message = f"a `{found.group()}` stands alone; write it twice to mean the sign itself"
            raise ValueError(message)
        else:
            parts.append(parse_term("$" + found.group(1).strip().removeprefix("$"), "text"))
    parts.append(text[at:])
    return tuple(part for part in parts if part != "")
