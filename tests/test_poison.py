"""What has made durable-rules answer wrongly, hang or die, put through the real `check`: each verdict comes out right.

What is expected is worked out here from docs/language.md, by hand or by plain Python; both evaluators judge where both
are there.
"""

from __future__ import annotations

import json
import resource
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import product
from pathlib import Path
from threading import get_ident
from typing import Any, NamedTuple

import pytest
from random_packs import Mapped, dumped, made

from checker import CaseError, OpenPack, PackError, check, engine
from checker.judging import open_pack

# By FNV-1a, cut to 32 bits, each of these is the other: names that the engine tells apart by nothing else.
COLLIDING = {
    "sid": "yt0v-baa", "id": "xofgk3na", "$s": "yvrdfd1a", "$forward": "xfy14k3a", "t": "xpx6phec", "type": "xztyt8va",
    "o89y4pgo": "jtsgiz17", "oeqv84d8": "ujn9pghh", "m6hhu8tl": "e7m68wrn", "t3dsiyd2": "y4w82vk3",
}  # fmt: skip
SAME_HASH = [("fact-1", "fact-bvYqul"), ("tenant-1", "tenant-aG3lHP"), ("sid", "note_dm3LR1"), ("admin", "note_bj_hLo")]
RESERVED = ("id", "sid", "sid-0", "$s", "$forward", "$m", "$time", "$i", "t", "s", "type", "null", "true", "false", "5")
AWKWARD = (
    "", " ", '"', "\\", "\\u0041", "a\x00b", "\x7f", "\u2028", "🛰", "é", "e\u0301", "5.0", "1e5", "0x10", "-0",
    "a.b", "a=b", "x" * 300, "{", "[]", "NaN", "no", "yes", "on", "2024-01-01", "P1Y",
)  # fmt: skip


needs_engine = pytest.mark.skipif(not engine.available(), reason="durable-rules does not import here")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_fnv_says_so() -> None:
    assert all(_fnv(one) == _fnv(other) for one, other in (*COLLIDING.items(), *SAME_HASH))


def _fnv(text: str) -> int:
    value = 2166136261
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def opened(types: Mapped, actions: Mapped, *rules: Mapped, **head: Any) -> OpenPack:
    """A pack with these types, actions and rules, compiled."""
    made_up = [{"title": "A rule", "basis": "seed", **rule} for rule in rules]
    head = {"pack": "poison", "version": "0.1.0", "title": "Poison", **head}
    return open_pack(
        made({**head, "types": types, "actions": actions, "rules": made_up}, Path("pack")),
        with_engine=engine.available(),
    )


def judged(pack: OpenPack, facts: list[Mapped], actions: list[Mapped] | None = None, **more: Any) -> dict[str, str]:
    """The status of every finding, by `rule@action`, or by `rule` where it has no action."""
    case: dict[str, Any] = {"as-of": "2024-07-18", **more}
    if facts:
        case["facts"] = facts
    if actions:
        case["actions"] = actions
    path = Path(f"case-{get_ident()}.json")
    path.write_text(dumped(case), "utf-8")
    verdict = check(path, pack, remedies=False)
    assert verdict.receipt is not None
    assert (verdict.receipt.engine != "none") == engine.available()
    found: dict[str, str] = {}
    for finding in verdict.findings:
        name = finding.rule if finding.action is None else f"{finding.rule}@{finding.action}"
        assert name not in found
        found[name] = finding.status
    return found


THING: Mapped = {"fields": {"id": "id", "of": "text", "n": "integer"}, "world": "closed"}
DO: Mapped = {"fields": {"id": "id", "of": "text", "n": "integer"}}


# --- how many ---------------------------------------------------------------------------


def test_more_rules_on_one_type_than_the_engine_has_room_for() -> None:
    rules = [
        {
            "id": f"r.n{number}",
            "when": [{"do": {"id": "$action", "n": "$n"}}],
            "forbids": [{"compare": ["$n", "is", number]}],
        }
        for number in range(150)
    ]
    pack = opened({}, {"do": DO}, *rules)
    found = judged(
        pack, [], [{"do": {"id": "A", "n": 77}}, {"do": {"id": "B", "n": 149}}, {"do": {"id": "C", "n": 150}}]
    )
    wanted = {(rule["id"], action) for rule, action in product(rules, "ABC")}
    assert {tuple(name.split("@")) for name in found} == wanted
    assert {name for name, status in found.items() if status == "violated"} == {"r.n77@A", "r.n149@B"}
    assert Counter(found.values()) == {"satisfied": 448, "violated": 2}


@pytest.mark.parametrize("how_many", [130, 300, 530])
def test_many_rules_with_one_join_each(how_many: int) -> None:
    """Joins are not shared between rules, tests are: 64, 255 and 511 are where the engine alone breaks."""
    rules = [
        {
            "id": f"r.n{number}",
            "when": [{"do": {"id": "$action", "of": "$x", "n": number % 260}}],
            "needs": [{"thing": {"of": "$x", "n": number}}],
        }
        for number in range(how_many)
    ]
    pack = opened({"thing": THING}, {"do": DO}, *rules)
    found = judged(pack, [{"thing": {"id": "T", "of": "x", "n": 5}}], [{"do": {"id": "A", "of": "x", "n": 5}}])
    speaking = {number for number in range(how_many) if number % 260 == 5}
    assert found == {f"r.n{number}@A": "satisfied" if number == 5 else "violated" for number in speaking}


def test_many_rules_alike() -> None:
    rules = [
        {"id": f"r.n{number}", "when": [{"do": {"id": "$action", "of": "$x"}}], "needs": [{"thing": {"of": "$x"}}]}
        for number in range(300)
    ]
    pack = opened({"thing": THING}, {"do": DO}, *rules)
    found = judged(
        pack, [{"thing": {"id": "T", "of": "x"}}], [{"do": {"id": "A", "of": "x"}}, {"do": {"id": "B", "of": "y"}}]
    )
    assert Counter((name[-1], status) for name, status in found.items()) == {
        ("A", "satisfied"): 300,
        ("B", "violated"): 300,
    }


def test_as_many_patterns_in_a_rule_as_it_may_have() -> None:
    """The engine alone gives up at the seventeenth fact."""
    chain = [{"thing": {"of": f"$x{number}", "n": number}} for number in range(15)]
    pack = opened({"thing": THING}, {"do": DO}, {"id": "r.long", "when": [{"do": {"id": "$action"}}], "needs": chain})
    things = [{"thing": {"id": f"T{number}", "of": "x", "n": number}} for number in range(15)]
    assert judged(pack, things, [{"do": {"id": "A"}}]) == {"r.long@A": "satisfied"}
    assert judged(pack, things[:-1], [{"do": {"id": "A"}}]) == {"r.long@A": "violated"}


@needs_engine
def test_more_patterns_than_the_engine_can_hold_are_refused_with_the_rule_named() -> None:
    chain = [{"thing": {"n": number}} for number in range(16)]
    with pytest.raises(PackError, match=r"r\.long.*15 patterns"):
        opened({"thing": THING}, {"do": DO}, {"id": "r.long", "when": [{"do": {"id": "$action"}}], "needs": chain})


@pytest.mark.parametrize("how_many", [28, 29, 30, 60, 120])
def test_as_many_fields_and_joins_as_there_are(how_many: int) -> None:
    """The engine alone takes 29 joins in a pattern."""
    pack, values = _wide(how_many)
    one = {"wide": {"id": "W", **values}}
    assert judged(pack, [one, {"other": {"id": "O", **values}}]) == {"r.wide": "satisfied"}
    assert judged(pack, [one, {"other": {"id": "O", **values, f"f{how_many - 1}": 2}}]) == {"r.wide": "violated"}


@needs_engine
def test_a_fact_too_wide_for_the_engine_is_judged_right() -> None:
    """It takes 252 properties in a fact; what it is not given is looked at afterwards."""
    assert _judged_wide(260) == {"r.wide": "satisfied"}


def _judged_wide(how_many: int) -> dict[str, str]:
    pack, values = _wide(how_many)
    return judged(pack, [{"wide": {"id": "W", **values}}, {"other": {"id": "O", **values}}])


def _wide(how_many: int) -> tuple[OpenPack, dict[str, int]]:
    """A rule that joins two facts by so many fields, and values for them."""
    names = [f"f{number}" for number in range(how_many)]
    wide: Mapped = {"fields": {"id": "id", **dict.fromkeys(names, "integer")}, "world": "closed"}
    joins = {name: f"$v{name}" for name in names}
    rule = {"id": "r.wide", "when": [{"wide": {"id": "W", **joins}}], "needs": [{"other": joins}]}
    return opened({"wide": wide, "other": wide}, {}, rule), dict.fromkeys(names, 1)


def test_thousands_of_facts() -> None:
    rules = [
        {"id": "r.one", "when": [{"do": {"id": "$action", "of": "$x"}}], "needs": [{"thing": {"of": "$x", "n": "$n"}}]},
        {
            "id": "r.most",
            "when": [{"do": {"id": "$action"}}],
            "forbids": [{"count": {"of": {"thing": {"n": {"at-least": 0}}}, "more-than": 2999}}],
        },
        {
            "id": "r.none",
            "when": [{"do": {"id": "$action", "of": "$x"}}],
            "needs": [{"absent": {"thing": {"of": "$x"}}}],
        },
    ]
    pack = opened({"thing": THING}, {"do": DO}, *rules)
    things = [{"thing": {"id": f"T{number}", "of": f"x{number}", "n": number}} for number in range(3000)]
    actions = [{"do": {"id": "A", "of": "x2999"}}, {"do": {"id": "B", "of": "x3000"}}]
    wanted = {"r.one@A": "satisfied", "r.one@B": "violated", "r.none@A": "violated", "r.none@B": "satisfied"}
    assert judged(pack, things, actions) == {**wanted, "r.most@A": "violated", "r.most@B": "violated"}
    fewer = judged(pack, things[1:], actions)
    assert fewer == {**wanted, "r.most@A": "satisfied", "r.most@B": "satisfied"}


def test_more_cases_than_the_engine_has_sessions_and_no_growth() -> None:
    """Also cases in which nothing fires: dropping such a session is what kills it."""
    rule = {"id": "r.a", "when": [{"do": {"id": "$action", "n": 1}}], "needs": [{"thing": {"n": 1}}]}
    pack = opened({"thing": THING}, {"do": DO}, rule)
    seen: Counter[str] = Counter()
    for number in range(1200):
        found = judged(pack, [{"thing": {"id": "T", "n": number % 3}}], [{"do": {"id": "A", "n": number % 2}}])
        seen.update(found.values() or ["silent"])
        if number == 200:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert seen == {"silent": 600, "satisfied": 200, "violated": 400}
    unit = 1 if sys.platform == "darwin" else 1024
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit < 30_000_000


def test_one_pack_shared_between_threads() -> None:
    rule = {"id": "r.a", "when": [{"do": {"id": "$action", "n": "$n"}}], "needs": [{"thing": {"n": "$n"}}]}
    pack = opened({"thing": THING}, {"do": DO}, rule)

    def one(number: int) -> bool:
        found = judged(pack, [{"thing": {"id": "T", "n": number % 7}}], [{"do": {"id": "A", "n": number % 5}}])
        return found == {"r.a@A": "satisfied" if number % 7 == number % 5 else "violated"}

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(one, range(400)))


# --- names and words ---------------------------------------------------------------------


def test_fields_whose_names_the_engine_cannot_tell_apart() -> None:
    names = [name for pair in COLLIDING.items() for name in pair if not name.startswith("$")]
    kind: Mapped = {"fields": dict.fromkeys(names, "text"), "world": "closed"}
    rules = [
        {"id": f"r.n{number}", "when": [{"poisoned": {name: "yes"}}], "forbids": [{"poisoned": {name: "yes"}}]}
        for number, name in enumerate(names)
    ]
    pack = opened({"poisoned": kind}, {}, *rules)
    for number, name in enumerate(names):
        found = judged(pack, [{"poisoned": {**dict.fromkeys(names, "no"), name: "yes"}}])
        assert found == {f"r.n{number}": "violated"}, name


def test_types_and_rules_whose_names_the_engine_cannot_tell_apart() -> None:
    pairs = [pair for pair in COLLIDING.items() if not pair[0].startswith("$")]
    for pair in pairs:
        types = {name: {"fields": {"n": "integer"}, "world": "closed"} for name in pair}
        rules = [{"id": f"r.{name}", "when": [{name: {"n": "$n"}}], "forbids": [{name: {"n": 1}}]} for name in pair]
        pack = opened(types, {}, *rules)
        assert judged(pack, [{pair[0]: {"n": 1}}]) == {f"r.{pair[0]}": "violated"}
        assert judged(pack, [{pair[1]: {"n": 1}}]) == {f"r.{pair[1]}": "violated"}


@pytest.mark.parametrize("pair", [*SAME_HASH, *COLLIDING.items()])
def test_ids_and_values_whose_hashes_are_one(pair: tuple[str, str]) -> None:
    rules = [
        {"id": "r.same", "when": [{"do": {"id": "$action", "of": "$x"}}], "needs": [{"thing": {"of": "$x"}}]},
        {"id": "r.own", "when": [{"do": {"id": "$action"}}], "needs": [{"thing": {"id": "$action"}}]},
        {"id": "r.two", "when": [{"do": {"id": "$action"}}], "needs": [{"count": {"of": {"thing": {}}, "is": 2}}]},
    ]
    pack = opened({"thing": THING}, {"do": DO}, *rules)
    one, other = pair
    things = [{"thing": {"id": name, "of": name}} for name in pair]
    assert set(judged(pack, things, [{"do": {"id": name, "of": name}} for name in pair]).values()) == {"satisfied"}
    found = judged(pack, things[:1], [{"do": {"id": other, "of": other}}, {"do": {"id": one, "of": one}}])
    assert {name for name, status in found.items() if status == "satisfied"} == {f"r.same@{one}", f"r.own@{one}"}


@pytest.mark.parametrize("words", [RESERVED, AWKWARD])
def test_every_word_is_equal_to_itself_alone(words: tuple[str, ...]) -> None:
    """As a value that is joined, as one that is compared, and as an id."""
    rules = [
        {"id": "r.join", "when": [{"do": {"id": "$action", "of": "$x"}}], "needs": [{"thing": {"of": "$x"}}]},
        {"id": "r.not", "when": [{"do": {"id": "$action", "of": "$x"}}], "forbids": [{"thing": {"of": {"not": "$x"}}}]},
    ]
    pack = opened({"thing": THING}, {"do": DO}, *rules)
    for word in words:
        found = judged(
            pack,
            [{"thing": {"id": "T", "of": word}}],
            [{"do": {"id": f"A{n}", "of": each}} for n, each in enumerate(words)],
        )
        wanted = {
            f"{rule}@A{n}": "satisfied" if each == word else "violated"
            for n, each in enumerate(words)
            for rule in ("r.join", "r.not")
        }
        assert found == wanted, word


def test_reserved_words_are_names_like_any_other() -> None:
    names = ("id", "sid", "type", "t", "s", "m", "i", "time", "forward", "rule", "day", "name", "null", "true", "no")
    kind: Mapped = {"fields": dict.fromkeys(names, "text"), "world": "closed"}
    rule = {
        "id": "r.a",
        "when": [{"poisoned": {name: f"${name}" for name in names}}],
        "needs": [{"other": {name: f"${name}" for name in names}}],
    }
    pack = opened({"poisoned": kind, "other": kind}, {}, rule)
    values = {name: RESERVED[number % len(RESERVED)] for number, name in enumerate(names)}
    assert judged(pack, [{"poisoned": values}, {"other": values}]) == {"r.a": "satisfied"}
    for name in names:
        assert judged(pack, [{"poisoned": values}, {"other": {**values, name: "else"}}]) == {"r.a": "violated"}, name


def test_the_engines_own_ids_as_ids() -> None:
    pack = opened(
        {"thing": THING},
        {"do": DO},
        {"id": "r.a", "when": [{"do": {"id": "$action"}}], "needs": [{"thing": {"id": "$action"}}]},
    )
    ids = ("sid-0", "sid", "f1", "f0", "1", "0", "tick", "$s")
    found = judged(pack, [{"thing": {"id": each}} for each in ids[::2]], [{"do": {"id": each}} for each in ids])
    assert found == {f"r.a@{each}": "violated" if number % 2 else "satisfied" for number, each in enumerate(ids)}


# --- values --------------------------------------------------------------------------------

NUMBERS = (
    0,
    1,
    -1,
    5,
    2**31,
    2**53,
    2**53 + 1,
    2**62,
    2**63 - 1,
    2**63,
    2**63 + 1,
    -(2**63),
    -(2**63) - 1,
    2**70,
    10**30,
    10**99,
)
DECIMALS = (
    Decimal(5),
    Decimal("5.0"),
    Decimal("5.000000"),
    Decimal("0.1"),
    Decimal("0.10"),
    Decimal("1e-5"),
    Decimal("1e16"),
    Decimal("-0.0"),
    0,
    5,
)
RELATIONS = {
    "is": lambda one, other: one == other, "not": lambda one, other: one != other,
    "at-least": lambda one, other: one >= other, "at-most": lambda one, other: one <= other,
    "more-than": lambda one, other: one > other, "less-than": lambda one, other: one < other,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "numbers"), [("integer", NUMBERS), ("decimal", DECIMALS)])
def test_numbers_are_exact_however_large_or_small(kind: str, numbers: tuple[int | Decimal, ...]) -> None:
    rules = [
        {"id": f"r.{op}", "when": [{"do": {"id": "$action", "n": "$n"}}], "needs": [{"thing": {"n": {op: "$n"}}}]}
        for op in RELATIONS
    ]
    rules.append({"id": "r.join", "when": [{"do": {"id": "$action", "n": "$n"}}], "needs": [{"thing": {"n": "$n"}}]})
    fields = {"id": "id", "n": kind}
    pack = opened({"thing": {"fields": fields, "world": "closed"}}, {"do": {"fields": fields}}, *rules)
    actions = [{"do": {"id": f"A{number}", "n": each}} for number, each in enumerate(numbers)]
    for one in numbers:
        found = judged(pack, [{"thing": {"id": "T", "n": one}}], actions)
        for number, other in enumerate(numbers):
            for op, holds in {**RELATIONS, "join": RELATIONS["is"]}.items():
                assert found[f"r.{op}@A{number}"] == ("satisfied" if holds(one, other) else "violated"), (
                    op,
                    one,
                    other,
                )


def test_sums_do_not_wrap_round() -> None:
    limits = (2**31, 2**53, 2**62, 2**63, 2**64, 10**30)
    rule = {
        "id": "r.next",
        "when": [{"do": {"id": "$action", "n": "$n"}}],
        "needs": [{"thing": {"n": "$n + 1"}}, {"thing": {"n": "$n - 1"}}, {"thing": {"n": "$n + $n × 3"}}],
    }
    pack = opened({"thing": THING}, {"do": DO}, rule)
    for limit in limits:
        things = [{"thing": {"id": f"T{n}", "n": value}} for n, value in enumerate((limit + 1, limit - 1, limit * 4))]
        assert judged(pack, things, [{"do": {"id": "A", "n": limit}}]) == {"r.next@A": "satisfied"}
        for left_out in range(3):
            fewer = [each for number, each in enumerate(things) if number != left_out]
            assert judged(pack, fewer, [{"do": {"id": "A", "n": limit}}]) == {"r.next@A": "violated"}


def test_numbers_and_texts_and_options_that_look_alike() -> None:
    """`5`, "5", `yes` and "true" are different things, and one fact does not swallow the other."""
    fields = {"n": "integer", "sum": "decimal", "of": "text", "ok": {"one-of": [True, False]}}
    rules = [
        {
            "id": f"r.{name}",
            "when": [{"do": {"id": "$action"}}],
            "needs": [{"count": {"of": {"thing": {name: {"not": "none"}}}, "is": 1}}],
        }
        for name in fields
    ]
    pack = opened(
        {"thing": {"fields": fields, "default": dict.fromkeys(fields, "none"), "world": "closed"}}, {"do": DO}, *rules
    )
    things = [
        {"thing": {"n": 1}},
        {"thing": {"sum": 1}},
        {"thing": {"of": "1"}},
        {"thing": {"ok": True}},
        {"thing": {"sum": Decimal("1.0")}},
    ]
    assert set(judged(pack, things, [{"do": {"id": "A"}}]).values()) == {"satisfied"}


def test_very_long_texts_that_differ_at_the_end() -> None:
    one, other = "x" * 70_000 + "a", "x" * 70_000 + "b"
    rules = [
        {"id": "r.join", "when": [{"do": {"id": "$action", "of": "$x"}}], "needs": [{"thing": {"of": "$x"}}]},
        {"id": "r.like", "when": [{"do": {"id": "$action", "of": "$x"}}], "needs": [{"thing": {"of": {"like": "*b"}}}]},
        {"id": "r.two", "when": [{"do": {"id": "$action"}}], "needs": [{"count": {"of": {"thing": {}}, "is": 2}}]},
    ]
    pack = opened({"thing": {"fields": {"of": "text"}, "world": "closed"}}, {"do": DO}, *rules)
    action = [{"do": {"id": "A", "of": other}}]
    assert judged(pack, [{"thing": {"of": one}}], action) == dict.fromkeys(
        ("r.join@A", "r.like@A", "r.two@A"), "violated"
    )
    both = [{"thing": {"of": one}}, {"thing": {"of": other}}]
    assert judged(pack, both, action) == dict.fromkeys(("r.join@A", "r.like@A", "r.two@A"), "satisfied")


def test_none_and_unknown_where_the_engine_would_stumble_over_null() -> None:
    rules = [
        {"id": f"r.{op}", "when": [{"do": {"id": "$action", "n": "$n"}}], "needs": [{"thing": {"n": {op: "$n"}}}]}
        for op in RELATIONS
    ]
    rules.append({"id": "r.none", "when": [{"do": {"id": "$action"}}], "needs": [{"thing": {"n": "none"}}]})
    pack = opened({"thing": THING}, {"do": DO}, *rules)
    ops = list(RELATIONS)
    for left, right, wanted in (
        ("none", 5, dict.fromkeys(ops, "violated") | {"none": "satisfied"}),
        (5, "none", dict.fromkeys(ops, "violated") | {"none": "violated"}),
        ("none", "none", dict.fromkeys(ops, "violated") | {"none": "satisfied"}),
        ("unknown", 5, dict.fromkeys(ops, "undetermined") | {"none": "undetermined"}),
        (5, "unknown", dict.fromkeys(ops, "undetermined") | {"none": "violated"}),
    ):
        found = judged(pack, [{"thing": {"id": "T", "n": left}}], [{"do": {"id": "A", "n": right}}])
        assert found == {f"r.{op}@A": status for op, status in wanted.items()}, (left, right)


def test_empty_lists_and_facts_without_fields() -> None:
    rules = [
        {"id": "r.a", "when": [{"do": {"id": "$action"}}], "forbids": [{"thing": {}}]},
        {"id": "r.b", "when": [{"thing": {}}], "forbids": [{"thing": {"n": 1}}]},
    ]
    pack = opened({"thing": THING}, {"do": DO}, *rules)
    assert judged(pack, [], [{"do": {"id": "A"}}]) == {"r.a@A": "satisfied"}
    assert (
        json.loads(check('{"facts": [], "actions": [{"do": {"id": "A"}}]}', pack).to_json())["verdict"] == "compliant"
    )
    assert judged(pack, [{"thing": {}}]) == {"r.b": "undetermined"}
    assert judged(pack, [{"thing": {}}], [{"do": {"id": "A"}}]) == {"r.a@A": "violated", "r.b": "undetermined"}
    assert check('{"facts": [], "actions": []}', pack).status == "not-applicable"
    for nothing in ("{}", '{"facts": [{}]}', '{"facts": [null]}', '{"facts": [[]]}', '{"actions": [{"do": {}}]}'):
        with pytest.raises(CaseError):
            check(nothing, pack)


@pytest.mark.parametrize(
    "text",
    [
        '{"facts": [{"thing": {"id": "T", "of": "\\ud800"}}]}',
        '{"facts": [{"thing": {"id": "\\udc00\\ud800"}}]}',
        'facts:\n- thing: {id: "\\ud800"}\n',
        '{"facts": [{"thing": {"id": "T", "of": null}}]}',
        '{"facts": [{"thing": {"id": "T", "n": 1e999}}]}',
        '{"facts": [{"thing": {"id": "T", "n": NaN}}]}',
        '{"facts": [{"thing": {"id": "T", "n": "5"}}]}',
        '{"facts": [{"thing": {"id": "T", "n": true}}]}',
        '{"facts": [{"thing": {"id": "T", "of": ["x"]}}]}',
        '{"facts": [{"thing": {"id": "T", "of": {"a": "x"}}}]}',
        '{"facts": [{"thing": {"id": "T", "$s": 1}}]}',
        '{"facts": [{"thing": {"id": "T", "sid": "sid-0"}}]}',
        '{"facts": [{"thing": {"id": "T", "a.b": 1}}]}',
        '{"facts": [{"thing": {"id": "T", "id": "U"}}]}',
        "{'facts': [{'thing': {'id': 'T'}}], }",
    ],
)
def test_what_the_engine_would_choke_on_is_refused_before_it(text: str) -> None:
    pack = opened({"thing": THING}, {}, {"id": "r.a", "when": [{"thing": {}}], "forbids": [{"thing": {"n": 1}}]})
    if text.startswith("{'"):
        assert check(text, pack).status == "undetermined"  # flow style of YAML
        return
    with pytest.raises(CaseError):
        check(text, pack)


# --- conditions that durable-rules evaluates wrongly -----------------------------------------------

X: Mapped = {"b": {"x": True}}
Y: Mapped = {"b": {"y": True}}
K: Mapped = {"b": {"k": "$ka"}}
J: Mapped = {"b": {"j": "$ja"}}


class Tried(NamedTuple):
    """Which of the four tests the one fact meets."""

    x: bool
    y: bool
    k: bool
    j: bool


def _both(*patterns: Mapped) -> Mapped:
    """One pattern with all their tests: one fact has to meet them together."""
    return {"b": {name: test for each in patterns for name, test in each["b"].items()}}


SHAPES: Mapping[str, tuple[list[Mapped], Callable[[Tried], bool]]] = {
    "x-and-k": ([_both(X, K)], lambda t: t.x and t.k),
    "x-or-y-and-k": ([{"any": [_both(X, K), _both(Y, K)]}], lambda t: (t.x or t.y) and t.k),
    "k-and-x-or-j": ([{"any": [_both(K, X), J]}], lambda t: (t.k and t.x) or t.j),
    "k-or-j-and-x": ([{"any": [_both(K, X), _both(J, X)]}], lambda t: (t.k or t.j) and t.x),
    "xk-or-yj": ([{"any": [_both(X, K), _both(Y, J)]}], lambda t: (t.x and t.k) or (t.y and t.j)),
    "x-or-k": ([{"any": [X, K]}], lambda t: t.x or t.k),
    "not-k": ([{"absent": K}], lambda t: not t.k),
    "not-x-or-not-k": ([{"any": [{"absent": X}, {"absent": K}]}], lambda t: not t.x or not t.k),
    "not-xk-and-j": ([J, {"absent": _both(X, K)}], lambda t: t.j and not (t.x and t.k)),
    "not-not-k": ([{"absent": {"absent": K}}], lambda t: t.k),
}


def test_every_mixture_of_and_or_and_not() -> None:
    """All truth tables at once: one fact with two options of its own, and two fields that join or don't."""
    rules = [
        {"id": f"r.{name}", "when": [{"do": {"id": "$action", "ka": "$ka", "ja": "$ja"}}], "needs": body}
        for name, (body, _) in SHAPES.items()
    ]
    flag = {"one-of": [True, False]}
    kind: Mapped = {"fields": {"x": flag, "y": flag, "k": "text", "j": "text"}, "world": "closed"}
    pack = opened({"b": kind}, {"do": {"fields": {"id": "id", "ka": "text", "ja": "text"}}}, *rules)
    for tried in (Tried(*met) for met in product((True, False), repeat=4)):
        fact = {"b": {"x": tried.x, "y": tried.y, "k": "1" if tried.k else "2", "j": "1" if tried.j else "2"}}
        found = judged(pack, [fact], [{"do": {"id": "A", "ka": "1", "ja": "1"}}])
        for name, (_, holds) in SHAPES.items():
            assert found[f"r.{name}@A"] == ("satisfied" if holds(tried) else "violated"), (name, tried)


@pytest.mark.parametrize("op", ["before", "on-or-before", "after", "on-or-after"])
def test_the_last_test_of_a_pattern_may_be_an_inequality_that_fails(op: str) -> None:
    """In the engine alone that reads past the end of an array; here it is one day off, on either side of a leap day."""
    fields = {"id": "id", "of": "text", "n": "integer", "day": "date"}
    rule = {
        "id": "r.a",
        "when": [{"do": {"id": "$action", "of": "$x", "n": "$n", "day": "$d"}}],
        "needs": [{"thing": {"of": "$x", "n": {"at-least": "$n"}, "day": {op: "$d"}}}],
    }
    pack = opened({"thing": {"fields": fields, "world": "closed"}}, {"do": {"fields": fields}}, rule)
    days = ("2024-02-28", "2024-02-29", "2024-03-01")
    holds = {
        "before": lambda a, b: a < b,
        "on-or-before": lambda a, b: a <= b,
        "after": lambda a, b: a > b,
        "on-or-after": lambda a, b: a >= b,
    }[op]
    for one, other, n in product(days, days, (1, 2)):
        found = judged(
            pack,
            [{"thing": {"id": "T", "of": "x", "n": n, "day": one}}],
            [{"do": {"id": "A", "of": "x", "n": 2, "day": other}}],
        )
        assert found == {"r.a@A": "satisfied" if n == 2 and holds(one, other) else "violated"}, (one, other, n)


def test_absence_looks_at_everything_whatever_comes_first() -> None:
    """Negation in the engine answers by the order of arrival; here by what is there, derived facts too."""
    types = {"thing": THING, "blocked": {"fields": {"of": "text"}}}
    rules = [
        {
            "id": "d.block",
            "when": [{"thing": {"of": "$x", "n": {"more-than": 3}}}],
            "means": [{"blocked": {"of": "$x"}}],
        },
        {
            "id": "r.free",
            "when": [{"do": {"id": "$action", "of": "$x"}}],
            "needs": [{"absent": {"blocked": {"of": "$x"}}}],
        },
        {
            "id": "r.other",
            "when": [{"do": {"id": "$action", "of": "$x"}}],
            "needs": [{"blocked": {"of": {"not": "$x"}}}, {"absent": {"blocked": {"of": "$x"}}}],
        },
    ]
    pack = opened(types, {"do": DO}, *rules)
    things = [{"thing": {"id": f"T{n}", "of": of, "n": n}} for n, of in ((5, "x"), (6, "x"), (1, "y"), (4, "z"))]
    actions = [{"do": {"id": of.upper(), "of": of}} for of in "xyzw"]
    wanted = {"r.free@X": "violated", "r.free@Y": "satisfied", "r.free@Z": "violated", "r.free@W": "satisfied"}
    wanted |= {"r.other@X": "violated", "r.other@Y": "satisfied", "r.other@Z": "violated", "r.other@W": "satisfied"}
    for turn in range(4):
        assert judged(pack, things[turn:] + things[:turn], actions[::-1] if turn % 2 else actions) == wanted
