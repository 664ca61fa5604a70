"""Redaction: no value of a case in any report, in any language; and what is left to work with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sample_results import day, everything, fact, finding, results, verdict

from checker import api
from checker.cli import run
from checker.errors import Place, Problem, ProblemsError
from checker.gate import exit_status
from checker.load import load
from checker.model import LANGUAGES
from checker.options import Options
from checker.redaction import redacted
from checker.report import FORMATS
from checker.results import Accepted, BaselineFile, Results
from checker.shape import misshapen
from checker.sources import CaseSource
from checker.terminal import Look
from checker.verdict import (
    ActionView,
    Answer,
    Ask,
    Assumption,
    DerivedFact,
    FailedTest,
    Finding,
    Missing,
    Near,
    PatchStep,
    Remedy,
    Verdict,
)

SPOKEN = Path(__file__).with_name("packs") / "spoken"
CASES = """\
agreement: spoken
as-of: 2043-10-01
facts:
  - notice: {id: Quokka-1, from: quokka-ministry, channel: diplomatic, received: 2043-09-27}
  - notice: {id: Quokka-2, from: russia}
  - joining: {id: Quokka-3, agency: CNSA, partner: Quokkaland, signed: 2033-03-17}
  - joining: {id: Quokka-9, agency: Quokka Agency, partner: Quokka}
actions:
  - terminate: {id: Quokka-4, by: quokka-ministry, effective: 2044-07-18}
  - terminate: {id: Quokka-5, by: russia, effective: 2044-07-18}
  - admit: {id: Quokka-6, by: CNSA, partner: Quokkaland, day: 2043-11-27}
  - admit: {id: Quokka-7, by: CNSA, partner: Quokkastan, day: 2043-11-28}
  - admit: {id: Quokka-8, by: CNSA, partner: Quokkastan, day: 2013-11-28}
---
agreement: spoken
facts:
  - notice: {id: Quokka-1, form: quokkas, received: 2043-13-27}
---
quokka: [quokka
"""
# The ids, names and days above, what is worked out from them, and the days by which they are off.
CANARIES = re.compile(r"quokka|2043-09|2033|2043-11|2013|2044-07|2043-07|P71D|71 |-13-27", re.IGNORECASE)


def judged(language: str = "en") -> Results:
    """A run over the cases."""
    source = CaseSource("cases.yaml", CASES.encode(), "yaml", None)
    options = Options(
        pack=str(SPOKEN),
        engine="referee",
        lang=language,
        assume=("notice: {id: Quokka-0, from: china}",),
        without=("Quokka-9",),
    )
    return api.judge([source], options)


@pytest.fixture(scope="module")
def runs() -> dict[str, Results]:
    """The run in every language."""
    return {language: judged(language) for language in LANGUAGES}


@pytest.mark.parametrize("look", [Look(), Look(show_all=True), Look(quiet=True)])
@pytest.mark.parametrize("format_", FORMATS)
def test_no_value_of_the_case_is_in_any_report(format_: str, look: Look, runs: dict[str, Results]) -> None:
    for run_ in runs.values():
        assert CANARIES.search(FORMATS[format_](run_, look)), "the report would show some"
        told = FORMATS[format_](redacted(run_), look)
        assert not CANARIES.search(told)
        if format_ != "gitlab":
            assert "term.notice" in told


def test_the_cases_make_every_part_of_a_verdict(runs: dict[str, Results]) -> None:
    first, *others = runs["en"].verdicts
    assert {each.status for each in first.findings} >= {"violated", "undetermined"}
    assert all((first.not_in_force, first.assumed, first.without, first.source))
    assert any(each.questions for each in first.findings)
    assert any(each.missing and each.missing[0].near for each in first.findings)
    assert [each.status for each in others] == ["invalid"] * len(others)
    assert runs["en"].problems == ()


def canary_finding() -> Finding:
    """A finding with a canary wherever a value, or a sentence with one, can stand."""
    word, place = "quokka", Place("case.yaml", 3, 5)
    view = fact("notice", place, id=word, received=day("2043-09-27"))
    test = FailedTest("received", "on-or-before", word, word, "P71D", place, unknown=False)
    inner = DerivedFact(view, "term.first", "A title", (word,), (DerivedFact(view, "x.y", "A title", (word,), ()),))
    return finding(
        action=word,
        by=word,
        by_name=word,
        towards=word,
        towards_name=word,
        message=word,
        remedy=word,
        due=word,
        bindings=(("party", word), ("day", day("2043-09-27"))),
        underline=place,
        because=(inner,),
        sums=(word,),
        missing=(Missing(word, "notice", (Near(view, (test,)),)), Missing(word, None, ())),
        found=(view,),
        excused_by=word,
        repaired_by=(view,),
        questions=(Ask(word, "/facts/0/notice/received", place, (Answer(word, "satisfied", word),)),),
        horizon=word,
        subject=(word,),
        remedies=(
            Remedy(1, word, (PatchStep("add", "/facts/0/notice/received", word),), "satisfied", word, word, word),
        ),
        no_remedy=word,
    )


def canary_verdict(*findings: Finding) -> Verdict:
    """A verdict likewise."""
    view = fact("notice", Place("case.yaml", 3, 5), id="quokka")
    return verdict(
        *findings,
        unjudged=(ActionView("terminate", "quokka", Place("case.yaml", 4, 5)),),
        not_in_force=(ActionView("terminate", "quokka", Place("case.yaml", 4, 5)),),
        unread=(view,),
        source=("quokka",) * 5,
        assumed=(Assumption(view, ("quokka",)),),
        without=("quokka",),
    )


@pytest.mark.parametrize("format_", FORMATS)
def test_no_part_of_an_answer_lets_a_value_through(format_: str) -> None:
    invalid = verdict(status="invalid", problems=(Problem(Place("bad.yaml", 1, 1), "quokka"),), source=("quokka",))
    stale = BaselineFile("b.json", "ab", (Accepted("case.yaml", "a.b", "quokka", "violated", "f1"),))
    run_ = redacted(results(canary_verdict(canary_finding()), invalid, baseline=stale))
    assert "quokka" not in repr(run_)
    assert not re.search("quokka|2043-09-27|P71D", FORMATS[format_](run_, Look(show_all=True)))


def test_what_is_wrong_where_is_left(runs: dict[str, Results]) -> None:
    before, after = runs["en"], redacted(runs["en"])
    assert exit_status(after) == exit_status(before)
    for one, other in zip(before.verdicts, after.verdicts, strict=True):
        assert (other.case, other.sha256, other.status, other.receipt) == (
            one.case,
            one.sha256,
            one.status,
            one.receipt,
        )
        assert [each.place for each in other.problems] == [each.place for each in one.problems]
        for told, kept in zip(one.findings, other.findings, strict=True):
            for part in (
                "rule",
                "status",
                "title",
                "cites",
                "basis",
                "rests_on",
                "place",
                "underline",
                "fingerprint",
                "readings",
            ):
                assert getattr(kept, part) == getattr(told, part)
            assert [name for name, _ in kept.bindings] == [name for name, _ in told.bindings]
            assert [test.field for miss in kept.missing for near in miss.near for test in near.failed] == [
                test.field for miss in told.missing for near in miss.near for test in near.failed
            ]


def test_findings_of_one_subject_still_belong_together() -> None:
    block, element, other = (
        finding("a.block", subject=("T1",)),
        finding("a.block/part", subject=("T1",)),
        finding("a.block/part", subject=("T2",)),
    )
    after = redacted(results(verdict(block, element, other))).verdicts[0].findings
    assert after[0].subject == after[1].subject != after[2].subject


def test_a_redacted_report_fits_its_schema(runs: dict[str, Results]) -> None:
    for run_ in (everything(), results(canary_verdict(canary_finding())), runs["en"]):
        text = FORMATS["json"](redacted(run_), Look())
        (document,) = load(text, "report.json", error=ProblemsError)
        assert misshapen(document, "report") == []


def test_the_flag_reaches_every_report_and_baselines_still_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("case.yaml").write_text(CASES.partition("---")[0], "utf-8")
    Path("bad.yaml").write_text("agreement: spoken\nfacts: [{notice: {id: quokka, quokka: quokka}}]\n", "utf-8")
    outputs = [part for each in FORMATS if each != "text" for part in ("-o", f"{each}={each}.out")]
    flags = ["--pack", str(SPOKEN), "--engine", "referee", "--redact"]
    assert run(["check", "case.yaml", "bad.yaml", *flags, "-o", "text", *outputs]) == 2
    captured = capfd.readouterr()
    assert not CANARIES.search(
        captured.out + captured.err + "".join(each.read_text("utf-8") for each in tmp_path.glob("*.out"))
    )
    assert run(["check", "case.yaml", *flags, "--fail-on", "violated", "--write-baseline", "b.json"]) == 0
    assert not CANARIES.search(Path("b.json").read_text("utf-8"))
    assert (
        run(
            ["check", "case.yaml", *flags[:-1], "--fail-on", "violated", "--baseline", "b.json", "-o", "json=open.json"]
        )
        == 0
    )
    assert json.loads(Path("open.json").read_text("utf-8"))["summary"]["in_baseline"] >= 1
