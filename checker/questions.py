"""Which answers would decide an undetermined finding: found by asking and judging again.

A question is kept only where some answer changes the status. Candidates are the
unknown fields among the near misses and the facts nobody listed; each answer is
tried by changing the case and judging it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from checker.dates import Date, Duration
from checker.fitting import Tests, completed, meeting, tests_of
from checker.messages import say, wanted
from checker.missing import Gap, pattern_words
from checker.model import Case, Fact, Field, FieldTest, Given, Listing, Pack, Pattern, Rule
from checker.outcome import Outcome, Status
from checker.read_off import Subject, Tables, days_stated, tables_of
from checker.reads import patterns_of
from checker.referee_match import Env, Search
from checker.referee_order import order_of
from checker.referee_values import value_of_term
from checker.spans import Span, Spans, days_that_matter
from checker.speech import Speech, noted
from checker.unlisted import open_patterns
from checker.values import NONE, Term, Unknown, Value, Variable, render
from checker.verdict import Answer, Ask, FindingStatus
from checker.worlds import Worlds

Again: TypeAlias = "Callable[[Case], tuple[Outcome, Worlds]]"  # a case judged, and the worlds it was judged in
HARMLESS: frozenset[str] = frozenset({"satisfied", "excused", "overridden", "silent"})
_MOST = 8  # candidates tried for one finding
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
        self._tables: dict[tuple[object, ...], Tables] = {}  # by what the case states

    def of(self, rule: Rule, subject: Subject, now: str, search: Search, gaps: list[Gap]) -> tuple[Ask, ...]:
        """The questions that would decide the finding, in the order of the case, then of the rule."""
        asked = [self._about_field(each, rule, subject, search) for each in self._unknown_fields(rule)[:_MOST]]
        asked += [
            self._about_unlisted(pattern, env, rule, subject, search)
            for pattern, env in islice(open_patterns(rule, subject, search, gaps), _MOST)
        ]
        found = [ask for ask in asked if any(answer.status != now for answer in ask.answers)]
        return tuple(dict.fromkeys(found))

    def _status(self, case: Case, rule: Rule, subject: Subject) -> FindingStatus | Literal["silent"]:
        """The finding's status, were the case so."""
        key = (tuple(given.fact for given in case.given), case.complete, case.incomplete)
        if key not in self._tables:  # one answer tells of every finding
            self._tables[key] = tables_of(*self.again(case))
        statuses = [*self._tables[key].get((rule.id, subject), {}).values()]
        return overall(statuses[0], frozenset(statuses)) if statuses else "silent"

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

    def _about_field(self, each: _Field, rule: Rule, subject: Subject, search: Search) -> Ask:
        name, given = each.field.name, each.given

        def status(value: Value) -> FindingStatus | Literal["silent"]:
            stated = given._replace(fact=self._with(given.fact, name, value))
            case = replace(self.case, given=tuple(stated if other is given else other for other in self.case.given))
            return self._status(case, rule, self._answered(subject, given.fact, name, value))

        if each.field.kind == "date":
            chained = order_of(self.pack).chains_behind(rule.id)  # a later day would bring later periods
            spans = Spans(self._days(rule, search), self.case.as_of, status, endless=not chained).all()
            told = [Answer(_span_words(span, self.speech), span.answer) for span in spans]
        else:
            values = self._candidates(each, rule, search)
            told = [Answer(self._answer(value, each.field), status(value), _named(value)) for value in values]
        ask = self.speech.say("what is `{field}` of {fact}?", field=name, fact=given.name)
        return Ask(ask, f"{given.path}/{name}", given.values.get(name, given.place), tuple(told))

    def _answered(self, subject: Subject, fact: Fact, name: str, value: Value) -> Subject:
        """What the rule speaks of once the field has the value: what carries the unknown on carries the value then."""
        unknown = fact.values[list(self.pack.types[fact.type].fields).index(name)]
        found: list[Value | Fact] = []
        for part in subject:
            if isinstance(part, Fact):
                found.append(part._replace(values=tuple(value if each == unknown else each for each in part.values)))
            else:
                found.append(value if part == unknown else part)
        return tuple(found)

    def _answer(self, value: Value, field: Field) -> str:
        """What a user would write for it; durations in words."""
        if value == _ANOTHER and not field.options:
            return self.speech.say(_ANOTHER)
        return value if isinstance(value, str) else say(value, self.speech)

    def _with(self, fact: Fact, field: str, value: Value) -> Fact:
        pairs = zip(self.pack.types[fact.type].fields, fact.values, strict=True)
        return Fact(fact.type, tuple(value if name == field else old for name, old in pairs))

    def _candidates(self, each: _Field, rule: Rule, search: Search) -> list[Value]:
        """Answers worth trying: every option, the days and values that the rules and the case name, and another."""
        field = each.field
        if field.options:
            return list(field.options)
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

    def _days(self, rule: Rule, search: Search) -> set[Date]:
        """The days that could matter for the rule, or for one behind it."""
        rules = (self.pack.rules[name] for name in (rule.id, *order_of(self.pack).behind[rule.id]))
        return days_that_matter(self.pack, rules, {*days_stated(search), self.case.as_of})

    # --- facts nobody listed ----------------------------------------------------------

    def _about_unlisted(self, pattern: Pattern, env: Env, rule: Rule, subject: Subject, search: Search) -> Ask:
        pattern = self._in_time(pattern, env, rule)
        tests = tests_of(pattern, env, search)
        given = Given(self._meeting(pattern.type, tests), f"{pattern.type} (not listed)", self.case.place, {}, "")
        added = replace(self.case, given=(*self.case.given, given))
        words = pattern_words(pattern, env, search, self.speech)
        ask = self.speech.say("is there, or will there be, {pattern} that the case does not list?", pattern=words)
        yes = Answer(self.speech.say("yes"), self._status(added, rule, subject))
        listing = completed(pattern.type, tests, self.case.complete)
        no = self.speech.say("no (`complete: {listing}`)", listing=_listing_words(listing))
        nothing = Answer(no, self._status(self._closed(listing), rule, subject))
        return Ask(ask, pattern.type, None, (yes, nothing), tests)

    def _in_time(self, pattern: Pattern, env: Env, rule: Rule) -> Pattern:
        """The pattern with what the rule's due day asks of a fact that fills it."""
        day = self.pack.types[pattern.type].day
        if day is None or not isinstance(rule.due, Term) or not set(rule.due.variables) <= set(env):
            return pattern
        due = value_of_term(rule.due, env, self.pack.rounding)
        test = FieldTest(day, "on-or-before", (Term(due),))
        asked = any(each.field == day and each.op in ("is", "on-or-before") for each in pattern.tests)
        return pattern if asked or not isinstance(due, Date) else pattern._replace(tests=(*pattern.tests, test))

    def _closed(self, listing: Listing) -> Case:
        """The case with one line more under `complete:`; a type that is listed whole can't be incomplete."""
        incomplete = tuple(each for each in self.case.incomplete if each != listing.type or listing.within)
        return replace(self.case, complete=(*self.case.complete, listing), incomplete=incomplete)

    def _meeting(self, name: str, tests: Tests) -> Fact:
        """A fact that passes the tests; what they do not ask about is left unknown."""
        fields = self.pack.types[name].fields
        values: dict[str, Value] = {"id": "(not listed)", **meeting(tests, fields)}
        return Fact(name, tuple(values.get(each, Unknown("(not listed)", each)) for each in fields))


def _listing_words(listing: Listing) -> str:
    """What a case writes after `complete:`."""
    if not listing.within:
        return f"[{listing.type}]"
    return f"{{{listing.type}: {{{', '.join(f'{field}: {_either(values)}' for field, values in listing.within)}}}}}"


def _either(values: tuple[Value, ...]) -> str:
    told = ", ".join(map(render, values))
    return told if len(values) == 1 else f"[{told}]"


def _named(value: Value) -> Value | None:
    """The value that an answer names; None for any other than those named."""
    return None if value == _ANOTHER else value


def overall(home: Status, found: frozenset[Status]) -> FindingStatus | Literal["silent"]:
    """The status of a finding over its worlds: contested where they differ about more than harmless ones."""
    return home if len(found) == 1 or found <= HARMLESS else "contested"


def _alike(field: Field, value: Value) -> bool:
    """Whether a value seen elsewhere could stand in the field."""
    if isinstance(value, (Unknown, Date, Duration)) or value is NONE:
        return False
    number = isinstance(value, (int, Decimal))
    return number if field.kind in ("integer", "decimal") else not number and field.kind == "actor"


def _span_words(span: Span[FindingStatus | Literal["silent"]], speech: Speech) -> str:
    """Days with one status: "on or before 2043-07-18", "2043-07-19", "on or after 2043-07-20"."""
    if span.first is None:
        return speech.say("any day") if span.last is None else wanted("on-or-before", [span.last], speech)
    if span.last is None:
        return wanted("on-or-after", [span.first], speech)
    if span.first == span.last:
        return str(span.first)
    return speech.say("{first} to {last}", first=span.first, last=span.last)
