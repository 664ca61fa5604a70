"""Strata: which rules have to be finished before others look. Cycles through what is not finished are refused here.

`absent`, `count`, `unless`, permissions and special rules, statuses and the end of
force look only at what is finished (strict edges); a definition may read what it
helps to make (plain edges), and round a strict cycle only if one counter rises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import NamedTuple

from checker.errors import Problem
from checker.model import Absent, AnyOf, Body, Count, FactType, Force, Item, Pattern, Question, Rule, Unless
from checker.reads import patterns_in, patterns_of
from checker.values import Step, Term, Variable

STATUS_TYPES = ("violation", "fulfilled")
MOST_COMBINATIONS = 64


class Edge(NamedTuple):
    """`reader` looks at what `maker` makes: at a type (or a status), through a part of the rule."""

    reader: str
    maker: str
    what: str
    through: str
    strict: bool


class Strata(NamedTuple):
    """Groups of rules by level: each level looks at lower ones only, a group of several rules also at itself."""

    levels: tuple[tuple[tuple[str, ...], ...], ...]
    edges: Mapping[str, tuple[Edge, ...]]


def stratify(rules: Mapping[str, Rule], force: Force) -> Strata:
    """The strata of rules that `problems_of` found nothing wrong with."""
    edges = edges_of(rules, force)
    level: dict[str, int] = {}
    groups: list[list[tuple[str, ...]]] = []
    for group in _components(edges):
        below = [level[edge.maker] for name in group for edge in edges[name] if edge.maker not in group]
        mine = max(below, default=-1) + 1
        level.update(dict.fromkeys(group, mine))
        groups.extend([] for _ in range(mine + 1 - len(groups)))
        groups[mine].append(group)
    return Strata(tuple(map(tuple, groups)), edges)


def reading_dependencies(rules: Mapping[str, Rule], force: Force) -> dict[str, frozenset[str]]:
    """By rule, the questions its findings can depend on, directly or through what it looks at."""
    edges = edges_of(rules, force)
    found: dict[str, frozenset[str]] = {}
    for group in _components(edges):
        own = {question for name in group for question in questions_in(rules[name])}
        below = {edge.maker for name in group for edge in edges[name]} - set(group)
        reach = frozenset(own).union(*(found[maker] for maker in below))
        found.update(dict.fromkeys(group, reach))
    return found


def problems_of(
    types: Mapping[str, FactType], rules: Mapping[str, Rule], force: Force, questions: Mapping[str, Question]
) -> Iterator[Problem]:
    """Cycles that can't be put in order, and rules that depend on too many combinations of readings."""
    edges = edges_of(rules, force)
    for group in _components(edges):
        inside = [edge for name in group for edge in edges[name] if edge.maker in group]
        strict = [edge for edge in inside if edge.strict]
        if strict and not _counts(types, rules, group):
            yield Problem(rules[strict[0].reader].place, _told(strict[0], inside, rules))
    if not edges:
        return
    for name, asked in reading_dependencies(rules, force).items():
        combinations = prod(len(questions[question].options) for question in asked)
        if combinations > MOST_COMBINATIONS:
            told = ", ".join(f"`{question}`" for question in sorted(asked))
            message = (
                f"`{name}` depends on {combinations} combinations of readings ({told}); at most {MOST_COMBINATIONS}"
            )
            yield Problem(rules[name].place, message)


def questions_in(rule: Rule) -> Iterator[str]:
    """The questions of which some part of the rule is a reading."""
    readings = [rule.reading, *(pattern.reading for pattern in patterns_of(rule))]
    readings += [unless.reading for unless in rule.unless]
    readings += [item.reading for body in (rule.when, *([rule.body] if rule.body else [])) for item in _items(body)]
    readings += [item.reading for unless in rule.unless for item in _items_of_unless(unless)]
    yield from (question for reading in readings for question, _ in reading)


def _items_of_unless(unless: Unless) -> Iterator[Item]:
    yield from _items(unless.body)
    for inner in unless.unless:
        yield from _items_of_unless(inner)


def _items(body: Body) -> Iterator[Item]:
    for item in body.items:
        yield item
        bodies = item.bodies if isinstance(item, AnyOf) else (item.body,) if isinstance(item, Absent) else ()
        for inner in bodies:
            yield from _items(inner)


# --- edges ----------------------------------------------------------------------


def edges_of(rules: Mapping[str, Rule], force: Force) -> dict[str, tuple[Edge, ...]]:
    """By rule, what it looks at that others make."""
    makers: dict[str, list[str]] = {}
    displacers: dict[str, list[str]] = {}
    for rule in rules.values():
        for name in {head.type for head in rule.heads}:
            makers.setdefault(name, []).append(rule.id)
        for name in (*rule.overrides, *rule.instead_of):
            displacers.setdefault(name, []).append(rule.id)
    return {
        rule.id: tuple(sorted(set(_edges_of(rule, makers, displacers.get(rule.id, []), force))))
        for rule in rules.values()
    }


def _edges_of(rule: Rule, makers: Mapping[str, list[str]], displacers: list[str], force: Force) -> Iterator[Edge]:
    judged = rule.mode != "means"
    for pattern, through in looks(rule):
        strict = judged or through != "when" or pattern.type in STATUS_TYPES
        for maker in _status_rules(pattern) if pattern.type in STATUS_TYPES else makers.get(pattern.type, ()):
            yield Edge(rule.id, maker, pattern.type, through, strict)
    for name in displacers:
        yield Edge(rule.id, name, "its permission or special rule", "overrides", strict=True)
    if judged and force.ended_by is not None and not rule.survives:
        for maker in makers.get(force.ended_by, ()):
            yield Edge(rule.id, maker, force.ended_by, "in-force", strict=True)


def _status_rules(pattern: Pattern) -> list[str]:
    return [str(test.terms[0].base) for test in pattern.tests if test.field == "rule" and test.op == "is"]


def looks(rule: Rule) -> Iterator[tuple[Pattern, str]]:
    """Every pattern of the rule, and the part it looks through: `when`, `absent`, `count`, `unless`, or its keyword."""
    yield from _reads_of(rule.when, "when")
    if rule.body is not None:
        yield from ((pattern, rule.mode) for pattern in patterns_in(rule.body))
    for unless in rule.unless:
        yield from _reads_of_unless(unless)


def _reads_of(body: Body, through: str) -> Iterator[tuple[Pattern, str]]:
    for item in body.items:
        if isinstance(item, Pattern):
            yield item, through
        elif isinstance(item, Count):
            yield item.of, "count"
        elif isinstance(item, Absent):
            yield from ((pattern, "absent") for pattern in patterns_in(item.body))
        elif isinstance(item, AnyOf):
            for branch in item.bodies:
                yield from _reads_of(branch, through)


def _reads_of_unless(unless: Unless) -> Iterator[tuple[Pattern, str]]:
    yield from ((pattern, "unless") for pattern in patterns_in(unless.body))
    for inner in unless.unless:
        yield from _reads_of_unless(inner)


# --- cycles ---------------------------------------------------------------------


def _components(edges: Mapping[str, tuple[Edge, ...]]) -> list[tuple[str, ...]]:
    """Rules that can reach one another, each group after all it looks at (Tarjan's, without recursion)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    held: set[str] = set()
    found: list[tuple[str, ...]] = []
    for root in edges:
        if root in order:
            continue
        left = [(root, iter([edge.maker for edge in edges[root]]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        held.add(root)
        while left:
            name, makers = left[-1]
            following = next((maker for maker in makers if maker not in order or maker in held), None)
            if following is None:
                left.pop()
                if left:
                    low[left[-1][0]] = min(low[left[-1][0]], low[name])
                if low[name] == order[name]:
                    cut = stack.index(name)
                    found.append(tuple(sorted(stack[cut:])))
                    held.difference_update(stack[cut:])
                    del stack[cut:]
            elif following in order:
                low[name] = min(low[name], order[following])
            else:
                order[following] = low[following] = len(order)
                stack.append(following)
                held.add(following)
                left.append((following, iter([edge.maker for edge in edges[following]])))
    return found


def _counts(types: Mapping[str, FactType], rules: Mapping[str, Rule], group: tuple[str, ...]) -> bool:
    """Whether the cycle is walked by counters: no conclusion below what it reads, each above what it negates."""
    made = {head.type for name in group for head in rules[name].heads}
    if any(types[name].counter is None for name in made) or any(rules[name].mode != "means" for name in group):
        return False
    return all(_rises(types, rules[name], made) for name in group)


def _rises(types: Mapping[str, FactType], rule: Rule, made: set[str]) -> bool:
    heads = [_count_of(dict(head.fields).get(types[head.type].counter or "")) for head in rule.heads]
    for pattern, through in looks(rule):
        if pattern.type not in made:
            continue
        read = _count_in(pattern, types[pattern.type].counter or "")
        for head in heads:
            if head is None or read is None or head[0] != read[0]:
                return False
            if head[1] < read[1] or (through != "when" and head[1] == read[1]):
                return False
    return True


def _count_in(pattern: Pattern, counter: str) -> tuple[str, int] | None:
    for field, variable in pattern.binds:
        if field == counter:
            return variable, 0
    for test in pattern.tests:
        if test.field == counter and test.op == "is":
            return _count_of(test.terms[0])
    return None


def _count_of(term: Term | None) -> tuple[str, int] | None:
    if term is None or not isinstance(term.base, Variable):
        return None
    amounts = [_whole(step) for step in term.steps]
    return None if None in amounts else (term.base.name, sum(amount or 0 for amount in amounts))


def _whole(step: Step) -> int | None:
    if isinstance(step.amount, int) and isinstance(step.times, int):
        return step.sign * step.amount * step.times
    return None


def _told(strict: Edge, inside: list[Edge], rules: Mapping[str, Rule]) -> str:
    """The cycle in words, from the part that looks at what is not finished."""
    path = _path(strict.maker, strict.reader, inside)
    told = [f"`{strict.reader}` looks at `{strict.what}` through `{strict.through}`"]
    told += [f"which `{edge.reader}` makes and reads `{edge.what}` for" for edge in path]
    told.append(f"which `{strict.reader}` makes")
    if any(edge.what in STATUS_TYPES for edge in (strict, *path)):
        head = "a rule can't depend on its own breach"
    elif rules[strict.reader].mode == "means":
        head = "a cycle that looks at what is not finished needs a `counter` that rises"
    else:
        head = "these rules wait for one another"
    return f"{head}: {', '.join(told)}"


def _path(start: str, end: str, inside: list[Edge]) -> list[Edge]:
    """A shortest way from one rule to another along what they look at."""
    ways: dict[str, list[Edge]] = {start: []}
    left = [start]
    while left:
        name = left.pop(0)
        if name == end:
            return ways[name]
        for edge in inside:
            if edge.reader == name and edge.maker not in ways:
                ways[edge.maker] = [*ways[name], edge]
                left.append(edge.maker)
    return []
