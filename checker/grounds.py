"""What a rule has to go on in a judged test: the facts it can find, under each combination of readings that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar

from checker.model import Case, Fact, Level, Pack, Rule
from checker.outcome import Label, Match, Outcome
from checker.reads import patterns_of
from checker.referee_open import Openness
from checker.strata import STATUS_TYPES, questions_in

_Noun = TypeVar("_Noun", Fact, Match)


class Setting(NamedTuple):
    """A test as the pack judges it: the outcome, and by world the derived types that are open."""

    pack: Pack
    case: Case
    outcome: Outcome
    open_types: tuple[frozenset[str], ...]


class Ground(NamedTuple):
    """What a rule finds in a world: the facts of the types it reads, and the matches of what may displace it."""

    reading: Mapping[str, str]
    facts: Mapping[Fact, Level]
    displacing: Mapping[Match, Level]


def setting(pack: Pack, case: Case, outcome: Outcome) -> Setting:
    """A test as its outcome tells of it."""
    opened = (Openness(pack, case, dict(world)).open_derived for world in outcome.worlds)
    return Setting(pack, case, outcome, tuple(opened))


def grounds(test: Setting, rule: Rule) -> Iterator[Ground]:
    """The worlds of a test, but for those in which the rule finds what it found in one before."""
    pack, outcome = test.pack, test.outcome
    read = {pattern.type for pattern in patterns_of(rule)} | {pack.force.ended_by}
    displacers = {each.id for each in pack.rules.values() if rule.id in (*each.overrides, *each.instead_of)}
    own = sorted({*questions_in(rule)})
    facts = {fact: label for fact, label in outcome.facts.items() if fact.type in read and not _is_status(fact, rule)}
    matches = {match: label for match, label in outcome.matches.items() if match.rule in displacers}
    known = set()
    for number, (key, opened) in enumerate(zip(outcome.worlds, test.open_types, strict=True)):
        reading = dict(key)
        ground = Ground(reading, _in_world(facts, number), _in_world(matches, number))
        signature = (
            frozenset(ground.facts.items()),
            frozenset(ground.displacing.items()),
            opened & read,
            tuple(reading[question] for question in own),
        )
        if signature not in known:
            known.add(signature)
            yield ground


def _in_world(labels: Mapping[_Noun, Label], number: int) -> dict[_Noun, Level]:
    """What holds in a world, and how surely."""
    bit = 1 << number
    return {
        each: Level.DEFINITE if label.certain & bit else Level.POSSIBLE
        for each, label in labels.items()
        if label.possible & bit
    }


def _is_status(fact: Fact, rule: Rule) -> bool:
    """Whether it is a status of the rule itself."""
    return fact.type in STATUS_TYPES and fact.values[0] == rule.id
