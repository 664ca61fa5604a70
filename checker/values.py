"""The values of facts, and terms over them: nouns that every stage shares.

Nothing here compares or computes: what a test means is said twice, once by the
referee and once beside the engine, so that one can check the other.
"""

from __future__ import annotations

from decimal import Context, Decimal, Inexact
from typing import Literal, NamedTuple, TypeAlias

from checker.dates import Date, Duration

Op = Literal[
    "is",
    "not",
    "before",
    "on-or-before",
    "after",
    "on-or-after",
    "at-least",
    "at-most",
    "more-than",
    "less-than",
    "in",
    "like",
]


class Unknown(NamedTuple):
    """A value nobody stated. Two are the same value when all their parts are equal.

    `owner` names the fact it belongs to and `field` the field; `steps` is what a
    term added to it since, so that `$x + P1Y` is unknown too but not equal to `$x`.
    """

    owner: str
    field: str
    steps: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Reads as a user wrote it."""
        return "unknown"


class Nothing:
    """The value `none`: there is none. Every comparison with it is false. There is one, `NONE`."""

    __slots__ = ()

    def __str__(self) -> str:
        """Reads as a user wrote it."""
        return "none"

    def __repr__(self) -> str:
        """The same everywhere, since it takes part in canonical order."""
        return "Nothing()"


NONE = Nothing()

Known: TypeAlias = "str | int | Decimal | Date | Duration"
Value: TypeAlias = "str | int | Decimal | Date | Duration | Unknown | Nothing"


class Variable(NamedTuple):
    """`$name` in a rule, held without the sign."""

    name: str

    def __str__(self) -> str:
        """As a rule writes it."""
        return f"${self.name}"


class Step(NamedTuple):
    """One `± amount` or `± amount × times` of a term; `sign` is 1 or -1."""

    sign: int
    amount: Known | Variable
    times: int | Variable = 1

    def __str__(self) -> str:
        """As a rule writes it, with a space before."""
        times = "" if self.times == 1 else f" × {self.times}"
        return f" {'+' if self.sign > 0 else '-'} {self.amount}{times}"


class Term(NamedTuple):
    """A literal or a variable, and the steps added to it, left to right."""

    base: Value | Variable
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        """As a rule writes it."""
        return f"{self.base}{''.join(map(str, self.steps))}"

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables it reads, in order."""
        parts = (self.base, *(part for step in self.steps for part in (step.amount, step.times)))
        return tuple(part.name for part in parts if isinstance(part, Variable))


def render(value: Value) -> str:
    """The value as a user would write it in a case."""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def in_json(value: Value) -> str | int | float | Decimal:
    """The value as JSON has it: a number is a number, and one that a float would round stays a decimal."""
    if not isinstance(value, Decimal):
        return value if isinstance(value, int) else render(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else value


_EXACT = Context(prec=2000, traps=[Inexact])  # numbers are exact: 28 digits, the usual, would round


def number(value: int | Decimal) -> int | Decimal:
    """The one spelling of a number: 5.0 is 5, and 2.50 is 2.5."""
    if isinstance(value, int):
        return value
    if value == value.to_integral_value():
        return int(value)
    sign, digits, exponent = value.as_tuple()
    while digits[-1] == 0:
        digits, exponent = digits[:-1], int(exponent) + 1
    return Decimal((sign, digits, int(exponent)))


def added(value: int | Decimal, times: int, amount: int | Decimal) -> int | Decimal:
    """`value` and so many times `amount`, exactly."""
    if isinstance(value, int) and isinstance(amount, int):
        return value + times * amount
    return number(_EXACT.add(Decimal(value), _EXACT.multiply(Decimal(times), Decimal(amount))))


# How unknowns that rules make are named, so that both evaluators mean the same one.


def moved_unknown(value: Value, sign: int, amount: Value, times: Value) -> Unknown:
    """What a step makes of an unknown, and of a known value from which it leads nowhere."""
    told = f"{'+' if sign > 0 else '-'}{amount!r}*{times!r}"
    if isinstance(value, Unknown):
        return Unknown(value.owner, value.field, (*value.steps, told))
    return Unknown(repr(value), "", (told,))


def left_out(rule: str, kind: str, stated: dict[str, Value], name: str) -> Unknown:
    """A field that a conclusion of a rule leaves out."""
    told = ", ".join(f"{field}: {value!r}" for field, value in sorted(stated.items()))
    return Unknown(f"{rule} {kind}({told})", name)


def unknown_fulfilment(rule: str) -> Unknown:
    """The day of a performance some day of which is unknown."""
    return Unknown(f"fulfilled {rule}", "day")
