"""`servanda lint`: every check on the examples of docs/lint.md, of which it finds what the page says and nothing else.

Beside them what is easily taken for a fault and is none, or the other way round; comments that accept findings;
and what a run promises: statuses, formats, and no fault in a shipped pack.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft4Validator, Draft202012Validator
from random_packs import legal_pack, random_cases, read

from checker.cli import run
from checker.dates import Date, Duration, shift
from checker.dependencies import Dependencies
from checker.lint import domains
from checker.lint.finding import Check, Finding, Linted
from checker.lint.registry import CHECKS
from checker.lint.runner import Asked, lint
from checker.lint.subject import Subject
from checker.load import Document, load_file_each
from checker.model import Level
from checker.referee import judge
from checker.referee_values import compare
from checker.report.lint import FORMATS
from checker.shelf import shipped
from checker.terminal import Look
from checker.values import Term
from checker.worlds import worlds_of

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "lint.md").read_text("utf-8")
SOLVED = tuple(each.id for each in CHECKS.values() if each.needs == "solver")  # `test_solved.py` looks at these
EVERYTHING = Asked(ignore=SOLVED)
RULE = """\
  - id: more.rule
    title: A rule more
    clause: launches
    cites: [text]
    basis: official-text
"""
JUDGED = f"{RULE}    severity: note\n"


class Example(NamedTuple):
    """A section of the page: a check, a file in which it finds something, what it prints, and what to write instead."""

    check: str
    severity: str
    fault: str
    line: str
    instead: str


_FENCED = r"```yaml\n(.*?)```\n"
_SECTION = re.compile(
    rf"(?ms)^### `([a-z-]+)` \((error|warning|note)[^)]*\)\n\n[^`].*?{_FENCED}\n```text\n(.*?)```\n\n{_FENCED}"
)
EXAMPLES = [Example(*found) for found in _SECTION.findall(PAGE) if found[0] not in SOLVED]
PACK, TEST = re.findall(rf"(?s){_FENCED}", PAGE.split("## Every check")[1])[:2]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(folder: Path, example: str = "") -> Path:
    """The pack of the page, with an example beside it."""
    pack = folder / "demo"
    (pack / "tests").mkdir(parents=True, exist_ok=True)
    (pack / "pack.yaml").write_text(PACK, "utf-8")
    (pack / "tests" / "launch.yaml").write_text(TEST, "utf-8")
    for part in filter(None, example.split("---\n")):
        if part.startswith("pack:"):
            (pack / "pack.yaml").write_text(part, "utf-8")
            (pack / "tests" / "launch.yaml").unlink()
        else:
            (pack / ("tests/example.yaml" if "\nexpect:" in part else "example.yaml")).write_text(part, "utf-8")
    return pack


def found(pack: Path, asked: Asked = EVERYTHING) -> str:
    """What lint prints of a pack, a line each."""
    return FORMATS["concise"](lint((str(pack),), asked), Look())


def findings(pack: Path) -> tuple[Finding, ...]:
    """What lint finds in a pack, accepted or not."""
    linted = lint((str(pack),), EVERYTHING)
    assert linted.problems == ()
    return linted.packs[0].findings


def status_of(arguments: list[str]) -> int:
    """The exit status of the command, without the checks that need a solver."""
    return run(["lint", *arguments, "--ignore", ",".join(SOLVED)])


# --- the page ---------------------------------------------------------------------


def test_every_check_is_on_the_page_with_its_severity() -> None:
    listed = [(each.id, each.severity) for each in CHECKS.values() if each.id not in SOLVED]
    assert [(each.check, each.severity) for each in EXAMPLES] == listed


def test_the_pack_of_the_page_is_clean(tmp_path: Path) -> None:
    assert found(written(tmp_path), EVERYTHING._replace(tests=True)) == ""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.check)
def test_a_check_finds_what_the_page_says(example: Example, tmp_path: Path) -> None:
    asked = EVERYTHING._replace(tests=CHECKS[example.check].needs == "test results")
    assert found(written(tmp_path, example.fault), asked) == example.line
    assert found(written(tmp_path / "other", example.instead), asked) == ""


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_pack_is_clean(name: str) -> None:
    assert lint((name,), EVERYTHING).findings == ()


# --- what is easily mistaken ------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "checks"),
    [
        # dates: empty, one day long, and not to be told since months differ in length
        ("when: [launch: {id: $action, day: {after: 2025-01-01, before: 2025-01-02}}]", "dead-rule"),
        ("when: [launch: {id: $action, day: {after: 2025-01-01, before: 2025-01-03}}]", ""),
        ("when: [launch: {id: $action, day: {on-or-after: 2025-01-01, on-or-before: 2025-01-01}}]", ""),
        (
            "when: [launch: {id: $action, day: $day}, report: {sent: {on-or-after: $day + P30D, before: $day + P1M}}]",
            "",
        ),
        (
            "when: [launch: {id: $action, day: $day}, report: {sent: {on-or-after: $day + P31D, before: $day + P1M}}]",
            "dead-rule",
        ),
        # two tests of one value: through one variable, through one fact by its id, not of two facts
        ("when: [launch: {id: $action, by: $by}, compare: [$by, is, north], compare: [$by, is, south]]", "dead-rule"),
        ("when: [launch: {id: $action, by: north}, launch: {id: $action, by: south}]", "dead-rule"),
        ("when: [launch: {id: $action}, report: {from: north}, report: {from: south}]", ""),
        (
            "when: [launch: {id: $action}, report: {form: {is: $form, not: written}}, compare: [$form, not, oral]]",
            "dead-rule",
        ),
        # `any` is dead with all its branches; then it is told of the rule alone
        ("when: [launch: {id: $action, by: {is: $by, in: [north]}}, any: [compare: [$by, is, east]]]", "dead-rule"),
        (
            "when: [launch: {id: $action, by: {is: $by, in: [north]}}, any: [compare: [$by, is, east], launch: {}]]",
            "dead-part",
        ),
        # none: a word of its own
        ("when: [launch: {id: $action, by: none, day: $day}]", ""),
        ("when: [launch: {id: $action, by: {is: $by, not: none}}]\n    by: $by", ""),
        ("when: [launch: {id: $action, day: {before: none}}]", "impossible-test"),
        # what is never a breach, and never done
        ("when: [violation: {rule: launch.report, action: $action}, launch: {id: $action}]", ""),
        ("when: [launch: {id: $action}, absent: {report: {from: north, form: {in: [oral], not: oral}}}]", "dead-part"),
        (
            "when: [launch: {id: $action}, count: {of: {report: {form: {in: [oral], not: oral}}}, at-least: 1}]",
            "dead-part",
        ),
    ],
)
def test_what_can_hold_together(body: str, checks: str, tmp_path: Path) -> None:
    pack = written(tmp_path, f"rules:\n{JUDGED}    {body}\n    forbids: [launch: {{id: $action}}]\n")
    assert " ".join(each.check.id for each in findings(pack)) == checks


def test_what_hangs_on_a_rule_that_never_fires_never_fires(tmp_path: Path) -> None:
    chain = "types: {a: {fields: {of: id}}, b: {fields: {of: id}}}\nrules:\n"
    for name, body in {
        "a": "when: [launch: {id: $x, by: {in: [north], not: north}}]\n    means: [a: {of: $x}]",
        "b": "when: [a: {of: $x}]\n    means: [b: {of: $x}]",
        "c": "severity: note\n    when: [launch: {id: $action}, b: {of: $action}]\n    forbids: [launch: {}]",
    }.items():
        chain += f"{RULE.replace('more.rule', f'more.{name}')}    {body}\n"
    dead = [(each.about, each.message) for each in findings(written(tmp_path, chain))]
    assert [about for about, _ in dead] == ["more.a", "more.b", "more.c"]
    assert dead[2][1] == "the rule never fires: nothing can make a `b`"


def test_what_breaks_nothing_has_no_violation(tmp_path: Path) -> None:
    void = "    severity: note\n    if-not: no-effect\n    when: [launch: {id: $action}]\n    forbids: [launch: {}]\n"
    reads = "    severity: note\n    when: [violation: {rule: more.a}]\n    forbids: [launch: {}]\n"
    rules = "".join(RULE.replace("more.rule", name) + body for name, body in (("more.a", void), ("more.b", reads)))
    assert [(each.check.id, each.about) for each in findings(written(tmp_path, f"rules:\n{rules}"))] == [
        ("dead-rule", "more.b")
    ]


def test_a_clash_in_one_reading_is_none(tmp_path: Path) -> None:
    reading = "readings: {strict: {ask: Who?, options: {all: All., some: Some.}, default: all}}\n"
    for north, south, checks in (
        ("all", "some", []),
        ("", "some", []),
        ("all", "all", []),
        ("", "", ["unused-reading", "dead-rule"]),
    ):
        items = [
            f"{{compare: [$by, is, {party}]{f', reading: {{strict: {option}}}' if option else ''}}}"
            for party, option in (("north", north), ("south", south))
        ]
        when = ", ".join(["launch: {id: $action, by: $by}", *items])
        body = f"    when: [{when}]\n    forbids: [launch: {{id: $action}}]\n"
        assert [each.check.id for each in findings(written(tmp_path, f"{reading}rules:\n{JUDGED}{body}"))] == checks


def test_a_permission_that_always_holds_swallows_what_it_displaces(tmp_path: Path) -> None:
    for more, checks in (("", ["swallowed-rule"]), (", day: {after: 2030-01-01}", [])):
        body = f"    when: [launch: {{id: $action, by: $by{more}}}]\n    permits: yes\n    overrides: [launch.report]\n"
        assert [each.check.id for each in findings(written(tmp_path, f"rules:\n{RULE}{body}"))] == checks


def test_vacancy_is_what_trying_every_day_finds() -> None:
    chance = Random(1)
    days = [shift(Date(2024, 1, 1), Duration(days=number), 1, "down") for number in range(50)]
    ops = ("before", "on-or-before", "after", "on-or-after", "is", "not", "in")
    empty = 0
    for _ in range(600):
        tests = []
        for op in chance.choices(ops, k=chance.randint(1, 3)):
            picked = [chance.randint(20, 24) for _ in range(2 if op == "in" else 1)]
            terms = [Term(days[each]) for each in picked]
            tests.append(domains.Test(op, tuple(terms)))
        passing = [
            day for day in days
            if all(compare(test.op, day, *(term.base for term in test.terms)) is not Level.FALSE for test in tests)
        ]  # fmt: skip
        assert domains.vacant(tests, domains.Domain("date"), "down") == (not passing)
        empty += not passing
    assert 50 < empty < 550


NEVER = {
    "dead-rule": "",
    "impossible-demand": "satisfied",
    "unbreakable-rule": "violated",
    "swallowed-rule": "violated",
}


@pytest.mark.parametrize("seed", [1, 15, 30, 48, 53, 87, 111, 142, 179, 198])
def test_what_is_called_impossible_is_seen_in_no_random_case(seed: int, tmp_path: Path) -> None:
    draft, pack = legal_pack(seed, tmp_path) or pytest.fail("the seed makes no pack")
    documents = load_file_each(Path(pack.folder) / "pack.yaml")
    subject = Subject(pack, tuple(each for each in documents if isinstance(each, Document)), ())
    never = {(each.about, status) for name, status in NEVER.items() for each in CHECKS[name].find(subject)}
    assert never
    for mapping in random_cases(draft, pack, 8):
        case, _ = read(mapping, pack)
        outcome = judge(pack, case, worlds_of(pack, Dependencies(pack), {}, case).keys)
        seen = {(match.rule, "") for match, label in outcome.matches.items() if label.certain}
        seen |= {(match.rule, str(status)) for match, told in outcome.statuses.items() for _, status in told}
        assert never & seen == set()


# --- accepting a finding ----------------------------------------------------------

UNCITED = "sources:\n  blog: {title: A weblog, basis: seed}"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{UNCITED}  # servanda: ignore[unused-source] ours\n", []),
        (
            f"{UNCITED}  # servanda:ignore[unused-source, unused-type] ours\n",
            ["2:41: warning[unused-ignore] `unused-type` finds nothing here"],
        ),
        (UNCITED.replace("\n", "\n  # servanda: ignore[unused-source] ours\n  # and it was the first\n\n") + "\n", []),
        (
            f"{UNCITED}\n  # servanda: ignore[unused-source] too late\n",
            [
                "2:3: note[unused-source] source `blog`: nobody cites it",
                "3:3: warning[unused-ignore] `unused-source` finds nothing here",
            ],
        ),
        (
            f"{UNCITED}  # servanda: ignore[unused-sources] ours\n",
            [
                "2:3: note[unused-source] source `blog`: nobody cites it",
                "2:41: warning[unused-ignore] there is no check `unused-sources`; did you mean `unused-source`?",
            ],
        ),
        (
            f"{UNCITED}  # servanda: ignore ours\n",
            [
                "2:3: note[unused-source] source `blog`: nobody cites it",
                "2:41: warning[unused-ignore] this comment names no check; write `# servanda: ignore[check-id] reason`",
            ],
        ),
        (
            "sources:\n  blog:\n    title: 'A weblog # servanda: ignore[unused-source] no comment'\n    basis: seed\n",
            [
                "2:3: note[unused-source] source `blog`: nobody cites it",
            ],
        ),
    ],
)
def test_a_comment_accepts_what_is_on_its_line(text: str, lines: list[str], tmp_path: Path) -> None:
    pack = written(tmp_path, text)
    assert found(pack).splitlines() == [f"demo/example.yaml:{line}" for line in lines]
    if not lines:
        assert [(each.check.id, each.accepted) for each in findings(pack)] == [("unused-source", "ours")]


def test_a_comment_for_a_check_that_was_not_made_is_left_alone(tmp_path: Path) -> None:
    pack = written(tmp_path, f"{UNCITED}  # servanda: ignore[unused-source, failing-test] ours\n")
    assert found(pack) == ""
    assert found(pack, Asked(ignore=("unused-source", *SOLVED))) == ""


# --- a run ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "fail_on", "status"),
    [
        ("unused-source", "warning", 0),
        ("unused-source", "note", 1),
        ("unused-type", "warning", 1),
        ("unused-type", "error", 0),
        ("dead-rule", "error", 1),
        ("dead-rule", "never", 0),
    ],
)
@pytest.mark.parametrize("format_", FORMATS)
def test_the_status_is_the_same_in_every_format(
    check: str, fail_on: str, status: int, format_: str, tmp_path: Path
) -> None:
    written(tmp_path, next(each.fault for each in EXAMPLES if each.check == check))
    assert status_of(["demo", "-o", f"{format_}=out", "--fail-on", fail_on]) == status


def test_a_finding_is_told_with_its_line_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, EXAMPLES[0].fault)
    assert status_of(["demo"]) == 1
    assert capsys.readouterr().out == (
        "warning[unused-type]: type `memo`: no rule reads it\n"
        "  --> demo/example.yaml:2:3\n"
        "    |\n"
        "  2 |   memo: {fields: {id: id, day: date}, world: closed}\n"
        "    |   ^^^^\n"
        "    |\n"
        "  fix: remove it, or write the rule that reads it; an action that needs no rule says `free: yes`\n"
        "\n"
        "demo 0.1.0: 1 warning\n"
    )


def test_quiet_shows_what_fails_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, EXAMPLES[0].fault + UNCITED + "\n")
    assert status_of(["demo", "--quiet", "-o", "concise"]) == 1
    assert capsys.readouterr().out == EXAMPLES[0].line
    assert status_of(["demo", "--quiet", "--fail-on", "error"]) == 0
    assert capsys.readouterr().out == ""


def test_what_loading_refuses_ends_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    misspelt = "    when: [lunch: {id: $action}]\n    forbids: [launch: {id: $action}]\n"
    bad = written(tmp_path / "bad", f"rules:\n{JUDGED}{misspelt}")
    good = written(tmp_path, EXAMPLES[0].fault)
    refusal = "bad/demo/example.yaml:8:12: unknown type `lunch`; did you mean `launch`?"
    assert status_of(["bad/demo", str(good)]) == 2
    out, err = capsys.readouterr()
    assert refusal.replace(" unknown", " error: unknown") in out.splitlines()
    assert "warning[unused-type]" in out
    assert err == ""
    assert status_of(["bad/demo", "-o", "json"]) == 2
    out, err = capsys.readouterr()
    assert "unknown type `lunch`; did you mean `launch`?" in [each["message"] for each in json.loads(out)["problems"]]
    assert f"servanda: {refusal}\n" in err
    (bad / "tests" / "launch.yaml").write_text("as-of: [\n", "utf-8")
    (bad / "example.yaml").unlink()
    assert status_of(["bad/demo"]) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere/demo"], "there is no folder `nowhere/demo`"),
        (["ils"], "no pack is called `ils`; did you mean `isls`?"),
        (["demo/pack.yaml"], "`demo/pack.yaml` is not a folder; a pack is named by its folder, `demo`"),
        (["demo", "--select", "unused-typ"], "--select: `unused-typ` matches no check; did you mean `unused-type`?"),
        (["demo", "--ignore", "x*"], "--ignore: `x*` matches no check"),
        (["demo", "--fail-on", "warn"], "--fail-on: unknown `warn`; did you mean `warning`?"),
        (["demo", "-o", "sariff"], "--output: unknown format `sariff`; did you mean `sarif`?"),
    ],
)
def test_a_wrong_word_is_refused(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path)
    assert status_of(arguments) == 2
    assert capsys.readouterr() == ("", f"servanda: {told}\n")


def test_a_folder_means_the_packs_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        written(tmp_path / "all").rename(tmp_path / "all" / name)
    assert status_of(["all", "all/two"]) == 0
    assert capsys.readouterr().out == "demo 0.1.0: nothing found\n" * 2


def test_checks_are_chosen_by_id_and_glob(tmp_path: Path) -> None:
    pack = written(tmp_path, EXAMPLES[0].fault)
    assert found(pack, Asked(select=("unused-*",))) == EXAMPLES[0].line
    assert found(pack, Asked(select=("unused-*",), ignore=("*-type",))) == ""
    assert {each.id for each in lint((str(pack),), Asked(select=("failing-test",))).checks} == {"failing-test"}
    assert "failing-test" not in {each.id for each in lint((str(pack),), Asked(select=("*-test",))).checks}


def report(format_: str, *arguments: str) -> Any:
    assert status_of(["demo", "-o", f"{format_}=out", *arguments]) in (0, 1)
    return json.loads(Path("out").read_text("utf-8"))


def test_json_has_the_shape_of_its_schema(tmp_path: Path) -> None:
    written(tmp_path, f"{EXAMPLES[0].fault}{UNCITED}  # servanda: ignore[unused-source] ours\n")
    told = report("json")
    schema = json.loads((ROOT / "checker" / "schemas" / "lint.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(told)
    assert told["summary"] == {"error": 0, "warning": 1, "note": 0, "accepted": 1}
    assert [(each["check"], each["about"], each["accepted"]) for each in told["findings"]] == [
        ("unused-type", "memo", None),
        ("unused-source", "blog", "ours"),
    ]
    assert told["findings"][0]["location"] == {"file": "demo/example.yaml", "line": 2, "column": 3}


def test_a_fingerprint_outlives_lines_that_move(tmp_path: Path) -> None:
    written(tmp_path, EXAMPLES[0].fault)
    before = report("json")["findings"][0]
    written(tmp_path, f"# a line more\n\n{EXAMPLES[0].fault}")
    after = report("json")["findings"][0]
    assert before["location"] != after["location"]
    assert before["fingerprint"] == after["fingerprint"]
    written(tmp_path, EXAMPLES[0].fault.replace("memo", "note-to-self"))
    assert report("json")["findings"][0]["fingerprint"] != before["fingerprint"]


@pytest.mark.external
def test_sarif_has_the_published_shape(tmp_path: Path) -> None:
    written(tmp_path, f"{EXAMPLES[0].fault}{UNCITED}  # servanda: ignore[unused-source] ours\n")
    (tmp_path / "demo" / "example.yaml").rename(tmp_path / "demo" / "ex ample.yaml")
    told = report("sarif", "--tests")
    Draft4Validator(json.loads((ROOT / "tests" / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))).validate(told)
    (run_,) = told["runs"]
    rules = run_["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == [name for name in CHECKS if name not in SOLVED]
    assert [rules[each["ruleIndex"]]["id"] for each in run_["results"]] == ["unused-type", "unused-source"]
    place = run_["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "demo/ex%20ample.yaml", "uriBaseId": "SRCROOT"}
    assert place["region"]["snippet"]["text"] == "  memo: {fields: {id: id, day: date}, world: closed}"
    assert run_["results"][1]["suppressions"] == [{"kind": "inSource", "justification": "ours"}]


def test_what_needs_a_solver_is_named_where_there_is_none() -> None:
    checks = (Check("gap", "warning", "a gap", "fill it", None, "solver"), CHECKS["dead-rule"])
    linted = Linted((), (), checks[1:], checks[:1])
    for format_ in ("text", "concise"):
        assert FORMATS[format_](linted, Look()).startswith("not checked, for want of a solver: gap (pip install ")
    assert json.loads(FORMATS["json"](linted, Look()))["unchecked"] == ["gap"]
    assert "gap" in FORMATS["sarif"](linted, Look())
