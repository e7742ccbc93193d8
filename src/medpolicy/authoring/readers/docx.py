"""DOCX: paragraphs by their styles and numbering, tables with their spans; headers and footers of pages are no lines of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from medpolicy.authoring.document import Block, BlockKind, Cell, Row, SourceLine
from medpolicy.authoring.docx_content import DocxContent, DocxParagraph, DocxRow, DocxTable, Numbering, NumberingLevel
from medpolicy.authoring.readers.blocks import Progress, each_told, with_every_line, with_number
from medpolicy.authoring.readers.lined_text import TRADEMARKS, LinedText
from medpolicy.authoring.readers.markers import NestedLists, numeral, printed_marker

_HEADING_STYLE = re.compile(r"heading (\d)")
_PLACEHOLDER = re.compile(r"%(\d)")
_FORMATS = {"decimal": "1", "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
# In points, where the file gives a level no indent.
_INDENT_OF_LEVEL = 18.0


def read_docx(data: bytes, progress: Progress | None = None) -> tuple[tuple[SourceLine, ...], tuple[Block, ...]]:
    """The lines and blocks of a DOCX document."""
    content = DocxContent(data)
    lines = tuple(SourceLine(number, line) for number, line in enumerate(content.lines, start=1))
    return lines, with_every_line(each_told(_DocxReader(content).blocks(), len(lines), progress), lines)


@dataclass(slots=True)
class _Counters:
    """How far each list has counted."""

    numberings: dict[str, dict[int, NumberingLevel]]
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def marker(self, numbering: Numbering) -> str:
        """The marker of the next paragraph of a list, as Word prints it."""
        levels = self.numberings.get(numbering.list_id, {})
        level = levels.get(numbering.level)
        if level is None or level.format == "bullet":
            return level.pattern.strip() if level is not None and level.pattern.strip() else "•"
        key = (numbering.list_id, numbering.level)
        self.counts[key] = self.counts.get(key, level.start - 1) + 1
        for other in [held for held in self.counts if held[0] == key[0] and held[1] > key[1]]:
            del self.counts[other]
        return _PLACEHOLDER.sub(lambda match: self._numeral(numbering.list_id, int(match[1]) - 1), level.pattern).strip()

    def _numeral(self, list_id: str, level: int) -> str:
        told = self.numberings.get(list_id, {}).get(level)
        if told is None:
            return ""
        return numeral(self.counts.get((list_id, level), told.start), _FORMATS.get(told.format, "1"))


class _DocxReader:
    def __init__(self, content: DocxContent) -> None:
        self._content = content
        self._counters = _Counters(content.numberings)
        self._lists = NestedLists()
        self._line = 0
        self._after_colon = False

    def blocks(self) -> Iterator[Block]:
        for element in self._content.elements:
            if isinstance(element, DocxTable):
                yield from self._table(element)
                continue
            self._line += 1
            if element.text.strip():
                yield self._paragraph(element)

    def _paragraph(self, paragraph: DocxParagraph) -> Block:
        lined = _lined(paragraph, self._line)
        level = _heading_level(paragraph)
        if level is not None:
            self._lists.leave()
            marker = self._counters.marker(paragraph.numbering) if paragraph.numbering else ""
            heading = self._block(BlockKind.HEADING, paragraph, lined, level, marker)
            return heading if marker else with_number(heading)
        block = self._item(paragraph, lined) or self._plain(paragraph, lined)
        self._after_colon = block.kind is BlockKind.ITEM and block.text.endswith(":")
        return block

    def _item(self, paragraph: DocxParagraph, lined: LinedText) -> Block | None:
        """The paragraph as an item: numbered by Word, or with a marker typed before it."""
        if paragraph.numbering is not None:
            default = _INDENT_OF_LEVEL * (paragraph.numbering.level + 1)
            level = self._lists.place_by_indent(default if paragraph.indent is None else paragraph.indent)
            return self._block(BlockKind.ITEM, paragraph, lined, level, self._counters.marker(paragraph.numbering))
        marker = printed_marker(lined.text)
        placed = self._lists.place(marker, paragraph.indent or 0.0, after_colon=self._after_colon) if marker else None
        if placed is None:
            return None
        return self._block(BlockKind.ITEM, paragraph, lined[len(marker) :].collapsed(), placed, marker)

    def _plain(self, paragraph: DocxParagraph, lined: LinedText) -> Block:
        self._lists.paragraph(paragraph.indent or 0.0)
        return self._block(BlockKind.PARAGRAPH, paragraph, lined, self._lists.level_of_paragraph(), "")

    def _block(self, kind: BlockKind, paragraph: DocxParagraph, lined: LinedText, level: int, marker: str) -> Block:
        bold = all(run.bold for run in paragraph.runs if run.text.strip())
        return Block(
            kind,
            lined.text,
            (self._line,),
            level=level,
            marker=marker,
            bold=bold,
            spans=lined.spans(),
            links=tuple(_links(paragraph)),
        )

    def _table(self, table: DocxTable) -> Iterator[Block]:
        rows: list[Row] = []
        above: list[Cell] = []
        for row in table.rows:
            self._line += 1
            cells = self._cells(row, above)
            above = cells
            if any(cell.lines for cell in cells):
                is_header = row.is_header or (not rows and _is_bold(row) and not all(_is_bold(other) for other in table.rows))
                lines = tuple(sorted({number for cell in cells for number in cell.lines} | {self._line}))
                rows.append(Row(tuple(cells), lines, is_header))
        if rows:
            yield Block(BlockKind.TABLE, "", tuple(sorted({line for row in rows for line in row.lines})), rows=tuple(rows))

    def _cells(self, row: DocxRow, above: list[Cell]) -> list[Cell]:
        """The cells, one for each column: what spans several stands in each of them."""
        found: list[Cell] = []
        for cell in row.cells:
            text = " ".join(self._cell_text(cell.paragraphs))
            told = Cell(text, (self._line,) if text else ())
            for _ in range(cell.columns):
                found.append(above[len(found)] if cell.goes_on and len(found) < len(above) else told)
        return found

    def _cell_text(self, paragraphs: Iterable[DocxParagraph]) -> Iterator[str]:
        for paragraph in paragraphs:
            text = _lined(paragraph, self._line).text
            if text:
                yield f"{self._counters.marker(paragraph.numbering)} {text}" if paragraph.numbering else text


def _lined(paragraph: DocxParagraph, line: int) -> LinedText:
    pieces = ((TRADEMARKS.get(run.text.strip().upper(), run.text) if run.raised else run.text, line) for run in paragraph.runs)
    return LinedText.of(pieces).collapsed()


def _links(paragraph: DocxParagraph) -> Iterator[tuple[str, str]]:
    for target, runs in itertools.groupby(paragraph.runs, key=lambda run: run.target):
        text = " ".join("".join(run.text for run in runs).split())
        if target and text:
            yield target, text


def _heading_level(paragraph: DocxParagraph) -> int | None:
    """The level of a heading from 1; None where the paragraph is none."""
    styled = _HEADING_STYLE.match(paragraph.style)
    if styled:
        return max(int(styled[1]), 1)
    if paragraph.style == "title":
        return 1
    return None if paragraph.outline is None else paragraph.outline + 1


def _is_bold(row: DocxRow) -> bool:
    return all(run.bold for cell in row.cells for paragraph in cell.paragraphs for run in paragraph.runs if run.text.strip())
