"""docs/errors.md: its mistakes are those of `tests/bad/`, whose words other tests hold; its commands are run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import blocks, do, page

PAGE = page("errors.md")
BAD = Path(__file__).resolve().parent / "bad"
WORDS = {path: path.read_text("utf-8").splitlines() for path in sorted(BAD.rglob("*.txt"))}
MISTAKES = [
    (written.text, words.text.splitlines())
    for written, words in zip(blocks(PAGE), blocks(PAGE)[1:], strict=False)
    if words.language == "text"
]


def test_its_commands_say_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    do(PAGE, capfd)


def test_every_block_is_held() -> None:
    assert len(blocks(PAGE)) == PAGE.count("\n```") / 2
    loose = [block for block in blocks(PAGE) if not block.file and block.language not in ("console", "text")]
    assert len(loose) == len(MISTAKES) >= 15


@pytest.mark.parametrize(("written", "words"), MISTAKES, ids=[words[0] for _, words in MISTAKES])
def test_a_mistake_gets_these_words(written: str, words: list[str]) -> None:
    """The lines stand in a bad file as they stand on the page, and the words in the file's own."""
    (told,) = [path for path, lines in WORDS.items() if set(words) <= set(lines)]
    lines = _faulty(told).read_text("utf-8").splitlines()
    for each in words:
        place = re.match(r"[\w.-]+:(\d+):", each)
        assert place
        assert lines[int(place[1]) - 1] in written.splitlines()
    assert set(written.splitlines()) <= set(lines)


def _faulty(told: Path) -> Path:
    """The file that gets these words: `x.yaml.txt` is of `x.yaml`, `x.txt` too."""
    return told.with_suffix("") if told.with_suffix("").is_file() else told.with_suffix(".yaml")
