"""The schemas of a pack's files: what they explain, and that hints for editors change nothing of what fits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from jsonschema import Draft202012Validator

from checker.cli import run
from checker.errors import CaseError, UsageError
from checker.load import load_file, plain
from checker.model import Pack
from checker.options import SCHEMAS
from checker.pack import load_pack
from checker.schema import schema_for_editors, schema_text
from checker.shape import shipped

ROOT = Path(__file__).resolve().parent.parent
BAD = sorted((ROOT / "tests" / "bad" / "shape").glob("*.yaml"))


@pytest.fixture(scope="module")
def pack() -> Pack:
    """A small pack in which every type says what it is about."""
    return load_pack(ROOT / "checker" / "starter")


def keys(schema: Any, defs: dict[str, Any], path: str = "") -> Iterator[tuple[str, bool]]:
    """Every key that a schema declares, and whether something is said of it; what is only refused is left out."""
    if isinstance(schema, list):
        for each in schema:
            yield from keys(each, defs, path)
    elif isinstance(schema, dict):
        for name, each in schema.get("properties", {}).items():
            target = {**defs.get(each.get("$ref", "").rpartition("/")[2], {}), **each}
            if set(target) - {"$ref"} != {"not"}:
                yield f"{path}/{name}", "description" in target
        for name, each in schema.items():
            if name not in ("enum", "const", "if", "then", "dependentSchemas"):
                yield from keys(each, defs, f"{path}/{name}")


def test_every_key_is_explained(pack: Pack) -> None:
    for which in ("pack", "rules", "case", "tests"):
        schema = json.loads(schema_text(which, pack))
        told = dict(keys(schema, schema["$defs"]))
        assert len(told) > 30
        assert [key for key, explained in told.items() if not explained] == []


def test_each_kind_of_file_has_its_own(pack: Pack) -> None:
    for which in ("pack", "rules", "tests"):
        Draft202012Validator.check_schema(json.loads(schema_for_editors(which, pack)))
    head = plain(load_file(ROOT / "rules" / "isls" / "pack.yaml", error=CaseError)[0].root)
    part = plain(load_file(ROOT / "rules" / "isls" / "term.yaml", error=CaseError)[0].root)
    assert [fits("pack", head), fits("rules", head)] == [True, False]
    assert [fits("pack", part), fits("rules", part)] == [True, True]
    assert not fits("pack", {"pack": "isls"})  # no version, no title
    assert not fits("pack", {"version": "0.1.0", "rules": []})
    of_head = Draft202012Validator(json.loads(schema_for_editors("pack", pack)))
    assert [of_head.is_valid(each) for each in (head, part)] == [True, False]
    assert json.loads(schema_text("report")) == shipped("report")


def fits(which: Literal["pack", "rules"], data: object) -> bool:
    return Draft202012Validator(json.loads(schema_text(which))).is_valid(data)


def test_hints_change_nothing_of_what_fits(pack: Pack) -> None:
    plainly, hinted = (
        Draft202012Validator(json.loads(make("rules", pack))) for make in (schema_text, schema_for_editors)
    )
    data = [plain(load_file(path, error=CaseError)[0].root) for path in [*BAD, *ROOT.glob("rules/iss-iga/*.yaml")]]
    for each in list(data):  # each rule of the misshapen ones alone
        if isinstance(each, dict) and isinstance(each.get("rules"), list):
            data += ({"rules": [rule]} for rule in each["rules"])
    answers = [plainly.is_valid(each) for each in data]
    assert [hinted.is_valid(each) for each in data] == answers
    assert {True, False} == set(answers)


def test_what_editors_offer(pack: Pack) -> None:
    defs = json.loads(schema_for_editors("rules", pack))["$defs"]
    assert defs["item"]["properties"]["announcement"]["properties"]["received"]["description"] == "date"
    assert set(defs["fact"]["properties"]) == {"announcement"}  # neither an action nor a violation can be concluded
    assert defs["rule-keys"]["properties"]["clause"]["anyOf"][0]["enum"] == ["visits", "not-read"]
    assert "term" in defs["rule-or-block"]["properties"]
    assert defs["not-here"] == {"enum": [], "errorMessage": "belongs in `pack.yaml`", "doNotSuggest": True}
    assert "$comment" not in schema_text("rules", pack)


def test_the_command(capfd: pytest.CaptureFixture[str]) -> None:
    for which in SCHEMAS:
        assert run(["schema", which, "--pack", str(ROOT / "tests" / "packs" / "retired")]) == 0
        assert json.loads(capfd.readouterr().out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert run(["schema", "ruls"]) == 2
    assert capfd.readouterr().err == "servanda: schema: unknown `ruls`; did you mean `rules`?\n"
    with pytest.raises(UsageError, match="the schema of a test is made from a pack; name one"):
        schema_text("tests")
    with pytest.raises(UsageError, match="the schema of a case is made from a pack; name one"):
        schema_text("case")
