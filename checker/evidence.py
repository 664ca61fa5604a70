"""Which tests and examples bear on a rule: those that say what they expect of it, and those in which it applies.

A rule applies in a case where its `when` holds at least possibly, under the default readings (and those the rule
itself is part of). That is found by judging: with the referee, only what the rule rests on, and only cases that
state what it needs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from checker.case import agreement_of, read_case
from checker.dates import today
from checker.errors import CaseError, Place
from checker.expecting import place_of_expect
from checker.load import Document, load_each
from checker.model import Case, Pack, Pattern, Reading, Rule
from checker.options import DEFAULT_PACK
from checker.outcome import WorldKey
from checker.reader import members
from checker.referee import judge
from checker.shelf import packs_folder
from checker.strata import STATUS_TYPES, edges_of


class Exhibit(NamedTuple):
    """A test or example that bears on a rule: where it names it, else where it says what it expects.

    `expected` holds (`rule` or `rule@subject`, status) as the test says them of this rule; `applies`: see above.
    """

    place: Place
    title: str
    expected: tuple[tuple[str, str], ...]
    applies: bool


class _Trial(NamedTuple):
    """A test that can be read, with the names in its `expect:` and where they stand."""

    case: Case
    title: str
    place: Place
    named: Mapping[str, Place]
    types: frozenset[str]


def evidence(pack: Pack, rules: Collection[str]) -> Mapping[str, tuple[Exhibit, ...]]:
    """What bears on each of these rules, in the order of files; first the tests that name it."""
    trials = list(_trials(pack))
    found: dict[str, tuple[Exhibit, ...]] = dict.fromkeys(rules, ())
    worlds = {name: _world(pack, pack.rules[name].reading) for name in rules}
    for world in sorted(set(worlds.values())):
        group = [name for name in rules if worlds[name] == world]
        applying = list(_applying(pack, group, world, trials))
        for name in group:
            every = (_exhibit(trial, name, name in there) for trial, there in zip(trials, applying, strict=True))
            told = [each for each in every if each.expected or each.applies]
            found[name] = tuple(sorted(told, key=lambda each: not each.expected))
    return found


def _exhibit(trial: _Trial, rule: str, applies: bool) -> Exhibit:  # noqa: FBT001 - found beside the trial
    expect = trial.case.expect or {}
    names = [name for name in trial.named if name.partition("@")[0] == rule]
    place = trial.named[names[0]] if names else trial.place
    return Exhibit(place, trial.title, tuple((name, expect[name]) for name in names), applies)


# --- the tests -------------------------------------------------------------------


def _trials(pack: Pack) -> Iterator[_Trial]:
    """The tests of the pack, and those among the examples two folders up that are about its agreement."""
    folder = Path(pack.folder)
    shipped = packs_folder().resolve() == folder.parent.resolve()  # then places read alike on every machine
    examples = folder.parent.parent / "examples"
    for place, near, own in ((folder / "tests", folder.parent, True), (examples, examples.parent, False)):
        for file in sorted(place.rglob("*.yaml")):
            name = file.relative_to(near).as_posix() if shipped else str(file)
            for loaded in load_each(file.read_bytes(), name):
                if not isinstance(loaded, Document) or "expect" not in members(loaded.root):
                    continue
                if own or (agreement_of(loaded) or DEFAULT_PACK) == pack.id:
                    yield from _trial(loaded, pack)


def _trial(document: Document, pack: Pack) -> Iterator[_Trial]:
    """The test, if it is one that can be read and states its day; `servanda test` says what else is wrong."""
    keys = members(document.root)
    try:
        case = read_case(document, pack, document.file, None, today())
    except CaseError:
        return
    if not case.as_of_stated:
        return
    title = str(keys["title"].value) if "title" in keys else ""
    named = {name: document.place(node, key=True) for name, node in members(keys["expect"]).items()}
    types = frozenset(given.fact.type for given in case.given)
    yield _Trial(case, title, place_of_expect(document), named, types)


# --- where rules apply -----------------------------------------------------------


def _applying(
    pack: Pack, rules: Collection[str], world: WorldKey, trials: Iterable[_Trial]
) -> Iterator[frozenset[str]]:
    """For each test, those of the rules that apply in it."""
    part = replace(pack, rules=_behind(pack, rules))
    always = {fact.type for fact in pack.facts} | set(STATUS_TYPES)
    known: dict[frozenset[str], bool] = {}  # there are far fewer kinds of cases than cases
    for trial in trials:
        if trial.types not in known:
            known[trial.types] = not _speaking(part, always | trial.types).isdisjoint(rules)
        matches = judge(part, trial.case, (world,)).matches if known[trial.types] else {}
        yield frozenset(match.rule for match in matches)


def _world(pack: Pack, reading: Reading) -> WorldKey:
    """The default readings, but for those that a rule is part of."""
    defaults = {name: asked.default for name, asked in pack.readings.items()}
    return tuple(sorted((defaults | dict(reading)).items()))


def _behind(pack: Pack, rules: Iterable[str]) -> Mapping[str, Rule]:
    """These rules, and all that they look at, however far."""
    edges = edges_of(pack.rules, pack.force)
    kept = set(rules)
    left = list(kept)
    while left:
        new = {edge.maker for edge in edges[left.pop()]} - kept
        kept |= new
        left += new
    return {name: rule for name, rule in pack.rules.items() if name in kept}


def _speaking(pack: Pack, types: Collection[str]) -> frozenset[str]:
    """The rules of which every fact that `when` needs could be there, where facts of these types are."""
    there = set(types)
    speaking: set[str] = set()
    grown = True
    while grown:
        grown = False
        for rule in pack.rules.values():
            if rule.id not in speaking and there.issuperset(_needed(rule)):
                speaking.add(rule.id)
                there.update(head.type for head in rule.heads)
                grown = True
    return frozenset(speaking)


def _needed(rule: Rule) -> Iterator[str]:
    yield from (item.type for item in rule.when.items if isinstance(item, Pattern) and not item.reading)
