"""Rules taken out of use, set apart before anything is expanded or looked up: they are known by name, and that is all.

Whatever stands below the reading of a pack, the referee and the engine among it, never sees a retired rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from checker.blocks.expand import kind_of
from checker.dates import Date
from checker.errors import Problem, printable, quoted
from checker.load import Document, Node
from checker.model import Retired, text_in
from checker.reader import Reader, items, members

_GROUND = ("id", "title", "clause", "cites", "basis", "say", "remedy")  # what names no other rule


def set_apart(documents: list[Document], problems: list[Problem]) -> tuple[list[Document], dict[str, Retired]]:
    """The documents without the rules and blocks that are retired, and these by id."""
    readers = [Reader(document, problems) for document in documents]
    retired: dict[str, Retired] = {}
    for reader in readers:
        for node in _rules(reader.document):
            if (made := _retired(reader, _parts(node))) is None:
                continue
            if made.id in retired:
                message = f"rule id {quoted(made.id)} is taken: {retired[made.id].place}"
                reader.problem(_parts(node)["id"], message)
            retired[made.id] = made
    if retired:
        documents = [_without(document) for document in documents]
        for reader in (Reader(document, problems) for document in documents):
            _refuse_names(reader, retired)
    return documents, dict(sorted(retired.items()))


def retired_as(name: str, retired: Mapping[str, Retired]) -> str:
    """That the id, or the block it is an element of, is retired, in words; '' where it is not."""
    known = retired.get(name) or retired.get(name.partition("/")[0])
    if known is None:
        return ""
    return f"{quoted(known.id)} is retired since {known.since}: {printable(text_in(known.why, 'en')).rstrip('.')}"


def _retired(reader: Reader, parts: Mapping[str, Node]) -> Retired | None:
    if "retired" not in parts:
        return None
    said = members(parts["retired"])
    since = reader.known(said["since"], "date")
    if not isinstance(since, Date):
        return None
    place = reader.place(parts["id"], key=True)
    return Retired(reader.text(parts["id"]), reader.words(parts["title"]), since, reader.words(said["why"]), place)


def _rules(document: Document) -> tuple[Node, ...]:
    return items(members(document.root).get("rules"))


def _parts(node: Node) -> Mapping[str, Node]:
    """The keys of a rule, or the parts of a block."""
    kind = kind_of(node)
    return members(node) if kind is None else members(members(node)[kind])


def _without(document: Document) -> Document:
    root = dict(members(document.root))
    if "rules" in root:
        kept = [node for node in _rules(document) if "retired" not in _parts(node)]
        root["rules"] = replace(root["rules"], value=kept)
    return replace(document, root=replace(document.root, value=root))


def _refuse_names(reader: Reader, retired: Mapping[str, Retired]) -> None:
    """What is judged can't rest on what is not: a retired id that is given again, or named anywhere, is a problem."""
    for node in _rules(reader.document):
        parts = _parts(node)
        if told := retired_as(reader.text(parts["id"]), retired):
            reader.problem(parts["id"], f"{told}; an id is for ever, so give this rule another")
        for name, each in parts.items():
            for leaf in () if name in _GROUND else _leaves(each):
                if told := retired_as(str(leaf.value), retired):
                    reader.problem(leaf, f"{told}; take it out")


def _leaves(node: Node) -> Iterator[Node]:
    if isinstance(node.value, (dict, list)):
        for each in node.value.values() if isinstance(node.value, dict) else node.value:
            yield from _leaves(each)
    else:
        yield node
