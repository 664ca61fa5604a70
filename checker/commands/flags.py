"""What several commands are given: their common flags, and words turned into what they stand for.

A word that is not known is a usage error that names the nearest one.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from typer.models import OptionInfo

if TYPE_CHECKING:
    from collections.abc import Collection

    from checker.model import Pack
    from checker.terminal import Look

Word = TypeVar("Word", bound=str)
_SOME = 5  # of many known words

PackFlag = Annotated[str | None, typer.Option(metavar="PACK", help="A shipped pack by its name, or a pack's folder.")]
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", help="Show only what fails; nothing when all is well.")]
ColourFlag = Annotated[
    str, typer.Option("--color", metavar="WHEN", help="auto, always or never; NO_COLOR is honoured.")
]


LanguageFlag = Annotated[
    str | None,
    typer.Option("--lang", metavar="LANGUAGE", help="en, ru or zh; else the locale's for people, en for programs."),
]


def option(flag: str, metavar: str, about: str) -> OptionInfo:
    """A flag with a value; its annotation says of what kind."""
    info: OptionInfo = typer.Option(flag, metavar=metavar, help=about)
    return info


def pack_of(name: str | None) -> Pack:
    """The pack of this name or folder, read; the default one where none is named."""
    from checker.options import DEFAULT_PACK
    from checker.pack import load_pack
    from checker.shelf import find_pack

    return load_pack(find_pack(name or DEFAULT_PACK))


def one_of(known: Collection[Word], word: str, flag: str, *, listed: bool = True) -> Word:
    """The known word it is; else a usage error with the nearest one, or all of them."""
    from checker.errors import UsageError, nearest, quoted

    for each in known:
        if each == word:
            return each
    hint = nearest(word, known) or f"; it is one of {', '.join(known)}" if listed else _among(word, known)
    message = f"{flag}: unknown {quoted(word)}{hint}"
    raise UsageError(message)


def _among(word: str, known: Collection[str]) -> str:
    """What may be meant among many words: some of those that begin with this one, else the nearest."""
    from checker.errors import nearest

    found = [each for each in known if word and each.startswith(word)]
    if len(found) > 1:
        more = f" and {len(found) - _SOME} more" if found[_SOME:] else ""
        return f"; there are {', '.join(found[:_SOME])}{more}"
    return nearest(word, known)


def language_of(lang: str | None) -> str:
    """The language asked for, else the locale's."""
    from checker.model import LANGUAGES
    from checker.speech import language_of as of_the_locale

    return of_the_locale(os.environ) if lang is None else one_of(LANGUAGES, lang, "--lang")


def reading_of(spelt: str) -> tuple[str, str]:
    """The question and the option of `--reading Q=OPTION`."""
    from checker.errors import UsageError, quoted

    question, equals, option = spelt.partition("=")
    if not (question and equals and option):
        message = f"--reading: {quoted(spelt)} is not of the form QUESTION=OPTION"
        raise UsageError(message)
    return question, option


def globs(spelt: list[str] | None) -> tuple[str, ...]:
    """The names of a flag that may be repeated and may hold several, with commas between."""
    return tuple(name for each in spelt or () for part in each.split(",") if (name := part.strip()))


def look_of(colour: str, *, show_all: bool = False, quiet: bool = False) -> Look:
    """How a report on standard output should look."""
    from checker.terminal import COLOUR, look_for

    one_of(COLOUR, colour, "--color")
    return look_for(sys.stdout, colour=colour, environ=os.environ, show_all=show_all, quiet=quiet)
