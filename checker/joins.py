"""Alternatives as rules of the engine: what it may be asked within its fence, and how facts are encoded for it.

Everything that reaches the engine is an integer. A field is the two ends of an
interval; a test is one or two comparisons of ends, so that an unknown passes every
test and nothing passes a test against `none`. What can't be said so (globs, sums of
several variables, "is not") is left out here: the engine may find too much, never too
little, and `firing` checks each find exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from checker.dates import Rounding
from checker.engine import SENTINEL, Ruleset
from checker.model import Compare, FieldTest, Kind, Pattern
from checker.program import START, Alternative, Program, Stratum
from checker.terms import ANYWHERE, Env, evaluate, interval
from checker.values import NONE, Nothing, Op, Step, Term, Unknown, Value, Variable

MOST_PATTERNS = 60  # of one code in one ruleset: the engine keeps 64 places
MOST_CODES = 400  # in one ruleset: at 512 different type tests the engine does not come back
MOST_RULES = 1000  # in one ruleset: the engine holds 4096
MOST_PROPERTIES = 110  # of one code, each with two ends: a fact holds 252
MOST_TESTS = 24  # in one pattern
LISTED, UNLISTED, COMING = 0, 1, 2
_COMPARISONS: Mapping[Op, tuple[tuple[str, str, str], ...]] = {  # own end, how, the other's end
    "is": (("L", "$lte", "H"), ("H", "$gte", "L")),
    "before": (("L", "$lt", "H"),),
    "less-than": (("L", "$lt", "H"),),
    "on-or-before": (("L", "$lte", "H"),),
    "at-most": (("L", "$lte", "H"),),
    "after": (("H", "$gt", "L"),),
    "more-than": (("H", "$gt", "L"),),
    "on-or-after": (("H", "$gte", "L"),),
    "at-least": (("H", "$gte", "L"),),
}


@dataclass(eq=False)
class Shard:
    """Some alternatives of a stratum, small enough for one ruleset of the engine.

    `copies` says how often a fact of a code is put in: the engine lets one fact fill one pattern of a rule, the
    language any number, so the n-th pattern of a type takes the n-th copy. `wanted` says, by code, which properties
    its rules read: of a fact the position and the steps, of a context the term.
    """

    alternatives: list[Alternative] = field(default_factory=list)
    rules: dict[str, object] = field(default_factory=dict)
    uses: dict[int, int] = field(default_factory=dict)
    wanted: dict[int, dict[str, tuple[int, tuple[Step, ...]] | Term]] = field(default_factory=dict)
    needs: list[frozenset[int]] = field(default_factory=list)
    copies: dict[int, int] = field(default_factory=dict)
    symbols: dict[str, int] = field(default_factory=dict)
    ruleset: Ruleset | None = None

    def compiled(self) -> Ruleset:
        """The engine's rules, made when first needed."""
        if self.ruleset is None:
            self.ruleset = Ruleset(self.rules)
        return self.ruleset


def shards_of(program: Program, stratum: Stratum) -> list[Shard]:
    """The shards of a stratum: in each, few enough patterns of every code."""
    shards: list[Shard] = [Shard()]
    for alternative in stratum.alternatives:
        codes = [*_parent(alternative), *(program.codes[pattern.type] for pattern in alternative.patterns)]
        shard = next((shard for shard in reversed(shards) if _has_room(shard, codes)), None)
        if shard is None:
            shards.append(shard := Shard())
        for code in codes:
            shard.uses[code] = shard.uses.get(code, 0) + 1
        shard.rules[f"r{len(shard.alternatives)}"] = {"all": _Joins(program, alternative, shard).patterns()}
        shard.alternatives.append(alternative)
        shard.needs.append(frozenset(codes))
    return shards


def _has_room(shard: Shard, codes: list[int]) -> bool:
    if len(shard.uses.keys() | set(codes)) > MOST_CODES or len(shard.rules) >= MOST_RULES:
        return False
    return all(shard.uses.get(code, 0) + codes.count(code) <= MOST_PATTERNS for code in codes)


def _parent(alternative: Alternative) -> list[int]:
    """The context an alternative starts from, unless that is nothing and it has patterns."""
    return [] if alternative.parent == START and alternative.patterns else [alternative.parent]


class _Joins:
    """One alternative being written as a rule of the engine."""

    def __init__(self, program: Program, alternative: Alternative, shard: Shard) -> None:
        self.program, self.alternative, self.shard = program, alternative, shard
        self.tests: list[list[object]] = []
        self.seen: dict[int, int] = {}  # how many patterns of a code there have been
        self.where: dict[str, tuple[str, str]] = {}  # variable → the alias and property that hold it
        self.parent_known: tuple[str, ...] = ()

    def patterns(self) -> list[dict[str, object]]:
        if _parent(self.alternative):
            self.parent_known = self.alternative.node.given
            self._add(self.alternative.parent, [])
            for number, name in enumerate(self.parent_known):
                self.where[name] = ("m0", f"v{number}")
        for pattern in self.alternative.patterns:
            self._pattern(pattern)
        for step in self.alternative.steps:
            if isinstance(step, Compare):
                self._compare(step)
        return [self._closed(number, tests) for number, tests in enumerate(self.tests)]

    def _closed(self, number: int, tests: list[object]) -> dict[str, object]:
        return {f"m{number}": {"$and": [*tests, SENTINEL]}}

    def _add(self, code: int, tests: list[object]) -> int:
        self.tests.append([{"k": code}, *tests])
        return len(self.tests) - 1

    def _pattern(self, pattern: Pattern) -> None:
        kind = self.program.pack.types[pattern.type]
        code = self.program.codes[pattern.type]
        fields = {name: number for number, name in enumerate(kind.fields)}
        copy = self.seen.get(code, 0)
        self.seen[code] = copy + 1
        self.shard.copies[code] = max(self.shard.copies.get(code, 1), copy + 1)
        listed = [] if self.alternative.node.virtual else [{"u": LISTED}]
        number = self._add(code, [{"c": copy}, *listed])
        alias = f"m{number}"
        bound_here: list[tuple[str, str]] = []
        for name, variable in pattern.binds:
            own = self._own(code, fields[name], ())
            if own is None:
                continue
            if variable in self.where:
                self._test(number, own, "is", self.where[variable])
            elif all(variable != bound for bound, _ in bound_here):
                bound_here.append((variable, own))
        for test in pattern.tests:
            self._field_test(number, self._own(code, fields[test.field], ()), test, kind.fields[test.field].kind)
        for variable, own in bound_here:
            self.where[variable] = (alias, own)

    def _field_test(self, number: int, own: str | None, test: FieldTest, kind: Kind) -> None:
        if own is None:
            return
        if test.op == "in":
            self._hull(number, own, test)
        elif test.op in _COMPARISONS and kind != "duration":
            other = self._operand(test.terms[0])
            if other is not None:
                self._test(number, own, test.op, other)

    def _own(self, code: int, position: int, steps: tuple[Step, ...]) -> str | None:
        """The property of a fact for a field, or for a sum over it; None where a fact has no room for more."""
        wanted = self.shard.wanted.setdefault(code, {})
        for name, what in wanted.items():
            if what == (position, steps):
                return name
        if len(wanted) >= MOST_PROPERTIES:
            return None
        name = f"p{len(wanted)}"
        wanted[name] = (position, steps)
        return name

    def _operand(self, term: Term) -> tuple[str, str] | tuple[int, int] | None:
        """Where the engine finds the value of a term, or its interval where it is a literal."""
        if not isinstance(term.base, Variable):
            if term.variables or term.base is NONE or isinstance(term.base, (Unknown, Nothing)):
                return None
            value = evaluate(term, {}, self.program.pack.rounding)
            return None if isinstance(value, (Unknown, Nothing)) else interval(value, self.shard.symbols)
        if not term.steps:
            return self._known(term.base.name)
        if set(term.variables) <= set(self.parent_known):
            sums = self._of_context(term)
            return None if sums is None else ("m0", sums)
        held = self._known(term.base.name)
        if held is None or len(term.variables) > 1 or (held[0] == "m0" and self.parent_known):
            return None
        return self._sum(held, term)

    def _known(self, name: str) -> tuple[str, str] | None:
        if name in self.parent_known:
            held = f"v{self.parent_known.index(name)}"
            wanted = self.shard.wanted.setdefault(self.alternative.parent, {})
            if held not in wanted and len(wanted) >= MOST_PROPERTIES:
                return None
            wanted[held] = Term(Variable(name))
        return self.where.get(name)

    def _of_context(self, term: Term) -> str | None:
        wanted = self.shard.wanted.setdefault(self.alternative.parent, {})
        for name, what in wanted.items():
            if what == term:
                return name
        if len(wanted) >= MOST_PROPERTIES:
            return None
        name = f"t{len(wanted)}"
        wanted[name] = term
        return name

    def _sum(self, held: tuple[str, str], term: Term) -> tuple[str, str] | None:
        """A property of the fact that binds the variable, for the sum over it."""
        number = int(held[0][1:])
        code = self.tests[number][0]["k"]  # type: ignore[index]  # the type test stands first
        what = self.shard.wanted.get(code, {}).get(held[1])
        if not isinstance(what, tuple) or isinstance(what, Term):
            return None
        sums = self._own(code, what[0], term.steps)
        return None if sums is None else (held[0], sums)

    def _test(self, number: int, own: str, op: Op, other: tuple[str, str] | tuple[int, int]) -> None:
        if len(self.tests[number]) > MOST_TESTS:
            return
        if isinstance(other[0], str):
            variable = next((name for name, where in self.where.items() if where == other), None)
            if variable in self.parent_known and self._known(str(variable)) is None:
                return
        for end, how, far in _COMPARISONS[op]:
            right: object = (
                {other[0]: f"{other[1]}{far}"} if isinstance(other[0], str) else other[0 if far == "L" else 1]
            )
            self.tests[number].append({how: {f"{own}{end}": right}})

    def _hull(self, number: int, own: str, test: FieldTest) -> None:
        """`in` a list of literals: between the least and the greatest of them."""
        others = [self._operand(term) for term in test.terms]
        ends = [other for other in others if other is not None and not isinstance(other[0], str)]
        if len(ends) == len(test.terms):
            low, high = min(int(e[0]) for e in ends), max(int(e[1]) for e in ends)
            self.tests[number] += [{"$lte": {f"{own}L": high}}, {"$gte": {f"{own}H": low}}]

    def _compare(self, step: Compare) -> None:
        """A comparison of what a pattern binds with what is known by then becomes a test of that pattern."""
        if step.op not in _COMPARISONS or not isinstance(step.left.base, Variable) or step.left.steps:
            return
        left = self.where.get(step.left.base.name)
        other = self._operand(step.right[0])
        if left is None or other is None or step.left.base.name in self.parent_known:
            return
        number = int(left[0][1:])
        if isinstance(other[0], str) and int(other[0][1:]) >= number:
            return
        self._test(number, left[1], step.op, other)


# --- encoding -----------------------------------------------------------------------


def encode_fact(
    code: int, values: Iterable[Value], shard: Shard, symbols: dict[str, int], rounding: Rounding
) -> dict[str, int]:
    """A fact as the shard's rules read it."""
    held = tuple(values)
    encoded = {"k": code, "u": LISTED}
    for name, what in shard.wanted.get(code, {}).items():
        if isinstance(what, Term):
            continue
        position, steps = what
        value = held[position]
        if steps:
            value = evaluate(Term(value, steps), {}, rounding)
        encoded[f"{name}L"], encoded[f"{name}H"] = interval(value, symbols)
    return encoded


def encode_virtual(code: int, which: int, shard: Shard) -> dict[str, int]:
    """A fact nobody listed, or one yet to come: all its fields could be anything."""
    encoded = {"k": code, "u": which}
    for name in shard.wanted.get(code, {}):
        encoded[f"{name}L"], encoded[f"{name}H"] = ANYWHERE
    return encoded


def encode_context(code: int, env: Env, shard: Shard, symbols: dict[str, int], rounding: Rounding) -> dict[str, int]:
    """A context as the shard's rules read it: its bindings, and sums over them."""
    encoded = {"k": code, "u": LISTED}
    for name, what in shard.wanted.get(code, {}).items():
        if isinstance(what, Term):
            bound = all(variable in env for variable in what.variables)  # some are, in some readings only
            ends = interval(evaluate(what, env, rounding), symbols) if bound else ANYWHERE
            encoded[f"{name}L"], encoded[f"{name}H"] = ends
    return encoded
