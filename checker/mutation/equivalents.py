"""Mutants that no test can tell from their rule: `mutants/equivalent.yaml` of a pack names them, with a reason.

An entry names rules by id or glob, and mutants in the words in which they are told. One that stands for no survivor
is a problem: its rule has changed, or a test does see the mutant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from checker.errors import PackError, Place, Problem, nearest, quoted
from checker.load import Document, Node, load_file
from checker.reader import Reader, items, members

FILE = Path("mutants") / "equivalent.yaml"
_KEYS = ("rule", "mutants", "reason")
_ENTRY = "{rule: …, mutants: […], reason: …}"


class Equivalent(NamedTuple):
    """One mutant that is excused, of every rule that the glob names, and why it makes no difference."""

    rule: str
    change: str
    reason: str
    place: Place

    def is_of(self, rule: str, change: str) -> bool:
        """Whether it speaks of this mutant."""
        return self.change == change and fnmatchcase(rule, self.rule)


def read_equivalents(folder: Path) -> tuple[Equivalent, ...]:
    """The entries of a pack's file, none where there is no file; PackError with all that is wrong."""
    path = folder / FILE
    if not path.is_file():
        return ()
    problems: list[Problem] = []
    found = [
        equivalent
        for document in load_file(path, error=PackError)
        for node in _entries(document, problems)
        for equivalent in _read(Reader(document, problems), node)
    ]
    if problems:
        raise PackError(problems)
    return tuple(found)


def idle(
    equivalents: Iterable[Equivalent], known: Iterable[tuple[str, str]], survivors: Iterable[tuple[str, str]]
) -> Iterator[Problem]:
    """The entries that excuse nothing, given all the mutants there are and those that survived, as (rule, change)."""
    mutants, left = [*known], [*survivors]
    for each in equivalents:
        if any(each.is_of(*survivor) for survivor in left):
            continue
        if any(each.is_of(*mutant) for mutant in mutants):
            yield Problem(each.place, f"a test sees this mutant of {quoted(each.rule)}; take the entry out")
        else:
            changes = [change for rule, change in mutants if fnmatchcase(rule, each.rule)]
            what = "no such mutant" if changes else "no such rule"
            hint = nearest(each.change, changes) if changes else nearest(each.rule, {rule for rule, _ in mutants})
            yield Problem(each.place, f"{what}: {each.rule}: {each.change}{hint}")


def _entries(document: Document, problems: list[Problem]) -> Iterator[Node]:
    if not isinstance(document.root.value, list):
        problems.append(Problem(document.place(document.root), f"a list of entries is wanted: `- {_ENTRY}`"))
        return
    for node in items(document.root):
        if isinstance(node.value, dict):
            yield node
        else:
            problems.append(Problem(document.place(node), f"an entry is `{_ENTRY}`"))


def _read(reader: Reader, node: Node) -> Iterator[Equivalent]:
    keys = members(node)
    for key, spelt in keys.items():
        if key not in _KEYS:
            reader.unknown_name(spelt, "key", key, _KEYS, key=True)
    for key in _KEYS:
        if not (reader.text(keys.get(key)) if key != "mutants" else items(keys.get(key))):
            reader.problem(keys.get(key, node), f"`{key}` is missing: an entry has `rule`, `mutants` and `reason`")
    reason = " ".join(reader.text(keys.get("reason")).split())
    for mutant in items(keys.get("mutants")):
        yield Equivalent(reader.text(keys.get("rule")), reader.text(mutant), reason, reader.place(mutant))
