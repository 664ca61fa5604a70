"""The mutants of a rule: all that one small change can make of it, each told in words that name it for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from checker.dates import Date
from checker.errors import Place
from checker.model import PROPOSED, Body, Compare, FieldTest, Head, Kind, Pack, Pattern, Rule
from checker.mutation.operators import moved, words_of
from checker.mutation.parts import Change, Changed, Parts, without_option
from checker.mutation.scopes import settled
from checker.reads import patterns_of
from checker.strata import STATUS_TYPES, problems_of, questions_in
from checker.values import Term

LEFT_OUT = "left out"
_JUDGED = ("needs", "owes", "forbids")
_NEVER = Compare(Term(0), "is", (Term(1),), (), Place(""))


class Mutant(NamedTuple):
    """A rule after one change. `change` names it among the mutants of the rule."""

    rule: str
    change: str
    place: Place
    changed: Rule


def mutants_of(pack: Pack, rule: Rule) -> tuple[Mutant, ...]:
    """Every mutant of a rule that a pack could hold, each once."""
    names: Counter[str] = Counter()
    found: list[Mutant] = []
    seen: list[Rule] = [rule._replace(say={}, remedy={})]
    for change, wrong in _Mutations(pack, rule).all():
        made = settled(wrong, pack.readings)
        if made is None or made in seen or any(_refused(pack, made)):
            continue
        seen.append(made)
        names[change.told] += 1
        name = change.told if names[change.told] == 1 else f"{change.told} ({names[change.told]})"
        found.append(Mutant(rule.id, name, change.place, made))
    return tuple(found)


def mutated(pack: Pack, rule: Rule) -> Pack:
    """The pack with this rule instead of its own of the same id."""
    return replace(pack, rules={**pack.rules, rule.id: rule})


def _refused(pack: Pack, rule: Rule) -> Iterator[bool]:
    """Whether the strata of a pack with this rule would be none."""
    if rule.mode == "means":
        rules = {**pack.rules, rule.id: rule}
        yield from (True for _ in problems_of(pack.types, rules, pack.force, pack.readings))


class _Mutations:
    """One rule, changed."""

    def __init__(self, pack: Pack, rule: Rule) -> None:
        self.pack, self.rule = pack, rule
        kinds: dict[str, Kind] = {}
        for pattern in patterns_of(rule):
            for field, name in pattern.binds:
                kinds.setdefault(name, pack.types[pattern.type].fields[field].kind)
        self.parts = Parts(kinds, pack.types, words_of(pack))
        self.statuses_read = any(
            pattern.type in STATUS_TYPES and test.field == "rule" and test.terms[0].base == rule.id
            for other in pack.rules.values()
            for pattern in patterns_of(other)
            for test in pattern.tests
        )

    def all(self) -> Iterator[Changed[Rule]]:
        """The rule left out, and with each of its parts changed."""
        rule = self.rule
        never = rule.when._replace(items=(*rule.when.items, _NEVER))
        yield self._change(LEFT_OUT), rule._replace(when=never)  # what others expect of it is still there to read
        bound = frozenset(rule.when.binds)
        for change, when in self.parts.body("when", rule.when, frozenset()):
            yield change, rule._replace(when=when)
        if rule.body is not None:
            for change, body in self.parts.body(rule.mode, rule.body, bound):
                yield change, rule._replace(body=body)
            bound = bound.union(rule.body.binds) if rule.mode == "forbids" else bound
        for change, unless in self.parts.exceptions("unless", rule.unless, bound):
            yield change, rule._replace(unless=unless)
        yield from self._heads()
        yield from self._due()
        yield from self._days()
        yield from self._keys()
        yield from self._readings()

    def _change(self, told: str, place: Place | None = None) -> Change:
        return Change(told, place or self.rule.place)

    def _heads(self) -> Iterator[Changed[Rule]]:
        heads = self.rule.heads
        for index, head in enumerate(heads):
            before, after = heads[:index], heads[index + 1 :]
            if before or after:
                yield self._change(f"means: drop {head.type}", head.place), self.rule._replace(heads=(*before, *after))
            for change, made in self._head(head):
                yield change, self.rule._replace(heads=(*before, made, *after))

    def _head(self, head: Head) -> Iterator[Changed[Head]]:
        """Days and numbers moved, words exchanged, and each field left out, which then is unknown."""
        for index, (name, term) in enumerate(head.fields):
            before, after = head.fields[:index], head.fields[index + 1 :]
            field = self.pack.types[head.type].fields[name]
            where = f"means: {head.type}.{name} {term}"
            yield self._change(f"{where} → dropped", head.place), head._replace(fields=(*before, *after))
            word = (
                self.parts.words.instead_of(term.base, self.parts.words.of(head.type, field))
                if isinstance(term.base, str)
                else None
            )
            for other in (*moved(term, field.kind), *([Term(word)] if word is not None else [])):
                made = head._replace(fields=(*before, (name, other), *after))
                yield self._change(f"{where} → {other}", head.place), made

    def _due(self) -> Iterator[Changed[Rule]]:
        due = self.rule.due
        if isinstance(due, Term):
            for other in moved(due, "date"):
                yield self._change(f"due: {due} → {other}"), self.rule._replace(due=other)
            if self.rule.mode == "owes":
                yield self._change(f"due: {due} → none"), self.rule._replace(due="none")
            else:
                yield self._change(f"due: {due} → dropped"), self.rule._replace(due=None)

    def _days(self) -> Iterator[Changed[Rule]]:
        """The rule's own days of validity."""
        start, end = self.rule.valid
        for other in _other_days(start):
            yield self._change(f"valid from: {start} → {other or 'dropped'}"), self.rule._replace(valid=(other, end))
        for other in _other_days(end):
            yield self._change(f"valid until: {end} → {other or 'dropped'}"), self.rule._replace(valid=(start, other))

    def _keys(self) -> Iterator[Changed[Rule]]:
        """What is written of the rule as a whole, taken back; what is not written is not put there."""
        rule = self.rule
        if rule.survives:
            yield self._change("survives: yes → no"), rule._replace(survives=False)
        if rule.before_force:
            yield self._change("before-force: yes → no"), rule._replace(before_force=False)
        if rule.also_done and rule.mode != "means":
            yield self._change("also-done: yes → no"), rule._replace(also_done=False, when=_proposed_only(rule.when))
        if rule.mode in _JUDGED and self.statuses_read:
            change = self._change(f"if-not: {rule.if_not} → {'no-effect' if rule.if_not == 'breach' else 'breach'}")
            yield change, rule._replace(if_not="no-effect" if rule.if_not == "breach" else "breach")
        for name, left in _one_less(rule.overrides):
            yield self._change(f"overrides: drop {name}"), rule._replace(overrides=left)
        for name, left in _one_less(rule.instead_of):
            yield self._change(f"instead-of: drop {name}"), rule._replace(instead_of=left)
        for name, left in _one_less(rule.per):
            yield self._change(f"per: drop ${name}"), rule._replace(per=left)

    def _readings(self) -> Iterator[Changed[Rule]]:
        """The rule in every reading, and without all that is part of an option."""
        rule = self.rule
        if rule.reading:
            yield self._change("in every reading"), rule._replace(reading=())
        for question in sorted({*questions_in(rule)} - {*dict(rule.reading)}):
            for option in self.pack.readings[question].options:
                pair = (question, option)
                made = rule._replace(
                    when=without_option(rule.when, pair),
                    body=None if rule.body is None else without_option(rule.body, pair),
                    unless=tuple(each for each in rule.unless if pair not in each.reading),
                )
                yield self._change(f"without {question}: {option}"), made


def _one_less(names: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each name, and the others."""
    yield from ((name, (*names[:index], *names[index + 1 :])) for index, name in enumerate(names))


def _other_days(day: Date | None) -> tuple[Date | None, ...]:
    """A day earlier, a day later, and no day at all; nothing where there is none."""
    if day is None:
        return ()
    return (*(other.base for other in moved(Term(day), "date") if isinstance(other.base, Date)), None)


def _proposed_only(when: Body) -> Body:
    """The body of a rule on an action, as it is read where the rule does not say `also-done`."""
    test = FieldTest(PROPOSED, "is", (Term("yes"),))
    return when._replace(
        items=tuple(
            item._replace(tests=(*item.tests, test))
            if isinstance(item, Pattern) and ("id", "action") in item.binds
            else item
            for item in when.items
        )
    )
