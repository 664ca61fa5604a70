"""Reports: one whole output pinned for each format, and what must hold of any text a case may bring."""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sample_results import RECEIPT, day, everything, fact, finding, late_notice, results, routing, verdict

from checker.errors import Place, Problem
from checker.model import Citation
from checker.report import FORMATS, words
from checker.report.json import report
from checker.report.json_finding import DEEPEST
from checker.report.snippet import Mark, snippet
from checker.results import Coverage, PackName, Results
from checker.speech import ENGLISH, speech
from checker.terminal import NARROWEST, Look, columns, line, look_for, shown, wrap
from checker.verdict import ActionView, Derivation, DerivedFact, FailedTest, Finding, GivenFact, Remedy

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads((Path(__file__).parent.parent / "checker" / "schemas" / "report.schema.json").read_text("utf-8"))
LOOKS = {
    "report.txt": ("text", Look()),
    "report-all.txt": ("text", Look(show_all=True, width=72)),
    "report-quiet.txt": ("text", Look(quiet=True)),
    "report-colour.txt": ("text", Look(colour=True)),
    "report.concise": ("concise", Look()),
    "report.json": ("json", Look()),
    "report.jsonl": ("jsonl", Look()),
}


@pytest.mark.parametrize("name", LOOKS)
def test_whole_output(name: str) -> None:
    """`SERVANDA_ACCEPT=1 pytest` writes what it finds: read the difference before you commit it."""
    format_, look = LOOKS[name]
    output = FORMATS[format_](everything(), look)
    path = GOLDEN / name
    if os.environ.get("SERVANDA_ACCEPT"):
        path.write_text(output, "utf-8")
    assert output == path.read_text("utf-8")


# --- text -----------------------------------------------------------------------


def text_of(found: Finding, look: Look = Look(), **parts: object) -> str:  # noqa: B008 - a Look is frozen
    return FORMATS["text"](results(verdict(found, **parts)), look)


def test_carets_stand_under_the_value() -> None:
    lines = text_of(late_notice(), Look(width=150), source=everything().verdicts[0].source).splitlines()
    at = next(index for index, text in enumerate(lines) if "^" in text)
    start = lines[at].index("^")
    assert lines[at - 1][start : start + 10] == "2043-09-01"
    assert lines[at].strip(" |") == "^^^^^^^^^^ wanted: on or before 2043-07-18"


@pytest.mark.parametrize(
    ("source", "column", "value"),
    [
        ("  - notice: {from: russia, form: written}", 34, "written"),
        ("  received: 2043-09-01  # late", 13, "2043-09-01"),
        ("  received: 2043-09-01", 13, "2043-09-01"),
        ("  - terminate: {id: T1}", 5, "terminate"),
        ("  - terminate: {id: T1}", 16, "{id: T1}"),
        ('  name: "a, \\"b\\" } c", x: 1', 9, '"a, \\"b\\" } c"'),
        ("  name: 'it''s', x: 1", 9, "'it''s'"),
        ('{"notice": {"a": [1, "]"]}, "b": 2}', 12, '{"a": [1, "]"]}'),
        ("  - {a: b", 5, "{a: b"),
        ("", 1, ""),
        ("x: 1", 99, ""),
    ],
)
def test_what_is_underlined(source: str, column: int, value: str) -> None:
    lines = snippet((source,), [Mark(Place("f", 1, column), "^", "", ())], Look())
    under = lines[2]
    assert under.count("^") == max(1, len(value))
    assert lines[1].ljust(len(under))[under.index("^") : under.rindex("^") + 1].strip() == value


@pytest.mark.parametrize("prefix", ["中国" * 3, "\t\t", "é\u0301" * 4, "\x1b[2J", "\u3000\u202e"])
def test_carets_stand_right_after_letters_of_any_width(prefix: str) -> None:
    lines = snippet((f"{prefix} x: VALUE",), [Mark(Place("f", 1, len(prefix) + 5), "^", "", ())], Look())
    before, under = lines[1][: lines[1].index("VALUE")], lines[2][: lines[2].index("^")]
    assert columns(before) == columns(under)
    assert "\x1b" not in lines[1]
    assert "\u202e" not in lines[1]


@given(st.text(max_size=300), st.integers(1, 320), st.integers(NARROWEST, 120), st.text(max_size=30))
def test_a_snippet_fits_the_screen(source: str, column: int, width: int, label: str) -> None:
    source = source.replace("\n", " ").replace("\r", " ")
    for text in snippet((source,), [Mark(Place("f", 1, column), "^", label, ())], Look(width=width)):
        assert columns(text) <= width
        assert text == shown(text)


def test_a_line_of_a_million_letters_is_cut() -> None:
    source = '{"x": "' + "a" * 1_000_000 + '", "day": "2043-09-01", "y": "' + "b" * 1_000_000 + '"}'
    column = source.index('"2043') + 1
    lines = snippet((source,), [Mark(Place("f", 1, column), "^", "", ())], Look(width=80))
    start = lines[2].index("^")
    assert lines[1][start : start + 12] == '"2043-09-01"'
    assert all(columns(text) <= 80 for text in lines)


def test_places_outside_the_file_have_no_snippet() -> None:
    assert snippet(("one",), [Mark(Place("f", 2, 1), "^", "", ())], Look()) == []
    assert snippet((), [Mark(Place("f", 1, 1), "^", "", ())], Look()) == []


def test_compliance_is_counted_and_shown_as_evidence_on_request() -> None:
    kept = finding(status="satisfied", title="The term is kept", message="The term is kept")
    assert "Also 1 satisfied (--show all tells why)." in text_of(kept, status="compliant")
    evidence = text_of(kept, Look(show_all=True), status="compliant")
    assert "ok[family.rule] satisfied: The term is kept" in evidence
    assert "--show all" not in evidence


def test_a_deep_derivation_is_told_as_far_as_it_helps() -> None:
    node: Derivation = GivenFact(fact("agreement", None, id="isls"))
    for number in range(3000, 0, -1):
        node = DerivedFact(fact("period", None, number=number), "term.renewal", "Renewal", (), (node,))
    deep = finding(because=(node,))
    assert "2996 more steps (--show all tells them)" in text_of(deep)
    assert "2961 more steps" in text_of(deep, Look(show_all=True))
    told = json.loads(FORMATS["json"](results(verdict(deep)), Look()))
    level, at = 1, told["cases"][0]["findings"][0]["because"][0]
    while at["because"]:
        level, at = level + 1, at["because"][0]
    assert (level, at["more"]) == (DEEPEST, 3001 - DEEPEST)


@pytest.mark.parametrize(
    ("by", "op", "words_"),
    [
        ("P45D", "on-or-before", "45 days late"),
        ("P1D", "before", "1 day late"),
        ("P2D", "on-or-after", "2 days early"),
        ("2", "at-most", "2 too many"),
        ("1", "more-than", "1 too few"),
        ("P30D", "at-least", "30 days too short"),
        ("P3D", "is", "3 days off"),
        ("4", "is", "off by 4"),
        ("P1Y", "is", "off by P1Y"),
    ],
)
def test_distances(by: str, op: str, words_: str) -> None:
    assert words.distance(by, op, ENGLISH) == words_


def test_between_numbers_that_are_names_there_is_no_distance() -> None:
    told = FailedTest("to-end", "is", "1", "2", "1", None, unknown=False)
    assert words.failed_test(told, ENGLISH) == "to-end: wanted 1, found 2"
    count = told._replace(op="at-most")
    assert words.failed_test(count, ENGLISH) == "to-end: wanted 1, found 2: 1 too many"


def test_a_case_that_complies_says_how_many_findings_do_not_count() -> None:
    warning = finding("a.block", severity="warning", subject=("T1",))
    element = warning._replace(rule="a.block/form")
    other = finding("a.block/form", severity="note", status="undetermined", subject=("T2",))
    harmless = (finding("a.kept", status="satisfied"), finding("a.due", status="pending", severity="note"))
    told = FORMATS["text"](results(verdict(warning, element, other, *harmless, status="compliant")), Look())
    assert told.startswith("case.yaml: compliant, with 1 warning violated, 1 note undetermined, as of ")
    told = FORMATS["text"](results(verdict(*harmless, status="compliant")), Look())
    assert told.startswith("case.yaml: compliant, as of ")
    painted = [
        FORMATS["text"](results(verdict(*found, status="compliant")), Look(colour=True)).split(",")[0]
        for found in (harmless, (warning,))
    ]
    assert painted == [
        "\x1b[1mcase.yaml\x1b[0m: \x1b[32;1mcompliant\x1b[0m",
        "\x1b[1mcase.yaml\x1b[0m: \x1b[33;1mcompliant",
    ]


def two_packs() -> Results:
    """A run over cases of two agreements."""
    other = RECEIPT._replace(pack="iss-iga", pack_version="2.0", readings=(("notice-clock", "dispatch"),))
    run = results(verdict(late_notice()), verdict(finding(), case="b.yaml", receipt=other))
    return run._replace(packs=(*run.packs, PackName("iss-iga", "2.0", "The space station")))


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_readings_of_several_packs_are_told_by_pack(name: str) -> None:
    told = FORMATS[name](two_packs(), Look(width=200))
    assert "Readings of isls: notice-clock=receipt, partner-routing=both." in told
    assert "Readings of iss-iga: notice-clock=dispatch." in told
    assert "Readings: " not in told
    assert "Readings: notice-clock=receipt, partner-routing=both." in FORMATS[name](everything(), Look(width=200))


@pytest.mark.parametrize(
    ("name", "title"), [("markdown", "# {}\n"), ("html", "<h1>{}</h1>"), ("oscal", '"title": "{}"')]
)
def test_a_run_over_several_packs_has_the_titles_of_all(name: str, title: str) -> None:
    one = "Agreement on cooperation in creating the International Scientific Lunar Station"
    assert title.format(one) in FORMATS[name](everything(), Look())
    assert title.format(f"{one}; The space station") in FORMATS[name](two_packs(), Look())


def test_the_report_for_programs_names_every_pack_and_keeps_the_first() -> None:
    told = report(two_packs())
    assert [each["id"] for each in told["packs"]] == ["isls", "iss-iga"]  # type: ignore[index, call-overload, union-attr]
    assert told["pack"]["id"] == "isls"  # type: ignore[index, call-overload]
    Draft202012Validator(SCHEMA).validate(json.loads(FORMATS["json"](two_packs(), Look())))


def test_that_ways_out_were_judged_again_is_said_once_for_a_case() -> None:
    way = Remedy(1, "leave T1 undone", (), "silent", None, None, None)
    found = (finding("a.one", remedies=(way,)), finding("a.two", remedies=(way._replace(number=2),)))
    for name in ("text", "markdown"):
        told = FORMATS[name](results(verdict(*found), verdict(finding(), case="b.yaml")), Look())
        assert told.count("judged again") == 1


def test_a_fact_may_be_unread_because_the_agreement_is_not_in_force() -> None:
    view = fact("report", Place("case.yaml", 3, 5))
    assert "\nNo rule read these facts; look for" in text_of(finding(), unread=(view,))
    outside = ActionView("ship", "S1", Place("case.yaml", 4, 5))
    told = text_of(finding(), unread=(view,), not_in_force=(outside,))
    assert "\nNo rule that was applied read these facts: actions lie outside the time in force" in told


def test_closing_line() -> None:
    told = "This is not legal advice: 1 of 31 clauses is not covered by rules, and the articles of the agreement "
    assert words.closing(Coverage(31, 1), ENGLISH) == told + "themselves were not read."
    assert "all 31 clauses known to the pack have rules" in words.closing(Coverage(31, 0), ENGLISH)
    for language, known in (
        ("en", "no clause of the agreement is known, and"),
        ("ru", "ни одно положение соглашения не известно, а"),
        ("zh", "尚无已知的协定条款，"),
    ):
        assert known in words.closing(Coverage(0, 0), speech(language))
    for name in ("text",):
        assert FORMATS[name](everything(), Look()).splitlines()[-1] == words.closing(everything().coverage, ENGLISH)


def test_text_without_a_case() -> None:
    assert FORMATS["text"](results(), Look()).startswith("0 cases\n")
    silent = FORMATS["text"](results(verdict(status="not-applicable")), Look())
    assert "case.yaml: not applicable, as of 2043-09-10" in silent
    assert "No rule of the pack speaks to this case." in silent


# --- json -----------------------------------------------------------------------


def test_json_has_the_published_shape() -> None:
    told = json.loads(FORMATS["json"](everything(), Look()))
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(told)] == []
    line_schema = {**SCHEMA, "$ref": "#/$defs/line"}
    for key in ("type", "properties", "required", "additionalProperties"):
        del line_schema[key]
    for text in FORMATS["jsonl"](everything(), Look()).splitlines():
        assert [error.message for error in Draft202012Validator(line_schema).iter_errors(json.loads(text))] == []


def test_json_lines_are_the_cases_and_the_files_that_are_none() -> None:
    whole = json.loads(FORMATS["json"](everything(), Look()))
    lines = [json.loads(text) for text in FORMATS["jsonl"](everything(), Look()).splitlines()]
    in_a_report = ("lines", "timeline")  # for a report made later
    cases = [{name: value for name, value in each.items() if name not in in_a_report} for each in whole["cases"]]
    assert [{"schema": whole["schema"], **each} for each in cases] == lines[:-1]
    assert (lines[-1]["case"], lines[-1]["verdict"], lines[-1]["problems"]) == (
        "gone.yaml",
        "invalid",
        whole["problems"],
    )


def test_json_values_keep_their_kind() -> None:
    told = json.loads(FORMATS["json"](results(verdict(routing())), Look()))["cases"][0]["findings"][0]
    fields = told["because"][0]["fact"]["route"]
    assert (fields["share"], fields["rate"], fields["via"]) == ("unknown", "0.50", "none")
    assert told["readings"] == {"satisfied": [{"partner-routing": "either"}]}
    bindings = report(results(verdict(late_notice())))["cases"][0]["findings"][0]["bindings"]  # type: ignore[index, call-overload]
    assert bindings == {"party": "russia", "day": "2044-07-18", "n": 1, "step": "P1Y"}


def test_a_verdict_offers_its_json() -> None:
    told = json.loads(verdict(late_notice()).to_json())
    assert (told["schema"], told["verdict"]) == ("servanda-report-1", "violated")


def test_near_misses_name_the_first_failed_test_and_all() -> None:
    told = report(results(verdict(late_notice())))["cases"][0]["findings"][0]["missing"][0]["near"][0]  # type: ignore[index, call-overload]
    assert (told["failed"], told["found"], told["by"]) == ("received", "2043-09-01", "P45D")
    assert [each["field"] for each in told["tests"]] == ["received"]


# --- any text -------------------------------------------------------------------

hostile = st.text(
    st.one_of(
        st.sampled_from("\x1b\x07\x08\r\n\t\x9b\x85\u202e\u2066\u200f\u2028\u2029\ufeff\ud800中é\u0301`*|<&\"'"),
        st.characters(),
    ),
    max_size=12,
)


_TEXTS = (
    *("rule", "title", "message", "clause", "clause_says", "basis"),
    *("by", "by_name", "towards", "towards_name"),
)


@st.composite
def hostile_findings(draw: st.DrawFn) -> Finding:
    """A finding in which every text is whatever a case or a pack may bring."""
    text = draw(hostile)
    other = draw(hostile)
    place = Place(text, 1, draw(st.integers(1, 20)))
    view = fact("t", place, value=text, when=day("2043-09-01"))
    parts = dict.fromkeys(_TEXTS, text)
    parts |= dict.fromkeys(("action", "remedy", "due", "excused_by", "horizon", "rests_on"), other)
    return routing()._replace(
        **parts,  # type: ignore[arg-type]
        place=place,
        underline=place._replace(column=draw(st.integers(1, 30))),
        cites=(Citation(text, other),),
        found=(view,),
        sums=(text,),
        because=(DerivedFact(view, text, other, (text,), (GivenFact(view),)),),
        missing=late_notice().missing,
        overridden_by=(text,),
        then_owes=(other,),
    )


def harmless(text: str, colour: str = "") -> bool:
    """Whether nothing in a report steers a terminal (`colour`: the escapes of our own)."""
    rest = text.replace("\n", "")
    for code in colour.split():
        rest = rest.replace(f"\x1b[{code}m", "")
    return not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in rest)


@given(hostile_findings(), hostile, hostile)
def test_no_text_steers_the_terminal_or_breaks_a_line(found: Finding, source: str, name: str) -> None:
    run = results(
        verdict(found, case=name, source=(source,), unread=found.found),
        problems=(Problem(Place(name), source or "x"),),
    )
    for show_all in (False, True):
        assert harmless(FORMATS["text"](run, Look(show_all=show_all)))
    colours = "0 34 1 31;1 32;1 33;1 35;1 36;1 31 33;1"
    assert harmless(FORMATS["text"](run, Look(colour=True)), colours)
    concise = FORMATS["concise"](run, Look())
    assert harmless(concise)
    assert concise.count("\n") == 2


@given(hostile_findings(), hostile)
def test_json_keeps_every_text_and_steers_nothing(found: Finding, name: str) -> None:
    run = results(verdict(found, case=name))
    text = FORMATS["json"](run, Look())
    told = json.loads(text)["cases"][0]
    assert (told["case"], told["findings"][0]["message"]) == (name, found.message)
    text.encode("utf-8")
    assert not any(letter in text for letter in "\x1b\x07\r\x9b\x85\u202e\u2066\u200f\u2028\ufeff\ud800")
    assert len(FORMATS["jsonl"](run, Look()).split("\n")) == 2


@given(st.text(max_size=200), st.integers(1, 60))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for each in lines:
        assert columns(each) <= width or " " not in each


def test_chinese_text_wraps_without_spaces() -> None:
    assert wrap("国际月球科研站" * 3, 10) == ["国际月球科", "研站国际月", "球科研站国", "际月球科研", "站"]


# --- looks ----------------------------------------------------------------------


@dataclass
class Screen:
    """A stream that is a terminal, or is not."""

    terminal: bool

    def isatty(self) -> bool:
        """As a stream says it."""
        return self.terminal


TERMINAL, FILE = Screen(terminal=True), Screen(terminal=False)


@pytest.mark.parametrize(
    ("screen", "colour", "environ", "expected"),
    [
        (TERMINAL, "auto", {}, True),
        (TERMINAL, "auto", {"NO_COLOR": "1"}, False),
        (TERMINAL, "auto", {"NO_COLOR": ""}, True),
        (TERMINAL, "auto", {"TERM": "dumb"}, False),
        (TERMINAL, "always", {"NO_COLOR": "1"}, True),
        (TERMINAL, "never", {}, False),
        (FILE, "auto", {}, False),
        (FILE, "always", {}, True),
        (None, "auto", {}, False),
    ],
)
def test_when_there_are_colours(screen: TextIO, colour: str, environ: dict[str, str], *, expected: bool) -> None:
    look = look_for(screen, colour=colour, environ=environ)
    assert look.colour is expected
    assert look.plain() == look._replace(colour=False, width=100)


def test_width_is_the_terminals_or_a_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "77")
    widths = [look_for(screen, colour="never", environ={}).width for screen in (TERMINAL, FILE, None)]  # type: ignore[arg-type]
    assert widths == [77, 100, 100]


def test_lines_are_cleaned() -> None:
    assert line("a\n b\t\x1b[31m\u202e") == r"a b \x1b[31m\u202e"
    assert shown("a\tb\u3000c\x00") == "a    b\u3000c\\x00"
