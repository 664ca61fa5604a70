"""The catalogues of the checker's sentences, kept in step with the code: `python tests/catalogues.py`.

New sentences are taken in untranslated, those the code no longer says are dropped, and what is there is compiled.
`test_languages.py` fails until each sentence has its translation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent / "checker"
LOCALE = PACKAGE / "locale"
LANGUAGES = ("ru", "zh")
KEYWORDS = {"say": None, "noted": None, "many": (1, 2), "forms": (1, 2), "phrase": (2,), "phrase_of_number": (2, 3)}
_HEADER = "# The sentences of the checker in {language}. New ones are taken in by `python tests/catalogues.py`.\n"
_NO_DAY = datetime(2000, 1, 1, tzinfo=timezone.utc)
_CHANGING = ("POT-", "PO-", "Generated-By", "Report-Msgid", "Project-Id", "Last-", "Language-T")


def sentences() -> Catalog:
    """Every sentence in the code, with the modules that say it."""
    template = Catalog(charset="utf-8")
    found = extract_from_dir(PACKAGE, [("**.py", "python")], keywords=KEYWORDS)
    for name, _, sentence, _, _ in sorted(found, key=lambda each: (each[0], each[1])):
        template.add(sentence, None, [(f"checker/{name}", 0)])
    return template


def path_of(language: str, ending: str) -> Path:
    """The file of a language: `.po` is edited, `.mo` is read."""
    return LOCALE / language / "LC_MESSAGES" / f"servanda.{ending}"


def read(language: str) -> Catalog:
    """The catalogue as it is edited."""
    with path_of(language, "po").open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as it is read; the same sentences give the same bytes."""
    catalogue.creation_date = catalogue.revision_date = _NO_DAY
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def spelt(catalogue: Catalog, language: str) -> str:
    """The catalogue as a file: no line numbers and no dates, so that only sentences change it."""
    file = BytesIO()
    write_po(file, catalogue, width=118, include_lineno=False, ignore_obsolete=True, omit_header=False)
    return _HEADER.format(language=language) + "".join(_kept(file.getvalue().decode().splitlines(keepends=True)))


def _kept(lines: list[str]) -> Iterator[str]:
    started = False
    for line in lines:
        started = started or not line.startswith("#")
        if started and not line.startswith(tuple(f'"{name}' for name in _CHANGING)):
            yield line


def main() -> None:
    """Bring every language in step."""
    template = sentences()
    for language in LANGUAGES:
        catalogue = read(language) if path_of(language, "po").exists() else Catalog(locale=language, charset="utf-8")
        catalogue.update(template, no_fuzzy_matching=True)
        path_of(language, "po").parent.mkdir(parents=True, exist_ok=True)
        path_of(language, "po").write_text(spelt(catalogue, language), "utf-8")
        path_of(language, "mo").write_bytes(compiled(read(language)))
        missing = [each.id for each in catalogue if each.id and not all(texts(each))]
        sys.stdout.write(f"{language}: {len(catalogue)} sentences, {len(missing)} without a translation\n")


def texts(message: Message) -> tuple[str, ...]:
    """The translations of a sentence: one, or one for each form; '' where there is none."""
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


if __name__ == "__main__":
    main()
