"""Days, months and durations as medical policies use them.

A policy dates an event by day or only by month; a criterion asks for "at least 3 months" and means calendar months.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from medpolicy.errors import InvalidModel
from medpolicy.model.coded import CodedEnum

_PARTIAL = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date at the precision of its source: a day, or a month that counts from its first day."""

    year: int
    month: int
    day: int | None = None

    def __post_init__(self) -> None:
        try:
            date(self.year, self.month, self.day or 1)
        except ValueError as error:
            raise InvalidModel(f"no such date: {self.year:04}-{self.month:02}-{self.day or 1:02}") from error

    @property
    def first_day(self) -> date:
        """The day itself, or the first of the month."""
        return date(self.year, self.month, self.day or 1)

    @property
    def last_day(self) -> date:
        """The day itself, or the last of the month."""
        return date(self.year, self.month, self.day or calendar.monthrange(self.year, self.month)[1])

    def plus_months(self, months: int) -> PartialDate:
        """The same precision, `months` later; a day that the month lacks becomes its last."""
        moved = add_months(self.first_day, months)
        return PartialDate(moved.year, moved.month, None if self.day is None else moved.day)

    def __str__(self) -> str:
        tail = "" if self.day is None else f"-{self.day:02}"
        return f"{self.year:04}-{self.month:02}{tail}"


def parse_partial_date(text: str) -> PartialDate:
    """Read YYYY-MM or YYYY-MM-DD; `InvalidModel` otherwise."""
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise InvalidModel(f"{text!r} is no date; write YYYY-MM or YYYY-MM-DD")
    year, month, day = match.groups()
    return PartialDate(int(year), int(month), None if day is None else int(day))


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later or earlier; a day that the month lacks becomes its last.

    Beyond the calendar's ends the nearest representable day is given, so that a comparison keeps its direction.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


class DurationUnit(CodedEnum):
    """Units of a duration; the first two are fixed numbers of days, the others follow the calendar."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"

    @property
    def is_calendar(self) -> bool:
        return self in (DurationUnit.MONTHS, DurationUnit.YEARS)


_PER_UNIT = {DurationUnit.DAYS: 1, DurationUnit.WEEKS: 7, DurationUnit.MONTHS: 1, DurationUnit.YEARS: 12}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in one unit, not negative. "3 months" is three calendar months, never 90 days."""

    amount: Fraction
    unit: DurationUnit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise InvalidModel(f"a duration cannot be negative: {self}")

    @property
    def count(self) -> Fraction:
        """Days for days and weeks; months for months and years."""
        return self.amount * _PER_UNIT[self.unit]

    @property
    def day_bounds(self) -> tuple[Fraction, Fraction]:
        """The fewest and the most days that it can be; equal for days and weeks."""
        if not self.unit.is_calendar:
            return self.count, self.count
        whole = self.count.numerator // self.count.denominator
        exact = whole == self.count
        return Fraction(_days_in_months(whole)[0]), Fraction(_days_in_months(whole if exact else whole + 1)[1])

    def after(self, start: date) -> date:
        """The first day on which the whole duration has passed since `start`."""
        if self.unit.is_calendar:
            whole = -(-self.count.numerator // self.count.denominator)  # part of a month passes with the month
            return add_months(start, whole)
        days = -(-self.count.numerator // self.count.denominator)
        return date.max if days > (date.max - start).days else start + timedelta(days=days)

    def __str__(self) -> str:
        return f"{_plain(self.amount)} {self.unit.value}"


def _plain(amount: Fraction) -> str:
    return str(amount.numerator) if amount.denominator == 1 else f"{float(amount):g}"


@lru_cache(maxsize=1024)
def _days_in_months(months: int) -> tuple[int, int]:
    """The fewest and most days in so many consecutive calendar months, over one whole Gregorian cycle of 400 years."""
    if months > 12 * 400:
        return months * 30, months * 31  # bounds, not exact; no policy asks for centuries
    firsts = [date(2000 + index // 12, index % 12 + 1, 1).toordinal() for index in range(12 * 800)]
    spans = [firsts[start + months] - firsts[start] for start in range(12 * 400)]
    return min(spans), max(spans)


def parse_duration(text: str) -> Duration:
    """Read "3 months", "1 year", "6 weeks", "90 days"; `InvalidModel` otherwise."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(day|week|month|year)s?", text.strip(), re.ASCII)
    if match is None:
        raise InvalidModel(f"{text!r} is no duration; write such as '3 months' (days, weeks, months, years)")
    return Duration(Fraction(match[1]), DurationUnit(match[2] + "s"))
