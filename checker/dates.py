"""Calendar days and calendar durations, kept from the rest of the package.

Only this module imports `whenever`, whose interface is still 0.x. A year is a
calendar year: 2043-07-18 is one year before 2044-07-18 although 366 days lie
between. Years and months are added first, then days; where the month has no
such day, the pack's rounding decides.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

import whenever

Date = whenever.Date
Rounding = Literal["down", "up", "refuse"]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile(r"P(?=[0-9])(?:([0-9]{1,5})Y)?(?:([0-9]{1,5})M)?(?:([0-9]{1,5})W)?(?:([0-9]{1,6})D)?")
_MONTHS_A_YEAR = 12
_DAYS_A_WEEK = 7


class NoSuchDayError(ValueError):
    """A sum that ends on no day of the calendar, or that the pack refuses to round."""


class Duration(NamedTuple):
    """A calendar duration: whole months (a year is twelve) and whole days, never mixed up."""

    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        """ISO 8601, years where they come out even: `P1Y`, `P18M`, `P1Y10D`."""
        years, months = divmod(self.months, _MONTHS_A_YEAR)
        if years and months:
            years, months = 0, self.months
        parts = (f"{years}Y" if years else "", f"{months}M" if months else "", f"{self.days}D" if self.days else "")
        return "P" + ("".join(parts) or "0D")

    def order(self, other: Duration) -> int | None:
        """Negative, zero or positive as `self` is shorter, equal or longer; None: months against days."""
        if self == other:
            return 0
        if not self.days and not other.days:
            return self.months - other.months
        if not self.months and not other.months:
            return self.days - other.days
        return None


def parse_date(text: str) -> Date | None:
    """The day an ISO 8601 date names, or None: not one, or no such day (2023-02-29)."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return Date.parse_iso(text)
    except ValueError:
        return None


def parse_duration(text: str) -> Duration | None:
    """The duration an ISO 8601 text names in years, months, weeks and days, or None."""
    found = _DURATION.fullmatch(text)
    if not found:
        return None
    years, months, weeks, days = (int(part or 0) for part in found.groups())
    return Duration(years * _MONTHS_A_YEAR + months, weeks * _DAYS_A_WEEK + days)


def shift(day: Date, duration: Duration, times: int, rounding: Rounding) -> Date:
    """`day` moved by `times` durations (negative: back). NoSuchDayError if it lands nowhere."""
    try:
        moved = day.add(months=duration.months * times)
        if moved.day != day.day and rounding != "down":
            if rounding == "refuse":
                message = f"{day} {'+' if times > 0 else '-'} {duration} lands on no day of its month"
                raise NoSuchDayError(message)
            moved = moved.add(days=1)
        return moved.add(days=duration.days * times)
    except (ValueError, OverflowError) as error:
        if isinstance(error, NoSuchDayError):
            raise
        message = f"{day} moved by {times} times {duration} leaves the calendar"
        raise NoSuchDayError(message) from error


def days_between(start: Date, end: Date) -> int:
    """Days from `start` to `end`; negative when `end` is earlier."""
    return ordinal(end) - ordinal(start)


def ordinal(day: Date) -> int:
    """The day as a number, 0001-01-01 being 1."""
    return day.to_stdlib().toordinal()


def from_timestamp(seconds: int) -> Date:
    """The day in UTC at so many seconds after 1970 (for SOURCE_DATE_EPOCH)."""
    return whenever.Instant.from_timestamp(seconds).to_tz("UTC").date()


def instant(seconds: int) -> str:
    """The time in UTC at so many seconds after 1970, as RFC 3339 writes it."""
    return whenever.Instant.from_timestamp(seconds).format_iso()


def today() -> Date:
    """Today in UTC."""
    return whenever.Instant.now().to_tz("UTC").date()
