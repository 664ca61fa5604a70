"""The mutants of packs and what became of them, for reports: how many some test saw, and which none did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from checker.errors import Place, Problem, UsageError, nearest, quoted
from checker.judging import names
from checker.mutation.equivalents import Equivalent, idle, read_equivalents
from checker.mutation.mutants import Mutant, mutants_of
from checker.mutation.trials import Bench, Tried, tasks_of, tried
from checker.testing import Failure, nothing_found


class Survivor(NamedTuple):
    """A mutant that no test sees; `reason` where an entry says why none can."""

    rule: str
    change: str
    place: Place
    reason: str | None


class PackMutation(NamedTuple):
    """The mutants of a pack's rules, by rule how many, and which survived."""

    pack: str
    mutants: Mapping[str, int]
    survivors: tuple[Survivor, ...]

    @property
    def tried(self) -> int:
        """How many mutants there are."""
        return sum(self.mutants.values())

    @property
    def seen(self) -> int:
        """How many of them some test saw."""
        return self.tried - len(self.survivors)

    @property
    def equivalent(self) -> int:
        """How many survived that no test could see."""
        return sum(each.reason is not None for each in self.survivors)

    @property
    def percent(self) -> int:
        """The mutation score: of the mutants that a test could see, those that one did; rounded down."""
        visible = self.tried - self.equivalent
        return 100 * self.seen // visible if visible else 100


class MutationResults(NamedTuple):
    """What became of the mutants, by pack; tests that fail as they are; what can't be read; entries that are idle."""

    packs: tuple[PackMutation, ...]
    failures: tuple[Failure, ...] = ()
    problems: tuple[Problem, ...] = ()
    idle: tuple[Problem, ...] = ()


class Selection(NamedTuple):
    """Which tests (paths, words and pack, as `run_tests` takes them) are tried on the mutants of which rules."""

    paths: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    pack: str | None = None


def mutate(selection: Selection, jobs: int = 1, progress: Callable[[int, int], None] | None = None) -> MutationResults:
    """Try the tests on every mutant of the rules; `progress` hears how many of how many are done."""
    bench = Bench(selection.paths, selection.words, selection.pack)
    if not bench.opened:
        raise UsageError(nothing_found(selection.words))
    rules = _selected(bench, selection.rules)
    mutants = {
        folder: {name: mutants_of(opened.pack, opened.pack.rules[name]) for name in rules[folder]}
        for folder, opened in bench.opened.items()
    }
    tasks = [task for folder, by_rule in mutants.items() for task in tasks_of(folder, by_rule)]
    total, done = sum(task.stop - task.start for task in tasks), 0
    found: list[Tried] = []
    for each in tried(bench, (selection.paths, selection.words, selection.pack), tasks, jobs):
        found.append(each)
        done += len(each.seen_by)
        if progress is not None:
            progress(done, total)
    packs, useless = [], list[Problem]()
    for folder, by_rule in mutants.items():
        excused = read_equivalents(Path(folder))
        mine = [each for each in found if each.task.folder == folder]
        packs.append(_pack(bench.opened[folder].pack.id, by_rule, mine, excused))
        useless += _idle(excused, by_rule, packs[-1], bench.opened[folder].pack.rules)
    failures = dict.fromkeys(failure for each in found for failure in each.failures)
    return MutationResults(tuple(packs), tuple(sorted(failures)), tuple(bench.problems), tuple(useless))


def _selected(bench: Bench, globs: tuple[str, ...]) -> dict[str, list[str]]:
    """By folder the rules that a glob names; a block's id names its elements too."""
    known = {name for opened in bench.opened.values() for name in opened.pack.rules}
    for glob in globs:
        if not any(names(glob, rule) for rule in known):
            message = f"--select: no rule is named by {quoted(glob)}{nearest(glob, known)}"
            raise UsageError(message)
    return {
        folder: [rule for rule in opened.pack.rules if not globs or any(names(glob, rule) for glob in globs)]
        for folder, opened in bench.opened.items()
    }


def _pack(
    name: str, mutants: Mapping[str, tuple[Mutant, ...]], found: Iterable[Tried], excused: tuple[Equivalent, ...]
) -> PackMutation:
    survivors = []
    for each in found:
        for mutant, seen_by in zip(mutants[each.task.rule][each.task.start :], each.seen_by, strict=False):
            if seen_by is None:
                reason = next((one.reason for one in excused if one.is_of(mutant.rule, mutant.change)), None)
                survivors.append(Survivor(mutant.rule, mutant.change, mutant.place, reason))
    survivors.sort(key=lambda each: (each.place, each.rule))
    return PackMutation(name, {rule: len(made) for rule, made in mutants.items()}, tuple(survivors))


def _idle(
    excused: tuple[Equivalent, ...],
    mutants: Mapping[str, tuple[Mutant, ...]],
    pack: PackMutation,
    rules: Iterable[str],
) -> Iterable[Problem]:
    """The entries that excuse nothing; nothing is said of those for rules that were not tried."""
    left = [rule for rule in rules if rule not in mutants]
    judged = [each for each in excused if not any(fnmatchcase(rule, each.rule) for rule in left)]
    known = [(each.rule, each.change) for made in mutants.values() for each in made]
    return idle(judged, known, ((each.rule, each.change) for each in pack.survivors))
