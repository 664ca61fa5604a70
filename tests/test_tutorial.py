"""docs/tutorial.md, done as it is written: each file is written, each command run, all that it prints compared.

Above a block of YAML stands which file it is, or at the end of which file it goes. In a block `console` each line
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

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "tutorial.md").read_text("utf-8")
BLOCK = re.compile(r"(?ms)^(?:(File|At the end of) `([^`\n]+)`:\n\n)?```(\w+)\n(.*?)^```$")
COMMAND = re.compile(r"(?m)^\$ (.*?)(?:  # exit status (\d))?\n((?:(?!\$ ).*\n)*)")


class Block(NamedTuple):
    """A fenced block: the file it is for and whether it goes to the end of it, or neither; its language and text."""

    where: str
    file: str
    language: str
    text: str


class Command(NamedTuple):
    """What is typed, how it ends, and what is printed."""

    typed: str
    status: int
    printed: str


def blocks(page: str) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(page)]


def commands(text: str) -> Iterator[Command]:
    for typed, status, printed in COMMAND.findall(text):
        yield Command(typed, int(status or 0), printed)


def fits(printed: str, told: str) -> bool:
    """Whether what was printed is what was told, line by line."""
    lines = (r"(?:.*\n)*" if line == "…\n" else re.escape(line) for line in told.splitlines(keepends=True))
    return re.fullmatch("".join(lines), printed) is not None


def done(typed: str) -> int:
    """Run a command as a shell would; its exit status."""
    program, *arguments = shlex.split(typed)
    if program == "rm":
        for each in arguments:
            Path(each).unlink()
        return 0
    assert program == "servanda"
    return run(arguments)


def write(block: Block) -> None:
    path = Path(block.file)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text("utf-8") if block.where == "At the end of" else ""
    path.write_text(before + block.text, "utf-8")


def test_it_is_done_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks(PAGE):
        if block.file:
            write(block)
            continue
        assert block.language == "console", f"no file is named for:\n{block.text}"
        for command in commands(block.text):
            status = done(command.typed)
            printed = "".join(capfd.readouterr())
            assert fits(printed, command.printed), f"$ {command.typed}\n{printed}"
            assert status == command.status, command.typed


def test_it_has_ten_steps_and_each_does_something() -> None:
    steps = re.split(r"(?m)^## (\d+)\. ", PAGE)
    assert steps[1::2] == [str(number) for number in range(1, 11)]
    assert all(any(block.language == "console" for block in blocks(step)) for step in steps[2::2])


def test_every_block_is_read() -> None:
    assert len(blocks(PAGE)) == PAGE.count("\n```") / 2
    told = sum(len(list(commands(block.text))) for block in blocks(PAGE) if block.language == "console")
    assert told == PAGE.count("\n$ ")


@pytest.mark.parametrize(
    ("printed", "told", "same"),
    [
        ("a\nb\nc\n", "a\nb\nc\n", True),
        ("a\nb\nc\n", "a\n…\n", True),
        ("a\nb\nc\n", "…\nb\n…\n", True),
        ("a\nb\nc\n", "a\n…\nb\n", False),
        ("a\nb\nc\n", "a\nB\n…\n", False),
        ("a\nb\n", "a\n", False),
        ("", "", True),
        ("a\n", "", False),
    ],
)
def test_only_what_was_left_out_may_differ(printed: str, told: str, same: bool) -> None:  # noqa: FBT001
    assert fits(printed, told) is same
