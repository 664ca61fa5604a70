"""`servanda diff`: what changed between two packs is named, and nothing else; what is newly allowed comes first."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from checker.cli import run
from checker.difference import Change, Difference, compared
from checker.pack import load_pack
from checker.report.difference import render
from checker.terminal import Look

PACK = """\
pack: small
version: 0.1.0
title: {en: A small agreement, ru: Соглашение}
parties: [north, south]
in-force: {from: 2024-01-01}
names: {north: {en: the North}}
sources: {S: {title: A source, basis: seed}}
clauses:
  reports: {says: reports are given, encoded: yes}
  money: {says: unknown, encoded: no, why: not seen}
readings:
  count: {ask: How is it counted?, options: {plain: plainly, clear: clearly}, default: plain}
types:
  report:
    about: A report.
    fields: {id: id, from: actor, kind: {one-of: [long, short]}, pages: integer, sent: date}
    day: sent
    world: closed
  consent: {fields: {from: actor, day: date}, day: day, world: closed}
  old: {fields: {of: id}}
actions:
  launch: {fields: {id: id, by: actor, day: date}, day: day}
always:
  - id: launch.known
    title: Whoever launches consents
    absent:
      all: [launch: {id: $launch, by: north}, absent: {consent: {from: north}}]
facts:
  - report: {id: R0, from: north, sent: 2023-01-01}
rules:
  - id: launch.report
    title: A launch needs a report a month before
    clause: reports
    cites: [{source: S, quote: a month before}]
    basis: seed
    by: $by
    when:
      - launch: {id: $action, by: $by, day: $day}
    needs:
      - report: {from: $by, kind: long, sent: {on-or-before: $day - P1M}}
      - count: {of: {report: {from: $by}}, at-least: 1}
    due: $day - P1M
    unless:
      - consent: {from: other-party}
    say: {en: "{by} gave no report by {day - P1M}.", ru: Нет}
  - id: launch.old
    title: What is old
    basis: inference
    when:
      - launch: {id: $launch, by: $by}
    means:
      - old: {of: $launch}
  - id: launch.twice
    title: Nobody launches what is old
    basis: inference
    severity: warning
    when:
      - launch: {id: $action}
    forbids:
      - old: {of: $action}
    unless:
      - consent: {from: north}
"""
CASE = """\
agreement: small
as-of: 2026-06-25
facts:
  - consent: {from: north, day: 2026-01-01}
  - report: {id: R1, from: south, kind: long, pages: 3, sent: %s}
actions:
  - launch: {id: L1, by: south, day: 2026-06-30}
"""
COUNT = "count: {{of: {{report: {{from: $by}}}}, at-least: {}}}"
TWICE = PACK[PACK.index("  - id: launch.twice") :]


def difference(folder: Path, text: str) -> Difference:
    """From the pack above to what `text` makes of it."""
    for name, content in {"a": PACK, "b": text}.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "pack.yaml").write_text(content, "utf-8")
    return compared(load_pack(folder / "a"), load_pack(folder / "b"))


def told(folder: Path, text: str) -> list[str]:
    """The lines of the report below its head, without their indentation."""
    lines = render(difference(folder, text), None, Look()).splitlines()
    return [line.strip() for line in lines[lines.index("") + 1 :]] if "" in lines else lines[1:]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pack: small", "# a comment\npack: small"),
        ("    basis: seed\n    by: $by\n", "    by: $by\n    basis: seed\n"),
        ("{from: $by, kind: long, sent: {on", "{kind: long, from: $by, sent: {on"),
        ("{id: $action, by: $by, day: $day}", "{day: $day, by: $by, id: $action}"),
        ("fields: {id: id, from: actor,", "fields: {from: actor, id: id,"),
        ("options: {plain: plainly, clear: clearly}", "options: {clear: clearly, plain: plainly}"),
        (TWICE, ""),  # given in another file, below
    ],
)
def test_layout_and_the_order_of_keys_are_no_change(before: str, after: str, tmp_path: Path) -> None:
    assert before in PACK
    if not after:
        (tmp_path / "b").mkdir()
        (tmp_path / "b" / "more.yaml").write_text(f"\nrules:\n{before}", "utf-8")
    found = difference(tmp_path, PACK.replace(before, after))
    assert found.changes == ()
    assert "Nothing changed" in render(found, None, Look())


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("severity: warning", "severity: error", ["severity: warning → error"]),
        ("basis: inference\n    severity", "basis: sibling\n    severity", ["basis: inference → sibling"]),
        ("    forbids:\n", "    needs:\n", ["mode: forbids → needs"]),
        ("    severity: warning\n", "    severity: warning\n    if-not: no-effect\n", ["if-not: breach → no-effect"]),
        ("    severity: warning\n", "    severity: warning\n    survives: yes\n", ["survives: no → yes"]),
        (
            "    severity: warning\n",
            "    severity: warning\n    valid: {until: 2030-01-01}\n",
            ["valid: + from the beginning to 2030-01-01"],
        ),
        (
            "    severity: warning\n",
            "    severity: warning\n    reading: {count: plain}\n",
            ["reading: + count: plain"],
        ),
        ("    due: $day - P1M\n", "    due: $day - P2M\n", ["due: $day - P1M → $day - P2M"]),
        ("    due: $day - P1M\n", "", ["due: - $day - P1M"]),
        ("    by: $by\n", "    by: $by\n    towards: other-party\n", ["towards: + other-party"]),
        (
            "on-or-before: $day - P1M}}\n",
            "on-or-before: $day - P2M}}\n",
            ["needs: report.sent: {on-or-before: $day - P1M} → {on-or-before: $day - P2M}"],
        ),
        ("kind: long, sent", "sent", ["needs: report.kind: long → anything"]),
        (
            "at-least: 1}",
            "at-least: 2}",
            [f"needs: {COUNT.format(1)} → {COUNT.format(2)}"],
        ),
        (
            "      - count: {of: {report: {from: $by}}, at-least: 1}\n",
            "",
            ["needs: - count: {of: {report: {from: $by}}, at-least: 1}"],
        ),
        ("      - count:", "      - consent: {}\n      - count:", ["needs: + consent: {}"]),
        ("    unless:\n      - consent: {from: other-party}\n", "", ["unless: - consent: {from: other-party}"]),
        (
            "consent: {from: north}\n",
            "consent: {from: south}\n",
            ["unless: consent: {from: north} → consent: {from: south}"],
        ),
        (
            "      - launch: {id: $action}\n",
            "      - launch: {id: $action}\n        reading: {count: plain}\n",
            ["when: launch, part of: every reading → count: plain"],
        ),
    ],
)
def test_what_changed_in_a_rule_is_named(before: str, after: str, lines: list[str], tmp_path: Path) -> None:
    assert PACK.count(before) == 1
    heading, rule, *parts = told(tmp_path, PACK.replace(before, after))
    assert heading == "Rules"
    assert rule.startswith("~ launch.")
    assert parts == lines
    assert difference(tmp_path, PACK.replace(before, after)).judges


def test_the_order_of_patterns_counts(tmp_path: Path) -> None:
    count, report = (line for line in PACK.splitlines(keepends=True) if "at-least" in line or "kind: long" in line)
    turned = PACK.replace(count + report, report + count)
    assert turned != PACK
    assert told(tmp_path, turned)[2].startswith("order of needs: - ")


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("title: A launch needs a report a month before", "title: A launch needs a report", "words only: title (en)"),
        ("ru: Нет}", "ru: Нет доклада}", "words only: say (ru)"),
        ("ru: Нет}", "ru: Нет, zh: 没有}", "words only: say (zh)"),
        ("quote: a month before", "quote: a month", "words only: cites"),
        (
            "id: $launch, by: $by}\n    means:\n      - old: {of: $launch}",
            "id: $l, by: $by}\n    means:\n      - old: {of: $l}",
            "words only: variables",
        ),
    ],
)
def test_words_change_no_verdict(before: str, after: str, lines: str, tmp_path: Path) -> None:
    assert PACK.count(before) == 1
    found = difference(tmp_path, PACK.replace(before, after))
    assert not found.judges
    assert not found.needs_version
    report = render(found, None, Look())
    assert "No verdict can change" in report
    assert f"\n      {lines}\n" in report


@pytest.mark.parametrize(
    ("before", "after", "lines", "judges"),
    [
        ("parties: [north, south]", "parties: [south, north]", ["parties: north, south → south, north"], True),
        (
            "from: 2024-01-01}",
            "from: 2024-02-01}",
            ["in-force: from 2024-01-01 to no end → from 2024-02-01 to no end"],
            True,
        ),
        ("{en: A small agreement,", "{en: An agreement,", ["title (en): A small agreement → An agreement"], False),
        (
            "sent: 2023-01-01}",
            "sent: 2023-01-02}",
            [
                "facts: - report: {from: north, id: R0, sent: 2023-01-01}",
                "facts: + report: {from: north, id: R0, sent: 2023-01-02}",
            ],
            True,
        ),
        ("default: plain", "default: clear", ["default: plain → clear"], True),
        ("clear: clearly}", "clear: clearly, other: so}", ["option: + other"], True),
        ("clear: clearly}", "clear: very clearly}", ["words only: option clear (en)"], False),
        ("pages: integer", "pages: decimal", ["field pages: integer → decimal"], True),
        ("one-of: [long, short]", "one-of: [long]", ["field kind: one of long, short → one of long"], True),
        ("pages: integer, ", "", ["field pages: - integer"], True),
        ("    day: sent\n    world: closed", "    day: sent\n    world: open", ["open: no → yes"], True),
        ("about: A report.", "about: A yearly report.", ["about: A report. → A yearly report."], False),
        ("encoded: no, why: not seen", "encoded: judgement, why: not seen", ["encoded: no → judgement"], False),
        (
            "absent: {consent: {from: north}}",
            "absent: {consent: {}}",
            ["absent: absent: {consent: {from: north}} → absent: {consent: {}}"],
            False,
        ),
        ("title: A source", "title: A book", ["title: A source → A book"], False),
        ("{en: the North}", "{en: The North}", ["name (en): the North → The North"], False),
    ],
)
def test_what_else_changed_is_named(before: str, after: str, lines: list[str], *, judges: bool, tmp_path: Path) -> None:
    assert PACK.count(before) == 1
    assert told(tmp_path, PACK.replace(before, after))[2:] == lines
    assert difference(tmp_path, PACK.replace(before, after)).judges is judges


def only(found: Difference) -> Change:
    """The one change there is."""
    (change,) = found.changes
    return change


def test_added_removed_and_retired(tmp_path: Path) -> None:
    without = PACK.replace(TWICE, "")
    removed = only(difference(tmp_path, without))
    assert (removed.id, removed.how, removed.judges) == ("launch.twice", "removed", True)
    assert "removed: retire it instead" in render(difference(tmp_path, without), None, Look())

    tombstone = "  - {id: launch.twice, title: Gone, retired: {since: 2026-01-01, why: Replaced.}}\n"
    retired = only(difference(tmp_path, without + tombstone))
    assert (retired.how, retired.judges) == ("retired", True)
    assert "`launch.twice` is retired since 2026-01-01: Replaced" in render(
        difference(tmp_path, without + tombstone), None, Look()
    )
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "pack.yaml").write_text(without + tombstone, "utf-8")
    gone = load_pack(tmp_path / "c")
    back = only(compared(gone, load_pack(tmp_path / "a")))
    assert (back.how, back.judges) == ("restored", True)
    difference(tmp_path, without)
    forgotten = only(compared(gone, load_pack(tmp_path / "b")))
    assert (forgotten.how, forgotten.judges) == ("removed", False)
    assert only(compared(load_pack(tmp_path / "b"), load_pack(tmp_path / "a"))).how == "added"


def test_the_same_version_with_another_meaning_is_told(tmp_path: Path) -> None:
    louder = PACK.replace("severity: warning", "severity: error")
    found = difference(tmp_path, louder)
    assert found.needs_version
    assert "the version is the same: raise `version` in pack.yaml" in render(found, None, Look())
    raised = difference(tmp_path, louder.replace("version: 0.1.0", "version: 0.2.0"))
    assert not raised.needs_version
    assert render(raised, None, Look()).startswith("small 0.1.0 → 0.2.0\n\nRules\n")


def test_rules_of_a_block_that_change_alike_are_told_together(tmp_path: Path) -> None:
    block = "  - stages: {id: stage.all, title: T, basis: %s, of: begin, order: [one], work: work, holds: {one: a}}\n"
    acts = "  begin: {fields: {id: id, by: actor, stage: text, day: date}, day: day}\n"
    acts += "  work: {fields: {id: id, by: actor, kind: text, day: date}, day: day}\n"
    text = PACK.replace("always:\n", f"{acts}always:\n")
    packs = []
    for name, basis in {"a": "seed", "b": "sibling"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.yaml").write_text(text + block % basis, "utf-8")
        packs.append(load_pack(tmp_path / name))
    found = compared(*packs)
    assert {change.block for change in found.changes} == {"stage.all"}
    report = render(found, None, Look())
    assert report.count("basis: seed → sibling") == 1
    assert f"~ stage.all: {len(found.changes)} of its rules" in report


# --- cases ---------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command runs: packs `a` and `b`, in which a report may come two weeks later, and cases."""
    difference(tmp_path, PACK.replace("$day - P1M", "$day - P14D"))
    (tmp_path / "cases").mkdir()
    for name, day in {"early": "2026-05-01", "between": "2026-06-10", "late": "2026-06-20"}.items():
        (tmp_path / "cases" / f"{name}.yaml").write_text(CASE % day, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_newly_allowed_comes_first_and_fails(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "./a", "./b", "cases"]) == 1
    out = capfd.readouterr().out
    assert out[out.index("Newly allowed") :] == (
        "Newly allowed\n"
        "  cases/between.yaml: violated → compliant\n"
        "    launch.report@L1: violated → satisfied\n\n"
        "3 cases judged by both: 1 newly allowed, 0 newly failing, 0 turned otherwise.\n"
    )
    assert run(["diff", "./b", "./a", "cases"]) == 0
    assert "Newly failing\n  cases/between.yaml: compliant → violated\n" in capfd.readouterr().out
    assert run(["diff", "./a", "./b", "cases/late.yaml", "cases/early.yaml"]) == 0
    assert run(["diff", "./a", "./b", "cases", "--fail-on", "never"]) == 0
    assert run(["diff", "./a", "./b"]) == 0


def test_another_status_that_fails_too_is_no_permission(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for_b = PACK.replace("  report:\n", "  report:\n    default: {kind: long}\n")
    (folder / "b" / "pack.yaml").write_text(for_b, "utf-8")
    case = CASE % "2026-05-01"
    (folder / "unknown.yaml").write_text(case.replace("kind: long, ", ""), "utf-8")
    assert run(["diff", "./a", "./b", "unknown.yaml"]) == 1  # undetermined failed too
    assert "launch.report@L1: undetermined → satisfied" in capfd.readouterr().out
    stricter = PACK.replace("kind: long, sent", "pages: 4, sent").replace("[long, short]", "[long, short, both]")
    (folder / "b" / "pack.yaml").write_text(stricter, "utf-8")
    (folder / "unknown.yaml").write_text(case.replace("kind: long, ", ""), "utf-8")
    assert run(["diff", "./a", "./b", "unknown.yaml"]) == 0
    assert "Otherwise turned\n  unknown.yaml: undetermined → violated" in capfd.readouterr().out


def test_an_action_that_no_rule_judges_any_more(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    judges = PACK[PACK.index("  - id: launch.report") : PACK.index("  - id: launch.old")]
    (folder / "a" / "pack.yaml").write_text(PACK.replace(TWICE, ""), "utf-8")
    (folder / "b" / "pack.yaml").write_text(PACK.replace(TWICE, "").replace(judges, ""), "utf-8")
    assert run(["diff", "./a", "./b", "cases/early.yaml", "cases/late.yaml"]) == 0
    out = capfd.readouterr().out
    assert "Newly failing\n  cases/early.yaml: compliant → not-applicable\n    L1: judged → unjudged\n" in out
    assert "Otherwise turned\n  cases/late.yaml: violated → not-applicable\n    L1: judged → unjudged\n" in out
    assert run(["diff", "./b", "./a", "cases/early.yaml", "cases/late.yaml"]) == 1
    out = capfd.readouterr().out
    assert "Newly allowed\n  cases/early.yaml: not-applicable → compliant\n    L1: unjudged → judged\n" in out


NOTICE = """\
pack: small
version: 0.1.0
title: Leaving
parties: [north, south]
types:
  notice: {fields: {id: id, from: actor, form: {one-of: [written, oral]}, sent: date, received: date}, world: closed}
actions:
  leave: {fields: {id: id, by: actor, day: date}, day: day}
rules:
  - notice: {id: leave.notice, title: T, basis: seed, of: leave, by: party, form: written, at-least: P1M, before: act}
"""
ORAL = """\
agreement: small
as-of: 2026-06-25
facts:
  - notice: {id: N1, from: north, form: oral, received: 2026-06-20}
actions:
  - leave: {id: L1, by: north, day: 2026-06-30}
"""


def test_an_element_allows_nothing_while_its_block_fails(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "oral.yaml").write_text(ORAL, "utf-8")
    (folder / "a" / "pack.yaml").write_text(NOTICE, "utf-8")
    (folder / "b" / "pack.yaml").write_text(NOTICE.replace("form: written, ", ""), "utf-8")
    assert run(["diff", "./a", "./b", "oral.yaml"]) == 0  # late it is by both
    out = capfd.readouterr().out
    assert out.endswith(
        "Otherwise turned\n  oral.yaml: violated by both\n    leave.notice/form@L1: violated → silent\n\n"
        "1 case judged by both: 0 newly allowed, 0 newly failing, 1 turned otherwise.\n"
    )
    (folder / "oral.yaml").write_text(ORAL.replace("2026-06-20", "2026-05-20"), "utf-8")
    assert run(["diff", "./a", "./b", "oral.yaml"]) == 1
    assert "leave.notice@L1: violated → satisfied" in capfd.readouterr().out


def test_cases_that_one_pack_or_none_can_read(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "b" / "pack.yaml").write_text(PACK.replace("pages: integer, ", ""), "utf-8")
    assert run(["diff", "./a", "./b", "cases/early.yaml"]) == 0
    told = capfd.readouterr().out
    assert "Newly failing\n  cases/early.yaml: compliant → invalid\n" in told
    assert "cases/early.yaml:5:47: unknown field `pages` of `report`" in told
    assert run(["diff", "./b", "./a", "cases/early.yaml"]) == 0
    assert "Otherwise turned\n  cases/early.yaml: invalid → compliant\n" in capfd.readouterr().out
    (folder / "bad.yaml").write_text("agreement: other\nfacts: []\n", "utf-8")
    assert run(["diff", "./a", "./b", "bad.yaml", "gone.yaml", "cases/early.yaml"]) == 2
    assert "gone.yaml:1:1: no such file" in capfd.readouterr().err


def test_for_programs(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "./a", "./b", "cases", "-o", "json", "-o", "text=out.txt"]) == 1
    found = json.loads(capfd.readouterr().out)
    assert (found["schema"], found["verdicts_can_change"], found["version_to_raise"]) == ("servanda-diff-1", True, True)
    (change,) = found["changes"]
    assert (change["kind"], change["id"], change["change"]) == ("rule", "launch.report", "changed")
    due = {"part": "due", "before": "$day - P1M", "after": "$day - P14D", "verdicts_can_change": True}
    assert due in change["parts"]
    assert change["location"]["file"] == "b/pack.yaml"
    cases = found["cases"]
    assert (cases["judged"], len(cases["newly_allowed"]), cases["newly_failing"]) == (3, 1, [])
    assert cases["newly_allowed"][0]["turns"][0]["subject"] == "L1"
    assert "Newly allowed" in (folder / "out.txt").read_text("utf-8")


@pytest.mark.usefixtures("folder")
def test_quiet_shows_only_what_is_newly_allowed(capfd: pytest.CaptureFixture[str]) -> None:
    run(["diff", "./a", "./b", "cases", "--quiet"])
    assert capfd.readouterr().out.splitlines()[0] == "Newly allowed:"
    run(["diff", "./b", "./a", "cases", "--quiet"])
    assert capfd.readouterr().out == ""


def test_packs_at_commits(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "-q"], cwd=folder, check=True)
    subprocess.run([*git, "add", "a"], cwd=folder, check=True)
    subprocess.run([*git, "commit", "-q", "-m", "x"], cwd=folder, check=True)
    assert run(["diff", "HEAD:a", "./b", "cases"]) == 1
    assert "launch.report@L1: violated → satisfied" in capfd.readouterr().out
    assert run(["diff", "./b", "HEAD:a", "-o", "json"]) == 0
    assert json.loads(capfd.readouterr().out)["changes"][0]["location"]["file"] == "HEAD:a/pack.yaml"
    (folder / "a" / "pack.yaml").write_text("pack: 5\n", "utf-8")
    subprocess.run([*git, "commit", "-q", "-am", "x"], cwd=folder, check=True)
    for spelt in ("HEAD:a", "HEAD:gone", "GONE:a", "HEAD:cases"):
        assert run(["diff", spelt, "./b"]) == 2
    errors = capfd.readouterr().err
    assert "servanda: HEAD:a/pack.yaml:1:7: `pack` is the number `5`" in errors
    assert "git can't read `HEAD:gone`: " in errors
    assert "git can't read `GONE:a`: " in errors
