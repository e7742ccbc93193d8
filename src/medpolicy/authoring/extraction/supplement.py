"""Tables of supplementary information: products with what they are made of and their makers."""

from __future__ import annotations

import re
from typing import Final

from medpolicy.authoring.document import Block, BlockKind, Row
from medpolicy.authoring.extraction.context import Extraction, Ids, Item, mark, slug
from medpolicy.authoring.extraction.entries import content, lines_of_row, lines_outside_rows
from medpolicy.authoring.outline import Section, SectionKind

# Which words head the columns that the form of the policy files has.
COLUMNS: Final = (
    ("manufacturer", re.compile(r"\b(?:manufacturer|maker|sponsor|company|vendor|distributor)\b", re.IGNORECASE)),
    ("matrix_type", re.compile(r"\b(?:matrix|material|composition|type|source|ingredients?|components?)\b", re.IGNORECASE)),
    ("product", re.compile(r"\b(?:product|device|brand|trade name|name|graft)s?\b", re.IGNORECASE)),
)
_TABLE_TITLE = re.compile(r"^(?P<label>table\s+(?:\d+|[A-Z]))\b[.:]?", re.IGNORECASE)


def extract_supplement(extraction: Extraction) -> None:
    """Fill `version["supplement"]`. A table of other columns cannot be held by the policy files; its lines are narrative."""
    tables: list[Item] = []
    ids = Ids()
    for section in extraction.outline.of_kind(SectionKind.SUPPLEMENT):
        if section.heading is not None:
            extraction.book.narrative(section.heading.lines, "supplement")
        title: Block | None = None
        for block in content(section):
            if block.kind is BlockKind.TABLE:
                _table(extraction, section, block, title, tables, ids)
                title = None
            elif _TABLE_TITLE.match(block.text) and (block.bold or len(block.text.split()) < 40):
                title = block
                extraction.book.narrative(block.lines, "supplement")
            else:
                extraction.book.narrative(block.lines, "supplement")
    if tables:
        extraction.version["supplement"] = tables


def _table(extraction: Extraction, section: Section, table: Block, title: Block | None, before: list[Item], ids: Ids) -> None:
    columns = _columns(table)
    if set(columns) != {"product", "matrix_type", "manufacturer"}:
        lines = sorted({*table.lines, *(line for row in table.rows for line in row.lines)})
        extraction.book.narrative(lines, "supplement: a table whose columns the policy files do not have")
        return
    match = _TABLE_TITLE.match(title.text) if title is not None else None
    label = match["label"].capitalize() if match is not None else f"Table {len(before) + 1}"
    table_id = ids.give(slug(label))
    rows: list[Item] = []
    for row in table.rows:
        if row.is_header:
            extraction.use(lines_of_row(row), f"supplement[{table_id}]")
        else:
            _row(extraction, section, row, columns, table_id, rows)
    cited = title.lines if title is not None else table.lines
    extraction.use([*(title.lines if title is not None else ()), *lines_outside_rows(table)], f"supplement[{table_id}]")
    item: Item = {
        "id": table_id,
        "title": label,
        "text": f"{label} of the supplementary information: products, what they are made of, and their makers.",
        "citation": extraction.cite(section, cited),
        "rows": rows,
    }
    if title is not None:
        mark(
            item,
            "the title of the table says more than is kept here: put it in your own words, and whether it speaks of coverage",
        )
    before.append(item)


def _row(extraction: Extraction, section: Section, row: Row, columns: dict[str, int], table_id: str, rows: list[Item]) -> None:
    texts = {name: row.texts[at].strip() if at < len(row.texts) else "" for name, at in columns.items()}
    lines = lines_of_row(row)
    if not all(texts.values()):
        extraction.book.not_understood(lines, "a row of a product table with an empty cell")
        return
    rows.append(
        {name: texts[name] for name in ("product", "matrix_type", "manufacturer")} | {"citation": extraction.cite(section, lines)}
    )
    extraction.use(lines, f"supplement[{table_id}].rows[{texts['product']}]")


def _columns(table: Block) -> dict[str, int]:
    """Which column is which, by the words of the header."""
    header = next((row for row in table.rows if row.is_header), table.rows[0])
    found: dict[str, int] = {}
    for name, pattern in COLUMNS:
        for at, text in enumerate(header.texts):
            if pattern.search(text) and name not in found and at not in found.values():
                found[name] = at
    return found
