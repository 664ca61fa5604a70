"""Whether a mutant makes any difference in a test: what its rule makes of what is there, before and after the change.

A test whose facts the changed rule takes as the rule did can't come out otherwise; it need not be judged. What is
there, everything that rules conclude included, is the outcome of the test as it stands. So a mutant is tried on that
one rule alone, and only once where what the rule looks at is the same under several readings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from checker.grounds import Ground, Setting, grounds
from checker.model import Fact, Level, Pattern, Rule
from checker.mutation.mutants import mutated
from checker.outcome import WORST_FIRST, Match, Status
from checker.referee_open import Openness, part_of
from checker.referee_status import Statuses
from checker.referee_world import World
from checker.values import Value

_Levels: TypeAlias = "frozenset[tuple[Fact, Level]]"


class _Made(NamedTuple):
    """All that a rule brings about: facts, a status for each subject, actions displaced, actions spoken of."""

    facts: _Levels
    statuses: frozenset[tuple[tuple[Value | Fact, ...], Status]]
    displaces: frozenset[tuple[Value, Level]]
    speaks_of: _Levels
    lost: bool


class Scene:
    """One test as the mutants of one rule meet it."""

    def __init__(self, test: Setting, rule: Rule) -> None:
        """Set apart the worlds that differ for the rule."""
        self.pack, self.case, self.rule = test.pack, test.case, rule
        self.unsure = "unknown" in test.outcome.horizon.values()  # a chain was lost, which the facts don't tell
        self.types = {fact.type for fact in test.outcome.facts}
        self._grounds = [] if self.unsure else list(grounds(test, rule))
        self._before: list[_Made] | None = None

    def infected_by(self, changed: Rule) -> bool:
        """Whether the changed rule makes anything else of the test than the rule does."""
        if self.unsure:
            return True
        if self._can_hold(changed) or self._can_hold(self.rule):
            if self._before is None:
                self._before = [self._made(each, self.rule) for each in self._grounds]
            if any(self._made(each, changed) != was for each, was in zip(self._grounds, self._before, strict=True)):
                return True
        return self.rule.mode == "means" and changed.when != self.rule.when and self._opens_otherwise(changed)

    def _can_hold(self, rule: Rule) -> bool:
        """Whether there is a fact of each type that `when` needs in every reading."""
        needed = (item for item in rule.when.items if isinstance(item, Pattern) and not item.reading)
        return all(item.type in self.types for item in needed)

    def _opens_otherwise(self, changed: Rule) -> bool:
        """Whether other derived types are open in some world: to facts nobody listed, not for what was found."""
        other = mutated(self.pack, changed)
        return any(
            Openness(self.pack, self.case, each.reading).open_derived
            != Openness(other, self.case, each.reading).open_derived
            for each in self._grounds
        )

    def _made(self, ground: Ground, rule: Rule) -> _Made:
        world = World(self.pack, self.case, ground.reading)
        world.facts.add(ground.facts)
        before = dict(world.facts.levels)
        if not part_of(rule.reading, ground.reading):
            return _Made(frozenset(), frozenset(), frozenset(), frozenset(), lost=False)
        if rule.mode == "means":
            world.derive([rule], recursive=False)
            facts = {(step.fact, level) for step, level in world.steps.items()}
        else:
            world.matches.update(ground.displacing)
            Statuses(world).judge(rule)
            facts = {(fact, level) for fact, level in world.facts.levels.items() if before.get(fact) != level}
        displaces = rule.overrides or rule.instead_of
        return _Made(
            frozenset(facts),
            frozenset(_worst(world.statuses).items()),
            frozenset(
                (dict(match.bindings)["action"], level)
                for match, level in world.matches.items()
                if displaces and match.rule == rule.id
            ),
            frozenset(self._spoken_of(world)),
            lost=bool(world.lost),
        )

    def _spoken_of(self, world: World) -> Iterator[tuple[Fact, Level]]:
        """The acts that fill `when`, which are not unjudged then."""
        for witness, level in world.witnesses.items():
            if witness.part == "when":
                yield from ((fact, level) for fact in witness.facts if self.pack.types[fact.type].action)


def _worst(statuses: Mapping[Match, Status]) -> dict[tuple[Value | Fact, ...], Status]:
    """By subject, the status that decides."""
    found: dict[tuple[Value | Fact, ...], Status] = {}
    for match, status in statuses.items():
        found[match.subject] = min(status, found.get(match.subject, status), key=WORST_FIRST.index)
    return found
