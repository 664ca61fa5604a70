"""The term of an agreement on a day: the current period, its end, the last days for notices, what follows.

Nothing is worked out here: the definitions of the pack are judged, far enough ahead that the next
period is there, in every combination of the readings that dates can depend on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from checker.blocks.term import END, PERIOD
from checker.dates import Date, Duration, shift
from checker.derivation import Derivations
from checker.errors import Place
from checker.judging import OpenPack
from checker.model import Case, Fact, Pack
from checker.outcome import Outcome, WorldKey
from checker.referee import judge
from checker.speech import Speech
from checker.values import Value
from checker.verdict import DerivedFact
from checker.worlds import MOST, combinations

_AHEAD = (0, 1, 2, 4, 8, 16, 32, 64, 128)  # years; a chain is followed to the latest day it can matter for
_LIMIT = "limit"  # the element of a block of notices that counts back from the end of a period


class LastDay(NamedTuple):
    """The last day on which a notice, by the block of that id, can end a period."""

    notice: str
    day: Date


class Period(NamedTuple):
    """A period of validity, both days included (`end` None: without end), and the sums its days come from."""

    number: int
    start: Date
    end: Date | None
    notices: tuple[LastDay, ...]
    sums: tuple[str, ...]


class TermOn(NamedTuple):
    """The term on a day, under the readings that `change` tells apart from the default ones.

    `current` is None where the day lies before the first period or after the end; `following` where none follows.
    `ends` is the last day in force where something has set one.
    """

    change: tuple[tuple[str, str], ...]
    current: Period | None
    following: Period | None
    ends: Date | None


def has_term(pack: Pack) -> bool:
    """Whether the pack says how long its agreement lasts."""
    return PERIOD in pack.types


def term_on(opened: OpenPack, day: Date, speech: Speech, case: Case | None = None) -> tuple[TermOn, ...]:
    """The term on the day, with what a case tells if there is one: the default's answer first, then each other once."""
    case = case or Case("", day, True, (), (), (), None, "", Place(""))  # noqa: FBT003 - the day is stated
    worlds = _worlds(opened, case)
    found: dict[WorldKey, TermOn] = {}
    left = list(worlds)
    for years in _AHEAD:
        ahead = replace(case, as_of=shift(day, Duration(months=12), years, "down"))
        outcome = judge(opened.pack, ahead, left)
        for number, key in enumerate(left):
            found[key] = _told(opened.pack, ahead, outcome, number, day, speech)
        left = [key for key in left if found[key].current and not found[key].following and not found[key].ends]
        left = [key for key in left if found[key].current.end]  # type: ignore[union-attr]  # asked for just above
        if not left:
            break
    return tuple(_distinct(worlds, found))


def _worlds(opened: OpenPack, case: Case) -> list[WorldKey]:
    pack = opened.pack
    depends = opened.dependencies.of(case)
    dated = (PERIOD, END, *(limit for _, limit in _limits(pack)))
    makers = [rule.id for rule in pack.rules.values() if any(head.type in dated for head in rule.heads)]
    asked = sorted({question for maker in makers for question in depends[maker]})
    home = {name: question.default for name, question in sorted(pack.readings.items())}
    return combinations(pack, home, asked)[:MOST]


def _limits(pack: Pack) -> list[tuple[str, str]]:
    """The blocks of notices that end a period, each with the type of its limits."""
    named = ((rule.block, rule.heads[0].type) for rule in pack.rules.values() if rule.id == f"{rule.block}/{_LIMIT}")
    return [(block, limit) for block, limit in named if block is not None]


def _told(pack: Pack, case: Case, outcome: Outcome, world: int, day: Date, speech: Speech) -> TermOn:
    bit = 1 << world
    facts = [fact for fact, label in outcome.facts.items() if label.certain & bit]
    derivations = Derivations(pack, case, outcome, world, speech)
    periods = sorted(_periods(pack, facts, derivations), key=lambda each: each.number)
    ends = [last for fact in facts if fact.type == END and isinstance(last := fact.values[0], Date)]
    end = min(ends, default=None)
    current = next((each for each in periods if each.start <= day and (each.end is None or day <= each.end)), None)
    if end is not None and day > end:
        current = None
    later = [each for each in periods if current and each.number == current.number + 1]
    return TermOn((), current, later[0] if later and not (end and end < later[0].start) else None, end)


def _periods(pack: Pack, facts: list[Fact], derivations: Derivations) -> Iterator[Period]:
    limits = _limits(pack)
    for fact in facts:
        if fact.type != PERIOD:
            continue
        values = _values(pack, fact)
        number, start, end = values["number"], values["start"], values["end"]
        if not isinstance(number, int) or not isinstance(start, Date):
            continue
        mine = [each for each in facts if any(each.type == limit for _, limit in limits)]
        mine = [each for each in mine if _values(pack, each)["number"] == number]
        notices = tuple(
            LastDay(notice, last)
            for notice, limit in limits
            for each in mine
            if each.type == limit and isinstance(last := _values(pack, each)["last"], Date)
        )
        trees = derivations.trees((fact, *mine))
        sums = tuple(text for tree in trees if isinstance(tree, DerivedFact) for text in tree.sums)
        yield Period(number, start, end if isinstance(end, Date) else None, notices, tuple(dict.fromkeys(sums)))


def _values(pack: Pack, fact: Fact) -> Mapping[str, Value]:
    return dict(zip(pack.types[fact.type].fields, fact.values, strict=True))


def _distinct(worlds: list[WorldKey], found: Mapping[WorldKey, TermOn]) -> Iterator[TermOn]:
    """Each answer once, with the smallest change of readings that brings it."""
    home = dict(worlds[0])
    changes = {key: tuple(pair for pair in key if home[pair[0]] != pair[1]) for key in worlds}
    told: list[TermOn] = []
    for key in sorted(worlds, key=lambda each: len(changes[each])):
        if found[key] not in told:
            told.append(found[key])
            yield found[key]._replace(change=changes[key])
