"""Lines of the user's file with something underlined in them, as a compiler shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from checker.errors import Place
from checker.terminal import Look, columns, cut, line, shown

_OPENING = ("{", "[")
_KEY = re.compile(r"[\w.@-]+(?=:(\s|$))")
_PLAIN_END = re.compile(r",(?=\s|$)|[\]}]|\s+#|\s*$|:(?=\s|$)")
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"\\]|\\.)*\"""")
_LEAST_ROOM = 20
_FAR = 500  # letters looked at on either side: a line may be millions long, a screen isn't
_AFTER = 12  # columns of a cut line kept behind what is underlined
_ELLIPSIS = "…"


class Mark(NamedTuple):
    """What to underline, with which sign, and a word on it."""

    place: Place
    sign: str
    label: str
    styles: tuple[str, ...]


def snippet(source: Sequence[str], marks: list[Mark], look: Look) -> list[str]:
    """The marked lines with a margin of line numbers, in the file's order; () where the file has no such lines."""
    marks = sorted((mark for mark in marks if _line_of(source, mark.place) is not None), key=lambda mark: mark.place)
    if not marks:
        return []
    gutter = len(str(marks[-1].place.line))
    bar = look.paint(f"{' ' * gutter} |", "blue")
    lines = [bar]
    for before, mark in zip((None, *marks), marks, strict=False):
        if before is not None and mark.place.line > before.place.line + 1:
            lines.append(look.paint("..." if gutter > 1 else "..", "blue"))
        text, under = _underlined(source[mark.place.line - 1], mark, look.width - gutter - 3)
        number = look.paint(f"{mark.place.line:>{gutter}} |", "blue")
        lines.append(f"{number} {text}".rstrip())
        lines.append(f"{bar} {look.paint(under, *mark.styles) if under.strip() else under}".rstrip())
    return [*lines, bar]


def _line_of(source: Sequence[str], place: Place) -> str | None:
    return source[place.line - 1] if 0 < place.line <= len(source) else None


def _underlined(raw: str, mark: Mark, room: int) -> tuple[str, str]:
    """The line, cut so that what is underlined is seen, and the line of signs below it."""
    start = min(mark.place.column - 1, len(raw))
    end = start + length(raw[start : start + _FAR])
    before, value, after = (
        shown(raw[a:b]) for a, b in ((max(0, start - _FAR), start), (start, end), (end, end + _FAR))
    )
    value += "" if columns(value) else " "  # something to put a sign under, past the end of the line too
    label = f" {line(mark.label)}" if mark.label else ""
    if columns(before + value + after) > room:
        behind = max(min(columns(after), _AFTER), min(columns(label), room // 2))
        before, value, after = _cut(before, value, after, max(room, _LEAST_ROOM), behind)
    under = " " * columns(before) + mark.sign * columns(value)
    return before + value + after, under + label if columns(under + label) <= room else under


def _cut(before: str, value: str, after: str, room: int, behind: int) -> tuple[str, str, str]:
    """The three parts in `room` columns: the value, `behind` columns after it, and what fits of the part before."""
    left = room - min(columns(value), room) - behind
    if columns(before) > left:
        before = _ELLIPSIS + cut(before[::-1], left - 1)[::-1] if left > 1 else ""
    left = room - columns(before)
    if columns(value) > left:
        return before, cut(value, left - 1) + _ELLIPSIS, ""
    left -= columns(value)
    if columns(after) > left:
        after = cut(after, left - 1) + _ELLIPSIS if left > 1 else ""
    return before, value, after


def length(rest: str) -> int:
    """How long the value is that the rest of a line begins with: a key, a scalar, quoted or plain, or a whole `{…}`."""
    if rest[:1] in _OPENING:
        return _closed(rest)
    if found := _QUOTED.match(rest) or _KEY.match(rest):
        return found.end()
    if found := _PLAIN_END.search(rest, 1):
        return found.start()
    return len(rest)


def _closed(rest: str) -> int:
    """How long the bracketed value is; the whole line where it isn't closed there."""
    opened = 0
    for index, letter in _outside_quotes(rest):
        opened += (letter in "{[") - (letter in "}]")
        if not opened:
            return index + 1
    return len(rest.rstrip())


def _outside_quotes(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    while at < len(text):
        if text[at] in "'\"" and (found := _QUOTED.match(text, at)):
            at = found.end()
            continue
        yield at, text[at]
        at += 1
