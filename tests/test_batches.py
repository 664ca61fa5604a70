"""Many cases: in their order, the same by any number of processes, whole or told to be a part, and never all in memory.

The runs are real ones with a small pack. A pipe in the place of a file holds whoever reads it, so that a run can be
stopped, or one of its processes killed, at a known case.
"""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from io import StringIO
from pathlib import Path
from select import select
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from test_gate import suppressed_runs

from checker import verdict_cache, workers
from checker.batch import worth_while
from checker.cli import run
from checker.commands.progress import Progress, bar
from checker.dates import Date
from checker.errors import TRACEBACK, EngineError
from checker.gate import add, exit_status, tally
from checker.judge import Judge
from checker.options import Options
from checker.parts import Order
from checker.redaction import redacted
from checker.report import FORMATS, STREAMED
from checker.report.streamed import whole
from checker.results import Results, Tally
from checker.shape import shipped
from checker.sources import CaseSource
from checker.terminal import Look

PACK = Path(__file__).with_name("packs") / "spoken"
TEXT = (PACK / "tests" / "violated.yaml").read_text("utf-8").partition("expect:")[0]
CASE = {
    "agreement": "spoken",
    "as-of": "2043-10-01",
    "facts": [{"notice": {"id": "N1", "from": "russia", "channel": "diplomatic", "received": "2043-09-01"}}],
    "actions": [{"terminate": {"id": "T1", "by": "russia", "effective": "2044-07-18"}}],
}
FLAGS = ("--pack", str(PACK), "--engine", "referee", "--no-remedies")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
DAY = Date(2026, 1, 1)
PATIENCE = 60  # seconds for a busy machine


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a test works; a folder `cases` in it holds thirty cases and one that is none."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases").mkdir()
    for number in range(30):
        text = "facts: 7\n" if number == 11 else TEXT
        (tmp_path / "cases" / f"c{number:02}.yaml").write_text(text, "utf-8")
    return tmp_path


def lines(count: int, name: str = "many.jsonl") -> str:
    """The name of a file with so many cases, one a line."""
    Path(name).write_text(f"{json.dumps(CASE)}\n" * count, "utf-8")
    return name


def judged(name: str) -> list[str]:
    """The cases of a report, in its order."""
    text = Path(name).read_text("utf-8")
    if name.endswith(".jsonl"):
        return [json.loads(line).get("case", "") for line in text.splitlines()]
    return [each["case"] for each in json.loads(text)["cases"]]


# --- the same, however it is judged -------------------------------------------


def test_any_number_of_processes_gives_the_same_bytes_in_the_order_of_the_cases(folder: Path) -> None:
    lines(12)
    for jobs in ("1", "2"):
        asked = [part for name in (*STREAMED, "sarif") for part in ("-o", f"{name}={jobs}.{name}")]
        assert run(["check", "cases", "gone.yaml", "many.jsonl", *FLAGS, "--jobs", jobs, *asked]) == 2
    for name in (*STREAMED, "sarif"):
        assert Path(f"1.{name}").read_bytes() == Path(f"2.{name}").read_bytes()
    expected = [f"cases/c{number:02}.yaml" for number in range(30)] + [f"many.jsonl#{n}" for n in range(1, 13)]
    assert judged("2.json") == expected
    assert judged("2.jsonl") == [*expected, "gone.yaml"]
    told = json.loads(Path("2.json").read_text("utf-8"))
    assert (told["summary"]["cases"], told["summary"]["violated"], told["summary"]["invalid"]) == (42, 41, 1)
    assert [each["verdict"] for each in told["cases"]].index("invalid") == 11
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


@given(suppressed_runs(), st.integers(1, 3))
def test_the_status_is_that_of_the_run_told_in_parts(results: Results, size: int) -> None:
    total = Tally()
    for start in range(0, len(results.verdicts), size):
        add(tally(results._replace(verdicts=results.verdicts[start : start + size])), total)
    assert total == tally(results)
    assert exit_status(results._replace(verdicts=(), tally=total)) == exit_status(results)
    assert exit_status(redacted(results._replace(verdicts=(), tally=total))) == exit_status(results)


@given(suppressed_runs(), st.booleans())
def test_a_report_told_in_parts_is_the_whole_report(results: Results, quiet: bool) -> None:  # noqa: FBT001
    look = Look(quiet=quiet)
    for name, parts in STREAMED.items():
        texts = [text for each in results.verdicts if (text := parts.case(each, results, look))]
        told = results._replace(verdicts=(), tally=tally(results))
        head = "" if parts.head is None else parts.head(told, look)
        assert FORMATS[name](results, look) == head + parts.between.join(texts) + parts.foot(told, look, bool(texts))
        assert whole(parts, results, look) == FORMATS[name](results, look)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_only_the_end_can_refuse_lets_nothing_be_seen(
    jobs: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [
        "check",
        "cases",
        *FLAGS,
        "--jobs",
        jobs,
        "--ignore",
        "term.notise",
        "-o",
        "concise",
        "-o",
        "json=r.json",
    ]
    assert run(command) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "`--ignore` `term.notise` matches no rule; did you mean `term.notice`?" in told.err
    assert [path.name for path in folder.iterdir()] == ["cases"]


@pytest.mark.usefixtures("folder")
def test_a_wrong_reading_is_refused_by_whoever_meets_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "cases", *FLAGS, "--jobs", "2", "--reading", "routing=bith"]) == 2
    assert "`bith` is no option of `routing`: " in capsys.readouterr().err


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.usefixtures("folder")
def test_the_baseline_and_the_waivers_serve_the_whole_run(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("cases/c11.yaml").write_text(TEXT, "utf-8")
    assert run(["check", "cases", *FLAGS, "--write-baseline", "b.json", "--quiet"]) == 0
    common = "match: {action: T1}, reason: r, approver: a, created: 2026-01-01, expires: 9999-01-01"
    rules = ("term.notice", "term.gone")
    waivers = "".join(f"- {{id: {rule}, rule: {rule}, {common}}}\n" for rule in rules)
    Path("w.yaml").write_text(f"waivers:\n{waivers}", "utf-8")
    against = ["--baseline", "b.json", "--waivers", "w.yaml", "-o", "concise"]
    Path("cases/c03.yaml").write_text(TEXT.replace("2043-09-01", "2043-01-01"), "utf-8")
    capsys.readouterr()
    assert run(["check", "cases", *FLAGS, "--jobs", jobs, *against]) == 0
    told = capsys.readouterr().out
    assert told.count("(waived by a; ") == told.count("(in the baseline)") == 29
    assert "term.notice@T1 of cases/c03.yaml is no longer found" in told
    assert "waiver term.gone is for term.gone, which no pack of this run has" in told
    assert "meets no finding" not in told


# --- JSON lines ---------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_limits_count_for_a_line_and_a_bad_one_stands_alone() -> None:
    case = json.dumps(CASE).encode()
    long = json.dumps({**CASE, "title": "x" * 3000}).encode()
    content = b"\xef\xbb\xbf" + b"\n".join([case, b" \t", case, long, b'{"a": "\xff"}', b"{", case + b"\r" + case, b""])
    Path("x.jsonl").write_bytes(content)
    assert run(["check", "x.jsonl", *FLAGS, "--max-bytes", "1000", "-o", "json=r.json"]) == 2
    cases = json.loads(Path("r.json").read_text("utf-8"))["cases"]
    assert len(content) > 3 * 1000
    assert {each["sha256"] for each in cases if each["verdict"] != "invalid"} == {sha256(content).hexdigest()}
    told = [
        (each["case"], each["verdict"], [(one["location"]["line"], one["message"]) for one in each["problems"]])
        for each in cases
    ]
    assert [verdict for _, verdict, _ in told] == ["violated"] * 2 + ["invalid"] * 3 + ["violated"] * 2
    assert [name for name, *_ in told] == [f"x.jsonl#{number}" for number in range(1, 8)]
    assert told[2][2] == [(4, "the line has more than 1000 bytes (limit `bytes`)")]
    assert told[3][2] == [(5, "byte `0xff` is not UTF-8; save the file as UTF-8")]
    assert told[4][2][0][0] == 6
    places = [each["findings"][0]["location"]["line"] for each in cases if each["findings"]]
    assert places == [1, 3, 7, 8]


@pytest.mark.parametrize("content", [b"", b" \n\n", json.dumps(CASE).encode("utf-16")])
@pytest.mark.usefixtures("folder")
def test_a_file_that_is_no_json_lines_is_told_once(content: bytes) -> None:
    Path("x.jsonl").write_bytes(content)
    assert run(["check", "x.jsonl", *FLAGS, "-o", "json=r.json"]) == 2
    (case,) = json.loads(Path("r.json").read_text("utf-8"))["cases"]
    assert (case["case"], case["verdict"], len(case["problems"])) == ("x.jsonl", "invalid", 1)


@pytest.mark.usefixtures("folder")
def test_one_line_is_named_as_its_file_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    Path("x.jsonl").write_text(f"\n\n{json.dumps(CASE)}", "utf-8")
    assert run(["check", "x.jsonl", *FLAGS]) == 1
    told = capsys.readouterr().out
    assert told.startswith("x.jsonl: violated")
    assert re.search(r'(?m)^ +3 \| .*"received": "2043-09-01"', told)


@pytest.mark.parametrize("becomes", ["cut", "longer", "other", "gone"])
@pytest.mark.usefixtures("folder")
def test_a_file_that_changes_while_it_is_read_has_no_answer(becomes: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(lines(3))
    text = path.read_text("utf-8")
    changes: dict[str, Callable[[], object]] = {
        "cut": lambda: path.write_text(text[: len(text) // 3], "utf-8"),
        "longer": lambda: path.write_text(text + text, "utf-8"),
        "other": lambda: path.write_text(text.replace("2043-09-01", "2043-09-02"), "utf-8"),
        "gone": path.unlink,
    }
    with meanwhile(changes[becomes]):
        assert run(["check", "held.yaml", "many.jsonl", "cases/c01.yaml", *FLAGS, "-j1", "-o", "json=r.json"]) == 2
    assert capsys.readouterr().err == "servanda: many.jsonl:1:1: changed while it was read\n"
    assert judged("r.json")[-1] == "cases/c01.yaml"


# --- processes that die, runs that are stopped --------------------------------


@contextmanager
def started(*arguments: str, **streams: object) -> Iterator[subprocess.Popen[bytes]]:
    """A run beside this one, which is over when the test is."""
    command = [sys.executable, "-m", "checker", "check", *arguments, *FLAGS]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    with subprocess.Popen(command, env=ENVIRONMENT, **streams) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()


def held(pipe: str) -> tuple[int, int]:
    """Wait until a process reads a pipe: its number, and the end that keeps it waiting."""
    path, limit = Path(pipe).resolve(), time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        try:
            end = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads it yet
            time.sleep(0.01)
            continue
        while time.monotonic() < limit:
            if readers := [number for number in _processes() if number != os.getpid() and path in _files(number)]:
                return readers[0], end
    message = f"nobody reads {pipe}"
    raise TimeoutError(message)


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _files(process: int) -> list[Path]:
    try:
        return [each.readlink() for each in Path(f"/proc/{process}/fd").iterdir()]
    except OSError:
        return []


def judges(group: int) -> list[int]:
    """The processes of a run that judge for it."""
    return [
        each
        for each in _processes()
        if each != group and os.getpgid(each) == group and b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()
    ]


def held_back(process: int) -> set[int]:
    """The signals that a process does not get."""
    mask = int(re.findall(r"SigBlk:\s*(\w+)", Path(f"/proc/{process}/status").read_text("ascii"))[0], 16)
    return {number for number in range(1, 64) if mask >> (number - 1) & 1}


@contextmanager
def meanwhile(change: Callable[[], object]) -> Iterator[None]:
    """Change something while a run waits for `held.yaml`, which is a case then."""
    os.mkfifo("held.yaml")

    def act() -> None:
        with Path("held.yaml").open("w", encoding="utf-8") as end:
            change()
            end.write(TEXT)

    thread = Thread(target=act, daemon=True)
    thread.start()
    yield
    thread.join(PATIENCE)


def shown(terminal: int) -> bytes:
    """What was written to a terminal whose other end is closed."""
    told = b""
    try:
        while True:
            told += os.read(terminal, 4096)
    except OSError:
        os.close(terminal)
        return told


def test_a_process_that_is_killed_takes_only_its_case_along(folder: Path) -> None:
    os.mkfifo("held.yaml")
    names = [f"cases/c{number:02}.yaml" for number in range(11)]
    with started(*names, "held.yaml", *names[::-1], "cases", "-j", "2", "-o", "json=r.json") as process:
        for deadly in (signal.SIGKILL, signal.SIGUSR1):  # it is judged once more, alone, before it is given up
            reader, end = held("held.yaml")
            assert reader != process.pid
            os.kill(reader, deadly)
            while folder.resolve() / "held.yaml" in _files(reader):
                time.sleep(0.01)
            os.close(end)
        assert process.wait(PATIENCE) == 2
    cases = json.loads(Path("r.json").read_text("utf-8"))["cases"]
    assert [each["case"] for each in cases] == [*names, "held.yaml", *(f"cases/c{n:02}.yaml" for n in range(11, 30))]
    assert [each["case"] for each in cases if each["verdict"] == "invalid"] == ["held.yaml", "cases/c11.yaml"]
    (problem,) = cases[11]["problems"]
    assert problem["message"].startswith("no answer: the process that judged this was killed by SIGUSR1")
    assert sorted(path.name for path in folder.iterdir()) == ["cases", "held.yaml", "r.json"]


@pytest.mark.parametrize(("jobs", "stop"), [("1", signal.SIGINT), ("2", signal.SIGINT), ("1", signal.SIGTERM)])
def test_what_was_judged_before_an_interruption_is_a_report_that_says_so(
    jobs: str, stop: signal.Signals, folder: Path
) -> None:
    os.mkfifo("held.yaml")
    Path("r.json").write_text("before", "utf-8")
    names = [f"cases/c{number:02}.yaml" for number in range(16)]
    files = [f"-o{name}=r.{name}" for name in ("json", "jsonl", "sarif", "junit", "html")]
    asked = [*names, "held.yaml", "cases", "-j", jobs, "-o", "text", *files]
    with started(*asked, start_new_session=True) as process:
        _, end = held("held.yaml")
        if jobs == "2":
            time.sleep(0.5)  # the other process goes on; whatever it is at, the report ends before the pipe
            assert [held_back(each) for each in judges(process.pid)] == [{signal.SIGINT, signal.SIGTERM}] * 2
        assert Path("r.json").read_text("utf-8") == "before"
        os.killpg(process.pid, stop)  # as a terminal does
        out, err = process.communicate(timeout=PATIENCE)
        os.close(end)
    assert (process.returncode, err) == (130, b"")
    report = json.loads(Path("r.json").read_text("utf-8"))
    assert [error.message for error in Draft202012Validator(shipped("report")).iter_errors(report)] == []
    assert report["partial"] is True
    assert judged("r.json") == names[: len(judged("r.json"))]
    assert len(judged("r.json")) == 16
    assert judged("r.jsonl") == [*names, ""]
    last = json.loads(Path("r.jsonl").read_text("utf-8").splitlines()[-1])
    assert last == {"schema": "servanda-report-1", "partial": True, "cases": 16}
    told = "interrupted: 16 of about 31 cases were judged; the others are not here"
    (log,) = json.loads(Path("r.sarif").read_text("utf-8"))["runs"]
    assert log["invocations"][0]["executionSuccessful"] is False
    for text in (out.decode(), *(Path(f"r.{name}").read_text("utf-8") for name in ("sarif", "junit", "html"))):
        assert told in text
    assert out.decode().splitlines()[-1].startswith("This is not legal advice")
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_a_run_that_is_interrupted_before_anything_is_judged_writes_nothing(folder: Path) -> None:
    os.mkfifo("held.yaml")
    with started("held.yaml", "cases", "-j", "1", "-o", "json=r.json", "-o", "text") as process:
        held("held.yaml")
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=PATIENCE) == (b"", b"")
    assert process.returncode == 130
    assert sorted(path.name for path in folder.iterdir()) == ["cases", "held.yaml"]


@pytest.mark.usefixtures("folder")
def test_an_interrupted_run_accepts_nothing() -> None:
    os.mkfifo("held.yaml")
    with started(
        "cases/c01.yaml", "held.yaml", "-j", "1", "--write-baseline", "b.json", "-o", "json=r.json"
    ) as process:
        held("held.yaml")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
    assert not Path("b.json").exists()
    assert judged("r.json") == ["cases/c01.yaml"]


@pytest.mark.parametrize(("signals", "status"), [((signal.SIGTERM,), 2), ((signal.SIGINT, signal.SIGTERM), 130)])
def test_while_the_end_is_written_one_signal_changes_nothing_and_two_end_the_run(
    signals: tuple[signal.Signals, ...], status: int, folder: Path
) -> None:
    os.mkfifo("slow.sarif")
    Path("r.json").write_text("before", "utf-8")
    reader = os.open("slow.sarif", os.O_RDONLY | os.O_NONBLOCK)
    with started("cases", "-j1", "-osarif=slow.sarif", "-oconcise=r.txt", "-ojson=r.json") as process:
        assert select([reader], [], [], PATIENCE)[0]
        for each in signals:
            process.send_signal(each)
        os.set_blocking(reader, True)
        while os.read(reader, 1 << 16):
            pass
        os.close(reader)
        assert process.wait(PATIENCE) == status
    assert {path.name for path in folder.iterdir()} - {"r.txt"} == {"cases", "slow.sarif", "r.json"}
    assert (Path("r.json").read_text("utf-8") == "before") == (status == 130) != Path("r.txt").exists()


def test_a_second_signal_while_a_case_is_written_leaves_files_alone(folder: Path) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):  # it is full
        while os.write(writer, b"." * 4096):
            pass
    os.set_blocking(writer, True)
    Path("r.json").write_text("before", "utf-8")
    with started("cases", "-j1", "-ojsonl", "-oconcise=r.txt", "-ojson=r.json", stdout=writer) as process:
        os.close(writer)
        limit = time.monotonic() + PATIENCE
        while "pipe" not in Path(f"/proc/{process.pid}/wchan").read_text("ascii") and time.monotonic() < limit:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        told = b""
        while more := os.read(reader, 1 << 16):
            told += more
        os.close(reader)
        assert process.wait(PATIENCE) == 130
    assert b"partial" not in told
    assert Path("r.json").read_text("utf-8") == "before"
    assert sorted(path.name for path in folder.iterdir()) == ["cases", "r.json"]


@pytest.mark.usefixtures("folder")
def test_processes_that_started_are_not_said_not_to() -> None:
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        os.mkfifo(name)
    names = [f"cases/c{number:02}.yaml" for number in range(12, 25)]
    with started("a.yaml", "b.yaml", *names[:6], "c.yaml", *names[6:], "-j2", "-ojson=r.json") as process:
        for name in ("a.yaml", "c.yaml"):  # both processes die at their first cases, and the first that replaces them
            reader, end = held(name)
            os.kill(reader, signal.SIGKILL)
            os.close(end)
        _, other = held("b.yaml")
        again, end = held("a.yaml")
        os.kill(again, signal.SIGKILL)
        os.close(end)
        os.write(other, TEXT.encode())
        os.close(other)
        _, end = held("c.yaml")
        os.write(end, TEXT.encode())
        os.close(end)
        assert process.wait(PATIENCE) == 2
    cases = json.loads(Path("r.json").read_text("utf-8"))["cases"]
    assert [each["case"] for each in cases if each["verdict"] == "invalid"] == ["a.yaml"]
    assert len(cases) == 16


def test_processes_that_do_not_start_are_said_not_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = "os.closerange(3, 99), time.sleep(0.1), os._exit(3)"  # heard no more before it is over
    (folder / "sitecustomize.py").write_text(f"import os, sys, time\nif 'spawn_main' in str(sys.orig_argv): {ends}\n")
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{ENVIRONMENT['PYTHONPATH']}")
    with pytest.raises(EngineError, match="do not start: one ended with status 3; use `--jobs 1`"):
        parts_of(Order((Options(pack=str(PACK), engine="referee"),), (), (), redact=False, day=DAY))


def test_a_failure_of_the_checker_itself_ends_the_run_as_with_one_process(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(TRACEBACK, "1")
    no_format = (("no format", 0, Look()),)
    order = Order((Options(pack=str(PACK), engine="referee"),), no_format, (), redact=False, day=DAY)
    with pytest.raises(EngineError, match="the checker itself failed: KeyError: 'no format'"):
        parts_of(order)
    assert "Traceback" in capfd.readouterr().err


def parts_of(order: Order) -> None:
    """A case judged by other processes."""
    case = CaseSource("c.yaml", TEXT.encode(), "yaml", None)
    for _ in workers.parts(Judge(order, judges=False), iter([(case,), (case,)]), 2):
        pass


# --- a refusal in the midst, and where reports go -----------------------------


@pytest.mark.parametrize("fault", ["pack", "reading"])
def test_a_refusal_in_the_midst_leaves_no_part_that_passes_for_the_whole(
    fault: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(PACK, folder / "spoken")
    shutil.copytree(PACK, folder / "other")
    pack = (PACK / "pack.yaml").read_text("utf-8").replace("pack: spoken", "pack: other")
    old, new = ("title:", "titel:") if fault == "pack" else ("routing", "road")
    (folder / "other" / "pack.yaml").write_text(pack.replace(old, new), "utf-8")
    Path("cases/c13.yaml").write_text(TEXT.replace("agreement: spoken", "agreement: other"), "utf-8")
    told = []
    for jobs in ("1", "2"):
        flags = ["--engine", "referee", "--no-remedies", "--reading", "routing=either", "-j", jobs]
        assert run(["check", "cases", *flags, "-o", "jsonl", "-o", "concise=r.txt", "-o", "json=r.json"]) == 2
        told.append(capsys.readouterr())
    assert told[0] == told[1]
    *cases, last = map(json.loads, told[0].out.splitlines())
    assert [each["case"] for each in cases] == [f"cases/c{number:02}.yaml" for number in range(13)]
    assert (last["partial"], last["cases"]) == (True, 13)
    assert ("titel" if fault == "pack" else "`other` has no reading `routing`") in told[0].err
    assert sorted(path.name for path in folder.iterdir()) == ["cases", "other", "spoken"]


@pytest.mark.usefixtures("folder")
def test_a_wrong_reading_of_a_pack_that_is_named_is_refused_before_any_case(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("bad.yaml").write_text("facts: 7\n", "utf-8")
    assert run(["check", "bad.yaml", "cases", *FLAGS, "--reading", "routing=bith", "-o", "jsonl"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("folder")
def test_no_draft_meets_another() -> None:
    Path(f".r.json.{os.getpid()}.tmp").write_text("left behind", "utf-8")
    long = "月" * 80
    names = ("r.json", f"{'x' * 100}1", f"{'x' * 100}2", long)
    flags = [f"-o{kind}={name}" for kind, name in zip(("json", "concise", "jsonl", "text"), names, strict=True)]
    assert run(["check", "cases/c01.yaml", *FLAGS, *flags]) == 1
    assert all(Path(name).stat().st_size for name in names)


@pytest.mark.usefixtures("folder")
def test_two_reports_do_not_go_to_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("link").symlink_to("r.json")
    for other in ("./r.json", "cases/../r.json", "link"):
        assert run(["check", "cases", *FLAGS, "-ojson=r.json", f"-otext={other}"]) == 2
        assert f"two reports would go to `{other}`" in capsys.readouterr().err
    assert not Path("r.json").exists()


# --- memory, processes, progress ----------------------------------------------


@pytest.mark.usefixtures("folder")
def test_memory_does_not_grow_with_the_cases() -> None:
    code = (
        "import gc, sys; from pathlib import Path; from checker.cli import run; gc.set_threshold(1000);"
        "run(sys.argv[1:]); print(Path('/proc/self/status').read_text('ascii').split('VmHWM:')[1].split()[0])"
    )

    def peak(count: int) -> float:
        command = [sys.executable, "-c", code, "check", lines(count), *FLAGS, "-j1", "-ojson=r.json", "-oconcise=r.txt"]
        done = subprocess.run(command, capture_output=True, check=True, env=ENVIRONMENT)
        return int(done.stdout) / 1024

    few, many = peak(60), peak(700)
    assert len(judged("r.json")) == 700
    assert many - few < 3, (few, many)  # MB; the verdicts alone would be more


@pytest.mark.usefixtures("folder")
def test_a_few_cases_pay_for_no_processes() -> None:
    code = "import sys; from checker.cli import run; run(sys.argv[1:]); print('multiprocessing' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", "cases/c01.yaml", *FLAGS, "-q"],
        capture_output=True,
        check=False,
        env=ENVIRONMENT,
    )
    assert done.stdout.splitlines()[-1] == b"False"


@pytest.mark.parametrize(
    ("jobs", "sources", "expected"), [(1, 10_000, 1), (3, 10_000, 3), (3, 16, 2), (3, 1, 1), (None, 20, 1)]
)
def test_how_many_processes_judge(jobs: int | None, sources: int, expected: int) -> None:
    assert worth_while(jobs, sources) == expected


def test_every_core_judges_where_there_are_enough_cases() -> None:
    cores = len(os.sched_getaffinity(0))
    assert worth_while(0, 10_000) == cores
    assert worth_while(None, 10_000) == min(cores, 8)


@pytest.mark.parametrize(("flags", "is_shown"), [((), True), (("--quiet",), False)])
@pytest.mark.usefixtures("folder")
def test_progress_is_shown_on_a_terminal_while_there_is_work(flags: tuple[str, ...], is_shown: bool) -> None:  # noqa: FBT001
    os.mkfifo("held.yaml")
    ours, theirs = pty.openpty()
    with started("held.yaml", "cases", "-j1", "-ojson=r.json", *flags, stderr=theirs) as process:
        os.close(theirs)
        _, end = held("held.yaml")
        time.sleep(1.1)
        os.write(end, TEXT.encode())
        os.close(end)
        assert process.wait(PATIENCE) == 2
    told = shown(ours)
    assert (re.search(rb"\[#*\.*\] [0-9]+ of 31, [0-9.]+ a second, [0-9:]+ left", told) is not None) == is_shown
    assert told.count(b" of 31, ") < 15  # however many cases there are
    if is_shown:
        assert told.rstrip().endswith(b"\x1b[K") or b"\x1b[Kservanda:" in told


@pytest.mark.usefixtures("folder")
def test_progress_is_not_for_files() -> None:
    os.mkfifo("held.yaml")
    with started("cases/c01.yaml", "held.yaml", "-j1", "-ojson=r.json") as process:
        _, end = held("held.yaml")
        time.sleep(1.1)
        os.write(end, TEXT.encode())
        os.close(end)
        assert process.communicate(timeout=PATIENCE) == (b"", b"")


def test_the_line_is_drawn_no_oftener_than_it_can_be_read() -> None:
    terminal = Terminal()
    progress = Progress(500, quiet=False, environ={}, stream=terminal)
    progress.last = 0  # it has been at work for long
    for _ in range(500):
        progress.clear()
        progress.step()
    assert 1 <= terminal.getvalue().count(" of 500, ") <= 5


class Terminal(StringIO):
    """One that can be looked at."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_the_line_tells_how_far_it_is_how_fast_and_how_long_it_takes() -> None:
    assert bar(250, 1000, 10.0) == f"[{'#' * 6}{'.' * 18}] 250 of 1,000, 25.0 a second, 0:30 left"
    assert bar(1, 10_000, 1.0).endswith("1 of 10,000, 1.0 a second, 2:46:39 left")


# --- what was found before ----------------------------------------------------


def entries(cache: Path) -> list[tuple[bytes, bytes, bytes]]:
    """What is kept: key, checksum and content of each entry."""
    with closing(sqlite3.connect(cache / "verdicts.sqlite")) as base:
        return base.execute("SELECT key, sum, content FROM entry").fetchall()


def change(cache: Path, old: bytes, new: bytes, *, sign: bool) -> None:
    """Put other words into every entry, with or without the checksum that they need."""
    with closing(sqlite3.connect(cache / "verdicts.sqlite")) as base, base:
        for key, before, content in entries(cache):
            after = zlib.compress(zlib.decompress(content).replace(old, new))
            base.execute(
                "REPLACE INTO entry VALUES (?, ?, ?)", (key, sha256(key + after).digest() if sign else before, after)
            )


@pytest.fixture
def cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a test keeps what was found."""
    monkeypatch.setenv("SERVANDA_CACHE", str(folder / "kept"))
    return folder / "kept"


def report(*flags: str) -> str:
    """What a run over the cases says, one line for each finding, then the summary of the JSON report."""
    status = run(["check", "cases", *FLAGS, "-o", "concise=r.txt", "-o", "json=r.json", *flags])
    assert status == 2
    return Path("r.txt").read_text("utf-8") + Path("r.json").read_text("utf-8")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_did_not_change_is_told_as_before_without_being_judged(jobs: str, cache: Path) -> None:
    expected = report()
    assert not (cache / "verdicts.sqlite").exists()  # nothing of a case is kept unasked
    assert report("--cache", "-j", jobs) == expected
    assert len(entries(cache)) == 29  # but for the one that is no case
    assert stat.S_IMODE((cache / "verdicts.sqlite").stat().st_mode) == 0o600
    assert report("--cache", "-j", jobs) == expected
    change(cache, b"no diplomatic notice", b"no pigeon", sign=True)
    assert report("--cache", "-j", jobs).count("gave no pigeon") == 2 * 29
    Path("cases/c05.yaml").write_text(TEXT + "\n# changed\n", "utf-8")
    told = report("--cache", "-j", jobs)
    assert (told.count("gave no pigeon"), told.count("gave no diplomatic notice")) == (2 * 28, 2)
    assert report() != told


@pytest.mark.parametrize(
    "flags", [("--lang", "ru"), ("--show", "all"), ("--fail-on", "never"), ("--as-of", "2044-01-01"), ("--redact",)]
)
def test_what_was_asked_otherwise_is_judged(flags: tuple[str, ...], cache: Path) -> None:
    report("--cache")
    change(cache, b"no diplomatic notice", b"no pigeon", sign=True)
    assert "pigeon" not in report("--cache", *flags)


def test_another_pack_is_another_judge(cache: Path, tmp_path: Path) -> None:
    shutil.copytree(PACK, tmp_path / "spoken")
    run(["check", "cases", *FLAGS, "--pack", "spoken", "--cache", "-o", "concise=r.txt"])
    change(cache, b"no diplomatic notice", b"no pigeon", sign=True)
    for path in (tmp_path / "spoken").glob("*.yaml"):
        path.write_text(path.read_text("utf-8") + "\n# changed\n", "utf-8")
    run(["check", "cases", *FLAGS, "--pack", "spoken", "--cache", "-o", "concise=r.txt"])
    assert "pigeon" not in Path("r.txt").read_text("utf-8")


def test_an_entry_that_was_changed_is_passed_over_and_a_database_that_is_none_made_anew(cache: Path) -> None:
    expected = report("--cache")
    change(cache, b"no diplomatic notice", b"no pigeon", sign=False)
    assert report("--cache") == expected
    change(cache, b'"texts"', b'"tales"', sign=True)
    assert report("--cache") == expected
    (cache / "verdicts.sqlite").write_bytes(b"no database" * 1000)
    assert report("--cache") == expected
    assert report("--cache") == expected
    assert len(entries(cache)) == 29


@pytest.mark.parametrize(
    ("flags", "kept_in", "why"),
    [
        ((), "off", "the cache folder can't be used"),
        (("-o", "html=r.html"), None, "a format or flag of this run needs every verdict"),
        (("--without", "N1"), None, "a format or flag of this run needs every verdict"),
    ],
)
def test_that_nothing_is_kept_is_said(
    flags: tuple[str, ...], kept_in: str | None, why: str, cache: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    if kept_in is not None:
        monkeypatch.setenv("SERVANDA_CACHE", kept_in)
    run(["check", "cases", *FLAGS, "--cache", "-o", "concise=r.txt", *flags])
    assert f"servanda: --cache: {why}, so every case is judged\n" in capsys.readouterr().err
    run(["check", "cases", *FLAGS, "--cache", "-q", "-o", "concise=r.txt", *flags])
    assert "--cache" not in capsys.readouterr().err
    assert not (cache / "verdicts.sqlite").exists()


def test_what_others_can_write_to_is_not_used(cache: Path) -> None:
    report("--cache")
    change(cache, b"no diplomatic notice", b"no pigeon", sign=True)
    (cache / "verdicts.sqlite").chmod(0o666)
    assert "pigeon" not in report("--cache")
    (cache / "verdicts.sqlite").chmod(0o600)
    cache.chmod(0o777)
    assert "pigeon" not in report("--cache")


def test_where_not_all_is_known_that_an_entry_depends_on_nothing_is_kept(
    cache: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "checker").mkdir()
    (folder / "checker" / ".#run.py").symlink_to("nobody@nowhere")  # as an editor does
    monkeypatch.setattr(verdict_cache, "__file__", str(folder / "checker" / "verdict_cache.py"))
    assert run(["check", "cases/c01.yaml", *FLAGS, "--cache", "--quiet"]) == 1
    assert run(["check", "cases/c01.yaml", *FLAGS, "--cache", "--quiet", "--fail-on", "never"]) == 0
    assert not (cache / "verdicts.sqlite").exists()


@pytest.mark.usefixtures("cache")
def test_a_pack_that_changes_during_a_run_judged_nothing(folder: Path) -> None:
    shutil.copytree(PACK, folder / "spoken")
    pack = folder / "spoken" / "pack.yaml"
    text = pack.read_text("utf-8").replace("no diplomatic notice", "no pigeon")
    flags = ["--engine", "referee", "--no-remedies", "--pack", "spoken", "--cache", "-j1", "-o", "concise=r.txt"]
    with meanwhile(lambda: pack.write_text(text, "utf-8")):
        assert run(["check", "held.yaml", "cases/c01.yaml", *flags]) == 1
    assert Path("r.txt").read_text("utf-8").count("no diplomatic notice") == 2
    assert run(["check", "cases/c01.yaml", *flags]) == 1
    assert "no pigeon" in Path("r.txt").read_text("utf-8")


def test_the_older_half_goes_once_where_there_is_no_room(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report("--cache")
    size = (cache / "verdicts.sqlite").stat().st_size
    monkeypatch.setattr(verdict_cache, "MOST_BYTES", 1)
    order = Order((Options(pack=str(PACK)),), (), (), redact=False, day=DAY, cache=True)
    for _ in range(4):  # as many processes open it
        verdict_cache.VerdictCache(order)
    assert len(entries(cache)) == 29
    monkeypatch.setattr(verdict_cache, "MOST_BYTES", size)
    for number in range(3):
        for path in Path("cases").iterdir():
            path.write_text(path.read_text("utf-8") + f"# {number}\n", "utf-8")
        report("--cache")
        assert (cache / "verdicts.sqlite").stat().st_size < 1.3 * size
    assert 10 < len(entries(cache)) < 2 * 29


def _damaged(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE entry (key BLOB PRIMARY KEY, sum BLOB, text TEXT)")


@pytest.mark.parametrize("spoil", [_damaged, _foreign])
def test_a_database_that_is_of_no_use_is_made_anew(spoil: Callable[[Path], None], cache: Path) -> None:
    expected = report("--cache")
    spoil(cache / "verdicts.sqlite")
    for _ in range(2):
        assert report("--cache") == expected
    assert len(entries(cache)) == 29


def test_a_python_without_sqlite_judges(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "checker.verdict_cache")
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    assert "no diplomatic notice" in report("--cache")
    assert not (cache / "verdicts.sqlite").exists()
