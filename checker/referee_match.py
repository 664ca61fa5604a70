"""How the referee finds the ways in which a body of patterns holds. See `referee` for what it makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from checker.dates import Date
from checker.model import (
    Absent,
    AnyOf,
    Body,
    Case,
    Compare,
    Count,
    Fact,
    FieldTest,
    Item,
    Level,
    Pack,
    Pattern,
)
from checker.referee_open import Openness, part_of
from checker.referee_values import compare, for_some_day, is_none, says_none, value_of_term
from checker.values import NONE, Term, Unknown, Value, Variable

Env = Mapping[str, Value]


class Manner(NamedTuple):
    """How a body is matched: what else than listed facts may fill a pattern, and what is asked of dated ones."""

    unlisted: bool = False  # the fact nobody listed
    coming: bool = False  # facts yet to come
    due: bool = False  # given dated facts must lie on or before the due day
    planned: bool = False  # given facts dated after as-of are possible only


LISTED = Manner()
NEEDED = Manner(unlisted=True, due=True)
PLANNED = Manner(unlisted=True, due=True, planned=True)
FORBIDDEN = Manner(due=True)
COMING = Manner(coming=True, due=True)
COMING_PLANNED = Manner(coming=True, due=True, planned=True)


class Way(NamedTuple):
    """One way in which a body holds: what its variables stand for, how surely, and the facts that fill its patterns.

    `day` is that of the fact filling the first dated pattern (None: no pattern is dated), `body_day` the same
    for the facts of `forbids`. `unlisted` and `coming` tell whether such a fact was needed.
    """

    env: Env
    level: Level = Level.DEFINITE
    facts: tuple[Fact, ...] = ()
    day: Value | None = None
    unlisted: bool = False
    coming: bool = False

    @property
    def body_day(self) -> Value | None:
        """The day of the first dated fact, where the body is that of a prohibition."""
        return self.day


def both(*levels: Level) -> Level:
    """Kleene's and."""
    return min(levels)


@dataclass
class Facts:
    """What is known so far in one world, and how surely."""

    pack: Pack
    case: Case
    levels: dict[Fact, Level] = field(default_factory=dict)
    by_type: dict[str, dict[Fact, None]] = field(default_factory=dict)
    by_value: dict[tuple[str, str], dict[Value | None, dict[Fact, None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with what the agreement and the case state."""
        self.given = frozenset(given.fact for given in self.case.given)
        self.add(dict.fromkeys((*self.pack.facts, *self.given), Level.DEFINITE))

    def add(self, found: Mapping[Fact, Level]) -> None:
        """Add facts; one known already keeps the better level."""
        for fact, level in found.items():
            self.levels[fact] = max(level, self.level(fact))
            self.by_type.setdefault(fact.type, {})[fact] = None
        self.by_value.clear()

    def level(self, fact: Fact) -> Level:
        """How surely a fact is known to hold."""
        return self.levels.get(fact, Level.FALSE)

    def of(self, name: str) -> list[Fact]:
        """The facts of a type."""
        return list(self.by_type.get(name, ()))

    def that_could_be(self, name: str, field_name: str, value: Value) -> list[Fact]:
        """The facts of a type whose field could be this known value: it is, or it is unknown."""
        table = self.by_value.get((name, field_name))
        if table is None:
            table = self.by_value.setdefault((name, field_name), {})
            for fact in self.by_type.get(name, ()):
                held = self.value(fact, field_name)
                table.setdefault(None if isinstance(held, Unknown) else held, {})[fact] = None
        fitting, unsure = table.get(value, {}), table.get(None, {})
        if not unsure:
            return list(fitting)
        return [fact for fact in self.by_type[name] if fact in fitting or fact in unsure]

    def value(self, fact: Fact, name: str | None) -> Value:
        """The value of a field; `none` for a field the type lacks."""
        fields = list(self.pack.types[fact.type].fields)
        return fact.values[fields.index(name)] if name in fields else NONE

    def day_if_given(self, fact: Fact) -> Value | None:
        """The day of a fact that the case gives and that is dated; None for others."""
        day = self.pack.types[fact.type].day
        return self.value(fact, day) if day is not None and fact in self.given else None


@dataclass
class Search:
    """The ways in which bodies hold among the facts of one world."""

    pack: Pack
    case: Case
    reading: Mapping[str, str]
    facts: Facts

    def __post_init__(self) -> None:
        """Know which patterns the unlisted could meet."""
        self.openness = Openness(self.pack, self.case, self.reading)

    def value(self, term: Term, env: Env) -> Value:
        """What a term comes to."""
        return value_of_term(term, env, self.pack.rounding)

    def ways(self, body: Body, env: Env, manner: Manner, due: Value | None = None) -> list[Way]:
        """Every way in which the body holds at least possibly: what binds in order, then `absent` and `count`."""
        items = [item for item in body.items if part_of(item.reading, self.reading)]
        items.sort(key=lambda item: isinstance(item, (Absent, Count)))
        ways = [Way(dict(env))]
        for item in items:
            ways = [longer for way in ways for longer in self._with(item, way, manner, due)]
        return ways

    def can_hold(self, body: Body) -> bool:
        """Whether there is any fact for each pattern of the body: without one for each no listed facts fill it."""
        return not any(
            isinstance(item, Pattern) and item.type not in self.facts.by_type and part_of(item.reading, self.reading)
            for item in body.items
        )

    def remains(self, body: Body) -> bool:
        """Whether anything of the body is part of this world: without that there is no such body."""
        return any(part_of(item.reading, self.reading) for item in body.items)

    def _with(self, item: Item, way: Way, manner: Manner, due: Value | None) -> Iterator[Way]:
        if isinstance(item, Pattern):
            yield from self._pattern(item, way, manner, due)
        elif isinstance(item, AnyOf):
            yield from self._any(item, way, manner, due)
        else:
            level, env = Level.DEFINITE, way.env
            if isinstance(item, Compare):
                level, env = self._compare(item, way.env)
            elif isinstance(item, Absent):
                level = self._absent(item, way.env, manner)
            else:
                level = self._count(item, way.env, manner)
                if manner.coming and self._is_short(item, way.env):  # what is to come makes up the number
                    way = way._replace(coming=True)
            if level:
                yield way._replace(env=env, level=both(way.level, level))

    def _any(self, item: AnyOf, way: Way, manner: Manner, due: Value | None) -> Iterator[Way]:
        """Each branch that holds; outside it only what every branch binds is known."""
        for branch in item.bodies:
            for inner in self.ways(branch, way.env, manner, due) if self.remains(branch) else ():
                env = {name: value for name, value in inner.env.items() if name in way.env or name in item.exports}
                yield Way(
                    env=env,
                    level=both(way.level, inner.level),
                    facts=way.facts + inner.facts,
                    day=way.day,
                    unlisted=way.unlisted or inner.unlisted,
                    coming=way.coming or inner.coming,
                )

    def _pattern(self, pattern: Pattern, way: Way, manner: Manner, due: Value | None) -> Iterator[Way]:
        day_field = self.pack.types[pattern.type].day
        for fact in self._candidates(pattern, way.env):
            asked = self._asked_of(fact, manner, due)
            values = dict(zip(self.pack.types[pattern.type].fields, fact.values, strict=True))
            level, env = self._fits(pattern, values, way.env)
            level = both(way.level, self.facts.level(fact), asked, level)
            if level:
                day = way.day if way.day is not None or day_field is None else values[day_field]
                given_day = self.facts.day_if_given(fact)
                later = isinstance(given_day, Date) and given_day >= self.case.as_of
                yield Way(env, level, (*way.facts, fact), day, way.unlisted, way.coming or later)
        if manner.unlisted and self.openness.is_open(pattern, way.env):
            yield from self._unstated(pattern, way, "not listed", Way(way.env, unlisted=True))
        if manner.coming and self.pack.types[pattern.type].given:
            yield from self._to_come(pattern, way, due)

    def _candidates(self, pattern: Pattern, env: Env) -> list[Fact]:
        """The facts that can fill the pattern: where a field is bound to a known value, none with another."""
        for name, variable in pattern.binds:
            value = env.get(variable)
            if isinstance(value, (int, str, Date)):
                return self.facts.that_could_be(pattern.type, name, value)
        return self.facts.of(pattern.type)

    def _asked_of(self, fact: Fact, manner: Manner, due: Value | None) -> Level:
        """What `due` and `owes` ask of a given dated fact."""
        day = self.facts.day_if_given(fact)
        if day is None:
            return Level.DEFINITE
        level = Level.DEFINITE
        if manner.due and due is not None and due is not NONE:
            level = compare("on-or-before", day, due)
        if manner.planned:
            level = both(level, max(Level.POSSIBLE, compare("on-or-before", day, self.case.as_of)))
        return level

    def _unstated(self, pattern: Pattern, way: Way, owner: str, kind: Way) -> Iterator[Way]:
        """The pattern filled by a fact nobody stated: every field an unknown of its own."""
        fields = self.pack.types[pattern.type].fields
        values: dict[str, Value] = {name: Unknown(f"{pattern.place} {owner}", name) for name in fields}
        level, env = self._fits(pattern, values, way.env)
        if level:
            unlisted, coming = way.unlisted or kind.unlisted, way.coming or kind.coming
            yield Way(env, Level.POSSIBLE, way.facts, way.day, unlisted, coming)

    def _to_come(self, pattern: Pattern, way: Way, due: Value | None) -> Iterator[Way]:
        """The pattern filled by a fact yet to come, on some day from as-of to the due day if it is dated."""
        name = self.pack.types[pattern.type].day
        last = due if isinstance(due, Date) else None
        if name is not None:
            if last is not None and last < self.case.as_of:
                return
            dated = [test for test in pattern.tests if test.field == name]
            bound = [FieldTest(name, "is", (Term(Variable(held)),)) for each, held in pattern.binds if each == name]
            for test in (*dated, *(test for test in bound if test.terms[0].variables[0] in way.env)):
                if says_none(test.op, test.terms):
                    if test.op == "is":
                        return
                    continue
                wanted = [self.value(term, way.env) for term in test.terms if set(term.variables) <= set(way.env)]
                if len(wanted) == len(test.terms) and not for_some_day(test.op, self.case.as_of, last, wanted):
                    return
            pattern = pattern._replace(tests=tuple(test for test in pattern.tests if test.field != name))
        yield from self._unstated(pattern, way, "yet to come", Way(way.env, coming=True))

    def _fits(self, pattern: Pattern, values: Mapping[str, Value], env: Env) -> tuple[Level, Env]:
        """How surely the values meet the pattern, and what its variables stand for then."""
        level, known = Level.DEFINITE, dict(env)
        for name, variable in pattern.binds:
            if variable in known:
                level = both(level, compare("is", values[name], known[variable]))
                if not level:
                    return level, known
                known = _one_value(known, values[name], known[variable])
            else:
                known[variable] = values[name]
        for test in pattern.tests:
            if says_none(test.op, test.terms):
                level = both(level, is_none(test.op, values[test.field]))
                continue
            wanted = [self.value(term, known) for term in test.terms]
            level = both(level, compare(test.op, values[test.field], *wanted))
            if test.op == "is":
                known = _one_value(known, values[test.field], wanted[0])
        return level, known

    def _compare(self, item: Compare, env: Env) -> tuple[Level, Env]:
        left = self.value(item.left, env)
        if says_none(item.op, item.right):
            return is_none(item.op, left), env
        right = [self.value(term, env) for term in item.right]
        known = dict(env)
        return compare(item.op, left, *right), _one_value(known, left, right[0]) if item.op == "is" else known

    def _absent(self, item: Absent, env: Env, manner: Manner) -> Level:
        ways = self.ways(item.body, env, LISTED) if self.remains(item.body) else ()
        level = max((way.level for way in ways), default=Level.FALSE)
        if manner.coming:
            return Level.FALSE if level == Level.DEFINITE else Level.DEFINITE
        if level == Level.FALSE and any(self.openness.is_open(pattern, env) for pattern in self._patterns(item.body)):
            level = Level.POSSIBLE
        return Level(Level.DEFINITE - level)

    def _patterns(self, body: Body) -> Iterator[Pattern]:
        for item in body.items:
            if not part_of(item.reading, self.reading):
                continue
            if isinstance(item, Pattern):
                yield item
            elif isinstance(item, AnyOf):
                for branch in item.bodies:
                    yield from self._patterns(branch)

    def _count(self, item: Count, env: Env, manner: Manner) -> Level:
        """Between how many facts match for certain and how many may, and the bounds on that."""
        best: dict[Fact, Level] = {}
        for way in self.ways(Body((item.of._replace(reading=()),), ()), env, LISTED):
            best[way.facts[0]] = max(way.level, best.get(way.facts[0], Level.FALSE))
        certain = sum(level == Level.DEFINITE for level in best.values())
        is_open = self.openness.is_open(item.of, env)
        to_come = manner.coming and self.pack.types[item.of.type].given
        more = (is_open and manner.unlisted) or to_come, is_open and not manner.coming
        return both(*(self._bound(op, self.value(term, env), certain, len(best), more) for op, term in item.bounds))

    def _is_short(self, item: Count, env: Env) -> bool:
        """Whether the listed facts do not for certain reach a lower bound that facts yet to come could reach."""
        lower = tuple((op, term) for op, term in item.bounds if op in ("at-least", "more-than", "is"))
        if not lower or not self.pack.types[item.of.type].given:
            return False
        return self._count(item._replace(bounds=lower), env, LISTED) != Level.DEFINITE

    def _bound(self, op: str, limit: Value, certain: int, possible: int, more: tuple[bool, bool]) -> Level:
        """One bound: `more` tells whether unlisted facts could reach a lower bound, and break an upper one."""
        if isinstance(limit, Unknown):
            return Level.POSSIBLE
        if not isinstance(limit, (int, Decimal)):
            return Level.FALSE
        reach, burst = more
        if op == "is":
            return both(*(self._bound(each, limit, certain, possible, more) for each in ("at-least", "at-most")))
        if op in ("at-least", "more-than"):
            least = limit if op == "at-least" else limit + 1
            return Level.DEFINITE if certain >= least else Level.POSSIBLE if possible >= least or reach else Level.FALSE
        most = limit if op == "at-most" else limit - 1
        if certain > most:
            return Level.FALSE
        return Level.POSSIBLE if possible > most or burst else Level.DEFINITE


def _one_value(env: dict[str, Value], left: Value, right: Value) -> dict[str, Value]:
    """Once an unknown met a known value, every variable that stands for it stands for that value."""
    for unknown, known in ((left, right), (right, left)):
        if isinstance(unknown, Unknown) and not unknown.steps and known is not NONE and not isinstance(known, Unknown):
            return {name: known if value == unknown else value for name, value in env.items()}
    return env
