"""What an outcome says, read off for those who explain it: statuses by world, the facts of a world, days at hand."""

from __future__ import annotations

from checker.dates import Date, Duration
from checker.model import Case, Fact, Level, Pack, Rule
from checker.outcome import WORST_FIRST, Outcome, Status
from checker.reads import patterns_of
from checker.referee_match import Facts, Search
from checker.referee_values import moved_by
from checker.values import Unknown, Value, render
from checker.worlds import Worlds

Subject = tuple["Value | Fact", ...]
Tables = dict[tuple[str, Subject], dict[int, Status]]  # by rule and subject, then by world


def tables_of(outcome: Outcome, worlds: Worlds) -> Tables:
    """By rule and subject the status in each world that matters to the rule, the default's first; the worst counts."""
    tables: Tables = {}
    for match, statuses in outcome.statuses.items():
        looked_at = worlds.of_rule[match.rule]
        table = tables.setdefault((match.rule, match.subject), dict.fromkeys(looked_at, "silent"))
        for world, status in statuses:
            if world in table:
                table[world] = min(status, table[world], key=WORST_FIRST.index)
    return tables


def spelt_subject(subject: Subject, pack: Pack) -> str:
    """What a finding speaks of, as `rule@subject` has it: an action by its id, a fact by its id or first value."""
    return ", ".join(_short(part, pack) for part in subject)


def _short(part: Value | Fact, pack: Pack) -> str:
    if not isinstance(part, Fact):
        return render(part)
    values = dict(zip(pack.types[part.type].fields, part.values, strict=True))
    own = values.get("id")
    known = (render(value) for value in values.values() if not isinstance(value, Unknown))
    return f"{part.type} {own if isinstance(own, str) else next(known, '')}".rstrip()


def search_in(pack: Pack, case: Case, outcome: Outcome, world: int) -> Search:
    """A search among the facts of one world."""
    facts, bit = Facts(pack, case), 1 << world
    for fact, label in outcome.facts.items():
        if label.possible & bit:
            facts.add({fact: Level.DEFINITE if label.certain & bit else Level.POSSIBLE})
    return Search(pack, case, dict(outcome.worlds[world]), facts)


def days_stated(search: Search) -> set[Date]:
    """The days of the facts there are."""
    return {value for fact in search.facts.levels for value in fact.values if isinstance(value, Date)}


def days_at_hand(rule: Rule, search: Search) -> set[Date]:
    """The days of the facts there are, and these moved as the rule moves days."""
    known = days_stated(search)
    steps = {
        (step.sign, step.amount)
        for pattern in patterns_of(rule)
        for test in pattern.tests
        for term in test.terms
        for step in term.steps
        if isinstance(step.amount, Duration)
    }
    moved = {moved_by(day, amount, sign, search.pack.rounding) for day in known for sign, amount in steps}
    return known | {day for day in moved if isinstance(day, Date)}
