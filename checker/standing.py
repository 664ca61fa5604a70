"""Statuses as masks: the table of docs/language.md §5 for all worlds at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from checker.dates import Date, Duration, NoSuchDayError, shift
from checker.firing import Find, due_of
from checker.joins import COMING, UNLISTED
from checker.labels import NEVER, Run
from checker.model import Fact, Rule
from checker.outcome import WORST_FIRST, Label, Match, Status, Witness
from checker.program import Node
from checker.sessions import Finds
from checker.terms import evaluate
from checker.values import NONE, Unknown, Value, unknown_fulfilment

Table = dict[Status, int]  # by status, the worlds in which it stands
_KEPT: tuple[Status, ...] = ("excused", "overridden")


class Held(NamedTuple):
    """A match of a rule: where it holds, and its days, each with the worlds in which it is the earliest."""

    match: Match
    label: Label
    days: tuple[tuple[Value, int], ...]


def matches_of(run: Run, rule: Rule, finds: Finds, *, keep: bool = True) -> list[Held]:
    """The matches of `when`: each set of bindings once, with the worlds in which it holds; kept if final."""
    found: dict[Match, tuple[Label, list[tuple[Value, int]]]] = {}
    for find in finds.of(run.program.roots[rule.id], {}):
        day = run.case.as_of if find.day is None else find.day
        label = _both(_both(run.label(find, finds), run.applies(rule, day)), _part(run, rule))
        if not label.possible:
            continue
        match = _match(rule, find)
        if keep:
            run.keep(run.witnesses, Witness(match, "when", 0, find.facts), label)
        known, days = found.get(match, (NEVER, []))
        found[match] = (run.united((known, label)), [*days, (day, label.possible)])
    if keep:
        run.matches.update({match: label for match, (label, _) in found.items()})
    return [Held(match, label, tuple(_earliest(days))) for match, (label, days) in found.items()]


def _earliest(days: list[tuple[Value, int]]) -> Iterator[tuple[Value, int]]:
    """Each day with the worlds in which none of the others is earlier."""
    taken = 0
    for day, where in sorted(days, key=lambda each: _by_day(each[0])):
        if where & ~taken:
            yield day, where & ~taken
        taken |= where


def _part(run: Run, rule: Rule) -> Label:
    where = run.worlds.of(((rule.reading, True),)) if rule.reading else run.worlds.everywhere
    return Label(where, where)


def _both(one: Label, other: Label) -> Label:
    return Label(one.certain & other.certain, one.possible & other.possible)


def _by_day(day: Value) -> tuple[bool, str]:
    return (not isinstance(day, Date), repr(day))


def _match(rule: Rule, find: Find) -> Match:
    bindings = find.env
    if rule.per:
        subject: tuple[Value | Fact, ...] = tuple(bindings[name] for name in rule.per)
    else:
        subject = (bindings["action"],) if rule.acts else find.facts[:1]
    return Match(rule.id, subject, tuple(sorted(bindings.items())))


def judge(run: Run, rule: Rule, finds: Finds) -> None:
    """The statuses of a judged rule's matches; of a permission only where it holds."""
    root = run.program.roots[rule.id]
    for held in matches_of(run, rule, finds):
        if rule.mode == "permits":
            excused = _excused(run, root.unless, held.match, dict(held.match.bindings), held.label, finds)
            label = _less(held.label, excused)
            if label.possible:
                run.matches[held.match] = label
            else:
                del run.matches[held.match]
        else:
            run.statuses[held.match] = _Judgement(run, rule, held, finds).statuses()


def _less(label: Label, taken: Label) -> Label:
    return Label(label.certain & ~taken.possible, label.possible & ~taken.certain)


def _excused(run: Run, nodes: list[Node], match: Match, env: Mapping[str, Value], where: Label, finds: Finds) -> Label:
    """Where one of the exceptions holds."""
    labels = []
    for node, find, label in run.exceptions(nodes, env, finds):
        inside = Label(label.certain & where.possible, label.possible & where.possible)
        run.keep(run.witnesses, Witness(match, "unless", node.number, find.facts), inside)
        labels.append(label)
    return run.united(labels)


def unexcused(run: Run, rule: Rule, held: Held, finds: Finds, *, keep: bool = True) -> Label:
    """Where a definition's match holds and none of its exceptions does."""
    nodes, env = run.program.roots[rule.id].unless, dict(held.match.bindings)
    if not keep:
        return _less(held.label, run.united(label for _, _, label in run.exceptions(nodes, env, finds)))
    return _less(held.label, _excused(run, nodes, held.match, env, held.label, finds))


class _Judgement:
    """One match of a judged rule."""

    def __init__(self, run: Run, rule: Rule, held: Held, finds: Finds) -> None:
        self.run, self.rule, self.held, self.finds = run, rule, held, finds
        self.env = dict(held.match.bindings)
        self.here = held.label.possible
        self.due = due_of(rule, self.env, run.pack.rounding)
        self.displaced = self._displacement()
        self.beyond = self._beyond()

    def _displacement(self) -> Label:
        action = self.env.get("action")
        found: dict[str, Label] = {}
        for name in self.run.program.displacers.get(self.rule.id, ()):
            for other, label in self.run.matches.items():
                if other.rule == name and action is not None and dict(other.bindings).get("action") == action:
                    here = Label(label.certain & self.here, label.possible & self.here)
                    if here.possible:
                        found[name] = self.run.united((found.get(name, NEVER), here))
        if found:
            self.run.displaced[self.held.match] = found
        return self.run.united(found.values())

    def _beyond(self) -> int:
        """The worlds in which the match lies where a chain it depends on could not be followed."""
        chains = self.run.program.chains & self.run.program.behind[self.rule.id]
        lasts = [self.run.horizons[name] for name in chains]
        lost = 0
        for name in chains:
            lost |= self.run.lost.get(name, 0)
        beyond = lost & self.here
        if beyond:
            self.run.beyond[self.rule.id] = "unknown"
        for day, where in self.held.days:
            if lasts and isinstance(day, Date) and day > min(lasts) and where & ~beyond:
                self.run.beyond.setdefault(self.rule.id, str(min(lasts)))
                beyond |= where
        return beyond

    def statuses(self) -> dict[int, Status]:
        """The status in each world in which the match is possible."""
        table = self._prohibition() if self.rule.mode == "forbids" else self._obligation()
        return {
            number: status
            for number in range(len(self.run.worlds.keys))
            for status, where in table.items()
            if where & self.here & (1 << number)
        }

    def _settled(self, table: Table) -> Table:
        """Where the match is only possible, and beyond the horizon."""
        certain = self.held.label.certain
        settled: Table = {status: where & (certain if status not in _KEPT else -1) for status, where in table.items()}
        doubtful = self.here & ~certain
        silent = table.get("satisfied", 0) & doubtful
        kept = sum(table.get(status, 0) & doubtful for status in _KEPT)
        settled["silent"] = silent
        settled["undetermined"] = settled.get("undetermined", 0) | (doubtful & ~silent & ~kept)
        settled = {status: where & ~self.beyond for status, where in settled.items()}
        settled["undetermined"] |= self.here & self.beyond
        return settled

    # --- needs and owes ---------------------------------------------------------------

    def _obligation(self) -> Table:
        run, node = self.run, self.run.program.roots[self.rule.id].body
        found = self.finds.of(node, self.env) if node else []
        met, come = NEVER, 0
        performed: list[tuple[Find, Label]] = []
        for find in found:
            if find.virtual != COMING:
                label = run.label(find, self.finds)
                met = run.united((met, label))
                if find.virtual != UNLISTED:
                    inside = Label(label.certain & self.here, label.possible & self.here)
                    run.keep(run.witnesses, Witness(self.held.match, self.rule.mode, 0, find.facts), inside)
                    performed.append((find, inside))
            if find.virtual != UNLISTED:
                hoped = run.label(find, self.finds, coming=True).possible
                come |= hoped if find.virtual or find.later else hoped & run.made_up(find, self.finds)
        excused = self._excuses(self.env)
        table = self._obligation_table(met, excused, come)
        self._fulfilled(performed, table.get("satisfied", 0))
        settled = self._settled(table)
        days = ((_next(self.due), -1),) if isinstance(self.due, Date) else self.held.days
        self._violation(settled, days)
        return settled

    def _excuses(self, env: Mapping[str, Value]) -> Label:
        root = self.run.program.roots[self.rule.id]
        nodes = root.body.unless if self.rule.mode == "forbids" and root.body else root.unless
        return _excused(self.run, nodes, self.held.match, env, self.held.label, self.finds)

    def _obligation_table(self, met: Label, excused: Label, come: int) -> Table:
        left = self.here
        table: Table = {}

        def take(status: Status, where: int) -> None:
            nonlocal left
            table[status] = table.get(status, 0) | (left & where)
            left &= ~where

        take("satisfied", met.certain)
        take("excused", excused.certain)
        take("overridden", self.displaced.certain)
        if isinstance(self.due, Unknown):
            take("undetermined", left)
        if self._still_time():
            take("pending", come)
        take("violated", ~met.possible & ~excused.possible & ~self.displaced.possible)
        take("undetermined", left)
        return table

    def _still_time(self) -> bool:
        return self.due is NONE or (isinstance(self.due, Date) and self.due >= self.run.case.as_of)

    def _fulfilled(self, performed: Iterable[tuple[Find, Label]], satisfied: int) -> None:
        if self.rule.mode != "owes":
            return
        for find, label in performed:
            days = [self.run.day_of(fact) for fact in find.facts if fact in self.run.given]
            known = [day for day in days if isinstance(day, Date)]
            day: Value = max(known) if known else NONE
            if any(isinstance(each, Unknown) for each in days):
                day = unknown_fulfilment(self.rule.id)
            fact = Fact("fulfilled", (self.rule.id, self.env.get("action", NONE), day))
            self.run.add(fact, Label(label.certain & satisfied & self.held.label.certain, label.possible))

    # --- forbids -----------------------------------------------------------------------

    def _prohibition(self) -> Table:
        run, node = self.run, self.run.program.roots[self.rule.id].body
        tables: list[Table] = []
        done = 0
        for find in self.finds.of(node, self.env) if node else []:
            label = run.label(find, self.finds)
            here = label.possible & self.here
            if not here:
                continue
            run.keep(
                run.witnesses, Witness(self.held.match, "forbids", 0, find.facts), Label(label.certain & here, here)
            )
            done |= here
            table = self._settled(self._thing_done(find, label, here))
            table = {status: where & here for status, where in table.items()}
            self._violation(table, self.held.days if find.day is None else ((find.day, -1),))
            tables.append(table)
        tables.append({status: where & ~done for status, where in self._settled(self._nothing_done()).items()})
        return _worst(tables)

    def _thing_done(self, find: Find, label: Label, here: int) -> Table:
        where = Label(self.held.label.certain & here, here)
        root = self.run.program.roots[self.rule.id]
        nodes = root.body.unless if root.body else []
        excused = _excused(self.run, nodes, self.held.match, find.env, where, self.finds)
        table: Table = {"excused": here & excused.certain}
        left = here & ~excused.certain
        table["overridden"] = left & self.displaced.certain
        left &= ~self.displaced.certain
        if isinstance(self.due, Unknown):
            table["undetermined"] = left
            return table
        table["violated"] = left & label.certain & ~excused.possible & ~self.displaced.possible
        table["undetermined"] = left & ~table["violated"]
        return table

    def _nothing_done(self) -> Table:
        if isinstance(self.due, Unknown):
            return {"undetermined": self.here}
        return {"pending" if self._still_time() else "satisfied": self.here}

    # --- violations ---------------------------------------------------------------------

    def _violation(self, table: Table, days: Iterable[tuple[Value, int]]) -> None:
        rule, run = self.rule, self.run
        if rule.if_not != "breach":
            return
        violated, undetermined = table.get("violated", 0), table.get("undetermined", 0)
        by = NONE if rule.by is None else evaluate(rule.by, self.env, run.pack.rounding)
        for day, where in days:
            values = (rule.id, self.env.get("action", NONE), by, self._towards(by), day)
            run.add(Fact("violation", values), Label(violated & where, (violated | undetermined) & where))

    def _towards(self, by: Value) -> Value:
        towards = self.rule.towards
        if towards is None:
            return NONE
        if towards == "other-party":
            parties = self.run.pack.parties
            others = [party for party in parties if party != by]
            return others[0] if len(parties) - len(others) == 1 == len(others) else NONE
        return evaluate(towards, self.env, self.run.pack.rounding)


def _worst(tables: Iterable[Table]) -> Table:
    """The worst status in each world."""
    joined: Table = {}
    for table in tables:
        for status, where in table.items():
            joined[status] = joined.get(status, 0) | where
    worst: Table = {}
    taken = 0
    for status in WORST_FIRST:
        worst[status] = joined.get(status, 0) & ~taken
        taken |= joined.get(status, 0)
    return worst


def _next(day: Date) -> Value:
    try:
        return shift(day, Duration(days=1), 1, "down")
    except NoSuchDayError:
        return NONE
