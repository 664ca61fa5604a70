"""Tests tried on mutants: each mutant until some test fails, in as many processes as are asked for.

The tests that name the rule come first, and of these the one that saw the last mutant. A test is judged again only
where the mutant infects it: by the engine, which judges all readings at once, where there are many; else by the
referee, which has nothing to compile. A process reads and judges for itself what it needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from checker.collecting import CaseTest, collect, expected, stated
from checker.dependencies import Dependencies
from checker.engine import available
from checker.errors import EngineError, Problem
from checker.expecting import place_of_expect
from checker.grounds import Setting, setting
from checker.judging import Asked, OpenPack, judge_in_full
from checker.load import Document
from checker.model import Pack, Pattern, Rule
from checker.mutation.infection import Scene
from checker.mutation.mutants import Mutant, mutants_of, mutated
from checker.program import compile_pack
from checker.referee_order import order_of
from checker.testing import SPECIAL, Failure, Judged, Packs, differences, failures_of, judged, told_by, unmet

_SLICE = 24  # mutants of a rule that a process is given at a time
_MANY = 4  # worlds from which on compiling a mutant pays


class Task(NamedTuple):
    """Some mutants of a rule: from the one number to before the other."""

    folder: str
    rule: str
    start: int
    stop: int


class Tried(NamedTuple):
    """The mutants of a task: for each the test that saw it, None where it survived. And tests that fail as they are."""

    task: Task
    seen_by: tuple[str | None, ...]
    failures: tuple[Failure, ...]


def tasks_of(folder: str, mutants: Mapping[str, tuple[Mutant, ...]]) -> Iterator[Task]:
    """The mutants of each rule of a pack, in slices."""
    for rule, found in mutants.items():
        for start in range(0, len(found), _SLICE):
            yield Task(folder, rule, start, min(start + _SLICE, len(found)))


def tried(
    bench: Bench, tests: tuple[tuple[str, ...], tuple[str, ...], str | None], tasks: list[Task], jobs: int
) -> Iterator[Tried]:
    """Every task done, in no order. `tests`: paths, words and pack by which a process makes a bench like this one."""
    if jobs == 1 or len(tasks) == 1:
        yield from map(bench.tried, tasks)
        return
    with ProcessPoolExecutor(min(jobs, len(tasks)), initializer=_begin, initargs=tests) as pool:
        for future in as_completed([pool.submit(_tried, task) for task in tasks]):
            yield future.result()


_benches: list[Bench] = []  # of a process of the pool: its own, from its beginning


def _begin(paths: tuple[str, ...], words: tuple[str, ...], pack: str | None) -> None:
    _benches.append(Bench(paths, words, pack))


def _tried(task: Task) -> Tried:
    return _benches[-1].tried(task)


class Bench:
    """The tests of one process, each judged as it stands when it is first needed."""

    def __init__(self, paths: tuple[str, ...], words: tuple[str, ...], pack: str | None = None) -> None:
        """Find the tests, and open their packs; `pack` as `Packs` takes it."""
        packs = Packs("durable" if available() else "referee", pack)
        self.opened: dict[str, OpenPack] = {}
        self.problems: list[Problem] = []
        self._tests: dict[str, list[_Test]] = {}
        for test in collect(paths, words):
            if not isinstance(test.loaded, Document):
                self.problems.extend(test.loaded)
                continue
            opened = packs.of(test, test.loaded)
            self.opened.setdefault(opened.pack.folder, opened)
            self._tests.setdefault(opened.pack.folder, []).append(_Test(test, test.loaded, packs))

    def tried(self, task: Task) -> Tried:
        """The mutants of the task, each tried until a test sees it."""
        pack = self.opened[task.folder].pack
        rule = pack.rules[task.rule]
        readers = {name for name, behind in order_of(pack).behind.items() if rule.id in behind}
        views = [_View(test, rule, readers) for test in self._tests[task.folder]]
        views.sort(key=_View.distance)
        found: list[str | None] = []
        for mutant in mutants_of(pack, rule)[task.start : task.stop]:
            attempt = _Attempt(pack, mutant)
            first = next((view for view in views if attempt.is_seen_in(view)), None)
            if first is not None:  # it is likely to see the next one too
                views.remove(first)
                views.insert(0, first)
            found.append(None if first is None else first.test.name)
        return Tried(task, tuple(found), tuple(failure for view in views for failure in view.test.failures))


class _Test:
    """A test of a pack, and what is known of it."""

    def __init__(self, test: CaseTest, document: Document, packs: Packs) -> None:
        self.name, self.document = test.name, document
        self.types = stated(document)
        self.expects = expected(document)
        self.failures: tuple[Failure, ...] = ()
        self._test, self._packs = test, packs

    @cached_property
    def judged(self) -> tuple[Judged, Setting] | None:
        """The test as the pack judges it; None where it fails already, and so can see nothing."""
        found = judged(self._test, self._packs)
        problems = found.problems if isinstance(found, Judged) else found
        self.failures = failures_of(self._test, problems)
        if not isinstance(found, Judged) or problems:
            return None
        return found, setting(found.opened.pack, found.case, found.outcome)


class _View:
    """A test as the mutants of one rule meet it; `readers`: the rules that look at what this one makes."""

    def __init__(self, test: _Test, rule: Rule, readers: set[str]) -> None:
        self.test, self.rule, self.readers = test, rule, readers

    def distance(self) -> int:
        """How likely the test is to see what becomes of the rule: it names the rule, one that reads it, or neither."""
        if not {self.rule.id, self.rule.block}.isdisjoint(self.test.expects):
            return 0
        return 1 if not self.readers.isdisjoint(self.test.expects) else 2

    @cached_property
    def scene(self) -> Scene | None:
        """What the rule finds in the test; None where the test fails as it stands."""
        return None if self.test.judged is None else Scene(self.test.judged[1], self.rule, alone=not self.readers)


class _Attempt:
    """A mutant while tests are tried on it."""

    def __init__(self, pack: Pack, mutant: Mutant) -> None:
        self.pack, self.mutant = pack, mutant
        self.needs = [_stated_types(pack, rule) for rule in (pack.rules[mutant.rule], mutant.changed)]
        self.opens = mutant.changed.mode == "means" and mutant.changed.when != pack.rules[mutant.rule].when

    def is_seen_in(self, view: _View) -> bool:
        """Whether the test, which passes, fails on the mutant."""
        if not self.opens and not any(needed <= view.test.types for needed in self.needs):
            return False  # what it takes to apply is not even stated
        effect = view.scene.effect(self.mutant.changed) if view.scene is not None else None
        if effect is None or view.test.judged is None:
            return False
        expect = view.test.judged[0].case.expect or {}
        if effect.told is not None:
            others = (each for each in told_by(view.test.judged[0].verdict) if each.rule != self.mutant.rule)
            rules = {name: status for name, status in expect.items() if name not in SPECIAL}
            if any(unmet(rules, (*others, *effect.told))):
                return True
            if effect.special.isdisjoint(expect):
                return False
        return self._fails(view.test)

    @cached_property
    def _opened(self) -> OpenPack:
        pack = mutated(self.pack, self.mutant.changed)
        return OpenPack(pack, None, Dependencies(pack))

    @cached_property
    def _compiled(self) -> OpenPack:
        return replace(self._opened, program=compile_pack(self._opened.pack))

    def _fails(self, test: _Test) -> bool:
        """The same, found by judging all of the test."""
        if test.judged is None:
            return False
        before = test.judged[0]
        many = len(before.outcome.worlds) >= _MANY and before.opened.program is not None
        opened, engine = (self._compiled, "durable") if many else (self._opened, "referee")
        asked = Asked(engine, dict(before.case.under), questions=False)
        try:
            verdict = judge_in_full(opened, before.case, test.document, asked)[0]
        except EngineError:  # there is no answer any more
            return True
        return any(differences(opened, before.case.expect or {}, verdict, place_of_expect(test.document)))


def _stated_types(pack: Pack, rule: Rule) -> frozenset[str]:
    """The types of which `when` needs a fact in every reading, as far as only cases state them."""
    ground = {fact.type for fact in pack.facts}
    needed = {item.type for item in rule.when.items if isinstance(item, Pattern) and not item.reading}
    return frozenset(name for name in needed - ground if pack.types[name].given and not pack.types[name].derived)
