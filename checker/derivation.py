"""Why a fact holds: the derivation down to the case, chosen once and in canonical order.

Of several ways to the same fact the shallowest is told, then the first by rule
and premises; never the one an engine happened to find first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from checker.messages import sums_of
from checker.model import BASES, Case, Fact, FactType, Given, Pack, text_in
from checker.outcome import Match, Outcome, Step
from checker.speech import Speech
from checker.values import NONE, Unknown
from checker.verdict import Derivation, DerivedFact, FactView, GivenFact

_DEEPEST = 10**6


@dataclass
class Derivations:
    """The derivations of one world of an outcome."""

    pack: Pack
    case: Case
    outcome: Outcome
    world: int
    speech: Speech
    _given: dict[Fact, Given] = field(init=False)
    _steps: dict[Fact, list[tuple[Step, tuple[Fact, ...]]]] = field(init=False)
    _depths: dict[Fact, int] = field(init=False)

    def __post_init__(self) -> None:
        """Index what this world derives."""
        bit = 1 << self.world
        self._given = {given.fact: given for given in self.case.given}
        premises = premises_of(self.outcome, bit)
        self._steps = {}
        for step, label in self.outcome.steps.items():
            if label.possible & bit:
                self._steps.setdefault(step.fact, []).append((step, premises.get(step.match, ())))
        self._depths = dict.fromkeys(self._given, 0) | dict.fromkeys(self.pack.facts, 0)
        self._measure()

    def _measure(self) -> None:
        """The depth of every fact: one more than the deepest premise of its shallowest step."""
        changed = True
        while changed:
            changed = False
            for fact, steps in self._steps.items():
                depth = min((self._depth_of(premises) for _, premises in steps), default=_DEEPEST)
                if depth < self._depths.get(fact, _DEEPEST):
                    self._depths[fact] = depth
                    changed = True

    def _depth_of(self, premises: Iterable[Fact]) -> int:
        return 1 + max((self._depths.get(fact, _DEEPEST) for fact in premises), default=0)

    def trees(self, facts: Iterable[Fact]) -> tuple[Derivation, ...]:
        """The derivations of facts, each told once."""
        told: set[Fact] = set()
        return tuple(self._tree(fact, told) for fact in dict.fromkeys(facts))

    def _tree(self, fact: Fact, told: set[Fact]) -> Derivation:
        view = self.view(fact)
        steps = self._steps.get(fact)
        if fact in self._given or not steps:
            return GivenFact(view)
        step, premises = min(steps, key=lambda each: (self._depth_of(each[1]), each[0].match.rule, repr(each[1])))
        rule = self.pack.rules[step.match.rule]
        title = text_in(rule.title, self.speech.language)
        possible = not self.outcome.facts[fact].certain & (1 << self.world)
        if fact in told:
            return DerivedFact(view, rule.id, title, (), (), possible, again=True)
        told.add(fact)
        terms = [term for head in rule.heads if head.type == fact.type for _, term in head.fields]
        sums = tuple(sums_of(terms, dict(step.match.bindings), self.pack.rounding, self.speech))
        because = tuple(self._tree(premise, told) for premise in dict.fromkeys(premises))
        return DerivedFact(view, rule.id, title, sums, because, possible)

    def view(self, fact: Fact) -> FactView:
        """A fact as a reader sees it."""
        return view(self.pack.types[fact.type], fact, self._given.get(fact))

    def given(self, fact: Fact) -> Given | None:
        """Where the case states a fact, if it does."""
        return self._given.get(fact)

    def rules_behind(self, trees: Iterable[Derivation]) -> set[str]:
        """The rules that derivations rest on."""
        found: set[str] = set()
        for tree in trees:
            if isinstance(tree, DerivedFact):
                found |= {tree.rule} | self.rules_behind(tree.because)
        return found


def premises_of(outcome: Outcome, bit: int) -> dict[Match, tuple[Fact, ...]]:
    """By match, the facts that fill `when`: the surest, then the first in order."""
    best: dict[Match, tuple[tuple[bool, str], tuple[Fact, ...]]] = {}
    for witness, label in outcome.witnesses.items():
        if witness.part == "when" and label.possible & bit:
            rank = (not label.certain & bit, repr(witness.facts))
            if witness.match not in best or rank < best[witness.match][0]:
                best[witness.match] = (rank, witness.facts)
    return {match: facts for match, (_, facts) in best.items()}


def view(kind: FactType, fact: Fact, given: Given | None) -> FactView:
    """A fact for a reader; fields nobody stated are left out."""
    pairs = zip(kind.fields, fact.values, strict=True)
    shown = tuple(
        (name, value)
        for name, value in pairs
        if not isinstance(value, Unknown) and value is not NONE and name != "proposed"
    )
    return FactView(kind.name, shown, given.place if given else None, given.values if given else {})


def weakest(bases: Iterable[str]) -> str:
    """The weakest basis: a finding never rests on more than this."""
    return max(bases, key=lambda basis: BASES.index(basis) if basis in BASES else len(BASES))
