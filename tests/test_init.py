"""`servanda init`: a pack that passes at once, named as asked, with nothing invented that is not told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from checker.cli import run
from checker.exits import NO_ANSWER
from checker.pack import load_pack
from checker.scaffold import EXAMPLE, new_pack

SCHEMAS = {f".schemas/{name}.schema.json" for name in ("pack", "rules", "case", "tests")}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("arguments", [["--tests"], []])
def test_it_passes_everything_at_once(folder: Path, arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "shore", "--quiet"]) == 0
    assert capfd.readouterr() == ("", "")
    assert run(["test", "shore", "shore/examples", "--fail-under", "100"]) == 0
    assert run(["lint", "shore", "--fail-on", "note", *arguments]) == 0
    assert run(["fmt", "--check", "shore"]) == 0
    assert run(["check", "--pack", "./shore", "shore/examples"]) == 1  # it shows a breach
    assert "late-announcement.yaml: violated" in capfd.readouterr().out
    assert run(["init", "--schemas", "shore"]) == 0
    assert capfd.readouterr().out == "the schemas of shore are up to date\n"
    assert files(folder / "shore") >= {"pack.yaml", "visits.yaml", "tests/visits.yaml", "CHANGELOG.md", *SCHEMAS}


def test_the_limit_is_tested_the_day_before_on_it_and_after(folder: Path) -> None:
    new_pack(folder / "shore", None, None)
    days = re.findall(r"received: (2026-\S+)}", (folder / "shore" / "tests" / "visits.yaml").read_text("utf-8"))
    assert days[:3] == ["2026-05-30", "2026-05-31", "2026-06-01"]  # thirty days before 2026-06-30 is 2026-05-31


@pytest.mark.parametrize(
    "title", ["Visits to the shore", "Visits: who comes when", "#1", "no", "Визиты", 'The "shore"', "two\nlines", "5"]
)
def test_it_is_called_as_asked(folder: Path, title: str) -> None:
    new_pack(folder / "x", "shore-visits", title)
    pack = load_pack(folder / "x")
    assert (pack.id, pack.title["en"], pack.version) == ("shore-visits", title, "0.1.0")
    assert "agreement: shore-visits\n" in (folder / "x" / "examples" / "late-announcement.yaml").read_text("utf-8")
    assert "starter" not in "".join(path.read_text("utf-8") for path in (folder / "x").rglob("*") if path.is_file())


def test_what_is_invented_is_told(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "shore"]) == 0
    told = capfd.readouterr().out
    for name in ("pack.yaml", "visits.yaml"):
        for number, line in enumerate((folder / "shore" / name).read_text("utf-8").splitlines(), 1):
            marked = line.endswith(EXAMPLE) and not line.startswith("#")
            assert (f"shore/{name}:{number}: " in told) == marked
    assert told.count("shore/pack.yaml:") == 8
    pack = load_pack(folder / "shore")
    words = [*pack.sources, *pack.clauses, *(name for name, kind in pack.types.items() if kind.given), *pack.rules]
    assert [word for word in words if not re.search(rf":\d+: .*{re.escape(word)}", told)] == []
    capfd.readouterr()
    run(["init", "other", "--title", "A title"])
    assert "A title" not in capfd.readouterr().out


def test_nothing_is_overwritten(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "tests").mkdir()
    (folder / "tests" / "visits.yaml").write_text("mine", "utf-8")
    (folder / "pack.yaml").symlink_to("nowhere.yaml")
    assert run(["init", ".", "--name", "shore"]) == NO_ANSWER
    assert capfd.readouterr() == (
        "",
        "servanda: `.` holds `pack.yaml`, `tests/visits.yaml` already; nothing was written\n",
    )
    assert files(folder) == {"tests/visits.yaml"}
    (folder / "pack.yaml").unlink()
    (folder / "tests" / "visits.yaml").rename(folder / "README.md")
    assert run(["init", ".", "--name", "shore"]) == 0
    assert (folder / "README.md").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["My Pack"], "`My Pack` is no name for a pack; write small letters, digits and hyphens: `--name NAME`"),
        (["x", "--name", "5"], "`5` is no name for a pack; write small letters, digits and hyphens"),
        (
            ["isls"],
            "a shipped pack is called `isls`, and cases that name it mean that one; call yours otherwise",
        ),
        (["file/x"], "can't write to `file/x`: not a directory"),
        (["--schemas", "x"], "`x` holds no pack: there is no `pack.yaml` in it"),
        (["--schemas", "x", "--name", "y"], "--schemas leaves the pack as it is; leave out --name and --title"),
    ],
)
def test_refusals(folder: Path, arguments: list[str], message: str, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "file").write_text("", "utf-8")
    assert run(["init", *arguments]) == NO_ANSWER
    assert capfd.readouterr() == ("", f"servanda: {message}\n")
    assert files(folder) == {"file"}


def test_the_schemas_follow_the_pack(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(["init", "shore", "--quiet"])
    pack = folder / "shore" / "pack.yaml"
    pack.write_text(pack.read_text("utf-8").replace("received: date}", "received: date, pages: integer}"), "utf-8")
    assert run(["init", "--schemas", "shore"]) == 0
    written = re.findall(r"wrote shore/(\S+)", capfd.readouterr().out)
    assert set(written) == SCHEMAS  # patterns in rules offer the field too
    case = json.loads((folder / "shore" / ".schemas" / "case.schema.json").read_text("utf-8"))
    assert "pages" in case["$defs"]["type-announcement"]["properties"]
    for path in (folder / "shore" / ".schemas").iterdir():
        path.unlink()
    (folder / "shore" / ".schemas").rmdir()
    assert run(["init", "--schemas", "shore", "--quiet"]) == 0
    assert files(folder / "shore") >= SCHEMAS
