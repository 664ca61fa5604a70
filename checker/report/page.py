"""A page of HTML: markup that can't be forgotten to be escaped, and the frame that every page has.

`Html` is text that is markup already, and only `tag` and its like make it: every other text that goes into a page is
escaped on its way, so that hostile words of a pack or a case stay words. The frame allows the browser nothing
but the style and the script written into the page itself, by their hashes: no network, no inline handlers, no forms.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import NamedTuple

from checker.terminal import shown

_VOID = frozenset(("br", "hr", "input", "link", "meta", "wbr"))
_SAFE_LINK = re.compile(r"https?://[^\s\"'<>\\]+|(?:[\w~.-]+/)*[\w~.-]*(?:#[\w~./-]*)?")
_BLOCKS = frozenset(("article", "dl", "footer", "header", "li", "main", "nav", "ol", "p", "section", "tr", "ul"))


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def text(told: str) -> Html:
    """Words as markup: what means something in HTML is escaped, what would turn or hide words is spelt out."""
    if isinstance(told, Html):
        return told
    return Html(escape("\n".join(map(shown, told.split("\n")))))


def tag(name: str, /, *children: str | None, **attributes: str | int | bool | None) -> Html:
    """An element. `class_` is `class`, `aria_label` is `aria-label`; an attribute that is None or False is left out."""
    spelt = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{spelt}>")
    inner = "".join(text(child) for child in children if child is not None)
    return Html(f"<{name}{spelt}>{inner}</{name}>{chr(10) if name in _BLOCKS else ''}")


def _attribute(key: str, value: str | int | bool | None) -> str:  # noqa: FBT001 - True is an attribute without a value
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'


def together(parts: Iterable[str], between: str = "") -> Html:
    """One after another."""
    return Html(text(between).join(map(text, parts)))


def link(target: str, /, *children: str | None, **attributes: str | int | bool | None) -> Html:
    """A link to a page of the same site or to the web; where it would lead anywhere else, its words alone."""
    if not target or not _SAFE_LINK.fullmatch(target):
        return tag("span", *children)
    outside = "noopener noreferrer" if target.startswith("http") else None
    return tag("a", *children, href=target, rel=outside, **attributes)


def chip(told: str, kind: str = "") -> Html:
    """A word in a small frame."""
    return tag("span", told, class_=f"chip {kind}".rstrip())


def prose(told: str) -> Html:
    """Words of a pack; what stands in code marks is code."""
    parts = told.split("`")
    if len(parts) % 2 == 0:  # a mark without its other
        return together([told])
    return together(tag("code", part) if place % 2 else part for place, part in enumerate(parts))


class Frame(NamedTuple):
    """What stands around the content of a page; `style` and `script` are the only ones that are let in."""

    language: str
    title: str
    style: str
    header: Html
    footer: Html
    skip: str  # the words of the link that leads past the header
    script: str = ""


def page(frame: Frame, *content: Html) -> str:
    """A whole page."""
    policy = [
        "default-src 'none'",
        f"style-src '{_digest(frame.style)}'",
        f"script-src '{_digest(frame.script)}'" if frame.script else "",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content="; ".join(filter(None, policy))),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("link", rel="icon", href="data:,"),
        tag("title", frame.title),
        Html(f"<style>{frame.style}</style>"),
    ]
    body = [
        tag("a", frame.skip, class_="skip", href="#main"),
        frame.header,
        tag("main", *content, id="main", tabindex="-1"),
        frame.footer,
        Html(f"<script>{frame.script}</script>") if frame.script else Html(),
    ]
    lines = "\n".join([*head, "</head>", "<body>", *filter(None, body), "</body>"])
    return f'<!DOCTYPE html>\n<html lang="{text(frame.language)}">\n<head>\n{lines}\n</html>\n'


def _digest(code: str) -> str:
    return f"sha256-{b64encode(sha256(code.encode()).digest()).decode()}"


def stylesheet(*names: str) -> str:
    """Style sheets that lie beside this module, one after another; those of graphs and of pages go together."""
    return "\n" + "".join(Path(__file__).with_name(name).read_text("utf-8") for name in names)
