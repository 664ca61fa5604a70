"""The days of a case drawn on a line: periods as bars, what the agreement sets above, what the case states below.

The drawing is placed here and coloured by the style sheet; beside it stands the same as a table, for whoever can't
see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from checker.dates import Date, days_between, parse_date
from checker.report.html_parts import Sheet, Told, rows
from checker.report.page import Html, tag, together
from checker.terminal import columns, cut
from checker.verdict import Receipt, Timeline, Verdict

_WIDTH, _MARGIN = 960, 12
_LETTER = 6.3  # pixels of a column of a label
_ROW, _BAR = 18, 26  # heights
_WIDEST = 70  # columns of a label
_MOST = 14  # labels on one side; the others are in the table
_FARTHEST = 60 * 366  # days drawn on either side of the day of judging; what is farther stands at the edge
_STEPS = (1, 2, 5, 10, 20, 50)  # years between the marks of the scale
_MARKS = 10
_FEW = 2  # years that are marked by months
_DRAWN = 100  # days on one side


class Mark(NamedTuple):
    """A day with a word on it, of the agreement (`kind` limit, due or end), of judging (today) or of the case."""

    day: Date
    told: str
    kind: str


class Label(NamedTuple):
    """A word set: its day's place, the edges of its text, the row it stands in, from the line outwards."""

    x: float
    left: float
    right: float
    row: int
    told: str
    kind: str


class Scale(NamedTuple):
    """Days as places on the line."""

    first: Date
    days: int

    def x(self, day: Date) -> float:
        """Where a day stands; at the edge where it lies beyond."""
        part = min(1.0, max(0.0, days_between(self.first, day) / self.days))
        return round(_MARGIN + part * (_WIDTH - 2 * _MARGIN), 1)


def timeline(verdict: Verdict, told: Told, sheet: Sheet) -> Html:
    """A figure; nothing where the case has no days."""
    if verdict.timeline is None or verdict.receipt is None:
        return Html()
    above, below = [*_set(verdict.receipt, verdict.timeline, told, sheet)], [*_stated(verdict.timeline, sheet)]
    if not (verdict.timeline.periods or below or len(above) > 1):
        return Html()
    caption = sheet.say("Periods and limits above the line, the days of the case below it.")
    svg = _drawing(verdict.timeline, above, below, caption, sheet)
    heads = (sheet.say("Day"), sheet.say("What falls on it"))
    days = sorted((*above, *below, *_bounds(verdict.timeline, sheet)))
    table = rows(heads, ((tag("span", str(each.day)), each.told) for each in days))
    return tag(
        "figure",
        tag("div", svg, class_="drawing", tabindex="0", role="group", aria_label=sheet.say("Timeline")),
        tag("figcaption", caption),
        tag("details", tag("summary", sheet.say("The days as a table")), table),
    )


# --- what is drawn ----------------------------------------------------------------------


def _set(receipt: Receipt, days: Timeline, told: Told, sheet: Sheet) -> Iterator[Mark]:
    """The days that the agreement sets, and the day of judging."""
    say = sheet.say
    if today := parse_date(receipt.as_of):
        yield Mark(today, say("day of judging"), "today")
    if days.ends is not None:
        yield Mark(days.ends, say("last day in force"), "end")
    for rule, day in days.limits:
        yield Mark(day, say("last day for notice ({rule})", rule=rule), "limit")
    for rule, due in dict.fromkeys((each.rule, parse_date(each.due or "")) for _, each in told):
        if due is not None and (rule, due) not in days.limits:
            yield Mark(due, say("due ({rule})", rule=rule), "due")


def _stated(days: Timeline, sheet: Sheet) -> Iterator[Mark]:
    for each in days.stated:
        yield Mark(each.day, sheet.say("{fact}: {field}", fact=each.fact, field=each.field), "stated")


def _bounds(days: Timeline, sheet: Sheet) -> Iterator[Mark]:
    """The first and last days of periods, which the drawing shows as the ends of bars."""
    for number, start, end in days.periods:
        yield Mark(start, sheet.say("period {number} begins", number=number), "period")
        if end is not None:
            yield Mark(end, sheet.say("period {number} ends", number=number), "period")


# --- where it stands --------------------------------------------------------------------


def _drawing(days: Timeline, above: list[Mark], below: list[Mark], caption: str, sheet: Sheet) -> Html:
    scale = _scale(days, (*above, *below))
    tops, bottoms = placed(above, scale), placed(below, scale)
    line = (max((each.row for each in tops), default=-1) + 1) * _ROW + 14  # the upper edge of the bars
    base = line + _BAR
    height = base + 22 + (max((each.row for each in bottoms), default=-1) + 1) * _ROW + 8
    return tag(
        "svg",
        together(_label(each, line, line - 8 - each.row * _ROW) for each in tops),
        together(_label(each, base, base + 34 + each.row * _ROW) for each in bottoms),
        together(_bars(days, scale, line, sheet)),
        tag("line", x1=_MARGIN, x2=_WIDTH - _MARGIN, y1=base, y2=base, class_="axis"),
        together(_ticks(scale, base)),
        together(tag("circle", cx=_n(each.x), cy=line, r=4, class_=each.kind) for each in tops),
        together(tag("circle", cx=_n(each.x), cy=base, r=4, class_=each.kind) for each in bottoms),
        class_="timeline",
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
        aria_label=caption,
    )


def _scale(days: Timeline, marks: Iterable[Mark]) -> Scale:
    """From the first day to the last, and some room; no farther than can be seen from the day of judging."""
    told = [*marks]
    every = [each.day for each in told] + [day for _, *ends in days.periods for day in ends if day is not None]
    today = next((each.day for each in told if each.kind == "today"), min(every))
    first = min(every, key=lambda day: (abs(days_between(today, day)) > _FARTHEST, day))
    last = max(every, key=lambda day: (abs(days_between(today, day)) <= _FARTHEST, day))
    return Scale(first, max(30, days_between(first, last)))


def placed(marks: list[Mark], scale: Scale) -> list[Label]:
    """Labels in rows, so that no line to a label runs through another label.

    Left of the middle labels begin at their day and are set from the right; right of it they end there and are set
    from the left.
    """
    told: dict[Date, list[Mark]] = {}
    for each in sorted(marks):
        told.setdefault(each.day, []).append(each)
    wanted = [_text(scale.x(day), each) for day, each in [*told.items()][:_DRAWN]]
    done: list[Label] = []
    rightwards = [each for each in reversed(wanted) if each.right > each.x]
    for label in (*rightwards, *(each for each in wanted if each.right <= each.x)):
        under = [each.row for each in done if each.left <= label.right + 6 and label.left - 6 <= each.right]
        done.append(label._replace(row=max(under, default=-1) + 1))
    return [each for each in done if each.row < _MOST]


def _text(x: float, marks: list[Mark]) -> Label:
    """A label of a day, in no row yet, on the side of the day where there is more room."""
    whole = f"{marks[0].day} {'; '.join(each.told for each in marks)}"
    told = whole if columns(whole) <= _WIDEST else cut(whole, _WIDEST - 1) + "…"
    width = columns(told) * _LETTER
    left = x if x < _WIDTH / 2 else x - width
    return Label(x, left, left + width, 0, told, marks[0].kind)


# --- how it is drawn --------------------------------------------------------------------


def _label(label: Label, start: float, y: float) -> Html:
    """The line from the day to its words, and the words."""
    rightwards = label.right > label.x
    words = tag(
        "text",
        label.told,
        x=_n(label.x + (4 if rightwards else -4)),
        y=_n(y + 4),
        text_anchor=None if rightwards else "end",
        class_=label.kind,
    )
    return together([tag("line", x1=_n(label.x), x2=_n(label.x), y1=_n(start), y2=_n(y - 4), class_=label.kind), words])


def _bars(days: Timeline, scale: Scale, y: float, sheet: Sheet) -> Iterator[Html]:
    for number, start, end in days.periods:
        left, right = scale.x(start), _WIDTH - _MARGIN if end is None else scale.x(end)
        kind = "bar other" if number % 2 == 0 else "bar"
        yield tag("rect", x=_n(left), y=_n(y), width=_n(right - left), height=_BAR, class_=kind)
        name = sheet.say("period {number}", number=number)
        whole = f"{name}, {start} – {end or '…'}"
        told = next((each for each in (whole, name, str(number)) if columns(each) * _LETTER < right - left - 8), None)
        if told:
            yield tag("text", told, x=_n((left + right) / 2), y=_n(y + 17), text_anchor="middle", class_="bar")


def _ticks(scale: Scale, y: float) -> Iterator[Html]:
    """Marks of the scale: at the beginning of years, or of months where years would be too few."""
    years = scale.days / 365.25
    start = scale.first.year * 12 + scale.first.month  # months, counted from 1: the first that begins on the scale
    if years < _FEW:
        step = 1 + int(years * 12) // _MARKS
    else:
        step = 12 * next((each for each in _STEPS if years / each <= _MARKS), _STEPS[-1])
        start = (start + step - 2) // step * step
    for month in range(start, start + int(years * 12) + 1, step):
        day = parse_date(f"{month // 12:04}-{month % 12 + 1:02}-01")
        if day is not None and days_between(scale.first, day) <= scale.days:
            x = _n(scale.x(day))
            yield tag("line", x1=x, x2=x, y1=_n(y), y2=_n(y + 5), class_="axis")
            yield tag("text", str(day)[: 4 if step % 12 == 0 else 7], x=x, y=_n(y + 17), text_anchor="middle")


def _n(number: float) -> str:
    """A length as it is written in the drawing."""
    return f"{number:.1f}".removesuffix(".0")
