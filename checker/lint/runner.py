"""Checks, run over packs: which packs, which checks, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from checker.errors import PackError, Problem, UsageError, nearest, quoted
from checker.lint import solved
from checker.lint.finding import Check, FailOn, Finding, Found, Linted, LintedPack
from checker.lint.ignores import accepted, idle, ignores_of
from checker.lint.registry import ABOUT_MEANING, CHECKS, UNUSED_IGNORE
from checker.lint.subject import Subject, read_subject
from checker.shelf import find_pack, shipped


class Asked(NamedTuple):
    """Which checks to make: those that `select` names (none: all), without those that `ignore` does; ids and globs.

    `tests`: run the packs' tests too, for the checks that need their results. `fail_on`: which severity fails.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    tests: bool = False
    fail_on: FailOn = "warning"


def lint(paths: tuple[str, ...], asked: Asked, known: Mapping[str, Check] = CHECKS) -> Linted:
    """Look at packs, by name or folder, or at all packs in a folder; at the shipped ones where none is named."""
    checks = tuple(_asked_for(asked, known))
    unchecked = () if solved.is_installed() else tuple(each for each in checks if each.needs == "solver")
    made = tuple(each for each in checks if each not in unchecked)
    packs: list[LintedPack] = []
    problems: list[Problem] = []
    for folder in dict.fromkeys(folder for path in paths or shipped() for folder in _folders(path)):
        try:
            subject = read_subject(folder, run=any(each.needs == "test results" for each in made))
        except PackError as error:
            problems.extend(error.problems)
            continue
        packs.append(_linted(subject, made, known))
    return Linted(tuple(packs), tuple(problems), made, unchecked, asked.fail_on)


def _asked_for(asked: Asked, known: Mapping[str, Check]) -> Iterator[Check]:
    for flag, globs in (("--select", asked.select), ("--ignore", asked.ignore)):
        for glob in globs:
            if not any(fnmatchcase(name, glob) for name in known):
                message = f"{flag}: {quoted(glob)} matches no check{nearest(glob, known)}"
                raise UsageError(message)
    for name, check in known.items():
        wanted = not asked.select or any(fnmatchcase(name, glob) for glob in asked.select)
        possible = check.needs != "test results" or asked.tests or name in asked.select
        if wanted and possible and not any(fnmatchcase(name, glob) for glob in asked.ignore):
            yield check


def _folders(path: str) -> list[Path]:
    """The folder of a pack, or those of all the packs that a folder holds."""
    folder = find_pack(path)
    if (folder / "pack.yaml").is_file():
        return [folder]
    return sorted(head.parent for head in folder.glob("*/pack.yaml")) or [folder]


def _linted(subject: Subject, checks: tuple[Check, ...], known: Mapping[str, Check]) -> LintedPack:
    ignores = ignores_of(subject)
    found = [each for check in checks if check.find for each in _findings(check, check.find(subject), subject)]
    found = [each for each in found if each.check.needs != "solver" or not _is_known(each, found)]
    listed = accepted(found, ignores)
    if UNUSED_IGNORE in checks:
        comments = idle(ignores, listed, {check.id for check in checks}, known)
        listed += _findings(UNUSED_IGNORE, comments, subject)
    pack, files = subject.pack, {each.place.file for each in listed}
    return LintedPack(
        id=pack.id,
        version=pack.version,
        sha256=pack.sha256,
        findings=tuple(sorted(map(_near, listed), key=lambda each: (each.place, each.check.id, each.message))),
        texts={
            _path(each.file): tuple(each.lines) for each in (*subject.documents, *subject.tests) if each.file in files
        },
    )


def _findings(check: Check, found: Iterable[Found], subject: Subject) -> list[Finding]:
    return [
        Finding(check, subject.on_disk(each.place), each.about, each.message, case=each.case)
        for each in dict.fromkeys(found)
    ]


def _is_known(finding: Finding, found: Iterable[Finding]) -> bool:
    """Whether a check that needs no solver found one of the rules at fault already, for what the rule itself says."""
    at_fault = {each.about for each in found if each.check.needs == "nothing" and each.check.id in ABOUT_MEANING}
    return any(rule in at_fault for rule in finding.about.split())


def _near(finding: Finding) -> Finding:
    return finding._replace(place=finding.place._replace(file=_path(finding.place.file)))


def _path(file: str) -> str:
    """The path as seen from the working directory, if it lies below that: so that an editor finds it."""
    path = Path(file).resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file
