"""The checker's own sentences in the reader's language: the English ones, or what a GNU catalogue has for them.

English is written in the code and needs no catalogue; the others are loaded when first spoken. A sentence is looked
up whole, with its `{places}` still empty, and only then filled: what is put in is never read as a sentence again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from checker.model import LANGUAGES, Words, text_in

if TYPE_CHECKING:
    from gettext import NullTranslations

DOMAIN = "servanda"
FOLDER = Path(__file__).parent / "locale"
_NAMELESS: Mapping[str, Words] = {}


class Speech(NamedTuple):
    """A language to speak: its catalogue (None: English), and what things are called in it."""

    language: str
    catalogue: NullTranslations | None = None
    names: Mapping[str, Words] = _NAMELESS

    def say(self, sentence: str, /, **values: object) -> str:
        """The sentence in this language, its places filled."""
        told = sentence if self.catalogue is None else self.catalogue.gettext(sentence)
        return told.format(**values)

    def many(self, one: str, others: str, number: int, /, **values: object) -> str:
        """The sentence in the form that `number` takes in this language; `{number}` is one of its places."""
        if self.catalogue is None:
            told = one if number == 1 else others
        else:
            told = self.catalogue.ngettext(one, others, number)
        return told.format(number=number, **values)

    def name(self, word: str) -> str:
        """What a party or another word of a pack is called; the word itself where the pack has no name for it."""
        named = self.names.get(word)
        return word if named is None else text_in(named, self.language) or word

    def naming(self, names: Mapping[str, Words]) -> Speech:
        """The same language, with a pack's names."""
        return self._replace(names=names)


ENGLISH = Speech("en")


def noted(sentence: str) -> str:
    """The sentence itself: marks for the catalogue what is said elsewhere, by a table."""
    return sentence


def forms(one: str, others: str) -> tuple[str, str]:
    """The same for a sentence that depends on a number."""
    return one, others


@cache
def speech(language: str) -> Speech:
    """How to speak a language of `LANGUAGES`."""
    if language == "en":
        return ENGLISH
    from gettext import translation  # noqa: PLC0415 - English needs none

    return Speech(language, translation(DOMAIN, FOLDER, [language]))


def language_of(environ: Mapping[str, str]) -> str:
    """The language of the locale, told as gettext tells it; English where that is none we speak."""
    locale = next((told for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (told := environ.get(name))), "C")
    if locale.partition(".")[0] in ("C", "POSIX"):  # then gettext does not look at LANGUAGE either
        return "en"
    wanted = (re.split("[_.@-]", each)[0].lower() for each in (*environ.get("LANGUAGE", "").split(":"), locale))
    return next((language for language in wanted if language in LANGUAGES), "en")
