"""Drawings on pages: the graph as an element whose nodes lead to pages, and beside it the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.graph import Graph
from checker.relations import Look, is_status
from checker.report import graph_svg
from checker.report.page import Html, tag, together
from checker.report.phrase import Ref
from checker.report.site_frame import Site, rule_page


def drawing(graph: Graph, site: Site, up: str, caption: str) -> Html:
    """A figure that scrolls by itself where it is larger than the page."""
    svg = Html(graph_svg.inline(graph, site.speech, _links(graph, up)))
    frame = tag("div", svg, class_="drawing", tabindex="0", role="group", aria_label=caption)
    return tag("figure", frame, tag("figcaption", caption))


def _links(graph: Graph, up: str) -> Mapping[str, str]:
    return {
        node.name: f"{up}{rule_page(node.name)}" if node.is_rule else f"{up}facts.html#{node.name}"
        for node in graph.nodes
    }


def graph_page(site: Site) -> str:
    """The whole graph, drawn where that can be, and as a table for whoever can't see a drawing."""
    say = site.speech.say
    content = [tag("h1", say("Graph")), tag("p", _legend(site), class_="lead")]
    if site.draws:
        content.append(drawing(site.graph, site, "", say("All rules, in boxes by clause")))
    heads = (tag("th", told, scope="col") for told in (say("Rule"), say("Stratum"), say("Looks at"), say("Makes")))
    table = tag(
        "table",
        tag("thead", tag("tr", together(heads))),
        tag("tbody", together(_rows(site))),
        class_="cards",
    )
    return site.page("graph.html", say("Graph"), *content, tag("h2", say("As a table")), table)


def _legend(site: Site) -> str:
    return site.speech.say(
        "Square boxes are rules, rounded ones facts and acts. An arrow leads from a fact to the rules that look at it, "
        "and from a definition to what it makes; a dashed one with a bar is an exception. A rule looks at what lower "
        "strata have finished. That nearly every rule stops when the agreement ends is not drawn."
    )


def _rows(site: Site) -> Iterator[Html]:
    for name, related in site.relations.items():
        looks = (_look(look, site) for look in related.looks)
        makes = (site.named(Ref("type", made), "") for made in related.makes)
        yield tag(
            "tr",
            tag("td", site.named(Ref("rule", name), "")),
            tag("td", str(related.stratum)),
            tag("td", together(looks, ", ")),
            tag("td", together(makes, ", ")),
        )


def _look(look: Look, site: Site) -> Html:
    """A type; for a status the rules that it is of."""
    if not is_status(look.type):
        return site.named(Ref("type", look.type), "")
    word = site.speech.say("breach") if look.type == "violation" else site.speech.say("performance")
    return together([f"{word}: ", together((site.named(Ref("rule", name), "") for name in look.makers), ", ")])
