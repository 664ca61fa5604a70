"""Which options of readings a judged case turns on: with another one of the same question a finding is another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TypeAlias

from checker.outcome import WORST_FIRST, Outcome, Status, WorldKey
from checker.verdict import Verdict

Option: TypeAlias = "tuple[str, str]"  # (question, option)


def decisive(outcome: Outcome, verdict: Verdict) -> frozenset[Option]:
    """The options that decide a contested finding, each pair of them that tells two worlds apart.

    Where readings differ about harmless statuses only, no test could tell; such a finding decides nothing.
    """
    return frozenset(
        option
        for finding in verdict.findings
        if finding.status == "contested"
        for option in _turning(outcome, _by_world(outcome, finding.rule, finding.subject))
    )


def _by_world(outcome: Outcome, rule: str, subject: tuple[object, ...]) -> Mapping[int, Status]:
    """The status of a finding in each world: that of its worst match, `silent` where it has none."""
    found: dict[int, Status] = dict.fromkeys(range(len(outcome.worlds)), "silent")
    for match, statuses in outcome.statuses.items():
        if (match.rule, match.subject) == (rule, subject):
            for world, status in statuses:
                found[world] = min(status, found[world], key=WORST_FIRST.index)
    return found


def _turning(outcome: Outcome, statuses: Mapping[int, Status]) -> Iterator[Option]:
    for one, other in combinations(statuses, 2):
        apart = _apart(outcome.worlds[one], outcome.worlds[other])
        if len(apart) == 1 and statuses[one] != statuses[other]:
            yield from apart[0]


def _apart(one: WorldKey, other: WorldKey) -> list[tuple[Option, Option]]:
    """The questions that two worlds settle otherwise, with the option of each."""
    return [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
