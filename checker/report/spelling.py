"""A rule spelt in the language of packs again, from the nouns it was read into; blocks stand expanded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from checker.model import (
    Absent,
    AnyOf,
    Body,
    Compare,
    Count,
    Head,
    Item,
    Pattern,
    Reading,
    Rule,
    Template,
    Unless,
)
from checker.reads import as_written
from checker.values import Term, Value, Variable, render

_INDENT = "  "
_PLAIN = re.compile(r"\w(?:[\w./+ -]*[\w.])?")  # what needs no quotes in a line of YAML


def spelling(rule: Rule) -> list[str]:
    """The lines of the rule, keys in a fixed order; those of its ground (title, clause, cites, basis) are left out."""
    lines = _scalars((("by", rule.by), ("towards", rule.towards), ("also-done", rule.also_done)))
    lines += _lists((("per", [f"${name}" for name in rule.per]),))
    lines += [*_reading(rule.reading), *_body("when", as_written(rule))]
    if rule.body is not None:
        lines += _body(rule.mode, rule.body)
    if rule.mode == "permits":
        lines.append("permits: yes")
    if rule.heads:
        lines += ["means:", *(f"{_INDENT}- {head.type}: {_mapping(head.fields)}" for head in rule.heads)]
    lines += _scalars((("due", rule.due), ("until", rule.until)))
    if rule.unless:
        lines += ["unless:", *_exceptions(rule.unless)]
    lines += _lists((("overrides", rule.overrides), ("instead-of", rule.instead_of), ("then-owes", rule.then_owes)))
    lines += _scalars((("survives", rule.survives), ("before-force", rule.before_force)))
    if any(rule.valid):
        days = (f"{key}: {day}" for key, day in zip(("from", "until"), rule.valid, strict=True) if day)
        lines.append(f"valid: {{{', '.join(days)}}}")
    for key, templates in (("say", rule.say), ("remedy", rule.remedy)):
        lines += _texts(key, templates)
    return lines


def lines_of(noun: object) -> list[str]:
    """A part of a rule as it is spelt in a list; what is none of its nouns as its text."""
    match noun:
        case Pattern() | Compare() | Absent() | Count() | AnyOf():
            return [text.removeprefix("- ") if not number else text for number, text in enumerate(_item(noun, ""))]
        case Unless():
            first, *others = _exceptions((noun,), "")
            return [first.removeprefix("- "), *others]
        case Head():
            return [f"{noun.type}: {_mapping(noun.fields)}"]
        case Term():
            return [_term(noun)]
        case bool():
            return ["yes" if noun else "no"]
        case tuple():
            lines = [text for each in noun if each is not None for text in lines_of(each)]
            return lines if any(isinstance(each, tuple) for each in noun) else [", ".join(lines)]
    return [str(noun)]


def tests_of(pattern: Pattern) -> dict[str, str]:
    """What a pattern asks of each field, as it is spelt."""
    tests: dict[str, list[tuple[str, str]]] = {field: [("is", f"${variable}")] for field, variable in pattern.binds}
    for test in pattern.tests:
        tests.setdefault(test.field, []).append((test.op, _operand(test.op, test.terms)))
    return {field: _tests(each) for field, each in tests.items()}


def _scalars(pairs: Iterable[tuple[str, object]]) -> list[str]:
    return [f"{key}: {'yes' if value is True else value}" for key, value in pairs if value not in (None, False)]


def _lists(pairs: Iterable[tuple[str, Iterable[str]]]) -> list[str]:
    return [f"{key}: [{', '.join(names)}]" for key, names in pairs if names]


def _texts(key: str, templates: Mapping[str, Template]) -> list[str]:
    told = [f"{_INDENT}{language}: {quoted(_template(text))}" for language, text in templates.items()]
    return [f"{key}:", *told] if told else []


def _template(template: Template) -> str:
    return "".join(
        _braced(part) if isinstance(part, str) else f"{{{_term(part).removeprefix('$')}}}" for part in template
    )


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def quoted(text: str) -> str:
    """A text in double quotes, as YAML and JSON both read it."""
    return json.dumps(text, ensure_ascii=False)


def _reading(reading: Reading, indent: str = "") -> list[str]:
    if not reading:
        return []
    return [f"{indent}reading: {{{', '.join(f'{question}: {option}' for question, option in reading)}}}"]


def questions_of(rule: Rule) -> tuple[str, ...]:
    """The readings that the rule itself names, by name."""
    bodies = [rule.when, *((rule.body,) if rule.body else ())]
    named = {question for reading in (rule.reading, *_readings_in(bodies, rule.unless)) for question, _ in reading}
    return tuple(sorted(named))


def _readings_in(bodies: Iterable[Body], unless: Iterable[Unless]) -> Iterator[Reading]:
    for body in bodies:
        for item in body.items:
            yield item.reading
            if isinstance(item, Absent):
                yield from _readings_in((item.body,), ())
            elif isinstance(item, AnyOf):
                yield from _readings_in(item.bodies, ())
    for each in unless:
        yield each.reading
        yield from _readings_in((each.body,), each.unless)


def _body(key: str, body: Body) -> list[str]:
    return [f"{key}:", *(text for item in body.items for text in _item(item, _INDENT))]


def _item(item: Item, indent: str) -> list[str]:
    """One item of a body as a list item; what it holds stands two columns further in."""
    within = f"{indent}  "
    if isinstance(item, Pattern):
        lines = [_pattern(item)]
    elif isinstance(item, Compare):
        lines = [f"compare: [{_term(item.left)}, {item.op}, {_operand(item.op, item.right)}]"]
    elif isinstance(item, Absent):
        lines = _nested("absent", item.body, within)
    elif isinstance(item, Count):
        bounds = "".join(f", {op}: {_term(term)}" for op, term in item.bounds)
        lines = [f"count: {{of: {{{_pattern(item.of)}}}{bounds}}}"]
    else:
        lines = _any(item, within)
    return [f"{indent}- {lines[0]}", *lines[1:], *_reading(item.reading, within)]


def _any(item: AnyOf, within: str) -> list[str]:
    lines = ["any:"]
    for body in item.bodies:
        lines += _alternative(body, f"{within}{_INDENT}")
    return lines


def _alternative(body: Body, indent: str) -> list[str]:
    if len(body.items) == 1:
        return _item(body.items[0], indent)
    return [f"{indent}- all:", *(text for item in body.items for text in _item(item, f"{indent}{_INDENT}{_INDENT}"))]


def _nested(key: str, body: Body, within: str) -> list[str]:
    """`absent:` with its one pattern on the line, or with a list below it."""
    if len(body.items) == 1 and isinstance(body.items[0], Pattern) and not body.items[0].reading:
        return [f"{key}: {{{_pattern(body.items[0])}}}"]
    return [
        f"{key}:",
        f"{within}  all:",
        *(text for item in body.items for text in _item(item, f"{within}{_INDENT}  ")),
    ]


def _exceptions(unless: tuple[Unless, ...], indent: str = _INDENT) -> list[str]:
    lines: list[str] = []
    for each in unless:
        lines += _alternative(_beyond(each.body, each.reading), indent)
        lines += _reading(each.reading, f"{indent}  ")
        if each.unless:
            lines += [f"{indent}  unless:", *_exceptions(each.unless, f"{indent}{_INDENT}  ")]
    return lines


def _beyond(body: Body, reading: Reading) -> Body:
    """The body with only those readings at its items that the exception as a whole doesn't have."""
    own = (tuple(pair for pair in item.reading if pair not in reading) for item in body.items)
    return body._replace(items=tuple(item._replace(reading=left) for item, left in zip(body.items, own, strict=True)))


def _pattern(pattern: Pattern) -> str:
    """`notice: {from: $party, received: {on-or-before: $end - P1Y}}`, the tests of one field together."""
    return f"{pattern.type}: {{{', '.join(f'{field}: {told}' for field, told in tests_of(pattern).items())}}}"


def _tests(tests: list[tuple[str, str]]) -> str:
    if len(tests) == 1 and tests[0][0] == "is":
        return tests[0][1]
    return f"{{{', '.join(f'{op}: {operand}' for op, operand in tests)}}}"


def _operand(op: str, terms: tuple[Term, ...]) -> str:
    spelt = ", ".join(map(_term, terms))
    return f"[{spelt}]" if op == "in" else spelt


def _mapping(fields: Iterable[tuple[str, Term]]) -> str:
    return f"{{{', '.join(f'{field}: {_term(term)}' for field, term in fields)}}}"


def _term(term: Term) -> str:
    return f"{_base(term.base)}{''.join(map(str, term.steps))}"


def _base(base: Value | Variable) -> str:
    if isinstance(base, str):
        return base if _PLAIN.fullmatch(base) else quoted(base)
    return str(base) if isinstance(base, Variable) else render(base)
