"""The referee: what a verdict means, in plain code, one world at a time.

The referee is the definition (docs/language.md) written down to be read. It takes
the typed pack and the case and nothing else: no compiled program, no strata, no
engine. It tries every fact against every pattern, in the order a reader would,
and is never made harder to read for speed. The engine has to agree with it.

`referee_values` says what tests and sums mean, `referee_match` in which ways a body
holds, `referee_order` what has to be finished first, `referee_world` what follows by
definition, `referee_status` what a rule comes to. Read them in this order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from checker.model import Case, Level, Pack
from checker.outcome import Label, Match, Outcome, Status, WorldKey
from checker.referee_open import part_of
from checker.referee_status import Statuses
from checker.referee_world import Key, World


def judge(pack: Pack, case: Case, worlds: Sequence[WorldKey]) -> Outcome:
    """What the pack makes of the case in each of the worlds."""
    found = [_judged(pack, case, dict(world)) for world in worlds]
    return Outcome(
        worlds=tuple(worlds),
        facts=_labels(world.facts.levels for world in found),
        matches=_labels(world.matches for world in found),
        statuses=_statuses([world.statuses for world in found]),
        steps=_labels(world.steps for world in found),
        witnesses=_labels(world.witnesses for world in found),
        displaced=_displaced([world.displaced for world in found]),
        horizon=_horizon([world.beyond for world in found]),
    )


def _judged(pack: Pack, case: Case, reading: Mapping[str, str]) -> World:
    """One world in which rule after rule is judged, each when all it looks at is finished."""
    world = World(pack, case, reading)
    statuses = Statuses(world)
    for group in world.order.groups:
        rules = [rule for name in group if part_of((rule := pack.rules[name]).reading, reading)]
        if pack.rules[group[0]].mode == "means":
            world.derive(rules, recursive=world.order.is_cycle(group))
        else:
            for rule in rules:
                statuses.judge(rule)
    return world


def _labels(tables: Iterable[Mapping[Key, Level]]) -> dict[Key, Label]:
    """The worlds in which each thing holds certainly and possibly."""
    found: dict[Key, Label] = {}
    for number, table in enumerate(tables):
        for key, level in table.items():
            certain, possible = found.get(key, Label(0, 0))
            bit = 1 << number
            if level:
                found[key] = Label(certain | (bit if level == Level.DEFINITE else 0), possible | bit)
    return found


def _statuses(tables: Sequence[Mapping[Match, Status]]) -> dict[Match, tuple[tuple[int, Status], ...]]:
    """The status of each match by the number of the world, in order."""
    found: dict[Match, tuple[tuple[int, Status], ...]] = {}
    for number, table in enumerate(tables):
        for match, status in table.items():
            found[match] = (*found.get(match, ()), (number, status))
    return found


def _displaced(tables: Sequence[Mapping[Match, Mapping[str, Level]]]) -> dict[Match, tuple[tuple[str, Label], ...]]:
    """By which rules each match is displaced, and in which worlds."""
    pairs = _labels(
        {(match, rule): level for match, by in table.items() for rule, level in by.items()} for table in tables
    )
    found: dict[Match, tuple[tuple[str, Label], ...]] = {}
    for (match, rule), label in sorted(pairs.items(), key=lambda pair: pair[0][1]):
        found[match] = (*found.get(match, ()), (rule, label))
    return found


def _horizon(tables: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """How far the chains behind each rule were followed; a day nobody knows in some world goes before a known one."""
    found: dict[str, str] = {}
    for table in tables:
        for rule, day in table.items():
            found[rule] = day if found.get(rule) != "unknown" else "unknown"
    return found
