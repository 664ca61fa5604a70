"""A YAML text laid out in one way, or a refusal: what comes out is read again, and must be what went in."""

from __future__ import annotations

from checker.errors import Place, Problem, ProblemsError
from checker.formatting.comments import comments_of
from checker.formatting.writer import Writer
from checker.load import Document, load_each, plain
from checker.load_tree import BREAK
from checker.splice import same

_UTF8_MARK = b"\xef\xbb\xbf"


class FormatError(ProblemsError):
    """A text can't be laid out: it can't be read, or would not be read as before."""


def formatted(raw: bytes, name: str) -> bytes:
    """The bytes of a YAML file, laid out; FormatError where that can't be."""
    before = _read(raw, name)
    found = BREAK.search(before[0].text)
    newline = found.group() if found else "\n"
    mark = _UTF8_MARK if raw.startswith(_UTF8_MARK) else b""
    after = mark + "".join(f"{line}{newline}" for line in Writer(before).lines()).encode()
    if after != raw and not _is_same(before, after, name):
        message = "this file can't be formatted: it would not be read as before; please report it, with the file"
        raise FormatError([Problem(Place(name), message)])
    return after


def _read(raw: bytes, name: str) -> tuple[Document, ...]:
    loaded = load_each(raw, name, format="yaml")
    if problems := [problem for each in loaded if not isinstance(each, Document) for problem in each]:
        raise FormatError(problems)
    return tuple(each for each in loaded if isinstance(each, Document))


def _is_same(before: tuple[Document, ...], raw: bytes, name: str) -> bool:
    """Whether the values of every document, and the comments between them, are the same."""
    try:
        after = _read(raw, name)
    except FormatError:
        return False
    said, says = ([comment.text for comment in comments_of(each)] for each in (before, after))
    if said != says or len(before) != len(after):
        return False
    return all(same(plain(one.root), plain(other.root)) for one, other in zip(before, after, strict=True))
