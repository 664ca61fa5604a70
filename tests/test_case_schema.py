"""The schema of a case says what a case may be, in the words of the pack; and every validator understands it alike."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from checker.case import read_case
from checker.case_schema import case_schema, expecting_schema
from checker.dates import parse_date
from checker.errors import CaseError, Place
from checker.load import load, plain
from checker.model import Body, FactType, Field, Force, Kind, Pack, Rule
from checker.schema import schema_text
from checker.values import NONE

NOWHERE = Place("pack.yaml")
KINDS: tuple[Kind, ...] = ("actor", "text", "integer", "decimal", "date", "duration")


def type_of(name: str, *fields: Field, about: str = "", day: str | None = None, **more: object) -> FactType:
    flags: dict[str, Any] = {
        "action": False,
        "given": True,
        "derived": False,
        "open": False,
        "free": False,
        "choice": (),
    } | more
    every = {field.name: field for field in fields}
    return FactType(name=name, about=about, fields=every, day=day, counter=None, place=NOWHERE, **flags)


def rule_of(name: str) -> Rule:
    empty = Body((), ())
    return Rule(
        id=name, mode="forbids", title={"en": "T"}, clause=None, cites=(), basis="seed", severity="error",
        if_not="breach",
        when=empty, body=empty, heads=(), due=None, unless=(), by=None, towards=None, acts=False, also_done=False,
        per=(), overrides=(), instead_of=(), survives=False, before_force=False, valid=(None, None), until=None,
        reading=(), then_owes=(), say={}, remedy={}, block=None, place=NOWHERE,
    )  # fmt: skip


def pack_of(*types: FactType, rules: tuple[str, ...] = ("notice.termination", "ip.joint-use")) -> Pack:
    return Pack(
        id="isls", version="0.1.0", title={"en": "Agreement on cooperation — 航天"}, names={},
        parties=("russia", "china"),
        force=Force(None), rounding="down", sources={}, clauses={}, types={each.name: each for each in types},
        readings={}, rules={name: rule_of(name) for name in rules}, facts=(), sha256="", folder="",
    )  # fmt: skip


PROPOSED = Field("proposed", "one-of", ("yes", "no"))
PACK = pack_of(
    type_of(
        "notice",
        Field("id", "id"),
        Field("form", "one-of", ("written", "oral")),
        Field("joint", "one-of", ("yes", "no"), default=NONE),
        *(Field(kind, kind) for kind in KINDS),
        about="A notification of the intention to terminate.",
        day="date",
        choice=("form",),
    ),
    type_of("agreement", Field("in-force", "date"), derived=True),
    type_of("period", Field("number", "integer"), given=False, derived=True),
    type_of("violation", Field("rule", "text"), given=False, derived=True),
    type_of("terminate", Field("id", "id"), Field("date", "date"), PROPOSED, about="An end.", day="date", action=True),
)
SCHEMA = case_schema(PACK)
NOTICE = SCHEMA["$defs"]["type-notice"]["properties"]

VALUES: list[tuple[str, object, bool]] = [
    ("integer", 1, True),
    ("integer", 1.5, False),
    ("integer", "1", False),
    ("integer", True, False),
    ("decimal", 1, True),
    ("decimal", "2.5", False),
    ("text", "", True),
    ("text", 5, False),
    ("actor", ["a"], False),
    ("date", "2024-02-29", True),
    ("date", "2024-13-01", False),
    ("date", "2024-07-18T00:00:00Z", False),
    ("date", "2024-07-18\n", False),
    ("date", "none\n", False),
    ("duration", "P1Y", True),
    ("duration", "P18M", True),
    ("duration", "P1Y6M2W3D", True),
    ("duration", "P30D", True),
    ("duration", "P", False),
    ("duration", "P1.5Y", False),
    ("duration", "PT1H", False),
    ("duration", "-P1Y", False),
    ("duration", "P1D1Y", False),
    ("form", "written", True),
    ("form", "Written", False),
    ("form", True, False),
    ("joint", "yes", True),
    ("joint", True, True),
    ("joint", False, True),
    ("joint", 1, False),
]


def fits(case: object) -> bool:
    return Draft202012Validator(SCHEMA).is_valid(case)


def fits_with(**keys: object) -> bool:
    """Whether a case with these keys fits; `_` for `-`."""
    return fits({"facts": [], **{key.replace("_", "-"): value for key, value in keys.items()}})


def test_a_whole_case() -> None:
    assert fits(
        {
            "agreement": "isls",
            "title": "A late notice",
            "about": "What happens then.",
            "source": ["https://example.org", "a letter"],
            "as-of": "2026-11-21",
            "facts": [
                {"notice": {"id": "N1", "actor": "russia", "integer": 1, "decimal": 2.5, "date": "2043-07-18"}},
                {"notice": {}},
                {"agreement": {"in-force": "2024-07-18"}},
                {"terminate": {"id": "T0", "date": "2040-01-01"}},
            ],
            "actions": [{"terminate": {"id": "T1", "date": "unknown"}}],
            "complete": ["notice", {"agreement": {"in-force": "2024-07-18"}}],
            "incomplete": ["agreement"],
            "expect": {"notice.termination": "violated", "ip.joint-use@T1": "silent", "unjudged": ["T1"]},
        }
    )


@pytest.mark.parametrize("value", ["unknown", "none"])
@pytest.mark.parametrize("field", ["id", "form", "joint", *KINDS])
def test_every_field_may_be_unknown_or_none(field: str, value: str) -> None:
    assert fits_with(facts=[{"notice": {field: value}}])
    assert not fits_with(facts=[{"notice": {field: None}}])


@pytest.mark.parametrize(("field", "value", "good"), VALUES)
def test_values_by_kind(field: str, value: object, *, good: bool) -> None:
    assert fits_with(facts=[{"notice": {field: value}}]) is good


@pytest.mark.external
def test_another_validator_agrees() -> None:
    rs: Any = pytest.importorskip("jsonschema_rs")
    validator = rs.validator_for(SCHEMA)
    for field, value, good in VALUES:
        assert validator.is_valid({"facts": [{"notice": {field: value}}]}) is good, (field, value)
    assert validator.is_valid({"facts": [], "expect": {"ip.joint-use@T1": "silent"}})
    assert not validator.is_valid({"facts": [], "expect": {"ipxjoint-use@T1": "silent"}})


def test_what_a_case_cannot_state() -> None:
    assert not fits_with(facts=[{"period": {"number": 1}}])  # rules derive it
    assert fits_with(facts=[{"agreement": {}}])  # so do they this, but it says `given: yes`
    assert not fits_with(facts=[{"violation": {}}])
    assert not fits_with(facts=[{"invented": {}}])
    assert not fits_with(facts=[{"notice": {"invented": 1}}])
    assert not fits_with(facts=[{"terminate": {"id": "T1", "proposed": "no"}}])
    assert not fits_with(actions=[{"notice": {"id": "N1"}}])
    assert not fits_with(facts=[{"notice": {}, "agreement": {}}])
    assert not fits_with(facts=[{}])
    assert not fits_with(facts={"notice": {}})
    assert not fits_with(invented=1)
    assert not fits_with(agreement="other")


def test_an_action_has_an_id_of_its_own() -> None:
    assert fits_with(actions=[{"terminate": {"id": "T1"}}])
    every: list[object] = [{}, {"id": "unknown"}, {"id": "none"}, {"id": 1}]
    for fields in every:
        assert not fits_with(actions=[{"terminate": fields}])
        assert not fits_with(facts=[{"terminate": fields}])


def test_there_is_something_to_judge() -> None:
    assert fits({"facts": []})
    assert fits({"actions": None})  # the key with nothing after it
    assert not fits({"as-of": "2026-11-21"})
    assert not fits([])


@pytest.mark.parametrize(
    ("complete", "good"),
    [
        ("all", True),
        ("notice", True),
        (["notice", "all"], True),
        ({"notice": {"form": "written"}}, True),
        ({"notice": {"form": ["written", "none"], "date": "2024-07-18"}}, True),
        ([{"notice": {"actor": "russia"}}, "agreement"], True),
        ({"notice": {}}, False),
        ({"notice": {"form": "unknown"}}, False),
        ({"notice": {"date": "unknown"}}, False),
        ({"notice": {"invented": 1}}, False),
        ("terminate", False),
        (["period"], False),
        ([["notice"]], False),
        (True, False),
    ],
)
def test_complete(complete: object, *, good: bool) -> None:
    assert fits_with(complete=complete) is good


def test_incomplete() -> None:
    assert fits_with(incomplete=["notice"])
    assert fits_with(incomplete="notice")
    every: list[object] = ["all", ["terminate"], ["period"], {"notice": {}}]
    for bad in every:
        assert not fits_with(incomplete=bad)


@pytest.mark.parametrize(
    ("expect", "good"),
    [
        ({"notice.termination": "satisfied", "ip.joint-use": "silent"}, True),
        ({"ip.joint-use@anything: at all": "pending"}, True),
        ({"verdict": "not-applicable", "unjudged": "T1", "not-in-force": []}, True),
        (None, True),
        ({"notice.termination": "compliant"}, False),
        ({"verdict": "excused"}, False),
        ({"notice.terminatio": "violated"}, False),
        ({"noticeXtermination@T1": "violated"}, False),
        ({"x notice.termination@T1": "violated"}, False),
        ("violated", False),
    ],
)
def test_expect(expect: object, *, good: bool) -> None:
    assert fits_with(expect=expect) is good


def test_a_pack_without_types_and_rules() -> None:
    schema = case_schema(pack_of(rules=()))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert validator.is_valid({"facts": [], "complete": "all", "expect": {"verdict": "not-applicable"}})
    assert not validator.is_valid({"facts": [{"notice": {}}]})
    assert not validator.is_valid({"facts": [], "expect": {"a.b@c": "violated"}})


def test_an_editor_can_show_what_things_are() -> None:
    assert SCHEMA["$defs"]["type-notice"]["description"] == "A notification of the intention to terminate."
    assert SCHEMA["$defs"]["type-terminate"]["description"] == "An end."
    assert "description" not in SCHEMA["$defs"]["type-agreement"]
    assert NOTICE["date"]["description"] == "a day, YYYY-MM-DD; it dates the fact"
    assert NOTICE["form"]["description"] == "one of these words; it can still be chosen"
    assert NOTICE["joint"]["description"] == "one of these words; none where it is left out"
    assert NOTICE["form"]["enum"] == ["written", "oral", "unknown", "none"]
    assert all("description" in each for each in SCHEMA["properties"].values() if "$ref" not in each)


def test_the_schema_is_sound() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    text = schema_text("case", PACK)
    assert json.loads(text) == SCHEMA
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "航天" in text
    assert "proposed" not in text.replace("actions proposed", "").replace("is proposed", "").replace("A proposed", "")
    assert text == schema_text("case", pack_of(*reversed([*PACK.types.values()]), rules=tuple(reversed([*PACK.rules]))))
    for pattern in re.findall(r'"pattern": ("[^\n]*")', text):
        assert not re.search(r"\\[^.x]", json.loads(pattern)), "an editor's expressions know fewer escapes"


def test_a_test_states_its_day_and_what_it_expects() -> None:
    validator = Draft202012Validator(expecting_schema(PACK))
    test = {"facts": [], "as-of": "2026-11-21", "expect": {"verdict": "not-applicable"}}
    assert validator.is_valid(test)
    assert not validator.is_valid({**test, "expect": {}})
    assert not validator.is_valid({key: value for key, value in test.items() if key != "as-of"})
    assert not validator.is_valid({key: value for key, value in test.items() if key != "expect"})
    assert fits({key: value for key, value in test.items() if key != "expect"})


@pytest.mark.parametrize(
    "text",
    [
        "facts: [notice: {id: N1, form: written, joint: true, integer: 1, decimal: 2.5, date: none, duration: P1Y}]",
        "facts:\nactions: [terminate: {id: T1, date: unknown}]\ncomplete: [notice, {agreement: {in-force: none}}]",
        "facts: [notice: {}]\ncomplete: all\nincomplete: agreement\nexpect: {ip.joint-use: violated}",
        "facts: [period: {number: 1}]",
        "facts: [terminate: {id: T1, proposed: yes}]",
        "actions: [terminate: {id: none}]",
        "actions: [notice: {id: N1}]",
        "facts: [notice: {duration: P1H}]",
        "facts: [notice: {integer: 1.5}]",
        "facts: [notice: {date: }]",
        "facts: [notice: {}, 5]",
        "facts: [notice: {}]\ncomplete: [terminate]",
        "facts: [notice: {}]\ncomplete: {notice: {}}",
        "as-of: 2026-11-21",
        "facts: []\ntitel: A case",
    ],
)
def test_the_schema_agrees_with_the_reader_of_cases(text: str) -> None:
    document = load(text, "case.yaml", error=CaseError)[0]
    today = parse_date("2026-11-21")
    assert today is not None
    try:
        read_case(document, PACK, "case.yaml", None, today)
        good = True
    except CaseError:
        good = False
    assert Draft202012Validator(SCHEMA).is_valid(plain(document.root)) is good
