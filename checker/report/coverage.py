"""What tests saw of each rule: a table of rules by status, what nothing showed line by line, and the total."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.coverage import DISPLACES, FIRES, JUDGED, STATUSES, PackCoverage, RuleCoverage
from checker.speech import ENGLISH, Speech, noted
from checker.terminal import Look, columns, line

_GAP = "  "
_IMPOSSIBLE = "-"
_SHORT = 5  # letters of a heading where the table is too wide
_OTHERS = {FIRES: noted("definition"), DISPLACES: noted("permission")}
_NEVER = {FIRES: noted("{rule} never fires"), DISPLACES: noted("{rule} never displaces another rule")}


def render(coverage: PackCoverage, look: Look, fail_under: int, speech: Speech = ENGLISH) -> str:
    """Everything; quietly, only what keeps the total under `fail_under`."""
    fails = coverage.percent < fail_under
    if look.quiet and not fails:
        return ""
    head = look.paint(speech.say("Coverage of {pack}", pack=line(coverage.pack)), "bold")
    blocks = [] if look.quiet else [[head], *_tables(coverage, look, speech)]
    blocks += [missing] if (missing := list(_missing(coverage, speech))) else []
    blocks.append([look.paint(_total(coverage, fail_under, speech), _colour(coverage, fails=fails))])
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
            told = _NEVER.get(status) or noted("{rule} is never seen {status}")
            yield speech.say(told, rule=line(each.rule), status=status)


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
