"""A pack as a web site: every page by where it lies. The same pack gives the same bytes; no clock is in them."""

from __future__ import annotations

from collections.abc import Mapping

from checker.graph import graph_of
from checker.model import Pack
from checker.report import site_register, site_rules
from checker.report.entry import Known
from checker.report.site_drawing import graph_page
from checker.report.site_frame import Site, rule_page
from checker.speech import Speech


def pages(pack: Pack, known: Mapping[str, Known], speech: Speech, *, draws: bool) -> Mapping[str, str]:
    """All pages; `known` is by rule, `draws` says whether there is something to draw with."""
    site = Site(pack, known, graph_of(pack, speech.language), speech, draws)
    told = {rule_page(each.id): site_rules.rule(each, site) for each in pack.rules.values()}
    told |= {rule_page(each.id): site_rules.retired(each, site) for each in pack.retired.values()}
    told |= dict(site_register.each_page(site))
    return told | {"graph.html": graph_page(site), "index.html": site_rules.index(site)}
