"""Whether a mutant makes any difference in a test: what its rule makes of what is there, before and after the change.

A test whose facts the changed rule takes as the rule did can't come out otherwise; it need not be judged. What is
there, everything that rules conclude included, is the outcome of the test as it stands. So a mutant is tried on that
one rule alone, and only once where what the rule looks at is the same under several readings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from checker.allowed import JUDGED
from checker.grounds import Ground, Setting, grounds
from checker.model import Fact, Level, Pattern, Rule
from checker.mutation.mutants import mutated
from checker.outcome import WORST_FIRST, Match, Status
from checker.questions import overall
from checker.read_off import spelt_subject
from checker.referee_open import Openness, part_of
from checker.referee_status import Statuses
from checker.referee_world import World
from checker.testing import Told
from checker.values import Value

_Levels: TypeAlias = "frozenset[tuple[Fact, Level]]"


class _Made(NamedTuple):
    """All that a rule brings about: facts, a status for each subject, actions displaced, actions spoken of."""

    facts: _Levels
    statuses: frozenset[tuple[tuple[Value | Fact, ...], Status]]
    displaces: frozenset[tuple[Value, Level]]
    speaks_of: _Levels
    lost: bool


class Effect(NamedTuple):
    """What a mutant does to a test: the findings of its rule, None where more than these may be others.

    `special`: what else of a verdict may be otherwise, by the names that a test has for it.
    """

    told: tuple[Told, ...] | None
    special: frozenset[str] = frozenset()


class Scene:
    """One test as the mutants of one rule meet it."""

    def __init__(self, test: Setting, rule: Rule, *, alone: bool) -> None:
        """Set apart the worlds that differ for the rule. `alone`: no other rule looks at what it makes."""
        self.pack, self.case, self.rule = test.pack, test.case, rule
        self.unsure = "unknown" in test.outcome.horizon.values()  # a chain was lost, which the facts don't tell
        self.types = {fact.type for fact in test.outcome.facts}
        self._speaks_for_itself = alone and rule.mode in JUDGED and not (rule.acts and rule.per)
        self._grounds = [] if self.unsure else list(grounds(test, rule))
        self._before: list[_Made] | None = None

    def effect(self, changed: Rule) -> Effect | None:
        """What the changed rule makes otherwise of the test than the rule does; None: nothing."""
        if self.unsure:
            return Effect(None)
        if self._can_hold(changed) or self._can_hold(self.rule):
            if self._before is None:
                self._before = [self._made(each, self.rule) for each in self._grounds]
            after = [self._made(each, changed) for each in self._grounds]
            if after != self._before:
                return self._visible(self._before, after)
        if self.rule.mode == "means" and changed.when != self.rule.when and self._opens_otherwise(changed):
            return Effect(None)
        return None

    def _visible(self, before: list[_Made], after: list[_Made]) -> Effect | None:
        """The findings of the rule, where nothing else can differ; None if they are what they were."""
        if not self._speaks_for_itself:
            return Effect(None)
        told, special = self._told(after), set[str]()
        if any(was.speaks_of != now.speaks_of for was, now in zip(before, after, strict=True)):
            special |= {"unjudged", "not-in-force"}
        if told != self._told(before):
            special.add("verdict")
        return Effect(told, frozenset(special)) if special else None

    def _told(self, made: list[_Made]) -> tuple[Told, ...]:
        """The findings of the rule, given what it makes of each ground; the default readings' is the first."""
        tables = [dict(each.statuses) for each in made]
        found = []
        for subject in {subject: None for table in tables for subject in table}:
            statuses = [table.get(subject, "silent") for table in tables]
            status = overall(statuses[0], frozenset(statuses))
            action = subject[0] if self.rule.acts and isinstance(subject[0], str) else None
            about = spelt_subject(subject, self.pack)
            found += [] if status == "silent" else [Told(self.rule.id, action, status, about)]
        return tuple(sorted(found, key=str))

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
