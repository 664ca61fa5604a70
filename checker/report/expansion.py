"""What a block of a pack stands for, written out in the core language: a part of a pack that can be read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.model import Fact, FactType, Pack, Rule, Words
from checker.report.spelling import quoted, spelling
from checker.terminal import Look, line, shown
from checker.values import Unknown, render

_INDENT = "  "
_CLOSED = ("needs", "owes", "forbids")


def blocks(pack: Pack) -> tuple[str, ...]:
    """The ids of the pack's blocks."""
    return tuple(sorted({rule.block for rule in pack.rules.values() if rule.block}))


def expansion(block: str, pack: Pack, look: Look) -> str:
    """The types, facts and rules that a block adds to its pack."""
    rules = [rule for rule in pack.rules.values() if rule.block == block]
    head = f"# {block} at {rules[0].place}, expanded: {len(rules)} rules."
    lines = [look.paint(line(head), "bold")]
    sections = (("types", _types(rules, pack)), ("facts", _facts(rules, pack)), ("rules", _rules(rules)))
    for key, told in sections:
        if found := list(told):
            lines += [f"{key}:", *(f"{_INDENT}{text}" for text in found)]
    return "".join(f"{shown(text)}\n" for text in lines)


def _types(rules: list[Rule], pack: Pack) -> Iterator[str]:
    """The types that stand where the block stands: nobody wrote them elsewhere."""
    for kind in pack.types.values():
        if kind.place == rules[0].place:
            yield f"{kind.name}: {{{', '.join(_type(kind))}}}"


def _type(kind: FactType) -> Iterator[str]:
    fields = (f"{field.name}: {_kind(field.kind, field.options)}" for field in kind.fields.values())
    yield f"fields: {{{', '.join(fields)}}}"
    for key, name in (("day", kind.day), ("counter", kind.counter)):
        if name is not None:
            yield f"{key}: {name}"
    if not kind.derived or kind.given:
        yield "world: closed"
    if kind.derived and kind.given:
        yield "given: yes"


def _kind(kind: str, options: tuple[str, ...]) -> str:
    return f"{{one-of: [{', '.join(options)}]}}" if options else kind


def _facts(rules: list[Rule], pack: Pack) -> Iterator[str]:
    own = {kind.name for kind in pack.types.values() if kind.place == rules[0].place}
    for fact in pack.facts:
        if fact.type in own:
            yield f"- {fact.type}: {{{', '.join(_values(fact, pack))}}}"


def _values(fact: Fact, pack: Pack) -> Iterator[str]:
    for name, value in zip(pack.types[fact.type].fields, fact.values, strict=True):
        if not isinstance(value, Unknown):
            yield f"{name}: {render(value)}"


def _rules(rules: list[Rule]) -> Iterator[str]:
    for rule in rules:
        first, *others = [*_ground(rule), *spelling(rule)]
        yield f"- {first}"
        yield from (f"{_INDENT}{text}" for text in others)


def _ground(rule: Rule) -> Iterator[str]:
    yield f"id: {rule.id}"
    yield f"title: {_words(rule.title)}"
    if rule.clause is not None:
        yield f"clause: {rule.clause}"
    if rule.cites:
        cites = (
            f"{{source: {each.source}{f', quote: {quoted(each.quote)}' if each.quote else ''}}}" for each in rule.cites
        )
        yield f"cites: [{', '.join(cites)}]"
    yield f"basis: {rule.basis}"
    if rule.mode in _CLOSED:
        yield f"severity: {rule.severity}"
        yield f"if-not: {rule.if_not}"


def _words(words: Words) -> str:
    told: Mapping[str, str] = words
    return f"{{{', '.join(f'{language}: {quoted(text)}' for language, text in told.items())}}}"
