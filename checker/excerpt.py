"""Blocks as their author wrote them: the lines of the pack's files, without what a page tells anyway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent

from checker.blocks.expand import kind_of
from checker.load import Document, Node, load_each
from checker.model import Pack
from checker.reader import items, members
from checker.shelf import pack_files

_TOLD = ("title", "clause", "cites", "basis", "say", "remedy")


def excerpts(pack: Pack) -> Mapping[str, tuple[str, ...]]:
    """By the id of each block the lines that say what it is of, and its parts."""
    found: dict[str, tuple[str, ...]] = {}
    for path in pack_files(Path(pack.folder)):
        for document in load_each(path.read_bytes(), str(path)):
            if isinstance(document, Document):
                found |= dict(_blocks(document))
    return {name: lines for name, lines in found.items() if name in pack.rules}


def _blocks(document: Document) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in items(members(document.root).get("rules")):
        if kind := kind_of(node):
            whole = members(node)[kind]
            parts = members(whole)
            yield str(parts["id"].value), tuple(_lines(document, whole, parts))


def _lines(document: Document, whole: Node, parts: Mapping[str, Node]) -> Iterator[str]:
    """The line of the block's kind, and those of its parts."""
    told = {number for name in _TOLD if name in parts for number in _span(parts[name])}
    wanted = {number for name, part in parts.items() if name not in _TOLD for number in _span(part)} - told
    first = whole.key.line if whole.key else whole.span.line
    text = dedent("\n".join(document.line(number) for number in sorted({first, *wanted})))
    yield from text.splitlines()


def _span(node: Node) -> range:
    """The lines on which a key and its value stand."""
    first = node.key.line if node.key else node.span.line
    last = node.span.end_line if node.span.end_column > 1 else node.span.end_line - 1
    return range(first, last + 1)
