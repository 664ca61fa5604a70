"""How the rules of a pack hang together: what each looks at, who makes that, who looks at what it makes.

Read off the rules alone, no case in sight. What rules look at (`strata.edges_of`) runs from reader
to maker; here it is told of each rule in both directions, and with the names people know: types,
parts of a rule, readings. The end of force, which bounds nearly every rule, is told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from checker.model import Pack, Rule
from checker.strata import STATUS_TYPES, Edge, looks, questions_in, reading_dependencies, stratify

FORCE = "in-force"  # the part through which a rule looks at the end of the agreement
DISPLACED = "overrides"  # and at what displaces it


class Look(NamedTuple):
    """A type that a rule looks at: through which parts of it, and the rules that make it (none: cases state it).

    For `violation` and `fulfilled` the makers are the rules whose breach or performance is meant.
    """

    type: str
    through: tuple[str, ...]
    makers: tuple[str, ...]


class Reader(NamedTuple):
    """A rule that looks at what another makes: at a type or a status, through which of its parts."""

    rule: str
    type: str
    through: tuple[str, ...]


class Relations(NamedTuple):
    """All that one rule has to do with others; every tuple in the order of names.

    `stratum` counts from 1 to `strata`: a rule looks at what lower ones have finished. `block` holds the other rules
    of its block. `questions` are readings it names itself, `inherited` those of what it looks at.
    """

    stratum: int
    strata: int
    block: tuple[str, ...]
    looks: tuple[Look, ...]
    makes: tuple[str, ...]
    readers: tuple[Reader, ...]
    ends: tuple[str, ...]  # rules that stop with the day it makes, the last of the agreement
    displaces: tuple[str, ...]
    displaced_by: tuple[str, ...]
    demands: tuple[str, ...]  # duties that follow its breach
    demanded_by: tuple[str, ...]
    questions: tuple[str, ...]
    inherited: tuple[str, ...]


def relations(pack: Pack) -> Mapping[str, Relations]:
    """The relations of every rule, by id."""
    strata = stratify(pack.rules, pack.force)
    stratum = {name: depth for depth, level in enumerate(strata.levels, 1) for group in level for name in group}
    asked = reading_dependencies(pack.rules, pack.force)
    edges = [edge for each in strata.edges.values() for edge in each if edge.through != DISPLACED]
    return {
        rule.id: _of(rule, pack, edges, (stratum[rule.id], len(strata.levels)), asked[rule.id])
        for rule in pack.rules.values()
    }


def _of(rule: Rule, pack: Pack, edges: Iterable[Edge], stratum: tuple[int, int], asked: frozenset[str]) -> Relations:
    rules = pack.rules.values()
    own = frozenset(questions_in(rule))
    mine = [edge for edge in edges if edge.maker == rule.id]
    return Relations(
        stratum=stratum[0],
        strata=stratum[1],
        block=tuple(each.id for each in rules if rule.block and each.block == rule.block and each.id != rule.id),
        looks=tuple(_looks(rule, [edge for edge in edges if edge.reader == rule.id])),
        makes=tuple(sorted({head.type for head in rule.heads})),
        readers=tuple(_readers(edge for edge in mine if edge.through != FORCE)),
        ends=tuple(sorted({edge.reader for edge in mine if edge.through == FORCE})),
        displaces=tuple(sorted({*rule.overrides, *rule.instead_of})),
        displaced_by=tuple(each.id for each in rules if rule.id in (*each.overrides, *each.instead_of)),
        demands=tuple(sorted(rule.then_owes)),
        demanded_by=tuple(each.id for each in rules if rule.id in each.then_owes),
        questions=tuple(sorted(own)),
        inherited=tuple(sorted(asked - own)),
    )


def _looks(rule: Rule, edges: Iterable[Edge]) -> Iterator[Look]:
    parts: dict[str, list[str]] = {}
    for pattern, through in looks(rule):
        parts.setdefault(pattern.type, []).append(through)
    makers: dict[str, set[str]] = {}
    for edge in edges:
        makers.setdefault(edge.what, set()).add(edge.maker)
        if edge.through == FORCE:
            parts.setdefault(edge.what, []).append(FORCE)
    for name in sorted(parts):
        yield Look(name, tuple(dict.fromkeys(parts[name])), tuple(sorted(makers.get(name, ()))))


def _readers(edges: Iterable[Edge]) -> Iterator[Reader]:
    parts: dict[tuple[str, str], list[str]] = {}
    for edge in edges:
        parts.setdefault((edge.reader, edge.what), []).append(edge.through)
    for (name, what), through in sorted(parts.items()):
        yield Reader(name, what, tuple(dict.fromkeys(through)))


def is_status(type_name: str) -> bool:
    """Whether facts of the type tell of another rule's breach or performance."""
    return type_name in STATUS_TYPES
