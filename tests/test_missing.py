"""What was looked for in vain, in words: comparisons, tests whose limit is not known yet, what is really unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import check, load_pack
from checker.report import words
from checker.speech import ENGLISH
from checker.verdict import Finding

PACK = """
pack: toy
version: 0.1.0
title: A toy
parties: [a, b]
rounding: down
sources: {s: {title: A source, basis: seed}}
clauses: {c: {says: unknown, encoded: yes}}
types:
  limit: {about: A limit., fields: {id: id, last: date, who: actor, most: integer}, world: closed}
  ban: {about: A ban., fields: {id: id, from: date}, day: from, world: open}
actions:
  go: {about: Going., fields: {id: id, by: actor, day: date, times: integer}, day: day}
rules:
  - id: go.test
    title: Going keeps to the limit
    clause: c
    cites: [{source: s}]
    basis: seed
    when:
      - go: {id: $action, by: $by, day: $day, times: $times}
    needs:
      - limit: {last: $last, who: $who, most: $most}
      - NEED
    severity: error
"""
GOING = {
    "as-of": "2030-01-01",
    "facts": [{"limit": {"id": "L", "last": "2030-05-01", "who": "a", "most": 3}}],
    "actions": [{"go": {"id": "G", "by": "b", "day": "2030-05-11", "times": 5}}],
}


def found(folder: Path, need: str, case: dict[str, object]) -> Finding:
    (folder / "pack.yaml").write_text(PACK.replace("NEED", need), "utf-8")
    return check(case, load_pack(folder)).findings[0]


@pytest.mark.parametrize(
    ("need", "missing", "near"),
    [
        (
            "compare: [$day, on-or-before, $last]",
            "2030-05-11 is on or before last",
            "day: wanted on or before 2030-05-01, found 2030-05-11: 10 days late",
        ),
        (
            "compare: [$day, before, $last - P1D]",
            "2030-05-11 is before last - P1D",
            "day: wanted before 2030-04-30, found 2030-05-11: 12 days late",
        ),
        ("compare: [$times, at-most, $most]", "5 is at most most", "times: wanted at most 3, found 5: 2 too many"),
        ("compare: [$day, is, $last]", "2030-05-11 is last", "day: wanted 2030-05-01, found 2030-05-11: 10 days off"),
        ("compare: [$by, is, $who]", "b is who", "by: wanted a, found b"),
        ("compare: [$by, in, [$who, c]]", "b is who or c", "by: wanted a, found b"),
        (
            "compare: [$day, in, [$last, $last + P1D]]",
            "2030-05-11 on last or last + P1D",
            "day: wanted 2030-05-02, found 2030-05-11: 9 days off",
        ),
        ("compare: [$by, not, b]", "b is other than b", "by: wanted other than b, found b"),
    ],
)
def test_comparisons_say_what_they_want(need: str, missing: str, near: str, tmp_path: Path) -> None:
    finding = found(tmp_path, need, GOING)
    assert (finding.status, finding.missing[0].pattern) == ("violated", missing)
    assert words.failed_test(finding.missing[0].near[0].failed[0], ENGLISH) == near


def test_what_is_unknown_is_said_to_be(tmp_path: Path) -> None:
    case = {**GOING, "actions": [{"go": {"id": "G", "by": "b", "times": 5}}]}
    finding = found(tmp_path, "compare: [$day, on-or-before, $last]", case)
    assert finding.status == "undetermined"
    near = finding.missing[0].near[0].failed[0]
    assert (near.unknown, near.by) == (True, None)


def test_a_limit_not_known_yet_keeps_its_direction(tmp_path: Path) -> None:
    finding = found(tmp_path, "absent: {ban: {from: {on-or-before: $last}}}", GOING)
    assert finding.missing[0].pattern == "no ban(from: on or before 2030-05-01)"
    asked = "is there, or will there be, ban(from: on or before 2030-05-01) that the case does not list?"
    assert finding.questions[0].ask == asked
