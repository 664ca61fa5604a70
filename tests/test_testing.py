"""The author's side of `servanda test`: which tests run, how they are named, what is written for boards of tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree
from test_coverage import RULES, TEST, pack_in

from checker.cli import run
from checker.collecting import collect
from checker.report import trial, trial_junit
from checker.terminal import Look
from checker.testing import TODO, run_tests

ROOT = Path(__file__).resolve().parent.parent
JUNIT = ROOT / "tests" / "schemas" / "junit-10.xsd"
ACT = TEST.removeprefix("agreement: toy\n")

TESTS = {
    "plain.yaml": f"""\
# What all of these are about: not the name of any.
---
# Nothing is attached
# (and more is said of it)
{ACT}expect: {{toy.needs: violated}}
---
title: An act before the agreement
as-of: 2025-04-01
actions: [{{act: {{id: A1, day: 2023-06-01}}}}]
expect: {{toy.needs: silent}}
""",
    "seals.yaml": f"""\
{ACT}expect: {{toy.sealed: satisfied, toy.needs: satisfied}}
""",
}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of two rules with three tests, of which the last fails."""
    folder = pack_in(tmp_path / "toy", {"toy.needs": RULES["toy.needs"][0], "toy.sealed": RULES["toy.forbids"][0]})
    (folder / "tests").mkdir()
    for name, text in TESTS.items():
        (folder / "tests" / name).write_text(text, "utf-8")
    return folder


def add(pack: Path, text: str) -> Path:
    """One more file of tests."""
    path = pack / "tests" / "more.yaml"
    path.write_text(text, "utf-8")
    return path


class Done(NamedTuple):
    """What a command came to."""

    status: int
    out: str
    err: str


@pytest.fixture
def servanda(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """The command `test`, run in this process."""

    def run_command(*arguments: str) -> Done:
        status = run(["test", *arguments])
        return Done(status, *capsys.readouterr())

    return run_command


# --- which tests run --------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), ["plain.yaml#1", "plain.yaml#2", "seals.yaml"]),
        (("plain",), ["plain.yaml#1", "plain.yaml#2"]),  # the file
        (("toy/tests/seals",), ["seals.yaml"]),
        (("*.yaml",), ["plain.yaml#1", "plain.yaml#2", "seals.yaml"]),
        (("ATTACHED",), ["plain.yaml#1"]),  # the comment above it
        (("before the agreement",), ["plain.yaml#2"]),  # the title
        (("toy.sealed",), ["seals.yaml"]),  # a rule that is expected
        (("toy.[a-m]*", "toy.s*"), ["seals.yaml"]),
        (("toy.needs",), ["plain.yaml#1", "plain.yaml#2", "seals.yaml"]),
        (("what all of these",), []),
        (("violated",), []),  # a status is no name
    ],
)
def test_words_choose_tests(words: tuple[str, ...], found: list[str], pack: Path) -> None:
    assert [Path(test.name).name for test in collect((str(pack),), words)] == found


def test_a_file_and_a_folder_of_a_pack_have_the_same_tests(pack: Path) -> None:
    tests = pack / "tests"
    whole = [test.name for test in collect((str(pack),))]
    assert [test.name for test in collect((str(tests),))] == whole
    assert [test.name for test in collect((str(tests / "plain.yaml"), str(tests / "seals.yaml")))] == whole
    assert {test.pack for test in collect((str(tests / "plain.yaml"),))} == {str(pack)}


def test_what_cant_be_read_is_chosen_by_its_file(pack: Path) -> None:
    add(pack, "a: [")
    assert not run_tests((str(pack),), engine="referee", words=("plain",)).problems
    assert run_tests((str(pack),), engine="referee", words=("more",)).problems


def test_nothing_tested_is_no_answer(pack: Path, servanda: Callable[..., Done]) -> None:
    done = servanda(str(pack), "-k", "toy.neds")
    assert done.status == 2
    assert "no test is named by `toy.neds`" in done.out


def test_a_file_that_is_not_there_is_named(servanda: Callable[..., Done]) -> None:
    done = servanda("rules/isls/tests/notices.yaml")
    assert (done.status, done.err) == (2, "servanda: there is no file `rules/isls/tests/notices.yaml`\n")


@pytest.mark.usefixtures("pack")
def test_a_file_of_no_pack_is_judged_by_the_pack_of_the_flag_or_the_settings(
    tmp_path: Path, servanda: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "case.yaml").write_text(f"{ACT}expect: {{toy.needs: violated, toy.sealed: satisfied}}\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert "unknown action `act`" in servanda("case.yaml").out  # it names no pack, so it is asked of `isls`
    assert servanda("case.yaml", "--pack", "./toy").status == 0
    (tmp_path / "servanda.toml").write_text('pack = "./toy"\n', "utf-8")
    assert servanda("case.yaml").status == 0
    assert servanda("toy/tests").out == servanda("toy/tests", "--pack", "isls").out  # they are of the pack they lie in
    other = (ROOT / "examples" / "late-notice.yaml").read_text("utf-8")
    (tmp_path / "case.yaml").write_text(other, "utf-8")
    assert servanda("case.yaml").status == 0  # it says that it is of another agreement


def test_a_finding_on_no_action_is_named_by_its_fact_or_by_the_values_it_is_told_for(
    tmp_path: Path, servanda: Callable[..., Done]
) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "pack.yaml").write_text(
        """
pack: toy
version: 0.1.0
title: T
rounding: down
types:
  loan: {about: A loan., fields: {id: id, number: integer}, world: closed}
  payment: {about: A payment., fields: {of: id, number: integer}, world: closed}
rules:
  - {id: toy.each, title: T, basis: seed, when: [loan: {id: $l}], needs: [payment: {of: $l}]}
  - id: toy.per
    title: T
    basis: seed
    when: [loan: {id: $l, number: $n}]
    needs: [payment: {of: $l, number: $n}]
    per: [$l, $n]
"""
    )
    path = tmp_path / "tests" / "case.yaml"
    case = """as-of: 2026-01-01
facts: [loan: {id: L1, number: 1}, loan: {id: L2, number: 2}, payment: {of: L1, number: 3}]
"""
    path.write_text(case + "expect: {toy.each: satisfied}\n", "utf-8")
    told = servanda(str(path)).out
    assert "not expected: toy.per@L1, 1: violated" in told
    assert "expected toy.each: satisfied, got satisfied and violated" in told
    expected = '"toy.each@loan L1": satisfied, "toy.each@loan L2": violated'
    for status in ("violated", "satisfied"):
        per = f'"toy.per@L1, 1": violated, "toy.per@L2, 2": {status}'
        path.write_text(f"{case}expect: {{{expected}, {per}}}\n", "utf-8")
        assert servanda(str(path)).status == (status != "violated")


# --- how they are named -----------------------------------------------------------


def test_a_failed_test_is_named_by_place_and_title(pack: Path) -> None:
    text = add(pack, TESTS["plain.yaml"].replace("violated", "pending").replace("silent", "violated"))
    told = trial.render(run_tests((str(text),), engine="referee"), Look())
    assert told.splitlines() == [
        f"{text}:7:1: Nothing is attached: expected toy.needs: pending, got violated",
        f"{text}:12:1: An act before the agreement: expected toy.needs: violated, got silent",
        "0 tests passed, 2 failed",
    ]


def test_a_test_without_a_title_is_named_by_its_number(pack: Path) -> None:
    text = add(pack, f"{ACT}expect: {{toy.needs: violated}}\n---\n{ACT}expect: {{toy.needs: pending}}\n")
    told = trial.render(run_tests((str(text),), engine="referee"), Look())
    assert f"{text}:7:1: #2: expected toy.needs: pending, got violated\n" in told


def test_a_rule_that_did_not_apply_fails_its_test(pack: Path) -> None:
    text = add(pack, "as-of: 2025-04-01\nactions: [{ping: {id: P1}}]\nexpect: {toy.needs: satisfied}\n")
    (failure,) = run_tests((str(text),), engine="referee").failures
    assert failure.message == "expected toy.needs: satisfied, got silent"


@pytest.mark.parametrize("rules", [f"{{toy.needs: {TODO}}}", f"{{toy.sealed: silent, toy.needs: {TODO}}}"])
def test_a_draft_is_refused_until_somebody_has_finished_it(rules: str, pack: Path) -> None:
    results = run_tests((str(add(pack, f"{ACT}expect: {rules}\n")),), engine="referee")
    (failure,) = results.failures
    assert results.passed == 0
    assert failure.message == "this is a draft: write what the text demands in the place of `TODO`"


# --- for boards of tests ----------------------------------------------------------


def test_a_junit_report_is_what_jenkins_reads(pack: Path, tmp_path: Path, servanda: Callable[..., Done]) -> None:
    add(pack, "a: [")
    (pack / "tests" / "strange.yaml").write_text(f"title: '<&\\u0007>'\n{ACT}expect: {{toy.needs: pending}}\n", "utf-8")
    path = tmp_path / "report.xml"
    done = servanda(str(pack), "--junit", str(path))
    assert done.status == 2
    report = etree.parse(path)
    etree.XMLSchema(etree.parse(JUNIT)).assertValid(report)
    came = {test.get("name"): [each.tag for each in test] for test in report.iter("testcase")}
    assert came["#1 Nothing is attached"] == []
    assert came["#2 An act before the agreement"] == []
    assert came["<&\\u0007>"] == ["failure"]
    assert sorted(map(tuple, came.values())) == [(), (), ("error",), ("failure",), ("failure",)]
    (counts,) = (dict(root.attrib) for root in report.iter("testsuites"))
    assert (counts["tests"], counts["failures"], counts["errors"]) == ("5", "2", "1")
    messages = {each.get("message") for each in report.iter("failure")}
    assert messages == {"expected toy.needs: satisfied, got violated", "expected toy.needs: pending, got violated"}


def test_a_run_without_tests_is_an_error_there_too(pack: Path) -> None:
    report = etree.fromstring(trial_junit.render(run_tests((str(pack),), words=("absent",))).encode())
    etree.XMLSchema(etree.parse(JUNIT)).assertValid(report)
    assert [each.get("message") for each in report.iter("error")] == [
        "no test is named by `absent`: not by its file, its title or a rule it expects"
    ]


@pytest.mark.parametrize(("where", "why"), [("none/report.xml", "there is no folder"), (".", "it is a folder")])
def test_a_report_that_cant_be_written_is_refused_at_once(
    where: str, why: str, pack: Path, tmp_path: Path, servanda: Callable[..., Done]
) -> None:
    done = servanda(str(pack), "--junit", str(tmp_path / where))
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("servanda: --junit: can't write `")
    assert why in done.err


# --- flags that don't go together -------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--mutate", "--coverage"), "`--coverage` means nothing with --mutate"),
        (("--mutate", "--junit", "x.xml"), "`--junit` means nothing with --mutate"),
        (("--jobs", "2"), "`--jobs` means nothing without --mutate"),
        (("--select", "a.b"), "`--select` means nothing without --mutate"),
    ],
)
def test_flags_that_mean_nothing_are_refused(
    flags: tuple[str, ...], message: str, servanda: Callable[..., Done]
) -> None:
    done = servanda("iss-iga", *flags)
    assert (done.status, done.err) == (2, f"servanda: {message}\n")
