"""Why a rule says nothing of a case, and the smallest change of the case under which it would speak.

The reason is read off the rule's own `when`: what it looks for in vain, and what came near. The change is found by
trying: what is missing is stated in the case, the case is judged again, and so on until the rule speaks.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

from checker.case import read_case
from checker.dates import Date
from checker.derivation import Derivations
from checker.errors import CaseError
from checker.json_text import dumps
from checker.judging import OpenPack
from checker.load import Document, load, plain
from checker.messages import both
from checker.missing import NearMisses, gaps
from checker.model import Case, Level, Rule, text_in
from checker.outcome import Outcome
from checker.read_off import search_in
from checker.referee import judge
from checker.referee_match import LISTED
from checker.referee_open import part_of
from checker.speech import Speech
from checker.stating import FactStated, FieldStated, ListStated, Plain, Statement, joined, stated
from checker.verdict import Missing, PatchStep
from checker.wishes import Wish, Wishes, met, words_of

_MOST_WISHES = 8
_MOST_TRIED, _FEW_TRIED = 80, 15  # judgements for one rule: the one asked about, one of many


class Would(NamedTuple):
    """A change under which the rule speaks: of the case, as a JSON Patch on it, or of the readings; in words."""

    text: str
    change: tuple[PatchStep, ...]
    readings: tuple[tuple[str, str], ...] = ()


class WhyNot(NamedTuple):
    """A rule that said nothing: what its `when` looked for in vain, or `elsewhere`, where all of it was found.

    `would`: what would make it speak, proven by judging again; None where nothing small was found, or was not `sought`.
    """

    rule: str
    title: str
    missing: tuple[Missing, ...]
    elsewhere: str
    would: Would | None
    sought: bool


class _State(NamedTuple):
    """A case changed so far, and what it comes to in the one world looked at."""

    wishes: tuple[Wish, ...]
    statements: tuple[Statement, ...]
    case: Case
    outcome: Outcome


class Silence:
    """Why rules say nothing of a case under the default readings."""

    def __init__(self, opened: OpenPack, case: Case, document: Document, outcome: Outcome, speech: Speech) -> None:
        """Tell of the outcome of the case as the document has it."""
        self.pack, self.case, self.speech = opened.pack, case, speech.naming(opened.pack.names)
        self.document, self.world = document, outcome.worlds[0]
        self.search = search_in(self.pack, case, outcome, 0)
        self.near = NearMisses(self.search, Derivations(self.pack, case, outcome, 0, self.speech))
        self.outcome = outcome

    def of(self, rule: Rule, *, seek: bool) -> WhyNot:
        """The first item of `when` that nothing meets, and what came near; else what else stands in the way.

        `seek`: look for a change also where nothing came near.
        """
        title = text_in(rule.title, self.speech.language)
        if not part_of(rule.reading, dict(self.world)):
            return WhyNot(rule.id, title, (), self._other_reading(rule), self._under_reading(rule), sought=True)
        missing: list[Missing] = []
        for gap in gaps(self.search, rule.when, {}, LISTED, None):
            told = self.near.missing(gap, None)
            if told is not None and told not in missing:
                missing.append(told)
        sought = seek or not missing or any(each.near for each in missing)
        would = self._would(rule, _MOST_TRIED if seek else _FEW_TRIED) if sought else None
        elsewhere = "" if missing else self._elsewhere(rule)
        return WhyNot(rule.id, title, tuple(missing), elsewhere, would, sought)

    def concluded(self, rule: Rule) -> WhyNot:
        """Of a rule that makes no findings, a definition or a permission, what it came to."""
        facts = {
            step.fact: None
            for step, label in self.outcome.steps.items()
            if step.match.rule == rule.id and label.possible & 1
        }
        told = ", ".join(str(self.near.derivations.view(fact)) for fact in sorted(facts, key=repr))
        if rule.mode == "means":
            reason = self.speech.say("it is a definition; here it concludes {facts}", facts=told)
        else:
            reason = self.speech.say(
                "it is a permission, and holds here; it displaces {rules}", rules=", ".join(rule.overrides)
            )
        return WhyNot(rule.id, text_in(rule.title, self.speech.language), (), reason, None, sought=False)

    # --- what else stands in the way ------------------------------------------------

    def _other_reading(self, rule: Rule) -> str:
        told = ", ".join(f"{question}={option}" for question, option in rule.reading)
        return self.speech.say("it is part of another reading: {readings}", readings=told)

    def _under_reading(self, rule: Rule) -> Would | None:
        """Whether the reading that it is part of would do."""
        world = tuple({**dict(self.world), **dict(rule.reading)}.items())
        if not speaks(rule, judge(self.pack, self.case, (world,))):
            return None
        told = ", ".join(f"{question}={option}" for question, option in rule.reading)
        return Would(self.speech.say("It would apply under {readings}.", readings=told), (), rule.reading)

    def _elsewhere(self, rule: Rule) -> str:
        """Everything in `when` is met: the days, or what it may still come to."""
        days = [way.day for way in self.search.ways(rule.when, {}, LISTED) if way.level == Level.DEFINITE]
        day = next((day for day in days if isinstance(day, Date)), self.case.as_of)
        say, force = self.speech.say, self.pack.force
        start, end = rule.valid
        if start is not None and day < start:
            return say("the rule holds from {first}, and {day} lies before", first=start, day=day)
        if end is not None and day > end:
            return say("the rule held until {last}, and {day} lies after", last=end, day=day)
        if force.start is not None and day < force.start and not rule.before_force:
            return say("the agreement is in force from {first}, and {day} lies before", first=force.start, day=day)
        if rule.mode == "permits":
            return say("its own exception is met, or nothing it permits is forbidden")
        return say("the agreement is no longer in force on {day}", day=day)

    # --- what would make it speak -----------------------------------------------------

    def _would(self, rule: Rule, most: int) -> Would | None:
        """A change that does, without any part that is not needed: what brings the rule furthest is gone on with."""
        written: Plain = plain(self.document.root)  # type: ignore[assignment]  # else it is no case
        start = _State((), (), self.case, self.outcome)
        states, tried = [(self._rank(rule, start), 0, start)], 0
        while states and tried < most:
            *_, state = heappop(states)
            wishes = self._wishes(written, state, rule) if len(state.wishes) < _MOST_WISHES else []
            for wish in wishes:
                after = self._after(written, (*state.wishes, wish))
                tried += 1
                if after is None or tried > most:
                    continue
                if speaks(rule, after.outcome):
                    return self._told(written, self._needed(written, after, rule))
                heappush(states, (self._rank(rule, after), tried, after))
        return None

    def _rank(self, rule: Rule, state: _State) -> tuple[float, int]:
        """The more of `when` is met the better, and the fewer facts are changed."""
        search = search_in(self.pack, state.case, state.outcome, 0)
        changed = {each.path for each in state.statements if not isinstance(each, ListStated)}
        return -met(rule, search), len(changed)

    def _wishes(self, written: Plain, state: _State, rule: Rule) -> list[Wish]:
        search = search_in(self.pack, state.case, state.outcome, 0)
        return Wishes(self.pack, state.case, search, stated(written, state.statements)[0], self.speech).of(rule)

    def _needed(self, written: Plain, state: _State, rule: Rule) -> _State:
        """The same without fields that need not be stated."""
        for wish in state.wishes:
            if all(isinstance(each, FieldStated) for each, _ in wish.statements):
                less = self._after(written, tuple(each for each in state.wishes if each is not wish))
                if less is not None and speaks(rule, less.outcome):
                    state = less
        return state

    def _after(self, written: Plain, wishes: tuple[Wish, ...]) -> _State | None:
        """The case with the wishes come true; None where it would be no case."""
        statements: tuple[Statement, ...] = ()
        for statement, _ in (each for wish in wishes for each in wish.statements):
            statements = joined(statements, statement)
        try:
            text = dumps(stated(written, statements)[0])
            (document,) = load(text, self.case.name, error=CaseError, format="json")
            case = read_case(document, self.pack, self.case.name, self.case.as_of, self.case.as_of)
        except CaseError:
            return None
        return _State(wishes, statements, case, judge(self.pack, case, (self.world,)))

    def _told(self, written: Plain, state: _State) -> Would:
        """In words; of a fact that was added and then filled in, with all that it states at once."""
        added = {each.path: each for each in state.statements if isinstance(each, FactStated)}
        told: dict[str, None] = {}
        for statement, words in (each for wish in state.wishes for each in wish.statements):
            fact = added.get(statement.path) if isinstance(statement, (FactStated, FieldStated)) else None
            told[words if fact in (None, statement) else words_of(fact, self.speech)] = None
        text = self.speech.say("It would apply if {conditions}.", conditions=both(told, self.speech))
        return Would(text, stated(written, state.statements)[1])


def speaks(rule: Rule, outcome: Outcome) -> bool:
    """Whether the rule applies for certain in the first world: it has a finding; a permission or definition holds."""
    return any(match.rule == rule.id and label.certain & 1 for match, label in outcome.matches.items())
