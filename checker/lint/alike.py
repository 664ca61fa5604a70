"""Rules that say what another says, and exceptions that say what their rule says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from checker.lint.finding import Found
from checker.lint.implied import follows
from checker.lint.shape import Shape, Shaper
from checker.lint.subject import Subject
from checker.lint.walk import JUDGED
from checker.model import Body, Rule


def duplicate_rules(subject: Subject) -> Iterator[Found]:
    """Rules that do what an earlier one does, up to the names of variables."""
    first: dict[Shape, Rule] = {}
    for rule in _in_order(subject):
        shaper = Shaper()
        other = first.setdefault((*shaper.conditions(rule), *shaper.demands(rule)), rule)
        if other is not rule and not _of_one_block(rule, other):
            place = other.place._replace(file=Path(other.place.file).name)
            yield Found(subject.on_disk(rule.place), rule.id, f"does the same as `{other.id}`, at {place}")


def conflicting_limits(subject: Subject) -> Iterator[Found]:
    """Rules on the same things that differ from an earlier one in a limit alone, where no reading tells them apart."""
    first: dict[Shape, tuple[Rule, list[str]]] = {}
    for rule in _in_order(subject):
        if rule.mode not in JUDGED:
            continue
        shaper, blank = Shaper(), Shaper(blank=True)
        when = shaper.conditions(rule)
        blank.conditions(rule)
        blank.limits.clear()
        key = (*when, *blank.demands(rule))
        other, limits = first.setdefault(key, (rule, blank.limits))
        if limits != blank.limits and not _of_one_block(rule, other):
            mine, theirs = next((a, b) for a, b in zip(blank.limits, limits, strict=True) if a != b)
            told = f"asks for what `{other.id}` asks, but says {mine} where that says {theirs}; no reading parts them"
            yield Found(subject.on_disk(rule.place), rule.id, told)


def swallowed_rules(subject: Subject) -> Iterator[Found]:
    """Exceptions, permissions and special rules that hold wherever their rule speaks, so that it never fails."""
    for rule in subject.pack.rules.values():
        stated = _stated(rule)
        for unless in rule.unless:
            if not unless.unless and _is_within(unless.reading, rule) and follows(unless.body, stated):
                told = "the rule's own conditions imply this exception, so the rule never fails"
                yield Found(subject.on_disk(unless.place), rule.id, told)
        for key, names in (("overrides", rule.overrides), ("instead-of", rule.instead_of)):
            for number, name in enumerate(names):
                other = subject.pack.rules[name]
                if _is_within(rule.reading, other) and _holds_on(rule, other):
                    told = f"this rule speaks wherever `{name}` does, so that `{name}` never fails"
                    yield Found(subject.inside(rule.place, key, number), rule.id, told)


def _stated(rule: Rule) -> Body:
    """What holds wherever the rule could fail."""
    if rule.mode != "forbids" or rule.body is None:
        return rule.when
    return Body((*rule.when.items, *rule.body.items), (*rule.when.binds, *rule.body.binds))


def _holds_on(displacer: Rule, other: Rule) -> bool:
    """Whether a permission or special rule applies wherever the other rule does; `$action` is one variable to both."""
    bounded = any(displacer.valid) or displacer.unless or displacer.survives < other.survives
    action_only = displacer.when._replace(binds=tuple(name for name in displacer.when.binds if name != "action"))
    return not bounded and displacer.before_force >= other.before_force and follows(action_only, other.when)


def _is_within(reading: tuple[tuple[str, str], ...], rule: Rule) -> bool:
    return set(reading) <= set(rule.reading)


def _in_order(subject: Subject) -> list[Rule]:
    """The rules as they stand in the files."""
    order = {document.file: number for number, document in enumerate(subject.documents)}
    places = {rule.id: subject.on_disk(rule.place) for rule in subject.pack.rules.values()}
    return sorted(
        subject.pack.rules.values(), key=lambda rule: (order[places[rule.id].file], places[rule.id][1:], rule.id)
    )


def _of_one_block(rule: Rule, other: Rule) -> bool:
    return rule.block is not None and rule.block == other.block
