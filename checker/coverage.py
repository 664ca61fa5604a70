"""What tests have shown of a pack: each rule's statuses beside those its shape allows, day limits, and readings.

A judged rule can be violated, satisfied, undetermined, pending, excused, overridden,
contested, or silent: the case holds what the rule speaks of, and the rule does not
apply to it. What its text rules out is not asked for: `pending` without a due day,
`excused` without an exception, and so on (`allowed`). A definition has to fire, a
permission has to displace something. Of a day limit tests should come to the day before, the
day itself and the day after; each option of a reading should decide one. Only tests that pass show anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from checker.allowed import DISPLACES, FIRES, JUDGED, allowed
from checker.decisive import decisive
from checker.grounds import Setting, setting
from checker.limits import SIDES, Limit, Side, meetings, probes_of
from checker.model import Case, Force, Mode, Pack, Rule
from checker.outcome import Outcome
from checker.reads import patterns_in
from checker.strata import reading_dependencies
from checker.verdict import Verdict

__all__ = [
    "DISPLACES",
    "FIRES",
    "JUDGED",
    "STATUSES",
    "LimitCoverage",
    "PackCoverage",
    "ReadingCoverage",
    "RuleCoverage",
    "Tally",
    "allowed",
]

STATUSES = ("violated", "satisfied", "undetermined", "pending", "excused", "overridden", "contested", "silent")


class RuleCoverage(NamedTuple):
    """How many tests saw a rule in each status that its shape allows."""

    rule: str
    mode: Mode
    seen: Mapping[str, int]

    @property
    def missing(self) -> tuple[str, ...]:
        """The statuses no test saw."""
        return tuple(status for status, tests in self.seen.items() if not tests)


class LimitCoverage(NamedTuple):
    """How many tests came to each side of a day limit."""

    limit: Limit
    seen: Mapping[Side, int]

    @property
    def missing(self) -> tuple[Side, ...]:
        """The sides to which no test came."""
        return tuple(side for side, tests in self.seen.items() if not tests)


class ReadingCoverage(NamedTuple):
    """How many tests turn on each option of a question."""

    question: str
    seen: Mapping[str, int]

    @property
    def missing(self) -> tuple[str, ...]:
        """The options that decided nothing."""
        return tuple(option for option, tests in self.seen.items() if not tests)


class PackCoverage(NamedTuple):
    """All of it for a pack; limits are counted only where they are asked for."""

    pack: str
    rules: tuple[RuleCoverage, ...]
    limits: tuple[LimitCoverage, ...] = ()
    readings: tuple[ReadingCoverage, ...] = ()

    @property
    def allowed(self) -> int:
        """How many statuses there are to be seen."""
        return sum(len(each.seen) for each in self.rules)

    @property
    def shown(self) -> int:
        """How many of them were."""
        return self.allowed - sum(len(each.missing) for each in self.rules)

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all."""
        return 100 * self.shown // self.allowed if self.allowed else 100


class Tally:
    """Counts, test by test, what was seen of a pack's rules."""

    def __init__(self, pack: Pack, *, limits: bool = False) -> None:
        """Nothing was seen so far. `limits`: look for day limits too, which takes its time."""
        self.pack = pack
        self._probes = {rule.id: probes_of(rule, pack) for rule in pack.rules.values()} if limits else {}
        self._sides: Counter[tuple[Limit, Side]] = Counter()
        self._options: Counter[tuple[str, str]] = Counter()
        self._tests: Counter[tuple[str, str]] = Counter()
        self._spoken_of = {rule.id: _spoken_of(rule, pack) for rule in pack.rules.values() if rule.mode in JUDGED}

    def add(self, case: Case, verdict: Verdict, outcome: Outcome) -> None:
        """Count what one test saw."""
        self._tests.update(self.statuses_in(case, verdict, outcome))
        self._options.update(decisive(outcome, verdict))
        if self._probes:
            self._sides.update(self._sides_in(setting(self.pack, case, outcome)))

    def statuses_in(self, case: Case, verdict: Verdict, outcome: Outcome) -> set[tuple[str, str]]:
        """In which statuses a test saw which rules."""
        seen = {(each.rule, str(each.status)) for each in verdict.findings}
        seen |= {(name, "silent") for name in self._silent(case, outcome)}
        seen |= {(step.match.rule, FIRES) for step, label in outcome.steps.items() if label.certain}
        for match, displacers in outcome.displaced.items():
            worlds = sum(1 << world for world, status in outcome.statuses.get(match, ()) if status == "overridden")
            seen |= {(name, DISPLACES) for name, label in displacers if label.certain & worlds}
        return seen

    def _sides_in(self, test: Setting) -> set[tuple[Limit, Side]]:
        """On which sides of which limits the test came."""
        found = (
            each for name, probes in self._probes.items() for each in meetings(test, self.pack.rules[name], probes)
        )
        return {(each.limit, each.side) for each in found if each.side is not None}

    def _silent(self, case: Case, outcome: Outcome) -> set[str]:
        """Rules that a passing test expects to be silent, or that speak in no reading of what the case holds."""
        expected = {name.partition("@")[0] for name, status in (case.expect or {}).items() if status == "silent"}
        types = {given.fact.type for given in case.given}
        speaking = {match.rule for match in outcome.statuses}
        return expected | {
            name for name, spoken_of in self._spoken_of.items() if name not in speaking and spoken_of & types
        }

    def coverage(self) -> PackCoverage:
        """What was seen, beside what there is to be seen; what was seen is always possible."""
        asked = reading_dependencies(self.pack.rules, Force(None))
        found = []
        for name, rule in self.pack.rules.items():
            possible = allowed(rule, self.pack, depends=bool(asked[name]))
            every = STATUSES if rule.mode in JUDGED else tuple(possible)
            seen = {each: self._tests[name, each] for each in every}
            found.append(RuleCoverage(name, rule.mode, {each: n for each, n in seen.items() if n or each in possible}))
        limits = sorted({probe.limit for probes in self._probes.values() for probe in probes})
        return PackCoverage(
            self.pack.id,
            tuple(found),
            tuple(LimitCoverage(limit, {side: self._sides[limit, side] for side in SIDES}) for limit in limits),
            tuple(
                ReadingCoverage(name, {option: self._options[name, option] for option in question.options})
                for name, question in self.pack.readings.items()
            ),
        )


def _spoken_of(rule: Rule, pack: Pack) -> frozenset[str]:
    """The types of what a rule speaks of: its action, or else the first fact of `when` that a case can state."""
    stated = [pattern.type for pattern in patterns_in(rule.when) if pack.types[pattern.type].given]
    if rule.acts:
        return frozenset(pattern.type for pattern in patterns_in(rule.when) if ("id", "action") in pattern.binds)
    return frozenset(stated[:1])
