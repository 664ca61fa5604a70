"""Writing core rules from the parts of a block, so that each written value stands where its part stands.

What a block expands into are nodes like those a file is read into. A value taken from the
block keeps the place of its part, everything else has the block's own: so whatever the reading
of the expansion finds wrong is told of the line that the author wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from checker.errors import Place, Problem, nearest, quoted
from checker.load import Document, Node
from checker.model import Words

Data: TypeAlias = "Node | str | int | Mapping[str, Data] | Sequence[Data]"
Reading: TypeAlias = "Mapping[str, str]"  # {question: option}, or {} where a part is the same in every reading

_GROUND = ("clause", "cites", "basis")
_JUDGED = (*_GROUND, "severity", "if-not", "survives", "before-force", "valid", "unless")
_MAIN = (*_JUDGED, "title", "say", "remedy", "then-owes", "instead-of", "also-done")


class Choice(NamedTuple):
    """What a part says in a reading; `suffix` tells the reading in the ids of rules ('' for the first)."""

    reading: Reading
    node: Node
    suffix: str

    @property
    def word(self) -> str:
        """The value as text."""
        return str(self.node.value)


class Neighbours(NamedTuple):
    """What a block may ask about the rest of the pack: parties, declared types, and the other blocks by id."""

    parties: tuple[str, ...]
    types: Mapping[str, Node]
    blocks: Mapping[str, tuple[str, Node]]  # id → kind and parts


@dataclass
class Expansion:
    """What a block stands for: rules, derived types and ground facts; and what could not be expanded."""

    rules: list[Node] = field(default_factory=list)
    types: dict[str, Node] = field(default_factory=dict)
    facts: list[Node] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Block:
    """One block being expanded: its parts, and the writing of what follows from them."""

    def __init__(self, kind: str, node: Node, document: Document, around: Neighbours) -> None:
        """The block of this kind whose parts `node` holds."""
        self.kind, self.node, self.document, self.around = kind, node, document, around
        self.parts: Mapping[str, Node] = node.value if isinstance(node.value, dict) else {}
        self.id = str(self.parts["id"].value)
        self.at = node.key or node.span  # the block's own line
        self.made = Expansion()

    # --- parts --------------------------------------------------------------------

    def word(self, part: str, otherwise: str = "") -> str:
        """A part's value as text."""
        node = self.parts.get(part)
        return otherwise if node is None else str(node.value)

    def words(self, part: str) -> list[Node]:
        """The entries of a part that is one word or a list of them."""
        node = self.parts.get(part)
        if node is None:
            return []
        return list(node.value) if isinstance(node.value, list) else [node]

    def choices(self, part: str) -> list[Choice]:
        """What the part says, in each reading if it is a reading; [] where it is left out."""
        node = self.parts.get(part)
        if node is None:
            return []
        if not isinstance(node.value, dict) or "reading" not in node.value:
            return [Choice({}, node, "")]
        question = str(node.value["reading"].value)
        options = [(name, each) for name, each in node.value.items() if name != "reading"]
        return [
            Choice({question: name}, each, f"-{name}" if index else "") for index, (name, each) in enumerate(options)
        ]

    def field_of(self, part: str, key: str, otherwise: str) -> str:
        """What the type that a part names says of itself (`day: effective`), if it is declared."""
        kind = self.around.types.get(self.word(part))
        node = kind.value.get(key) if kind is not None and isinstance(kind.value, dict) else None
        return otherwise if node is None else str(node.value)

    def unknown(self, node: Node, what: str, known: Iterable[str]) -> None:
        """Write down that a part names nothing known."""
        message = f"unknown {what} {quoted(str(node.value))}{nearest(str(node.value), known)}"
        self.problem(node, message)

    def problem(self, node: Node, message: str) -> None:
        """Write down what is wrong with a part."""
        place = Place(self.document.file, node.span.line, node.span.column)
        self.made.problems.append(Problem(place, message))

    # --- writing ------------------------------------------------------------------

    def type(self, name: str, fields: Mapping[str, str], **more: str) -> None:
        """Declare a derived type, unless the author has declared it."""
        if name not in self.around.types:
            self.made.types[name] = self.node_of({"fields": fields, **more})

    def fact(self, name: str, fields: Mapping[str, Data]) -> None:
        """State a ground fact of the agreement."""
        self.made.facts.append(self.node_of({name: fields}))

    def means(self, element: str, title: Words, body: Mapping[str, Data], reading: Reading | None = None) -> None:
        """A definition; `element` is '' for the block's own id."""
        self._rule(element, {"title": title, **self._taken(_GROUND)}, body, reading)

    def main(self, body: Mapping[str, Data], element: str = "") -> None:
        """The judged rule that carries what the author wrote of the whole block."""
        self._rule(element, self._taken(_MAIN), body, None)

    def element(
        self, element: str, title: Words, say: Words, body: Mapping[str, Data], reading: Reading | None = None
    ) -> None:
        """A judged rule about one element of the block."""
        self._rule(element, {**self._taken(_JUDGED), "title": title, "say": say}, body, reading)

    def _taken(self, keys: Iterable[str]) -> dict[str, Data]:
        return {key: self.parts[key] for key in keys if key in self.parts}

    def _rule(
        self, element: str, ground: Mapping[str, Data], body: Mapping[str, Data], reading: Reading | None
    ) -> None:
        name = f"{self.id}/{element}" if element else self.id
        own: dict[str, Data] = {"id": name, **ground, **body, "block": self.id}
        if reading:
            own["reading"] = reading
        self.made.rules.append(self.node_of(own))

    def node_of(self, data: Data) -> Node:
        """Data as a node; what is none yet stands where the block stands."""
        if isinstance(data, Node):
            return data
        if isinstance(data, Mapping):
            inner = {str(key): self._keyed(key, value) for key, value in data.items()}
            return Node(inner, self.at, self.at)
        if isinstance(data, (str, int)):
            return Node(data, self.at, self.at, plain=True)
        return Node([self.node_of(each) for each in data], self.at, self.at)

    def _keyed(self, key: str, value: Data) -> Node:
        """The value of a key; a key that is itself a part's value stands where that stands."""
        node = self.node_of(value)
        if isinstance(key, Named):
            return Node(node.value, node.span, key.node.span, node.plain)
        return node


class Named(str):
    """A type named by a part, as a key: it remembers where it is written."""

    __slots__ = ("node",)
    node: Node

    def __new__(cls, node: Node) -> Named:  # noqa: PYI034 - Self is not in every Python that is supported
        """The name that the node holds."""
        name = super().__new__(cls, str(node.value))
        name.node = node
        return name


def under(item: Mapping[str, Data], reading: Reading) -> Mapping[str, Data]:
    """The item as part of a reading, or as it is where there is none."""
    return {**item, "reading": reading} if reading else item


def both(first: Reading, second: Reading) -> Reading:
    """What is part of two readings."""
    return {**first, **second}
