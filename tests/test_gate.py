"""The gate: one function decides the status of every run, and it holds what it promises for any findings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_results import everything, finding, results, verdict

from checker.cli import run as run_command
from checker.errors import Place, Problem
from checker.gate import case_status, exit_status, failing_statuses, verdict_fails
from checker.model import SEVERITIES
from checker.options import FAIL_ON
from checker.redaction import redacted
from checker.report import FORMATS
from checker.report.words import FINDING_STATUSES
from checker.results import Results
from checker.terminal import Look
from checker.verdict import ActionView, Verdict, Waived

SPOKEN = Path(__file__).with_name("packs") / "spoken"
ACTION = ActionView("survey", "S1", Place("case.yaml", 1, 1))
WAIVED = Waived("W-1", "why", "who", "2027-01-01")
PROBLEM = Problem(Place("bad.yaml", 1, 1), "no case")

findings = st.builds(
    lambda status, severity: finding(status=status, severity=severity),
    st.sampled_from(FINDING_STATUSES),
    st.sampled_from(SEVERITIES),
)


@st.composite
def runs(draw: st.DrawFn) -> Results:
    """Runs in which every file could be read."""
    severity = draw(st.sampled_from(SEVERITIES))
    verdicts = []
    for listed in draw(st.lists(st.lists(findings, max_size=4), min_size=1, max_size=4)):
        unjudged = (ACTION,) if draw(st.booleans()) else ()
        verdicts.append(verdict(*listed, status=case_status(listed, severity), unjudged=unjudged))
    return results(*verdicts, min_severity=severity, fail_on=draw(st.sampled_from(FAIL_ON)))


@st.composite
def suppressed_runs(draw: st.DrawFn) -> Results:
    """The same, some findings waived or accepted by a baseline."""
    marks = st.fixed_dictionaries({"waiver": st.sampled_from([None, WAIVED]), "in_baseline": st.booleans()})
    run = draw(runs())
    marked = (
        each._replace(findings=tuple(finding._replace(**draw(marks)) for finding in each.findings))
        for each in run.verdicts
    )
    return run._replace(verdicts=tuple(marked))


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((), "not-applicable"),
        (("satisfied",), "compliant"),
        (("satisfied", "excused", "overridden"), "compliant"),
        (("satisfied", "pending"), "pending"),
        (("pending", "undetermined"), "undetermined"),
        (("undetermined", "contested"), "contested"),
        (("contested", "violated", "pending"), "violated"),
    ],
)
def test_the_worst_finding_decides_the_case(statuses: tuple[str, ...], expected: str) -> None:
    listed = [finding(status=status) for status in statuses]
    assert case_status(listed, "error") == expected


def test_findings_below_the_severity_speak_but_do_not_decide() -> None:
    assert case_status([finding(severity="warning")], "error") == "compliant"
    assert case_status([finding(severity="warning")], "warning") == "violated"
    assert case_status([], "error", spoke=True) == "compliant"


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        ("never", set()),
        ("violated", {"violated"}),
        ("contested", {"violated", "contested"}),
        ("undetermined", {"violated", "contested", "undetermined"}),
        ("pending", {"violated", "contested", "undetermined", "pending"}),
    ],
)
def test_what_fails(fail_on: str, failing: set[str]) -> None:
    assert failing_statuses(fail_on) == failing
    for status in FINDING_STATUSES:
        run = results(verdict(finding(status=status)), fail_on=fail_on)
        assert exit_status(run) == (1 if status in failing else 0)


def test_an_action_no_rule_spoke_to_counts_as_undetermined() -> None:
    silent = results(verdict(status="not-applicable", unjudged=(ACTION,)))
    assert exit_status(silent) == 1
    assert exit_status(silent._replace(fail_on="contested")) == 0
    outside = results(verdict(status="not-applicable", not_in_force=(ACTION,)))
    assert exit_status(outside) == 0


def test_no_answer_outranks_a_failure() -> None:
    assert exit_status(everything()) == 2
    assert exit_status(results(verdict(finding()), problems=(PROBLEM,))) == 2
    invalid = verdict(status="invalid", problems=(PROBLEM,))
    assert exit_status(results(verdict(finding()), invalid, fail_on="never")) == 2


def test_nothing_checked_is_no_pass() -> None:
    assert exit_status(results()) == 2
    assert exit_status(results(), allow_empty=True) == 0
    assert exit_status(results(problems=(PROBLEM,)), allow_empty=True) == 2


@given(suppressed_runs())
def test_a_stricter_gate_never_passes_more(run: Results) -> None:
    stricter = ["never", *FAIL_ON[:-1]]
    statuses = [exit_status(run._replace(fail_on=word)) for word in stricter]
    assert statuses == sorted(statuses)
    severities = [exit_status(run._replace(min_severity=severity)) for severity in reversed(SEVERITIES)]
    assert severities == sorted(severities)


@given(runs())
def test_the_status_follows_from_cases_and_unjudged_actions(run: Results) -> None:
    failing = failing_statuses(run.fail_on)
    expected = any(each.status in failing or (each.unjudged and "undetermined" in failing) for each in run.verdicts)
    assert exit_status(run) == int(expected)
    assert expected == any(verdict_fails(each, run) for each in run.verdicts)


@given(suppressed_runs())
def test_the_status_is_that_of_the_run_without_what_is_waived_or_accepted(run: Results) -> None:
    def left(each: Verdict) -> Verdict:
        kept = tuple(finding for finding in each.findings if not finding.waiver and not finding.in_baseline)
        return each._replace(findings=kept)

    assert exit_status(run) == exit_status(run._replace(verdicts=tuple(map(left, run.verdicts))))


@given(suppressed_runs())
def test_redaction_changes_no_status(run: Results) -> None:
    assert exit_status(redacted(run)) == exit_status(run)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("case", "flags", "status"),
    [
        ("violated", (), 1),
        ("violated", ("--waivers", "waivers.yaml"), 0),
        ("violated", ("--fail-on", "never"), 0),
        ("contested", ("--waivers", "waivers.yaml"), 1),
        ("pending", (), 0),
        ("invalid", ("--waivers", "waivers.yaml"), 2),
    ],
)
def test_every_format_ends_with_the_same_status(
    format_: str, case: str, flags: tuple[str, ...], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780272000")  # 2026-06-01
    Path("waivers.yaml").write_text(
        "waivers: [{id: W, rule: term.notice, match: {action: T1}, reason: r, approver: a,"
        " created: 2026-01-01, expires: 2027-01-01}]\n",
        "utf-8",
    )
    Path("invalid.yaml").write_text("facts: 7\n", "utf-8")
    path = "invalid.yaml" if case == "invalid" else str(SPOKEN / "tests" / f"{case}.yaml")
    common = ["check", path, "--pack", str(SPOKEN), "--engine", "referee", "--no-remedies", *flags]
    assert run_command([*common, "-o", f"{format_}=out"]) == status
    assert run_command([*common, "-o", format_, "--quiet"]) == status


@pytest.mark.parametrize("marks", [{"waiver": WAIVED}, {"in_baseline": True}])
def test_neither_waivers_nor_a_baseline_cover_what_is_no_finding(marks: dict[str, object]) -> None:
    covered = verdict(finding(**marks), unjudged=(ACTION,))
    assert exit_status(results(covered)) == 1
    assert exit_status(results(covered._replace(unjudged=()))) == 0
    assert exit_status(results(covered, problems=(PROBLEM,))) == 2


@given(suppressed_runs())
def test_quiet_says_something_exactly_when_the_run_fails(run: Results) -> None:
    for name in ("text", "concise"):
        assert bool(FORMATS[name](run, Look(quiet=True))) == (exit_status(run) == 1)
