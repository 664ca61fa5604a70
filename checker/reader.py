"""Reading documents whose shape is already right: typed getters that gather every problem with its place.

A getter never raises and never guesses: where something is wrong it writes a
problem down and returns None (or an empty thing), and the maker of the noun
goes on, so that a file's problems come out all at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from checker.errors import Place, Problem, nearest, quoted
from checker.load import Document, Node
from checker.model import Field, Kind, Words
from checker.values import NONE, Term, Unknown, Value, number
from checker.wording import parse_term, read_known


class Reader:
    """One document being read, and the problems found so far (shared by all documents of a pack)."""

    def __init__(self, document: Document, problems: list[Problem]) -> None:
        """Read `document`, adding to `problems`."""
        self.document = document
        self.problems = problems

    def place(self, node: Node, *, key: bool = False) -> Place:
        """Where the node stands, or the key that names it."""
        return self.document.place(node, key=key)

    def problem(self, node: Node, message: str, *, key: bool = False) -> None:
        """Write down what is wrong with the node (or with its key)."""
        self.problems.append(Problem(self.place(node, key=key), message))

    def unknown_name(self, node: Node, what: str, name: str, known: Iterable[str], *, key: bool = False) -> None:
        """Write down that `name` is no known `what` ("field of notice"), with the nearest that is."""
        noun, _, owner = what.partition(" of ")
        whose = f" of {quoted(owner)}" if owner else ""
        self.problem(node, f"unknown {noun} {quoted(name)}{whose}{nearest(name, known)}", key=key)

    def text(self, node: Node | None) -> str:
        """A text, a number or a flag as its text; '' where there is none."""
        return "" if node is None or node.value is None else str(node.value)

    def words(self, node: Node | None) -> Words:
        """A text in one language or in several: one alone is English; {} where there is none."""
        if node is not None and isinstance(node.value, dict):
            return {language: self.text(text) for language, text in node.value.items()}
        return {"en": self.text(node)} if self.text(node) else {}

    def flag(self, node: Node | None) -> bool:
        """`yes` or `true`; False where the key is left out."""
        return node is not None and node.value in ("yes", True)

    def texts(self, node: Node | None) -> tuple[str, ...]:
        """A list of texts; () where the key is left out."""
        return tuple(self.text(item) for item in items(node))

    def value(self, node: Node, field: Field, unknown: Unknown | None) -> Value | None:
        """The value a fact states for a field; `unknown` is what the word stands for (None: not allowed here)."""
        if node.value == "none":
            return NONE
        if node.value == "unknown" and unknown is not None:
            return unknown
        return self.known(node, field.kind, field.options)

    def known(self, node: Node, kind: Kind, options: tuple[str, ...] = ()) -> Value | None:
        """The value of `kind` that a scalar spells, or None with a problem written down."""
        value = node.value
        if value is None:
            self.problem(node, "a value is missing; write one, `unknown` or `none`")
        elif isinstance(value, (dict, list)):
            self.problem(node, f"one {kind} is wanted here, not a {'mapping' if isinstance(value, dict) else 'list'}")
        elif kind == "one-of":
            word = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
            if word in options:
                return word
            self.problem(node, f"{quoted(word)} is not one of {', '.join(options)}{nearest(word, options)}")
        elif kind in ("id", "actor", "text"):
            if isinstance(value, str):
                return value
            self.problem(node, f"a text is wanted; put {quoted(str(value))} in quotes to mean the text")
        elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            if kind == "decimal" or (kind == "integer" and isinstance(value, int)):
                return number(value)
            self.problem(node, f"{quoted(str(value))} is no {'whole number' if kind == 'integer' else kind}")
        else:
            return self._spelt(node, str(value), kind)
        return None

    def _spelt(self, node: Node, text: str, kind: Kind) -> Value | None:
        if kind in ("integer", "decimal"):
            self.problem(node, f"{quoted(text)} is text; a {'whole ' if kind == 'integer' else ''}number is wanted")
            return None
        try:
            return read_known(text, kind)
        except ValueError as error:
            self.problem(node, str(error))
            return None

    def term(self, node: Node, kind: Kind) -> Term | None:
        """The term a scalar spells where `kind` is wanted, or None with a problem written down."""
        if isinstance(node.value, (dict, list)) or node.value is None:
            self.problem(node, "a value, a variable or a term such as `$day - P1Y` is wanted")
            return None
        text = ("yes" if node.value else "no") if isinstance(node.value, bool) else str(node.value)
        try:
            return parse_term(text, kind)
        except ValueError as error:
            self.problem(node, str(error))
            return None


def entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The keys and values of a mapping; nothing for a key left out."""
    if node is not None and isinstance(node.value, dict):
        yield from node.value.items()


def items(node: Node | None) -> tuple[Node, ...]:
    """The items of a list; () for a key left out, one item for what is no list."""
    if node is None or node.value is None:
        return ()
    return tuple(node.value) if isinstance(node.value, list) else (node,)


def members(node: Node) -> Mapping[str, Node]:
    """A mapping's members; {} for anything else."""
    return node.value if isinstance(node.value, dict) else {}
