"""What rules can come to, found with the solver: for each rule alone, and for rules of one kind of action together.

"Never" means: in no case within the bounds, which are a few facts of each type, the words and days that rules
name (with a day before and after each), nothing unknown and everything listed. Only what can be is proven.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, NamedTuple

from checker.dates import Date, Duration
from checker.lint.solved.numbers import TooLongError
from checker.lint.solved.program import Program, word
from checker.lint.solved.slices import Choices, slice_of
from checker.lint.solved.witness import Witness
from checker.lint.walk import JUDGED
from checker.model import PROPOSED, Force, Pack, Pattern, Rule
from checker.reads import patterns_in
from checker.referee_values import moved_by
from checker.strata import reading_dependencies

if TYPE_CHECKING:
    from checker.lint.solved.solver import Solver

_YEAR = Duration(months=12)
_MOST_WORLDS = 32


class Alone(NamedTuple):
    """Whether a rule can speak at all, ask for something, be kept, and be broken."""

    rule: Rule
    applies: bool
    demands: bool
    kept: bool
    broken: bool


class Pair(NamedTuple):
    """Two rules that can both ask something of one action.

    `peace`: both can be kept. `first_only` and `second_only`: one can be broken and the other not.
    `witness`: a case in which both ask and one at least is broken, where there is no peace.
    """

    first: Rule
    second: Rule
    peace: bool
    first_only: bool
    second_only: bool
    witness: Witness | None


class Option(NamedTuple):
    """An option of a field of an action, such as `purpose: military` of `undertake-activity`."""

    action: str
    field: str
    value: str


class Explored(NamedTuple):
    """All of it.

    `unspoken`: options with which no rule speaks of the action. `left`: rules that were not looked into,
    because they read what statuses make or took too long.
    """

    alone: tuple[Alone, ...]
    pairs: tuple[Pair, ...]
    unspoken: tuple[Option, ...]
    left: tuple[str, ...]


@lru_cache(maxsize=4)
def explore(pack: Pack) -> Explored:
    """What the judged rules of a pack can come to; elements of a block only where they speak of other actions."""
    alone: list[Alone] = []
    pairs: list[Pair] = []
    left: list[str] = []
    options: dict[Option, bool] = {}
    for reading, names in _groups(pack):
        looked_into = [name for name in names if slice_of(pack, [name], reading) is not None]
        left += [name for name in names if name not in looked_into]
        try:
            group = _Group(pack, tuple(looked_into), reading)
            found = list(group.alone()), list(group.pairs()), dict(group.options())
        except TooLongError:
            left += looked_into
            continue
        alone += [_in_any_reading(each, pack, reading) for each in found[0]]
        pairs += found[1]
        options.update({option: spoken or options.get(option, False) for option, spoken in found[2].items()})
    whole = {
        option for option in options if not any(option.action in actions_of(pack.rules[name], pack) for name in left)
    }
    unspoken = tuple(option for option in sorted(whole) if not options[option])
    return Explored(tuple(alone), tuple(pairs), unspoken, tuple(sorted(left)))


def _in_any_reading(found: Alone, pack: Pack, reading: Mapping[str, str]) -> Alone:
    """What the rule can come to under any combination of the readings on which it depends."""
    asked = sorted(reading_dependencies(pack.rules, Force(None))[found.rule.id])
    worlds = product(*(pack.readings[question].options for question in asked))
    for options in islice(worlds, _MOST_WORLDS):
        if all(found[1:]):
            break
        other = _Group(pack, (found.rule.id,), {**reading, **dict(zip(asked, options, strict=True))})
        for more in other.alone():
            found = Alone(found.rule, *(one or another for one, another in zip(found[1:], more[1:], strict=True)))
    return found


def _groups(pack: Pack) -> Iterator[tuple[Mapping[str, str], list[str]]]:
    """Judged rules by the action they speak of, the world they are part of, and what they ask about."""
    default = {question.id: question.default for question in pack.readings.values()}
    groups: dict[tuple[object, ...], list[str]] = {}
    for rule in pack.rules.values():
        if rule.mode in JUDGED and _is_its_own(rule, pack):
            actions = tuple(sorted(actions_of(rule, pack))) if rule.acts else (rule.id,)
            groups.setdefault((actions, rule.reading), []).append(rule.id)
    for (_, reading), names in groups.items():
        for related in _related(pack, names):
            yield {**default, **dict(_pairs(reading))}, related


def _related(pack: Pack, names: Iterable[str]) -> list[list[str]]:
    """The rules put together with those that they are related to, and these with theirs."""
    found: list[list[str]] = []
    for name in names:
        near = [each for each in found if any(not _is_unrelated(pack.rules[name], pack.rules[it]) for it in each)]
        found = [*(each for each in found if each not in near), [*(it for each in near for it in each), name]]
    return found


def _pairs(reading: object) -> Iterable[tuple[str, str]]:
    return reading if isinstance(reading, tuple) else ()


def actions_of(rule: Rule, pack: Pack) -> set[str]:
    """The types of action that the rule speaks of."""
    patterns = [each for each in patterns_in(rule.when) if ("id", "action") in each.binds]
    return {each.type for each in patterns if pack.types[each.type].action}


class _Group:
    """Rules looked into together."""

    def __init__(self, pack: Pack, names: tuple[str, ...], reading: Mapping[str, str]) -> None:
        self.pack, self.names, self.reading = pack, names, reading
        slice_ = slice_of(pack, names, reading)
        self.related = [
            (one, other)
            for one, other in combinations(names, 2)
            if not _is_unrelated(pack.rules[one], pack.rules[other])
        ]
        self.solver: Solver | None = None
        self.asked: dict[str, tuple[Option, str]] = {}
        if slice_ is None or not names:
            return
        choices = Choices(slice_)
        last = moved_by(max(choices.days), _YEAR, 1, "down")
        self.as_of = last if isinstance(last, Date) else max(choices.days)
        from checker.lint.solved.solver import Solver  # noqa: PLC0415 - it is an extra, and heavy

        program = Program(pack, slice_, self.as_of, reading)
        self.asked = dict(self._options(program, choices))
        spoken = {name: literals for name, (_, literals) in self.asked.items()}
        self.solver = Solver(program, choices, {**dict(_questions(names, self.related)), **spoken})

    def alone(self) -> Iterator[Alone]:
        for name in self.names:
            can = {what: self._can(f"{what} {name}") for what in ("applies", "demands", "kept", "broken")}
            yield Alone(self.pack.rules[name], **can)

    def pairs(self) -> Iterator[Pair]:
        for one, other in self.related:
            if not self._can(f"both {one} {other}"):
                continue
            first, second = self.pack.rules[one], self.pack.rules[other]
            peace = self._can(f"peace {one} {other}")
            witness = None if peace else self._witness(f"both {one} {other}")
            if witness is not None and not _is_confirmed(witness, self.pack, one, other):
                continue
            only = self._can(f"only {one} {other}"), self._can(f"only {other} {one}")
            yield Pair(first, second, peace, *only, witness)

    def options(self) -> Iterator[tuple[Option, bool]]:
        """Each option of an action's field that rules look at, and whether one of the rules speaks with it."""
        yield from ((option, self._can(name)) for name, (option, _) in self.asked.items())

    def _options(self, program: Program, choices: Choices) -> Iterator[tuple[str, tuple[Option, str]]]:
        """Each option of the actions' fields, and the literals that one of the rules speaks with it."""
        for action in sorted({each for name in self.names for each in actions_of(self.pack.rules[name], self.pack)}):
            speaking = f"applies(_,{program.numbers.of(f'{action}-1')})"
            fields = self.pack.types[action].fields.values()
            for field in (each for each in fields if each.kind == "one-of" and each.name != PROPOSED):
                for value in field.options if choices.size.get(action) else ():
                    stated = f"value({word(action)},1,{word(field.name)},{program.numbers.of(value)})"
                    literals = f"{stated}, {speaking}" if (action, field.name) in program.read else speaking
                    yield f"option {action} {field.name} {value}", (Option(action, field.name, value), literals)

    def _can(self, question: str) -> bool:
        return self.solver is not None and self.solver.is_possible(question)

    def _witness(self, question: str) -> Witness | None:
        facts = self.solver.case(question) if self.solver is not None else None
        return None if facts is None else Witness(facts, self.as_of, self.reading)


def _is_its_own(rule: Rule, pack: Pack) -> bool:
    """Whether the rule is no element that says in part what its block's own rule says of the same actions."""
    main = pack.rules.get(rule.block or "")
    return main is None or main is rule or not actions_of(rule, pack) <= actions_of(main, pack)


def _is_unrelated(first: Rule, second: Rule) -> bool:
    """Whether two rules ask about different types of fact, or are elements of one block, which repeat each other."""
    if first.block is not None and first.block == second.block:
        return True
    return not {each.type for each in _asked_for(first)} & {each.type for each in _asked_for(second)}


def _asked_for(rule: Rule) -> Iterable[Pattern]:
    return patterns_in(rule.body) if rule.body is not None else ()


def _questions(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The questions about rules, by name, as literals of the program."""
    for name in names:
        told = word(name)
        yield f"applies {name}", f"applies({told},A)"
        yield f"demands {name}", f"demands({told},A)"
        yield f"kept {name}", f"demands({told},A), not broken({told},A)"
        yield f"broken {name}", f"broken({told},A)"
    for one, other in pairs:
        both = f"demands({word(one)},A), demands({word(other)},A)"
        yield f"both {one} {other}", both
        yield f"peace {one} {other}", f"{both}, not broken({word(one)},A), not broken({word(other)},A)"
        yield f"only {one} {other}", f"broken({word(one)},A), not broken({word(other)},A)"
        yield f"only {other} {one}", f"broken({word(other)},A), not broken({word(one)},A)"


def _is_confirmed(witness: Witness, pack: Pack, one: str, other: str) -> bool:
    """Whether the referee says so too: both rules speak, and not both are kept."""
    statuses = witness.statuses(pack, (one, other))
    return all(statuses.values()) and any("violated" in each for each in statuses.values())
