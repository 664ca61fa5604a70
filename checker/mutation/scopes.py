"""What a changed rule binds, worked out anew; a rule that would read what it does not bind is none.

The loader refuses such a rule with a place and words. Here it is only left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from checker.model import Absent, Body, Compare, Count, Item, Pattern, Question, Reading, Rule, Unless
from checker.values import Term

_Scope = dict[str, tuple[Reading, ...]]  # variable → the readings under which it is bound, in order of first binding


class _UnboundError(ValueError):
    """A variable is read where it may stand for nothing."""


def settled(rule: Rule, questions: Mapping[str, Question]) -> Rule | None:
    """The rule with its bindings as they are now; None if it reads a variable that is not bound."""
    try:
        return _Settling(questions).rule(rule)
    except _UnboundError:
        return None


class _Settling:
    def __init__(self, questions: Mapping[str, Question]) -> None:
        self.questions = questions

    def rule(self, rule: Rule) -> Rule:
        when, scope = self._body(rule.when, {}, rule.reading)
        if not (rule.per or (when.items and isinstance(when.items[0], Pattern))) and not rule.acts:
            raise _UnboundError
        body, inner = (None, scope) if rule.body is None else self._body(rule.body, scope, rule.reading)
        heads = [term for head in rule.heads for _, term in head.fields]
        due = [rule.due] if isinstance(rule.due, Term) else []
        self._read((*heads, *due), scope, rule.reading)
        if not {*rule.per, *(("action",) if rule.acts else ())} <= scope.keys():
            raise _UnboundError
        seen = inner if rule.mode == "forbids" else scope
        by, towards = self._known(rule.by, scope), rule.towards
        return rule._replace(
            when=when,
            body=body,
            unless=tuple(self._unless(each, seen, rule.reading) for each in rule.unless),
            by=by,
            towards=towards if towards == "other-party" else self._known(towards, scope),
            say={},  # what it says may be of variables that are gone
            remedy={},
        )

    def _known(self, term: Term | None, scope: _Scope) -> Term | None:
        return term if term is not None and set(term.variables) <= scope.keys() else None

    def _body(self, body: Body, scope: _Scope, reading: Reading) -> tuple[Body, _Scope]:
        """The body, and the scope after it: `absent` and `count` come last."""
        after = dict(scope)
        found: dict[int, Item] = {}
        for late in (False, True):
            for index, item in enumerate(body.items):
                if isinstance(item, (Absent, Count)) is late:
                    found[index] = self._item(item, after, _both(reading, item.reading))
        binds = tuple(name for name in after if name not in scope)
        return Body(tuple(found[index] for index in sorted(found)), binds), after

    def _item(self, item: Item, scope: _Scope, reading: Reading) -> Item:
        """The item; what it binds joins the scope."""
        if isinstance(item, Pattern):
            self._pattern(item, scope, reading)
        elif isinstance(item, Compare):
            self._read((item.left, *item.right), scope, reading)
        elif isinstance(item, Absent):
            return item._replace(body=self._body(item.body, scope, reading)[0])
        elif isinstance(item, Count):
            self._pattern(item.of, dict(scope), reading)
            self._read((term for _, term in item.bounds), scope, reading)
        else:
            read = [self._body(branch, scope, reading) for branch in item.bodies]
            exports = tuple(
                name for name in read[0][1] if name not in scope and all(name in after for _, after in read)
            )
            for name in exports:
                scope[name] = (reading,)
            return item._replace(bodies=tuple(body for body, _ in read), exports=exports)
        return item

    def _pattern(self, pattern: Pattern, scope: _Scope, reading: Reading) -> None:
        for _, name in pattern.binds:
            scope[name] = (*scope.get(name, ()), reading)
        self._read((term for test in pattern.tests for term in test.terms), scope, reading)

    def _unless(self, unless: Unless, scope: _Scope, reading: Reading) -> Unless:
        own = _both(reading, unless.reading)
        body, after = self._body(unless.body, scope, own)
        return unless._replace(body=body, unless=tuple(self._unless(each, after, own) for each in unless.unless))

    def _read(self, terms: Iterable[Term], scope: _Scope, reading: Reading) -> None:
        for name in (name for term in terms for name in term.variables):
            if name not in scope or not self._covered(scope[name], reading):
                raise _UnboundError

    def _covered(self, alternatives: tuple[Reading, ...], reading: Reading) -> bool:
        """Whether in every combination of readings in which it is read the variable is bound."""
        asked = sorted({question for each in alternatives for question, _ in each} - dict(reading).keys())
        choices = [[(question, option) for option in self.questions[question].options] for question in asked]
        worlds = [{*reading, *picked} for picked in product(*choices)]
        return all(any(set(each) <= world for each in alternatives) for world in worlds)


def _both(one: Reading, other: Reading) -> Reading:
    return tuple(sorted({*one, *other}))
