"""What `servanda init` writes, in the eyes of an editor: faults where they are, words offered, keys explained.

The editor is yaml-language-server, which is looked for on PATH: `npm install yaml-language-server`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from language_server import LanguageServer

from checker.model import BASES
from checker.scaffold import new_pack

pytestmark = pytest.mark.external

RULES = """\
# yaml-language-server: $schema=.schemas/rules.schema.json
pack: shore
rules:
  - id: Visits
    title: A visit
    basis: sed
    sevrity: error
    when:
      - visit: {id: $action, day: {on-or-befor: 2026-01-01}}
    forbids:
      - announcement: {}
  - id: visits.retired
    title: A visit
    retired: {since: 2026-01-01}
  - id: visits.means
    title: A visit
    basis: seed
    when:
      - visit: {}
    means:
      - announcement: {}
    due: 2026-01-01
"""
OPEN = """\
# yaml-language-server: $schema=.schemas/rules.schema.json
rules:
  - id: visits.open
    clause: x
    basis: x
    when:
      - visit:
          day: x
  - id: x
"""
TESTS = """\
# yaml-language-server: $schema=../.schemas/tests.schema.json
agreement: other
as-of: 2026-06-15
facts:
  - announcement: {receivd: 2026-05-30}
actions: []
expect: {visits.announced: satisfied}
---
# yaml-language-server: $schema=../.schemas/tests.schema.json
agreement: shore
actions:
  - visit: {id: V1, day: 2026-06-31T00:00:00Z}
expect: {visits.anounced: satisfied, verdict: compliant}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new pack."""
    folder = tmp_path_factory.mktemp("editors") / "shore"
    new_pack(folder, None, None)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[LanguageServer]:
    """A language server that has seen nothing yet."""
    program = shutil.which("yaml-language-server")
    if program is None:
        pytest.skip("yaml-language-server is not on PATH")
    with LanguageServer(program, folder) as started:
        yield started


def test_a_new_pack_has_no_fault(server: LanguageServer, folder: Path) -> None:
    files = sorted(folder.rglob("*.yaml"))
    assert len(files) == 4
    assert {path.name: server.open(path, path.read_text("utf-8")) for path in files} == {
        path.name: [] for path in files
    }


def test_faults_are_told_where_they_are(server: LanguageServer, folder: Path) -> None:
    bases = ", ".join(f'"{basis}"' for basis in BASES)
    assert server.open(folder / "bad.yaml", RULES) == [
        (2, "belongs in `pack.yaml`"),
        (4, "must be a rule's id, `family.name`, such as `notice.termination`"),
        (6, f"Value is not accepted. Valid values: {bases}."),
        (7, "Property sevrity is not allowed."),
        (9, "Property on-or-befor is not allowed."),
        (14, 'Missing property "why".'),
        (22, "does not go with `means`"),
    ]


def test_tests_are_checked_document_by_document(server: LanguageServer, folder: Path) -> None:
    assert [line for line, _ in server.open(folder / "tests" / "bad.yaml", TESTS)] == [2, 5, 10, 12, 13]


def test_words_are_offered(server: LanguageServer, folder: Path) -> None:
    path = folder / "open.yaml"
    server.open(path, OPEN)
    keys = server.offers(path, 9, 5)
    assert {"title", "needs", "due", "retired", "term", "notice"} <= set(keys)
    assert server.offers(path, 4, 14) == ["visits", "not-read"]
    assert {"press-quote", "inference"} <= set(server.offers(path, 5, 13))
    assert {"visit", "announcement", "absent"} <= set(server.offers(path, 7, 9))
    assert {"id", "by", "day"} <= set(server.offers(path, 8, 11))
    assert "pack" not in server.offers(path, 2, 1)


def test_keys_are_explained(server: LanguageServer, folder: Path) -> None:
    path = folder / "visits.yaml"
    lines = path.read_text("utf-8").splitlines()
    server.open(path, path.read_text("utf-8"))
    for key, words in {
        "due": "Until this day has gone",
        "needs": "What the act must satisfy",
        "by": "Who owes it",
    }.items():
        number = next(number for number, line in enumerate(lines, 1) if line.strip().startswith(f"{key}:"))
        assert words in server.hover(path, number, 6)
    test = folder / "tests" / "visits.yaml"
    server.open(test, test.read_text("utf-8"))
    number = test.read_text("utf-8").splitlines().index("expect: {visits.announced: satisfied, verdict: compliant}") + 1
    assert "A visit is announced to the other party" in server.hover(test, number, 14)
