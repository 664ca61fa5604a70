"""JSON Schema compiled to closures over nodes: a yes or no for a document in a fraction of what a validator costs.

Only what the shipped schemas use is here; another keyword is a KeyError when the schema is
compiled, so that none is passed over. What does not fit is explained by `shape`, which
asks `jsonschema`. A test keeps the two answers equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import chain, repeat
from typing import Any, TypeAlias

from checker.load import Node, Value

Schema: TypeAlias = "dict[str, Any]"
AnySchema: TypeAlias = "Schema | bool"
Check: TypeAlias = Callable[[Value], bool]


def compiled(schema: Schema, entry: str = "") -> Check:
    """The answer of a schema, or of one of its `$defs`, to the value of a node."""
    return _Compiler(schema).check({"$ref": f"#/$defs/{entry}"} if entry else schema)


_SCALARS = frozenset((str, int, Decimal, bool, type(None)))
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, Decimal), "boolean": (bool,),
    "null": (type(None),), "object": (dict,), "array": (list,),
}  # fmt: skip
_NOTES = frozenset(("$schema", "$defs", "title", "description"))


class _Compiler:
    """A schema being compiled, each of its `$defs` once, also those that refer to themselves."""

    def __init__(self, schema: Schema) -> None:
        self.defs: Schema = schema.get("$defs", {})
        self.known: dict[str, Check] = {}

    def check(self, schema: AnySchema) -> Check:
        if isinstance(schema, bool):
            return lambda _: schema
        makers = dict.fromkeys(_KEYWORDS[keyword] for keyword in schema if keyword not in _NOTES)
        checks = tuple(make(self, schema) for make in makers)
        return checks[0] if len(checks) == 1 else _every(checks)

    def refer(self, schema: Schema) -> Check:
        name = schema["$ref"].removeprefix("#/$defs/")
        if name not in self.known:
            self.known[name] = lambda value: self.known[name](value)  # noqa: PLW0108 - itself, not there yet
            self.known[name] = self.check(self.defs[name])
        return self.known[name]

    def checks(self, schemas: Iterable[AnySchema]) -> tuple[Check, ...]:
        return tuple(self.check(each) for each in schemas)


def _every(checks: tuple[Check, ...]) -> Check:
    def check(value: Value) -> bool:
        for each in checks:  # noqa: SIM110 - twice as fast as `all`
            if not each(value):
                return False
        return True

    return check


def _type(_: _Compiler, schema: Schema) -> Check:
    names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    kinds = frozenset(kind for name in names for kind in _TYPES[name])
    return lambda value: type(value) in kinds


def _enum(_: _Compiler, schema: Schema) -> Check:
    allowed = frozenset((type(each), each) for each in schema.get("enum", [schema.get("const")]))
    return lambda value: type(value) in _SCALARS and (type(value), value) in allowed


def _pattern(_: _Compiler, schema: Schema) -> Check:
    search = re.compile(schema["pattern"]).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _length(_: _Compiler, schema: Schema) -> Check:
    least, most = schema.get("minLength", 0), schema.get("maxLength", float("inf"))
    return lambda value: not isinstance(value, str) or least <= len(value) <= most


def _minimum(_: _Compiler, schema: Schema) -> Check:
    return lambda value: type(value) not in _TYPES["number"] or bool(value >= schema["minimum"])


def _size(kind: type, least: str, most: str) -> Callable[[_Compiler, Schema], Check]:
    def make(_: _Compiler, schema: Schema) -> Check:
        low, high = schema.get(least, 0), schema.get(most, float("inf"))
        return lambda value: type(value) is not kind or low <= len(value) <= high  # type: ignore[arg-type]

    return make


def _members(compiler: _Compiler, schema: Schema) -> Check:
    known = {name: compiler.check(each) for name, each in schema.get("properties", {}).items()}
    other = compiler.check(schema.get("additionalProperties", True))

    def check(value: Value) -> bool:
        if isinstance(value, dict):
            for name, node in value.items():
                if not known.get(name, other)(node.value):
                    return False
        return True

    return check


def _names(compiler: _Compiler, schema: Schema) -> Check:
    fits = compiler.check(schema["propertyNames"])
    return lambda value: not isinstance(value, dict) or all(map(fits, value))


def _required(_: _Compiler, schema: Schema) -> Check:
    names = frozenset(schema["required"])
    return lambda value: not isinstance(value, dict) or value.keys() >= names


def _dependent(compiler: _Compiler, schema: Schema) -> Check:
    then = [(name, compiler.check({"required": each})) for name, each in schema.get("dependentRequired", {}).items()]
    then += [(name, compiler.check(each)) for name, each in schema.get("dependentSchemas", {}).items()]
    return lambda value: not isinstance(value, dict) or all(fits(value) for name, fits in then if name in value)


def _items(compiler: _Compiler, schema: Schema) -> Check:
    first = compiler.checks(schema.get("prefixItems", ()))
    rest = compiler.check(schema.get("items", True))

    def check(value: Value) -> bool:
        if not isinstance(value, list):
            return True
        return all(fits(node.value) for node, fits in zip(value, chain(first, repeat(rest)), strict=False))

    return check


def _unique(_: _Compiler, schema: Schema) -> Check:
    """Of scalars only: the schemas ask for nothing else, and say so in `items`."""
    return lambda value: not (schema["uniqueItems"] and repeated(value))


def repeated(value: Value) -> list[Node]:
    """The nodes of a list whose scalar stands in it before."""
    nodes = [node for node in value if type(node.value) in _SCALARS] if isinstance(value, list) else []
    seen: dict[tuple[type, object], Node] = {}
    return [node for node in nodes if seen.setdefault((type(node.value), node.value), node) is not node]


def _any(compiler: _Compiler, schema: Schema) -> Check:
    checks = compiler.checks(schema["anyOf"])
    return lambda value: any(fits(value) for fits in checks)


def _one(compiler: _Compiler, schema: Schema) -> Check:
    checks = compiler.checks(schema["oneOf"])
    return lambda value: sum(fits(value) for fits in checks) == 1


def _all(compiler: _Compiler, schema: Schema) -> Check:
    return _every(compiler.checks(schema["allOf"]))


def _not(compiler: _Compiler, schema: Schema) -> Check:
    fits = compiler.check(schema["not"])
    return lambda value: not fits(value)


def _if(compiler: _Compiler, schema: Schema) -> Check:
    fits, then, other = compiler.checks(schema.get(key, True) for key in ("if", "then", "else"))
    return lambda value: then(value) if fits(value) else other(value)


_KEYWORDS: Mapping[str, Callable[[_Compiler, Schema], Check]] = {
    "$ref": _Compiler.refer, "type": _type, "enum": _enum, "const": _enum, "pattern": _pattern,
    "minLength": _length, "maxLength": _length, "minimum": _minimum,
    **dict.fromkeys(("minProperties", "maxProperties"), _size(dict, "minProperties", "maxProperties")),
    **dict.fromkeys(("minItems", "maxItems"), _size(list, "minItems", "maxItems")),
    "properties": _members, "additionalProperties": _members, "propertyNames": _names, "required": _required,
    "dependentRequired": _dependent, "dependentSchemas": _dependent,
    "items": _items, "prefixItems": _items, "uniqueItems": _unique,
    "anyOf": _any, "oneOf": _one, "allOf": _all, "not": _not, "if": _if, "then": _if, "else": _if,
}  # fmt: skip
