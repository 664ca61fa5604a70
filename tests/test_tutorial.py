"""docs/tutorial.md, done as it is written, and what that rests on: that no block and no line is passed over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import blocks, commands, do, fits, page

PAGE = page("tutorial.md")


def test_it_is_done_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    do(PAGE, capfd)


def test_it_has_ten_steps_and_each_does_something() -> None:
    steps = re.split(r"(?m)^## (\d+)\. ", PAGE)
    assert steps[1::2] == [str(number) for number in range(1, 11)]
    assert all(any(block.language == "console" for block in blocks(step)) for step in steps[2::2])


def test_every_block_is_a_file_or_commands() -> None:
    read = blocks(PAGE)
    assert len(read) == PAGE.count("\n```") / 2
    assert all(block.file if block.language == "yaml" else block.language == "console" for block in read)
    told = sum(len(list(commands(block))) for block in read if block.language == "console")
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
