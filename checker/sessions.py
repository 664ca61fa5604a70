"""One stratum in the engine: facts in, finds out, until nothing new comes.

A session for each shard in which something can fire. What is found becomes contexts,
and in a cycle new facts, which go back in. Nothing here knows of worlds or labels.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import NamedTuple

from checker.engine import Session
from checker.errors import EngineError
from checker.firing import Filler, Find, Setting, check_find, due_of
from checker.joins import COMING, UNLISTED, Shard, encode_context, encode_fact, encode_virtual, shards_of
from checker.model import Fact, Rule
from checker.program import START, Alternative, Negation, Node, Program, Stratum
from checker.terms import Env
from checker.values import Value

MOST_PLANS = 256  # kept; cases of ever new types would fill the memory
MOST_ITEMS = 260_000  # beyond, two of the engine's ids could hash alike
Key = tuple[int, tuple[tuple[str, Value], ...]]


class Context(NamedTuple):
    """Bindings that bodies start from."""

    code: int
    env: tuple[tuple[str, Value], ...]


class Virtual(NamedTuple):
    """A fact nobody listed, or one yet to come, of the type with this code."""

    code: int
    which: int


class Plan(NamedTuple):
    """What can fire in a stratum, given which codes are there: by shard, the codes its rules want."""

    shards: tuple[tuple[Shard, frozenset[int]], ...]


class Finds:
    """What was found, by the body and the bindings it started from."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._by_key: dict[Key, list[Find]] = {}

    def of(self, node: Node, env: Env) -> list[Find]:
        """The finds of a body that started from these bindings."""
        return self._by_key.get((node.code, tuple(sorted((name, env[name]) for name in node.given if name in env))), [])

    def add(self, node: Node, env: Env, find: Find) -> None:
        """Add a find."""
        key = node.code, tuple(sorted((name, env[name]) for name in node.given if name in env))
        self._by_key.setdefault(key, []).append(find)


class Join:
    """One stratum of one case: everything its bodies find among the facts (by type).

    `conclude` gives the facts that follow at once from a find of a definition that reads what it makes.
    """

    def __init__(
        self,
        program: Program,
        stratum: Stratum,
        setting: Setting,
        facts: Mapping[str, Collection[Fact]],
        maybe_open: Callable[[str], bool],
        conclude: Callable[[Rule, Find], Iterable[Fact]],
    ) -> None:
        """Join the facts as the stratum's bodies ask."""
        self.program, self.stratum, self.setting = program, stratum, setting
        self.facts, self.maybe_open, self.conclude = facts, maybe_open, conclude
        self.finds = Finds()
        self.items: list[tuple[Fact | Context | Virtual, int]] = []  # with the number of the copy; the engine's ids
        self.known: set[Fact | Context | Virtual] = set()  # those put into the sessions, or about to be
        self.rounding = program.pack.rounding

    def run(self) -> Finds:
        """Open the sessions, and put facts in and take finds out until nothing is new."""
        plan = self._plan()
        with ExitStack() as stack:
            open_sessions = [
                (shard, wanted, stack.enter_context(shard.compiled().session()), dict(shard.symbols))
                for shard, wanted in plan.shards
            ]
            fresh = list(self._first(plan))
            self.known.update(fresh)
            while fresh:
                start = len(self.items)
                self._number(fresh, plan)
                for shard, wanted, session, symbols in open_sessions:
                    self._put(session, shard, wanted, symbols, start)
                fresh = [new for shard, _, session, _ in open_sessions for new in self._drained(session, shard)]
        return self.finds

    def _number(self, fresh: Iterable[Fact | Context | Virtual], plan: Plan) -> None:
        for each in fresh:
            code = self.program.codes[each.type] if isinstance(each, Fact) else each.code
            copies = max(shard.copies.get(code, 1) for shard, _ in plan.shards)
            self.items.extend((each, copy) for copy in range(copies))
        if len(self.items) > MOST_ITEMS:
            message = f"more than {MOST_ITEMS:,} facts and bindings for one case"
            raise EngineError(message)

    def _plan(self) -> Plan:
        present = frozenset(self.program.codes[name] for name, held in self.facts.items() if held)
        virtual = frozenset(self._virtual_codes())
        key = present, virtual
        if key not in self.stratum.plans:
            if self.stratum.shards is None:
                self.stratum.shards = shards_of(self.program, self.stratum)
            if len(self.stratum.plans) >= MOST_PLANS:
                self.stratum.plans.clear()
            self.stratum.plans[key] = _planned(self.program, self.stratum, present, virtual)
        plan: Plan = self.stratum.plans[key]
        return plan

    def _virtual_codes(self) -> Iterator[int]:
        """Types of which something beside the listed could fill a pattern."""
        for alternative in self.stratum.virtual:
            for pattern in alternative.patterns:
                to_come = alternative.node.rule.due is not None and self.program.pack.types[pattern.type].given
                if to_come or self.maybe_open(pattern.type):
                    yield self.program.codes[pattern.type]

    def _first(self, plan: Plan) -> Iterator[Fact | Context | Virtual]:
        wanted = frozenset().union(*(codes for _, codes in plan.shards))
        if START in wanted:
            yield Context(START, ())
        for name, held in self.facts.items():
            if self.program.codes[name] in wanted:
                yield from held
        names = {self.program.codes[name]: name for name in self.program.codes}
        for code in sorted(set(self._virtual_codes()) & wanted):
            if self.maybe_open(names[code]):
                yield Virtual(code, UNLISTED)
            if self.program.pack.types[names[code]].given:
                yield Virtual(code, COMING)

    def _put(self, session: Session, shard: Shard, wanted: frozenset[int], symbols: dict[str, int], start: int) -> None:
        for number, (each, copy) in enumerate(self.items[start:], start + 1):
            code = self.program.codes[each.type] if isinstance(each, Fact) else each.code
            if code not in wanted or copy >= shard.copies.get(code, 1):
                continue
            if isinstance(each, Fact):
                encoded = encode_fact(code, each.values, shard, symbols, self.rounding)
            elif isinstance(each, Virtual):
                encoded = encode_virtual(code, each.which, shard)
            else:
                encoded = encode_context(code, dict(each.env), shard, symbols, self.rounding)
            encoded["c"] = copy
            session.put(number, encoded)

    def _drained(self, session: Session, shard: Shard) -> Iterator[Fact | Context]:
        for rule, numbers in list(session.drain()):
            alternative = shard.alternatives[int(rule[1:])]
            found = [self.items[number - 1][0] for number in numbers]
            env: Env = {}
            if found and isinstance(found[0], Context):
                env = dict(found[0].env)
                found = found[1:]
            fillers: list[Filler] = [each.which if isinstance(each, Virtual) else each for each in found]  # type: ignore[misc]
            find = check_find(self.setting, alternative, env, fillers, self._due(alternative, env))
            if find is not None:
                self.finds.add(alternative.node, env, find)
                yield from self._from(find)

    def _due(self, alternative: Alternative, env: Env) -> Value | None:
        if alternative.node.part not in ("needs", "owes", "forbids"):
            return None
        return due_of(alternative.node.rule, env, self.rounding)

    def _from(self, find: Find) -> Iterator[Fact | Context]:
        """What a find lets others start from, if it is new."""
        node = find.alternative.node
        starts: list[Fact | Context] = [
            Context(negation.code, tuple(sorted(env.items()))) for negation, env in find.looks
        ]
        if node.is_parent:
            starts.append(Context(node.code, tuple(sorted(find.env.items()))))
        if node.part == "when" and node.rule.mode == "means":
            starts.extend(self.conclude(node.rule, find))
        for each in starts:
            if each not in self.known:
                self.known.add(each)
                yield each


def _planned(program: Program, stratum: Stratum, present: frozenset[int], virtual: frozenset[int]) -> Plan:
    """Which rules can fire at all, as more and more becomes possible, and the codes they want."""
    there = {START, *present}
    live: dict[int, set[int]] = {}
    changed = True
    while changed:
        changed = False
        for number, shard in enumerate(stratum.shards or []):
            for index, alternative in enumerate(shard.alternatives):
                if index in live.setdefault(number, set()):
                    continue
                if all(code in there or (alternative.node.virtual and code in virtual) for code in shard.needs[index]):
                    live[number].add(index)
                    there.update(_opened(program, alternative))
                    changed = True
    return Plan(
        tuple(
            (shard, frozenset(code for index in live[number] for code in shard.needs[index]))
            for number, shard in enumerate(stratum.shards or [])
            if live[number]
        )
    )


def _opened(program: Program, alternative: Alternative) -> Iterator[int]:
    """The codes of what a find of the alternative brings in."""
    yield alternative.node.code
    yield from (step.code for step in alternative.steps if isinstance(step, Negation))
    if alternative.node.part == "when":
        yield from (program.codes[head.type] for head in alternative.node.rule.heads)
