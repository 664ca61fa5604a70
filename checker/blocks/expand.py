"""The documents of a pack with every block in `rules` replaced by what it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from checker.blocks import consent, notice, quota, route, stages, term, waiver
from checker.blocks.writing import Block, Expansion, Neighbours
from checker.errors import Problem
from checker.load import Document, Node
from checker.reader import entries, items, members

KINDS: Mapping[str, Callable[[Block], None]] = {
    "term": term.expand,
    "notice": notice.expand,
    "stages": stages.expand,
    "route": route.expand,
    "consent": consent.expand,
    "quota": quota.expand,
    "waiver": waiver.expand,
}


def expanded(documents: list[Document], problems: list[Problem]) -> tuple[list[Document], str | None]:
    """The documents without blocks, and the type that gives the last day in force (a `term` block's), if any."""
    blocks = {
        str(parts.value["id"].value): (kind, parts)
        for document in documents
        for node in items(members(document.root).get("rules"))
        if (kind := kind_of(node)) and isinstance((parts := members(node)[kind]).value, dict)
    }
    if not blocks:
        return documents, None
    declared = {
        name: node
        for document in documents
        for section in ("types", "actions")
        for name, node in entries(members(document.root).get(section))
    }
    parties = tuple(str(node.value) for node in items(members(documents[0].root).get("parties")))
    around = Neighbours(parties, declared, blocks)
    found = [_document(document, around, problems) for document in documents]
    terms = (Block(kind, parts, documents[0], around) for kind, parts in blocks.values() if kind == "term")
    return found, term.END if any(term.may_end(each) for each in terms) else None


def kind_of(node: Node) -> str | None:
    """The kind of block that an entry of `rules` is; None for a rule."""
    keys = members(node)
    return next((key for key in keys if key in KINDS), None) if len(keys) == 1 else None


def _document(document: Document, around: Neighbours, problems: list[Problem]) -> Document:
    rules: list[Node] = []
    made = Expansion()
    for node in items(members(document.root).get("rules")):
        kind = kind_of(node)
        if kind is None:
            rules.append(node)
            continue
        block = Block(kind, members(node)[kind], document, around)
        KINDS[kind](block)
        rules.extend(block.made.rules)
        made.facts.extend(block.made.facts)
        made.types.update(block.made.types)
        problems.extend(block.made.problems)
    return _with(document, rules, made)


def _with(document: Document, rules: list[Node], made: Expansion) -> Document:
    """The document with these rules, and with the types and ground facts of its blocks beside its own."""
    root = dict(members(document.root))
    if "rules" in root:
        root["rules"] = replace(root["rules"], value=rules)
    if made.types:
        types = root.get("types", document.root)
        root["types"] = replace(
            types, value={**members(root["types"]), **made.types} if "types" in root else made.types
        )
    if made.facts:
        facts = root.get("facts", document.root)
        root["facts"] = replace(facts, value=[*items(root.get("facts")), *made.facts])
    return replace(document, root=replace(document.root, value=root))
