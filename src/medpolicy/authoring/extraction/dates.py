"""Dates as documents print them, in the precision that they have."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

# American documents print the month first. A year of two digits up to this one belongs to this century.
_LAST_SHORT_YEAR_OF_THIS_CENTURY = 69

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_FORMS = (
    rf"{_YEAR}-(?P<month>\d{{2}})(?:-(?P<day>\d{{2}}))?(?![\d-])",
    r"(?P<month>\d{1,2})(?P<separator>[/-])(?P<day>\d{1,2})(?P=separator)(?P<year>(?:19|20)\d{2}|\d{2})(?![\d/-])",
    rf"(?P<month>\d{{1,2}})/{_YEAR}(?![\d/])",
    rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}\b",
    rf"{_DAY}\s+{_MONTH},?\s+{_YEAR}\b",
    rf"{_MONTH},?\s+{_YEAR}\b",
    rf"{_YEAR}\s+{_MONTH}(?:\s+{_DAY})?\b",
)
_COMPILED = tuple(re.compile(rf"(?<![\d/-])(?<!\d\.){form}", re.IGNORECASE) for form in _FORMS)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date: `iso` as YYYY-MM or YYYY-MM-DD, and where it stands in its text, [start, end)."""

    iso: str
    start: int
    end: int


def dates_in(text: str) -> list[PrintedDate]:
    """The dates of a text in their order; numbers that no calendar has are none."""
    found: list[PrintedDate] = []  # in order, and none over another
    for pattern in _COMPILED:
        for match in pattern.finditer(text):
            iso = _iso(match)
            if iso is None:
                continue
            at = bisect_left(found, match.end(), key=lambda printed: printed.start)
            if at == 0 or found[at - 1].end <= match.start():
                found.insert(at, PrintedDate(iso, match.start(), match.end()))
    return found


def leading_date(text: str) -> PrintedDate | None:
    """The date with which a text begins."""
    return next((printed for printed in dates_in(text[:40]) if not text[: printed.start].strip()), None)


def trailing_date(text: str) -> PrintedDate | None:
    """The date with which a text ends."""
    return next((printed for printed in reversed(dates_in(text)) if not text[printed.end :].strip(" .")), None)


def first_day(iso: str) -> date:
    """The first day that a date can mean; a date by month counts from its first day."""
    year, month, *day = (int(part) for part in iso.split("-"))
    return date(year, month, day[0] if day else 1)


def latest(dates: Iterator[str] | list[str]) -> str | None:
    """The latest of some dates; of two that begin on one day the more precise."""
    return max(dates, key=lambda iso: (first_day(iso), len(iso)), default=None)


def _iso(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    year = int(groups["year"])
    if len(groups["year"]) == 2:
        year += 2000 if year <= _LAST_SHORT_YEAR_OF_THIS_CENTURY else 1900
    printed = groups["month"]
    month = int(printed) if printed.isdigit() else _MONTHS.index(printed[:3].lower()) + 1
    day = groups.get("day")
    try:
        date(year, month, int(day) if day else 1)
    except ValueError:
        return None
    return f"{year:04}-{month:02}" + (f"-{int(day):02}" if day else "")
