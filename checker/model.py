"""The nouns of a pack and of a case: typed, frozen, made by `pack` and `case` alone.

Past these two makers nothing asks whether a name exists or a value has the right
type. The referee and the compiler both start from here and from nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, NamedTuple, TypeAlias

from checker.dates import Date, Rounding
from checker.errors import Place
from checker.values import Op, Term, Value

Kind = Literal["id", "actor", "text", "integer", "decimal", "date", "duration", "one-of"]
Mode = Literal["needs", "owes", "forbids", "permits", "means"]
Severity = Literal["note", "warning", "error"]
SEVERITIES: tuple[Severity, ...] = ("note", "warning", "error")
BASES = (  # strongest first
    "official-text",
    "press-quote",
    "official-summary",
    "press-paraphrase",
    "seed",
    "roadmap-2021",
    "sibling",
    "inference",
)
LANGUAGES = ("en", "ru", "zh")
Words: TypeAlias = "Mapping[str, str]"  # language → text; `en` is always there
Reading: TypeAlias = "tuple[tuple[str, str], ...]"  # (question, option) pairs, sorted: what something is part of
Template: TypeAlias = "tuple[str | Term, ...]"  # a message: text, and terms over variables of `when`
World: TypeAlias = "Mapping[str, str]"  # question → option: one combination of readings


class Level(IntEnum):
    """How surely a fact holds or a pattern matches: Kleene's three values, ordered."""

    FALSE = 0
    POSSIBLE = 1
    DEFINITE = 2


def text_in(words: Words, language: str) -> str:
    """The text in a language, else in English; '' where there is none."""
    return words.get(language) or words.get("en", "")


# --- vocabulary ---------------------------------------------------------------


class Field(NamedTuple):
    """One field of a type. `options` only for one-of; `default` a value that stands when it is left out."""

    name: str
    kind: Kind
    options: tuple[str, ...] = ()
    default: Value | None = None


class FactType(NamedTuple):
    """A type of fact or action. `day` names the field that dates it; `counter` the one a chain counts by.

    `given`: a case may state it; `derived`: rules conclude it; `open`: the unlisted is unknown, not false;
    `free`: an action that needs no rule to speak; `choice`: what somebody can still choose.
    """

    name: str
    about: str
    fields: Mapping[str, Field]
    day: str | None
    action: bool
    given: bool
    derived: bool
    open: bool
    free: bool
    choice: tuple[str, ...]
    counter: str | None
    place: Place


PROPOSED = "proposed"  # field every action type has: `yes` under actions, `no` under facts


class Source(NamedTuple):
    """A work that rules cite."""

    id: str
    title: str
    url: str | None
    basis: str
    place: Place


class Clause(NamedTuple):
    """A clause known of the agreement, and how far rules cover it (`yes`, `partly`, `judgement`, `no`)."""

    id: str
    says: Words
    basis: str
    encoded: str
    why: Words
    place: Place


class Question(NamedTuple):
    """A reading: a question on which careful lawyers differ, its options, the default and why it is that."""

    id: str
    ask: Words
    options: Mapping[str, Words]  # option → what it says
    default: str
    why: Words
    cites: tuple[Citation, ...]
    place: Place


class Citation(NamedTuple):
    """A source, and a few of its words."""

    source: str
    quote: str


# --- rules --------------------------------------------------------------------


class FieldTest(NamedTuple):
    """A test of one field against terms: one, or for `in` any number."""

    field: str
    op: Op
    terms: tuple[Term, ...]


class Pattern(NamedTuple):
    """A type and what its fields must be.

    `binds` come first, in order: a field whose variable is new binds it, one whose variable is known must
    equal it. Then the `tests`. A reading other than () makes the pattern part of that reading only.
    """

    type: str
    binds: tuple[tuple[str, str], ...]  # (field, variable)
    tests: tuple[FieldTest, ...]
    reading: Reading
    place: Place


class Compare(NamedTuple):
    """Two terms compared; `right` has one term, or for `in` any number."""

    left: Term
    op: Op
    right: tuple[Term, ...]
    reading: Reading
    place: Place


class Absent(NamedTuple):
    """True when nothing matches the body."""

    body: Body
    reading: Reading
    place: Place


class Count(NamedTuple):
    """Bounds on how many different facts match the pattern. All bounds must hold."""

    of: Pattern
    bounds: tuple[tuple[Op, Term], ...]
    reading: Reading
    place: Place


class AnyOf(NamedTuple):
    """One of the bodies; binds `exports`, what every body binds. Equal bindings are one match."""

    bodies: tuple[Body, ...]
    exports: tuple[str, ...]
    reading: Reading
    place: Place


Item: TypeAlias = "Pattern | Compare | Absent | Count | AnyOf"


class Body(NamedTuple):
    """Items that must hold together: patterns, comparisons and `any` in order, then `absent` and `count`.

    `binds`: every variable a pattern or `any` of this body itself binds first, in order.
    """

    items: tuple[Item, ...]
    binds: tuple[str, ...]


class Unless(NamedTuple):
    """An exception: a body, with exceptions of its own."""

    body: Body
    unless: tuple[Unless, ...]
    reading: Reading
    place: Place


class Head(NamedTuple):
    """A fact that a `means` rule adds, field by field; fields not named take the type's default or are unknown."""

    type: str
    fields: tuple[tuple[str, Term], ...]
    place: Place


class Rule(NamedTuple):
    """A rule. `body` is what `needs`, `owes` or `forbids` names; `heads` what `means` adds.

    `due`: a term, the string `none` (a duty without a day), or None where the rule names none.
    `acts`: the rule speaks of the action `$action`. `subject`: variables whose values make the subject, or ()
    for the first fact of `when`. `until`: the author's bound on new values. `valid`: (from, until), both included.
    """

    id: str
    mode: Mode
    title: Words
    clause: str | None
    cites: tuple[Citation, ...]
    basis: str
    severity: Severity
    if_not: Literal["breach", "no-effect"]
    when: Body
    body: Body | None
    heads: tuple[Head, ...]
    due: Term | Literal["none"] | None
    unless: tuple[Unless, ...]
    by: Term | None
    towards: Term | Literal["other-party"] | None
    acts: bool
    also_done: bool
    per: tuple[str, ...]
    overrides: tuple[str, ...]
    instead_of: tuple[str, ...]
    survives: bool
    before_force: bool
    valid: tuple[Date | None, Date | None]
    until: Date | None
    reading: Reading
    then_owes: tuple[str, ...]
    say: Mapping[str, Template]
    remedy: Mapping[str, Template]
    block: str | None  # the block it comes from
    place: Place


class Retired(NamedTuple):
    """A rule or a whole block that is no longer judged, whatever the day; its id stays known and is not given again."""

    id: str
    title: Words
    since: Date
    why: Words
    place: Place


class Property(NamedTuple):
    """What a pack says must always hold: in no case that keeps its rules does the body match."""

    id: str
    title: Words
    body: Body
    place: Place


class Force(NamedTuple):
    """When the agreement is in force: from a day, to a day or to the day of a derived fact (both included)."""

    start: Date | None
    end: Date | None = None
    ended_by: str | None = None  # a type whose day is the last day in force


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """A whole agreement, checked. Compared by identity; `sha256` is of its files."""

    id: str
    version: str
    title: Words
    names: Mapping[str, Words]  # what parties, agencies and other words are called
    parties: tuple[str, ...]
    force: Force
    rounding: Rounding
    sources: Mapping[str, Source]
    clauses: Mapping[str, Clause]
    types: Mapping[str, FactType]
    readings: Mapping[str, Question]
    rules: Mapping[str, Rule]  # by id, sorted
    facts: tuple[Fact, ...]  # ground facts of the agreement itself
    sha256: str
    folder: str
    retired: Mapping[str, Retired] = field(default_factory=dict)  # by id, sorted
    properties: Mapping[str, Property] = field(default_factory=dict)  # by id


# --- cases --------------------------------------------------------------------


class Fact(NamedTuple):
    """A type and the values of its fields, in the type's order (for an action `proposed` comes last)."""

    type: str
    values: tuple[Value, ...]


class Given(NamedTuple):
    """A fact as a case states it: where it stands, and where each stated value stands.

    `path` is its JSON Pointer in the case, such as `/facts/0/notice`.
    """

    fact: Fact
    name: str  # its id, or a short description where it has none
    place: Place
    values: Mapping[str, Place]
    path: str


class Listing(NamedTuple):
    """One line of `complete`: a type, and the values its facts must have for the line to speak of them.

    `within` is empty when the whole type is meant.
    """

    type: str
    within: tuple[tuple[str, tuple[Value, ...]], ...]


class Assumed(NamedTuple):
    """A fact that a case does not state and is judged with all the same; `source` is its text, by lines."""

    given: Given
    id_place: Place
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A case, checked against a pack's vocabulary. `name` is its file (with `#n` where a file holds several).

    What is `assumed` is among the `given`; facts and actions with an id of `without` are not.
    """

    name: str
    as_of: Date
    as_of_stated: bool
    given: tuple[Given, ...]  # canonical order, identical facts once
    complete: tuple[Listing, ...]
    incomplete: tuple[str, ...]
    expect: Mapping[str, str] | None
    under: tuple[tuple[str, str], ...]  # the readings that a test fixes: (question, option)
    sha256: str
    place: Place
    assumed: tuple[Assumed, ...] = ()
    without: tuple[str, ...] = ()
