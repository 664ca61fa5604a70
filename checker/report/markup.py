"""Markdown that says what it is given: text from cases and packs stays text, whatever marks stand in it.

GitHub's and GitLab's Markdown reach further than their marks: `@name` calls somebody, `#1` and an address become links.
Such words are told apart by an empty letter, which nobody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from checker.terminal import line, shown

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#!|~&$^])")  # what means something within a line
_AT_START = re.compile(
    r"^([-+=:]|[0-9]+(?=[.)](?: |$)))"
)  # and what does at its beginning; a number is told apart behind
_REACHING = re.compile(r"(@|#(?=[0-9])|(?<=[A-Za-z]):(?=//)|\bwww(?=\.)|\b[Gg][Hh](?=-[0-9]))")
_CODE = re.compile(r"(`[^`|]+`)")
_APART = "&#8203;"
_UNFIT = re.compile(r"%(?![0-9A-Fa-f]{2})|[^!#$%&'()*+,./:;=?@\w~-]|[^\x00-\x7f]")  # in a URI, RFC 3986
_FENCE = re.compile("`{3,}")


def escape(text: str) -> str:
    """Text on one line, read as it is; what stands in code marks keeps them, and nothing else there has a meaning."""
    parts = _CODE.split(line(text))
    return "".join(part if index % 2 else _escaped(part, first=not index) for index, part in enumerate(parts))


def _escaped(text: str, *, first: bool) -> str:
    plain = _SPECIAL.sub(r"\\\1", text)
    if first:
        plain = _AT_START.sub(lambda found: found[1] + "\\" if found[1].isdigit() else "\\" + found[1], plain)
    return _REACHING.sub(lambda found: found[1] + _APART, plain)


def code(text: str) -> str:
    """A name in code marks; one that they could not hold as text."""
    plain = line(text)
    return escape(text) if not plain or "`" in plain or "|" in plain else f"`{plain}`"


def link(text: str, url: str | None) -> str:
    """The text, leading to an address of the web if it is one."""
    leads = address(url)
    return escape(text) if leads is None else f"[{escape(text)}](<{leads}>)"


def address(url: str | None) -> str | None:
    """An address of the web, with nothing in it that a URI can't hold; None for any other."""
    if url is None or not url.startswith(("https://", "http://")):
        return None
    return _UNFIT.sub(lambda found: quote(found[0], safe=""), line(url))


def block(lines: Iterable[str]) -> list[str]:
    """Lines as they are, in a fence longer than any in them."""
    told = [*map(shown, lines)]
    fence = "`" * max(3, 1 + max((len(found) for text in told for found in _FENCE.findall(text)), default=0))
    return [f"{fence}text", *told, fence]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; heads are escaped here, cells by whoever made them."""
    yield f"| {' | '.join(map(escape, heads))} |"
    yield f"|{'---|' * len(heads)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def bullets(lines: Iterable[str], *, tree: bool = False) -> Iterator[str]:
    """Lines of a text report as a list, those further in below those they belong to.

    In a `tree` a line has a dash of its own, or belongs to the one before it.
    """
    for each in lines:
        text = each.lstrip(" ")
        depth = len(each) - len(text)
        if tree and not text.startswith("- "):
            depth -= 2
        yield f"{' ' * depth}- {escape(text.removeprefix('- '))}"
