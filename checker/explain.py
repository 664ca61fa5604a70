"""Outcome → findings, each with its whole reason. Built once, after the engines agree, in canonical order.

The statuses are the outcome's; nothing here decides one. What is worked out here
is which match stands for a finding, why its facts hold, what was missing, and how
the readings differ.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from checker.dates import Date
from checker.derivation import Derivations, weakest
from checker.errors import Place
from checker.messages import fill, say, sums_of
from checker.missing import NearMisses, gaps
from checker.model import Body, Case, Clause, Compare, Fact, Level, Pack, Pattern, Rule, Words, text_in
from checker.outcome import WORST_FIRST, Label, Match, Outcome, Status, Witness
from checker.questions import HARMLESS, Again, Questions, overall
from checker.read_off import search_in, spelt_subject, tables_of
from checker.referee_match import LISTED, NEEDED
from checker.referee_values import value_of_term
from checker.speech import ENGLISH, Speech
from checker.values import NONE, Term, Value, render
from checker.verdict import NOT_KNOWN, Ask, DerivedFact, FactView, Finding, FindingStatus, Missing, ReadingStatus
from checker.worlds import Worlds


class Spoken(NamedTuple):
    """The statuses of one rule and subject, by world."""

    rule: Rule
    subject: tuple[Value | Fact, ...]
    statuses: Mapping[int, Status]
    default: int

    @property
    def home(self) -> Status:
        """The status under the default readings."""
        return self.statuses.get(self.default, "silent")

    @property
    def status(self) -> FindingStatus | str:
        """The finding's status: contested where readings differ about more than harmless statuses."""
        return overall(self.home, frozenset(self.statuses.values()))


def spoken(pack: Pack, outcome: Outcome, worlds: Worlds) -> list[Spoken]:
    """Every rule and subject that a judged rule speaks of, with its statuses, sorted."""
    found = [
        Spoken(pack.rules[rule], subject, table, worlds.of_rule[rule][0])
        for (rule, subject), table in tables_of(outcome, worlds).items()
    ]
    return sorted(found, key=lambda each: (each.rule.id, repr(each.subject)))


def explain(
    pack: Pack, case: Case, outcome: Outcome, worlds: Worlds, speech: Speech, again: Again | None
) -> tuple[Finding, ...]:
    """The findings of a case: those whose status is not silent. `again` judges a changed case, for questions."""
    stories: dict[int, _World] = {}
    speech = speech.naming(pack.names)
    questions = Questions(pack, case, again, speech) if again is not None else None
    found = []
    for each in spoken(pack, outcome, worlds):
        if each.status == "silent":
            continue
        world = _telling(each)
        if world not in stories:
            stories[world] = _World(pack, case, outcome, worlds, world, speech=speech, questions=questions)
        story = stories[world]
        found.append(story.finding(each))
    return tuple(sorted(found, key=lambda finding: (finding.place.line, finding.action or "", finding.rule)))


def _telling(each: Spoken) -> int:
    """The world a finding is told in: the default, or where that is silent the first in which it is not."""
    if each.home != "silent":
        return each.default
    return next(world for world, status in each.statuses.items() if status != "silent")


class _World:
    """Findings as told in one world."""

    def __init__(  # noqa: PLR0913 - what a finding is told from
        self,
        pack: Pack,
        case: Case,
        outcome: Outcome,
        worlds: Worlds,
        world: int,
        *,
        speech: Speech,
        questions: Questions | None,
    ) -> None:
        self.pack, self.case, self.outcome, self.worlds, self.speech = pack, case, outcome, worlds, speech
        self.world, self.bit = world, 1 << world
        self.derivations = Derivations(pack, case, outcome, world, speech)
        self.search = search_in(pack, case, outcome, world)
        self.near = NearMisses(self.search, self.derivations)
        self.questions = questions
        self.by_match: dict[Match, list[tuple[Witness, Label]]] = {}
        for witness, label in outcome.witnesses.items():
            self.by_match.setdefault(witness.match, []).append((witness, label))
        self.by_subject: dict[tuple[str, tuple[Value | Fact, ...]], list[Match]] = {}
        for match in outcome.statuses:
            self.by_subject.setdefault((match.rule, match.subject), []).append(match)

    def finding(self, each: Spoken) -> Finding:
        """The finding for one rule and subject."""
        rule, status = each.rule, each.statuses[self.world]
        match = self._match(each, status)
        env = dict(match.bindings)
        due = self._due(rule, env)
        reasons = self._reasons(match, rule, status)
        trees = self.derivations.trees(reasons)
        missing = self._missing(rule, env, due, status)
        place, underline = self._places(match, missing)
        by = self._party(rule, env)
        towards = self._towards(rule, env, by)
        action = env.get("action")
        asked = self._questions(each, env, due) if self._asks(each) else ()
        clause = self.pack.clauses.get(rule.clause or "")
        rules_behind = {rule.id, *self.derivations.rules_behind(trees), *self._displacing(match)}
        return Finding(
            rule=rule.id,
            status=each.status,  # type: ignore[arg-type]  # silent is left out before
            default_status=each.home,  # type: ignore[arg-type]
            severity=rule.severity,
            action=action if isinstance(action, str) else None,
            fingerprint=_fingerprint(rule, each.subject, env),
            title=self._words(rule.title),
            clause=rule.clause,
            clause_says=self._clause_says(clause) if clause else None,
            cites=rule.cites,
            basis=rule.basis,
            rests_on=weakest(self.pack.rules[name].basis for name in rules_behind),
            by=None if by is None else say(by, ENGLISH),
            by_name=None if by is None else say(by, self.speech),
            towards=None if towards is None else say(towards, ENGLISH),
            towards_name=None if towards is None else say(towards, self.speech),
            message=self._message(rule, env, status),
            remedy=self._text(rule, "remedy", env) if status not in HARMLESS else None,
            due=None if due is None else say(due, ENGLISH),
            bindings=match.bindings,
            place=place,
            underline=underline,
            rule_place=rule.place,
            because=trees,
            sums=self._sums(rule, env, missing),
            missing=missing,
            found=tuple(map(self.derivations.view, self._witness(match, ("forbids",)))),
            excused_by=self._excuse(match, rule) if status == "excused" else None,
            overridden_by=self._displacing(match) if status == "overridden" else (),
            repaired_by=self._repaired(rule, env, due) if status == "violated" else (),
            questions=asked,
            readings=self._readings(each),
            reading_note=each.status != "contested" and len(set(each.statuses.values())) > 1,
            then_owes=rule.then_owes if status == "violated" else (),
            horizon=self.outcome.horizon.get(rule.id),
            subject=each.subject,
            about=spelt_subject(each.subject, self.pack),
        )

    def _match(self, each: Spoken, status: Status) -> Match:
        """The match that stands for the finding: of those with its status the first in order."""
        fitting = [
            match
            for match in self.by_subject[each.rule.id, each.subject]
            if dict(self.outcome.statuses[match]).get(self.world) == status
        ]
        return min(fitting, key=lambda match: repr(match.bindings))

    def _asks(self, each: Spoken) -> bool:
        """Whether the case leaves open what the finding comes to. A block's own rule asks for its elements too."""
        block = each.rule.block
        if block is not None and block != each.rule.id and (block, each.subject) in self.by_subject:
            return False
        return "undetermined" in each.statuses.values() and each.status in ("undetermined", "contested")

    def _questions(self, each: Spoken, env: Mapping[str, Value], due: Value | None) -> tuple[Ask, ...]:
        if self.questions is None:
            return ()
        open_ends = []
        if each.rule.body is not None and each.rule.mode != "forbids":
            open_ends = list(gaps(self.search, each.rule.body, env, NEEDED, due))
        return self.questions.of(each.rule, each.subject, each.status, self.search, open_ends)

    def _due(self, rule: Rule, env: Mapping[str, Value]) -> Value | None:
        if rule.due is None:
            return None
        return NONE if rule.due == "none" else value_of_term(rule.due, env, self.pack.rounding)

    # --- why ------------------------------------------------------------------

    def _witness(self, match: Match, parts: tuple[str, ...]) -> tuple[Fact, ...]:
        """The surest facts that fill the parts, the first in order."""
        found = [
            (not label.certain & self.bit, repr(witness.facts), witness)
            for witness, label in self.by_match.get(match, ())
            if witness.part in parts and label.possible & self.bit
        ]
        return min(found, key=lambda each: each[:2])[2].facts if found else ()

    def _reasons(self, match: Match, rule: Rule, status: Status) -> tuple[Fact, ...]:
        """The facts a finding rests on: those of `when`, and those that met, broke or excused it."""
        parts = {"satisfied": ("needs", "owes"), "excused": ("unless",)}.get(status, ("forbids",))
        facts = (*self._witness(match, ("when",)), *self._witness(match, parts))
        if status not in HARMLESS and rule.body is not None and rule.mode != "forbids":
            env, due = dict(match.bindings), self._due(rule, dict(match.bindings))
            for gap in gaps(self.search, rule.body, env, NEEDED, due):
                facts = (*facts, *gap.before[0].facts)  # what was met before the item that was not
        return tuple(dict.fromkeys(facts))

    def _displacing(self, match: Match) -> tuple[str, ...]:
        return tuple(rule for rule, label in self.outcome.displaced.get(match, ()) if label.possible & self.bit)

    def _excuse(self, match: Match, rule: Rule) -> str | None:
        facts = self._witness(match, ("unless",))
        return ", ".join(str(self.derivations.view(fact)) for fact in facts) or (
            self._words(rule.title) if rule.unless else None
        )

    def _missing(self, rule: Rule, env: Mapping[str, Value], due: Value | None, status: Status) -> tuple[Missing, ...]:
        if rule.mode == "forbids" or rule.body is None or status in HARMLESS:
            return ()
        found: list[Missing] = []
        for gap in gaps(self.search, rule.body, env, NEEDED, due):
            each = self.near.missing(gap, due)
            if each is not None and each not in found:
                found.append(each)
        return tuple(found)

    def _repaired(self, rule: Rule, env: Mapping[str, Value], due: Value | None) -> tuple[FactView, ...]:
        """Performance after the due day: it does not undo the breach."""
        if rule.mode == "forbids" or rule.body is None or not isinstance(due, Date):
            return ()
        ways = [way for way in self.search.ways(rule.body, env, LISTED) if way.level == Level.DEFINITE]
        best = min(ways, key=lambda way: repr(way.facts), default=None)
        return tuple(map(self.derivations.view, best.facts)) if best else ()

    def _sums(self, rule: Rule, env: Mapping[str, Value], missing: Iterable[Missing]) -> tuple[str, ...]:
        """The sums behind this finding: of the due day, and of the tests of the body under what matched before them."""
        known = dict(env)
        if rule.body is not None:
            for gap in gaps(self.search, rule.body, env, NEEDED, None):
                known = {**dict(gap.before[0].env), **known} if gap.before else known
                break
            else:
                ways = self.search.ways(rule.body, env, NEEDED)
                known = {**dict(ways[0].env), **known} if ways else known
        terms = [rule.due] if isinstance(rule.due, Term) else []
        terms += list(_terms_of(rule.body)) if rule.body is not None else []
        return tuple(sums_of(terms, known, self.pack.rounding, self.speech)) if missing or terms else ()

    # --- where, who and in what words -------------------------------------------

    def _places(self, match: Match, missing: tuple[Missing, ...]) -> tuple[Place, Place | None]:
        """Where the action (or the first fact) stands, and the value that decided."""
        action = dict(match.bindings).get("action")
        at = next((given for given in self.case.given if self._is_action(given.fact, action)), None)
        for fact in self._witness(match, ("when",)):
            at = at or self.derivations.given(fact)
        forbidden = [given for fact in self._witness(match, ("forbids",)) if (given := self.derivations.given(fact))]
        near = [
            failed.place for each in missing for near in each.near[:1] for failed in near.failed[:1] if failed.place
        ]
        place = at.place if at else self._behind(match) or self.case.place
        if near:
            return place, near[0]
        if forbidden:
            return place, forbidden[0].place
        day = self.pack.types[at.fact.type].day if at else None
        return place, at.values.get(day or "", at.place) if at else None

    def _behind(self, match: Match) -> Place | None:
        """Where the first fact stands from which what the rule speaks of was concluded."""
        left = [*self.derivations.trees(self._witness(match, ("when",)))]
        for each in left:  # grows while it is walked
            if isinstance(each, DerivedFact):
                left.extend(each.because)
            elif each.fact.place is not None:
                return each.fact.place
        return None

    def _is_action(self, fact: Fact, action: Value | None) -> bool:
        return action is not None and self.pack.types[fact.type].action and action in fact.values[:]

    def _party(self, rule: Rule, env: Mapping[str, Value]) -> Value | None:
        value = None if rule.by is None else value_of_term(rule.by, env, self.pack.rounding)
        return None if value is NONE else value

    def _towards(self, rule: Rule, env: Mapping[str, Value], by: Value | None) -> Value | None:
        if rule.towards == "other-party":
            others = [party for party in self.pack.parties if party != by]
            return others[0] if len(others) == 1 else None
        value = None if rule.towards is None else value_of_term(rule.towards, env, self.pack.rounding)
        return None if value is NONE else value

    def _words(self, words: Words) -> str:
        return text_in(words, self.speech.language)

    def _clause_says(self, clause: Clause) -> str:
        """What it says; the word `unknown`, which a report tells in its own words, in every language."""
        return NOT_KNOWN if clause.says.get("en") == NOT_KNOWN else self._words(clause.says)

    def _message(self, rule: Rule, env: Mapping[str, Value], status: Status) -> str:
        """What happened. A rule's own words say a breach; other statuses are told by the rule's title."""
        if status == "violated":
            return self._text(rule, "say", env) or self._words(rule.title)
        return self._words(rule.title)

    def _text(self, rule: Rule, key: str, env: Mapping[str, Value]) -> str | None:
        templates = rule.say if key == "say" else rule.remedy
        template = templates.get(self.speech.language) or templates.get("en")
        return None if template is None else fill(template, env, self.pack.rounding, self.speech)

    def _readings(self, each: Spoken) -> tuple[ReadingStatus, ...]:
        """For each other status the smallest change of readings that brings it."""
        home = dict(self.worlds.keys[each.default])
        best: dict[Status, tuple[tuple[str, str], ...]] = {}
        for world, status in each.statuses.items():
            change = tuple(pair for pair in self.worlds.keys[world] if home[pair[0]] != pair[1])
            if status != each.home and (status not in best or len(change) < len(best[status])):
                best[status] = change
        order = sorted(best.items(), key=lambda pair: WORST_FIRST.index(pair[0]))
        return tuple(ReadingStatus(change, status) for status, change in order)


def _terms_of(body: Body) -> Iterable[Term]:
    for item in body.items:
        if isinstance(item, Pattern):
            yield from (term for test in item.tests for term in test.terms)
        elif isinstance(item, Compare):
            yield from (item.left, *item.right)


def _fingerprint(rule: Rule, subject: tuple[object, ...], env: Mapping[str, Value]) -> str:
    """The same for the same finding wherever its lines stand: rule, subject and bindings, no places."""
    told = [rule.id, [repr(each) for each in subject], {name: render(value) for name, value in sorted(env.items())}]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:32]
