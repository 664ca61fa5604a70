"""A graph drawn as SVG, laid out by the Graphviz that pygraphviz brings along: no program `dot` is needed.

`graph.css` colours the drawing, in a file of its own as on a page, for light and dark surroundings. What the library
in C says on standard error is about the fonts of the machine and no business of the user's; it is told where drawing
fails.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from checker.errors import UsageError, printable
from checker.graph import Graph
from checker.report.graph_dot import render as dot
from checker.speech import Speech

STYLE = Path(__file__).with_name("graph.css")
MISSING = "to draw SVG needs pygraphviz, which is not installed here: pip install 'servanda[graph]'"
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_STDERR = 2


def available() -> bool:
    """Whether there is something to draw with."""
    return find_spec("pygraphviz") is not None


def render(graph: Graph, speech: Speech, links: Mapping[str, str] | None = None) -> str:
    """The drawing as a file of its own."""
    drawing = inline(graph, speech, links)
    end = drawing.index(">") + 1
    style = f"\n<style>\n{STYLE.read_text('utf-8')}</style>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing[:end]}{style}{drawing[end:]}'


def inline(graph: Graph, speech: Speech, links: Mapping[str, str] | None = None) -> str:
    """The drawing as an element of a page that has `graph.css`."""
    drawn = _drawn(dot(graph, speech, links))
    drawing = _COMMENT.sub("", drawn[drawn.index("<svg") :])
    return drawing.replace("<svg ", '<svg class="rules-graph" ', 1)


def _drawn(text: str) -> str:
    if not available():
        raise UsageError(MISSING)
    import pygraphviz  # noqa: PLC0415 - a library in C that only drawing needs

    with _aside() as said:
        try:
            content: bytes = pygraphviz.AGraph(string=text).draw(format="svg", prog="dot")
        except (ValueError, OSError) as error:
            message = f"graphviz can't draw this graph: {printable(said() or str(error))}"
            raise UsageError(message) from error
    return content.decode()


@contextmanager
def _aside() -> Iterator[Callable[[], str]]:
    """Keep what is written to the process's standard error in a file; what is yielded reads it."""
    with tempfile.TemporaryFile() as kept:

        def said() -> str:
            kept.seek(0)
            return kept.read().decode("utf-8", "replace").strip()

        before = os.dup(_STDERR)
        os.dup2(kept.fileno(), _STDERR)
        try:
            yield said
        finally:
            os.dup2(before, _STDERR)
            os.close(before)
