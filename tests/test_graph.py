"""The rules of a pack drawn: what is in the graph, what a case lights, and whether others can read what is written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from xml.dom.minidom import parseString

import pytest
from browser import browser, module

from checker import check, load_pack
from checker.evidence import evidence
from checker.graph import Arrow, Graph, Node, around, graph_of, lit, lit_only
from checker.judging import OpenPack
from checker.relations import Look, Reader, relations
from checker.report import graph_dot, graph_mermaid, graph_svg
from checker.report.graph_words import lines_of
from checker.speech import ENGLISH, speech

ROOT = Path(__file__).resolve().parent.parent
RELATED = ROOT / "tests" / "packs" / "related"
TOLD = {
    "as-of": "2026-03-01",
    "facts": [{"secret": {"id": "S", "owner": "south"}}],
    "actions": [{"tell": {"id": "T", "by": "north", "secret": "S", "day": "2026-02-01"}}],
}


@cache
def related() -> OpenPack:
    return load_pack(RELATED)


def graph(grouping: str = "clause") -> Graph:
    return graph_of(related().pack, "en", grouping)


def node(drawn: Graph, key: str) -> Node:
    return next(each for each in drawn.nodes if each.key == key)


def arrows(drawn: Graph) -> set[tuple[str, str, str]]:
    return {(each.source, each.target, each.kind) for each in drawn.arrows}


# --- relations -------------------------------------------------------------------------


def test_what_a_rule_has_to_do_with_others() -> None:
    told = relations(related().pack)["secret.told"]
    assert told.looks == (
        Look("consent", ("unless",), ()),
        Look("secret", ("when",), ()),
        Look("tell", ("when", "forbids"), ()),
    )
    assert told.makes == ()
    assert told.readers == (Reader("secret.out", "violation", ("when",)),)
    assert (told.displaces, told.displaced_by) == ((), ("secret.own",))
    assert (told.demands, told.demanded_by) == (("secret.notice",), ())
    assert (told.questions, told.inherited) == ((), ("strict",))
    permission = relations(related().pack)["secret.own"]
    assert (permission.displaces, permission.readers) == (("secret.told",), ())


def test_facts_flow_from_their_makers_to_those_who_look_at_them() -> None:
    out = relations(related().pack)["secret.out"]
    assert out.looks == (Look("tell", ("when",), ()), Look("violation", ("when",), ("secret.told",)))
    assert out.makes == ("out",)
    assert [(each.rule, each.type) for each in out.readers] == [
        ("launch.none", "out"),
        ("secret.answered", "out"),
        ("secret.notice", "out"),
    ]


def test_strata_rise_from_what_is_looked_at_to_who_looks() -> None:
    stratum = {name: each.stratum for name, each in relations(related().pack).items()}
    chain = ["secret.own", "secret.told", "secret.out", "secret.notice", "secret.answered"]
    assert sorted(chain, key=lambda name: stratum[name]) == chain
    assert {each.strata for each in relations(related().pack).values()} == {max(stratum.values())}


def test_the_end_of_force_is_told_apart() -> None:
    """`term-end` stops nearly every rule; only those that name it in their own text are its readers."""
    pack = load_pack("isls").pack
    end = relations(pack)["term.duration/end"]
    assert set(end.ends) == {rule.id for rule in pack.rules.values() if rule.mode != "means" and not rule.survives}
    assert "notice.termination" not in end.ends
    assert {each.rule for each in end.readers} == {"confidentiality.after-end", "property.after-end", "property.return"}


# --- tests that bear on a rule -----------------------------------------------------------


def test_tests_that_name_a_rule_and_those_in_which_it_applies() -> None:
    found = evidence(related().pack, ["secret.told", "secret.out", "secret.own"])
    told = [(each.place.line, dict(each.expected), each.applies) for each in found["secret.told"]]
    assert told == [
        (8, {"secret.told@T": "violated"}, True),
        (18, {"secret.told": "excused"}, True),
        (27, {"secret.told": "contested"}, True),
    ]
    assert [each.title for each in found["secret.out"]] == [
        "A secret <script>alert('test')</script> is told",
        "One tells what is one's own",
    ]
    assert [each.expected for each in found["secret.out"]] == [(), ()]
    assert [each.title for each in found["secret.own"]] == ["One tells what is one's own"]  # in its own reading


def test_of_one_rule_the_same_tests_are_found_as_of_all() -> None:
    pack = related().pack
    every = evidence(pack, pack.rules)
    assert {name: evidence(pack, [name])[name] for name in pack.rules} == every


# --- the graph ------------------------------------------------------------------------


def test_every_way_in_which_rules_are_tied_is_an_arrow() -> None:
    assert arrows(graph("family")) == {
        ("consent", "secret.told", "excepts"),
        ("launch", "launch.none", "looks"),
        ("launch", "launch.yearly", "looks"),
        ("notice", "secret.notice", "looks"),
        ("out", "launch.none", "looks"),
        ("out", "secret.answered", "looks"),
        ("out", "secret.notice", "looks"),
        ("secret", "secret.own", "looks"),
        ("secret", "secret.told", "looks"),
        ("secret.answered", "answered", "makes"),
        ("secret.notice", "secret.answered", "performance"),
        ("secret.out", "out", "makes"),
        ("secret.own", "secret.told", "displaces"),
        ("secret.told", "secret.notice", "demands"),
        ("secret.told", "secret.out", "breach"),
        ("tell@launch", "launch.none", "looks"),
        ("tell@secret", "secret.out", "looks"),
        ("tell@secret", "secret.own", "looks"),
        ("tell@secret", "secret.told", "looks"),
    }


@pytest.mark.parametrize(
    ("grouping", "groups"),
    [("clause", ("limits", "secrecy")), ("family", ("launch", "secret")), ("file", ("pack.yaml",))],
)
def test_groups(grouping: str, groups: tuple[str, ...]) -> None:
    assert graph(grouping).groups == groups


def test_what_everybody_states_is_drawn_in_each_group_and_what_rules_make_once() -> None:
    drawn = graph()
    assert {each.key for each in drawn.nodes if each.name == "tell"} == {"tell@limits", "tell@secrecy"}
    assert node(drawn, "out").group == "secrecy"
    assert node(drawn, "secret.answered").group == ""  # it has no clause


def test_around_a_rule_stands_what_is_tied_to_it_and_no_more() -> None:
    near = around(graph("family"), "secret.out")
    assert {each.key for each in near.nodes} == {
        "secret.out",
        "tell@secret",  # looked at
        "secret.told",  # whose breach it looks at
        "out",  # made
        *("launch.none", "secret.answered", "secret.notice"),  # who look at that
    }
    assert ("tell@secret", "secret.told", "looks") not in arrows(near)
    assert near.focus == "secret.out"


def test_around_the_reader_of_a_made_fact_stands_its_maker() -> None:
    assert ("secret.out", "out", "makes") in arrows(around(graph(), "secret.answered"))


# --- the path of a case ------------------------------------------------------------------


def told() -> Graph:
    return lit(graph(), check(TOLD, related(), remedies=False).findings)


def test_a_case_lights_what_its_findings_rest_on() -> None:
    status = {each.key: each.status for each in told().nodes if each.status}
    assert status == {
        "secret.told": "violated",
        "secret.out": "fired",
        "secret.notice": "pending",
        "tell@secrecy": "stated",
        "secret": "stated",
        "out": "derived",
    }
    assert {(each.source, each.target) for each in told().arrows if each.lit} == {
        ("tell@secrecy", "secret.told"),
        ("secret", "secret.told"),
        ("tell@secrecy", "secret.out"),
        ("secret.told", "secret.out"),
        ("secret.out", "out"),
        ("out", "secret.notice"),
    }


def test_only_the_path() -> None:
    path = lit_only(told())
    assert len(path.nodes) == 6
    assert len(path.arrows) == 6
    assert path.groups == ("secrecy",)


def test_nodes_say_what_they_are_and_what_the_case_has_of_them() -> None:
    assert lines_of(node(told(), "secret.told"), ENGLISH) == ("secret.told", "forbids, stratum 2", "violated")
    assert lines_of(node(told(), "tell@secrecy"), ENGLISH) == ("tell", "an act", "T")
    assert lines_of(node(told(), "tell@limits"), ENGLISH) == ("tell", "an act")


# --- what is written ---------------------------------------------------------------------


HOSTILE = Graph(
    'a "title" \\ # %%{init: {}}%% --- `x` end\n',
    (
        Node("x.y", "x.y", "needs", 'g "roup" ]]', "<script>alert(1)</script> \\N &lt; %%{init}%%", 1),
        Node("t", 'type "q" <b>|{}[]()`\\N\\G &amp; #quot; ;:::', "stated", 'g "roup" ]]', "about\x1b[31m"),
        Node("end", "end", "act", "", "graph; subgraph; end"),
        Node("a-b", "style:#a;", "derived", "", ""),
        Node("a.b", "классы 规则", "derived", "", ""),
    ),
    (Arrow("t", "x.y", "looks"), Arrow("end", "x.y", "excepts"), Arrow("a-b", "x.y", "demands")),
    ('g "roup" ]]',),
)
DRAWN = {"related": graph(), "told": told(), "hostile": HOSTILE}
of_each = pytest.mark.parametrize("drawn", DRAWN.values(), ids=DRAWN)


@of_each
def test_dot_can_be_read_and_holds_all(drawn: Graph) -> None:
    pygraphviz = pytest.importorskip("pygraphviz")
    read = pygraphviz.AGraph(string=graph_dot.render(drawn, ENGLISH))
    assert len(read.nodes()) == len(drawn.nodes)
    assert len(read.edges()) == len(drawn.arrows)
    assert len(read.subgraphs()) == len(drawn.groups)


@of_each
def test_svg_is_well_formed_and_shows_every_label_as_text(drawn: Graph) -> None:
    pytest.importorskip("pygraphviz")
    svg = graph_svg.render(drawn, ENGLISH)
    read = parseString(svg)  # noqa: S318 - our own
    shown = {"".join(part.data for part in each.childNodes) for each in read.getElementsByTagName("text")}
    for each in drawn.nodes:
        assert set(lines_of(each, ENGLISH)) <= {text.replace("\xa0", " ") for text in shown}
    assert {each.tagName for each in read.getElementsByTagName("*")} <= {
        *("svg", "style", "g", "title", "a", "path", "polygon", "polyline", "text")
    }
    assert graph_svg.render(drawn, ENGLISH) == svg


def test_mermaid_gives_different_nodes_different_names() -> None:
    names = re.findall(r"(?m)^ *((?:rule|type)_\w+)(?:\[|\(|\{)", graph_mermaid.render(HOSTILE, ENGLISH))
    assert len(names) == len(set(names)) == len(HOSTILE.nodes)


def test_mermaid_leaves_no_mark_of_its_own_in_a_label() -> None:
    for label in re.findall(r'"([^"\n]*)"', graph_mermaid.render(HOSTILE, ENGLISH).split("flowchart LR")[1]):
        bare = re.sub(r"#\d+;|<br>", "", label)
        assert not re.search(r"[<>{}\[\]|\"'`#%&;\\]", bare), label


@of_each
def test_the_same_graph_gives_the_same_bytes(drawn: Graph) -> None:
    for render in (graph_dot.render, graph_mermaid.render):
        assert render(drawn, speech("ru")) == render(drawn, speech("ru"))


# --- read by others -----------------------------------------------------------------------


@pytest.mark.external
@of_each
def test_the_real_dot_reads_it(drawn: Graph) -> None:
    if shutil.which("dot") is None:
        pytest.skip("there is no `dot`")
    text = graph_dot.render(drawn, ENGLISH)
    done = subprocess.run(["dot", "-Tcanon"], input=text, capture_output=True, text=True, check=False)  # noqa: S607
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.external
def test_the_real_mermaid_reads_and_draws_it() -> None:
    mermaid, shipped = module("mermaid/dist/mermaid.min.js"), graph_of(load_pack("iss-iga").pack, "zh")
    with browser() as page:
        page.set_content("<body></body>")
        page.add_script_tag(path=mermaid)
        parse = "async text => (await mermaid.parse(text)).diagramType"
        assert page.evaluate(parse, graph_mermaid.render(shipped, speech("zh"))) == "flowchart-v2"
        for name, drawn in DRAWN.items():
            assert page.evaluate(parse, graph_mermaid.render(drawn, ENGLISH)) == "flowchart-v2", name
        draw = "async text => document.body.innerHTML = (await mermaid.render('x', text)).svg"
        page.evaluate(draw, graph_mermaid.render(HOSTILE, ENGLISH))
        shown = page.locator("body").inner_text()
        assert all(line in shown for each in HOSTILE.nodes for line in lines_of(each, ENGLISH))
        assert page.evaluate("document.scripts.length") == 1


# --- the command ------------------------------------------------------------------------


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "checker", "graph", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=dict(os.environ, **environment),
    )


def test_several_formats_in_one_run(tmp_path: Path) -> None:
    done = run(str(RELATED), "--rule", "secret.told", "-o", "mermaid", "-o", f"dot={tmp_path}/a.dot")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("---\ntitle: ")
    assert (tmp_path / "a.dot").read_text("utf-8").startswith("digraph ")


def test_the_path_of_an_example() -> None:
    done = run("--case", "examples/late-notice.yaml", "--finding", "notice.termination", "--path-only", "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "")
    assert '"notice.termination<br>needs, stratum 4<br>violated"' in done.stdout
    assert "liability" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--rule", "notice.terminaton"), "--rule: unknown `notice.terminaton`; did you mean `notice.termination`?"),
        (("--finding", "x"), "`--finding` is about a case: name one with `--case FILE`"),
        (("--path-only",), "`--path-only` is about a case: name one with `--case FILE`"),
        (("--group", "claus"), "--group: unknown `claus`; did you mean `clause`?"),
        (("-o", "png"), "--output: unknown format `png`; known are mermaid, dot, svg"),
        (
            ("--case", "examples/late-notice.yaml", "--finding", "liability.waiver"),
            "--finding: `examples/late-notice.yaml` has no finding of `liability.waiver`; it has findings of notice.",
        ),
        (
            (str(RELATED), "--rule", "launch.gone"),
            "`launch.gone` is retired since 2026-01-01: Seals & <i>wax</i> are g",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_mistakes_are_told_in_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"servanda: {words}")
    assert done.stderr.count("\n") == 1


def test_without_pygraphviz_svg_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['pygraphviz'] = None\n", "utf-8")
    done = run(str(RELATED), "-o", "svg", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"servanda: {graph_svg.MISSING}\n"
