"""Where tests are: documents with `expect:` in packs, folders and files; found, named, and chosen by words.

A test is named for people by its `title`, else by the comment above it, and by the file and line it begins at.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from checker.errors import Place, UsageError, quoted
from checker.load import Document, Loaded, load_file_each
from checker.reader import items, members
from checker.shelf import find_pack, packs_folder, shipped

_ENDINGS = frozenset({".yaml", ".yml", ".json", ".jsonl"})
_GLOB = frozenset("*?[")


class CaseTest(NamedTuple):
    """One document that is a test. `pack` is the folder of the pack whose file it is, if it is one's.

    `name` is the file, with `#n` where it holds several; `title` is '' where the author gave none.
    """

    loaded: Loaded
    name: str
    title: str
    place: Place
    pack: str | None


def collect(paths: Iterable[str], words: Iterable[str] = ()) -> Iterator[CaseTest]:
    """The tests in files, folders and packs that one of the words names; with no path, of every pack and `examples/`.

    A word is part of the file's name, of the title or of a rule's id that is expected, or a glob for one of them.
    """
    wanted = tuple(words)
    for path in (*paths,) or _usual():
        for test in _tests_in(path):
            if not wanted or any(_names(word, each) for each in _called(test) for word in wanted):
                yield test


def _usual() -> tuple[str, ...]:
    examples = packs_folder().parent / "examples"
    here = (str(examples),) if examples.is_dir() else ()
    return (*shipped(), *here)


def _tests_in(path: str) -> Iterator[CaseTest]:
    where = Path(path)
    if not where.exists() and where.suffix in _ENDINGS:
        message = f"there is no file {quoted(path)}"
        raise UsageError(message)
    if not where.exists() or _is_pack(where):
        where = find_pack(path)
    pack = next((str(each) for each in (where, where.parent, where.parent.parent) if _is_pack(each)), None)
    if _is_pack(where):
        where /= "tests"
    files = sorted(each for each in where.rglob("*") if each.suffix in _ENDINGS) if where.is_dir() else [where]
    for file in map(_from_here, files):
        documents = load_file_each(file)
        for number, loaded in enumerate(documents, 1):
            name = f"{file}#{number}" if len(documents) > 1 else file
            if isinstance(loaded, Document):
                yield CaseTest(loaded, name, _title(loaded), _start(loaded), pack)
            else:
                yield CaseTest(loaded, name, "", loaded[0].place or Place(file), pack)


def _is_pack(folder: Path) -> bool:
    return (folder / "pack.yaml").is_file()


def _from_here(file: Path) -> str:
    """The file's path as somebody here would write it."""
    here = Path.cwd()
    return os.path.relpath(file, here) if file.is_absolute() and file.is_relative_to(here) else str(file)


def _start(document: Document) -> Place:
    return document.place(next(iter(members(document.root).values()), document.root), key=True)


def _title(document: Document) -> str:
    """What the author calls it: its `title`, else the first line of the comment right above it."""
    title = members(document.root).get("title")
    if title is not None and isinstance(title.value, str):
        return " ".join(title.value.split())
    comment = ""
    for number in range(_start(document).line - 1, 0, -1):
        text = document.line(number).strip()
        if text and not text.startswith("#"):
            break
        comment = text.lstrip("# ") or comment
    return comment


def _called(test: CaseTest) -> Iterator[str]:
    """What a word may name: the file, within its pack if it is in one's folder; the title; the rules expected."""
    file = Path(test.place.file).absolute()
    yield str(file.relative_to(Path(test.pack).absolute().parent)) if test.pack else test.place.file
    yield file.name
    yield test.title
    if isinstance(test.loaded, Document):
        yield from sorted(expected(test.loaded))


def expected(document: Document) -> frozenset[str]:
    """The rules of which a test expects something."""
    keys = members(document.root)
    return frozenset(name.partition("@")[0] for name in (members(keys["expect"]) if "expect" in keys else ()))


def stated(document: Document) -> frozenset[str]:
    """The types of which a test states facts or actions."""
    keys = members(document.root)
    listed = (node for key in ("facts", "actions") for node in items(keys.get(key)))
    return frozenset(name for node in listed for name in members(node))


def _names(word: str, called: str) -> bool:
    if _GLOB.isdisjoint(word):
        return word.casefold() in called.casefold()
    return fnmatchcase(called.casefold(), word.casefold())
