"""Properties of a pack, put to the solver: a case that keeps the rules and in which what must be absent is there.

Looked for under the default readings, among cases within the bounds of `slices`. The rules that count are those of
severity `error` that speak of an action the property names; without such an action every case counts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from checker.dates import Date, Duration
from checker.lint.solved.explore import actions_of
from checker.lint.solved.numbers import TooLongError
from checker.lint.solved.program import Program, word
from checker.lint.solved.slices import Choices, slice_of
from checker.lint.solved.witness import Witness
from checker.lint.walk import JUDGED
from checker.model import Pack, Property
from checker.reads import patterns_in
from checker.referee_values import moved_by

_YEAR = Duration(months=12)


class Proof(NamedTuple):
    """A property, and a case that breaks it; or none among so many facts and days; `failed` says why neither."""

    property: Property
    witness: Witness | None
    facts: int
    days: int
    failed: str = ""

    def test(self, pack: Pack) -> str:
        """The case that breaks it as a test in YAML; '' where there is none."""
        title = f"breaks {self.property.id}"
        return self.witness.test(pack, title, {"verdict": "compliant"}) if self.witness is not None else ""


@lru_cache(maxsize=4)
def proofs(pack: Pack, more: int = 0) -> tuple[Proof, ...]:
    """Each property of the pack, looked into with so many more facts of each type than rules look for together."""
    return tuple(_proof(pack, each, more) for each in pack.properties.values())


def _proof(pack: Pack, each: Property, more: int) -> Proof:
    from checker.lint.solved.solver import Solver  # noqa: PLC0415 - it is an extra, and heavy

    reading = {question.id: question.default for question in pack.readings.values()}
    looked_for = tuple(patterns_in(each.body))
    types = {pattern.type for pattern in looked_for}
    rules = [
        rule.id
        for rule in pack.rules.values()
        if rule.mode in JUDGED and rule.severity == "error" and actions_of(rule, pack) & types
        if slice_of(pack, [rule.id], reading) is not None
    ]
    slice_ = slice_of(pack, rules, reading, looked_for)
    if slice_ is None:
        return Proof(each, None, 0, 0, "it looks at `violation` or `fulfilled`, or at what follows from them")
    choices = Choices(slice_, more)
    last = moved_by(max(choices.days), _YEAR, 1, "down")
    as_of = last if isinstance(last, Date) else max(choices.days)
    program = Program(pack, slice_, as_of, reading)
    program.body("matched", each.body)
    program.lines += [f"some_broken :- broken({word(name)},_)." for name in rules] or ["some_broken :- #false."]
    size = sum(choices.size.values()), len(choices.days)
    try:
        facts = Solver(program, choices, {"broken": "matched, not some_broken"}).case("broken")
    except TooLongError:
        return Proof(each, None, *size, "it takes too long")
    witness = None if facts is None else Witness(facts, as_of, reading)
    if witness is not None and not witness.breaks(pack, each.body, rules):
        return Proof(each, None, *size, "the referee does not confirm the case that was found")
    return Proof(each, witness, *size)
