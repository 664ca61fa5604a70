"""Drafts of missing tests: made of tests there are, judged before they are offered, and never with an expectation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from test_coverage import PACK, RULES, pack_in
from test_limits import BOTH, case

from checker.case import read_case
from checker.dates import Date
from checker.drafting import Plain, days_moved, spelt, variants
from checker.drafts import Draft, drafts_of, files_of
from checker.errors import CaseError
from checker.judging import Asked, judge_case, open_pack
from checker.load import load, plain
from checker.pack import load_pack
from checker.testing import TODO, Wanted, run_tests

WANTED = Wanted(limits=True, kept=True)
SPELT = """\
agreement: toy
as-of: 2025-04-01
complete: [paper]
facts:
  - paper: {id: P1, of: A1, day: unknown}
  - tag: {share: 5}
  - waiver: {id: "5", of: yes}
actions:
  - act: {id: A1, purpose: bad, day: 2025-06-01}
"""


def drafts(folder: Path, rules: Mapping[str, str], *cases: str) -> dict[str, Draft]:
    """The drafts for a pack with these tests, by what they are for."""
    pack = pack_in(folder / "toy", rules)
    (pack / "tests").mkdir()
    (pack / "tests" / "all.yaml").write_text("---\n".join(f"agreement: toy\n{each}\n" for each in cases), "utf-8")
    results = run_tests((str(pack),), engine="referee", wanted=WANTED)
    assert results.failures == ()
    (coverage,) = results.coverage
    return {each.goal: each for each in drafts_of(coverage, results.kept[0].opened, results.kept)}


def status_of(rule: str, text: str, folder: Path) -> str:
    """What the rules make of a draft now."""
    pack = load_pack(folder / "toy")
    (document,) = load(text, "draft.yaml", error=CaseError)
    read = read_case(document, pack, "draft.yaml", None, Date(2025, 4, 1))
    verdict = judge_case(open_pack(pack, with_engine=False), read, document, Asked("referee", {}))
    return next((each.status for each in verdict.findings if each.rule == rule), "silent")


@pytest.mark.parametrize("status", ["satisfied", "undetermined", "pending", "silent"])
def test_a_draft_comes_to_the_status_that_is_missing(status: str, tmp_path: Path) -> None:
    name = "toy.needs-by-a-day"
    broken = case("2025-06-01", "2025-06-02", as_of="2025-07-01", expect=f"{name}: violated")
    draft = drafts(tmp_path, {name: RULES[name][0]}, broken)[f"{name}: {status}"]
    assert draft.reaches
    assert status_of(name, draft.text, tmp_path) == status


def test_a_draft_comes_to_the_day_that_is_missing(tmp_path: Path) -> None:
    rule = "when: [{act: {id: $action, day: $day}}]\nneeds: [{paper: {of: $action, day: {on-or-before: $day - P1M}}}]"
    found = drafts(tmp_path, {"toy.due": rule}, case("2025-05-31", "2025-04-10", expect="toy.due: satisfied"))
    limit = "toy.due: needs: paper.day on-or-before $day - P1M"
    draft = found[f"{limit}: the day after"]
    assert draft.change == "paper.day 2025-04-10 → 2025-05-01"
    assert status_of("toy.due", draft.text, tmp_path) == "violated"
    assert found[f"{limit}: the day itself"].change == "paper.day 2025-04-10 → 2025-04-30"


def test_where_no_one_change_is_enough_the_nearest_test_is_offered(tmp_path: Path) -> None:
    found = drafts(
        tmp_path, {"toy.excused": RULES["toy.excused"][0]}, case("2025-06-01", expect="toy.excused: violated")
    )
    draft = found["toy.excused: excused"]
    assert (draft.reaches, draft.change) == (False, "")
    assert "Change it so that it comes to this." in draft.text
    assert draft.case["actions"] == [{"act": {"id": "A1", "day": "2025-06-01"}}]


def test_a_draft_expects_nothing_yet_and_is_no_test(tmp_path: Path) -> None:
    found = drafts(tmp_path, {"toy.needs": RULES["toy.needs"][0]}, case("2025-06-01", expect="toy.needs: violated"))
    files = files_of(found.values())
    assert sorted(files) == ["in-force.yaml", "toy.needs.yaml"]
    (tmp_path / "toy" / "tests" / "toy.needs.yaml").write_text(files["toy.needs.yaml"], "utf-8")
    results = run_tests((str(tmp_path / "toy"),), engine="referee", words=("toy.needs.yaml",), wanted=BOTH)
    assert results.passed == 0
    assert {each.message for each in results.failures} == {
        f"this is a draft: write what the text demands in the place of `{TODO}`"
    }


def test_where_nothing_speaks_of_a_rule_there_is_no_draft(tmp_path: Path) -> None:
    ping = "as-of: 2025-04-01\nactions: [{ping: {id: P1}}]\nexpect: {verdict: not-applicable, unjudged: P1}"
    assert drafts(tmp_path, {"toy.needs": RULES["toy.needs"][0]}, ping) == {}


# --- cases as plain data ----------------------------------------------------------


def plain_case(text: str) -> Plain:
    (document,) = load(text, "case.yaml", error=CaseError)
    found = plain(document.root)
    assert isinstance(found, dict)
    return found


def test_a_case_is_spelt_as_an_author_would() -> None:
    assert spelt(plain_case(SPELT)) == SPELT


@pytest.mark.parametrize("text", ["", "no", "5", "- a", "a: b", "#a", "2025-02-30", "é\n", "a ", "null", "'", "[a]"])
def test_whatever_a_text_is_it_is_read_again_as_it_was(text: str) -> None:
    written: Plain = {"facts": [{"paper": {"id": text, "of": [text, 5, True, None]}}]}
    assert plain_case(spelt(written)) == written


def test_one_thing_is_changed_at_a_time(tmp_path: Path) -> None:
    case = plain_case(SPELT)
    pack = load_pack(pack_in(tmp_path / "toy", {"toy.needs": RULES["toy.needs"][0]}, PACK))
    told = dict(variants(case, pack))
    assert case == plain_case(SPELT)
    assert told["act.purpose bad → special"]["actions"] == [
        {"act": {"id": "A1", "purpose": "special", "day": "2025-06-01"}}
    ]
    assert told["act.day 2025-06-01 → 2023-12-31"]["as-of"] == "2025-04-01"
    assert told["as-of 2025-04-01 → 2025-05-31"]["as-of"] == "2025-05-31"
    assert told["act.day 2025-06-01 → unknown"]["facts"] == case["facts"]
    assert len(told["without tag"]["facts"]) == 2  # type: ignore[arg-type]
    assert not [change for change in told if ".id" in change or "paper.day" in change]


def test_days_are_moved_those_that_matter_first() -> None:
    case = plain_case(SPELT.replace("day: unknown", "day: 2025-05-01"))
    first = [told for told, _ in days_moved(case, by=-1, first=frozenset(("2025-06-01",)))]
    assert first == [
        "act.day 2025-06-01 → 2025-05-31",
        "paper.day 2025-05-01 → 2025-04-30",
        "as-of 2025-04-01 → 2025-03-31",
    ]
