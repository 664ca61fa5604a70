"""The pages of rules: the list with its filter, one page for each, and one for each that is no longer judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from checker.graph import around
from checker.messages import sentences
from checker.model import BASES, Retired, Rule, Template
from checker.report import words
from checker.report.entry import KINDS, Entry, Section, entry
from checker.report.expansion import expansion
from checker.report.page import Html, chip, link, prose, tag, together
from checker.report.phrase import Ref
from checker.report.rule_search import texts_of
from checker.report.rulebook import weight
from checker.report.site_drawing import drawing
from checker.report.site_frame import Site, chips, rule_page
from checker.report.spelling import spelling
from checker.terminal import Look

_UP = "../"  # from the page of a rule to the index


def index(site: Site) -> str:
    """The list of rules."""
    say, rules = site.speech.say, site.pack.rules.values()
    start = site.pack.force.start
    lead = [say("In force since {day}.", day=str(start))] if start else []
    count = site.speech.many("{number} rule", "{number} rules", len(rules))
    covered = words.uncovered(site.coverage.clauses, site.coverage.not_covered, site.speech)
    lead.append(say("{rules}; {covered}.", rules=count, covered=covered))
    heads = (tag("th", told, scope="col") for told in (say("Rule"), say("Severity"), say("Basis"), say("Clause")))
    table = tag(
        "table",
        tag("thead", tag("tr", together(heads))),
        tag("tbody", together(_row(rule, site) for rule in rules)),
        class_="cards",
    )
    script = "\n" + Path(__file__).with_name("site.js").read_text("utf-8")
    content = [tag("h1", say("Rules")), tag("p", sentences(lead, site.speech), class_="lead"), _filter(site), table]
    return site.page("index.html", "", *content, *_gone(site), script=script)


def _row(rule: Rule, site: Site) -> Html:
    haystack = " ".join((rule.id, site.text(rule.title), *texts_of(rule, site.pack, site.speech)))
    title = tag("a", site.text(rule.title), href=rule_page(rule.id), class_="title")
    clause = site.named(Ref("clause", rule.clause), "") if rule.clause else Html()
    cells = (
        tag("td", title, tag("code", rule.id, class_="id")),
        tag("td", _weight(rule)),
        tag("td", rule.basis, class_="basis"),
    )
    return tag("tr", *cells, tag("td", clause), data_text=haystack.lower(), data_kind=rule.mode, data_basis=rule.basis)


def _weight(rule: Rule) -> Html:
    return chip(weight(rule), weight(rule))


def _filter(site: Site) -> Html:
    """Hidden until the script shows it: without one there is nothing that it could do."""
    say, rules = site.speech.say, site.pack.rules.values()
    kinds = {mode: site.speech.say(told) for mode, told in KINDS.items() if any(rule.mode == mode for rule in rules)}
    bases = {basis: basis for basis in BASES if any(rule.basis == basis for rule in rules)}
    return tag(
        "div",
        tag("label", say("Find"), tag("input", type="search", name="q", autocomplete="off"), class_="wide"),
        tag("label", say("Kind"), _choice("kind", kinds.items(), site)),
        tag("label", say("Basis"), _choice("basis", bases.items(), site)),
        tag("output", aria_live="polite", data_told=say("{shown} of {all} rules", shown="#", all="#")),
        class_="filter",
        role="search",
        hidden=True,
    )


def _choice(name: str, options: Iterable[tuple[str, str]], site: Site) -> Html:
    first = tag("option", site.speech.say("all"), value="")
    return tag("select", first, *(tag("option", told, value=value) for value, told in options), name=name)


def _gone(site: Site) -> Iterator[Html]:
    if site.pack.retired:
        yield tag("h2", site.speech.say("No longer judged"))
        rows = (
            tag("li", tag("a", site.text(each.title), href=rule_page(each.id)), " ", tag("code", each.id))
            for each in site.pack.retired.values()
        )
        yield tag("ul", together(rows), class_="rows")


# --- the page of one --------------------------------------------------------------


def rule(each: Rule, site: Site) -> str:
    """All there is to know of a rule."""
    say = site.speech.say
    told = entry(each, site.pack, site.known[each.id], site.speech, most=None)
    ground = ((tag("dt", label), tag("dd", site.told(value, _UP))) for label, value in told.ground)
    content = [
        tag("p", tag("code", each.id), class_="eyebrow"),
        tag("h1", told.title),
        chips(chip(say(KINDS[each.mode])), *([_weight(each)] if each.body else []), chip(each.basis)),
        *_messages(each, site),
        tag("dl", together(part for pair in ground for part in pair), class_="facts"),
        *_texts(told, site),
        *_drawn(each, site),
        *(part for section in told.sections for part in _section(section, site)),
        *([] if told.named else [tag("p", say("No test and no example names it."))]),
        _siblings(each, site),
    ]
    return site.page(rule_page(each.id), f"{each.id}: {told.title}", *content)


def _texts(told: Entry, site: Site) -> Iterator[Html]:
    """The rule in the rule language, or the block as it is written and what it stands for; messages stand above."""
    say, block = site.speech.say, told.rule.block
    yield tag("h2", say("Text"))
    text = tag("pre", "\n".join(spelling(told.rule._replace(say={}, remedy={}))), tabindex="0", aria_label=say("Text"))
    if not told.written or block is None:
        yield text
        return
    yield tag("pre", "\n".join(told.written), tabindex="0", aria_label=say("The block as it is written"))
    yield tag("details", tag("summary", say("The rule of its name, written out")), text)
    whole = expansion(block, site.pack, Look()).rstrip("\n")
    summary = tag("summary", say("All that the block stands for"))
    yield tag("details", summary, tag("pre", whole, tabindex="0", aria_label=say("All that the block stands for")))


def _messages(each: Rule, site: Site) -> Iterator[Html]:
    """What a report would say, with the variables it puts in."""
    texts = ((each.say, site.speech.say("Where it is not kept")), (each.remedy, site.speech.say("What helps")))
    told = [(label, templates.get(site.speech.language) or templates.get("en")) for templates, label in texts]
    parts = [tag("p", tag("span", label, class_="label"), _message(template)) for label, template in told if template]
    if parts:
        yield tag("div", *parts, class_="card")


def _message(template: Template) -> Html:
    return together(
        prose(part) if isinstance(part, str) else tag("var", str(part).removeprefix("$")) for part in template
    )


_MANY = 20  # rows that are shown at once


def _section(section: Section, site: Site) -> Iterator[Html]:
    rows = [tag("li", site.told(row, _UP)) for row in section.rows]
    yield tag("h2", section.heading.rstrip(":："))
    yield tag("ul", together(rows[:_MANY]), class_="rows")
    if left := rows[_MANY:]:
        more = site.speech.many("and {number} more", "and {number} more", len(left))
        yield tag("details", tag("summary", more), tag("ul", together(left), class_="rows"))


def _drawn(each: Rule, site: Site) -> Iterator[Html]:
    if site.draws:
        near = around(site.graph, each.id)
        yield tag("h2", site.speech.say("Graph"))
        yield drawing(near, site, _UP, site.speech.say("What goes into {rule}, and what comes out of it", rule=each.id))


def _siblings(each: Rule, site: Site) -> Html:
    ids = list(site.pack.rules)
    place = ids.index(each.id)
    before = link(rule_page(ids[place - 1])[len("rules/") :], "← ", tag("code", ids[place - 1])) if place else Html()
    after = (
        link(rule_page(ids[place + 1])[len("rules/") :], tag("code", ids[place + 1]), " →")
        if place + 1 < len(ids)
        else Html()
    )
    return tag("nav", before, after, class_="siblings", aria_label=site.speech.say("Neighbours in the list"))


def retired(each: Retired, site: Site) -> str:
    """What a rule was that is no longer judged, since when, and why."""
    say = site.speech.say
    content = [
        tag("p", tag("code", each.id), class_="eyebrow"),
        tag("h1", site.text(each.title)),
        tag("p", prose(say("Not judged since {day}: {why}", day=str(each.since), why=site.text(each.why)))),
        tag("dl", tag("dt", say("Written at:")), tag("dd", str(each.place)), class_="facts"),
    ]
    return site.page(rule_page(each.id), f"{each.id}: {site.text(each.title)}", *content)
