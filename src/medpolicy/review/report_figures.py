"""The figures of a report of claims as tables and charts: lines, shares and dollars, split by coverage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from medpolicy.review import screening_words as words
from medpolicy.review.report_charts import Bar, Drawing, Series, lying_bars
from medpolicy.review.report_view import Cell, Row, Section, Table, count, dollars, lines_of, share, table

COVERAGES: Final = Series(tuple(words.COVERAGE), tuple(words.COVERAGE.values()), tuple(words.COVERAGE))
CHART_BARS: Final = 15
NOTHING: Final = "–"
Report = Mapping[str, Any]  # a part of a report's JSON


@dataclass(frozen=True, slots=True)
class Figures:
    """How totals are shown. `amount`: which one is shown as dollars, None where there is none; `lines`: what shares are of;
    `members`: whether tables have a column for them.
    """

    amount: str | None
    lines: int
    members: bool = False

    @property
    def measure(self) -> str:
        """The key of what charts show."""
        return self.amount or "lines"

    @property
    def measured(self) -> str:
        """What charts show, in words."""
        return "Lines" if self.amount is None else "Dollars"

    @property
    def form(self) -> str:
        """The form of numbers on an axis, as d3 writes them."""
        return "~s" if self.amount is None else "$~s"

    def value(self, totals: Report) -> float:
        return float(totals[self.measure] or 0)

    def dollars(self, totals: Report) -> tuple[str, ...]:
        """The amount as one cell; none where there are no amounts."""
        return () if self.amount is None else (dollars(totals[self.amount]),)

    def said(self, totals: Report) -> str:
        """`12 lines, $34`."""
        return ", ".join((lines_of(totals["lines"]), *self.dollars(totals)))

    def table(
        self,
        caption: str,
        names: Sequence[str],
        rows: Iterable[tuple[Row, Report]],
        *,
        foot: Iterable[tuple[Row, Report]] = (),
        folded: bool = False,
    ) -> Table:
        """A table of names with their lines, share and dollars. Rows at the foot that have no lines are left out."""
        heads = ("Lines", "Share", *(("Members",) if self.members else ()), *(() if self.amount is None else ("Dollars",)))
        return table(
            caption,
            [*names, *heads],
            [[*cells, *self._cells(totals)] for cells, totals in rows],
            numbers=range(len(names), len(names) + len(heads)),
            foot=[[*cells, *self._cells(totals)] for cells, totals in foot if totals["lines"]],
            folded=folded,
        )

    def _cells(self, totals: Report) -> tuple[str, ...]:
        known = totals.get("members")
        members = (NOTHING if known is None else count(known),) if self.members else ()
        return (count(totals["lines"]), share(totals["lines"], self.lines), *members, *self.dollars(totals))

    def split(self, label: str, one: Report) -> Bar:
        """A bar whose parts are the coverages."""
        return Bar(label, {coverage: self.value(totals) for coverage, totals in one["by_coverage"].items()})

    def drawing(self, name: str, of: str, top: Sequence[tuple[str, Report]]) -> Drawing | None:
        """Lying bars by coverage of what is at the top, by label; None where there is nothing to draw."""
        rows = addressed([self.split(label, one) for label, one in top])[:CHART_BARS]
        if not rows:
            return None
        title = f"{self.measured} by {of} and coverage{NOT_DRAWN}"
        first = rows[0].label
        said = f"{title}. The first, {first}: of {self.said(dict(top)[first])}, {coverages_in_words(dict(top)[first])}."
        return lying_bars(name, title, said, rows, coverages_of(rows), measure=self.measured, form=self.form)


NOT_DRAWN: Final = ", without lines not addressed"


def addressed(rows: Iterable[Bar]) -> list[Bar]:
    """The bars without the lines that no provision addresses, which would dwarf the others; bars of nothing else are left out."""
    cut = [Bar(row.label, {value: part for value, part in row.parts.items() if value != _NOT_ADDRESSED}) for row in rows]
    return [row for row in cut if any(row.parts.values())]


_NOT_ADDRESSED: Final = "not-addressed"


def coverages_of(rows: Iterable[Bar]) -> Series:
    """The coverages that occur, in their order."""
    occur = {value for row in rows for value, part in row.parts.items() if part}
    shown = [at for at, value in enumerate(COVERAGES.values) if value in occur]
    return Series(*(tuple(part[at] for at in shown) for part in COVERAGES))


def coverages_in_words(one: Report) -> str:
    """`covered`, or `covered 80.0%, conditional 20.0%`: of the lines."""
    found = one["by_coverage"]
    if len(found) == 1:
        return words.COVERAGE[next(iter(found))].lower()
    return ", ".join(f"{words.COVERAGE[name].lower()} {share(part['lines'], one['lines'])}" for name, part in found.items())


def coverage_cell(name: str, detail: str | None = None) -> Cell:
    """A coverage with its colour."""
    return Cell(words.COVERAGE[name], detail, name)


def coded(code: str, in_words: Mapping[str, str]) -> Cell:
    """A code with what it means."""
    return Cell(code, in_words.get(code))


def counted(number: int, one: str, several: str) -> str:
    """`1 policy`, `2 policies`."""
    return f"{count(number)} {one if number == 1 else several}"


_REJECTIONS: Final = {"rejections": "Rejected lines", "rejected_spans": "Rows of eligibility that could not be used"}


def lines_in_and_out(counts: Report, rejected: str) -> Section:
    """What became of the lines, of a report's `counts`; `rejected` says where those are."""
    kept = f"{count(counts['answered'])} were answered and {count(counts['rejected'])} were rejected"
    says = [f"Of {lines_of(counts['lines'])}, {kept}; {rejected}."]
    if counts["absent_columns"]:
        says.append(f"The claims do not have these columns: {', '.join(counts['absent_columns'])}.")
    tables = []
    for which, caption in _REJECTIONS.items():
        if counts[which]:
            tables.append(
                table(
                    caption,
                    ("Reason", "Column", "Lines" if which == "rejections" else "Rows"),
                    [
                        (coded(one["reason"], words.REJECTION), one["column"] or NOTHING, count(one["lines"]))
                        for one in counts[which]
                    ],
                    numbers=[2],
                )
            )
    if counts["remarks"]:
        remarks = [(coded(one["remark"], words.REMARK), count(one["lines"])) for one in counts["remarks"]]
        tables.append(table("Worth knowing of the lines answered", ("Remark", "Lines"), remarks, numbers=[1]))
    return Section(id="in-and-out", title="Lines in and out", says=tuple(says), tables=tuple(tables))
