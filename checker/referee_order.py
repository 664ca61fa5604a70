"""In which order the referee judges rules: each when everything it looks at is finished.

Nothing clever: a rule waits for the rules that make what it reads; what waits for
itself is a cycle, and its rules are taken together.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from checker.model import Pack, Rule
from checker.reads import patterns_of


class Order(NamedTuple):
    """Groups of rules, finished first; whom each waits for; the rules that make new values in a cycle."""

    groups: tuple[tuple[str, ...], ...]
    waits_for: dict[str, frozenset[str]]
    behind: dict[str, frozenset[str]]  # by rule: every rule it depends on, through others too
    chains: frozenset[str]

    def is_cycle(self, group: tuple[str, ...]) -> bool:
        """Whether the rules of the group can read what they make."""
        return len(group) > 1 or group[0] in self.waits_for[group[0]]

    def chains_behind(self, rule: str) -> list[str]:
        """The chains that the rule depends on."""
        return [chain for chain in self.chains if chain in self.behind[rule]]


@lru_cache(maxsize=32)
def order_of(pack: Pack) -> Order:
    """The order of a pack's rules."""
    makers: dict[str, set[str]] = {}
    for rule in pack.rules.values():
        for head in rule.heads:
            makers.setdefault(head.type, set()).add(rule.id)
    waits_for = {rule.id: frozenset(_waits_for(rule, pack, makers)) for rule in pack.rules.values()}
    groups, behind = _finished_first(waits_for)
    cyclic = {name for group in groups if len(group) > 1 or group[0] in waits_for[group[0]] for name in group}
    chains = frozenset(
        name for name in cyclic if any(term.steps for head in pack.rules[name].heads for _, term in head.fields)
    )
    return Order(groups, waits_for, behind, chains)


def _finished_first(
    waits_for: dict[str, frozenset[str]],
) -> tuple[tuple[tuple[str, ...], ...], dict[str, frozenset[str]]]:
    left = dict.fromkeys(sorted(waits_for))
    groups: list[tuple[str, ...]] = []
    behind: dict[str, frozenset[str]] = {}
    while left:
        ready = [name for name in left if not any(other in left for other in waits_for[name])]
        alone: list[tuple[str, ...]] = [(name,) for name in ready]
        for group in alone or [_smallest_cycle(left, waits_for)]:
            groups.append(group)
            known = {other for name in group for other in waits_for[name]}
            reach = frozenset(known).union(*(behind[name] for name in known if name in behind))
            for name in group:
                behind[name] = reach | frozenset(group if len(group) > 1 else ())
                del left[name]
    return tuple(groups), behind


def _smallest_cycle(left: dict[str, None], waits_for: dict[str, frozenset[str]]) -> tuple[str, ...]:
    """Rules that wait for one another and for nobody else: the smallest set that waits only for itself."""

    def closure(name: str) -> frozenset[str]:
        seen, unseen = {name}, [name]
        while unseen:
            new = {other for other in waits_for[unseen.pop()] if other in left} - seen
            seen |= new
            unseen.extend(new)
        return frozenset(seen)

    closures = [tuple(sorted(closure(name))) for name in left]
    return min(closures, key=lambda each: (len(each), each))


def _waits_for(rule: Rule, pack: Pack, makers: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns_of(rule):
        if pattern.type in ("violation", "fulfilled"):
            found |= {str(test.terms[0].base) for test in pattern.tests if test.field == "rule" and test.op == "is"}
        found |= makers.get(pattern.type, set())
    for other in pack.rules.values():
        if rule.id in (*other.overrides, *other.instead_of):
            found.add(other.id)
    if pack.force.ended_by is not None and rule.mode != "means" and not rule.survives:
        found |= makers.get(pack.force.ended_by, set())
    return found
