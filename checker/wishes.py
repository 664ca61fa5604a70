"""Changes of a case worth trying so that a body holds which does not: what it lacks, stated in the case.

Unlike remedies these are suppositions: they may change what has happened, and who did it. Nothing here is proven.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from checker.dates import Date
from checker.fitting import Tests, completed, meeting, passes, tests_of, values_of
from checker.messages import both, wanted
from checker.missing import gaps, margin_of, pattern_words
from checker.model import (
    PROPOSED,
    Absent,
    Body,
    Case,
    Compare,
    Count,
    FieldTest,
    Given,
    Pack,
    Pattern,
    Rule,
)
from checker.reads import patterns_in
from checker.referee_match import LISTED, Env, Search, Way
from checker.referee_open import part_of
from checker.speech import Speech
from checker.stating import FactLeftOut, FactStated, FieldStated, ListStated, Plain, Section, Statement, next_path
from checker.values import Op, Term, Unknown, Value, Variable, render

_MOST_WAYS = 2
_DEEPEST = 3  # rules that make what a rule looks for, and those that make what these look for
_FAR = 10**7
_SET, _ADD, _DROP = range(3)
_TURNED: Mapping[Op, Op] = {
    "is": "is",
    "not": "not",
    "before": "after",
    "after": "before",
    "on-or-before": "on-or-after",
    "on-or-after": "on-or-before",
    "less-than": "more-than",
    "more-than": "less-than",
    "at-least": "at-most",
    "at-most": "at-least",
}


class Wish(NamedTuple):
    """One change: what it states, each in words, and how small it is (the smaller the sooner it is tried)."""

    statements: tuple[tuple[Statement, str], ...]
    rank: tuple[int, int, int]


class Wishes:
    """Changes of one case, as it stands in one world."""

    def __init__(self, pack: Pack, case: Case, search: Search, written: Plain, speech: Speech) -> None:
        """Look among the facts of `search`; `written` is the case as it is written."""
        self.pack, self.case, self.search, self.written, self.speech = pack, case, search, written, speech
        self.given = {given.fact: given for given in case.given}

    def of(self, rule: Rule) -> list[Wish]:
        """What would bring the rule's `when` nearer to holding, the smallest change first."""
        found = dict.fromkeys((*self._for(rule, _DEEPEST), *self._for_its_day(rule)))
        return sorted(found, key=lambda wish: wish.rank)

    def _for(self, rule: Rule, depth: int) -> Iterator[Wish]:
        for gap in gaps(self.search, rule.when, {}, LISTED, None):
            ways = gap.before[:_MOST_WAYS]
            if isinstance(gap.item, Pattern):
                yield from self._to_fill(gap.item, rule, ways, depth)
            elif isinstance(gap.item, Compare):
                yield from (wish for way in ways for wish in self._to_compare(gap.item, rule, way))
            elif isinstance(gap.item, Count):
                yield from self._to_count(gap.item, rule, ways, depth)
            elif isinstance(gap.item, Absent):
                yield from (wish for way in ways for wish in self._to_be_rid_of(gap.item.body, way.env))

    # --- patterns -----------------------------------------------------------------

    def _to_fill(self, pattern: Pattern, rule: Rule, ways: Iterable[Way], depth: int) -> Iterator[Wish]:
        kind = self.pack.types[pattern.type]
        for way in ways:
            tests = tests_of(pattern, way.env, self.search)
            if kind.given:
                yield from self._fitted(pattern.type, tests)
                yield self._linked(self._added(pattern, tests, way.env), pattern, rule, way)
            yield from self._joined(pattern, rule, way)
        for maker in _makers(pattern.type, self.search) if depth else ():
            yield from self._for(maker, depth - 1)

    def _fitted(self, name: str, tests: Tests) -> Iterator[Wish]:
        """Facts that there are, with other values where they fail."""
        fields = self.pack.types[name].fields
        for given in self.case.given:
            if given.fact.type != name:
                continue
            values = dict(zip(fields, given.fact.values, strict=True))
            failed = [test for test in tests if not passes(test, values[test.field])]
            names = {test.field for test in failed}
            fitting = meeting(tuple(test for test in tests if test.field in names), fields)
            if not names or names - fitting.keys() or PROPOSED in names or "id" in names:
                continue
            told = {name: self._field(given, name, [test for test in failed if test.field == name]) for name in fitting}
            rank = (_SET, len(names), sum(_margin(values[test.field], test) for test in failed))
            yield Wish(tuple((FieldStated(given.path, name, fitting[name]), told[name]) for name in fitting), rank)

    def _field(self, given: Given, name: str, tests: Iterable[FieldTest]) -> str:
        told = both((wanted(test.op, values_of(test), self.speech) for test in tests), self.speech)
        return self.speech.say("`{field}` of {fact} were {wanted}", field=name, fact=given.name, wanted=told)

    def _added(self, pattern: Pattern, tests: Tests, env: Env) -> Wish:
        """A fact more; an action as one that is proposed."""
        kind = self.pack.types[pattern.type]
        values = {name: value for name, value in meeting(tests, kind.fields).items() if name != PROPOSED}
        if "id" in kind.fields and "id" not in values:
            values["id"] = self._new_id(kind.name)
        section: Section = "actions" if kind.action else "facts"
        ordered = tuple((name, values[name]) for name in kind.fields if name in values)
        fact = FactStated(section, kind.name, ordered, next_path(self.written, section, kind.name))
        return Wish(((fact, _had(fact, self._words(pattern, env), self.speech)),), (_ADD, 0, 0))

    def _linked(self, wish: Wish, pattern: Pattern, rule: Rule, way: Way) -> Wish:
        """The same with what leaves open to which fact it belongs saying that it is this one."""
        ((fact, _),) = wish.statements
        values = dict(fact.fields) if isinstance(fact, FactStated) else {}
        for name, held in pattern.binds:
            if name in values and isinstance(way.env.get(held), Unknown):
                test = FieldTest(name, "is", (Term(values[name]),))
                linking = (each.statements for each in self._supplied(held, test, rule, way))
                return wish._replace(statements=(*wish.statements, *next(linking, ())))
        return wish

    def _words(self, pattern: Pattern, env: Env) -> str:
        return pattern_words(pattern, env, self.search, self.speech).removesuffix("()")

    def _new_id(self, name: str) -> str:
        taken = {value for fact in self.search.facts.levels for value in fact.values}
        return next(f"{name}-{n}" for n in range(1, len(taken) + 2) if f"{name}-{n}" not in taken)

    def _joined(self, pattern: Pattern, rule: Rule, way: Way) -> Iterator[Wish]:
        """Where a fact would fill the pattern but for a value that comes from an earlier one: that one changed."""
        tests = tests_of(pattern._replace(binds=()), way.env, self.search)
        fields = list(self.pack.types[pattern.type].fields)
        for fact in self.search.facts.of(pattern.type):
            values = dict(zip(fields, fact.values, strict=True))
            if all(passes(test, values[test.field]) for test in tests):
                for name, held in pattern.binds:
                    if held in way.env and way.env[held] != values[name]:
                        yield from self._supplied(held, FieldTest(name, "is", (Term(values[name]),)), rule, way)

    def _supplied(self, variable: str, test: FieldTest, rule: Rule, way: Way) -> Iterator[Wish]:
        """Another value for a variable, in a given fact that it comes from."""
        for given in (self.given[fact] for fact in way.facts if fact in self.given):
            fields = self.pack.types[given.fact.type].fields
            values = dict(zip(fields, given.fact.values, strict=True))
            for name in _bound_to(variable, rule, given.fact.type):
                mine = test._replace(field=name)
                fitting = meeting((mine,), fields)
                if name in fitting and values[name] == way.env[variable] and name != "id":
                    told = self._field(given, name, [mine])
                    rank = (_SET, 1, _margin(values[name], mine))
                    yield Wish(((FieldStated(given.path, name, fitting[name]), told),), rank)

    # --- comparisons, numbers, what must not be ---------------------------------------

    def _to_compare(self, item: Compare, rule: Rule, way: Way) -> Iterator[Wish]:
        """Another value on the left, or where one value is compared with, the same turned round."""
        right = tuple(Term(self.search.value(term, way.env)) for term in item.right)
        left = Term(self.search.value(item.left, way.env))
        if isinstance(item.left.base, Variable) and not item.left.steps:
            yield from self._compared(item.left.base.name, FieldTest("", item.op, right), rule, way)
        for term in item.right:
            if isinstance(term.base, Variable) and not term.steps and item.op in _TURNED:
                yield from self._compared(term.base.name, FieldTest("", _TURNED[item.op], (left,)), rule, way)

    def _compared(self, variable: str, test: FieldTest, rule: Rule, way: Way) -> Iterator[Wish]:
        """Another value for a variable, in the fact it comes from or in one more."""
        yield from self._supplied(variable, test, rule, way)
        for pattern in rule.when.items:
            if isinstance(pattern, Pattern) and self.pack.types[pattern.type].given:
                for name, held in pattern.binds if test.op != "not" else ():
                    if held == variable:
                        asked = pattern._replace(binds=(), tests=(*pattern.tests, test._replace(field=name)))
                        yield self._added(asked, tests_of(asked, {}, self.search), {})

    def _to_count(self, item: Count, rule: Rule, ways: Iterable[Way], depth: int) -> Iterator[Wish]:
        ways = tuple(ways)
        if any(op in ("at-least", "more-than", "is") for op, _ in item.bounds):
            yield from self._to_fill(item.of, rule, ways, depth)
        for way in ways:
            yield from self._to_be_rid_of(Body((item.of._replace(reading=()),), ()), way.env)

    def _to_be_rid_of(self, body: Body, env: Env) -> Iterator[Wish]:
        """What is listed left out; and what may be there although nobody listed it said not to be."""
        for way in self.search.ways(body, env, LISTED):
            for given in (self.given[fact] for fact in way.facts if fact in self.given):
                told = self.speech.say("the case did not list {fact}", fact=given.name)
                yield Wish(((FactLeftOut(given.path), told),), (_DROP, 0, 0))
        for pattern in patterns_in(body):
            if self.pack.types[pattern.type].given and self.search.openness.is_open(pattern, env):
                listing = completed(pattern.type, tests_of(pattern, env, self.search), self.case.complete)
                told = self.speech.say("the case said that it lists every {fact}", fact=self._words(pattern, env))
                yield Wish(((ListStated(listing), told),), (_SET, 0, 0))

    # --- the day ------------------------------------------------------------------

    def _for_its_day(self, rule: Rule) -> Iterator[Wish]:
        """Where all of `when` is met and its day lies outside: the nearest day inside; of a day not stated, as-of."""
        for way in self.search.ways(rule.when, {}, LISTED):
            for given in (self.given[fact] for fact in way.facts if fact in self.given):
                fields = self.pack.types[given.fact.type].fields
                values = dict(zip(fields, given.fact.values, strict=True))
                name = self.pack.types[given.fact.type].day
                if name is None or values[name] != way.day:
                    continue
                tests = tuple(FieldTest(name, op, (Term(limit),)) for op, limit in self._limits(rule))
                failed = [test for test in tests if not passes(test, values[name])]
                if failed and name in (fitting := meeting(tests, fields)):
                    told = self._field(given, name, failed)
                    rank = (_SET, 1, _margin(values[name], failed[0]))
                    now = isinstance(values[name], Unknown) and all(passes(test, self.case.as_of) for test in tests)
                    day = self.case.as_of if now else fitting[name]
                    yield Wish(((FieldStated(given.path, name, day), told),), rank)

    def _limits(self, rule: Rule) -> Iterator[tuple[Op, Date]]:
        """Between which days the day of the rule has to lie."""
        force = self.pack.force
        starts = [rule.valid[0], None if rule.before_force else force.start]
        ends = [rule.valid[1], None if rule.survives else force.end]
        if force.ended_by is not None and not rule.survives:
            day = self.pack.types[force.ended_by].day
            lasts = (self.search.facts.value(fact, day) for fact in self.search.facts.of(force.ended_by))
            ends += [last for last in lasts if isinstance(last, Date)]
        yield from (("on-or-before", each) for each in ends if each is not None)
        yield from (("on-or-after", each) for each in starts if each is not None)


def met(rule: Rule, search: Search, depth: int = _DEEPEST) -> float:
    """How many facts of the rule's `when` are there, before what it lacks; of what would make that, less than one."""
    found = []
    for gap in gaps(search, rule.when, {}, LISTED, None):
        makers = _makers(gap.item.type, search) if isinstance(gap.item, Pattern) and depth else ()
        shares = (met(maker, search, depth - 1) / (len(maker.when.items) + 1) for maker in makers)
        found.append(len(gap.before[0].facts) + max(shares, default=0.0))
    return max(found, default=float(len(rule.when.items)))


def _makers(name: str, search: Search) -> list[Rule]:
    """The rules that make facts of a type in this world."""
    rules = (each for each in search.pack.rules.values() if any(head.type == name for head in each.heads))
    return [each for each in rules if part_of(each.reading, search.reading)]


def words_of(fact: FactStated, speech: Speech) -> str:
    """That the case has a fact, with all that it states."""
    told = ", ".join(f"{name}: {render(value)}" for name, value in fact.fields if name != "id")
    return _had(fact, f"{fact.type}({told})", speech)


def _had(fact: FactStated, words: str, speech: Speech) -> str:
    if fact.section == "actions":
        return speech.say("the case proposed an action {action}", action=words)
    return speech.say("the case listed a fact {fact}", fact=words)


def _bound_to(variable: str, rule: Rule, name: str) -> dict[str, None]:
    """The fields of a type that the rule binds to a variable."""
    patterns = (each for each in patterns_in(rule.when) if each.type == name)
    return dict.fromkeys(field for each in patterns for field, held in each.binds if held == variable)


def _margin(value: Value, test: FieldTest) -> int:
    """By how much a test fails, in days or numbers; a great deal where that can't be said."""
    digits = (margin_of(test.op, value, values_of(test)[0]) or "").strip("PD")
    return int(digits) if digits.isdigit() else _FAR
