"""What would put a finding right: the smallest changes of the case that do, each proven by judging again.

A change may add a fact that the rule looks for, move a date or take another value where the type marks the field as
`choice`, or drop the action; never who acts, and never what lies before the day of judging. Changes are found where
the rule fails, in each reading in which it fails, and put together (at most three) only where fewer do not help.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from checker.candidates import Candidates, is_to_come
from checker.changes import Change, changed, value_of
from checker.dates import Date, days_between
from checker.model import Case, Fact, Pack, Rule
from checker.outcome import WORST_FIRST, Match, Outcome, Status
from checker.questions import HARMLESS, Again, overall
from checker.read_off import Subject, search_in, tables_of
from checker.values import Unknown
from checker.worlds import Worlds

MOST_CHANGES = 3
_MOST_TRIED = 90  # judgements for one finding
MOST_TRIED_IN_A_CASE = 900
_WIDTH = 5  # unfinished sets of changes gone on with
_MOST_KEPT = 3
_MOST_WORLDS = 2  # looked at for one way the rule speaks; its bindings are the same in all of them


class Remedy(NamedTuple):
    """Changes that make a finding satisfied or excused, with no other finding worse."""

    changes: tuple[Change, ...]
    status: Status


class _State(NamedTuple):
    """A changed case, and what it comes to."""

    changes: tuple[Change, ...]
    case: Case
    outcome: Outcome
    worlds: Worlds


class Remedies:
    """Remedies for the findings of one case."""

    def __init__(self, pack: Pack, case: Case, again: Again) -> None:
        """Look for changes of `case`; `again` judges a changed one."""
        self.pack, self.case, self.again = pack, case, again
        self.left = MOST_TRIED_IN_A_CASE
        self.start = _State((), case, *again(case))
        self.before = dict(_statuses(self.start))

    def of(self, rule: Rule, subject: Subject) -> tuple[Remedy, ...]:
        """The remedies of a finding: fewest changes first, then as `_rank` has it; dropping the action comes last."""
        self.tried, self.seen = 0, False
        found: list[Remedy] = []
        states = [self.start]
        for _ in range(MOST_CHANGES):
            helpful, states = self._step(states, rule, subject, satisfied_only=bool(found))
            found += helpful
            if any(each.status == "satisfied" for each in found):
                break  # an exception met is a way out; what the rule asks for is looked for further
        minimal = [each for each in found if self._is_minimal(each, rule, subject)]
        best: list[Remedy] = []
        for each in sorted(minimal, key=lambda each: (self._rank(each.changes), self._stated(each))):
            if len(best) < _MOST_KEPT and not any(self._says_more(each, other) for other in best):
                best.append(each)
        return (*best, *self._without(rule, subject))

    @property
    def has_stopped(self) -> bool:
        """Whether the last finding, or the case, has had all the judgements it may have."""
        return self.tried >= _MOST_TRIED or self.left <= 0

    def _step(
        self, states: Iterable[_State], rule: Rule, subject: Subject, *, satisfied_only: bool
    ) -> tuple[list[Remedy], list[_State]]:
        """One change more in each of the states: those that help, and the most hopeful of those that don't yet."""
        found: list[Remedy] = []
        following: list[_State] = []
        wanted = ("satisfied",) if satisfied_only else ("satisfied", "excused")
        for state in states:
            for change in self._candidates(state, rule, subject):
                after = self._after(state, change)
                if after is None:
                    continue
                status = dict(_statuses(after)).get((rule.id, self._moved(subject, after)), "silent")
                if status in wanted and not self._worse(after, rule, subject):
                    found.append(Remedy(after.changes, status))
                elif status not in HARMLESS:
                    following.append(after)
            if found and satisfied_only:
                break
        following.sort(key=lambda state: self._hope(state, rule, subject))
        return found, following[:_WIDTH]

    def _stated(self, remedy: Remedy) -> int:
        """How much the facts that it adds state."""
        facts = [change.fact for change in remedy.changes if change.kind == "add"]
        return sum(not isinstance(value, Unknown) for fact in facts for value in fact.values)

    def _says_more(self, remedy: Remedy, other: Remedy) -> bool:
        """Whether it adds what the other adds, with more said of it."""
        pairs = list(zip(remedy.changes, other.changes, strict=False))
        return len(remedy.changes) == len(other.changes) and all(_covers(one, two) for one, two in pairs)

    def case_with(self, remedy: Remedy) -> Case:
        """The case with a remedy's changes made."""
        return changed(self.case, remedy.changes, self.pack)

    # --- trying ----------------------------------------------------------------

    def _after(self, state: _State, change: Change) -> _State | None:
        self.seen = True
        if change in state.changes or self.has_stopped:
            return None
        self.tried += 1
        self.left -= 1
        return self._state((*state.changes, change))

    def _state(self, changes: tuple[Change, ...]) -> _State:
        case = changed(self.case, changes, self.pack)
        return _State(changes, case, *self.again(case))

    def _moved(self, subject: Subject, state: _State) -> Subject:
        """The subject after the changes: a fact that it names may have another value now."""
        facts = {old.path: old.fact for old in self.case.given}
        now = {facts[each.path]: each.fact for each in state.case.given if each.path in facts}
        return tuple(now.get(part, part) if isinstance(part, Fact) else part for part in subject)

    def _worse(self, state: _State, rule: Rule, subject: Subject) -> bool:
        """Whether some other finding is worse than it was, or fails that was not there."""
        for (name, about), status in _statuses(state):
            same = about == self._moved(subject, state) and (name == rule.id or name.startswith(f"{rule.id}/"))
            if status in HARMLESS or same:
                continue
            if _badness(status) < _badness(self.before.get((name, about), "silent")):
                return True
        return False

    def _is_minimal(self, remedy: Remedy, rule: Rule, subject: Subject) -> bool:
        """Whether no part of it would do."""
        for size in range(1, len(remedy.changes)):
            for part in combinations(remedy.changes, size):
                state = self._state(part)
                if dict(_statuses(state)).get((rule.id, self._moved(subject, state))) in ("satisfied", "excused"):
                    return False
        return True

    def _hope(self, state: _State, rule: Rule, subject: Subject) -> tuple[int, tuple[int, ...]]:
        """The better it stands in all readings together, the likelier one change more will do."""
        table = tables_of(state.outcome, state.worlds).get((rule.id, self._moved(subject, state)), {})
        return -sum(map(_badness, table.values())) // max(len(table), 1), self._rank(state.changes)

    def _rank(self, changes: tuple[Change, ...]) -> tuple[int, ...]:
        kinds = ["add", "set", "drop"]
        far = sum(_distance(self.case, change, self.pack) for change in changes)
        return (len(changes), *sorted(kinds.index(change.kind) for change in changes), far)

    def _without(self, rule: Rule, subject: Subject) -> tuple[Remedy, ...]:
        """Leaving the action undone, where it is still to come."""
        if not rule.acts:
            return ()
        for given in self.case.given:
            if self.pack.types[given.fact.type].action and value_of(self.pack, given.fact, "id") == subject[0]:
                if not is_to_come(self.pack, self.case, given.fact):
                    return ()
                change = Change("drop", given.fact, given.path)
                return () if self._worse(self._state((change,)), rule, subject) else (Remedy((change,), "silent"),)
        return ()

    # --- candidates -----------------------------------------------------------------

    def _candidates(self, state: _State, rule: Rule, subject: Subject) -> list[Change]:
        """Changes worth trying, in each world in which the finding fails."""
        found: dict[Change, None] = {}
        moved = self._moved(subject, state)
        for world, match in self._failing(state, rule, moved):
            candidates = Candidates(self.pack, state.case, search_in(self.pack, state.case, state.outcome, world))
            found.update(dict.fromkeys(candidates.of(rule, match)))
        return sorted(found, key=lambda change: (self._rank((change,)), repr(change)))

    def _failing(self, state: _State, rule: Rule, subject: Subject) -> Iterator[tuple[int, Match]]:
        """Worlds in which the finding is not harmless, for each way the rule speaks of it."""
        looked_at = state.worlds.of_rule[rule.id]
        alike = [
            (match, statuses)
            for match, statuses in state.outcome.statuses.items()
            if match.rule == rule.id and match.subject == subject
        ]
        for match, statuses in sorted(alike, key=lambda each: repr(each[0].bindings)):
            failing = [world for world, status in statuses if status not in HARMLESS and world in looked_at]
            yield from ((world, match) for world in failing[:_MOST_WORLDS])


def _statuses(state: _State) -> Iterator[tuple[tuple[str, Subject], Status]]:
    """The status of every finding; one that differs between readings counts as undetermined."""
    for key, table in tables_of(state.outcome, state.worlds).items():
        home = table[state.worlds.of_rule[key[0]][0]]
        contested = overall(home, frozenset(table.values())) == "contested"
        yield key, "undetermined" if contested else home


def _covers(one: Change, two: Change) -> bool:
    """Whether the first change states all that the second does."""
    if one == two:
        return True
    if one.kind != "add" or two.kind != "add" or one.fact.type != two.fact.type:
        return False
    pairs = zip(one.fact.values, two.fact.values, strict=True)
    return all(mine == yours or isinstance(yours, Unknown) for mine, yours in pairs)


def _badness(status: Status) -> int:
    return WORST_FIRST.index(status)


def _distance(case: Case, change: Change, pack: Pack) -> int:
    """How many days a change moves something; for a fact added, how many before the last day it can have."""
    if change.kind != "set" or not isinstance(change.value, Date):
        return 0
    old = next((value_of(pack, each.fact, change.field) for each in case.given if each.path == change.path), None)
    return abs(days_between(old, change.value)) if isinstance(old, Date) else 0
