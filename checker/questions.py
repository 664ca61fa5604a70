"""Which answers would decide an undetermined finding: found by asking and judging again.

A question is kept only where some answer changes the status. Candidates are the
unknown fields among the near misses and the facts nobody listed; each answer is
tried by changing the case and judging it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from checker.dates import Date, Duration, days_between
from checker.messages import say, wanted
from checker.missing import Gap, pattern_words
from checker.model import Absent, Case, Fact, Field, Given, Listing, Pack, Pattern, Rule
from checker.outcome import WORST_FIRST, Outcome, Status
from checker.reads import patterns_of
from checker.referee_match import Env, Search
from checker.referee_order import order_of
from checker.referee_values import moved_by, next_day
from checker.speech import Speech, noted
from checker.values import NONE, Unknown, Value, Variable, render
from checker.verdict import Answer, Ask, FindingStatus
from checker.worlds import Worlds

Again: TypeAlias = "Callable[[Case], tuple[Outcome, Worlds]]"  # a case judged, and the worlds it was judged in
HARMLESS: frozenset[str] = frozenset({"satisfied", "excused", "overridden", "silent"})
_MOST = 8  # candidates tried for one finding
_MOST_DAYS = 12
_ANOTHER = noted("another")


class _Field(NamedTuple):
    """An unknown field of a fact that the case gives."""

    given: Given
    field: Field


class Questions:
    """Questions about one case."""

    def __init__(self, pack: Pack, case: Case, again: Again, speech: Speech) -> None:
        """Ask about `case`; `again` judges a changed one."""
        self.pack, self.case, self.again, self.speech = pack, case, again, speech
        self._judged: dict[tuple[object, ...], tuple[Outcome, Worlds]] = {}

    def of(
        self, rule: Rule, subject: tuple[Value | Fact, ...], now: str, search: Search, gaps: list[Gap]
    ) -> tuple[Ask, ...]:
        """The questions that would decide the finding, in the order of the case, then of the rule."""
        asked = [self._about_field(each, rule, subject, search) for each in self._unknown_fields(rule)[:_MOST]]
        asked += [
            self._about_unlisted(pattern, env, rule, subject, search)
            for pattern, env in self._open_patterns(rule, search, gaps)[:_MOST]
        ]
        found = [ask for ask in asked if any(answer.status != now for answer in ask.answers)]
        return tuple(dict.fromkeys(found))

    def _status(self, case: Case, rule: Rule, subject: tuple[Value | Fact, ...]) -> FindingStatus | Literal["silent"]:
        """The finding's status, were the case so."""
        key = (tuple(given.fact for given in case.given), case.complete, case.incomplete)
        if key not in self._judged:  # one answer tells of every finding
            self._judged[key] = self.again(case)
        outcome, worlds = self._judged[key]
        looked_at = worlds.of_rule[rule.id]
        table: dict[int, Status] = dict.fromkeys(looked_at, "silent")
        for match, statuses in outcome.statuses.items():
            if match.rule == rule.id and match.subject == subject:
                for world, status in statuses:
                    if world in table:
                        table[world] = min(status, table[world], key=WORST_FIRST.index)
        return overall(table[looked_at[0]], frozenset(table.values()))

    # --- unknown fields -----------------------------------------------------------

    def _unknown_fields(self, rule: Rule) -> list[_Field]:
        """Fields left unknown that the rule, or a rule behind it, looks at."""
        read = self._fields_read(rule)
        return [
            _Field(given, field)
            for given in self.case.given
            for field, value in zip(self.pack.types[given.fact.type].fields.values(), given.fact.values, strict=True)
            if isinstance(value, Unknown) and (given.fact.type, field.name) in read
        ]

    def _fields_read(self, rule: Rule) -> set[tuple[str, str]]:
        read: set[tuple[str, str]] = set()
        for name in (rule.id, *order_of(self.pack).behind[rule.id]):
            for pattern in patterns_of(self.pack.rules[name]):
                kind = self.pack.types[pattern.type]
                read |= {(pattern.type, field) for field, _ in pattern.binds}
                read |= {(pattern.type, test.field) for test in pattern.tests}
                read |= {(pattern.type, kind.day)} if kind.day else set()
        return read

    def _about_field(self, each: _Field, rule: Rule, subject: tuple[Value | Fact, ...], search: Search) -> Ask:
        answers = []
        for value in self._candidates(each, rule, search):
            fact = self._with(each, value)
            changed = tuple(fact if part == each.given.fact else part for part in subject)
            given = tuple(g._replace(fact=fact) if g is each.given else g for g in self.case.given)
            answers.append((value, self._status(replace(self.case, given=given), rule, changed)))
        if each.field.kind == "date":
            told = _ranges(answers, self.speech)
        else:
            told = [Answer(self._answer(value, each.field), status) for value, status in answers]
        field = each.field.name
        ask = self.speech.say("what is `{field}` of {fact}?", field=field, fact=each.given.name)
        return Ask(ask, f"{each.given.path}/{field}", each.given.values.get(field, each.given.place), tuple(told))

    def _answer(self, value: Value, field: Field) -> str:
        """What a user would write for it; durations in words."""
        if value == _ANOTHER and not field.options:
            return self.speech.say(_ANOTHER)
        return value if isinstance(value, str) else say(value, self.speech)

    def _with(self, each: _Field, value: Value) -> Fact:
        names = list(self.pack.types[each.given.fact.type].fields)
        values = list(each.given.fact.values)
        values[names.index(each.field.name)] = value
        return Fact(each.given.fact.type, tuple(values))

    def _candidates(self, each: _Field, rule: Rule, search: Search) -> list[Value]:
        """Answers worth trying: every option, the days and values that the rules and the case name, and another."""
        field = each.field
        if field.options:
            return list(field.options)
        if field.kind == "date":
            return list(self._days(rule, search))
        same = [value for fact in search.facts.levels for value in fact.values if _alike(field, value)]
        literals: list[Value] = [
            term.base
            for pattern in patterns_of(rule)
            for test in pattern.tests
            for term in test.terms
            if pattern.type == each.given.fact.type and test.field == each.field.name
            if not isinstance(term.base, Variable)
        ]
        told: list[Value] = sorted({each for each in (*same, *literals) if _alike(field, each)}, key=render)[:_MOST]
        return [*told, _ANOTHER] if field.kind in ("id", "actor", "text") else told

    def _days(self, rule: Rule, search: Search) -> list[Date]:
        """The days that could matter: those of the facts at hand, moved as the rules move them; each and the next."""
        known = {value for fact in search.facts.levels for value in fact.values if isinstance(value, Date)}
        moves = {
            (step.sign, step.amount)
            for pattern in patterns_of(rule)
            for test in pattern.tests
            for term in test.terms
            for step in term.steps
            if isinstance(step.amount, Duration)
        }
        moved = {moved_by(day, amount, sign, self.pack.rounding) for day in known for sign, amount in moves}
        days = known | {day for day in moved if isinstance(day, Date)} | {self.case.as_of}
        near = sorted(days, key=lambda day: abs(days_between(self.case.as_of, day)))[:_MOST_DAYS]
        return sorted({*near, *(day for each in near if isinstance(day := next_day(each), Date))})

    # --- facts nobody listed ----------------------------------------------------------

    def _open_patterns(self, rule: Rule, search: Search, gaps: list[Gap]) -> list[tuple[Pattern, Env]]:
        found = []
        for gap in gaps:
            inner = gap.item.body.items if isinstance(gap.item, Absent) else (gap.item,)
            env = gap.before[0].env
            found += [(item, env) for item in inner if isinstance(item, Pattern) and search.openness.is_open(item, env)]
        for item in rule.when.items:
            if isinstance(item, Absent):
                found += [
                    (each, {})
                    for each in item.body.items
                    if isinstance(each, Pattern) and search.openness.is_open(each, {})
                ]
        return [(pattern, env) for pattern, env in found if self.pack.types[pattern.type].given]

    def _about_unlisted(
        self, pattern: Pattern, env: Env, rule: Rule, subject: tuple[Value | Fact, ...], search: Search
    ) -> Ask:
        listing = Listing(pattern.type, ())
        incomplete = tuple(name for name in self.case.incomplete if name != pattern.type)
        closed = replace(self.case, complete=(*self.case.complete, listing), incomplete=incomplete)
        fact = self._meeting(pattern, env, search)
        given = Given(fact, f"{pattern.type} (not listed)", self.case.place, {}, "")
        added = replace(self.case, given=(*self.case.given, given))
        words = pattern_words(pattern, env, search, self.speech)
        ask = self.speech.say("is there, or will there be, {pattern} that the case does not list?", pattern=words)
        no = self.speech.say("no (`complete: [{type}]`)", type=pattern.type)
        answers = (
            Answer(self.speech.say("yes"), self._status(added, rule, subject)),
            Answer(no, self._status(closed, rule, subject)),
        )
        return Ask(ask, pattern.type, None, answers)

    def _meeting(self, pattern: Pattern, env: Env, search: Search) -> Fact:
        """A fact that meets the pattern as it is bound."""
        values: dict[str, Value] = {}
        for name, held in pattern.binds:
            if held in env:
                values[name] = env[held]
        for test in pattern.tests:
            if all(set(term.variables) <= set(env) for term in test.terms) and test.field not in values:
                limit = search.value(test.terms[0], env)
                values[test.field] = next_day(limit) if test.op == "after" and isinstance(limit, Date) else limit
        fields = self.pack.types[pattern.type].fields
        values.setdefault("id", "(not listed)")
        told = (values.get(name, Unknown("(not listed)", name)) for name in fields)
        return Fact(pattern.type, tuple(told))


def overall(home: Status, found: frozenset[Status]) -> FindingStatus | Literal["silent"]:
    """The status of a finding over its worlds: contested where they differ about more than harmless ones."""
    return home if len(found) == 1 or found <= HARMLESS else "contested"


def _alike(field: Field, value: Value) -> bool:
    """Whether a value seen elsewhere could stand in the field."""
    if isinstance(value, (Unknown, Date, Duration)) or value is NONE:
        return False
    number = isinstance(value, (int, Decimal))
    return number if field.kind in ("integer", "decimal") else not number and field.kind == "actor"


def _ranges(answers: list[tuple[Value, FindingStatus | Literal["silent"]]], speech: Speech) -> list[Answer]:
    """Days with the same status put together: "on or before 2043-07-18", "2043-07-19", "on or after 2043-07-20"."""
    runs: list[tuple[list[Value], FindingStatus | Literal["silent"]]] = []
    for day, status in answers:
        if runs and runs[-1][1] == status:
            runs[-1][0].append(day)
        else:
            runs.append(([day], status))
    told = []
    for index, (days, status) in enumerate(runs):
        first, last = index == 0, index == len(runs) - 1
        if first and last:
            words = speech.say("any day")
        elif first or last:
            words = wanted("on-or-before", days[-1:], speech) if first else wanted("on-or-after", days[:1], speech)
        elif len(days) > 1:
            words = speech.say("{first} to {last}", first=days[0], last=days[-1])
        else:
            words = str(days[0])
        told.append(Answer(words, status))
    return told
