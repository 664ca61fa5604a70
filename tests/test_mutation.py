"""Mutation of packs: what is changed in a rule, which tests see it, and what is said of mutants that none sees."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from test_coverage import PACK, pack_in

from checker.cli import run
from checker.collecting import collect
from checker.dependencies import Dependencies
from checker.errors import PackError, Place, UsageError
from checker.expecting import place_of_expect
from checker.judging import Asked, OpenPack, judge_in_full
from checker.load import Document
from checker.mutation.equivalents import FILE, read_equivalents
from checker.mutation.mutants import Mutant, mutants_of, mutated
from checker.mutation.results import PackMutation, Selection, Survivor, mutate
from checker.pack import load_pack
from checker.report import mutation as report
from checker.terminal import Look
from checker.testing import Judged, Packs, differences, judged

ACT = "when: [{act: {id: $action, day: $day}}]"
PAPER = "{paper: {of: $action}}"
TYPES = """\
  passed: {about: derived, fields: {of: id, day: date}, day: day, given: yes, world: closed}
  step: {about: a chain, fields: {n: integer, day: date}, day: day, counter: n, given: yes, world: closed}
  letter:
    about: a letter
    fields: {of: id, kind: {one-of: [note, memo, call]}, copies: integer, long: duration}
    world: closed
actions:
"""
HEAD = (
    PACK.replace("sources:", "parties: [russia, china]\nsources:")
    .replace("{id: id, of: id, day: date}", "{id: id, of: id, from: actor, day: date}")
    .replace("actions:\n", TYPES)
)


def changes(rule: str, folder: Path, name: str = "toy.rule") -> list[str]:
    """The mutants of a rule, in words; all but the first, which leaves it out."""
    pack = load_pack(pack_in(folder / "toy", {name: rule}, HEAD))
    found = [each.change for each in mutants_of(pack, pack.rules[name])]
    assert found[0] == "left out"
    assert len(set(found)) == len(found)
    return found[1:]


# --- what is changed --------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (  # a pattern, what joins it, a day
            f"{ACT}\nneeds: [{{paper: {{of: $action, day: {{on-or-before: $day - P1M}}}}}}]",
            [
                "needs: drop paper",
                "needs: paper → absent paper",
                "needs: paper.of is $action → dropped",
                "needs: paper.day on-or-before $day - P1M → dropped",
                "needs: paper.day on-or-before $day - P1M → on-or-after",
                "needs: paper.day on-or-before $day - P1M → $day - P1M - P1D",
                "needs: paper.day on-or-before $day - P1M → $day - P1M + P1D",
            ],
        ),
        (  # a day moved back to what it was counted from; one that is written
            f"{ACT}\nneeds: [{{compare: [$day, in, [$day + P1D, 2025-03-01]]}}]",
            [
                "needs: drop $day in $day + P1D, 2025-03-01",
                "needs: $day in $day + P1D → $day",
                "needs: $day in $day + P1D → $day + P1D + P1D",
                "needs: $day in 2025-03-01 → 2025-02-28",
                "needs: $day in 2025-03-01 → 2025-03-02",
                "needs: $day in $day + P1D → dropped",
                "needs: $day in 2025-03-01 → dropped",
            ],
        ),
        (  # words: the next option; the other party, and anybody else but the one
            """when: [{paper: {id: $x, from: $by}}]
needs: [{letter: {of: $x, kind: memo}}, {paper: {from: russia}}, {paper: {from: $by, day: {not: none}}}]""",
            [
                "needs: drop letter",
                "needs: letter → absent letter",
                "needs: letter.of is $x → dropped",
                "needs: letter.kind is memo → dropped",
                "needs: letter.kind is memo → call",
                "needs: drop paper",
                "needs: paper → absent paper",
                "needs: paper.from is russia → dropped",
                "needs: paper.from is russia → china",
                "needs: drop paper (2)",
                "needs: paper → absent paper (2)",
                "needs: paper.from is $by → dropped",
                "needs: paper.from is $by → not $by",
                "needs: paper.day not none → dropped",
                "needs: paper.day not none → is",
            ],
        ),
        (  # numbers are moved, durations lose their edge
            "when: [{paper: {id: $x}}]\nforbids: [{letter: {of: $x, copies: {more-than: 3}, long: {at-least: P5D}}}]",
            [
                "forbids: drop letter",
                "forbids: letter → absent letter",
                "forbids: letter.of is $x → dropped",
                "forbids: letter.copies more-than 3 → dropped",
                "forbids: letter.copies more-than 3 → less-than",
                "forbids: letter.copies more-than 3 → 2",
                "forbids: letter.copies more-than 3 → 4",
                "forbids: letter.long at-least P5D → dropped",
                "forbids: letter.long at-least P5D → at-most",
                "forbids: letter.long at-least P5D → more-than",
            ],
        ),
        (  # what is absent, what is counted, alternatives
            f"""{ACT}
needs:
- absent: {{seal: {{of: $action}}}}
- count: {{of: {PAPER}, at-least: 2}}
- any: [{{seal: {{of: $action}}}}, {{waiver: {{of: $action}}}}]""",
            [
                "needs: drop absent seal",
                "needs: absent seal → seal",
                "needs absent: seal.of is $action → dropped",
                "needs: drop count of paper",
                "needs: count of paper at-least 2 → at-most",
                "needs: count of paper at-least 2 → 1",
                "needs: count of paper at-least 2 → 3",
                "needs count: paper.of is $action → dropped",
                "needs: drop any of seal, waiver",
                "needs any 1: drop",
                "needs any 1: seal → absent seal",
                "needs any 1: seal.of is $action → dropped",
                "needs any 2: drop",
                "needs any 2: waiver → absent waiver",
                "needs any 2: waiver.of is $action → dropped",
            ],
        ),
        (  # exceptions, readings, the due day, what is written of the whole rule
            f"""{ACT}
survives: yes
before-force: yes
owes: [{{paper: {{of: $action}}, reading: {{q: a}}}}, {{seal: {{}}}}]
due: $day
unless: [{{waiver: {{of: $action}}, reading: {{q: b}}}}]""",
            [
                "owes [q: a]: drop paper",
                "owes [q: a]: paper in every reading",
                "owes [q: a]: paper → absent paper",
                "owes [q: a]: paper.of is $action → dropped",
                "owes: drop seal",
                "owes: seal → absent seal",
                "unless 1: drop",
                "unless 1: waiver → absent waiver",
                "unless 1: waiver.of is $action → dropped",
                "unless 1: in every reading",
                "due: $day → $day - P1D",
                "due: $day → $day + P1D",
                "due: $day → none",
                "survives: yes → no",
                "before-force: yes → no",
            ],
        ),
        (  # a definition: what it concludes; the counter of a chain can't go down
            "when: [{paper: {of: $x, day: $day}}]\nmeans: [{passed: {of: $x, day: $day + P1M}}]",
            [
                "means: passed.of $x → dropped",
                "means: passed.day $day + P1M → dropped",
                "means: passed.day $day + P1M → $day + P1M - P1D",
                "means: passed.day $day + P1M → $day + P1M + P1D",
            ],
        ),
        (
            "when: [{step: {n: $n, day: $day}}]\nunless: [{seal: {}}]\nmeans: [{step: {n: $n + 1, day: $day + P1Y}}]",
            [
                "unless 1: drop",
                "unless 1: seal → absent seal",
                "means: step.n $n + 1 → dropped",
                "means: step.n $n + 1 → $n",
                "means: step.n $n + 1 → $n + 1 + 1",
                "means: step.day $day + P1Y → dropped",
                "means: step.day $day + P1Y → $day + P1Y - P1D",
                "means: step.day $day + P1Y → $day + P1Y + P1D",
            ],
        ),
    ],
)
def test_every_part_of_a_rule_is_changed_in_every_way(rule: str, told: list[str], tmp_path: Path) -> None:
    assert changes(rule, tmp_path) == told


def test_a_whole_rule_of_a_reading_and_all_of_an_option(tmp_path: Path) -> None:
    rule = (
        f"reading: {{q: a}}\nvalid: {{from: 2025-01-01}}\nper: [$action]\n{ACT}\n"
        "needs: [{paper: {}, reading: {r: c}}, {seal: {}, reading: {r: c}}]"
    )
    head = HEAD.replace(
        "readings:\n", "readings:\n  r: {ask: '?', options: {c: c, d: d}, default: c, cites: [{source: S}]}\n"
    )
    pack = load_pack(pack_in(tmp_path / "toy", {"toy.rule": rule}, head))
    found = {each.change for each in mutants_of(pack, pack.rules["toy.rule"])}
    assert {
        "in every reading",
        "valid from: 2025-01-01 → 2024-12-31",
        "valid from: 2025-01-01 → 2025-01-02",
        "valid from: 2025-01-01 → dropped",
        "per: drop $action",
        "without r: c",
        "needs [r: c]: paper in every reading",
    } <= found


def test_permissions_and_breaches_that_others_read(tmp_path: Path) -> None:
    rules = {
        "toy.needs": f"{ACT}\nneeds: [{PAPER}]",
        "toy.permit": f"{ACT}\npermits: yes\noverrides: [toy.needs]",
        "toy.passed": "when: [{violation: {rule: toy.needs, action: $x}}]\nmeans: [{passed: {of: $x}}]",
    }
    pack = load_pack(pack_in(tmp_path / "toy", rules, HEAD))
    told = {name: {each.change for each in mutants_of(pack, rule)} for name, rule in pack.rules.items()}
    assert "overrides: drop toy.needs" in told["toy.permit"]
    assert "if-not: breach → no-effect" in told["toy.needs"]
    assert not [change for change in told["toy.passed"] if "violation.rule" in change]  # the rule, not what it says


@pytest.mark.parametrize(
    ("rule", "gone"),
    [
        (f"{ACT}\nneeds: [{PAPER}]\ndue: $day", "when: drop act"),  # `$action` and `$day` would stand for nothing
        (
            "when: [{paper: {of: $x, day: $day}}, {passed: {of: $x, day: {after: $day}}}]\nmeans: [{passed: {of: $x}}]",
            "when: passed → absent passed",  # it would wait for itself
        ),
    ],
)
def test_what_no_pack_could_hold_is_no_mutant(rule: str, gone: str, tmp_path: Path) -> None:
    assert gone not in changes(rule, tmp_path)


def test_that_only_proposed_actions_are_judged_is_the_language_s_and_no_part_of_a_rule(tmp_path: Path) -> None:
    assert not [change for change in changes(f"{ACT}\nneeds: [{PAPER}]", tmp_path) if "proposed" in change]
    done = changes(f"also-done: yes\n{ACT}\nneeds: [{PAPER}]", tmp_path / "done")
    assert "also-done: yes → no" in done


# --- which tests see it -----------------------------------------------------------

TOY = {
    "toy.in-time": f"""{ACT}
needs: [{{passed: {{of: $action, day: {{on-or-before: $day}}}}}}]
unless: [{{waiver: {{of: $action}}}}]""",
    "toy.passed": """when: [{paper: {of: $x, from: {in: [russia, china]}, day: $day}}]
means: [{passed: {of: $x, day: $day}}]""",
    "toy.sealed": f"{ACT}\nforbids: [{{seal: {{of: $action}}, reading: {{q: a}}}}]",
}
AS_OF = "as-of: 2025-04-01\n"
SEEING = {
    "the day itself": "facts: [{paper: {of: A1, from: russia, day: 2025-06-01}}]\n",
    "the day before": "facts: [{paper: {of: A1, from: china, day: 2025-05-31}}]\n",
    "the day after": "facts: [{paper: {of: A1, from: russia, day: 2025-06-02}}]\n",
    "somebody else": "facts: [{paper: {of: A1, from: ASES, day: 2025-06-01}}]\n",
    "another act": "facts: [{paper: {of: A2, from: russia, day: 2025-06-01}}]\n",
    "waived": "facts: [{waiver: {id: W1, of: A1}}]\n",
    "another waived": "facts: [{waiver: {id: W1, of: A2}}]\n",
    "sealed": "facts: [{paper: {of: A1, from: russia, day: 2025-06-01}}, {seal: {id: S1, of: A1}}]\n",
    "another sealed": "facts: [{paper: {of: A1, from: russia, day: 2025-06-01}}, {seal: {id: S1, of: A2}}]\n",
}
EXPECTED = {
    "the day itself": "toy.in-time: satisfied, toy.sealed: satisfied",
    "the day before": "toy.in-time: satisfied",
    "the day after": "toy.in-time: violated",
    "somebody else": "toy.in-time: violated",
    "another act": "toy.in-time: violated",
    "waived": "toy.in-time: excused",
    "another waived": "toy.in-time: violated",
    "sealed": "toy.in-time: satisfied, toy.sealed: contested",
    "another sealed": "toy.in-time: satisfied, toy.sealed: satisfied",
}


def toy(folder: Path, expected: Mapping[str, str] = EXPECTED, rules: Mapping[str, str] = TOY) -> Path:
    """A pack with tests: all of them see every mutant of its rules."""
    pack = pack_in(folder / "toy", rules, HEAD)
    (pack / "tests").mkdir()
    act = "actions: [{act: {id: A1, day: 2025-06-01}}]\n"
    tests = [f"title: {name}\n{AS_OF}{SEEING[name]}{act}expect: {{{expect}}}\n" for name, expect in expected.items()]
    (pack / "tests" / "all.yaml").write_text("---\n".join(tests), "utf-8")
    return pack


def survivors(pack: Path, *rules: str, jobs: int = 1) -> list[tuple[str, str]]:
    """The mutants of a pack that no test sees."""
    (found,) = mutate(Selection((str(pack),), (), rules), jobs).packs
    return [(each.rule, each.change) for each in found.survivors]


def test_tests_that_see_all_leave_no_survivor(tmp_path: Path) -> None:
    assert survivors(toy(tmp_path)) == []


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ("the day itself", []),  # others come to the same day
        ("the day before", [("toy.passed", "when: paper.from in china → dropped")]),
        ("the day after", [("toy.in-time", "needs: passed.day on-or-before $day → $day + P1D")]),
        ("another act", [("toy.in-time", "needs: passed.of is $action → dropped")]),
        ("another waived", [("toy.in-time", "unless 1: waiver.of is $action → dropped")]),
        ("another sealed", [("toy.sealed", "forbids [q: a]: seal.of is $action → dropped")]),
    ],
)
def test_without_a_test_what_it_alone_saw_survives(left_out: str, told: list[tuple[str, str]], tmp_path: Path) -> None:
    pack = toy(tmp_path, {name: expect for name, expect in EXPECTED.items() if name != left_out})
    assert [each for each in survivors(pack) if each in told or not told] == told


def test_every_mutant_is_seen_by_the_tests_that_fail_when_all_is_judged_again(tmp_path: Path) -> None:
    """The quick way, which judges a test only where a mutant infects it, against judging every test in full."""
    for number, expected in enumerate((EXPECTED, dict([*EXPECTED.items()][::3]), dict([*EXPECTED.items()][:2]))):
        pack = toy(tmp_path / str(number), expected)
        opened = load_pack(pack)
        tests = [test for each in collect((str(pack),)) if isinstance(test := judged(each, Packs("referee")), Judged)]
        assert not [test.problems for test in tests if test.problems]
        unseen = [
            (rule.id, mutant.change)
            for rule in opened.rules.values()
            for mutant in mutants_of(opened, rule)
            if not any(fails(test, mutant) for test in tests)
        ]
        assert sorted(survivors(pack)) == sorted(unseen)


def fails(test: Judged, mutant: Mutant) -> bool:
    """Whether a test comes out otherwise than it expects, all of it judged with the mutant."""
    pack = mutated(test.opened.pack, mutant.changed)
    opened = OpenPack(pack, None, Dependencies(pack))
    assert isinstance(test.test.loaded, Document)
    verdict, _ = judge_in_full(opened, test.case, test.test.loaded, Asked("referee", {}, questions=False))
    return any(differences(opened, test.case.expect or {}, verdict, place_of_expect(test.test.loaded)))


def test_processes_share_the_work_and_change_nothing(tmp_path: Path) -> None:
    pack = toy(tmp_path, dict([*EXPECTED.items()][:3]))
    one, two = (mutate(Selection((str(pack),)), jobs) for jobs in (1, 2))
    assert one == two
    assert one.packs[0].survivors


def test_only_selected_rules_are_mutated_and_only_chosen_tests_tried(tmp_path: Path) -> None:
    pack = toy(tmp_path)
    (found,) = mutate(Selection((str(pack),), (), ("toy.s*",))).packs
    assert [*found.mutants] == ["toy.sealed"]
    assert mutate(Selection((str(pack),), ("another sealed",), ("toy.s*",))).packs[0].seen < found.seen


@pytest.mark.parametrize("jobs", [1, 2])
def test_tests_outside_of_packs_are_tried_by_the_pack_that_is_asked_for(jobs: int, tmp_path: Path) -> None:
    pack = toy(tmp_path)
    outside = tmp_path / "outside.yaml"
    (pack / "tests" / "all.yaml").rename(outside)
    (found,) = mutate(Selection((str(outside),), pack=str(pack)), jobs).packs
    assert (found.pack, found.survivors) == ("toy", ())


def test_unknown_rules_and_no_tests_are_refused(tmp_path: Path) -> None:
    pack = toy(tmp_path)
    with pytest.raises(UsageError, match=r"--select: no rule is named by `toy.seeled`; did you mean `toy.sealed`\?"):
        mutate(Selection((str(pack),), (), ("toy.seeled",)))
    with pytest.raises(UsageError, match="no test is named by `nothing`"):
        mutate(Selection((str(pack),), ("nothing",)))


def test_a_test_that_fails_sees_nothing_and_is_named(tmp_path: Path) -> None:
    pack = toy(tmp_path, {**EXPECTED, "the day after": "toy.in-time: satisfied"})
    results = mutate(Selection((str(pack),)))
    assert [failure.title for failure in results.failures] == ["the day after"]
    assert ("toy.in-time", "needs: passed.day on-or-before $day → $day + P1D") in survivors(pack)
    assert report.exit_status(results) == 1


# --- equivalent mutants -----------------------------------------------------------

SURVIVOR = "unless 1: waiver.of is $action → dropped"
ENTRY = '- {{rule: {rule}, mutants: ["{change}"], reason: nobody waives anything else}}\n'


def explained(folder: Path, text: str) -> Path:
    """A pack with one survivor, and a file of equivalent mutants."""
    pack = toy(folder, {name: expect for name, expect in EXPECTED.items() if name != "another waived"})
    (pack / FILE).parent.mkdir()
    (pack / FILE).write_text(text, "utf-8")
    return pack


@pytest.mark.parametrize("rule", ["toy.in-time", "toy.*"])
def test_a_survivor_with_a_reason_counts_neither_way(rule: str, tmp_path: Path) -> None:
    results = mutate(Selection((str(explained(tmp_path, ENTRY.format(rule=rule, change=SURVIVOR))),)))
    (found,) = results.packs
    assert [(each.change, each.reason) for each in found.survivors] == [(SURVIVOR, "nobody waives anything else")]
    assert (found.percent, found.equivalent, results.idle) == (100, 1, ())
    assert report.exit_status(results, 100) == 0


@pytest.mark.parametrize(
    ("rule", "change", "message"),
    [
        ("toy.in-time", "left out", "a test sees this mutant of `toy.in-time`; take the entry out"),
        ("toy.in-time", SURVIVOR[:-1], "no such mutant: toy.in-time: unless 1: waiver.of"),
        ("toy.in-tme", SURVIVOR, "no such rule: toy.in-tme: "),
    ],
)
def test_an_entry_that_excuses_nothing_is_told_and_fails(rule: str, change: str, message: str, tmp_path: Path) -> None:
    pack = explained(tmp_path, ENTRY.format(rule=rule, change=change))
    results = mutate(Selection((str(pack),)))
    (problem,) = results.idle
    assert problem.message.startswith(message)
    assert str(problem.place).startswith(str(pack / FILE))
    assert report.exit_status(results) == 1


def test_of_rules_that_are_not_tried_nothing_is_said(tmp_path: Path) -> None:
    pack = explained(tmp_path, ENTRY.format(rule="toy.in-time", change="left out"))
    assert mutate(Selection((str(pack),), (), ("toy.sealed",))).idle == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rule: toy.in-time\n", "a list of entries is wanted: `- {rule: …, mutants: […], reason: …}`"),
        ("- toy.in-time\n", "an entry is `{rule: …, mutants: […], reason: …}`"),
        ("- {rule: a.b, mutants: [x], reasons: y}\n", "unknown key `reasons`; did you mean `reason`?"),
        ("- {rule: a.b, mutants: [], reason: y}\n", "`mutants` is missing"),
        ("- {rule: a.b, mutants: [x], reason: ''}\n", "`reason` is missing"),
    ],
)
def test_a_file_of_equivalents_that_cant_be_read_says_why(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(PackError, match=re.escape(message)):
        read_equivalents(explained(tmp_path, text))


# --- what is printed --------------------------------------------------------------


def test_survivors_are_lines_and_the_score_comes_last(tmp_path: Path) -> None:
    pack = explained(tmp_path, ENTRY.format(rule="toy.in-time", change=SURVIVOR))
    (pack / "tests" / "all.yaml").write_text(
        "---\n".join(
            each for each in (pack / "tests" / "all.yaml").read_text("utf-8").split("---\n") if "another a" not in each
        ),
        "utf-8",
    )
    results = mutate(Selection((str(pack),)))
    tried = results.packs[0].tried
    told = report.render(results, Look()).splitlines()
    rule = load_pack(pack).rules["toy.in-time"]
    assert rule.body is not None
    place, excuse = rule.body.items[0].place, rule.unless[0].body.items[0].place
    assert told == [
        "No test of toy sees:",
        f"{place}: toy.in-time: needs: passed.of is $action → dropped",
        "",
        "No test can see:",
        f"{excuse}: toy.in-time: {SURVIVOR}",
        "  nobody waives anything else",
        "",
        f"toy: tests see {tried - 2} of {tried} mutants, 1 more are equivalent: {100 * (tried - 2) // (tried - 1)}%",
    ]


@pytest.mark.parametrize(("least", "status", "lines"), [("100", 1, 3), ("50", 0, 0)])
def test_quietly_only_what_falls_short_is_told(
    least: str, status: int, lines: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = toy(tmp_path, {name: expect for name, expect in EXPECTED.items() if name != "another waived"})
    assert run(["test", str(pack), "--mutate", "--jobs", "1", "--fail-under", least, "-q"]) == status
    assert len([line for line in capsys.readouterr().out.splitlines() if line]) == lines


def test_the_score_is_rounded_down_and_nothing_to_see_is_all() -> None:
    survivor = Survivor("a.b", "left out", Place("toy.yaml"), None)
    assert PackMutation("toy", {"a.b": 1000}, (survivor,)).percent == 99
    assert PackMutation("toy", {"a.b": 1}, (survivor._replace(reason="why"),)).percent == 100
    assert PackMutation("toy", {}, ()).percent == 100
