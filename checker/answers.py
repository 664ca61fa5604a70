"""What a person types where a question is asked: a number or word of the answers offered, or a value of a field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from checker.dates import parse_date
from checker.model import Field
from checker.speech import Speech, noted
from checker.values import NONE, Value
from checker.wording import read_known

END, NOT_KNOWN = "q", ("", "?", "unknown")
COUNTED = ("integer", "decimal")  # a number typed is the value then, not the place of an answer
_YES = ("yes", "y", "да", "是")
_NO = ("no", "n", "нет", "否")


class Refused(NamedTuple):
    """Why what was typed is no answer."""

    reason: str


def chosen(offered: Sequence[str], typed: str, speech: Speech) -> int | Refused:
    """Which of the answers it is: by its number, or by its word in any case of letters."""
    if typed.isdecimal() and 1 <= int(typed) <= len(offered):
        return int(typed) - 1
    words = [each.casefold() for each in offered]
    if typed.casefold() in words:
        return words.index(typed.casefold())
    return Refused(speech.say("`{typed}` is none of the answers: {answers}", typed=typed, answers=", ".join(offered)))


def yes_or_no(typed: str, speech: Speech) -> bool | Refused:
    """Whether it says yes: the first answer of two, or the second."""
    if typed.casefold() in ("1", *_YES):
        return True
    if typed.casefold() in ("2", *_NO):
        return False
    return Refused(speech.say("`{typed}` is neither yes nor no", typed=typed))


def value_of(field: Field, typed: str, speech: Speech) -> Value | Refused:
    """The value typed for a field; `none` says that there is none."""
    if typed == "none":
        return NONE
    if field.options:
        index = chosen(field.options, typed, speech)
        return index if isinstance(index, Refused) else field.options[index]
    if field.kind == "date":
        day = parse_date(typed)
        sentence = noted("`{typed}` is no day; write year-month-day such as 2026-11-21")
        return Refused(speech.say(sentence, typed=typed)) if day is None else day
    try:
        return read_known(typed, field.kind)
    except ValueError:
        return Refused(speech.say(_WANTED[field.kind], typed=typed))


_WANTED = {
    "integer": noted("`{typed}` is no whole number"),
    "decimal": noted("`{typed}` is no number"),
    "duration": noted("`{typed}` is no duration; write one such as `P1Y`, `P18M` or `P30D`"),
}
