"""Which fields and variables stand for one value (one variable, or one fact's field), and how that is tested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from checker.errors import Place
from checker.lint.domains import Test
from checker.model import Compare, Item, Pack, Pattern
from checker.values import Op, Term, Variable

_FLIPPED: Mapping[Op, Op] = {
    "is": "is", "not": "not",
    "before": "after", "on-or-before": "on-or-after", "after": "before", "on-or-after": "on-or-before",
    "at-least": "at-most", "at-most": "at-least", "more-than": "less-than", "less-than": "more-than",
}  # fmt: skip


class Tested(NamedTuple):
    """A test, the field or variable it is written of, and where (`keys` lead further in)."""

    name: str
    test: Test
    place: Place
    keys: tuple[str, ...] = ()


class Slots:
    """The values that items speak of. By slot, `tests` of it, and the `fields` (of types) in which it stands."""

    def __init__(self, pack: Pack, items: Iterable[Item]) -> None:
        """Take patterns and comparisons that are to hold together."""
        self._pack = pack
        self._same: dict[str, str] = {}
        self._fields: list[tuple[str, tuple[str, str]]] = []
        self._tests: list[tuple[str, Tested]] = []
        for number, item in enumerate(items):
            if isinstance(item, Pattern):
                self._pattern(item, self._fact(item) or f"#{number}")
            elif isinstance(item, Compare):
                self._compare(item)
        self.tests: dict[str, list[Tested]] = {}
        for slot, tested in self._tests:
            self.tests.setdefault(self._find(slot), []).append(tested)
        self.fields: dict[str, list[tuple[str, str]]] = {slot: [] for slot in self.tests}
        for slot, field in self._fields:
            self.fields.setdefault(self._find(slot), []).append(field)

    def _find(self, slot: str) -> str:
        while slot in self._same:
            slot = self._same[slot]
        return slot

    def _join(self, one: str, other: str) -> None:
        one, other = self._find(one), self._find(other)
        if one != other:
            self._same[one] = other

    def _fact(self, pattern: Pattern) -> str | None:
        """The name of the fact, where its id is a variable: two facts that a case states have no id in common."""
        kind = self._pack.types[pattern.type]
        names = [variable for field, variable in pattern.binds if field == "id" and kind.fields[field].kind == "id"]
        return f"{pattern.type} ${names[0]}" if names and kind.given and not kind.derived else None

    def _pattern(self, pattern: Pattern, fact: str) -> None:
        for field, variable in pattern.binds:
            self._fields.append((f"{fact}.{field}", (pattern.type, field)))
            self._join(f"{fact}.{field}", f"${variable}")
        for test in pattern.tests:
            slot, keys = f"{fact}.{test.field}", (test.field, test.op)
            self._fields.append((slot, (pattern.type, test.field)))
            self._tests.append((slot, Tested(test.field, Test(test.op, test.terms), pattern.place, keys)))

    def _compare(self, item: Compare) -> None:
        left, right = item.left, item.right
        if _is_plain(left) and item.op == "is" and _is_plain(right[0]):
            self._join(str(left), str(right[0]))
        elif _is_plain(left):
            self._tests.append((str(left), Tested(str(left), Test(item.op, right), item.place)))
        elif item.op in _FLIPPED and _is_plain(right[0]):
            told = Tested(str(right[0]), Test(_FLIPPED[item.op], (left,)), item.place)
            self._tests.append((str(right[0]), told))


def _is_plain(term: Term) -> bool:
    return isinstance(term.base, Variable) and not term.steps
