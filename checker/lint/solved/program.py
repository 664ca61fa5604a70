"""Rules as a logic program: the stable models of it are the cases, within bounds, with what follows from each.

One world: readings are settled, nothing is unknown, nothing is unlisted, and every day lies before the
day of judging. A case is a choice of facts; `applies`, `demands` and `broken` say what each judged rule
makes of it. The agreement's end is left out of account. Whatever a model says is judged again by the referee.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

from checker.dates import Date
from checker.lint.solved.numbers import Numbers
from checker.lint.solved.slices import Slice
from checker.lint.solved.variables import joining, named_in, used_after
from checker.model import Absent, AnyOf, Body, Compare, Count, FieldTest, Item, Pack, Pattern, Rule, Unless
from checker.referee_open import part_of
from checker.values import NONE, Term, Unknown, Value, Variable

Names = dict[str, str]  # variable of a rule → variable of the program
_BOUNDS = {"at-least": ">=", "at-most": "<=", "more-than": ">", "less-than": "<", "is": "="}


class Program:
    """The text of a program; `numbers` says what its numbers stand for."""

    def __init__(self, pack: Pack, slice_: Slice, as_of: Date, reading: Mapping[str, str]) -> None:
        """Write down the rules of a slice."""
        self.pack, self.slice, self.reading = pack, slice_, reading
        self.numbers = Numbers(pack.rounding, as_of)
        self.as_of = self.numbers.of(as_of)
        self.lines: list[str] = []
        self.read: set[tuple[str, str]] = set()  # fields of given types that some pattern looks at
        self._relations: dict[tuple[str, tuple[str, ...]], str] = {}
        self._fresh = count()
        self._ranges: dict[str, str] = {}  # by variable of the program: a literal for all the values it may have
        self.joining: set[str] = set()  # variables of the rule at hand that are named more than once
        self.dated = False  # whether the rule at hand applies on some days only
        for fact in pack.facts:
            if fact.type in slice_.types:
                self.lines.append(f"{self._derived(fact.type, [str(self.numbers.of(v)) for v in fact.values])}.")
        for rule in slice_.rules:
            self._rule(rule)

    def body(self, head: str, body: Body) -> None:
        """A predicate that holds where a body does that belongs to no rule."""
        times = Counter(named_in([body]))
        self.joining, self.dated = {name for name, number in times.items() if number > 1}, False
        literals, _ = self._body(body, {}, [])
        self.lines.append(f"{head} :- {_all(literals)}.")

    # --- rules -----------------------------------------------------------------------

    def _rule(self, rule: Rule) -> None:
        name = word(rule.id)
        span = self._span(rule)
        self.joining, self.dated = joining(rule), span != (None, None)
        literals, names = self._body(rule.when, {}, [])
        if self.dated:
            literals.append(f"1 = @within({self.numbers.span(*span)},{names.get(_DAY, self.as_of)})")
        names = {each: variable for each, variable in names.items() if each in used_after(rule)}
        key = ",".join((name, *names.values()))
        self.lines.append(f"when({key}) :- {_all(literals)}.")
        when = [f"when({key})"]
        if rule.mode == "means":
            self._conclusions(rule, [*when, *self._not_excused(rule.unless, names, when)], names)
        elif rule.mode == "permits":
            self._action("permitted", name, names, [*when, *self._not_excused(rule.unless, names, when)])
        else:
            self._judged(rule, when, names)

    def _span(self, rule: Rule) -> tuple[Date | None, Date | None]:
        """The days on which the rule applies: its own, for judged rules within those of the agreement."""
        start, end = rule.valid
        if rule.mode != "means" and not rule.before_force:
            start = max((each for each in (start, self.pack.force.start) if each is not None), default=None)
        if rule.mode != "means" and not rule.survives:
            end = min((each for each in (end, self.pack.force.end) if each is not None), default=None)
        return start, end

    def _conclusions(self, rule: Rule, holds: Sequence[str], names: Names) -> None:
        chain = rule.id in self.slice.chains
        for head in rule.heads:
            stated, literals = dict(head.fields), list(holds)
            values: list[str] = []
            for field in self.pack.types[head.type].fields.values():
                if field.name in stated:
                    value = self._term(stated[field.name], names)
                    variable = f"H{len(values)}"
                    literals.append(f"{variable} = {value}")
                    if chain and stated[field.name].steps:
                        literals.append(f"1 = @in_reach({variable})")
                    values.append(variable)
                else:
                    left_out: Value = Unknown(rule.id, field.name) if field.default is None else field.default
                    values.append(str(self.numbers.of(left_out)))
            self.lines.append(f"{self._derived(head.type, values)} :- {_all(literals)}.")

    def _judged(self, rule: Rule, when: list[str], names: Names) -> None:
        name, body = word(rule.id), rule.body or Body((), ())
        displaced = [f"not displaced({name},{names.get('action', 0)})"] if self.slice.displacers.get(rule.id) else []
        for other in self.slice.displacers.get(rule.id, ()):
            held = "permitted" if self.pack.rules[other].mode == "permits" else "applies"
            self.lines.append(f"displaced({name},A) :- {held}({word(other)},A).")
        due = self._due(rule, names)
        self._action("applies", name, names, when)
        if rule.mode == "forbids":
            done, inner = self._body(body, names, when, due)
            free = [*when, *done, *self._not_excused(rule.unless, inner, [*when, *done]), *displaced]
            self._action("demands", name, names, [*when, *displaced])
            self._action("broken", name, names, free)
            return
        met, _ = self._body(body, names, when, due)
        kept = f"kept({','.join((name, *names.values()))})"
        self.lines.append(f"{kept} :- {_all([*when, *met])}.")
        demanded = [*when, *self._not_excused(rule.unless, names, when), *displaced]
        self._action("demands", name, names, demanded)
        self._action("broken", name, names, [*demanded, f"not {kept}"])

    def _action(self, what: str, name: str, names: Names, literals: Iterable[str]) -> None:
        """A predicate of the rule and the action it speaks of (0: none)."""
        self.lines.append(f"{what}({name},{names.get('action', 0)}) :- {_all(literals)}.")

    def _due(self, rule: Rule, names: Names) -> str:
        return self._term(rule.due, names) if isinstance(rule.due, Term) else str(self.numbers.of(NONE))

    def _not_excused(self, exceptions: Iterable[Unless], names: Names, before: list[str]) -> Iterator[str]:
        """One literal for each exception: that it does not hold, itself not set aside by an exception of its own."""
        for each in exceptions:
            if not part_of(each.reading, self.reading) or not self._remains(each.body):
                continue
            literals, inner = self._body(each.body, names, before)
            literals += self._not_excused(each.unless, inner, [*before, *literals])
            yield f"not {self._named('excused', names, [*before, *literals])}"

    # --- bodies ------------------------------------------------------------------------

    def _body(self, body: Body, names: Names, before: list[str], due: str | None = None) -> tuple[list[str], Names]:
        """The literals of a body after those of `before`, and the variables known then."""
        items = sorted(
            (item for item in body.items if part_of(item.reading, self.reading)),
            key=lambda item: isinstance(item, (Absent, Count)),
        )
        literals, known = list[str](), dict(names)
        for item in items:
            literals += self._item(item, known, [*before, *literals], due)
        return literals, known

    def _item(self, item: Item, names: Names, before: list[str], due: str | None) -> list[str]:
        if isinstance(item, Pattern):
            return self._pattern(item, names, due)
        if isinstance(item, Compare):
            used = self._used((item.left, *item.right), names)
            return [self._holds(self.numbers.test(item.left, item.op, item.right, used), [names[it] for it in used])]
        if isinstance(item, AnyOf):
            return [self._any(item, names, before, due)]
        if isinstance(item, Absent):
            if not self._remains(item.body):
                return []
            inner, _ = self._body(item.body, names, before)
            return [f"not {self._named('found', names, [*before, *inner])}"]
        return list(self._count(item, names))

    def _pattern(self, pattern: Pattern, names: Names, due: str | None, fact: str = "_") -> list[str]:
        """A fact of the type, what is bound and tested of it, and that it is in time; binds what is new in `names`."""
        kind = self.pack.types[pattern.type]
        binds = [(name, variable) for name, variable in pattern.binds if variable in self.joining]
        fields = dict.fromkeys((*(name for name, _ in binds), *(test.field for test in pattern.tests)))
        timed = due is not None and kind.given
        if kind.day is not None and (timed or (self.dated and _DAY not in names)):
            fields[kind.day] = None
        held = {name: f"V{next(self._fresh)}" for name in fields}
        joins: list[str] = []
        for name, variable in binds:
            if variable in names:
                joins.append(f"{names[variable]} != {self.numbers.of(NONE)}")  # `none` is equal to nothing
                joins += [f"{held[name]} = {names[variable]}"] if held[name] in names.values() else []
                held[name] = names[variable]
            else:
                names[variable] = held[name]
        for name, variable in held.items():
            self._ranges.setdefault(variable, self._range(pattern.type, name, variable))
        literals = [*self._fact(pattern.type, held, fact), *joins]
        literals += [self._test(test, held[test.field], names) for test in pattern.tests]
        if kind.day in held:
            names.setdefault(_DAY, held[kind.day])
            if timed:
                literals.append(f"1 = @in_time({held[kind.day]},{due})")
        return literals

    def _test(self, test: FieldTest, held: str, names: Names) -> str:
        used = self._used(test.terms, names)
        number = self.numbers.test_of_field(test.op, test.terms, used)
        return self._holds(number, [held, *(names[each] for each in used)])

    def _holds(self, number: int, variables: list[str]) -> str:
        """A literal that a test holds, which is asked once for values that it compares, not for each combination."""
        asked = f"1 = @holds({','.join(map(str, (number, *variables)))})"
        compared = list(dict.fromkeys(variables))
        if len(compared) > _MOST_COMPARED or not all(each in self._ranges for each in compared):
            return asked
        passing = f"passes{next(self._fresh)}({','.join(compared) or '0'})"
        self.lines.append(f"{passing} :- {_all([*(self._ranges[each] for each in compared), asked])}.")
        return passing

    def _any(self, item: AnyOf, names: Names, before: list[str], due: str | None) -> str:
        new = [each for each in item.exports if each not in names and each in self.joining]
        known = {**names, **{each: f"V{next(self._fresh)}" for each in new}}
        predicate = f"any{next(self._fresh)}"
        for branch in item.bodies:
            if self._remains(branch):
                literals, inner = self._body(branch, names, before, due)
                shown = ",".join(inner[each] for each in known if each != _DAY) or "0"
                self.lines.append(f"{predicate}({shown}) :- {_all([*before, *literals])}.")
        names.update(known)
        shown_as = [each for name, each in known.items() if name != _DAY]
        for each in new:
            holes = ",".join(known[each] if variable == known[each] else "_" for variable in shown_as)
            self._ranges[known[each]] = f"{predicate}({holes})"
        return f"{predicate}({','.join(each for name, each in known.items() if name != _DAY) or '0'})"

    def _count(self, item: Count, names: Names) -> Iterator[str]:
        counted = _all(self._pattern(item.of, dict(names), None, fact="F"))
        for op, term in item.bounds:
            used = self._used((term,), names)
            number = self.numbers.term(term, used)
            bound = f"@bound({','.join(map(str, (number, *(names[each] for each in used))))})"
            yield f"#count{{F : {counted}}} {_BOUNDS[op]} {bound}"

    def _remains(self, body: Body) -> bool:
        return any(part_of(item.reading, self.reading) for item in body.items)

    # --- terms and relations ---------------------------------------------------------------

    def _term(self, term: Term, names: Names) -> str:
        if not term.steps:
            base = term.base
            return names[base.name] if isinstance(base, Variable) else str(self.numbers.of(base))
        used = self._used((term,), names)
        return f"@result({','.join(map(str, (self.numbers.term(term, used), *(names[each] for each in used))))})"

    def _used(self, terms: Iterable[Term], names: Names) -> list[str]:
        return list(dict.fromkeys(name for term in terms for name in term.variables if name in names))

    def _named(self, stem: str, names: Names, literals: Iterable[str]) -> str:
        """A predicate of its own for literals, over the variables that were known before them."""
        shown = ",".join(each for name, each in names.items() if name != _DAY) or "0"
        head = f"{stem}{next(self._fresh)}({shown})"
        self.lines.append(f"{head} :- {_all(literals)}.")
        return head

    def _derived(self, name: str, values: Sequence[str]) -> str:
        return f"derived(r({','.join((word(name), *values))}))"

    def _fact(self, name: str, held: Mapping[str, str], fact: str) -> list[str]:
        """Literals for a fact of the type with these variables for some of its fields; `fact` stands for itself."""
        if self.pack.types[name].given:
            self.read |= {(name, each) for each in held}
        if self._is_made(name):
            return [f"{self._relation(name, tuple(held))}({','.join((fact, *held.values()))})"]
        this = fact if fact != "_" else f"I{next(self._fresh)}"
        return [f"fact({word(name)},{this})", *self._values(name, this, held)]

    def _range(self, name: str, field: str, variable: str) -> str:
        """A literal for all values of a field, stated ones and made ones alike."""
        if not self._is_made(name):
            return f"value({word(name)},_,{word(field)},{variable})"
        return f"{self._relation(name, (field,))}(_,{variable})"

    def _values(self, name: str, this: str, held: Mapping[str, str]) -> list[str]:
        return [f"value({word(name)},{this},{word(each)},{variable})" for each, variable in held.items()]

    def _is_made(self, name: str) -> bool:
        """Whether rules or the agreement itself make facts of the type."""
        return self.pack.types[name].derived or any(fact.type == name for fact in self.pack.facts)

    def _relation(self, name: str, fields: tuple[str, ...]) -> str:
        """The facts of a type with some of their fields, stated ones and made ones alike."""
        if (name, fields) in self._relations:
            return self._relations[name, fields]
        relation = self._relations[name, fields] = f"t{len(self._relations)}"
        kind = self.pack.types[name]
        shown = {each: f"X{index}" for index, each in enumerate(fields)}
        every = [shown.get(each, f"Y{index}") for index, each in enumerate(kind.fields)]
        made = f"r({','.join((word(name), *every))})"
        self.lines.append(f"{relation}({','.join((made, *shown.values()))}) :- derived({made}).")
        if kind.given:
            head = f"{relation}({','.join((f'g({word(name)},I)', *shown.values()))})"
            self.lines.append(f"{head} :- {_all([f'fact({word(name)},I)', *self._values(name, 'I', shown)])}.")
        return relation


_MOST_COMPARED = 2  # variables; with more there may be fewer combinations than values to compare
_DAY = "the day"  # among the names: the day of what fills the first dated pattern; no variable is called so


def _asked(what: str, number: int, used: Sequence[str], names: Names) -> str:
    return f"1 = @{what}({','.join(map(str, (number, *(names[each] for each in used))))})"


def word(text: str) -> str:
    """A text as the program writes it."""
    return f'"{text}"'


def _all(literals: Iterable[str]) -> str:
    return ", ".join(literals) or "#true"
