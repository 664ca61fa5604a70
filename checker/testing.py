"""Tests are cases with `expect:`. Here they are found, judged, and held against what they expect.

A test that can't fail is a failure: an `expect:` that names no rule, a rule that does
not exist, or a status that the findings contradict, each is said in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from checker.api import day_of_judging, which_engine
from checker.cache import open_pack_folder
from checker.case import agreement_of, place_of_expect, read_case
from checker.coverage import PackCoverage, Tally
from checker.errors import CaseError, EngineError, Place, Problem, UsageError, nearest
from checker.judging import Asked, OpenPack, judge_in_full, open_pack
from checker.load import Document, load_file_each
from checker.options import DEFAULT_PACK
from checker.shelf import find_pack, packs_folder, shipped
from checker.verdict import Finding, Verdict

FAILING = frozenset({"violated", "contested", "undetermined", "pending"})
SPECIAL = ("verdict", "unjudged", "not-in-force")
_ENDINGS = frozenset({".yaml", ".yml", ".json", ".jsonl"})


class Failure(NamedTuple):
    """One thing in one test that came out otherwise than expected."""

    place: Place
    case: str
    message: str


class TestResults(NamedTuple):
    """How many tests passed, what failed, what could not be read at all, and by pack what the passing ones saw."""

    passed: int
    failures: tuple[Failure, ...]
    problems: tuple[Problem, ...]
    coverage: tuple[PackCoverage, ...] = ()


def run_tests(paths: tuple[str, ...], *, engine: str | None = None) -> TestResults:
    """Run the tests in files, folders and packs; with no path those of every shipped pack and of `examples/`."""
    runner = _Runner(which_engine(engine))
    for path in paths or _usual():
        runner.run(path)
    if not runner.tests and not runner.problems:
        runner.problems.append(Problem(None, "no test was found: a test is a case with `expect:`"))
    coverage = tuple(tally.coverage() for tally in runner.tallies.values())
    return TestResults(runner.tests - len(runner.failed), tuple(runner.failures), tuple(runner.problems), coverage)


def _usual() -> tuple[str, ...]:
    examples = packs_folder().parent / "examples"
    here = (str(examples),) if examples.is_dir() else ()
    return (*shipped(), *here)


class _Runner:
    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.tests = 0
        self.failed: set[str] = set()
        self.failures: list[Failure] = []
        self.problems: list[Problem] = []
        self.packs: dict[Path, OpenPack] = {}
        self.tallies: dict[Path, Tally] = {}

    def run(self, path: str) -> None:
        """Run the tests of one file, folder or pack."""
        where = Path(path)
        if not where.exists() or (where / "pack.yaml").is_file():
            where = find_pack(path)
        pack = str(where) if (where / "pack.yaml").is_file() else None
        if pack is not None:
            where = where / "tests"
        elif (where.parent / "pack.yaml").is_file():
            pack = str(where.parent)
        elif (where.parent.parent / "pack.yaml").is_file():
            pack = str(where.parent.parent)
        files = sorted(each for each in where.rglob("*") if each.suffix in _ENDINGS) if where.is_dir() else [where]
        for file in files:
            documents = load_file_each(file)
            for number, loaded in enumerate(documents, 1):
                self.tests += 1
                name = f"{file}#{number}" if len(documents) > 1 else str(file)
                if isinstance(loaded, Document):
                    self._keep(name, self._test(loaded, pack, name), Place(str(file)))
                else:
                    self.failed.add(name)
                    self.problems.extend(loaded)

    def _keep(self, case: str, problems: Iterable[Problem], place: Place) -> None:
        for problem in problems:
            self.failed.add(case)
            self.failures.append(Failure(problem.place or place, case, problem.message))

    def _test(self, loaded: Document, pack: str | None, name: str) -> Iterator[Problem]:
        place = place_of_expect(loaded)
        try:
            folder = find_pack(pack or agreement_of(loaded) or DEFAULT_PACK).resolve()
            opened = self._opened(folder)
            case = read_case(loaded, opened.pack, name, None, day_of_judging())
            if case.expect is None:
                yield Problem(place, "a test says what it expects: `expect: {family.rule: status}`")
                return
            if not case.as_of_stated:
                yield Problem(place, "a test states its day of judging: `as-of:`")
            verdict, outcome = judge_in_full(opened, case, loaded, Asked(self.engine, {}, questions=False))
            differences = list(_differences(opened, case.expect, verdict, place))
            if case.as_of_stated and not differences:
                self.tallies[folder].add(case, verdict, outcome)
            yield from differences
        except CaseError as error:
            yield from error.problems
        except (EngineError, UsageError) as error:
            yield Problem(place, str(error))

    def _opened(self, folder: Path) -> OpenPack:
        if folder not in self.packs:
            pack = open_pack_folder(folder)
            self.packs[folder] = open_pack(pack, with_engine=self.engine != "referee")
            self.tallies[folder] = Tally(pack)
        return self.packs[folder]


def _differences(opened: OpenPack, expect: Mapping[str, str], verdict: Verdict, place: Place) -> Iterator[Problem]:
    """What was expected and did not come, and what came and was not expected."""
    if not expect:
        yield Problem(place, "the test expects nothing, so it can't fail")
    seen: list[Finding] = []
    for name, status in expect.items():
        if name in SPECIAL:
            got = _special(name, verdict)
            if got != status:
                yield Problem(place, f"expected {name}: {status or 'none'}, got {got or 'none'}")
            continue
        rule, _, subject = name.partition("@")
        if rule not in opened.pack.rules:
            yield Problem(place, f"no rule `{rule}` in `{opened.pack.id}`{nearest(rule, opened.pack.rules)}")
            continue
        findings = _findings_of(rule, subject, verdict)
        seen.extend(findings)
        if status in FAILING:  # the elements of a block say why its own rule fails
            seen.extend(each for each in verdict.findings if each.rule.startswith(f"{rule}/"))
        told = " and ".join(sorted({each.status for each in findings})) or "silent"
        if told != status:
            yield Problem(place, f"expected {name}: {status}, got {told}")
    for finding in verdict.findings:
        if finding.status in FAILING and finding not in seen:
            who = f"@{finding.action}" if finding.action else ""
            yield Problem(place, f"not expected: {finding.rule}{who}: {finding.status}")


def _findings_of(rule: str, subject: str, verdict: Verdict) -> list[Finding]:
    """The findings of a rule; of a block whose own rule says nothing, those of its elements."""
    about = [each for each in verdict.findings if subject in ("", each.action or "")]
    return [each for each in about if each.rule == rule] or [each for each in about if each.rule.startswith(f"{rule}/")]


def _special(name: str, verdict: Verdict) -> str:
    if name == "verdict":
        return verdict.status
    actions = verdict.unjudged if name == "unjudged" else verdict.not_in_force
    return ", ".join(sorted(action.id for action in actions))
