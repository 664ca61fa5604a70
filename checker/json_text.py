"""JSON in which a decimal is a number with just its digits: the standard library would make a float of it."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal

from checker.values import render

_TEXT_OR_GAP = re.compile(r'"(?:[^"\\]|\\.)*"|NaN')  # the gap, which no case can hold, stands outside of texts


def dumps(value: object, *, indent: int | None = None) -> str:
    """The value as JSON; its decimals stand as gaps at first, and are then written into them."""
    numbers: list[str] = []

    def gap(each: object) -> float:
        if not isinstance(each, Decimal):
            message = f"{type(each)} is not of JSON"
            raise TypeError(message)
        numbers.append(render(each))
        return math.nan

    text = json.dumps(value, ensure_ascii=False, indent=indent, default=gap)
    written = iter(numbers)
    return _TEXT_OR_GAP.sub(lambda found: next(written) if found[0] == "NaN" else found[0], text) if numbers else text
