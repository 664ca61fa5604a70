"""Text becomes documents: YAML, JSON and JSON lines, with the place of everything, and nothing guessed.

Plain scalars of YAML mean what the core schema of YAML 1.2 says (`no`, `on`, `12:30` and dates
are text, `010` is ten), numbers are exact, and a key is always text: `1:` and `true:` are the keys
"1" and "true". Repeated keys, aliases, tags, merge keys, `.nan` and whatever is over a limit are
refused; an empty document of a stream is passed over.

One bad document does not spoil the others: `load_each` gives, in order, each document or what is
wrong with it. `load` gives all documents or raises. Which characters mean what is known to
`load_yaml` and `load_json`, each imported when a text of its kind comes.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias

from checker.errors import Place, Problem, ProblemsError, printable, quoted
from checker.load_tree import (
    BREAK,
    Document,
    Limits,
    Lines,
    Loaded,
    Node,
    Scalar,
    Tree,
    UnreadableError,
    Value,
    plain,
)

__all__ = [
    "Document",
    "Format",
    "Limits",
    "Loaded",
    "Node",
    "Scalar",
    "Value",
    "format_of",
    "load",
    "load_each",
    "load_file",
    "load_file_each",
    "load_line",
    "plain",
]

Format: TypeAlias = Literal["yaml", "json", "jsonl"]
PathLike: TypeAlias = "str | os.PathLike[str]"

_SUFFIXES: dict[str, Format] = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_DEFAULT = Limits()
_OTHER_ENCODINGS = (  # the longer marks first: one begins with another
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_TWO_ZEROS = bytes(2)
_UTF8_MARK = b"\xef\xbb\xbf"


def load(
    source: bytes | str,
    name: str,
    *,
    error: type[ProblemsError],
    limits: Limits = _DEFAULT,
    format: Format | None = None,  # noqa: A002 - what else
) -> tuple[Document, ...]:
    """Every document of a text, or `error` with all that is wrong; the format is told by the name unless given."""
    return _all(load_each(source, name, limits=limits, format=format), error)


def load_each(
    source: bytes | str,
    name: str,
    *,
    limits: Limits = _DEFAULT,
    format: Format | None = None,  # noqa: A002
) -> tuple[Loaded, ...]:
    """Every document of a text or, in its stead, what is wrong with it; what is wrong with all stands alone."""
    try:
        raw = _encode(source, name) if isinstance(source, str) else source
        text = _decode(raw, name, limits)
    except ProblemsError as error:
        return (error.problems,)
    digest = sha256(raw).hexdigest()
    with _no_collection():
        trees = _read(text, name, limits, format or format_of(name))
        loaded = tuple(
            Document(name, tree.root, index, digest, text)
            if tree.root and not tree.problems
            else tuple(sorted(tree.problems))
            for index, tree in enumerate(trees)
        )
    return loaded or ((Problem(Place(name), "the file is empty; a document is wanted"),),)


def load_line(raw: bytes, name: str, *, line: int, index: int, sha256: str, limits: Limits = _DEFAULT) -> Loaded:
    """The document that a line of JSON lines is, or what is wrong with it; `line` and `index` are its number there."""
    if len(raw) > limits.bytes:
        return (Problem(Place(name, line), f"the line has more than {limits.bytes} bytes (limit `bytes`)"),)
    try:
        text = _decode(raw, name, limits)
    except ProblemsError as error:
        moved = ((each.place or Place(name), each.message) for each in error.problems)
        return tuple(Problem(place._replace(line=place.line + line - 1), told) for place, told in moved)
    with _no_collection():
        tree = _read_json(text, name, limits, line)
    if tree.root is None or tree.problems:
        return tuple(sorted(tree.problems))
    return Document(name, tree.root, index, sha256, text, line)


def is_in_utf8(start: bytes) -> bool:
    """Whether a file that begins so can be UTF-8; what it is otherwise is told where it is read."""
    other = any(start.startswith(mark) for mark, _ in _OTHER_ENCODINGS)
    return not other and _TWO_ZEROS not in (start[0:4:2], start[1:4:2])


def load_file(
    path: PathLike,
    *,
    error: type[ProblemsError],
    limits: Limits = _DEFAULT,
    format: Format | None = None,  # noqa: A002
) -> tuple[Document, ...]:
    """Every document of a file, or `error` with all that is wrong; the file is named as `path` names it."""
    return _all(load_file_each(path, limits=limits, format=format), error)


def load_file_each(
    path: PathLike,
    *,
    limits: Limits = _DEFAULT,
    format: Format | None = None,  # noqa: A002
) -> tuple[Loaded, ...]:
    """Every document of a file or, in its stead, what is wrong with it."""
    name = os.fspath(path)
    try:
        with Path(name).open("rb") as file:
            raw = file.read(limits.bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        return ((Problem(Place(name), _unreadable(error)),),)
    return load_each(raw, name, limits=limits, format=format)


def _all(loaded: Iterable[Loaded], error: type[ProblemsError]) -> tuple[Document, ...]:
    documents: list[Document] = []
    problems: list[Problem] = []
    for each in loaded:
        if isinstance(each, Document):
            documents.append(each)
        else:
            problems.extend(each)
    if problems:
        raise error(problems)
    return tuple(documents)


def format_of(name: str) -> Format:
    """The format that a file's name tells."""
    return _SUFFIXES.get(Path(name).suffix.lower(), "yaml")


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold the garbage collector back: there is none in a tree being built, and looking takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(text: str, name: str, limits: Limits, kind: Format) -> list[Tree]:
    if kind == "yaml":
        from checker.load_yaml import read_yaml  # noqa: PLC0415 - PyYAML takes longer to import than all else

        return read_yaml(text, name, limits)
    lines = enumerate(BREAK.split(text), start=1) if kind == "jsonl" else [(1, text)]
    return [_read_json(line, name, limits, number) for number, line in lines if line.strip(" \t\r\n")]


def _read_json(text: str, name: str, limits: Limits, line: int) -> Tree:
    from checker.load_json import read_json  # noqa: PLC0415

    tree = Tree(name, limits)
    with suppress(UnreadableError):
        read_json(text, tree, line)
    return tree


def _encode(text: str, name: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        message = f"{quoted(text[error.start])} is half a character; write the character itself"
        raise ProblemsError([Problem(Place(name, *Lines(text).at(error.start)), message)]) from None


def _decode(raw: bytes, name: str, limits: Limits) -> str:
    """The text of a file, or ProblemsError where it is not UTF-8 or too long."""
    if len(raw) > limits.bytes:
        raise ProblemsError([Problem(Place(name), f"more than {limits.bytes} bytes (limit `bytes`); split the file")])
    for mark, encoding in _OTHER_ENCODINGS:
        if raw.startswith(mark):
            raise ProblemsError([Problem(Place(name), f"the file is {encoding}; save it as UTF-8")])
    if raw[0:4:2] == _TWO_ZEROS or raw[1:4:2] == _TWO_ZEROS:  # two ASCII characters
        raise ProblemsError([Problem(Place(name), "the file seems to be UTF-16; save it as UTF-8")])
    raw = raw.removeprefix(_UTF8_MARK)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        message = f"byte `0x{raw[error.start]:02x}` is not UTF-8; save the file as UTF-8"
        raise ProblemsError([Problem(Place(name, *Lines(before).at(len(before))), message)]) from None


def _unreadable(error: OSError | ValueError) -> str:
    """Why a file can't be read, in words."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, IsADirectoryError):
        return "this is a folder; name a file in it"
    if isinstance(error, PermissionError):
        return "no permission to read this file"
    reason = error.strerror if isinstance(error, OSError) else None
    return f"this file can't be read: {printable(reason or 'its name is impossible').lower()}"
