"""Waivers: which findings one covers on which day, by whatever way a run is asked for; what a file of them holds."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_results import finding, results, verdict

from checker import OpenPack, check, load_pack
from checker.cli import run
from checker.dates import Date, parse_date
from checker.errors import Place, ProblemsError
from checker.gate import case_status, exit_status
from checker.load import load
from checker.report import FORMATS
from checker.report.words import FINDING_STATUSES
from checker.shape import misshapen
from checker.terminal import Look
from checker.waivers import Match, Waiver, WaiversError, idle, read_waivers, seen_from, waive, waiver_for

SPOKEN = Path(__file__).with_name("packs") / "spoken"
LATE = (SPOKEN / "tests" / "violated.yaml").read_text("utf-8")
FILE = """\
waivers:
  - id: W-1
    rule: term.notice
    match: {case: cases/late.yaml, action: T1}
    reason: both sides agreed
    approver: Head of the legal department
    created: 2026-01-01
    expires: 2027-01-01
"""
NOWHERE = Match(None, None, (), None)


def day(text: str) -> Date:
    """A day of the calendar."""
    found = parse_date(text)
    assert found is not None
    return found


def waiver(match: Match = NOWHERE, **parts: object) -> Waiver:
    """A waiver of `family.rule` for 2026."""
    least = Waiver(
        "W-1", "family.rule", match, "why", "who", day("2026-01-01"), day("2027-01-01"), Place("w.yaml", 2, 5)
    )
    return least._replace(**parts)


def covers(one: Waiver, on: str = "2026-06-01", case: str = "case.yaml", **parts: object) -> bool:
    """Whether a waiver covers a violated finding of `family.rule`, `parts` of it changed."""
    return waiver_for(finding(**parts), case, [one], day(on)) is one


# --- which finding ------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "holds"),
    [("2025-12-31", False), ("2026-01-01", True), ("2026-12-31", True), ("2027-01-01", False), ("2099-01-01", False)],
)
def test_it_holds_from_the_day_it_was_created_to_the_day_before_it_expires(on: str, *, holds: bool) -> None:
    assert covers(waiver(), on) is holds


@given(st.dates(), st.dates(), st.dates())
def test_it_holds_on_no_other_day(created: date, expires: date, today: date) -> None:
    one = waiver(created=day(str(created)), expires=day(str(expires)))
    assert covers(one, str(today)) is (created <= today < expires)


@pytest.mark.parametrize("status", FINDING_STATUSES)
def test_only_what_needs_attention_is_waived(status: str) -> None:
    assert covers(waiver(), status=status) is (status in ("violated", "contested", "undetermined", "pending"))


@pytest.mark.parametrize(
    ("rule", "covered"),
    [("family.rule", True), ("family.rule/lead-time", True), ("family.rules", False), ("family", False)],
)
def test_a_block_is_waived_with_its_elements_and_nothing_else(rule: str, *, covered: bool) -> None:
    assert covers(waiver(), rule=rule) is covered


@pytest.mark.parametrize(
    ("match", "case", "covered"),
    [
        (NOWHERE._replace(case="cases/a.yaml"), "cases/a.yaml", True),
        (NOWHERE._replace(case="cases/a.yaml"), "cases/a.yaml#2", True),
        (NOWHERE._replace(case="cases/a.yaml#2"), "cases/a.yaml#2", True),
        (NOWHERE._replace(case="cases/a.yaml#2"), "cases/a.yaml#3", False),
        (NOWHERE._replace(case="cases/a.yaml"), "a.yaml", False),
        (NOWHERE._replace(case="cases/*.yaml"), "cases/deep/a.yaml", True),
        (NOWHERE._replace(case="a[1].yaml"), "a[1].yaml", True),
        (NOWHERE._replace(case="*"), "<stdin>", True),
        (NOWHERE._replace(action="T1"), "x", True),
        (NOWHERE._replace(action="T2"), "x", False),
        (NOWHERE._replace(action="T"), "x", False),
        (NOWHERE._replace(fingerprint="0123456789abcdef"), "x", True),
        (NOWHERE._replace(fingerprint="0123"), "x", False),
        (NOWHERE._replace(bindings=(("party", "russia"),)), "x", True),
        (NOWHERE._replace(bindings=(("party", "russia"), ("day", "2044-07-18"))), "x", True),
        (NOWHERE._replace(bindings=(("party", "china"),)), "x", False),
        (NOWHERE._replace(bindings=(("partner", "russia"),)), "x", False),
        (NOWHERE._replace(action="T1", fingerprint="0123"), "x", False),
    ],
)
def test_every_part_of_a_match_has_to_fit(match: Match, case: str, *, covered: bool) -> None:
    bindings = (("party", "russia"), ("day", day("2044-07-18")))
    assert covers(waiver(match), case=case, action="T1", bindings=bindings) is covered


def test_the_first_that_covers_counts() -> None:
    over, first, second = waiver(expires=day("2026-02-01")), waiver(id="W-2"), waiver(id="W-3")
    assert waiver_for(finding(), "x", [over, first, second], day("2026-06-01")) is first


def test_a_case_is_named_from_the_folder_of_the_waivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cases").mkdir()
    for here, folder, case in (
        (".", ".", "cases/a.yaml"),
        ("cases", "..", "a.yaml"),
        ("cases", "..", "../cases/a.yaml#2"),
    ):
        monkeypatch.chdir(tmp_path / here)
        assert seen_from(folder, case).removesuffix("#2") == "cases/a.yaml"
        assert seen_from(folder, str(tmp_path / "cases" / "a.yaml")) == "cases/a.yaml"
    assert seen_from("..", "<stdin>") == "<stdin>"


# --- what it does -------------------------------------------------------------


def test_it_marks_and_changes_nothing_else() -> None:
    before = verdict(finding(action="T1"), finding(action="T2"))
    after = waive(before, (waiver(NOWHERE._replace(action="T1")),), ".", day("2026-06-01"))
    marked, other = after.findings
    assert marked._replace(waiver=None) == before.findings[0]
    assert marked.waiver == ("W-1", "why", "who", "2027-01-01")
    assert other == before.findings[1]
    assert after._replace(findings=before.findings) == before
    assert case_status(after.findings, "error") == "violated"


findings = st.lists(
    st.builds(
        lambda status, action: finding(status=status, action=action),
        st.sampled_from(FINDING_STATUSES),
        st.sampled_from("AB"),
    ),
    max_size=5,
)


@given(findings)
def test_the_gate_forgives_exactly_what_is_waived(listed: list) -> None:
    run_ = results(waive(verdict(*listed), (waiver(NOWHERE._replace(action="A")),), ".", day("2026-06-01")))
    without = results(verdict(*(each for each in listed if each.action != "A")))
    assert exit_status(run_) == exit_status(without)


def test_waivers_that_waive_nothing_are_told_apart() -> None:
    waivers = (
        waiver(id="used"),
        waiver(id="unused", match=NOWHERE._replace(action="nobody")),
        waiver(id="early", created=day("2026-07-01")),
        waiver(id="expired", expires=day("2026-06-01")),
        waiver(id="unknown", rule="family.rul", expires=day("2026-06-01")),
        waiver(id="block", rule="other.block"),
    )
    marked = waive(verdict(finding()), waivers, ".", day("2026-06-01"))
    told = idle(
        waivers,
        {each.waiver.id for each in marked.findings if each.waiver},
        {"family.rule", "other.block/part"},
        day("2026-06-01"),
    )
    assert [(each.id, each.state, each.nearest) for each in told] == [
        ("unused", "unused", None),
        ("early", "early", None),
        ("expired", "expired", None),
        ("unknown", "unknown", "family.rule"),
        ("block", "unused", None),
    ]


# --- the file -----------------------------------------------------------------


def test_a_file_is_read() -> None:
    (one,) = read_waivers(FILE.replace("both sides agreed", ">\n      both\n      sides agreed\n").encode(), "w.yaml")
    assert one == Waiver(
        "W-1",
        "term.notice",
        Match("cases/late.yaml", "T1", (), None),
        "both sides agreed",
        "Head of the legal department",
        day("2026-01-01"),
        day("2027-01-01"),
        Place("w.yaml", 2, 5),
    )


def test_values_of_a_match_are_compared_as_values() -> None:
    text = FILE.replace("{case: cases/late.yaml, action: T1}", "{bindings: {share: 0.50, n: 1, party: russia}}")
    (one,) = read_waivers(text.encode(), "w.yaml")
    assert one.match.bindings == (("share", "0.5"), ("n", "1"), ("party", "russia"))


def test_everything_wrong_is_told_at_once_in_the_order_of_places() -> None:
    text = """\
waivers:
  - id: W-1
    rule: term.notice
    match: {}
    reason: "  "
    approver: 7
    created: 2026-02-30
    expires: soon
    expire: 2027-01-01
  - {id: W-1, rule: a.b, match: {acton: T1}, reason: r, approver: a, created: 2026-05-01, expires: 2026-05-01}
  - {id: W-2, rule: a.b, match: {case: x}, approver: a, created: 2026-05-01, expires: 2026-05-02}
"""
    with pytest.raises(WaiversError) as refused:
        read_waivers(text.encode(), "w.yaml")
    assert str(refused.value).splitlines() == [
        "w.yaml:4:12: `match` is empty; it must be what it is for, such as `{case: cases/late.yaml, action: T1}`",
        "w.yaml:5:13: `reason` is `  `; it must be text, not blank",
        "w.yaml:6:15: `approver` is the number `7`; it must be text, not blank",
        "w.yaml:7:14: `2026-02-30` is no day of the calendar",
        "w.yaml:8:14: `expires` is `soon`; it must be a day such as 2026-11-21",
        "w.yaml:9:5: unknown key `expire`; did you mean `expires`?",
        "w.yaml:10:10: id `W-1` is taken: w.yaml:2:9",
        "w.yaml:10:34: unknown key `acton`; did you mean `action`?",
        "w.yaml:10:100: `2026-05-01` is not after `2026-05-01`, the day it was created",
        "w.yaml:11:5: a waiver needs `reason`: text, not blank",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "w.yaml:1:1: the file is empty; a document is wanted"),
        ("[]", "w.yaml:1:1: the file is empty; it must be a file of waivers, `waivers: […]`"),
        ("waivers: {id: W}", "w.yaml:1:10: `waivers` is a mapping; it must be a list: begin each entry with `- `"),
        (
            "waivers: []\n---\nwaivers: []",
            "w.yaml:3:1: a second document begins here; all waivers of a file stand in one list",
        ),
    ],
)
def test_what_is_no_file_of_waivers_is_refused(text: str, message: str) -> None:
    with pytest.raises(WaiversError) as refused:
        read_waivers(text.encode(), "w.yaml")
    assert str(refused.value) == message


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["waivers", "id", "rule", "match", "created", "expires", "bindings"]), inner, max_size=4
            )
        ),
    )
)
def test_whatever_stands_there_is_read_or_refused(data: object) -> None:
    with suppress(WaiversError):  # anything else would be a failure of our own
        read_waivers(json.dumps(data).encode(), "w.json")


# --- every way in -------------------------------------------------------------


@pytest.fixture(scope="module")
def pack() -> OpenPack:
    return load_pack(SPOKEN)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a late notice and a waiver for it, in which commands run."""
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "late.yaml").write_text(LATE, "utf-8")
    (tmp_path / "servanda-waivers.yaml").write_text(FILE, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Sets the clock: a day, and seconds from its begin in UTC."""

    def set_clock(text: str, seconds: int = 0) -> None:
        begin = datetime.combine(date.fromisoformat(text), datetime.min.time(), timezone.utc)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(begin.timestamp()) + seconds))

    return set_clock


def checked(*flags: str, case: str = "cases/late.yaml") -> int:
    """The exit status of `servanda check` on the late notice."""
    return run(
        ["check", case, "--pack", str(SPOKEN), "--engine", "referee", "--no-remedies", "-o", "json=out.json", *flags]
    )


def committed(folder: Path) -> None:
    """What is in the folder, as the first commit of a repository."""
    git = [
        "git",
        "-C",
        str(folder),
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-c",
        "init.defaultBranch=main",
    ]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True)


def by_flag(_: Path) -> int:
    return checked("--waivers", "servanda-waivers.yaml")


def by_settings(folder: Path) -> int:
    (folder / "servanda.toml").write_text('waivers = "servanda-waivers.yaml"\n', "utf-8")
    return checked()


def beside_settings(folder: Path) -> int:
    (folder / "servanda.toml").write_text("", "utf-8")
    return checked()


def from_a_ref(folder: Path) -> int:
    committed(folder)
    (folder / "servanda-waivers.yaml").unlink()
    return checked("--waivers-from", "HEAD")


def from_another_folder(folder: Path) -> int:
    os.chdir(folder / "cases")
    return checked("--waivers", "../servanda-waivers.yaml", case="late.yaml")


def in_a_baseline(_: Path) -> int:
    status = run(
        [
            "baseline",
            "cases",
            "-o",
            "b.json",
            "--waivers",
            "servanda-waivers.yaml",
            "--pack",
            str(SPOKEN),
            "--engine",
            "referee",
        ]
    )
    assert status == 0
    return int("term.notice" in Path("b.json").read_text("utf-8"))


def in_a_program(_: Path) -> int:
    found = check("cases/late.yaml", load_pack(SPOKEN), engine="referee", waivers="servanda-waivers.yaml")
    return int(any(each.status == "violated" and each.waiver is None for each in found.findings))


@pytest.mark.parametrize(
    "way",
    [by_flag, by_settings, beside_settings, from_a_ref, from_another_folder, in_a_baseline, in_a_program],
)
def test_a_waiver_ends_at_midnight_by_every_way_in(way: Callable[[Path], int], folder: Path, on: Callable) -> None:
    on("2026-12-31", 86_399)
    assert way(folder) == 0
    on("2027-01-01")
    if way is from_a_ref:
        assert checked("--waivers-from", "HEAD") == 1
    else:
        Path("b.json").unlink(missing_ok=True)
        assert way(folder) == 1


def test_the_day_of_judging_does_not_prolong_a_waiver(folder: Path, on: Callable, pack: OpenPack) -> None:
    case = folder / "cases" / "late.yaml"
    case.write_text(LATE.replace("2044-07-18", "2026-07-18").replace("2043-10-01", "2026-06-01"), "utf-8")
    for today, status in (("2026-12-31", 0), ("2027-01-01", 1)):
        on(today)
        assert checked("--waivers", "servanda-waivers.yaml") == status
        assert checked("--waivers", "servanda-waivers.yaml", "--as-of", "2026-06-01") == status
        found = check(case, pack, engine="referee", as_of="2026-06-01", waivers="servanda-waivers.yaml").findings
        assert [each.waiver is None for each in found if each.rule == "term.notice"] == [bool(status)]


def test_no_waivers_waives_nothing(folder: Path, on: Callable) -> None:
    on("2026-06-01")
    (folder / "servanda.toml").write_text("", "utf-8")
    assert checked("--no-waivers") == 1
    assert checked("--no-waivers", "--waivers", "gone.yaml", "--waivers-from", "gone") == 1
    assert json.loads(Path("out.json").read_text("utf-8"))["waivers"] is None


def test_a_change_can_not_waive_itself(folder: Path, on: Callable, capsys: pytest.CaptureFixture[str]) -> None:
    on("2026-06-01")
    file = folder / "servanda-waivers.yaml"
    file.write_text("waivers: []\n", "utf-8")
    committed(folder)
    file.write_text(FILE, "utf-8")
    assert checked("--waivers", file.name) == 0
    assert checked("--waivers", file.name, "--waivers-from", "HEAD") == 1
    (folder / "new.yaml").write_text(FILE, "utf-8")
    assert checked("--waivers", "new.yaml", "--waivers-from", "HEAD", "-o", "text") == 1
    assert "HEAD has no new.yaml, so nothing is waived." in capsys.readouterr().out
    for flags, message in (
        (("--waivers-from", "nix"), "git can't look at `nix`: no such commit, branch or tag"),
        (("--waivers-from", "--upload-pack=x"), "`--upload-pack=x` is no name of a commit, a branch or a tag"),
        (
            ("--waivers-from", "HEAD", "--waivers", "x.yaml"),
            "x.yaml:1:1: there is no such file, neither here nor at `HEAD`",
        ),
    ):
        assert checked(*flags) == 2
        assert capsys.readouterr().err == f"servanda: {message}\n"


def test_bad_waivers_are_no_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "servanda-waivers.yaml").write_text(FILE.replace("approver", "aprover"), "utf-8")
    assert checked("--waivers", "servanda-waivers.yaml", "--baseline", "gone.json") == 2
    assert capsys.readouterr().err.splitlines() == [
        "servanda: gone.json:1:1: can't be read: no such file or directory",
        "servanda: servanda-waivers.yaml:6:5: unknown key `aprover`; did you mean `approver`?",
    ]


# --- what reports say ---------------------------------------------------------


def told(folder: Path, *flags: str) -> str:
    """A report on the late notice, waived."""
    assert checked("--waivers", "servanda-waivers.yaml", "-o", "text=report", *flags) in (0, 1)
    return (folder / "report").read_text("utf-8")


def test_a_waived_finding_is_shown_with_who_why_and_until_when(folder: Path, on: Callable) -> None:
    on("2026-06-01")
    text = " ".join(told(folder).split())
    assert "error[term.notice] violated:" in text
    assert (
        "Waived: By Head of the legal department: both sides agreed. This ends at 00:00 UTC on 2027-01-01 (W-1)."
        in text
    )
    assert "1 finding is waived" in text
    for language in ("ru", "zh"):
        text = told(folder, "--lang", language)
        assert all(
            word in text
            for word in ("both sides agreed", "Head of the legal department", "2027-01-01", "00:00 UTC", "W-1")
        )


def test_an_expired_waiver_is_named(folder: Path, on: Callable, capsys: pytest.CaptureFixture[str]) -> None:
    on("2027-01-01")
    message = "servanda-waivers.yaml:2:5: waiver W-1 of term.notice ended at 00:00 UTC on 2027-01-01"
    assert message in " ".join(told(folder).split())
    assert f"servanda: {message}\n" in capsys.readouterr().err  # what went to standard output was for nobody
    assert checked("--waivers", "servanda-waivers.yaml", "-o", "concise") == 1
    assert message in capsys.readouterr().out.splitlines()


def test_json_says_which_waivers_were_used_and_fits_its_schema(folder: Path, on: Callable) -> None:
    on("2026-06-01")
    checked("--waivers", "servanda-waivers.yaml")
    text = (folder / "out.json").read_text("utf-8")
    whole = json.loads(text)
    (case,) = whole["cases"]
    (found,) = [each for each in case["findings"] if each["rule"] == "term.notice"]
    assert (case["verdict"], found["status"], whole["summary"]["waived"]) == ("violated", "violated", 1)
    assert found["waiver"] == {
        "id": "W-1",
        "reason": "both sides agreed",
        "approver": "Head of the legal department",
        "until": "2027-01-01",
    }
    assert (whole["waivers"]["file"], whole["waivers"]["day"], whole["waivers"]["idle"]) == (
        "servanda-waivers.yaml",
        "2026-06-01",
        [],
    )
    (document,) = load(text, "out.json", error=ProblemsError)
    assert misshapen(document, "report") == []


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_shows_and_marks_what_is_waived(format_: str) -> None:
    marked = waive(verdict(finding()), (waiver(),), ".", day("2026-06-01"))
    plain, waived = FORMATS[format_](results(verdict(finding())), Look()), FORMATS[format_](results(marked), Look())
    assert waived != plain
    assert "family.rule" in waived
