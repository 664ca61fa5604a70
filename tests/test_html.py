"""The page of a run: what a director reads first, what unfolds, the drawing, and that foreign words stay words."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from html import unescape
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from browser import browser, module
from sample_results import LATE, everything, finding, late_notice, results, routing, verdict
from test_site import AXE, Page

from checker.api import judge
from checker.dates import Date, parse_date
from checker.errors import Place
from checker.model import Clause, Question, Source
from checker.options import Options
from checker.redaction import redacted
from checker.report import html
from checker.report.html_timeline import Mark, Scale, placed
from checker.report.page import stylesheet
from checker.results import Results
from checker.sources import CaseSource
from checker.terminal import Look
from checker.verdict import StatedDay, Timeline, Waived

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "ru", "zh")
WORDS_FOR_PROGRAMS = frozenset(
    ("status", "default_status", "severity", "min_severity", "fail_on", "language", "op", "state", "encoded", "due")
)
HOSTILE = "<img src=x onerror=alert(1)></script></style>\"'&"


def day(text: str) -> Date:
    """A day of the calendar."""
    found = parse_date(text)
    assert found is not None
    return found


DAYS = Timeline(
    periods=((1, day("2024-07-18"), day("2044-07-18")), (2, day("2044-07-19"), None)),
    limits=(("notice.termination", day("2043-07-18")),),
    ends=day("2049-07-18"),
    stated=(StatedDay("notice N1", "received", day("2043-09-01")),),
)
PLACE = Place("isls/pack.yaml", 1, 1)
CLAUSES = {
    ("isls", "duration"): Clause("duration", {"en": "Twenty years"}, "press-quote", "yes", {"en": ""}, PLACE),
    ("isls", "disputes"): Clause("disputes", {"en": "unknown"}, "seed", "no", {"en": "Not seen."}, PLACE),
}
QUESTIONS = {
    ("isls", "partner-routing"): Question(
        "partner-routing",
        {"en": "With whom must a partner agree?"},
        {"both": {"en": "With both agencies."}, "either": {"en": "With one of them."}},
        "both",
        {"en": ""},
        (),
        PLACE,
    )
}
SOURCES = {("isls", "S13"): Source("S13", "A report", "https://example.org/s13", "press-quote", PLACE)}


@cache
def run() -> Results:
    """One of each thing a report must show, with all that stands behind it."""
    told = everything()
    first = told.verdicts[0]._replace(timeline=DAYS)
    return told._replace(verdicts=(first, *told.verdicts[1:]), clauses=CLAUSES, questions=QUESTIONS, sources=SOURCES)


@cache
def rendered(language: str = "en", *, show_all: bool = False) -> str:
    return html.render(run()._replace(language=language), Look(show_all=show_all))


@cache
def read(content: str) -> Page:
    return Page(content)


def squeezed(content: str) -> str:
    """The words of a page or of a part of one, one space between them."""
    return " ".join(unescape(re.sub(r"(?s)<(style|script)>.*?</\1>|<[^>]*>", " ", content)).split())


# --- what stands in it --------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_page_in_its_language_whose_links_lead_somewhere(language: str) -> None:
    page = read(rendered(language, show_all=True))
    assert ("html", {"lang": language}) in page.elements
    assert [kind for kind, _ in page.elements].count("h1") == 1
    assert [name for name, many in Counter(page.ids).items() if many > 1] == []
    for kind, told in page.elements:
        target = told.get("href") or ""
        if kind == "a" and not target.startswith("https://"):
            assert target[1:] in page.ids, target


def test_the_summary_says_of_each_case_what_it_comes_to_and_what_fails() -> None:
    head = squeezed(rendered().partition('<section class="case"')[0])
    assert "There is no answer: not everything could be read and judged." in head
    assert f"{LATE} violated 2043-09-10 1 violated, 1 satisfied {late_notice().title}" in head
    assert f"contested 2026-11-21 1 contested, 1 pending, 1 excused, 1 overridden {routing().title}" in head
    assert "gone.yaml:1:1: no such file" in head
    assert "bad.yaml invalid bad.yaml:3:7: unknown field" in head


def test_what_passes_says_so() -> None:
    page = squeezed(html.render(results(verdict(finding(status="satisfied"), status="compliant")), Look()))
    assert "Nothing fails." in page
    page = squeezed(html.render(results(verdict(finding()), verdict(status="compliant")), Look()))
    assert "Cases that fail: 1 of 2." in page


def test_what_is_waived_or_in_the_baseline_is_marked_and_fails_nothing() -> None:
    waived = finding("a.b", title="It is waived", waiver=Waived("W1", "Agreed", "The board", "2030-01-01"))
    accepted = finding("c.d", title="It is accepted", in_baseline=True)
    content = html.render(results(verdict(waived, accepted)), Look())
    head, _, body = content.partition('<section class="case"')
    assert "Nothing fails." in squeezed(head)
    assert "It is waived" not in head
    assert "It is accepted" not in head
    assert 'data-is="violated waived"' in body
    assert 'data-is="violated accepted"' in body
    assert "By The board: Agreed. This ends at 00:00 UTC on 2030-01-01 (W1)." in squeezed(content)


def test_findings_stand_under_their_clauses_with_near_misses_and_ways_out_open_and_the_derivation_folded() -> None:
    content = rendered()
    article = re.search(r'(?s)<article class="finding violated".*?</article>', content)
    assert article is not None
    open_, _, folded = article[0].partition("<details>")
    shown = squeezed(open_)
    assert "near miss: notice N1" in shown
    assert "received: wanted on or before 2043-07-18, found 2043-09-01: 45 days late" in shown
    assert "Give written notice through diplomatic channels by 2043-07-18" in shown
    assert "2024-07-18 + P20Y = 2044-07-18" not in shown
    assert '<li class="sum">2024-07-18 + P20Y = 2044-07-18</li>' in folded
    assert content.index("<h3>Clause duration</h3>") < article.start()


def test_a_contested_finding_says_what_each_reading_gives() -> None:
    page = squeezed(rendered())
    assert "Reading Verdict by default violated partner-routing=either satisfied Careful lawyers differ on it." in page
    assert (
        "partner-routing With whom must a partner agree? both With both agencies. either With one of them. "
        f"{routing().title} partner-routing=either: satisfied"
    ) in page


def test_the_register_of_clauses_says_what_is_not_covered_and_the_page_ends_honestly() -> None:
    page = squeezed(rendered())
    assert "duration Twenty years press-quote: words of the agreement as the press quotes them rules cover it 1" in page
    assert "disputes Its text is not known. Not seen. no rule covers it" in page
    assert page.endswith(
        "This is not legal advice: 12 of 31 clauses are not covered by rules, "
        "and the articles of the agreement themselves were not read."
    )
    assert f"{'ab' * 32}" in page  # of the pack, in the receipt
    assert 'href="https://example.org/s13"' in rendered()


def test_show_all_shows_what_complies_and_quiet_only_what_fails() -> None:
    assert "The term is kept" not in rendered()
    assert "The term is kept" in rendered(show_all=True)
    assert "waiver.claim" not in html.render(run()._replace(problems=()), Look(quiet=True))


def test_a_case_that_complies_although_warnings_are_broken_is_not_green() -> None:
    warned = verdict(finding(severity="warning"), finding("a.b", severity="warning"), status="compliant")
    content = html.render(results(warned), Look())
    assert content.count('<span class="chip warning">compliant, with 2 warnings violated</span>') == 2
    assert '<p class="outcome warning"><strong>Nothing fails.' in content
    assert not {"chip compliant", "outcome good"} & {*re.findall(r'class="([^"]*)"', content)}
    fine = html.render(results(verdict(finding(status="satisfied"), status="compliant")), Look())
    assert {"chip compliant", "outcome good"} <= {*re.findall(r'class="([^"]*)"', fine)}


def test_the_numbers_of_the_page_agree() -> None:
    """The filter counts findings, those too that another one tells of, out of all that the summary counts."""
    block = (finding("a.b", subject=("x",)), finding("a.b/part", "contested", subject=("x",)))
    content = html.render(results(verdict(*block, finding("c.d", "satisfied"))), Look())
    assert "3 findings: 1 violated, 1 contested, 1 satisfied" in squeezed(content)
    assert 'data-told="# of 3 findings"' in content
    assert re.findall(r'<article[^>]* data-is="([^"]*)"', content) == ["violated fails;contested fails"]
    assert {"violated", "contested", "fails"} == {*re.findall(r'<option value="(\w+)"', content)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_no_flag(language: str) -> None:
    assert not re.search(r"--[a-z]", squeezed(rendered(language)))
    assert language != "en" or "Also 1 satisfied." in squeezed(rendered(language))


def test_elements_of_a_block_are_told_in_the_finding_of_the_block() -> None:
    both = verdict(
        finding("a.b", subject=("x",)), finding("a.b/part", subject=("x",)), finding("a.b/part", subject=("y",))
    )
    content = html.render(results(both), Look())
    assert content.count("<article") == 2
    assert "part: violated" in squeezed(content)


def test_what_an_earlier_finding_of_the_case_told_in_full_is_a_link_there() -> None:
    one = late_notice()
    content = html.render(results(verdict(one, one._replace(subject=("other",)))), Look())
    assert content.count("2024-07-18 + P20Y = 2044-07-18") == 1
    first, second = re.findall(r"(?s)<article.*?</article>", content)
    ids = set(read(first).ids)
    targets = {(told["href"] or "")[1:] for kind, told in read(second).elements if kind == "a"} & ids
    assert targets == {"c1-1", "c1-law-1"}  # the period, and the law
    assert "told above" not in squeezed(first)


def test_redacted_results_have_no_days_drawn() -> None:
    assert "<svg" in rendered()
    assert "<svg" not in html.render(redacted(run()), Look())


# --- foreign words --------------------------------------------------------------------------


def test_hostile_words_stay_words_in_every_field() -> None:
    """Every text of the results is markup; none of it may come to be an element or an attribute."""
    plain = run()
    allowed = {kind for kind, _ in read(html.render(plain, Look(show_all=True))).elements}
    poisoned = poison(plain)
    for look in (Look(), Look(show_all=True)):
        page = Page(html.render(poisoned, look))
        assert {kind for kind, _ in page.elements} <= allowed | {"span"}
        for kind, told in page.elements:
            assert not {key for key in told if key.startswith("on") or key in ("style", "src")}, kind
        assert [kind for kind, _ in page.elements].count("script") == 1
        assert page.words.count(HOSTILE) > 100


def poison(value: Any, name: str = "") -> Any:
    """The same value, every text for people in it with markup behind."""
    if isinstance(value, str):
        return value if name in WORDS_FOR_PROGRAMS else value + HOSTILE
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(poison(each, field) for field, each in zip(value._fields, value, strict=True)))
    if isinstance(value, tuple):
        return tuple(poison(each, name) for each in value)
    if isinstance(value, Mapping):
        languages = set(value) <= set(LANGUAGES)
        return {key if languages else poison(key): poison(each, name) for key, each in value.items()}
    return value


def test_the_policy_lets_in_the_style_and_the_script_of_the_page_and_nothing_else() -> None:
    content = rendered()
    policy = next(told["content"] or "" for _, told in read(content).elements if "http-equiv" in told)
    digests = {
        what: base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        for what, code in re.findall("(?s)<(style|script)>(.*?)</", content)
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests['style']}'; script-src 'sha256-{digests['script']}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in stylesheet("report.css")
    assert "@import" not in stylesheet("report.css")


# --- the drawing ----------------------------------------------------------------------------


def test_the_days_of_a_case_are_its_periods_its_limits_and_what_it_states() -> None:
    late = drawn()
    assert late is not None
    assert late.periods[0] == (1, day("2024-07-18"), day("2044-07-18"))
    assert ("notice.termination", day("2043-07-18")) in late.limits
    assert late.ends is None  # the notice came too late to end it
    assert late.stated == (
        StatedDay("notice N1", "sent", day("2043-08-28")),
        StatedDay("notice N1", "received", day("2043-09-01")),
        StatedDay("terminate T1", "effective", day("2044-07-18")),
    )
    assert drawn(asked=False) is None


def drawn(*, asked: bool = True) -> Timeline | None:
    """The days of an example."""
    path = ROOT / "examples" / "late-notice.yaml"
    source = CaseSource(str(path), path.read_bytes(), "yaml", None)
    return judge([source], Options(engine="referee", remedies=False, timeline=asked)).verdicts[0].timeline


def test_days_stand_in_their_order_on_the_drawing() -> None:
    svg = rendered()[rendered().index("<svg") : rendered().index("</svg>")]
    places = {kind: float(x) for x, kind in re.findall(r'<circle cx="([\d.]+)"[^>]*class="(\w+)"', svg)}
    assert sorted(places, key=lambda kind: places[kind]) == ["limit", "stated", "today", "end"]
    assert [float(x) for x in re.findall(r'<rect x="([\d.]+)"', svg)] == sorted(
        float(x) for x in re.findall(r'<rect x="([\d.]+)"', svg)
    )


@pytest.mark.parametrize(
    "days",
    [
        ["2043-07-18", "2043-09-01", "2043-09-10", "2044-07-18", "2044-07-19"],
        ["2024-07-18", "2024-07-19", "2024-09-01", "2025-01-01", "2026-01-01"],
        [f"{year}-01-01" for year in range(2024, 2050, 3)],
    ],
    ids=["late", "early", "spread"],
)
def test_no_label_covers_another_and_no_line_runs_through_one_on_its_side(days: Iterable[str]) -> None:
    labels = placed([Mark(day(each), "notice N1: received", "stated") for each in days], Scale(day("2024-07-18"), 9131))
    assert len(labels) == len([*days])
    for one, other in combinations(labels, 2):
        assert one.row != other.row or one.right <= other.left or other.right <= one.left
        near, far = sorted((one, other), key=lambda label: label.row)
        if (one.right > one.x) == (other.right > other.x):  # both read away from their days to the same side
            assert not near.left < far.x < near.right


@pytest.mark.parametrize("told", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_drawn(told: str) -> None:
    days = Timeline((), (), None, (StatedDay("notice N1", "sent", day(told)),))
    for as_of in ("0001-01-02", "2026-11-21", "9999-12-31"):
        receipt = run().verdicts[0].receipt
        assert receipt is not None
        one = verdict(finding(), timeline=days, receipt=receipt._replace(as_of=as_of))
        assert f"{told} notice N1: sent" in html.render(results(one), Look())


# --- the command ----------------------------------------------------------------------------


def test_the_command_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    written = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.html"
        command = [sys.executable, "-m", "checker", "check", "examples/late-notice.yaml", "-o", f"html={path}"]
        command += ["--engine", "referee", "--no-remedies"]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "ru_RU.UTF-8"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
        assert (done.returncode, done.stdout) == (1, "")
        written.append(path.read_text("utf-8"))
    assert written[0] == written[1]
    assert '<html lang="ru">' in written[0]  # people read it, so it follows the locale
    assert "<svg" in written[0]


def test_a_thousand_findings_stay_under_three_megabytes() -> None:
    many = verdict(*(late_notice()._replace(subject=(str(number),)) for number in range(1000)))
    assert len(html.render(results(many), Look()).encode()) < 3_000_000


# --- in a real browser ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("html") / "report.html"
    path.write_text(rendered(show_all=True), "utf-8")
    return path


@pytest.mark.external
def test_axe_finds_nothing_folded_or_unfolded_in_light_or_dark(page_file: Path) -> None:
    axe = module("axe-core/axe.min.js")
    with browser(trusting=True) as page:
        for scheme, width in (("light", 1280), ("dark", 375)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(page_file.as_uri())
            page.add_script_tag(path=axe)
            assert page.evaluate(AXE) == []
            page.get_by_role("button", name="Unfold all").click()
            assert page.evaluate(AXE) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.external
def test_it_opens_filters_unfolds_and_prints(page_file: Path, tmp_path: Path) -> None:
    said: list[str] = []
    with browser() as page:
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(page_file.as_uri())
        found = page.locator("article.finding:visible")
        assert page.locator("output").inner_text() == "6 of 6 findings"
        page.get_by_role("searchbox", name="Find").fill("DURATION terminat")
        assert found.count() == 1
        assert page.locator("section.case:visible").count() == 1
        page.get_by_role("searchbox", name="Find").fill("")
        page.get_by_label("Status").select_option("contested")
        assert page.locator("output").inner_text() == "1 of 6 findings"
        assert [each.get_attribute("class") for each in found.all()] == ["finding contested"]
        page.get_by_label("Status").select_option("")
        derivation = page.get_by_text("2024-07-18 + P20Y = 2044-07-18")
        assert not derivation.is_visible()
        page.locator("article.finding.violated > details > summary").focus()
        page.keyboard.press("Enter")
        assert derivation.is_visible()
        page.keyboard.press("Enter")
        page.emulate_media(media="print")
        assert derivation.is_visible()
        assert not page.locator(".filter").is_visible()
        page.pdf(path=tmp_path / "report.pdf")
        assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
        block = (finding("a.b", subject=("x",)), finding("a.b/part", "contested", subject=("x",)))
        (tmp_path / "block.html").write_text(html.render(results(verdict(*block, finding("c.d"))), Look()), "utf-8")
        page.emulate_media(media="screen")
        page.goto((tmp_path / "block.html").as_uri())
        assert page.locator("output").inner_text() == "3 of 3 findings"
        page.get_by_label("Status").select_option("contested")
        assert (page.locator("output").inner_text(), found.count()) == ("1 of 3 findings", 1)
    assert said == []
