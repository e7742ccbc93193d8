"""Criteria that a table states: a column of conditions or services, and one of what is asked of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from medpolicy.authoring.document import Block, BlockKind, Row
from medpolicy.authoring.extraction.entries import lines_of_row, lines_outside_rows
from medpolicy.authoring.extraction.list_items import ListItem
from medpolicy.authoring.outline import Section

_CRITERIA: Final = re.compile(
    r"(?:(?:medical necessity|coverage|clinical|approval|required|medically necessary|authorization)\s+)?"
    r"(?:criteria|criterion|requirements?|conditions? (?:of|for) (?:coverage|approval)|"
    r"when (?:it is )?(?:covered|medically necessary))",
    re.IGNORECASE,
)
_SERVICES: Final = re.compile(
    r"\b(?:services?|procedures?|devices?|tests?|drugs?|products?|items?|treatments?|equipment|supplies|technolog(?:y|ies))\b",
    re.I,
)
_TITLE: Final = re.compile(r"(?:table|figure|exhibit|chart)\s*[\dA-Z]*\b.{0,80}", re.IGNORECASE)
_BULLET: Final = re.compile(r"\s*[•▪◦●○■]\s*")


def items_of_table_behind(sections: Sequence[Section], section: Section, at: int) -> tuple[list[ListItem], int]:
    """The rows of a table of criteria at `at` of a section, or under a heading behind it that is only the table's title."""
    if at < len(section.blocks):
        return items_of_table(section.blocks, at)
    if not section.blocks or not section.blocks[-1].text.rstrip().endswith(":"):
        return [], 0
    place = next(number for number, one in enumerate(sections) if one is section) + 1
    behind = sections[place] if place < len(sections) else None
    if behind is None or behind.heading is None or _TITLE.fullmatch(behind.title.strip()) is None:
        return [], 0
    items, _ = items_of_table(behind.blocks, 0)
    if items:
        items[0].connector_lines += behind.heading.lines
    return items, 0


def items_of_table(blocks: Sequence[Block], at: int) -> tuple[list[ListItem], int]:
    """The rows of a table of criteria that stands at `at`, as items of a list of alternatives; and how many blocks they take."""
    place = at
    above: list[int] = []
    while place < len(blocks) and blocks[place].kind is not BlockKind.TABLE:
        if blocks[place].kind is not BlockKind.FURNITURE and _TITLE.fullmatch(blocks[place].text.strip()) is None:
            return [], 0
        above += blocks[place].lines if blocks[place].kind is not BlockKind.FURNITURE else ()
        place += 1
    if place >= len(blocks):
        return [], 0
    table = blocks[place]
    header = next((row for row in table.rows if any(text.strip() for text in row.texts)), None)
    column = None if header is None else _column_of_criteria(header)
    if header is None or column is None:
        return [], 0
    is_of_services = _SERVICES.search(header.texts[0]) is not None
    items = [
        ListItem(replace(table, lines=lines_of_row(row), rows=(), text=said), said, "or")
        for row in table.rows
        if row is not header and (said := _said_by(row, column, is_of_services=is_of_services))
    ]
    if not items:
        return [], 0
    items[-1].connector = ""
    items[0].connector_lines += [*above, *lines_of_row(header), *lines_outside_rows(table)]
    return items, place + 1 - at


def is_of_a_table(items: Sequence[ListItem]) -> bool:
    """Whether the items are the rows of a table."""
    return bool(items) and items[0].block.kind is BlockKind.TABLE


def _column_of_criteria(header: Row) -> int | None:
    """Which column states the criteria; the table has one more, before it, that says of what."""
    found = [at for at, text in enumerate(header.texts) if _CRITERIA.fullmatch(text.strip(" :*"))]
    return found[0] if len(found) == 1 and found[0] == 1 and len(header.texts) == 2 else None


def _said_by(row: Row, column: int, *, is_of_services: bool) -> str:
    of, criteria = row.texts[0].strip(" ,;:"), row.texts[column].strip(" ,;") if column < len(row.texts) else ""
    if not of or not criteria:
        return of or criteria
    parts = [part.strip(" ;,") for part in _BULLET.split(" ".join(criteria.split())) if part.strip(" ;,")]
    if len(parts) > 1 and parts[0].endswith(":"):
        criteria = f"{parts[0]} {'; '.join(parts[1:])}"
    elif len(parts) > 1:
        criteria = " AND ".join(parts)
    return f"{of} when {criteria}" if is_of_services else f"{of} AND {criteria}"
