"""JSON in which a decimal is a number with just its digits: the standard library would make a float of it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from decimal import Decimal

from checker.values import render

_GAP = "NaN"
_TEXT_OR_GAP = re.compile(r'"(?:[^"\\]|\\.)*"|NaN')  # the gap, which no case can hold, stands outside of texts


def dumps(value: object, *, indent: int | None = None, spelt: Callable[[object], str] | None = None) -> str:
    """The value as JSON; its decimals stand as gaps at first, and are then written into them.

    What else JSON does not know is written as `spelt` has it; TypeError where there is none.
    """
    numbers: list[str] = []

    def gap(each: object) -> float | str:
        if isinstance(each, Decimal):
            numbers.append(render(each))
            return math.nan
        if spelt is None:
            message = f"{type(each)} is not of JSON"
            raise TypeError(message)
        return spelt(each)

    text = json.dumps(value, ensure_ascii=False, indent=indent, default=gap)
    if not numbers or _TEXT_OR_GAP.findall(text).count(_GAP) != len(numbers):
        return text  # as it is; where it held gaps of its own, which are no JSON, whoever reads it says so
    written = iter(numbers)
    return _TEXT_OR_GAP.sub(lambda found: next(written) if found[0] == _GAP else found[0], text)
