"""The term on any day. Expected days are those of the table of key dates the pack rests on, never of the output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker import api, load_pack
from checker.errors import UsageError
from checker.periods import Period, TermOn
from checker.speech import ENGLISH

PACK = load_pack("isls")
NOTICE = """\
agreement: isls
as-of: 2043-01-01
facts:
  - notice: {id: N1, from: russia, to-end: 1, form: written, channel: diplomatic, received: 2043-01-10}
"""


def terms(day: str, case: str | None = None) -> dict[str, TermOn]:
    _, found = api.term_on(PACK, day, ENGLISH, case)
    return {" ".join(f"{question}={option}" for question, option in each.change): each for each in found}


def told(period: Period | None) -> tuple[object, ...]:
    assert period is not None
    last = [str(each.day) for each in period.notices]
    return (period.number, str(period.start), str(period.end), *last)


TABLE = """
2024-07-18 | 1 2024-07-18 2044-07-18 2043-07-18 | 2 2044-07-19 2049-07-18
2026-11-21 | 1 2024-07-18 2044-07-18 2043-07-18 | 2 2044-07-19 2049-07-18
2043-07-18 | 1 2024-07-18 2044-07-18 2043-07-18 | 2 2044-07-19 2049-07-18
2044-07-18 | 1 2024-07-18 2044-07-18 2043-07-18 | 2 2044-07-19 2049-07-18
2044-07-19 | 2 2044-07-19 2049-07-18 2048-07-18 | 3 2049-07-19 2054-07-18
2049-07-18 | 2 2044-07-19 2049-07-18 2048-07-18 | 3 2049-07-19 2054-07-18
2059-07-18 | 4 2054-07-19 2059-07-18 2058-07-18 | 5 2059-07-19 2064-07-18
2104-07-18 | 13 2099-07-19 2104-07-18 2103-07-18 | 14 2104-07-19 2109-07-18
2204-01-01 | 33 2199-07-19 2204-07-18 2203-07-18 | 34 2204-07-19 2209-07-18
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_by_the_corresponding_day(row: str) -> None:
    day, current, following = (part.strip() for part in row.split("|"))
    term = terms(day)[""]
    assert " ".join(map(str, told(term.current))) == current
    assert " ".join(map(str, told(term.following))).startswith(following)
    assert term.ends is None


def test_other_readings_are_told_with_the_smallest_change() -> None:
    found = terms("2026-11-21")
    assert {change: told(term.current) for change, term in found.items()} == {
        "": (1, "2024-07-18", "2044-07-18", "2043-07-18"),
        "end-day=before": (1, "2024-07-18", "2044-07-17", "2043-07-17"),
        "clear-days=clear": (1, "2024-07-18", "2044-07-18", "2043-07-17"),
        "clear-days=clear end-day=before": (1, "2024-07-18", "2044-07-17", "2043-07-16"),
    }


def test_days_are_derived_in_the_open() -> None:
    current = terms("2026-11-21")[""].current
    assert current is not None
    assert current.sums == ("2024-07-18 + 20 years = 2044-07-18", "2044-07-18 - 1 year = 2043-07-18")


def test_before_the_first_day_no_period_runs() -> None:
    assert terms("2024-07-17")[""].current is None


def test_a_notice_of_the_case_ends_the_term(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(NOTICE)
    before, after = (terms(day, str(path))[""] for day in ("2044-07-18", "2044-07-19"))
    assert (told(before.current)[0], before.following, str(before.ends)) == (1, None, "2044-07-18")
    assert (after.current, after.following, str(after.ends)) == (None, None, "2044-07-18")


def test_a_pack_without_a_term_says_so(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("pack: toy\nversion: 0.1.0\ntitle: A toy\n")
    with pytest.raises(UsageError, match="`toy` says nothing of a term"):
        api.term_on(load_pack(tmp_path), "2026-11-21", ENGLISH)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    from checker.cli import run  # noqa: PLC0415 - the command line is read when it is called

    assert run(["calendar", "--as-of", "2026-11-21", "--lang", "en"]) == 0
    text = capsys.readouterr().out
    assert "On 2026-11-21 period 1 runs, from 2024-07-18 to 2044-07-18." in text
    assert "Without notice period 2 follows, from 2044-07-19 to 2049-07-18." in text
    assert run(["calendar", "isls", "--as-of", "2026-11-21", "-o", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "servanda-calendar-1"
    assert found["terms"][0]["current"]["last_days"] == [{"notice": "notice.termination", "day": "2043-07-18"}]
    assert run(["calendar", "--as-of", "tomorrow"]) == 2
    assert "`tomorrow` is no day" in capsys.readouterr().err
