"""Engine against referee on random packs and cases, for as long as one likes; the first difference stops it.

`python tests/soak.py --cases 1000000 --seed 1 --jobs 2` begins at seed 1. Seeds are judged in processes of their own,
so that a crash is seen as well. What differs is made smaller as long as it differs, and written to a folder
for temporary files: the pack, the case, and what each of the two says.
"""

from __future__ import annotations

import argparse
import copy
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

from random_packs import Mapped, dumped, legal_pack, made, random_cases, random_draft, read

from checker import engine
from checker.compare import differences
from checker.errors import CaseError, EngineError, PackError
from checker.forward import run
from checker.judging import OpenPack, open_pack
from checker.model import Case
from checker.outcome import Outcome
from checker.referee import judge
from checker.worlds import worlds_of

CHUNK = 200  # seeds judged in one process
PATIENCE = 120  # seconds that making a difference smaller may take


@dataclass(frozen=True)
class Difference:
    """A pack and a case on which the two differ, and how."""

    seed: int
    pack: Mapped
    case: Mapped
    found: tuple[str, ...]

    def __str__(self) -> str:
        """The seed and the first few points in which they differ."""
        return "\n".join((f"seed {self.seed}", *self.found[:6]))


def difference_of_seed(seed: int, how_many: int, folder: Path) -> Difference | None:
    """The first of so many cases of the seed's pack on which engine and referee differ."""
    found = legal_pack(seed, folder)
    if found is None:
        return None
    draft, pack = found
    opened = open_pack(pack, with_engine=True)
    for mapping in random_cases(draft, pack, how_many):
        case, _ = read(mapping, pack)
        if points := _points(opened, case):
            return Difference(seed, draft.pack, mapping, points)
    return None


def _points(opened: OpenPack, case: Case) -> tuple[str, ...]:
    """The points in which the two differ on a case; where neither has an answer, they agree."""
    worlds = worlds_of(opened.pack, opened.dependencies, {}, case).keys
    assert opened.program is not None
    referee = _answer(judge, opened.pack, case, worlds)
    other = _answer(run, opened.program, case, worlds)
    if isinstance(referee, Outcome) and isinstance(other, Outcome):
        found = differences(referee, other)
        return tuple(f"{table} of {key}: referee {one}, engine {two}" for table, key, one, two in found)
    if isinstance(referee, EngineError) and isinstance(other, EngineError):
        return ()
    return tuple(f"{who}: {each!r}"[:300] for who, each in (("referee", referee), ("engine", other)))


def _answer(judged: Callable[..., Outcome], *of: object) -> Outcome | Exception:
    try:
        return judged(*of)
    except Exception as error:  # noqa: BLE001 - whatever it is, only one of them has it
        return error


# --- smaller --------------------------------------------------------------------------


def shrunk(difference: Difference, folder: Path) -> Difference:
    """The same difference on a smaller pack and case: parts are left out one by one as long as the two differ."""
    until = time.monotonic() + PATIENCE
    smallest, before = difference, None
    while smallest is not before:
        before = smallest
        number = 0
        while time.monotonic() < until:
            smaller = _without_part(smallest, number)
            if smaller is None:
                break
            found = _difference_of(*smaller, folder)
            smallest = Difference(difference.seed, *smaller, found) if found else smallest
            number += not found
    return smallest


def _difference_of(pack: Mapped, case: Mapped, folder: Path) -> tuple[str, ...]:
    try:
        opened = open_pack(made(pack, folder), with_engine=True)
        return _points(opened, read(case, opened.pack)[0])
    except (PackError, CaseError):
        return ()


def _without_part(difference: Difference, number: int) -> tuple[Mapped, Mapped] | None:
    """The pack and the case less one member of a mapping or list, the largest parts first; None when all were tried."""
    data: Any = [copy.deepcopy(difference.pack), copy.deepcopy(difference.case)]
    paths = sorted((path for path in _paths(data, ()) if len(path) > 1), key=len)
    if number >= len(paths):
        return None
    *outer, last = paths[number]
    parent = data
    for step in outer:
        parent = parent[step]
    del parent[last]
    return data[0], data[1]


def _paths(data: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in members:
        yield (*path, key)
        yield from _paths(value, (*path, key))


# --- the run --------------------------------------------------------------------------


def main() -> int:
    """Exit status: 0 where nothing differs, 1 where something does, 2 where the engine is not there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=10_000, help="how many cases to judge at least")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; the others follow")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes at once")
    parser.add_argument("--per-pack", type=int, default=5, help="how many cases of each pack")
    parser.add_argument("--chunk", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not engine.available():
        print("durable-rules does not import here; there is nothing to compare", file=sys.stderr)
        return 2
    return _chunk(asked) if asked.chunk else _run(asked)


def _chunk(asked: argparse.Namespace) -> int:
    """Judge the seeds of one process; say on standard output which seed is next and how many cases were judged."""
    with tempfile.TemporaryDirectory(prefix="servanda-soak-") as name:
        for seed in range(asked.seed, asked.seed + asked.chunk):
            _say(seed=seed)
            if difference_of_seed(seed, asked.per_pack, Path(name)) is not None:
                return 1
    _say(done=True)
    return 0


def _say(**told: int) -> None:
    print(json.dumps(told), flush=True)


def _run(asked: argparse.Namespace) -> int:
    seeds = -(-asked.cases // asked.per_pack)
    first, last = asked.seed, asked.seed + seeds
    running: list[tuple[int, subprocess.Popen[str]]] = []
    done = 0
    try:
        while first < last or running:
            while first < last and len(running) < asked.jobs:
                running.append((min(CHUNK, last - first), _started(first, min(CHUNK, last - first), asked.per_pack)))
                first += CHUNK
            size, process = running.pop(0)
            said, _ = process.communicate()
            if process.returncode != 0:
                return _told(json.loads(said.splitlines()[-1])["seed"], asked.per_pack, process.returncode)
            done += size
            _progress(done, seeds, asked.per_pack)
    finally:
        for _, process in running:
            process.kill()
    print(f"{done * asked.per_pack} cases of {done} packs: no difference")
    return 0


def _started(first: int, size: int, per_pack: int) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--chunk", str(size), "--seed", str(first), "--per-pack", str(per_pack)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _progress(done: int, seeds: int, per_pack: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == seeds else ""
        print(f"\r{done * per_pack:,} of {seeds * per_pack:,} cases", end=end, file=sys.stderr)


def _told(seed: int, per_pack: int, status: int) -> int:
    """Write down what happened at a seed: a difference, or how the process ended."""
    folder = Path(tempfile.mkdtemp(prefix="servanda-soak-"))
    if status == 1 and (found := difference_of_seed(seed, per_pack, folder)) is not None:
        _write(folder / "as-found", found.pack, [found.case], str(found))
        found = shrunk(found, folder)
        _write(folder, found.pack, [found.case], "\n".join(found.found))
        print(f"{found}\n{dumped(found.pack)}\n{dumped(found.case)}\n{folder}")
        return 1
    drawn = legal_pack(seed, folder)
    cases = [] if drawn is None else random_cases(*drawn, per_pack)
    _write(folder, random_draft(seed).pack, cases, f"the process ended with {status}")
    print(f"seed {seed}: the process ended with {status}\n{folder}")
    return 1


def _write(folder: Path, pack: Mapped, cases: list[Mapped], told: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "pack.yaml").write_text(dumped(pack), "utf-8")
    (folder / "cases.jsonl").write_text("".join(f"{dumped(case)}\n" for case in cases), "utf-8")
    (folder / "difference.txt").write_text(told, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
