"""Malformed packs and cases, and the exact words each gets. A `.txt` beside a file holds its lines, places first."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.case import read_case
from checker.dates import Date
from checker.errors import CaseError, PackError
from checker.load import load_file
from checker.pack import load_pack

HERE = Path(__file__).resolve().parent
ISLS = HERE.parent / "rules" / "isls"
HEAD = """\
pack: bad
version: 0.1.0
title: A pack with something wrong
parties: [north, south]
in-force: {from: 2024-01-01}
sources: {S: {title: A source, basis: seed}}
clauses: {duty: {says: a duty, basis: seed, encoded: yes}}
readings: {counting: {ask: how are days counted, options: {clear: clear days, plain: plain days}, default: plain}}
types:
  report:
    about: a report
    fields: {id: id, from: actor, pages: integer, sent: date, kind: {one-of: [long, short]}}
    day: sent
    world: closed
  chain: {about: a chain, fields: {number: integer, day: date}, counter: number, world: closed}
  mark: {about: a mark, fields: {of: id}, world: closed}
actions:
  act: {about: an act, fields: {id: id, by: actor, day: date}, day: day}
"""


@pytest.mark.parametrize("path", sorted(HERE.glob("bad/pack/*.yaml")), ids=lambda path: path.stem)
def test_a_bad_pack_is_refused(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pack.yaml").write_text(HEAD, encoding="utf-8")
    (tmp_path / "rules.yaml").write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PackError) as refused:
        load_pack(Path())
    assert f"{refused.value}\n" == path.with_suffix(".txt").read_text("utf-8")


@pytest.mark.parametrize("path", sorted(HERE.glob("bad/case/*.yaml")), ids=lambda path: path.stem)
def test_a_bad_case_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    (document,) = load_file(path.name, error=CaseError)
    with pytest.raises(CaseError) as refused:
        read_case(document, load_pack(ISLS), path.name, None, Date(2026, 11, 21))
    assert f"{refused.value}\n" == path.with_suffix(".txt").read_text("utf-8")
