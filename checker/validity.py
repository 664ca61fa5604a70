"""How long an agreement is in force, asked of its pack on a day, in each combination of the readings that matter.

Nothing is worked out here: the definitions of the pack are judged on the day asked about, their chains followed far
enough that the next period is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod

from checker.dates import Date, Duration, NoSuchDayError, shift
from checker.entry import change_of
from checker.errors import Place, UsageError
from checker.judging import OpenPack
from checker.model import Case, Fact, FactType, Field, Given, Pack
from checker.outcome import WorldKey
from checker.periods import Term, TermOn, dated_types, has_term, notices_before
from checker.referee import judge
from checker.speech import Speech
from checker.strata import edges_of
from checker.worlds import MOST, combinations

_AHEAD = (0, 1, 2, 4, 8, 16, 32, 64, 128, 200)  # years; no chain goes further, and none further than is asked for
_EARLIEST = 50  # years before the first day that is stated
_LATEST = 500  # years after it: periods are counted from the first, one by one
_YEAR = Duration(months=12)

# A chain is followed to the latest day of the case plus a step (docs/language.md, 7.6). So a case is given a day ahead,
# in a fact of a type that no rule reads. Judging it on a later day instead would break the duties that end before.
_NOWHERE = Place("")
_AHEAD_OF = FactType(
    name="day ahead",
    about="",
    fields={"day": Field("day", "date")},
    day=None,
    action=False,
    given=True,
    derived=False,
    open=False,
    free=False,
    choice=(),
    counter=None,
    place=_NOWHERE,
)


def without_facts(day: Date) -> Case:
    """The case that states nothing: the pack's own definitions hold, as of the day."""
    return Case(
        "",
        day,
        as_of_stated=True,
        given=(),
        complete=(),
        incomplete=(),
        expect=None,
        under=(),
        sha256="",
        place=_NOWHERE,
    )


def terms_on(opened: OpenPack, case: Case, fixed: Mapping[str, str], speech: Speech) -> tuple[TermOn, ...]:
    """The term on the case's day in each combination of the readings it depends on, the smallest changes first.

    `fixed` readings have one option; () where the pack says nothing of a term. UsageError where the day is too far
    off, or the combinations are too many.
    """
    if not has_term(opened.pack):
        return ()
    _refuse_too_far(opened.pack, case)
    dated = dated_types(opened.pack)
    makers = [rule.id for rule in opened.pack.rules.values() if any(head.type in dated for head in rule.heads)]
    worlds = _worlds(opened, case, makers, fixed)
    pack = _definitions(opened.pack, makers)
    found: dict[WorldKey, TermOn] = {}
    left, notices = list(worlds), len(notices_before(pack))
    for years in _AHEAD:
        outcome = judge(pack, _followed(case, years), left)
        for number, key in enumerate(left):
            found[key] = Term(pack, outcome, number, speech).on(case.as_of, change_of(worlds[0], key))
        left = [key for key in left if not found[key].is_told(notices)]
        if not left:
            break
    return tuple(sorted(found.values(), key=lambda term: len(term.change)))


def distinct(terms: tuple[TermOn, ...]) -> tuple[TermOn, ...]:
    """Each answer once, with the smallest change of readings that brings it, the default's first."""
    told: dict[TermOn, TermOn] = {}
    for term in terms:
        told.setdefault(term._replace(change=()), term)
    return tuple(told.values())


def _refuse_too_far(pack: Pack, case: Case) -> None:
    """Refuse a day so far from those that are stated that only a slip can have named it."""
    stated = [value for fact in (*pack.facts, *(each.fact for each in case.given)) for value in fact.values]
    days = [value for value in (*stated, pack.force.start) if isinstance(value, Date)] or [case.as_of]
    first, last = _later(min(days), -_EARLIEST), _later(min(days), _LATEST)
    if not first <= case.as_of <= last:
        message = f"{case.as_of} is too far off: the term is told from {first} to {last}"
        raise UsageError(message)


def _later(day: Date, years: int) -> Date:
    try:
        return shift(day, _YEAR, years, "down")
    except NoSuchDayError:
        return Date.MAX if years > 0 else Date.MIN


def _followed(case: Case, years: int) -> Case:
    """The case with chains followed to so many years after its day."""
    ahead = Fact(_AHEAD_OF.name, (_later(case.as_of, years),))
    return replace(case, given=(*case.given, Given(ahead, "", _NOWHERE, {}, "")))


def _definitions(pack: Pack, makers: list[str]) -> Pack:
    """The pack with the rules that dates of the term rest on, and with a type that none of them reads."""
    edges = edges_of(pack.rules, pack.force)
    needed: dict[str, None] = {}
    todo = list(makers)
    while todo:
        name = todo.pop()
        if name not in needed:
            needed[name] = None
            todo += [edge.maker for edge in edges[name]]
    rules = {name: rule for name, rule in pack.rules.items() if name in needed}
    return replace(pack, rules=rules, types={**pack.types, _AHEAD_OF.name: _AHEAD_OF})


def _worlds(opened: OpenPack, case: Case, makers: list[str], fixed: Mapping[str, str]) -> list[WorldKey]:
    """The combinations of the readings that these rules depend on. UsageError where they are too many."""
    pack = opened.pack
    depends = opened.dependencies.of(case)
    asked = sorted({question for maker in makers for question in depends[maker]} - fixed.keys())
    many = prod(len(pack.readings[name].options) for name in asked)
    if many > MOST:
        message = (
            f"the dates of `{pack.id}` depend on {many} combinations of readings, and at most {MOST} are looked at; "
            f"settle some with `--reading QUESTION=OPTION`: {', '.join(asked)}"
        )
        raise UsageError(message)
    home = {name: fixed.get(name, question.default) for name, question in sorted(pack.readings.items())}
    return combinations(pack, home, asked)
