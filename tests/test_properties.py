"""What holds of every case whatever its pack: what may not matter doesn't, and knowing more unsettles nothing.

Each property is a consequence of docs/language.md, tried on random packs and cases (`random_packs.py`).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from random_packs import Draft, Mapped, dumped, legal_pack, made, random_cases, read

from checker import check
from checker.dates import parse_date, parse_duration
from checker.judging import OpenPack, open_pack
from checker.model import Case, Fact, Pack
from checker.outcome import Match, Outcome, Status, WorldKey
from checker.pack import load_pack
from checker.referee import judge
from checker.referee_order import order_of
from checker.values import NONE, Unknown, Value
from checker.worlds import worlds_of

HERE = Path(__file__).resolve().parent
CASES = 3
_Test = TypeVar("_Test", bound=Callable[..., None])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packs")


def seeds(examples: int) -> Callable[[_Test], _Test]:
    """So many random packs, the same in every run."""

    def of(test: _Test) -> _Test:
        chosen = settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
        )
        return chosen(given(seed=st.integers(0, 2**32))(test))

    return of


def drawn(seed: int, folder: Path) -> tuple[Draft, OpenPack, list[Mapped]]:
    """A legal pack, opened, and some cases for it."""
    found = legal_pack(seed, folder)
    assume(found is not None)
    assert found is not None
    draft, pack = found
    return draft, open_pack(pack, with_engine=False), random_cases(draft, pack, CASES)


def worlds(opened: OpenPack, case: Case) -> tuple[WorldKey, ...]:
    return worlds_of(opened.pack, opened.dependencies, {}, case).keys


def told(outcome: Outcome) -> str:
    """Everything that an outcome says, to the letter, in an order of its own."""
    lines = [f"worlds {outcome.worlds}"]
    for table in ("facts", "matches", "statuses", "steps", "witnesses", "displaced", "horizon"):
        found: Mapping[object, object] = getattr(outcome, table)
        lines += sorted(f"{table} {key!r}: {value!r}" for key, value in found.items())
    return "\n".join(lines)


def outcome_of(opened: OpenPack, mapping: Mapped, keys: tuple[WorldKey, ...] | None = None) -> Outcome:
    case, _ = read(mapping, opened.pack)
    return judge(opened.pack, case, keys or worlds(opened, case))


# --- order ------------------------------------------------------------------------------


def shuffled(rng: Random, data: Any, *, lists: bool) -> Any:
    """The data with the keys of its mappings in another order, and (`lists`) its lists too."""
    if isinstance(data, dict):
        return {key: shuffled(rng, data[key], lists=lists) for key in rng.sample(list(data), len(data))}
    if isinstance(data, list):
        inner = [shuffled(rng, each, lists=lists) for each in data]
        return rng.sample(inner, len(inner)) if lists else inner
    return data


@seeds(40)
def test_the_order_of_facts_and_keys_of_a_case_changes_nothing(seed: int, folder: Path) -> None:
    _, opened, cases = drawn(seed, folder)
    for mapping in cases:
        other = shuffled(Random(seed), mapping, lists=True)
        assert told(outcome_of(opened, mapping)) == told(outcome_of(opened, other))
        assert placeless(opened, mapping) == placeless(opened, other)


@seeds(40)
def test_the_order_of_rules_and_files_and_keys_of_a_pack_changes_nothing(seed: int, folder: Path) -> None:
    draft, opened, cases = drawn(seed, folder)
    other = open_pack(load_pack(_in_files(draft.pack, Random(seed), folder / str(seed))), with_engine=False)
    for mapping in cases:
        assert told(outcome_of(opened, mapping)) == told(outcome_of(other, mapping))
        assert placeless(opened, mapping) == placeless(other, mapping)


def _in_files(pack: Mapped, rng: Random, folder: Path) -> Path:
    """The pack dealt out to three files, each rule, type and reading to any of them, everything in another order."""
    head: Mapped = {}
    parts: list[Mapped] = [head, {}, {}]
    for key, value in pack.items():
        if key in ("rules", "facts"):
            for each in rng.sample(value, len(value)):
                rng.choice(parts).setdefault(key, []).append(_reordered(each, rng))
        elif key in ("types", "actions", "readings"):
            for name in rng.sample(list(value), len(value)):
                rng.choice(parts).setdefault(key, {})[name] = value[name]
        else:
            head[key] = value
    folder.mkdir()
    for name, part in zip(("pack", *rng.sample(("a", "z"), 2)), parts, strict=True):
        (folder / f"{name}.yaml").write_text(
            dumped({key: part[key] for key in rng.sample(list(part), len(part))}), "utf-8"
        )
    return folder


def _reordered(rule: Mapped, rng: Random) -> Mapped:
    return {key: rule[key] for key in rng.sample(list(rule), len(rule))}


PLACES = (
    "location",
    "rule_location",
    "underline",
    "sha256",
    "pack_sha256",
    "missing",
    "about",
)  # and what hangs on them


def placeless(opened: OpenPack, mapping: Mapped) -> object:
    """The verdict without where things stand in their files; of equally near misses the first in the file are shown."""
    verdict = _without(json.loads(check(dumped(mapping), opened, engine="referee", remedies=False).to_json()), PLACES)
    for listed in ("unjudged", "not_in_force", "unread"):  # they stand in the order of the file
        verdict[listed] = sorted(map(dumped, verdict[listed]))
    return verdict


def _without(data: Any, keys: Sequence[str]) -> Any:
    if isinstance(data, dict):
        return {key: _without(value, keys) for key, value in data.items() if key not in keys}
    if isinstance(data, list):
        return [_without(each, keys) for each in data]
    return data


HASHED = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:4]
from checker import check, engine
from checker.judging import open_pack
from random_packs import dumped, legal_pack, random_cases
from test_properties import outcome_of, told
for seed in map(int, sys.argv[4:]):
    draft, pack = legal_pack(seed, Path(sys.argv[1]))
    opened = open_pack(pack, with_engine=engine.available())
    for mapping in random_cases(draft, pack, 3):
        print(check(dumped(mapping), opened, remedies=False).to_json())
        print(told(outcome_of(opened, mapping)))
"""


def test_the_hash_seed_changes_nothing(folder: Path) -> None:
    chosen = [str(seed) for seed in range(390, 430) if legal_pack(seed, folder)]
    told_by = [_hashed(folder, hash_seed, chosen) for hash_seed in ("1", "2")]
    assert told_by[0] == told_by[1]
    assert b'"findings"' in told_by[0]


def _hashed(folder: Path, hash_seed: str, chosen: list[str]) -> bytes:
    command = [sys.executable, "-c", HASHED, str(folder), str(HERE.parent), str(HERE), *chosen]
    done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


FIVE: Mapped = {
    "pack": "five", "version": "0.1.0", "title": "Five",
    "types": {
        "sum": {"fields": {"id": "id", "of": "decimal"}, "world": "closed"},
        "seen": {"fields": {"of": "decimal", "left-out": "text"}},
    },
    "rules": [
        {"id": "a.seen", "title": "t", "basis": "seed",
         "when": [{"sum": {"of": "$n"}}], "means": [{"seen": {"of": "$n"}}]},
        {"id": "a.most", "title": "t", "basis": "seed", "when": [{"sum": {"of": "$n"}}], "per": ["$n"],
         "say": "It is {n}.", "forbids": [{"seen": {"of": {"more-than": 4}, "left-out": {"not": "x"}}}]},
    ],
}  # fmt: skip


def test_of_two_numbers_alike_it_is_always_the_same_that_is_shown(folder: Path) -> None:
    opened = open_pack(made(FIVE, folder / "five"), with_engine=False)
    facts = [
        f'{{"sum": {{"id": "s{number}", "of": {of}}}}}' for number in range(8) for of in ("5", "5.0")[number % 2 :][:1]
    ]
    shown = set()
    for turn in range(8):
        text = f'{{"as-of": "2024-01-01", "facts": [{", ".join(facts[turn:] + facts[:turn])}]}}'
        verdict = json.loads(check(text, opened, engine="referee", remedies=False).to_json())
        shown.add(json.dumps(_without(verdict["findings"], ("location", "rule_location", "underline"))))
    assert len(shown) == 1


# --- what does not matter -----------------------------------------------------------------

IDLE = ("sha256", "unread", "answers")  # a question may offer as an answer any value that stands in the case


@seeds(40)
def test_a_fact_that_no_rule_asks_for_changes_only_what_is_unread(seed: int, folder: Path) -> None:
    draft, _, cases = drawn(seed, folder)
    pack = {
        **draft.pack,
        "types": {**draft.pack["types"], "idle": {"fields": {"id": "id", "n": "integer"}, "world": "open"}},
    }
    opened = open_pack(made(pack, folder), with_engine=False)
    for mapping in cases:
        last = {key: value for key, value in mapping.items() if key != "facts"}
        few = {**last, "facts": mapping.get("facts", [])}
        more = {**last, "facts": [*mapping.get("facts", []), {"idle": {"id": "i1", "n": 7}}]}
        one, other = (
            json.loads(check(dumped(each), opened, engine="referee", remedies=False).to_json()) for each in (few, more)
        )
        (new,) = (each for each in other["unread"] if each not in one["unread"])
        assert "idle" in dumped(new)
        assert _without(one, IDLE) == _without(other, IDLE)


@seeds(60)
def test_a_rule_that_nothing_reads_changes_only_its_own_findings(seed: int, folder: Path) -> None:
    draft, opened, cases = drawn(seed, folder)
    order = order_of(opened.pack)
    idle = [
        name
        for name, rule in opened.pack.rules.items()
        if rule.mode in ("needs", "owes", "forbids") and not any(name in waits for waits in order.waits_for.values())
    ]
    named = dumped([rule.get(key) for rule in draft.pack["rules"] for key in ("overrides", "instead-of", "then-owes")])
    idle = [name for name in idle if f'"{name}"' not in named]
    assume(idle)
    gone = idle[0]
    rules = [rule for rule in draft.pack["rules"] if rule["id"] != gone]
    without = open_pack(made({**draft.pack, "rules": rules}, folder), with_engine=False)
    for mapping in cases:
        case, _ = read(mapping, opened.pack)
        keys = worlds(opened, case)
        lines = told(judge(opened.pack, case, keys)).split("\n")
        kept = [line for line in lines if f"rule={gone!r}" not in line and not line.startswith(f"horizon {gone!r}")]
        kept = [line for line in kept if f"facts Fact(type='violation', values=({gone!r}" not in line]
        kept = [line for line in kept if f"facts Fact(type='fulfilled', values=({gone!r}" not in line]
        assert kept == told(outcome_of(without, mapping, keys)).split("\n")


@seeds(60)
def test_a_world_is_judged_alike_alone_and_among_others(seed: int, folder: Path) -> None:
    _, opened, cases = drawn(seed, folder)
    assume(opened.pack.readings)
    for mapping in cases:
        case, _ = read(mapping, opened.pack)
        keys = worlds(opened, case)
        together = judge(opened.pack, case, keys)
        for number, key in enumerate(keys):
            alone = judge(opened.pack, case, (key,))
            assert alone.facts == {
                fact: label for fact, each in together.facts.items() if any(label := _bit(each, number))
            }
            assert statuses(alone) == statuses(together, number)


def _bit(label: tuple[int, int], number: int) -> tuple[int, int]:
    return (label[0] >> number & 1, label[1] >> number & 1)


def statuses(outcome: Outcome, number: int = 0) -> dict[Match, Status]:
    """The statuses in one world."""
    return {match: status for match, by in outcome.statuses.items() for world, status in by if world == number}


@seeds(100)
def test_a_rule_depends_on_no_reading_but_those_it_is_said_to(seed: int, folder: Path) -> None:
    _, opened, cases = drawn(seed, folder)
    assume(opened.pack.readings)
    names = sorted(opened.pack.readings)
    keys = [
        tuple(zip(names, picked, strict=True))
        for picked in product(*(opened.pack.readings[name].options for name in names))
    ]
    for mapping in cases:
        case, _ = read(mapping, opened.pack)
        depends = opened.dependencies.of(case)
        outcome = outcome_of(opened, mapping, tuple(keys))
        for name in opened.pack.rules:
            seen: dict[WorldKey, dict[Match, Status]] = {}
            for number, key in enumerate(keys):
                asked = tuple(pair for pair in key if pair[0] in depends[name])
                mine = {match: status for match, status in statuses(outcome, number).items() if match.rule == name}
                assert seen.setdefault(asked, mine) == mine, name


@seeds(60)
def test_names_mean_nothing(seed: int, folder: Path) -> None:
    """Types are judged alike whatever they are called; the order of their names turns round."""
    draft, opened, cases = drawn(seed, folder)
    turned = open_pack(made(json_with(_turned, draft.pack), folder), with_engine=False)
    for mapping in cases:
        one = outcome_of(opened, mapping)
        other = outcome_of(turned, json_with(_turned, mapping), one.worlds)
        assert _tally(one) == _tally(other)


@seeds(60)
def test_the_calendar_repeats_after_four_hundred_years(seed: int, folder: Path) -> None:
    draft, opened, cases = drawn(seed, folder)
    assume(not draft.far)
    later = open_pack(made(json_with(_later, draft.pack), folder), with_engine=False)
    for mapping in cases:
        one = outcome_of(opened, mapping)
        assert _later(told(one)) == told(outcome_of(later, json_with(_later, mapping), one.worlds))


def json_with(change: Callable[[str], str], data: Mapped) -> Mapped:
    """The data with its text changed; numbers stay exact."""
    from decimal import Decimal  # noqa: PLC0415 - only here

    changed: Mapped = json.loads(change(dumped(data)), parse_float=Decimal)
    return changed


def _turned(text: str) -> str:
    """Names of types begin with the other end of the alphabet: those that came first come last."""
    return re.sub(r'"((?:t|d|do-)[qwertz])(\d+)"', lambda found: f'"{found[1]}{999 - int(found[2])}"', text)


def _tally(outcome: Outcome) -> Counter[tuple[str, int, str]]:
    return Counter((match.rule, world, status) for match, by in outcome.statuses.items() for world, status in by)


def _later(text: str) -> str:
    """Days of our centuries, four hundred years on: as many days in every month, and no weekday differs."""
    return re.sub(
        r"(?<![0-9])(19|20|21|22)([0-9]{2}-[0-9]{2}-[0-9]{2})", lambda found: f"{int(found[1]) + 4}{found[2]}", text
    )


# --- knowing more ---------------------------------------------------------------------------


@seeds(120)
def test_what_an_answer_settles_stays_settled(seed: int, folder: Path) -> None:
    """A field that was unknown gets a value: what was violated or satisfied whatever it is, still is.

    Not where facts are counted (two may turn out to be one), where chains run (to the latest day known) or where a
    status is read (what was pending is no breach yet).
    """
    draft, opened, cases = drawn(seed, folder)
    settled = _rules_without(opened.pack, COUNTS, CHAINS, STATUSES)
    for mapping in cases:
        case, _ = read(mapping, opened.pack)
        answered = _answered(case, draft, Random(seed), 0.7)
        keys = worlds(opened, case)
        before, after = judge(opened.pack, case, keys), judge(opened.pack, answered, keys)
        for match, status, now in _changes(before, after):
            if match.rule in settled and status in ("violated", "satisfied") and "Unknown(" not in repr(match):
                assert now == status, (mapping, match)


@seeds(120)
def test_completeness_never_unsettles(seed: int, folder: Path) -> None:
    """Once nothing is missing, what was violated or satisfied anyway still is: closed lists only answer questions."""
    _, opened, cases = drawn(seed, folder)
    settled = _rules_without(opened.pack, STATUSES)
    for mapping in cases:
        keys = worlds(opened, read(mapping, opened.pack)[0])
        before, after = outcome_of(opened, mapping, keys), outcome_of(opened, _complete(mapping), keys)
        for match, status, now in _changes(before, after):
            if match.rule in settled and status in ("violated", "satisfied"):
                assert now == status, (mapping, match)


@seeds(120)
def test_where_nothing_is_open_or_unknown_nothing_is_undetermined(seed: int, folder: Path) -> None:
    """Every list complete, every field known, no sum that fails, no status read (a pending duty may be done or not)."""
    draft, _, _ = drawn(seed, folder)
    opened = open_pack(made({**draft.pack, "facts": [], "rounding": "down"}, folder), with_engine=False)
    definite = _rules_without(opened.pack, STATUSES, CHAINS, SUMS) if not draft.far else set()
    for mapping in random_cases(draft, opened.pack, CASES):
        case = _answered(read(_complete(mapping), opened.pack)[0], draft, Random(seed), 1)
        outcome = judge(opened.pack, case, worlds(opened, case))
        for match, by in outcome.statuses.items():
            assert match.rule not in definite or "undetermined" not in dict(by).values(), (mapping, match)


def _changes(before: Outcome, after: Outcome) -> Iterator[tuple[Match, Status, Status | None]]:
    """Each match with its status before and after, world by world."""
    for number in range(len(before.worlds)):
        now = statuses(after, number)
        yield from ((match, status, now.get(match)) for match, status in statuses(before, number).items())


def _complete(mapping: Mapped) -> Mapped:
    return {**{key: value for key, value in mapping.items() if key != "incomplete"}, "complete": "all"}


def _answered(case: Case, draft: Draft, rng: Random, share: float) -> Case:
    """The case with so many of its unknown fields known."""
    given = []
    for each in case.given:
        values = [
            _answer(each.fact.type, value, draft, rng) if isinstance(value, Unknown) and rng.random() < share else value
            for value in each.fact.values
        ]
        given.append(each._replace(fact=Fact(each.fact.type, tuple(values))))
    return replace(case, given=tuple(given))


def _answer(name: str, unknown: Unknown, draft: Draft, rng: Random) -> Value:
    kind = {**draft.pack["types"], **draft.pack["actions"]}[name]["fields"][unknown.field]
    if isinstance(kind, dict):
        chosen = rng.choice(kind["one-of"])
        return {True: "yes", False: "no"}.get(chosen, chosen)
    if kind == "date":
        return parse_date(rng.choice(draft.days)) or NONE
    if kind == "duration":
        return parse_duration(rng.choice(draft.spans)) or NONE
    return rng.choice((0, 1, 2, 3, 5) if kind in ("integer", "decimal") else ("china", "russia", "x", "i1", "i2"))


STATUSES = r"type='(violation|fulfilled)'"
COUNTS = r"Count\("
CHAINS = "a chain"
SUMS = r"times=Variable|amount=Variable|Duration\("  # parts may not fit together; months may meet days


def _rules_without(pack: Pack, *what: str) -> set[str]:
    """Judged rules that neither themselves nor through others have any of these in them, nor a conclusion with gaps."""
    order = order_of(pack)
    found = set()
    for name in pack.rules:
        support = [pack.rules[other] for other in order.behind[name] | {name}]
        said = repr([(rule.when, rule.body, rule.unless, rule.heads, rule.due) for rule in support])
        if order.chains & {rule.id for rule in support}:
            said += CHAINS
        gaps = any(len(head.fields) < len(pack.types[head.type].fields) for rule in support for head in rule.heads)
        if not gaps and not any(re.search(each, said) for each in what):
            found.add(name)
    return found


@seeds(60)
def test_outside_force_nothing_is_judged_for_certain(seed: int, folder: Path) -> None:
    draft, _, cases = drawn(seed, folder)
    assume(not draft.far)
    rules = [{key: value for key, value in rule.items() if key != "survives"} for rule in draft.pack["rules"]]
    over = {**draft.pack, "rules": rules, "in-force": {"until": "1990-01-01"}}
    opened = open_pack(made(over, folder), with_engine=False)
    for mapping in cases:
        outcome = outcome_of(opened, mapping)
        for match in outcome.statuses:
            assert not outcome.matches[match].certain
