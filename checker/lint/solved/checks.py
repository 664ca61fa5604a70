"""Checks that need the solver: rules that can never speak, be kept or be broken, that contradict or repeat each other.

Each says what no case within the bounds of `explore` shows; a contradiction comes with a case that shows it.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.lint.finding import Found
from checker.lint.solved.explore import Pair, explore
from checker.lint.solved.proofs import proofs
from checker.lint.subject import Subject
from checker.model import BASES, SEVERITIES, Rule


def idle_rules(subject: Subject) -> Iterator[Found]:
    """Rules that no case makes speak."""
    for each in explore(subject.pack).alone:
        if not each.applies:
            yield Found(each.rule.place, each.rule.id, f"no case was found in which `{each.rule.id}` applies")
        elif not each.demands:
            told = f"wherever `{each.rule.id}` applies an exception holds, or another rule displaces it"
            yield Found(each.rule.place, each.rule.id, told)


def unkeepable_rules(subject: Subject) -> Iterator[Found]:
    """Rules that are broken wherever they ask for something."""
    for each in explore(subject.pack).alone:
        if each.demands and not each.kept and each.rule.mode != "forbids":
            yield Found(each.rule.place, each.rule.id, f"no case was found in which `{each.rule.id}` is kept")


def unbroken_rules(subject: Subject) -> Iterator[Found]:
    """Rules that nothing breaks."""
    for each in explore(subject.pack).alone:
        if each.demands and not each.broken:
            yield Found(each.rule.place, each.rule.id, f"no case was found in which `{each.rule.id}` is broken")


def contradictions(subject: Subject) -> Iterator[Found]:
    """Two rules that can't both be kept where both ask something of one action."""
    pack = subject.pack
    for pair in explore(pack).pairs:
        if pair.witness is not None:
            told = f"`{pair.first.id}` and `{pair.second.id}` can't both be kept: no case was found in which they are"
            names = (pair.first.id, pair.second.id)
            worst = {name: _worst(statuses) for name, statuses in pair.witness.statuses(pack, names).items()}
            yield Found(
                pair.first.place, " ".join(names), told, pair.witness.test(pack, " against ".join(names), worst)
            )


def equal_rules(subject: Subject) -> Iterator[Found]:
    """Two rules that are broken together, always."""
    for pair in _repeating(subject):
        if not pair.first_only and not pair.second_only:
            told = f"`{pair.first.id}` is broken exactly where `{pair.second.id}` is"
            yield Found(pair.first.place, f"{pair.first.id} {pair.second.id}", told)


def shadowed_rules(subject: Subject) -> Iterator[Found]:
    """A rule that is broken only where another is that says at least as much."""
    for pair in _repeating(subject):
        for shadowed, other, alone in (
            (pair.first, pair.second, pair.first_only),
            (pair.second, pair.first, pair.second_only),
        ):
            if not alone and pair.first_only != pair.second_only and _says_as_much(other, shadowed):
                told = f"`{shadowed.id}` is broken only where `{other.id}` is broken too"
                yield Found(shadowed.place, f"{shadowed.id} {other.id}", told)


def gaps(subject: Subject) -> Iterator[Found]:
    """Options of an action with which no rule speaks of it, though rules look at the field."""
    for each in explore(subject.pack).unspoken:
        place = subject.pack.types[each.action].place
        told = f"no rule speaks of `{each.action}` with `{each.field}: {each.value}`"
        yield Found(subject.inside(place, "fields", each.field), each.action, told)


def broken_properties(subject: Subject) -> Iterator[Found]:
    """Properties that a case breaks which keeps the rules."""
    for proof in proofs(subject.pack):
        if proof.witness is not None:
            told = f"`{proof.property.id}` does not hold: a case that keeps the rules breaks it"
            yield Found(proof.property.place, proof.property.id, told, proof.test(subject.pack))


def unproven_properties(subject: Subject) -> Iterator[Found]:
    """Properties that were not looked into."""
    for proof in proofs(subject.pack):
        if proof.failed:
            told = f"`{proof.property.id}` was not looked into: {proof.failed}"
            yield Found(proof.property.place, proof.property.id, told)


def _repeating(subject: Subject) -> Iterator[Pair]:
    """Pairs of which one rule at least can't be broken alone."""
    yield from (
        pair for pair in explore(subject.pack).pairs if pair.peace and not (pair.first_only and pair.second_only)
    )


def _says_as_much(other: Rule, shadowed: Rule) -> bool:
    """Whether a rule is of the same clause, and neither less severe nor less surely founded."""
    severe = SEVERITIES.index(other.severity) >= SEVERITIES.index(shadowed.severity)
    return other.clause == shadowed.clause and severe and BASES.index(other.basis) <= BASES.index(shadowed.basis)


def _worst(statuses: frozenset[str]) -> str:
    return "violated" if "violated" in statuses else min(statuses, default="silent")
