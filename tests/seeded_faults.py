"""Plants faults in copies of the pack `isls`, one at a time, and prints who catches each. Exits 1 if one is missed.

    python tests/seeded_faults.py            all of them (about half a minute)
    python tests/seeded_faults.py date unit  those with one of these words in their name

What loading refuses is caught there. Else the linter looks at the copy; then the tests of the families that the
fault concerns are run, a few at a time, till one fails. Some kinds only a test can know: a limit that is a day off
reads like any other.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from checker.engine import available
from checker.lint.registry import CHECKS
from checker.lint.runner import Asked, lint
from checker.testing import run_tests

ISLS = ROOT / "rules" / "isls"
ENGINE = "durable" if available() else "referee"
AT_A_TIME = 12  # tests
SOLVED = tuple(check.id for check in CHECKS.values() if check.needs == "solver")  # left out: not everywhere there


class Fault(NamedTuple):
    """A kind of fault: who is to catch it; in which file what is written (once), and what is planted in its place.

    `catcher`: `loading`, `tests`, or the id of a check. Where nothing is written, what is planted is put at the end of
    the file. `tests`: the families whose tests are run.
    """

    kind: str
    catcher: str
    file: str
    written: str
    planted: str
    tests: tuple[str, ...] = ()


def rule(name: str, body: str, ground: str = "cites: [S5], basis: official-summary, severity: warning") -> str:
    """A rule more, on research; what it asks for is the fault."""
    head = f"id: use.{name}, title: {{en: A fault, ru: Ошибка, zh: 错误}}, clause: peaceful-use, {ground}"
    return f"rules:\n  - {{{head}, {body}}}\n"


ACT = "undertake-activity: {id: $action, by: $by, purpose: research, day: $day}"
CLEAR = "clarification: {act: $action, answer: allowed"

FAULTS = (
    # --- what loading refuses
    Fault("misspelt field", "loading", "liability.yaml", "under-agreement: {one-of", "under-agrement: {one-of"),
    Fault(
        "misspelt source",
        "loading",
        "more.yaml",
        "",
        rule("x", f"when: [{ACT}], needs: [{CLEAR}}}]", "cites: [SS], basis: seed"),
    ),
    Fault("impossible day", "loading", "pack.yaml", "{from: 2024-07-18}", "{from: 2024-02-30}"),
    # --- what only a test can know
    Fault(
        "swapped dates",
        "tests",
        "confidentiality.yaml",
        "compare: [$marked, on-or-before, $day]",
        "compare: [$day, on-or-before, $marked]",
        ("confidentiality",),
    ),
    Fault("wrong party", "tests", "notice.yaml", "      by: party\n", "      by: russia\n", ("notice",)),
    Fault(
        "dropped exception",
        "tests",
        "notice.yaml",
        "      unless:\n        - mutual-consent: {to: terminate, day: {on-or-before: $day}}\n",
        "",
        ("notice",),
    ),
    Fault(
        "dropped condition", "tests", "goods.yaml", "{name: $from, layer: competent-body}", "{name: $from}", ("goods",)
    ),
    Fault(
        "limit a day off",
        "tests",
        "goods.yaml",
        "customs-confirmation: {goods: $goods, from: $from, day: {on-or-before: $day}}",
        "customs-confirmation: {goods: $goods, from: $from, day: {before: $day}}",
        ("goods",),
    ),
    Fault("half the length", "tests", "notice.yaml", "at-least: P1Y", "at-least: P6M", ("notice",)),
    Fault("days instead of months", "tests", "notice.yaml", "at-least: P1Y", "at-least: P12D", ("notice",)),
    Fault("reading's default flipped", "tests", "property.yaml", "default: outlasts", "default: ends", ("property",)),
    Fault(
        "contradictory pair",
        "tests",
        "more.yaml",
        "",
        rule("x", f"when: [{ACT}], forbids: [undertake-activity: {{id: $action}}]"),
        ("use",),
    ),
    Fault("consequence lost", "tests", "notice.yaml", "      survives: yes\n", "", ("notice",)),
    # --- what the linter sees
    Fault("unused type", "unused-type", "more.yaml", "", "types: {memo: {fields: {id: id}, world: closed}}\n"),
    Fault(
        "dead test",
        "vacuous-test",
        "tests/use.yaml",
        "",
        "---\nagreement: isls\nas-of: 2026-11-21\nexpect: {use.dual-use: silent}\n",
    ),
    Fault("a year of 365 days", "days-for-years", "notice.yaml", "at-least: P1Y", "at-least: P365D"),
    Fault(
        "missing citation",
        "uncited-rule",
        "more.yaml",
        "",
        rule("x", f"when: [{ACT}], needs: [{CLEAR}}}]", "basis: inference, severity: note"),
    ),
    Fault("missing translation", "missing-translation", "use.yaml", "      zh: 放弃军事目的，或取消该活动。\n", ""),
    Fault(
        "misspelt variable",
        "lone-variable",
        "ip.yaml",
        "      - consent: {from: $giver, item: $item, to: $to, day: {on-or-before: $day}}\n",
        "      - consent: {from: $giver, item: $itme, to: $to, day: {on-or-before: $day}}\n",
    ),
    Fault(
        "misspelt party",
        "misspelt-name",
        "more.yaml",
        "",
        rule("x", f"when: [{ACT}, compare: [$by, in, [rusia, china]]], needs: [{CLEAR}}}]"),
    ),
    Fault(
        "days that exclude each other",
        "dead-rule",
        "more.yaml",
        "",
        rule(
            "x",
            "when: [undertake-activity: {id: $action, day: {before: 2026-01-01, after: 2027-01-01}}], "
            f"needs: [{CLEAR}}}]",
        ),
    ),
    Fault(
        "limits in the wrong order",
        "impossible-demand",
        "more.yaml",
        "",
        rule("x", f"when: [{ACT}], needs: [{CLEAR}, day: {{before: $day - P1Y, after: $day - P1M}}}}]"),
    ),
    Fault(
        "exception that swallows its rule",
        "swallowed-rule",
        "more.yaml",
        "",
        rule(
            "x", f"when: [{ACT}], needs: [{CLEAR}}}], unless: [undertake-activity: {{id: $action, purpose: research}}]"
        ),
    ),
    Fault(
        "a word that is no option",
        "undeclared-value",
        "more.yaml",
        "",
        rule(
            "x",
            "when: [undertake-activity: {id: $action, purpose: $purpose}, compare: [$purpose, is, war]], "
            f"needs: [{CLEAR}}}]",
        ),
    ),
    Fault(
        "copied rule",
        "duplicate-rule",
        "more.yaml",
        "",
        rule("x", f"when: [{ACT}], needs: [{CLEAR}}}]") + rule("y", f"when: [{ACT}], needs: [{CLEAR}}}]")[7:],
    ),
    Fault(
        "two limits",
        "conflicting-limits",
        "more.yaml",
        "",
        rule("x", f"when: [{ACT}], needs: [{CLEAR}, day: {{before: $day - P1M}}}}]")
        + rule("y", f"when: [{ACT}], needs: [{CLEAR}, day: {{before: $day - P2M}}}}]")[7:],
    ),
    Fault(
        "claim above its source",
        "basis-above-source",
        "more.yaml",
        "",
        rule("x", f"when: [{ACT}], needs: [{CLEAR}}}]", "cites: [S16], basis: official-text, severity: note"),
    ),
    Fault(
        "analogy that condemns",
        "severity-above-basis",
        "more.yaml",
        "",
        rule("x", f"when: [{ACT}], needs: [{CLEAR}}}]", "cites: [B3], basis: sibling, severity: error"),
    ),
    Fault("clause struck out", "clause-status", "pack.yaml", "    encoded: judgement\n", "    encoded: yes\n"),
)


def main() -> None:
    """Print the table; to the unspoilt pack nobody may object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="only faults with one of these words in their name")
    words = parser.parse_args().words
    faults = [fault for fault in FAULTS if not words or any(word in fault.kind for word in words)]
    if catches := caught_in(ISLS, ()):
        sys.exit(f"without any fault: {_told(catches)}")
    missed = []
    for fault in faults:
        with tempfile.TemporaryDirectory() as folder:
            catches = caught_in(planted(fault, Path(folder)), fault.tests)
        if fault.catcher not in catches:
            missed.append(f"{fault.kind}, which {fault.catcher} should have caught")
        print(f"{fault.kind:34} {_told(catches) or 'nobody'}", flush=True)
    print("\n".join([f"{len(faults)} faults, {len(missed)} missed", *missed]))
    sys.exit(bool(missed))


def _told(catches: Mapping[str, str]) -> str:
    return "; ".join(f"{catcher}: {how}" if how else catcher for catcher, how in catches.items())


def planted(fault: Fault, folder: Path) -> Path:
    """A copy of the pack with the fault in it."""
    pack = shutil.copytree(ISLS, folder / "isls")
    path = pack / fault.file
    text = path.read_text("utf-8") if path.exists() else ""
    if fault.written and text.count(fault.written) != 1:
        sys.exit(f"{fault.kind}: {fault.file} holds what is to be changed {text.count(fault.written)} times, not once")
    path.write_text(text.replace(fault.written, fault.planted) if fault.written else text + fault.planted, "utf-8")
    return pack


def caught_in(pack: Path, families: tuple[str, ...]) -> Mapping[str, str]:
    """By whom a fault in the pack is caught, and how: `loading`, ids of checks, `tests`."""
    linted = lint((str(pack),), Asked(ignore=SOLVED))
    if linted.problems:
        return {"loading": linted.problems[0].message}
    found = {finding.check.id: "" for finding in linted.findings}
    failure = next((told for family in families if (told := first_failure(pack, family))), None)
    return {**found, "tests": failure} if failure else found


def first_failure(pack: Path, family: str) -> str | None:
    """What the first test that fails says."""
    path = pack / "tests" / f"{family}.yaml"
    tests = path.read_text("utf-8").split("\n---\n")
    for start in range(0, len(tests), AT_A_TIME):
        path.write_text("\n---\n".join(tests[start : start + AT_A_TIME]), "utf-8")
        results = run_tests((str(path),), engine=ENGINE)
        if results.problems or results.failures:
            return (results.problems or results.failures)[0].message
    return None


if __name__ == "__main__":
    main()
