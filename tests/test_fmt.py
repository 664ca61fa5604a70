"""`servanda fmt`: one layout, the same documents, every comment; and what is laid out already stays as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.cli import run
from checker.formatting.layout import FormatError, formatted
from checker.load import Document, load_each, plain

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = [*ROOT.glob("rules/*/*.yaml"), *ROOT.glob("rules/*/tests/*.yaml"), *ROOT.glob("examples/*.yaml")]
OTHERS = sorted(ROOT.glob("tests/**/*.yaml"))


def laid_out(text: str) -> str:
    return formatted(text.encode(), "x.yaml").decode()


def values(text: bytes) -> list[object]:
    loaded = load_each(text, "x.yaml")
    assert all(isinstance(each, Document) for each in loaded), loaded
    return [plain(each.root) for each in loaded if isinstance(each, Document)]


# --- random texts, laid out in random ways ---------------------------------------

WORDS = ["a", "b-c", "on", "1", "2024-07-18", "'q u'", '"d: #"', "x y", "$a - P1Y", "Что", '"\\u0041"', "~", "yes"]
FOLDED = ["one\n  two", "'one\n\n  two'", '"one\n  two"']


class _Layout:
    """A YAML text with any layout that the language allows; a comment can stand wherever one may."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.one = chance.choice
        self.width = chance.choice((1, 2, 3, 4, 7))

    def text(self) -> str:
        told = self.comment(0) + self.one(("", "---\n", "--- # i\n")) + self.document()
        for _ in range(self.one((0, 0, 1))):
            told += self.comment(0) + self.one(("---\n", "...\n---\n")) + self.document()
        return self.one(("", "\ufeff")) + told + self.comment(self.one((0, 2)))

    def document(self) -> str:
        return self.one((self.mapping, self.mapping, self.items))(0, 0)

    def comment(self, indent: int) -> str:
        if self.chance.random() < 0.8:
            return ""
        blanks = " " * self.one((indent, indent, 0, indent + 3))
        return "\n" * self.one((0, 0, 1, 3)) + blanks + self.one(("# c", "#c  ", "# - d: {")) + "\n"

    def beside(self) -> str:
        return self.one(("", "", "", " # e", "     #e ", "  "))

    def lead(self, indent: int) -> str:
        return "\n" * self.one((0, 0, 0, 1, 2)) + self.comment(indent) + " " * indent

    def mapping(self, indent: int, depth: int) -> str:
        names = self.chance.sample(["a", "rules", "'k'", '"m n"', "on", "c d"], self.one((1, 2, 3)))
        members = (f"{name}{self.one(('', '', ' '))}:{self.value(indent, depth)}" for name in names)
        return "".join(self.lead(indent) + member for member in members)

    def items(self, indent: int, depth: int) -> str:
        return "".join(f"{self.lead(indent)}-{self.item(indent, depth)}" for _ in range(self.one((1, 2, 3))))

    def item(self, indent: int, depth: int) -> str:
        if depth > 3 or self.chance.random() < 0.5:
            return self.value(indent, depth)
        blanks = self.one((1, 1, 3))
        inner = self.one((self.mapping, self.items))(indent + 1 + blanks, depth + 1)
        if inner.lstrip("\n ").startswith("#") or inner.startswith("\n"):
            return f"{self.beside()}\n{inner}"
        return " " * blanks + inner.lstrip(" ")

    def value(self, indent: int, depth: int) -> str:
        """What stands after a key or a dash, with the blanks before it and the end of its last line."""
        deep = indent + self.width
        kind = self.one(range(20)) if depth < 4 else 0
        if kind < 15:
            return self.scalar(kind, indent, deep)
        if kind < 18:
            return f"{self.beside()}\n" + self.mapping(deep, depth + 1)
        return f"{self.beside()}\n" + self.items(indent + self.one((0, self.width)), depth + 1)

    def scalar(self, kind: int, indent: int, deep: int) -> str:
        if kind < 8:
            return f" {self.one(('', ' '))}{self.one(WORDS)}{self.beside()}\n"
        if kind < 9:
            return f"{self.beside()}\n"
        if kind < 11:
            return f"{self.beside()}\n{self.comment(deep)}{' ' * deep}{self.flow(0)}\n"
        if kind < 13:
            return f" {self.one((self.flow(0), self.one(FOLDED)))}".replace("\n", "\n" + " " * indent) + "\n"
        return self.block_scalar(" " * deep)

    def flow(self, depth: int) -> str:
        kind = self.chance.random()
        if depth > 2 or kind < 0.5:
            return self.one(WORDS)
        around = self.one(("", " ", "", "\n      ", "\n         # f\n      "))
        comma = self.one((", ", ",", " , ", ",\n      ", ", # g\n      "))
        names = [f"k{number}: " if kind < 0.75 else "" for number in range(self.one((0, 1, 2, 3)))]
        inner = around + comma.join(name + self.flow(depth + 1) for name in names) + around
        return f"{{{inner}}}" if kind < 0.75 else f"[{inner}]"

    def block_scalar(self, blanks: str) -> str:
        header = self.one(("|", ">", ">-", "|+", f"|{self.width}", f">{self.width}-", "| # h"))
        lines = self.one((["x"], ["x", "", " y ", "z"], ["# no comment", "a: b"], ["x", ""], ["x", "", ""]))
        return f" {header}\n" + "".join(f"{blanks}{each}\n" if each else "\n" for each in lines)


@given(st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_any_text_is_laid_out_once(chance: Random) -> None:
    raw = _Layout(chance).text().encode()
    once = formatted(raw, "x.yaml")
    assert values(once) == values(raw)
    assert once.count(b"#") == raw.count(b"#")
    assert formatted(once, "x.yaml") == once


# --- what it does, by example ------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:   b", "a: b\n"),
        ("a: b  \n\n\n\nc: d\n\n", "a: b\n\nc: d\n"),
        ("\n\n# c\n\na: b\n", "# c\n\na: b\n"),
        ("a:\n- b\n-   c: d\n    e: f\n", "a:\n  - b\n  - c: d\n    e: f\n"),
        ("a:\n     b:\n          c\n", "a:\n  b: c\n"),
        ("{a: {b:   [1,2 ,3], c: }}", "{a: {b: [1, 2, 3], c: }}\n"),
        ("a: [ x: 1, { y } ]\n", "a: [x: 1, {y}]\n"),
        ('{"a":1}', '{"a": 1}\n'),
        ("a: [b,\n c,\n     {d: e,\n f: g}\n  ]\n", "a: [b,\n  c,\n  {d: e,\n    f: g}\n]\n"),
        ("a:\n    {b: c}\n", "a:\n  {b: c}\n"),
        ("a: [b, # one\n  c, ]\n", "a: [b, # one\n  c]\n".replace(" # one", "  # one")),
        ("a: b # c\n", "a: b  # c\n"),
        ("a: b     # c\n", "a: b     # c\n"),  # it may stand under others
        ("a: # c\n    # d\n  e: f\n", "a:  # c\n  # d\n  e: f\n"),
        (
            "a:\n    - b\n    # of the list\n# of what follows\nc: d\n",
            "a:\n  - b\n  # of the list\n# of what follows\nc: d\n",
        ),
        ("a:\n- b: c\n  # in the item\n- d\n", "a:\n  - b: c\n    # in the item\n  - d\n"),
        ("- - a\n  -   b\n", "- - a\n  - b\n"),
        ("-\n  a: b\n", "- a: b\n"),
        ("-\n  # c\n  a: b\n", "-\n  # c\n  a: b\n"),
        ("a: |\n      x\n        y\n\n\nb: c\n", "a: |\n  x\n    y\n\nb: c\n"),
        ("a: |4\n      x\n", "a: |4\n      x\n"),
        ("a: |+\n x\n\n\nb: c\n", "a: |+\n  x\n\n\nb: c\n"),
        ("a: >-\n   x \n   y\n", "a: >-\n  x \n  y\n"),
        ("a: b\n     c\n", "a: b\n  c\n"),
        ("a: 'b\n\n  c'\n", "a: 'b\n\n  c'\n"),
        ('a: "b \\\n       c"\n', 'a: "b \\\n  c"\n'),
        ("? a\n: b\n", "a: b\n"),
        ("--- # c\na: b\n...\n---\nd: e\n", "---  # c\na: b\n...\n---\nd: e\n"),
        ("a:\r\n- b\r\n", "a:\r\n  - b\r\n"),
        ("\ufeffa:  b\n", "\ufeffa: b\n"),
        ("plain\n   text\n", "plain\n  text\n"),
    ],
)
def test_layout(before: str, after: str) -> None:
    assert laid_out(before) == after
    assert laid_out(after) == after


def test_rules_stand_apart_and_nothing_else_does() -> None:
    before = "rules:\n\n- id: a\n  when: []\n- id: b\n  # of b\n\n\n# on c\n- {id: c}\n- {id: d}\n"
    before += "facts:\n- a: b\n  c: d\n- e: f\n  g: h\n"
    after = """\
rules:
  - id: a
    when: []

  - id: b
    # of b

  # on c
  - {id: c}
  - {id: d}
facts:
  - a: b
    c: d
  - e: f
    g: h
"""
    assert laid_out(before) == after
    assert laid_out(after) == after
    assert laid_out("types:\n  rules:\n  - a: b\n    c: d\n  - a: b\n    c: d\n").count("\n\n") == 0


@pytest.mark.parametrize("path", sorted(SHIPPED), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_shipped_is_laid_out(path: Path) -> None:
    raw = path.read_bytes()
    assert formatted(raw, path.name) == raw


def test_every_other_file_of_the_checkout_can_be_laid_out() -> None:
    done = 0
    for path in OTHERS:
        raw = path.read_bytes()
        if all(isinstance(each, Document) for each in load_each(raw, path.name)):
            once = formatted(raw, path.name)
            assert values(once) == values(raw)
            assert formatted(once, path.name) == once
            done += 1
    assert done > 30


def test_what_can_not_be_read_is_refused() -> None:
    for text, message in {"a: &x b": "anchor `&x` is not allowed", "a: b: c": "`:` can't", "": "file is empty"}.items():
        with pytest.raises(FormatError, match=message):
            laid_out(text)


def test_what_would_be_read_otherwise_is_refused() -> None:
    with pytest.raises(FormatError, match="can't be formatted: it would not be read as before"):
        laid_out('? "a key\n  of two lines"\n: b\n')


# --- the command -------------------------------------------------------------------

MESSY, NEAT = "a:\n- b\n", "a:\n  - b\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command runs: a file to lay out, one that is, and JSON, which is no matter of it."""
    for name, text in {"messy.yaml": MESSY, "neat.yaml": NEAT, "x.json": '{"a":1}'}.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files_are_written_in_place(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "messy.yaml").chmod(0o640)
    assert run(["fmt", "."]) == 0
    assert capfd.readouterr() == ("reformatted messy.yaml\n", "servanda: 1 file reformatted, 1 left as it is\n")
    assert (folder / "messy.yaml").read_text("utf-8") == NEAT
    assert (folder / "messy.yaml").stat().st_mode & 0o777 == 0o640
    assert run(["fmt", ".", "--quiet"]) == 0
    assert capfd.readouterr() == ("", "")


def test_to_check_writes_nothing(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["fmt", "--check", "messy.yaml", "neat.yaml"]) == 1
    assert capfd.readouterr().out == "would reformat messy.yaml\n"
    assert run(["fmt", "--diff", "messy.yaml", "neat.yaml"]) == 1
    assert capfd.readouterr().out == "--- messy.yaml\n+++ messy.yaml\n@@ -1,2 +1,2 @@\n a:\n-- b\n+  - b\n"
    assert (folder / "messy.yaml").read_text("utf-8") == MESSY
    assert run(["fmt", "--check", "neat.yaml"]) == run(["fmt", "--diff", "neat.yaml"]) == 0


def test_one_bad_file_does_not_keep_the_rest(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.yaml").write_text("a: *b\n", "utf-8")
    assert run(["fmt", "bad.yaml", "messy.yaml", "gone.yaml", "x.json"]) == 2
    told = capfd.readouterr()
    assert told.out == "reformatted messy.yaml\n"
    assert told.err.splitlines() == [
        "servanda: bad.yaml:1:4: alias `*b` is not allowed; write its value out (limit `aliases`)",
        "servanda: gone.yaml: no such file",
        "servanda: x.json: only YAML is formatted",
        "servanda: 1 file reformatted, 0 left as they are",
    ]


def test_standard_input(folder: Path) -> None:
    command = [sys.executable, "-m", "checker", "fmt", "-"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, input=MESSY, capture_output=True, text=True, check=True, env=environ)
    assert (done.stdout, done.stderr) == (NEAT, "")


def test_nothing_to_format(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "json").mkdir()
    (folder / "x.json").rename(folder / "json" / "x.json")
    assert (run(["fmt"]), run(["fmt", "json"])) == (2, 2)
    assert capfd.readouterr().err.splitlines() == [
        "servanda: nothing to format: name a file, a folder or a glob, or `-` for standard input",
        "servanda: nothing to format: there is no YAML file here",
    ]
