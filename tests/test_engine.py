"""What the fence round durable-rules promises, with the real engine, most of it set beside the referee.

The limits and poisons are the engine's own: 64 rules that listen to one fact type, 512 types, ids that hash alike,
a session in which nothing fired. Where a breach would hang or kill, the check runs in a process of its own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from random_packs import Mapped, made, read

from checker import engine
from checker.case import read_case
from checker.compare import differences
from checker.dates import Date
from checker.errors import CaseError, EngineError, PackError
from checker.forward import run
from checker.joins import MOST_CODES, MOST_PATTERNS, shards_of
from checker.judging import OpenPack, open_pack
from checker.load import load_file
from checker.model import Case
from checker.outcome import Label, Outcome
from checker.pack import load_pack
from checker.referee import judge
from checker.values import NONE, Unknown
from checker.worlds import worlds_of

pytestmark = pytest.mark.skipif(not engine.available(), reason="durable-rules does not import here")
ROOT = Path(__file__).resolve().parent.parent
PACKS = (ROOT / "rules" / "isls", ROOT / "tests" / "packs" / "definition")
SURE = Label(1, 1)
ACTIONS: Mapped = {"do": {"fields": {"id": "id"}}}
OUT: Mapped = {"out": {"fields": {"n": "integer"}}}
EDGE: Mapped = {"edge": {"fields": {"from": "id", "to": "id"}, "world": "closed"}}
DOUBLING = [{"when": [{"a": {"n": "$n"}}], "means": [{"a": {"n": "$n + $n"}}, {"a": {"n": "$n + $n + 1"}}]}]
TOKENS: Mapped = {"tok": {"fields": {"id": "id"}, "world": "closed"}}


def numbers(kind: str = "integer", **more: str) -> Mapped:
    """A type `a` of numbers, stated or derived."""
    return {"a": {"fields": {"n": kind}, "given": "yes", "world": "closed", **more}}


def pack_of(folder: Path, types: Mapped, rules: list[Mapped], **more: Any) -> OpenPack:
    spelt = [{"id": f"r.x{n}", "title": "A rule", "basis": "inference", **rule} for n, rule in enumerate(rules)]
    head = {"pack": "toy", "version": "0.1.0", "title": "A toy", "actions": ACTIONS}
    return open_pack(made({**head, "types": types, "rules": spelt, **more}, folder), with_engine=True)


def case_of(opened: OpenPack, *facts: Mapped, **more: Any) -> Case:
    return read({"agreement": "toy", "as-of": "2024-07-18", "facts": list(facts), **more}, opened.pack)[0]


def found_by_the_engine(opened: OpenPack, case: Case) -> Outcome:
    assert opened.program is not None
    return run(opened.program, case, worlds_of(opened.pack, opened.dependencies, {}, case).keys)


def agreed(opened: OpenPack, *facts: Mapped, **more: Any) -> Outcome:
    """The outcome, the same from engine and referee."""
    case = case_of(opened, *facts, **more)
    outcome = found_by_the_engine(opened, case)
    assert not list(differences(judge(opened.pack, case, outcome.worlds), outcome))
    return outcome


def surely(outcome: Outcome, kind: str) -> set[tuple[Any, ...]]:
    return {fact.values for fact, label in outcome.facts.items() if fact.type == kind and label == SURE}


def statuses(outcome: Outcome) -> set[str]:
    return {status for by_world in outcome.statuses.values() for _, status in by_world}


def elsewhere(call: str, **environment: str) -> str:
    """What a function of this module prints in a process of its own, which has to end, and well."""
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    ran = subprocess.run(
        [sys.executable, "-c", f"import test_engine\ntest_engine.{call}"],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:] or ran.returncode
    return ran.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


# --- the engine's limits --------------------------------------------------------------


def judge_many(what: str) -> None:
    """Print how many rules of a large pack concluded something."""
    types: Mapped = {f"t{n}": {"fields": {"n": "integer"}, "world": "closed"} for n in range(700)}
    same, facts = {"t0": {"n": {"at-most": 9}}}, [{"t0": {"n": 7}}]
    whens: list[list[Mapped]] = [[same]] * 300
    if what == "one type":  # two sorts of join and a test each, so that nothing can be shared
        whens = [[{"t0": {"n": "$n"}}, {"t1": {"n": {"at-least": f"$n - {n % 90}", "not": n}}}] for n in range(140)]
        facts += [{"t1": {"n": 0}}, {"t1": {"n": 139}}]
    elif what == "many types":
        whens = [[{f"t{n}": {"n": {"at-least": n}}}] for n in range(700)]
        facts = [{f"t{n}": {"n": 350}} for n in range(700)]
    rules = [{"when": when, "means": [{"out": {"n": n}}]} for n, when in enumerate(whens)]
    with TemporaryDirectory() as folder:
        print(len(surely(agreed(pack_of(Path(folder), types | OUT, rules), *facts), "out")))


@pytest.mark.parametrize(("what", "expected"), [("one type", 140), ("many types", 351), ("same pattern", 300)])
def test_a_large_pack_judges_right(what: str, expected: int) -> None:
    assert int(elsewhere(f"judge_many({what!r})")) == expected


def test_fifteen_patterns_beside_a_context(folder: Path) -> None:
    def rules(count: int) -> list[Mapped]:
        needs = [{"a": {"n": n}} for n in range(count)]
        return [{"when": [{"do": {"id": "$action"}}], "needs": needs}]

    given = [{"a": {"n": n}} for n in range(15)]
    opened = pack_of(folder, numbers(), rules(15))
    acting = [{"do": {"id": "d"}}]
    assert statuses(agreed(opened, *given, actions=acting)) == {"satisfied"}
    assert statuses(agreed(opened, *given[1:], actions=acting)) == {"violated"}
    with pytest.raises(PackError, match=r"`r\.x0` has more than 15 patterns in one body; conclude some of them first"):
        pack_of(folder, numbers(), rules(16))


def test_alternatives_are_limited(folder: Path) -> None:
    def rules(count: int) -> list[Mapped]:
        anys = [{"any": [{"a": {"n": n}}, {"a": {"n": -n}}]} for n in range(1, count + 1)]
        return [{"when": anys, "means": [{"out": {"n": 1}}]}]

    assert surely(agreed(pack_of(folder, numbers() | OUT, rules(8)), *({"a": {"n": n}} for n in range(1, 9))), "out")
    words = r"`r\.x0` stands for more than 256 combinations of `any` and readings"
    with pytest.raises(PackError, match=words):
        pack_of(folder, numbers() | OUT, rules(9))


def test_facts_without_end_are_stopped_and_sessions_dropped(folder: Path) -> None:
    opened = pack_of(folder, numbers(), DOUBLING)
    case = case_of(opened, {"a": {"n": 1}})
    words = r"more than 20,000 facts follow; `r\.x0` does not come to an end"
    with pytest.raises(EngineError, match=words):
        judge(opened.pack, case, ((),))
    with engine.recording() as calls, pytest.raises(EngineError, match=words):
        found_by_the_engine(opened, case)
    assert calls[-1][0] == "delete"
    assert not surely(agreed(opened), "a")  # the pack serves on


@pytest.mark.xfail(raises=EngineError, reason="repeated conclusions count towards the limit in the engine's side only")
def test_ways_to_one_fact_are_no_facts(folder: Path) -> None:
    rules = [{"when": [{"a": {"n": {"is": "$n", "less-than": 2}}}, {"tok": {"id": "$t"}}], "means": [{"a": {"n": "$n + 1"}}]}]
    agreed(pack_of(folder, numbers() | TOKENS, rules), {"a": {"n": 0}}, *({"tok": {"id": f"k{n}"}} for n in range(10_001)))


@pytest.mark.xfail(raises=EngineError, reason="the rules of a ruleset are not counted: error 106 beyond 4,096")
def test_more_rules_than_a_ruleset_holds(folder: Path) -> None:
    types = {f"t{n}": {"fields": {"n": "integer"}, "world": "closed"} for n in range(70)}
    rules = [{"when": [{f"t{n % 70}": {"n": n // 70}}], "means": [{"out": {"n": n}}]} for n in range(4200)]
    assert surely(agreed(pack_of(folder, types | OUT, rules), {"t5": {"n": 3}}), "out") == {(215,)}


@pytest.mark.xfail(raises=EngineError, reason="the properties of a fact are not counted: error 302 beyond 252")
def test_more_fields_than_a_fact_holds(folder: Path) -> None:
    fields = {f"f{n}": "integer" for n in range(140)}
    rules = [{"when": [{"wide": dict.fromkeys(list(fields)[n::7], 1)}], "means": [{"out": {"n": n}}]} for n in range(7)]
    opened = pack_of(folder, {"wide": {"fields": fields, "world": "closed"}} | OUT, rules)
    assert len(surely(agreed(opened, {"wide": dict.fromkeys(fields, 1)}), "out")) == 7


# --- joins ------------------------------------------------------------------------------


def test_one_fact_fills_two_and_three_patterns(folder: Path) -> None:
    ways = [{"edge": {"from": "$a", "to": "$b"}}, {"edge": {"from": "$b", "to": "$c"}}]
    ring = [*ways, {"edge": {"from": "$c", "to": "$a"}}]
    types = EDGE | {name: {"fields": {"a": "id", "b": "id", "c": "id"}} for name in ("two", "three")}
    rules = [{"when": when, "means": [{name: {"a": "$a", "b": "$b", "c": "$c"}}]} for name, when in (("two", ways), ("three", ring))]
    edges = [{"edge": {"from": one, "to": other}} for one, other in ("xx", "xy", "yx", "zy")]
    outcome = agreed(pack_of(folder, types, rules), *edges)
    assert {"".join(values) for values in surely(outcome, "two")} == {"xxx", "xxy", "xyx", "yxx", "yxy", "zyx"}
    assert {"".join(values) for values in surely(outcome, "three")} == {"xxx", "xxy", "xyx", "yxx"}


def test_a_fact_nobody_listed_fills_two_patterns(folder: Path) -> None:
    needs = [{"report": {"for": "$action", "n": "$n"}}, {"report": {"for": "$action", "n": {"more-than": "$n"}}}]
    types = {"report": {"fields": {"for": "id", "n": "integer"}, "world": "open"}}
    opened = pack_of(folder, types, [{"when": [{"do": {"id": "$action"}}], "needs": needs}])
    first, second = ({"report": {"for": "d", "n": n}} for n in (1, 2))
    acting: Mapped = {"actions": [{"do": {"id": "d"}}]}
    assert statuses(agreed(opened, **acting)) == {"undetermined"}
    assert statuses(agreed(opened, first, **acting)) == {"undetermined"}
    assert statuses(agreed(opened, first, complete=["report"], **acting)) == {"violated"}
    assert statuses(agreed(opened, first, second, **acting)) == {"satisfied"}


TEXTS = ["sid-0", "$s", "id", "sid", "$forward", "fact-1", "fact-bvYqul", "tenant-1", "tenant-aG3lHP", "note_bj_hLo"]
TEXTS += ["admin", "5", "5.0", "true", "null", "f0", "s1", '"', "\\", "é", "e\u0301", "x" * 65_536 + "a", "x" * 65_536 + "b"]
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
def test_joins_on_poison(kinds: tuple[str, str], left: list[Any], right: list[Any], folder: Path) -> None:
    fields = [{"id": "id", "sid": kind} for kind in kinds]
    types = {name: {"fields": each, "world": "closed"} for name, each in zip(("a", "b"), fields, strict=True)}
    types |= {name: {"fields": {"id": "id", "sid": "id"}} for name in ("same", "more")}
    more = [{"more": {"id": "$i", "sid": "$j"}}]
    rules = [{"when": [{"a": {"id": "$i", "sid": "$v"}}, {"b": {"id": "$j", "sid": "$v"}}], "means": [{"same": {"id": "$i", "sid": "$j"}}]}]
    if kinds[0] == "integer":
        rules += [{"when": [{"a": {"id": "$i", "sid": "$v"}}, {"b": {"id": "$j", "sid": {"more-than": "$v"}}}], "means": more}]
    facts = [{name: {"id": f"{name}{n}", "sid": value}} for name, values in (("a", left), ("b", right)) for n, value in enumerate([*values, "none", "unknown"])]
    outcome = agreed(pack_of(folder, types, rules), *facts)
    pairs = {(f"a{n}", f"b{m}"): (one, other) for n, one in enumerate(left) for m, other in enumerate(right)}
    assert surely(outcome, "same") == {names for names, (one, other) in pairs.items() if one == other}
    assert surely(outcome, "more") == {names for names, (one, other) in pairs.items() if kinds[0] == "integer" and other > one}
    possibly = {fact.values for fact in outcome.facts if fact.type == "same"} - surely(outcome, "same")
    last = (f"a{len(left) + 1}", f"b{len(right) + 1}")
    unknown = {(last[0], f"b{m}") for m in range(len(right))} | {(f"a{n}", last[1]) for n in range(len(left))} | {last}
    assert possibly == unknown  # and `none` meets nothing
