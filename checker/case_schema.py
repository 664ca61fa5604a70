"""The JSON Schema of a case, made from a pack's vocabulary, so that an editor completes and explains while one writes.

It says what `case` will accept, as far as a schema can: a day that is in no calendar, two facts with one id
and a field that contradicts another are found only there. Every field may be `unknown` or `none`, for a
field left out and a thing there is none of are different from each other and from false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from checker.model import PROPOSED, FactType, Field, Pack, Question, Rule, text_in
from checker.verdict import CASE_STATUSES

Schema: TypeAlias = "dict[str, Any]"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_DURATION = "P[0-9]{1,5}Y([0-9]{1,5}M)?([0-9]{1,5}W)?([0-9]{1,6}D)?|P[0-9]{1,5}M([0-9]{1,5}W)?([0-9]{1,6}D)?"
_DURATION += "|P[0-9]{1,5}W([0-9]{1,6}D)?|P[0-9]{1,6}D"
_NO_VALUE = ("unknown", "none")
_NOT_A_LINE: Schema = {"not": {"type": "string", "pattern": "[\\x00-\\x1f\\x7f]"}}  # `$` may match before a line end
_STATUSES = ("violated", "contested", "undetermined", "pending", "excused", "overridden", "satisfied", "silent")


def case_schema(pack: Pack) -> Schema:
    """JSON Schema (2020-12) of a case of this pack."""
    types = [kind for _, kind in sorted(pack.types.items()) if kind.given]
    facts = [kind for kind in types if not kind.action]
    return {
        "$schema": _DIALECT,
        "title": f"A case of {pack.id}",
        "description": f"{text_in(pack.title, 'en')} (pack {pack.id} {pack.version}): "
        "the facts known and the actions proposed.",
        "type": "object",
        "properties": {
            "agreement": {"const": pack.id, "description": "The pack that judges the case."},
            "title": {"type": "string", "description": "What the case is called."},
            "about": {"type": "string", "description": "What the case is about, for its readers."},
            "source": {"$ref": "#/$defs/texts", "description": "Where the facts are from."},
            "as-of": {**_text(_DAY), "description": "The day of judging; today where it is left out."},
            "facts": {**_list("#/$defs/fact"), "description": "History and context, past or planned."},
            "actions": {**_list("#/$defs/action"), "description": "What is proposed; each has an `id`."},
            "complete": {"$ref": "#/$defs/complete"},
            "incomplete": {"$ref": "#/$defs/incomplete"},
            "expect": {"$ref": "#/$defs/expect"},
        },
        "anyOf": [{"required": ["facts"]}, {"required": ["actions"]}],
        "additionalProperties": False,
        "$defs": {
            "texts": _one_or_more({"type": "string"}),
            "fact": _one_of_types(types, "A fact: `- type: {field: value}`. An action stands here once it is done."),
            "action": _one_of_types([kind for kind in types if kind.action], "A proposed action."),
            **{f"type-{kind.name}": _type(kind) for kind in types},
            "complete": _complete(facts),
            "incomplete": {
                **_one_or_more({"enum": [kind.name for kind in facts]}),
                "description": "Types of which there may be facts that are not listed.",
            },
            "expect": _expect(pack.rules, pack.readings),
        },
    }


def expecting_schema(pack: Pack) -> Schema:
    """JSON Schema of a test: a case that states its day of judging and what is expected."""
    schema = case_schema(pack)
    expect = schema["$defs"]["expect"]
    return {
        **schema,
        "title": f"A test of {pack.id}",
        "required": ["as-of", "expect"],
        "$defs": {**schema["$defs"], "expect": {**expect, "type": "object", "minProperties": 1}},
    }


# --- facts and actions --------------------------------------------------------


def _one_of_types(types: Iterable[FactType], description: str) -> Schema:
    return {
        "description": description,
        "type": "object",
        "properties": {kind.name: {"$ref": f"#/$defs/type-{kind.name}"} for kind in types},
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }


def _type(kind: FactType) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {name: _field(kind, field) for name, field in _stated(kind).items()},
        "additionalProperties": False,
    }
    if kind.about:
        schema["description"] = kind.about
    if kind.action:
        schema["required"] = ["id"]
    return schema


def _stated(kind: FactType) -> Mapping[str, Field]:
    """The fields a case may state: whether an action is proposed is told by where it stands."""
    return {name: field for name, field in kind.fields.items() if not (kind.action and name == PROPOSED)}


def _field(kind: FactType, field: Field) -> Schema:
    value = _value(field, _NO_VALUE)
    if kind.action and field.name == "id":
        value = {"type": "string", "not": {"enum": [*_NO_VALUE]}}
    notes = [_HINTS[field.kind]]
    if field.name == kind.day:
        notes.append("it dates the action" if kind.action else "it dates the fact")
    if field.name in kind.choice:
        notes.append("it can still be chosen")
    if field.default is not None:
        notes.append(f"{field.default} where it is left out")
    return {**value, "description": "; ".join(notes)}


_HINTS: Mapping[str, str] = {
    "id": "an id of your own",
    "actor": "who",
    "text": "a text",
    "integer": "a whole number",
    "decimal": "a number",
    "date": "a day, YYYY-MM-DD",
    "duration": "a calendar duration such as P1Y, P18M or P30D",
    "one-of": "one of these words",
}


def _value(field: Field, others: tuple[str, ...]) -> Schema:
    """A value of the field's kind, or one of the other words (which are texts already where a text is wanted)."""
    match field.kind:
        case "integer" | "decimal":
            return {"anyOf": [{"type": "integer" if field.kind == "integer" else "number"}, {"enum": [*others]}]}
        case "date":
            return _text("|".join((_DAY, *others)))
        case "duration":
            return _text("|".join((_DURATION, *others)))
        case "one-of":
            return {"enum": [*_spelt(field.options), *others]}
    return {"type": "string"}


def _spelt(options: Iterable[str]) -> list[str | bool]:
    """The options; yes and no in both spellings."""
    both: Mapping[str, list[str | bool]] = {"yes": ["yes", True], "no": ["no", False]}
    return [spelling for option in options for spelling in both.get(option, [option])]


def _text(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^({pattern})$", **_NOT_A_LINE}


def _list(ref: str) -> Schema:
    """A list; a key with nothing after it is an empty one."""
    return {"type": ["array", "null"], "items": {"$ref": ref}}


def _one_or_more(schema: Schema) -> Schema:
    """A value or a list of such values."""
    return {"anyOf": [schema, {"type": "array", "items": schema}]}


# --- what is listed, what is expected -----------------------------------------


def _complete(types: Iterable[FactType]) -> Schema:
    """`all`, a type, or a type with values: complete within these. Or a list of such lines."""
    listed = list(types)
    within: Schema = {
        "type": "object",
        "properties": {
            kind.name: {
                "description": f"Complete only for {kind.name} with these values.",
                "type": "object",
                "properties": {
                    name: {**_one_or_more(_value(field, ("none",))), "description": _HINTS[field.kind]}
                    for name, field in kind.fields.items()
                },
                "minProperties": 1,
                "additionalProperties": False,
            }
            for kind in listed
        },
        "additionalProperties": False,
    }
    line: Schema = {"anyOf": [{"enum": ["all", *(kind.name for kind in listed)]}, within]}
    return {**_one_or_more(line), "description": "Types of which nothing is missing: what is not listed is false."}


def _under(readings: Mapping[str, Question]) -> Schema:
    """An option for each of some questions, or the default of each."""
    options: Schema = {
        "type": "object",
        "properties": {
            name: {"enum": [*question.options], "description": text_in(question.ask, "en")}
            for name, question in readings.items()
        },
        "additionalProperties": False,
    }
    about = "The readings under which the test is judged; of the other questions every option."
    return {"description": about, "anyOf": [{"const": "default"}, options]}


def _expect(rules: Mapping[str, Rule], readings: Mapping[str, Question]) -> Schema:
    """Rules, or a rule with its subject (`rule@subject`), and their statuses; and what the whole case comes to."""
    status: Schema = {"enum": [*_STATUSES]}
    ids = sorted(rules)
    any_id = "|".join(ids).replace(".", "\\.")
    return {
        "description": "In a test or an example: the status of each rule that is not satisfied or silent.",
        "type": ["object", "null"],
        "properties": {
            "verdict": {"enum": [*CASE_STATUSES], "description": "What the whole case comes to."},
            "unjudged": {"$ref": "#/$defs/texts", "description": "The ids of actions no rule speaks to."},
            "under": _under(readings),
            "not-in-force": {"$ref": "#/$defs/texts", "description": "The ids of actions outside the time in force."},
            **{name: {**status, "description": text_in(rules[name].title, "en")} for name in ids},
        },
        "patternProperties": {f"^({any_id})@": status} if ids else {},
        "additionalProperties": False,
    }
