"""What a pack says must always hold: `always:`, read into properties. Nothing is judged by them; they are tried."""

from __future__ import annotations

from collections.abc import Mapping

from checker.bodies import Bodies, Scope
from checker.errors import quoted
from checker.load import Node
from checker.model import Property
from checker.reader import Reader, items, members
from checker.rules import Vocabulary


def read_properties(readers: list[Reader], vocabulary: Vocabulary) -> dict[str, Property]:
    """The properties by id, in order; an id given twice is a problem."""
    found: dict[str, Property] = {}
    for reader in readers:
        for node in items(members(reader.document.root).get("always")):
            keys = members(node)
            each = _property(reader, node, keys, vocabulary)
            if each.id in found:
                reader.problem(keys["id"], f"property id {quoted(each.id)} is taken: {found[each.id].place}")
            else:
                found[each.id] = each
    return found


def _property(reader: Reader, node: Node, keys: Mapping[str, Node], vocabulary: Vocabulary) -> Property:
    bodies = Bodies(reader, vocabulary.types, vocabulary.questions)
    body, _ = bodies.body([keys["absent"]], Scope(()))
    return Property(reader.text(keys["id"]), reader.words(keys["title"]), body, reader.place(node))
