"""On random packs and cases the engine and the referee come to the same, and the packs say all that can be said.

A test whose rules never speak proves nothing, so what 500 seeds say and come to is counted first. More of the
same, for hours, is `soak.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from random_packs import KIND_WEIGHTS, legal_pack, random_cases, read
from soak import difference_of_seed

from checker import engine
from checker.dates import Date, days_between
from checker.judging import open_pack
from checker.model import Absent, AnyOf, Body, Case, Compare, Count, Item, Pack, Pattern, Rule, Unless
from checker.outcome import WORST_FIRST, Outcome
from checker.referee import judge
from checker.values import NONE, Op, Term, Unknown, Value, Variable
from checker.worlds import worlds_of

OPS = (
    "is", "not", "before", "on-or-before", "after", "on-or-after",
    "at-least", "at-most", "more-than", "less-than", "in", "like",
)  # fmt: skip
BOUNDS = ("at-least", "more-than", "at-most", "less-than", "is")
ITEMS = ("Pattern", "Compare", "Absent", "Count", "AnyOf")
PLACES = ("when", "needs", "owes", "forbids", "unless", "unless of unless", "absent", "any")
SEEDS = 500
CASES = 3

needs_engine = pytest.mark.skipif(not engine.available(), reason="durable-rules does not import here")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packs")


@needs_engine
@settings(
    max_examples=2000,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),  # a smaller seed is no simpler pack; `soak.py` makes the pack itself smaller
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_the_engine_and_the_referee_agree(seed: int, folder: Path) -> None:
    difference = difference_of_seed(seed, 1, folder)
    assert difference is None, (
        f"`python tests/soak.py --seed {seed} --cases 1 --per-pack 1` shows it smaller: {difference}"
    )


# --- what the random packs say ---------------------------------------------------------


def test_random_packs_say_everything_and_their_rules_speak(folder: Path) -> None:
    said: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    refused = rules = speaking = 0
    for seed in range(SEEDS):
        found = legal_pack(seed, folder)
        if found is None:
            refused += 1
            continue
        draft, pack = found
        said.update(set(_of_pack(pack)))
        opened = open_pack(pack, with_engine=False)
        spoke = set()
        for mapping in random_cases(draft, pack, CASES):
            case, _ = read(mapping, pack)
            outcome = judge(pack, case, worlds_of(pack, opened.dependencies, {}, case).keys)
            said.update(set(_of_case(case, pack, mapping)) | set(_of_outcome(outcome, pack)))
            statuses.update(status for by_world in outcome.statuses.values() for _, status in by_world)
            spoke |= {match.rule for match in outcome.matches}
        rules += len(pack.rules)
        speaking += len(spoke)
    assert refused < 0.1 * SEEDS
    assert speaking > 0.6 * rules, f"only {speaking} of {rules} rules ever match"
    assert not (never := sorted(_expected() - said.keys())), never
    assert {status: statuses[status] for status in WORST_FIRST if statuses[status] < 0.02 * statuses.total()} == {}


def _expected() -> set[str]:
    places = {f"{item} in {place}" for item in ITEMS for place in PLACES}
    statuses = {f"{mode} {status}" for mode in ("needs", "owes", "forbids") for status in WORST_FIRST}
    parts = ("when", "needs", "owes", "forbids", "unless", "displaced", "violation", "fulfilled", "derived", "step")
    sures = {f"{part} {sure}" for part in parts for sure in ("certain", "possible")}
    return {
        *places,
        *statuses,
        *sures,
        *(f"kind {kind}" for kind in KIND_WEIGHTS),
        *(f"test {op}" for op in OPS),
        *(f"compare {op}" for op in OPS),
        *(f"count {op} {what}" for op in BOUNDS for what in ("literal", "variable")),
        *(f"reading of {what}" for what in ("rule", "Unless", *ITEMS)),
        *(f"mode {mode}" for mode in ("needs", "owes", "forbids", "permits", "means")),
        *(f"reads {what} {where}" for what in ("open", "closed", "action", "derived") for where in ("for", "against")),
        *(f"reads {what} {where}" for what in ("violation", "fulfilled") for where in ("for", "against")),
        *(f"term {what}" for what in ("+", "-", "two steps", "× variable", "× number", "variable amount", "none")),
        *("term literal with steps", "term variable with steps", "test none", "test not none", "two tests of a field"),
        *(f"due {what}" for what in ("none", "literal", "variable", "steps", "nowhere")),
        *(f"rule {what}" for what in ("acts", "per", "first fact", "also-done", "survives", "before-force", "until")),
        *(
            f"rule {what}"
            for what in ("valid from", "valid until", "no-effect", "overrides", "instead-of", "other-party")
        ),
        *(f"unless {depth} deep of {mode}" for depth in (1, 2, 3) for mode in ("judged", "permits", "means")),
        *("any binds", "any in any", "absent of several", "ground fact", "given and derived", "counter", "then-owes"),
        *("default none", "default value", "rounding down", "rounding up", "rounding refuse", "two heads"),
        *("force from", "force until day", "force until type", "0 parties", "1 parties", "2 parties", "3 parties"),
        *("complete all", "complete whole", "complete narrower", "incomplete", "done", "proposed", "stated twice"),
        *("field unknown", "field none", "worlds differ", "beyond the horizon", "a chain lost", "huge", "leap day"),
        *("day before a limit", "day of a limit", "day after a limit"),
    }


def _of_pack(pack: Pack) -> Iterator[str]:
    yield f"{len(pack.parties)} parties"
    yield f"rounding {pack.rounding}"
    for name, value in (("from", pack.force.start), ("until day", pack.force.end), ("until type", pack.force.ended_by)):
        if value is not None:
            yield f"force {name}"
    for kind in pack.types.values():
        yield from (f"kind {field.kind}" for field in kind.fields.values())
        defaults = [field.default for field in kind.fields.values() if field.default is not None]
        yield from ("default none" if value is NONE else "default value" for value in defaults)
        if kind.given and kind.derived:
            yield "given and derived"
        if kind.counter:
            yield "counter"
    if pack.facts:
        yield "ground fact"
    for rule in pack.rules.values():
        yield from _of_rule(rule, pack)


def _of_rule(rule: Rule, pack: Pack) -> Iterator[str]:
    yield f"mode {rule.mode}"
    yield from _of_switches(rule)
    if rule.mode in ("needs", "owes", "forbids"):
        yield f"rule {'per' if rule.per else 'acts' if rule.acts else 'first fact'}"
        yield from _of_due(rule)
    for head in rule.heads:
        yield from chain.from_iterable(_of_term(term) for _, term in head.fields)
    yield from _of_body(rule.when, "when", pack, against=False)
    if rule.body is not None:
        yield from _of_body(rule.body, rule.mode, pack, against=False)
    for unless in rule.unless:
        yield from _of_unless(unless, rule, pack, 1)


def _of_switches(rule: Rule) -> Iterator[str]:
    said = {
        "rule also-done": rule.also_done,
        "rule survives": rule.survives,
        "rule before-force": rule.before_force,
        "rule until": rule.until,
        "rule valid from": rule.valid[0],
        "rule valid until": rule.valid[1],
        "rule no-effect": rule.if_not == "no-effect",
        "rule overrides": rule.overrides,
        "rule instead-of": rule.instead_of,
        "rule other-party": rule.towards == "other-party",
        "reading of rule": rule.reading,
        "two heads": len(rule.heads) > 1,
        "then-owes": rule.then_owes,
    }
    yield from (what for what, holds in said.items() if holds)


def _of_due(rule: Rule) -> Iterator[str]:
    due = rule.due
    if due is None or due == "none":
        yield f"due {due or 'nowhere'}"
    elif due.steps:
        yield "due steps"
    else:
        yield f"due {'variable' if isinstance(due.base, Variable) else 'literal'}"


def _of_unless(unless: Unless, rule: Rule, pack: Pack, depth: int) -> Iterator[str]:
    mode = rule.mode if rule.mode in ("permits", "means") else "judged"
    yield f"unless {depth} deep of {mode}"
    if unless.reading:
        yield "reading of Unless"
    yield from _of_body(unless.body, "unless" if depth == 1 else "unless of unless", pack, against=True)
    for inner in unless.unless:
        yield from _of_unless(inner, rule, pack, depth + 1)


def _of_body(body: Body, place: str, pack: Pack, *, against: bool) -> Iterator[str]:
    for item in body.items:
        yield f"{type(item).__name__} in {place}"
        if item.reading:
            yield f"reading of {type(item).__name__}"
        yield from _of_item(item, place, pack, against=against)


def _of_item(item: Item, place: str, pack: Pack, *, against: bool) -> Iterator[str]:
    if isinstance(item, Pattern):
        yield from _of_pattern(item, pack, against=against)
    elif isinstance(item, Compare):
        yield f"compare {item.op}"
        yield from chain.from_iterable(map(_of_term, (item.left, *item.right)))
    elif isinstance(item, Count):
        for op, term in item.bounds:
            yield f"count {op} {'variable' if term.variables else 'literal'}"
        yield from _of_pattern(item.of, pack, against=True)
    elif isinstance(item, Absent):
        if len(item.body.items) > 1:
            yield "absent of several"
        yield from _of_body(item.body, "absent", pack, against=True)
    else:
        yield from _of_any(item, place, pack, against=against)


def _of_any(item: AnyOf, place: str, pack: Pack, *, against: bool) -> Iterator[str]:
    if item.exports:
        yield "any binds"
    if place == "any":
        yield "any in any"
    for body in item.bodies:
        yield from _of_body(body, "any", pack, against=against)


def _of_pattern(pattern: Pattern, pack: Pack, *, against: bool) -> Iterator[str]:
    kind = pack.types[pattern.type]
    status = pattern.type if pattern.type in ("violation", "fulfilled") else None
    what = status or ("action" if kind.action else "derived" if kind.derived else "open" if kind.open else "closed")
    yield f"reads {what} {'against' if against else 'for'}"
    fields = Counter([test.field for test in pattern.tests] + [name for name, _ in pattern.binds])
    if any(number > 1 for number in fields.values()):
        yield "two tests of a field"
    for test in pattern.tests:
        yield f"test {test.op}"
        if test.terms[0].base is NONE:
            yield "test not none" if test.op == "not" else "test none"
        yield from chain.from_iterable(map(_of_term, test.terms))


def _of_term(term: Term) -> Iterator[str]:
    if term.base is NONE:
        yield "term none"
    if term.steps:
        yield f"term {'variable' if isinstance(term.base, Variable) else 'literal'} with steps"
    if len(term.steps) > 1:
        yield "term two steps"
    for step in term.steps:
        yield f"term {'+' if step.sign > 0 else '-'}"
        if isinstance(step.amount, Variable):
            yield "term variable amount"
        if isinstance(step.times, Variable):
            yield "term × variable"
        elif step.times != 1:
            yield "term × number"


def _of_case(case: Case, pack: Pack, mapping: dict[str, object]) -> Iterator[str]:
    for listing in case.complete:
        yield f"complete {'all' if listing.type == 'all' else 'narrower' if listing.within else 'whole'}"
    if case.incomplete:
        yield "incomplete"
    sections = [mapping.get(section, []) for section in ("facts", "actions")]
    if sum(len(section) for section in sections if isinstance(section, list)) > len(case.given):
        yield "stated twice"
    for each in case.given:
        if pack.types[each.fact.type].action:
            yield "proposed" if each.fact.values[-1] == "yes" else "done"
        yield from chain.from_iterable(map(_of_value, each.fact.values))


def _of_value(value: Value) -> Iterator[str]:
    if isinstance(value, Unknown):
        yield "field unknown"
    elif value is NONE:
        yield "field none"
    elif isinstance(value, int) and abs(value) >= 2**53:
        yield "huge"
    elif isinstance(value, Date) and str(value).endswith("02-29"):
        yield "leap day"


def _of_outcome(outcome: Outcome, pack: Pack) -> Iterator[str]:
    sure = {True: "certain", False: "possible"}
    for match, by_world in outcome.statuses.items():
        yield from (f"{pack.rules[match.rule].mode} {status}" for _, status in by_world)
        if len({status for _, status in by_world}) > 1:
            yield "worlds differ"
    for witness, label in outcome.witnesses.items():
        yield f"{witness.part} {sure[bool(label.certain)]}"
    for fact, label in outcome.facts.items():
        kind = pack.types[fact.type]
        if kind.derived:
            yield f"{fact.type if fact.type in ('violation', 'fulfilled') else 'derived'} {sure[bool(label.certain)]}"
    yield from (f"step {sure[bool(label.certain)]}" for label in outcome.steps.values())
    for by_rule in outcome.displaced.values():
        yield from (f"displaced {sure[bool(label.certain)]}" for _, label in by_rule)
    for last in outcome.horizon.values():
        yield "a chain lost" if last == "unknown" else "beyond the horizon"
    yield from _of_limits(outcome, pack)


def _of_limits(outcome: Outcome, pack: Pack) -> Iterator[str]:
    """Whether a duty's performance lies on its due day, or a day off it."""
    for witness in outcome.witnesses:
        due = pack.rules[witness.match.rule].due
        bound = dict(witness.match.bindings)
        if witness.part != "owes" or not isinstance(due, Term) or due.steps or not isinstance(due.base, Variable):
            continue
        yield from _against(bound.get(due.base.name), (fact.values for fact in outcome.facts))


def _against(limit: object, facts: Iterable[tuple[object, ...]]) -> Iterator[str]:
    days = {value for values in facts for value in values if isinstance(value, Date)}
    if isinstance(limit, Date):
        off = {days_between(limit, day) for day in days}
        yield from (
            f"day {word} a limit" for number, word in ((-1, "before"), (0, "of"), (1, "after")) if number in off
        )


def test_the_ops_are_all_ops() -> None:
    assert set(OPS) == set(Op.__args__)  # type: ignore[attr-defined]  # a Literal has its values there
