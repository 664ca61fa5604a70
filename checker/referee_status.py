"""What a rule comes to for each of its matches: the table of statuses, line by line. Part of the referee; see there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checker.dates import Date
from checker.model import Body, Fact, Level, Rule
from checker.outcome import WORST_FIRST, Match, Status, Witness
from checker.referee_match import COMING, COMING_PLANNED, FORBIDDEN, NEEDED, PLANNED, Way, both
from checker.referee_values import next_day
from checker.referee_world import World
from checker.values import NONE, Unknown, Value, unknown_fulfilment

_NOTHING = Body((), ())


@dataclass
class Statuses:
    """The statuses of judged rules in one world, and the facts that statuses make."""

    world: World

    def judge(self, rule: Rule) -> None:
        """Give each match of a judged rule its status; a permission only keeps how surely it holds."""
        for match, level, day in self.world.ways(rule):
            if rule.mode == "permits":
                held = both(level, self.world.no_exception(rule, match))
                if held:
                    self.world.matches[match] = held
                else:
                    del self.world.matches[match]
            else:
                self.world.statuses[match] = self._status(rule, match, level, day)

    def _status(self, rule: Rule, match: Match, level: Level, day: Value) -> Status:
        """The status of one match, and the facts it makes."""
        due = self._due(rule, dict(match.bindings))
        displaced = self._displacement(rule, match)
        beyond = self._is_beyond(rule, day)
        if rule.mode != "forbids":
            status = self._settled(self._obligation(rule, match, level, due, displaced), level, beyond=beyond)
            missed = next_day(due) if isinstance(due, Date) else day
            self._add_violation(rule, match, missed, status)
            return status
        statuses: list[Status] = []
        for way, each in self._things_done(rule, match, due, displaced):
            statuses.append(self._settled(each, level, beyond=beyond))
            self._add_violation(rule, match, day if way.body_day is None else way.body_day, statuses[-1])
        if statuses:
            return min(statuses, key=WORST_FIRST.index)
        return self._settled(self._nothing_done(due), level, beyond=beyond)

    def _settled(self, status: Status, level: Level, *, beyond: bool) -> Status:
        """Where `when` is only possible, row 1 is silent and all but excused and overridden undetermined."""
        if beyond:
            return "undetermined"
        if level == Level.DEFINITE or status in ("excused", "overridden"):
            return status
        return "silent" if status == "satisfied" else "undetermined"

    def _due(self, rule: Rule, env: Mapping[str, Value]) -> Value | None:
        """The due day; NONE for a duty without one, None for a rule that names none."""
        if rule.due is None:
            return None
        if rule.due == "none":
            return None if rule.mode == "needs" else NONE
        due = self.world.search.value(rule.due, env)
        return None if due is NONE and rule.mode != "owes" else due

    def _obligation(self, rule: Rule, match: Match, level: Level, due: Value | None, displaced: Level) -> Status:
        env, body = dict(match.bindings), rule.body or _NOTHING
        manner = PLANNED if rule.mode == "owes" else NEEDED
        ways = list(self.world.search.ways(body, env, manner, due))
        met = max((way.level for way in ways), default=Level.FALSE)
        for way in ways:
            if not way.unlisted:
                self.world.keep(self.world.witnesses, Witness(match, rule.mode, 0, way.facts), way.level)
        status = self._obligation_row(rule, match, met, due, displaced)
        if rule.mode == "owes":
            for way in ways:
                if not way.unlisted:
                    done = status == "satisfied" and level == way.level == Level.DEFINITE
                    self._add_fulfilled(rule, env, way, Level.DEFINITE if done else Level.POSSIBLE)
        return status

    def _obligation_row(self, rule: Rule, match: Match, met: Level, due: Value | None, displaced: Level) -> Status:
        env = dict(match.bindings)
        excused = self.world.excused(rule.unless, env, match, keep=True)
        if met == Level.DEFINITE:
            return "satisfied"
        if excused == Level.DEFINITE:
            return "excused"
        if displaced == Level.DEFINITE:
            return "overridden"
        if isinstance(due, Unknown):
            return "undetermined"
        if self._still_time(due) and self._may_yet_be_met(rule, env, due):
            return "pending"
        if met == Level.FALSE and excused == Level.FALSE and displaced == Level.FALSE:
            return "violated"
        return "undetermined"

    def _may_yet_be_met(self, rule: Rule, env: Mapping[str, Value], due: Value | None) -> bool:
        """Whether facts yet to come could still meet all patterns together."""
        manner = COMING_PLANNED if rule.mode == "owes" else COMING
        return any(way.coming for way in self.world.search.ways(rule.body or _NOTHING, env, manner, due))

    def _still_time(self, due: Value | None) -> bool:
        return due is NONE or (isinstance(due, Date) and due >= self.world.case.as_of)

    def _things_done(
        self, rule: Rule, match: Match, due: Value | None, displaced: Level
    ) -> Iterator[tuple[Way, Status]]:
        """Everything done that the rule forbids, and the status of each."""
        env = dict(match.bindings)
        body = rule.body or _NOTHING
        for way in self.world.search.ways(body, env, FORBIDDEN, due) if self.world.search.remains(body) else ():
            self.world.keep(self.world.witnesses, Witness(match, "forbids", 0, way.facts), way.level)
            excused = self.world.excused(rule.unless, way.env, match, keep=True)
            if excused == Level.DEFINITE:
                yield way, "excused"
            elif displaced == Level.DEFINITE:
                yield way, "overridden"
            elif isinstance(due, Unknown):
                yield way, "undetermined"
            elif way.level == Level.DEFINITE and excused == Level.FALSE and displaced == Level.FALSE:
                yield way, "violated"
            else:
                yield way, "undetermined"

    def _nothing_done(self, due: Value | None) -> Status:
        if isinstance(due, Unknown):
            return "undetermined"
        return "pending" if self._still_time(due) else "satisfied"

    def _displacement(self, rule: Rule, match: Match) -> Level:
        """How surely a permission or a special rule speaks of the same action."""
        action = dict(match.bindings).get("action")
        surest = Level.FALSE
        for other, level in self.world.matches.items():
            displacer = self.world.pack.rules[other.rule]
            if rule.id not in (*displacer.overrides, *displacer.instead_of) or action is None:
                continue
            if dict(other.bindings).get("action") == action:
                known = self.world.displaced.setdefault(match, {})
                known[displacer.id] = max(level, known.get(displacer.id, Level.FALSE))
                surest = max(surest, level)
        return surest

    def _is_beyond(self, rule: Rule, day: Value) -> bool:
        """Whether the match lies past the last day of a chain the rule depends on."""
        lasts = [self.world.horizons[chain] for chain in self.world.order.chains_behind(rule.id)]
        if any(chain in self.world.lost for chain in self.world.order.chains_behind(rule.id)):
            self.world.beyond[rule.id] = "unknown"
            return True
        if lasts and isinstance(day, Date) and day > min(lasts):
            self.world.beyond[rule.id] = str(min(lasts))
            return True
        return False

    # --- facts that statuses make -------------------------------------------------

    def _add_violation(self, rule: Rule, match: Match, day: Value, status: Status) -> None:
        if rule.if_not != "breach" or status not in ("violated", "undetermined"):
            return
        env = dict(match.bindings)
        by = NONE if rule.by is None else self.world.search.value(rule.by, env)
        values = (rule.id, env.get("action", NONE), by, self._towards(rule, env, by), day)
        self.world.facts.add({Fact("violation", values): Level.DEFINITE if status == "violated" else Level.POSSIBLE})

    def _towards(self, rule: Rule, env: Mapping[str, Value], by: Value) -> Value:
        if rule.towards == "other-party":
            others = [party for party in self.world.pack.parties if party != by]
            return others[0] if len(self.world.pack.parties) == 2 and len(others) == 1 else NONE  # noqa: PLR2004
        return NONE if rule.towards is None else self.world.search.value(rule.towards, env)

    def _add_fulfilled(self, rule: Rule, env: Mapping[str, Value], way: Way, level: Level) -> None:
        days = [self.world.facts.day_if_given(fact) for fact in way.facts]
        known = [each for each in days if isinstance(each, Date)]
        day: Value = max(known) if known else NONE
        if any(isinstance(each, Unknown) for each in days):
            day = unknown_fulfilment(rule.id)
        self.world.facts.add({Fact("fulfilled", (rule.id, env.get("action", NONE), day)): level})
