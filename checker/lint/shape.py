"""What a rule does, apart from what its variables are called: rules of one shape do the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeAlias

from checker.model import Absent, Body, Compare, Count, Head, Item, Pattern, Rule, Unless
from checker.values import Known, Step, Term, Value, Variable

Shape: TypeAlias = "tuple[Hashable, ...]"


class Shaper:
    """Writes rules down with their variables numbered as they come; `limits` holds what `blank` leaves out of them.

    `blank`: leave out the days, durations and numbers.
    """

    def __init__(self, *, blank: bool = False) -> None:
        """Begin with no variable."""
        self.blank = blank
        self.limits: list[str] = []
        self._names: dict[str, int] = {}

    def conditions(self, rule: Rule) -> Shape:
        """Of what a rule speaks, and when."""
        whom = (rule.acts, rule.also_done, rule.survives, rule.before_force, rule.valid, rule.reading)
        return (self.body(rule.when), tuple(self._name(name) for name in rule.per), *whom)

    def demands(self, rule: Rule) -> Shape:
        """What it says then."""
        return (
            rule.mode, rule.if_not, rule.overrides, rule.instead_of, rule.then_owes, rule.until,
            self.body(rule.body) if rule.body else None,
            tuple(self._head(head) for head in rule.heads),
            *(self.term(term) if isinstance(term, Term) else term for term in (rule.due, rule.by, rule.towards)),
            self._unless(rule.unless),
        )  # fmt: skip

    def body(self, body: Body) -> Shape:
        """Items, in their order."""
        return tuple(self.item(item) for item in body.items)

    def item(self, item: Item) -> Shape:
        """One item, with the reading it is part of."""
        if isinstance(item, Pattern):
            return ("pattern", item.reading, self._pattern(item))
        if isinstance(item, Compare):
            return ("compare", item.reading, self.term(item.left), item.op, *map(self.term, item.right))
        if isinstance(item, Absent):
            return ("absent", item.reading, self.body(item.body))
        if isinstance(item, Count):
            return ("count", item.reading, self._pattern(item.of), *((op, self.term(term)) for op, term in item.bounds))
        return ("any", item.reading, *map(self.body, item.bodies))

    def term(self, term: Term) -> Shape:
        """A term; of limits nothing but that there are some, where they are left out."""
        return (self._value(term.base), *(self._step(step) for step in term.steps))

    def _pattern(self, pattern: Pattern) -> Shape:
        binds = tuple((field, self._name(variable)) for field, variable in sorted(pattern.binds))
        tests = tuple((test.field, test.op, *map(self.term, test.terms)) for test in sorted(pattern.tests, key=repr))
        return (pattern.type, binds, tests)

    def _head(self, head: Head) -> Shape:
        return (
            head.type,
            tuple((field, self.term(term)) for field, term in sorted(head.fields, key=lambda each: each[0])),
        )

    def _unless(self, exceptions: Iterable[Unless]) -> Shape:
        return tuple((each.reading, self.body(each.body), self._unless(each.unless)) for each in exceptions)

    def _step(self, step: Step) -> Shape:
        return (step.sign, self._value(step.amount), self._value(step.times))

    def _value(self, value: Value | Known | Variable) -> Hashable:
        if isinstance(value, Variable):
            return self._name(value.name)
        if self.blank and not isinstance(value, str):
            self.limits.append(str(value))
            return "a limit"
        return (type(value).__name__, str(value))

    def _name(self, variable: str) -> int:
        return self._names.setdefault(variable, len(self._names))
