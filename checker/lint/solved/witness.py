"""A case that the solver found: judged by the referee before anybody is told of it, and written out as a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from checker.dates import Date
from checker.errors import Place
from checker.model import Body, Case, Fact, FactType, Given, Level, Listing, Pack
from checker.outcome import Outcome, Status
from checker.read_off import search_in
from checker.referee import judge
from checker.referee_match import LISTED
from checker.splice_style import in_quotes, means_itself
from checker.values import Unknown, Value, render

NOWHERE = Place("a case the solver found", 1, 1)


class Stated(NamedTuple):
    """A fact of a case: its type, which one of its type it is, and the fields that matter."""

    type: str
    number: int
    fields: Mapping[str, Value]


class Witness(NamedTuple):
    """A case, the day it is judged on, and the readings it is judged under."""

    facts: tuple[Stated, ...]
    as_of: Date
    reading: Mapping[str, str]

    def case(self, pack: Pack) -> Case:
        """It as a case: nothing is unlisted, and what does not matter is unknown."""
        given = tuple(Given(_fact(pack.types[each.type], each), each.type, NOWHERE, {}, "") for each in self.facts)
        return Case("witness", self.as_of, True, given, (Listing("all", ()),), (), None, (), "", NOWHERE)  # noqa: FBT003

    def outcome(self, pack: Pack) -> Outcome:
        """What the referee makes of it."""
        return judge(pack, self.case(pack), [tuple(sorted(self.reading.items()))])

    def statuses(self, pack: Pack, rules: Sequence[str]) -> dict[str, frozenset[Status]]:
        """What each of the rules says of it, as the referee judges."""
        found: dict[str, set[Status]] = {rule: set() for rule in rules}
        for match, statuses in self.outcome(pack).statuses.items():
            if match.rule in found:
                found[match.rule] |= {status for _, status in statuses}
        return {rule: frozenset(statuses) for rule, statuses in found.items()}

    def breaks(self, pack: Pack, body: Body, rules: Sequence[str]) -> bool:
        """Whether the referee finds the body in it for certain, and none of the rules broken."""
        outcome = self.outcome(pack)
        found = search_in(pack, self.case(pack), outcome, 0).ways(body, {}, LISTED)
        kept = not any("violated" in each for each in self.statuses(pack, rules).values())
        return kept and any(way.level == Level.DEFINITE for way in found)

    def test(self, pack: Pack, title: str, expect: Mapping[str, str]) -> str:
        """The case as a test in YAML."""
        lines = [f"title: {in_quotes(title)}", f"agreement: {pack.id}", f"as-of: {self.as_of}"]
        chosen = {
            question: option for question, option in self.reading.items() if pack.readings[question].default != option
        }
        if chosen:
            lines.append(f"readings: {{{', '.join(f'{key}: {option}' for key, option in sorted(chosen.items()))}}}")
        lines.append("complete: [all]")
        for section, is_action in (("facts", False), ("actions", True)):
            listed = [each for each in self.facts if pack.types[each.type].action == is_action]
            lines += [f"{section}:", *(f"  - {each}" for each in map(_spelt, listed))] if listed else []
        lines.append(f"expect: {{{', '.join(f'{rule}: {status}' for rule, status in expect.items())}}}")
        return "\n".join([*lines, ""])


def _fact(kind: FactType, stated: Stated) -> Fact:
    return Fact(kind.name, tuple(_values(kind, stated)))


def _values(kind: FactType, stated: Stated) -> Iterator[Value]:
    owner = f"{stated.type}-{stated.number}"
    for field in kind.fields.values():
        if field.name in stated.fields:
            yield stated.fields[field.name]
        elif kind.action and field.name == "proposed":
            yield "yes"
        elif field.name == "id":
            yield owner
        else:
            yield Unknown(owner, field.name) if field.default is None else field.default


def _spelt(stated: Stated) -> str:
    fields = {"id": f"{stated.type}-{stated.number}"} if "id" in stated.fields else {}
    told = {**fields, **{name: value for name, value in stated.fields.items() if name != "proposed"}}
    return f"{stated.type}: {{{', '.join(f'{name}: {_scalar(value)}' for name, value in told.items())}}}"


def _scalar(value: Value) -> str:
    text = render(value)
    return text if not isinstance(value, str) or means_itself(text) else in_quotes(text)
