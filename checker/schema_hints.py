"""Hints for editors in a JSON Schema: what to say where a value does not fit, and which words to offer.

None of them changes what fits. What a pack has come to know since is no fault in an editor, it is only not offered yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from checker.case_schema import Schema
from checker.model import PROPOSED, FactType, Field, Pack, text_in
from checker.vocabulary import STATUS_FIELDS


def hinted(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """The schema with words for its faults, and without offering keys that are never right."""
    if isinstance(schema, list):
        return [hinted(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: each if key in ("enum", "const") else hinted(each) for key, each in schema.items()}
    match schema:
        case {"not": {"title": str(why), **others}} if not others:  # a key that nothing may stand under
            return {"enum": [], "errorMessage": why, "doNotSuggest": True}
        case {"pattern": str(), "title": str(wanted)}:
            return {**told, "patternErrorMessage": f"must be {wanted}"}
    return told


def knowing(schema: Schema, pack: Pack) -> Schema:
    """The schema of a file of the pack, which offers what the pack declares."""
    schema = deepcopy(schema)
    defs = schema["$defs"]
    patterns = {kind.name: _pattern(kind) for kind in pack.types.values()}
    for name in ("item", "exception", "one-pattern"):
        defs[name].setdefault("properties", {}).update(patterns)
    defs["stated"] = defs["fact"].pop("additionalProperties")
    defs["fact"] |= {
        "properties": {kind.name: _fact(kind) for kind in pack.types.values() if _can_be_stated(kind)},
        "additionalProperties": {"$ref": "#/$defs/stated"},
    }
    defs["reading"]["properties"] = {
        name: _offering(question.options, "name", text_in(question.ask, "en"))
        for name, question in pack.readings.items()
    }
    for definition in defs.values():
        if "clause" in definition.get("properties", {}):
            definition["properties"]["clause"] |= _offering(pack.clauses, "id")
    defs["cites"]["items"]["anyOf"][1]["properties"]["source"] |= _offering(pack.sources, "id")
    blocks = {name: {"description": block["description"]} for name, block in defs["block"]["properties"].items()}
    defs["rule-or-block"]["properties"] = blocks  # else only the keys of a rule are offered
    return schema


def _can_be_stated(kind: FactType) -> bool:
    return not kind.action and kind.name not in STATUS_FIELDS


def _pattern(kind: FactType) -> Schema:
    fields = {name: {"$ref": "#/$defs/test", "description": _told(field)} for name, field in kind.fields.items()}
    return {"$ref": "#/$defs/pattern", "properties": fields, **_about(kind)}


def _fact(kind: FactType) -> Schema:
    stated = {name: field for name, field in kind.fields.items() if name != PROPOSED}
    fields = {name: {"$ref": "#/$defs/term", "description": _told(field)} for name, field in stated.items()}
    return {"$ref": "#/$defs/stated", "properties": fields, **_about(kind)}


def _about(kind: FactType) -> Mapping[str, str]:
    return {"description": kind.about} if kind.about else {}


def _told(field: Field) -> str:
    return f"one of {', '.join(field.options)}" if field.options else field.kind


def _offering(words: Iterable[str], definition: str, description: str = "") -> Schema:
    """These words are offered; whatever the definition allows fits."""
    offered: Schema = {"anyOf": [{"enum": [*words]}, {"$ref": f"#/$defs/{definition}"}]}
    return {**offered, "description": description} if description else offered
