"""What is installed: packs found from anywhere, nothing heavy loaded to start, nothing left out of a build."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from checker.version import __version__

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"durable", "durable_rules_engine", "jinja2", "jsonschema", "jsonschema_rs", "pydantic", "rich"}


@pytest.mark.parametrize("where", [ROOT, ROOT / "tests", ROOT / "checker", Path("/")], ids=str)
def test_the_packs_are_found_from_any_folder(where: Path) -> None:
    asked = "from checker.shelf import find_pack, packs_folder; print(packs_folder(), find_pack('isls'), sep='\\n')"
    found = _python("-c", asked, cwd=where).stdout.split("\n")
    assert found[:2] == [str(ROOT / "rules"), str(ROOT / "rules" / "isls")]


def test_rules_is_a_folder_of_packs_and_not_a_package() -> None:
    """A wheel holds it as `checker/rules`, where an `__init__.py` would hide the module `checker.rules`."""
    assert list((ROOT / "rules").rglob("*.py")) == []


@pytest.mark.parametrize(
    "command",
    [("-c", "import checker"), ("-c", "import checker.cli"), ("-m", "checker", "--version")],
    ids=" ".join,
)
def test_nothing_heavy_is_loaded_to_start(command: tuple[str, ...]) -> None:
    lines = _python("-X", "importtime", *command).stderr.splitlines()
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines if line.startswith("import time:")}
    assert "checker" in loaded
    assert loaded & HEAVY == set()


def test_the_command_says_its_version() -> None:
    assert _python("-m", "checker", "--version").stdout == f"servanda {__version__}\n"


def test_a_wheel_holds_the_package_and_the_packs(tmp_path: Path) -> None:
    _python("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == _files("checker") | {f"checker/{name}" for name in _files("rules")}


def test_a_source_archive_holds_all_that_the_tests_need(tmp_path: Path) -> None:
    _python("-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path))
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        held = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    folders = (".ci", "checker", "docs", "examples", "rules", "tests")
    assert {name for folder in folders for name in _files(folder)} - held == set()
    assert held >= {"README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml"}


def _files(folder: str) -> set[str]:
    """The files below a folder of the checkout, caches aside."""
    paths = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()}
    return {path.as_posix() for path in paths if "__pycache__" not in path.parts and path.suffix != ".pyc"}


def _python(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Python with the checkout first on its path, whether or not it is installed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, check=True, capture_output=True, text=True
    )
