"""A screening's report as one page of HTML, from its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from medpolicy.review import screening_words as words
from medpolicy.review.report_charts import Bar, Drawing, lying_bars, standing_bars
from medpolicy.review.report_figures import (
    NOT_DRAWN,
    NOTHING,
    Figures,
    Report,
    addressed,
    coded,
    counted,
    coverage_cell,
    coverages_in_words,
    coverages_of,
    lines_in_and_out,
)
from medpolicy.review.report_view import Cell, ReportPage, Row, Section, Tile, count, dollars, lines_of, page_of, share, table
from medpolicy.review.screening_questions import questions_section

_MONTHS_UNFOLDED: Final = 18


def screening_page(report: Report) -> str:
    """The page for what `screening_json` gives. `UsageError` where the libraries for charts and pages are not installed."""
    figures = Figures(report["dollars"], report["total"]["lines"])
    run, counts = report["run"], report["counts"]
    between = "" if run["first_day"] is None else f", service from {run['first_day']} to {run['last_day']}"
    sections = (
        _outcomes(report, figures),
        _months(report["months"], figures),
        questions_section(report["open_questions"], figures),
        _policies(report["policies"], figures),
        _provisions(report["provisions"], figures),
        _codes(report, figures),
        _lines_of_business(report["lines_of_business"], figures),
        _bases(report["bases"], figures),
        _reasons(report, figures),
        _adjustments(report, figures),
        lines_in_and_out(counts, "the rejected ones stand in a file of their own, with the reason"),
    )
    page = ReportPage(
        title="What the medical policies say of these claims",
        subtitle=f"{lines_of(counts['lines'])}{between}",
        sum_of_lines=(
            Tile(count(counts["lines"]), "lines in"),
            Tile(count(counts["answered"]), "answered", "="),
            Tile(count(counts["rejected"]), "rejected", "+"),
        ),
        tiles=_tiles(report, figures),
        limits=tuple(report["limits"]),
        sections=tuple(section for section in sections if section is not None),
        facts=(
            ("Claims", ", ".join(run["inputs"])),
            ("Policies", f"library {run['library']}"),
            ("Decided by", f"{run['engine']} on {run['tables_engine']}"),
            ("As of", run["as_of"]),
        ),
    )
    return page_of(page)


def _coverages(report: Report, figures: Figures) -> dict[str, dict[str, float]]:
    """Lines and dollars of each coverage that occurs."""
    found: dict[str, dict[str, float]] = {}
    for one in report["outcomes"]:
        into = found.setdefault(one["coverage"], {"lines": 0, "dollars": 0.0})
        into["lines"] += one["lines"]
        into["dollars"] += 0 if figures.amount is None else one[figures.amount] or 0
    return {coverage: found[coverage] for coverage in words.COVERAGE if coverage in found}


_AMOUNT: Final = {"paid": "paid for the lines answered", "allowed": "allowed for the lines answered", "charge": "charged"}


def _tiles(report: Report, figures: Figures) -> tuple[Tile, ...]:
    found = _coverages(report, figures)
    tiles = [Tile(share(one["lines"], figures.lines), f"of lines {words.COVERAGE[name].lower()}") for name, one in found.items()]
    if figures.amount is not None:
        tiles.insert(0, Tile(dollars(report["total"][figures.amount]), _AMOUNT[figures.amount]))
    return tuple(tiles)


def _outcomes(report: Report, figures: Figures) -> Section:
    found = _coverages(report, figures)
    rows = [Bar("Lines", {name: one["lines"] / figures.lines for name, one in found.items()})] if found else []
    parts = {name: one["dollars"] for name, one in found.items()}
    # Of dollars that reversals bring below nothing there are no shares.
    if figures.amount is not None and min(parts.values()) >= 0 and sum(parts.values()) > 0:
        rows.append(Bar("Dollars", {name: part / sum(parts.values()) for name, part in parts.items()}))
    drawing = None
    if rows:
        said = "; ".join(f"{words.COVERAGE[name].lower()} {share(one['lines'], figures.lines)}" for name, one in found.items())
        title = "Lines and dollars by coverage" if len(rows) > 1 else "Lines by coverage"
        drawing = lying_bars(
            "chart-outcomes", title, f"{title}. Of the lines: {said}.", rows, coverages_of(rows), measure="Share", form="~%"
        )
    changing = report["total"]["changing"]
    crossed = f"The span of {lines_of(changing)} crosses a day on which the answer changes; the first day's answer is counted."
    return Section(
        id="outcomes",
        title="Outcomes",
        says=(words.DOLLARS[figures.amount], *((crossed,) if changing else ())),
        drawing=drawing,
        tables=(
            figures.table(
                "By coverage, stance and prior authorization",
                ("Coverage", "Stance", "Prior authorization"),
                [(_outcome(one), one) for one in report["outcomes"]],
            ),
            table(
                "What the coverages mean",
                ("Coverage", "Means that"),
                [(coverage_cell(name), words.COVERAGE_MEANS[name]) for name in found],
                folded=True,
            ),
        ),
    )


def _outcome(one: Report) -> Row:
    stance, authorization = one["stance"], one["prior_authorization"]
    return (
        coverage_cell(one["coverage"]),
        NOTHING if stance is None else words.STANCE[stance],
        NOTHING if authorization is None else words.AUTHORIZATION[authorization],
    )


def _months(found: list[dict[str, Any]], figures: Figures) -> Section | None:
    if not found:
        return None
    rows = addressed(figures.split(one["month"], one) for one in found)
    folded = len(found) > _MONTHS_UNFOLDED
    monthly = figures.table("By month of service", ("Month",), [((one["month"],), one) for one in found], folded=folded)
    yearly = figures.table(
        "By year of service", ("Year",), [((year,), totals) for year, totals in _years(found, figures).items()]
    )
    return Section(
        id="months",
        title="Months",
        drawing=_by_month(rows, figures) if rows else None,
        tables=(yearly, monthly) if folded else (monthly,),
    )


def _by_month(rows: list[Bar], figures: Figures) -> Drawing:
    title = f"{figures.measured} by month of service and coverage{NOT_DRAWN}"
    most = max(rows, key=lambda row: sum(row.parts.values()))
    said = f"{title}, {rows[0].label} to {rows[-1].label}. The most in {most.label}."
    return standing_bars("chart-months", title, said, rows, coverages_of(rows), measure=figures.measured, form=figures.form)


def _years(found: list[dict[str, Any]], figures: Figures) -> Mapping[str, Report]:
    years: dict[str, dict[str, Any]] = {}
    for one in found:
        year = years.setdefault(one["month"][:4], {figures.measure: None, "lines": 0})
        year["lines"] += one["lines"]
        if figures.amount is not None and one[figures.amount] is not None:
            year[figures.amount] = (year[figures.amount] or 0) + one[figures.amount]
    return years


def _policies(found: Report, figures: Figures) -> Section:
    named = [(f"{one['issuer']} {one['number']}", one) for one in found["top"]]
    return Section(
        id="policies",
        title="Policies",
        drawing=figures.drawing("chart-policies", "policy", named),
        tables=(
            figures.table(
                "By the policy that answers",
                ("Policy", "Coverages"),
                [((Cell(name, one["title"]), coverages_in_words(one)), one) for name, one in named],
                foot=[
                    ((counted(found["others"], "other policy", "other policies"), ""), found["rest"]),
                    (("No policy answers", ""), found["without"]),
                ],
            ),
        ),
    )


def _provisions(found: Report, figures: Figures) -> Section:
    return Section(
        id="provisions",
        title="Provisions",
        says=("A provision or code listing is counted where it decides the answer, or where whether it applies is open.",),
        tables=(
            figures.table(
                "By the provision that decides",
                ("Provision", "Answer", "Where it stands"),
                [(_provision(one), one) for one in found["top"]],
                foot=[
                    ((counted(found["others"], "other provision", "other provisions"), "", ""), found["rest"]),
                    (("No provision decides", "", ""), found["without"]),
                ],
            ),
        ),
    )


def _provision(one: Report) -> Row:
    version = "" if one["version"] is None else f", version {one['version']}"
    return (
        Cell(one["provision"], one["says"]),
        coverage_cell(one["coverage"], None if one["stance"] is None else words.STANCE[one["stance"]]),
        Cell(f"{one['issuer']} {one['number']}{version}", _places(one) or None),
    )


def _places(one: Report) -> str:
    """The citations, those of one section together."""
    sections: dict[str, list[str]] = {}
    for cited in one["citations"]:
        sections.setdefault(cited["section"], []).append(cited["lines"])
    places = [
        f"“{section}”, {'line' if lines[0].isdigit() and not lines[1:] else 'lines'} {', '.join(lines)}"
        for section, lines in sections.items()
    ]
    if one["more_places"]:
        places.append(f"and {counted(one['more_places'], 'further place', 'further places')}")
    return "; ".join(places)


def _codes(report: Report, figures: Figures) -> Section:
    every, some = report["codes"], report["addressed_codes"]
    tables = []
    for caption, found in (("Of lines that a policy addresses", some), ("Of all lines", every)):
        foot: list[tuple[Row, Report]] = [((counted(found["others"], "other code", "other codes"), ""), found["rest"])]
        if found is every:
            foot.append((("No procedure code", "not addressed"), found["without"]))
        rows = [((one["code"], coverages_in_words(one)), one) for one in found["top"]]
        if rows or found is every:
            tables.append(figures.table(caption, ("Code", "Coverages"), rows, foot=foot))
    return Section(
        id="codes",
        title="Procedure codes",
        drawing=figures.drawing("chart-codes", "procedure code", [(one["code"], one) for one in some["top"]]),
        tables=tuple(tables),
    )


def _lines_of_business(found: Report, figures: Figures) -> Section:
    named = [(_line(one), one) for one in found["top"]]
    return Section(
        id="lines-of-business",
        title="Lines of business",
        drawing=figures.drawing("chart-lines-of-business", "line of business", named),
        tables=(
            figures.table(
                "By line of business",
                ("Line of business", "Coverages"),
                [((Cell(name, one["name"]), coverages_in_words(one)), one) for name, one in named],
                foot=[((counted(found["others"], "other line of business", "other lines of business"), ""), found["rest"])],
            ),
        ),
    )


def _line(one: Report) -> str:
    """A line of business by its id, and its issuer's where that does not say whose it is."""
    issuer, line = one["issuer"], one["line_of_business"]
    return str(line) if str(line).startswith(str(issuer)) else f"{issuer} {line}"


def _bases(found: list[dict[str, Any]], figures: Figures) -> Section:
    return Section(
        id="bases",
        title="How well the rules are known",
        says=("The basis of an answer is the weakest of those that its coverage rests on.",),
        drawing=figures.drawing("chart-bases", "basis", [(words.BASIS[one["basis"]], one) for one in found]),
        tables=(
            figures.table(
                "By basis",
                ("Basis", "Coverages"),
                [
                    ((Cell(words.BASIS[one["basis"]], words.BASIS_MEANS[one["basis"]]), coverages_in_words(one)), one)
                    for one in found
                ],
            ),
        ),
    )


def _reasons(report: Report, figures: Figures) -> Section:
    reasons = [((coded(one["reason"], words.REASON), coverages_in_words(one)), one) for one in report["reasons"]]
    tables = [figures.table("By reason", ("Reason", "Coverages"), reasons)]
    if report["notes"]:
        notes = [((coded(one["note"], words.NOTE),), one) for one in report["notes"]]
        tables.append(figures.table("By note; a line with two notes is counted under both", ("Note",), notes))
    return Section(id="reasons", title="Reasons and notes", tables=tuple(tables))


_ADJUSTMENTS: Final = {
    "denials": "For services that are not covered",
    "absent_authorizations": "For services that need authorization, should it be absent, which no claim tells",
}


def _adjustments(report: Report, figures: Figures) -> Section | None:
    tables = [
        figures.table(caption, ("CARC", "RARC"), [((one["carc"], one["rarc"] or NOTHING), one) for one in report[which]])
        for which, caption in _ADJUSTMENTS.items()
        if report[which]
    ]
    says = "The codes with which the issuer answers such lines, as its policies' files state them. What they mean, X12 says."
    return Section(id="adjustments", title="Adjustment codes", says=(says,), tables=tuple(tables)) if tables else None
