"""The threat model says what is so: limits as in the code, tests that are there, modules that reach nothing."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from checker.load_tree import Limits

ROOT = Path(__file__).resolve().parent.parent
MODEL = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text("utf-8")
LIMITS = re.findall(r"(?m)^\| .+ \| ([\d,]+) \| `([\w.]+)` \|", MODEL)


def in_the_code(name: str) -> object:
    """The value of `module.NAME`, or of a field with a default."""
    module, _, last = name.rpartition(".")
    if last.islower():
        module, _, noun = module.rpartition(".")
        return getattr(import_module(f"checker.{module}"), noun)._field_defaults[last]
    return getattr(import_module(f"checker.{module}"), last)


@pytest.mark.parametrize(("told", "name"), LIMITS, ids=[name for _, name in LIMITS])
def test_a_limit_is_what_the_code_says(told: str, name: str) -> None:
    assert int(told.replace(",", "")) == in_the_code(name)


def test_every_limit_of_reading_is_told() -> None:
    assert {name.rpartition(".")[2] for _, name in LIMITS if "Limits" in name} == set(Limits._fields)
    assert len(LIMITS) == MODEL.split("## Limits")[1].count("\n| ") - 1


def test_the_tests_that_hold_it_are_there() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", MODEL)
    assert (
        len(named) > len(re.findall(r"(?m)^\| ", MODEL.split("which test holds it")[1].split("## What is left")[0])) - 2
    )
    for file, test in named:
        assert re.search(rf"(?m)^def {test}\(", (ROOT / "tests" / file).read_text("utf-8")), f"{file}::{test}"


def test_links_of_the_security_policy_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", SECURITY)
    assert links
    assert all((ROOT / link).is_file() for link in links)


# What could run something else, reach another machine, or make objects of what it reads; and who may all the same.
REACHING = {
    "asyncio", "concurrent", "ctypes", "ftplib", "http", "marshal", "multiprocessing", "pickle", "poplib",
    "runpy", "shelve", "smtplib", "socket",
    "socketserver", "ssl", "subprocess", "telnetlib", "urllib.request", "webbrowser", "xmlrpc",
}  # fmt: skip
MAY = {
    ("history", "subprocess"),
    ("printing", "subprocess"),
    ("trials", "concurrent"),
    ("workers", "multiprocessing"),
}
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "spawn", "fork", "unsafe_load", "full_load"}


def test_no_module_can_run_or_reach_anything_else() -> None:
    found: set[tuple[str, str]] = set()
    for path in (ROOT / "checker").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Import(names=names):
                    found |= {(path.stem, name) for alias in names if (name := _reaching(alias.name))}
                case ast.ImportFrom(module=str(module), names=names):
                    wanted = (module, *(f"{module}.{alias.name}" for alias in names))
                    found |= {(path.stem, name) for each in wanted if (name := _reaching(each))}
                case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                    found.add((path.stem, name))
                case ast.Call(func=ast.Attribute(value=ast.Name(id="os" | "yaml" | "builtins"), attr=name)) if (
                    name in CALLS
                ):
                    found.add((path.stem, name))
    assert found == MAY


def _reaching(module: str) -> str | None:
    return next((each for each in REACHING if module == each or module.startswith(f"{each}.")), None)
