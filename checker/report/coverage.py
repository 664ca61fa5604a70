"""What tests saw of each rule, day limit and reading: tables, what nothing showed as cases to write, and totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.coverage import DISPLACES, FIRES, JUDGED, STATUSES, LimitCoverage, PackCoverage, RuleCoverage
from checker.speech import ENGLISH, Speech, noted
from checker.terminal import Look, columns, line

_GAP = "  "
_IMPOSSIBLE = "-"
_SHORT = 5  # letters of a heading where the table is too wide
_OTHERS = {FIRES: noted("definition"), DISPLACES: noted("permission")}
_NEVER = {
    "violated": noted("{rule} is never seen violated: a case that breaks it"),
    "satisfied": noted("{rule} is never seen satisfied: a case that keeps it"),
    "undetermined": noted("{rule} is never seen undetermined: a case that leaves out what it looks at"),
    "pending": noted("{rule} is never seen pending: a case judged while there is still time, and not yet met"),
    "excused": noted("{rule} is never seen excused: a case that breaks it and shows an exception"),
    "overridden": noted("{rule} is never seen overridden: a case that breaks it, with what displaces it"),
    "contested": noted("{rule} is never seen contested: a case that readings decide differently"),
    "silent": noted("{rule} is never seen silent: a case with what it speaks of, to which it does not apply"),
    FIRES: noted("{rule} never fires: a case from which it follows for certain"),
    DISPLACES: noted("{rule} never displaces another rule: a case that breaks one, and is permitted"),
}
_NOT_AT = {
    "before": noted("no test has the day before: {limit}"),
    "on": noted("no test has the day itself: {limit}"),
    "after": noted("no test has the day after: {limit}"),
}


def render(coverage: PackCoverage, look: Look, fail_under: int, speech: Speech = ENGLISH) -> str:
    """Everything; quietly, only what keeps the total of statuses under `fail_under`."""
    fails = coverage.percent < fail_under
    if look.quiet and not fails:
        return ""
    head = look.paint(speech.say("Coverage of {pack}", pack=line(coverage.pack)), "bold")
    blocks = [] if look.quiet else [[head], *_tables(coverage, look, speech), *_lists(coverage, look, speech)]
    blocks += [missing] if (missing := list(_missing(coverage, speech))) else []
    if not look.quiet:
        blocks += [list(cases)] if (cases := [*_sides(coverage, speech), *_options(coverage, speech)]) else []
    totals = [look.paint(_total(coverage, fail_under, speech), _colour(coverage, fails=fails))]
    blocks.append(totals if look.quiet else [*totals, *_other_totals(coverage, speech)])
    return "\n\n".join("\n".join(each) for each in blocks) + "\n"


def _total(coverage: PackCoverage, fail_under: int, speech: Speech) -> str:
    told = speech.say(
        "{pack}: tests saw {shown} of {allowed} statuses that rules can have, {percent}%",
        pack=line(coverage.pack),
        shown=coverage.shown,
        allowed=coverage.allowed,
        percent=coverage.percent,
    )
    if coverage.percent >= fail_under:
        return told
    return speech.say("{total}; wanted: {percent}%", total=told, percent=fail_under)


def _colour(coverage: PackCoverage, *, fails: bool) -> str:
    if fails:
        return "red"
    return "green" if coverage.shown == coverage.allowed else "yellow"


def _missing(coverage: PackCoverage, speech: Speech) -> Iterator[str]:
    for each in coverage.rules:
        for status in each.missing:
            yield speech.say(_NEVER[status], rule=line(each.rule))


def _sides(coverage: PackCoverage, speech: Speech) -> Iterator[str]:
    for each in coverage.limits:
        for side in each.missing:
            yield speech.say(_NOT_AT[side], limit=_limit(each))


def _options(coverage: PackCoverage, speech: Speech) -> Iterator[str]:
    for each in coverage.readings:
        for option in each.missing:
            yield speech.say("no test turns on {question}: {option}", question=line(each.question), option=line(option))


def _other_totals(coverage: PackCoverage, speech: Speech) -> Iterator[str]:
    if coverage.limits:
        sides = [tests for each in coverage.limits for tests in each.seen.values()]
        yield speech.say(
            "{pack}: tests came to {shown} of {all} days on and beside day limits, {percent}%",
            pack=line(coverage.pack),
            **_share(sides),
        )
    if coverage.readings:
        options = [tests for each in coverage.readings for tests in each.seen.values()]
        yield speech.say(
            "{pack}: {shown} of {all} options of readings decided a test, {percent}%",
            pack=line(coverage.pack),
            **_share(options),
        )


def _share(tests: list[int]) -> dict[str, int]:
    shown = sum(map(bool, tests))
    return {"shown": shown, "all": len(tests), "percent": 100 * shown // len(tests)}


def _limit(each: LimitCoverage) -> str:
    return line(f"{each.limit.rule}: {each.limit.told}")


# --- tables -----------------------------------------------------------------------


def _tables(coverage: PackCoverage, look: Look, speech: Speech) -> Iterator[list[str]]:
    """One for judged rules, with the statuses that any of them can have; one each for definitions and permissions."""
    judged = [each for each in coverage.rules if each.mode in JUDGED]
    if judged:
        heads = [status for status in STATUSES if any(status in each.seen for each in judged)]
        yield _table(speech.say("rule"), heads, judged, look)
    for status, kind in _OTHERS.items():
        if others := [each for each in coverage.rules if each.mode not in JUDGED and status in each.seen]:
            yield _table(speech.say(kind), [status], others, look)


def _lists(coverage: PackCoverage, look: Look, speech: Speech) -> Iterator[list[str]]:
    """Limits and options are long, so their numbers come first."""
    if coverage.limits:
        heads = [speech.say("before"), speech.say("on"), speech.say("after")]
        limits = [([*each.seen.values()], _limit(each)) for each in coverage.limits]
        yield _numbered(heads, speech.say("day limit"), limits, look)
    if coverage.readings:
        options = [
            ([tests], line(f"{each.question}: {option}"))
            for each in coverage.readings
            for option, tests in each.seen.items()
        ]
        yield _numbered([speech.say("tests")], speech.say("option of a reading"), options, look)


def _numbered(heads: list[str], kind: str, rows: list[tuple[list[int], str]], look: Look) -> list[str]:
    widths = [max(columns(head), *(len(str(numbers[n])) for numbers, _ in rows)) for n, head in enumerate(heads)]
    head = _GAP.join([*(" " * (width - columns(each)) + each for each, width in zip(heads, widths, strict=True)), kind])
    table = [look.paint(head, "bold")]
    for numbers, told in rows:
        cells = (_painted(str(number), width, look) for number, width in zip(numbers, widths, strict=True))
        table.append(_GAP.join([*cells, told]))
    return table


def _table(kind: str, statuses: list[str], rules: Iterable[RuleCoverage], look: Look) -> list[str]:
    rows = [(line(each.rule), [_cell(each, status) for status in statuses]) for each in rules]
    first = max(columns(name) for name in (kind, *(name for name, _ in rows)))
    heads = statuses
    if first + sum(len(_GAP + head) for head in heads) > look.width:
        heads = [head if len(head) <= _SHORT + 1 else f"{head[:_SHORT]}." for head in statuses]
    widths = [max(len(head), *(len(cells[n]) for _, cells in rows)) for n, head in enumerate(heads)]
    table = [look.paint(_row(kind, first, heads, widths), "bold")]
    for name, cells in rows:
        padded = [_painted(cell, width, look) for cell, width in zip(cells, widths, strict=True)]
        table.append(_GAP.join([name + " " * (first - columns(name)), *padded]))
    return table


def _row(name: str, first: int, cells: Iterable[str], widths: Iterable[int]) -> str:
    return _GAP.join(
        [name + " " * (first - columns(name)), *(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))]
    )


def _cell(each: RuleCoverage, status: str) -> str:
    return str(each.seen[status]) if status in each.seen else _IMPOSSIBLE


def _painted(cell: str, width: int, look: Look) -> str:
    return " " * (width - len(cell)) + (look.paint(cell, "red") if cell == "0" else cell)
