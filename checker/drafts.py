"""Drafts of missing tests: cases that come to what no test has come to, for somebody who knows the text to finish.

A draft is an existing test with one thing changed (a day, a field left unknown, a fact left out) so that, as the rules
stand, it comes to what is missing; else the nearest test as it is. What it should expect is never taken from the
rules: it says `TODO`, which no test may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeAlias

from checker.case import read_case
from checker.coverage import JUDGED, LimitCoverage, PackCoverage, Tally
from checker.dates import days_between
from checker.decisive import decisive
from checker.drafting import Plain, Variant, days_moved, spelt, variants
from checker.errors import CaseError, EngineError, Place
from checker.grounds import setting
from checker.judging import Asked, OpenPack, judge_in_full
from checker.limits import Meeting, Probe, Side, meetings, probes_of
from checker.load import Document, load, plain
from checker.strata import questions_in
from checker.testing import TODO, Judged

_MOST_BASES = 5  # tests that a draft may be made from
_MOST_TRIES = 40  # changes of each that are tried
_BESIDE: dict[Side, tuple[str, int]] = {
    "before": ("the day before", -1),
    "on": ("the day itself", 0),
    "after": ("the day after", 1),
}
_Changes: TypeAlias = "Callable[[Plain], Iterator[Variant]]"


class Draft(NamedTuple):
    """A test to be finished: what it is to show, and the case. `reaches`: as the rules stand, it comes to that.

    `about` is the rule, or the reading, that it is about; `source` the test it was made from; `change` what was
    changed in that, '' where nothing was.
    """

    about: str
    goal: str
    case: Plain
    source: Place
    change: str
    reaches: bool

    @property
    def text(self) -> str:
        """The document, below a comment that says what is to be done."""
        made = f"Made from {self.source}{': ' if self.change else ''}{self.change}."
        how = "As the rules stand, it comes to this." if self.reaches else "Change it so that it comes to this."
        told = (self.goal, f"{made} {how}", f"Say what the agreement demands in the place of {TODO}.")
        return "".join(f"# {line}\n" for line in told) + spelt(self.case)


class _Goal(NamedTuple):
    """Something missing: in words, the rules it is about, tests near to it and how they are changed, when it is met."""

    about: str
    told: str
    rules: tuple[str, ...]
    bases: tuple[tuple[Judged, _Changes], ...]
    met: Callable[[Judged], bool]


def drafts_of(coverage: PackCoverage, opened: OpenPack, tests: Iterable[Judged]) -> Iterator[Draft]:
    """A draft for each thing missing, if there is any test to start from."""
    drafting = _Drafting(coverage, opened, tuple(tests))
    return (drafting.draft(goal) for goal in drafting.goals() if goal.bases)


def files_of(drafts: Iterable[Draft]) -> dict[str, str]:
    """The drafts as files: a document for each, those about one rule together."""
    found: dict[str, list[str]] = {}
    for draft in drafts:
        found.setdefault(f"{draft.about.replace('/', '.')}.yaml", []).append(draft.text)
    return {name: "---\n".join(texts) for name, texts in found.items()}


class _Drafting:
    """The drafts for one pack, from those of its tests that pass."""

    def __init__(self, coverage: PackCoverage, opened: OpenPack, tests: tuple[Judged, ...]) -> None:
        self.coverage, self.opened, self.tests = coverage, opened, tests
        self.tally = Tally(opened.pack)
        self.seen = [self.tally.statuses_in(each.case, each.verdict, each.outcome) for each in tests]

    def goals(self) -> Iterator[_Goal]:
        """All that is missing."""
        for each in self.coverage.rules:
            yield from (self._status(each.rule, status) for status in each.missing)
        for limit in self.coverage.limits:
            if limit.missing:
                yield from self._sides(limit)
        for question in self.coverage.readings:
            yield from (self._option(question.question, option) for option in question.missing)

    def draft(self, goal: _Goal) -> Draft:
        """The first change of a test that meets the goal, else the nearest test unchanged."""
        for base, changes in goal.bases[:_MOST_BASES]:
            for told, case in islice(changes(_stripped(base)), _MOST_TRIES):
                judged = self._judged(case, base)
                if judged is not None and goal.met(judged):
                    return self._finished(goal, base, case, told, reaches=True)
        base = goal.bases[0][0]
        return self._finished(goal, base, _stripped(base), "", reaches=False)

    def _finished(self, goal: _Goal, base: Judged, case: Plain, change: str, *, reaches: bool) -> Draft:
        expect = {"expect": dict.fromkeys(goal.rules, TODO)}
        return Draft(goal.about, goal.told, {**case, **expect}, base.test.place, change, reaches)

    def _judged(self, case: Plain, base: Judged) -> Judged | None:
        """The changed case, judged; None where it can't be."""
        try:
            (document,) = load(spelt(case), base.test.name, error=CaseError)
            read = read_case(document, self.opened.pack, base.test.name, None, base.case.as_of)
            asked = Asked("referee" if self.opened.program is None else "durable", {}, questions=False)
            verdict, outcome = judge_in_full(self.opened, read, document, asked)
        except (CaseError, EngineError):
            return None
        return Judged(base.test, self.opened, read, verdict, outcome, ())

    def _nearest(self, wanted: Callable[[set[tuple[str, str]]], bool]) -> list[Judged]:
        """The tests that saw something of the kind, the smallest first."""
        found = [test for test, seen in zip(self.tests, self.seen, strict=True) if wanted(seen)]
        return sorted(found, key=lambda test: len(test.case.given))

    def _status(self, rule: str, status: str) -> _Goal:
        def met(test: Judged) -> bool:
            return (rule, status) in self.tally.statuses_in(test.case, test.verdict, test.outcome)

        bases = self._nearest(lambda seen: any(name == rule for name, _ in seen))
        changes = partial(variants, pack=self.opened.pack)
        return _Goal(rule, f"{rule}: {status}", (rule,), tuple((base, changes) for base in bases), met)

    def _sides(self, limit: LimitCoverage) -> Iterator[_Goal]:
        """A goal for each side of a limit to which no test came, from the tests that came nearest."""
        probes = self._probes(limit)
        met = [
            (meeting, test)
            for test in self.tests
            for rule in probes
            for meeting in self._meetings(test, rule, probes[rule])
        ]
        met.sort(key=lambda pair: abs(days_between(pair[0].day, pair[0].compared)))
        for side in limit.missing:
            words, off = _BESIDE[side]
            bases = tuple((test, _towards(meeting, off)) for meeting, test in met)
            rules = tuple(probes) if limit.limit.rule in probes else ()

            def is_met(test: Judged, side: Side = side) -> bool:
                found = (meeting for rule in probes for meeting in self._meetings(test, rule, probes[rule]))
                return any(meeting.side == side for meeting in found)

            about = limit.limit.rule
            yield _Goal(about, f"{about}: {limit.limit.told}: {words}", rules or _named(bases), bases, is_met)

    def _probes(self, limit: LimitCoverage) -> dict[str, tuple[Probe, ...]]:
        """By rule, the probes that stand for the limit."""
        found = {
            name: tuple(probe for probe in probes_of(rule, self.opened.pack) if probe.limit == limit.limit)
            for name, rule in self.opened.pack.rules.items()
        }
        return {name: probes for name, probes in found.items() if probes}

    def _meetings(self, test: Judged, rule: str, probes: tuple[Probe, ...]) -> Iterator[Meeting]:
        return meetings(setting(self.opened.pack, test.case, test.outcome), self.opened.pack.rules[rule], probes)

    def _option(self, question: str, option: str) -> _Goal:
        """A test that would turn on the option: one of a rule that is part of the reading, changed."""
        rules = [name for name, rule in self.opened.pack.rules.items() if question in questions_in(rule)]

        def met(test: Judged) -> bool:
            return (question, option) in decisive(test.outcome, test.verdict)

        bases = self._nearest(lambda seen: any(name in rules for name, _ in seen))
        changes = partial(variants, pack=self.opened.pack)
        judged = [name for name in rules if self.opened.pack.rules[name].mode in JUDGED]
        told = f"{question}: {option}: a status turns on it"
        return _Goal(question, told, tuple(judged[:1]), tuple((base, changes) for base in bases), met)


def _towards(meeting: Meeting, off: int) -> _Changes:
    """Changes that bring what was compared to so many days from the limit, or the limit to it."""
    by = off - days_between(meeting.day, meeting.compared)

    def changes(case: Plain) -> Iterator[Variant]:
        yield from days_moved(case, by=by, first=frozenset((str(meeting.compared),)))
        yield from days_moved(case, by=-by, first=frozenset((str(meeting.day),)))

    return changes


def _named(bases: Iterable[tuple[Judged, _Changes]]) -> tuple[str, ...]:
    """The rules that the first test expects something of."""
    first = next((test.case.expect or {} for test, _ in bases), {})
    return tuple(dict.fromkeys(name for name in first if "." in name))


def _stripped(test: Judged) -> Plain:
    """The case of a test, without what its author says of it."""
    loaded = test.test.loaded
    case = plain(loaded.root) if isinstance(loaded, Document) else {}
    kept = case if isinstance(case, dict) else {}
    return {key: value for key, value in kept.items() if key not in ("title", "about", "source", "expect")}
