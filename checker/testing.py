"""Tests are cases with `expect:`. Here they are judged, and held against what they expect.

A test that can't fail is a failure: an `expect:` that names no rule, a rule that does
not exist or did not apply, a status that the findings contradict, each is said in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from checker.api import day_of_judging, which_engine
from checker.cache import open_pack_folder
from checker.case import agreement_of, read_case
from checker.collecting import CaseTest, collect
from checker.coverage import PackCoverage, Tally
from checker.errors import CaseError, EngineError, Place, Problem, UsageError, nearest, quoted
from checker.expecting import place_of_expect
from checker.judging import Asked, OpenPack, judge_in_full, open_pack
from checker.load import Document
from checker.model import Case
from checker.options import DEFAULT_PACK
from checker.outcome import Outcome
from checker.retirement import retired_as
from checker.shelf import find_pack
from checker.verdict import Verdict

FAILING = frozenset({"violated", "contested", "undetermined", "pending"})
SPECIAL = ("verdict", "unjudged", "not-in-force")
TODO = "TODO"  # what a draft expects, until somebody who knows the text has said it


class Wanted(NamedTuple):
    """What is wanted of a run besides passing and failing: on which sides of day limits tests come; the tests kept."""

    limits: bool = False
    kept: bool = False


_NO_MORE = Wanted()


class Failure(NamedTuple):
    """One thing in one test that came out otherwise than expected."""

    place: Place
    case: str
    message: str
    title: str = ""


class Ran(NamedTuple):
    """One test that was run: what came out otherwise than expected, or why it can't be read."""

    test: CaseTest
    failures: tuple[Failure, ...]
    problems: tuple[Problem, ...]
    seconds: float


class TestResults(NamedTuple):
    """How many tests passed, what failed, what could not be read at all, and by pack what the passing ones saw."""

    passed: int
    failures: tuple[Failure, ...]
    problems: tuple[Problem, ...]
    coverage: tuple[PackCoverage, ...] = ()
    ran: tuple[Ran, ...] = ()
    kept: tuple[Judged, ...] = ()


class Told(NamedTuple):
    """What a test sees of a finding; `about`: its subject, as `rule@subject` names it."""

    rule: str
    action: str | None
    status: str
    about: str = ""


class Judged(NamedTuple):
    """A test that could be judged, and what came out otherwise than expected."""

    test: CaseTest
    opened: OpenPack
    case: Case
    verdict: Verdict
    outcome: Outcome
    problems: tuple[Problem, ...]


def run_tests(
    paths: tuple[str, ...],
    *,
    engine: str | None = None,
    words: tuple[str, ...] = (),
    wanted: Wanted = _NO_MORE,
    pack: str | None = None,
) -> TestResults:
    """Run the tests in files, folders and packs, or those of them that a word names (`collect`).

    `pack` judges those outside of packs that are of its agreement or name none.
    """
    run = _Run(Packs(which_engine(engine), pack), wanted)
    ran = tuple(map(run.ran, collect(paths, words)))
    problems = [problem for each in ran for problem in each.problems]
    if not ran:
        problems.append(Problem(None, nothing_found(words)))
    return TestResults(
        sum(not (each.failures or each.problems) for each in ran),
        tuple(failure for each in ran for failure in each.failures),
        tuple(problems),
        tuple(tally.coverage() for tally in run.tallies.values()),
        ran,
        tuple(run.kept),
    )


def nothing_found(words: tuple[str, ...]) -> str:
    """Why there is no test, in words."""
    if words:
        return f"no test is named by {', '.join(map(quoted, words))}: not by its file, its title or a rule it expects"
    return "no test was found: a test is a case with `expect:`"


class Packs:
    """The packs of the tests, each opened once."""

    def __init__(self, engine: str, pack: str | None = None) -> None:
        """Judge with this engine; by this pack what is of its agreement, or names none."""
        self.engine, self.pack = engine, pack
        self._opened: dict[Path, OpenPack] = {}

    def of(self, test: CaseTest, document: Document) -> OpenPack:
        """The pack that judges a test: the one whose test it is, else the one asked for, else the one it names."""
        named = agreement_of(document)
        if test.pack is None and self.pack is not None:
            opened = self._open(self.pack)
            if named in (None, opened.pack.id):
                return opened
        return self._open(test.pack or named or DEFAULT_PACK)

    def _open(self, name: str) -> OpenPack:
        folder = find_pack(name).resolve()
        if folder not in self._opened:
            self._opened[folder] = open_pack(open_pack_folder(folder), with_engine=self.engine != "referee")
        return self._opened[folder]


def judged(test: CaseTest, packs: Packs) -> Judged | tuple[Problem, ...]:
    """The test, judged by its pack; or why there is nothing to judge, or no answer."""
    if not isinstance(test.loaded, Document):
        return test.loaded
    place = place_of_expect(test.loaded)
    try:
        opened = packs.of(test, test.loaded)
        case = read_case(test.loaded, opened.pack, test.name, None, day_of_judging())
        if case.expect is None:
            return (Problem(place, "a test says what it expects: `expect: {family.rule: status}`"),)
        if TODO in case.expect.values():
            return (Problem(place, f"this is a draft: write what the text demands in the place of `{TODO}`"),)
        verdict, outcome = judge_in_full(
            opened, case, test.loaded, Asked(packs.engine, dict(case.under), questions=False)
        )
    except CaseError as error:
        return error.problems
    except (EngineError, UsageError) as error:
        return (Problem(place, str(error)),)
    undated = () if case.as_of_stated else (Problem(place, "a test states its day of judging: `as-of:`"),)
    return Judged(test, opened, case, verdict, outcome, (*undated, *differences(opened, case.expect, verdict, place)))


class _Run:
    """Tests, run one after another."""

    def __init__(self, packs: Packs, wanted: Wanted) -> None:
        self.packs, self.wanted = packs, wanted
        self.tallies: dict[Path, Tally] = {}
        self.kept: list[Judged] = []

    def ran(self, test: CaseTest) -> Ran:
        """The test, judged; what one that passes saw is counted."""
        if not isinstance(test.loaded, Document):
            return Ran(test, (), test.loaded, 0)
        start = perf_counter()
        found = judged(test, self.packs)
        problems = found.problems if isinstance(found, Judged) else found
        if isinstance(found, Judged):
            self._count(found)
        return Ran(test, failures_of(test, problems), (), perf_counter() - start)

    def _count(self, test: Judged) -> None:
        folder = Path(test.opened.pack.folder)
        if folder not in self.tallies:
            self.tallies[folder] = Tally(test.opened.pack, limits=self.wanted.limits)
        if not test.problems:
            self.tallies[folder].add(test.case, test.verdict, test.outcome)
            if self.wanted.kept:
                self.kept.append(test)


def failures_of(test: CaseTest, problems: Iterable[Problem]) -> tuple[Failure, ...]:
    """The problems of a test, with its name."""
    return tuple(Failure(each.place or test.place, test.name, each.message, test.title) for each in problems)


def differences(opened: OpenPack, expect: Mapping[str, str], verdict: Verdict, place: Place) -> Iterator[Problem]:
    """What was expected and did not come, and what came and was not expected."""
    if not expect:
        yield Problem(place, "the test expects nothing, so it can't fail")
    for name, status in expect.items():
        rule = name.partition("@")[0]
        if name in SPECIAL:
            got = _special(name, verdict)
            if got != status:
                yield Problem(place, f"expected {name}: {status or 'none'}, got {got or 'none'}")
        elif rule not in opened.pack.rules:
            gone = retired_as(rule, opened.pack.retired)
            unknown = f"no rule `{rule}` in `{opened.pack.id}`{nearest(rule, opened.pack.rules)}"
            yield Problem(place, f"{gone}; expect nothing of it" if gone else unknown)
    known = {name: status for name, status in expect.items() if name.partition("@")[0] in opened.pack.rules}
    yield from (Problem(place, message) for message in unmet(known, told_by(verdict)))


def told_by(verdict: Verdict) -> tuple[Told, ...]:
    """What a test sees of the findings."""
    return tuple(Told(each.rule, each.action, each.status, each.about) for each in verdict.findings)


def unmet(expect: Mapping[str, str], told: tuple[Told, ...]) -> Iterator[str]:
    """What is expected of rules and is not so, and findings that fail and are not expected."""
    seen: list[Told] = []
    for name, status in expect.items():
        rule, _, subject = name.partition("@")
        findings = _findings_of(rule, subject, told)
        seen.extend(findings)
        if status in FAILING:  # the elements of a block say why its own rule fails
            seen.extend(each for each in told if each.rule.startswith(f"{rule}/") and _is_about(subject, each))
        got = " and ".join(sorted({each.status for each in findings})) or "silent"
        if got != status:
            yield f"expected {name}: {status}, got {got}"
    for finding in told:
        if finding.status in FAILING and finding not in seen:
            who = finding.action or finding.about
            yield f"not expected: {finding.rule}{'@' if who else ''}{who}: {finding.status}"


def _findings_of(rule: str, subject: str, told: Iterable[Told]) -> list[Told]:
    """The findings of a rule; of a block whose own rule says nothing, those of its elements."""
    about = [each for each in told if _is_about(subject, each)]
    return [each for each in about if each.rule == rule] or [each for each in about if each.rule.startswith(f"{rule}/")]


def _is_about(subject: str, each: Told) -> bool:
    return subject in ("", each.action, each.about)


def _special(name: str, verdict: Verdict) -> str:
    if name == "verdict":
        return verdict.status
    actions = verdict.unjudged if name == "unjudged" else verdict.not_in_force
    return ", ".join(sorted(action.id for action in actions))
