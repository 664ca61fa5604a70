"""What if: facts assumed and ids left out in every case of a run, read once for each pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checker.case import Supposed, read_assumed, type_assumed
from checker.errors import CaseError, Problem, UsageError, nearest, quoted
from checker.json_text import dumps
from checker.load import Document, load
from checker.model import Case, Pack

_FLAG = "--assume"


class Supposition:
    """How the cases of a run are changed before they are judged."""

    def __init__(self, assume: Iterable[str | Mapping[str, object]], without: Iterable[str]) -> None:
        """Read what is assumed, each a fact as a case spells it. CaseError for what is none."""
        facts = list(assume)
        names = [_FLAG] if len(facts) == 1 else [f"{_FLAG}#{number}" for number in range(1, len(facts) + 1)]
        self.assumed = [_read(fact, name) for fact, name in zip(facts, names, strict=True)]
        self.without = tuple(dict.fromkeys(without))
        self.of_pack: dict[str, Supposed] = {}
        self.types: set[str] = set()
        self.ids: set[str] = set()

    def of(self, pack: Pack) -> Supposed:
        """What is supposed of a case of the pack: facts of the types that it knows. CaseError for what it refuses."""
        if pack.sha256 not in self.of_pack:
            self.types.update(name for name, kind in pack.types.items() if kind.given)
            known = [each for each in self.assumed if type_assumed(each) in pack.types]
            self.of_pack[pack.sha256] = Supposed(read_assumed(known, pack), self.without)
        return self.of_pack[pack.sha256]

    def note(self, case: Case, pack: Pack) -> None:
        """Keep in mind which ids a case that was read has."""
        if self.without:
            self.ids.update(case.without)
            for given in case.given:
                fields = list(pack.types[given.fact.type].fields)
                if "id" in fields:
                    self.ids.add(str(given.fact.values[fields.index("id")]))

    def refuse_unknown_types(self) -> None:
        """CaseError for a fact that no pack of the run knows: the cases would be judged as they stand."""
        strangers = [(each, type_assumed(each)) for each in self.assumed] if self.of_pack else []
        problems = [
            Problem(each.place(each.root), f"unknown type {quoted(name)}{nearest(name, self.types)}")
            for each, name in strangers
            if not any(name in (fact.given.fact.type for fact in known.facts) for known in self.of_pack.values())
        ]
        if problems:
            raise CaseError(problems)

    def refuse_unknown_ids(self) -> None:
        """UsageError for an id that no case has: likewise."""
        for own in self.without:
            if own not in self.ids:
                message = f"--without: no case has the id {quoted(own)}{nearest(own, self.ids)}"
                raise UsageError(message)


def _read(fact: str | Mapping[str, object], name: str) -> Document:
    if isinstance(fact, Mapping):
        documents = load(dumps(fact, spelt=str), name, error=CaseError, format="json")
    else:
        documents = load(fact if fact.strip() else "~", name, error=CaseError, format="yaml")
    for each in documents[-1:0:-1]:
        raise CaseError([Problem(each.place(each.root), "there are several documents here; one fact is wanted")])
    type_assumed(documents[0])
    return documents[0]
