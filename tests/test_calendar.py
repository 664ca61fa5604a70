"""The dates ahead: what falls when, for whom, under which readings; as text, as JSON and as a calendar file.

Days are worked out by hand from the packs' texts: a notice to leave ISLS a calendar year before the period ends, a day
earlier for each reading that takes one away; a notice to leave the space station a year before the withdrawal.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checker.agenda import Agenda
from checker.api import calendar
from checker.cli import run
from checker.entry import KINDS, Entry
from checker.errors import UsageError
from checker.options import Options
from checker.sources import CaseSource

ROOT = Path(__file__).resolve().parent.parent

# A year from 29 February 2024, then further ones, each to 28 February. Notice a month before, to the 28th of January.
PACK = """\
pack: toy
version: 0.1.0
title: {en: "A toy, small; as can be", ru: Игрушка, zh: 玩具}
names: {north: {en: the North, ru: Север, zh: 北国}, Bureau: {en: the Bureau, ru: Бюро, zh: 局}}
parties: [north, south]
in-force: {from: 2024-02-29}
rounding: down
types:
  agreement: {about: It., fields: {id: id, in-force: date}, world: closed}
  notice:
    about: Of the end.
    fields: {id: id, from: actor, to: actor, to-end: integer, sent: date, received: date}
    world: closed
  request: {about: For data., fields: {id: id, from: actor, to: actor, by: date, day: date}, day: day, world: closed}
  answer: {about: To a request., fields: {to: id, day: date}, day: day, world: closed}
  secret: {about: Kept to a day., fields: {id: id, of: actor, until: date}, world: closed}
  told: {about: A secret., fields: {what: id, day: date}, day: day, world: closed}
actions:
  end: {about: A party leaves., fields: {id: id, by: actor, day: date}, day: day}
facts:
  - agreement: {id: toy, in-force: 2024-02-29}
readings:
  pace:
    ask: {en: How fast?, ru: Как скоро?, zh: 多快？}
    options: {slow: {en: In a week., ru: За неделю., zh: 一周内。}, fast: {en: In a day., ru: За день., zh: 一天内。}}
    default: slow
rules:
  - term:
      {id: term.length, title: It runs a year, basis: official-text, starts: {agreement: in-force}, lasts: P1Y,
      renews: P1Y, unless: end.notice}
  - notice:
      {id: end.notice, title: A month before, basis: official-text, of: end, by: party, to: other-party, at-least: P1M,
      before: end of period}
  - id: data.answer
    title: {en: Requests are answered, ru: На запросы отвечают, zh: 答复请求}
    basis: sibling
    severity: warning
    by: $to
    towards: $from
    per: [$from, $to]
    when: [{request: {id: $id, from: $from, to: $to, by: $by}}]
    owes: [{answer: {to: $id}}]
    due: $by
    remedy: {en: "Answer {id}.", ru: "Ответить на {id}.", zh: "答复{id}。"}
  - id: data.receipt
    title: {en: Requests are noted, ru: Запросы отмечают, zh: 登记请求}
    basis: inference
    reading: {pace: fast}
    by: $to
    per: [$id]
    when: [{request: {id: $id, to: $to, day: $day}}]
    owes: [{answer: {to: $id}}]
    due: $day + P1D
  - id: data.secret
    title: {en: A secret is kept, ru: Тайну хранят, zh: 保守秘密}
    basis: seed
    by: $of
    when: [{secret: {id: $id, of: $of, until: $until}}]
    forbids: [{told: {what: $id}}]
    due: $until
"""
CASE = """\
agreement: toy
as-of: 2025-01-10
facts:
"""


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of the toy pack."""
    folder = tmp_path_factory.mktemp("packs") / "toy"
    folder.mkdir()
    (folder / "pack.yaml").write_text(PACK, "utf-8")
    return str(folder)


def agenda(name: str, case: str | None = None, as_of: str | None = None, **fixed: str) -> Agenda:
    """The dates under a pack, with a case if one is given; readings are settled."""
    readings = tuple((question.replace("_", "-"), option) for question, option in fixed.items())
    source = None if case is None else CaseSource("case.yaml", case.encode(), "yaml", None)
    return calendar(Options(pack=name, as_of=as_of, readings=readings, engine="referee"), source)


def told(entry: Entry) -> tuple[str, ...]:
    """Kind, rule and whose, then each day and when it is that."""
    what = entry.what
    when = (f"{each.day} {'default' if each.default else ' or '.join(map(spelt, each.changes))}" for each in entry.days)
    return (what.kind, str(what.rule), f"{', '.join(what.parties)} > {what.towards}", *when)


def spelt(change: tuple[tuple[str, str], ...]) -> str:
    return "+".join(option for _, option in change)


# --- the term ---------------------------------------------------------------------


def test_next_dates_of_each_party() -> None:
    found = agenda("isls", as_of="2026-11-21")
    assert found.actors() == ("russia", "china")
    assert [told(each) for each in found.next_dates("russia")] == [
        (
            "last-notice",
            "notice.termination",
            "russia > china",
            "2043-07-16 clear+before",
            "2043-07-17 clear or before",
            "2043-07-18 default",
        ),
        ("period-end", "term.duration", "russia, china > None", "2044-07-17 before", "2044-07-18 default"),
        (
            "last-notice",
            "notice.termination",
            "russia > china",
            "2048-07-16 clear+before",
            "2048-07-17 clear or before",
            "2048-07-18 default",
        ),
    ]
    assert [each.what.towards for each in found.next_dates("china")] == ["russia", None, "russia"]
    assert [each.renewed for each in found.next_dates("china")] == [False, False, True]


def test_a_settled_reading_leaves_its_days_alone() -> None:
    found = agenda("isls", as_of="2026-11-21", end_day="before", clear_days="clear").next_dates("china")
    assert [[str(each.day) for each in entry.days] for entry in found] == [
        ["2043-07-16"],
        ["2044-07-17"],
        ["2048-07-16"],
    ]


def test_the_day_asked_about_is_still_ahead_and_the_next_is_not(pack: str) -> None:
    days = {
        day: str(agenda(pack, as_of=day).next_dates("south")[0].days[0].day) for day in ("2025-01-28", "2025-01-29")
    }
    assert days == {"2025-01-28": "2025-01-28", "2025-01-29": "2025-02-28"}


def test_a_date_is_told_with_all_its_days_while_one_is_ahead() -> None:
    (first, *_) = agenda("isls", as_of="2043-07-18").next_dates("russia")
    assert [str(each.day) for each in first.days] == ["2043-07-16", "2043-07-17", "2043-07-18"]
    (first, *_) = agenda("isls", as_of="2043-07-19").next_dates("russia")
    assert first.what.kind == "period-end"


def test_before_the_term_its_beginning_is_ahead(pack: str) -> None:
    first = agenda(pack, as_of="2024-01-01").entries[0]
    assert told(first) == ("period-start", "term.length", "north, south > None", "2024-02-29 default")


def test_a_term_without_end_has_no_dates() -> None:
    found = agenda("iss-iga", as_of="2026-11-21")
    assert found.entries == ()
    assert len(found.actors()) == 14


def test_an_ended_term_has_a_last_day_and_no_notices(pack: str) -> None:
    case = f"{CASE}  - notice: {{id: N1, from: north, to: south, to-end: 1, received: 2025-01-09}}\n"
    assert [told(each) for each in agenda(pack, case).entries] == [
        ("term-end", "term.length", "north, south > None", "2025-02-28 default")
    ]


def test_a_pack_without_a_term_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, _, rest = PACK.partition("  - term:")
    (tmp_path / "pack.yaml").write_text(before + rest[rest.index("  - id: data") :], "utf-8")
    with pytest.raises(UsageError, match="`toy` says nothing of a term"):
        agenda(str(tmp_path), as_of="2025-01-10")
    request = tmp_path.parent / "request.yaml"
    request.write_text(f"{CASE}  - request: {{id: R1, from: north, to: south, by: 2025-02-01, day: 2025-01-02}}\n")
    assert run(["calendar", str(tmp_path), "--case", str(request)]) == 0
    shown = capsys.readouterr().out
    assert "This pack says nothing of a term" in shown
    assert "2025-02-01  south → the North: Requests are answered" in shown


# --- what a case leaves to be done ------------------------------------------------


def left(found: Agenda) -> list[tuple[str, ...]]:
    return [told(each) for each in found.entries if each.what.status]


def test_a_notice_still_to_be_given_is_due_on_its_day_in_each_reading() -> None:
    case = "agreement: isls\nas-of: 2042-01-15\nactions:\n  - terminate: {id: T1, by: russia, effective: 2044-07-18}\n"
    found = agenda("isls", case)
    assert left(found) == [
        (
            "condition",
            "notice.termination",
            "russia > china",
            "2043-07-16 clear+before",
            "2043-07-17 clear or before",
            "2043-07-18 default",
        )
    ]
    assert str(found.day) == "2042-01-15"  # the case's own
    assert found.case is not None
    assert found.case.verdict == "pending"
    kinds = {party: [each.what.kind for each in found.next_dates(party)] for party in ("russia", "china")}
    assert kinds == {
        "russia": ["condition", "period-end", "last-notice"],  # the notice for this period is what it has to give
        "china": ["last-notice", "period-end", "last-notice"],
    }


def test_where_readings_differ_only_those_in_which_there_is_time_count() -> None:
    # On 17 July it is too late only where the period ends on that day and a whole year has to lie between.
    case = "agreement: isls\nas-of: 2043-07-17\nactions:\n  - terminate: {id: T1, by: russia, effective: 2044-07-18}\n"
    found = agenda("isls", case)
    assert found.case is not None
    assert found.case.verdict == "contested"
    assert left(found)[0][3:] == ("2043-07-17 clear or before", "2043-07-18 default")


def test_elements_of_a_notice_are_not_told_beside_it() -> None:
    case = """\
agreement: isls
as-of: 2042-01-15
facts:
  - notice: {id: N1, from: russia, to-end: 1, form: oral, channel: diplomatic, received: 2042-01-10}
actions:
  - terminate: {id: T1, by: russia, effective: 2044-07-18}
"""
    assert {each[1] for each in left(agenda("isls", case))} == {"notice.termination"}


def test_a_withdrawal_goes_by_its_own_day_and_to_the_depositary() -> None:
    case = (
        "agreement: iss-iga\nas-of: 2027-01-01\nactions:\n  - withdraw: {id: W1, by: canada, effective: 2028-02-29}\n"
    )
    found = agenda("iss-iga", case)  # 2027 has no 29 February
    assert left(found) == [
        ("condition", "withdrawal.notice", "canada > united-states", "2027-02-27 clear", "2027-02-28 default")
    ]
    assert found.next_dates("japan") == ()


def test_an_agency_that_owes_something_follows_the_parties(pack: str) -> None:
    case = f"{CASE}  - request: {{id: R1, from: south, to: Bureau, by: 2025-02-01, day: 2025-01-02}}\n"
    found = agenda(pack, case, pace="slow")
    assert found.actors() == ("north", "south", "Bureau")
    assert [told(each) for each in found.next_dates("Bureau")] == [
        ("duty", "data.answer", "Bureau > south", "2025-02-01 default")
    ]
    assert [each.telling.remedy for each in found.next_dates("Bureau")] == ["Answer R1."]


REQUESTS = """\
  - request: {id: R1, from: Bureau, to: south, by: 2025-02-01, day: 2025-01-10}
  - request: {id: R2, from: Bureau, to: south, by: 2025-01-20, day: 2025-01-10}
  - request: {id: R3, from: north, to: Bureau, by: none, day: 2025-01-10}
  - request: {id: R4, from: south, to: Bureau, day: 2025-01-10}
  - request: {id: R5, from: south, to: north, by: 2025-01-09, day: 2025-01-03}
  - request: {id: R6, from: north, to: south, by: 2025-01-09, day: 2025-01-03}
  - answer: {to: R6}
"""


def test_each_day_of_a_duty_is_told_and_those_without_a_day_last(pack: str) -> None:
    found = [each for each in agenda(pack, CASE + REQUESTS, pace="slow").entries if each.what.status]
    assert [(told(each)[2:], each.what.status, each.what.undated, each.telling.remedy) for each in found] == [
        (("south > Bureau", "2025-01-20 default"), "pending", None, "Answer R2."),
        (("south > Bureau", "2025-02-01 default"), "pending", None, "Answer R1."),
        (("Bureau > north", "None default"), "pending", "none", "Answer R3."),
        (("Bureau > south", "None default"), "undetermined", "unknown", "Answer R4."),
    ]  # the day for R5 and R6 has gone: nothing can be done, though it is not known when R6 was answered


def test_what_is_due_under_another_reading_only_says_so(pack: str) -> None:
    case = f"{CASE}  - request: {{id: R1, from: south, to: Bureau, by: 2025-02-01, day: 2025-01-10}}\n"
    assert left(agenda(pack, case)) == [
        ("duty", "data.receipt", "Bureau > None", "2025-01-11 fast"),
        ("duty", "data.answer", "Bureau > south", "2025-02-01 default"),
    ]


def test_a_prohibition_runs_to_its_last_day(pack: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = f"{CASE}  - secret: {{id: S1, of: south, until: 2025-03-01}}\n"
    assert left(agenda(pack, case)) == [("prohibition", "data.secret", "south > None", "2025-03-01 default")]
    (tmp_path / "case.yaml").write_text(case)
    assert run(["calendar", pack, "--case", str(tmp_path / "case.yaml")]) == 0
    assert "south: A secret is kept (forbidden to the end of this day)" in capsys.readouterr().out


# --- the command ------------------------------------------------------------------


@pytest.fixture
def case(tmp_path: Path) -> str:
    """A file with requests."""
    (tmp_path / "requests.yaml").write_text(CASE + REQUESTS)
    return str(tmp_path / "requests.yaml")


def test_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calendar", "--as-of", "2026-11-21", "--lang", "en"]) == 0
    text = capsys.readouterr().out
    for sentence in (
        "On 2026-11-21 period 1 runs, from 2024-07-18 to 2044-07-18.",
        "The last day for a notice that ends it (notice.termination): 2043-07-18.",
        "Without notice period 2 follows, from 2044-07-19 to 2049-07-18.",
        "  Russia, China\n    2043-07-18  last day for a notice that ends period 1 (notice.termination; press-quote)\n",
        "                2044-07-17 if end-day=before\n",
        "This is not legal advice",
    ):
        assert sentence in text


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        (
            "en",
            ("What ", " leaves to be done", "south → the Bureau: Requests are answered", "no day set", "day unknown"),
        ),
        (
            "ru",
            ("ещё предстоит исполнить", "south → Бюро: На запросы отвечают", "день не установлен", "Ответить на R1."),
        ),
        (
            "zh",
            (
                "尚待履行的事项",
                "south → 局：答复请求",
                "未定日期",
                "答复R1。",
                "使协定于第 1 期届满时终止的通知最后期限",
            ),
        ),
    ],
)
def test_the_text_in_three_languages(
    pack: str, case: str, lang: str, sentences: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["calendar", pack, "--case", case, "--lang", lang]) == 0
    text = capsys.readouterr().out
    assert [each for each in sentences if each not in text] == []


def test_the_object(pack: str, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calendar", pack, "--case", case, "-o", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["as_of"], found["case"]["verdict"]) == (
        "servanda-calendar-1",
        "2025-01-10",
        "contested",
    )
    assert found["readings"] == {"pace": "slow"}
    assert found["terms"][0]["current"]["last_days"] == [{"notice": "end.notice", "day": "2025-01-28"}]
    assert found["terms"][0]["current"]["end"] == "2025-02-28"
    assert all({"day", "kind", "rule", "parties", "default", "readings"} <= set(each) for each in found["dates"])
    assert {each["kind"] for each in found["dates"]} == {"duty", "last-notice", "period-end"} < set(KINDS)
    fast = [each for each in found["dates"] if each["rule"] == "data.receipt"]
    assert [(each["default"], each["readings"]) for each in fast] == [(False, [{"pace": "fast"}])] * len(fast)
    nexts = {each["party"]: [date["day"] for date in each["next"]] for each in found["parties"]}
    assert nexts["north"] == ["2025-01-28", "2025-02-28", "2026-01-28"]
    (first,) = [each for each in found["dates"] if each["day"] == "2025-01-20"]
    assert (first["parties"], first["towards"], first["basis"]) == (["south"], "Bureau", "sibling")
    assert first["location"] == {"file": case, "line": 5, "column": 5}


def test_several_formats_in_one_run_each_in_its_language(
    pack: str, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    files = {form: tmp_path / f"dates.{form}" for form in ("json", "ics")}
    wanted = ["-o", "text", *(word for form, path in files.items() for word in ("-o", f"{form}={path}"))]
    assert run(["calendar", pack, "--case", case, *wanted]) == 0
    assert "На запросы отвечают" in capsys.readouterr().out
    assert "Requests are answered" in files["json"].read_text("utf-8")
    assert "На запросы отвечают" in unfolded(files["ics"].read_bytes())


def test_a_case_on_standard_input_names_its_pack(tmp_path: Path) -> None:
    text = (
        "agreement: iss-iga\nas-of: 2027-01-01\nactions:\n  - withdraw: {id: W1, by: canada, effective: 2028-06-30}\n"
    )
    command = [sys.executable, "-m", "checker", "calendar", "--case", "-", "-o", "json"]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True, cwd=tmp_path, env=environ)
    assert [each["day"] for each in json.loads(done.stdout)["dates"]] == ["2027-06-29", "2027-06-30"]


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["--as-of", "tomorrow"], "`tomorrow` is no day"),
        (["--as-of", "2999-01-01"], "2999-01-01 is too far off"),
        (["--case", "nowhere.yaml"], "nowhere.yaml:1:1: no such file"),
        (["--case", str(ROOT / "examples")], "one is wanted"),
        (["--reading", "pace=swift"], "`isls` has no reading `pace`"),
        (["--reading", "end-day"], "`end-day` is not of the form QUESTION=OPTION"),
        (["iss-iga", "--case", str(ROOT / "examples" / "leak.yaml")], "the case is of `isls`"),
        (["-o", "xcs"], "unknown format `xcs`; did you mean `ics`?"),
        (["-o", "json", "-o", "text"], "two reports would go to standard output"),
    ],
)
def test_what_a_user_gets_wrong(arguments: list[str], answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calendar", *arguments]) == 2
    shown = capsys.readouterr()
    assert answer in shown.err
    assert shown.out == ""


# --- the calendar file ------------------------------------------------------------


def unfolded(content: bytes) -> str:
    """The content lines of a file (RFC 5545, 3.1): a line break before a blank is no line break."""
    return content.replace(b"\r\n ", b"").decode("utf-8")


def ics(pack: str, case: str, *arguments: str, tmp_path: Path) -> bytes:
    assert run(["calendar", pack, "--case", case, "-o", f"ics={tmp_path / 'dates.ics'}", *arguments]) == 0
    return (tmp_path / "dates.ics").read_bytes()


@pytest.mark.parametrize("lang", ["en", "ru", "zh"])
def test_the_file_keeps_to_the_standard(pack: str, case: str, lang: str, tmp_path: Path) -> None:
    content = ics(pack, case, "--lang", lang, tmp_path=tmp_path)
    lines = content.split(b"\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    assert all(line.decode("utf-8") is not None for line in lines)  # no letter is cut in two
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert [line for line in lines if line.startswith(b"VERSION")] == [b"VERSION:2.0"]
    assert unfolded(content).count("\r\nPRODID:-//Servanda//") == 1
    for component in re.findall(r"BEGIN:(?:VEVENT|VTODO)\r\n(.*?)END:V", unfolded(content), re.DOTALL):
        names = [line.split(":")[0].split(";")[0] for line in component.splitlines()]
        assert all(names.count(name) == 1 for name in ("UID", "DTSTAMP", "SUMMARY", "DESCRIPTION", "STATUS"))
    assert "VALARM" not in unfolded(content)


@pytest.mark.external
def test_another_library_reads_what_was_written(pack: str, case: str, tmp_path: Path) -> None:
    vobject: Any = pytest.importorskip("vobject")
    read = vobject.readOne(ics(pack, case, "--lang", "en", tmp_path=tmp_path).decode("utf-8"))
    assert read.validate(raiseException=True)
    events = [(str(each.dtstart.value), str(each.dtend.value), each.status.value) for each in read.vevent_list]
    assert events == [
        ("2025-01-11", "2025-01-12", "TENTATIVE"),  # under another reading
        ("2025-01-11", "2025-01-12", "TENTATIVE"),
        ("2025-01-11", "2025-01-12", "TENTATIVE"),
        ("2025-01-11", "2025-01-12", "TENTATIVE"),
        ("2025-01-20", "2025-01-21", "CONFIRMED"),
        ("2025-01-28", "2025-01-29", "CONFIRMED"),
        ("2025-02-01", "2025-02-02", "CONFIRMED"),
        ("2025-02-28", "2025-03-01", "CONFIRMED"),
        ("2026-01-28", "2026-01-29", "TENTATIVE"),  # only if the term is renewed
        ("2026-02-28", "2026-03-01", "TENTATIVE"),
    ]
    summaries = [each.summary.value for each in read.vevent_list]
    assert summaries[4] == "toy: south → the Bureau: Requests are answered"
    assert summaries[5] == "toy: last day for a notice that ends period 1 (the North, south)"
    assert read.vevent_list[0].summary.value.endswith(", if pace=fast")
    assert read.vtodo.summary.value == "toy: the Bureau → the North: Requests are answered"
    assert read.contents["x-wr-calname"][0].value == "A toy, small; as can be"
    uids = [each.uid.value for each in read.components()]
    assert len(set(uids)) == len(uids) == 12


def test_the_same_input_gives_the_same_bytes(
    pack: str, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ics(pack, case, tmp_path=tmp_path)
    assert ics(pack, case, tmp_path=tmp_path) == first
    assert first.count(b"\r\nDTSTAMP:20250110T000000Z\r\n") == 12  # the day asked about
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    stamped = ics(pack, case, tmp_path=tmp_path)
    assert stamped == first.replace(b"DTSTAMP:20250110T000000Z", b"DTSTAMP:20231114T221320Z")


def test_the_file_has_a_flag_of_its_own(pack: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for flags in (["--ics"], ["-o", "ics"]):
        assert run(["calendar", pack, "--as-of", "2043-06-01", *flags]) == 0
        told.append(capsys.readouterr().out)
    assert told[0].startswith("BEGIN:VCALENDAR")
    assert told[0].count("BEGIN:VEVENT") == told[1].count("BEGIN:VEVENT") > 0


def test_an_event_keeps_its_name_in_other_languages_and_on_other_days(pack: str, case: str, tmp_path: Path) -> None:
    def uids(*arguments: str) -> list[str]:
        return re.findall(r"UID:(.*)\r", unfolded(ics(pack, case, *arguments, tmp_path=tmp_path)))

    english = uids("--lang", "en")
    assert uids("--lang", "zh") == english
    assert set(uids("--as-of", "2025-01-21")) < set(english)


def test_nothing_in_a_case_becomes_a_line_of_the_file(pack: str, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.yaml"
    name = r'"x\r\nEND:VEVENT\nBEGIN:VALARM\u2028;,:\\ \u001b[31m"'
    hostile.write_text(f"{CASE}  - request: {{id: R1, from: north, to: {name}, by: 2025-02-01, day: 2025-01-10}}\n")
    content = unfolded(ics(pack, str(hostile), tmp_path=tmp_path))
    assert content.count("\r\nEND:VEVENT\r\n") == content.count("\r\nBEGIN:VEVENT\r\n") == 6
    assert "\r\nBEGIN:VALARM" not in content
    assert "\x1b" not in content
    assert "x END:VEVENT BEGIN:VALARM" in content


def test_a_calendar_without_dates_says_so(tmp_path: Path) -> None:
    path = tmp_path / "none.ics"
    assert run(["calendar", "iss-iga", "--as-of", "2026-11-21", "-o", f"ics={path}"]) == 0
    content = unfolded(path.read_bytes())
    assert "VEVENT" not in content
    assert "BEGIN:VJOURNAL" in content
    assert "SUMMARY:iss-iga: From 2026-11-21 on no date lies ahead.\r\n" in content


def test_without_the_library_there_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    assert run(["calendar", "-o", "ics"]) == 2
    assert (
        capsys.readouterr().err == "servanda: `-o ics` needs the package icalendar: pip install 'servanda[calendar]'\n"
    )
    assert run(["calendar", "-o", "json", "--as-of", "2026-11-21"]) == 0


def test_a_time_stamp_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "99999999999999")
    assert run(["calendar", "-o", "ics", "--as-of", "2026-11-21"]) == 2
    assert "SOURCE_DATE_EPOCH: `99999999999999` is no time" in capsys.readouterr().err
