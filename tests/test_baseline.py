"""Baselines: what is accepted stays so while it is no worse, nothing new gets in unasked, and what is gone goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_results import finding, results, verdict

from checker.baseline import BaselineError, accept, compare, read_baseline, spelt
from checker.cli import run
from checker.gate import WORST_FIRST, exit_status
from checker.options import FAIL_ON, Options
from checker.report import FORMATS
from checker.report.words import FINDING_STATUSES
from checker.results import Accepted, Results
from checker.terminal import Look
from checker.verdict import Waived

SPOKEN = Path(__file__).with_name("packs") / "spoken"
PLAIN = Options()
NOTICE = "cases/late.yaml: term.notice@T1 violated"
WAIVED = Waived("W-1", "why", "who", "2027-01-01")


def accepted(status: str = "violated", fingerprint: str = "f1", case: str = "case.yaml", rule: str = "a.b") -> Accepted:
    """An entry."""
    return Accepted(case, rule, "T1", status, fingerprint)


def found(status: str = "violated", fingerprint: str = "f1", **parts: object) -> Results:
    """A run over one case with one finding."""
    return results(verdict(finding("a.b", status, fingerprint=fingerprint, action="T1", **parts)))


# --- what fails ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "entry", "passes"),
    [
        ("violated", accepted(), True),
        ("violated", accepted(fingerprint="f2"), False),
        ("violated", accepted(case="other.yaml"), False),
        ("violated", accepted(status="contested"), False),
        ("violated", accepted(status="undetermined"), False),
        ("contested", accepted(status="undetermined"), False),
        ("contested", accepted(), True),
        ("undetermined", accepted(status="contested"), True),
    ],
)
def test_what_is_accepted_passes_unless_it_became_worse(now: str, entry: Accepted, *, passes: bool) -> None:
    before = found(now)
    after = accept(before, [entry], ".")
    assert exit_status(before) == 1
    assert exit_status(after) == (0 if passes else 1)
    assert after.verdicts[0].status == before.verdicts[0].status
    assert after.verdicts[0].findings[0]._replace(in_baseline=False) == before.verdicts[0].findings[0]
    new = compare(before, [entry], ".", PLAIN).new
    assert new == (() if passes else (accepted(now),))


runs = st.builds(
    lambda listed, fail_on: results(
        verdict(*(finding("a.b", status, fingerprint=str(place)) for place, status in enumerate(listed))),
        fail_on=fail_on,
    ),
    st.lists(st.sampled_from(FINDING_STATUSES), max_size=5),
    st.sampled_from(FAIL_ON),
)


@given(runs)
def test_a_run_held_against_its_own_baseline_passes(run_: Results) -> None:
    entries = compare(run_, (), ".", PLAIN).entries(grow=True, prune=False)
    assert bool(entries) == bool(exit_status(run_))
    assert exit_status(accept(run_, entries, ".")) == 0
    again = compare(run_, entries, ".", PLAIN)
    assert (again.new, again.stale, again.kept) == ((), (), entries)


@given(runs, runs)
def test_unasked_a_baseline_never_accepts_more(before: Results, after: Results) -> None:
    entries = compare(before, (), ".", PLAIN).entries(grow=True, prune=False)
    compared = compare(after, entries, ".", PLAIN)
    for prune in (False, True):
        later = {each.fingerprint: each.status for each in compared.entries(grow=False, prune=prune)}
        earlier = {each.fingerprint: each.status for each in entries}
        assert later.keys() <= earlier.keys()
        assert all(WORST_FIRST.index(later[each]) >= WORST_FIRST.index(earlier[each]) for each in later)
    grown = compared.entries(grow=True, prune=True)
    assert exit_status(accept(after, grown, ".")) == 0


def test_what_is_waived_is_not_accepted_too() -> None:
    run_ = found(waiver=WAIVED)
    assert compare(run_, (), ".", PLAIN).new == ()
    assert compare(run_, [accepted()], ".", PLAIN).stale == ()


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_shows_and_marks_what_is_accepted(format_: str) -> None:
    plain, marked = FORMATS[format_](found(), Look()), FORMATS[format_](accept(found(), [accepted()], "."), Look())
    assert marked != plain
    assert "a.b" in marked


# --- what is stale ------------------------------------------------------------


@pytest.mark.parametrize(
    ("run_", "options", "stale"),
    [
        (found("satisfied"), PLAIN, True),
        (found(fingerprint="f2"), PLAIN, True),
        (found(), PLAIN, False),
        (found("pending"), PLAIN, False),
        (found(severity="note"), PLAIN, False),
        (found("satisfied"), Options(select=("a.*",)), True),
        (found("satisfied"), Options(select=("c.*",)), False),
        (found("satisfied"), Options(ignore=("a.b",)), False),
        (found("satisfied"), Options(assume=("x: {}",)), False),
        (found("satisfied"), Options(without=("N1",)), False),
        (results(verdict(status="invalid", receipt=None)), PLAIN, False),
        (results(verdict(case="gone.yaml")), PLAIN, False),
    ],
)
def test_an_entry_is_stale_only_where_it_was_looked_for(
    run_: Results, options: Options, *, stale: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("case.yaml").touch()
    compared = compare(run_, [accepted()], ".", options)
    assert compared.stale == ((accepted(),) if stale else ())
    assert len(compared.entries(grow=False, prune=True)) == int(not stale)
    assert len(compared.entries(grow=False, prune=False)) == 1


def test_an_entry_whose_file_is_gone_is_stale(tmp_path: Path) -> None:
    (tmp_path / "there.yaml").touch()
    entries = [accepted(case=case) for case in ("there.yaml#2", "gone.yaml#2", "gone.yaml", "<stdin>")]
    assert [each.case for each in compare(results(), entries, str(tmp_path), PLAIN).stale] == [
        "gone.yaml",
        "gone.yaml#2",
    ]


# --- the file -----------------------------------------------------------------


def test_the_file_is_sorted_a_line_an_entry_and_says_what_it_accepts() -> None:
    entries = [accepted(case="b.yaml"), accepted(rule="c.d"), accepted(fingerprint="f0"), accepted()]
    text = spelt(entries)
    assert text == spelt(entries[::-1])
    assert text.splitlines() == [
        '{"schema": "servanda-baseline-1", "accepted": [',
        '{"case": "b.yaml", "rule": "a.b", "action": "T1", "status": "violated", "fingerprint": "f1"},',
        '{"case": "case.yaml", "rule": "a.b", "action": "T1", "status": "violated", "fingerprint": "f0"},',
        '{"case": "case.yaml", "rule": "a.b", "action": "T1", "status": "violated", "fingerprint": "f1"},',
        '{"case": "case.yaml", "rule": "c.d", "action": "T1", "status": "violated", "fingerprint": "f1"}',
        "]}",
    ]


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)


@given(
    st.lists(
        st.builds(Accepted, words, words, st.none() | words, st.sampled_from(WORST_FIRST), words),
        max_size=4,
        unique_by=lambda each: (each.case, each.fingerprint),
    )
)
def test_what_is_written_is_read(entries: list[Accepted]) -> None:
    text = spelt(entries)
    assert sorted(read_baseline(text.encode(), "b.json"), key=repr) == sorted(entries, key=repr)
    assert all(letter.isprintable() or letter == "\n" for letter in text)
    assert json.loads(text)["schema"] == "servanda-baseline-1"


def test_everything_wrong_is_told_at_once() -> None:
    text = spelt([accepted(), accepted(fingerprint="f2")]).replace("f2", "f1").replace("}\n]}", ', "line": 3}\n]}')
    with pytest.raises(BaselineError) as refused:
        read_baseline(text.encode(), "b.json")
    assert str(refused.value).startswith("b.json:3:97: unknown key `line`")
    with pytest.raises(BaselineError) as refused:
        read_baseline(text.replace(', "line": 3', "").encode(), "b.json")
    assert str(refused.value) == "b.json:3:1: `f1` of `case.yaml` is accepted twice; keep one"
    for status in ("satisfied", "excused"):
        with pytest.raises(
            BaselineError, match=f"`status` is `{status}`; use violated, contested, undetermined or pending"
        ):
            read_baseline(spelt([accepted(status)]).encode(), "b.json")


# --- the commands -------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a late notice, in which commands run."""
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "late.yaml").write_text((SPOKEN / "tests" / "violated.yaml").read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def baseline(*flags: str, cases: str = "cases", to: str = "b.json") -> int:
    """The exit status of `servanda baseline`."""
    return run(["baseline", cases, "-o", to, "--pack", str(SPOKEN), "--engine", "referee", *flags])


def checked(*flags: str, cases: str = "cases") -> int:
    """The exit status of `servanda check`."""
    return run(
        ["check", cases, "--pack", str(SPOKEN), "--engine", "referee", "--no-remedies", "-o", "text=report", *flags]
    )


def second(folder: Path) -> Path:
    """A second case with something wrong."""
    path = folder / "cases" / "open.yaml"
    path.write_text((SPOKEN / "tests" / "contested.yaml").read_text("utf-8"), "utf-8")
    return path


def test_today_is_accepted_and_the_same_bytes_come_twice(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked() == 1
    assert baseline() == 0
    assert capsys.readouterr().out.splitlines() == [f"{NOTICE}: accepted", "b.json: 1 finding accepted"]
    written = (folder / "b.json").read_bytes()
    assert baseline(to="cases/../c.json") == 0
    assert (folder / "c.json").read_bytes() == written
    assert checked("--write-baseline", "d.json") == 0
    assert (folder / "d.json").read_bytes() == written
    assert checked("--baseline", "b.json") == 0
    told = " ".join((folder / "report").read_text("utf-8").split())
    assert "error[term.notice] violated:" in told
    assert "Accepted: By the baseline." in told
    assert "1 is in the baseline" in told


def test_lines_may_move_and_commands_may_run_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert baseline() == 0
    case = folder / "cases" / "late.yaml"
    case.write_text("\n# a remark\n\n" + case.read_text("utf-8"), "utf-8")
    monkeypatch.chdir(folder / "cases")
    assert checked("--baseline", "../b.json", cases="late.yaml") == 0
    assert checked("--baseline", "../b.json", cases=str(case)) == 0


def test_it_does_not_grow_unless_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert baseline() == 0
    before = (folder / "b.json").read_bytes()
    second(folder)
    capsys.readouterr()
    assert checked("--baseline", "b.json") == 1
    assert baseline() == 1
    assert (
        "cases/open.yaml: partner.joining@A1 contested: new; `servanda baseline --grow` accepts it"
        in capsys.readouterr().out
    )
    assert baseline("--prune") == 1
    assert checked("--write-baseline", "b.json") == 1
    assert (folder / "b.json").read_bytes() == before
    assert baseline("--grow") == 0
    assert checked("--baseline", "b.json") == 0


def test_what_is_gone_is_told_removed_and_fails_where_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = second(folder)
    assert baseline() == 0
    case = folder / "cases" / "late.yaml"
    case.write_text(case.read_text("utf-8").replace("2043-09-01", "2043-07-01"), "utf-8")
    other.unlink()
    gone = ["term.notice@T1 of cases/late.yaml", "partner.joining@A1 of cases/open.yaml"]
    assert checked("--baseline", "b.json") == 0
    told = " ".join((folder / "report").read_text("utf-8").split())
    assert all(f"b.json: {each} is no longer found" in told for each in gone)
    before = (folder / "b.json").read_bytes()
    assert baseline("--check") == 0
    assert baseline("--check", "--prune") == 1
    assert (folder / "b.json").read_bytes() == before
    capsys.readouterr()
    assert baseline("--prune") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{NOTICE}: no longer found, removed",
        "cases/open.yaml: partner.joining@A1 contested: no longer found, removed",
        "b.json: 0 findings accepted",
    ]
    assert (folder / "b.json").read_text("utf-8") == spelt(())
    assert baseline("--check", "--prune") == 0


def test_a_breach_that_comes_back_after_pruning_is_new(folder: Path) -> None:
    case = folder / "cases" / "late.yaml"
    text = case.read_text("utf-8")
    assert baseline() == 0
    case.write_text(text.replace("2043-09-01", "2043-07-01"), "utf-8")
    assert baseline("--prune") == 0
    case.write_text(text, "utf-8")
    assert checked("--baseline", "b.json") == 1


def test_nothing_is_written_where_a_case_can_not_be_judged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "cases" / "bad.yaml").write_text("facts: 7\n", "utf-8")
    assert baseline() == 2
    assert "b.json is left as it is, because not every case could be judged" in capsys.readouterr().err
    assert checked("--write-baseline", "b.json") == 2
    assert not (folder / "b.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "cases", "--baseline", "gone.json"), "gone.json:1:1: can't be read: no such file or directory"),
        (
            ("check", "cases", "--write-baseline", "b.json", "--without", "N1"),
            "--write-baseline accepts cases as they are written; leave out --assume and --without",
        ),
        (
            ("check", "cases", "--write-baseline", "b.json", "--changed-since", "HEAD"),
            "--write-baseline accepts what fails in every case, changed or not; leave out --changed-since",
        ),
        (("baseline", "cases"), "name the file to write with `-o`, or set `baseline`"),
        (
            ("baseline", "-o", "b.json"),
            "nothing to check: name a case file, a folder or a glob, or `-` for standard input",
        ),
        (("baseline", "cases", "-o", "b.json", "--prune"), "--prune: there is no baseline `b.json`"),
        (("baseline", "cases", "-o", "b.json", "--prune", "--check"), "--prune: there is no baseline `b.json`"),
        (("baseline", "cases", "-o", "no/b.json"), "can't write `no/b.json`: there is no folder `no`"),
    ],
)
def test_refusals(folder: Path, arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*arguments, "--pack", str(SPOKEN), "--engine", "referee"]) == 2
    assert capsys.readouterr().err == f"servanda: {message}\n"
    assert sorted(each.name for each in folder.iterdir()) == ["cases"]
