"""The term on any day. Expected days are those of the table of key dates the pack rests on, never of the output."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import load_pack
from checker.api import calendar
from checker.dates import Date, parse_date
from checker.errors import UsageError
from checker.options import Options
from checker.periods import Period, TermOn
from checker.sources import CaseSource
from checker.speech import ENGLISH
from checker.validity import distinct, terms_on, without_facts

PACK = load_pack("isls")


def terms(day: str, case: str | None = None, **fixed: str) -> dict[str, TermOn]:
    """The term on a day by the change of readings that brings it; with a case, as the case tells it."""
    readings = tuple((question.replace("_", "-"), option) for question, option in fixed.items())
    if case is None:
        found = terms_on(PACK, without_facts(_day(day)), dict(readings), ENGLISH)
    else:
        source = CaseSource("case.yaml", case.encode(), "yaml", None)
        found = calendar(Options(as_of=day, readings=readings, engine="referee"), source).terms
    return {" ".join(f"{question}={option}" for question, option in each.change): each for each in distinct(found)}


def _day(text: str) -> Date:
    day = parse_date(text)
    assert day is not None
    return day


def told(period: Period | None) -> str:
    assert period is not None
    return " ".join(map(str, (period.number, period.start, period.end, *(each.day for each in period.notices))))


# The corresponding day, and a year before it: the last column of each period is the last day for its notice.
TABLE = """
2024-07-18 | 1 2024-07-18 2044-07-18 2043-07-18 | 2 2044-07-19 2049-07-18 2048-07-18
2026-11-21 | 1 2024-07-18 2044-07-18 2043-07-18 | 2 2044-07-19 2049-07-18 2048-07-18
2042-01-15 | 1 2024-07-18 2044-07-18 2043-07-18 | 2 2044-07-19 2049-07-18 2048-07-18
2044-07-18 | 1 2024-07-18 2044-07-18 2043-07-18 | 2 2044-07-19 2049-07-18 2048-07-18
2044-07-19 | 2 2044-07-19 2049-07-18 2048-07-18 | 3 2049-07-19 2054-07-18 2053-07-18
2049-07-18 | 2 2044-07-19 2049-07-18 2048-07-18 | 3 2049-07-19 2054-07-18 2053-07-18
2059-07-18 | 4 2054-07-19 2059-07-18 2058-07-18 | 5 2059-07-19 2064-07-18 2063-07-18
2104-07-18 | 13 2099-07-19 2104-07-18 2103-07-18 | 14 2104-07-19 2109-07-18 2108-07-18
2204-01-01 | 33 2199-07-19 2204-07-18 2203-07-18 | 34 2204-07-19 2209-07-18 2208-07-18
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_by_the_corresponding_day(row: str) -> None:
    day, current, following = (part.strip() for part in row.split("|"))
    term = terms(day, end_day="corresponding", clear_days="inclusive")[""]
    assert (told(term.current), told(term.following)) == (current, following)
    assert term.ends is None


# The first day counted: every end and every last day for a notice is a day earlier.
BEFORE = """
2044-07-17 | 1 2024-07-18 2044-07-17 2043-07-17 | 2 2044-07-18 2049-07-17 2048-07-17
2044-07-18 | 2 2044-07-18 2049-07-17 2048-07-17 | 3 2049-07-18 2054-07-17 2053-07-17
2059-07-17 | 4 2054-07-18 2059-07-17 2058-07-17 | 5 2059-07-18 2064-07-17 2063-07-17
"""


@pytest.mark.parametrize("row", BEFORE.strip().splitlines())
def test_by_the_day_before(row: str) -> None:
    day, current, following = (part.strip() for part in row.split("|"))
    term = terms(day, end_day="before", clear_days="inclusive")[""]
    assert (told(term.current), told(term.following)) == (current, following)


def test_other_readings_are_told_with_the_smallest_change() -> None:
    assert {change: told(term.current) for change, term in terms("2026-11-21").items()} == {
        "": "1 2024-07-18 2044-07-18 2043-07-18",
        "end-day=before": "1 2024-07-18 2044-07-17 2043-07-17",
        "clear-days=clear": "1 2024-07-18 2044-07-18 2043-07-17",
        "clear-days=clear end-day=before": "1 2024-07-18 2044-07-17 2043-07-16",
    }


def test_all_periods_to_the_following_one_are_there() -> None:
    assert [
        told(each) for each in terms("2050-01-01", end_day="corresponding", clear_days="inclusive")[""].periods
    ] == [
        "1 2024-07-18 2044-07-18 2043-07-18",
        "2 2044-07-19 2049-07-18 2048-07-18",
        "3 2049-07-19 2054-07-18 2053-07-18",
        "4 2054-07-19 2059-07-18 2058-07-18",
    ]


def test_days_are_derived_in_the_open() -> None:
    current = terms("2026-11-21")[""].current
    assert current is not None
    assert current.sums == ("2024-07-18 + 20 years = 2044-07-18", "2044-07-18 - 1 year = 2043-07-18")


@pytest.mark.parametrize("day", ["2024-07-17", "1980-01-01"])
def test_before_the_first_day_no_period_runs(day: str) -> None:
    term = terms(day)[""]
    assert term.current is None
    assert told(term.following) == "1 2024-07-18 2044-07-18 2043-07-18"


@pytest.mark.parametrize("day", ["9999-12-31", "2524-07-19", "1974-07-17", "0001-01-01"])
def test_a_day_that_only_a_slip_can_name_is_refused(day: str) -> None:
    with pytest.raises(UsageError, match=f"{day} is too far off: the term is told from 1974-07-18 to 2524-07-18"):
        terms(day)


# --- what a case tells ------------------------------------------------------------

NOTICE = """\
agreement: isls
as-of: 2043-01-01
facts:
  - notice: {id: N1, from: russia, to-end: 1, form: written, channel: CHANNEL, received: 2043-01-10}
"""


def test_a_notice_of_the_case_ends_the_term() -> None:
    case = NOTICE.replace("CHANNEL", "diplomatic")
    before, after = (terms(day, case)[""] for day in ("2044-07-18", "2044-07-19"))
    assert (told(before.current), before.following) == ("1 2024-07-18 2044-07-18 2043-07-18", None)
    assert (after.current, after.following) == (None, None)
    assert [str(each.ends and each.ends.day) for each in (before, after)] == ["2044-07-18"] * 2


def test_where_the_case_leaves_the_notice_open_so_is_what_follows() -> None:
    term = terms("2043-10-01", NOTICE.replace("CHANNEL", "unknown"))[""]
    assert (term.ends, str(term.may_end and term.may_end.day)) == (None, "2044-07-18")
    assert term.following is not None
    assert (told(term.following), term.following.certain) == ("2 2044-07-19 2049-07-18 2048-07-18", False)


def test_a_day_that_the_parties_agreed_on_ends_the_term_in_mid_period() -> None:
    case = (
        "agreement: isls\nfacts:\n  - mutual-consent: {id: M1, to: terminate, day: 2030-01-01, effective: 2031-05-31}\n"
    )
    before, after = (terms(day, case, end_day="corresponding")[""] for day in ("2031-05-31", "2031-06-01"))
    assert (told(before.current)[:12], before.following) == ("1 2024-07-18", None)
    assert before.ends is not None
    assert (str(before.ends.day), before.ends.rule) == ("2031-05-31", "term.agreed-end")
    assert after.current is None


def test_where_the_case_does_not_say_on_which_day_it_ends_that_is_told() -> None:
    case = "agreement: isls\nfacts:\n  - mutual-consent: {id: M1, to: terminate, day: 2030-01-01, effective: unknown}\n"
    term = terms("2031-05-31", case, end_day="corresponding", clear_days="inclusive")[""]
    assert (term.ends, term.may_end) == (None, (None, "term.agreed-end"))
    assert told(term.current) == "1 2024-07-18 2044-07-18 2043-07-18"


# --- other packs ------------------------------------------------------------------

HEAD = """\
pack: toy
version: 0.1.0
title: A toy
parties: [north, south]
rounding: down
types:
  agreement: {about: It., fields: {id: id, in-force: date}, world: closed}
  toll: {about: Paid., fields: {id: id, day: date}, day: day, world: closed}
"""
TERM = "  - term: {id: a.term, title: A term, basis: seed, starts: {agreement: in-force}, PARTS}\n"
FACTS = "facts: [{agreement: {id: toy, in-force: 2024-02-29}}]\n"


def toy(tmp_path: Path, text: str) -> tuple[TermOn, ...]:
    """The term of a pack on 2026-01-01."""
    (tmp_path / "pack.yaml").write_text(text, "utf-8")
    return terms_on(load_pack(tmp_path), without_facts(_day("2026-01-01")), {}, ENGLISH)


def test_a_term_that_is_not_renewed_ends_with_its_only_period(tmp_path: Path) -> None:
    (term,) = toy(tmp_path, HEAD + FACTS + "rules:\n" + TERM.replace("PARTS", "lasts: P3Y"))
    assert (told(term.current), term.following) == ("1 2024-02-29 2027-02-28", None)  # 2027 has no 29 February
    assert str(term.ends and term.ends.day) == "2027-02-28"


def test_a_term_without_end_has_one_period(tmp_path: Path) -> None:
    (term,) = toy(tmp_path, HEAD + FACTS + "rules:\n" + TERM.replace("PARTS", "lasts: none"))
    assert (told(term.current), term.following, term.ends) == ("1 2024-02-29 None", None, None)


def test_periods_are_counted_from_the_first(tmp_path: Path) -> None:
    (term,) = toy(tmp_path, HEAD + FACTS + "rules:\n" + TERM.replace("PARTS", "lasts: P1M, renews: P1M"))
    assert told(term.current) == "23 2025-12-30 2026-01-29"  # 2024-03-29 and 22 months, whatever Februaries lie between


def test_a_last_day_that_the_pack_sets_needs_no_block(tmp_path: Path) -> None:
    (term,) = toy(tmp_path, HEAD + "in-force: {from: 2024-01-01, until: 2030-12-31}\n")
    assert (term.current, term.following, str(term.ends and term.ends.day)) == (None, None, "2030-12-31")


def test_what_an_author_calls_a_period_is_none_of_the_term(tmp_path: Path) -> None:
    own = "  period: {about: A lesson., fields: {name: text}, world: closed}\n"
    assert toy(tmp_path, HEAD + own) == ()


def test_looking_ahead_breaks_no_duty(tmp_path: Path) -> None:
    # The toll is due in 2030, and were it not paid the term would end then. In 2026 it is pending, and nothing ends.
    text = HEAD + "  term-end: {about: The last day., fields: {day: date}, day: day}\n" + FACTS
    text += "in-force: {from: 2024-02-29, until: term-end}\nrules:\n" + TERM.replace(
        "PARTS", "lasts: P20Y, renews: P5Y"
    )
    text += """\
  - id: a.toll
    title: The toll is paid
    basis: seed
    survives: yes
    when: [{agreement: {id: $toy, in-force: $start}}]
    owes: [{toll: {id: T1}}]
    due: $start + P6Y
  - id: a.end
    title: Without the toll it ends
    basis: seed
    when: [{violation: {rule: a.toll, day: $day}}]
    means: [{term-end: {day: $day}}]
"""
    (term,) = toy(tmp_path, text)
    assert (told(term.current), told(term.following)) == ("1 2024-02-29 2044-02-29", "2 2044-03-01 2049-02-28")
    assert (term.ends, term.may_end) == (None, None)


def questions(number: int) -> str:
    """So many readings of two options, each of which gives the end of the term a day of its own."""
    names = [f"q{each}" for each in range(number)]
    asked = "".join(f"  {name}: {{ask: Which?, options: {{a: One., b: Other.}}, default: a}}\n" for name in names)
    rules = "".join(
        f"  - {{id: a.{name}, title: An end, basis: seed, reading: {{{name}: b}}, when: [{{agreement: {{id: $toy}}}}], "
        f"means: [{{term-end: {{day: 203{each}-12-31}}}}]}}\n"
        for each, name in enumerate(names)
    )
    return f"{FACTS}readings:\n{asked}rules:\n{TERM.replace('PARTS', 'lasts: P1Y')}{rules}"


def test_too_many_combinations_are_refused_with_the_questions_to_settle(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"128 combinations of readings, and at most 64 .* q0, q1, q2, q3, q4, q5, q6$"
    ):
        toy(tmp_path, HEAD + questions(7))
    opened = load_pack(tmp_path)
    assert len(terms_on(opened, without_facts(_day("2024-03-01")), {"q3": "a"}, ENGLISH)) == 64


def test_what_follows_is_told_up_to_two_hundred_years_ahead(tmp_path: Path) -> None:
    (term,) = toy(tmp_path, HEAD + FACTS + "rules:\n" + TERM.replace("PARTS", "lasts: P190Y, renews: P5Y"))
    assert told(term.following) == "2 2214-03-01 2219-02-28"
    (term,) = toy(tmp_path, HEAD + FACTS + "rules:\n" + TERM.replace("PARTS", "lasts: P300Y, renews: P5Y"))
    assert (told(term.current), term.following) == ("1 2024-02-29 2324-02-29", None)
