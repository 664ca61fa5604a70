"""What the options of a run stand for: engines, limits, days, readings; UsageError for what nothing is called.

An option that is not known ends the run before anything is judged.
"""

from __future__ import annotations

import os

from checker.dates import Date, from_timestamp, instant, parse_date, today
from checker.engine import available
from checker.errors import UsageError, nearest, quoted
from checker.load_tree import Limits
from checker.model import BASES, LANGUAGES, SEVERITIES, Pack
from checker.options import ENGINES, FAIL_ON, Options


def refuse_unknown_words(options: Options) -> None:
    """UsageError for a status, a severity, a basis or a language that there is not."""
    for what, word, known in (
        ("status", options.fail_on, FAIL_ON),
        ("severity", options.min_severity, SEVERITIES),
        ("basis", options.min_basis or BASES[0], BASES),
        ("language", options.lang, LANGUAGES),
    ):
        if word not in known:
            message = f"unknown {what} {quoted(word)}{nearest(word, known)}"
            raise UsageError(message)


def which_engine(asked: str | None) -> str:
    """The engines to judge with: both where durable-rules imports, else the referee."""
    if asked is None:
        return "both" if available() else "referee"
    if asked not in ENGINES:
        message = f"unknown engine {quoted(asked)}{nearest(asked, ENGINES)}"
        raise UsageError(message)
    if asked != "referee" and not available():
        message = f"`--engine {asked}` needs durable-rules, which does not import here; use `--engine referee`"
        raise UsageError(message)
    return asked


def engine_note(asked: str | None) -> str | None:
    """What to tell a user whose Python has no durable-rules, or None."""
    if asked is not None or available():
        return None
    return "durable-rules does not import here (it builds on Python 3.10 to 3.12); the referee judges alone"


def limits_of(options: Options) -> Limits:
    """How much is read before the answer is no."""
    raised = {
        "bytes": options.max_bytes,
        "depth": options.max_depth,
        "nodes": options.max_nodes,
        "aliases": options.max_aliases,
    }
    return Limits(**{name: value for name, value in raised.items() if value is not None})


def day_of_judging() -> Date:
    """Today in UTC, or the day SOURCE_DATE_EPOCH says."""
    seconds = _epoch()
    return today() if seconds is None else from_timestamp(seconds)


def stamp() -> str | None:
    """The time that SOURCE_DATE_EPOCH says."""
    seconds = _epoch()
    return None if seconds is None else instant(seconds)


def _epoch() -> int | None:
    """The seconds after 1970 that SOURCE_DATE_EPOCH says; UsageError where they lead out of the calendar."""
    stamp = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        seconds = int(stamp) if stamp.isdecimal() else None
        from_timestamp(seconds or 0)
    except (OverflowError, ValueError):
        message = f"SOURCE_DATE_EPOCH: {quoted(stamp)} is no time of our calendar"
        raise UsageError(message) from None
    return seconds


def day_of(text: str) -> Date:
    """The day that a text spells; UsageError where it spells none."""
    day = parse_date(text)
    if day is None:
        message = f"{quoted(text)} is no day; write year-month-day such as 2026-11-21"
        raise UsageError(message)
    return day


def fixed_readings(pack: Pack, readings: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Questions of a pack settled to options of theirs."""
    known = pack.readings
    for name, option in readings:
        if name not in known:
            message = f"`{pack.id}` has no reading {quoted(name)}{nearest(name, known)}"
            raise UsageError(message)
        if option not in known[name].options:
            options = ", ".join(known[name].options)
            message = f"{quoted(option)} is no option of `{name}`: {options}{nearest(option, known[name].options)}"
            raise UsageError(message)
    return dict(readings)
