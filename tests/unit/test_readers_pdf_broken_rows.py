"""Rows of a table that a page break cuts: the rules stay open, and the rest stands under the repeated header."""

from __future__ import annotations

from medpolicy.authoring.document import BlockKind
from medpolicy.authoring.readers import read_document
from tests.small_documents import Line, Page, Rule, pdf

LEFTS = (72.0, 160.0, 420.0, 520.0)


def _page(top: float, header: float, heights: tuple[float, ...], bottom: float, *lines: Line) -> Page:
    """A header row from `top`, rules at `heights`, and verticals down to `bottom`."""
    texts = ("Type", "Changes", "Date")
    drawn: list[Line | Rule] = [Line(text, header, left + 3, bold=True) for text, left in zip(texts, LEFTS[:-1], strict=True)]
    drawn += lines
    drawn += [Rule(LEFTS[0], height, LEFTS[-1] - LEFTS[0], 0.5) for height in heights]
    drawn += [Rule(left, bottom, 0.5, top - bottom) for left in LEFTS]
    return drawn


def test_a_row_that_a_page_break_cuts_is_one_row() -> None:
    first = _page(
        100.0,
        90.0,
        (100.0, 84.0),
        50.0,
        Line("Annual", 74, 75),
        Line("Revised the statement on widgets", 74, 163),
        Line("5/15/2026", 74, 423),
    )
    second = _page(
        740.0,
        730.0,
        (740.0, 724.0, 696.0, 680.0),
        680.0,
        Line("(the small ones)", 714, 163),
        Line("Added a statement on gadgets", 702, 163),
        Line("Focused", 686, 75),
        Line("Title change", 686, 163),
        Line("2/1/2026", 686, 423),
    )
    (table,) = [block for block in read_document(pdf(first, second), "policy.pdf").blocks if block.kind is BlockKind.TABLE]
    assert [row.texts for row in table.rows if not row.is_header] == [
        ("Annual", "Revised the statement on widgets (the small ones) Added a statement on gadgets", "5/15/2026"),
        ("Focused", "Title change", "2/1/2026"),
    ]
