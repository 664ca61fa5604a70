"""A pack's vocabulary: its types, sources, clauses and readings, from the documents that declare them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from checker.errors import Place, quoted
from checker.load import Node
from checker.model import PROPOSED, Citation, Clause, FactType, Field, Kind, Question, Source, Words
from checker.reader import Reader, entries, items, members
from checker.values import Value

Declared = TypeVar("Declared", FactType, Source, Clause, Question, Words)
STATUS_FIELDS: Mapping[str, Mapping[str, Kind]] = {
    "violation": {"rule": "text", "action": "id", "by": "actor", "towards": "actor", "day": "date"},
    "fulfilled": {"rule": "text", "action": "id", "day": "date"},
}
RESERVED = ("absent", "count", "any", "all", "compare", "reading", "unless", *STATUS_FIELDS)


def read_types(readers: list[Reader]) -> dict[str, FactType]:
    """Every type and action the pack declares, and the types that statuses make."""
    types = declared(readers, "types", _fact_type, {})
    types = declared(readers, "actions", _action_type, types)
    nowhere = Place(readers[0].document.file)
    for name, kinds in STATUS_FIELDS.items():
        fields = {field: Field(field, kind) for field, kind in kinds.items()}
        types[name] = FactType(
            name, "", fields, "day", action=False, given=False, derived=True, open=False, free=False,
            choice=(), counter=None, place=nowhere,
        )  # fmt: skip
    return types


def declared(
    readers: list[Reader],
    section: str,
    make: Callable[[Reader, str, Node], Declared | None],
    known: dict[str, Declared],
) -> dict[str, Declared]:
    """`known` and what the section of every document declares; a name given twice is a problem."""
    places = {name: getattr(made, "place", None) for name, made in known.items()}
    for reader in readers:
        for name, node in entries(members(reader.document.root).get(section)):
            if name in known:
                reader.problem(node, f"{quoted(name)} is declared already: {places[name]}", key=True)
                continue
            made = make(reader, name, node)
            if made is not None:
                known[name] = made
                places[name] = reader.place(node, key=True)
    return known


def _fact_type(reader: Reader, name: str, node: Node) -> FactType | None:
    return _type(reader, name, node, action=False)


def _action_type(reader: Reader, name: str, node: Node) -> FactType | None:
    return _type(reader, name, node, action=True)


def _type(reader: Reader, name: str, node: Node, *, action: bool) -> FactType | None:
    if name in RESERVED:
        reader.problem(node, f"{quoted(name)} is a word of the language; call the type something else", key=True)
        return None
    keys = members(node)
    fields = {field: _field(field, spelt) for field, spelt in entries(keys.get("fields"))}
    for field, spelt in entries(keys.get("fields")):
        if field == PROPOSED:
            reader.problem(spelt, f"every action has `{PROPOSED}` already; call the field something else", key=True)
    for field, value in _defaults(reader, keys.get("default"), fields).items():
        fields[field] = Field(field, fields[field].kind, fields[field].options, value)
    if action:
        if "id" not in fields:
            reader.problem(node, f"action {quoted(name)} needs a field `id: id`", key=True)
        fields[PROPOSED] = Field(PROPOSED, "one-of", ("yes", "no"))
    return FactType(
        name=name,
        about=reader.text(keys.get("about")),
        fields=fields,
        day=_named_field(reader, keys.get("day"), fields, "date"),
        action=action,
        given=True,
        derived=False,
        open=not action and reader.text(keys.get("world")) == "open",
        free=reader.flag(keys.get("free")),
        choice=tuple(word for item in items(keys.get("choice")) if (word := _named_field(reader, item, fields, None))),
        counter=_named_field(reader, keys.get("counter"), fields, "integer"),
        place=reader.place(node, key=True),
    )


def says_given(readers: list[Reader]) -> frozenset[str]:
    """The types that say `given: yes`: a case may state them although rules derive them."""
    return frozenset(
        name
        for reader in readers
        for name, node in entries(members(reader.document.root).get("types"))
        if reader.flag(members(node).get("given"))
    )


def without_world(readers: list[Reader]) -> Mapping[str, tuple[Reader, Node]]:
    """The types that say nothing of their world, with where they stand: fine only for derived ones."""
    return {
        name: (reader, node)
        for reader in readers
        for name, node in entries(members(reader.document.root).get("types"))
        if "world" not in members(node)
    }


def _field(name: str, node: Node) -> Field:
    if isinstance(node.value, dict):
        options = tuple(_option(item) for item in items(node.value.get("one-of")))
        return Field(name, "one-of", options)
    kind: Kind = str(node.value)  # type: ignore[assignment]  # the shape allows these words only
    return Field(name, kind)


def _option(node: Node) -> str:
    return {True: "yes", False: "no"}[node.value] if isinstance(node.value, bool) else str(node.value)


def _defaults(reader: Reader, node: Node | None, fields: Mapping[str, Field]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for field, spelt in entries(node):
        if field not in fields:
            reader.unknown_name(spelt, "field", field, fields, key=True)
        elif (value := reader.value(spelt, fields[field], None)) is not None:
            found[field] = value
    return found


def _named_field(reader: Reader, node: Node | None, fields: Mapping[str, Field], kind: Kind | None) -> str | None:
    if node is None:
        return None
    name = reader.text(node)
    if name not in fields:
        reader.unknown_name(node, "field", name, fields)
        return None
    if kind is not None and fields[name].kind != kind:
        reader.problem(node, f"{quoted(name)} is of kind {fields[name].kind}; a field of kind {kind} is wanted")
    return name


def read_source(reader: Reader, name: str, node: Node) -> Source:
    """A work that rules cite."""
    keys = members(node)
    url = reader.text(keys.get("url")) or None
    return Source(
        name, reader.text(keys.get("title")), url, reader.text(keys.get("basis")), reader.place(node, key=True)
    )


def read_clause(reader: Reader, name: str, node: Node) -> Clause:
    """A line of the clause register."""
    keys = members(node)
    encoded = "yes" if reader.flag(keys.get("encoded")) else reader.text(keys.get("encoded"))
    encoded = "no" if encoded == "False" else encoded
    basis = reader.text(keys.get("basis")) or "unknown"
    says, why = reader.words(keys.get("says")), reader.words(keys.get("why"))
    return Clause(name, says, basis, encoded, why, reader.place(node, key=True))


def read_question(reader: Reader, name: str, node: Node) -> Question | None:
    """A reading: a question with its options."""
    keys = members(node)
    options = {option: reader.words(says) for option, says in entries(keys.get("options"))}
    default = reader.text(keys.get("default"))
    if default not in options:
        reader.unknown_name(keys.get("default", node), "option", default, options)
        return None
    cites = read_cites(reader, keys.get("cites"))
    ask, why = reader.words(keys.get("ask")), reader.words(keys.get("why"))
    return Question(name, ask, options, default, why, cites, reader.place(node, key=True))


def read_cites(reader: Reader, node: Node | None) -> tuple[Citation, ...]:
    """Citations: a source's id, or `{source: …, quote: …}`. Whether the source exists is for the pack to say."""
    return tuple(
        Citation(reader.text(members(item).get("source")), reader.text(members(item).get("quote")))
        if isinstance(item.value, dict)
        else Citation(reader.text(item), "")
        for item in items(node)
    )
