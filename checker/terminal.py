"""What a terminal needs to know of text: how wide it is, where it may break, what must never reach it.

Text from a case or a pack passes through `shown` or `line` before it is printed, so
that no file can move a cursor, colour a screen or turn the order of letters round.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple, TextIO

from checker.errors import printable

COLOUR = ("auto", "always", "never")
WIDTH = 100  # where there is no terminal to ask
NARROWEST, WIDEST = 40, 120
_TAB = 4
_OPENING = frozenset("“‘（《〈「『【〔［｛")  # a line does not end with these
_CLOSING = frozenset("”’）》〉」』】〕］｝，。、；：？！…—")  # nor begin with these
_COMMAND = re.compile(r"(?m)^([^\S\n]*)::")
_CODES = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36"}


class Look(NamedTuple):
    """How a report for people should look; the others pay no heed to it."""

    show_all: bool = False
    quiet: bool = False
    width: int = WIDTH
    colour: bool = False

    def plain(self) -> Look:
        """The same for a file: no colours, and the width there is without a terminal."""
        return self._replace(colour=False, width=WIDTH)

    def paint(self, text: str, *styles: str) -> str:
        """`text` in colours, if there are to be any."""
        if not self.colour or not text or not styles:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


def look_for(
    stream: TextIO | None, *, colour: str, environ: Mapping[str, str], show_all: bool = False, quiet: bool = False
) -> Look:
    """The look that suits a stream: colours and width of a terminal, or neither. `colour` beats the environment."""
    terminal = stream is not None and stream.isatty()
    wanted = terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDTH, 24)).columns)) if terminal else WIDTH
    return Look(show_all, quiet, width, colour == "always" or (colour == "auto" and wanted))


def speak_utf8(*streams: TextIO | None) -> None:
    """Write UTF-8 whatever the locale says; what has no UTF-8 (half a character of a file name) is escaped."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def silence(stream: TextIO) -> None:
    """Lead what is still to be written nowhere, so that a closed pipe isn't spoken of again at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):  # a stream without a file beneath it
        return


def shown(text: str) -> str:
    """`text` with its spaces as they are; tabs are four spaces, all else that doesn't print is escaped."""
    if text.isprintable():
        return text
    return "".join(_shown(letter) for letter in text)


def _shown(letter: str) -> str:
    if letter == "\t":
        return " " * _TAB
    return letter if unicodedata.category(letter) == "Zs" else printable(letter)


def line(text: str) -> str:
    """`text` on one line: every run of white space is one space, what doesn't print is escaped."""
    return printable(" ".join(text.split()))


def inert(text: str) -> str:
    r"""`text`, of many lines, without commands to a log: they become `\::…` and `##\[…]`.

    GitHub's runner obeys `::…` at the start of a line, also after blanks, and `##[…]` anywhere.
    """
    return _COMMAND.sub(r"\1\\::", text).replace("##[", "##\\[")


def columns(text: str) -> int:
    """How many columns `text` takes: Chinese letters two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def wrap(text: str, width: int) -> list[str]:
    """`text` on lines of at most `width` columns; a long word of narrow letters (a path, a name) stays whole."""
    lines: list[str] = []
    current, room = "", width
    for word in text.split():
        gap = 1 if current else 0
        for piece in _pieces(word, width):
            size = columns(piece)
            if current and gap + size > room:
                lines.append(current)
                current, room, gap = "", width, 0
            current += " " * gap + piece
            room -= gap + size
            gap = 0
    return [*lines, current] if current or not lines else lines


def _pieces(word: str, width: int) -> list[str]:
    """A word where it may break: only beside wide letters, which know no spaces, and not at their punctuation."""
    if word.isascii():
        return [word]
    pieces, start, taken, last = [], 0, 0, 0
    for index, letter in enumerate(word):
        size = _columns(letter)
        bound = letter in _CLOSING or word[index - 1] in _OPENING or not size
        if max(size, last) > 1 and index > start and (not bound or (last > 1 and taken + size > width)):
            pieces.append(word[start:index])
            start, taken = index, 0
        taken, last = taken + size, size
    return [*pieces, word[start:]]


def cut(text: str, width: int) -> str:
    """As much of the beginning as fits; at least one letter."""
    taken = 0
    for index, letter in enumerate(text):
        taken += _columns(letter)
        if taken > width and index:
            return text[:index]
    return text
