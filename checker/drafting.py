"""Cases as plain data: written out as an author would, and changed in one place at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import NamedTuple, TypeAlias

from checker.dates import Date, Duration, NoSuchDayError, parse_date, shift
from checker.model import PROPOSED, Pack

Plain: TypeAlias = "dict[str, object]"
Variant: TypeAlias = "tuple[str, Plain]"  # what was changed, in words; the case

_SECTIONS = ("facts", "actions")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9 ._/@+-]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|P[0-9][0-9YMWD]*")
_NOT_TEXT = frozenset(("true", "false", "null"))  # in YAML 1.2, which is read here


class _Field(NamedTuple):
    """A field of a listed fact or action; its `value` is what the case states."""

    section: str
    number: int
    type: str
    name: str
    value: object

    def set(self, case: Plain, value: object) -> Variant:
        """The case with another value in it."""
        changed = deepcopy(case)
        changed[self.section][self.number][self.type][self.name] = value  # type: ignore[index]  # it is there
        return f"{self.type}.{self.name} {self.value} → {value}", changed


def variants(case: Plain, pack: Pack) -> Iterator[Variant]:
    """The case with one thing changed: the day of judging, a field, a fact, what is complete."""
    yield from _judged_on(case)
    for field in _fields(case):
        if field.value != "unknown" and field.name != "id":
            yield field.set(case, "unknown")
    for section in _SECTIONS:
        for index, item in enumerate(_items(case, section)):
            changed = deepcopy(case)
            del changed[section][index]  # type: ignore[attr-defined]  # it is a list
            yield f"without {', '.join(item)}", changed
    yield "complete: all", {**case, "complete": "all"}
    for field in _fields(case):
        kind = pack.types[field.type].fields.get(field.name) if field.type in pack.types else None
        if kind is not None and field.name != PROPOSED:
            yield from (field.set(case, option) for option in kind.options if option != field.value)
    if pack.force.start is not None:
        yield from days_moved(case, to=_moved(pack.force.start, -1))


def days_moved(
    case: Plain, *, by: int = 0, to: Date | None = None, first: frozenset[str] = frozenset()
) -> Iterator[Variant]:
    """The case with one of its days moved by some days, or to a day; the days that stand in `first` go first."""
    dated = [(field, day) for field in _fields(case) if (day := _day(field.value)) is not None]
    for field, day in sorted(dated, key=lambda pair: str(pair[1]) not in first):
        other = to or _moved(day, by)
        if other is not None and other != day:
            yield field.set(case, str(other))
    judged = _day(case.get("as-of"))
    other = None if judged is None or to is not None else _moved(judged, by)
    if other is not None:
        yield f"as-of {judged} → {other}", {**case, "as-of": str(other)}


def _judged_on(case: Plain) -> Iterator[Variant]:
    """The case judged on, before and after each day it names."""
    days = {day for field in _fields(case) if (day := _day(field.value)) is not None}
    for day in sorted(days):
        for by in (0, -1, 1):
            other = _moved(day, by)
            if other is not None and str(other) != case.get("as-of"):
                yield f"as-of {case.get('as-of')} → {other}", {**case, "as-of": str(other)}


def _items(case: Plain, section: str) -> list[Plain]:
    items = case.get(section)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _fields(case: Plain) -> Iterator[_Field]:
    for section in _SECTIONS:
        for index, item in enumerate(_items(case, section)):
            for name, fields in item.items():
                for field, value in fields.items() if isinstance(fields, dict) else ():
                    yield _Field(section, index, name, field, value)


def _day(value: object) -> Date | None:
    return parse_date(value) if isinstance(value, str) else None


def _moved(day: Date, by: int) -> Date | None:
    try:
        return shift(day, Duration(days=1), by, "down")
    except NoSuchDayError:
        return None


# --- spelling -----------------------------------------------------------------


def spelt(case: Plain) -> str:
    """The case as YAML: a line for each key, and for each fact and action."""
    lines = []
    for key, value in case.items():
        if key in _SECTIONS and isinstance(value, list):
            lines += [f"{key}:", *(f"  - {_inline(item)}" for item in value)] if value else []
        else:
            lines.append(f"{key}: {_value(value)}")
    return "".join(f"{line}\n" for line in lines)


def _inline(item: object) -> str:
    """A mapping of one key as it stands in a list: without braces of its own."""
    if isinstance(item, dict) and len(item) == 1:
        ((key, value),) = item.items()
        return f"{key}: {_value(value)}"
    return _value(item)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_text(str(key))}: {_value(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return _text(value)
    words = {True: "true", False: "false", None: "null"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def _text(text: str) -> str:
    """Plain where it is read as the same text, else quoted."""
    is_plain = _WORD.fullmatch(text) and not text.endswith(" ") and text.lower() not in _NOT_TEXT
    return text if is_plain or _DAY.fullmatch(text) else json.dumps(text, ensure_ascii=False)
