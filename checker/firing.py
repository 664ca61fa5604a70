"""What a firing of the engine really says: each find checked exactly, with Kleene's three values.

The engine only says that these facts could fill these patterns. Here the conjunction
is gone through once more, in order, on the values themselves: bindings, tests, the
due day, unknowns that turn out to be one value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from checker.dates import Date, Rounding
from checker.joins import COMING, UNLISTED
from checker.model import Case, Compare, Fact, Pack, Pattern, Rule
from checker.program import Alternative, Negation
from checker.terms import CERTAIN, FALSE, POSSIBLE, Env, against_none, decide, evaluate, narrowed
from checker.values import NONE, Unknown, Value

Filler = Fact | int  # a fact, or UNLISTED or COMING


class Find(NamedTuple):
    """A conjunction that holds at least possibly, as far as its tests go.

    `facts` are those that are listed or derived; `looks` the negations still to be decided, with the bindings
    each starts from. `virtual` is 0, UNLISTED or COMING: what else had to be assumed. `later`: some
    listed fact is dated as-of or later.
    """

    alternative: Alternative
    env: Env
    level: int
    facts: tuple[Fact, ...]
    day: Value | None
    looks: tuple[tuple[Negation, Env], ...]
    virtual: int
    assumed: tuple[tuple[Pattern, Env], ...]  # the patterns facts nobody listed were assumed for, as they were bound
    later: bool


class Setting(NamedTuple):
    """What the checks need to know of pack and case. `due`: for facts that have to lie before it."""

    pack: Pack
    case: Case
    given: frozenset[Fact]


def due_of(rule: Rule, env: Env, rounding: Rounding) -> Value | None:
    """The due day under the bindings; NONE for a duty (or a window) without one, None for a rule that names none."""
    if rule.due is None or (rule.due == "none" and rule.mode == "needs"):
        return None
    if rule.due == "none":
        return NONE
    due = evaluate(rule.due, env, rounding)
    return due if due is not NONE or rule.mode == "owes" else None


def check_find(
    setting: Setting, alternative: Alternative, env: Env, fillers: Sequence[Filler], due: Value | None
) -> Find | None:
    """The find, or None where some test fails."""
    if UNLISTED in fillers and COMING in fillers:
        return None
    state = _State(setting, dict(env), due, alternative)
    queue = enumerate(fillers)
    for step in alternative.steps:
        if isinstance(step, Pattern):
            number, filler = next(queue)
            state.fill(step, filler, number)
        elif isinstance(step, Compare):
            state.compare(step)
        else:
            state.looks.append((step, {name: state.env[name] for name in step.known if name in state.env}))
        if state.level == FALSE:
            return None
    kept = {name: state.env[name] for name in alternative.node.variables if name in state.env}
    facts = tuple(filler for filler in fillers if isinstance(filler, Fact))
    virtual = next((filler for filler in fillers if isinstance(filler, int)), 0)
    return Find(
        alternative, kept, state.level, facts, state.day, tuple(state.looks), virtual, tuple(state.assumed), state.later
    )


class _State:
    """A conjunction on the way through its steps."""

    def __init__(self, setting: Setting, env: dict[str, Value], due: Value | None, alternative: Alternative) -> None:
        self.setting, self.env, self.due = setting, env, due
        self.part, self.first_dated = alternative.node.part, alternative.dated
        self.level = CERTAIN
        self.day: Value | None = None
        self.later = False
        self.looks: list[tuple[Negation, Env]] = []
        self.assumed: list[tuple[Pattern, Env]] = []

    def lower(self, level: int) -> None:
        self.level = min(self.level, level)

    def fill(self, pattern: Pattern, filler: Filler, number: int) -> None:
        """One pattern, filled by a fact or by one that nobody listed or that is yet to come."""
        kind = self.setting.pack.types[pattern.type]
        if isinstance(filler, Fact):
            values = dict(zip(kind.fields, filler.values, strict=True))
            if kind.day is not None:
                self._dated(filler, values[kind.day], first=number == self.first_dated)
            self._meet(pattern, values, ())
            return
        owner = f"{pattern.place} {filler}"
        values = {name: Unknown(owner, name) for name in kind.fields}
        self.lower(POSSIBLE)
        skipped: tuple[str, ...] = ()
        if filler == UNLISTED:
            self.assumed.append((pattern, dict(self.env)))
        if filler == COMING and kind.day is not None:
            if not self._some_day(pattern, kind.day):
                self.level = FALSE
                return
            skipped = (kind.day,)
        self._meet(pattern, values, skipped)

    def _dated(self, fact: Fact, day: Value, *, first: bool) -> None:
        """What `due` and `owes` ask of a given dated fact, and the day of the first."""
        if first:
            self.day = day
        if fact not in self.setting.given:
            return
        as_of = self.setting.case.as_of
        self.later = self.later or (isinstance(day, Date) and day >= as_of)
        if self.part not in ("needs", "owes", "forbids"):
            return
        if self.due is not None and self.due is not NONE:
            self.lower(decide("on-or-before", day, (self.due,)))
        if self.part == "owes" and decide("on-or-before", day, (as_of,)) != CERTAIN:
            self.lower(POSSIBLE)

    def _meet(self, pattern: Pattern, values: dict[str, Value], skipped: tuple[str, ...]) -> None:
        for name, variable in pattern.binds:
            if variable in self.env:
                known = self.env[variable]
                self.lower(decide("is", values[name], (known,)))
                self.env = dict(narrowed(self.env, values[name], known))
            else:
                self.env[variable] = values[name]
        for test in pattern.tests:
            if test.field in skipped:
                continue
            if test.terms[0].base is NONE and test.op in ("is", "not"):
                self.lower(against_none(test.op, values[test.field]))
                continue
            wanted = tuple(evaluate(term, self.env, self.setting.pack.rounding) for term in test.terms)
            self.lower(decide(test.op, values[test.field], wanted))
            if test.op == "is":
                self.env = dict(narrowed(self.env, values[test.field], wanted[0]))

    def compare(self, step: Compare) -> None:
        """A comparison of two terms."""
        rounding = self.setting.pack.rounding
        left = evaluate(step.left, self.env, rounding)
        if step.right[0].base is NONE and step.op in ("is", "not"):
            self.lower(against_none(step.op, left))
            return
        right = tuple(evaluate(term, self.env, rounding) for term in step.right)
        self.lower(decide(step.op, left, right))
        if step.op == "is":
            self.env = dict(narrowed(self.env, left, right[0]))

    def _some_day(self, pattern: Pattern, dated_by: str) -> bool:
        """Whether each test on the day of a fact yet to come could hold from as-of to the due day."""
        first = self.setting.case.as_of
        last = self.due if isinstance(self.due, Date) else None
        if last is not None and last < first:
            return False
        for name, variable in pattern.binds:
            if name == dated_by and variable in self.env and not _possible("is", self.env[variable], first, last):
                return False
        for test in pattern.tests:
            if test.field != dated_by or any(name not in self.env for term in test.terms for name in term.variables):
                continue
            if test.terms[0].base is NONE and test.op in ("is", "not"):
                if test.op == "is":
                    return False
                continue
            wanted = [evaluate(term, self.env, self.setting.pack.rounding) for term in test.terms]
            op = "is" if test.op == "in" else test.op
            if not any(_possible(op, each, first, last) for each in wanted):
                return False
        return True


def _possible(op: str, limit: Value, first: Date, last: Date | None) -> bool:
    """Whether some day from `first` to `last` passes the test: the ends decide."""
    if isinstance(limit, Unknown):
        return True
    if not isinstance(limit, Date):
        return False
    if op == "is":
        return first <= limit and (last is None or limit <= last)
    if op == "not":
        return last is None or first != last or first != limit
    earliest = decide(op, first, (limit,)) == CERTAIN  # type: ignore[arg-type]  # a test of days
    return earliest or (op in ("after", "on-or-after") and (last is None or decide(op, last, (limit,)) == CERTAIN))  # type: ignore[arg-type]
