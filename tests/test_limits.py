"""Coverage by day limit and by reading: on which side of each limit tests came, and which options decided one."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_coverage import PACK, pack_in

from checker.coverage import PackCoverage
from checker.limits import probes_of
from checker.pack import load_pack
from checker.report import coverage as report
from checker.terminal import Look
from checker.testing import Wanted, run_tests

BOTH = Wanted(limits=True)
ACT = "when: [{act: {id: $action, day: $day}}]"
RULES = {
    "toy.in-time": f"{ACT}\nneeds: [{{paper: {{of: $action, day: {{on-or-before: $day - P1M}}}}}}]",
    "toy.due": f"{ACT}\nowes: [{{paper: {{of: $action}}}}]\ndue: $day + P10D",
    "toy.between": f"{ACT}\nneeds: [{{compare: [$day, in, [2025-06-01, 2025-07-01]]}}]",
    "toy.alone": f"{ACT}\nforbids: [{{count: {{of: {{paper: {{day: {{after: $day}}}}}}, more-than: 0}}}}]",
    "toy.valid": f"valid: {{from: 2025-01-01, until: 2025-12-31}}\n{ACT}\nneeds: [{{seal: {{of: $action}}}}]",
    "toy.excused": (
        f"{ACT}\nneeds: [{{seal: {{of: $action}}}}]\n"
        "unless: [{paper: {of: $action, day: {before: $day}}, reading: {q: b}}]"
    ),
}


def coverage(folder: Path, rules: dict[str, str], *cases: str, head: str = PACK) -> PackCoverage:
    """What cases have shown of rules, whatever their statuses."""
    pack = pack_in(folder / "toy", rules, head)
    (pack / "tests").mkdir(exist_ok=True)
    (pack / "tests" / "all.yaml").write_text("---\n".join(f"agreement: toy\n{case}\n" for case in cases), "utf-8")
    results = run_tests((str(pack),), engine="referee", wanted=BOTH)
    assert results.failures == ()
    (found,) = results.coverage
    return found


def sides(found: PackCoverage) -> dict[str, str]:
    """By limit, the sides to which some test came."""
    return {
        f"{each.limit.rule}: {each.limit.told}": " ".join(side for side, tests in each.seen.items() if tests)
        for each in found.limits
    }


def case(day: str, *papers: str, as_of: str = "2025-04-01", expect: str) -> str:
    """An act, and papers of it of these days."""
    listed = "".join(f"  - paper: {{id: P{n}, of: A1, day: {paper}}}\n" for n, paper in enumerate(papers))
    facts = f"facts:\n{listed}" if papers else ""
    return f"as-of: {as_of}\n{facts}actions: [{{act: {{id: A1, day: {day}}}}}]\nexpect: {{{expect}}}"


# --- which limits there are -------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("toy.in-time", ["needs: paper.day on-or-before $day - P1M"]),
        ("toy.due", ["due $day + P10D: as-of", "due $day + P10D: paper.day"]),
        ("toy.between", ["needs: $day in 2025-06-01", "needs: $day in 2025-07-01"]),
        ("toy.alone", ["forbids count: paper.day after $day"]),
        ("toy.valid", ["valid from 2025-01-01", "valid until 2025-12-31"]),
        ("toy.excused", ["unless 1: paper.day before $day"]),
    ],
)
def test_every_day_a_rule_compares_with_is_a_limit(rule: str, told: list[str], tmp_path: Path) -> None:
    pack = load_pack(pack_in(tmp_path / "toy", RULES))
    limits = {probe.limit for probe in probes_of(pack.rules[rule], pack)}
    assert sorted(limit.told for limit in limits if limit.rule == rule) == told
    assert {(limit.rule, limit.told) for limit in limits if limit.rule != rule} == {("in-force", "from 2024-01-01")}


def test_a_rule_outside_the_time_of_the_agreement_has_no_such_limit(tmp_path: Path) -> None:
    pack = load_pack(pack_in(tmp_path / "toy", {"toy.due": f"before-force: yes\n{RULES['toy.due']}"}))
    assert {probe.limit.rule for probe in probes_of(pack.rules["toy.due"], pack)} == {"toy.due"}


# --- on which side tests came -----------------------------------------------------


@pytest.mark.parametrize(
    ("paper", "status", "side"),
    [
        ("2025-05-02", "violated", ""),
        ("2025-05-01", "violated", "after"),  # a month before 1 June is 1 May; the act is of 31 May
        ("2025-04-30", "satisfied", "on"),
        ("2025-04-29", "satisfied", "before"),
        ("2025-04-28", "satisfied", ""),
    ],
)
def test_a_field_against_a_day(paper: str, status: str, side: str, tmp_path: Path) -> None:
    rules = {"toy.in-time": RULES["toy.in-time"]}
    found = coverage(tmp_path, rules, case("2025-05-31", paper, expect=f"toy.in-time: {status}"))
    assert sides(found)["toy.in-time: needs: paper.day on-or-before $day - P1M"] == side


def test_the_due_day_against_the_day_of_judging_and_of_performance(tmp_path: Path) -> None:
    rules = {"toy.due": RULES["toy.due"]}
    found = coverage(
        tmp_path,
        rules,
        case("2025-05-01", as_of="2025-05-11", expect="toy.due: pending"),
        case("2025-05-01", as_of="2025-05-12", expect="toy.due: violated"),
        case("2025-05-01", "2025-05-11", as_of="2025-06-01", expect="toy.due: satisfied"),
        case("2025-05-01", "2025-05-10", as_of="2025-06-01", expect="toy.due: satisfied"),
    )
    assert sides(found) == {
        "in-force: from 2024-01-01": "",
        "toy.due: due $day + P10D: as-of": "on after",
        "toy.due: due $day + P10D: paper.day": "before on",
    }


def test_a_day_that_is_compared_with_several(tmp_path: Path) -> None:
    rules = {"toy.between": RULES["toy.between"]}
    found = coverage(
        tmp_path,
        rules,
        case("2025-06-01", expect="toy.between: satisfied"),
        case("2025-07-02", expect="toy.between: violated"),
    )
    assert sides(found)["toy.between: needs: $day in 2025-06-01"] == "on"
    assert sides(found)["toy.between: needs: $day in 2025-07-01"] == "after"


def test_what_is_counted_and_the_days_on_which_a_rule_holds(tmp_path: Path) -> None:
    rules = {name: RULES[name] for name in ("toy.alone", "toy.valid")}
    found = coverage(
        tmp_path,
        rules,
        case("2025-01-01", "2025-01-02", expect="toy.alone: violated, toy.valid: violated"),
        case("2024-12-31", expect="toy.alone: satisfied, toy.valid: silent"),
    )
    assert sides(found)["toy.alone: forbids count: paper.day after $day"] == "after"
    assert sides(found)["toy.valid: valid from 2025-01-01"] == "before on"
    assert sides(found)["toy.valid: valid until 2025-12-31"] == ""


def test_the_first_day_in_force(tmp_path: Path) -> None:
    found = coverage(
        tmp_path,
        {"toy.between": RULES["toy.between"]},
        case("2023-12-31", expect="toy.between: silent"),
        case("2024-01-01", expect="toy.between: violated"),
    )
    assert sides(found)["in-force: from 2024-01-01"] == "before on"


def test_a_side_counts_only_where_all_else_fits(tmp_path: Path) -> None:
    """The paper is of another act: whatever its day, that does not decide."""
    other = case("2025-05-31", "2025-04-30", expect="toy.in-time: violated").replace("of: A1", "of: A2")
    found = coverage(tmp_path, {"toy.in-time": RULES["toy.in-time"]}, other)
    assert sides(found)["toy.in-time: needs: paper.day on-or-before $day - P1M"] == ""


def test_an_exception_under_another_reading_has_its_limits_there(tmp_path: Path) -> None:
    expect = "toy.excused: contested"
    found = coverage(tmp_path, {"toy.excused": RULES["toy.excused"]}, case("2025-05-31", "2025-05-30", expect=expect))
    assert sides(found)["toy.excused: unless 1: paper.day before $day"] == "before"


# --- readings ---------------------------------------------------------------------


def test_an_option_decides_where_another_gives_another_status(tmp_path: Path) -> None:
    rules = {"toy.excused": RULES["toy.excused"]}
    expect = "toy.excused: {}"
    undecided = coverage(tmp_path, rules, case("2025-05-31", expect=expect.format("violated")))
    assert [dict(each.seen) for each in undecided.readings] == [{"a": 0, "b": 0}]
    decided = coverage(tmp_path, rules, case("2025-05-31", "2025-05-30", expect=expect.format("contested")))
    assert [(each.question, dict(each.seen)) for each in decided.readings] == [("q", {"a": 1, "b": 1})]


def test_of_three_options_each_that_makes_a_difference_counts(tmp_path: Path) -> None:
    head = PACK.replace("options: {a: a, b: b}", "options: {a: a, b: b, c: c}")
    found = coverage(
        tmp_path,
        {"toy.excused": RULES["toy.excused"]},
        case("2025-05-31", "2025-05-30", expect="toy.excused: contested"),
        head=head,
    )
    assert [dict(each.seen) for each in found.readings] == [{"a": 1, "b": 1, "c": 1}]


# --- what is printed --------------------------------------------------------------


def test_what_is_missing_is_a_list_of_cases_to_write(tmp_path: Path) -> None:
    found = coverage(
        tmp_path,
        {"toy.in-time": RULES["toy.in-time"]},
        case("2025-05-31", "2025-04-30", expect="toy.in-time: satisfied"),
        case("2025-05-31", "2025-05-01", expect="toy.in-time: violated"),
    )
    told = report.render(found, Look(), 0)
    limit = "toy.in-time: needs: paper.day on-or-before $day - P1M"
    assert (
        f"before  on  after  day limit\n     0   0      0  in-force: from 2024-01-01\n     0   1      1  {limit}\n"
        in told
    )
    assert "tests  option of a reading\n    0  q: a\n    0  q: b\n" in told
    assert f"no test has the day before: {limit}\n" in told
    assert f"no test has the day itself: {limit}\n" not in told
    assert "no test turns on q: b\n" in told
    assert "toy: tests came to 2 of 6 days on and beside day limits, 33%\n" in told
    assert told.endswith("toy: 0 of 2 options of readings decided a test, 0%\n")
