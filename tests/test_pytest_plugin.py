"""`pytest --servanda`: cases as tests of pytest, run by the real pytest in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
SPOKEN = Path(__file__).with_name("packs") / "spoken"
LATE = (SPOKEN / "tests" / "violated.yaml").read_text("utf-8")  # violates term.notice, and expects that
WITHOUT = LATE.partition("expect:")[0]
SHIPPED = re.sub("title: .*\n", "", (ROOT / "examples" / "iss-withdrawal.yaml").read_text("utf-8"))
WRONG = f"{WITHOUT}\nexpect: {{term.notice: satisfied}}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Cases that their authors got right, and a test in Python."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "cases/two.yaml": f"title: Told once.\n{SHIPPED}---\ntitle: Told twice.\n{SHIPPED}",
        "cases/deep/late.yaml": f"\ntitle: Deep down.\n{SHIPPED}",
        "test_own.py": "def test_own(): pass\n",
        "servanda.toml": 'pack = "./rules/spoken"\nengine = "referee"\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    shutil.copytree(SPOKEN, tmp_path / "rules" / "spoken")
    return tmp_path


def ran(*arguments: str, status: int, plugins: tuple[str, ...] = ()) -> str:
    """What pytest printed; it has to end with this status."""
    named = [word for each in ("checker.pytest_plugin", *plugins) for word in ("-p", each)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "NO_COLOR": "1"}
    environ.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *named, "-p", "no:cacheprovider", "--strict-markers", *arguments],
        env={**environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def collected(*arguments: str) -> set[str]:
    """The ids of the tests that pytest finds."""
    told = ran("-q", "--collect-only", *arguments, status=0)
    return {line for line in told.splitlines() if "::" in line}


OWN = "test_own.py::test_own"
CASES = {
    "cases/two.yaml::#1 Told once.",
    "cases/two.yaml::#2 Told twice.",
    "cases/deep/late.yaml::Deep down.",
}


@pytest.mark.usefixtures("project")
def test_cases_are_found_beside_the_tests_of_the_project_and_only_where_asked_for() -> None:
    assert collected("--servanda", "cases") == {OWN, *CASES}
    assert collected("--servanda=cases", "cases/deep") == {each for each in CASES if "deep" in each}
    assert collected("--servanda=cases", "cases/two.yaml::#2 Told twice.") == {"cases/two.yaml::#2 Told twice."}
    assert collected("--servanda=cases", "--servanda=cases/deep", "-k", "withdrawal.notice") == CASES
    assert collected("--servanda=cases", "-m", "not servanda") == {OWN}


@pytest.mark.usefixtures("project")
def test_the_tests_of_a_pack_are_found_and_its_own_files_are_none() -> None:
    files = sorted(each.name for each in (SPOKEN / "tests").glob("*.yaml"))
    found = collected("--servanda=rules", "--servanda=rules/spoken", "-m", "servanda")
    assert {each.partition("::")[0] for each in found} == {f"rules/spoken/tests/{name}" for name in files}


def test_a_failure_is_told_as_servanda_test_tells_it(project: Path) -> None:
    (project / "cases" / "wrong.yaml").write_text(WRONG, "utf-8")
    shutil.copy(project / "cases" / "wrong.yaml", project / "rules" / "spoken" / "tests")
    told = ran("rules", "--servanda=rules/spoken", status=1)
    command = [sys.executable, "-m", "checker", "test", "rules/spoken"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    ours = subprocess.run(command, capture_output=True, text=True, check=False, env=environ).stdout
    (line,) = (each for each in ours.splitlines() if "expected term.notice" in each)
    assert line in told.splitlines()
    assert line.startswith("rules/spoken/tests/wrong.yaml:")
    assert "Traceback" not in told
    assert "pytest_plugin.py" not in told


def test_a_case_without_expectations_must_pass_the_gate(project: Path) -> None:
    case = project / "cases" / "deep" / "late.yaml"
    case.write_text(WITHOUT, "utf-8")
    told = ran("cases", "--servanda=cases", status=1)
    assert re.search(r"(?m)^cases/deep/late\.yaml:\d+:\d+: violated\[term\.notice\] ", told)
    settings = project / "servanda.toml"
    settings.write_text(settings.read_text("utf-8") + 'ignore = ["term.notice"]\n', "utf-8")
    ran("cases/deep", "--servanda=cases", status=0)


def test_of_many_documents_each_is_judged_by_itself(project: Path) -> None:
    passes = WITHOUT.replace("received: 2043-09-01", "received: 2043-07-18")
    assert passes != WITHOUT
    (project / "cases" / "two.yaml").write_text(f"{passes}---\n{WITHOUT}---\nagreement: [\n", "utf-8")
    (project / "cases" / "none.yaml").write_text("a: [\n", "utf-8")
    told = ran("cases", "--servanda=cases", "-rA", status=1)
    assert "PASSED cases/two.yaml::#1" in told
    assert "FAILED cases/two.yaml::#2" in told
    assert "FAILED cases/two.yaml::#3" in told
    assert re.search(r"(?m)^cases/none\.yaml:\d+:\d+: error: ", told)
    assert "Traceback" not in told


def test_what_can_not_be_is_refused_in_a_line(project: Path) -> None:
    assert ran("--servanda=nowhere", status=4).startswith("ERROR: --servanda: no pack is called `nowhere`")
    (project / "servanda.toml").write_text('fail-on = "sometimes"\n', "utf-8")
    (project / "cases" / "deep" / "late.yaml").write_text(WITHOUT, "utf-8")
    told = ran("cases/deep", "--servanda=cases", status=1)
    assert re.search(r"(?m)^servanda\.toml:1:1: `fail-on` is `sometimes`", told)
    assert "Traceback" not in told


def test_reports_have_the_place(project: Path) -> None:
    ran("cases", "--servanda=cases", "--junitxml=out.xml", "-o", "junit_family=xunit1", status=0)
    cases = ET.parse(project / "out.xml").iter("testcase")  # noqa: S314 - our own
    places = {(each.get("file"), each.get("name"), each.get("line")) for each in cases}
    assert ("cases/deep/late.yaml", "Deep down.", "1") in places  # from 0


@pytest.mark.usefixtures("project")
def test_tests_run_in_parallel() -> None:
    pytest.importorskip("xdist")
    told = ran("-n2", "--servanda=cases", "-rA", status=0, plugins=("xdist.plugin",))
    assert set(re.findall(r"(?m)^PASSED (.+)$", told)) == {OWN, *CASES}


def test_nothing_but_pytest_is_imported_until_it_is_asked_for(project: Path) -> None:
    (project / "conftest.py").write_text(
        "import sys\ndef pytest_unconfigure():\n"
        "    print('LOADED', *sorted(m for m in sys.modules if m.startswith('checker') or m in ('yaml', 'typer')))\n",
        "utf-8",
    )
    assert "LOADED checker checker.pytest_plugin\n" in ran("-s", status=0)
    assert "checker.testing" in ran("-s", "--servanda=cases", status=0)


def test_the_entry_point_names_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert list(project["entry-points"]["pytest11"]) == ["servanda"]
    assert import_module(project["entry-points"]["pytest11"]["servanda"]).pytest_addoption
