"""The web site of a pack: pages that lead to one another, hold no foreign markup, and can be read by everybody."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from browser import browser, module

from checker import load_pack
from checker.errors import UsageError
from checker.evidence import evidence
from checker.excerpt import excerpts
from checker.folder import LIST, write_folder
from checker.model import Pack
from checker.relations import relations
from checker.report import graph_svg, site
from checker.report.entry import Known
from checker.report.page import Html, link, stylesheet, tag, text, together
from checker.speech import speech

ROOT = Path(__file__).resolve().parent.parent
RELATED = ROOT / "tests" / "packs" / "related"
LANGUAGES = ("en", "ru", "zh")
VOID = ("br", "hr", "input", "link", "meta", "wbr")


@cache
def pages(language: str = "en", *, draws: bool = False) -> Mapping[str, str]:
    pack = load_pack(RELATED).pack
    return site.pages(pack, known(pack), speech(language), draws=draws)


def known(pack: Pack) -> Mapping[str, Known]:
    related, exhibits, written = relations(pack), evidence(pack, pack.rules), excerpts(pack)
    return {name: Known(related[name], exhibits[name], written.get(name, ())) for name in pack.rules}


class Page(HTMLParser):
    """What a page holds: its elements with their attributes, its ids, its words; every element is closed in order."""

    def __init__(self, content: str) -> None:
        """Read all of it."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(content)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The innermost one ends."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Words, or code that nobody sees."""
        if not {"style", "script"} & set(self.open):
            self.words += data

    @property
    def ids(self) -> list[str]:
        """The ids that links can lead to."""
        return [told["id"] or "" for _, told in self.elements if "id" in told]


read = cache(Page)

# --- markup ---------------------------------------------------------------------------


def test_words_are_escaped_wherever_they_go_in() -> None:
    hostile = "<b>&\"'\x1b[31m\u202e</b>"
    assert text(hostile) == "&lt;b&gt;&amp;&quot;&#x27;\\x1b[31m\\u202e&lt;/b&gt;"
    assert tag("p", hostile, title=hostile) == f'<p title="{text(hostile)}">{text(hostile)}</p>\n'
    assert together([hostile, tag("br")], "<") == f"{text(hostile)}&lt;<br>"


def test_what_is_markup_stays_markup() -> None:
    assert tag("p", tag("code", "x"), None, Html()) == "<p><code>x</code></p>\n"
    assert tag("a", "x", aria_current=None, hidden=True, tabindex=0, open=False) == '<a hidden tabindex="0">x</a>'
    assert not isinstance(tag("p", "x") + "<script>", Html)  # what is put together by hand is words again


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "//example.org", "data:text/html,x", 'https://x/"onclick=', "file:///etc", "", "a b"],
)
def test_links_lead_nowhere_dangerous(target: str) -> None:
    assert link(target, "x") == "<span>x</span>"


@pytest.mark.parametrize("target", ["https://example.org/a?b=1&c=2", "../rules/x.y.html", "facts.html#notice", "#a"])
def test_links_lead_to_the_web_and_to_pages(target: str) -> None:
    assert link(target, "x").startswith(f'<a href="{text(target)}"')


# --- the pages --------------------------------------------------------------------------


def test_there_is_a_page_for_every_rule_and_one_for_each_part_of_the_pack() -> None:
    pack = load_pack(RELATED).pack
    assert set(pages()) == {
        *("index.html", "clauses.html", "readings.html", "sources.html", "facts.html", "graph.html"),
        *(f"rules/{name}.html" for name in (*pack.rules, *pack.retired)),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_to_a_place_that_is_there(language: str) -> None:
    for name, content in pages(language).items():
        for kind, told in read(content).elements:
            target, part = urldefrag(told.get("href") or "" if kind == "a" else "")
            if not target.startswith("http"):
                there = (Path(name).parent / target).as_posix().replace("rules/../", "") if target else name
                assert there in pages(language), f"{name}: {target}"
                assert not part or part in read(pages(language)[there]).ids, f"{name}: {target}#{part}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_in_their_language_and_have_one_heading(language: str) -> None:
    for name, content in pages(language).items():
        elements = read(content).elements
        assert ("html", {"lang": language}) in elements
        assert [kind for kind, _ in elements].count("h1") == 1, name
        assert len(set(read(content).ids)) == len(read(content).ids), name


def test_hostile_words_stay_words() -> None:
    """Every text of the test pack holds markup; none of it may come to be an element or an attribute."""
    allowed = {
        *("html", "head", "meta", "link", "title", "style", "script", "body", "header", "footer", "main", "nav"),
        *("a", "article", "code", "dd", "details", "div", "dl", "dt", "h1", "h2", "h3", "input", "label", "li"),
        *("option", "output", "p", "pre", "select", "small", "span", "summary", "table", "tbody", "td", "th", "thead"),
        *("tr", "ul", "var"),
    }
    for name, content in pages().items():
        elements = read(content).elements
        assert {kind for kind, _ in elements} <= allowed, name
        assert [kind for kind, _ in elements].count("script") == (name == "index.html")
        assert not {key for _, told in elements for key in told if key.startswith("on") or key == "style"}, name
    words = " ".join(read(content).words for content in pages().values())
    for part in ("title", "source", "why", "test"):
        assert f"alert('{part}')" in words
    for told in (
        'An <em>agreement</em> & "its" rules',
        "Seals & <i>wax</i> are gone.",
        '"aloud" </div> ## and | so on',
    ):
        assert told in words


def test_the_policy_lets_in_the_style_and_the_script_of_the_page_and_nothing_else() -> None:
    for name, content in pages().items():
        policy = next(told["content"] or "" for _, told in read(content).elements if "http-equiv" in told)
        rules = dict(each.split(" ", 1) for each in policy.split("; "))
        assert rules.pop("default-src") == "'none'"
        for what in ("style", "script"):
            digests = [_digest(code) for code in re.findall(f"(?s)<{what}>(.*?)</{what}>", content)]
            assert rules.pop(f"{what}-src", "").split() == digests, name
        assert rules == {"img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
        assert content.index("Content-Security-Policy") < content.index("<style>")


def _digest(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


def test_nothing_is_fetched() -> None:
    assert "@import" not in stylesheet("page.css", "graph.css")
    assert "url(" not in stylesheet("page.css", "graph.css")
    for content in pages().values():
        for kind, told in read(content).elements:
            assert "src" not in told
            assert kind != "link" or told["href"] == "data:,"


def test_the_page_of_a_rule_says_what_there_is_to_know() -> None:
    words = re.sub(r"\s+", "", read(pages()["rules/secret.told.html"]).words)
    for told in (
        "a prohibition",
        "consent, in unless; stated, not made by any rule",
        "secret.out: at its breach, in when",
        "Yields to: secret.own",
        "Calls for: secret.notice",
        "told.yaml:18: It is told with consent (excused)",
        "Ask <b>first</b>.",
    ):
        assert told.replace(" ", "") in words, told


def test_a_retired_rule_has_a_page_that_says_why() -> None:
    page = read(pages()["rules/launch.gone.html"])
    assert "Not judged since 2026-01-01: Seals & <i>wax</i> are gone." in page.words
    assert ("a", {"href": "rules/launch.gone.html"}) in read(pages()["index.html"]).elements


def test_the_same_pack_gives_the_same_bytes() -> None:
    pack = load_pack(RELATED).pack
    assert site.pages(pack, known(pack), speech("ru"), draws=False) == pages("ru")


def test_nodes_of_drawings_lead_to_pages() -> None:
    if not graph_svg.available():
        pytest.skip("pygraphviz is not installed")
    drawn = pages(draws=True)["rules/secret.told.html"]
    targets = set(re.findall(r'xlink:href="([^"]*)"', drawn))
    assert targets == {
        *("../facts.html#consent", "../facts.html#secret", "../facts.html#tell"),
        *("../rules/secret.told.html", "../rules/secret.out.html", "../rules/secret.own.html"),
        "../rules/secret.notice.html",
    }
    assert "<script" not in drawn


# --- the folder --------------------------------------------------------------------------


def test_a_folder_is_written_again_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    write_folder(str(tmp_path / "site"), {"index.html": "one", "rules/a.html": "a", "old/b.html": "b"})
    (tmp_path / "site" / "CNAME").write_text("example.org", "utf-8")
    write_folder(str(tmp_path / "site"), {"index.html": "two", "rules/a.html": "a"})
    left = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*")}
    assert left == {"CNAME", LIST, "index.html", "rules", "rules/a.html"}
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "two"


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "CNAME").write_text("example.org", "utf-8")
    with pytest.raises(UsageError, match="is not empty, and this command did not write it"):
        write_folder(str(tmp_path), {"index.html": "one"})
    assert [path.name for path in tmp_path.iterdir()] == ["CNAME"]


def test_a_file_of_others_is_left_alone(tmp_path: Path) -> None:
    write_folder(str(tmp_path), {"index.html": "one"})
    (tmp_path / "about.html").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="would be overwritten, and this command did not write it"):
        write_folder(str(tmp_path), {"about.html": "a", "index.html": "two"})
    assert (tmp_path / "about.html").read_text("utf-8") == "mine"
    assert (tmp_path / "index.html").read_text("utf-8") == "one"


def test_a_forged_list_removes_nothing_outside(tmp_path: Path) -> None:
    outside = tmp_path / "precious"
    outside.write_text("mine", "utf-8")
    (tmp_path / "site").mkdir()
    forged = json.dumps(["../precious", str(outside), "a/../../precious"])
    (tmp_path / "site" / LIST).write_text(forged, "utf-8")
    with pytest.raises(UsageError, match="is not empty"):  # nothing of it is taken for ours
        write_folder(str(tmp_path / "site"), {"index.html": "one"})
    (tmp_path / "site" / LIST).write_text(json.dumps([*json.loads(forged), "old.html"]), "utf-8")
    write_folder(str(tmp_path / "site"), {"index.html": "one"})
    assert outside.read_text("utf-8") == "mine"


@pytest.mark.parametrize("told", ["no list", "{}"])
def test_a_list_that_is_none_is_refused(told: str, tmp_path: Path) -> None:
    (tmp_path / LIST).write_text(told, "utf-8")
    with pytest.raises(UsageError, match="is not the list that this command writes"):
        write_folder(str(tmp_path), {"index.html": "one"})


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("", "utf-8")
    with pytest.raises(UsageError, match=r"can't be such a folder: .* is a file"):
        write_folder(str(tmp_path / "site"), {"index.html": "one"})


def test_the_command_writes_the_site_twice_alike(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        command = [sys.executable, "-m", "checker", "rules", "--pack", str(RELATED), "--html", str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr == (
            "" if graph_svg.available() else f"servanda: the site has no drawings: {graph_svg.MISSING}\n"
        )
        written.append(
            {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        )
    assert written[0] == written[1]
    assert len(written[0]) == len(pages()) + 1


# --- in a real browser ---------------------------------------------------------------------

AXE = "async () => (await axe.run()).violations.map(each => `${each.impact} ${each.id}: ${each.nodes[0].html}`)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("site")
    write_folder(str(written), pages(draws=graph_svg.available()))
    return written


@pytest.mark.external
def test_axe_finds_nothing_in_light_or_dark_on_a_desk_or_a_phone(folder: Path) -> None:
    axe = module("axe-core/axe.min.js")
    desk, phone = ("index", "clauses", "rules/secret.told"), ("rules/secret.told",)
    with browser(trusting=True) as page:
        for scheme, width, names in (("light", 1280, desk), ("dark", 375, phone)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            for name in names:
                page.goto((folder / f"{name}.html").as_uri())
                page.add_script_tag(path=axe)
                assert page.evaluate(AXE) == [], name
                assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.external
def test_pages_work_in_a_browser_as_they_lie_in_the_folder(folder: Path) -> None:
    said: list[str] = []
    with browser() as page:
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto((folder / "index.html").as_uri())
        rows = page.locator("tbody tr:visible")
        assert page.locator("output").inner_text() == "7 of 7 rules"
        page.keyboard.press("Tab")  # to the link that leads past the header
        assert page.evaluate("document.activeElement.className") == "skip"
        page.get_by_label("Find").fill("minutes SECRET")  # the title of a source
        assert rows.count() == 1
        assert page.locator("output").inner_text() == "1 of 7 rules"
        page.get_by_label("Find").fill("")
        page.get_by_label("Kind").select_option("means")
        assert rows.count() == 2
        page.goto(f"{(folder / 'index.html').as_uri()}?q=launch.yearly")
        assert rows.count() == 1
        rows.locator("a").first.click()
        assert page.locator("h1").inner_text() == "Three launches for each"
        assert page.evaluate("getComputedStyle(document.body).margin") == "0px"  # the style is let in
        for name in pages():
            page.goto((folder / name).as_uri())
    assert said == []
