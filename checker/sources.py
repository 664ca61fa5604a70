"""Finding cases: files, folders, globs and standard input, each as bytes with a name; nothing is parsed here.

What can't be read is handed on with the reason, in its place among the others, so
that one bad name in a batch doesn't keep the rest from being judged. `list_cases` only looks at names: each
file is read when its turn comes, and a file of JSON lines a line at a time.
"""

# Names stay as the user wrote them, and `os.path` answers where a Path would raise or tidy up:
# ruff: noqa: PTH100, PTH112, PTH113, PTH118, PTH122, PTH123, PTH207, PTH208
from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple, TypeAlias

from checker.load import is_in_utf8
from checker.load_tree import BREAK
from checker.outputs import reason

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

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
_BLOCK = 1 << 20  # bytes read at once of a line that is too long
_BLANK = b" \t\r\n"


class CaseSource(NamedTuple):
    """Bytes that should be a case, or the reason why there are none (`content` is None then).

    Neither: a file that is still to be read. `format` is None where neither the name nor the caller tells.
    `problem` doesn't repeat the name.
    """

    name: str
    content: bytes | None
    format: Format | None
    problem: str | None


class JsonLines(NamedTuple):
    """A file of JSON lines that is read a line at a time; how many of them should be cases."""

    file: str
    sha256: str
    cases: int


class CaseLine(NamedTuple):
    """A line of such a file: which one it is, and which case of it, both counted from 1."""

    file: JsonLines
    line: int
    number: int
    content: bytes

    @property
    def name(self) -> str:
        """The name of the case."""
        return f"{self.file.file}#{self.number}" if self.file.cases > 1 else self.file.file


Piece: TypeAlias = "CaseSource | CaseLine"


class Search(NamedTuple):
    """How to look. At most `max_bytes` + 1 bytes of a file are read: enough to see that it is too long."""

    stdin: BinaryIO | None
    max_bytes: int
    format: Format | None = None
    allow_empty: bool = False


def find_cases(arguments: Iterable[str], search: Search) -> Iterator[CaseSource]:
    """Every case the arguments name, in their order, folders and globs sorted by name; each file once."""
    return (read(each, search.max_bytes) for each in list_cases(arguments, search))


def list_cases(arguments: Iterable[str], search: Search) -> Iterator[CaseSource]:
    """The same, files still to be read."""
    seen: set[str] = set()
    for argument in arguments:
        for found in _one(argument, search):
            key = found if isinstance(found, str) else found.name
            if os.path.abspath(key) not in seen:
                seen.add(os.path.abspath(key))
                yield _unread(found, search) if isinstance(found, str) else found


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


def _unread(path: str, search: Search) -> CaseSource:
    return CaseSource(path, None, search.format or _BY_ENDING.get(_ending(path)), None)


def read(source: CaseSource, max_bytes: int) -> CaseSource:
    """The source with what its file holds, or why that can't be read."""
    if source.content is not None or source.problem is not None:
        return source
    try:
        with open(source.name, "rb") as file:
            return source._replace(content=file.read(max_bytes + 1))
    except FileNotFoundError:
        return source._replace(problem=f"no such file{_neighbour(source.name)}")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        return source._replace(problem=f"can't be read: {reason(error)}")


# --- JSON lines ---------------------------------------------------------------


def surveyed(source: CaseSource, max_bytes: int) -> CaseSource | JsonLines:
    """What is known of a file of JSON lines once it was gone through; any other source as it is.

    So is one that is no regular file, can't be read, holds nothing or is not UTF-8: reading it tells what is wrong.
    """
    path = source.name
    if source.format != "jsonl" or source.content is not None or source.problem is not None:
        return source
    try:
        if not os.path.isfile(path):
            return source
        with open(path, "rb") as file:
            if not is_in_utf8(file.read(4)):
                return source
            file.seek(0)
            digest = sha256()
            cases = sum(1 for _ in _lines(file, max_bytes, digest))
    except (OSError, ValueError):
        return source
    return JsonLines(path, digest.hexdigest(), cases) if cases else source


def pieces(source: CaseSource | JsonLines, max_bytes: int) -> Iterator[Piece]:
    """A source as it is handed to whoever judges it: a file of JSON lines in lines, and a problem if it has changed."""
    if isinstance(source, CaseSource):
        yield source
        return
    number, digest = 0, sha256()
    with suppress(OSError), open(source.file, "rb") as file:  # where it is gone it is not what it was either
        for number, (line, content) in enumerate(_lines(file, max_bytes, digest), 1):
            yield CaseLine(source, line, number, content)
    if (number, digest.hexdigest()) != (source.cases, source.sha256):
        yield CaseSource(source.file, None, "jsonl", "changed while it was read")


def _lines(file: BinaryIO, max_bytes: int, digest: Hash) -> Iterator[tuple[int, bytes]]:
    """Each line that is not blank, with its number; of one that is too long only as much as shows that it is.

    All that is read goes into the digest.
    """
    number = 1
    while raw := file.readline(max_bytes + 2):
        digest.update(raw)
        content = raw.rstrip(b"\r\n")
        if b"\r" in content:  # ends a line too, though not for `readline`
            parts = [part.encode() for part in BREAK.split(content.decode("utf-8", "surrogateescape"))]
        else:
            parts = [content]
        while raw and not raw.endswith(b"\n"):  # the rest of a line that is too long, or the end of the file
            raw = file.readline(_BLOCK)
            digest.update(raw)
        yield from ((at, part) for at, part in enumerate(parts, number) if part.strip(_BLANK))
        number += len(parts)


# --- standard input and names -------------------------------------------------


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
