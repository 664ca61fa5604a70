"""Rules, and parts of rules, that never come to anything."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from checker.errors import Place, nearest, quoted
from checker.lint.clashes import Clash, Clashes, is_part
from checker.lint.finding import Found
from checker.lint.implied import follows
from checker.lint.slots import Slots
from checker.lint.subject import Subject
from checker.lint.walk import unlesses
from checker.model import Absent, AnyOf, Body, Count, Item, Pack, Pattern, Reading, Rule
from checker.strata import STATUS_TYPES


def dead_rules(subject: Subject) -> Iterator[Found]:
    """Rules whose `when` nothing can meet, or that are valid on no day on which the agreement is in force."""
    clashes = _clashes(subject.pack)
    for rule in subject.pack.rules.values():
        clash = clashes.in_every_world(rule, rule.when.items)
        if clash and not clash.alone:
            yield _found(subject, rule, clash, "the rule never fires: ")
        elif clash is None and (why := _out_of_time(rule, subject.pack)):
            yield Found(subject.inside(rule.place, "valid"), rule.id, f"the rule never fires: {why}")


def impossible_demands(subject: Subject) -> Iterator[Found]:
    """Conditions and duties that nothing can meet."""
    return _never_met(subject, ("needs", "owes"), "this can never be met: ")


def unbreakable_rules(subject: Subject) -> Iterator[Found]:
    """Prohibitions of what can't be, and conditions that `when` already states."""
    yield from _never_met(subject, ("forbids",), "this can never be broken: ")
    for rule in subject.pack.rules.values():
        if rule.mode == "needs" and rule.due is None and rule.body and follows(rule.body, rule.when):
            told = "this can never be broken: `when` states all that `needs` asks for"
            yield Found(subject.inside(rule.place, "needs"), rule.id, told)


def impossible_tests(subject: Subject) -> Iterator[Found]:
    """Single tests that no value passes."""
    clashes = _clashes(subject.pack)
    for rule in subject.pack.rules.values():
        found = {clash for items in _conjunctions(rule) for clash in clashes.alone(items)}
        undeclared = {each.place for each in _undeclared(subject, rule)}
        for clash in sorted(found):
            if subject.inside(clash.place, *clash.keys) not in undeclared:
                yield _found(subject, rule, clash, "")


def undeclared_values(subject: Subject) -> Iterator[Found]:
    """Comparisons with a word that is no option of the field compared."""
    for rule in subject.pack.rules.values():
        yield from _undeclared(subject, rule)


def dead_parts(subject: Subject) -> Iterator[Found]:
    """Exceptions, branches, `absent` and `count` that never find anything, or are part of no reading."""
    clashes = _clashes(subject.pack)
    for rule in subject.pack.rules.values():
        if clashes.in_every_world(rule, rule.when.items):
            continue  # it is told of the rule
        for part in _parts(rule):
            clash = clashes.in_every_world(rule, part.items, part.reading)
            if not any(is_part((*rule.reading, *part.reading), world) for world in clashes.worlds(rule)):
                yield Found(subject.on_disk(part.place), rule.id, f"{part.what} is part of no reading that its rule is")
            elif clash and not clash.alone:
                yield _found(subject, rule, clash, f"{part.what} {part.comes_to}: ")


def idle_overrides(subject: Subject) -> Iterator[Found]:
    """Permissions and special rules that speak of other actions than the rules they displace."""
    rules = subject.pack.rules
    for rule in rules.values():
        for key, names in (("overrides", rule.overrides), ("instead-of", rule.instead_of)):
            for number, name in enumerate(names):
                mine, theirs = _actions(rule), _actions(rules[name])
                if mine.isdisjoint(theirs):
                    told = f"`{name}` speaks of {_listed(theirs)}, this rule of {_listed(mine)}: nothing is displaced"
                    yield Found(subject.inside(rule.place, key, number), rule.id, told)


# --- what is looked at together ---------------------------------------------------


class _Part(NamedTuple):
    """A part of a rule that may never find anything: its items and those around it."""

    what: str
    comes_to: str
    reading: Reading
    items: tuple[Item, ...]
    place: Place


def _conjunctions(rule: Rule) -> Iterator[tuple[Item, ...]]:
    """Items that are to hold together: those of `when`, of what is asked for, and of every part."""
    yield rule.when.items
    if rule.body:
        yield (*rule.when.items, *rule.body.items)
    yield from (part.items for part in _parts(rule))


def _parts(rule: Rule) -> Iterator[_Part]:
    yield from _parts_of(rule.when, ())
    if rule.body:
        yield from _parts_of(rule.body, rule.when.items)
    around = (*rule.when.items, *(rule.body.items if rule.body and rule.mode == "forbids" else ()))
    for unless in unlesses(rule):
        yield _Part("this exception", "never holds", unless.reading, (*around, *unless.body.items), unless.place)
        yield from _parts_of(unless.body, around)


def _parts_of(body: Body, around: tuple[Item, ...]) -> Iterator[_Part]:
    for item in body.items:
        others = (*around, *(each for each in body.items if each is not item))
        if isinstance(item, Absent):
            yield _Part("this `absent`", "always holds", item.reading, (*others, *item.body.items), item.place)
            yield from _parts_of(item.body, others)
        elif isinstance(item, Count):
            yield _Part("this `count`", "is always 0", item.reading, (*others, item.of), item.place)
        elif isinstance(item, AnyOf):
            for branch in item.bodies:
                place = branch.items[0].place if branch.items else item.place
                yield _Part("this branch", "never holds", item.reading, (*others, *branch.items), place)
                yield from _parts_of(branch, others)


@lru_cache(maxsize=1)  # several checks ask for the same pack's
def _clashes(pack: Pack) -> Clashes:
    """The clashes of a pack, where rules that never fire make nothing, and so on."""
    dead: frozenset[str] = frozenset()
    while True:
        made = {head.type for rule in pack.rules.values() if rule.id not in dead for head in rule.heads}
        made |= {fact.type for fact in pack.facts} | set(STATUS_TYPES)
        unmade = {name for name, kind in pack.types.items() if kind.derived and not kind.given} - made
        clashes = Clashes(pack, frozenset(unmade), dead)
        now = frozenset(name for name, rule in pack.rules.items() if clashes.in_every_world(rule, rule.when.items))
        if now == dead:
            return clashes
        dead = now


def _never_met(subject: Subject, modes: tuple[str, ...], head: str) -> Iterator[Found]:
    clashes = _clashes(subject.pack)
    for rule in subject.pack.rules.values():
        if rule.mode in modes and rule.body and not clashes.in_every_world(rule, rule.when.items):
            clash = clashes.in_every_world(rule, (*rule.when.items, *rule.body.items))
            if clash and not clash.alone:
                yield _found(subject, rule, clash, head)


def _undeclared(subject: Subject, rule: Rule) -> Iterator[Found]:
    types = subject.pack.types
    seen: set[Found] = set()
    for items in _conjunctions(rule):
        slots = Slots(subject.pack, items)
        for slot, tests in slots.tests.items():
            lists = [types[name].fields[field].options for name, field in slots.fields[slot]]
            known = sorted({option for options in lists for option in options})
            for each in tests:
                if not all(lists) or not lists or each.test.op not in ("is", "not", "in"):
                    continue
                for term in each.test.terms:
                    if isinstance(term.base, str) and not term.steps and term.base not in known:
                        place = subject.inside(each.place, *each.keys)
                        told = f"{quoted(each.name)} is never {quoted(term.base)}{_instead(term.base, known)}"
                        seen.add(Found(place, rule.id, told))
    yield from sorted(seen)


def _instead(word: str, known: list[str]) -> str:
    return nearest(word, known) or f"; it is one of {', '.join(known)}"


def _found(subject: Subject, rule: Rule, clash: Clash, head: str) -> Found:
    return Found(subject.inside(clash.place, *clash.keys), rule.id, head + clash.message)


def _out_of_time(rule: Rule, pack: Pack) -> str | None:
    """Why no day is one on which the rule speaks."""
    (first, last), force = rule.valid, pack.force
    if rule.mode == "means":
        return None
    if last and force.start and last < force.start and not rule.before_force:
        return f"it is valid until {last}, and the agreement is in force from {force.start}"
    if first and force.end and first > force.end and not rule.survives:
        return f"it is valid from {first}, and the agreement is in force until {force.end}"
    return None


def _actions(rule: Rule) -> frozenset[str]:
    """The types of `$action`."""
    patterns = (item for item in rule.when.items if isinstance(item, Pattern))
    return frozenset(item.type for item in patterns if ("id", "action") in item.binds)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "no action"
