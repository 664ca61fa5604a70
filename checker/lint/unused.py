"""What is declared and never used, and variables that join nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from checker.errors import nearest, quoted
from checker.lint.dead import undeclared_values
from checker.lint.finding import Found
from checker.lint.subject import Subject
from checker.lint.walk import authored, items_of, terms_of
from checker.model import PROPOSED, AnyOf, Rule
from checker.reads import patterns_of
from checker.strata import questions_in

_ALIKE = 0.8  # of difflib: one letter wrong in five
_DIGITS = "0123456789"


def unused_types(subject: Subject) -> Iterator[Found]:
    """Types and actions that no rule reads."""
    pack = subject.pack
    read = {pattern.type for rule in pack.rules.values() for pattern in patterns_of(rule)} | {pack.force.ended_by}
    for name, place in subject.declared("types", "actions"):
        kind = pack.types[name]
        if name in read or kind.free:
            continue
        what = "action" if kind.action else "type"
        told = "no rule speaks of it, so whoever proposes one is told that it was not judged"
        yield Found(place, name, f"{what} {quoted(name)}: {told if kind.action else 'no rule reads it'}")


def unused_fields(subject: Subject) -> Iterator[Found]:
    """Fields that no rule reads, of types that rules read; not `id`, nor what dates or counts."""
    pack = subject.pack
    patterns = [pattern for rule in pack.rules.values() for pattern in patterns_of(rule)]
    read = {(pattern.type, field) for pattern in patterns for field, _ in pattern.binds}
    read |= {(pattern.type, test.field) for pattern in patterns for test in pattern.tests}
    types = {pattern.type for pattern in patterns}
    for name, place in subject.declared("types", "actions"):
        kind = pack.types[name]
        for field in kind.fields:
            if name in types and (name, field) not in read and field not in ("id", PROPOSED, kind.day, kind.counter):
                told = f"field {quoted(field)} of {quoted(name)}: no rule reads it"
                yield Found(subject.inside(place, "fields", field), name, told)


def unused_values(subject: Subject) -> Iterator[Found]:
    """Options of a field that no rule names, and no test either: nothing shows what follows from them."""
    pack = subject.pack
    known = {str(use.term.base) for rule in pack.rules.values() for use in terms_of(rule)}
    known |= {str(value) for fact in pack.facts for value in fact.values}
    known |= subject.words_of_tests
    for name, place in subject.declared("types", "actions"):
        for field in pack.types[name].fields.values():
            for number, option in enumerate(field.options if field.name != PROPOSED else ()):
                if option not in known:
                    told = f"`{field.name}: {option}` of {quoted(name)}: no rule and no test names it"
                    yield Found(subject.inside(place, "fields", field.name, "one-of", number), name, told)


def unused_readings(subject: Subject) -> Iterator[Found]:
    """Readings that nothing in the rules is part of."""
    asked = {question for rule in subject.pack.rules.values() for question in questions_in(rule)}
    for name, place in subject.declared("readings"):
        if name not in asked:
            yield Found(place, name, f"reading {quoted(name)}: no rule depends on it")


def unused_sources(subject: Subject) -> Iterator[Found]:
    """Sources that neither a rule nor a reading cites."""
    pack = subject.pack
    cited = {cite.source for rule in pack.rules.values() for cite in rule.cites}
    cited |= {cite.source for question in pack.readings.values() for cite in question.cites}
    for name, place in subject.declared("sources"):
        if name not in cited:
            yield Found(place, name, f"source {quoted(name)}: nobody cites it")


def lone_variables(subject: Subject) -> Iterator[Found]:
    """Variables that a rule names once, under another name than the field's: they join and tell nothing."""
    for rule in subject.pack.rules.values():
        if rule.block:
            continue
        named = _named(rule)
        for pattern in patterns_of(rule):
            for field, variable in pattern.binds:
                if named[variable] == 1 and field not in (variable, "id"):
                    hint = nearest(f"${variable}", (f"${name}" for name in named if name != variable))
                    told = f"`${variable}` stands here and nowhere else in the rule, so it joins nothing{hint}"
                    yield Found(subject.inside(pattern.place, field), rule.id, told)


def misspelt_names(subject: Subject) -> Iterator[Found]:
    """Names that nothing else in the pack or its tests knows, and that are almost one that is known."""
    known = _known_names(subject)
    for rule in authored(subject.pack):
        for use in terms_of(rule):
            word = use.term.base
            if isinstance(word, str) and word not in known and (close := _nearly(word, known)):
                place = subject.inside(use.place, *use.keys)
                if all(place != each.place for each in undeclared_values(subject)):  # which are told as such
                    yield Found(place, rule.id, f"{quoted(word)} is named nowhere else; did you mean {quoted(close)}?")


def _nearly(word: str, known: Iterable[str]) -> str | None:
    """The known name that the word is with a letter or two wrong; a longer or another number is another name."""
    letters = [each for each in sorted(known) if each.strip(_DIGITS) != word.strip(_DIGITS)]
    return next(iter(get_close_matches(word, letters, n=1, cutoff=_ALIKE)), None)


def _known_names(subject: Subject) -> set[str]:
    pack = subject.pack
    found = {*pack.parties, *pack.names, *pack.rules, "other-party"}
    found |= {value for fact in pack.facts for value in fact.values if isinstance(value, str)}
    found |= {option for kind in pack.types.values() for field in kind.fields.values() for option in field.options}
    found |= subject.words_of_tests
    said = ({str(use.term.base) for use in terms_of(rule)} for rule in authored(pack))
    return found | {word for word, rules in Counter(word for words in said for word in words).items() if rules > 1}


def _named(rule: Rule) -> Counter[str]:
    """How often each variable is named in a rule, in all it says."""
    found = Counter(variable for pattern in patterns_of(rule) for _, variable in pattern.binds)
    found.update(name for use in terms_of(rule) for name in use.term.variables)
    found.update(rule.per)
    found.update(name for item in items_of(rule) if isinstance(item, AnyOf) for name in item.exports)
    return found
