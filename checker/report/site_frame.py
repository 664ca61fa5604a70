"""What all pages of a pack's web site share: where they lie, what leads to what, the frame around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checker.graph import Graph
from checker.model import Pack, text_in
from checker.relations import Relations
from checker.report import words
from checker.report.entry import Known
from checker.report.page import Frame, Html, link, page, stylesheet, tag, together
from checker.report.phrase import Phrase, Ref
from checker.results import Coverage
from checker.speech import Speech, noted

PAGES = {  # in the order of the navigation
    "index.html": noted("Rules"),
    "clauses.html": noted("Clauses"),
    "readings.html": noted("Readings"),
    "sources.html": noted("Sources"),
    "facts.html": noted("Facts and acts"),
    "graph.html": noted("Graph"),
}
_PAGE_OF = {"clause": "clauses.html", "reading": "readings.html", "source": "sources.html", "type": "facts.html"}


@dataclass(frozen=True, slots=True)
class Site:
    """A pack with all that is told of it, in one language; `draws` where there is something to draw with."""

    pack: Pack
    known: Mapping[str, Known]
    graph: Graph
    speech: Speech
    draws: bool

    @property
    def relations(self) -> Mapping[str, Relations]:
        """Whom each rule has to do with."""
        return {name: each.relations for name, each in self.known.items()}

    @property
    def coverage(self) -> Coverage:
        """How many clauses there are, and how many no rule covers."""
        clauses = self.pack.clauses.values()
        return Coverage(len(clauses), sum(clause.encoded in ("no", "judgement") for clause in clauses))

    def text(self, texts: Mapping[str, str]) -> str:
        """A text of the pack in the language of the site."""
        return text_in(texts, self.speech.language)

    def href(self, ref: Ref, up: str) -> str:
        """Where a name leads, from a page that lies `up` from the index; '' where there is no such page."""
        if ref.kind in ("rule", "block"):
            known = ref.name in self.pack.rules or ref.name in self.pack.retired
            return f"{up}{rule_page(ref.name)}" if known else ""
        return f"{up}{_PAGE_OF[ref.kind]}#{ref.name}" if ref.kind in _PAGE_OF else ""

    def told(self, told: Phrase, up: str) -> Html:
        """A sentence with its names as links."""
        return together(self.named(each, up) if isinstance(each, Ref) else each for each in told)

    def named(self, ref: Ref, up: str) -> Html:
        """A name as a link, where it leads somewhere."""
        shown = ref.told or tag("code", ref.name)
        target = self.href(ref, up)
        return link(target, shown) if target else together([shown])

    def page(self, name: str, title: str, *content: Html, script: str = "") -> str:
        """A page of the site; `name` is where it lies."""
        up = "../" * name.count("/")
        pack = f"{self.text(self.pack.title)} ({self.pack.id} {self.pack.version})"
        frame = Frame(
            language=self.speech.language,
            title=f"{title} · {pack}" if title else pack,
            style=stylesheet("page.css", "graph.css"),
            header=self._header(name, up),
            footer=tag("footer", tag("p", words.closing(self.coverage, self.speech)), class_="site"),
            skip=self.speech.say("Skip to the content"),
            script=script,
        )
        return page(frame, *content)

    def _header(self, name: str, up: str) -> Html:
        items = (
            tag("li", tag("a", self.speech.say(told), href=f"{up}{target}", aria_current=_current(target, name)))
            for target, told in PAGES.items()
        )
        nav = tag("nav", tag("ul", together(items)), aria_label=self.speech.say("Pages"))
        home = tag("a", self.text(self.pack.title), href=f"{up}index.html", class_="name")
        version = tag("small", f" {self.pack.id} {self.pack.version}")
        return tag("header", home, version, nav, class_="site")


def _current(target: str, name: str) -> str | None:
    if target == name:
        return "page"
    return "true" if target == "index.html" and name.startswith("rules/") else None


def rule_page(name: str) -> str:
    """Where the page of a rule lies. An id has one dot and at most one slash, so no two share a page."""
    return f"rules/{name.replace('/', '.')}.html"


def chips(*told: Html) -> Html:
    """Such words in a row."""
    return tag("ul", together(tag("li", each) for each in told), class_="chips")
