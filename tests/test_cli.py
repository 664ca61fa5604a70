"""The command line: statuses, streams and files, seen from outside, in a process of its own.

The judge is `cli_stub.py`: what a case comes to is its first word. So these tests hold
what the command itself promises, whatever the rules say.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from checker import report

ROOT = Path(__file__).resolve().parent.parent
STUB = [sys.executable, str(Path(__file__).with_name("cli_stub.py"))]
REAL = [sys.executable, "-m", "checker"]
FORMATS = ("text", "concise", "json", "jsonl")  # each run costs time; the others are in test_formats.py
NOT_AT_THE_START = ("jsonschema", "rich", "jinja2", "pydantic", "durable", "durable_rules_engine", "yaml", "whenever")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a case of each status."""
    for word in ("violated", "contested", "undetermined", "pending", "compliant", "invalid", "crash", "disagree"):
        (tmp_path / f"{word}.yaml").write_text(f"{word}\n", "utf-8")
    return tmp_path


def run(
    folder: Path, *arguments: str, stdin: bytes = b"", command: list[str] | None = None, **environ: str
) -> subprocess.CompletedProcess[bytes]:
    """The command, in the folder."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
    env.pop("SERVANDA_TRACEBACK", None)
    return subprocess.run(
        [*(command or STUB), *arguments], cwd=folder, input=stdin, capture_output=True, env=env, timeout=60, check=False
    )


def refused(folder: Path, *arguments: str) -> str:
    """What the command says when it refuses: one line, and status 2, and nothing on standard output."""
    done = run(folder, *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    text = done.stderr.decode()
    assert text.startswith("servanda: ")
    assert text.count("\n") == 1
    return text.removeprefix("servanda: ").rstrip("\n")


# --- statuses -------------------------------------------------------------------


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("compliant",), 0),
        (("pending",), 0),
        (("compliant", "violated"), 1),
        (("contested",), 1),
        (("undetermined",), 1),
        (("invalid",), 2),
        (("violated", "invalid"), 2),
        (("gone", "violated"), 2),
    ],
)
def test_status_is_the_same_in_every_format(folder: Path, format_: str, words: tuple[str, ...], status: int) -> None:
    files = [f"{word}.yaml" for word in words]
    assert run(folder, "check", "-o", format_, *files).returncode == status
    assert run(folder, "check", "-o", f"{format_}=out", *files).returncode == status


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("violated.yaml", "--fail-on", "never"), 0),
        (("contested.yaml", "--fail-on", "violated"), 0),
        (("pending.yaml", "--fail-on", "pending"), 1),
        (("invalid.yaml", "--fail-on", "never"), 2),
        (("empty", "--allow-empty"), 0),
        (("empty",), 2),
        (("--allow-empty",), 0),
        (("*.none", "--allow-empty"), 0),
        (("gone.yaml", "--allow-empty"), 2),
    ],
)
def test_gate_flags(folder: Path, arguments: tuple[str, ...], status: int) -> None:
    (folder / "empty").mkdir()
    assert run(folder, "check", *arguments).returncode == status


def test_nothing_to_check(folder: Path) -> None:
    assert refused(folder, "check") == (
        "nothing to check: name a case file, a folder or a glob, or `-` for standard input"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "x", "--fail-on", "violatd"), "--fail-on: unknown `violatd`; did you mean `violated`?"),
        (("check", "x", "--min-severity", "eror"), "--min-severity: unknown `eror`; did you mean `error`?"),
        (
            ("check", "x", "--min-basis", "press-qoute"),
            "--min-basis: unknown `press-qoute`; did you mean `press-quote`?",
        ),
        (("check", "x", "--engine", "durabel"), "--engine: unknown `durabel`; did you mean `durable`?"),
        (("check", "x", "--show", "x"), "--show: unknown `x`; it is one of findings, all"),
        (("check", "x", "--color", "alway"), "--color: unknown `alway`; did you mean `always`?"),
        (("check", "x", "--input-format", "jsnl"), "--input-format: unknown `jsnl`; did you mean `jsonl`?"),
        (("check", "x", "--reading", "either"), "--reading: `either` is not of the form QUESTION=OPTION"),
        (("check", "x", "-o", "jsn"), "--output: unknown format `jsn`; did you mean `json`?"),
        (("check", "x", "-o", "zzz"), f"--output: unknown format `zzz`; known are {', '.join(report.FORMATS)}"),
        (("check", "x", "-o", "json="), "--output: `json=` names no file after `=`"),
        (("check", "x", "-o", "json=no/x"), "--output: can't write `no/x`: there is no folder `no`"),
        (("check", "x", "-o", "json=."), "--output: can't write `.`: it is a folder"),
        (("check", "x", "--as-of", "soon"), "`soon` is no day"),
        (("check", "x", "--pack", "broken"), "rules/broken/pack.yaml:2:1: unknown key `sevrity`"),
        (("check", "disagree.yaml"), "the engines disagree"),
        (("schema", "cas"), "schema: unknown `cas`; did you mean `case`?"),
    ],
)
def test_refusals(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    assert refused(folder, *arguments) == message


def test_two_reports_can_not_share_a_place(folder: Path) -> None:
    assert "two reports would go to standard output" in refused(folder, "check", "x", "-o", "json", "-o", "text")
    assert "two reports would go to `a`" in refused(folder, "check", "x", "-o", "json=a", "-o", "text=a")
    (folder / "w.yaml").write_text("waivers: []\n", "utf-8")
    (folder / "link.yaml").symlink_to("violated.yaml")
    for arguments, path in (
        (("check", "violated.yaml", "-o", "json=./violated.yaml"), "./violated.yaml"),
        (("check", ".", "-o", "json=link.yaml"), "link.yaml"),
        (("check", "violated.yaml", "--waivers", "w.yaml", "-o", "json=w.yaml"), "w.yaml"),
        (("report", "violated.yaml", "-o", "html=violated.yaml"), "violated.yaml"),
        (("calendar", "--case", "violated.yaml", "-o", "json=violated.yaml"), "violated.yaml"),
        (("graph", "--case", "violated.yaml", "-o", "dot=violated.yaml"), "violated.yaml"),
    ):
        told = f"--output: `{path}` is read in this run; a report there would take its place"
        assert refused(folder, *arguments) == told
    assert (folder / "violated.yaml").read_text("utf-8") == "violated\n"


def test_mistyped_flags_and_commands_are_named(folder: Path) -> None:
    assert "--fail-on" in refused(folder, "check", "x", "--fial-on", "never")
    assert "check" in refused(folder, "chek", "x")
    assert "--max-bytes" in refused(folder, "check", "x", "--max-bytes", "many")


def test_a_failure_of_our_own_is_no_answer(folder: Path) -> None:
    done = run(folder, "check", "crash.yaml")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines() == [
        "servanda: the checker itself failed: RuntimeError: crash",
        "servanda: please report it, with what SERVANDA_TRACEBACK=1 shows",
    ]
    assert b"Traceback" not in done.stderr


# --- cases ----------------------------------------------------------------------


def concise(folder: Path, *arguments: str, **more: object) -> list[str]:
    """The lines of the concise report."""
    return run(folder, "check", "-o", "concise", *arguments, **more).stdout.decode().splitlines()  # type: ignore[arg-type]


def test_one_bad_name_does_not_keep_the_rest_from_being_judged(folder: Path) -> None:
    done = run(folder, "check", "-o", "concise", "violatd.yaml", "violated.yaml", "invalid.yaml")
    assert done.returncode == 2
    assert done.stdout.decode().splitlines() == [
        "violated.yaml:1:1: violated[family.rule] something is not as it should be",
        "invalid.yaml:1:1: error: format yaml: no case",
        "violatd.yaml:1:1: error: no such file; did you mean `violated.yaml`?",
    ]
    assert done.stderr == b""


def test_problems_reach_a_person_when_the_report_is_for_a_program(folder: Path) -> None:
    for output in ("json", "concise=out"):
        done = run(folder, "check", "-o", output, "invalid.yaml", "gone.yaml")
        assert done.returncode == 2
        assert done.stderr.decode().splitlines() == [
            "servanda: invalid.yaml:1:1: format yaml: no case",
            "servanda: gone.yaml:1:1: no such file",
        ]


def test_folders_globs_and_standard_input(folder: Path) -> None:
    deep = folder / "cases" / "deep"
    deep.mkdir(parents=True)
    for name in ("b.yml", "a.json", "deep/c.jsonl", "notes.txt", ".hidden.yaml"):
        (folder / "cases" / name).write_text("violated", "utf-8")
    (deep / ".git").mkdir()
    (deep / ".git" / "x.yaml").write_text("violated", "utf-8")
    found = [text.split(":")[0] for text in concise(folder, "cases")]
    assert found == ["cases/a.json", "cases/b.yml", "cases/deep/c.jsonl"]
    assert [text.split(":")[0] for text in concise(folder, "cases/*.json", "cases/**/*.jsonl")] == [
        "cases/a.json",
        "cases/deep/c.jsonl",
    ]
    assert [text.split(":")[0] for text in concise(folder / "cases", ".")] == ["a.json", "b.yml", "deep/c.jsonl"]
    assert concise(folder, "-", stdin=b"violated") == [
        "<stdin>:1:1: violated[family.rule] something is not as it should be"
    ]


def test_a_file_named_twice_is_judged_once(folder: Path) -> None:
    assert len(concise(folder, "violated.yaml", "./violated.yaml", "viol*.yaml", str(folder / "violated.yaml"))) == 1


def test_what_holds_no_case_is_named(folder: Path) -> None:
    (folder / "empty").mkdir()
    assert concise(folder, "empty", "*.none", "") == [
        "empty:1:1: error: no case file (*.yaml, *.json, *.jsonl) in this folder",
        "*.none:1:1: error: no file matches",
        "'':1:1: error: an empty name names no file",
    ]


def test_a_name_with_signs_of_a_glob_is_that_file(folder: Path) -> None:
    (folder / "a[1]*.yaml").write_text("violated", "utf-8")
    assert len(concise(folder, "a[1]*.yaml")) == 1


def test_the_format_is_told_by_name_or_by_the_caller(folder: Path) -> None:
    (folder / "x.NDJSON").write_text("invalid", "utf-8")
    (folder / "x").write_text("invalid", "utf-8")
    assert concise(folder, "x.NDJSON", "x") == [
        "x.NDJSON:1:1: error: format jsonl: no case",
        "x:1:1: error: format None: no case",
    ]
    assert concise(folder, "x", "--input-format", "json") == ["x:1:1: error: format json: no case"]


# --- streams and files ----------------------------------------------------------


def test_several_reports_in_one_run(folder: Path) -> None:
    done = run(folder, "check", "violated.yaml", "-o", "concise", "-o", "json=a.json", "-o", "jsonl=b.jsonl")
    assert (done.returncode, done.stdout.count(b"\n")) == (1, 1)
    whole = json.loads((folder / "a.json").read_text("utf-8"))
    assert json.loads((folder / "b.jsonl").read_text("utf-8"))["findings"] == whole["cases"][0]["findings"]
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".yaml") == ["a.json", "b.jsonl"]


def test_a_report_for_a_file_leaves_standard_output_alone(folder: Path) -> None:
    done = run(folder, "check", "violated.yaml", "-o", "text=report.txt", "--color", "always")
    assert (done.stdout, done.stderr) == (b"", b"")
    assert b"\x1b" not in (folder / "report.txt").read_bytes()


def test_a_report_takes_the_place_of_the_old_one_through_a_link(folder: Path) -> None:
    (folder / "real.json").write_text("old", "utf-8")
    (folder / "link.json").symlink_to("real.json")
    run(folder, "check", "violated.yaml", "-o", "json=link.json")
    assert (folder / "link.json").is_symlink()
    assert json.loads((folder / "real.json").read_text("utf-8"))["schema"] == "servanda-report-1"


def test_a_device_is_written_to_and_stays(folder: Path) -> None:
    assert run(folder, "check", "compliant.yaml", "-o", "json=/dev/null").returncode == 0
    assert not Path("/dev/null").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_no_answer(folder: Path) -> None:
    done = run(folder, "check", "compliant.yaml", "-o", "json=/dev/full", "-o", "concise=out")
    assert (done.returncode, done.stderr) == (2, b"servanda: can't write /dev/full: no space left on device\n")
    assert (folder / "out").exists()
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*STUB, "check", "compliant.yaml"], cwd=folder, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (2, b"servanda: can't write to standard output: no space left on device\n")


@pytest.mark.parametrize(
    "environ", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}]
)
def test_output_is_utf8_whatever_the_locale_says(folder: Path, environ: dict[str, str]) -> None:
    (folder / "航天.yaml").write_text("violated", "utf-8")
    done = run(folder, "check", "--show", "all", "航天.yaml", **environ)
    assert (done.returncode, done.stderr) == (1, b"")
    told = done.stdout.decode("utf-8")
    assert "“a year before”" in told
    if "PYTHONUTF8" not in environ:  # else Python itself takes the file's name for bytes
        assert "航天.yaml:1:1" in told


def test_a_file_name_that_is_no_text_is_escaped(folder: Path) -> None:
    path = os.fsencode(folder) + b"/\xff\x1b[31m\n.yaml"
    Path(os.fsdecode(path)).write_text("violated", "utf-8")
    done = run(folder, "check", "-o", "concise", "[!a-z]*.yaml")
    assert done.stdout == b"\\udcff\\x1b[31m\\n.yaml:1:1: violated[family.rule] something is not as it should be\n"
    told = json.loads(run(folder, "check", "-o", "json", "[!a-z]*.yaml").stdout)
    assert os.fsencode(told["cases"][0]["case"]) == b"\xff\x1b[31m\n.yaml"


@pytest.mark.parametrize("format_", FORMATS)
def test_a_closed_pipe_is_quiet(folder: Path, format_: str) -> None:
    for number in range(300):
        (folder / f"x{number}.yaml").write_text("violated", "utf-8")
    with subprocess.Popen(
        [*STUB, "check", "-o", format_, "x*.yaml"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 1


def test_closed_streams_are_no_failure(folder: Path) -> None:
    command = " ".join([*STUB, "check", "violated.yaml", "gone.yaml", "-o", "json", ">&-", "2>&-", "<&-"])
    assert subprocess.run(["sh", "-c", command], cwd=folder, check=False, capture_output=True).returncode == 2  # noqa: S607


def test_an_interrupt_ends_with_130(folder: Path) -> None:
    (folder / "s.yaml").write_text("sleep", "utf-8")
    with subprocess.Popen(
        [*STUB, "check", "s.yaml"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"asleep\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert process.stderr.read() == b""


def test_notes_go_to_standard_error(folder: Path) -> None:
    done = run(folder, "check", "compliant.yaml", "--engine", "referee", "-o", "concise")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"servanda: the referee judges alone\n")
    assert run(folder, "check", "compliant.yaml", "--engine", "referee", "--quiet").stderr == b""


def test_quiet_and_well_says_nothing(folder: Path) -> None:
    done = run(folder, "check", "compliant.yaml", "pending.yaml", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    told = run(folder, "check", "compliant.yaml", "violated.yaml", "--quiet").stdout.decode()
    assert told.startswith("violated.yaml: violated")
    assert "compliant" not in told
    assert "This is not legal advice" in told.splitlines()[-1]


def test_colours_only_where_asked_for(folder: Path) -> None:
    assert b"\x1b" not in run(folder, "check", "violated.yaml").stdout
    assert b"\x1b" in run(folder, "check", "violated.yaml", "--color", "always").stdout


# --- help and start -------------------------------------------------------------


def test_help_names_what_there_is(folder: Path) -> None:
    told = run(folder, "-h", command=REAL).stdout.decode()
    assert [text.split()[0] for text in told.split("Commands:\n")[1].splitlines()] == [
        "check",
        "report",
        "baseline",
        "waiver",
        "test",
        "lint",
        "rules",
        "explain",
        "calendar",
        "graph",
        "schema",
        "config",
        "diff",
        "init",
        "fmt",
    ]
    assert told == run(folder, "--help", command=REAL).stdout.decode()
    nothing = run(folder, command=REAL)
    assert (nothing.returncode, nothing.stdout.decode()) == (2, told)
    for command in ("check", "test", "rules", "schema"):
        done = run(folder, command, "-h", command=REAL)
        assert (done.returncode, done.stderr) == (0, b"")
        assert "Usage: servanda" in done.stdout.decode()
        assert "\x1b" not in done.stdout.decode()


def test_version_imports_nothing_it_does_not_need(folder: Path) -> None:
    code = (
        "import sys; sys.argv = ['servanda', '--version']\n"
        "from checker.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code or 0, *sorted(sys.modules))\n"
    )
    done = run(folder, command=[sys.executable, "-c", code])
    version, modules = done.stdout.decode().splitlines()
    assert version.startswith("servanda ")
    status, *names = modules.split()
    assert status == "0"
    assert not {name.split(".")[0] for name in names} & set(NOT_AT_THE_START)
    ours = [name.removeprefix("checker.") for name in names if name.startswith("checker.")]
    assert ours == ["cli", "commands", "commands.written", "exits", "version"]


# --- the other commands, on the shipped pack ------------------------------------


def test_rules_are_listed_and_shown(folder: Path) -> None:
    listed = run(folder, "rules", command=REAL)
    assert (listed.returncode, listed.stderr) == (0, b"")
    assert "notice.termination" in listed.stdout.decode()
    page = run(folder, "rules", "notice.termination", command=REAL)
    assert (page.returncode, page.stderr) == (0, b"")
    assert page.stdout.decode().startswith("notice.termination: ")
    mistyped = run(folder, "rules", "notice.terminaton", command=REAL)
    assert (mistyped.returncode, mistyped.stdout) == (2, b"")
    assert (
        mistyped.stderr.decode() == "servanda: rules: unknown `notice.terminaton`; did you mean `notice.termination`?\n"
    )
    family = run(folder, "rules", "confidentiality", command=REAL)
    assert family.returncode == 2
    assert "; there are confidentiality." in family.stderr.decode()


@pytest.mark.parametrize("which", ["case", "pack", "report"])
def test_schemas_are_printed(folder: Path, which: str) -> None:
    done = run(folder, "schema", which, command=REAL)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_tests_that_fail_are_named_and_counted(folder: Path) -> None:
    facts = "facts: [{bilateral-agreement: {id: B1, agency: CNSA, partner: ABAE, signed: 2023-07-17}}]"
    expect = "expect: {notice.terminaton: violated}"
    (folder / "t.yaml").write_text(f"agreement: isls\nas-of: 2026-11-21\n{facts}\n{expect}\n", "utf-8")
    done = run(folder, "test", "t.yaml", command=REAL)
    assert done.returncode == 1
    first, *_, last = done.stdout.decode().splitlines()
    assert first.startswith("t.yaml:4:")
    assert "did you mean `notice.termination`?" in first
    assert last == "0 tests passed, 1 failed"
    assert run(folder, "test", "gone.yaml", command=REAL).returncode == 2
