"""Whole answers made by hand, for tests of what shows them: no pack, no engine, every part of a finding somewhere."""

from __future__ import annotations

from decimal import Decimal

from checker.dates import Duration, parse_date
from checker.errors import Place, Problem
from checker.model import Citation
from checker.results import Coverage, PackName, Results
from checker.values import NONE, Unknown, Value
from checker.verdict import (
    ActionView,
    Answer,
    Ask,
    CaseStatus,
    DerivedFact,
    FactView,
    FailedTest,
    Finding,
    FindingStatus,
    GivenFact,
    Missing,
    Near,
    ReadingStatus,
    Receipt,
    Verdict,
)

LATE = "examples/late-notice.yaml"
LATE_SOURCE = tuple(
    """\
agreement: isls
as-of: 2043-09-10
facts:
  - notice: {id: N1, from: russia, to-end: 1, form: written, channel: diplomatic, received: 2043-09-01}
actions:
  - terminate: {id: T1, by: russia, effective: 2044-07-18}
  - survey: {id: S1, by: russia}
""".splitlines()
)
MIXED = "cases/航天.yaml"
MIXED_SOURCE = tuple(
    """\
agreement: isls
actions:
\t- admit-partner: {id: A1, by: CNSA, partner: "中国 \x1b[31mred\u202e", day: 2026-12-01}
  - open-station: {id: O1, by: unknown, day: 2020-01-01}
""".splitlines()
)
RECEIPT = Receipt(
    pack="isls",
    pack_version="0.1.0",
    pack_sha256="ab" * 32,
    checker="0.1.0",
    engine="durable-rules 2.0.28",
    referee="0.1.0",
    as_of="2043-09-10",
    as_of_stated=True,
    readings=(("notice-clock", "receipt"), ("partner-routing", "both")),
)


def day(text: str) -> Value:
    """A day of the calendar."""
    value = parse_date(text)
    assert value is not None
    return value


def fact(type_: str, place: Place | None = None, **fields: Value) -> FactView:
    """A fact; `_` in a field's name is a hyphen."""
    return FactView(type_, tuple((name.replace("_", "-"), value) for name, value in fields.items()), place, {})


def finding(rule: str = "family.rule", status: FindingStatus = "violated", **parts: object) -> Finding:
    """A finding that says the least a finding can; `parts` replace what matters."""
    least = Finding(
        rule=rule,
        status=status,
        default_status=status,
        severity="error",
        action=None,
        fingerprint="0123456789abcdef",
        title="A rule for tests",
        clause=None,
        clause_says=None,
        cites=(),
        basis="seed",
        rests_on="seed",
        by=None,
        by_name=None,
        towards=None,
        towards_name=None,
        message="something is not as it should be",
        remedy=None,
        due=None,
        bindings=(),
        place=Place("case.yaml", 1, 1),
        underline=None,
        rule_place=Place("rules/isls/family.yaml", 1, 3),
        because=(),
        sums=(),
        missing=(),
        found=(),
        excused_by=None,
        overridden_by=(),
        repaired_by=(),
        questions=(),
        readings=(),
        reading_note=False,
        then_owes=(),
        horizon=None,
    )
    return least._replace(**parts)


def verdict(*findings: Finding, status: CaseStatus = "violated", case: str = "case.yaml", **parts: object) -> Verdict:
    """A verdict of these findings."""
    least = Verdict(case, "cd" * 32, status, findings, (), (), (), (), RECEIPT, ("agreement: isls",))
    return least._replace(**parts)


def results(*verdicts: Verdict, **parts: object) -> Results:
    """A run over these cases, with the gate as it is by default."""
    coverage = Coverage(clauses=31, not_covered=12)
    title = "Agreement on cooperation in creating the International Scientific Lunar Station"
    packs = (PackName("isls", "0.1.0", title),)
    least = Results(verdicts, "isls", "0.1.0", title, coverage, "undetermined", "error", (), packs=packs)
    return least._replace(**parts)


def late_notice() -> Finding:
    """A notice that came too late: derivation, sums and a near miss."""
    given = Place(LATE, 4, 5)
    received = Place(LATE, 4, 93)
    agreement = fact("agreement", None, id="isls", in_force=day("2024-07-18"))
    period = DerivedFact(
        fact("period", None, number=1, start=day("2024-07-18"), end=day("2044-07-18")),
        "term.duration",
        "The agreement runs for twenty years",
        ("2024-07-18 + P20Y = 2044-07-18",),
        (GivenFact(agreement),),
    )
    near = Near(
        fact("notice", given, id="N1", from_="russia", received=day("2043-09-01")),
        (
            FailedTest(
                "received", "on-or-before", "on or before 2043-07-18", "2043-09-01", "P45D", received, unknown=False
            ),
        ),
    )
    action = fact("terminate", Place(LATE, 6, 5), id="T1", by="russia", effective=day("2044-07-18"))
    return finding(
        "notice.termination",
        action="T1",
        title="Termination needs a written diplomatic notice a year before the period ends",
        clause="duration",
        clause_says="twenty years, then five-year periods unless notice is given",
        cites=(Citation("S13", "at least one year before"),),
        basis="press-quote",
        rests_on="inference",
        by="russia",
        by_name="russia",
        towards="china",
        towards_name="china",
        message="russia gave no written diplomatic notice by 2043-07-18.",
        remedy="Give written notice through diplomatic channels by 2043-07-18, or end with a later period.",
        due="2043-07-18",
        bindings=(("party", "russia"), ("day", day("2044-07-18")), ("n", 1), ("step", Duration(12))),
        place=Place(LATE, 6, 5),
        underline=received,
        rule_place=Place("rules/isls/notice.yaml", 12, 5),
        because=(GivenFact(action), period),
        sums=("2044-07-18 - P1Y = 2043-07-18",),
        missing=(Missing("notice from russia, to-end 1, received on or before 2043-07-18", "notice", (near,)),),
        repaired_by=(fact("notice", Place(LATE, 4, 5), id="N2"),),
        then_owes=("notice.apology",),
    )


def routing() -> Finding:
    """Contested, with a question, an open value, and text that would like to steer the terminal."""
    place = Place(MIXED, 3, 4)
    open_value = Unknown("A1", "share")
    derived = DerivedFact(
        fact("route", None, partner="中国 \x1b[31mred\u202e", share=open_value, rate=Decimal("0.50"), via=NONE),
        "partner.route",
        "Who must agree with whom",
        (),
        (),
        possible=True,
        again=True,
    )
    return finding(
        "partner.routing",
        "contested",
        default_status="violated",
        action="A1",
        title="A partner takes part only after agreements with both agencies",
        clause="partners",
        clause_says="unknown",
        cites=(Citation("seed-b", ""),),
        basis="sibling",
        rests_on="sibling",
        message="No agreement of Roscosmos with 中国 \x1b[31mred\u202e is known.",
        place=place,
        underline=Place(MIXED, 3, 45),
        because=(derived,),
        found=(fact("bilateral-agreement", Place(MIXED, 3, 4), id="B1"),),
        questions=(
            Ask(
                "Has Roscosmos signed an agreement with the partner?",
                "bilateral-agreement",
                None,
                (Answer("yes", "satisfied"), Answer("no", "violated")),
            ),
        ),
        readings=(ReadingStatus((("partner-routing", "either"),), "satisfied"),),
        horizon="2249-07-18",
    )


def everything() -> Results:
    """Two judged cases, an invalid one, a file that is not there: one of each thing a report must show."""
    excused = finding(
        "customs.duty", "excused", title="Goods are free of duty", excused_by="a waiver among the parties", basis="?"
    )
    overridden = finding("ip.owner", "overridden", severity="warning", overridden_by=("ip.joint", "ip.own"))
    late = verdict(
        late_notice(),
        finding("term.length", "satisfied", title="The term is kept", place=Place(LATE, 6, 5)),
        case=LATE,
        source=LATE_SOURCE,
        unjudged=(ActionView("survey", "S1", Place(LATE, 7, 5)),),
    )
    mixed = verdict(
        routing(),
        finding("waiver.claim", "pending", due="2027-01-01", message="Not yet.", place=Place(MIXED, 4, 5)),
        excused,
        overridden,
        status="contested",
        case=f"{MIXED}#2",
        source=MIXED_SOURCE,
        not_in_force=(ActionView("open-station", "O1", Place(MIXED, 4, 5)),),
        unread=(fact("notice", Place(MIXED, 3, 4), channel="diplomtic"), fact("note", None, id="X")),
        receipt=RECEIPT._replace(as_of="2026-11-21", as_of_stated=False),
    )
    bad = Problem(Place("bad.yaml", 3, 7), "unknown field `form`; did you mean `from`?")
    invalid = verdict(
        status="invalid",
        case="bad.yaml",
        problems=(bad,),
        receipt=None,
        sha256="",
        source=("a:", "b:", "  - {form: 1}"),
    )
    return results(late, mixed, invalid, problems=(Problem(Place("gone.yaml"), "no such file"),))
