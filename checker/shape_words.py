"""Faults of shape in words for the author of the document, each with its place.

A schema says in `title` what a thing is called ("a rule"; after a comma, what it looks like), and under
`not` what to say of a thing that should not be; so the words stay beside what they are about, and a new key
needs none here. What only follows from another fault is not told: a misspelt key is not also missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from checker.errors import Problem, nearest, quoted
from checker.load import Document, Node
from checker.shape_fit import Schema, repeated

Steps: TypeAlias = "tuple[str | int, ...]"

_SIDE_KEYS = ("reading", "unless")  # what may stand beside the pattern of an item
_FEW = 12  # so many words are listed; of more, only the nearest is named


@dataclass(frozen=True, slots=True)
class Fault:
    """What a keyword of a schema finds wrong with the value at a path, or (`of_key`) with a key of it.

    `beside`: it is asked only because of another key of the same mapping.
    """

    keyword: str
    asked: Any
    schema: Schema
    path: Steps
    value: Any
    of_key: bool
    beside: bool

    @property
    def subject(self) -> str:
        """The value it is about, named by its key."""
        if not self.path:
            return "the file"
        name = quoted(next(step for step in reversed(self.path) if isinstance(step, str)))
        return name if isinstance(self.path[-1], str) else f"an entry of {name}"

    @property
    def noun(self) -> str:
        """The mapping it is about: named by its key if it has one, else by what it is."""
        if self.path and isinstance(self.path[-1], str):
            return quoted(self.path[-1])
        return str(self.schema.get("title", "the file")).partition(",")[0]


def worded(faults: Iterable[Fault], document: Document, schema: Schema) -> list[Problem]:
    """The faults as problems, each once, in the order of their places."""
    listed = tuple(faults)
    teller = _Teller(listed, document, schema)
    return sorted({problem for fault in listed for problem in teller.problems(fault)})


def names_keys(branches: Iterable[Schema]) -> bool:
    """Whether the branches of `anyOf` or `oneOf` differ only in the key they ask for."""
    return all(list(branch) == ["required"] for branch in branches)


class _Teller:
    """Tells the faults of one document."""

    def __init__(self, faults: Iterable[Fault], document: Document, schema: Schema) -> None:
        self.document = document
        self.defs: Schema = schema["$defs"]
        self.strangers: dict[Steps, list[str]] = {}  # unknown keys, by the path of their mapping
        self.undecided: set[Steps] = set()  # mappings that have several keys of which one is wanted, or none
        for fault in faults:
            if fault.keyword == "additionalProperties":
                self.strangers[fault.path] = [key for key in fault.value if key not in fault.schema["properties"]]
            elif fault.keyword == "oneOf":
                self.undecided.add(fault.path)

    def problems(self, fault: Fault) -> Iterator[Problem]:
        """What to say of a fault: of one value, or of each key it concerns."""
        if fault.of_key and fault.keyword != "not":
            message = f"key {quoted(fault.value)} must be {_wanted(fault.schema)}"
            yield self._problem(fault.path, message, key=fault.value)
        else:
            yield from _BY_KEYWORD.get(fault.keyword, _Teller.one_value)(self, fault)

    def _node(self, path: Steps) -> Node:
        node = self.document.root
        for step in path:
            node = node.value[step]  # type: ignore[index, assignment]  # the path is of this document
        return node

    def _problem(self, path: Steps, message: str, *, key: str | None = None) -> Problem:
        """A problem with the value at a path, or with a key of it."""
        node = self._node(path if key is None else (*path, key))
        return Problem(self.document.place(node, key=key is not None), message)

    def _of_mapping(self, path: Steps, message: str) -> Problem:
        """A problem with a mapping as a whole: it stands where its key does."""
        return Problem(self.document.place(self._node(path), key=True), message)

    def _meant(self, schema: Schema) -> Schema:
        """A schema together with the one it refers to."""
        name = schema.get("$ref", "").removeprefix("#/$defs/")
        return {**self.defs[name], **schema} if name else schema

    # --- keys -----------------------------------------------------------------

    def unknown_keys(self, fault: Fault) -> Iterator[Problem]:
        known = fault.schema["properties"]
        for key in self.strangers[fault.path]:
            near = nearest(key, known)
            if not near and len(known) <= _FEW:
                rather = self._rather(fault.path[-2]) if "on-or-before" in known else ""  # a test, of a type's field
                near = f"; use {_listed(known)}{rather}"
            yield self._problem(fault.path, f"unknown key {quoted(key)}{near}", key=key)

    def _rather(self, name: str | int) -> str:
        """The end of a message: that what stands for a type may be a misspelt word of the language; '' if not."""
        near = nearest(str(name), self.defs["exception"]["properties"])
        return f"; or, if {quoted(name)} is no type, {near[2:]}" if near else ""

    def missing_keys(self, fault: Fault) -> Iterator[Problem]:
        return self._missing(fault, fault.noun, fault.asked)

    def _missing(self, fault: Fault, noun: str, names: Iterable[str]) -> Iterator[Problem]:
        for name in names:
            if name not in fault.value and not self._misspelt(fault.path, (name,)):
                yield self._of_mapping(fault.path, f"{noun} needs {quoted(name)}{self._hint(fault.schema, name)}")

    def _misspelt(self, path: Steps, names: Iterable[str]) -> bool:
        """Whether one of the keys is only missing because it is misspelt, which is told already."""
        return any(nearest(stranger, names) for stranger in self.strangers.get(path, ()))

    def _hint(self, schema: Schema, name: str) -> str:
        """What to write under a key that is missing."""
        member = self._meant(self._meant(schema).get("properties", {}).get(name, {}))
        words = _listed(member["enum"]) if "enum" in member else member.get("title", "")
        return f": {words}" if words else ""

    def missing_beside(self, fault: Fault) -> Iterator[Problem]:
        for key, names in fault.asked.items():
            if key in fault.value and fault.path not in self.undecided:
                yield from self._missing(fault, f"{fault.noun} with {quoted(key)}", names)

    def one_of(self, fault: Fault) -> Iterator[Problem]:
        if not names_keys(fault.asked):
            yield from self.one_value(fault)
            return
        if not isinstance(fault.value, dict):
            return  # that it is no mapping is told already
        names = [branch["required"][0] for branch in fault.asked]
        found = [name for name in fault.value if name in names]
        if not found and self._misspelt(fault.path, names):
            return
        if fault.keyword == "anyOf":
            yield self._of_mapping(fault.path, f"{fault.noun} needs one of {', '.join(names)}")
            return
        message = f"{fault.noun} has exactly one of {', '.join(names)}; this one has {' and '.join(found) or 'none'}"
        yield self._problem(fault.path, message, key=found[1] if found else None)

    def too_many(self, fault: Fault) -> Iterator[Problem]:
        names = [name for name in fault.value if name not in _SIDE_KEYS]
        if len(names) < 2:  # noqa: PLR2004 - then one of the side keys is too many, which is told already
            return
        holder = fault.path[-1] if fault.path else ""
        instead = ": begin each with `- `" if isinstance(holder, int) else ""
        instead = ": put them in `all: [...]`" if holder == "absent" else instead
        what = "type" if str(fault.schema.get("title")).startswith("a fact") else "pattern"
        near = next(filter(None, (nearest(name, _SIDE_KEYS) for name in names)), "")
        message = f"{fault.noun} has one {what}; this one has {' and '.join(map(quoted, names))}{instead}{near}"
        yield self._problem(fault.path, message, key=names[1])

    def unwanted(self, fault: Fault) -> Iterator[Problem]:
        """A value that must not be so; or, where the schema asks nothing of it, a key that must not be there."""
        title = fault.asked["title"]
        if len(fault.asked) > 1:
            message = f"{quoted(fault.value)} {title}"
            yield self._problem(fault.path, message, key=fault.value if fault.of_key else None)
        elif not fault.beside or fault.path[:-1] not in self.undecided:
            yield self._of_mapping(fault.path, f"{quoted(fault.path[-1])} {title}")

    # --- values ---------------------------------------------------------------

    def repeats(self, fault: Fault) -> Iterator[Problem]:
        for node in repeated(self._node(fault.path).value):
            yield Problem(self.document.place(node), f"{fault.subject} has {quoted(node.value)} twice; keep one")

    def other_kind(self, fault: Fault) -> Iterator[Problem]:
        is_list_for_pattern = isinstance(fault.value, list) and fault.schema is self.defs.get("pattern")
        rather = self._rather(fault.path[-1]) if is_list_for_pattern else ""
        yield self._problem(fault.path, f"{fault.subject} {self._words(fault)}{rather}")

    def one_value(self, fault: Fault) -> Iterator[Problem]:
        yield self._problem(fault.path, f"{fault.subject} {self._words(fault)}")

    def _words(self, fault: Fault) -> str:
        """What is wrong with one value; the subject stands before it."""
        value = fault.value
        match fault.keyword:
            case "enum" | "const":
                options = fault.asked if fault.keyword == "enum" else [fault.asked]
                near = nearest(str(value), _texts(options)) if len(options) > _FEW // 2 else ""
                return f"{_told(value)}{near or f'; use {_listed(options)}'}"
            case "minProperties" if value and fault.noun.startswith("an item"):
                return f"has only {' and '.join(map(quoted, value))}; add the pattern it goes with"
            case "minProperties" | "minItems" | "maxItems" if value:
                count = f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
                return f"has {count}; it must be {_wanted(fault.schema)}"
            case "minItems":
                return "is empty; write at least one entry"
        return f"{_told(value)}; it must be {_wanted(fault.schema)}{_advice(fault)}"


_BY_KEYWORD: Mapping[str, Callable[[_Teller, Fault], Iterator[Problem]]] = {
    "additionalProperties": _Teller.unknown_keys,
    "required": _Teller.missing_keys,
    "dependentRequired": _Teller.missing_beside,
    "oneOf": _Teller.one_of,
    "anyOf": _Teller.one_of,
    "maxProperties": _Teller.too_many,
    "not": _Teller.unwanted,
    "uniqueItems": _Teller.repeats,
    "type": _Teller.other_kind,
}


def _told(value: object) -> str:
    """What stands there."""
    if value is None:
        return "has no value"
    if isinstance(value, (dict, list)):
        return "is empty" if not value else "is a mapping" if isinstance(value, dict) else "is a list"
    if isinstance(value, str):
        return f"is {quoted(value)}" if value else "is empty"
    return f"is {str(value).lower()}" if isinstance(value, bool) else f"is the number {quoted(value)}"


_KINDS = {
    "string": "text", "object": "a mapping, `key: value`", "array": "a list", "number": "a number",
    "integer": "a whole number", "boolean": "true or false", "null": "null",
}  # fmt: skip


def _wanted(schema: Schema) -> str:
    """What should stand there."""
    if "title" in schema:
        return str(schema["title"])
    if "enum" in schema:
        return _listed(schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(_KINDS[kind] for kind in kinds)


def _advice(fault: Fault) -> str:
    """How to write it so that it is what it should be."""
    if fault.keyword != "type" or "title" in fault.schema or fault.value is None:
        return ""
    if fault.asked == "string" and not isinstance(fault.value, (dict, list)):
        return ": put it in quotes"
    return ": begin each entry with `- `" if fault.asked == "array" else ""


def _texts(options: Iterable[object]) -> list[str]:
    return [option for option in options if isinstance(option, str)]


def _listed(options: Iterable[object]) -> str:
    """`a, b or c`; yes and no without their other spelling."""
    *others, last = _texts(options)
    return f"{', '.join(others)} or {last}" if others else last
