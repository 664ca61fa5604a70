"""A graph in DOT, the language of Graphviz: rules are boxes, facts are rounded, groups are clusters.

Every node and arrow has a class (`rule needs`, `type act`, …), so that a page can restyle the drawing;
the colours written here are those of a drawing that stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.graph import Arrow, Graph, Node
from checker.report.graph_words import label_of, lines_of
from checker.speech import Speech
from checker.terminal import line

_INK, _FAINT, _PAPER = "#1f2933", "#9aa5b1", "#ffffff"
_FILLS = {
    "needs": "#e8f0fe",
    "owes": "#e8f0fe",
    "forbids": "#e8f0fe",
    "permits": "#e6f4ea",
    "means": "#f1f3f5",
    "act": "#fff4e0",
    "stated": "#ffffff",
    "derived": "#f1f3f5",
}
_FOUND = {
    "violated": "#f8d0cc",
    "contested": "#fbe0c0",
    "undetermined": "#fdf0c0",
    "pending": "#dbe7fd",
    "excused": "#d9efdf",
    "overridden": "#d9efdf",
    "satisfied": "#d9efdf",
}


def render(graph: Graph, speech: Speech, links: Mapping[str, str] | None = None) -> str:
    """The graph as a file for `dot`; `links` leads from names of nodes to pages."""
    lines = [
        f"digraph {_quoted(graph.title)} {{",
        '  graph [rankdir=LR, bgcolor="transparent", ranksep=0.6, nodesep=0.15, fontname="Helvetica", fontsize=12];',
        f'  node [fontname="Helvetica", fontsize=11, color="{_INK}", fontcolor="{_INK}", margin="0.12,0.06"];',
        f'  edge [fontname="Helvetica", fontsize=9, color="{_INK}", fontcolor="{_INK}", arrowsize=0.6];',
    ]
    lines += [f"  {text}" for text in _nodes(graph, "", speech, links or {})]
    for number, group in enumerate(graph.groups, 1):
        lines += [
            f"  subgraph {_quoted(f'cluster_{number}')} {{",
            f'    label={_quoted(line(group))}; class="group"; style="rounded"; color="{_FAINT}"; fontcolor="{_INK}";',
            *(f"    {text}" for text in _nodes(graph, group, speech, links or {})),
            "  }",
        ]
    lines += [f"  {_arrow(arrow, graph, speech)}" for arrow in graph.arrows]
    return "".join(f"{text}\n" for text in [*lines, "}"])


def _nodes(graph: Graph, group: str, speech: Speech, links: Mapping[str, str]) -> Iterator[str]:
    for node in graph.nodes:
        if node.group == group:
            yield f"{_quoted(node.key)} [{_attributes(_node(node, graph, speech, links))}];"


def _node(node: Node, graph: Graph, speech: Speech, links: Mapping[str, str]) -> dict[str, str]:
    first, *others = lines_of(node, speech)
    told = {
        "label": "\\n".join((_label(first), *map(_label, others))),
        "tooltip": _label(line(node.about) or first),
        "class": " ".join(filter(None, ("rule" if node.is_rule else "type", node.kind, node.status))),
        "shape": "box",
        "style": "filled" if node.is_rule else "filled,rounded",
        "fillcolor": _FOUND.get(node.status, _FILLS[node.kind]),
    }
    if node.key == graph.focus:
        told |= {"penwidth": "2.5", "class": f"{told['class']} focus"}
    if node.name in links:
        told["URL"] = _label(links[node.name])
    if graph.shows_case and not node.status:
        told |= {"color": _FAINT, "fontcolor": _FAINT, "fillcolor": _PAPER, "class": f"{told['class']} dim"}
    elif node.status:
        told |= {"penwidth": "2"}
    return told


def _arrow(arrow: Arrow, graph: Graph, speech: Speech) -> str:
    told: dict[str, str] = {"class": arrow.kind}
    if arrow.kind in ("excepts", "displaces"):
        told |= {"style": "dashed"}
    elif arrow.kind in ("breach", "performance", "demands"):
        told |= {"style": "dotted"}
    if arrow.kind == "excepts":
        told |= {"arrowhead": "tee"}
    if label := label_of(arrow, speech):
        told |= {"label": _label(label)}
    if arrow.lit:
        told |= {"penwidth": "2", "class": f"{arrow.kind} lit"}
    elif graph.shows_case:
        told |= {"color": _FAINT, "fontcolor": _FAINT, "class": f"{arrow.kind} dim"}
    return f"{_quoted(arrow.source)} -> {_quoted(arrow.target)} [{_attributes(told)}];"


def _attributes(told: Mapping[str, str]) -> str:
    return ", ".join(f'{name}="{value}"' for name, value in told.items())


def _quoted(text: str) -> str:
    """A name as an identifier of DOT; nothing in it is looked at but the quote and the backslash before it."""
    return '"' + line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _label(text: str) -> str:
    r"""Text within quotes: no escape (`\N` would be the node's name), and no entity (`&lt;` would be read)."""
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
