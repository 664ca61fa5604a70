"""What the fence round durable-rules promises, with the real engine, most of it set beside the referee.

The limits and poisons are the engine's own: 64 rules that listen to one fact type, 512 types, ids that hash alike,
a session in which nothing fired. Where a breach would hang or kill, the check runs in a process of its own.
"""

# ruff: noqa: UP031 - packs are full of braces
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
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
from checker.strata import reading_dependencies
from checker.worlds import worlds_of

pytestmark = pytest.mark.skipif(not engine.available(), reason="durable-rules does not import here")
TESTS = Path(__file__).resolve().parent
NUMBERS = ", ".join(f"{name}: {{fields: {{n: integer}}, given: yes, world: closed}}" for name in ("a", "b", "c", "out"))
COUNTED = ", ".join(f"{name}: {{fields: {{n: integer}}, given: yes, world: closed, counter: n}}" for name in "pq")
EDGES = ", ".join(f"{name}: {{fields: {{from: id, to: id}}, given: yes, world: closed}}" for name in ("edge", "way"))
HEAD = "pack: toy\nversion: 0.1.0\ntitle: A toy\nactions: {do: {fields: {id: id}}}\n"
DO, DONE = "when: [{do: {id: $action}}]", "actions: [{do: {id: d}}]"
PACKS = {"pattern": 300, "one type": 140, "types": 700, "rules": 1, "fields": 7, "ways": 20, "nothing": 0}
END = r'"[ptv]\d+[LH]"'
TEST = re.compile(rf'{{"[cu]": \d+}}|{{"\$[lg]te?": {{{END}: (?:-?\d+|{{"m(\d+)": {END}}})}}}}')


def pack_of(folder: Path, rules: Iterable[str], types: str = "", more: str = "") -> OpenPack:
    spelt = "".join(f"- {{id: r.x{n}, title: A rule, basis: inference, {rule}}}\n" for n, rule in enumerate(rules))
    text = f"{HEAD}types: {{{NUMBERS}, {COUNTED}, {EDGES}, {types}}}\n{more}\nrules:\n{spelt}"
    (folder / "pack.yaml").write_text(text, "utf-8")
    return open_pack(load_pack(folder), with_engine=True)


def case_of(opened: OpenPack, facts: Iterable[str], more: str = "") -> Case:
    text = f"agreement: toy\nas-of: 2024-07-18\nfacts: [{', '.join(f'{{{fact}}}' for fact in facts)}]\n{more}"
    return read_case(load(text, "case.yaml", error=CaseError)[0], opened.pack, "case.yaml", None, Date(2024, 7, 18))


def found_by_the_engine(opened: OpenPack, case: Case) -> Outcome:
    return run(opened.program, case, worlds_of(opened.pack, opened.dependencies, {}, case).keys)


def agreed(opened: OpenPack, facts: Iterable[str] = (), more: str = "") -> tuple[Outcome, set[str]]:
    """The outcome, the same from engine and referee, and the statuses in it."""
    case = case_of(opened, facts, more)
    outcome = found_by_the_engine(opened, case)
    assert not list(differences(judge(opened.pack, case, outcome.worlds), outcome))
    return outcome, {status for by_world in outcome.statuses.values() for _, status in by_world}


def surely(kind: str, opened: OpenPack, facts: Iterable[str]) -> set[tuple[Any, ...]]:
    outcome, _ = agreed(opened, facts)
    return {fact.values for fact, label in outcome.facts.items() if fact.type == kind and label == Label(1, 1)}


def elsewhere(call: str, folder: Path) -> int:
    """What a function of this module comes to in a process of its own, which has to end, and well; no memory clean."""
    command = [sys.executable, "-c", f"import test_engine as t\nprint({call.format(f't.Path({str(folder)!r})')})"]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS.parent), str(TESTS))), "MALLOC_PERTURB_": "165"}
    ran = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, (ran.returncode, ran.stderr[-2000:])
    return int(ran.stdout)


def concluded(what: str, folder: Path) -> int:
    """How many rules of a pack, each with a number of its own, conclude something; the packs are large, but one."""
    types, facts = [f"t{n}: {{fields: {{n: integer}}, world: closed}}" for n in range(700)], ["t0: {n: 7}"]
    bodies = ["{t0: {n: {at-most: 9}}}"] * 300
    if what == "one type":
        bodies = [f"{{t0: {{n: $n}}}}, {{t1: {{n: {{at-least: $n - {n % 90}, not: {n}}}}}}}" for n in range(140)]
        facts += ["t1: {n: 0}", "t1: {n: 139}"]
    elif what == "types":
        bodies, facts = ([spelt % n for n in range(700)] for spelt in ("{t%d: {n: {at-most: 350}}}", "t%d: {n: 350}"))
    elif what == "rules":
        bodies = [f"{{t{n % 70}: {{n: {n // 10}}}}}" for n in range(4200)]
    elif what == "fields":
        types = [f"t0: {{fields: {{{', '.join(f'f{n}: integer' for n in range(140))}}}, world: closed}}"]
        ones = [", ".join(f"f{n}: 1" for n in range(first, 140, 7)) for first in range(7)]
        bodies, facts = [f"{{t0: {{{one}}}}}" for one in ones], [f"t0: {{{', '.join(ones)}}}"]
    elif what == "ways":
        bodies, facts = ["{out: {n: 0}}, {t0: {}}"] * 20, ["out: {n: 0}", *(f"t0: {{n: {n}}}" for n in range(1_001))]
    elif what == "nothing":
        types, bodies, facts = [], ["{edge: {from: v}}"], ["edge: {from: u, to: v}"]
    rules = [f"when: [{body}], means: [{{out: {{n: {n}}}}}]" for n, body in enumerate(bodies)]
    return len(surely("out", pack_of(folder, rules, ", ".join(types)), facts))


@pytest.mark.parametrize("what", PACKS)
def test_extreme_packs_judge_right(what: str, tmp_path: Path) -> None:
    assert elsewhere(f"t.concluded({what!r}, {{}})", tmp_path) == PACKS[what]


def test_a_body_has_limits(tmp_path: Path) -> None:
    given = [f"a: {{n: {n}}}" for n in range(16)]
    needs = [f"{DO}, needs: [{', '.join(f'{{{each}}}' for each in given[:count])}]" for count in (15, 16)]
    opened = pack_of(tmp_path, needs[:1])
    assert [agreed(opened, facts, DONE)[1] for facts in (given, given[1:])] == [{"satisfied"}, {"violated"}]
    with pytest.raises(PackError, match=r"`r\.x0` has more than 15 patterns in one body; conclude some of them first"):
        pack_of(tmp_path, needs[1:])
    anys = [f"{{any: [{{a: {{n: {n}}}}}, {{a: {{n: -{n}}}}}]}}" for n in range(1, 10)]
    eight, nine = (f"when: [{', '.join(anys[:n])}], means: [{{out: {{n: 1}}}}]" for n in (8, 9))
    assert surely("out", pack_of(tmp_path, [eight]), given) == {(1,)}
    with pytest.raises(PackError, match=r"`r\.x0` stands for more than 256 combinations of `any` and readings"):
        pack_of(tmp_path, [nine])


def test_facts_without_end_are_stopped_and_sessions_dropped(tmp_path: Path) -> None:
    opened = pack_of(tmp_path, ["when: [{a: {n: $n}}], means: [{a: {n: $n + $n}}, {a: {n: $n + $n + 1}}]"])
    case = case_of(opened, ["a: {n: 1}"])
    words = r"more than 20,000 facts follow; `r\.x0` does not come to an end"
    with pytest.raises(EngineError, match=words):
        judge(opened.pack, case, ((),))
    with engine.recording() as calls, pytest.raises(EngineError, match=words):
        found_by_the_engine(opened, case)
    assert [what for what, _, _ in calls if what == "delete"] == [calls[-1][0]]
    assert surely("a", opened, []) == set()  # the pack serves on


def test_one_fact_fills_several_patterns_even_one_nobody_listed(tmp_path: Path) -> None:
    two = "{edge: {from: $a, to: $b}}, {edge: {from: $b, to: $c}}"
    rules = [f"when: [{two}], means: [{{two: {{a: $a, b: $b, c: $c}}}}]"]
    rules += [f"when: [{two}, {{edge: {{from: $c, to: $a}}}}], means: [{{three: {{a: $a, b: $b, c: $c}}}}]"]
    opened = pack_of(tmp_path, rules, "two: {fields: {a: id, b: id, c: id}}, three: {fields: {a: id, b: id, c: id}}")
    facts = [f"edge: {{from: {one}, to: {other}}}" for one, other in ("uu", "uv", "vu", "wv")]
    assert {"".join(each) for each in surely("two", opened, facts)} == {"uuu", "uuv", "uvu", "vuu", "vuv", "wvu"}
    assert {"".join(each) for each in surely("three", opened, facts)} == {"uuu", "uuv", "uvu", "vuu"}
    needs = "needs: [{report: {for: $action, n: $n}}, {report: {for: $action, n: {more-than: $n}}}]"
    opened = pack_of(tmp_path, [f"{DO}, {needs}"], "report: {fields: {for: id, n: integer}, world: open}")
    both = [f"report: {{for: d, n: {n}}}" for n in (1, 2)]
    assert [agreed(opened, both[:n], DONE)[1] for n in range(3)] == [{"undetermined"}, {"undetermined"}, {"satisfied"}]
    assert agreed(opened, both[:1], f"{DONE}\ncomplete: [report]")[1] == {"violated"}


TEXTS = ["sid-0", "$s", "id", "sid", "$forward", "fact-1", "fact-bvYqul", "tenant-1", "tenant-aG3lHP", "note_bj_hLo"]
TEXTS += ["admin", "5", "5.0", "true", "f0", "s1", '"', "\\", "é", "e\u0301", *("x" * 65_536 + end for end in "ab")]
WHOLE = [0, 1, -1, 2**53, 2**53 + 1, 2**60, 2**61, -(2**61), 2**63, 2**63 - 1, -(2**63), 2**64, 2**70, 10**30]
POISON = [("id", "text", TEXTS, [*TEXTS, ""]), ("integer", "integer", WHOLE, WHOLE)]
POISON += [("integer", "decimal", WHOLE, [*WHOLE, 0.5, -0.5, 1.0, 1e-05])]


@pytest.mark.parametrize(("kind", "other_kind", "left", "right"), POISON)
def test_joins_on_poison(kind: str, other_kind: str, left: list[Any], right: list[Any], tmp_path: Path) -> None:
    types = "x: {fields: {id: id, sid: %s}, world: closed}, y: {fields: {id: id, sid: %s}, world: closed}"
    when = "when: [{x: {id: $i, sid: $v}}, {y: {id: $j, sid: %s}}], means: [{%s: {from: $i, to: $j}}]"
    rules = [when % ("$v", "way"), *([when % ("{more-than: $v}", "edge")] if kind == "integer" else [])]
    values = {"x": [*left, "none", "unknown"], "y": [*right, "none", "unknown"]}
    facts = [f"{k}: {{id: {k}{n}, sid: {json.dumps(v)}}}" for k, listed in values.items() for n, v in enumerate(listed)]
    opened = pack_of(tmp_path, rules, types % (kind, other_kind))
    pairs = {(f"x{n}", f"y{m}"): (one, other) for n, one in enumerate(left) for m, other in enumerate(right)}
    assert surely("way", opened, facts) == {names for names, (one, other) in pairs.items() if one == other}
    larger = {names for names, (one, other) in pairs.items() if kind == "integer" and one < other}
    assert surely("edge", opened, facts) == larger
    possibly = [fact for fact, label in agreed(opened, facts)[0].facts.items() if label == Label(0, 1)]
    assert len(possibly) == len(rules) * (len(left) + len(right) + 1)  # with the unknown; nothing with `none`


def test_a_session_is_dropped_whatever_happens() -> None:
    ruleset = engine.Ruleset({})
    with engine.recording() as calls:
        for _ in range(1_100):  # 1,024 sessions can live at once
            with pytest.raises(EngineError, match="durable-rules refuses a fact"), ruleset.session() as session:
                session.put(1, {f"p{n}": n for n in range(300)})
    assert [what for what, _, _ in calls] == ["put", "drain", "delete"] * 1_100


def small_work(folder: Path) -> list[tuple[OpenPack, Case]]:
    """Two packs with joins, a cycle and, one of them, what an action needs, with the same cases."""
    rules = ["when: [{edge: {from: $a, to: $b}}], means: [{way: {from: $a, to: $b}}]"]
    rules += ["when: [{way: {from: $a, to: $b}}, {edge: {from: $b, to: $c}}], means: [{way: {from: $a, to: $c}}]"]
    needs = "needs: [{way: {from: $action, to: $x}}, {absent: {way: {from: $x, to: $action}}}]"
    packs = [pack_of(folder, [*rules, f"{DO}, {needs}, unless: [{{edge: {{to: c}}}}]"]), pack_of(folder, rules)]
    texts = [[], ["db"], ["db", "be"], ["db", "bd"], ["dd", "db", "bc", "cd"], ["bc", "ce"]]
    edges = [[f"edge: {{from: {one}, to: {other}}}" for one, other in text] for text in texts]
    return [(opened, case_of(opened, facts, DONE)) for opened in packs for facts in edges]


def test_threads_share_packs(tmp_path: Path) -> None:
    work = [(*each, judge(each[0].pack, each[1], ((),))) for each in small_work(tmp_path)]

    def wrong(thread: int) -> int:
        turns = (work[(number * 7 + thread) % len(work)] for number in range(200))
        return sum(any(differences(expected, found_by_the_engine(opened, case))) for opened, case, expected in turns)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(wrong, range(8))) == [0] * 8


def kept_in_memory(folder: Path) -> int:
    """By how many bytes 3,000 checks make a warm process larger."""
    work, sizes = small_work(folder), []
    for number in range(3_501):
        if number in (500, 3_500):
            sizes.append(int(Path("/proc/self/statm").read_text("ascii").split()[1]))
        found_by_the_engine(*work[number % len(work)])
    return (sizes[1] - sizes[0]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells how large a process is")
def test_checks_leave_no_memory_behind(tmp_path: Path) -> None:
    assert elsewhere("t.kept_in_memory({})", tmp_path) < 3 * 2**20


@pytest.mark.parametrize("pack", ["rules/isls", "tests/packs/definition"])
def test_what_the_engine_is_told(pack: str) -> None:
    opened = open_pack(load_pack(folder := TESTS.parent / pack), with_engine=True)
    documents = [each for file in sorted(folder.glob("tests/*.yaml")) for each in load_file(file, error=CaseError)][::5]
    cases = [read_case(each, opened.pack, "case", None, Date(2024, 7, 18)) for each in documents]
    with engine.recording() as calls:
        outcomes = [found_by_the_engine(opened, case) for case in cases]
    facts = [json.loads(text) for what, _, text in calls if what == "put"]
    assert len(facts) > 10 * len(cases) > 0
    assert sorted(text for what, _, text in calls if what == "delete") == sorted({fact["sid"] for fact in facts})
    for fact in facts:
        assert re.fullmatch(r"f\d+ s\d+", f"{fact.pop('id')} {fact.pop('sid')}")
        assert all(type(value) is int and abs(value) <= 2**61 for value in fact.values())
        assert all(re.fullmatch(r"[kuc]|[ptv]\d+[LH]", name) for name in fact)
    engine.replay(calls)
    again = [found_by_the_engine(opened, case) for case in cases]
    assert not [each for pair in zip(outcomes, again, strict=True) for each in differences(*pair)]
    for shard in (shard for stratum in opened.program.strata for shard in shards_of(opened.program, stratum)):
        rules = [json.loads(json.dumps(rule))["all"] for rule in shard.rules.values()]
        uses = Counter(code for rule in rules for code in in_the_dialect(rule))
        assert len(uses) <= MOST_CODES < 512
        assert max(uses.values()) <= MOST_PATTERNS < 64


def in_the_dialect(rule: list[dict[str, Any]]) -> Iterator[int]:
    """The codes of the patterns of a rule, in which nothing is but integers and ends of earlier patterns."""
    assert 1 <= len(rule) <= 16
    for number, pattern in enumerate(rule):
        ((name, (first, *tests, last)),) = pattern.pop(f"m{number}").items()
        assert (name, list(first), last, pattern) == ("$and", ["k"], {"$and": [{"$ex": {"k": 1}}]}, {})
        found = [TEST.fullmatch(json.dumps(test)) for test in tests]
        joins = [int(each[1]) for each in found if each and each[1]]
        assert all(found)
        assert len(joins) <= 29
        assert all(other < number for other in joins)
        yield first["k"]


def test_what_is_looked_at_is_finished_first(tmp_path: Path) -> None:
    rules = [f"{DO}, needs: [{{c: {{n: 1}}}}]", f"{DO}, forbids: [{{a: {{n: 5}}}}], reading: {{p: here}}"]
    rules += ["when: [{b: {n: $n}}], means: [{c: {n: $n}}], unless: [{a: {n: 7}}]"]
    rules += ["when: [{a: {n: $n}}, {absent: {a: {n: 9}}}], means: [{b: {n: $n}}], reading: {q: here}"]
    rules += ["when: [{%s: {}}], means: [{%s: {}}]" % each for each in (("b", "out"), ("out", "way"), ("way", "out"))]
    asked = [f"{name}: {{ask: Where?, options: {{here: Here, there: There}}, default: here}}" for name in "pq"]
    opened = pack_of(tmp_path, rules, more=f"readings: {{{', '.join(asked)}}}")
    levels = [set(stratum.groups) for stratum in opened.program.strata]
    assert levels == [{("r.x1",), ("r.x3",)}, {("r.x2",), ("r.x4",)}, {("r.x0",), ("r.x5", "r.x6")}]
    told = reading_dependencies(opened.pack.rules, opened.pack.force)
    assert told == {name: frozenset("p" if name == "r.x1" else "q") for name in opened.pack.rules}


RISES = "a cycle that looks at what is not finished needs a `counter` that rises"
WALK = "when: [{p: {n: {is: $n, less-than: 6}}}, {a: {n: $m}}], means: [{p: {n: %s}}], unless: [{q: {n: %s}}]"
STOP = "when: [{p: {n: $n}}, {a: {n: $n}}], means: [{q: {n: $n}}]"
CYCLES = """
rises: `r.x0` looks at `b` through `absent`, which `r.x0` makes | when: [{a: {}}, {absent: {b: {}}}], means: [{b: {}}]
`r.x0` looks at `c` through `unless`, which `r.x1` makes and reads `b` for, which `r.x0` makes\
 | when: [{a: {}}], means: [{b: {}}], unless: [{c: {}}] | when: [{b: {}}], means: [{c: {}}]
depend on its own breach: `r.x0` looks at `violation` through `needs` | DO, needs: [{violation: {rule: r.x0}}]
these rules wait for one another: | DO, permits: yes, overrides: [r.x1] | DO, instead-of: [r.x0], needs: [{a: {}}]
"""
FALSE_COUNTERS = [("$n + 1", "$n + 1"), ("$n + $n", "$n"), ("$m + 1", "$n"), ("$n - 1", "$n")]
TOLD = [*CYCLES.strip().splitlines(), *(f"{RISES} | {WALK % each} | {STOP}" for each in FALSE_COUNTERS)]


@pytest.mark.parametrize("told", TOLD)
def test_a_cycle_is_told(told: str, tmp_path: Path) -> None:
    words, *rules = told.replace("DO", DO).split(" | ")
    with pytest.raises(PackError, match=re.escape(words)):
        pack_of(tmp_path, rules)


@pytest.mark.parametrize(("looks_at", "last"), [("$n", 4), ("$n - 1", 5)])
def test_a_counter_may_rise(looks_at: str, last: int, tmp_path: Path) -> None:
    opened = pack_of(tmp_path, [WALK % ("$n + 1", looks_at), STOP])
    assert surely("p", opened, ["p: {n: 1}", "a: {n: 4}"]) == {(n,) for n in range(1, last + 1)}
