"""A graph in Mermaid, which forges and editors draw in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count

from checker.graph import Arrow, Graph, Node
from checker.report.graph_words import label_of, lines_of
from checker.speech import Speech
from checker.terminal import line

MOST_ARROWS, MOST_LETTERS = 500, 50_000  # what Mermaid draws unless it is told to take more
_SHAPES = {  # of rules by their keyword, and of types
    "needs": ("[", "]"),
    "owes": ("[", "]"),
    "forbids": ("[", "]"),
    "permits": ("{{", "}}"),
    "means": ("[[", "]]"),
    "act": ("[/", "/]"),
    "stated": ("([", "])"),
    "derived": ("(", ")"),
}
_LINKS = {"excepts": "-.-x", "displaces": "-.->", "breach": "-.->", "performance": "-.->", "demands": "-.->"}
_STYLES = {
    "violated": "fill:#f8d0cc,stroke:#a5281b,color:#1f2933,stroke-width:2px",
    "contested": "fill:#fbe0c0,stroke:#9a5b00,color:#1f2933,stroke-width:2px",
    "undetermined": "fill:#fdf0c0,stroke:#7a6200,color:#1f2933,stroke-width:2px",
    "pending": "fill:#dbe7fd,stroke:#1d4fa5,color:#1f2933,stroke-width:2px",
    "excused": "fill:#d9efdf,stroke:#1d6b3a,color:#1f2933,stroke-width:2px",
    "overridden": "fill:#d9efdf,stroke:#1d6b3a,color:#1f2933,stroke-width:2px",
    "satisfied": "fill:#d9efdf,stroke:#1d6b3a,color:#1f2933,stroke-width:2px",
    "fired": "stroke-width:2px",
    "stated": "stroke-width:2px",
    "derived": "stroke-width:2px",
    "dim": "opacity:0.4",
    "focus": "stroke-width:3px",
}
_MARKS = re.compile(r"(?!: )[!-'*+:-<>-@\[-`{-~]")  # ASCII's marks but `(),-./=` and `: `, which mean nothing in quotes


def render(graph: Graph, speech: Speech) -> str:
    """The graph as a flowchart."""
    names = _names(graph.nodes)
    lines = [f"---\ntitle: {_title(graph.title)}\n---", "flowchart LR"]
    lines += [f"  {text}" for text in _nodes(graph, "", names, speech)]
    for number, group in enumerate(graph.groups, 1):
        lines += [
            f'  subgraph g{number}["{_text(line(group))}"]',
            "    direction LR",
            *(f"    {text}" for text in _nodes(graph, group, names, speech)),
            "  end",
        ]
    lines += [f"  {_arrow(arrow, names, speech)}" for arrow in graph.arrows]
    lines += [f"  {text}" for text in _classes(graph, names)]
    return "".join(f"{text}\n" for text in lines)


def _names(nodes: Iterable[Node]) -> Mapping[str, str]:
    """A name for each node that Mermaid takes as one word."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for node in nodes:
        plain = ("rule_" if node.is_rule else "type_") + re.sub(r"\W+", "_", node.key)
        name = next(each for each in chain((plain,), (f"{plain}_{n}" for n in count(2))) if each not in taken)
        taken.add(name)
        names[node.key] = name
    return names


def _nodes(graph: Graph, group: str, names: Mapping[str, str], speech: Speech) -> Iterator[str]:
    for node in graph.nodes:
        if node.group == group:
            before, after = _SHAPES[node.kind]
            yield f'{names[node.key]}{before}"{"<br>".join(map(_text, lines_of(node, speech)))}"{after}'


def _arrow(arrow: Arrow, names: Mapping[str, str], speech: Speech) -> str:
    link, label = _LINKS.get(arrow.kind, "-->"), label_of(arrow, speech)
    if arrow.lit:
        link = "==>"
    told = f'|"{_text(label)}"|' if label else ""
    return f"{names[arrow.source]} {link}{told} {names[arrow.target]}"


def _classes(graph: Graph, names: Mapping[str, str]) -> Iterator[str]:
    members: dict[str, list[str]] = {}
    for node in graph.nodes:
        if graph.shows_case:
            members.setdefault(node.status or "dim", []).append(names[node.key])
        if node.key == graph.focus:
            members["focus"] = [names[node.key]]
    for status in sorted(members):
        yield f"classDef {status} {_STYLES[status]}"
        yield f"class {','.join(members[status])} {status}"


def _text(text: str) -> str:
    """Text within quotes: letters and digits stand for themselves, marks as the numbers of their characters."""
    return _MARKS.sub(lambda found: f"#{ord(found.group())};", text)


def _title(text: str) -> str:
    """A title in the front matter, which is YAML."""
    return '"' + line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def too_much(text: str, graph: Graph) -> bool:
    """Whether Mermaid refuses to draw it unless its limits are raised."""
    return len(graph.arrows) > MOST_ARROWS or len(text) > MOST_LETTERS
