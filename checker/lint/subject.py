"""What checks look at: a pack as it is judged by, the files it was written in, its tests.

The typed pack says what a rule means; the documents say where each word of it stands. What a check finds
in the pack it can place more closely: `inside(rule.place, "say", "ru")` is where that text begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from checker.cache import open_pack_folder
from checker.errors import PackError, Place, Problem
from checker.load import Document, Node, load_file_each
from checker.model import Pack
from checker.reader import entries, members
from checker.shelf import pack_files
from checker.testing import TestResults, run_tests

_CASES = frozenset({".yaml", ".yml", ".json", ".jsonl"})
_Nodes: TypeAlias = "Mapping[tuple[str, int, int], list[Node]]"  # file, line, column → what begins, or is named, there


@dataclass(frozen=True, eq=False)
class Subject:
    """A pack, the documents it was read from (blocks unexpanded, `pack.yaml` first), and the cases in its `tests/`.

    `results` is what running these tests gave; None where they were not run.
    """

    pack: Pack
    documents: tuple[Document, ...]
    tests: tuple[Document, ...]
    results: TestResults | None = None

    def declared(self, *sections: str) -> Iterator[tuple[str, Place]]:
        """The names that the author declares in these sections, and where; what blocks declare is not among them."""
        for document in self.documents:
            for section in sections:
                for name, node in entries(members(document.root).get(section)):
                    yield name, document.place(node, key=True)

    def head(self, *keys: str) -> Place:
        """Where something stands in `pack.yaml`, reached by keys from its top."""
        document = self.documents[0]
        return self.inside(document.place(document.root), *keys)

    def inside(self, place: Place, *keys: str | int) -> Place:
        """The place of a key (or an item of a list) further in; that of the last key on the way which is there."""
        found = self.on_disk(place)
        path = found.file
        nodes = self._nodes.get((Path(path).name, place.line, place.column), [])
        for key in keys:
            inner = [each for node in nodes if (each := _member(node, key)) is not None]
            if not inner:
                break
            span = inner[0].key or inner[0].span
            nodes, found = inner, Place(path, span.line, span.column)
        return found

    @cached_property
    def words_of_tests(self) -> frozenset[str]:
        """Every value in a test, as a rule would write it."""
        left = [document.root for document in self.tests]
        for node in left:  # grows while it is walked
            left.extend(_children(node))
        values = [node.value for node in left if not isinstance(node.value, (dict, list))]
        return frozenset(("no", "yes")[each] if isinstance(each, bool) else str(each) for each in values)

    def on_disk(self, place: Place) -> Place:
        """The place with the file named by its path: a shipped pack names its files by pack and file."""
        if place.file in self._tested:  # a test may bear the name of a file of the pack
            return place
        return place._replace(file=self._paths.get(Path(place.file).name, place.file))

    @cached_property
    def _paths(self) -> Mapping[str, str]:
        return {Path(document.file).name: document.file for document in self.documents}

    @cached_property
    def _tested(self) -> frozenset[str]:
        return frozenset(document.file for document in self.tests)

    @cached_property
    def _nodes(self) -> _Nodes:
        found: dict[tuple[str, int, int], list[Node]] = {}
        for document in self.documents:
            name, left = Path(document.file).name, [document.root]
            for node in left:  # grows while it is walked
                for span in {node.span[:2], (node.key or node.span)[:2]}:
                    found.setdefault((name, *span), []).append(node)
                left.extend(_children(node))
        return found


def _children(node: Node) -> list[Node]:
    value = node.value
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _member(node: Node, key: str | int) -> Node | None:
    value = node.value
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    return None


def read_subject(folder: Path, *, run: bool) -> Subject:
    """The pack in a folder with its files and tests, these `run` or not; PackError for all that can't be read."""
    pack = open_pack_folder(folder)
    problems: list[Problem] = []
    documents = _documents(pack_files(folder), problems)
    files = (path for path in (folder / "tests").rglob("*") if path.suffix in _CASES)
    tests = _documents(sorted(files), problems)
    if problems:
        raise PackError(problems)
    results = run_tests((str(folder),)) if run and tests else None
    return Subject(pack, documents, tests, results)


def _documents(paths: list[Path], problems: list[Problem]) -> tuple[Document, ...]:
    found: list[Document] = []
    for path in paths:
        for loaded in load_file_each(path):
            if isinstance(loaded, Document):
                found.append(loaded)
            else:
                problems.extend(loaded)
    return tuple(found)
