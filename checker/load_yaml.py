"""YAML, read from the events of PyYAML's parser: libyaml's where it is there, else the one in Python.

Events know their places and come one by one, so a file that nests too deep (libyaml takes
quadratic time on it), refers to itself or asks for a Python object is refused while it is
read; no loader of PyYAML ever sees it. Where a document of a stream can't be read, reading
goes on at the next `---` at the beginning of a line, which is never part of a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

import yaml

from checker.errors import Place, Problem, Span, quoted
from checker.load_tree import BREAK, Limits, Lines, Node, Scalar, Tree, UnreadableError
from checker.load_yaml_words import is_about_context, words

try:
    from yaml._yaml import CParser as Parser
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader as Parser  # type: ignore[assignment]

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMERIC = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o([0-7]+)|0x([0-9a-fA-F]+)")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_NO_KEY = {
    "": "a key is missing before `:`",
    "<<": "merge keys are not allowed; write the keys out, or put `<<` in quotes if it is a text",
}

_FORBIDDEN_IN_ASCII = "[^\t\n\r -~]"
_FORBIDDEN = "[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"  # slow to compile
_TAG_DIRECTIVE = re.compile(r"(?:\A|[\r\n])%TAG")
_MOST_TAG_DIRECTIVES = 100  # libyaml compares each with each
_DOCUMENT = re.compile(r"(?:\A|(?<=[\r\n]))---(?=[ \t\r\n]|\Z)")


class _Mark(Protocol):
    index: int
    line: int
    column: int


class _Event(Protocol):
    """What is used of PyYAML's events; none has all of it."""

    start_mark: _Mark
    end_mark: _Mark
    anchor: str
    tag: str | None
    tags: dict[str, str] | None
    value: str
    implicit: tuple[bool, bool]
    flow_style: bool


def read_yaml(text: str, file: str, limits: Limits) -> list[Tree]:
    """Every document of a stream in order, each with what is wrong in it; empty ones are left out."""
    tree = Tree(file, limits)
    _forbid(text, tree)
    if tree.problems:
        return [tree]
    trees: list[Tree] = []
    rest, lines = text, 0
    for _ in range(limits.problems):
        step = _Stream(rest, file, limits, lines, trees).read()
        if step is None:
            return trees
        lines += len(BREAK.findall(rest, 0, step))
        rest = rest[step:]
    message = f"{limits.problems} documents can't be read (limit `problems`); the rest is not looked at"
    tree.problems.append(Problem(Place(file, lines + 1), message))
    return [*trees, tree]


def _forbid(text: str, tree: Tree) -> None:
    """Write down the characters that YAML refuses, or that end a line for some programs and not for others."""
    where = None
    try:
        for found in re.finditer(_FORBIDDEN_IN_ASCII if text.isascii() else _FORBIDDEN, text):
            where = where or Lines(text)
            message = f"character {quoted(found.group())} can't stand in YAML; write it as an escape in double quotes"
            tree.problem(*where.at(found.start()), message)
        if len(_TAG_DIRECTIVE.findall(text)) > _MOST_TAG_DIRECTIVES:
            tree.problem(1, 1, "tags are not allowed; leave out the `%TAG` lines")
    except UnreadableError:
        return


class _Stream:
    """The events of one parser, made into trees; `lines` is how many lines of the file come before its text."""

    def __init__(self, text: str, file: str, limits: Limits, lines: int, trees: list[Tree]) -> None:
        self.text = text
        self.file = file
        self.limits = limits
        self.line = lines + 1
        self.trees = trees
        self.tree = Tree(file, limits)
        self.begin: int | None = None  # where the document that is being read begins
        self.anchors: dict[str, tuple[Node, int, int]] = {}  # name → value, its size, its height
        self.aliases = 0
        self.longest = limits.string
        self.on: dict[type, Callable[[_Event], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._begin,
            yaml.DocumentEndEvent: self._end,
            yaml.StreamStartEvent: lambda _: None,
        }

    def read(self) -> int | None:
        """Read on till the end (None) or to what can't be read: where in the text the next document begins."""
        event: Any = None
        try:
            on, next_event = self.on, Parser(self.text).get_event
            while type(event := next_event()) is not yaml.StreamEndEvent:
                on[type(event)](event)
        except UnreadableError:
            return self._resume(event.start_mark.index)
        except yaml.MarkedYAMLError as error:
            return self._resume(self._misspelt(error))
        except (yaml.YAMLError, ValueError):  # the parser in Python, on an escape past the last character
            line, column = self._at(event) if event else (self.line, 1)
            at = event.end_mark.index if event else 0
            return self._resume(self._fail(at, line, column, "what follows can't be read; look for `\\U`"))
        return None

    def _resume(self, at: int) -> int | None:
        """Where the next `---` begins, past the document that can't be read."""
        line = self._line_start(at)
        found = _DOCUMENT.finditer(self.text, line if self.begin is None else max(line, self.begin + 1))
        if self._is_directive(at):  # spoils the document it stands before
            next(found, None)
        following = next(found, None)
        return following.start() if following else None

    def _line_start(self, at: int) -> int:
        return max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1

    def _is_directive(self, at: int) -> bool:
        return self.begin is None and self.text.startswith("%", self._line_start(at))

    def _misspelt(self, error: yaml.MarkedYAMLError) -> int:
        """Write down a syntax error in words that help; where it is."""
        mark: _Mark | None = error.problem_mark or error.context_mark
        context: _Mark | None = error.context_mark or mark
        if mark is None or context is None:  # neither parser leaves both out
            return self._fail(0, self.line, 1, "this can't be read as YAML")
        problem, char = error.problem or "", self.text[mark.index : mark.index + 1]
        message = words(problem, char, context.line + self.line, context.column + 1)
        where = context if is_about_context(problem) else mark
        return self._fail(mark.index, where.line + self.line, where.column + 1, message)

    def _fail(self, at: int, line: int, column: int, message: str) -> int:
        """Write down what ends a document: the one being read, or the one that seemed complete just before."""
        if self._is_directive(at):
            self.tree = Tree(self.file, self.limits)
        if self.tree not in self.trees[-1:]:
            self.trees.append(self.tree)
        self.tree.problems.append(Problem(Place(self.file, line, column), message))
        return at

    def _begin(self, event: _Event) -> None:
        self.begin = event.start_mark.index
        self.tree = Tree(self.file, self.limits)
        self.trees.append(self.tree)
        self.anchors = {}
        self.aliases = 0
        if event.tags:
            self.tree.problem(*self._at(event), "tags are not allowed; leave out the `%TAG` line")

    def _end(self, _: _Event) -> None:
        self.begin = None
        root = self.tree.root
        if root and not self.tree.problems and root.plain and root.value is None and root.span[:2] == root.span[2:]:
            self.trees.pop()

    def _open(self, event: _Event) -> None:
        line, column = self._at(event)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        if self.tree.wants_key:
            self.tree.problem(line, column, f"a key must be a text, not a {'mapping' if is_mapping else 'list'}")
        frame = self.tree.open(line, column, is_mapping=is_mapping, flow=bool(event.flow_style))
        if event.tag or event.anchor:
            self._decorated(event)
            frame.anchor = event.anchor

    def _close(self, event: _Event) -> None:
        frame, mark = self.tree.frame, event.end_mark
        line, column = mark.line + self.line, mark.column + 1
        if not frame.flow:  # libyaml ends it where the next thing begins
            line, column = frame.last_end or (line, column)
        node = self.tree.close(line, column)
        if frame.anchor:
            self.anchors[frame.anchor] = (node, self.tree.count - frame.before, frame.height)

    def _scalar(self, event: _Event) -> None:
        start, end, text, tree = event.start_mark, event.end_mark, event.value, self.tree
        span = Span(start.line + self.line, start.column + 1, end.line + self.line, end.column + 1)
        is_plain = event.implicit[0]
        if event.tag or event.anchor:
            self._decorated(event)
        if len(text) > self.longest or not text.isascii():
            tree.text(text, span)
        frame = tree.frame
        if frame.is_mapping and frame.key is None:
            self._key(text, span, is_plain=is_plain)
            node = Node(text, span)
        else:
            node = tree.add(self._plain(text, span) if is_plain else text, span, plain=is_plain)
        if event.anchor:
            self.anchors[event.anchor] = (node, 1, 0)

    def _key(self, text: str, span: Span, *, is_plain: bool) -> None:
        """Take a key as it is written, whatever it would mean as a value."""
        if is_plain and text in _NO_KEY:
            self.tree.problem(span.line, span.column, _NO_KEY[text])
            self.tree.frame.key = span  # without a name: the value belongs nowhere
        else:
            self.tree.name(text, span)

    def _plain(self, text: str, span: Span) -> Scalar:
        """What an unquoted scalar means by the core schema of YAML 1.2."""
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in _NUMERIC:
            return text
        if _INTEGER.fullmatch(text):
            return self.tree.integer(text, span)
        if _DECIMAL.fullmatch(text):
            return self.tree.decimal(text, span)
        if based := _BASED.fullmatch(text):
            octal, hexadecimal = based.groups()
            return self.tree.integer(octal, span, 8) if octal else self.tree.integer(hexadecimal, span, 16)
        if _NO_NUMBER.fullmatch(text):
            message = f"{quoted(text)} is not a finite number; put it in quotes if it is text"
            self.tree.problem(span.line, span.column, message)
        return text

    def _decorated(self, event: _Event) -> None:
        """Refuse a tag, and an anchor unless aliases are allowed."""
        if event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.tree.problem(*self._at(event), f"tag {quoted(tag)} is not allowed; leave it out")
        if event.anchor and not self.limits.aliases:
            message = f"anchor {quoted('&' + event.anchor)} is not allowed; leave it out (limit `aliases`)"
            self.tree.problem(*self._at(event), message)

    def _alias(self, event: _Event) -> None:
        """Put the value that the alias names in its place: the node's value is shared, its span is the alias's."""
        tree, name, end = self.tree, event.anchor, event.end_mark
        line, column = self._at(event)
        span = Span(line, column, end.line + self.line, end.column + 1)
        self.aliases += 1
        if not self.limits.aliases:
            tree.problem(
                line, column, f"alias {quoted('*' + name)} is not allowed; write its value out (limit `aliases`)"
            )
        elif self.aliases > self.limits.aliases:
            raise tree.give_up(line, column, f"more than {self.limits.aliases} aliases (limit `aliases`)")
        elif any(frame.anchor == name for frame in tree.frames):
            tree.problem(line, column, f"alias {quoted('*' + name)} stands inside the value that it names")
        elif name not in self.anchors:
            tree.problem(line, column, f"alias {quoted('*' + name)} names no anchor above it")
        elif tree.wants_key:
            tree.problem(line, column, "a key must be a text, not an alias")
        else:
            tree.reuse(*self.anchors[name], span)
            return
        tree.add(None, span)

    def _at(self, event: _Event) -> tuple[int, int]:
        return event.start_mark.line + self.line, event.start_mark.column + 1
