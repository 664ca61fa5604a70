"""What if: facts assumed and ids left out in every case of a run, read once for each pack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from checker.case import Supposed, is_one_fact, read_assumed
from checker.errors import CaseError, Place, Problem, UsageError, nearest, quoted
from checker.load import Document, load
from checker.model import Case, Pack

_NAME = "--assume"


class Supposition:
    """How the cases of a run are changed before they are judged."""

    def __init__(self, assume: Iterable[str | Mapping[str, object]], without: Iterable[str]) -> None:
        """Read what is assumed: each a fact as a case spells it. CaseError for what is none."""
        texts = list(assume)
        self.without = tuple(dict.fromkeys(without))
        self.assumed = [
            _read(text, _NAME if len(texts) == 1 else f"{_NAME}#{number}") for number, text in enumerate(texts, 1)
        ]
        self.of_pack: dict[str, Supposed] = {}
        self.types: set[str] = set()

    def of(self, pack: Pack) -> Supposed:
        """What is supposed of a case of the pack: facts of types that it knows. CaseError for what it refuses of them."""
        if pack.sha256 not in self.of_pack:
            self.types |= {name for name, kind in pack.types.items() if kind.given}
            known = [each for each in self.assumed if _type(each) in pack.types]
            self.of_pack[pack.sha256] = Supposed(read_assumed(known, pack), self.without)
        return self.of_pack[pack.sha256]

    def refuse_idle(self, cases: Iterable[Case]) -> None:
        """Refuse what no case had a use for: a misspelt word would let a case be judged as it stands."""
        cases = list(cases)
        known = {_id(path) for case in cases for path in case.without}
