"""What a page of a report is made of, and the page itself: one file of HTML, nothing is loaded from elsewhere, nothing runs.

A report's own module says which sections it has; here is how they look. Everything that is not a chart is escaped by the
template.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from medpolicy.errors import UsageError
from medpolicy.review.report_charts import PALETTE, Drawing

_TEMPLATES = Path(__file__).resolve().parent / "templates"
NEEDS_EXTRA = "a page needs the extra for claims: pip install 'medpolicy[claims]'"


class Cell(NamedTuple):
    """A cell of a table. `detail` stands below, smaller; `mark` is a coverage, whose colour stands beside."""

    text: str
    detail: str | None = None
    mark: str | None = None


Row = Sequence[Cell | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table. The first column of a row names it; `numbers` are the columns that hold figures, from 0. `folded`: shown when
    asked for (and on paper). `foot`: rows that stand apart at the end, such as what the rest comes to."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: frozenset[int] = frozenset()
    foot: tuple[tuple[Cell, ...], ...] = ()
    folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page: what it says first, a chart, tables that have the chart's numbers and more."""

    id: str
    title: str
    says: tuple[str, ...] = ()
    drawing: Drawing | None = None
    tables: tuple[Table, ...] = ()


class Tile(NamedTuple):
    """A figure at the top. `sign` stands before it, where the figures are a sum."""

    figure: str
    label: str
    sign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """A page. `facts`: what is known of the run, as label and value; `limits`: what the page does not say."""

    title: str
    subtitle: str
    sum_of_lines: tuple[Tile, ...]
    tiles: tuple[Tile, ...]
    limits: tuple[str, ...]
    sections: tuple[Section, ...]
    facts: tuple[tuple[str, str], ...]


def page_of(report: ReportPage) -> str:
    """The page as HTML. `UsageError` where the library for pages is not installed."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup
    except ImportError:
        raise UsageError(NEEDS_EXTRA) from None
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html").render(report=report, palette=PALETTE, svg=Markup)


# -- figures in words -----------------------------------------------------------------------------------------------------


def count(number: int) -> str:
    """`1,234`."""
    return f"{number:,}"


def dollars(amount: float | None) -> str:
    """Whole dollars, and cents below one: `$1,234`, `$0.50`; a minus sign before what is negative, a dash for none."""
    if amount is None:
        return "–"
    shown = f"{abs(amount):,.2f}" if 0 < abs(amount) < 1 else f"{abs(amount):,.0f}"
    return f"{'−' if amount < 0 else ''}${shown}"


def share(part: float, of: float) -> str:
    """`12.3%` of something; a dash where that is nothing."""
    if of == 0:
        return "–"
    percent = 100 * part / of
    if 0 < percent < 0.1:
        return "<0.1%"
    return ">99.9%" if 99.9 < percent < 100 else f"{percent:.1f}%"


def lines_of(number: int) -> str:
    """`1 line`, `2 lines`."""
    return f"{count(number)} line{'' if number == 1 else 's'}"


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    numbers: Iterable[int] = (),
    foot: Iterable[Row] = (),
    folded: bool = False,
) -> Table:
    """A table of cells or plain texts."""
    return Table(
        caption=caption,
        columns=tuple(columns),
        rows=tuple(_cells(row) for row in rows),
        numbers=frozenset(numbers),
        foot=tuple(_cells(row) for row in foot),
        folded=folded,
    )


def _cells(row: Row) -> tuple[Cell, ...]:
    return tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row)
