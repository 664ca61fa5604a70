"""Labels: in which worlds a thing holds certainly, and in which at least possibly.

The engine runs once over everything that is possible in some world; here its finds
become labels. Along a conjunction labels are combined by *and*, between different
ways to the same thing by *or*; `absent`, `count` and exceptions turn them round, which
is sound because they look only at strata that are finished.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from checker.dates import Date, Duration, NoSuchDayError, shift
from checker.firing import Find, Setting
from checker.model import Absent, Case, Count, Fact, Pack, Rule
from checker.openness import Open
from checker.outcome import Label, Match, Status, Step, Witness, WorldKey
from checker.program import Guard, Negation, Node, Program
from checker.sessions import Finds
from checker.terms import CERTAIN, FALSE, POSSIBLE, Env, decide, evaluate
from checker.values import NONE, Unknown, Value

Key = TypeVar("Key")
MOST_DERIVED = 20_000
NEVER = Label(0, 0)


@dataclass
class Worlds:
    """Masks over the worlds of a run."""

    keys: tuple[WorldKey, ...]
    everywhere: int = field(init=False)
    _readings: dict[object, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Every world's bit."""
        self.everywhere = (1 << len(self.keys)) - 1

    def of(self, guard: Guard) -> int:
        """The worlds in which the readings are taken, or not, as the guard says."""
        if guard not in self._readings:
            self._readings[guard] = sum(
                1 << number
                for number, key in enumerate(self.keys)
                if all((set(reading) <= set(key)) is taken for reading, taken in guard)
            )
        return self._readings[guard]


@dataclass
class Run:
    """One case on its way through the strata, in all worlds at once."""

    program: Program
    case: Case
    worlds: Worlds
    facts: dict[Fact, Label] = field(default_factory=dict)
    by_type: dict[str, dict[Fact, None]] = field(default_factory=dict)
    matches: dict[Match, Label] = field(default_factory=dict)
    statuses: dict[Match, dict[int, Status]] = field(default_factory=dict)
    steps: dict[Step, Label] = field(default_factory=dict)
    witnesses: dict[Witness, Label] = field(default_factory=dict)
    displaced: dict[Match, dict[str, Label]] = field(default_factory=dict)
    beyond: dict[str, str] = field(default_factory=dict)
    changes: int = 0  # how often something new was learnt of a fact
    lost: dict[str, int] = field(default_factory=dict)  # by chain, the worlds in which it came to a day nobody knows
    followed: set[Fact] = field(default_factory=set)  # the facts that cycles have sent back into the engine

    def __post_init__(self) -> None:
        """Begin with what the agreement and the case state."""
        self.pack: Pack = self.program.pack
        self.given = frozenset(given.fact for given in self.case.given)
        self.setting = Setting(self.pack, self.case, self.given)
        everywhere = Label(self.worlds.everywhere, self.worlds.everywhere)
        for fact in (*self.pack.facts, *(given.fact for given in self.case.given)):
            self.add(fact, everywhere)
        self.open = Open(self.pack, self.case, self.worlds.keys)
        self.horizons = {rule: self._last_day(self.pack.rules[rule]) for rule in self.program.chains}

    def add(self, fact: Fact, label: Label) -> bool:
        """Add a fact, or what more is known of it; whether that was anything new."""
        if not label.possible:
            return False
        known = self.facts.get(fact, NEVER)
        joined_label = Label(known.certain | label.certain, known.possible | label.possible)
        if joined_label == known:
            return False
        self.changes += 1
        self.facts[fact] = joined_label
        self.by_type.setdefault(fact.type, {})[fact] = None
        return True

    def is_news(self, fact: Fact, label: Label) -> bool:
        """Whether the label says more of the fact than is known."""
        known = self.facts.get(fact, NEVER)
        return bool(label.certain & ~known.certain or label.possible & ~known.possible)

    def applies(self, rule: Rule, day: Value) -> Label:
        """The worlds in which the day lies within the rule's days and those of the agreement."""
        force, certain, possible = self.pack.force, self.worlds.everywhere, self.worlds.everywhere
        tests = [decide("on-or-after", day, (rule.valid[0],))] if rule.valid[0] else []
        tests += [decide("on-or-before", day, (rule.valid[1],))] if rule.valid[1] else []
        if rule.mode != "means":
            tests += [decide("on-or-after", day, (force.start,))] if force.start and not rule.before_force else []
            tests += [decide("on-or-before", day, (force.end,))] if force.end and not rule.survives else []
        if FALSE in tests:
            return NEVER
        if POSSIBLE in tests:
            certain = 0
        for fact in self.by_type.get(force.ended_by or "", ()) if rule.mode != "means" and not rule.survives else ():
            last, label = self.day_of(fact), self.facts[fact]
            within = CERTAIN if last is None or last is NONE else decide("on-or-before", day, (last,))
            certain &= ~label.possible if within != CERTAIN else certain
            possible &= ~label.certain if within == FALSE else possible
        return Label(certain, possible)

    def keep(self, table: dict[Key, Label], key: Key, label: Label) -> None:
        """Write a label down, joined to what was written before."""
        if label.possible:
            known = table.get(key, NEVER)
            table[key] = Label(known.certain | label.certain, known.possible | label.possible)

    def day_of(self, fact: Fact) -> Value | None:
        """The day of a fact whose type is dated."""
        kind = self.pack.types[fact.type]
        return None if kind.day is None else fact.values[list(kind.fields).index(kind.day)]

    def _last_day(self, rule: Rule) -> Date:
        """The last day a chain is followed to."""
        stated = [value for given in self.case.given for value in given.fact.values if isinstance(value, Date)]
        last = max([self.case.as_of, *stated])
        steps = [step.amount for head in rule.heads for _, term in head.fields for step in term.steps]
        if rule.until is not None:
            last = rule.until
        else:
            last = max([last, *(_later(last, amount) for amount in steps if isinstance(amount, Duration))])
        return min(last, _later(self.case.as_of, Duration(months=2400)))

    # --- labels of finds --------------------------------------------------------------

    def label(self, find: Find, finds: Finds, *, coming: bool = False) -> Label:
        """Where a find holds: its readings, its facts, its tests and its negations together."""
        certain = possible = self.worlds.of(find.alternative.guard)
        for fact in find.facts:
            label = self.facts.get(fact, NEVER)
            certain &= label.certain
            possible &= label.possible
        if find.level != CERTAIN:
            certain = 0
        for negation, env in find.looks:
            if not possible:
                break
            label = self._negation(negation, env, finds, coming=coming, virtual=find.alternative.node.virtual)
            certain &= label.certain
            possible &= label.possible
        if find.virtual:
            certain = 0
            for pattern, env in find.assumed:
                possible &= self.open.of(pattern, env)
        return Label(certain, possible)

    def _negation(self, negation: Negation, env: Env, finds: Finds, *, coming: bool, virtual: bool) -> Label:
        found = finds.of(negation.node, env)
        item = negation.node.item
        if isinstance(item, Absent):
            return self._absent(negation.node, env, [self.label(find, finds) for find in found], coming=coming)
        if isinstance(item, Count):
            by_fact = self._by_fact(negation, env, finds)
            return self._count(item, env, list(by_fact.values()), coming=coming, virtual=virtual)
        return NEVER

    def _by_fact(self, negation: Negation, env: Env, finds: Finds) -> dict[object, Label]:
        """Where each fact that a count would count matches."""
        by_fact: dict[object, Label] = {}
        for find in finds.of(negation.node, env):
            self.keep(by_fact, find.facts[0], self.label(find, finds))
        return by_fact

    def made_up(self, find: Find, finds: Finds) -> int:
        """The worlds in which a count of the find is not for certain reached without what is still to come."""
        where = 0
        for negation, env in find.looks:
            item = negation.node.item
            if not isinstance(item, Count) or not self.pack.types[item.of.type].given:
                continue
            lower = tuple(bound for bound in item.bounds if bound[0] in ("at-least", "more-than", "is"))
            if lower:
                found = list(self._by_fact(negation, env, finds).values())
                where |= ~self._count(item._replace(bounds=lower), env, found, coming=False, virtual=False).certain
        return where & self.worlds.everywhere

    def _absent(self, node: Node, env: Env, found: list[Label], *, coming: bool) -> Label:
        certain = possible = 0
        for label in found:
            certain |= label.certain
            possible |= label.possible
        everywhere = self.worlds.everywhere
        if coming:
            return Label(everywhere & ~certain, everywhere & ~certain)
        is_open = 0
        item = node.item
        if isinstance(item, Absent):
            for pattern, where in self.open.positives(item.body):
                is_open |= where & self.open.of(pattern, env)
        return Label(everywhere & ~possible & ~is_open, everywhere & ~certain)

    def _count(self, item: Count, env: Env, found: list[Label], *, coming: bool, virtual: bool) -> Label:
        certain = possible = 0
        is_open = self.open.of(item.of, env)
        to_come = coming and self.pack.types[item.of.type].given
        for number in range(len(self.worlds.keys)):
            bit = 1 << number
            sure = sum(1 for label in found if label.certain & bit)
            may = sum(1 for label in found if label.possible & bit)
            reach = to_come or bool(virtual and not coming and is_open & bit)
            burst = bool(is_open & bit) and not coming
            level = min(
                self._bound(op, evaluate(term, env, self.pack.rounding), sure, may, (reach, burst))
                for op, term in item.bounds
            )
            certain |= bit if level == CERTAIN else 0
            possible |= bit if level else 0
        return Label(certain, possible)

    def _bound(self, op: str, limit: Value, sure: int, may: int, more: tuple[bool, bool]) -> int:
        if isinstance(limit, Unknown):
            return 1
        if not isinstance(limit, (int, Decimal)):
            return 0
        if op in ("at-least", "more-than"):
            least = limit if op == "at-least" else limit + 1
            return 2 if sure >= least else int(may >= least or more[0])
        if op == "is":
            return min(self._bound("at-least", limit, sure, may, more), self._bound("at-most", limit, sure, may, more))
        most = limit if op == "at-most" else limit - 1
        return 0 if sure > most else 1 if more[1] or may > most else 2

    def exceptions(self, nodes: Iterable[Node], env: Env, finds: Finds) -> Iterator[tuple[Node, Find, Label]]:
        """Every way in which an exception holds, less its own exceptions."""
        for node in nodes:
            part = self.worlds.of(((node.reading, True),)) if node.reading else self.worlds.everywhere
            for find in finds.of(node, env):
                label = self.label(find, finds)
                inner = self.united(each for _, _, each in self.exceptions(node.unless, find.env, finds))
                yield node, find, Label(label.certain & part & ~inner.possible, label.possible & part & ~inner.certain)

    def united(self, labels: Iterable[Label]) -> Label:
        """Where at least one holds."""
        certain = possible = 0
        for label in labels:
            certain |= label.certain
            possible |= label.possible
        return Label(certain, possible)


def _later(day: Date, duration: Duration) -> Date:
    try:
        return shift(day, duration, 1, "down")
    except NoSuchDayError:
        return Date(9999, 12, 31)
