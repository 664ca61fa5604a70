"""Prints how fast the checker is, as ratios against a baseline measured in the same run. No test reads it.

    python tests/bench.py            everything (some minutes)
    python tests/bench.py start warm families growth lint html memory
    python tests/bench.py batches --yaml 10000 --jsonl 100000

Times are the least of several runs: what the work costs, not what else the machine was doing.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GOOD = ROOT / "examples" / "timely-notice.yaml"
BAD = ROOT / "examples" / "late-notice.yaml"
EVERYDAY = [  # proposals that need no look at the end of the agreement, which most do not
    ROOT / "examples" / f"{name}.yaml"
    for name in ("partner-both-agreements", "background-ip-leak", "customs-duty", "data-request", "military-payload")
]
MINIMAL = """
import typer
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
def show(value: bool):
    if value:
        print("minimal 1"); raise typer.Exit
@app.callback()
def main(version: bool = typer.Option(False, "--version", callback=show, is_eager=True)): pass
@app.command()
def hello(): pass
app()
"""
BARE = "import typer, yaml, durable_rules_engine"


def main() -> None:
    """Run the parts asked for."""
    parts = {
        "start": start,
        "warm": warm,
        "families": families,
        "growth": growth,
        "lint": lint,
        "html": html,
        "memory": memory,
        "batches": batches,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=", ".join(parts))
    parser.add_argument("--yaml", type=int, default=SIZES["yaml"], help="files of the batch of YAML cases")
    parser.add_argument("--jsonl", type=int, default=SIZES["jsonl"], help="lines of the batch of JSON lines")
    asked = parser.parse_args()
    SIZES.update(yaml=asked.yaml, jsonl=asked.jsonl)
    for name in asked.parts or parts:
        print(f"# {name}")
        for line in parts[name]():
            print(line, flush=True)


def start() -> Iterator[str]:
    """Whole processes, in CPU seconds of the child: the start, and one cold check."""
    script = Path(tempfile.mkdtemp()) / "minimal.py"
    script.write_text(MINIMAL, encoding="utf-8")
    servanda = [sys.executable, "-m", "checker"]
    minimal = _process([sys.executable, str(script), "--version"])
    bare = _process([sys.executable, "-c", BARE])
    yield _ratio("servanda --version", _process([*servanda, "--version"]), "a minimal typer app", minimal, 1.3)
    yield _ratio("servanda check, a good case", _process([*servanda, "check", str(GOOD)]), "bare imports", bare, 2)
    yield _ratio("servanda check, a bad case", _process([*servanda, "check", str(BAD)]), "bare imports", bare, 3.5)


def warm() -> Iterator[str]:
    """One case again and again in one process: everything, and its parts."""
    from checker import check, engine, load_pack
    from checker.api import judge
    from checker.forward import run
    from checker.options import Options
    from checker.referee import judge as referee
    from checker.report import FORMATS
    from checker.sources import CaseSource
    from checker.terminal import Look
    from checker.worlds import worlds_of

    opened = load_pack("isls")
    for path in (GOOD, BAD):
        case = _case(path, opened)
        worlds = worlds_of(opened.pack, opened.dependencies, {}, case).keys
        with engine.recording() as calls:
            run(opened.program, case, worlds)
        sessions = _least(lambda calls=calls: engine.replay(calls))
        whole = _least(lambda path=path: check(path, opened, remedies=False))
        judged = _least(lambda case=case: _judge(opened, case, path))
        yield _ratio(f"check() of {path.name}, judged", judged, "its engine sessions replayed bare", sessions, 3)
        yield _ratio(f"check() of {path.name}, read and judged", whole, "its engine sessions", sessions)
        yield _ratio(
            "  the engine's side alone", _least(lambda: run(opened.program, case, worlds)), "its sessions", sessions
        )
        yield _ratio("  the referee alone", _least(lambda: referee(opened.pack, case, worlds)), "sessions", sessions)
        results = judge([CaseSource(str(path), path.read_bytes(), "yaml", None)], Options())
        for name in ("text", "json"):
            yield _ratio(f"  rendering {name}", _least(lambda: FORMATS[name](results, Look())), "sessions", sessions)


def growth() -> Iterator[str]:
    """How a check grows with the number of rules and of facts."""
    from checker import load_pack
    from checker.forward import run
    from checker.referee import judge as referee
    from checker.worlds import worlds_of

    text = BAD.read_text(encoding="utf-8")
    base: dict[str, float] = {}
    for times in (1, 10, 100):
        opened = load_pack(_many_rules(times))
        case = _case(BAD, opened)
        worlds = worlds_of(opened.pack, opened.dependencies, {}, case).keys
        took = {
            "engine": _least(lambda: run(opened.program, case, worlds), 5),
            "referee": _least(lambda: referee(opened.pack, case, worlds), 5),
        }
        base = base or took
        for name, seconds in took.items():
            yield _ratio(f"{name} with {times} × the rules ({len(opened.pack.rules)})", seconds, "1 ×", base[name])
    opened = load_pack("isls")
    base = {}
    for facts in (1, 100, 1000):
        more = "".join(
            f"  - notice: {{id: M{n}, from: china, to-end: 9, form: oral, channel: public, received: 2030-01-01}}\n"
            for n in range(facts - 1)
        )
        path = Path(tempfile.mkdtemp()) / "many.yaml"
        path.write_text(text.replace("facts:\n", f"facts:\n{more}", 1), encoding="utf-8")
        case = _case(path, opened)
        worlds = worlds_of(opened.pack, opened.dependencies, {}, case).keys
        took = {
            "engine": _least(lambda: run(opened.program, case, worlds), 5),
            "referee": _least(lambda: referee(opened.pack, case, worlds), 5),
        }
        base = base or took
        for name, seconds in took.items():
            yield _ratio(f"{name} with {facts} more facts", seconds, "1", base[name])


FAMILIES = ("term", "notice", "ip", "partner")  # the heart of the pack, and what it was first


def families() -> Iterator[str]:
    """The largest example with the whole pack, against the same with the first four families of rules."""
    from checker import check, load_pack
    from checker.judging import open_pack

    opened = load_pack("isls")
    few = open_pack(_of_families(opened.pack), with_engine=True)
    for path in sorted((ROOT / "examples").glob("*.yaml"), key=lambda path: path.stat().st_size)[-3:]:
        whole = _least(lambda path=path: check(path, opened, remedies=False), 10)
        heart = _least(lambda path=path: check(path, few, remedies=False), 10)
        rules = f"{len(opened.pack.rules)} rules against {len(few.pack.rules)}"
        yield _ratio(f"check() of {path.name}, {rules}", whole, "four families", heart, 3)


def _of_families(pack: Any) -> Any:
    """The pack with the rules of the four families, and those that make what these read."""
    from dataclasses import replace

    from checker.reads import patterns_of

    kept = {name: rule for name, rule in pack.rules.items() if name.partition(".")[0] in FAMILIES}
    while True:
        read = {pattern.type for rule in kept.values() for pattern in patterns_of(rule)}
        more = {
            name: rule
            for name, rule in pack.rules.items()
            if name not in kept and any(head.type in read for head in rule.heads)
        }
        if not more:
            return replace(pack, rules=dict(sorted(kept.items())))
        kept |= more


def lint() -> Iterator[str]:
    """The linter over the whole pack, without a solver and with it, in CPU seconds of the child."""
    from checker.lint.registry import CHECKS

    servanda = [sys.executable, "-m", "checker"]
    cold = _process([*servanda, "check", str(GOOD)])
    solved = ",".join(check.id for check in CHECKS.values() if check.needs == "solver")
    took = _process([*servanda, "lint", "isls", "--ignore", solved])
    yield _ratio("servanda lint isls, without solver", took, "servanda check, a good case", cold, 3)
    yield _ratio("servanda lint isls", _process([*servanda, "lint", "isls"], 1), "servanda check, a good case", cold)


def html(findings: int = 1000) -> Iterator[str]:
    """The page of so many findings: its size, how long it takes to make, and when a browser first paints it."""
    from checker.api import judge
    from checker.options import Options
    from checker.report import FORMATS
    from checker.sources import CaseSource
    from checker.terminal import Look

    name = str(BAD.relative_to(ROOT))
    results = judge([CaseSource(name, BAD.read_bytes(), "yaml", None)], Options(timeline=True))
    verdict = results.verdicts[0]
    one = next(each for each in verdict.findings if each.remedies)
    many = tuple(_renamed(one, one.action, f"T{number}")._replace(subject=(number,)) for number in range(findings))
    run = results._replace(verdicts=(verdict._replace(findings=many),))
    page = FORMATS["html"](run, Look())
    yield f"{len(page.encode()) / 1e6:9.2f} MB: {findings:,} findings (aim: less than 3 MB)"
    made = [_least(lambda name=name: FORMATS[name](run, Look()), 3) for name in ("html", "text")]
    yield _ratio(f"rendering {findings:,} findings as html", made[0], "as text", made[1])
    painted = _painted(page, f"<!DOCTYPE html>\n<title>static</title>\n<p>{'word ' * (len(page) // 5)}")
    if painted:
        yield _ratio("its first paint", painted[0], "that of a static page as large", painted[1])


def _renamed(value: Any, before: str, after: str) -> Any:
    """A finding about another action: all the same, but for the name."""
    if isinstance(value, str):
        return re.sub(rf"\b{before}\b", after, value)
    if isinstance(value, tuple):
        parts = [_renamed(each, before, after) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def _painted(*pages: str) -> list[float]:
    """Seconds to the first paint of each page, the least of five; [] without a browser to look."""
    import shutil
    from importlib.util import find_spec

    chromium = shutil.which("chromium")
    if chromium is None or find_spec("playwright") is None:
        return []
    from playwright.sync_api import sync_playwright

    path = Path(tempfile.mkdtemp()) / "page.html"
    seen = "list => done(list.getEntries()[0].startTime)"
    paint = f"new Promise(done => new PerformanceObserver({seen}).observe({{type: 'paint', buffered: true}}))"
    least = []
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for page in pages:
            path.write_text(page, encoding="utf-8")
            times = []
            for _ in range(5):
                tab = opened.new_page()
                tab.goto(path.as_uri())
                times.append(tab.evaluate(paint) / 1e3)
                tab.close()
            least.append(min(times))
        opened.close()
    return least


def memory(checks: int = 100_000) -> Iterator[str]:
    """The process's memory over many checks of good and bad cases, after the first thousand."""
    from checker import load_pack

    opened = load_pack("isls")
    cases = [(_case(path, opened), path) for path in (GOOD, BAD)]
    first = 0.0
    for number in range(checks):
        case, path = cases[number % 2]
        _judge(opened, case, path)
        if number == 1000:
            gc.collect()
            first = _resident()
        if number in (checks // 2, checks - 1):
            gc.collect()
            yield f"{number + 1:>7,} checks: {_resident() - first:+.1f} MB against {first:.1f} MB after 1,000 (aim ±5)"


SIZES = {"yaml": 10_000, "jsonl": 100_000}  # cases of the batches
CHECKED = """
import resource, sys, time
from checker.cli import run
begin = time.perf_counter()
run(sys.argv[1:])
took = time.perf_counter() - begin
own, others = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
peak = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024
used = sum((own.ru_utime, own.ru_stime, others.ru_utime, others.ru_stime))
print(took, used, peak, others.ru_maxrss / 1024)
"""


def batches() -> Iterator[str]:
    """Many cases in one run, against the same cases loaded, and loaded and checked, in a loop in a warm process.

    What starting costs is measured with one case and left out. The aim is for CPU time, with one process.
    """
    for kind, count in SIZES.items():
        where, files = _many_cases(kind, count)
        loaded, checked = _loops(kind, files)
        told = f"loading takes {loaded * 1e3:.3f} ms each, load and check() {checked * 1e3:.3f} ms"
        yield f"{kind}: {count:,} cases; {told}"
        one = _many_cases(kind, 1)[0]
        start = _batch(one, 1)[1]
        for jobs in (1, 2):
            wall, used, peak, worst = _batch(where, jobs)
            each = (used - start * jobs) / count
            aim = " (aim: at most 1.2 ×)" if jobs == 1 else ""
            yield (
                f"  {jobs} jobs: {count / wall / jobs:7.1f} cases a second and core, {each / checked:5.2f} × load and "
                f"check(){aim}; peak {peak:.0f} MB{f', {worst:.0f} MB in a process that judges' if jobs > 1 else ''}"
            )


def _many_cases(kind: str, count: int) -> tuple[str, list[Path]]:
    """So many everyday cases, good and bad ones by turns: what names them, and the files."""
    import json

    from checker.errors import CaseError
    from checker.load import load_file, plain

    folder = Path(tempfile.mkdtemp())
    texts = [path.read_text("utf-8") for path in EVERYDAY]
    if kind == "jsonl":
        lines = [json.dumps(plain(load_file(path, error=CaseError)[0].root)) for path in EVERYDAY]
        file = folder / "cases.jsonl"
        with file.open("w", encoding="utf-8") as into:
            into.writelines(f"{lines[number % len(lines)]}\n" for number in range(count))
        return str(file), [file]
    files = [folder / f"{number:06}.yaml" for number in range(count)]
    for number, file in enumerate(files):
        file.write_text(texts[number % len(texts)], "utf-8")
    return str(folder), files


def _loops(kind: str, files: list[Path], most: int = 100) -> tuple[float, float]:
    """CPU seconds for a case to be loaded, and to be loaded and checked, by a bare loop over some of them."""
    from itertools import islice

    from checker import check, load_pack
    from checker.errors import CaseError
    from checker.load import load

    opened = load_pack("isls")
    if kind == "jsonl":
        with files[0].open("rb") as file:
            some = [line.decode() for line in islice(file, most)]
    else:
        some = [file.read_text("utf-8") for file in files[:most]]
    check(some[0], opened, remedies=False)
    times = [time.process_time()]
    for each in some:
        load(each, "case", error=CaseError, format="json" if kind == "jsonl" else "yaml")
    times.append(time.process_time())
    for each in some:
        check(each, opened, remedies=False)
    times.append(time.process_time())
    return (times[1] - times[0]) / len(some), (times[2] - times[1]) / len(some)


def _batch(where: str, jobs: int) -> list[float]:
    """A run as a user has it: seconds, CPU seconds of all its processes, MB of the first and of the largest other."""
    out = Path(tempfile.mkdtemp()) / "report.jsonl"
    command = ["check", where, "--jobs", str(jobs), "--no-remedies", "-o", f"jsonl={out}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", CHECKED, *command], check=True, capture_output=True, env=environment)
    return [float(each) for each in done.stdout.split()]


def _judge(opened: object, case: object, path: Path) -> object:
    from checker.judging import Asked, judge_case

    return judge_case(opened, case, _document(path), Asked("both", {}))


_DOCUMENTS: dict[Path, object] = {}


def _document(path: Path) -> object:
    from checker.errors import CaseError
    from checker.load import load_file

    if path not in _DOCUMENTS:
        _DOCUMENTS[path] = load_file(path, error=CaseError)[0]
    return _DOCUMENTS[path]


def _case(path: Path, opened: object) -> object:
    from checker.case import read_case
    from checker.dates import today

    return read_case(_document(path), opened.pack, str(path), None, today())


def _many_rules(times: int) -> str:
    """The pack `isls` with its judged and defining rules copied so many times under other ids."""
    import shutil

    folder = Path(tempfile.mkdtemp()) / "isls"
    shutil.copytree(ROOT / "rules" / "isls", folder)
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if "\nrules:\n" not in text and not text.startswith("rules:\n"):
            continue
        head, rules = re.split(r"(?m)^rules:\n", text, maxsplit=1)
        copies = [re.sub(r"(?m)^(\s*- id: [a-z]+)\.", rf"\1-{n}.", rules) for n in range(1, times)]
        path.write_text(head + "rules:\n" + rules + "\n".join(copies), encoding="utf-8")
    return str(folder)


def _process(command: list[str], runs: int = 9) -> float:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed checker has its byte code beside it
    best = float("inf")
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=False, capture_output=True, env=environment, cwd=ROOT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


def _least(work: Callable[[], object], seconds_or_runs: int = 60) -> float:
    work()
    best = float("inf")
    for _ in range(seconds_or_runs):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 1e6


def _ratio(what: str, took: float, against: str, base: float, aim: float | None = None) -> str:
    told = f" (aim: at most {aim} ×)" if aim else ""
    return f"{took * 1e3:9.3f} ms  {took / base:6.2f} × {against} ({base * 1e3:.3f} ms): {what}{told}"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
