"""The part of a screening's page on what is open, and which facts would settle it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from medpolicy.review.report_charts import Bar, Drawing, Series, lying_bars
from medpolicy.review.report_figures import CHART_BARS, Figures, Report, counted
from medpolicy.review.report_view import Cell, Row, Section, Table, count, table

_UNFOLDED: Final = 10  # facts in the table that is shown


def questions_section(found: Report, figures: Figures) -> Section:
    """Of a report's `open_questions`."""
    facts = found["facts"]["top"]
    kinds = [
        ("Coverage is conditional", found["conditional"]),
        ("of these, left to someone else's criteria, with nothing to ask", found["delegated"]),
        ("Only prior authorization is conditional", found["authorization_only"]),
        ("Something is asked", found["asking"]),
        ("of these, one thing only", found["settled_by_one"]),
    ]
    tables = [figures.table("What is not settled", ("Lines where",), [((label,), totals) for label, totals in kinds])]
    if facts:
        tables += [*_facts(found["facts"], figures), _together(found["together"], figures)]
    says = ["A claim does not tell everything that a policy asks. A line is settled when all that is asked of it is known."]
    if facts and facts[0]["alone"]["lines"]:
        says.append(f"The one fact that would settle most: {facts[0]['fact']} ({figures.said(facts[0]['alone'])}).")
    return Section(
        id="open",
        title="What is open, and what would settle it",
        says=tuple(says),
        drawing=_drawing(facts[:CHART_BARS], figures) if facts else None,
        tables=tuple(tables),
    )


_ASKED = Series(("asked", "alone"), ("where it is asked", "where nothing else is asked"), ("not-addressed", "conditional"))


def _drawing(facts: Sequence[Report], figures: Figures) -> Drawing:
    rows = [Bar(one["fact"], {which: figures.value(one[which]) for which in _ASKED.values}) for one in facts]
    title = f"{figures.measured} by the fact that is asked for"
    first = facts[0]
    said = (
        f"{title}. The first, {first['fact']}: asked of {figures.said(first['asked'])}, alone of {figures.said(first['alone'])}."
    )
    return lying_bars("chart-facts", title, said, rows, _ASKED, measure=figures.measured, form=figures.form, beside=True)


def _facts(found: Report, figures: Figures) -> Iterator[Table]:
    rows: list[Row] = []
    for one in found["top"]:
        policies = counted(one["policies"], "policy", "policies")
        whose = "of the request" if one["issuer"] is None else f"of {one['issuer']}, {policies}"
        lines = [count(one[which]["lines"]) for which in _ASKED.values]
        amounts = [cell for which in _ASKED.values for cell in figures.dollars(one[which])]
        rows.append((Cell(one["question"] or one["fact"], f"{one['fact']}, {whose}"), *lines, *amounts))
    columns = ["Question", "Lines where asked", "Lines where alone"]
    if figures.amount is not None:
        columns += ["Dollars where asked", "Dollars where alone"]
    numbers = range(1, len(columns))
    yield table("Facts, the one that alone would settle most first", columns, rows[:_UNFOLDED], numbers=numbers)
    if rows[_UNFOLDED:]:
        more = f"; {count(found['others'])} others are left out" if found["others"] else ""
        yield table(f"Facts that would settle less{more}", columns, rows[_UNFOLDED:], numbers=numbers, folded=True)


def _together(found: Report, figures: Figures) -> Table:
    return figures.table(
        "Facts that are asked together",
        ("Facts",),
        [((", ".join(one["facts"]),), one) for one in found["top"]],
        foot=[((counted(found["others"], "other set", "other sets"),), found["rest"])],
        folded=True,
    )
