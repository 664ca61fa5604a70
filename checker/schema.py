"""The JSON Schema (2020-12) of each kind of file: printed for programs, and written beside a pack for editors.

`pack` is that of any file of a pack, `rules` of any but `pack.yaml`; those of a case and a test are made from
the pack's vocabulary.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from checker.case_schema import Schema, case_schema, expecting_schema
from checker.errors import UsageError
from checker.model import Pack
from checker.options import SchemaName
from checker.schema_hints import hinted, knowing
from checker.shape import shipped

_OF_PACK: Mapping[str, Callable[[Pack], Schema]] = {"case": case_schema, "tests": expecting_schema}


def schema_text(which: SchemaName, pack: Pack | None = None) -> str:
    """The schema of a kind of file, as text; those of a case and of a test need the pack."""
    return _text(_schema(which, pack))


def schema_for_editors(which: SchemaName, pack: Pack) -> str:
    """The schema of a file of the pack with hints, which a validator passes over or, if it is strict, refuses.

    Here `pack` is `pack.yaml` and nothing else.
    """
    schema = {**shipped("pack"), "$ref": "#/$defs/head"} if which == "pack" else _schema(which, pack)
    if which in ("pack", "rules"):
        schema = knowing(schema, pack)
    made = f"Made by Servanda for the pack {pack.id}; `servanda init FOLDER --schemas` makes it anew."
    return _text({"$comment": made, **hinted(schema)})


def _schema(which: SchemaName, pack: Pack | None) -> Schema:
    if which in _OF_PACK:
        if pack is None:
            message = f"the schema of a {which.removesuffix('s')} is made from a pack; name one"
            raise UsageError(message)
        return _OF_PACK[which](pack)
    if which == "rules":
        return _of_rules(shipped("pack"))
    return _of_any(shipped(which)) if which == "pack" else shipped(which)


def _of_any(whole: Schema) -> Schema:
    """The schema of any file of a pack: `pack.yaml`, which says `pack:`, or another."""
    kinds = {"if": {"required": ["pack"]}, "then": {"$ref": "#/$defs/head"}, "else": {"$ref": "#/$defs/part"}}
    return {name: each for name, each in whole.items() if name != "$ref"} | kinds


def _of_rules(whole: Schema) -> Schema:
    """The schema of any file of a pack but `pack.yaml`: what belongs only there is refused where it is declared."""
    every, parts = whole["$defs"]["file"], whole["$defs"]["part"]
    file = {**every, "properties": {**every["properties"], **parts["properties"]}}
    return {**whole, "title": "a file of rules", "$defs": {**whole["$defs"], "file": file}}


def _text(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
