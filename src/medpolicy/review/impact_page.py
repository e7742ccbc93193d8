"""The report of a change's impact as one page of HTML, from its JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from medpolicy.review import screening_words as words
from medpolicy.review.impact_text import (
    RESTATED,
    WHERE_REJECTED,
    before_and_after,
    changes_text,
    codes_text,
    examples_text,
    move_text,
    policy_text,
    setting_text,
    short_move_text,
    where_text,
)
from medpolicy.review.report_charts import Bar, lying_bars, standing_bars
from medpolicy.review.report_figures import (
    NOT_DRAWN,
    Figures,
    Report,
    addressed,
    counted,
    coverage_cell,
    coverages_in_words,
    coverages_of,
    lines_in_and_out,
)
from medpolicy.review.report_view import (
    Cell,
    ReportPage,
    Row,
    Section,
    Table,
    Tile,
    count,
    dollars,
    lines_of,
    page_of,
    share,
    table,
)

_MONTHS_UNFOLDED: Final = 18


def impact_page(report: Report) -> str:
    """The page for what `impact_json` gives. `UsageError` where the libraries for charts and pages are not installed."""
    figures = Figures(report["dollars"], report["total"]["lines"], members=report["moved"]["members"] is not None)
    run, counts = report["run"], report["counts"]
    between = "" if run["first_day"] is None else f", service from {run['first_day']} to {run['last_day']}"
    sections = (
        _moves(report, figures),
        _coverages(report["coverages"], figures),
        _months(report["months"], figures),
        *(_move(number, move, figures) for number, move in enumerate(report["moves"]["top"], start=1)),
        _conditions(report, figures),
        _still(report, figures),
        lines_in_and_out(counts, WHERE_REJECTED),
    )
    page = ReportPage(
        title="What the change of policies moves",
        subtitle=f"{lines_of(counts['lines'])}{between}",
        sum_of_lines=(
            Tile(count(counts["lines"]), "lines in"),
            Tile(count(counts["answered"]), "compared", "="),
            Tile(count(counts["rejected"]), "rejected", "+"),
        ),
        tiles=tuple(_tiles(report, figures)),
        limits=tuple(report["limits"]),
        sections=tuple(section for section in sections if section is not None),
        facts=(
            ("Claims", ", ".join(run["inputs"])),
            ("Before", _library(run["old"])),
            ("After", _library(run["new"])),
            ("Decided by", f"{run['engine']} on {run['tables_engine']}"),
        ),
    )
    return page_of(page)


def _library(side: Report) -> str:
    return f"{', '.join(side['names'])} (library {side['library']})"


def _tiles(report: Report, figures: Figures) -> Iterator[Tile]:
    moved = report["moved"]
    yield Tile(count(moved["lines"]), f"{'line moves' if moved['lines'] == 1 else 'lines move'}")
    yield Tile(share(moved["lines"], figures.lines), "of the lines compared")
    if figures.members:
        yield Tile(count(moved["members"]), "member" if moved["members"] == 1 else "members")
    if figures.amount is not None:
        yield Tile(dollars(moved[figures.amount]), "on the lines that move")


def _moves(report: Report, figures: Figures) -> Section:
    found = report["moves"]
    says = [words.DOLLARS[figures.amount], *report["remarks"]]
    if not found["top"]:
        return Section(id="moves", title="What moves", says=("No line moves.", *says))
    rows = [Bar(_label(number, move), {move["new"]["coverage"]: figures.value(move)}) for number, move in _numbered(found)]
    title = f"{figures.measured} by move, coloured by the coverage after"
    said = f"{title}. The first, {move_text(found['top'][0])}: {figures.said(found['top'][0])}."
    return Section(
        id="moves",
        title="What moves",
        says=tuple(says),
        drawing=lying_bars("chart-moves", title, said, rows, coverages_of(rows), measure=figures.measured, form=figures.form),
        tables=(
            figures.table(
                "From one answer to another; a line moves where its coverage, stance or prior authorization differs",
                ("Move",),
                [((Cell(_label(number, move), move_text(move)),), move) for number, move in _numbered(found)],
                foot=[((counted(found["others"], "other move", "other moves"),), found["rest"])],
            ),
        ),
    )


def _numbered(found: Report) -> list[tuple[int, Report]]:
    return list(enumerate(found["top"], start=1))


def _label(number: int, move: Report) -> str:
    return f"{number}. {short_move_text(move)}"


def _coverages(found: list[dict[str, Any]], figures: Figures) -> Section | None:
    if not found:
        return None
    rows = []
    for label, side in (("Before", "old"), ("After", "new")):
        parts: dict[str, float] = {}
        for one in found:
            parts[one[side]] = parts.get(one[side], 0) + figures.value(one)
        rows.append(Bar(label, parts))
    drawn = addressed(rows)
    title = f"{figures.measured} by coverage before and after{NOT_DRAWN}"
    moving = [one for one in found if one["old"] != one["new"]]
    said = f"{title}. Coverage differs for {lines_of(sum(one['lines'] for one in moving))}."
    plain = Figures(figures.amount, figures.lines)
    return Section(
        id="coverages",
        title="Coverage before and after",
        drawing=lying_bars(
            "chart-coverages", title, said, drawn, coverages_of(drawn), measure=figures.measured, form=figures.form
        )
        if drawn
        else None,
        tables=(
            plain.table(
                "By coverage before and after",
                ("Before", "After"),
                [((coverage_cell(one["old"]), coverage_cell(one["new"])), one) for one in found],
            ),
        ),
    )


def _months(found: list[dict[str, Any]], figures: Figures) -> Section | None:
    if not found:
        return None
    rows = [figures.split(one["month"], one) for one in found]
    title = f"{figures.measured} that move, by month of service and coverage after"
    most = max(found, key=figures.value)
    said = f"{title}, {found[0]['month']} to {found[-1]['month']}. The most in {most['month']}: {figures.said(most)}."
    return Section(
        id="months",
        title="Months",
        drawing=standing_bars("chart-months", title, said, rows, coverages_of(rows), measure=figures.measured, form=figures.form),
        tables=(
            Figures(figures.amount, figures.lines).table(
                "What moves, by month of service",
                ("Month", "Coverage after"),
                [((one["month"], coverages_in_words(one)), one) for one in found],
                folded=len(found) > _MONTHS_UNFOLDED,
            ),
        ),
    )


def _move(number: int, move: Report, figures: Figures) -> Section:
    moved = Figures(figures.amount, move["lines"], members=figures.members)
    people = () if move["members"] is None else (counted(move["members"], "member", "members"),)
    said = ", ".join((lines_of(move["lines"]), *people, *figures.dollars(move)))
    says = [f"{said}; service from {move['first_day']} to {move['last_day']}."]
    says.append(f"For example: {examples_text(move['examples'])}.")
    changes = [(label, before, Cell(after)) for label, before, after, _ in changes_text(move)]
    tables = [table("The answer", ("Axis", "Before", "After"), changes)]
    tables += [_part(move[name], caption, columns, cells, moved) for name, (caption, columns, cells) in _PARTS.items()]
    return Section(id=f"move-{number}", title=_label(number, move), says=tuple(says), tables=tuple(tables))


def _part(found: Report, caption: str, columns: Sequence[str], cells: Callable[[Report], Row], figures: Figures) -> Table:
    others: Row = (counted(found["others"], "other", "others"), *[""] * (len(columns) - 1))
    return figures.table(caption, columns, [(cells(one), one) for one in found["top"]], foot=[(others, found["rest"])])


_PARTS: Final[dict[str, tuple[str, tuple[str, ...], Callable[[Report], Row]]]] = {
    "policies": (
        "By policy",
        ("Policy", "Version"),
        lambda one: (Cell(policy_text(one), one["title"]), before_and_after(one["old_version"], one["new_version"])),
    ),
    "provisions": (
        "By the provision that decides",
        ("Provision", "Policy"),
        lambda one: (before_and_after(one["old_provision"], one["new_provision"]), policy_text(one)),
    ),
    "codes": ("By procedure code", ("Code",), lambda one: (one["code"] or "no code",)),
    "lines_of_business": (
        "By line of business",
        ("Line of business",),
        lambda one: (f"{one['issuer']} {one['line_of_business']}",),
    ),
    "settings": ("By setting", ("Setting",), lambda one: (setting_text(one["setting"]),)),
}


def _conditions(report: Report, figures: Figures) -> Section | None:
    found = report["conditions"]
    if not found["top"]:
        return None
    labels = [(move["old"], move["new"], _label(number, move)) for number, move in _numbered(report["moves"])]
    return Section(
        id="conditions",
        title="Under which conditions",
        tables=(
            figures.table(
                "Codes, lines of business and settings that make the same move under the same provision",
                ("Codes", "Move", "Policy", "Examples"),
                [(_condition(one, labels), one) for one in found["top"]],
                foot=[((counted(found["others"], "other condition", "other conditions"), "", "", ""), found["rest"])],
            ),
        ),
    )


def _condition(one: Report, labels: Sequence[tuple[Report, Report, str]]) -> Row:
    found = (label for old, new, label in labels if (old, new) == (one["old"], one["new"]))
    provision = before_and_after(one["old_provision"], one["new_provision"])
    version = before_and_after(one["old_version"], one["new_version"])
    days = f"{one['first_day']} to {one['last_day']}"
    return (
        Cell(codes_text(one), where_text(one)),
        Cell(next(found, move_text(one)), f"of {lines_of(one['compared'])} compared"),
        Cell(policy_text(one), f"{provision}; version {version}"),
        Cell(examples_text(one["examples"]), days),
    )


def _still(report: Report, figures: Figures) -> Section:
    restated = report["restated"]
    plain = Figures(figures.amount, figures.lines)
    rows: list[tuple[Row, Report]] = [
        (("The answer is the same", ""), report["same"]),
        (("The axes are the same, and something else is not", ""), restated),
        *((("of these differs", RESTATED[name]), totals) for name, totals in restated["by"].items() if totals["lines"]),
    ]
    says = "A line whose coverage, stance and prior authorization are the same does not move, whatever else its answer says."
    more = "One that differs in several respects counts under each."
    return Section(
        id="still",
        title="What does not move",
        says=(f"{says} {more}",),
        tables=(plain.table("Lines that do not move", ("Lines where", "What"), rows),),
    )
