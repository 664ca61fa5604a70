"""One combination of readings: what follows in it from the case by definitions. Part of the referee; see there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from checker.dates import Date, Duration
from checker.errors import EngineError
from checker.model import Case, Fact, Head, Level, Pack, Rule, Unless
from checker.outcome import Match, Status, Step, Witness
from checker.reads import patterns_of
from checker.referee_match import LISTED, Facts, Search, Way, both
from checker.referee_open import part_of
from checker.referee_order import Order, order_of
from checker.referee_values import after, compare
from checker.values import NONE, Unknown, Value, left_out

Key = TypeVar("Key")
MOST_DERIVED = 20_000
_LONGEST_CHAIN = Duration(months=200 * 12)


@dataclass
class World:
    """One combination of readings, and what has been found in it so far."""

    pack: Pack
    case: Case
    reading: Mapping[str, str]
    facts: Facts = field(init=False)
    search: Search = field(init=False)
    order: Order = field(init=False)
    matches: dict[Match, Level] = field(default_factory=dict)
    statuses: dict[Match, Status] = field(default_factory=dict)
    steps: dict[Step, Level] = field(default_factory=dict)
    witnesses: dict[Witness, Level] = field(default_factory=dict)
    displaced: dict[Match, dict[str, Level]] = field(default_factory=dict)
    beyond: dict[str, str] = field(default_factory=dict)
    horizons: dict[str, Date] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)  # chains that came to a day nobody knows

    def __post_init__(self) -> None:
        """Begin with what the case and the agreement state."""
        self.facts = Facts(self.pack, self.case)
        self.search = Search(self.pack, self.case, self.reading, self.facts)
        self.order = order_of(self.pack)
        self.horizons = {rule: self._last_day(self.pack.rules[rule]) for rule in self.order.chains}

    # --- definitions ------------------------------------------------------------

    def derive(self, rules: list[Rule], *, recursive: bool) -> None:
        """Add what the rules conclude until nothing is new, the smallest counter first."""
        reads = {rule.id: {pattern.type for pattern in patterns_of(rule)} for rule in rules}
        found = {rule.id: self._conclusions(rule) for rule in rules}
        while new := self._new(found):
            chosen = self._smallest(new) if recursive else new
            self.facts.add(chosen)
            if len(self.facts.levels) - len(self.facts.given) - len(self.pack.facts) > MOST_DERIVED:
                message = f"more than {MOST_DERIVED:,} facts follow; `{rules[0].id}` does not come to an end"
                raise EngineError(message)
            changed = {fact.type for fact in chosen}
            for rule in rules:  # what reads nothing that changed concludes what it did before
                if recursive and changed & reads[rule.id]:
                    found[rule.id] = self._conclusions(rule)
        for rule in rules:
            for match, level, _ in self.ways(rule):
                held = both(level, self.no_exception(rule, match))
                for fact in self._concluded(rule, match) if held else ():
                    self.keep(self.steps, Step(fact, match), held)

    def _conclusions(self, rule: Rule) -> dict[Fact, Level]:
        """The facts that follow from what is known."""
        found: dict[Fact, Level] = {}
        for match, level, _ in self.ways(rule, keep=False):
            held = both(level, self.no_exception(rule, match, keep=False))
            for fact in self._concluded(rule, match) if held else ():
                found[fact] = max(held, found.get(fact, Level.FALSE))
        return found

    def _new(self, found: Mapping[str, Mapping[Fact, Level]]) -> dict[Fact, Level]:
        """Of what follows, the facts that are new or surer than they were."""
        new: dict[Fact, Level] = {}
        for concluded in found.values():
            for fact, held in concluded.items():
                if held > max(self.facts.level(fact), new.get(fact, Level.FALSE)):
                    new[fact] = held
        return new

    def _smallest(self, new: dict[Fact, Level]) -> dict[Fact, Level]:
        """Those with the smallest counter, so that what looks back at smaller ones looks at what is finished."""

        def count(fact: Fact) -> float:
            kind = self.pack.types[fact.type]
            value = self.facts.value(fact, kind.counter) if kind.counter else 0
            return float(value) if isinstance(value, int) else float("inf")

        least = min(map(count, new))
        return {fact: level for fact, level in new.items() if count(fact) == least}

    def _concluded(self, rule: Rule, match: Match) -> Iterator[Fact]:
        """The facts of a rule's conclusions, those past the chain's last day left out."""
        env = dict(match.bindings)
        for head in rule.heads:
            fact = self._fact(rule, head, env)
            last = self.horizons.get(rule.id)
            if last is None or not any(term.steps for _, term in head.fields):
                yield fact
                continue
            days = self._days(fact)
            if any(isinstance(day, Unknown) for day in days):
                self.lost.add(rule.id)
            elif all(day <= last for day in days if isinstance(day, Date)):
                yield fact

    def _days(self, fact: Fact) -> list[Value]:
        """The values of a fact's fields that are days."""
        fields = self.pack.types[fact.type].fields.values()
        return [value for spec, value in zip(fields, fact.values, strict=True) if spec.kind == "date"]

    def _fact(self, rule: Rule, head: Head, env: Mapping[str, Value]) -> Fact:
        values = {name: self.search.value(term, env) for name, term in head.fields}
        fields = self.pack.types[head.type].fields
        stated = dict(values)
        for name in fields.keys() - stated.keys():
            default = fields[name].default
            values[name] = left_out(rule.id, head.type, stated, name) if default is None else default
        return Fact(head.type, tuple(values[name] for name in fields))

    def _last_day(self, rule: Rule) -> Date:
        """The day up to which a chain is followed."""
        days = [self.case.as_of]
        days += [value for given in self.case.given for value in given.fact.values if isinstance(value, Date)]
        reach = max(days)
        if rule.until is not None:
            reach = rule.until
        else:
            reach = max((after(reach, step) for step in _durations(rule)), default=reach)
        return min(reach, after(self.case.as_of, _LONGEST_CHAIN))

    # --- matches ----------------------------------------------------------------

    def ways(self, rule: Rule, *, keep: bool = True) -> list[tuple[Match, Level, Value]]:
        """The matches of a rule's `when`: each set of bindings once, at its best level, on its earliest day."""
        best: dict[Match, tuple[Level, Value]] = {}
        if not self.search.can_hold(rule.when):
            return []
        for way in self.search.ways(rule.when, {}, LISTED):
            day = self.case.as_of if way.day is None else way.day
            level = both(way.level, self._applies(rule, day))
            if not level:
                continue
            match = self._match(rule, way)
            if keep:
                self.keep(self.witnesses, Witness(match, "when", 0, way.facts), level)
            surest, earliest = best.get(match, (level, day))
            best[match] = (max(surest, level), min(earliest, day, key=_day_first))
        if keep:
            self.matches.update({match: level for match, (level, _) in best.items()})
        return [(match, level, day) for match, (level, day) in best.items()]

    def _match(self, rule: Rule, way: Way) -> Match:
        bindings = {name: way.env[name] for name in rule.when.binds if name in way.env}
        if rule.per:
            subject: tuple[Value | Fact, ...] = tuple(bindings[name] for name in rule.per)
        elif rule.acts:
            subject = (bindings["action"],)
        else:
            subject = way.facts[:1]
        return Match(rule.id, subject, tuple(sorted(bindings.items())))

    def _applies(self, rule: Rule, day: Value) -> Level:
        """Whether the day of the match lies within the rule's days and those of the agreement."""
        start, end = rule.valid
        level = both(_from(start, day), _until(end, day))
        if rule.mode == "means":
            return level
        force = self.pack.force
        if not rule.before_force:
            level = both(level, _from(force.start, day))
        if not rule.survives:
            level = both(level, _until(force.end, day), self._before_the_end(day))
        return level

    def _before_the_end(self, day: Value) -> Level:
        """Whether the agreement had not ended before the day, as far as that follows from facts."""
        level = Level.DEFINITE
        for fact in self.facts.of(self.pack.force.ended_by) if self.pack.force.ended_by else ():
            last = self.facts.value(fact, self.pack.types[fact.type].day)
            if last is not NONE:
                over = Level(Level.DEFINITE - compare("on-or-before", day, last))
                level = both(level, Level(Level.DEFINITE - both(over, self.facts.level(fact))))
        return level

    def no_exception(self, rule: Rule, match: Match, *, keep: bool = True) -> Level:
        """Whether no `unless` holds: FALSE where one holds definitely, POSSIBLE where one may."""
        return Level(Level.DEFINITE - self.excused(rule.unless, dict(match.bindings), match, keep=keep))

    def excused(self, exceptions: Iterable[Unless], env: Mapping[str, Value], match: Match, *, keep: bool) -> Level:
        """How surely one of the exceptions holds, each less its own exceptions."""
        surest = Level.FALSE
        for index, unless in enumerate(exceptions):
            if not part_of(unless.reading, self.reading) or not self.search.remains(unless.body):
                continue
            for way in self.search.ways(unless.body, env, LISTED):
                inner = self.excused(unless.unless, way.env, match, keep=False)
                level = both(way.level, Level(Level.DEFINITE - inner))
                if level and keep:
                    self.keep(self.witnesses, Witness(match, "unless", index, way.facts), level)
                surest = max(surest, level)
        return surest

    def keep(self, table: dict[Key, Level], key: Key, level: Level) -> None:
        """Write down how surely something holds, if surer than before."""
        table[key] = max(level, table.get(key, Level.FALSE))


def _from(start: Date | None, day: Value) -> Level:
    return Level.DEFINITE if start is None else compare("on-or-after", day, start)


def _until(end: Date | None, day: Value) -> Level:
    return Level.DEFINITE if end is None else compare("on-or-before", day, end)


def _day_first(day: Value) -> tuple[bool, str]:
    """Known days by the calendar, unknown ones after them."""
    return (not isinstance(day, Date), repr(day))


def _durations(rule: Rule) -> list[Duration]:
    """The durations that a rule's conclusions add or take away."""
    steps = [step for head in rule.heads for _, term in head.fields for step in term.steps]
    return [step.amount for step in steps if isinstance(step.amount, Duration)]
