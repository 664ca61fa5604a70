"""Finding cases: files, folders, globs and standard input, each as bytes with a name; nothing is parsed here.

What can't be read is handed on with the reason, in its place among the others, so
that one bad name in a batch doesn't keep the rest from being judged.
"""

# Names stay as the user wrote them, and `os.path` answers where a Path would raise or tidy up:
# ruff: noqa: PTH100, PTH112, PTH113, PTH118, PTH122, PTH123, PTH207, PTH208
from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Literal, NamedTuple

from checker.outputs import reason

Format = Literal["yaml", "json", "jsonl"]
FORMATS: tuple[Format, ...] = ("yaml", "json", "jsonl")
STDIN = "<stdin>"

_BY_ENDING: dict[str, Format] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_GLOB = frozenset("*?[")
_MOST_NEIGHBOURS = 1000  # names looked at for the one that was meant


class CaseSource(NamedTuple):
    """Bytes that should be a case, or the reason why there are none (`content` is None then).

    `format` is None where neither the name nor the caller tells. `problem` doesn't repeat the name.
    """

    name: str
    content: bytes | None
    format: Format | None
    problem: str | None


class Search(NamedTuple):
    """How to look. At most `max_bytes` + 1 bytes of a file are read: enough to see that it is too long."""

    stdin: BinaryIO | None
    max_bytes: int
    format: Format | None = None
    allow_empty: bool = False


def find_cases(arguments: Iterable[str], search: Search) -> Iterator[CaseSource]:
    """Every case the arguments name, in their order, folders and globs sorted by name; each file once."""
    seen: set[str] = set()
    for argument in arguments:
        for found in _one(argument, search):
            key = found if isinstance(found, str) else found.name
            if os.path.abspath(key) not in seen:
                seen.add(os.path.abspath(key))
                yield _read(found, search) if isinstance(found, str) else found


def _one(argument: str, search: Search) -> Iterator[str | CaseSource]:
    """Paths of files, and what could not be found or is no file."""
    if argument == "-":
        yield _stdin(search)
    elif not argument:
        yield CaseSource("''", None, None, "an empty name names no file")
    elif os.path.isdir(argument):
        yield from _all_of(argument, _walk(argument), search, "no case file (*.yaml, *.json, *.jsonl) in this folder")
    elif _GLOB & set(argument) and not os.path.lexists(argument):
        yield from _all_of(argument, _matches(argument), search, "no file matches")
    else:
        yield argument


def _all_of(name: str, paths: Iterator[str], search: Search, nothing: str) -> Iterator[str | CaseSource]:
    """The paths; where there are none, a problem, unless that is allowed."""
    empty = True
    for path in paths:
        empty = False
        yield path
    if empty and not search.allow_empty:
        yield CaseSource(name, None, None, nothing)


def _walk(folder: str) -> Iterator[str]:
    """Case files below a folder; hidden ones and folders behind links are left alone."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(where, name)
            if not name.startswith(".") and _ending(name) in _BY_ENDING and os.path.isfile(path):
                yield path.replace(os.sep, "/").removeprefix("./")


def _matches(pattern: str) -> Iterator[str]:
    from glob import iglob  # noqa: PLC0415 - few calls have a glob the shell left alone

    for path in sorted(iglob(pattern, recursive=True)):
        yield from _walk(path) if os.path.isdir(path) else (path,)


def _read(path: str, search: Search) -> CaseSource:
    kind = search.format or _BY_ENDING.get(_ending(path))
    try:
        with open(path, "rb") as file:
            return CaseSource(path, file.read(search.max_bytes + 1), kind, None)
    except FileNotFoundError:
        return CaseSource(path, None, kind, f"no such file{_neighbour(path)}")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        return CaseSource(path, None, kind, f"can't be read: {reason(error)}")


def _stdin(search: Search) -> CaseSource:
    if search.stdin is None:
        return CaseSource(STDIN, None, search.format, "standard input is closed")
    try:
        return CaseSource(STDIN, search.stdin.read(search.max_bytes + 1), search.format, None)
    except OSError as error:
        return CaseSource(STDIN, None, search.format, f"can't be read: {reason(error)}")


def _neighbour(path: str) -> str:
    """The file beside it that was probably meant."""
    from checker.errors import nearest  # noqa: PLC0415 - only a message needs it

    folder, name = os.path.split(path)
    try:
        beside = os.listdir(folder or ".")
    except OSError:
        return ""
    stem = os.path.splitext(name)[0]
    return nearest(name, [each for each in beside[:_MOST_NEIGHBOURS] if nearest(stem, [os.path.splitext(each)[0]])])


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower()
