"""The term of an agreement as an outcome has it: its periods, their ends, the last days for notices, what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from checker.blocks.term import END, PERIOD
from checker.dates import Date
from checker.entry import Change
from checker.messages import sums_of
from checker.model import Fact, Pack
from checker.outcome import Outcome, Step
from checker.speech import Speech
from checker.values import Value

_LIMIT = "limit"  # the element of a block of notices that counts back from the end of a period


class LastDay(NamedTuple):
    """The last day on which a notice, by the block of that id, can end a period."""

    notice: str
    day: Date


class Period(NamedTuple):
    """A period of validity, both days included (`end` None: without end), and the sums its days come from.

    `rule` is the block, or the rule, that it follows from. `certain`: else it holds only possibly, because what
    would keep it from beginning is not settled.
    """

    number: int
    start: Date
    end: Date | None
    notices: tuple[LastDay, ...]
    sums: tuple[str, ...]
    rule: str
    certain: bool


class LastInForce(NamedTuple):
    """The last day in force, and the rule that sets it (None: the pack or the case states it)."""

    day: Date
    rule: str | None


class PossibleEnd(NamedTuple):
    """A last day in force that the case leaves open (None: or leaves open which day it is), and the rule."""

    day: Date | None
    rule: str | None


class TermOn(NamedTuple):
    """The term on a day, under the readings that `change` tells apart from the default ones.

    `current` is None where the day lies before the first period or after the end; `following` where none follows.
    `ends` is the last day in force where something has set one, `may_end` one before that which is only possible.
    `periods` holds all from the first to the following one.
    """

    change: Change
    current: Period | None
    following: Period | None
    ends: LastInForce | None
    may_end: PossibleEnd | None
    periods: tuple[Period, ...]

    def is_told(self, notices: int) -> bool:
        """Whether it is known what follows, or that nothing does, with the last days of so many blocks of notices."""
        ended = not (self.current and self.current.end) or bool(self.following or self.ends)
        shown = [each for each in (self.current, self.following) if each is not None and each.end is not None]
        return ended and all(len({last.notice for last in each.notices}) >= notices for each in shown)


def has_term(pack: Pack) -> bool:
    """Whether the pack says how long its agreement lasts: by periods, or by a last day."""
    return has_periods(pack) or pack.force.end is not None


def has_periods(pack: Pack) -> bool:
    """Whether the pack has periods as a block of the term makes them (its author may mean others by the word)."""
    return PERIOD in pack.types and {"number", "start", "end"} <= set(pack.types[PERIOD].fields)


def notices_before(pack: Pack, element: str = _LIMIT) -> tuple[str, ...]:
    """The blocks of notices with this element: `limit` counts back from the end of a period, `window` from an act."""
    return tuple(
        dict.fromkeys(rule.block for rule in pack.rules.values() if rule.block and rule.id == f"{rule.block}/{element}")
    )


def dated_types(pack: Pack) -> set[str]:
    """The types of the facts that a term is read off."""
    ended_by = {pack.force.ended_by} if pack.force.ended_by else set()
    return {PERIOD, END} | ended_by | _limit_types(pack)


def _limit_types(pack: Pack) -> set[str]:
    return {pack.rules[f"{block}/{_LIMIT}"].heads[0].type for block in notices_before(pack)}


class Term:
    """The term in one world of an outcome."""

    def __init__(self, pack: Pack, outcome: Outcome, world: int, speech: Speech) -> None:
        """Pick out what holds in the world, certainly or possibly."""
        self.pack, self.speech, self.bit = pack, speech, 1 << world
        self.facts = [fact for fact, label in outcome.facts.items() if label.possible & self.bit]
        self.certain = {fact for fact in self.facts if outcome.facts[fact].certain & self.bit}
        self.steps: dict[Fact, list[Step]] = {}
        for step, label in outcome.steps.items():
            if label.possible & self.bit:
                self.steps.setdefault(step.fact, []).append(step)

    def on(self, day: Date, change: Change) -> TermOn:
        """Where it stands on a day."""
        ends, may_end = self._ends()
        periods = [each for each in self._periods() if ends is None or each.start <= ends.day]
        current = next((each for each in periods if each.start <= day and (each.end is None or day <= each.end)), None)
        if ends is not None and day > ends.day:
            current = None
        following = next((each for each in periods if each.start > day), None)
        last = following or current
        shown = tuple(each for each in periods if last is None or each.number <= last.number)
        return TermOn(change, current, following, ends, may_end, shown)

    def _ends(self) -> tuple[LastInForce | None, PossibleEnd | None]:
        """The first of the last days in force that are set, and the first of those only possible, if it is earlier."""
        sure: list[LastInForce] = []
        unsure: list[PossibleEnd] = []
        if self.pack.force.end is not None:
            sure.append(LastInForce(self.pack.force.end, None))
        for fact in self.facts:
            if fact.type in (END, self.pack.force.ended_by):
                day = self._values(fact).get(self.pack.types[fact.type].day or "")
                if isinstance(day, Date) and fact in self.certain:
                    sure.append(LastInForce(day, self._rule(fact)))
                else:
                    unsure.append(PossibleEnd(day if isinstance(day, Date) else None, self._rule(fact)))
        end = min(sure, key=_by_day, default=None)
        earlier = [each for each in unsure if end is None or each.day is None or each.day < end.day]
        return end, min(earlier, key=_by_day, default=None)

    def _periods(self) -> list[Period]:
        """The periods by their numbers, those that hold for certain before those that possibly do."""
        return sorted(self._each_period(), key=lambda each: (each.number, not each.certain, each.start))

    def _each_period(self) -> Iterator[Period]:
        if not has_periods(self.pack):
            return
        limits = [fact for fact in self.facts if fact.type in _limit_types(self.pack)]
        for fact in self.facts:
            values = self._values(fact) if fact.type == PERIOD else {}
            number, start, end = (values.get(name) for name in ("number", "start", "end"))
            if not isinstance(number, int) or not isinstance(start, Date):
                continue
            mine = sorted((each for each in limits if self._values(each)["number"] == number), key=repr)
            yield Period(
                number=number,
                start=start,
                end=end if isinstance(end, Date) else None,
                notices=tuple(sorted({last for each in mine for last in self._last_days(each)})),
                sums=tuple(dict.fromkeys(told for each in (fact, *mine) for told in self._sums(each))),
                rule=self._rule(fact) or fact.type,
                certain=fact in self.certain,
            )

    def _last_days(self, limit: Fact) -> Iterator[LastDay]:
        """The last day that a limit tells, for each of the blocks that say so."""
        last = self._values(limit)["last"]
        for step in self.steps.get(limit, ()):
            block = self.pack.rules[step.match.rule].block
            if block and isinstance(last, Date):
                yield LastDay(block, last)

    def _rule(self, fact: Fact) -> str | None:
        """The block, or the rule, that a fact follows from: the first of them in order."""
        makers = [self.pack.rules[step.match.rule] for step in self.steps.get(fact, ())]
        return min((rule.block or rule.id for rule in makers), default=None)

    def _sums(self, fact: Fact) -> Iterator[str]:
        """The sums of the step that is first in order."""
        steps = sorted(self.steps.get(fact, ()), key=lambda step: (step.match.rule, repr(step.match.bindings)))
        for step in steps[:1]:
            heads = self.pack.rules[step.match.rule].heads
            terms = [term for head in heads if head.type == fact.type for _, term in head.fields]
            yield from sums_of(terms, dict(step.match.bindings), self.pack.rounding, self.speech)

    def _values(self, fact: Fact) -> Mapping[str, Value]:
        return dict(zip(self.pack.types[fact.type].fields, fact.values, strict=True))


def _by_day(end: LastInForce | PossibleEnd) -> tuple[str, str]:
    return str(end.day or ""), end.rule or ""
