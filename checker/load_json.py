"""JSON, read with the place of every key and value.

The standard library reads JSON faster, but does not say where anything was written, keeps the
last of repeated keys, and takes `NaN` and halves of characters. So this is a scanner of its own:
one expression finds the next token, one loop knows what may follow, and the tree remembers what
is open, so that nothing here recurses. Only texts with escapes go to the standard library.
"""

from __future__ import annotations

import re
from decimal import Decimal
from json import JSONDecodeError, JSONDecoder

from checker.errors import Span, quoted
from checker.load_tree import BREAK, Tree, UnreadableError

_TOKEN = re.compile(  # always matches: where nothing of JSON stands, only the space before it
    r"([ \t\r\n]*)(?:"
    r'([][{}:,])|"([^"\\\x00-\x1f]*)"([ \t\r\n]*:)?|'  # a text, and `:` if it is a key
    r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![\w.+-])|"
    r"(true|false|null|NaN|-?Infinity)(?![\w.+-])|)"
)
_SPACE, _MARK, _TEXT, _AS_KEY, _WHOLE, _FRACTION, _EXPONENT, _WORD = range(1, 9)
_BARE = re.compile(r"[\w.+-]+")
_DECODE = JSONDecoder().raw_decode
_WORDS = {"true": True, "false": False, "null": None}
_PYTHON_WORDS = {"True": "true", "False": "false", "None": "null", "undefined": "null"}

# What may come next, in words that follow "expected".
_VALUE = "a value"
_VALUE_OR_END = "a value or `]`"
_KEY = "a key in double quotes"
_KEY_OR_END = "a key in double quotes or `}`"
_COLON = "`:` after the key"
_MORE_IN_LIST = "`,` or `]`"
_MORE_IN_MAPPING = "`,` or `}`"
_NOTHING = "nothing"

_OPENS = {"[": _VALUE_OR_END, "{": _KEY_OR_END}
_CLOSES = {"]": (_VALUE_OR_END, _MORE_IN_LIST), "}": (_KEY_OR_END, _MORE_IN_MAPPING)}
_GOES_ON = {(_COLON, ":"): _VALUE, (_MORE_IN_LIST, ","): _VALUE, (_MORE_IN_MAPPING, ","): _KEY}
_TRAILING = {("]", False, _VALUE), ("}", True, _KEY)}

_BAD_TEXT = (  # how the standard library begins to say it, and what to say instead
    ("Unterminated", "this text has no closing double quote"),
    ("Invalid control", "control character {} in a text; write an escape such as `\\n` or `\\t`"),
    ("Invalid \\u", "after `\\u` stand four hexadecimal digits"),
    ("Invalid \\escape", "unknown escape; write `\\\\` for a backslash"),
)


def read_json(text: str, tree: Tree, line: int = 1) -> None:
    """Fill the tree with the one document that `text` is; its first line is the file's `line`-th."""
    _Scanner(text, tree, line).read()


class _Scanner:
    """A text and where in it the scanner stands: in which line, which began at which offset."""

    def __init__(self, text: str, tree: Tree, line: int) -> None:
        self.text = text
        self.tree = tree
        self.line = line
        self.begin = 0
        self.breaks = [each.end() for each in BREAK.finditer(text)]
        self.breaks.append(len(text) + 1)  # never reached
        self.breaks.reverse()

    def read(self) -> None:
        """Take token after token; what may follow hangs on the last one and on what is open."""
        text, match, expected, end = self.text, _TOKEN.match, _VALUE, 0
        while end < len(text) or expected is not _NOTHING:
            token = match(text, end)
            if token is None:  # never, but the type says so
                return
            kind, start, end = token.lastindex, token.end(_SPACE), token.end()
            while start >= self.breaks[-1]:
                self.begin = self.breaks.pop()
                self.line += 1
            if kind == _MARK:
                mark = text[start]
                expected = _GOES_ON.get((expected, mark)) or self._mark(mark, start, expected)
            elif expected in (_KEY, _KEY_OR_END) and text[start : start + 1] == '"':
                key, key_end = self._text(token[_TEXT], start)
                span = self._span(start, key_end)
                self.tree.name(self.tree.text(key, span), span)
                expected = _VALUE if kind == _AS_KEY else _COLON
                end = max(end, key_end)
            elif expected in (_VALUE, _VALUE_OR_END) and start < len(text):
                end = self._scalar(token, start, end, expected)
                expected = self._next()
            elif start < len(text) or expected is not _NOTHING:
                raise self._refuse(start, expected)

    def _span(self, start: int, end: int) -> Span:
        return Span(self.line, start - self.begin + 1, self.line, end - self.begin + 1)

    def _next(self) -> str:
        if len(self.tree.frames) == 1:
            return _NOTHING
        return _MORE_IN_MAPPING if self.tree.frame.is_mapping else _MORE_IN_LIST

    def _mark(self, mark: str, start: int, expected: str) -> str:
        column = start - self.begin + 1
        if mark in _OPENS and expected in (_VALUE, _VALUE_OR_END):
            self.tree.open(self.line, column, is_mapping=mark == "{")
            return _OPENS[mark]
        if mark in _CLOSES and expected in _CLOSES[mark]:
            self.tree.close(self.line, column + 1)
            return self._next()
        raise self._refuse(start, expected)

    def _scalar(self, token: re.Match[str], start: int, end: int, expected: str) -> int:
        kind = token.lastindex
        if self.text[start] == '"':
            text, end = self._text(token[_TEXT], start)
            span = self._span(start, end)
            self.tree.add(self.tree.text(text, span), span)
            return end
        span = self._span(start, end)
        value: int | Decimal | bool | None = None
        if kind == _WHOLE:
            value = self.tree.integer(token[_WHOLE], span)
        elif kind in (_FRACTION, _EXPONENT):
            value = self.tree.decimal(self.text[start:end], span)
        elif kind == _WORD and token[_WORD] in _WORDS:
            value = _WORDS[token[_WORD]]
        elif kind == _WORD:
            message = f"{quoted(token[_WORD])} is not a finite number; write the number, or leave it out"
            self.tree.problem(span.line, span.column, message)
        else:
            raise self._refuse(start, expected)
        self.tree.add(value, span, plain=True)
        return end

    def _text(self, simple: str | None, start: int) -> tuple[str, int]:
        if simple is not None:
            return simple, start + len(simple) + 2
        try:
            return _DECODE(self.text, start)
        except JSONDecodeError as error:
            words = next((words for begin, words in _BAD_TEXT if error.msg.startswith(begin)), error.msg)
            char, at = self.text[error.pos : error.pos + 1], error.pos
        if char in "\r\n":  # the text ends with its line, or with the document
            words, at = "this text has no closing double quote", start
        raise self.tree.give_up(self.line, at - self.begin + 1, words.format(quoted(char)))

    def _refuse(self, start: int, expected: str) -> UnreadableError:
        """Write down why what stands at `start` can't stand there."""
        frame, char = self.tree.frame, self.text[start : start + 1]
        is_open = len(self.tree.frames) > 1
        if expected is _NOTHING:
            message = "nothing can follow the end of the document; for many, write one a line in a `.jsonl` file"
        elif not char and is_open:
            kind = "mapping" if frame.is_mapping else "list"
            message = f"the document ends, but the {kind} from line {frame.line}, column {frame.column} is not closed"
        elif is_open and (char, frame.is_mapping, expected) in _TRAILING:
            message = f"a comma before `{char}`; take it out"
        else:
            message = self._words(start, expected)
        return self.tree.give_up(self.line, start - self.begin + 1, message)

    def _words(self, start: int, expected: str) -> str:
        bare = _BARE.match(self.text, start)
        if self.text.startswith(("//", "/*", "#"), start):
            return "JSON has no comments; take this one out, or write YAML"
        if self.text.startswith("'", start):
            return "JSON has no single quotes; write double quotes"
        if bare and expected in (_KEY, _KEY_OR_END):
            return f"put the key {quoted(bare[0])} in double quotes"
        if bare and expected in (_VALUE, _VALUE_OR_END):
            return _bare_words(bare[0])
        return f"expected {expected}, not {quoted(self.text[start : start + 1])}"


def _bare_words(word: str) -> str:
    if word in _PYTHON_WORDS:
        return f"{quoted(word)} is not JSON; write `{_PYTHON_WORDS[word]}`"
    if word[0] in "+-.0123456789":
        return f"{quoted(word)} is not a number as JSON writes it, such as `10`, `-0.5` or `1e3`"
    return f"{quoted(word)} is not a value of JSON; put a text in double quotes"
