"""Where facts nobody listed could decide a rule: its patterns that are open, as they are bound."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from checker.fitting import tests_of
from checker.missing import Gap
from checker.model import Absent, AnyOf, Body, Count, Fact, FieldTest, Item, Pattern, Rule
from checker.referee_match import LISTED, Env, Search, Way
from checker.values import Value

Tests = frozenset[FieldTest]


def open_patterns(
    rule: Rule, subject: tuple[Value | Fact, ...], search: Search, gaps: Iterable[Gap]
) -> Iterator[tuple[Pattern, Env]]:
    """Patterns that unlisted facts could meet or break: first where the rule fails, then wherever else it looks."""
    found: dict[tuple[str, Tests], tuple[Pattern, Env]] = {}
    for pattern, env in (*_failing(gaps), *_elsewhere(rule, subject, search)):
        if search.pack.types[pattern.type].given and search.openness.is_open(pattern, env):
            found.setdefault((pattern.type, frozenset(tests_of(pattern, env, search))), (pattern, env))
    for (name, tests), (pattern, env) in found.items():
        if not any(
            _is_split(pattern, tests - {test}, test, {t for n, t in found if n == name}, search) for test in tests
        ):
            yield pattern, env


def _is_split(pattern: Pattern, others: Tests, test: FieldTest, asked: Container[Tests], search: Search) -> bool:
    """Whether the same is asked of the values that a field can have one by one, where it is not known already."""
    one_by_one = [FieldTest(test.field, "is", (term,)) for term in test.terms] if test.op == "in" else []
    left = [each for each in one_by_one if others | {each} not in asked]
    narrower = (pattern._replace(binds=(), tests=(*others, each)) for each in left)
    return len(left) < len(one_by_one) and not any(search.openness.is_open(each, {}) for each in narrower)


def _failing(gaps: Iterable[Gap]) -> Iterator[tuple[Pattern, Env]]:
    for gap in gaps:
        for pattern in _filled((gap.item,)):
            yield pattern, gap.before[0].env


def _elsewhere(rule: Rule, subject: tuple[Value | Fact, ...], search: Search) -> Iterator[tuple[Pattern, Env]]:
    bodies: list[Body] = [rule.when, *(each.body for each in rule.unless)]
    for way in search.ways(rule.when, {}, LISTED):
        if _subject(rule, way) != subject:
            continue
        if rule.body is not None:
            looked_for = _broken if rule.mode == "forbids" else _filled
            yield from ((pattern, way.env) for pattern in looked_for(rule.body.items))
        yield from ((pattern, way.env) for body in bodies for pattern in _broken(body.items))


def _filled(items: Iterable[Item]) -> Iterator[Pattern]:
    """The patterns of what must be there, and of what may not."""
    for item in items:
        if isinstance(item, Pattern):
            yield item
        elif isinstance(item, AnyOf):
            for branch in item.bodies:
                yield from _filled(branch.items)
    yield from _broken(items)


def _broken(items: Iterable[Item]) -> Iterator[Pattern]:
    """The patterns that a fact more can break or make up the number of, where only listed facts fill the others."""
    for item in items:
        if isinstance(item, Absent):
            yield from _filled(item.body.items)
        elif isinstance(item, Count):
            yield item.of
        elif isinstance(item, AnyOf):
            for branch in item.bodies:
                yield from _broken(branch.items)


def _subject(rule: Rule, way: Way) -> tuple[Value | Fact, ...]:
    """What the rule speaks of where `when` holds so."""
    if rule.per:
        return tuple(way.env[name] for name in rule.per)
    return (way.env["action"],) if rule.acts else way.facts[:1]
