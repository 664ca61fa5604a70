"""The pages of what rules rest on: clauses, readings, sources, and the facts and acts that cases speak of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from checker.model import Clause, FactType, Field, Question, Rule, Source
from checker.relations import is_status
from checker.report import words
from checker.report.entry import cited
from checker.report.page import Html, chip, link, prose, tag, together
from checker.report.phrase import Ref, listing
from checker.report.site_frame import Site, chips
from checker.verdict import NOT_KNOWN


def clauses(site: Site) -> str:
    """The register: what is known of each clause, and how far rules cover it."""
    say, pack = site.speech.say, site.pack
    lead = words.uncovered(site.coverage.clauses, site.coverage.not_covered, site.speech)
    entries = (_clause(each, site) for each in pack.clauses.values())
    counts = Counter(each.encoded for each in pack.clauses.values())
    tally = chips(
        *(chip(f"{counts[name]} · {say(told)}", name) for name, told in words.ENCODED.items() if counts[name])
    )
    content = [tag("h1", say("Clauses")), tag("p", say("{covered}.", covered=lead), class_="lead"), tally, *entries]
    return site.page("clauses.html", say("Clauses"), *content)


def _clause(clause: Clause, site: Site) -> Html:
    known = clause.says.get("en") not in (None, NOT_KNOWN)
    says = site.text(clause.says) if known else site.speech.say("Its text is not known.")
    chips = (
        [chip(site.speech.say(words.ENCODED[clause.encoded]), clause.encoded)]
        if clause.encoded in words.ENCODED
        else []
    )
    rules = _rules((rule for rule in site.pack.rules.values() if rule.clause == clause.id), site)
    basis = _basis(clause.basis, site) if known else ""
    return _entry(clause.id, chips, tag("p", prose(says)), _soft(prose(site.text(clause.why))), _soft(basis), rules)


def readings(site: Site) -> str:
    """The questions on which careful lawyers differ, and what hangs on each."""
    say = site.speech.say
    lead = tag(
        "p", say("Questions on which careful lawyers differ. Each is judged in every way that matters."), class_="lead"
    )
    entries = (_question(each, site) for each in site.pack.readings.values())
    return site.page("readings.html", say("Readings"), tag("h1", say("Readings")), lead, *entries)


def _question(asked: Question, site: Site) -> Html:
    say = site.speech.say
    options = (
        tag(
            "li",
            tag("code", name),
            " ",
            site.text(told),
            *([" ", chip(say("default"))] if name == asked.default else []),
        )
        for name, told in asked.options.items()
    )
    cites = (tag("li", site.told(cited(each.source, each.quote, site.pack, site.speech), "")) for each in asked.cites)
    related = site.relations.items()
    named = [name for name, each in related if asked.id in each.questions]
    resting = [name for name, each in related if asked.id in each.inherited]
    return _entry(
        asked.id,
        [],
        tag("p", prose(site.text(asked.ask))),
        tag("ul", together(options), class_="rows"),
        _soft(prose(site.text(asked.why))),
        tag("ul", together(cites)) if asked.cites else Html(),
        _names(say("Rules that name it:"), named, site),
        _folded(say("Rules that rest on it:"), resting, site),
    )


def sources(site: Site) -> str:
    """The bibliography."""
    say = site.speech.say
    entries = (_source(each, site) for each in site.pack.sources.values())
    return site.page("sources.html", say("Sources"), tag("h1", say("Sources")), *entries)


def _source(source: Source, site: Site) -> Html:
    title = link(source.url, source.title) if source.url else together([source.title])
    citing = (rule for rule in site.pack.rules.values() if any(cite.source == source.id for cite in rule.cites))
    return _entry(source.id, [], tag("p", title), _soft(_basis(source.basis, site)), _rules(citing, site))


def facts(site: Site) -> str:
    """The vocabulary: what a case can state and propose, and what rules make of it."""
    say = site.speech.say
    types = [each for each in site.pack.types.values() if not is_status(each.name)]
    content = [tag("h1", say("Facts and acts"))]
    for heading, kept in (
        (say("Acts"), [each for each in types if each.action]),
        (say("Facts that cases state"), [each for each in types if each.given and not each.action]),
        (say("Facts that rules make"), [each for each in types if each.derived and not each.given]),
    ):
        content += [tag("h2", heading), *(_type(each, site) for each in kept)] if kept else []
    return site.page("facts.html", say("Facts and acts"), *content)


def _type(kind: FactType, site: Site) -> Html:
    say = site.speech.say
    related = site.relations.items()
    makers = [name for name, each in related if kind.name in each.makes]
    lookers = [name for name, each in related if any(look.type == kind.name for look in each.looks)]
    fields = together((tag("code", _field(each)) for each in kind.fields.values() if each.name != "proposed"), ", ")
    world = chip(say("what is not listed is unknown") if kind.open else say("what is not listed is not so"))
    return _entry(
        kind.name,
        [world] if kind.given and not kind.action else [],
        tag("p", prose(kind.about)),
        tag("p", fields),
        _names(say("Made by:"), makers, site),
        _folded(say("Looked at by:"), lookers, site),
        level="h3",
    )


def _field(field: Field) -> str:
    return f"{field.name}: {' | '.join(field.options) if field.options else field.kind}"


# --- parts ---------------------------------------------------------------------------


def _entry(name: str, chips: Iterable[Html], *content: Html, level: str = "h2") -> Html:
    """An entry that links can lead to."""
    heading = tag(level, tag("a", tag("code", name), href=f"#{name}"), *chips)
    return tag("article", heading, *content, class_="entry", id=name)


def _soft(told: str) -> Html:
    return tag("p", told, class_="soft") if told else Html()


def _basis(basis: str, site: Site) -> str:
    return site.speech.say("Basis: {basis}", basis=words.basis_in_words(basis, site.speech))


def _rules(rules: Iterable[Rule], site: Site) -> Html:
    return _folded(site.speech.say("Rules:"), [rule.id for rule in rules], site)


def _names(label: str, names: Iterable[str], site: Site) -> Html:
    told = listing((Ref("rule", name) for name in names), site.speech)
    return tag("p", tag("span", label, " ", class_="soft"), site.told(told, "")) if told else Html()


_MANY = 12  # names that stand in a line; more are folded


def _folded(label: str, names: list[str], site: Site) -> Html:
    if len(names) <= _MANY:
        return _names(label, names, site)
    told = site.told(listing((Ref("rule", name) for name in names), site.speech), "")
    return tag("details", tag("summary", f"{label} {len(names)}"), tag("p", told))


def each_page(site: Site) -> Iterator[tuple[str, str]]:
    """The pages of the register, by where they lie."""
    yield "clauses.html", clauses(site)
    yield "readings.html", readings(site)
    yield "sources.html", sources(site)
    yield "facts.html", facts(site)
