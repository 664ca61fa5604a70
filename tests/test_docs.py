"""Docs that can't rot: what they name exists, and what exists is named."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import checker
from checker import __all__ as public
from checker.options import ENGINES, FAIL_ON
from checker.report import FORMATS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
MANUAL = (ROOT / "docs" / "commands.md").read_text("utf-8")
COMMANDS = (
    "check",
    "report",
    "baseline",
    "waiver",
    "config",
    "test",
    "lint",
    "rules",
    "explain",
    "calendar",
    "graph",
    "schema",
    "diff",
    "init",
    "fmt",
)


def _help(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "checker", *command, "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout


def test_every_command_is_in_the_readme_and_no_other() -> None:
    listed = re.findall(r"(?m)^  ([a-z]+)  ", _help().split("Commands:")[1])
    assert sorted(listed) == sorted(COMMANDS)
    assert sorted(set(re.findall(r"(?m)^\| `servanda ([a-z]+)", README))) == sorted(COMMANDS)


def test_every_flag_of_a_command_is_in_the_manual_and_no_other() -> None:
    helps = "".join(_help(command) for command in COMMANDS)
    pairs = re.findall(r"(?m)^  (?:-\w, ?)?(--[a-z-]+)(?: ?/ ?(--no-[a-z-]+))?", helps)
    told = {flag for pair in pairs for flag in pair if flag} - {"--help"}
    named = set(re.findall(r"--[a-z][a-z-]+", MANUAL))
    assert told - {"--output"} == named - {"--output"}


@pytest.mark.parametrize("word", [*FORMATS, *FAIL_ON, *ENGINES])
def test_every_format_and_word_is_in_the_manual(word: str) -> None:
    assert re.search(rf"`[^`]*\b{word}\b[^`]*`", MANUAL)


def test_the_two_commands_come_first_and_are_one_line_each() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert [block.count("\n") for block in blocks[:2]] == [1, 1]
    assert "servanda check examples/" in blocks[0]
    assert "pytest" in blocks[1]


def test_the_program_in_the_readme_does_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(program, "README", "exec"), {})  # noqa: S102
    told = re.findall(r"# (\S+)\n", program)
    assert capsys.readouterr().out.split() == told


def test_public_names_can_be_had() -> None:
    assert all(getattr(checker, name) is not None for name in public)


def test_every_module_is_in_the_architecture() -> None:
    told = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    modules = {path.stem for path in (ROOT / "checker").glob("*.py")} - {"__init__", "__main__", "version"}
    assert {name for name in modules if f"`{name}`" not in told} == set()


def test_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"
