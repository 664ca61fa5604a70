"""What the fence round durable-rules promises, with the real engine, most of it set beside the referee.

The limits and poisons are the engine's own: 64 rules that listen to one fact type, 512 types, ids that hash alike,
a session in which nothing fired. Where a breach would hang or kill, the check runs in a process of its own.
"""

# ruff: noqa: T201 - what a process found it prints
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from checker import engine
from checker.case import read_case
from checker.compare import differences
from checker.dates import Date
from checker.errors import CaseError, EngineError, PackError
from checker.forward import run
from checker.joins import MOST_CODES, MOST_PATTERNS, shards_of
from checker.judging import OpenPack, open_pack
from checker.load import load, load_file
from checker.model import Case
from checker.outcome import Label, Outcome
from checker.pack import load_pack
from checker.referee import judge
from checker.worlds import worlds_of

pytestmark = pytest.mark.skipif(not engine.available(), reason="durable-rules does not import here")
ROOT = Path(__file__).resolve().parent.parent
PACKS = (ROOT / "rules" / "isls", ROOT / "tests" / "packs" / "definition")
HEAD = "pack: toy\nversion: 0.1.0\ntitle: A toy\nactions: {do: {fields: {id: id}}}\n"
NUMBERS = "a: {fields: {n: integer}, given: yes, world: closed}, out: {fields: {n: integer}, given: yes, world: closed}"
EDGES = "edge: {fields: {from: id, to: id}, world: closed}"
DO = "when: [{do: {id: $action}}]"
DONE = "actions: [{do: {id: d}}]"


def pack_of(folder: Path, types: str, rules: Iterable[str], more: str = "") -> OpenPack:
    spelt = "".join(f"- {{id: r.x{n}, title: A rule, basis: inference, {rule}}}\n" for n, rule in enumerate(rules))
    folder.mkdir(exist_ok=True)
    (folder / "pack.yaml").write_text(f"{HEAD}types: {{{types}}}\n{more}\nrules:\n{spelt}", "utf-8")
    return open_pack(load_pack(folder), with_engine=True)


def case_of(opened: OpenPack, facts: Iterable[str], more: str = "") -> Case:
    text = f"agreement: toy\nas-of: 2024-07-18\nfacts: [{', '.join(f'{{{fact}}}' for fact in facts)}]\n{more}"
    return read_case(load(text, "case.yaml", error=CaseError)[0], opened.pack, "case.yaml", None, Date(2024, 7, 18))


def found_by_the_engine(opened: OpenPack, case: Case) -> Outcome:
    assert opened.program is not None
    return run(opened.program, case, worlds_of(opened.pack, opened.dependencies, {}, case).keys)


def agreed(opened: OpenPack, facts: Iterable[str] = (), more: str = "") -> Outcome:
    """The outcome, the same from engine and referee."""
    case = case_of(opened, facts, more)
    outcome = found_by_the_engine(opened, case)
    assert not list(differences(judge(opened.pack, case, outcome.worlds), outcome))
    return outcome


def surely(outcome: Outcome, kind: str) -> set[tuple[Any, ...]]:
    return {fact.values for fact, label in outcome.facts.items() if fact.type == kind and label == Label(1, 1)}


def statuses(outcome: Outcome) -> set[str]:
    return {status for by_world in outcome.statuses.values() for _, status in by_world}


def elsewhere(call: str, **environment: str) -> str:
    """What a function of this module prints in a process of its own, which has to end, and well."""
    code = f"import test_engine\ntest_engine.{call}"
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    all_of_it = {**os.environ, "PYTHONPATH": paths, **environment}
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, env=all_of_it, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, (ran.returncode, ran.stderr[-2000:])
    return ran.stdout


def large(what: str) -> tuple[list[str], list[str], list[str]]:
    """Types, bodies and facts of a large pack; the bodies' number is what each concludes."""
    types = [f"t{n}: {{fields: {{n: integer}}, world: closed}}" for n in range(700)]
    if what == "one type":
        joins = [f"{{t0: {{n: $n}}}}, {{t1: {{n: {{at-least: $n - {n % 90}, not: {n}}}}}}}" for n in range(140)]
        return types, joins, ["t0: {n: 7}", "t1: {n: 0}", "t1: {n: 139}"]
    if what == "many types":
        return (
            types,
            [f"{{t{n}: {{n: {{at-least: {n}}}}}}}" for n in range(700)],
            [f"t{n}: {{n: 350}}" for n in range(700)],
        )
    if what == "many rules":
        return types[:70], [f"{{t{n % 70}: {{n: {n // 70}}}}}" for n in range(4200)], ["t5: {n: 3}"]
    if what == "many fields":
        fields, ones = (", ".join(f"f{n}: {each}" for n in range(140)) for each in ("integer", "1"))
        parts = [", ".join(f"f{n}: 1" for n in range(first, 140, 7)) for first in range(7)]
        wide = f"wide: {{fields: {{{fields}}}, world: closed}}"
        return [wide], [f"{{wide: {{{part}}}}}" for part in parts], [f"wide: {{{ones}}}"]
    return types, ["{t0: {n: {at-most: 9}}}"] * 300, ["t0: {n: 7}"]


def judge_large(what: str) -> None:
    """Print how many rules of a large pack conclude something."""
    types, bodies, facts = large(what)
    rules = [f"when: [{body}], means: [{{out: {{n: {n}}}}}]" for n, body in enumerate(bodies)]
    with TemporaryDirectory() as folder:
        print(len(surely(agreed(pack_of(Path(folder), ", ".join([*types, NUMBERS]), rules), facts), "out")))


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("one type", 140),
        ("many types", 351),
        ("one pattern", 300),
        pytest.param("many rules", 1, marks=pytest.mark.xfail(reason="error 106: more than 4,096 rules in a ruleset")),
        pytest.param("many fields", 7, marks=pytest.mark.xfail(reason="error 302: more than 252 properties of a fact")),
    ],
)
def test_a_large_pack_judges_right(what: str, expected: int) -> None:
    assert int(elsewhere(f"judge_large({what!r})")) == expected


def test_a_body_has_limits(tmp_path: Path) -> None:
    given = [f"a: {{n: {n}}}" for n in range(16)]
    needs = [f"{DO}, needs: [{', '.join(f'{{{each}}}' for each in given[:count])}]" for count in (15, 16)]
    opened = pack_of(tmp_path, NUMBERS, needs[:1])
    assert statuses(agreed(opened, given, DONE)) == {"satisfied"}
    assert statuses(agreed(opened, given[1:], DONE)) == {"violated"}
    with pytest.raises(PackError, match=r"`r\.x0` has more than 15 patterns in one body; conclude some of them first"):
        pack_of(tmp_path, NUMBERS, needs[1:])
    anys = [f"{{any: [{{a: {{n: {n}}}}}, {{a: {{n: -{n}}}}}]}}" for n in range(1, 10)]
    eight, nine = (f"when: [{', '.join(anys[:n])}], means: [{{out: {{n: 1}}}}]" for n in (8, 9))
    assert surely(agreed(pack_of(tmp_path, NUMBERS, [eight]), given), "out")
    with pytest.raises(PackError, match=r"`r\.x0` stands for more than 256 combinations of `any` and readings"):
        pack_of(tmp_path, NUMBERS, [nine])


def test_facts_without_end_are_stopped_and_sessions_dropped(tmp_path: Path) -> None:
    opened = pack_of(tmp_path, NUMBERS, ["when: [{a: {n: $n}}], means: [{a: {n: $n + $n}}, {a: {n: $n + $n + 1}}]"])
    case = case_of(opened, ["a: {n: 1}"])
    words = r"more than 20,000 facts follow; `r\.x0` does not come to an end"
    with pytest.raises(EngineError, match=words):
        judge(opened.pack, case, ((),))
    with engine.recording() as calls, pytest.raises(EngineError, match=words):
        found_by_the_engine(opened, case)
    assert calls[-1][0] == "delete"
    assert not surely(agreed(opened), "a")  # the pack serves on


@pytest.mark.xfail(raises=EngineError, reason="several ways to one fact count as several facts, for the engine alone")
def test_ways_to_one_fact_are_no_facts(tmp_path: Path) -> None:
    rule = "when: [{a: {n: {is: $n, less-than: 2}}}, {edge: {from: $t}}], means: [{a: {n: $n + 1}}]"
    ways = [f"edge: {{from: k{n}, to: k}}" for n in range(10_001)]
    assert len(surely(agreed(pack_of(tmp_path, f"{NUMBERS}, {EDGES}", [rule]), ["a: {n: 0}", *ways]), "a")) == 3


def test_one_fact_fills_two_and_three_patterns(tmp_path: Path) -> None:
    types = [f"{name}: {{fields: {{a: id, b: id, c: id}}}}" for name in ("two", "three")]
    two = "{edge: {from: $a, to: $b}}, {edge: {from: $b, to: $c}}"
    rules = [f"when: [{two}], means: [{{two: {{a: $a, b: $b, c: $c}}}}]"]
    rules += [f"when: [{two}, {{edge: {{from: $c, to: $a}}}}], means: [{{three: {{a: $a, b: $b, c: $c}}}}]"]
    facts = [f"edge: {{from: {one}, to: {other}}}" for one, other in ("uu", "uv", "vu", "wv")]
    outcome = agreed(pack_of(tmp_path, ", ".join([EDGES, *types]), rules), facts)
    assert {"".join(values) for values in surely(outcome, "two")} == {"uuu", "uuv", "uvu", "vuu", "vuv", "wvu"}
    assert {"".join(values) for values in surely(outcome, "three")} == {"uuu", "uuv", "uvu", "vuu"}


def test_a_fact_nobody_listed_fills_two_patterns(tmp_path: Path) -> None:
    types = "report: {fields: {for: id, n: integer}, world: open}"
    needs = "needs: [{report: {for: $action, n: $n}}, {report: {for: $action, n: {more-than: $n}}}]"
    opened = pack_of(tmp_path, types, [f"{DO}, {needs}"])
    both = [f"report: {{for: d, n: {n}}}" for n in (1, 2)]
    assert statuses(agreed(opened, [], DONE)) == {"undetermined"}
    assert statuses(agreed(opened, both[:1], DONE)) == {"undetermined"}
    assert statuses(agreed(opened, both[:1], f"{DONE}\ncomplete: [report]")) == {"violated"}
    assert statuses(agreed(opened, both, DONE)) == {"satisfied"}


TEXTS = ["sid-0", "$s", "id", "sid", "$forward", "fact-1", "fact-bvYqul", "tenant-1", "tenant-aG3lHP", "note_bj_hLo"]
TEXTS += ["admin", "5", "5.0", "true", "f0", "s1", '"', "\\", "é", "e\u0301", *("x" * 65_536 + end for end in "ab")]
WHOLE = [0, 1, -1, 2**53, 2**53 + 1, 2**60, 2**61, -(2**61), 2**63, 2**63 - 1, -(2**63), 2**64, 2**70, 10**30]


@pytest.mark.parametrize(
    ("kinds", "left", "right"),
    [
        (("id", "id"), TEXTS, TEXTS),
        (("text", "actor"), [*TEXTS, ""], [*TEXTS, "A"]),
        (("integer", "integer"), WHOLE, WHOLE),
        (("integer", "decimal"), WHOLE, [*WHOLE, 0.5, -0.5, 1.0, 1e-05]),
    ],
)
def test_joins_on_poison(kinds: tuple[str, str], left: list[Any], right: list[Any], tmp_path: Path) -> None:
    types = [
        f"{name}: {{fields: {{id: id, sid: {kind}}}, world: closed}}" for name, kind in zip("ab", kinds, strict=True)
    ]
    types += [f"{name}: {{fields: {{id: id, sid: id}}, world: closed, given: yes}}" for name in ("same", "more")]
    tests = {"same": "$v", "more": "{more-than: $v}"} if kinds[0] == "integer" else {"same": "$v"}
    whens = {name: f"{{a: {{id: $i, sid: $v}}}}, {{b: {{id: $j, sid: {test}}}}}" for name, test in tests.items()}
    rules = [f"when: [{when}], means: [{{{name}: {{id: $i, sid: $j}}}}]" for name, when in whens.items()]
    facts = [
        f"{name}: {{id: {name}{n}, sid: {json.dumps(value)}}}"
        for name, values in (("a", left), ("b", right))
        for n, value in enumerate([*values, "none", "unknown"])
    ]
    outcome = agreed(pack_of(tmp_path, ", ".join(types), rules), facts)
    pairs = {(f"a{n}", f"b{m}"): (one, other) for n, one in enumerate(left) for m, other in enumerate(right)}
    assert surely(outcome, "same") == {names for names, (one, other) in pairs.items() if one == other}
    if "more" in tests:
        assert surely(outcome, "more") == {names for names, (one, other) in pairs.items() if other > one}
    last = (f"a{len(left) + 1}", f"b{len(right) + 1}")
    unknown = {last, *((last[0], f"b{m}") for m in range(len(right))), *((f"a{n}", last[1]) for n in range(len(left)))}
    possibly = {fact.values for fact in outcome.facts if fact.type == "same"} - surely(outcome, "same")
    assert possibly == unknown  # and `none` meets nothing


def judge_nothing() -> None:
    """Cases in which nothing fires: without facts, with facts that no rule wants; and bare sessions."""
    with TemporaryDirectory() as folder:
        rules = ["when: [{edge: {from: $a, to: $a}}], means: [{out: {n: 1}}]"]
        opened = pack_of(Path(folder), f"{EDGES}, {NUMBERS}", rules)
        for facts in ([], ["edge: {from: u, to: v}"], ["a: {n: 1}"]) * 20:
            assert not surely(agreed(opened, facts), "out")
    ruleset = engine.Ruleset({})
    for _ in range(20):
        with ruleset.session():
            pass


def test_nothing_fires_in_memory_that_was_never_clean() -> None:
    elsewhere("judge_nothing()", MALLOC_PERTURB_="165")


def test_a_session_is_dropped_whatever_happens() -> None:
    ruleset = engine.Ruleset({"r": {"all": [{"m0": {"$and": [{"k": 1}, engine.SENTINEL]}}]}})

    def fail() -> None:
        with ruleset.session() as session:
            session.put(1, {"k": 1})
            session.put(2, {f"p{n}": n for n in range(300)})

    for _ in range(1_100):  # 1,024 sessions can live at once
        with engine.recording() as calls, pytest.raises(EngineError, match="durable-rules refuses a fact"):
            fail()
        assert [what for what, _, _ in calls] == ["put", "drain", "put", "delete"]
    with ruleset.session() as session:
        session.put(1, {"k": 1})
        assert list(session.drain()) == [("r", [1])]


def small_packs(folder: Path) -> list[tuple[OpenPack, Case]]:
    """Two packs with joins, a cycle and what an action needs, with the same cases."""
    rules = ["when: [{edge: {from: $a, to: $b}}], means: [{way: {from: $a, to: $b}}]"]
    rules += ["when: [{way: {from: $a, to: $b}}, {edge: {from: $b, to: $c}}], means: [{way: {from: $a, to: $c}}]"]
    needs = "needs: [{way: {from: $action, to: $x}}, {absent: {way: {from: $x, to: $action}}}]"
    types = f"{EDGES}, way: {{fields: {{from: id, to: id}}}}"
    last = f"{DO}, {needs}, unless: [{{edge: {{from: $action, to: $action}}}}]"
    packs = [pack_of(folder / str(len(more)), types, [*rules, *more]) for more in ([last], [])]
    texts = [[], ["db"], ["db", "bc"], ["db", "bd"], ["dd", "db", "bc", "cd"], ["bc", "ce"]]
    edges = [[f"edge: {{from: {one}, to: {other}}}" for one, other in text] for text in texts]
    return [(opened, case_of(opened, facts, DONE)) for opened in packs for facts in edges]


def test_threads_share_packs(tmp_path: Path) -> None:
    work = [(*each, judge(each[0].pack, each[1], ((),))) for each in small_packs(tmp_path)]

    def wrong(thread: int) -> int:
        turns = (work[(number * 7 + thread) % len(work)] for number in range(200))
        return sum(any(differences(expected, found_by_the_engine(opened, case))) for opened, case, expected in turns)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(wrong, range(8))) == [0] * 8
    finally:
        sys.setswitchinterval(interval)


def judge_for_long() -> None:
    """Print by how many pages 3,000 checks make a warm process larger."""
    sizes = []
    with TemporaryDirectory() as folder:
        work = small_packs(Path(folder))
        for number in range(3_501):
            if number in (500, 3_500):
                sizes.append(int(Path("/proc/self/statm").read_text("ascii").split()[1]))
            found_by_the_engine(*work[number % len(work)])
    print(sizes[1] - sizes[0])


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells how large a process is")
def test_checks_leave_no_memory_behind() -> None:
    assert int(elsewhere("judge_for_long()")) * os.sysconf("SC_PAGE_SIZE") < 3 * 2**20


@cache
def shipped(folder: Path) -> tuple[OpenPack, list[Case]]:
    opened = open_pack(load_pack(folder), with_engine=True)
    files = [load_file(file, error=CaseError) for file in sorted(folder.glob("tests/*.yaml"))]
    return opened, [read_case(each, opened.pack, "case", None, Date(2024, 7, 18)) for file in files for each in file]


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_facts_are_integers_and_recordings_replay(folder: Path) -> None:
    opened, cases = shipped(folder)
    with engine.recording() as calls:
        outcomes = [found_by_the_engine(opened, case) for case in cases]
    facts = [json.loads(text) for what, _, text in calls if what == "put"]
    begun = {fact["sid"] for fact in facts}
    assert len(facts) > 10 * len(cases) > 0
    for fact in facts:
        assert re.fullmatch(r"f\d+ s\d+", f"{fact.pop('id')} {fact.pop('sid')}")
        assert all(type(value) is int and abs(value) <= 2**61 for value in fact.values())
        assert all(re.fullmatch(r"[kuc]|[ptv]\d+[LH]", name) for name in fact)
    assert sorted(text for what, _, text in calls if what == "delete") == sorted(begun)
    engine.replay(calls)
    again = [found_by_the_engine(opened, case) for case in cases]
    assert not [each for pair in zip(outcomes, again, strict=True) for each in differences(*pair)]


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_compiled_rules_keep_to_the_dialect(folder: Path) -> None:
    program = shipped(folder)[0].program
    assert program is not None
    for shard in (shard for stratum in program.strata for shard in shards_of(program, stratum)):
        uses: Counter[int] = Counter()
        for rule in shard.rules.values():
            patterns = json.loads(json.dumps(rule))["all"]
            assert [list(pattern) for pattern in patterns] == [[f"m{n}"] for n in range(len(patterns))]
            assert 1 <= len(patterns) <= 16
            for number, pattern in enumerate(patterns):
                ((name, (first, *tests, last)),) = pattern[f"m{number}"].items()
                assert (name, list(first), last) == ("$and", ["k"], {"$and": [{"$ex": {"k": 1}}]})
                uses[first["k"]] += 1
                rights = [first["k"], *rights_of(tests)]
                joins = [right for right in rights if type(right) is not int]
                assert len(joins) <= 29
                assert all(len(join) == 1 and int(next(iter(join))[1:]) < number for join in joins)
        assert len(uses) <= MOST_CODES < 512
        assert max(uses.values()) <= MOST_PATTERNS < 64


def rights_of(tests: list[dict[str, Any]]) -> Iterator[Any]:
    """What is to the right in each test: an integer, or a property of another pattern's fact."""
    for test in tests:
        ((how, what),) = test.items()  # of two keys the engine reads one
        assert how in ("c", "u", "$lt", "$lte", "$gt", "$gte")
        yield what if how in ("c", "u") else next(iter(what.values()))


def derived(*names: str) -> str:
    return ", ".join([NUMBERS, *(f"{name}: {{fields: {{n: integer}}, given: yes, world: closed}}" for name in names)])


def test_what_is_looked_at_is_finished_first(tmp_path: Path) -> None:
    rules = [
        f"{DO}, needs: [{{c: {{n: 1}}}}]",
        "when: [{b: {n: $n}}], means: [{c: {n: $n}}], unless: [{a: {n: 7}}]",
        "when: [{a: {n: $n}}, {absent: {a: {n: 9}}}], means: [{b: {n: $n}}], reading: {q: here}",
        "when: [{b: {n: $n}}], means: [{e: {n: $n}}]",
        "when: [{e: {n: $n}}], means: [{d: {n: $n}}]",
        "when: [{d: {n: $n}}], means: [{e: {n: $n}}]",
        f"{DO}, forbids: [{{a: {{n: 5}}}}], reading: {{p: here}}",
    ]
    asked = [f"{name}: {{ask: Where?, options: {{here: Here, there: There}}, default: here}}" for name in "pq"]
    opened = pack_of(tmp_path, derived(*"bcde"), rules, f"readings: {{{', '.join(asked)}}}")
    assert opened.program is not None
    levels = [set(stratum.groups) for stratum in opened.program.strata]
    assert levels == [{("r.x2",), ("r.x6",)}, {("r.x1",), ("r.x3",)}, {("r.x0",), ("r.x4", "r.x5")}]
    assert opened.dependencies == {name: frozenset("p" if name == "r.x6" else "q") for name in opened.pack.rules}


RISES = "a cycle that looks at what is not finished needs a `counter` that rises"
CYCLES = {
    f"{RISES}: `r.x0` looks at `b` through `absent`, which `r.x0` makes": (
        "when: [{a: {n: $n}}, {absent: {b: {n: $n}}}], means: [{b: {n: $n}}]",
    ),
    "`r.x0` looks at `c` through `unless`, which `r.x1` makes and reads `b` for, which `r.x0` makes": (
        "when: [{a: {n: $n}}], means: [{b: {n: $n}}], unless: [{c: {n: $n}}]",
        "when: [{b: {n: $n}}], means: [{c: {n: $n}}]",
    ),
    "a rule can't depend on its own breach: `r.x0` looks at `violation` through `needs`, which `r.x0` makes": (
        f"{DO}, needs: [{{violation: {{rule: r.x0, action: $action}}}}]",
    ),
    "these rules wait for one another: ": (
        f"{DO}, permits: yes, overrides: [r.x1]",
        f"{DO}, instead-of: [r.x0], forbids: [{{a: {{n: 1}}}}]",
    ),
}


@pytest.mark.parametrize("words", CYCLES)
def test_a_cycle_is_told(words: str, tmp_path: Path) -> None:
    with pytest.raises(PackError) as told:
        pack_of(tmp_path, derived("b", "c"), CYCLES[words])
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("last", "stop", "following", "counter"),
    [
        (4, "$n", "$n + 1", ", counter: n"),
        (5, "$n - 1", "$n + 1", ", counter: n"),
        (0, "$n", "$n + 1", ""),  # nothing says that it counts
        (0, "$n + 1", "$n + 1", ", counter: n"),  # looks at what stands as high
        (0, "$n", "$n + $n", ", counter: n"),  # no whole step
        (0, "$n", "$m + 1", ", counter: n"),  # counts something else
    ],
)
def test_counters(last: int, stop: str, following: str, counter: str, tmp_path: Path) -> None:
    types = f"{EDGES}, number: {{fields: {{m: integer}}, world: closed}}"
    types += "".join(f", {name}: {{fields: {{n: integer}}, given: yes, world: closed{counter}}}" for name in "pq")
    when = "when: [{p: {n: {is: $n, less-than: 6}}}, {number: {m: $m}}]"
    rules = [f"{when}, means: [{{p: {{n: {following}}}}}], unless: [{{q: {{n: {stop}}}}}]"]
    rules += ["when: [{p: {n: $n}}, {number: {m: $n}}], means: [{q: {n: $n}}]"]
    if not last:
        with pytest.raises(PackError, match=RISES):
            pack_of(tmp_path, types, rules)
        return
    outcome = agreed(pack_of(tmp_path, types, rules), ["p: {n: 1}", "number: {m: 4}"])
    assert surely(outcome, "p") == {(n,) for n in range(1, last + 1)}
