"""The day limits of rules, and on which side of them tests came: the day before, the day itself, the day after.

A limit is a day that a rule compares another with: in a test of a field or in `compare`, as the day by which something
is due, as the first or last day on which the rule holds. A test comes to it where everything else about the rule's
part fits, so that the day alone decides. What is compared is looked for by the referee among the facts of a judged
test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from checker.dates import Date, days_between
from checker.grounds import Setting, grounds
from checker.model import Absent, AnyOf, Body, Compare, Count, FieldTest, Item, Kind, Pack, Pattern, Reading, Rule
from checker.reads import patterns_in, patterns_of
from checker.referee_match import LISTED, Facts, Search, Way
from checker.referee_open import part_of
from checker.values import NONE, Term, Value, Variable

Side = Literal["before", "on", "after"]
SIDES: tuple[Side, ...] = ("before", "on", "after")
_Compared: TypeAlias = "Term | Literal['as-of', 'day']"  # `day`: that of the match
_OPS = frozenset(("before", "on-or-before", "after", "on-or-after", "is", "in"))
IN_FORCE = "in-force"  # the agreement's own limits, beside those of rules
_HELD = Term(Variable("·"))  # what a field holds, by a name that no rule can give


class Limit(NamedTuple):
    """One day limit of a rule, in the rule's own words."""

    rule: str
    told: str


class Probe(NamedTuple):
    """How a limit is come to: what must hold besides (in a reading), what is compared, and with which day."""

    limit: Limit
    items: tuple[Item, ...]
    reading: Reading
    compared: _Compared
    day: Term


class Meeting(NamedTuple):
    """What a limit was compared with in a test: two days, and the day of each variable around it."""

    limit: Limit
    compared: Date
    day: Date

    @property
    def side(self) -> Side | None:
        """Where the day compared lies; None where it is further off than a day."""
        sides: dict[int, Side] = {-1: "before", 0: "on", 1: "after"}
        return sides.get(days_between(self.day, self.compared))


def probes_of(rule: Rule, pack: Pack) -> tuple[Probe, ...]:
    """Every day limit of a rule, those of the agreement's force too; the same words may stand for several."""
    return tuple(_Probing(rule, pack).all())


def meetings(test: Setting, rule: Rule, probes: Iterable[Probe]) -> Iterator[Meeting]:
    """Where a test came to the rule's limits, under whatever readings."""
    present = {fact.type for fact in test.outcome.facts}
    left = [probe for probe in probes if all(item.type in present for item in probe.items if isinstance(item, Pattern))]
    for ground in grounds(test, rule) if left else ():
        facts = Facts(test.pack, test.case)
        facts.add(ground.facts)
        search = Search(test.pack, test.case, ground.reading, facts)
        for probe in left:
            if part_of(probe.reading, ground.reading):
                for way in search.ways(Body(probe.items, ()), {}, LISTED):
                    compared, day = _compared(probe, way, search), search.value(probe.day, way.env)
                    if isinstance(compared, Date) and isinstance(day, Date):
                        yield Meeting(probe.limit, compared, day)


def _compared(probe: Probe, way: Way, search: Search) -> Value | None:
    if probe.compared == "as-of":
        return search.case.as_of
    return way.day if probe.compared == "day" else search.value(probe.compared, way.env)


class _Probing:
    """The limits of one rule, found part by part."""

    def __init__(self, rule: Rule, pack: Pack) -> None:
        self.rule, self.force, self.types = rule, pack.force, pack.types
        self.kinds: dict[str, Kind] = {}
        for pattern in patterns_of(rule):
            for field, name in pattern.binds:
                self.kinds.setdefault(name, pack.types[pattern.type].fields[field].kind)

    def all(self) -> Iterator[Probe]:
        rule = self.rule
        around = rule.when.items
        yield from self._body("when", (), rule.when.items, (), rule.reading)
        if rule.body is not None:
            yield from self._body(rule.mode, around, rule.body.items, (), rule.reading)
        seen = around + (rule.body.items if rule.body is not None and rule.mode == "forbids" else ())
        for number, unless in enumerate(rule.unless, 1):
            yield from self._body(f"unless {number}", seen, unless.body.items, (), (*rule.reading, *unless.reading))
        yield from self._due()
        for word, day in zip(("from", "until"), rule.valid, strict=True):
            if day is not None:
                yield Probe(self._limit(f"valid {word} {day}"), around, rule.reading, "day", Term(day))

        if rule.mode != "means":
            yield from self._force()

    def _limit(self, told: str) -> Limit:
        return Limit(self.rule.id, told)

    def _body(
        self, part: str, before: tuple[Item, ...], items: tuple[Item, ...], after: tuple[Item, ...], reading: Reading
    ) -> Iterator[Probe]:
        """The limits of the items of a body, with what stands around it."""
        for index, item in enumerate(items):
            ahead, behind = (*before, *items[:index]), (*items[index + 1 :], *after)
            if isinstance(item, Pattern):
                yield from self._pattern(part, ahead, item, behind, reading)
            elif isinstance(item, Compare) and self._is_day(item.left):
                for term in _limits_in(item.op, item.right):
                    told = f"{part}: {item.left} {item.op} {term}"
                    yield Probe(self._limit(told), (*ahead, *behind), (*reading, *item.reading), item.left, term)
            elif isinstance(item, AnyOf):
                for number, branch in enumerate(item.bodies, 1):
                    inside = (*reading, *item.reading)
                    yield from self._body(f"{part} any {number}", ahead, branch.items, behind, inside)
            elif isinstance(item, (Absent, Count)):  # these see all that the rest binds
                inner = item.body.items if isinstance(item, Absent) else (item.of,)
                word = "absent" if isinstance(item, Absent) else "count"
                inside = (*reading, *item.reading)
                yield from self._body(f"{part} {word}", (*ahead, *behind), inner, (), inside)

    def _pattern(
        self, part: str, ahead: tuple[Item, ...], pattern: Pattern, behind: tuple[Item, ...], reading: Reading
    ) -> Iterator[Probe]:
        """A limit for each day that a field is tested against; the pattern is looked for without that test."""
        for test in pattern.tests:
            if self.types[pattern.type].fields[test.field].kind == "date":
                held = _holding(pattern, test.field, without=test)
                for term in _limits_in(test.op, test.terms):
                    told = f"{part}: {pattern.type}.{test.field} {test.op} {term}"
                    inside = (*reading, *pattern.reading)
                    yield Probe(self._limit(told), (*ahead, held, *behind), inside, _HELD, term)

    def _due(self) -> Iterator[Probe]:
        """The day of judging against the due day, and the day of whatever a case gives to meet or break the rule."""
        rule = self.rule
        if not isinstance(rule.due, Term) or rule.body is None:
            return
        around = rule.when.items
        yield Probe(self._limit(f"due {rule.due}: as-of"), around, rule.reading, "as-of", rule.due)
        for pattern in patterns_in(rule.body):
            kind = self.types[pattern.type]
            if kind.given and kind.day is not None and pattern in rule.body.items:
                others = tuple(_holding(item, kind.day) if item is pattern else item for item in rule.body.items)
                told = f"due {rule.due}: {pattern.type}.{kind.day}"
                inside = (*rule.reading, *pattern.reading)
                yield Probe(self._limit(told), (*around, *others), inside, _HELD, rule.due)

    def _force(self) -> Iterator[Probe]:
        """The first and the last day in force, which are limits of the agreement and not of one rule."""
        rule, force = self.rule, self.force
        if not rule.before_force and force.start is not None:
            yield Probe(Limit(IN_FORCE, f"from {force.start}"), rule.when.items, rule.reading, "day", Term(force.start))
        if rule.survives:
            return
        if force.end is not None:
            yield Probe(Limit(IN_FORCE, f"until {force.end}"), rule.when.items, rule.reading, "day", Term(force.end))
        if force.ended_by is not None:
            last = Pattern(force.ended_by, ((self.types[force.ended_by].day or "", "·"),), (), (), rule.place)
            items = (*rule.when.items, last)
            yield Probe(Limit(IN_FORCE, f"until {force.ended_by}"), items, rule.reading, "day", _HELD)

    def _is_day(self, term: Term) -> bool:
        return self.kinds.get(str(term.base).removeprefix("$")) == "date" or isinstance(term.base, Date)


def _holding(pattern: Pattern, field: str, without: FieldTest | None = None) -> Pattern:
    """The pattern, which names what the field holds, without a test of it."""
    tests = tuple(test for test in pattern.tests if test is not without)
    return pattern._replace(binds=(*pattern.binds, (field, str(_HELD.variables[0]))), tests=tests)


def _limits_in(op: str, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    return tuple(term for term in terms if term.base is not NONE) if op in _OPS else ()
