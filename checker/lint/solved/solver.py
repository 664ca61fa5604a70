"""The solver: cases within bounds in which something holds, or none. The only importer of clingo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import clingo

from checker.lint.solved.numbers import Numbers, TooLongError
from checker.lint.solved.program import Program, word
from checker.lint.solved.slices import Choices
from checker.lint.solved.witness import Stated
from checker.values import Value

SECONDS = 5.0  # for one question
MOST_ASKED = 1_000_000  # comparisons and sums of one program
_ASKED = "asked"


class Solver:
    """A grounded program, to be asked questions."""

    def __init__(self, program: Program, choices: Choices, questions: Mapping[str, str]) -> None:
        """Ground the program; `questions` are bodies of literals by name."""
        self.program = program
        self.control = clingo.Control(["--warn=none"])
        self.control.add("base", [], "\n".join([*program.lines, *_chosen(program, choices), *_asked(questions)]))
        context = _Context(program.numbers)
        try:
            self.control.ground([("base", [])], context=context)
        except RuntimeError as error:
            raise TooLongError from error
        self.asked = {name: clingo.Function(_ASKED, [clingo.String(name)]) for name in questions}

    def is_possible(self, question: str) -> bool:
        """Whether there is a case in which the question's literals hold."""
        return self._model([(symbol, name == question) for name, symbol in self.asked.items()]) is not None

    def case(self, question: str) -> tuple[Stated, ...] | None:
        """A case in which the question's literals hold, with no fact to spare; None where there is no such case."""
        wanted = [(symbol, name == question) for name, symbol in self.asked.items()]
        found = self._model(wanted)
        if found is None:
            return None
        for fact in _facts(found):
            less = self._model([*wanted, *((gone, False) for gone in (*self._left_out(found), fact))])
            if less is not None:
                found = less
        return tuple(self._stated(found))

    def _left_out(self, found: Sequence[clingo.Symbol]) -> list[clingo.Symbol]:
        every = [atom.symbol for atom in self.control.symbolic_atoms.by_signature("fact", 2)]
        return [each for each in every if each not in found]

    def _model(self, assumptions: list[tuple[clingo.Symbol, bool]]) -> list[clingo.Symbol] | None:
        with self.control.solve(assumptions=assumptions, yield_=True, async_=True) as handle:
            handle.resume()
            if not handle.wait(SECONDS):
                handle.cancel()
                raise TooLongError
            model = handle.model()
            return None if model is None else model.symbols(atoms=True)

    def _stated(self, model: Sequence[clingo.Symbol]) -> Iterator[Stated]:
        fields: dict[clingo.Symbol, dict[str, Value]] = {each: {} for each in _facts(model)}
        for symbol in model:
            if symbol.match("value", 4):
                name, index, field, value = symbol.arguments
                fields[clingo.Function("fact", [name, index])][field.string] = self.program.numbers.values[value.number]
        for fact, held in sorted(fields.items()):
            name, index = fact.arguments
            yield Stated(name.string, index.number, held)


def _facts(model: Sequence[clingo.Symbol]) -> list[clingo.Symbol]:
    return [symbol for symbol in model if symbol.match("fact", 2)]


def _chosen(program: Program, choices: Choices) -> Iterator[str]:
    """Which facts there are, fewer before more, and one value for each of their fields."""
    for name, size in choices.size.items():
        yield f"{{fact({word(name)},1..{size})}}."
        yield f":- fact({word(name)},I), I > 1, not fact({word(name)},I-1)."
        for field in program.pack.types[name].fields.values():
            if (name, field.name) not in program.read:
                continue
            for index in range(1, size + 1):
                of = f"{word(name)},{index},{word(field.name)}"
                values = ";".join(str(program.numbers.of(each)) for each in choices.values(name, index, field))
                yield f"1 {{value({of},({values}))}} 1 :- fact({word(name)},{index})."


def _asked(questions: Mapping[str, str]) -> Iterator[str]:
    for name, literals in questions.items():
        yield f"{{{_ASKED}({word(name)})}}."
        yield f":- {_ASKED}({word(name)}), not holds({word(name)})."
        yield f"holds({word(name)}) :- {literals}."


class _Context:
    """What the program asks while it is grounded, in the solver's own terms."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers, self.left = numbers, MOST_ASKED

    def holds(self, *given: clingo.Symbol) -> clingo.Symbol:
        self.left -= 1
        if not self.left:
            raise TooLongError
        return clingo.Number(self.numbers.holds(*(each.number for each in given)))

    def result(self, *given: clingo.Symbol) -> clingo.Symbol:
        return clingo.Number(self.numbers.result(*(each.number for each in given)))

    def bound(self, *given: clingo.Symbol) -> clingo.Symbol:
        return clingo.Number(self.numbers.bound(*(each.number for each in given)))

    def within(self, *given: clingo.Symbol) -> clingo.Symbol:
        return clingo.Number(self.numbers.within(*(each.number for each in given)))

    def in_time(self, *given: clingo.Symbol) -> clingo.Symbol:
        return clingo.Number(self.numbers.in_time(*(each.number for each in given)))

    def in_reach(self, *given: clingo.Symbol) -> clingo.Symbol:
        return clingo.Number(self.numbers.in_reach(*(each.number for each in given)))
