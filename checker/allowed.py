"""Which statuses the shape of a rule allows: the rule as it is written, under the default readings.

What its text rules out is not there: `pending` without a due day, `excused` without an exception, and so on.
"""

from __future__ import annotations

from checker.model import PROPOSED, AnyOf, Body, Compare, Count, FactType, Mode, Pack, Pattern, Rule
from checker.questions import HARMLESS
from checker.reads import patterns_in, patterns_of
from checker.values import Term

FIRES = "fires"
DISPLACES = "displaces"
JUDGED: tuple[Mode, ...] = ("needs", "owes", "forbids")


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
