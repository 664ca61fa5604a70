"""What tests have shown of each rule: the statuses it was seen in, beside those its shape allows.

A judged rule can be violated, satisfied, undetermined, pending, excused, overridden,
contested, or silent: the case holds what the rule speaks of, and the rule does not
apply to it. What its text rules out is not asked for: `pending` without a due day,
`excused` without an exception, and so on (`allowed`). A definition has to fire, a
permission has to displace something. Only tests that pass show anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from checker.model import PROPOSED, AnyOf, Body, Case, Compare, Count, FactType, Force, Mode, Pack, Pattern, Rule
from checker.outcome import Outcome
from checker.questions import HARMLESS
from checker.reads import patterns_in, patterns_of
from checker.strata import reading_dependencies
from checker.values import Term
from checker.verdict import Verdict

STATUSES = ("violated", "satisfied", "undetermined", "pending", "excused", "overridden", "contested", "silent")
FIRES = "fires"
DISPLACES = "displaces"
JUDGED = ("needs", "owes", "forbids")


class RuleCoverage(NamedTuple):
    """How many tests saw a rule in each status that its shape allows."""

    rule: str
    mode: Mode
    seen: Mapping[str, int]

    @property
    def missing(self) -> tuple[str, ...]:
        """The statuses no test saw."""
        return tuple(status for status, tests in self.seen.items() if not tests)


class PackCoverage(NamedTuple):
    """The same for every rule of a pack."""

    pack: str
    rules: tuple[RuleCoverage, ...]

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

    def __init__(self, pack: Pack) -> None:
        """Nothing was seen so far."""
        self.pack = pack
        self._tests: Counter[tuple[str, str]] = Counter()
        self._spoken_of = {rule.id: _spoken_of(rule, pack) for rule in pack.rules.values() if rule.mode in JUDGED}

    def add(self, case: Case, verdict: Verdict, outcome: Outcome) -> None:
        """Count what one test saw."""
        seen = {(each.rule, str(each.status)) for each in verdict.findings}
        seen |= {(name, "silent") for name in self._silent(case, outcome)}
        seen |= {(step.match.rule, FIRES) for step, label in outcome.steps.items() if label.certain}
        for match, displacers in outcome.displaced.items():
            worlds = sum(1 << world for world, status in outcome.statuses.get(match, ()) if status == "overridden")
            seen |= {(name, DISPLACES) for name, label in displacers if label.certain & worlds}
        self._tests.update(seen)

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
        return PackCoverage(self.pack.id, tuple(found))


# --- what a shape allows ----------------------------------------------------------


def allowed(rule: Rule, pack: Pack, *, depends: bool) -> frozenset[str]:
    """The statuses a rule's shape allows.

    `depends`: a reading stands in the rule, or in a rule whose facts, findings or permissions it looks at. That
    the agreement's end depends on a reading is not enough: it would make every rule contestable.
    """
    if rule.mode == "means":
        return frozenset((FIRES,))
    if rule.mode == "permits":
        return frozenset((DISPLACES,))
    silent = {"silent"} if _may_not_apply(rule, pack) else set()
    contested = {"contested"} if depends else set()
    if not _is_default(rule.reading, pack):
        return frozenset(silent | contested)
    possible = {
        "violated": not (rule.mode == "owes" and rule.due == "none" and _may_always_come(rule.body, pack)),
        "satisfied": rule.mode != "forbids" or (rule.due != "none" and not _is_always_done(rule)),
        "undetermined": _may_be_unknown(rule, pack),
        "pending": _has_time(rule) and (rule.mode == "forbids" or _may_come(rule.body, pack)),
        "excused": any(_is_default(unless.reading, pack) for unless in rule.unless),
        "overridden": any(
            rule.id in (*other.overrides, *other.instead_of) and _is_default(other.reading, pack)
            for other in pack.rules.values()
        ),
    }
    found = {status for status, can_be in possible.items() if can_be}
    if rule.reading:  # it is silent in every other, so whatever is not harmless differs from that
        found &= HARMLESS
    return frozenset(found | silent | contested)


_LOWER = ("at-least", "more-than", "is")


def _is_default(reading: tuple[tuple[str, str], ...], pack: Pack) -> bool:
    return all(pack.readings[question].default == option for question, option in reading)


def _has_time(rule: Rule) -> bool:
    """Whether there is a day to wait for; `due: none` means so for all but a condition."""
    return rule.due is not None and not (rule.mode == "needs" and rule.due == "none")


def _may_come(body: Body | None, pack: Pack) -> bool:
    """Whether a fact still to come could fill a pattern or make up a number: derived facts are concluded."""
    for item in body.items if body else ():
        if isinstance(item, Pattern) and pack.types[item.type].given:
            return True
        if isinstance(item, Count) and pack.types[item.of.type].given and any(op in _LOWER for op, _ in item.bounds):
            return True
        if isinstance(item, AnyOf) and any(_may_come(branch, pack) for branch in item.bodies):
            return True
    return False


def _may_always_come(body: Body | None, pack: Pack) -> bool:
    """Whether facts still to come could meet the whole body on any day, so that it is never too late."""
    return body is not None and all(_always_comes(item, body, pack) for item in body.items)


def _always_comes(item: object, body: Body, pack: Pack) -> bool:
    if isinstance(item, Pattern):
        kind = pack.types[item.type]
        return kind.given and not any(test.field == kind.day for test in item.tests)
    if isinstance(item, Compare):
        return any(name in body.binds for term in (item.left, *item.right) for name in term.variables)
    return isinstance(item, AnyOf) and any(_may_always_come(branch, pack) for branch in item.bodies)


def _is_always_done(rule: Rule) -> bool:
    """Whether what a prohibition names stands in its `when` already, so that where it applies it is broken."""
    if rule.due is not None or rule.body is None:
        return False
    bound = [name for item in rule.body.items if isinstance(item, Pattern) for _, name in item.binds]
    free = {name for name in rule.body.binds if bound.count(name) == 1}
    return all(
        isinstance(item, Pattern)
        and any(
            item.type == stated.type
            and {pair for pair in item.binds if pair[1] not in free} <= set(stated.binds)
            and set(item.tests) <= set(stated.tests)
            for stated in rule.when.items
            if isinstance(stated, Pattern)
        )
        for item in rule.body.items
    )


def _may_be_unknown(rule: Rule, pack: Pack) -> bool:
    """Whether something the rule looks at can be left unknown: all but that an action is there, and its id."""
    looked_at = list(patterns_of(rule))
    variables = [name for pattern in looked_at for _, name in pattern.binds]
    joined = {name for name in variables if variables.count(name) > 1}
    return (
        (_is_dated(rule, pack) and _is_bounded(rule, pack))
        or (isinstance(rule.due, Term) and bool(rule.due.variables))
        or any(isinstance(item, Compare) for body in _bodies(rule) for item in body.items)
        or (rule.mode != "forbids" and any(pack.types[each.type].open for each in patterns_in(rule.body or rule.when)))
        or any(
            kind.derived
            or any(_may_lack(kind, test.field) for test in pattern.tests)
            or any(_may_lack(kind, field) for field, name in pattern.binds if name in joined)
            for pattern in looked_at
            for kind in (pack.types[pattern.type],)
        )
    )


def _may_lack(kind: FactType, field: str) -> bool:
    return not (kind.action and field in ("id", PROPOSED))


def _bodies(rule: Rule) -> tuple[Body, ...]:
    return (rule.when, *([rule.body] if rule.body else []), *(unless.body for unless in rule.unless))


def _may_not_apply(rule: Rule, pack: Pack) -> bool:
    """Whether its `when` can fail although the case holds what it speaks of."""
    first = rule.when.items[0] if rule.when.items else None
    if len(rule.when.items) > 1 or not isinstance(first, Pattern) or rule.reading or _is_bounded(rule, pack):
        return True
    variables = [name for _, name in first.binds]
    return bool(first.tests) or len(set(variables)) < len(variables)


def _is_dated(rule: Rule, pack: Pack) -> bool:
    return any(isinstance(item, Pattern) and pack.types[item.type].day for item in rule.when.items)


def _is_bounded(rule: Rule, pack: Pack) -> bool:
    """Whether there are days on which the rule does not speak."""
    force = pack.force
    starts = rule.valid[0] or (force.start and not rule.before_force)
    ends = rule.valid[1] or ((force.end or force.ended_by) and not rule.survives)
    return bool(starts or ends)


def _spoken_of(rule: Rule, pack: Pack) -> frozenset[str]:
    """The types of what a rule speaks of: its action, or else the first fact of `when` that a case can state."""
    stated = [pattern.type for pattern in patterns_in(rule.when) if pack.types[pattern.type].given]
    if rule.acts:
        return frozenset(pattern.type for pattern in patterns_in(rule.when) if ("id", "action") in pattern.binds)
    return frozenset(stated[:1])
