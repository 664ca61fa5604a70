"""Sentences in which names lead somewhere: told once, and shown as text, as Markdown or as links.

A sentence is looked up whole, as everywhere; what fills its places keeps apart from its words, so that
a page can make a link of a rule's id, and escape the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import Formatter
from typing import Literal, NamedTuple, TypeAlias

from checker.messages import listed
from checker.speech import Speech


class Ref(NamedTuple):
    """A name that is more than text: of a thing in the pack, of a test, or (`key`) a word of the rule language.

    `told` is how it reads where that is not the name.
    """

    kind: Literal["rule", "type", "clause", "reading", "source", "block", "test", "key"]
    name: str
    told: str = ""

    def __str__(self) -> str:
        """How it reads in plain text."""
        return f"`{self.name}`" if self.kind == "key" else self.told or self.name


Phrase: TypeAlias = "tuple[str | Ref, ...]"


def phrase(speech: Speech, sentence: str, /, **values: str | int | Ref | Phrase) -> Phrase:
    """The sentence in this language, its places filled."""
    return _filled(speech.say(sentence, **{name: f"{{{name}}}" for name in values}), values)


def phrase_of_number(
    speech: Speech, one: str, others: str, number: int, /, **values: str | int | Ref | Phrase
) -> Phrase:
    """The sentence in the form that `number` takes."""
    told = speech.many(one, others, number, **{name: f"{{{name}}}" for name in values})
    return _filled(told, values)


def _filled(template: str, values: dict[str, str | int | Ref | Phrase]) -> Phrase:
    return tuple(_parts(template, values))


def _parts(template: str, values: dict[str, str | int | Ref | Phrase]) -> Iterator[str | Ref]:
    for text, name, _, _ in Formatter().parse(template):
        if text:
            yield text
        if name is None:
            continue
        value = values[name]
        if isinstance(value, tuple) and not isinstance(value, Ref):
            yield from value
        else:
            yield value if isinstance(value, Ref) else str(value)


def listing(refs: Iterable[Ref], speech: Speech) -> Phrase:
    """Names one after another, with what stands between them in this language."""
    between = listed(("", ""), speech)
    found: list[str | Ref] = []
    for ref in refs:
        found += [between, ref] if found else [ref]
    return tuple(found)


def plain(told: Phrase) -> str:
    """The sentence as text."""
    return "".join(map(str, told))
