"""What keeps findings from failing a run, as its options name it: waivers and a baseline, read first, applied last."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from checker.baseline import (
    BaselineError,
    Comparison,
    Key,
    accept,
    accepted,
    by_key,
    compare,
    met,
    read_baseline,
    spelt,
    stale_of,
)
from checker.dates import Date
from checker.errors import Place, Problem, ProblemsError, quoted
from checker.options import Options
from checker.outputs import reason
from checker.results import Accepted, BaselineFile, Results, WaiverFile
from checker.verdict import Verdict
from checker.waivers import FILE, Waiver, WaiversError, idle, read_waivers, seen_from, waive


class Suppressions(NamedTuple):
    """Waivers and a baseline, each with the file it is from; None where a run has none."""

    day: Date  # on which the waivers count
    waivers: tuple[Waiver, ...] = ()
    waiver_file: WaiverFile | None = None
    baseline: tuple[Accepted, ...] = ()
    baseline_file: BaselineFile | None = None


def read_suppressions(options: Options, day: Date) -> Suppressions:
    """What the options name; ProblemsError with everything that is wrong in either file."""
    read = Suppressions(day)
    problems: list[Problem] = []
    try:
        if options.waivers is not None or options.waivers_from is not None:
            read = _with_waivers(read, options.waivers, options.waivers_from)
    except WaiversError as error:
        problems += error.problems
    try:
        if options.baseline is not None:
            content = content_of(options.baseline, BaselineError)
            file = BaselineFile(options.baseline, sha256(content).hexdigest(), ())
            read = read._replace(baseline=read_baseline(content, options.baseline), baseline_file=file)
    except BaselineError as error:
        problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return read


def _with_waivers(read: Suppressions, named: str | None, ref: str | None) -> Suppressions:
    path = named or FILE
    content = content_of(path, WaiversError) if ref is None else _content_at(ref, path)
    if content is None and named is not None and not os.path.lexists(path):  # neither there nor here: misspelt
        raise WaiversError([Problem(Place(path), f"there is no such file, neither here nor at {quoted(ref)}")])
    digest = None if content is None else sha256(content).hexdigest()
    waivers = () if content is None else read_waivers(content, path)
    return read._replace(waivers=waivers, waiver_file=WaiverFile(path, ref, digest, str(read.day), ()))


def _content_at(ref: str, path: str) -> bytes | None:
    from checker.history import file_at  # noqa: PLC0415 - few runs ask git

    return file_at(ref, path)


def content_of(path: str, error: type[ProblemsError]) -> bytes:
    """What a file holds; the error, with the place, where it can't be read."""
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as refused:  # ValueError: a NUL in the name
        raise error([Problem(Place(path), f"can't be read: {reason(refused)}")]) from None


def waived(verdict: Verdict, path: str, day: Date) -> Verdict:
    """A verdict, each finding that a waiver of a file covers on a day marked with it."""
    return waive(verdict, read_waivers(content_of(path, WaiversError), path), str(Path(path).parent), day)


@dataclass(slots=True)
class Used:
    """What of the waivers (by id) and of the baseline served in some cases, and which cases it names were judged."""

    waivers: set[str] = field(default_factory=set)
    entries: set[Key] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)


class Suppressor:
    """Waivers and a baseline, held against one case after another."""

    def __init__(self, by: Suppressions) -> None:
        """Begin with nothing used."""
        self.by = by
        self.known = by_key(by.baseline)
        self.cases = {each.case for each in by.baseline}
        self.used = Used()

    def marked(self, verdict: Verdict) -> Verdict:
        """The verdict, findings marked that a waiver covers or the baseline accepts."""
        by = self.by
        if by.waiver_file is not None:
            verdict = waive(verdict, by.waivers, _folder(by.waiver_file), by.day)
            self.used.waivers.update(each.waiver.id for each in verdict.findings if each.waiver is not None)
        if by.baseline_file is not None:
            folder = _folder(by.baseline_file)
            verdict = accepted(verdict, self.known, folder)
            self.used.entries.update(met(verdict, self.known, folder))
            if verdict.receipt is not None and (case := seen_from(folder, verdict.case)) in self.cases:
                self.used.judged.add(case)
        return verdict

    def named(self, results: Results) -> Results:
        """The run with the files of both."""
        return results._replace(waivers=self.by.waiver_file, baseline=self.by.baseline_file)

    def closed(self, results: Results, rules: Iterable[str], options: Options) -> Results:
        """The run with what of both is idle; `rules` are those of the packs that judged."""
        by, used = self.by, self.used
        if by.waiver_file is not None:
            unused = tuple(idle(by.waivers, used.waivers, frozenset(rules), by.day))
            results = results._replace(waivers=by.waiver_file._replace(idle=unused))
        if by.baseline_file is not None:
            stale = stale_of(self.known, used.entries, used.judged, _folder(by.baseline_file), options)
            results = results._replace(baseline=by.baseline_file._replace(stale=stale))
        return results


def _folder(file: WaiverFile | BaselineFile) -> str:
    return str(Path(file.file).parent)


class Update(NamedTuple):
    """A baseline as it should be written after a run."""

    path: str
    before: str | None  # what the file holds; None where there is none
    after: str
    entries: tuple[Accepted, ...]
    compared: Comparison
    grown: bool  # what is new is accepted

    @property
    def file(self) -> BaselineFile:
        """The file once it is written."""
        return BaselineFile(self.path, sha256(self.after.encode()).hexdigest(), ())


def updated(results: Results, path: str, options: Options, *, grow: bool, prune: bool) -> Update:
    """The baseline of a run: a new file accepts all that fails, one that is there grows only if it is asked to."""
    before: str | None = None
    known: tuple[Accepted, ...] = ()
    if os.path.lexists(path):
        content = content_of(path, BaselineError)
        before, known = content.decode("utf-8", "replace"), read_baseline(content, path)
    compared = compare(results, known, str(Path(path).parent), options)
    grown = grow or before is None
    entries = compared.entries(grow=grown, prune=prune)
    return Update(path, before, spelt(entries), entries, compared, grown)


def held_against(results: Results, baseline: tuple[Accepted, ...], file: BaselineFile, options: Options) -> Results:
    """The run, each finding marked that a baseline accepts; and what of it is stale."""
    folder = str(Path(file.file).parent)
    stale = compare(results, baseline, folder, options).stale
    return accept(results, baseline, folder)._replace(baseline=file._replace(stale=stale))
