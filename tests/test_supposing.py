"""What if: a case judged with facts that it does not state and without some that it does; and remedies applied."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from checker import CaseError, OpenPack, UsageError, check, load_pack

ROOT = Path(__file__).resolve().parent.parent
FORM = "from: russia, to-end: 1, form: written, channel: diplomatic"
ON_TIME = f"notice: {{id: NOTE-2, {FORM}, sent: 2043-05-18, received: 2043-05-20}}"
TOO_LATE = f"notice: {{id: NOTE-1, {FORM}, sent: 2043-08-28, received: 2043-09-01}}"
FIELDS = {
    "id": "NOTE-2", "from": "russia", "to-end": 1, "form": "written", "channel": "diplomatic",
    "sent": "2043-05-18", "received": "2043-05-20",
}  # fmt: skip
LATE = f"""\
agreement: isls
as-of: 2043-10-01
facts:
  # forty-five days late
  - {TOO_LATE}
actions:
  - terminate: {{id: T1, by: russia, effective: 2044-07-18}}
"""


@pytest.fixture(scope="module")
def isls() -> OpenPack:
    return load_pack("isls")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "case.yaml").write_text(LATE, "utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "checker", "check", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=env, timeout=60, check=False)


def refused(folder: Path, *arguments: str) -> str:
    done = run(folder, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr.removeprefix("servanda: ").rstrip("\n")


# --- in a program -----------------------------------------------------------------


def test_a_fact_assumed_counts_as_one_of_the_case(isls: OpenPack) -> None:
    assert check(LATE, isls).status == "violated"
    for spelt in (ON_TIME, json.dumps({"notice": FIELDS}), {"notice": FIELDS}):
        verdict = check(LATE, isls, assume=[spelt])
        assert verdict.status == "compliant"
        assert [str(each.fact.place) for each in verdict.assumed] == [
            "--assume:1:1" if spelt is ON_TIME else "--assume:1:2"
        ]
    assert verdict.without == ()


def test_an_action_assumed_is_proposed(isls: OpenPack) -> None:
    case = "as-of: 2043-10-01\nfacts: []\n"
    assert check(case, isls).status == "not-applicable"
    verdict = check(case, isls, assume=["terminate: {id: T9, by: china, effective: 2044-07-18}"])
    assert verdict.status == "violated"
    assert {(each.action, str(each.place)) for each in verdict.findings if each.status == "violated"} == {
        ("T9", "--assume:1:1")
    }


def test_facts_and_actions_are_left_out_by_their_id(isls: OpenPack) -> None:
    assert check(LATE, isls, without=["T1"]).status == "not-applicable"
    verdict = check(LATE, isls, without=["NOTE-1"], as_of="2043-06-01")
    assert (verdict.status, verdict.without) == ("pending", ("NOTE-1",))
    assert all(each.fact.type != "notice" for each in verdict.assumed)


def test_a_fact_takes_the_place_of_one_left_out(isls: OpenPack) -> None:
    same_id = ON_TIME.replace("NOTE-2", "NOTE-1")
    with pytest.raises(CaseError) as clash:
        check(LATE, isls, assume=[same_id])
    assert str(clash.value) == (
        "--assume:1:14: `NOTE-1` is the id of another notice already, with other content: <text>:5:5"
    )
    assert check(LATE, isls, assume=[same_id], without=["NOTE-1"]).status == "compliant"


@pytest.mark.parametrize(
    ("assume", "words"),
    [
        (["notice: {form: spoken}"], ["--assume:1:16: `spoken` is not one of written, oral"]),
        (["notice: {}", "notice: {fom: oral}"], ["--assume#2:1:10: unknown field `fom` of `notice`; did you"]),
        (["notise: {}"], ["--assume:1:1: unknown type `notise`; did you mean `notice`?"]),
        (["period: {number: 1}"], ["--assume:1:1: `period` follows from the rules; a case can't state it"]),
        (["terminate: {by: china}"], ["--assume:1:1: an action needs an `id`: `terminate: {id: A1, …}`"]),
        (["notice"], ["--assume:1:1: one fact is wanted here: `type: {field: value, …}`"]),
        ([""], ["--assume:1:1: one fact is wanted here: `type: {field: value, …}`"]),
        (["notice: {}\nbody: {}"], ["--assume:1:1: one fact is wanted here: `type: {field: value, …}`"]),
        (["notice: {}\n---\nbody: {}"], ["--assume:3:1: there are several documents here; one fact is wanted"]),
        (["notice: {from: "], ["--assume:2:1: a value is missing here"]),
        (["body: {name: 1}", "body: {of: 2}"], ["--assume#1:1:14: ", "--assume#2:1:12: "]),
    ],
)  # fmt: skip
def test_what_is_no_fact_is_refused_where_it_stands(assume: list[str], words: list[str], isls: OpenPack) -> None:
    with pytest.raises(CaseError) as refused:
        check(LATE, isls, assume=assume)
    told = str(refused.value).splitlines()
    assert len(told) == len(words)
    assert all(line.startswith(word) for line, word in zip(told, words, strict=True))


def test_an_id_that_the_case_lacks_is_refused(isls: OpenPack) -> None:
    with pytest.raises(UsageError, match=r"^--without: no case has the id `NOTE-I`; did you mean `NOTE-1`\?$"):
        check(LATE, isls, without=["NOTE-I"])


# --- on the command line -------------------------------------------------------------


def test_the_report_says_what_was_changed(folder: Path) -> None:
    done = run(folder, "case.yaml", "--assume", ON_TIME, "--without", "NOTE-1")
    assert done.returncode == 0
    heading, *lines = done.stdout.splitlines()
    assert heading == "case.yaml: compliant, as of 2043-10-01"
    told = " ".join(lines[: lines.index("")])
    assert told.startswith("Assumed: notice(id: NOTE-2, from: russia, ")
    assert told.endswith("received: 2043-05-20); left out: NOTE-1")
    (case,) = json.loads(run(folder, "case.yaml", "--assume", ON_TIME, "--without", "NOTE-1", "-o", "json").stdout)[
        "cases"
    ]
    assert case["without"] == ["NOTE-1"]
    assert case["assumed"][0]["fact"]["notice"]["received"] == "2043-05-20"
    assert case["assumed"][0]["location"] == {"file": "--assume", "line": 1, "column": 1}
    assert run(folder, "case.yaml", "--without", "NOTE-1").stdout.splitlines()[1] == "Left out: NOTE-1"
    assert run(folder, "case.yaml", "--assume", "body: {name: X}").stdout.splitlines()[1] == "Assumed: body(name: X)"
    assert "ssumed" not in run(folder, "case.yaml").stdout


def test_a_value_of_what_is_assumed_is_underlined_in_its_own_text(folder: Path) -> None:
    text = run(folder, "case.yaml", "--without", "NOTE-1", "--assume", TOO_LATE).stdout
    column = TOO_LATE.index("2043-09-01") + 1
    assert f"  --> case.yaml:7:5\n  --> --assume:1:{column}\n" in text
    lines = text.splitlines()
    (at,) = (number for number, line in enumerate(lines) if line.startswith("  1 | "))
    marked = [char for char, mark in zip(lines[at], lines[at + 1], strict=False) if mark == "^"]
    assert "".join(marked) == "2043-09-01"


def test_a_fact_goes_to_the_cases_whose_pack_knows_its_type(folder: Path) -> None:
    (folder / "other.yaml").write_text("agreement: iss-iga\nas-of: 2027-01-01\nfacts: []\n", "utf-8")
    done = run(folder, "case.yaml", "other.yaml", "--assume", "ip-item: {id: X}", "-o", "json")
    assert [len(case["assumed"]) for case in json.loads(done.stdout)["cases"]] == [1, 0]
    assert refused(folder, "other.yaml", "--assume", "ip-item: {id: X}").startswith(
        "--assume:1:1: unknown type `ip-item`"
    )


def test_an_id_need_not_be_in_every_case_and_a_bad_case_may_have_it(folder: Path) -> None:
    (folder / "other.yaml").write_text(LATE.replace("NOTE-1", "NOTE-3"), "utf-8")
    done = run(folder, "case.yaml", "other.yaml", "--without", "NOTE-3", "-o", "json")
    assert [case["without"] for case in json.loads(done.stdout)["cases"]] == [[], ["NOTE-3"]]
    assert (
        refused(folder, "case.yaml", "--without", "NOTE-3")
        == "--without: no case has the id `NOTE-3`; did you mean `NOTE-1`?"
    )
    (folder / "other.yaml").write_text(LATE.replace("NOTE-1", "NOTE-3").replace("form:", "fom:"), "utf-8")
    done = run(folder, "case.yaml", "other.yaml", "--without", "NOTE-3", "-o", "concise")
    assert (done.returncode, "unknown field `fom`" in done.stdout) == (2, True)


def test_a_clash_of_ids_is_not_shown_in_a_line_of_the_case(folder: Path) -> None:
    done = run(folder, "case.yaml", "--assume", ON_TIME.replace("NOTE-2", "NOTE-1"))
    assert done.returncode == 2
    assert "--assume:1:14: error: `NOTE-1` is the id of another notice already" in done.stdout
    assert " | " not in done.stdout


# --- remedies applied ---------------------------------------------------------------------


def test_a_remedy_applied_is_a_case_in_which_the_finding_is_put_right(folder: Path, isls: OpenPack) -> None:
    found = check(folder / "case.yaml", isls)
    remedies = [(finding.rule, each) for finding in found.findings for each in finding.remedies]
    assert remedies
    for rule, remedy in remedies:
        done = run(folder, "case.yaml", "--apply-remedy", str(remedy.number), "-o", "concise")
        target = folder / f"case.remedy-{remedy.number}.yaml"
        assert (done.returncode, done.stderr) == (1, f"servanda: remedy {remedy.number} written to {target.name}\n")
        text = target.read_text("utf-8")
        assert text != LATE
        assert "  # forty-five days late\n" in text
        after = {finding.rule: finding.status for finding in check(target, isls).findings}
        assert after.get(rule, "silent") == remedy.status
    assert (folder / "case.yaml").read_text("utf-8") == LATE
    assert len(list(folder.iterdir())) == len(remedies) + 1


def test_a_remedy_is_not_written_over_a_file(folder: Path) -> None:
    (folder / "case.remedy-1.yaml").write_text("mine", "utf-8")
    words = "--apply-remedy: can't write `case.remedy-1.yaml`: it is there already"
    assert refused(folder, "case.yaml", "--apply-remedy", "1") == words
    assert (folder / "case.remedy-1.yaml").read_text("utf-8") == "mine"
    assert len(list(folder.iterdir())) == 2


def test_a_remedy_is_applied_to_one_case_as_it_is_written(folder: Path) -> None:
    (folder / "two.yaml").write_text(f"{LATE}---\n{LATE}", "utf-8")
    several = "--apply-remedy: one case in a file of its own is wanted, not 2"
    for cases in (("two.yaml",), ("case.yaml", "no-such.yaml")):
        assert refused(folder, *cases, "--apply-remedy", "1") == several
    assert refused(folder, "case.yaml", "--apply-remedy", "99").startswith(
        "--apply-remedy: the case has no remedy 99; it has "
    )
    (folder / "fine.yaml").write_text(LATE.replace("2043-09-01", "2043-07-01"), "utf-8")
    assert (
        refused(folder, "fine.yaml", "--apply-remedy", "1") == "--apply-remedy: the case has no remedy 1; it has none"
    )
    for flags in (("--assume", "body: {name: X}"), ("--without", "NOTE-1"), ("--no-remedies",)):
        assert "leave out --assume, --without and --no-remedies" in refused(
            folder, "case.yaml", "--apply-remedy", "1", *flags
        )
