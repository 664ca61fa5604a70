"""Remedies keep what they promise: the patch applied to the case as it is written, and the whole judged again."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from random_packs import made

from checker import check, load_pack
from checker.errors import CaseError
from checker.json_text import dumps
from checker.judging import open_pack
from checker.load import load_file, plain
from checker.splice import spliced
from checker.verdict import Finding, Remedy, Verdict

ROOT = Path(__file__).resolve().parent.parent
PACK = load_pack("isls")
FAILING = ("violated", "contested", "undetermined", "pending")
BADNESS = ("silent", "satisfied", "overridden", "excused", "pending", "undetermined", "contested", "violated")
CASES = (
    "background-ip-leak", "joint-results", "late-notice", "mid-period-exit", "notice-by-agency", "notice-pending",
    "partner-no-agreement", "partner-one-agreement", "second-period-exit",
)  # fmt: skip


def written(name: str) -> Any:
    return plain(load_file(ROOT / "examples" / f"{name}.yaml", error=CaseError)[0].root)


def patched(case: Any, remedy: Remedy) -> Any:
    """The case with a JSON Patch applied, as RFC 6902 says it for the steps that remedies take."""
    case = copy.deepcopy(case)
    for step in remedy.change:
        *way, last = step.path.removeprefix("/").split("/")
        place = case
        for key in way:
            place = place[int(key)] if isinstance(place, list) else place[key]
        if step.op == "remove":
            del place[int(last)]
        elif isinstance(place, list):
            assert (step.op, last) == ("add", "-")
            place.append(copy.deepcopy(step.value))
        else:
            assert (last in place) == (step.op == "replace") or step.path == "/facts"
            place[last] = copy.deepcopy(step.value)
    return case


def statuses(verdict: Verdict) -> dict[tuple[str, str | None], str]:
    return {(each.rule, each.action): each.status for each in verdict.findings}


def advised(name: str) -> list[tuple[Finding, Remedy]]:
    verdict = check(written(name), PACK)
    return [(finding, remedy) for finding in verdict.findings for remedy in finding.remedies]


@pytest.mark.parametrize("name", CASES)
def test_each_remedy_gives_the_status_it_promises_and_makes_nothing_worse(name: str) -> None:
    before = statuses(check(written(name), PACK, remedies=False))
    found = advised(name)
    assert found
    for finding, remedy in found:
        after = statuses(check(patched(written(name), remedy), PACK, remedies=False))
        status = after.pop((finding.rule, finding.action), "silent")
        assert status == remedy.status, remedy.text
        for key, each in after.items():
            if not key[0].startswith(finding.rule):
                assert BADNESS.index(each) <= max(BADNESS.index(before.get(key, "silent")), BADNESS.index("excused"))


@pytest.mark.parametrize("name", CASES)
def test_no_part_of_a_remedy_would_do(name: str) -> None:
    for finding, remedy in advised(name):
        parts = [step for step in remedy.change if step.path != "/facts"]  # a list to put facts in is no part
        for left_out in parts if len(parts) > 1 else ():
            steps = tuple(step for step in remedy.change if step is not left_out)
            after = statuses(check(patched(written(name), remedy._replace(change=steps)), PACK, remedies=False))
            assert after.get((finding.rule, finding.action)) not in ("satisfied", "excused")


@pytest.mark.parametrize("name", CASES)
def test_nothing_in_the_past_is_changed(name: str) -> None:
    as_of = written(name)["as-of"]
    for _, remedy in advised(name):
        assert remedy.until is None or remedy.until >= as_of
        for step in remedy.change:
            values = step.value.values() if isinstance(step.value, dict) else [step.value]
            fields = [each for value in values for each in (value.values() if isinstance(value, dict) else [value])]
            days = [each for each in fields if isinstance(each, str) and each[:1] == "2" and each[4:5] == "-"]
            assert all(day >= as_of for day in days)


def test_a_late_notice_can_be_mended_only_for_a_later_period() -> None:
    """Received 2043-09-01, judged a month later: no notice can end the first period any more."""
    told = [(remedy.status, remedy.change) for _, remedy in advised("late-notice")]
    later = [change for status, change in told if status == "satisfied"]
    assert [(step.op, step.path) for step in later[0]] == [
        ("replace", "/actions/0/terminate/effective"),
        ("add", "/facts/-"),
    ]
    assert later[0][0].value == "2049-07-18"  # the end of the second period
    notice = later[0][1].value
    assert isinstance(notice, dict)
    assert notice["notice"] == {  # in time under each reading: a day before 2048-07-17, itself clear of the end
        "id": "notice-1", "from": "russia", "to-end": 2, "form": "written", "channel": "diplomatic",
        "received": "2048-07-16",
    }  # fmt: skip


def test_remedies_are_numbered_over_the_case_and_can_be_left_out() -> None:
    verdict = check(written("late-notice"), PACK)
    numbers = [remedy.number for finding in verdict.findings for remedy in finding.remedies]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(remedy.proven for finding in verdict.findings for remedy in finding.remedies)
    assert not any(finding.remedies for finding in check(written("late-notice"), PACK, remedies=False).findings)


def test_what_complies_has_none() -> None:
    for name in ("timely-notice", "partner-both-agreements"):
        assert advised(name) == []


def why_none(name: str) -> dict[str, str | None]:
    return {each.rule: each.no_remedy for each in check(written(name), PACK).findings if not each.remedies}


def test_what_is_done_cannot_be_changed_and_the_finding_says_so() -> None:
    told = why_none("leak")
    assert told["confidentiality.leak-contain"] == "nothing that it depends on can still be changed on 2029-03-12"


def test_a_duty_for_which_there_is_time_needs_no_other_way_out() -> None:
    assert why_none("data-request") == {"data.access": None}


def test_the_search_of_a_case_ends_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = {"id": "id", "day": "date"}
    rule = {
        "id": "reports.due", "title": "A report", "basis": "seed",
        "when": [{"request": {"day": "$day"}}], "needs": [{"report": {"day": {"on-or-after": "$day"}}}],
    }  # fmt: skip
    types = {
        "request": {"fields": day, "world": "closed", "day": "day"},
        "report": {"fields": day, "world": "closed", "day": "day", "choice": ["day"]},
    }
    head = {"pack": "p", "version": "0.1.0", "title": "P"}
    pack = open_pack(made({**head, "types": types, "rules": [rule]}, tmp_path), with_engine=False)
    case = {"as-of": "2030-01-01", "facts": [{"request": {"id": "R", "day": "2030-02-01"}}], "complete": ["report"]}
    assert [len(each.remedies) for each in check(case, pack).findings] == [1]
    monkeypatch.setattr("checker.remedies.MOST_TRIED_IN_A_CASE", 0)
    assert [each.no_remedy for each in check(case, pack).findings] == [
        "the search stopped after 0 judgements without one"
    ]


def test_a_planned_notice_can_be_moved_and_a_notice_given_cannot() -> None:
    """The fact `notice` is dated by no one field: it is still to come where all its days are."""
    case = written("late-notice")
    for as_of, movable in (("2043-07-01", True), ("2043-08-30", False)):
        case["as-of"] = as_of
        changed = {
            step.path for finding in check(case, PACK).findings for each in finding.remedies for step in each.change
        }
        assert any(path.startswith("/facts/0/notice/") for path in changed) is movable


@pytest.mark.parametrize("mass", ["2.5", "0.12345678901234567890123"])
def test_a_decimal_stays_the_number_it_is(mass: str, tmp_path: Path) -> None:
    rule = {
        "id": "crate.mass", "title": "A crate", "basis": "seed",
        "when": [{"ship": {"id": "$action"}}], "needs": [{"crate": {"of": "$action", "mass": Decimal(mass)}}],
    }  # fmt: skip
    types = {"crate": {"fields": {"of": "id", "mass": "decimal"}, "world": "closed", "choice": ["mass"]}}
    actions = {"ship": {"fields": {"id": "id", "day": "date"}, "day": "day"}}
    text = dumps({"pack": "p", "version": "0.1.0", "title": "P", "types": types, "actions": actions, "rules": [rule]})
    (tmp_path / "pack.yaml").write_text(text, "utf-8")
    pack = load_pack(tmp_path)
    case = tmp_path / "case.yaml"
    case.write_text("as-of: 2030-01-01\nactions: [{ship: {id: S, day: 2030-02-01}}]\n", "utf-8")
    remedy = check(case, pack).findings[0].remedies[0]
    added: Any = remedy.change[-1].value
    stated = added["crate"]["mass"]
    assert not isinstance(stated, str)
    assert dumps(stated) == mass
    (document,) = load_file(case, error=CaseError)
    case.write_bytes(spliced(document, case.read_bytes(), remedy.change))
    assert f"mass: {mass}" in case.read_text("utf-8")
    assert check(case, pack).status == "compliant"
    stated_by_a_program = [{"crate": {"of": "S", "mass": Decimal(mass)}}]
    proposed = {"as-of": "2030-01-01", "actions": [{"ship": {"id": "S", "day": "2030-02-01"}}]}
    assert check({**proposed, "facts": stated_by_a_program}, pack).status == "compliant"
    assert check(proposed, pack, assume=stated_by_a_program).status == "compliant"
    for wrong in (float("nan"), float("inf")):
        with pytest.raises(CaseError, match="is not a finite number"):
            check({**proposed, "facts": [*stated_by_a_program, {"crate": {"of": "X", "mass": wrong}}]}, pack)


def test_a_decimal_is_a_number_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(
        "{pack: p, version: 0.1.0, title: P,"
        " types: {crate: {fields: {of: id, mass: decimal}, world: closed, choice: [mass]}},"
        " actions: {ship: {fields: {id: id, day: date}, day: day}},"
        " rules: [{id: crate.mass, title: A crate, basis: seed, when: [ship: {id: $action}],"
        " needs: [crate: {of: $action, mass: 2.5}]}]}",
        "utf-8",
    )
    case = {"as-of": "2030-01-01", "actions": [{"ship": {"id": "S", "day": "2030-02-01"}}]}
    report = json.loads(check(case, load_pack(tmp_path)).to_json())
    (change, *_) = [each["change"] for each in report["findings"][0]["remedies"]]
    assert change[-1] == {"op": "add", "path": "/facts/-", "value": {"crate": {"of": "S", "mass": 2.5}}}


def test_a_way_out_calls_a_type_what_the_pack_calls_it(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(
        "{pack: p, version: 0.1.0, title: {en: P, ru: П}, names: {entry-permit: {en: a permit, ru: разрешение}},"
        " types: {entry-permit: {fields: {of: id}, world: closed, choice: [of]}},"
        " actions: {ship: {fields: {id: id, day: date}, day: day}},"
        " rules: [{id: ship.permit, title: {en: A permit, ru: Разрешение}, basis: seed, when: [ship: {id: $action}],"
        " needs: [entry-permit: {of: $action}]}]}",
        "utf-8",
    )
    case = {"as-of": "2030-01-01", "actions": [{"ship": {"id": "S", "day": "2030-02-01"}}]}
    for language, told in (("en", "bring about a permit (of: S)"), ("ru", "обеспечить разрешение (of: S)")):
        assert check(case, load_pack(tmp_path), lang=language).findings[0].remedies[0].text == told
