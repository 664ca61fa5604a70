"""Texts in several languages: none is missing, and all fill in the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from checker.errors import Place
from checker.lint.finding import Found
from checker.lint.subject import Subject
from checker.lint.walk import authored
from checker.model import LANGUAGES, Pack, Template
from checker.values import Term


class _Text(NamedTuple):
    """A text of a pack in its languages, whose it is, and where."""

    about: str
    place: Place
    keys: tuple[str, ...]
    languages: frozenset[str]


def missing_translations(subject: Subject) -> Iterator[Found]:
    """Texts that lack a language of the pack's title; and a title that lacks a language of the texts."""
    title, *texts = _texts(subject)
    wanted = title.languages
    if more := frozenset[str]().union(*(text.languages for text in texts)) - wanted:
        told = f"the title is not in {_listed(more)}, as texts of this pack are"
        yield Found(subject.inside(title.place, *title.keys), title.about, told)
    for text in texts:
        if text.languages and (lacking := wanted - text.languages):
            told = f"this text is not in {_listed(lacking)}, as the pack's title is"
            yield Found(subject.inside(text.place, *text.keys), text.about, told)


def _listed(languages: frozenset[str]) -> str:
    return " and ".join(f"`{each}`" for each in LANGUAGES if each in languages)


def uneven_translations(subject: Subject) -> Iterator[Found]:
    """Messages that fill in other variables in one language than in English."""
    for rule in authored(subject.pack):
        for key, spoken in (("say", rule.say), ("remedy", rule.remedy)):
            for language, template in spoken.items():
                english, other = _filled(spoken.get("en", template)), _filled(template)
                if english != other:
                    told = "; ".join(
                        f"`{{{term}}}` stands in {where} alone"
                        for terms, where in ((english - other, "en"), (other - english, language))
                        for term in sorted(terms)
                    )
                    yield Found(subject.inside(rule.place, key, language), rule.id, told)


def _filled(template: Template) -> set[str]:
    return {str(part).removeprefix("$") for part in template if isinstance(part, Term)}


def _texts(subject: Subject) -> Iterator[_Text]:
    """Every text for readers, the pack's title first."""
    pack, top = subject.pack, subject.head()
    yield _text(pack.id, top, ("title",), pack.title)
    for name, words in pack.names.items():
        yield _text(name, subject.head("names", name), (), words)
    for clause in pack.clauses.values():
        yield _text(clause.id, clause.place, ("says",), clause.says)
        yield _text(clause.id, clause.place, ("why",), clause.why)
    yield from _of_readings(pack)
    for rule in authored(pack):
        yield _text(rule.id, rule.place, ("title",), rule.title)
        yield _text(rule.id, rule.place, ("say",), rule.say)
        yield _text(rule.id, rule.place, ("remedy",), rule.remedy)


def _of_readings(pack: Pack) -> Iterator[_Text]:
    for question in pack.readings.values():
        yield _text(question.id, question.place, ("ask",), question.ask)
        yield _text(question.id, question.place, ("why",), question.why)
        for option, words in question.options.items():
            yield _text(question.id, question.place, ("options", option), words)


def _text(about: str, place: Place, keys: tuple[str, ...], words: Mapping[str, object]) -> _Text:
    return _Text(about, place, keys, frozenset(words))
