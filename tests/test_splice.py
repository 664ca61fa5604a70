"""A patch changes the text where it must and nowhere else; expected texts are written out whole."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import CaseError
from checker.load import Document, Format, Limits, Node, load, load_each, plain
from checker.splice import SpliceError, patched, spliced
from checker.splice_edits import Edit
from checker.splice_style import Source
from checker.verdict import PatchStep

ROOT = Path(__file__).resolve().parent.parent
NOTICE = {"notice": {"id": "N2", "from": "russia", "to-end": 2, "received": "2043-07-18"}}


def add(path: str, value: object) -> PatchStep:
    return PatchStep("add", path, value)  # type: ignore[arg-type]  # any plain value


def put(path: str, value: object) -> PatchStep:
    return PatchStep("replace", path, value)  # type: ignore[arg-type]


def drop(path: str) -> PatchStep:
    return PatchStep("remove", path)


def splice(text: str | bytes, *steps: PatchStep, kind: Format = "yaml", index: int = 0) -> str:
    raw = text if isinstance(text, bytes) else text.encode()
    document = load_each(raw, "case", format=kind)[index]
    assert isinstance(document, Document), document
    return spliced(document, raw, steps, format=kind).decode()


# --- YAML, in blocks ------------------------------------------------------------

CASE = """\
# A case.
agreement: isls   # the pack
as-of: 2026-11-21
facts:
  # the first
  - notice: {id: N1, from: russia, to-end: 1, form: written}  # by hand

  # about the second
  - body: {name: IKI, of: russia}
  # the end of the facts
actions:
  - terminate: {id: T1, by: russia, effective: 2044-07-18}
expect: {notice.termination: violated}
"""


@pytest.mark.parametrize(
    ("step", "old", "new"),
    [
        (
            add("/facts/-", NOTICE),
            "  # the end",
            "  - notice: {id: N2, from: russia, to-end: 2, received: 2043-07-18}\n  # the end",
        ),
        (
            add("/actions/-", {"terminate": {"id": "T2"}}),
            "expect",
            "  - terminate: {id: T2}\nexpect",
        ),
        (add("/facts/0/notice/received", "2043-07-18"), "written}", "written, received: 2043-07-18}"),
        (add("/expect/verdict", "violated"), "violated}", "violated, verdict: violated}"),
        (
            add("/title", "Late: or not"),
            "expect: {notice.termination: violated}\n",
            'expect: {notice.termination: violated}\ntitle: "Late: or not"\n',
        ),
        (put("/facts/0/notice/from", "china"), "from: russia", "from: china"),
        (put("/facts/0/notice/to-end", 2), "to-end: 1", "to-end: 2"),
        (put("/facts/0/notice/to-end", "2"), "to-end: 1", 'to-end: "2"'),
        (put("/facts/1/body/name", "Institute, of space"), "name: IKI", 'name: "Institute, of space"'),
        (put("/facts/1/body/name", "研究所"), "name: IKI", "name: 研究所"),
        (put("/facts/1/body/name", "no"), "name: IKI", "name: no"),
        (put("/facts/1/body/name", "null"), "name: IKI", 'name: "null"'),
        (put("/facts/1/body/name", "a\u202eb"), "name: IKI", 'name: "a\\u202eb"'),
        (put("/facts/1/body/name", ""), "name: IKI", 'name: ""'),
        (drop("/facts/0"), "  - notice: {id: N1, from: russia, to-end: 1, form: written}  # by hand\n", ""),
        (drop("/facts/1"), "  - body: {name: IKI, of: russia}\n", ""),
        (
            drop("/actions/0"),
            "actions:\n  - terminate: {id: T1, by: russia, effective: 2044-07-18}\n",
            "actions: []\n",
        ),
    ],
    ids=lambda each: f"{each.op} {each.path} {each.value}" if isinstance(each, PatchStep) else "",
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_step_in_blocks(step: PatchStep, old: str, new: str, newline: str, mark: str) -> None:
    assert CASE.count(old) == 1
    text = mark + CASE.replace("\n", newline)
    assert splice(text, step) == mark + CASE.replace(old, new).replace("\n", newline)


def test_steps_are_made_one_after_another() -> None:
    told = splice(CASE, put("/facts/1/body/of", "china"), add("/facts/-", {"body": {"name": "X"}}), drop("/facts/0"))
    wanted = CASE.replace("of: russia", "of: china").replace("  # the end", "  - body: {name: X}\n  # the end")
    assert told == wanted.replace("  - notice: {id: N1, from: russia, to-end: 1, form: written}  # by hand\n", "")


def check(before: str, after: str, *steps: PatchStep, kind: Format = "yaml", index: int = 0) -> None:
    assert splice(before, *steps, kind=kind, index=index) == after
    if kind == "yaml":  # nothing hangs on how lines end
        assert splice(before.replace("\n", "\r\n"), *steps, index=index) == after.replace("\n", "\r\n")


LIST = (add("/facts", []), add("/facts/-", {"a": {"x": 1}}), add("/facts/-", {"a": {"x": 2}}))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # not there: before the actions, indented as they are
        ("n: 1\nactions:\n  - b: {}\n", "n: 1\nfacts:\n  - a: {x: 1}\n  - a: {x: 2}\nactions:\n  - b: {}\n"),
        (
            "n: 1\n# Done.\nactions:\n- b: {z: 1}",
            "n: 1\nfacts:\n- a: {x: 1}\n- a: {x: 2}\n# Done.\nactions:\n- b: {z: 1}",
        ),
        ("actions:\n    - b: {z: 1}\n", "facts:\n    - a: {x: 1}\n    - a: {x: 2}\nactions:\n    - b: {z: 1}\n"),
        ("# C\nactions: [{b: {z: 1}}]\n", "# C\nfacts: [{a: {x: 1}}, {a: {x: 2}}]\nactions: [{b: {z: 1}}]\n"),
        # no actions: at the end, whether or not the text ends with a break
        ("\nn: 1", "\nn: 1\nfacts:\n  - a: {x: 1}\n  - a: {x: 2}"),
        ("n: 1  # one\n# C\n", "n: 1  # one\nfacts:\n  - a: {x: 1}\n  - a: {x: 2}\n# C\n"),
        ("n: |\n  t\n\nactions: []\n", "n: |\n  t\n\nfacts:\n  - a: {x: 1}\n  - a: {x: 2}\nactions: []\n"),
        # there, and nothing in it
        ("facts: # none\nactions: []\n", "facts: # none\n  - a: {x: 1}\n  - a: {x: 2}\nactions: []\n"),
        ("facts:\n", "facts:\n  - a: {x: 1}\n  - a: {x: 2}\n"),
        ("facts: []  # none\nn: 1\n", "facts: [{a: {x: 1}}, {a: {x: 2}}]  # none\nn: 1\n"),
        ("facts: ~\nn: 1\n", "facts: [{a: {x: 1}}, {a: {x: 2}}]\nn: 1\n"),
        ("{n: 1, actions: []}\n", "{n: 1, facts: [{a: {x: 1}}, {a: {x: 2}}], actions: []}\n"),
        ("{n: 1}", "{n: 1, facts: [{a: {x: 1}}, {a: {x: 2}}]}"),
        ("{}", "{facts: [{a: {x: 1}}, {a: {x: 2}}]}"),
    ],
)
def test_a_list_that_is_not_there_yet(before: str, after: str) -> None:
    check(before, after, *LIST)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # blocks all the way down, and how far they are indented
        ("l:\n- a:\n    x: 0\n", "l:\n- a:\n    x: 0\n- a:\n    x: 1\n    y: b\n"),
        ("l:\n  -   a:\n        x: 0", "l:\n  -   a:\n        x: 0\n  -   a:\n        x: 1\n        y: b"),
        ("l:\n  -\n    a:\n      x: 0\n", "l:\n  -\n    a:\n      x: 0\n  - a:\n      x: 1\n      y: b\n"),
        ("l:\n- a:\n    x: |\n      t\nn: 1\n", "l:\n- a:\n    x: |\n      t\n- a:\n    x: 1\n    y: b\nn: 1\n"),
        ("l:\n  - {a: {x: 0}}\n", "l:\n  - {a: {x: 0}}\n  - {a: {x: 1, y: b}}\n"),
        ('l:\n  - "a": {"x":0,"y":1}\n', 'l:\n  - "a": {"x":0,"y":1}\n  - "a": {"x":1,"y":"b"}\n'),
        # brackets on one line, and on several
        ("l: [{a: {x: 0}}]\n", "l: [{a: {x: 0}}, {a: {x: 1, y: b}}]\n"),
        ("l: [ { a: { x: 0 } } ]\n", "l: [ { a: { x: 0 } }, { a: { x: 1, y: b } } ]\n"),
        ("l: [{a: {x: 0}},]\n", "l: [{a: {x: 0}}, {a: {x: 1, y: b}},]\n"),
        ("l: [\n  {a: {x: 0}}, # c\n]\n", "l: [\n  {a: {x: 0}}, # c\n  {a: {x: 1, y: b}},\n]\n"),
        ("l: [\n  {a: {x: 0}} # c\n  # d\n]\n", "l: [\n  {a: {x: 0}}, # c\n  {a: {x: 1, y: b}}\n  # d\n]\n"),
        ("l: [ # c\n]\n", "l: [ # c\n{a: {x: 1, y: b}}]\n"),
        ("l: []", "l: [{a: {x: 1, y: b}}]"),
        ("l: [a: {x: 0}]", "l: [a: {x: 0}, {a: {x: 1, y: b}}]"),
    ],
)  # fmt: skip
def test_an_item_is_written_as_the_one_before_it(before: str, after: str) -> None:
    check(before, after, add("/l/-", {"a": {"x": 1, "y": "b"}}))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("m:\n  a: 1 # c\n  # d\nn: 1\n", "m:\n  a: 1 # c\n  z: v\n  # d\nn: 1\n"),
        ("m:\n  a:\n    - 1\n    - 2", "m:\n  a:\n    - 1\n    - 2\n  z: v"),
        ("m: {a: 1,\n    b: 2}\n", "m: {a: 1,\n    b: 2,\n    z: v}\n"),
        ("m: {\n  a: 1,\n  }\n", "m: {\n  a: 1,\n  z: v,\n  }\n"),
        ("m: {a: , b}\n", "m: {a: , b, z: v}\n"),
        ("m: {}\n", "m: {z: v}\n"),
        ("? m\n: a: 1\n", "? m\n: a: 1\n  z: v\n"),
    ],
)
def test_a_field_is_written_as_the_others(before: str, after: str) -> None:
    check(before, after, add("/m/z", "v"))


def test_facts_come_before_actions_that_come_first_in_a_list() -> None:
    check("- actions: [b]\n  n: 1\n", "- facts: []\n  actions: [b]\n  n: 1\n", add("/0/facts", []))


def test_a_mapping_without_brackets_in_a_list_with_brackets_gets_them() -> None:
    check("l: [a: b, c]\n", "l: [{a: b, z: v}, c]\n", add("/l/0/z", "v"))


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("k: 'it''s'  # c\n", "don't", "k: 'don''t'  # c\n"),
        ("k: 'a'\n", "b\nc", 'k: "b\\nc"\n'),
        ('k: "a\\tb"\n', "c", 'k: "c"\n'),
        ('k: "a\n  b"\nn: 1\n', "c", 'k: "c"\nn: 1\n'),
        ("k: a\n  b # c\nn: 1\n", "d", "k: d # c\nn: 1\n"),
        ("k: a\n", "x # y", 'k: "x # y"\n'),
        ("k: a\n", "- x", 'k: "- x"\n'),
        ("k: a\n", 7, "k: 7\n"),
        ("k: 'a'\n", 7, "k: 7\n"),
        ("k: # c\nn: 1\n", "v", "k: v # c\nn: 1\n"),
        ("k:\n", "v", "k: v\n"),
        ("{k: , n: 1}", "v", "{k: v, n: 1}"),
        ("{k, n: 1}", "v", "{k: v, n: 1}"),
        ("k: >- # c\n  a\n  b\n\nn: 1\n", "v", "k: v # c\n\nn: 1\n"),
        ("k: |\n  a\n  b", "v", "k: v"),
        ("k: |\n  a\n", "v", "k: v\n"),
    ],
)
def test_a_scalar_keeps_its_quotes(before: str, value: object, after: str) -> None:
    check(before, after, put("/k", value))


@pytest.mark.parametrize(
    ("before", "index", "after"),
    [
        ("l:\n- a: 1\n  b: 2\n- c\n", 0, "l:\n- c\n"),
        ("l:\n  - a\n  - b", 1, "l:\n  - a"),
        ("l:\n  - a\n  - b\n", 1, "l:\n  - a\n"),
        ("l: # c\n  # d\n  - a # e\n  # f\nn: 1\n", 0, "l: [] # c\n  # d\n  # f\nn: 1\n"),
        ("l:\n- a", 0, "l: []"),
        ("l:\n  -\n    # - x\n    a: 1\n  - b\n", 0, "l:\n  - b\n"),
        ("l:\n  -\n# - x\n    a: 1\n  - b\n", 0, "l:\n  - b\n"),
        ("l:\n  - |\n    t\n\n  - b\n", 0, "l:\n  - b\n"),
        ("l: [a, # c\n  b]\n", 0, "l: [ # c\n  b]\n"),
        ("l: [a, b, c]\n", 0, "l: [b, c]\n"),
        ("l: [a, b, c]\n", 1, "l: [a, c]\n"),
        ("l: [a, b, c]\n", 2, "l: [a, b]\n"),
        ("l: [a, b, ]\n", 1, "l: [a, ]\n"),
        ("l: [ a ]\n", 0, "l: []\n"),
        ("l: [ # c\n  a, # d\n]\n", 0, "l: [ # c\n   # d\n]\n"),
        ("l: [\n  a, # a\n  # of b\n  b, # b\n  c # c\n]\n", 0, "l: [\n  # of b\n  b, # b\n  c # c\n]\n"),
        ("l: [\n  a, # a\n  # of b\n  b, # b\n  c # c\n]\n", 1, "l: [\n  a, # a\n  # of b\n  c # c\n]\n"),
        ("l: [\n  a, # a\n  # of b\n  b, # b\n  c # c\n]\n", 2, "l: [\n  a, # a\n  # of b\n  b # b\n]\n"),
        ("l: [\n  a,\n  b,\n]\n", 1, "l: [\n  a,\n]\n"),
    ],
)
def test_an_item_goes_with_what_is_its_own(before: str, index: int, after: str) -> None:
    check(before, after, drop(f"/l/{index}"))


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("- - a\n  - b\n- c\n", "/0/0", "- - b\n- c\n"),
        ("- - a\n- c\n", "/0/0", "- []\n- c\n"),
        ("-\n  - a\n- c\n", "/0/0", "-\n  []\n- c\n"),
        ("- a\n", "/0", "[]\n"),
    ],
)
def test_lists_in_lists(before: str, path: str, after: str) -> None:
    check(before, after, drop(path))


# --- JSON -------------------------------------------------------------------------

PLAIN = {"as-of": "2026-11-21", "facts": [{"body": {"name": "ИКИ", "of": "russia"}}], "actions": [{"t": {"id": "T1"}}]}
STEPS = (
    add("/facts/-", NOTICE),
    add("/facts/0/body/day", "2026-01-01"),
    put("/facts/0/body/name", 'the "IKI"'),
    put("/as-of", "2026-11-22"),
    drop("/actions/0"),
    drop("/facts/0"),
    add("/expect", {"a.b": "violated"}),
)


def dumps(value: object, indent: int | str | None = None, separators: tuple[str, str] | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)


WRITERS: dict[str, Callable[[object], str]] = {
    "minified": lambda value: dumps(value, separators=(",", ":")),
    "on one line": lambda value: dumps(value) + "\n",
    "pretty": lambda value: dumps(value, 2) + "\n",
    "wide": lambda value: dumps(value, 4),
    "tabs": lambda value: dumps(value, "\t") + "\n",
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.op} {step.path}")
def test_json_comes_out_as_its_writer_would_have_written_it(writer: str, step: PatchStep) -> None:
    write = WRITERS[writer]
    assert splice(write(PLAIN), step, kind="json") == write(patched(PLAIN, step))


@pytest.mark.parametrize("writer", WRITERS)
def test_a_list_of_facts_comes_before_the_actions_in_json(writer: str) -> None:
    write = WRITERS[writer]
    before = {"as-of": "2026-11-21", "actions": [{"t": {"id": "T1"}}]}
    after = {"as-of": "2026-11-21", "facts": [NOTICE], "actions": [{"t": {"id": "T1"}}]}
    assert splice(write(before), add("/facts", []), add("/facts/-", NOTICE), kind="json") == write(after)
    empty = {"as-of": "2026-11-21", "facts": [], "actions": [{"t": {"id": "T1"}}]}
    assert splice(write(empty), add("/facts/-", NOTICE), kind="json") == write(after)


def test_pretty_json_with_facts_on_a_line_each_keeps_them_so() -> None:
    before = '{\n  "facts": [\n    {"a": {"x": 1}}\n  ]\n}\n'
    after = '{\n  "facts": [\n    {"a": {"x": 1}},\n    {"b": {"y": "\\u0085"}}\n  ]\n}\n'
    assert splice(before, add("/facts/-", {"b": {"y": "\x85"}}), kind="json") == after


def test_json_without_any_comma_has_its_commas_as_its_colons() -> None:
    assert splice('{"l":[{"a":1}]}', add("/l/-", {"a": 2}), kind="json") == '{"l":[{"a":1},{"a":2}]}'
    assert splice('{"l": [{"a": 1}]}', add("/l/-", {"a": 2}), kind="json") == '{"l": [{"a": 1}, {"a": 2}]}'


# --- one document among others -------------------------------------------------------


def test_one_line_of_json_lines() -> None:
    lines = ['{"facts": [], "n": 0}', "", ' {"facts":[],"n":1}', '{"facts": [], "n": 2}']
    told = splice("\r\n".join(lines), add("/facts/-", {"a": {"x": 1}}), kind="jsonl", index=1)
    lines[2] = ' {"facts":[{"a":{"x":1}}],"n":1}'
    assert told == "\r\n".join(lines)


def test_one_document_of_several_though_another_is_bad() -> None:
    text = "a: 1\n---\n# nothing\n---\na: {b: [}\n---\na: 3 # c\n...\n---\na: 4\n"
    assert splice(text, put("/a", 5), index=2) == text.replace("3", "5")
    assert splice(text, add("/b", "c"), index=2) == text.replace("3 # c\n", "3 # c\nb: c\n")


# --- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "step", "words"),
    [
        ("a: 1\n", put("/b", 1), "case:1:1: `/b` names nothing here"),
        ("a: [1]\n", drop("/a/1"), "case:1:4: `/a/1` names nothing here"),
        ("a: [1]\n", drop("/a/-"), "case:1:4: `/a/-` names nothing here"),
        ("a: 1\n", drop("/a"), "case:1:4: `/a`: only an item of a list can be removed"),
        ("a: [1, 2]\n", add("/a/0", 1), "case:1:4: `/a/0`: an item can be added only at the end of a list"),
        ("a: 1\n", add("/a/b", 1), "case:1:4: `/a/b` names nothing here"),
        ("a:\n  b: 1\n", put("/a", 1), "case:2:3: this is no scalar; only a scalar can be replaced"),
        ("a: 1\n", put("", 1), "case:1:1: the whole document can't be changed, only what is in it"),
        ("a: |\n  t", add("/b", 1), "`add /b` can't be written here by itself: it would be read otherwise"),
        ("a: 1\n", put("/a", "\ud800"), "this escape is not a whole character"),
        ("a: 1\n", put("/a", 10**101), "more than 100 digits"),
    ],
)
def test_what_can_not_be_done_is_refused_with_its_place(text: str, step: PatchStep, words: str) -> None:
    with pytest.raises(SpliceError) as refused:
        splice(text, step)
    assert words in str(refused.value)


def test_an_anchor_that_others_name_is_left_alone() -> None:
    text, limits = b"a: &x {n: 1}\nb: *x\n", Limits(aliases=1)
    (document,) = load(text, "case", error=CaseError, limits=limits)
    with pytest.raises(SpliceError, match="it would be read otherwise"):
        spliced(document, text, [put("/b/n", 2)], limits=limits)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit(3, 4, "1"), "`replace /a` can't be written here by itself: it would be read otherwise"),  # 1 is not true
        (Edit(3, 13, "true\n---\nb: 3"), "another document of the file would change"),
        (Edit(3, 13, "true"), "the file would hold other documents"),
        (Edit(3, 4, "true\n---\nb: 2"), "the file would hold other documents"),
    ],
)
def test_an_edit_that_does_something_else_comes_to_nothing(
    edit: Edit, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checker.splice.Edits.of", lambda *_: [edit])
    with pytest.raises(SpliceError) as refused:
        splice("a: 0\n---\nb: 2\n", put("/a", value=True))
    assert words in str(refused.value)


def test_another_file_than_the_one_read_is_refused() -> None:
    (document,) = load("a: 1\n", "case", error=CaseError)
    with pytest.raises(SpliceError, match="case:1:1: the file is not the one that was read"):
        spliced(document, b"a: 2\n", [put("/a", 3)])


def test_patched_leaves_what_it_is_given_alone() -> None:
    given_, step = {"a": [1]}, add("/a/-", {"b": 1})
    after = patched(given_, step)
    assert (given_, after) == ({"a": [1]}, {"a": [1, {"b": 1}]})
    assert patched(after, add("/a/1/c", 2)) == {"a": [1, {"b": 1, "c": 2}]}
    assert step.value == {"b": 1}


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_in_every_example_facts_are_added_as_they_stand_there(path: Path) -> None:
    raw = path.read_bytes()
    (document,) = load(raw, path.name, error=CaseError)
    fact = {"consent": {"id": "C9", "from": "CNSA", "day": "2030-01-01"}}
    line = "  - consent: {id: C9, from: CNSA, day: 2030-01-01}\n"
    assert isinstance(document.root.value, dict)
    steps = [add("/facts/-", fact)] if "facts" in document.root.value else [add("/facts", []), add("/facts/-", fact)]
    line = line if len(steps) == 1 else f"facts:\n{line}"
    text = raw.decode()
    before = "actions:\n" if "\nactions:" in text else "expect:"
    assert text.count(before) == 1
    assert spliced(document, raw, steps).decode() == text.replace(before, line + before)


# --- any case, in any style, any patch ---------------------------------------------------

BREAK = re.compile(r"\r\n|\n|\r")
TEXTS = (
    "russia",
    "2043-07-18",
    "no",
    "5",
    "null",
    "",
    "a: b",
    "x #y",
    "- z",
    "月球",
    "it's",
    '"q"',
    "a, b",
    " lead",
    "b\nc",
)
KEYS = ("id", "from", "to-end", "received", "day", "说明")


class Written(NamedTuple):
    """A file, and which document of it is meant."""

    raw: bytes
    kind: Format
    index: int


class Writer:
    """A writer of YAML with habits that change by chance; comments are numbered, so that each is one of a kind."""

    def __init__(self, chance: Random) -> None:
        """Write as `chance` has it."""
        self.chance = chance
        self.comments = 0

    def comment(self) -> str:
        """A comment that no other is."""
        self.comments += 1
        return f"# comment {self.comments}"

    def scalar(self, value: object) -> str:
        """A scalar, in quotes or not."""
        if not isinstance(value, str):
            return json.dumps(value)
        forms = [json.dumps(value, ensure_ascii=self.chance.random() < 0.3)]
        if re.fullmatch(r"[\w'-][\w' -]*", value) and value not in ("5", "null") and value[0] not in "-'":
            forms.append(value)
        if "\n" not in value:
            forms.append("'" + value.replace("'", "''") + "'")
        return self.chance.choice(forms)

    def flow(self, value: object, indent: str) -> str:
        """A value in brackets, on one line or on several."""
        if not isinstance(value, (dict, list)):
            return self.scalar(value)
        opens, closes = "{}" if isinstance(value, dict) else "[]"
        inner = indent + "  "
        told = (
            [f"{key}: {self.flow(each, inner)}" for key, each in value.items()]
            if isinstance(value, dict)
            else [self.flow(each, inner) for each in value]
        )
        if not told or self.chance.random() < 0.7:
            return opens + ", ".join(told) + closes
        last = self.chance.choice(("", ","))
        lines = [
            f"{inner}{each}{',' if number < len(told) else last}{self.end()}" for number, each in enumerate(told, 1)
        ]
        between = [f"{inner}{self.comment()}"] if self.chance.random() < 0.2 else []
        return "\n".join([opens, *between, *lines, f"{indent}{closes}"])

    def end(self) -> str:
        """What may stand at the end of a line."""
        return f"  {self.comment()}" if self.chance.random() < 0.2 else ""

    def members(self, value: dict[str, Any], indent: str) -> Iterator[str]:
        """The lines of a mapping without brackets."""
        for key, each in value.items():
            if self.chance.random() < 0.15:
                yield self.chance.choice(("", f"{indent}{self.comment()}"))
            if isinstance(each, (dict, list)) and each and self.chance.random() < 0.8:
                yield f"{indent}{key}:{self.end()}"
                step = self.chance.choice(("  ", "    ") if isinstance(each, dict) else ("", "  ", "    "))
                yield from self.below(each, indent + step)
            elif isinstance(each, str) and re.fullmatch(r"\w+", each) and self.chance.random() < 0.1:
                yield f"{indent}{key}: {self.chance.choice(('|-', '>-'))}{self.end()}"
                yield f"{indent}  {each}"
            else:
                told = "" if each is None and self.chance.random() < 0.5 else f" {self.flow(each, indent)}"
                yield f"{indent}{key}:{told}{self.end()}"

    def below(self, value: dict[str, Any] | list[Any], indent: str) -> Iterator[str]:
        """The lines of what stands below its key."""
        if isinstance(value, dict):
            yield from self.members(value, indent)
            return
        for each in value:
            if self.chance.random() < 0.2:
                yield self.chance.choice(("", f"{indent}{self.comment()}"))
            dash = "-" + " " * self.chance.choice((1, 1, 3))
            if isinstance(each, dict) and each and self.chance.random() < 0.8:
                first, *others = self.members(each, indent + " " * len(dash))
                while not first.strip() or first.strip().startswith("#"):
                    yield first
                    first, *others = others
                yield indent + dash + first.strip(" ")
                yield from others
            else:
                yield indent + dash + self.flow(each, indent + "  ") + self.end()

    def document(self, value: dict[str, Any]) -> str:
        """A whole document."""
        if self.chance.random() < 0.1:
            return self.flow(value, "")
        return "\n".join([*([self.comment()] if self.chance.random() < 0.3 else []), *self.members(value, "")])


def written(value: dict[str, Any], others: list[dict[str, Any]], chance: Random) -> Written:
    """A file that holds the value, in a format and a style that chance picks."""
    kind = chance.choice(("yaml", "yaml", "yaml", "json", "jsonl"))
    values, index = [value], 0
    if kind != "json":
        index = chance.randrange(len(others) + 1)
        values = [*others[:index], value, *others[index:]]
    if kind == "yaml":
        text = "\n---\n".join(Writer(chance).document(each) for each in values)
    else:
        indents = [None, 1, 2, 4, "\t"] if kind == "json" else [None]
        separators = chance.choice(((",", ":"), (", ", ": ")))
        told = [
            json.dumps(each, indent=chance.choice(indents), separators=separators, ensure_ascii=chance.random() < 0.5)
            for each in values
        ]
        text = "\n".join(told)
    text = (text + chance.choice(("", "\n"))).replace("\n", chance.choice(("\n", "\r\n")))
    return Written(chance.choice(("", "", "\ufeff")).encode() + text.encode(), kind, index)


def fact(chance: Random) -> dict[str, Any]:
    fields = {key: chance.choice((*TEXTS, 7, -1)) for key in chance.sample(KEYS, chance.randrange(4))}
    return {chance.choice(("notice", "body", "terminate")): fields}


def case_value(chance: Random) -> dict[str, Any]:
    value: dict[str, Any] = {"agreement": "isls", "title": chance.choice(TEXTS), "complete": ["notice"]}
    value["facts"] = chance.choice((None, [], [fact(chance)], [fact(chance) for _ in range(3)]))
    value["actions"] = [fact(chance) for _ in range(chance.randrange(3))]
    value["expect"] = {"a.b": "violated"}
    keys = chance.sample(sorted(value), chance.randrange(2, len(value) + 1))
    return {key: value[key] for key in keys}


def steps_for(value: dict[str, Any], chance: Random) -> list[PatchStep]:
    """The steps that can be asked for here, in an order of chance."""
    found = [put(f"/{key}", chance.choice(TEXTS)) for key in ("agreement", "title") if key in value]
    for name in ("facts", "actions"):
        items = value.get(name)
        if items is None:
            found.append(add(f"/{name}", [fact(chance) for _ in range(chance.randrange(3))]))
            continue
        found.append(add(f"/{name}/-", fact(chance)))
        for index, item in enumerate(items):
            ((kind, fields),) = item.items()
            found.append(drop(f"/{name}/{index}"))
            found.append(add(f"/{name}/{index}/{kind}/more", chance.choice((*TEXTS, 3))))
            found += [put(f"/{name}/{index}/{kind}/{key}", chance.choice((*TEXTS, 3))) for key in fields]
    if "expect" in value:
        found.append(add("/expect/verdict", "violated"))
    return chance.sample(found, len(found))


def after(value: Any, step: PatchStep) -> Any:
    """What a step makes of a plain value, by the plainest means."""
    value = json.loads(json.dumps(value))
    holder, *names = value, *step.path.split("/")[1:]
    for name in names[:-1]:
        holder = holder[int(name)] if isinstance(holder, list) else holder[name]
    if isinstance(holder, dict):
        holder[names[-1]] = step.value
    elif step.op == "add":
        holder.append(step.value)
    else:
        holder.pop(int(names[-1]))
    return value


def touched(document: Document, step: PatchStep) -> set[int]:
    """The lines (from 1) that a step may change or take away; others may only come between lines."""
    chain = [document.root]
    for name in step.path.split("/")[1:]:
        held = chain[-1].value
        if isinstance(held, dict) and name in held:
            chain.append(held[name])
        elif isinstance(held, list) and name != "-":
            chain.append(held[int(name)])
    *_, holder, last = (document.root, *chain)
    is_new = len(chain) <= step.path.count("/")
    if not is_new and step.op != "remove":
        return lines_of(last)
    holder = last if is_new else holder
    children = list(holder.value.values() if isinstance(holder.value, dict) else holder.value or [])  # type: ignore[union-attr,arg-type]
    opening = document.line(holder.span.line)[holder.span.column - 1 :][:1]
    is_flow = opening in ("{", "[")
    if is_new:
        if not is_flow:
            return set()
        follower = holder.value.get("actions") if isinstance(holder.value, dict) else None
        if step.path == "/facts" and follower and follower.key:
            return {follower.key.line}
        return {children[-1].span.end_line} if children else lines_of(holder)
    index = children.index(last)
    lines = lines_of(last)
    if len(children) == 1:
        lines |= lines_of(holder) | ({holder.key.line} if holder.key else set())
    elif is_flow:
        lines |= {children[index - 1].span.end_line} if index else {children[1].span.line}
    return lines


def lines_of(node: Node) -> set[int]:
    first, _, last, column = node.span
    return set(range(first, last + (column > 1 or first == last)))


def is_in_order(some: list[str], lines: list[str]) -> bool:
    rest = iter(lines)
    return all(any(line == each for each in rest) for line in some)


@settings(max_examples=300)
@given(st.randoms(use_true_random=False))
def test_any_patch_of_any_case_changes_what_it_says_and_no_other_line(chance: Random) -> None:
    value = case_value(chance)
    raw, kind, index = written(value, [case_value(chance) for _ in range(chance.randrange(3))], chance)
    for _ in range(3):
        document = load_each(raw, "case", format=kind)[index]
        assert isinstance(document, Document), document
        assert plain(document.root) == value
        step = steps_for(value, chance)[0]
        told = spliced(document, raw, [step], format=kind)
        now = load_each(told, "case", format=kind)[index]
        value = after(value, step)
        assert isinstance(now, Document)
        assert plain(now.root) == value
        kept = touched(document, step)
        lines = [line for number, line in enumerate(document.lines, 1) if number not in kept]
        assert is_in_order(lines, list(now.lines)), (step, raw, told)
        assert told.startswith(b"\xef\xbb\xbf") == raw.startswith(b"\xef\xbb\xbf")
        if not lines or lines[-1].strip():  # else a blank line came last when what stood below it went
            assert told.endswith(b"\n") == raw.endswith(b"\n")
        assert set(BREAK.findall(now.text)) <= set(BREAK.findall(document.text) or ["\n"])
        raw = told


def test_a_line_is_found_without_a_look_at_all_before_it() -> None:
    source = Source("- a long list\n" * 200_000, is_json=False)
    end, began = len(source.text) - 1, time.perf_counter()
    assert {source.line_start(end) for _ in range(20_000)} == {end - 13}
    assert time.perf_counter() - began < 1  # to search 20,000 times through all of it takes some ten seconds


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_line_begins_after_the_break_before_it(ending: str) -> None:
    source = Source(f"ab{ending}{ending}c", is_json=False)
    third = 2 + 2 * len(ending)
    assert [source.line_start(at) for at in (0, 2, 2 + len(ending), third, third + 1)] == [
        0, 0, 2 + len(ending), third, third,
    ]  # fmt: skip
