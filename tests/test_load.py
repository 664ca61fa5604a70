"""What can be read is read exactly, with its places; what can't is refused in exact words, in no time.

`tests/bad/load/` holds files that can't be read, each with its `.txt`: the words, whole.
"""

from __future__ import annotations

import gc
import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker import load_yaml
from checker.errors import CaseError, PackError, Place, Problem, ProblemsError, nearest, printable, quoted
from checker.load import Document, Format, Limits, Node, load, load_each, load_file, load_file_each, plain

BAD = sorted(path for path in (Path(__file__).parent / "bad" / "load").iterdir() if path.suffix != ".txt")
DEFAULT = Limits()
unhurried = settings(deadline=None)  # a busy machine is no failure
ALL_FORMATS: tuple[Format, ...] = ("yaml", "json", "jsonl")


def read(source: str | bytes, kind: Format = "yaml", limits: Limits = DEFAULT) -> object:
    """The plain data of the one document that the source is."""
    (document,) = load(source, "f", error=CaseError, format=kind, limits=limits)
    return plain(document.root)


def refusal(source: str | bytes, kind: Format = "yaml", limits: Limits = DEFAULT) -> str:
    with pytest.raises(CaseError) as refused:
        load(source, "f", error=CaseError, format=kind, limits=limits)
    return str(refused.value)


def nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node.value, dict):
        for child in node.value.values():
            yield from nodes(child)
    elif isinstance(node.value, list):
        for child in node.value:
            yield from nodes(child)


def cut(document: Document, span: tuple[int, int, int, int]) -> str:
    """The text that a span spans."""
    line, column, end_line, end_column = span
    lines = [document.line(number) for number in range(line, end_line + 1)]
    lines[-1] = lines[-1][: end_column - 1]
    lines[0] = lines[0][column - 1 :]
    return "\n".join(lines)


# --- what is refused, and how


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_refused_in_these_words(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    with pytest.raises(CaseError) as refused:
        load_file(path.name, error=CaseError)
    assert f"{refused.value}\n" == Path(f"{path.name}.txt").read_text("utf-8")


def test_every_text_has_its_file() -> None:
    texts = {path.name.removesuffix(".txt") for path in BAD[0].parent.glob("*.txt")}
    assert texts == {path.name for path in BAD}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"a: 1\nb: \x00\n", r"f:2:4: character `\x00` can't stand in YAML; write it as an escape in double quotes"),
        (b"\x00", r"f:1:1: character `\x00` can't stand in YAML; write it as an escape in double quotes"),
        (
            b"a: \x1b[31m\r\n\xc2\x85\x7f",
            r"""f:1:4: character `\x1b` can't stand in YAML; write it as an escape in double quotes
f:2:1: character `\x85` can't stand in YAML; write it as an escape in double quotes
f:2:2: character `\x7f` can't stand in YAML; write it as an escape in double quotes""",
        ),
        ("a: x\u2028b: y", r"f:1:5: character `\u2028` can't stand in YAML; write it as an escape in double quotes"),
        ("a: \ufeff", r"f:1:4: character `\ufeff` can't stand in YAML; write it as an escape in double quotes"),
        (b"a: 1\r\nb\xc3\xa9: \xff", "f:2:5: byte `0xff` is not UTF-8; save the file as UTF-8"),
        (b"a: \xed\xa0\x80", "f:1:4: byte `0xed` is not UTF-8; save the file as UTF-8"),
        ("a: 1\nb: \ud800", r"f:2:4: `\ud800` is half a character; write the character itself"),
        ("a: 1".encode("utf-16"), "f:1:1: the file is UTF-16; save it as UTF-8"),
        ("a: 1".encode("utf-32"), "f:1:1: the file is UTF-32; save it as UTF-8"),
        ("a: 1".encode("utf-16-be"), "f:1:1: the file seems to be UTF-16; save it as UTF-8"),
        ("%TAG !a! b\n" * 200_000, "f:1:1: tags are not allowed; leave out the `%TAG` lines"),
        (b"x" * (10 * 1024 * 1024 + 1), "f:1:1: more than 10485760 bytes (limit `bytes`); split the file"),
    ],
)
def test_refused_as_bytes(source: bytes | str, words: str) -> None:
    assert refusal(source) == words


def test_a_name_is_printable_too() -> None:
    assert load_each("", "a\x1b\u202eb\udc80")[0] == (
        Problem(Place("a\x1b\u202eb\udc80"), "the file is empty; a document is wanted"),
    )
    assert str(Place("a\x1b\u202eb\udc80", 2, 3)) == r"a\x1b\u202eb\udc80:2:3"


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 11))
HOSTILE = [
    ("yaml", "[" * 50_000),
    ("yaml", "[\n" * 50_000),
    ("yaml", "- " * 50_000),
    ("yaml", "? " * 50_000),
    ("yaml", "{a: " * 50_000),
    ("yaml", BOMB),
    ("yaml", "&a [*a]"),
    ("yaml", "a: " + "9" * 5_000),
    ("yaml", "a: 1e999999999"),
    ("yaml", "a: 1e-" + "9" * 50),
    ("yaml", "a: \0"),
    ("yaml", b"a: \xff"),
    ("yaml", "a: .nan"),
    ("yaml", r'a: "\ud800"'),
    ("yaml", r'a: "\U7fffffff"'),
    ("yaml", "!!python/object/apply:os.system [true]"),
    ("yaml", "a: 1\n" * 20_000),
    ("json", "[" * 50_000),
    ("json", '{"a":' * 50_000),
    ("json", "[" + "9" * 5_000 + "]"),
    ("json", "[1e99999999999999999999]"),
    ("json", "[NaN]"),
    ("json", r'["\ud800"]'),
    ("json", "\0"),
    ("json", '"' * 50_001),
    ("json", '{"a":1' + ',"a":1' * 20_000 + "}"),
]


@pytest.mark.parametrize(("kind", "source"), HOSTILE, ids=lambda value: repr(value[:16]))
def test_hostile_texts_are_refused_at_once(kind: Format, source: str | bytes) -> None:
    begin = time.process_time()
    refusal(source, kind)
    assert time.process_time() - begin < 0.5


@pytest.mark.parametrize(("kind", "source"), HOSTILE, ids=lambda value: repr(value[:16]))
def test_the_parser_in_python_refuses_them_too(
    kind: Format, source: str | bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_yaml, "Parser", yaml.SafeLoader)
    refusal(source[:5_000], kind)


@unhurried
@given(
    st.text()
    | st.lists(st.sampled_from([*"[]{},:-?!&*|>'\"%@#~ \n\t\\\r", "a", "1", "---\n", "- ", ": "])).map("".join)
)
def test_any_text_is_read_or_refused_in_lines_fit_for_a_terminal(source: str) -> None:
    for kind in ALL_FORMATS:
        for index, each in enumerate(load_each(source, "f", format=kind)):
            if isinstance(each, Document):
                assert each.index == index
            else:
                assert each
                for problem in each:
                    assert str(problem).isprintable()
                    assert problem.place is not None
                    assert problem.message[-1] not in ".\n"


@unhurried
@given(st.binary())
def test_any_bytes_are_read_or_refused(source: bytes) -> None:
    for kind in ALL_FORMATS:
        assert load_each(source, "f", format=kind)


# --- limits


@pytest.mark.parametrize("kind", ["yaml", "json"])
@pytest.mark.parametrize(
    ("limits", "good", "bad", "words"),
    [
        (Limits(depth=2), "[[1]]", "[[[1]]]", "f:1:3: more than 2 levels of nesting (limit `depth`)"),
        (Limits(nodes=3), "[1, 2]", "[1, 2, 3]", "f:1:1: more than 3 values (limit `nodes`)"),
        (Limits(digits=3), "[-999, 1.25]", "[1000]", None),
        (Limits(digits=3), "[0.5e1]", "[1.255]", None),
        (Limits(digits=3), "[1e2]", "[1e3]", None),
        (Limits(string=3), '["abc"]', '["abcd"]', "f:1:2: a text of 4 characters, more than 3 (limit `string`)"),
        (Limits(string=3), '{"abc": 1}', '{"abcd": 1}', "f:1:2: a text of 4 characters, more than 3 (limit `string`)"),
        (Limits(bytes=4), '"é"', '"éé"', "f:1:1: more than 4 bytes (limit `bytes`); split the file"),
    ],
)
def test_limits_hold_to_the_last(limits: Limits, good: str, bad: str, words: str | None, kind: Format) -> None:
    read(good, kind, limits)
    found = refusal(bad, kind, limits)
    assert found == words if words else "more than 3 digits written out (limit `digits`)" in found


def test_raised_digits_are_still_what_python_can_write() -> None:
    assert read("9" * 640, limits=Limits(digits=100_000)) == 10**640 - 1
    assert "more than 640 digits" in refusal("9" * 641, limits=Limits(digits=100_000))


def test_problems_end_at_their_limit() -> None:
    found = refusal("a: !x b\n" * 9, limits=Limits(problems=3)).splitlines()
    assert len(found) == 4
    assert "f:2:4: 3 problems found (limit `problems`); the rest is not looked at" in found
    assert len(refusal("\x01" * 9, limits=Limits(problems=3)).splitlines()) == 4


def test_documents_that_cannot_be_read_end_at_their_limit() -> None:
    found = refusal("--- @\n" * 9, limits=Limits(problems=3)).splitlines()
    assert len(found) == 4
    assert found[-1] == "f:4:1: 3 documents can't be read (limit `problems`); the rest is not looked at"


def test_aliases_when_they_are_allowed() -> None:
    two = Limits(aliases=2)
    document = load("a: &x [1, {b: c}]\nd: *x\ne: *x\n", "f", error=CaseError, limits=two)[0]
    assert plain(document.root) == {key: [1, {"b": "c"}] for key in "ade"}
    assert isinstance(document.root.value, dict)
    assert document.root.value["d"].span == (2, 4, 2, 6)
    assert read("&a k: &b 1\nl: *a\nm: *b\n", limits=two) == {"k": 1, "l": "k", "m": 1}
    assert refusal("[&x 1, *x, *x, *x]", limits=two) == "f:1:16: more than 2 aliases (limit `aliases`)"
    assert refusal("[*x]", limits=two) == "f:1:2: alias `*x` names no anchor above it"
    assert refusal("--- &x a\n--- [*x]", limits=two) == "f:2:6: alias `*x` names no anchor above it"
    assert refusal("[&x 1, {*x : 1}]", limits=two) == "f:1:9: a key must be a text, not an alias"
    cycle = "alias `*x` stands inside the value that it names"
    assert refusal("&x [*x]", limits=two) == f"f:1:5: {cycle}"
    assert refusal("a: &x {b: [1, *x]}", limits=two) == f"f:1:15: {cycle}"


def test_aliases_count_and_nest_as_what_they_stand_for() -> None:
    assert "more than 1000000 values (limit `nodes`)" in refusal(BOMB, limits=Limits(aliases=1_000))
    chain = "- &a [1]\n- &b [*a]\n- &c [*b]\n"
    assert read(chain, limits=Limits(aliases=9, depth=4)) == [[1], [[1]], [[[1]]]]
    words = "f:3:7: more than 3 levels of nesting (limit `depth`)"
    assert refusal(chain, limits=Limits(aliases=9, depth=3)) == words


# --- what YAML means


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, None) for word in ("null", "Null", "NULL", "~")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        ("010", 10),
        ("-7", -7),
        ("+7", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.50", Decimal("1.50")),
        ("0.1", Decimal("0.1")),
        (".5", Decimal("0.5")),
        ("1.", Decimal(1)),
        ("1e3", Decimal("1e3")),
        ("-1.5E-3", Decimal("-0.0015")),
        *((word, word) for word in ("no", "yes", "on", "off", "NO", "y", "nULL", "2023-02-29", "12:30:45", "1_000")),
        *((word, word) for word in ("-0x1F", "0b1", "0o8", "1.2.3", "1e", "e1", ".", "-a", "٣", "=", "inf", "nan")),
        *((f'"{word}"', word) for word in ("null", "true", "1", "1.5", "", "~", ".nan", "<<")),
        ("'it''s'", "it's"),
        (r'"\x41\u00e9\U0001f600\0"', "Aé😀\0"),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    (document,) = load(f"a: {text}\n", "f", error=CaseError)
    assert isinstance(document.root.value, dict)
    found = document.root.value["a"].value
    assert (found, type(found), str(found)) == (value, type(value), str(value))


def test_keys_are_text_as_written() -> None:
    assert read("1: a\n010: b\ntrue: c\nnull: d\n~: e\n1.50: f\n'': g\n? h\n") == {
        "1": "a", "010": "b", "true": "c", "null": "d", "~": "e", "1.50": "f", "": "g", "h": None,
    }  # fmt: skip
    assert refusal('1: a\n"1": b\n') == "f:2:1: key `1` is repeated (first: line 1); keep one"


def test_line_ends_marks_and_blocks() -> None:
    assert read(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n  y\r\n") == {"a": 1, "b": "x\ny\n"}
    assert read("\ufeffa: 1\rb: >\r  x\r  y\r") == {"a": 1, "b": "x y\n"}
    assert read(b'\xef\xbb\xbf{"a":\r\n1}', "json") == {"a": 1}


def test_whole_streams() -> None:
    documents = load("# x\n---\na: 1\n---\n---\n# empty\n---\nb: 2\n...\n---\n~\n", "f", error=CaseError)
    assert [plain(each.root) for each in documents] == [{"a": 1}, {"b": 2}, None]
    assert [each.index for each in documents] == [0, 1, 2]
    assert [str(each.place(each.root)) for each in documents] == ["f:3:1", "f:8:1", "f:11:1"]
    lines = load('{"a": 1}\r\n\n  \n[2]\r"x"', "f.jsonl", error=CaseError)
    assert [plain(each.root) for each in lines] == [{"a": 1}, [2], "x"]
    assert [str(each.place(each.root)) for each in lines] == ["f.jsonl:1:1", "f.jsonl:4:1", "f.jsonl:5:1"]


def test_one_bad_document_does_not_spoil_the_others() -> None:
    def outcome(source: str, name: str) -> list[object]:
        return [
            plain(each.root) if isinstance(each, Document) else [str(problem) for problem in each]
            for each in load_each(source, name)
        ]

    assert outcome("a: 1\n---\nb: @\n# c\n--- \r\nd: [\n---\ne: 1\ne: 2\n---\nf: 1\n", "f") == [
        {"a": 1},
        ["f:3:4: `@` can't begin a value; put a text that begins so in quotes"],
        ["f:7:1: a value is missing here"],
        ["f:9:1: key `e` is repeated (first: line 8); keep one"],
        {"f": 1},
    ]
    assert outcome("- 'a\n---\nb: 1\n", "f") == [["f:1:3: this quote is not closed before the document ends"], {"b": 1}]
    assert outcome("{a: 1}\nb: 2\n---\nc: 1\n", "f") == [
        ["f:2:1: nothing can follow the document here; check the indentation, or write `---` before a new one"],
        {"c": 1},
    ]
    assert outcome("a: 1\n---\n%YAML 3.0\n---\nb: 1\n--- c", "f")[-1] == "c"
    assert outcome("a: 1\n...\n%YAML 3.0\n---\nb: 1\n--- c", "f") == [
        {"a": 1},
        ["f:3:1: this version of YAML is unknown; write `%YAML 1.2`, or leave the line out"],
        "c",
    ]
    assert outcome('1\n[2\n{"c": 3}\n', "f.jsonl") == [
        1,
        ["f.jsonl:2:3: the document ends, but the list from line 2, column 1 is not closed"],
        {"c": 3},
    ]


def test_the_parser_in_python_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: [1, 'b', {c: d}]\ne: |\n  f\n  g\nh:\n- 010\n- no\n? i\n: 0x10\n--- \"\\u00e9\"\n"
    fast = load(text, "f", error=CaseError)
    monkeypatch.setattr(load_yaml, "Parser", yaml.SafeLoader)
    assert load(text, "f", error=CaseError) == fast


# --- what was written comes back, and stands where it says

NUMBERS = st.integers(-(10**90), 10**90) | st.floats(-1e9, 1e9, allow_nan=False).filter(
    lambda x: x == 0 or abs(x) > 1e-9
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
WORDS = TEXTS | st.sampled_from(
    ["null", "true", "yes", "no", "1", "1.5", "~", "", "<<", "- a", "a: b", "#", "a\nb", " a "]
)
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS
DATA = st.recursive(SCALARS, lambda each: st.lists(each) | st.dictionaries(WORDS, each), max_leaves=20)
NUMBER_ONLY_IN_1_2 = re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+|0o[0-7]+|[-+]?[0-9]+|[-+]?[0-9]*\.[0-9]*")


class NoAliases(yaml.SafeDumper):
    """PyYAML writes an alias where it meets an object again."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Write it out."""
        return True


def exact(data: object) -> object:
    """The data with decimals for floats."""
    return json.loads(json.dumps(data), parse_float=Decimal)


def strict(text: str) -> object:
    """What the standard library reads, without what it is too kind about."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)

    def never(_: str) -> object:
        raise ValueError

    data = json.loads(text, parse_float=Decimal, parse_constant=never, object_pairs_hook=once)
    json.dumps(data, ensure_ascii=False, default=str).encode()  # a UnicodeEncodeError is a ValueError
    return data


def typed(data: object) -> object:
    """The data with the type of everything, for True is 1 elsewhere."""
    if isinstance(data, dict):
        return {key: typed(value) for key, value in data.items()}
    return [*map(typed, data)] if isinstance(data, list) else (type(data), data)


def differs(data: object) -> bool:
    """Whether a text in the data is one that PyYAML leaves unquoted and YAML 1.2 reads as a number."""
    if isinstance(data, dict):
        return any(map(differs, data.values()))
    if isinstance(data, list):
        return any(map(differs, data))
    return isinstance(data, str) and bool(NUMBER_ONLY_IN_1_2.fullmatch(data))


@unhurried
@given(DATA, st.tuples(st.booleans(), st.sampled_from([None, 0, 1, "\t"])))
def test_json_comes_back(data: object, style: tuple[bool, int | str | None]) -> None:
    ascii_only, indent = style
    text = json.dumps(data, ensure_ascii=ascii_only, indent=indent)
    assert repr(read(text, "json")) == repr(exact(data))
    if indent is None:
        assert repr(read(f"\n{text}\r\n", "jsonl")) == repr(exact(data))


YAML_DATA = DATA.filter(lambda data: not differs(data))
PARTS = [*'[]{},:" \n-.0', "1", '"a"', '"a":', "true", "null", "NaN", "[]", "{}", "1e5"]
PARTS += [r'"\n"', r'"\ud83d\ude00"', r'"\ud83d"', r'"\ud83d\u0041"']


@unhurried
@given(st.lists(st.sampled_from(PARTS)).map("".join))
@example("[1,]")
@example('{"a":1,"a":1}')
def test_json_is_what_the_standard_library_reads_strictly(text: str) -> None:
    try:
        wanted = strict(text)
    except ValueError:
        refusal(text, "json")
    else:
        assert typed(read(text, "json")) == typed(wanted)


@unhurried
@given(data=YAML_DATA, style=st.sampled_from([True, False, None]))
def test_yaml_comes_back(data: object, *, style: bool | None) -> None:
    text = yaml.dump(data, Dumper=NoAliases, default_flow_style=style, sort_keys=False)
    (found,) = [plain(each.root) for each in load(text, "f", error=CaseError)]
    assert typed(found) == typed(exact(data))


@unhurried
@given(DATA, st.sampled_from([None, 1]))
def test_places_in_json(data: object, indent: int | None) -> None:
    (document,) = load(json.dumps(data, ensure_ascii=False, indent=indent), "f.json", error=CaseError)
    for node in nodes(document.root):
        assert read(cut(document, node.span), "json") == plain(node)
        if isinstance(node.value, dict):
            assert [read(cut(document, child.key), "json") for child in node.value.values() if child.key] == [
                *node.value
            ]


@unhurried
@given(data=YAML_DATA, style=st.sampled_from([True, False, None]))
def test_places_in_yaml(data: object, *, style: bool | None) -> None:
    text = "# first\n" + yaml.dump(data, Dumper=NoAliases, default_flow_style=style, width=100_000)
    (document,) = load(text, "f", error=CaseError)
    for node in nodes(document.root):
        if node.plain and isinstance(node.value, str):
            assert cut(document, node.span) == node.value
        elif style or not isinstance(node.value, (dict, list)):
            assert read(cut(document, node.span) or "null") == plain(node)
        if isinstance(node.value, dict):
            for name, child in node.value.items():
                assert child.key is not None
                assert read(f"? {cut(document, child.key)}\n: 1") == {name: 1}
                assert child.key < child.span


def test_places_by_hand() -> None:
    text = "a: ключ  # x\nlist:\n  - 1\n  - {b: 'c d'}\n\n# end\nlast:\n"
    (document,) = load(text, "f", error=CaseError)
    root = document.root
    assert isinstance(root.value, dict)
    assert root.span == (1, 1, 7, 6)
    assert root.key is None
    assert root.value["a"] == Node("ключ", root.value["a"].span, root.value["a"].key, plain=True)
    assert root.value["a"].span == (1, 4, 1, 8)
    assert root.value["list"].span == (3, 3, 4, 15)
    assert str(document.place(root.value["list"])) == "f:3:3"
    assert str(document.place(root.value["list"], key=True)) == "f:2:1"
    assert str(document.place(root, key=True)) == "f:1:1"
    assert root.value["last"].span == (7, 6, 7, 6)
    assert [document.line(number) for number in (1, 5, 8, 9, 0, -1)] == ["a: ключ  # x", "", "", "", "", ""]


# --- files, formats, manners


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    raw = b'\xef\xbb\xbf{"a":\t1}\n'
    for name in ("x.yaml", "x.json", "X.JSON", "x.jsonl", "x.ndjson", "x"):
        Path(name).write_bytes(raw)
        (document,) = load_file(Path(name), error=PackError)
        assert (document.file, document.text, plain(document.root)) == (name, raw.decode("utf-8-sig"), {"a": 1})
        assert document.sha256 == hashlib.sha256(raw).hexdigest()
    Path("y.yaml").write_text("1\n2\n")
    assert [plain(each.root) for each in load_file("y.yaml", error=CaseError, format="jsonl")] == [1, 2]


def test_files_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def words(path: str) -> list[str]:
        return [str(problem) for each in load_file_each(path) if not isinstance(each, Document) for problem in each]

    def no_permission(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    def broken(*_: object, **__: object) -> object:
        raise OSError(5, "Input/output error")

    monkeypatch.chdir(tmp_path)
    assert words("none.yaml") == ["none.yaml:1:1: no such file"]
    assert words(".") == [".:1:1: this is a folder; name a file in it"]
    assert words("a\0b") == [r"a\x00b:1:1: this file can't be read: its name is impossible"]
    monkeypatch.setattr(Path, "open", no_permission)
    assert words("x.yaml") == ["x.yaml:1:1: no permission to read this file"]
    monkeypatch.setattr(Path, "open", broken)
    assert words("x.yaml") == ["x.yaml:1:1: this file can't be read: input/output error"]


def test_no_more_of_a_file_is_read_than_may_be() -> None:
    endless = Path("/dev/zero")
    if not endless.exists():
        pytest.skip("no endless file here")
    with pytest.raises(CaseError, match="more than 1000 bytes"):
        load_file(endless, error=CaseError, limits=Limits(bytes=1000))


def test_the_collector_is_left_as_it_was() -> None:
    load_each("a: [", "f")
    assert gc.isenabled()
    gc.disable()
    try:
        load_each("a: 1", "f")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_import_is_cheap() -> None:
    code = "import sys, checker.load; print({'yaml', 'jsonschema', 'typer', 'difflib'} & sys.modules.keys())"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"


def test_problems_are_sorted_and_said_once() -> None:
    late, early, nowhere = Problem(Place("f", 10, 1), "b"), Problem(Place("f", 9, 1), "c"), Problem(None, "a")
    error = PackError([late, early, nowhere, late])
    assert error.problems == (nowhere, early, late)
    assert str(error) == "a\nf:9:1: c\nf:10:1: b"
    assert isinstance(error, ProblemsError)
    assert sorted([late, nowhere, early]) == [nowhere, early, late]


def test_echoes() -> None:
    assert quoted("a" * 40) == f"`{'a' * 40}`"
    assert quoted("a" * 41) == f"`{'a' * 40}…`"
    assert quoted(Decimal("1.50")) == "`1.50`"
    assert printable("a\x1b\u202e\n\u2028\ud800 é") == r"a\x1b\u202e\n\u2028\ud800 é"
    assert nearest("notise", {"notice", "note", "party"}) == "; did you mean `notice`?"
    assert nearest("Notice", ["notice"]) == "; did you mean `notice`?"
    assert nearest("xyz", ["notice"]) == ""
    assert nearest("n" * 1_000_000, ["notice"] * 10) == ""
    assert nearest("a", []) == ""
