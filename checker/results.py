"""A whole run: the verdicts of its cases, and what they were held against; made by a run, read by every report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from checker.errors import Place, Problem
from checker.model import Clause, Question, Severity, Source
from checker.verdict import CASE_STATUSES, FINDING_STATUSES, FindingStatus, Receipt, Verdict

SCHEMA = "servanda-report-1"  # as JSON; another shape has another name
_NO_SOURCES: Mapping[tuple[str, str], Source] = {}
_NO_CLAUSES: Mapping[tuple[str, str], Clause] = {}
_NO_QUESTIONS: Mapping[tuple[str, str], Question] = {}


class IdleWaiver(NamedTuple):
    """A waiver that waives nothing in a run. `early`: created later; `unknown`: no pack of the run has its rule."""

    id: str
    rule: str
    state: Literal["unknown", "expired", "early", "unused"]
    created: str
    expires: str
    place: Place
    nearest: str | None  # of an unknown rule: the one that may be meant


class Accepted(NamedTuple):
    """A finding that a baseline accepts, at worst with this status. The case is named from the baseline's folder."""

    case: str
    rule: str
    action: str | None
    status: FindingStatus
    fingerprint: str


class WaiverFile(NamedTuple):
    """The file of waivers that a run was held against, on which day, and those of them that waive nothing."""

    file: str
    ref: str | None  # the git ref at which it was read
    sha256: str | None  # None: there is no such file at the ref, and nothing is waived
    day: str
    idle: tuple[IdleWaiver, ...]


class BaselineFile(NamedTuple):
    """The baseline that a run was held against, and what of it is found no more."""

    file: str
    sha256: str
    stale: tuple[Accepted, ...]


class PackName(NamedTuple):
    """A pack of a run; its title in the language of the results."""

    id: str
    version: str
    title: str


class Coverage(NamedTuple):
    """The closing line's facts: clauses of the pack that rules do not cover, and how many clauses there are."""

    clauses: int
    not_covered: int


@dataclass(slots=True)
class Tally:
    """What cases came to, in numbers, and the different receipts in their order (the values say nothing)."""

    cases: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CASE_STATUSES, 0))
    findings: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FINDING_STATUSES, 0))
    waived: int = 0  # findings
    in_baseline: int = 0  # likewise
    unjudged: int = 0  # actions
    not_in_force: int = 0  # likewise
    failing: int = 0  # cases that make the run fail
    unanswered: int = 0  # cases that could not be read or judged
    receipts: dict[Receipt, None] = field(default_factory=dict)
    cited: set[tuple[str, str]] = field(default_factory=set)  # works, by pack and id


class Results(NamedTuple):
    """A whole run: verdicts in the order of their cases, the pack, and the gate that was applied.

    Of a run that was told case by case, `verdicts` holds none, and `tally` what they came to.
    """

    verdicts: tuple[Verdict, ...]
    pack: str  # the first of them, where there are several
    pack_version: str
    pack_title: str
    coverage: Coverage
    fail_on: str
    min_severity: Severity
    problems: tuple[Problem, ...]  # of files that could not even be named a case
    language: str = "en"  # of its texts
    waivers: WaiverFile | None = None  # None: there are none
    baseline: BaselineFile | None = None
    sources: Mapping[tuple[str, str], Source] = _NO_SOURCES  # by pack and id: the works that findings cite
    clauses: Mapping[tuple[str, str], Clause] = _NO_CLAUSES  # likewise: what is known of the agreement
    questions: Mapping[tuple[str, str], Question] = _NO_QUESTIONS  # likewise: the readings
    stamp: str | None = None  # SOURCE_DATE_EPOCH as a time, for formats that demand one
    tally: Tally | None = None
    packs: tuple[PackName, ...] = ()  # all of the run, in the order in which cases asked for them
    partial: bool = False  # it was interrupted: there are cases that are not in it
