"""How a new value is written into a text: as what stands around it is."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from checker.load import Document, Node, load_each, plain
from checker.load_tree import BREAK, Lines

_PLAIN_KEY = re.compile(r"[^\W\d_][\w-]*")
_UNFIT = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]")
_SINGLE = re.compile(r"[^\r\n\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]*")
_COMMA = re.compile("[ \t]*,[ \t]*")
_COLON = re.compile("[ \t]*:[ \t]*")


class Source:
    """A text in which documents were read, and where in it their nodes stand, as offsets."""

    def __init__(self, text: str, *, is_json: bool) -> None:
        """Find the lines."""
        self.text = text
        self.is_json = is_json
        self.starts = Lines(text).starts

    def start(self, node: Node) -> int:
        """Where the value begins."""
        return self.starts[node.span.line - 1] + node.span.column - 1

    def begin(self, node: Node) -> int:
        """Where the key begins, or what has none."""
        span = node.key or node.span
        return self.starts[span.line - 1] + span.column - 1

    def key_end(self, node: Node) -> int:
        """Where the key ends, or (without one) the value begins."""
        return self.starts[node.key.end_line - 1] + node.key.end_column - 1 if node.key else self.start(node)

    def end(self, node: Node) -> int:
        """Where the value ends."""
        return self.starts[node.span.end_line - 1] + node.span.end_column - 1

    def line_start(self, at: int) -> int:
        """Where the line begins."""
        return self.starts[bisect_right(self.starts, at) - 1]

    def line_end(self, at: int) -> int:
        """Where the line ends, before its break."""
        found = BREAK.search(self.text, at)
        return found.start() if found else len(self.text)

    def next_line(self, at: int) -> int:
        """Where the next line begins; the end of the text where there is none."""
        found = BREAK.search(self.text, at)
        return found.end() if found else len(self.text)

    def newline(self, at: int) -> str:
        """The break that ends the line, else the first one of the text."""
        found = BREAK.search(self.text, at) or BREAK.search(self.text)
        return found.group() if found else "\n"

    def indent(self, at: int) -> str:
        """The blanks that the line begins with."""
        line = self.text[self.line_start(at) : at]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def begins_line(self, at: int) -> bool:
        """Whether nothing but blanks stands before it in its line."""
        return not self.text[self.line_start(at) : at].strip(" \t")

    def is_flow(self, node: Node) -> bool:
        """Whether it is a mapping or a list in brackets."""
        return isinstance(node.value, (dict, list)) and self.text[self.start(node)] in "{["

    def is_block(self, node: Node | None) -> bool:
        """Whether it is a mapping or a list without brackets."""
        return node is not None and isinstance(node.value, (dict, list)) and not self.is_flow(node)


class Style:
    """How to write near some nodes: the first of them that shows a habit decides."""

    def __init__(self, source: Source, *near: Node | None) -> None:
        """Look at the habits."""
        self.source = source
        self.near = [node for node in near if node is not None]
        self.quotes = source.is_json or self._quotes()
        self.colon = self._colon()
        self.comma = self._comma()
        self.newline = source.newline(source.begin(self.near[0]))

    def _nodes(self) -> Iterator[Node]:
        for node in self.near:
            yield from descend(node)

    def _quotes(self) -> bool:
        keyed = next((each for each in self._nodes() if each.key), None)
        return keyed is not None and self.source.text[self.source.begin(keyed)] == '"'

    def _colon(self) -> str:
        source = self.source
        for node in self._nodes():
            if source.is_flow(node) and isinstance(node.value, dict):
                for child in node.value.values():
                    gap = source.text[source.key_end(child) : source.start(child)]
                    if _COLON.fullmatch(gap) and (self.quotes or gap.endswith((" ", "\t"))):
                        return gap
        return ": "

    def _comma(self) -> str:
        source = self.source
        for node in self._nodes():
            if source.is_flow(node):
                for one, other in pairwise(children(node)):
                    gap = source.text[source.end(one) : source.begin(other)]
                    if _COMMA.fullmatch(gap):
                        return gap
        return "," if self.colon == ":" else ", "

    def _unit(self) -> str:
        """What one level is indented by in flow that is spread over lines."""
        for node in self._nodes():
            if self.is_spread(node):
                outer, inner = (self.source.indent(at) for at in self._inside(node))
                if inner.startswith(outer) and inner != outer:
                    return inner[len(outer) :]
        return "  "

    def _inside(self, node: Node) -> tuple[int, int]:
        return self.source.start(node), self.source.begin(children(node)[0])

    def is_spread(self, node: Node) -> bool:
        """Whether it is in brackets, and what is in it begins on the line after the bracket."""
        if not self.source.is_flow(node) or not node.value:
            return False
        first = children(node)[0]
        return (first.key or first.span).line > node.span.line

    def _pad(self, like: Node | None) -> str:
        """The blanks inside the brackets of a mapping on one line."""
        if like is None or not self.source.is_flow(like) or not isinstance(like.value, dict) or not like.value:
            return ""
        start, begin = self._inside(like)
        inside = self.source.text[start + 1 : begin]
        return inside if not inside.strip(" \t") else ""

    # --- flow: in brackets ------------------------------------------------------

    def flow(self, value: object, like: Node | None, indent: str, *, spread: bool = False) -> str:
        """The value in brackets, over lines if `like` is (or if there is none: if `spread`)."""
        if not isinstance(value, (dict, list)):
            return self.scalar(value)
        opens, closes = "{}" if isinstance(value, dict) else "[]"
        if not value:
            return opens + closes
        if like is not None and resembles(value, like):
            spread = self.is_spread(like)
        inner = indent + self._unit() if spread else indent
        if isinstance(value, dict):
            parts = [
                self.key(key) + self.colon + self.flow(child, child_like(like, key, child), inner, spread=spread)
                for key, child in value.items()
            ]
        else:
            parts = [self.flow(child, child_like(like, "", child), inner, spread=spread) for child in value]
        if spread:
            line = self.newline + inner
            return f"{opens}{line}{f',{line}'.join(parts)}{self.newline}{indent}{closes}"
        pad = self._pad(like) if isinstance(value, dict) else ""
        return f"{opens}{pad}{self.comma.join(parts)}{pad}{closes}"

    # --- block: by indentation ----------------------------------------------------

    def item(self, value: object, like: Node | None, column: int) -> str:
        """What stands after the `- ` of a list, at a column counted from 0."""
        if isinstance(value, dict) and value:
            if like is not None and not resembles(value, like):
                like = None
            if self.source.is_block(like) or (like is None and len(value) == 1):
                return self.members(value, like, column)
        return self.flow(value, like, " " * column)

    def members(self, value: dict[str, object], like: Node | None, column: int) -> str:
        """The members of a mapping from a column on."""
        told = [f"{self.key(key)}:{self.member(key, child, like, column)}" for key, child in value.items()]
        return (self.newline + " " * column).join(told)

    def member(self, key: str, value: object, around: Node | None, column: int) -> str:
        """What stands after the colon of a member of a mapping like `around` that begins at a column."""
        like = child_like(around, key, value)
        step = like.span.column - around.span.column if like and around and self.source.is_block(like) else 2
        inner = column + step
        line = self.newline + " " * inner
        if isinstance(value, dict) and value and self.source.is_block(like):
            return line + self.members(value, like, inner)
        if isinstance(value, list) and value and (self.source.is_block(like) if like else _are_mappings(value)):
            model = None if like is None else children(like)[0]
            return "".join(f"{line}- {self.item(each, model, inner + 2)}" for each in value)
        return " " + self.flow(value, like, " " * column)

    # --- scalars --------------------------------------------------------------------

    def key(self, text: str) -> str:
        """A key, in quotes where it needs them or the others have them."""
        return text if not self.quotes and _PLAIN_KEY.fullmatch(text) else in_quotes(text)

    def scalar(self, value: object) -> str:
        """A scalar, in quotes where plain it would mean something else or texts are in quotes here."""
        if value is None or isinstance(value, bool):
            return json.dumps(value)
        if not isinstance(value, str):
            return str(value)
        return in_quotes(value) if self.quotes or not means_itself(value) else value

    def respelt(self, old: str, node: Node, value: object) -> str:
        """A scalar for the place of another, in the quotes of that one."""
        if isinstance(value, str) and not self.source.is_json:
            if old[:1] == '"':
                return in_quotes(value)
            if old[:1] == "'" and _SINGLE.fullmatch(value):
                return "'" + value.replace("'", "''") + "'"
            if node.plain and isinstance(node.value, str) and means_itself(value):
                return value
        return self.scalar(value)


def in_quotes(text: str) -> str:
    """A text in double quotes, as both JSON and YAML read it."""
    return _UNFIT.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text, ensure_ascii=False))


def means_itself(text: str) -> bool:
    """Whether the text, plain in YAML, means just this text wherever a value may stand."""
    if "\n" in text or "\r" in text:
        return False
    (loaded,) = load_each(_UNFIT.sub("\0", f"{{k: {text}, l: [{text}, {text}]}}"), "", format="yaml")[:1]
    return isinstance(loaded, Document) and plain(loaded.root) == {"k": text, "l": [text, text]}


def children(node: Node) -> list[Node]:
    """What is in a mapping or a list, in order."""
    if isinstance(node.value, dict):
        return list(node.value.values())
    return node.value if isinstance(node.value, list) else []


def descend(node: Node) -> Iterator[Node]:
    """The node and all in it, outer before inner, in order."""
    left = [node]
    while left:
        each = left.pop()
        yield each
        left.extend(reversed(children(each)))


def resembles(value: object, node: Node) -> bool:
    """Whether a node of this kind can show how the value is to be written: a list of mappings is no list of texts."""
    if not node.value:
        return False
    if isinstance(value, list) and value and isinstance(node.value, list):
        return isinstance(value[0], dict) == isinstance(node.value[0].value, dict)
    return isinstance(value, dict) and isinstance(node.value, dict)


def child_like(node: Node | None, key: str, value: object) -> Node | None:
    """What in `node` shows how to write `value`: what stands under its key, else the first that resembles it."""
    if node is None or not isinstance(value, (dict, list)):
        return None
    named = [node.value[key]] if isinstance(node.value, dict) and key in node.value else []
    return next((each for each in (*named, *children(node)) if resembles(value, each)), None)


def _are_mappings(values: list[object]) -> bool:
    return all(isinstance(value, dict) for value in values)
