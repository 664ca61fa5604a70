"""A date of an agreement, told once with all the days on which it falls under one reading or another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

from checker.dates import Date
from checker.errors import Place
from checker.model import Severity

Change: TypeAlias = "tuple[tuple[str, str], ...]"  # (question, option): what differs from the default readings
Kind = Literal["duty", "condition", "prohibition", "last-notice", "period-end", "term-end", "period-start"]
KINDS: tuple[Kind, ...] = ("duty", "condition", "prohibition", "last-notice", "period-end", "term-end", "period-start")


class What(NamedTuple):
    """What falls on a day. Dates that agree in all of it are one date, which may have other days under other readings.

    `parties`: who has to act by then, or whom the term binds; () where a rule doesn't say. `about`: the action, or
    what else a rule speaks of. `period`: the number of the one it belongs to. `status`: of what is not settled yet.
    `certain`: else the case leaves open whether there is such a date. `undated`: the rule sets no day (`none`), or
    the case doesn't say it (`unknown`).
    """

    kind: Kind
    rule: str | None
    parties: tuple[str, ...]
    towards: str | None = None
    about: str | None = None
    period: int | None = None
    status: Literal["pending", "undetermined"] | None = None
    certain: bool = True
    undated: Literal["none", "unknown"] | None = None


class Telling(NamedTuple):
    """What is told beside a date, as the first reading has it; `basis`: the weakest that it rests on."""

    title: str
    basis: str | None
    severity: Severity | None = None
    remedy: str | None = None
    place: Place | None = None


class Under(NamedTuple):
    """A day (None: it has none), and when it is that: by default, or under the smallest `changes` of readings."""

    day: Date | None
    default: bool
    changes: tuple[Change, ...]


class Entry(NamedTuple):
    """A date on all its days, the earliest first. `renewed`: it is one only if the term is renewed until then."""

    what: What
    telling: Telling
    days: tuple[Under, ...]
    renewed: bool = False

    def next(self, today: Date) -> Under | None:
        """Of its days that are not past the one by default, else the one that the smallest change brings."""
        ahead = [each for each in self.days if each.day is not None and each.day >= today]
        return min(ahead, key=_nearest_to_default, default=None)


def _nearest_to_default(under: Under) -> tuple[int, str]:
    return 0 if under.default else min(map(len, under.changes)), str(under.day)


Found: TypeAlias = "tuple[Change, What, Telling, Date | None]"  # a date as one combination of readings has it


def change_of(home: Change, combination: Change) -> Change:
    """What a combination of readings changes of the default one."""
    return tuple(pair for pair, usual in zip(combination, home, strict=True) if pair != usual)


def merged(found: Iterable[Found]) -> Iterator[Entry]:
    """Each date once. Where one reading has it on several days (two requests, one rule), it is as many dates."""
    tellings: dict[What, dict[Change, dict[Date | None, Telling]]] = {}
    for change, what, telling, day in sorted(found, key=lambda each: len(each[0])):
        tellings.setdefault(what, {}).setdefault(change, {}).setdefault(day, telling)
    for what, by_change in tellings.items():
        for nth in range(max(map(len, by_change.values()))):
            on: dict[Date | None, list[Change]] = {}
            told: list[Telling] = []
            for change, days in by_change.items():
                for day in sorted(days, key=str)[nth : nth + 1]:
                    on.setdefault(day, []).append(change)
                    told.append(days[day])
            unders = (Under(day, () in changes, smallest(changes)) for day, changes in on.items())
            yield Entry(what, told[0], tuple(sorted(unders, key=lambda each: str(each.day))))


def smallest(changes: list[Change]) -> tuple[Change, ...]:
    """The changes that contain no other; () where the default readings are among them."""
    sets = [frozenset(change) for change in changes]
    kept = (change for change, own in zip(changes, sets, strict=True) if not any(other < own for other in sets))
    return tuple(sorted(change for change in kept if change))
