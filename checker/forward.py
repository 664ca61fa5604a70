"""Forward chaining: a case through a program, stratum by stratum, to its outcome.

The engine joins and chains; `labels` and `standing` decide what its finds are worth.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.dates import Date
from checker.errors import EngineError
from checker.firing import Find
from checker.labels import MOST_DERIVED, Run, Worlds
from checker.model import Case, Fact, Head, Rule
from checker.outcome import Label, Outcome, Step, WorldKey
from checker.program import Program
from checker.sessions import Finds, Join
from checker.standing import judge, matches_of, unexcused
from checker.terms import Env, evaluate
from checker.values import Unknown, Value, left_out


def run(program: Program, case: Case, worlds: tuple[WorldKey, ...]) -> Outcome:
    """What the program makes of the case in all of the worlds."""
    state = Run(program, case, Worlds(worlds))
    with program.lock:
        for stratum in program.strata:
            chain = _Chain(state)
            finds = Join(program, stratum, state.setting, state.by_type, state.open.maybe, chain.follow).run()
            for group in stratum.groups:
                rules = [program.pack.rules[name] for name in group]
                if rules[0].mode == "means":
                    chain.derive(rules, finds, cyclic=chain.is_cyclic(rules[0]))
                else:
                    judge(state, rules[0], finds)
    return _outcome(state)


class _Chain:
    """Definitions: what follows, and in a cycle what follows from that."""

    def __init__(self, state: Run) -> None:
        self.state = state
        self.pack = state.pack

    def is_cyclic(self, rule: Rule) -> bool:
        return rule.id in self.state.program.behind[rule.id]

    def follow(self, rule: Rule, find: Find) -> Iterator[Fact]:
        """The facts that go back into the engine at once, because the rules of a cycle read them."""
        if not self.is_cyclic(rule):
            return
        day = self.state.case.as_of if find.day is None else find.day
        if self.state.applies(rule, day).possible:
            for fact in self.concluded(rule, find.env, 0):
                self.state.followed.add(fact)
                if len(self.state.followed) > MOST_DERIVED:
                    message = f"more than {MOST_DERIVED:,} facts follow; `{rule.id}` does not come to an end"
                    raise EngineError(message)
                yield fact

    def derive(self, rules: list[Rule], finds: Finds, *, cyclic: bool) -> None:
        """Label the conclusions, the smallest counters first, until no label changes."""
        last = -1
        while last != self.state.changes:
            last = self.state.changes
            self._once(rules, finds, cyclic=cyclic)
            if not cyclic:
                break
        for rule in rules:
            for held in matches_of(self.state, rule, finds):
                label = unexcused(self.state, rule, held, finds)
                for fact in self.concluded(rule, dict(held.match.bindings), label.possible):
                    self.state.keep(self.state.steps, Step(fact, held.match), label)

    def _once(self, rules: list[Rule], finds: Finds, *, cyclic: bool) -> None:
        """One round: in a cycle only what is new with the smallest counter, since the rest may look back at it."""
        new: list[tuple[float, Fact, Label]] = []
        for rule in rules:
            for held in matches_of(self.state, rule, finds, keep=False):
                label = unexcused(self.state, rule, held, finds, keep=False)
                facts = self.concluded(rule, dict(held.match.bindings), label.possible)
                new += [(self._counter(fact), fact, label) for fact in facts if self.state.is_news(fact, label)]
        if new:
            least = min(count for count, _, _ in new)
            for count, fact, label in new:
                if count == least or not cyclic:
                    self.state.add(fact, label)

    def _counter(self, fact: Fact) -> float:
        kind = self.pack.types[fact.type]
        value = fact.values[list(kind.fields).index(kind.counter)] if kind.counter else 0
        return float(value) if isinstance(value, int) else float("inf")

    def concluded(self, rule: Rule, env: Env, where: int) -> Iterator[Fact]:
        """The facts of a rule's conclusions in some worlds, without those past the chain's last day."""
        last = self.state.horizons.get(rule.id)
        for head in rule.heads:
            fact = self._fact(rule, head, env)
            if last is None or not any(term.steps for _, term in head.fields):
                yield fact
                continue
            days = self._days(fact)
            if any(isinstance(day, Unknown) for day in days):
                self.state.lost[rule.id] = self.state.lost.get(rule.id, 0) | where
            elif not any(isinstance(day, Date) and day > last for day in days):
                yield fact

    def _days(self, fact: Fact) -> list[Value]:
        specs = self.pack.types[fact.type].fields.values()
        return [value for spec, value in zip(specs, fact.values, strict=True) if spec.kind == "date"]

    def _fact(self, rule: Rule, head: Head, env: Env) -> Fact:
        stated: dict[str, Value] = {name: evaluate(term, env, self.pack.rounding) for name, term in head.fields}
        values: list[Value] = []
        for name, spec in self.pack.types[head.type].fields.items():
            if name in stated:
                values.append(stated[name])
            else:
                values.append(left_out(rule.id, head.type, stated, name) if spec.default is None else spec.default)
        return Fact(head.type, tuple(values))


def _outcome(state: Run) -> Outcome:
    return Outcome(
        worlds=state.worlds.keys,
        facts=state.facts,
        matches=state.matches,
        statuses={match: tuple(sorted(table.items())) for match, table in state.statuses.items()},
        steps=state.steps,
        witnesses=state.witnesses,
        displaced={match: tuple(sorted(found.items())) for match, found in state.displaced.items()},
        horizon=state.beyond,
    )
