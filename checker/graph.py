"""The rules of a pack as a graph: which facts go into each rule, and which come out of it.

Rules and types of facts are the nodes; an arrow runs the way facts flow, from a type to the rules that look at it
and from a definition to the types it makes. Groups are what a drawing puts a box around. What is not drawn: that the
last day in force stops nearly every rule, since an arrow from one type to all rules shows nothing. A type that only
cases state and that rules of several groups look at is drawn once in each, so that groups hang together by what
rules make and not by what everybody reads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from checker.model import FactType, Mode, Pack, Rule, text_in
from checker.relations import FORCE, Relations, is_status, relations
from checker.verdict import Derivation, DerivedFact, FactView, Finding, FindingStatus

NodeKind: TypeAlias = "Mode | Literal['act', 'stated', 'derived']"
ArrowKind = Literal["looks", "excepts", "makes", "breach", "performance", "displaces", "demands"]
GROUPINGS = ("clause", "family", "file")
_EXCEPTING = frozenset(("absent", "unless"))  # parts of a rule that a fact makes fail


class Node(NamedTuple):
    """A rule (its kind is its keyword) or a type; `group` is '' where it belongs to none.

    `key` is its name, with the group where a type is drawn in several. `status`: what a finding says of the rule, else
    `fired`, `stated` or `derived`; '' where no case is shown, or it is not on the path. `facts`: those on the path.
    """

    key: str
    name: str
    kind: NodeKind
    group: str
    about: str
    stratum: int = 0  # of a rule
    status: FindingStatus | Literal["", "fired", "stated", "derived"] = ""
    facts: tuple[FactView, ...] = ()

    @property
    def is_rule(self) -> bool:
        """Whether it is a rule, and not a type."""
        return self.stratum > 0


class Arrow(NamedTuple):
    """From a type to a rule that looks at it, from a definition to what it makes, or from rule to rule: by keys."""

    source: str
    target: str
    kind: ArrowKind
    lit: bool = False


class Graph(NamedTuple):
    """Nodes and arrows in canonical order; `shows_case`: some of them may be lit; `focus`: the rule it is about."""

    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    groups: tuple[str, ...]
    shows_case: bool = False
    focus: str = ""


def graph_of(pack: Pack, language: str, grouping: str = "clause") -> Graph:
    """The whole pack; `grouping` is one of `GROUPINGS`."""
    related = relations(pack)
    group = {name: _GROUP[grouping](rule) for name, rule in pack.rules.items()}
    arrows = {arrow for rule in pack.rules.values() for arrow in _arrows(rule, related[rule.id])}
    nodes = [
        Node(name, name, rule.mode, group[name], text_in(rule.title, language), related[name].stratum)
        for name, rule in pack.rules.items()
    ]
    copies: dict[tuple[str, str], str] = {}  # type and group → key
    for kind in pack.types.values():
        homes = _homes(kind, arrows, group)
        for home in homes:
            key = f"{kind.name}@{home}" if len(homes) > 1 else kind.name
            copies[kind.name, home] = key
            nodes.append(Node(key, kind.name, _kind(kind), home, kind.about))
    keyed = {
        arrow._replace(source=copies.get((arrow.source, group.get(arrow.target, "")), arrow.source)) for arrow in arrows
    }
    return _graph(f"{pack.id} {pack.version}", nodes, keyed)


def _kind(kind: FactType) -> NodeKind:
    if kind.action:
        return "act"
    return "derived" if kind.derived else "stated"


def _homes(kind: FactType, arrows: Iterable[Arrow], group: Mapping[str, str]) -> Collection[str]:
    """The groups in which a type is drawn; of a derived one that of its makers, if these are of one group."""
    if is_status(kind.name):
        return ()
    makers = {group[arrow.source] for arrow in arrows if arrow.kind == "makes" and arrow.target == kind.name}
    lookers = {group[arrow.target] for arrow in arrows if arrow.source == kind.name}
    if makers:
        return makers if len(makers) == 1 else ("",)
    return sorted(lookers) or ("",)


_GROUP: Mapping[str, Callable[[Rule], str]] = {
    "clause": lambda rule: rule.clause or "",
    "family": lambda rule: rule.id.partition(".")[0],
    "file": lambda rule: rule.place.file.rpartition("/")[2],
}


def _graph(title: str, nodes: Iterable[Node], arrows: Iterable[Arrow], *, shows_case: bool = False) -> Graph:
    ordered = tuple(sorted(nodes, key=lambda node: (not node.is_rule, node.key)))
    groups = tuple(sorted({node.group for node in ordered} - {""}))
    return Graph(title, ordered, tuple(sorted(arrows)), groups, shows_case)


def _arrows(rule: Rule, related: Relations) -> Iterator[Arrow]:
    for look in related.looks:
        if is_status(look.type):
            for maker in look.makers:
                yield Arrow(maker, rule.id, "breach" if look.type == "violation" else "performance")
        elif parts := [part for part in look.through if part != FORCE]:
            yield Arrow(look.type, rule.id, "excepts" if _EXCEPTING.issuperset(parts) else "looks")
    yield from (Arrow(rule.id, name, "makes") for name in related.makes)
    yield from (Arrow(rule.id, name, "displaces") for name in related.displaces)
    yield from (Arrow(rule.id, name, "demands") for name in related.demands)


# --- parts of it --------------------------------------------------------------------


def around(graph: Graph, rule: str) -> Graph:
    """One rule with what it looks at and makes, who makes that and who looks at it, and the rules it is tied to."""
    looked = {arrow.source for arrow in graph.arrows if arrow.target == rule}
    made = {arrow.target for arrow in graph.arrows if arrow.source == rule and arrow.kind == "makes"}
    arrows = [
        arrow
        for arrow in graph.arrows
        if rule in (arrow.source, arrow.target)
        or arrow.source in made
        or (arrow.kind == "makes" and arrow.target in looked)
    ]
    near = {rule} | {key for arrow in arrows for key in (arrow.source, arrow.target)}
    nodes = [node for node in graph.nodes if node.key in near]
    return _graph(f"{graph.title}: {rule}", nodes, arrows, shows_case=graph.shows_case)._replace(focus=rule)


def lit_only(graph: Graph) -> Graph:
    """What is on the path of a case, and nothing else."""
    nodes = [node for node in graph.nodes if node.status]
    return _graph(graph.title, nodes, [arrow for arrow in graph.arrows if arrow.lit], shows_case=True)


# --- the path of a case ---------------------------------------------------------------


class _Path:
    """What findings rest on: rules with what is said of them, facts by type, and the arrows between."""

    def __init__(self) -> None:
        self.rules: dict[str, FindingStatus | Literal["fired"]] = {}
        self.facts: dict[str, dict[str, FactView]] = {}
        self.ways: set[tuple[str, str]] = set()

    def find(self, finding: Finding) -> None:
        """Walk one finding down to the facts of the case."""
        self.rules[finding.rule] = _worse(finding.status, self.rules.get(finding.rule))
        for tree in finding.because:
            self._walk(tree, finding.rule)
        for fact in (*finding.found, *finding.repaired_by):
            self._fact(fact, finding.rule)
        for name in finding.overridden_by:
            self.rules.setdefault(name, "fired")
            self.ways.add((name, finding.rule))

    def _walk(self, tree: Derivation, reader: str) -> None:
        self._fact(tree.fact, reader)
        if isinstance(tree, DerivedFact):
            self.rules.setdefault(tree.rule, "fired")
            self.ways.add((tree.rule, tree.fact.type))
            for each in tree.because:
                self._walk(each, tree.rule)

    def _fact(self, fact: FactView, reader: str) -> None:
        if is_status(fact.type):
            self.ways.add((str(dict(fact.fields)["rule"]), reader))
            return
        self.facts.setdefault(fact.type, {})[str(fact)] = fact
        self.ways.add((fact.type, reader))


_WORST_FIRST: tuple[FindingStatus, ...] = (
    "violated",
    "contested",
    "undetermined",
    "pending",
    "excused",
    "overridden",
    "satisfied",
)


def _worse(one: FindingStatus, other: str | None) -> FindingStatus:
    return min((each for each in _WORST_FIRST if each in (one, other)), key=_WORST_FIRST.index)


def lit(graph: Graph, findings: Iterable[Finding]) -> Graph:
    """The graph with the path of findings lit: facts stated, derivations fired, rules that found."""
    path = _Path()
    for finding in findings:
        path.find(finding)
    name = {node.key: node.name for node in graph.nodes}
    arrows = [arrow._replace(lit=(name[arrow.source], name[arrow.target]) in path.ways) for arrow in graph.arrows]
    reached = {key for arrow in arrows if arrow.lit for key in (arrow.source, arrow.target)}
    nodes = [_lit_node(node, path, reached) for node in graph.nodes]
    return _graph(graph.title, nodes, arrows, shows_case=True)


def _lit_node(node: Node, path: _Path, reached: Collection[str]) -> Node:
    if node.is_rule:
        return node._replace(status=path.rules.get(node.name, ""))
    facts = path.facts.get(node.name, {}) if node.key in reached else {}
    if not facts:
        return node
    ordered = tuple(facts[told] for told in sorted(facts))
    derived = node.kind == "derived" and not any(fact.place for fact in ordered)
    return node._replace(status="derived" if derived else "stated", facts=ordered)
