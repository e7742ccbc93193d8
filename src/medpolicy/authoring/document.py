"""The one form that every reader makes of a document: numbered lines, and the blocks that stand on them.

A block is what a person sees as one thing: a heading, a paragraph, an item of a list, a table. Its text is joined and without
markup; its lines are those of the source, so that a block which a page break splits keeps the numbers on both sides.
Lines are numbered as citations count them (`source_lines.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from medpolicy.model.citation import digest_lines


class BlockKind(Enum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TABLE = "table"
    FURNITURE = "furniture"  # page headers and footers, rulers, front matter: nothing that the document says


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the source. `number` counts from 1 through the whole document; `page` counts from 1, None without pages."""

    number: int
    text: str
    page: int | None = None

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a block's text, [start, end), that stands on one source line."""

    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text without markup, and the lines on which it stands."""

    text: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. `is_header`: a heading row, also where a following page repeats it."""

    cells: tuple[Cell, ...]
    lines: tuple[int, ...]
    is_header: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(cell.text for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, item, table or piece of furniture.

    `level`: of a heading from 1 (the highest), of an item from 0 (outermost), of a paragraph how many items it stands in.
    `marker`: an item's own ("1.", "a)", "•", "-"); of a heading a number printed before it. `bold`: the whole block is set in
    bold. `links`: targets and texts of its links. `furniture`: why it is furniture. `spans`: which part of `text` stands on
    which line, in order.
    """

    kind: BlockKind
    text: str
    lines: tuple[int, ...]
    level: int = 0
    marker: str = ""
    bold: bool = False
    rows: tuple[Row, ...] = ()
    furniture: str = ""
    page: int | None = None
    spans: tuple[Span, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def first_line(self) -> int:
        return self.lines[0]

    @property
    def last_line(self) -> int:
        return self.lines[-1]

    def lines_of(self, start: int, end: int) -> tuple[int, ...]:
        """The lines on which the part [start, end) of the text stands; all where the reader did not say."""
        found = tuple(span.line for span in self.spans if span.start < end and start < span.end)
        return found or self.lines


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document as read: `sha256` and `media_type` of the file, its lines, and its blocks in reading order.

    Each line that is not blank stands in at least one block; a line stands in more than one only where a table's cells or two
    headings share it.
    """

    sha256: str
    media_type: str
    lines: tuple[SourceLine, ...]
    blocks: tuple[Block, ...]
    name: str = ""
    warnings: tuple[str, ...] = field(default=())

    def text_of(self, lines: Iterable[int]) -> list[str]:
        return [self.lines[number - 1].text for number in lines]

    def digest(self, first: int, last: int) -> str:
        """The digest of lines first to last, as a citation states it."""
        return digest_lines([line.text for line in self.lines[first - 1 : last]])

    def pages(self) -> int | None:
        return max((line.page for line in self.lines if line.page is not None), default=None)


def lines_without_block(document: SourceDocument) -> Iterator[int]:
    """The lines that are not blank and that no block holds: none, where the reader kept its promise."""
    held = {number for block in document.blocks for number in all_lines(block)}
    for line in document.lines:
        if not line.is_blank and line.number not in held:
            yield line.number


def all_lines(block: Block) -> Sequence[int]:
    """The lines of a block and of its rows."""
    return (*block.lines, *(number for row in block.rows for number in row.lines))
