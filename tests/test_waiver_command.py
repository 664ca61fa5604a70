"""`servanda waiver`: a waiver added to its file and nothing else changed, those that stand, and those that ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.cli import run
from checker.waivers import read_waivers

PACK = ("--pack", str(Path(__file__).with_name("packs") / "spoken"))
TODAY, NEW_YEAR = "1795219200", "1798761600"  # 2026-11-21, 2027-01-01
FILE = """\
# What may stand, and who said so.
waivers:
  - id: W-1   # the first
    rule: term.notice
    match: {case: cases/late.yaml}
    reason: >-
      Agreed by
      exchange of notes.
    approver: Head of the legal department
    created: 2026-01-01
    expires: 2027-01-01   # ask again before

  # W-2 was never signed.
"""
BARE = FILE.split("\n\n", 1)[0]
ADD = ("--rule", "term.notice", "--reason", "Agreed: by  notes", "--approver", "Head", "--expires", "2026-12-01")
ADDED = """\
  - id: W-2
    rule: term.notice
    match: {case: cases/*.yaml, action: T1}
    reason: "Agreed: by notes"
    approver: Head
    created: 2026-11-21
    expires: 2026-12-01
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, on 2026-11-21."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", TODAY)
    return tmp_path


def add(*words: str) -> int:
    """`waiver add` with a pack."""
    return run(["waiver", "add", *words, *PACK])


def line(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that a command line is refused with."""
    capfd.readouterr()
    assert run([*words]) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err.removeprefix("servanda: ").removesuffix("\n")


# --- add ----------------------------------------------------------------------------


def test_the_first_waiver_makes_the_file(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert add("--id", "W-2", *ADD, "--case", "cases/*.yaml", "--action", "T1") == 0
    told = (here / "servanda-waivers.yaml").read_text("utf-8")
    assert told == "waivers:\n" + ADDED
    said = capfd.readouterr()
    assert said.out == "servanda-waivers.yaml: W-2 lets term.notice stand to 2026-12-01, when it ends\n"
    passed_over = "servanda: `check` passes servanda-waivers.yaml over, unless `--waivers` or the settings name it\n"
    assert said.err == passed_over
    run(["waiver", "list"])
    assert capfd.readouterr().err == passed_over
    (here / "servanda.toml").touch()
    run(["waiver", "list"])
    assert capfd.readouterr().err == ""


def test_another_one_leaves_all_else_as_it_is(here: Path) -> None:
    path = here / "w.yaml"
    for text in (FILE, FILE.replace("\n", "\r\n"), "\ufeff" + FILE, BARE):
        path.write_bytes(text.encode())
        assert add("w.yaml", "--id", "W-2", *ADD, "--binding", "n=1", "--binding", "who=russia=x") == 0
        after = path.read_bytes().decode()
        same = next((at for at, pair in enumerate(zip(text, after, strict=False)) if pair[0] != pair[1]), len(text))
        assert after.endswith(text[same:])
        assert after.count("\r") in (0, after.count("\n"))
        (one, other) = read_waivers(after.encode(), "w.yaml")
        assert (one.id, other.id) == ("W-1", "W-2")
        assert other.match.bindings == (("n", "1"), ("who", "russia=x"))
        assert (str(other.created), str(other.expires), other.reason) == (
            "2026-11-21",
            "2026-12-01",
            "Agreed: by notes",
        )


def test_a_file_in_json_stays_json(here: Path) -> None:
    for name in ("W-1", "W-2"):
        assert add("w.json", "--id", name, *ADD, "--fingerprint", "f1", "--created", "2026-11-30") == 0
    read = read_waivers((here / "w.json").read_bytes(), "w.json")
    assert [(each.id, each.match.fingerprint, str(each.created)) for each in read] == [
        ("W-1", "f1", "2026-11-30"),
        ("W-2", "f1", "2026-11-30"),
    ]


def test_what_was_added_counts(here: Path) -> None:
    (here / "cases").mkdir()
    case = (Path(PACK[1]) / "tests" / "violated.yaml").read_text("utf-8")
    (here / "cases" / "late.yaml").write_text(case, "utf-8")
    check = ["check", "cases", *PACK, "--engine", "referee", "--no-remedies", "-o", "concise"]
    assert run(check) == 1
    assert add("--id", "W", *ADD, "--case", "cases/late.yaml", "--action", "T1") == 0
    assert run([*check, "--waivers", "servanda-waivers.yaml"]) == 0


def test_what_must_match_is_kept_to_the_letter(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "my  late.yaml").write_text((Path(PACK[1]) / "tests" / "violated.yaml").read_text("utf-8"), "utf-8")
    check = ["check", "my  late.yaml", *PACK, "--engine", "referee", "--no-remedies", "-o", "concise"]
    assert run(check) == 1
    assert add("--id", "W", *ADD, "--case", "my  late.yaml") == 0
    assert run([*check, "--waivers", "servanda-waivers.yaml"]) == 0
    capfd.readouterr()
    assert run(["waiver", "list"]) == 0
    assert ", case my  late.yaml (Head: Agreed: by notes)\n" in capfd.readouterr().out
    parts = ("--case", " *.yaml ", "--action", "T  1", "--binding", "by= the  firm ", "--fingerprint", " f")
    for name in ("w.yaml", "w.json"):
        assert add(name, "--id", "W", *ADD, *parts) == 0
        (waiver,) = read_waivers((here / name).read_bytes(), name)
        assert waiver.match == (" *.yaml ", "T  1", (("by", " the  firm "),), " f")


def test_the_file_that_is_set_is_used(here: Path) -> None:
    (here / "servanda.toml").write_text('waivers = "ours.yaml"\n')
    assert add("--id", "W", *ADD, "--case", "x") == 0
    assert (here / "ours.yaml").exists()


def test_the_name_of_the_file_steers_no_terminal(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "servanda.toml").write_text('waivers = "a\\u001b[31mb.yaml"\n')
    assert add("--id", "W", *ADD, "--case", "x") == 0
    assert run(["waiver", "prune"]) == 0
    assert run(["waiver", "list"]) == 0
    captured = capfd.readouterr()
    assert captured.out.startswith("a\\x1b[31mb.yaml: W lets ")
    assert captured.err == "servanda: a\\x1b[31mb.yaml: none has ended\n"
    assert "\x1b" not in captured.out


def test_everything_an_auditor_asks_is_asked_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    assert line(capfd, "waiver", "add") == (
        "a waiver states everything that an auditor asks; say --id, --rule, --reason, --approver, --expires, "
        "at least one of --case, --action, --binding, --fingerprint"
    )
    assert not Path("servanda-waivers.yaml").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--rule", "term.notise"), "has no rule `term.notise`; did you mean `term.notice`?"),
        (("--rule", "x"), "has no rule `x`; `--pack` names another pack"),
        (
            ("--expires", "2026-11-21"),
            "--expires: `2026-11-21` is not after `2026-11-21`, today, and would cover nothing",
        ),
        (
            ("--created", "2026-12-24"),
            "--expires: `2026-12-01` is not after `2026-12-24`, the day it is created",
        ),
        (("--expires", "soon"), "--expires: `soon` is no day; write year-month-day such as 2026-11-21"),
        (("--reason", " \n"), "--reason: it is empty"),
        (("--approver", "a\x1bb"), "--approver: `a\\x1bb` holds what does not print"),
        (("--case", ""), "--case: it is empty"),
        (("--case", "a\u00a0b"), "--case: `a\\xa0b` holds what does not print"),
        (("--case", "a\nb"), "--case: `a\\nb` holds what does not print"),
        (("--action", "a\tb"), "--action: `a\\tb` holds what does not print"),
        (("--binding", "by=a\nb"), "--binding: `a\\nb` holds what does not print"),
        (("--fingerprint", "a\x1bb"), "--fingerprint: `a\\x1bb` holds what does not print"),
        (("--binding", "party"), "--binding: `party` is not of the form NAME=VALUE"),
        (("--binding", "a=1", "--binding", "a=2"), "--binding: `a=2` is there twice"),
        (("--check",), "`waiver add` takes no --check"),
        (("--id", "W-1"), "--id: `W-1` is taken: w.yaml:3:5"),
    ],
)
def test_what_can_be_no_waiver_is_refused(
    here: Path, capfd: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    (here / "w.yaml").write_text(FILE, "utf-8")
    assert line(capfd, "waiver", "add", "w.yaml", "--id", "W", *ADD, "--case", "x", *PACK, *words).endswith(told)
    assert (here / "w.yaml").read_text("utf-8") == FILE


def test_a_file_that_is_wrong_is_not_made_worse(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    wrong = FILE.replace("    approver: Head of the legal department\n", "")
    (here / "w.yaml").write_text(wrong, "utf-8")
    assert line(capfd, "waiver", "add", "w.yaml", "--id", "W", *ADD, "--case", "x", *PACK).startswith("w.yaml:3:5: ")
    assert (here / "w.yaml").read_text("utf-8") == wrong
    assert line(capfd, "waiver", "add", "gone/w.yaml", "--id", "W", *ADD, "--case", "x", *PACK) == (
        "can't write `gone/w.yaml`: no such file or directory"
    )


# --- list and prune -----------------------------------------------------------------


def test_the_list_says_which_stand_and_for_how_long(
    here: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "w.yaml").write_text(BARE + "\n" + ADDED, "utf-8")
    assert add("w.yaml", "--id", "W-3", *ADD, "--fingerprint", "f1", "--created", "2026-11-25") == 0
    capfd.readouterr()
    assert run(["waiver", "list", "w.yaml"]) == 0
    assert capfd.readouterr().out.splitlines() == [
        (
            "w.yaml:12:5: W-2: ends soon, 10 days left, ends 2026-12-01: term.notice, case cases/*.yaml, action T1"
            " (Head: Agreed: by notes)"
        ),
        "w.yaml:19:5: W-3: begins 2026-11-25, ends 2026-12-01: term.notice, fingerprint f1 (Head: Agreed: by notes)",
        (
            "w.yaml:3:5: W-1: stands, 41 days left, ends 2027-01-01: term.notice, case cases/late.yaml"
            " (Head of the legal department: Agreed by exchange of notes.)"
        ),
        "w.yaml: 3 waivers: 1 stands, 1 ends soon, 1 begins later",
    ]
    assert run(["waiver", "list", "w.yaml", "--check"]) == 1
    assert run(["waiver", "list", "w.yaml", "--check", "--soon", "9"]) == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NEW_YEAR) - 86400))
    capfd.readouterr()
    assert run(["waiver", "list", "w.yaml", "--check", "--soon", "0"]) == 1
    told = capfd.readouterr().out
    assert "W-2: ended 2026-12-01: " in told
    assert "W-1: stands, 1 day left, ends 2027-01-01: " in told
    assert told.endswith("w.yaml: 3 waivers: 1 stands, 2 have ended\n")


def test_those_that_ended_are_taken_out(
    here: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = here / "w.yaml"
    path.write_text(BARE + "\n" + ADDED, "utf-8")
    before = path.read_bytes()
    assert run(["waiver", "prune", "w.yaml"]) == 0
    assert run(["waiver", "prune", "w.yaml", "--check"]) == 0
    assert path.read_bytes() == before
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NEW_YEAR) - 1))
    capfd.readouterr()
    assert run(["waiver", "prune", "w.yaml", "--check"]) == 1
    assert path.read_bytes() == before
    assert capfd.readouterr().out == "w.yaml: W-2 ended 2026-12-01: to be taken out\n"
    assert run(["waiver", "prune", "w.yaml"]) == 0
    assert path.read_text("utf-8") == BARE + "\n"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NEW_YEAR)
    assert run(["waiver", "prune", "w.yaml"]) == 0
    assert read_waivers(path.read_bytes(), "w.yaml") == ()
    assert run(["waiver", "list", "w.yaml"]) == 0
    assert capfd.readouterr().out.endswith("w.yaml: 0 waivers\n")


def test_what_can_not_be_listed(capfd: pytest.CaptureFixture[str]) -> None:
    assert line(capfd, "waiver", "list") == "servanda-waivers.yaml:1:1: can't be read: no such file or directory"
    assert line(capfd, "waiver", "list", "--rule", "x", "--case", "y") == "`waiver list` takes no --rule and no --case"
    assert line(capfd, "waiver", "lst") == "waiver: unknown `lst`; did you mean `list`?"
