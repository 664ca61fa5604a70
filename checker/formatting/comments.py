"""What stands between the keys and values of a YAML text and says nothing to a program: comments, and `---`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from checker.load import Document
from checker.splice_style import Source, descend

Path: TypeAlias = "tuple[tuple[int, int], ...]"  # the collections around something: their column, and the one to come

_FOUND = re.compile(r"(?m)#[^\r\n]*|^(?:---|\.\.\.)(?=\s|\Z)|^%[^\r\n]*")


class Comment(NamedTuple):
    """A comment, or a line that begins or ends a document.

    `gap` is how many blanks stand before a comment that follows something in its line; None where nothing does.
    """

    text: str
    at: int
    column: int  # from 0
    gap: int | None
    after_blank: bool

    @property
    def is_mark(self) -> bool:
        """Whether it is no comment but `---`, `...` or a directive."""
        return not self.text.startswith("#")

    def indent(self, path: Path, last: Path) -> int:
        """Where to write it: with what follows it, or deeper, with what it was indented like above."""
        if self.is_mark:
            return 0
        if path and (self.gap is not None or self.column <= path[-1][0] or last[: len(path)] != path):
            return path[-1][1]
        fitting = [level for level in last[max(len(path) - 1, 0) :] if level[0] <= self.column]
        column = max((level[0] for level in fitting), default=0)
        return next((indent for each, indent in fitting if each == column), 0)


class Comments:
    """The comments of a file, each taken once, from the first to the last."""

    def __init__(self, comments: Iterable[Comment]) -> None:
        """Take these, which are in order."""
        self.left = [*comments][::-1]

    def before(self, at: int) -> Iterator[Comment]:
        """Those that stand before an offset."""
        while self.left and self.left[-1].at < at:
            yield self.left.pop()

    def any_before(self, at: int) -> bool:
        """Whether one stands before an offset."""
        return bool(self.left) and self.left[-1].at < at

    def beside(self, limit: int) -> str:
        """The next one with blanks before it, if it follows something in its line and stands before an offset."""
        if not self.any_before(limit) or self.left[-1].gap is None:
            return ""
        comment = self.left.pop()
        return " " * max(2, comment.gap or 0) + comment.text


def comments_of(documents: tuple[Document, ...]) -> Iterator[Comment]:
    """Every comment of the file that the documents are all of."""
    source = Source(documents[0].text, is_json=False)
    at = 0
    for start, end in _scalars(source, documents):
        yield from _within(source, at, start)
        at = end
    yield from _within(source, at, len(source.text))


def after_blank(source: Source, at: int) -> bool:
    """Whether the line above the one of an offset is blank."""
    begin = source.line_start(at)
    return begin > 0 and not source.text[source.line_start(begin - len(source.newline(begin - 1))) : begin].strip()


def _scalars(source: Source, documents: tuple[Document, ...]) -> Iterator[tuple[int, int]]:
    """From where to where keys and scalars stand: in these a sign is no comment."""
    for document in documents:
        for node in descend(document.root):
            if node.key:
                yield source.begin(node), source.key_end(node)
            if not isinstance(node.value, (dict, list)):
                yield source.start(node), source.end(node)


def _within(source: Source, start: int, end: int) -> Iterator[Comment]:
    for found in _FOUND.finditer(source.text, start, end):
        at = found.start()
        line = source.text[source.line_start(at) : at]
        before = line.rstrip(" \t")
        gap = len(line) - len(before) if before else None
        yield Comment(found.group().rstrip(" \t"), at, len(line), gap, after_blank(source, at))
