"""A baseline: the findings of some day, accepted as they are, so that only new ones fail.

An entry names a finding by its fingerprint, in which no line numbers are, together with its case and the status
that was accepted: what has become worse is new. A baseline never grows unless that is asked for.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from checker.errors import Problem, ProblemsError, quoted
from checker.gate import WORST_FIRST, stands
from checker.judging import is_selected
from checker.load import Node, load
from checker.options import Options
from checker.reader import items, members
from checker.results import Accepted, Results
from checker.shape import misshapen
from checker.verdict import Finding, Verdict
from checker.waivers import file_of, seen_from

_SCHEMA = "servanda-baseline-1"
Key: TypeAlias = "tuple[str, str]"  # of a finding in any run: its case and its fingerprint
_RANK: Mapping[str, int] = {status: rank for rank, status in enumerate(WORST_FIRST)}


class BaselineError(ProblemsError):
    """A baseline can't be used."""


class Comparison(NamedTuple):
    """A baseline held against a run, in the order in which entries are written."""

    kept: tuple[Accepted, ...]  # accepted and still there, as bad as it is today; or not looked at
    new: tuple[Accepted, ...]  # stands, and is not accepted, or not as bad as it has become
    stale: tuple[Accepted, ...]  # accepted, and no longer there

    def entries(self, *, grow: bool, prune: bool) -> tuple[Accepted, ...]:
        """The baseline as it should be written: with what is new, or without what is stale, only where asked."""
        chosen = [*self.kept, *(() if prune else self.stale), *(self.new if grow else ())]
        return _in_order({_key(each): each for each in chosen}.values())


def compare(results: Results, baseline: Iterable[Accepted], folder: str, options: Options) -> Comparison:
    """A baseline that lies in a folder, held against a run with these options.

    Looked at are the entries of rules the run asks about, in cases that were judged as they are or whose file is gone.
    """
    known = by_key(baseline)
    found = {_key(entry): (entry, finding) for entry, finding in _entries(results, folder)}
    judged = {seen_from(folder, each.case) for each in results.verdicts if each.receipt is not None}
    stale = stale_of(known, found.keys(), judged, folder, options)
    gone = frozenset(stale)
    kept = [
        min(each, found[key][0], key=_mildness) if key in found else each
        for key, each in known.items()
        if each not in gone
    ]
    new = [
        entry
        for key, (entry, finding) in found.items()
        if stands(finding, results) and finding.waiver is None and not _accepts(known.get(key), finding)
    ]
    return Comparison(_in_order(kept), _in_order(new), stale)


def by_key(baseline: Iterable[Accepted]) -> dict[Key, Accepted]:
    """The entries by the findings they name."""
    return {_key(each): each for each in baseline}


def stale_of(
    known: Mapping[Key, Accepted], found: Collection[Key], judged: Collection[str], folder: str, options: Options
) -> tuple[Accepted, ...]:
    """The entries that were looked at and name none of the findings there are; cases are named from the folder."""
    if options.assume or options.without:
        return ()
    return _in_order(
        each
        for key, each in known.items()
        if key not in found
        and is_selected(each.rule, options.select, options.ignore)
        and (each.case in judged or _is_gone(each.case, folder))
    )


def accept(results: Results, baseline: Iterable[Accepted], folder: str) -> Results:
    """The run, each finding that the baseline accepts marked."""
    known = by_key(baseline)
    return results._replace(verdicts=tuple(accepted(each, known, folder) for each in results.verdicts))


def accepted(verdict: Verdict, known: Mapping[Key, Accepted], folder: str) -> Verdict:
    """The verdict, each finding that an entry accepts marked."""
    case = seen_from(folder, verdict.case)
    findings = (
        each._replace(in_baseline=_accepts(known.get((case, each.fingerprint)), each)) for each in verdict.findings
    )
    return verdict._replace(findings=tuple(findings))


def met(verdict: Verdict, known: Mapping[Key, Accepted], folder: str) -> Iterable[Key]:
    """The entries whose findings, for better or worse, are in the verdict."""
    case = seen_from(folder, verdict.case)
    keys = ((case, each.fingerprint) for each in verdict.findings if each.status in _RANK)
    return (key for key in keys if key in known)


def _accepts(entry: Accepted | None, finding: Finding) -> bool:
    """Whether an entry accepts the finding it names, which may have become worse."""
    return entry is not None and finding.status in _RANK and _RANK[finding.status] >= _RANK[entry.status]


def _mildness(entry: Accepted) -> int:
    return -_RANK[entry.status]


def _entries(results: Results, folder: str) -> Iterable[tuple[Accepted, Finding]]:
    """Everything that could be accepted of a run."""
    for verdict in results.verdicts:
        case = seen_from(folder, verdict.case)
        for each in verdict.findings:
            if each.status in _RANK:
                yield Accepted(case, each.rule, each.action, each.status, each.fingerprint), each


def _is_gone(case: str, folder: str) -> bool:
    return not case.startswith("<") and not os.path.lexists(Path(folder, file_of(case)))


def _key(entry: Accepted) -> Key:
    return entry.case, entry.fingerprint


def _in_order(entries: Iterable[Accepted]) -> tuple[Accepted, ...]:
    return tuple(sorted(entries, key=lambda each: (each.case, each.rule, each.action or "", each.fingerprint)))


# --- the file -----------------------------------------------------------------


def spelt(entries: Iterable[Accepted]) -> str:
    """The file of a baseline: an entry a line, the same bytes for the same entries."""
    lines = ",".join(f"\n{_line(each)}" for each in _in_order(entries))
    return f'{{"schema": "{_SCHEMA}", "accepted": [{lines}\n]}}\n'


def _line(entry: Accepted) -> str:
    """An entry as JSON; what could steer a terminal is escaped."""
    text = json.dumps(entry._asdict(), ensure_ascii=False)
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in text)


def read_baseline(content: bytes, name: str) -> tuple[Accepted, ...]:
    """The entries of a file; BaselineError with everything that is wrong in it."""
    (document,) = load(content, name, error=BaselineError, format="json")
    if problems := misshapen(document, "baseline"):
        raise BaselineError(problems)
    nodes = items(members(document.root)["accepted"])
    entries = tuple(_entry(node) for node in nodes)
    first: dict[Key, Node] = {}
    for entry, node in zip(entries, nodes, strict=True):
        if first.setdefault(_key(entry), node) is not node:
            message = f"{quoted(entry.fingerprint)} of {quoted(entry.case)} is accepted twice; keep one"
            problems.append(Problem(document.place(node), message))
    if problems:
        raise BaselineError(problems)
    return entries


def _entry(node: Node) -> Accepted:
    return Accepted(**{name: each.value for name, each in members(node).items()})  # type: ignore[arg-type]  # its shape is right
