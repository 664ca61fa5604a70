"""What stands in brackets, and scalars: one space after each comma and colon, and a line where one began."""

from __future__ import annotations

from checker.formatting.comments import Comments
from checker.load import Node
from checker.load_tree import BREAK
from checker.splice_style import Source, children

STEP = 2


class Flow:
    """The flow collections and scalars of a text, written anew."""

    def __init__(self, source: Source, comments: Comments) -> None:
        """Take comments as they come."""
        self.source = source
        self.comments = comments

    def value(self, node: Node, indent: int) -> str:
        """A value that begins in a line of this indentation; its further lines stand deeper."""
        if self.source.is_flow(node):
            return self._collection(node, indent)
        if isinstance(node.value, dict):  # `[a: b]`: a mapping without brackets of its own
            return ", ".join(self._member(child, indent) for child in children(node))
        first, *others = BREAK.split(self.source.text[self.source.start(node) : self.source.end(node)])
        return "\n".join([first.rstrip(), *(f"{' ' * (indent + STEP)}{each.strip()}".rstrip() for each in others)])

    def _collection(self, node: Node, indent: int) -> str:
        items, inner = children(node), indent + STEP
        start, close = self.source.start(node), self.source.end(node) - 1
        parts = list[str]()
        for child in items:
            lead = self._lead(self.source.begin(child), inner, inner, " " if parts else "")
            parts.append(lead + self._member(child, inner))
        ending = self._lead(close, inner, indent, "")
        told = f"{self.source.text[start]}{','.join(parts)}{ending}{self.source.text[close]}"
        return told.replace(" \n", "\n")

    def _member(self, node: Node, indent: int) -> str:
        if node.key is None:
            return self.value(node, indent)
        key_end, start = self.source.key_end(node), self.source.start(node)
        key = self.source.text[self.source.begin(node) : key_end]
        if start == self.source.end(node):
            return f"{key}: " if ":" in self.source.text[key_end : start + 1] else key  # `a:,` would be a text
        return f"{key}:{self._lead(start, indent + STEP, indent + STEP, ' ')}{self.value(node, indent)}"

    def _lead(self, at: int, notes: int, indent: int, otherwise: str) -> str:
        """The comments before something, indented by `notes`, and a line of its own if it had one, or `otherwise`."""
        told = ""
        for comment in self.comments.before(at):
            told += " " * max(2, comment.gap) if comment.gap is not None else f"\n{' ' * notes}"
            told += comment.text
        return f"{told}\n{' ' * indent}" if told or self.source.begins_line(at) else otherwise
