"""Read packs, kept between runs in the user's cache folder, so that a second run need not read YAML.

A file holds one pack as JSON: tables of texts and numbers, then a row for each noun, made of what
stands before it. Its name is the hash of all that the reading depends on: the pack's bytes, where
they lie, this checker and this Python. A file that is not exactly as written here is passed over:
a checksum finds damage, and what is decoded must be of the types that the nouns are annotated with.
Nothing that goes wrong here is ever told, and a pack with problems is never kept.

`SERVANDA_CACHE` names another folder, or is `off`. A folder that others can write to is not used.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from checker import model, values
from checker.dates import Date, Duration, parse_date
from checker.errors import Place
from checker.model import Pack
from checker.shelf import pack_digest, packs_folder
from checker.values import NONE, Nothing
from checker.version import __version__

VARIABLE = "SERVANDA_CACHE"
MOST_FILES = 32
_LARGEST = 16_000_000  # bytes of a file
_FORMAT = 3
_OURS = r"[0-9a-f]{64}\.(json|[0-9]+)"  # a pack, or what an interrupted run left of one

_CONSTANTS = (None, True, False, NONE)
_TUPLE, _MAPPING, _DATE, _DECIMAL, _FIRST_NOUN = range(5)  # what a row begins with; a noun's number comes after
_NOUNS: tuple[type[Any], ...] = (
    Place,
    Duration,
    values.Unknown,
    values.Variable,
    values.Step,
    values.Term,
    model.Field,
    model.FactType,
    model.Source,
    model.Clause,
    model.Question,
    model.Citation,
    model.FieldTest,
    model.Pattern,
    model.Compare,
    model.Absent,
    model.Count,
    model.AnyOf,
    model.Body,
    model.Unless,
    model.Head,
    model.Rule,
    model.Retired,
    model.Property,
    model.Force,
    model.Fact,
    model.Pack,
)


class _StrangeError(ValueError):
    """Not what this module writes."""


def open_pack_folder(folder: Path) -> Pack:
    """The pack in a folder, as `pack.load_pack` reads it; PackError lists every problem with its place."""
    name = key = digest = ""
    try:
        place = cache_folder()
        if place is not None and (folder / "pack.yaml").is_file():
            digest = pack_digest(folder)
            key = _key(folder, digest)
            name = f"{hashlib.sha256(key.encode()).hexdigest()}.json"
            with _opened(place) as directory:
                pack = decode(_content(directory, name), key)
            if pack.sha256 == digest and pack.folder == str(folder):
                return pack
    except Exception:  # noqa: BLE001, S110 - whatever is wrong with a cache, the pack itself can be read
        pass
    from checker.pack import load_pack  # noqa: PLC0415 - with it comes all that reads a pack

    pack = load_pack(folder)
    if name and pack.sha256 == digest:  # else it was changed meanwhile
        with suppress(Exception):  # likewise
            _keep(cache_folder(), name, encode(pack, key))
    return pack


def cache_folder() -> Path | None:
    """Where packs are kept; None: nowhere."""
    asked = os.environ.get(VARIABLE, "")
    if asked == "off" or not hasattr(os, "geteuid"):  # without owners it can't be told who may write to a folder
        return None
    if asked:
        return Path(asked)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "servanda"
    shared = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(shared) if os.path.isabs(shared) else Path.home() / ".cache") / "servanda"  # noqa: PTH117 - as the XDG standard says


# --- what a reading depends on ------------------------------------------------


def _key(folder: Path, digest: str) -> str:
    """All that decides what a pack is read as. Places name the files of shipped packs otherwise than by their path."""
    shipped = packs_folder().resolve() == folder.parent.resolve()
    nouns = [[noun.__name__, *_names(noun)] for noun in _NOUNS]
    return json.dumps([_FORMAT, __version__, sys.version, _own_files(), nouns, str(folder), shipped, digest])


def _own_files() -> list[tuple[str, int, int]]:
    """The checker's own files with size and time: in a checkout they change while the version does not."""
    found = []
    package = Path(__file__).parent
    for folder in (package, package / "schemas"):
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".json")):
                    state = entry.stat()
                    found.append((entry.name, state.st_size, state.st_mtime_ns))
    return sorted(found)


# --- files --------------------------------------------------------------------


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """The folder, opened: ours, no link, and not for others to write to. Else OSError."""
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        state = os.fstat(directory)
        if state.st_uid != os.geteuid() or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise PermissionError
        yield directory
    finally:
        os.close(directory)


def _content(directory: int, name: str) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe would wait for ever
    with os.fdopen(os.open(name, flags, dir_fd=directory), "rb") as file:
        state = os.fstat(file.fileno())
        others = state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if not stat.S_ISREG(state.st_mode) or state.st_uid != os.geteuid() or others or state.st_size > _LARGEST:
            raise PermissionError
        return file.read(_LARGEST)


def _keep(folder: Path | None, name: str, content: bytes) -> None:
    """Write a file whole or not at all, and remove the oldest where there are too many."""
    if folder is None or len(content) > _LARGEST:
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _opened(folder) as directory:
        draft = f"{name.removesuffix('.json')}.{int.from_bytes(os.urandom(8), 'big')}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with os.fdopen(os.open(draft, flags, 0o600, dir_fd=directory), "wb") as file:
                file.write(content)
            os.replace(draft, name, src_dir_fd=directory, dst_dir_fd=directory)
        except OSError:
            os.unlink(draft, dir_fd=directory)
            raise
        kept = [each for each in os.listdir(directory) if re.fullmatch(_OURS, each) and each != name]  # noqa: PTH208 - a descriptor
        times = {each: os.stat(each, dir_fd=directory, follow_symlinks=False).st_mtime_ns for each in kept}
        for each in sorted(kept, key=times.__getitem__, reverse=True)[MOST_FILES - 1 :]:
            os.unlink(each, dir_fd=directory)


# --- a pack as JSON, and back -------------------------------------------------


def encode(pack: Pack, key: str) -> bytes:
    """Two lines: the checksum of the second, and the tables."""
    tables = _Tables()
    tables.number_of(pack)
    body = json.dumps([key, *tables.numbered()], separators=(",", ":")).encode()
    return b'"' + hashlib.sha256(body).hexdigest().encode() + b'"\n' + body


def decode(content: bytes, key: str) -> Pack:
    """The pack that was encoded under that key. Some exception where the content is anything else."""
    line, _, body = content.partition(b"\n")
    if line != b'"' + hashlib.sha256(body).hexdigest().encode() + b'"':
        raise _StrangeError
    found, texts, numbers, rows = json.loads(body)
    if found != key or {*map(type, texts)} > {str} or {*map(type, numbers)} > {int}:
        raise _StrangeError
    made: list[Any] = [*_CONSTANTS, *texts, *numbers]
    for number, *parts in rows:
        if parts and min(parts) < 0:
            raise _StrangeError
        made.append(_noun(number, [made[part] for part in parts]))
    if type(made[-1]) is not Pack:
        raise _StrangeError
    return made[-1]


def _noun(number: int, parts: list[Any]) -> Any:  # noqa: ANN401
    if number == _TUPLE:
        return tuple(parts)
    if number >= _FIRST_NOUN:
        noun, fits = _NOUNS[number - _FIRST_NOUN], _tests(number - _FIRST_NOUN)
        if len(parts) != len(fits) or not all(fit(part) for fit, part in zip(fits, parts, strict=True)):
            raise _StrangeError
        return noun(*parts)
    if number == _MAPPING:
        made = dict(zip(islice(parts, 0, None, 2), islice(parts, 1, None, 2), strict=True))
        if len(made) * 2 != len(parts):
            raise _StrangeError
        return made
    (text,) = parts
    value = parse_date(text) if number == _DATE else Decimal(text) if number == _DECIMAL else None
    if value is None or str(value) != text:
        raise _StrangeError
    return value


class _Tables:
    """All that a pack is made of, each thing after its parts, and what is the same written once."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}
        self.numbers: dict[int, int] = {}
        self.rows: dict[tuple[int, ...], int] = {}

    def numbered(self) -> tuple[list[str], list[int], list[list[int]]]:
        """The tables, with the numbers that `decode` gives."""
        texts = len(_CONSTANTS)
        numbers = texts + len(self.texts)
        starts = {0: 0, 1: texts, 2: numbers, 3: numbers + len(self.numbers)}
        rows = [[number, *(starts[part & 3] + (part >> 2) for part in parts)] for number, *parts in self.rows]
        return [*self.texts], [*self.numbers], rows

    def number_of(self, value: Any) -> int:  # noqa: ANN401
        """Its place in its table, times four, and which table that is."""
        kind = type(value)
        if kind is str:
            return self.texts.setdefault(value, len(self.texts)) * 4 + 1
        if kind is int:
            return self.numbers.setdefault(value, len(self.numbers)) * 4 + 2
        if value is None or kind is bool or kind is Nothing:
            return next(number for number, each in enumerate(_CONSTANTS) if each is value) * 4
        row = self._row(kind, value)
        return self.rows.setdefault(row, len(self.rows)) * 4 + 3

    def _row(self, kind: type[Any], value: Any) -> tuple[int, ...]:  # noqa: ANN401
        if kind is tuple:
            return (_TUPLE, *map(self.number_of, value))
        if kind is dict:
            return (_MAPPING, *(self.number_of(each) for pair in value.items() for each in pair))
        if kind is Date or kind is Decimal:
            return (_DATE if kind is Date else _DECIMAL, self.number_of(str(value)))
        number = _NOUNS.index(kind) + _FIRST_NOUN
        return (number, *(self.number_of(getattr(value, name)) for name in _names(kind)))


def _names(noun: type[Any]) -> tuple[str, ...]:
    """The fields of a noun, in order; all nouns are named tuples or classes with slots."""
    return getattr(noun, "_fields", None) or tuple(noun.__slots__)


# --- what the nouns are annotated with ----------------------------------------

_Test = Callable[[Any], bool]
_NAMES: Mapping[str, Any] = {"str": str, "int": int, "bool": bool, "None": type(None), **vars(values), **vars(model)}


@cache
def _tests(noun: int) -> tuple[_Test, ...]:
    """A test for each field of a noun."""
    told = _NOUNS[noun].__annotations__
    return tuple(_test(getattr(told[name], "__forward_arg__", told[name])) for name in _names(_NOUNS[noun]))


@cache
def _test(annotation: str) -> _Test:
    """Whether a value is of a type, as annotations spell types here."""
    kinds: dict[type[Any], _Test | None] = {}
    for part in _split(annotation, " | "):
        kinds.update(_alternative(part))
    if not any(kinds.values()):
        plain = frozenset(kinds)
        return lambda value: type(value) in plain

    def fits(value: Any) -> bool:  # noqa: ANN401
        inside = kinds.get(type(value), _never)
        return inside is None or inside(value)

    return fits


def _alternative(part: str) -> Mapping[type[Any], _Test | None]:
    """The classes that one alternative allows, each with a test of what is inside."""
    head, _, inner = part.partition("[")
    parts = _split(inner.removesuffix("]"), ", ")
    if head == "Literal":
        return {str: None}
    if head == "Mapping":
        return {dict: _mapping_of(_test(parts[0]), _test(parts[1]))}
    if head == "tuple":
        return {tuple: _many_of(_test(parts[0])) if parts[1:] == ["..."] else _each_of([*map(_test, parts)])}
    named = _NAMES[head]
    if isinstance(named, str):  # an alias
        found: dict[type[Any], _Test | None] = {}
        for each in _split(named, " | "):
            found.update(_alternative(each))
        return found
    return {named if isinstance(named, type) else str: None}  # else a Literal by another name


def _split(text: str, mark: str) -> list[str]:
    """The parts of an annotation between marks that stand in no brackets."""
    parts: list[str] = []
    for piece in text.split(mark):
        if parts and parts[-1].count("[") > parts[-1].count("]"):
            parts[-1] += mark + piece
        else:
            parts.append(piece)
    return parts


def _never(_: object) -> bool:
    return False


def _many_of(test: _Test) -> _Test:
    return lambda value: all(map(test, value))


def _each_of(tests: list[_Test]) -> _Test:
    return lambda value: len(value) == len(tests) and all(test(each) for test, each in zip(tests, value, strict=True))


def _mapping_of(key: _Test, test: _Test) -> _Test:
    return lambda value: all(map(key, value)) and all(map(test, value.values()))
