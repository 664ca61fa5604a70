"""Pack → Program: rules cut into positive Horn rules that the engine can join, in strata.

A *body* (of `when`, `needs`, `absent`, an exception, …) becomes alternatives without
`any` and without readings; each is one rule of the engine. What it finds becomes a
*context*, a fact that carries the bindings, which the bodies inside it start from.
So nothing negative reaches the engine: `absent`, `count` and `unless` are bodies of
their own, found like any other and taken away between strata (`labels`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, product
from threading import Lock
from typing import Any, NamedTuple

from checker.errors import PackError, Problem
from checker.model import Absent, AnyOf, Body, Compare, Count, Item, Pack, Pattern, Reading, Rule, Unless
from checker.rename import renamed
from checker.strata import Edge, Strata, stratify

Guard = tuple[tuple[Reading, bool], ...]  # readings that must, or must not, be those of the world


@dataclass(eq=False)
class Node:
    """A body in its place: which variables it finds bound, its alternatives, and the bodies that start from it.

    `part` is when, needs, owes, forbids, unless, absent or count; `number` its place among its like.
    """

    rule: Rule
    part: str
    number: int
    reading: Reading
    given: tuple[str, ...]  # variables bound before
    binds: tuple[str, ...]  # variables it adds for what starts from it
    code: int
    alternatives: list[Alternative] = field(default_factory=list)
    body: Node | None = None
    unless: list[Node] = field(default_factory=list)
    item: Absent | Count | None = None
    virtual: bool = False  # facts nobody listed, or yet to come, may fill its patterns

    @property
    def variables(self) -> tuple[str, ...]:
        """What a context of it carries."""
        return (*self.given, *self.binds)

    @property
    def is_parent(self) -> bool:
        """Whether anything starts from what it finds."""
        return self.body is not None or bool(self.unless)


class Negation(NamedTuple):
    """An `absent` or `count` inside an alternative: looked at from `known`, the variables bound by then."""

    node: Node
    known: tuple[str, ...]
    code: int


@dataclass(eq=False)
class Alternative:
    """One conjunction: patterns and comparisons in order, negations where they are looked at."""

    node: Node
    guard: Guard
    steps: tuple[Pattern | Compare | Negation, ...]
    parent: int  # the code of the context it starts from; START for none
    dated: int | None  # which pattern's fact dates it: the first of a dated type, not inside `any`

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """The patterns, in order."""
        return tuple(step for step in self.steps if isinstance(step, Pattern))


_MAY_BE_EMPTY = ("when", "needs", "owes")
MOST_ALTERNATIVES = 256
MOST_IN_A_RULE = 15  # the engine holds sixteen; one is the context
START = 1  # the code of the fact that bodies without patterns start from


@dataclass(eq=False)
class Stratum:
    """Rules that look only at lower strata, or in a cycle at one another; `groups` in no special order."""

    groups: tuple[tuple[str, ...], ...]
    alternatives: list[Alternative]
    shards: list[Any] | None = None  # made by `joins` when first needed
    plans: dict[Any, Any] = field(default_factory=dict)  # of `sessions`, by what there is

    @property
    def virtual(self) -> list[Alternative]:
        """Those whose patterns facts nobody listed may fill."""
        return [alternative for alternative in self.alternatives if alternative.node.virtual]


@dataclass(eq=False)
class Program:
    """A compiled pack. The only thing in it that changes is what is made when first needed, under the lock."""

    pack: Pack
    strata: tuple[Stratum, ...]
    roots: Mapping[str, Node]
    edges: Mapping[str, tuple[Edge, ...]]
    behind: Mapping[str, frozenset[str]]
    chains: frozenset[str]
    displacers: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, int]
    lock: Lock = field(default_factory=Lock)


def compile_pack(pack: Pack) -> Program:
    """The program of a pack."""
    codes = {name: number for number, name in enumerate(sorted(pack.types), START + 1)}
    numbers = count(START + 1 + len(codes))
    roots = {rule.id: _Compiler(pack, rule, numbers).root() for rule in pack.rules.values()}
    strata = stratify(pack.rules, pack.force)
    behind = _behind(strata)
    return Program(
        pack=pack,
        strata=tuple(_stratum(groups, roots) for groups in strata.levels),
        roots=roots,
        edges=strata.edges,
        behind=behind,
        chains=frozenset(rule.id for rule in pack.rules.values() if rule.id in behind[rule.id] and _computes(rule)),
        displacers={
            name: tuple(sorted(r.id for r in pack.rules.values() if name in (*r.overrides, *r.instead_of)))
            for name in pack.rules
        },
        codes=codes,
    )


def _computes(rule: Rule) -> bool:
    return any(term.steps for head in rule.heads for _, term in head.fields)


def _behind(strata: Strata) -> dict[str, frozenset[str]]:
    """By rule, every rule it looks at, through others too; itself where it is in a cycle."""
    found: dict[str, frozenset[str]] = {}
    for level in strata.levels:
        for group in level:
            makers = {edge.maker for name in group for edge in strata.edges[name]}
            reach = frozenset(makers).union(*(found[maker] for maker in makers - set(group)))
            found.update(dict.fromkeys(group, reach))
    return found


def _stratum(groups: tuple[tuple[str, ...], ...], roots: Mapping[str, Node]) -> Stratum:
    nodes = [node for group in groups for name in group for node in _nodes(roots[name])]
    return Stratum(groups, [alternative for node in nodes for alternative in node.alternatives])


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for alternative in node.alternatives:
        for step in alternative.steps:
            if isinstance(step, Negation):
                yield from _nodes(step.node)
    for inner in [*([node.body] if node.body else []), *node.unless]:
        yield from _nodes(inner)


class _Compiler:
    """One rule being cut into bodies."""

    def __init__(self, pack: Pack, rule: Rule, numbers: Iterator[int]) -> None:
        self.pack, self.rule, self.numbers = pack, rule, numbers
        self.locals = count(1)

    def root(self) -> Node:
        rule = self.rule
        root = self._node("when", 0, (), rule.when, (), START)
        if rule.body is not None:
            root.body = self._node(rule.mode, 0, (), rule.body, root.variables, root.code)
            root.body.virtual = rule.mode != "forbids"
        holder = root.body if rule.mode == "forbids" and root.body is not None else root
        holder.unless = self._exceptions(rule.unless, holder)
        return root

    def _exceptions(self, exceptions: tuple[Unless, ...], parent: Node) -> list[Node]:
        nodes = []
        for number, unless in enumerate(exceptions):
            node = self._node("unless", number, unless.reading, unless.body, parent.variables, parent.code)
            node.unless = self._exceptions(unless.unless, node)
            nodes.append(node)
        return nodes

    def _node(self, part: str, number: int, reading: Reading, body: Body, given: tuple[str, ...], parent: int) -> Node:
        binds = tuple(name for name in body.binds if name not in given)
        node = Node(self.rule, part, number, reading, given, binds, next(self.numbers))
        for guard, items in self._alternatives(body) if part in _MAY_BE_EMPTY else self._remaining(body):
            steps = tuple(self._steps([item for item, _ in items], given))
            node.alternatives.append(Alternative(node, guard, steps, parent, self._dated(items)))
            if len(node.alternatives[-1].patterns) > MOST_IN_A_RULE:
                message = (
                    f"`{self.rule.id}` has more than {MOST_IN_A_RULE} patterns in one body; conclude some of them first"
                )
                raise PackError([Problem(self.rule.place, message)])
        return node

    def _dated(self, items: list[tuple[Item, bool]]) -> int | None:
        patterns = [(item, top) for item, top in items if isinstance(item, Pattern)]
        days = (self.pack.types[item.type].day if top else None for item, top in patterns)
        return next((number for number, day in enumerate(days) if day is not None), None)

    def _steps(self, items: list[Item], given: tuple[str, ...]) -> Iterator[Pattern | Compare | Negation]:
        """The items, with a body of its own for each negation, which sees what is bound before it."""
        known = dict.fromkeys(given)
        for item in items:
            if isinstance(item, Pattern):
                known.update(dict.fromkeys(variable for _, variable in item.binds))
                yield item
            elif isinstance(item, Compare):
                yield item
            elif isinstance(item, (Absent, Count)):
                yield self._negation(item, tuple(known))

    def _negation(self, item: Absent | Count, known: tuple[str, ...]) -> Negation:
        code = next(self.numbers)
        if isinstance(item, Absent):
            node = self._node("absent", 0, (), item.body, known, code)
        else:
            binds = tuple(variable for _, variable in item.of.binds if variable not in known)
            body = Body((item.of._replace(reading=()),), tuple(dict.fromkeys(binds)))
            node = self._node("count", 0, (), body, known, code)
        node.item = item
        return Negation(node, known, code)

    def _alternatives(self, body: Body) -> list[tuple[Guard, list[tuple[Item, bool]]]]:
        """Every conjunction the body stands for: one branch of each `any`, under readings that can go together.

        With each item, whether it stands in the body itself and not inside `any`.
        """
        found: list[tuple[Guard, list[tuple[Item, bool]]]] = [((), [])]
        for item in sorted(body.items, key=lambda each: isinstance(each, (Absent, Count))):
            longer = []
            for guard, items in found:
                for extra, more in self._choices(item):
                    longer.append(((*guard, *extra), [*items, *more]))
            found = [(guard, items) for guard, items in longer if self._can_be(guard)]
            if len(found) > MOST_ALTERNATIVES:
                message = (
                    f"`{self.rule.id}` stands for more than {MOST_ALTERNATIVES} combinations of `any` and readings"
                )
                raise PackError([Problem(self.rule.place, message)])
        return found

    def _remaining(self, body: Body) -> list[tuple[Guard, list[tuple[Item, bool]]]]:
        """The conjunctions in which something remains: where a reading takes everything away there is no such body."""
        return [(guard, items) for guard, items in self._alternatives(body) if items]

    def _choices(self, item: Item) -> Iterator[tuple[Guard, list[tuple[Item, bool]]]]:
        taken: Guard = ((item.reading, True),) if item.reading else ()
        if isinstance(item, AnyOf):
            for branch in item.bodies:
                names = {name: f"{name}~{next(self.locals)}" for name in branch.binds if name not in item.exports}
                for guard, items in self._remaining(branch):
                    yield (*taken, *guard), [(renamed(each, names), False) for each, _ in items]
        else:
            yield taken, [(item, True)]
        if item.reading:
            yield ((item.reading, False),), []

    def _can_be(self, guard: Guard) -> bool:
        asked = sorted({question for reading, _ in guard for question, _ in reading})
        worlds = product(*([(name, option) for option in self.pack.readings[name].options] for name in asked))
        return any(all((set(reading) <= set(world)) is taken for reading, taken in guard) for world in worlds)
