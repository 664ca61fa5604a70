"""On which readings each rule depends in a case: through what can be there at all.

A rule that needs a fact of which the case has none, and which no rule that could speak makes,
can't speak; what hangs on it alone is out of question, and so are its readings. Only openness needs
no fact to speak: a derived type that may be open keeps all its makers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from checker.model import Case, Pack, Pattern, Rule
from checker.reads import patterns_in
from checker.strata import STATUS_TYPES, Edge, edges_of, questions_in

_MOST_KEPT = 256


class Dependencies:
    """The reading dependencies of a pack's rules; what is worked out for a kind of case is kept."""

    def __init__(self, pack: Pack) -> None:
        """Index who makes what."""
        self._pack = pack
        self._edges = edges_of(pack.rules, pack.force)
        self._own = {name: frozenset(questions_in(rule)) for name, rule in pack.rules.items()}
        self._makers: dict[str, list[str]] = {}
        for rule in pack.rules.values():
            for name in {head.type for head in rule.heads}:
                self._makers.setdefault(name, []).append(rule.id)
        self._always = frozenset(fact.type for fact in pack.facts)
        self._kept: dict[tuple[frozenset[str], frozenset[str]], Mapping[str, frozenset[str]]] = {}

    def of(self, case: Case) -> Mapping[str, frozenset[str]]:
        """By rule, the questions that its findings in this case can depend on; none for a rule that can't speak."""
        present = self._always | {given.fact.type for given in case.given}
        key = (frozenset(present), frozenset(case.incomplete))
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = self._found(*key)
        return self._kept[key]

    def _found(self, present: frozenset[str], incomplete: frozenset[str]) -> Mapping[str, frozenset[str]]:
        silent = self._silent(present)
        unsure = self._perhaps_open(incomplete)
        kept = {
            name: [edge.maker for edge in edges if edge.maker not in silent or self._matters(edge, unsure)]
            for name, edges in self._edges.items()
        }
        found = dict(self._own)
        changed = True
        while changed:
            changed = False
            for name, makers in kept.items():
                reach = found[name].union(*(found[maker] for maker in makers))
                if reach != found[name]:
                    found[name], changed = reach, True
        return {name: frozenset() if name in silent else asked for name, asked in found.items()}

    def _matters(self, edge: Edge, unsure: Collection[str]) -> bool:
        """Whether a rule that can't speak is felt all the same, by the type it would make being open."""
        return edge.what in unsure

    def _silent(self, present: frozenset[str]) -> frozenset[str]:
        """The rules that need a fact that can't be there."""
        silent: set[str] = set()
        changed = True
        while changed:
            changed = False
            for name, rule in self._pack.rules.items():
                if name not in silent and any(self._is_absent(each, present, silent) for each in _needed(rule)):
                    silent.add(name)
                    changed = True
        return frozenset(silent)

    def _is_absent(self, type_name: str, present: frozenset[str], silent: Collection[str]) -> bool:
        if type_name in present or type_name in STATUS_TYPES:
            return False
        return all(maker in silent for maker in self._makers.get(type_name, ()))

    def _perhaps_open(self, incomplete: frozenset[str]) -> frozenset[str]:
        """The types that could be open in a case that lists these as incomplete."""
        types = self._pack.types
        found = {name for name, kind in types.items() if kind.open or (kind.derived and kind.given)} | incomplete
        changed = True
        while changed:
            changed = False
            for name, makers in self._makers.items():
                if name not in found and not found.isdisjoint(self._read(makers)):
                    found.add(name)
                    changed = True
        return frozenset(found)

    def _read(self, rules: Iterable[str]) -> Iterator[str]:
        for name in rules:
            yield from (pattern.type for pattern in patterns_in(self._pack.rules[name].when))


def _needed(rule: Rule) -> Iterator[str]:
    """The types of which `when` needs a fact in every reading."""
    yield from (item.type for item in rule.when.items if isinstance(item, Pattern) and not item.reading)
