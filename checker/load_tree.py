"""Documents as nodes that know their places, and the one builder that every format fills.

What a document may be is decided here once for YAML and JSON: a key stands once in its
mapping, a number is exact, and the limits hold. The builder gathers what can be gathered and
raises `UnreadableError` where reading on makes no sense; which characters mean what is left to the formats.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple, TypeAlias, overload

from checker.errors import Place, Problem, Span, quoted

Scalar: TypeAlias = "str | int | Decimal | bool | None"
Value: TypeAlias = "Scalar | dict[str, Node] | list[Node]"
Loaded: TypeAlias = "Document | tuple[Problem, ...]"

BREAK = re.compile(r"\r\n|\n|\r")  # what ends a line, in every format; nothing else does
_MOST_DIGITS = 640  # up to here Python reads and writes an integer under any setting
_SURROGATE = re.compile("[\ud800-\udfff]")


class Limits(NamedTuple):
    """How much is read before the answer is no; bytes are of a file (of JSON lines: a line), the rest of a document."""

    bytes: int = 10 * 1024 * 1024
    depth: int = 64
    nodes: int = 1_000_000
    aliases: int = 0
    string: int = 1024 * 1024
    digits: int = 100
    problems: int = 100


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it is written; `key` is the place of its key, `plain` tells an unquoted scalar."""

    value: Value
    span: Span
    key: Span | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One document: the `index`-th of its file (from 0); `text` and `sha256` are those of the whole file.

    Of a long file of JSON lines `text` holds one line alone, the `first`.
    """

    file: str
    root: Node
    index: int
    sha256: str
    text: str = field(repr=False)
    first: int = 1

    def place(self, node: Node, *, key: bool = False) -> Place:
        """Where the node begins, or (`key`) where its key does, if it has one."""
        span = node.key if key and node.key else node.span
        return Place(self.file, span.line, span.column)

    @property
    def lines(self) -> Sequence[str]:
        """The lines of the text without their ends, split where places count a line."""
        return _lines(self.text) if self.first == 1 else Excerpt(self.first, _lines(self.text))

    def line(self, number: int) -> str:
        """The text of a line, counted from 1 as places count, without its end; '' past the last one."""
        lines = self.lines
        return lines[number - 1] if 0 < number <= len(lines) else ""


class Excerpt(Sequence[str]):
    """The lines of a file as far as they are known: those from the `first` on, counted from 1; the others are empty."""

    __slots__ = ("first", "known")

    def __init__(self, first: int, known: tuple[str, ...]) -> None:
        """Take the lines that are known."""
        self.first, self.known = first, known

    def __len__(self) -> int:
        return self.first - 1 + len(self.known)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(self[each] for each in range(*index.indices(len(self))))
        at = range(len(self))[index] - self.first + 1
        return self.known[at] if at >= 0 else ""


def first_known(lines: Sequence[str]) -> int:
    """From which line on the lines of a file are known."""
    return lines.first if isinstance(lines, Excerpt) else 1


class Lines:
    """Where the lines of a text begin, to tell the place of an offset."""

    def __init__(self, text: str) -> None:
        """Find the lines."""
        self.starts = [0, *(each.end() for each in BREAK.finditer(text))]

    def at(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


@lru_cache(maxsize=1)  # a report asks for many lines of one file, then goes to the next
def _lines(text: str) -> tuple[str, ...]:
    return tuple(BREAK.split(text))


def plain(node: Node) -> object:
    """The node as ordinary data, for whoever needs no places: a JSON Schema validator, a hash."""
    top: list[object] = []
    left: list[tuple[Node, dict[str, object] | list[object], str]] = [(node, top, "")]
    for each, into, key in left:  # grows while it is walked
        data: object = each.value
        if isinstance(each.value, dict):
            data = mapping = dict[str, object]()
            left.extend([(child, mapping, name) for name, child in each.value.items()])
        elif isinstance(each.value, list):
            data = items = list[object]()
            left.extend([(child, items, "") for child in each.value])
        if isinstance(into, dict):
            into[key] = data
        else:
            into.append(data)
    return top[0]


class UnreadableError(Exception):
    """The document can't be read any further; the problem is already written down in its tree."""


class Frame:
    """A mapping or list that is not closed yet; `name` is the key, at `key`, whose value comes next."""

    __slots__ = (
        "anchor",
        "before",
        "column",
        "flow",
        "height",
        "is_mapping",
        "items",
        "key",
        "line",
        "mapping",
        "name",
    )

    def __init__(self, line: int, column: int, *, is_mapping: bool, flow: bool, before: int) -> None:
        """Open at a place, after `before` values of the document."""
        self.line = line
        self.column = column
        self.is_mapping = is_mapping
        self.flow = flow
        self.before = before
        self.height = 1
        self.anchor: str | None = None
        self.mapping: dict[str, Node] = {}
        self.items: list[Node] = []
        self.name: str | None = None
        self.key: Span | None = None

    @property
    def last_end(self) -> tuple[int, int] | None:
        """Where the last value ends; None where there is none."""
        last = next(reversed(self.mapping.values() if self.is_mapping else self.items), None)
        return last.span[2:] if last else None


class Tree:
    """One document while it is read. The lowest frame is a list that takes the root; all others are the document's."""

    def __init__(self, file: str, limits: Limits) -> None:
        """Begin with nothing read."""
        self.file = file
        self.limits = limits
        self.problems: list[Problem] = []
        self.count = 0
        self.frame = Frame(1, 1, is_mapping=False, flow=True, before=0)
        self.frames = [self.frame]

    @property
    def root(self) -> Node | None:
        """The whole document, once it is closed; None where there was none."""
        return self.frames[0].items[0] if self.frames[0].items else None

    @property
    def wants_key(self) -> bool:
        """Whether what comes next is a key."""
        return self.frame.is_mapping and self.frame.key is None

    def problem(self, line: int, column: int, message: str) -> None:
        """Write down what is wrong; give up when it is enough."""
        place = Place(self.file, line, column)
        self.problems.append(Problem(place, message))
        if len(self.problems) >= self.limits.problems:
            more = f"{self.limits.problems} problems found (limit `problems`); the rest is not looked at"
            self.problems.append(Problem(place, more))
            raise UnreadableError

    def give_up(self, line: int, column: int, message: str) -> UnreadableError:
        """Write down why reading on makes no sense; what is given back is to be raised."""
        self.problem(line, column, message)
        return UnreadableError()

    def open(self, line: int, column: int, *, is_mapping: bool, flow: bool = True) -> Frame:
        """Begin a mapping or a list."""
        if len(self.frames) > self.limits.depth:
            raise self.give_up(line, column, f"more than {self.limits.depth} levels of nesting (limit `depth`)")
        self.frame = Frame(line, column, is_mapping=is_mapping, flow=flow, before=self.count)
        self.frames.append(self.frame)
        return self.frame

    def close(self, end_line: int, end_column: int) -> Node:
        """End the innermost mapping or list, and add it to the one around it."""
        frame = self.frames.pop()
        self.frame = self.frames[-1]
        self.frame.height = max(self.frame.height, frame.height + 1)
        value = frame.mapping if frame.is_mapping else frame.items
        return self.add(value, Span(frame.line, frame.column, end_line, end_column))

    def name(self, text: str, span: Span) -> None:
        """Take a key; the next value added is its value."""
        frame = self.frame
        frame.key = span
        frame.name = text
        if text in frame.mapping:
            first = frame.mapping[text].key or span
            where = f"line {first.line}" if first.line != span.line else f"column {first.column}"
            self.problem(span.line, span.column, f"key {quoted(text)} is repeated (first: {where}); keep one")
            frame.name = None

    def add(self, value: Value, span: Span, *, plain: bool = False) -> Node:
        """Put a value where it belongs: under the key taken last, or at the end of the list.

        A value whose key is repeated or is no text belongs nowhere; so does a mapping or
        list that stands for a key. The problem with it is already written down.
        """
        self.count += 1
        if self.count > self.limits.nodes:
            raise self.give_up(span.line, span.column, f"more than {self.limits.nodes} values (limit `nodes`)")
        frame = self.frame
        node = Node(value, span, frame.key, plain)
        if not frame.is_mapping:
            frame.items.append(node)
            return node
        if frame.name is not None:
            frame.mapping[frame.name] = node
            frame.name = None
        frame.key = None if frame.key else span
        return node

    def reuse(self, node: Node, size: int, height: int, span: Span) -> None:
        """Add the value of a node once more, with all in it: it counts again, and nests from here."""
        if len(self.frames) - 1 + height > self.limits.depth:
            raise self.give_up(
                span.line, span.column, f"more than {self.limits.depth} levels of nesting (limit `depth`)"
            )
        self.frame.height = max(self.frame.height, height + 1)
        self.count += size - 1
        self.add(node.value, span, plain=node.plain)

    def text(self, text: str, span: Span) -> str:
        """A text, if it is not too long and holds no half of a character."""
        if len(text) > self.limits.string:
            message = f"a text of {len(text)} characters, more than {self.limits.string} (limit `string`)"
            self.problem(span.line, span.column, message)
        if not text.isascii() and (half := _SURROGATE.search(text)):
            message = f"{quoted(half.group())} is half a character; write the character itself"
            self.problem(span.line, span.column, message)
        return text

    def integer(self, text: str, span: Span, base: int = 10) -> int:
        """The whole number that `text` spells in a base, without that base's prefix."""
        if len(text.lstrip("+-")) <= min(self.limits.digits, _MOST_DIGITS):
            return int(text, base)
        self._too_many_digits(text, span)
        return 0

    def decimal(self, text: str, span: Span) -> Decimal:
        """The number that `text` spells, exactly; `1e999999999` is as many digits as it stands for."""
        limit = min(self.limits.digits, _MOST_DIGITS)
        if len(text) <= 2 * limit + 10:  # room for signs, point and exponent
            try:
                number = Decimal(text)
            except InvalidOperation:  # an exponent past all bounds
                number = Decimal("Infinity")
            _, digits, exponent = number.as_tuple()
            if isinstance(exponent, int) and max(len(digits) + max(exponent, 0), 1 - exponent) <= limit:
                return number
        self._too_many_digits(text, span)
        return Decimal(0)

    def _too_many_digits(self, text: str, span: Span) -> None:
        limit = min(self.limits.digits, _MOST_DIGITS)
        message = f"{quoted(text)} has more than {limit} digits written out (limit `digits`)"
        self.problem(span.line, span.column, f"{message}; put it in quotes if it is text")
