"""What a case leaves to be done: duties, conditions and prohibitions that are not settled yet, and their last days.

The statuses are the outcome's. A finding tells one status and one day; here each match is looked at in each
combination of readings, since a calendar has to know every day on which something may fall due.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.dates import Date
from checker.derivation import view
from checker.entry import Found, Kind, Telling, What, change_of
from checker.errors import Place
from checker.messages import fill
from checker.model import Case, Fact, Mode, Pack, Rule, text_in
from checker.outcome import Match, Outcome, Status
from checker.referee_values import value_of_term
from checker.speech import Speech
from checker.values import NONE, Term, Value, render
from checker.verdict import Verdict

_KINDS: Mapping[Mode, Kind] = {"owes": "duty", "needs": "condition", "forbids": "prohibition"}


def duties_of(pack: Pack, case: Case, outcome: Outcome, verdict: Verdict, speech: Speech) -> Iterator[Found]:
    """Everything with a due day, or with `due: none`, that is not settled, under each combination of readings.

    The elements of a block are left out where its own rule, which asks for all of them, speaks of the same.
    """
    findings = {(each.rule, each.subject): each for each in verdict.findings}
    places = _places(case, outcome)
    for match, statuses in outcome.statuses.items():
        rule, env = pack.rules[match.rule], dict(match.bindings)
        due = _due(pack, rule, env)
        if due is None or (rule.block not in (None, rule.id) and (rule.block, match.subject) in findings):
            continue
        finding = findings.get((rule.id, match.subject))
        telling = Telling(
            title=text_in(rule.title, speech.language),
            basis=rule.basis if finding is None else finding.rests_on,
            severity=rule.severity,
            remedy=_remedy(pack, rule, env, speech),
            place=places.get(match) or (None if finding is None else finding.place),
        )
        day = due if isinstance(due, Date) else None
        for world, status in statuses:
            if status in ("pending", "undetermined"):
                change = change_of(outcome.worlds[0], outcome.worlds[world])
                yield change, _what(pack, case, match, status, due), telling, day


def _places(case: Case, outcome: Outcome) -> Mapping[Match, Place]:
    """Where the case states the first fact that a match rests on: a finding may stand for several."""
    stated = {given.fact: given.place for given in case.given}
    found: dict[Match, Place] = {}
    for witness in outcome.witnesses:
        places = [stated[fact] for fact in witness.facts if fact in stated] if witness.part == "when" else []
        if places:
            found[witness.match] = min(places[0], found.get(witness.match, places[0]))
    return found


def _what(pack: Pack, case: Case, match: Match, status: Status, due: Value) -> What:
    rule, env = pack.rules[match.rule], dict(match.bindings)
    by, action = _name(pack, rule.by, env), env.get("action")
    return What(
        kind=_KINDS[rule.mode],
        rule=rule.id,
        parties=() if by is None else (by,),
        towards=other_party(pack, by) if rule.towards == "other-party" else _name(pack, rule.towards, env),
        about=action if isinstance(action, str) else _spelt(pack, case, match.subject),
        status="pending" if status == "pending" else "undetermined",
        certain=status == "pending",
        undated=None if isinstance(due, Date) else "none" if due is NONE else "unknown",
    )


def _due(pack: Pack, rule: Rule, env: Mapping[str, Value]) -> Value | None:
    """The last day; None where the rule knows none, so that it is judged at once."""
    if isinstance(rule.due, Term):
        return value_of_term(rule.due, env, pack.rounding)
    return None if rule.due is None else NONE


def _name(pack: Pack, term: Term | None, env: Mapping[str, Value]) -> str | None:
    """Who it is, as the case or the pack writes the name; None where nobody is named."""
    value = None if term is None else value_of_term(term, env, pack.rounding)
    return value if isinstance(value, str) else None


def other_party(pack: Pack, party: str | None) -> str | None:
    """The party that is not this one; None where it is no party, or there are not two."""
    others = [each for each in pack.parties if each != party]
    return others[0] if party in pack.parties and len(others) == 1 else None


def _remedy(pack: Pack, rule: Rule, env: Mapping[str, Value], speech: Speech) -> str | None:
    template = rule.remedy.get(speech.language) or rule.remedy.get("en")
    return None if template is None else fill(template, env, pack.rounding, speech)


def _spelt(pack: Pack, case: Case, subject: tuple[Value | Fact, ...]) -> str:
    """What a rule speaks of where that is no action: values, or a fact by its name in the case."""
    named = {given.fact: given.name for given in case.given}
    return ", ".join(
        named.get(each) or str(view(pack.types[each.type], each, None)) if isinstance(each, Fact) else render(each)
        for each in subject
    )
