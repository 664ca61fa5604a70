"""On what rules rest: their sources, how sure these are, and what the register of clauses says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.errors import Place
from checker.lint.finding import Found
from checker.lint.subject import Subject
from checker.lint.walk import JUDGED, authored
from checker.model import BASES, SEVERITIES, Citation, Severity

LONGEST_QUOTE = 120
# What rests on no more than this is no more than that: an analogy warns, a plan that is not the agreement notes.
MOST_SEVERE: Mapping[str, Severity] = {"sibling": "warning", "roadmap-2021": "note"}


def uncited_rules(subject: Subject) -> Iterator[Found]:
    """Rules that cite no source."""
    for rule in authored(subject.pack):
        if not rule.cites:
            yield Found(subject.on_disk(rule.place), rule.id, "the rule cites no source")


def rules_without_clause(subject: Subject) -> Iterator[Found]:
    """Rules that name no clause of the register."""
    for rule in authored(subject.pack):
        if rule.clause is None and subject.pack.clauses:
            yield Found(subject.on_disk(rule.place), rule.id, "the rule belongs to no clause of the register")


def long_quotes(subject: Subject) -> Iterator[Found]:
    """Quotations longer than a line."""
    for about, place, number, cite in _citations(subject):
        if len(cite.quote) > LONGEST_QUOTE:
            told = f"a quotation of {len(cite.quote)} characters; at most {LONGEST_QUOTE}"
            yield Found(subject.inside(place, "cites", number, "quote"), about, told)


def _citations(subject: Subject) -> Iterator[tuple[str, Place, int, Citation]]:
    cited = [(rule.id, rule.place, rule.cites) for rule in authored(subject.pack)]
    cited += [(question.id, question.place, question.cites) for question in subject.pack.readings.values()]
    return ((about, place, number, cite) for about, place, cites in cited for number, cite in enumerate(cites))


def bases_above_sources(subject: Subject) -> Iterator[Found]:
    """Rules that claim to rest on more than any source that they cite."""
    sources = subject.pack.sources
    for rule in authored(subject.pack):
        cited = [sources[cite.source].basis for cite in rule.cites]
        best = min(cited, key=BASES.index, default=rule.basis)
        if BASES.index(rule.basis) < BASES.index(best):
            told = f"basis `{rule.basis}`, but the surest source that the rule cites is `{best}`"
            yield Found(subject.inside(rule.place, "basis"), rule.id, told)


def severities_above_bases(subject: Subject) -> Iterator[Found]:
    """Judged rules more severe than what they rest on allows."""
    for rule in authored(subject.pack):
        most = MOST_SEVERE.get(rule.basis)
        if rule.mode in JUDGED and most and SEVERITIES.index(rule.severity) > SEVERITIES.index(most):
            told = f"severity `{rule.severity}` on basis `{rule.basis}`, which carries `{most}` at most"
            yield Found(subject.inside(rule.place, "severity"), rule.id, told)


def clause_statuses(subject: Subject) -> Iterator[Found]:
    """Clauses that the register calls encoded and no rule names, or the other way round."""
    named = {rule.clause: rule.id for rule in reversed(authored(subject.pack))}
    for clause in subject.pack.clauses.values():
        place = subject.inside(clause.place, "encoded")
        if clause.encoded in ("yes", "partly") and clause.id not in named:
            yield Found(place, clause.id, f"encoded: `{clause.encoded}`, but no rule belongs to this clause")
        elif clause.encoded == "no" and clause.id in named:
            yield Found(place, clause.id, f"encoded: `no`, but `{named[clause.id]}` belongs to this clause")
