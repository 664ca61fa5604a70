"""How one comparison can be made wrong: turned round, moved by the least there is, with another word or one fewer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from checker.dates import Date, Duration, NoSuchDayError, shift
from checker.model import Field, Kind, Pack
from checker.reads import patterns_of
from checker.values import NONE, Op, Step, Term, Unknown

_OPPOSITE: Mapping[Op, Op] = {
    "is": "not",
    "not": "is",
    "before": "after",
    "after": "before",
    "on-or-before": "on-or-after",
    "on-or-after": "on-or-before",
    "at-least": "at-most",
    "at-most": "at-least",
    "more-than": "less-than",
    "less-than": "more-than",
}
_BOUNDARY: Mapping[Op, Op] = {
    "at-least": "more-than",
    "more-than": "at-least",
    "at-most": "less-than",
    "less-than": "at-most",
}
_DAY = Duration(days=1)


class Comparison(NamedTuple):
    """A test against terms, whatever it stands in; for `in` there may be several."""

    op: Op
    terms: tuple[Term, ...]

    def __str__(self) -> str:
        """As a rule writes it, but for brackets and braces."""
        return f"{self.op} {', '.join(map(str, self.terms))}"


class Words(NamedTuple):
    """The words that can take each other's place: the parties, and what tests of the same field name."""

    parties: tuple[str, ...]
    named: Mapping[tuple[str, str], tuple[str, ...]]  # (type, field) → words, sorted

    def of(self, kind: str, field: Field) -> tuple[str, ...]:
        """The words among which a value of this field is chosen, as far as the pack tells."""
        return field.options or self.named.get((kind, field.name), ())

    def instead_of(self, word: str, known: tuple[str, ...]) -> str | None:
        """The next of the words; None where there is no other."""
        for each in (known, self.parties):
            if word in each and len(each) > 1:
                return each[(each.index(word) + 1) % len(each)]
        return None


def words_of(pack: Pack) -> Words:
    """The words of a pack that tests of actors name, by field."""
    named: dict[tuple[str, str], set[str]] = {}
    for pattern in (each for rule in pack.rules.values() for each in patterns_of(rule)):
        for test in pattern.tests:
            if pack.types[pattern.type].fields[test.field].kind == "actor":
                words = {str(term.base) for term in test.terms if isinstance(term.base, str)}
                named.setdefault((pattern.type, test.field), set()).update(words)
    return Words(pack.parties, {key: tuple(sorted(words)) for key, words in named.items()})


def changed(
    comparison: Comparison, kind: Kind, known: tuple[str, ...], words: Words
) -> Iterator[tuple[str, Comparison]]:
    """A comparison of values of a kind, made wrong in each way, and what was done to it.

    `known`: the words among which such a value is one.
    """
    op, terms = comparison
    others = [(index, other) for index, term in enumerate(terms) for other in _others(op, term, kind, known, words)]
    word_for_word = any(isinstance(other.base, str) for _, other in others)
    if op in _OPPOSITE and not word_for_word:  # else it would be the same again
        yield f" {comparison} → {_OPPOSITE[op]}", Comparison(_OPPOSITE[op], terms)
    if op in _BOUNDARY and kind != "integer":  # an integer is moved instead
        yield f" {comparison} → {_BOUNDARY[op]}", Comparison(_BOUNDARY[op], terms)
    for index, other in others:
        yield f" {op} {terms[index]} → {other}", Comparison(op, (*terms[:index], other, *terms[index + 1 :]))
    if len(terms) > 1:
        for index, term in enumerate(terms):
            yield f" {op} {term} → dropped", Comparison(op, (*terms[:index], *terms[index + 1 :]))


def _others(op: Op, term: Term, kind: Kind, known: tuple[str, ...], words: Words) -> Iterator[Term]:
    """What may stand instead of a term."""
    if op != "like":
        yield from moved(term, kind)
    if op in ("is", "not") and isinstance(term.base, str):
        word = words.instead_of(term.base, known)
        yield from () if word is None else (Term(word),)


def moved(term: Term, kind: Kind) -> Iterator[Term]:
    """A day or a whole number, one earlier and one later; a value that is none or unknown stays."""
    if kind not in ("date", "integer") or term.base is NONE or isinstance(term.base, Unknown):
        return
    for sign in (-1, 1):
        found = _moved_day(term, sign) if kind == "date" else _moved_number(term, sign)
        if found is not None:
            yield found


def _moved_day(term: Term, sign: int) -> Term | None:
    if isinstance(term.base, Date) and not term.steps:
        try:
            return Term(shift(term.base, _DAY, sign, "down"))
        except NoSuchDayError:
            return None
    return _with_step(term, sign, _DAY)


def _moved_number(term: Term, sign: int) -> Term:
    if isinstance(term.base, int) and not term.steps:
        return Term(term.base + sign)
    return _with_step(term, sign, 1)


def _with_step(term: Term, sign: int, amount: int | Duration) -> Term:
    """The term with one step more, or without its last one where that is the opposite."""
    if term.steps and term.steps[-1] == Step(-sign, amount):
        return term._replace(steps=term.steps[:-1])
    return term._replace(steps=(*term.steps, Step(sign, amount)))
