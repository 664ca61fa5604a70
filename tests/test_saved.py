"""Saved results: read back, every format says the same to the byte; and whatever is no saved result is refused."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_results import day, everything, fact, finding, results, verdict

from checker import api
from checker.dates import Date
from checker.errors import Place, ProblemsError
from checker.gate import exit_status
from checker.load import load
from checker.model import Clause, Question, Source
from checker.options import Options
from checker.redaction import redacted
from checker.report import FORMATS
from checker.report.json_finding import DEEPEST
from checker.results import Accepted, BaselineFile, IdleWaiver, PackName, Results, WaiverFile
from checker.saved import SavedError, read_saved, saved_document
from checker.shape import misshapen
from checker.sources import CaseSource
from checker.terminal import Look
from checker.values import NONE, Unknown
from checker.verdict import (
    NOT_KNOWN,
    Assumption,
    Derivation,
    DerivedFact,
    FailedTest,
    GivenFact,
    Missing,
    Near,
    PatchStep,
    Remedy,
    StatedDay,
    Timeline,
    Waived,
)

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(ROOT.glob("examples/*.yaml"))
SPOKEN = ROOT / "tests" / "packs" / "spoken"
LOOKS = (Look(), Look(show_all=True), Look(quiet=True), Look(colour=True, width=60))


def back(text: str, name: str = "result.json") -> Results:
    """The results of a saved text."""
    document = saved_document(CaseSource(name, text.encode(), "json", None))
    assert document is not None
    return read_saved(document)


def saved(run: Results) -> str:
    """What `check -o json` writes."""
    return FORMATS["json"](run, Look())


def refused(told: object) -> list[str]:
    """What is said of a result that can't be used."""
    text = told if isinstance(told, str) else json.dumps(told)
    with pytest.raises(SavedError) as caught:
        back(text)
    return str(caught.value).splitlines()


def assert_alike(run: Results, looks: Iterable[Look] = LOOKS) -> None:
    """Every format of the run and of its saved result is the same."""
    again = back(saved(run))
    for format_, render in FORMATS.items():
        for look in looks:
            assert render(again, look) == render(run, look), format_


def calendar_day(text: str) -> Date:
    """A day."""
    made = day(text)
    assert isinstance(made, Date)
    return made


def full() -> Results:
    """A run with every part that a result can have, and not only the usual ones."""
    place = Place("case.yaml", 3, 5)
    view = fact(
        "notice", place, id=Unknown("N", "id"), share=Decimal("0.50"), via=NONE, received=day("2043-09-01"), n=3
    )
    steps = (
        PatchStep("add", "/facts/-", {"notice": {"id": "N", "share": [1, "2"]}}),
        PatchStep("remove", "/facts/0"),
        PatchStep("replace", "/facts/0/notice/n", 4),
    )
    test = FailedTest("received", "on-or-before", "in time", "2043-09-01", "P45D", place, unknown=False)
    found = finding(
        subject=("T1", day("2044-07-18")),
        remedies=(Remedy(1, "do it", steps, "excused", "russia", "Russia", "2043-07-18"),),
        no_remedy="nothing helps",
        waiver=Waived("W-1", "why", "who", "2043-01-01"),
        in_baseline=True,
        bindings=(("n", 1), ("share", Decimal("0.50")), ("who", Unknown("x", "y"))),
        found=(view,),
        missing=(Missing("a notice", "notice", (Near(view, (test,)),)), Missing("another", None, ())),
        place=place,
    )
    element = finding("family.rule/part", subject=("T1", day("2044-07-18")), place=place)
    other = finding("family.rule/part", subject=("T2", day("2044-07-18")), place=place)
    days = Timeline(
        ((1, calendar_day("2024-07-18"), calendar_day("2044-07-17")), (2, calendar_day("2044-07-18"), None)),
        (("notice.termination", calendar_day("2043-07-18")),),
        calendar_day("2044-07-17"),
        (StatedDay("notice N1", "received", calendar_day("2043-09-01")),),
    )
    assumed = Assumption(fact("notice", Place("--assume 1", 1, 3), id="A"), ("notice: {id: A}",))
    idle = IdleWaiver("W-2", "a.b", "unknown", "2026-01-01", "2027-01-01", Place("w.yaml", 2, 5), "a.c")
    en_ru = {"en": "says in English", "ru": "по-русски"}
    case = verdict(
        *(found, element, other),
        source=("one", "two", "  - notice: {id: N}", "four", "five", "six", "seven"),
        timeline=days,
        assumed=(assumed,),
        without=("N9",),
    )
    return results(
        case,
        packs=(PackName("isls", "0.1.0", "One"), PackName("iss-iga", "2.0", "Another")),
        waivers=WaiverFile("w.yaml", "main", "ab", "2026-11-21", (idle,)),
        baseline=BaselineFile("b.json", "cd", (Accepted("case.yaml", "a.b", None, "violated", "f1"),)),
        sources={("isls", "seed"): Source("seed", "A work", "https://example.org/", "seed", place)},
        clauses={
            ("isls", "duration"): Clause("duration", en_ru, "seed", "partly", en_ru, place),
            ("isls", "other"): Clause("other", {"en": NOT_KNOWN}, "seed", "no", {}, place),
        },
        questions={
            ("isls", "notice-clock"): Question(
                "notice-clock", en_ru, {"receipt": en_ru, "dispatch": {"en": "sent"}}, "receipt", {}, (), place
            )
        },
        stamp="2026-11-21T00:00:00Z",
        fail_on="pending",
        min_severity="warning",
    )


# --- the same to the byte ---------------------------------------------------------


def test_every_example_is_reported_alike_from_its_saved_result() -> None:
    sources = [CaseSource(f"examples/{each.name}", each.read_bytes(), "yaml", None) for each in EXAMPLES]
    assert len(sources) > 50
    run = api.judge(sources, Options(engine="referee", remedies=False, timeline=True))
    assert {each.status for each in run.verdicts} >= {"violated", "contested", "undetermined", "pending", "compliant"}
    assert_alike(run, LOOKS[:2])


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_other_languages_remedies_and_what_was_assumed(language: str) -> None:
    sources = [CaseSource(each.name, each.read_bytes(), "yaml", None) for each in sorted(SPOKEN.glob("tests/*.yaml"))]
    sources.append(CaseSource("bad.yaml", b"agreement: spoken\nfacts:\n  - notise: {}\n", "yaml", None))
    sources.append(CaseSource("gone.yaml", None, None, "no such file"))
    assume = ("notice: {from: china, channel: diplomatic}",)
    options = Options(pack=str(SPOKEN), engine="referee", lang=language, timeline=True, assume=assume, without=("N1",))
    run = api.judge(sources, options)
    assert {each.status for each in run.verdicts} > {"violated", "contested", "invalid"}
    assert run.problems
    assert run.verdicts[0].assumed
    assert any(each.remedies for one in run.verdicts for each in one.findings)
    assert_alike(run)
    assert_alike(redacted(run))
    assert back(saved(run)).language == language


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_part_of_a_result_comes_back(language: str) -> None:
    assert_alike(everything()._replace(language=language))
    assert_alike(full()._replace(language=language))
    assert_alike(redacted(full()))
    assert_alike(full()._replace(partial=True))


def test_the_value_that_comes_back() -> None:
    run, again = full(), back(saved(full()))
    assert again._replace(verdicts=(), sources={}, clauses={}, questions={}) == run._replace(
        verdicts=(), sources={}, clauses={}, questions={}
    )
    assert again.clauses.keys() == run.clauses.keys()
    one, other = run.verdicts[0], again.verdicts[0]
    assert (other.timeline, other.receipt, other.without) == (one.timeline, one.receipt, one.without)
    assert other.findings[0].remedies == one.findings[0].remedies
    assert [each.subject for each in other.findings] == [(0,), (0,), (1,)]
    assert other.source[2] == one.source[2]
    assert [*other.source] == [*one.source[:5]]  # what nothing points at, or stands near, is left out
    assert exit_status(again) == exit_status(run)


def test_a_deep_derivation_comes_back_and_one_that_was_cut_is_refused() -> None:
    def nested(levels: int) -> Results:
        node: Derivation = GivenFact(fact("agreement", None, id="isls"))
        for number in range(levels - 1):
            node = DerivedFact(fact("period", None, number=number), "term.duration", "The term", (), (node,))
        return results(verdict(finding(because=(node,))))

    assert_alike(nested(DEEPEST))
    (told,) = refused(saved(nested(DEEPEST + 2)))
    assert told.endswith(
        "2 facts of this derivation were left out when it was saved: it is too deep; report from the case itself"
    )


def test_lines_of_a_case_cost_nothing_that_is_not_there() -> None:
    told = json.loads(saved(full()))
    told["cases"][0]["lines"] = {"3": "  - notice: {id: N}", "999999999": "far"}
    lines = back(json.dumps(told)).verdicts[0].source
    assert (len(lines), lines[2], lines[-1], lines[1:3]) == (
        999_999_999,
        "  - notice: {id: N}",
        "far",
        ("", "  - notice: {id: N}"),
    )


# --- what is refused --------------------------------------------------------------

AGAIN = "; judge the cases again with `servanda check -o json=FILE`"


def test_another_shape_is_refused_in_a_sentence() -> None:
    whole = json.loads(saved(full()))
    assert refused(whole | {"schema": "servanda-report-2"}) == [
        f"result.json:1:12: `servanda-report-2` can't be reported from, only `servanda-report-1`{AGAIN}"
    ]
    older = {name: each for name, each in whole.items() if name != "language"}
    assert refused(older) == [
        f"result.json:1:12: this was saved by an earlier version, which left out what a report needs{AGAIN}"
    ]
    assert refused(whole | {"story": {}}) == [
        f"result.json:1:12: this is what `servanda explain` told of one case{AGAIN}"
    ]
    line = FORMATS["jsonl"](full(), Look())
    assert refused(line) == [f"result.json:1:12: this is one case of `-o jsonl`, and no whole result{AGAIN}"]
    lines = saved_document(CaseSource("r.jsonl", line.encode() * 2, "jsonl", None))
    assert lines is not None
    with pytest.raises(SavedError, match="one case of `-o jsonl`"):
        read_saved(lines)
    cut = saved(full())[:-20]
    assert refused(cut)[0].startswith("result.json:")
    assert "is not closed" in refused(cut)[0]


@pytest.mark.parametrize(
    "text", ["agreement: isls\n", '{"agreement": "isls", "note": "servanda-report-1"}', "[]", "", '"servanda-', "{,"]
)
def test_what_may_be_a_case_is_none(text: str) -> None:
    assert saved_document(CaseSource("case.json", text.encode(), "json", None)) is None
    assert saved_document(CaseSource("case.json", None, "json", "no such file")) is None


def test_every_fault_is_told_in_its_place() -> None:
    whole: Any = json.loads(saved(full()))
    whole["cases"][0]["verdict"] = "fine"
    whole["cases"][0]["findings"][0]["severity"] = 3
    del whole["gate"]["fail_on"]
    told = refused(json.dumps(whole, indent=1))
    assert len(told) == 3
    assert all(each.startswith("result.json:") for each in told)
    assert any("`fine`" in each for each in told)
    assert any("`fail_on`" in each for each in told)
    whole = json.loads(saved(full()))
    whole["cases"][0]["timeline"]["ends"] = "2043-02-31"
    assert len(refused(whole)) == 1
    assert "`2043-02-31`" in refused(whole)[0]


@pytest.mark.parametrize(
    "stamp", ["x", "", "2026-11-21", "2026-11-21T00:00:00+00:00", "٢٠٢٦-11-21T00:00:00Z", "2026-11-21T00:00:00Z\n", 9]
)
def test_the_stamp_is_a_time_and_nothing_else(stamp: object) -> None:
    whole = json.loads(saved(full()))
    assert back(json.dumps(whole)).stamp == "2026-11-21T00:00:00Z"
    assert back(json.dumps(whole | {"stamp": None})).stamp is None
    (told,) = refused(json.dumps(whole | {"stamp": stamp}))
    assert "a time in UTC, such as 2026-11-21T00:00:00Z, or null" in told


def _paths(told: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    parts = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    return [path for key, each in parts for path in ((*above, key), *_paths(each, (*above, key)))]


WHOLE = json.loads(saved(full()))
PATHS = _paths(WHOLE)


@given(
    st.sampled_from(PATHS), st.sampled_from([None, "", "x", -1, 0, 10**30, True, 0.5, [], {}, [[]], {"x": {}}, "gone"])
)
def test_whatever_is_changed_it_is_read_or_refused(path: tuple[str | int, ...], value: object) -> None:
    """No change of a saved result ends in anything but results or a refusal with places."""
    whole = json.loads(saved(full()))
    holder: Any = whole
    for each in path[:-1]:
        holder = holder[each]
    if value == "gone":
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    document = saved_document(CaseSource("result.json", json.dumps(whole).encode(), "json", None))
    if document is None:
        assert path == ("schema",)
        return
    try:
        read = read_saved(document)
    except SavedError as error:
        unplaced = [each for each in error.problems if each.place is None]
        assert unplaced == []
        return
    for render in FORMATS.values():
        render(read, Look(show_all=True))


def test_a_saved_result_fits_the_schema_that_is_printed() -> None:
    (document,) = load(saved(full()), "r.json", error=ProblemsError)
    assert misshapen(document, "report") == []
