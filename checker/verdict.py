"""What a check answers: findings with their whole reason, made by `explain`, read by every report.

A finding is complete: a report walks it and asks nobody anything. Texts are in the
language asked for; words for programs (ids, statuses, bases, values) are the same in all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from checker.dates import Date
from checker.errors import Place, Problem
from checker.model import Citation, Fact, FieldTest, Severity
from checker.values import Op, Value

Json: TypeAlias = "str | int | float | Decimal | list[Json] | dict[str, Json]"
FindingStatus = Literal["violated", "contested", "undetermined", "pending", "excused", "overridden", "satisfied"]
CaseStatus = Literal["violated", "contested", "undetermined", "pending", "compliant", "not-applicable", "invalid"]
FINDING_STATUSES: tuple[FindingStatus, ...] = (
    "violated",
    "contested",
    "undetermined",
    "pending",
    "excused",
    "overridden",
    "satisfied",
)
CASE_STATUSES: tuple[CaseStatus, ...] = (
    "violated",
    "contested",
    "undetermined",
    "pending",
    "compliant",
    "not-applicable",
    "invalid",
)
NOT_KNOWN = "unknown"  # what `clause_says` holds where nothing is known of the clause's text


class FactView(NamedTuple):
    """A fact for a reader: its type, its stated or derived fields, and where the case states it (None: derived)."""

    type: str
    fields: tuple[tuple[str, Value], ...]
    place: Place | None
    values: Mapping[str, Place]  # where each stated value stands

    def __str__(self) -> str:
        """`type(field: value, …)`, fields nobody stated left out."""
        shown = ", ".join(f"{name}: {value}" for name, value in self.fields)
        return f"{self.type}({shown})"


class GivenFact(NamedTuple):
    """A leaf of a derivation: a fact of the case, or of the agreement itself (`place` is None then)."""

    fact: FactView


class DerivedFact(NamedTuple):
    """A fact that a rule concluded, what from, and its sums in the open ("2044-07-18 - P1Y = 2043-07-18").

    `again`: it was told in full earlier in the same finding; `because` and `sums` are empty then.
    """

    fact: FactView
    rule: str
    title: str
    sums: tuple[str, ...]
    because: tuple[Derivation, ...]
    possible: bool = False
    again: bool = False


Derivation: TypeAlias = "GivenFact | DerivedFact"


class FailedTest(NamedTuple):
    """One test a near miss failed: what was wanted, what stands there, how far off (`P45D`), and where."""

    field: str
    op: Op
    wanted: str  # in words
    found: str
    by: str | None
    place: Place | None
    unknown: bool  # the value is unknown, so the test did not fail but could not be decided


class Near(NamedTuple):
    """A fact that nearly was what was looked for."""

    fact: FactView
    failed: tuple[FailedTest, ...]


class Missing(NamedTuple):
    """A pattern that was looked for in vain, in words with values filled in, and the near misses (at most three)."""

    pattern: str
    type: str | None
    near: tuple[Near, ...]


class Answer(NamedTuple):
    """A possible answer to a question, and the status the finding would have; for a field the one value it names."""

    answer: str
    status: FindingStatus | Literal["silent"]
    value: Value | None = None


class Ask(NamedTuple):
    """A question whose answer would change a finding: about a field of a fact, or a fact nobody listed."""

    ask: str
    about: str  # JSON Pointer of the field in the case, or the type of the unlisted fact
    place: Place | None
    answers: tuple[Answer, ...]
    tests: tuple[FieldTest, ...] = ()  # of a fact nobody listed: what its fields have to be, worked out


class PatchStep(NamedTuple):
    """One operation of a JSON Patch (RFC 6902) on the case as it is written."""

    op: Literal["add", "replace", "remove"]
    path: str
    value: Json | None = None


class Remedy(NamedTuple):
    """Changes of the case that put a finding right, in words and as a patch; the status it has then.

    `proven`: judged again with the whole pack, this finding is satisfied or excused in every reading (silent: the
    action is not done) and no other is worse. `by`: who has to act; `until`: the last day on which it can be done.
    """

    number: int  # from 1, over all the findings of a case
    text: str
    change: tuple[PatchStep, ...]
    status: str
    by: str | None
    by_name: str | None  # as a reader calls it
    until: str | None
    proven: bool = True


class ReadingStatus(NamedTuple):
    """The status under other readings than the default: the smallest change that brings it."""

    change: tuple[tuple[str, str], ...]  # (question, option)
    status: FindingStatus | Literal["silent"]


class Waived(NamedTuple):
    """A waiver as a finding carries it: who answers for it, and why. At 00:00 UTC of the day `until` it ends."""

    id: str
    reason: str
    approver: str
    until: str


class Finding(NamedTuple):
    """What one rule says of one subject, and why."""

    rule: str
    status: FindingStatus
    default_status: FindingStatus  # for `contested` the default readings' status, else `status`
    severity: Severity
    action: str | None
    fingerprint: str
    title: str
    clause: str | None
    clause_says: str | None
    cites: tuple[Citation, ...]
    basis: str
    rests_on: str
    by: str | None
    by_name: str | None  # as a reader calls it
    towards: str | None
    towards_name: str | None
    message: str
    remedy: str | None
    due: str | None
    bindings: tuple[tuple[str, Value], ...]
    place: Place
    underline: Place | None  # the value in the user's file that decided, where there is one
    rule_place: Place
    because: tuple[Derivation, ...]
    sums: tuple[str, ...]  # dates of this finding derived in the open
    missing: tuple[Missing, ...]
    found: tuple[FactView, ...]  # for a prohibition or a count: the facts that match
    excused_by: str | None  # an exception, in words
    overridden_by: tuple[str, ...]  # rules
    repaired_by: tuple[FactView, ...]
    questions: tuple[Ask, ...]
    readings: tuple[ReadingStatus, ...]
    reading_note: bool  # readings differ, but only among statuses that fail nothing
    then_owes: tuple[str, ...]
    horizon: str | None
    subject: tuple[Value | Fact, ...] = ()  # what the rule speaks of
    about: str = ""  # the same, as `rule@subject` writes it
    remedies: tuple[Remedy, ...] = ()
    no_remedy: str | None = None  # why none was found, in words; None: there are some, or none was looked for
    waiver: Waived | None = None  # it stands, and fails no run
    in_baseline: bool = False  # likewise: accepted when the baseline was written, and no worse since


class ActionView(NamedTuple):
    """A proposed action that no rule judged."""

    type: str
    id: str
    place: Place


class Assumption(NamedTuple):
    """A fact that is assumed, and the lines of its text."""

    fact: FactView
    source: tuple[str, ...]


class StatedDay(NamedTuple):
    """A day that a case states: of which fact (its type and name), and in which field."""

    fact: str
    field: str
    day: Date


class Timeline(NamedTuple):
    """The days of a case under the default readings, to be drawn.

    `periods` are (number, first day, last day or None: without end); `limits` the last days for a notice, each with
    the rule that sets it; `ends` is the last day in force where something has set one.
    """

    periods: tuple[tuple[int, Date, Date | None], ...]
    limits: tuple[tuple[str, Date], ...]
    ends: Date | None
    stated: tuple[StatedDay, ...]


class Receipt(NamedTuple):
    """What judged, by which pack and day, under which readings."""

    pack: str
    pack_version: str
    pack_sha256: str
    checker: str
    engine: str
    referee: str | None
    as_of: str
    as_of_stated: bool
    readings: tuple[tuple[str, str], ...]


class Verdict(NamedTuple):
    """The whole answer for one case. `problems` is empty unless `status` is `invalid`."""

    case: str
    sha256: str
    status: CaseStatus
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    unjudged: tuple[ActionView, ...]
    not_in_force: tuple[ActionView, ...]
    unread: tuple[FactView, ...]
    receipt: Receipt | None
    source: Sequence[str]  # the lines of the user's file, to underline in
    assumed: tuple[Assumption, ...] = ()  # facts that the case was judged with and does not state
    without: tuple[str, ...] = ()  # ids of facts and actions that it states and was judged without
    timeline: Timeline | None = None  # None: it was not asked for, or is left out

    def lines_of(self, file: str) -> Sequence[str]:
        """The lines of the file that a place names: the user's, or the text of what is assumed."""
        texts = (each.source for each in self.assumed if each.fact.place is not None and each.fact.place.file == file)
        return next(texts, self.source)

    def to_json(self) -> str:
        """The verdict as the JSON report gives a case."""
        from checker.report.json import case_text  # noqa: PLC0415 - the one noun that offers its report, for programs

        return case_text(self)
