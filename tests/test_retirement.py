"""Retired rules: `tests/packs/retired` holds that none of them judges; here is what is said to whoever names one."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.cli import run
from checker.pack import load_pack
from checker.testing import run_tests

PACK = Path(__file__).resolve().parent / "packs" / "retired"
CASE = """\
agreement: retired
as-of: 2026-06-01
actions:
  - launch: {id: L1, by: south, day: 2026-07-01}
"""
GONE = "`visit.yearly` is retired since 2025-06-30: Visits are free"


@pytest.fixture
def case(tmp_path: Path) -> str:
    """A case that rules which are judged find fault with."""
    path = tmp_path / "case.yaml"
    path.write_text(CASE, "utf-8")
    return str(path)


def test_it_is_known_and_not_among_the_rules() -> None:
    pack = load_pack(PACK)
    assert set(pack.rules) == {"launch.permit", "launch.seal"}
    assert [*pack.retired] == ["launch.never", "launch.north", "launch.sealed", "visit.pass", "visit.yearly"]
    gone = pack.retired["visit.pass"]
    assert (str(gone.since), gone.why["zh"], gone.title["en"]) == (
        "2025-06-30",
        "通行证已废除。",
        "A visit needs a pass",
    )


def test_to_select_it_is_refused_and_to_ignore_it_does_no_harm(case: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--pack", str(PACK), case, "--select", "visit.yearly"]) == 2
    assert run(["check", "--pack", str(PACK), case, "--select", "visit.yearly/element"]) == 2
    assert run(["explain", "--pack", str(PACK), case, "--rule", "visit.yearly"]) == 2
    assert capfd.readouterr().err.splitlines() == [
        f"servanda: `--select`: {GONE}",
        f"servanda: `--select`: {GONE}",
        f"servanda: {GONE}",
    ]
    assert run(["check", "--pack", str(PACK), case, "--ignore", "visit.yearly", "-o", "concise"]) == 1
    assert run(["check", "--pack", str(PACK), case, "--ignore", "visit.year", "-o", "concise"]) == 2
    assert "`--ignore` `visit.year` matches no rule" in capfd.readouterr().err


def test_a_test_can_expect_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "pack.yaml").write_bytes((PACK / "pack.yaml").read_bytes())
    expected = "expect: {launch.permit: violated, launch.seal: violated, visit.yearly: silent}"
    (tmp_path / "tests" / "case.yaml").write_text(f"{CASE}{expected}\n", "utf-8")
    (failure,) = run_tests((str(tmp_path),)).failures
    assert (failure.place.line, failure.message) == (5, f"{GONE}; expect nothing of it")


def test_it_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "--pack", str(PACK)]) == 0
    assert "visit.yearly   2025-06-30  One visit for each\n" in capfd.readouterr().out
    assert run(["rules", "visit.yearly", "--pack", str(PACK)]) == 0
    assert "2025-06-30: Visits are free." in capfd.readouterr().out
    assert run(["rules", "visit.yeraly", "--pack", str(PACK)]) == 2
    assert "did you mean `visit.yearly`?" in capfd.readouterr().err
