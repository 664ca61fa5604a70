"""Tests that prove nothing, and rules that no test proves."""

from __future__ import annotations

from collections.abc import Iterator

from checker.coverage import allowed
from checker.errors import quoted
from checker.lint.finding import Found
from checker.lint.subject import Subject
from checker.lint.walk import JUDGED, authored
from checker.load import Document, Node
from checker.model import Force, Pack, Pattern, Rule
from checker.reader import entries, items, members
from checker.reads import patterns_in
from checker.strata import reading_dependencies


def untested_rules(subject: Subject) -> Iterator[Found]:
    """Rules of severity `error` that no test names."""
    named = _named(subject)
    for rule in _mandatory(subject.pack):
        if rule.id not in named:
            yield Found(subject.on_disk(rule.place), rule.id, "no test says what is expected of this rule")


def vacuous_tests(subject: Subject) -> Iterator[Found]:
    """Tests that expect nothing but silence, of rules that can't concern what the case holds, or of no action in it."""
    for document in subject.tests:
        stated, ids = _stated(document, subject.pack)
        expected = list(_expected(document))
        idle: list[Found] = []
        for name, node in expected:
            rule, _, action = name.partition("@")
            if node.value != "silent" or rule not in subject.pack.rules:
                idle += [] if _bites(node) else [Found(document.place(node, key=True), "", "")]
                continue
            place, speaks_of = document.place(node, key=True), _speaks_of(subject.pack.rules[rule], subject.pack)
            if action and subject.pack.rules[rule].acts and action not in ids:
                yield Found(place, rule, f"`{name}` can't but be silent: the case holds no action {quoted(action)}")
            elif speaks_of and not speaks_of & stated:
                told = f"the test proves nothing: of `{rule}` it expects silence, and holds no {_listed(speaks_of)}"
                idle.append(Found(place, rule, told))
        if len(idle) == len(expected):
            yield from [each for each in idle if each.about][:1]


def _bites(node: Node) -> bool:
    """Whether what is expected could fail to come: not that nothing applies, nor that a list is empty."""
    return node.value not in ("not-applicable", "silent") and bool(items(node))


def failing_tests(subject: Subject) -> Iterator[Found]:
    """Tests that fail."""
    for failure in subject.results.failures if subject.results else ():
        yield Found(failure.place, "a test", failure.message)


def unseen_breaches(subject: Subject) -> Iterator[Found]:
    """Rules of severity `error` that tests name, and none which passes sees broken."""
    pack = subject.pack
    asked = reading_dependencies(pack.rules, Force(None))
    results = subject.results.coverage if subject.results else ()
    missing = {each.rule for covered in results for each in covered.rules if "violated" in each.missing}
    named = _named(subject)
    for rule in _mandatory(pack):
        if rule.id in named & missing and "violated" in allowed(rule, pack, depends=bool(asked[rule.id])):
            told = "no test that passes sees this rule broken, so it might as well ask for nothing"
            yield Found(subject.on_disk(rule.place), rule.id, told)


def _mandatory(pack: Pack) -> list[Rule]:
    return [rule for rule in authored(pack) if rule.mode in JUDGED and rule.severity == "error"]


def _named(subject: Subject) -> set[str]:
    """The rules that tests expect anything of."""
    return {name.partition("@")[0] for document in subject.tests for name, _ in _expected(document)}


def _expected(document: Document) -> Iterator[tuple[str, Node]]:
    return entries(members(document.root).get("expect"))


def _stated(document: Document, pack: Pack) -> tuple[set[str], set[str]]:
    """The types of all facts and actions of a case, with those of the pack's own facts; and the ids of the case."""
    root = members(document.root)
    facts = [pair for key in ("facts", "actions") for node in items(root.get(key)) for pair in entries(node)]
    ids = {str(members(node)["id"].value) for _, node in facts if "id" in members(node)}
    return {name for name, _ in facts} | {fact.type for fact in pack.facts}, ids


def _speaks_of(rule: Rule, pack: Pack) -> set[str]:
    """The types of its action; without one, of the first fact of `when` that a case can state."""
    if rule.acts:
        return {pattern.type for pattern in patterns_in(rule.when) if ("id", "action") in pattern.binds}
    first = rule.when.items[0] if rule.when.items else None
    return {first.type} if isinstance(first, Pattern) and pack.types[first.type].given else set()


def _listed(names: set[str]) -> str:
    return " and no ".join(f"`{name}`" for name in sorted(names))
