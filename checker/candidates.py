"""Changes worth trying where a rule fails: what it looks for, what would excuse it, what can still be chosen.

Nothing here is proven; `remedies` judges each. Only what lies on or after the day of judging is touched,
only fields that a type marks as `choice`, and only facts of types that have such fields are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from checker.changes import Change, is_added, value_of, with_value
from checker.dates import Date, Duration, days_between
from checker.missing import gaps
from checker.model import AnyOf, Body, Case, Count, Fact, FieldTest, Given, Pack, Pattern, Rule, Unless
from checker.outcome import Match
from checker.read_off import days_at_hand
from checker.referee_match import NEEDED, Env, Search
from checker.referee_open import part_of
from checker.referee_values import moved_by, next_day, value_of_term
from checker.values import NONE, Term, Unknown, Value

_MOST_DAYS = 8
_MOST_WAYS = 3


class Candidates:
    """Changes of one case, as it stands in one world."""

    def __init__(self, pack: Pack, case: Case, search: Search) -> None:
        """Look among the facts of `search`."""
        self.pack, self.case, self.search = pack, case, search

    def of(self, rule: Rule, match: Match) -> Iterator[Change]:
        """The changes worth trying where the rule fails for a match."""
        env = dict(match.bindings)
        yield from self._from_rule(rule, env)
        yield from self._from_exceptions(rule.unless, env)
        yield from self._from_choices(rule, match)

    def _from_rule(self, rule: Rule, env: Env) -> Iterator[Change]:
        if rule.body is None or rule.mode == "forbids":
            return
        due = value_of_term(rule.due, env, self.pack.rounding) if isinstance(rule.due, Term) else None
        for gap in gaps(self.search, rule.body, env, NEEDED, due):
            item = gap.item.of if isinstance(gap.item, Count) else gap.item
            if isinstance(item, Pattern):
                for way in gap.before[:_MOST_WAYS]:
                    yield from self._to_fill(item, way.env, due)

    def _from_exceptions(self, exceptions: Iterable[Unless], env: Env) -> Iterator[Change]:
        for unless in exceptions:
            if part_of(unless.reading, self.search.reading):
                for pattern in _positive(unless.body):
                    yield from self._added(pattern, env, None)

    def _to_fill(self, pattern: Pattern, env: Env, due: Value | None) -> Iterator[Change]:
        """A fact more that fills the pattern, or one that is there with other values in fields of choice."""
        yield from self._added(pattern, env, due)
        wished = dict(self._wishes(pattern, env, due))
        for given in self.case.given:
            if given.fact.type == pattern.type and is_to_come(self.pack, self.case, given.fact):
                for field in self._choice(given.fact):
                    if field in wished and wished[field] != value_of(self.pack, given.fact, field):
                        yield from self._set(given, field, wished[field])

    def _added(self, pattern: Pattern, env: Env, due: Value | None) -> Iterator[Change]:
        kind = self.pack.types[pattern.type]
        if not kind.given or kind.action or not kind.choice:  # what nobody can still choose is not theirs to add
            return
        values = dict(self._wishes(pattern, env, due))
        day = values.get(kind.day or "", NONE)
        if kind.day is not None and not (isinstance(day, Date) and day >= self.case.as_of):
            if day is not NONE or due not in (None, NONE):
                return
            values[kind.day] = self.case.as_of
        if any(isinstance(value, Date) and value < self.case.as_of for value in values.values()):
            return
        if "id" in kind.fields and "id" not in values:
            values["id"] = self._new_id(kind.name)
        for filled in self._filled(pattern, values, env):
            told = tuple(
                filled.get(name, field.default if field.default is not None else Unknown("(to add)", name))
                for name, field in kind.fields.items()
            )
            yield Change("add", Fact(kind.name, told))

    def _filled(self, pattern: Pattern, values: Mapping[str, Value], env: Env) -> Iterator[Mapping[str, Value]]:
        """The values; and where the pattern leaves open who it is, with each who is at hand."""
        kind = self.pack.types[pattern.type]
        left = [name for name, held in pattern.binds if held not in env and kind.fields[name].kind == "actor"]
        yield values
        for name in left[:1]:
            for value in dict.fromkeys(value for value in env.values() if isinstance(value, str)):
                yield {**values, name: value}

    def _wishes(self, pattern: Pattern, env: Env, due: Value | None) -> Iterator[tuple[str, Value]]:
        """For each field of a fact the value that meets the pattern; a day as late as may be."""
        found: dict[str, Value] = {name: env[held] for name, held in pattern.binds if held in env}
        for test in pattern.tests:
            if test.field not in found and (value := self._wish(test, env)) is not None:
                found[test.field] = value
        day = self.pack.types[pattern.type].day
        if day is not None and day not in found and isinstance(due, Date):
            found[day] = due
        yield from ((name, value) for name, value in found.items() if not isinstance(value, Unknown))

    def _wish(self, test: FieldTest, env: Env) -> Value | None:
        if test.op in ("not", "like") or not all(set(term.variables) <= set(env) for term in test.terms):
            return None
        limit = self.search.value(test.terms[0], env)
        if isinstance(limit, Date) and test.op in ("after", "before"):
            return next_day(limit) if test.op == "after" else moved_by(limit, Duration(days=1), -1, "down")
        return limit

    def _new_id(self, name: str) -> str:
        taken = {value for fact in self.search.facts.levels for value in fact.values}
        return next(f"{name}-{n}" for n in range(1, len(taken) + 2) if f"{name}-{n}" not in taken)

    def _from_choices(self, rule: Rule, match: Match) -> Iterator[Change]:
        """Other values for what can still be chosen of the facts that the finding speaks of."""
        env = dict(match.bindings)
        for given in self.case.given:
            is_act = value_of(self.pack, given.fact, "id") == env.get("action")
            if not (is_act if rule.acts else given.fact in match.subject) or not is_to_come(
                self.pack, self.case, given.fact
            ):
                continue
            fields = self.pack.types[given.fact.type].fields
            for field in self._choice(given.fact):
                if fields[field].kind == "date":
                    for day in self._days(rule, given.fact, field):
                        yield from self._set(given, field, day)
                for option in fields[field].options:
                    yield from self._set(given, field, option)

    def _days(self, rule: Rule, fact: Fact, field: str) -> list[Date]:
        """The days that could matter, nearest to the one that stands: those of facts, moved as the rule moves them."""
        now = value_of(self.pack, fact, field)
        near = now if isinstance(now, Date) else self.case.as_of
        known = days_at_hand(rule, self.search)
        days = known | {after for day in known if isinstance(after := next_day(day), Date)}
        left = [day for day in days if day >= self.case.as_of and day != now]
        return sorted(left, key=lambda day: (abs(days_between(near, day)), day))[:_MOST_DAYS]

    def _set(self, given: Given, field: str, value: Value) -> Iterator[Change]:
        if isinstance(value, Date) and value < self.case.as_of:
            return
        if value is not NONE and value != value_of(self.pack, given.fact, field) and not is_added(given):
            yield Change("set", with_value(self.pack, given.fact, field, value), given.path, field, value)

    def _choice(self, fact: Fact) -> tuple[str, ...]:
        return self.pack.types[fact.type].choice


def is_to_come(pack: Pack, case: Case, fact: Fact) -> bool:
    """Whether all its days lie on or after the day of judging: what has happened can't be changed."""
    kind = pack.types[fact.type]
    dated = fact.values if kind.day is None else (value_of(pack, fact, kind.day),)
    days = [value for value in dated if isinstance(value, Date)]
    return all(day >= case.as_of for day in days) if days else kind.action and fact.values[-1] == "yes"


def _positive(body: Body) -> Iterator[Pattern]:
    for item in body.items:
        if isinstance(item, Pattern):
            yield item
        elif isinstance(item, AnyOf):
            for branch in item.bodies:
                yield from _positive(branch)
