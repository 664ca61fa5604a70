"""Bodies of rules: patterns, comparisons, `absent`, `count` and `any`, read in the order they are written.

A `Scope` knows which variables are bound so far, of what kind, and under which
readings, so that a variable read too early is found here and never later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import NamedTuple

from checker.errors import nearest, quoted
from checker.load import Node
from checker.model import (
    Absent,
    AnyOf,
    Body,
    Compare,
    Count,
    FactType,
    Field,
    FieldTest,
    Item,
    Kind,
    Pattern,
    Question,
    Reading,
    Unless,
)
from checker.reader import Reader, entries, items, members
from checker.values import Op, Term, Variable
from checker.wording import TEXTUAL

OPS: Mapping[str, Op] = {
    op: op
    for op in (
        "is", "not", "before", "on-or-before", "after", "on-or-after",
        "at-least", "at-most", "more-than", "less-than", "in", "like",
    )
}  # fmt: skip
_DATE_OPS = ("before", "on-or-before", "after", "on-or-after")
_SIZE_OPS = ("at-least", "at-most", "more-than", "less-than")
_BOUNDS = ("at-least", "more-than", "at-most", "less-than", "is")
_WORDS = ("absent", "count", "any", "all", "compare")


def a(kind: Kind) -> str:
    """A kind with its article."""
    return f"{'an' if kind[0] in 'aio' else 'a'} {kind}"


def family(kind: Kind) -> str:
    """Kinds whose values compare with each other have one family."""
    if kind in TEXTUAL:
        return "text"
    return "number" if kind in ("integer", "decimal") else kind


class Scope(NamedTuple):
    """Variables bound so far: their kind, and the readings each was bound under."""

    reading: Reading = ()
    kinds: Mapping[str, Kind] = {}
    readings: Mapping[str, tuple[Reading, ...]] = {}

    def bind(self, name: str, kind: Kind) -> Scope:
        """With `name` bound under the present reading."""
        readings = {**self.readings, name: (*self.readings.get(name, ()), self.reading)}
        return self._replace(kinds={**self.kinds, name: self.kinds.get(name, kind)}, readings=readings)

    def under(self, reading: Reading) -> Scope:
        """The same scope inside a part of the given reading."""
        return self._replace(reading=tuple(sorted({*self.reading, *reading})))


class Bodies:
    """Reads bodies against a vocabulary; problems go to the reader."""

    def __init__(self, reader: Reader, types: Mapping[str, FactType], questions: Mapping[str, Question]) -> None:
        """Read what `reader` holds, with these types and readings known."""
        self.reader = reader
        self.types = types
        self.questions = questions

    def body(self, nodes: Iterable[Node], scope: Scope) -> tuple[Body, Scope]:
        """The body the items make, and the scope after it. `absent` and `count` see every variable of the body."""
        found: list[tuple[int, Item]] = []
        flat = list(self._flatten(nodes, ()))
        start = scope
        for late in (False, True):
            for index, (node, reading) in enumerate(flat):
                key, value = self._head(node)
                if value is None or (key in ("absent", "count")) is not late:
                    continue
                item, after = self._item(key, value, node, scope.under(reading), reading)
                scope = after._replace(reading=start.reading)
                if item is not None:
                    found.append((index, item))
        binds = tuple(name for name in scope.kinds if name not in start.kinds)
        return Body(tuple(item for _, item in sorted(found, key=lambda pair: pair[0])), binds), scope

    def reading(self, node: Node | None) -> Reading:
        """The reading something is part of: () where none is named."""
        pairs = []
        for question, option in entries(node):
            if question not in self.questions:
                self.reader.unknown_name(option, "reading", question, self.questions, key=True)
            elif self.reader.text(option) not in self.questions[question].options:
                known = self.questions[question].options
                self.reader.unknown_name(option, f"option of {question}", self.reader.text(option), known)
            else:
                pairs.append((question, self.reader.text(option)))
        return tuple(sorted(pairs))

    def unless(self, nodes: Iterable[Node], scope: Scope) -> tuple[Unless, ...]:
        """Exceptions; each sees the scope and binds for itself alone."""
        found = []
        for node in nodes:
            reading = self.reading(members(node).get("reading"))
            body, after = self.body([node], scope.under(reading))
            nested = self.unless(items(members(node).get("unless")), after)
            found.append(Unless(body, nested, reading, self.reader.place(node)))
        return tuple(found)

    def _flatten(self, nodes: Iterable[Node], reading: Reading) -> Iterable[tuple[Node, Reading]]:
        for node in nodes:
            own = tuple(sorted({*reading, *self.reading(members(node).get("reading"))}))
            key, value = self._head(node)
            if key == "all":
                yield from self._flatten(items(value), own)
            else:
                yield node, own

    def _head(self, node: Node) -> tuple[str, Node | None]:
        for key, value in entries(node):
            if key not in ("reading", "unless"):
                return key, value
        return "", None

    def _item(self, key: str, value: Node, node: Node, scope: Scope, reading: Reading) -> tuple[Item | None, Scope]:
        place = self.reader.place(node)
        if key == "compare":
            return self._compare(value, node, scope, reading), scope
        if key == "absent":
            body, _ = self.body([value], scope)
            return Absent(body, reading, place), scope
        if key == "count":
            return self._count(value, node, scope, reading), scope
        if key == "any":
            return self._any(value, node, scope, reading)
        return self._pattern(key, value, scope, reading)

    def _any(self, value: Node, node: Node, scope: Scope, reading: Reading) -> tuple[Item, Scope]:
        read = [self.body([branch], scope) for branch in items(value)]
        exports = tuple(
            name for name in (read[0][1].kinds if read else ()) if all(name in after.kinds for _, after in read)
        )
        exports = tuple(name for name in exports if name not in scope.kinds)
        after = scope
        for name in exports:
            after = after.bind(name, read[0][1].kinds[name])
        return AnyOf(tuple(body for body, _ in read), exports, reading, self.reader.place(node)), after

    def _count(self, value: Node, node: Node, scope: Scope, reading: Reading) -> Item | None:
        keys = members(value)
        body, _ = self.body(items(keys.get("of")), scope)
        bounds = []
        for bound in _BOUNDS:
            if bound in keys:
                term = self.reader.term(keys[bound], "integer")
                if term is not None and self._usable(term, keys[bound], "integer", scope):
                    bounds.append((OPS[bound], term))
        if not body.items or not isinstance(body.items[0], Pattern):
            if body.items:
                self.reader.problem(keys["of"], "`count` counts the facts of one pattern; name a type here")
            return None
        return Count(body.items[0], tuple(bounds), reading, self.reader.place(node))

    def _pattern(self, name: str, node: Node, scope: Scope, reading: Reading) -> tuple[Item | None, Scope]:
        if name not in self.types:
            self.reader.unknown_name(node, "type", name, (*self.types, *_WORDS), key=True)
            return None, scope
        kind = self.types[name]
        binds: list[tuple[str, str]] = []
        tests: list[tuple[Field, str, Node]] = []
        for key, spelt in entries(node):
            if key not in kind.fields:
                self.reader.unknown_name(spelt, f"field of {name}", key, kind.fields, key=True)
                continue
            for op, operand in self._tests(spelt):
                if op == "is" and isinstance(operand.value, str) and _plain_variable(operand.value):
                    binds.append((key, operand.value[1:]))
                    scope = self._bound(operand, kind.fields[key], scope)
                else:
                    tests.append((kind.fields[key], op, operand))
        read = [test for spec, op, operand in tests if (test := self._test(spec, op, operand, scope)) is not None]
        if name in ("violation", "fulfilled") and not any(test.field == "rule" and test.op == "is" for test in read):
            self.reader.problem(node, f"`{name}` must name the rule: `{name}: {{rule: family.name, …}}`", key=True)
        return Pattern(name, tuple(binds), tuple(read), reading, self.reader.place(node, key=True)), scope

    def _bound(self, node: Node, spec: Field, scope: Scope) -> Scope:
        variable = str(node.value)[1:]
        known = scope.kinds.get(variable)
        if known is not None and family(known) != family(spec.kind):
            self.reader.problem(node, f"`${variable}` is {a(known)}, `{spec.name}` {a(spec.kind)}; they never agree")
        return scope.bind(variable, spec.kind)

    def _tests(self, node: Node) -> Iterable[tuple[str, Node]]:
        if isinstance(node.value, dict):
            yield from node.value.items()
        else:
            yield "is", node

    def _test(self, spec: Field, op: str, node: Node, scope: Scope) -> FieldTest | None:
        if op not in OPS:
            self.reader.unknown_name(node, "test", op, OPS, key=True)
            return None
        if not self._op_fits(op, spec.kind, node):
            return None
        terms = self._terms(op, node, spec.kind, scope)
        for term, operand in zip(terms, items(node), strict=False):
            if spec.options and op in ("is", "not", "in") and isinstance(term.base, str) and not term.steps:
                self._option(spec, term.base, operand)
        return FieldTest(spec.name, OPS[op], terms) if terms else None

    def _option(self, spec: Field, word: str, node: Node) -> None:
        if word not in spec.options:
            options = ", ".join(spec.options)
            self.reader.problem(node, f"{quoted(word)} is not one of {options}{nearest(word, spec.options)}")

    def _op_fits(self, op: str, kind: Kind, node: Node) -> bool:
        fits = (
            kind == "date" if op in _DATE_OPS else kind in ("integer", "decimal", "duration") if op in _SIZE_OPS
            else kind in TEXTUAL if op == "like" else True
        )  # fmt: skip
        if not fits:
            other = " use before, on-or-before, after or on-or-after" if kind == "date" else ""
            self.reader.problem(node, f"`{op}` does not test {a(kind)};{other}".rstrip(";"), key=True)
        return fits

    def _terms(self, op: str, node: Node, kind: Kind, scope: Scope) -> tuple[Term, ...]:
        if op != "in" and isinstance(node.value, list):
            self.reader.problem(node, f"`{op}` takes one value; use `in` for several")
            return ()
        terms = []
        for operand in items(node):
            term = self.reader.term(operand, kind)
            if term is not None and self._usable(term, operand, kind, scope):
                terms.append(term)
        return tuple(terms)

    def _usable(self, term: Term, node: Node, kind: Kind, scope: Scope) -> bool:
        for name in term.variables:
            if not self.readable(name, node, scope):
                return False
        if isinstance(term.base, Variable):
            found = scope.kinds[term.base.name]
            if family(found) != family(kind):
                self.reader.problem(node, f"`${term.base.name}` is {a(found)}; {a(kind)} is wanted")
                return False
        if term.steps and family(kind) in ("text", "duration"):
            self.reader.problem(node, f"nothing can be added to {a(kind)}")
            return False
        return True

    def readable(self, name: str, node: Node, scope: Scope) -> bool:
        """Whether the variable is bound here in every reading the scope allows; a problem says it is not."""
        if name not in scope.kinds:
            self.reader.problem(
                node, f"`${name}` is not bound here{nearest('$' + name, ['$' + v for v in scope.kinds])}"
            )
            return False
        if not self._covered(scope.readings.get(name, ((),)), scope.reading):
            self.reader.problem(node, f"`${name}` is bound in some readings only, and read in others")
            return False
        return True

    def _covered(self, alternatives: tuple[Reading, ...], reading: Reading) -> bool:
        if any(set(each) <= set(reading) for each in alternatives):
            return True
        fixed = dict(reading)
        asked = sorted({question for each in alternatives for question, _ in each} - set(fixed))
        choices = [[(question, option) for option in self.questions[question].options] for question in asked]
        worlds = [{*reading, *picked} for picked in product(*choices)]
        return all(any(set(each) <= world for each in alternatives) for world in worlds)

    def _compare(self, value: Node, node: Node, scope: Scope, reading: Reading) -> Item | None:
        parts = items(value)
        op = self.reader.text(parts[1]) if len(parts) > 1 else ""
        if op not in OPS:
            self.reader.unknown_name(parts[1] if len(parts) > 1 else value, "test", op, OPS)
            return None
        kind = self._kind_of(parts[0], scope)
        if kind is None:
            kind = self._kind_of(parts[2], scope) or "text"
        left = self._terms("is", parts[0], kind, scope)
        right = self._terms(op, parts[2], kind, scope)
        if not left or not right or not self._op_fits(op, kind, parts[1]):
            return None
        return Compare(left[0], OPS[op], right, reading, self.reader.place(node))

    def _kind_of(self, node: Node, scope: Scope) -> Kind | None:
        for operand in items(node):
            text = self.reader.text(operand)
            if text.startswith("$"):
                return scope.kinds.get(text.split()[0][1:])
        return None


def _plain_variable(text: str) -> bool:
    return text.startswith("$") and len(text.split()) == 1
