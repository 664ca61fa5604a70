"""A file written anew from the documents that were read from it: keys and scalars as they are spelt, in block style."""

from __future__ import annotations

import re

from checker.formatting.comments import Comments, Path, after_blank, comments_of
from checker.formatting.flow import STEP, Flow
from checker.load import Document, Node
from checker.load_tree import BREAK
from checker.splice_style import Source, children

_BLOCK_SCALAR = re.compile(r"[|>](?:[-+]?([1-9])|([1-9]?)[-+]?)")
_DASH = re.compile(r"[ \t?:-]*-")  # of a list, with those of lists around it
_APART = "rules"  # the list whose items stand apart


class Writer:
    """One file being written."""

    def __init__(self, documents: tuple[Document, ...]) -> None:
        """Write the documents, which are all of a file."""
        self.documents = documents
        self.source = Source(documents[0].text, is_json=False)
        self.comments = Comments(comments_of(documents))
        self.flow = Flow(self.source, self.comments)
        self.made: list[str] = []
        self.dash = ""  # what the next line begins with instead of blanks
        self.opened = True  # whether nothing stands above in the same collection
        self.keeps = False  # whether blank lines after the last scalar would be part of it
        self.last: Path = ()  # where the last thing written stands

    def lines(self) -> list[str]:
        """The lines of the whole file."""
        for document in self.documents:
            root = document.root
            if self.source.is_block(root):
                self._collection(root, 0, ())
            else:
                self._value("", root, -STEP, 0, ())
        self._lead(len(self.source.text), ())
        return self.made

    # --- lines ------------------------------------------------------------------

    def _line(self, indent: int, text: str) -> None:
        self.made += f"{self.dash or ' ' * indent}{text}".split("\n")
        self.dash, self.opened, self.keeps = "", False, False

    def _blank(self) -> None:
        """One blank line, unless one is there, or nothing is, or it would be part of a value."""
        if self.made and self.made[-1] and not (self.keeps or self.dash or self.opened):
            self.made.append("")

    def _lead(self, at: int, path: Path) -> None:
        """The comments on lines of their own before a place, with the blank lines that set them apart."""
        for comment in self.comments.before(at):
            if comment.after_blank:
                self._blank()
            self._line(comment.indent(path, self.last), comment.text)
            if comment.is_mark:
                self._beside(self.source.line_end(comment.at))
                self.opened, self.last = True, ()
        if at < len(self.source.text) and after_blank(self.source, at):
            self._blank()

    def _beside(self, limit: int) -> None:
        """The comment after what was written last, if it stands in the same line and before a place."""
        self.made[-1] += self.comments.beside(limit)

    # --- collections ------------------------------------------------------------

    def _collection(self, node: Node, indent: int, path: Path, *, apart: bool = False) -> None:
        """A mapping or a list without brackets; `apart`: its items have a blank line between them."""
        path = (*path, (node.span.column - 1, indent))
        was_long = False
        for number, child in enumerate(children(node)):
            begin = self.source.begin(child) if child.key else self._dash_of(child, node)
            above, keeps = len(self.made), self.keeps
            self._lead(begin, path)
            self.last = path
            first = len(self.made)
            if child.key:
                key = self.source.text[begin : self.source.key_end(child)]
                self._value(f"{key}:", child, indent, indent, path, apart=not indent and key == _APART)
            else:
                self._item(child, indent, path)
            is_long = len(self.made) > first + 1
            if apart and number and (is_long or was_long) and not keeps:
                self._set_apart(above, indent)
            was_long = is_long

    def _set_apart(self, line: int, indent: int) -> None:
        """A blank line before an item and the comments on it, which are not those at the end of the item before."""
        while self.made[line].startswith(" " * (indent + 1)):
            line += 1
        if self.made[line - 1] and self.made[line]:
            self.made.insert(line, "")

    def _dash_of(self, item: Node, holder: Node) -> int:
        """Where the dash of an item stands: the nearest above it in the column of its list."""
        begin, column = self.source.line_start(self.source.start(item)), holder.span.column - 1
        while begin and not _DASH.fullmatch(self.source.text, begin, begin + column + 1):
            begin = self.source.line_start(begin - 1)
        return begin + column

    def _item(self, node: Node, indent: int, path: Path) -> None:
        if self.source.is_block(node) and not self.comments.any_before(self.source.start(node)):
            self.dash = f"{self.dash or ' ' * indent}- "
            self._collection(node, indent + STEP, path)
        else:
            self._value("-", node, indent, indent + STEP, path)

    def _value(self, head: str, node: Node, parent: int, indent: int, path: Path, *, apart: bool = False) -> None:
        """A value after its key or dash, in the same line or below.

        `parent` is the indentation of what it is part of, `indent` that of the line in which it would begin.
        """
        source, start = self.source, self.source.start(node)
        below = parent + STEP
        is_block, on_own_line = source.is_block(node), source.is_flow(node) and source.begins_line(start)
        if is_block or on_own_line or self.comments.any_before(start):
            if head:
                self._line(parent, head)
                self._beside(start)
                self.opened = True
            if is_block:
                self._collection(node, below, path, apart=apart)
                return
            self._lead(start, (*path, (node.span.column - 1, below)))
            self._line(below, self._inline(node, parent, below, path))
        else:
            told = self._inline(node, parent, indent, path)
            self._line(parent if head else below, f"{head} {told}" if head and told else head or told)
        self.keeps = self._keeps(node)
        self._beside(source.line_end(max(start, source.end(node) - 1)))

    # --- scalars ----------------------------------------------------------------

    def _inline(self, node: Node, parent: int, indent: int, path: Path) -> str:
        """A scalar, or what is in brackets."""
        start, end = self.source.start(node), self.source.end(node)
        header = _BLOCK_SCALAR.match(self.source.text, start, end)
        if header is None:
            return self.flow.value(node, indent)
        first, *body = BREAK.split(self.source.text[start:end])
        body.pop()
        while body and not body[-1].strip() and not self._keeps(node):
            body.pop()
        width = int(header.group(1) or header.group(2) or 0)
        text = next((each for each in body if each.strip()), "")
        old = path[-1][0] + width if width and path else len(text) - len(text.lstrip(" "))
        blanks = " " * (max(parent, 0) + (width or STEP))
        return "\n".join([first.rstrip(), *(f"{blanks}{each[old:]}" if each[old:] else "" for each in body)])

    def _keeps(self, node: Node) -> bool:
        start, end = self.source.start(node), self.source.end(node)
        header = _BLOCK_SCALAR.match(self.source.text, start, end)
        return header is not None and "+" in header.group()
