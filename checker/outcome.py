"""What judging a case comes to, before it is explained: what both engines make and `compare` sets side by side.

Worlds are combinations of readings, numbered by their place in `worlds`. A mask is
an integer with bit `n` set for world `n`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from checker.model import Fact
from checker.values import Value

Status = Literal["violated", "undetermined", "pending", "excused", "overridden", "satisfied", "silent"]
WORST_FIRST: tuple[Status, ...] = (
    "violated",
    "undetermined",
    "pending",
    "excused",
    "overridden",
    "satisfied",
    "silent",
)
Mask: TypeAlias = int
WorldKey: TypeAlias = "tuple[tuple[str, str], ...]"  # (question, option), sorted, every question of the pack


class Label(NamedTuple):
    """The worlds in which something holds certainly, and those in which it holds at least possibly."""

    certain: Mask
    possible: Mask


class Match(NamedTuple):
    """One way a rule's `when` holds: the subject it speaks of, and what its variables stand for (sorted by name)."""

    rule: str
    subject: tuple[Value | Fact, ...]
    bindings: tuple[tuple[str, Value], ...]


class Step(NamedTuple):
    """A fact concluded: by which rule, from which match of its `when`."""

    fact: Fact
    match: Match


Part = str  # "when", "needs", "owes", "forbids", "unless", "late": which part of the rule a witness fills


class Witness(NamedTuple):
    """Facts that fill the patterns of one part of a rule together, in the order of its patterns.

    For `unless`, `alternative` counts them from 0; elsewhere it is 0. Facts nobody listed are not witnesses.
    """

    match: Match
    part: Part
    alternative: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Everything derived and every status, in every world that matters.

    `facts` holds given and derived facts that hold at least possibly somewhere. `statuses` has, for each match
    of a judged rule that is possible somewhere, its status by world number (only worlds the rule depends on
    and is part of; elsewhere absent). `worlds_of` lists, by rule, the worlds that differ for it.
    """

    worlds: tuple[WorldKey, ...]
    facts: Mapping[Fact, Label]
    matches: Mapping[Match, Label]
    statuses: Mapping[Match, tuple[tuple[int, Status], ...]]
    steps: Mapping[Step, Label]
    witnesses: Mapping[Witness, Label]
    displaced: Mapping[Match, tuple[tuple[str, Label], ...]]  # by which permissions or special rules
    horizon: Mapping[str, str]  # rule → the last day its chain was followed to, where a match lies beyond
