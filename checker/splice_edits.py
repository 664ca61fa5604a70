"""Where a text has to change so that a document in it does: each step of a JSON Patch as edits of the text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from checker.errors import Place, Problem, ProblemsError, quoted
from checker.load import Document, Node
from checker.splice_style import Source, Style, children, resembles
from checker.verdict import PatchStep

_COMMA_OR_COMMENT = re.compile(r"#[^\r\n]*|,")
_COLON = re.compile(r"[ \t]*:")
_BEFORE_DASH = re.compile(r"[ \t?:-]*")
_BLOCK_SCALAR = re.compile(r"[|>][-+0-9]*")
_BEFORE = {"facts": "actions"}  # where a case has the one and not yet the other

_Written = Callable[[str], str]  # what is to be written, for lines that begin with these blanks


class Edit(NamedTuple):
    """What stands from `start` to `end` becomes `text`."""

    start: int
    end: int
    text: str


class SpliceError(ProblemsError):
    """A text can't be changed as asked, so that it would mean what it should and keep all else."""


def applied(text: str, edits: list[Edit]) -> str:
    """The text with the edits made."""
    parts, at = list[str](), 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += text[at : edit.start], edit.text
        at = edit.end
    return "".join(parts) + text[at:]


def tokens(path: str) -> list[str]:
    """What a JSON Pointer names, from the outside in."""
    return [each.replace("~1", "/").replace("~0", "~") for each in path.split("/")[1:]]


class Edits:
    """The edits for one document."""

    def __init__(self, document: Document, *, is_json: bool) -> None:
        """Edit a document of a text."""
        self.document = document
        self.source = Source(document.text, is_json=is_json)
        self.text = document.text

    def of(self, step: PatchStep) -> list[Edit]:
        """What to change in the text for one step; SpliceError where that is not known."""
        names = tokens(step.path)
        if not names:
            raise self._refused(self.document.root, "the whole document can't be changed, only what is in it")
        chain = [self.document.root]
        for name in names[:-1]:
            chain.append(self._child(chain[-1], name, step))
        holder, name = chain[-1], names[-1]
        if step.op == "add" and isinstance(holder.value, list):
            if name not in ("-", str(len(holder.value))):
                raise self._refused(holder, f"{quoted(step.path)}: an item can be added only at the end of a list")
            return self._append(holder, step.value, chain[-2] if len(chain) > 1 else None)
        if step.op == "add" and isinstance(holder.value, dict) and name not in holder.value:
            return self._add_member(chain, name, step.value)
        node = self._child(holder, name, step)
        if step.op != "remove":
            return self._put(node, step.value, holder)
        if not isinstance(holder.value, list):
            raise self._refused(node, f"{quoted(step.path)}: only an item of a list can be removed")
        return self._remove(holder, int(name))

    def _child(self, node: Node, name: str, step: PatchStep) -> Node:
        if isinstance(node.value, dict) and name in node.value:
            return node.value[name]
        if isinstance(node.value, list) and name in map(str, range(len(node.value))):
            return node.value[int(name)]
        raise self._refused(node, f"{quoted(step.path)} names nothing here")

    def _refused(self, node: Node, message: str) -> SpliceError:
        place = Place(self.document.file, node.span.line, node.span.column)
        return SpliceError([Problem(place, message)])

    # --- adding -----------------------------------------------------------------

    def _append(self, holder: Node, value: object, around: Node | None) -> list[Edit]:
        items, source = children(holder), self.source
        beside = [each for each in children(around) if each.value and isinstance(each.value, list)] if around else []
        candidates = [*items[-1:], *(child for each in beside for child in children(each)[:1])]
        like = next((each for each in candidates if resembles(value, each)), None)
        style = Style(source, like, holder, around, self.document.root)
        if source.is_flow(holder):
            if not items:
                return self._fill(holder, [value], next(iter(beside), None), style)
            return self._append_flow(holder, style, lambda indent: style.flow(value, like, indent))
        column = holder.span.column - 1
        first = source.start(items[0])
        gap = self.text[source.line_start(first) + column : first]
        dash = gap if re.fullmatch("- +", gap) else "- "
        return self._line_after(items[-1], " " * column + dash + style.item(value, like, column + len(dash)))

    def _add_member(self, chain: list[Node], name: str, value: object) -> list[Edit]:
        source, holder, members = self.source, chain[-1], children(chain[-1])
        style = Style(source, holder, self.document.root)
        like = next((each for each in members if resembles(value, each)), None)
        if source.is_flow(holder):
            if not members:
                return self._fill(holder, {name: value}, None, style)

            def written(indent: str) -> str:
                return style.key(name) + style.colon + style.flow(value, like, indent, spread=style.is_spread(holder))

            follows = _follower(holder, name)
            return (
                self._append_flow(holder, style, written) if follows is None else self._before(follows, style, written)
            )
        if any(source.is_flow(each) for each in chain):  # `[a: b]`: a mapping without brackets of its own
            told = f", {style.key(name)}: {style.flow(value, None, '')}}}"
            start, end = source.start(holder), source.end(holder)
            return [Edit(start, start, "{"), Edit(end, end, told)]
        column = holder.span.column - 1
        told = f"{style.key(name)}:{style.member(name, value, holder, column)}"
        follows = _follower(holder, name)
        if follows is members[0]:
            at = source.begin(follows)
            return [Edit(at, at, told + source.newline(at) + " " * column)]
        last = members[members.index(follows) - 1] if follows else members[-1]
        return self._line_after(last, " " * column + told)

    def _fill(self, holder: Node, value: object, like: Node | None, style: Style) -> list[Edit]:
        """Brackets that hold nothing, or only a comment, get what they hold."""
        start, end = self.source.start(holder), self.source.end(holder)
        if self.text[start + 1 : end - 1].strip():
            told = style.flow(value, None, "")[1:-1]
            return [Edit(end - 1, end - 1, told)]
        spread = self.source.is_json and style.is_spread(self.document.root)
        return [Edit(start, end, style.flow(value, like, self.source.indent(start), spread=spread))]

    def _append_flow(self, holder: Node, style: Style, written: _Written) -> list[Edit]:
        """After the last thing in brackets: on a line of its own if that one stands so."""
        source, last = self.source, children(holder)[-1]
        end, close = source.end(last), source.end(holder) - 1
        if not source.begins_line(source.begin(last)):
            return [Edit(end, end, style.comma + written(source.indent(end)))]
        indent = source.indent(source.begin(last))
        line_end = source.line_end(end)
        comma = self._comma(end, close)
        told = style.newline + indent + written(indent)
        if line_end >= close or (comma is not None and comma > line_end):
            return [Edit(end, end, "," + told)]
        if comma is not None:
            return [Edit(line_end, line_end, told + ",")]
        return [Edit(end, end, ","), Edit(line_end, line_end, told)]

    def _before(self, node: Node, style: Style, written: _Written) -> list[Edit]:
        at = self.source.begin(node)
        if not self.source.begins_line(at):
            return [Edit(at, at, written(self.source.indent(at)) + style.comma)]
        indent = self.source.indent(at)
        return [Edit(at, at, f"{written(indent)},{style.newline}{indent}")]

    def _line_after(self, node: Node, line: str) -> list[Edit]:
        """A line after the last one of the node."""
        source, end = self.source, self._past(node)
        if end < len(self.text) or source.line_start(end) == end:
            return [Edit(end, end, line + source.newline(source.start(node)))]
        return [Edit(end, end, source.newline(end) + line)]

    def _past(self, node: Node) -> int:
        """Where the line begins that follows the node's last; a block scalar ends there itself."""
        end = self.source.end(node)
        return end if self.source.line_start(end) == end > self.source.start(node) else self.source.next_line(end)

    def _comma(self, start: int, end: int) -> int | None:
        found = _COMMA_OR_COMMENT.finditer(self.text, start, end)
        return next((each.start() for each in found if each.group() == ","), None)

    # --- replacing ----------------------------------------------------------------

    def _put(self, node: Node, value: object, holder: Node) -> list[Edit]:
        source = self.source
        start, end = source.start(node), source.end(node)
        style = Style(source, holder, self.document.root)
        if source.is_block(node):
            raise self._refused(node, "this is no scalar; only a scalar can be replaced")
        if isinstance(value, (dict, list)) or isinstance(node.value, (dict, list)):
            like = next((each for each in children(holder) if each is not node and resembles(value, each)), None)
            if start == end and value and source.is_block(holder) and node.key:
                return [self._below(node, style.member("", value, holder, holder.span.column - 1))]
            told = style.flow(value, like, source.indent(start), spread=source.is_json and style.is_spread(holder))
        else:
            told = style.respelt(self.text[start:end], node, value)
        if header := None if node.plain or source.is_json else _BLOCK_SCALAR.match(self.text, start, end):
            return [Edit(start, header.end(), told), self._body(header.end(), end)]
        between = self.text[source.key_end(node) : start] if node.key and start == end else " "
        return [Edit(start, end, ("" if between[-1:].isspace() else " " if ":" in between else ": ") + told)]

    def _below(self, node: Node, told: str) -> Edit:
        """A value for a key that has none: on lines of its own below, or after the colon."""
        at = self.source.start(node)
        if told[0] in "\r\n":
            at = self.source.line_end(at)
        return Edit(at, at, told)

    def _body(self, start: int, end: int) -> Edit:
        """The lines of a block scalar below its header, without the blank ones at its end."""
        last = start + len(self.text[start:end].rstrip(" \t\r\n"))
        if self.source.line_end(start) >= last:
            return Edit(end, end, "")
        if self.source.next_line(last) == self.source.line_end(last):  # the text ends with it
            return Edit(self.source.line_end(start), last, "")
        return Edit(self.source.next_line(start), self.source.next_line(last), "")

    # --- removing -----------------------------------------------------------------

    def _remove(self, holder: Node, index: int) -> list[Edit]:
        items = children(holder)
        if self.source.is_flow(holder):
            return self._remove_only(holder) if len(items) == 1 else self._remove_flow(holder, index)
        source, item = self.source, items[index]
        dash = self._dash(holder, item)
        if not source.begins_line(dash) and len(items) > 1:
            return [Edit(dash, self._dash(holder, items[1]), "")]
        lines = self._lines(source.line_start(dash), self._past(item))
        if len(items) > 1:
            return [lines]
        colon = _COLON.match(self.text, source.key_end(holder)) if holder.key else None
        if colon is None or not source.begins_line(dash):
            end = source.end(item)
            return [Edit(dash, end, "[]" + (source.newline(dash) if source.line_start(end) == end else ""))]
        return [Edit(colon.end(), colon.end(), " []"), lines]

    def _lines(self, start: int, end: int) -> Edit:
        """Whole lines taken out; the last of a text that ends without a break take the break before them along."""
        if end == len(self.text) and start and self.source.line_start(end) != end:
            start -= 2 if self.text[:start].endswith("\r\n") else 1
        return Edit(start, end, "")

    def _dash(self, holder: Node, item: Node) -> int:
        """Where the dash of an item stands: in the list's column, in the item's line or above."""
        source, column = self.source, holder.span.column - 1
        for line in range(item.span.line, holder.span.line - 1, -1):
            at = source.starts[line - 1] + column
            if self.text[at : at + 1] == "-" and _BEFORE_DASH.fullmatch(self.text, source.starts[line - 1], at):
                return at
        raise self._refused(item, "the `-` of this item is not found")

    def _remove_only(self, holder: Node) -> list[Edit]:
        start, end = self.source.start(holder) + 1, self.source.end(holder) - 1
        (item,) = children(holder)
        at, past = self.source.start(item), self.source.end(item)
        if not self._has_comment(start, at) and not self._has_comment(past, end):
            return [Edit(start, end, "")]
        comma = self._comma(past, end)
        return [Edit(at, past, ""), *([Edit(comma, comma + 1, "")] if comma is not None else [])]

    def _remove_flow(self, holder: Node, index: int) -> list[Edit]:
        """An item in brackets, with the comma after it; the last, if none is after it, with the one before."""
        source, items = self.source, children(holder)
        at, past = source.start(items[index]), source.end(items[index])
        is_last = index == len(items) - 1
        until = source.end(holder) - 1 if is_last else source.start(items[index + 1])
        comma = self._comma(past, until)
        if comma is not None and (lines := self._own_lines(at, comma + 1, until)):
            return [lines]
        if comma is not None and not is_last:
            return [Edit(at, comma + 1 if self._has_comment(past, until) else until, "")]
        before = source.end(items[index - 1])
        if not self._has_comment(before, at):
            return [Edit(before, past, "")]
        comma = self._comma(before, at) or before
        return [Edit(comma, comma + 1, ""), self._own_lines(at, past, until) or Edit(at, past, "")]

    def _has_comment(self, start: int, end: int) -> bool:
        return bool(self.text[start:end].strip(" \t\r\n,"))

    def _own_lines(self, start: int, end: int, until: int) -> Edit | None:
        """The lines from `start` to `end`, if nothing else stands in them but a comment."""
        source = self.source
        rest = self.text[end : source.line_end(end)].strip(" \t")
        alone = source.begins_line(start) and source.next_line(end) <= until and (not rest or rest[0] == "#")
        return Edit(source.line_start(start), source.next_line(end), "") if alone else None


def _follower(holder: Node, name: str) -> Node | None:
    """The member before which a new one belongs; None for the end."""
    return holder.value.get(_BEFORE.get(name, "")) if isinstance(holder.value, dict) else None
