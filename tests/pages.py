"""Pages of docs/, done as they are written: each file is written, each command run, all that it prints compared.

Above a block of YAML may stand which file it is, or at the end of which file it goes. In a block `console` each line
with `$ ` is a command, a comment behind it tells its exit status unless that is 0, and then comes what it prints;
`…` alone on a line stands for any lines.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from checker.cli import run

DOCS = Path(__file__).resolve().parent.parent / "docs"
_BLOCK = re.compile(r"(?ms)^(?:(File|At the end of) `([^`\n]+)`:\n\n)?```(\w+)(?: (\w+))?\n(.*?)^```$")
_COMMAND = re.compile(r"(?m)^\$ (.*?)(?:  # exit status (\d))?\n((?:(?!\$ ).*\n)*)")


class Block(NamedTuple):
    """A fenced block: the file it is, or to whose end it goes, or neither; its language, mark and text."""

    where: str
    file: str
    language: str
    mark: str
    text: str


class Command(NamedTuple):
    """What is typed, how it ends, and what is printed."""

    typed: str
    status: int
    printed: str


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def blocks(text: str) -> list[Block]:
    return [Block(*found) for found in _BLOCK.findall(text)]


def commands(block: Block) -> Iterator[Command]:
    for typed, status, printed in _COMMAND.findall(block.text):
        yield Command(typed, int(status or 0), printed)


def fits(printed: str, told: str) -> bool:
    """Whether what was printed is what was told, line by line."""
    lines = (r"(?:.*\n)*" if line == "…\n" else re.escape(line) for line in told.splitlines(keepends=True))
    return re.fullmatch("".join(lines), printed) is not None


def do(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Write the files of a page and run its commands, here; what is printed has to be what is told."""
    for block in blocks(text):
        if block.file:
            _write(block)
        elif block.language == "console":
            for command in commands(block):
                status = _run(command.typed)
                printed = "".join(capfd.readouterr())
                assert fits(printed, command.printed), f"$ {command.typed}\n{printed}"
                assert status == command.status, command.typed


def _write(block: Block) -> None:
    path = Path(block.file)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text("utf-8") if block.where == "At the end of" else ""
    path.write_text(before + block.text, "utf-8")


def _run(typed: str) -> int:
    """Run a command as a shell would; its exit status."""
    program, *arguments = shlex.split(typed)
    if program == "rm":
        for each in arguments:
            Path(each).unlink()
        return 0
    assert program == "servanda"
    return run(arguments)
