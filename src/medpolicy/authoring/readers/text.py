"""Plain text: its columns and blank lines place the words, and paragraphs are told as in a PDF."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Sequence

from medpolicy.authoring.document import Block, BlockKind, Cell, Row, SourceLine
from medpolicy.authoring.readers.blocks import Progress, with_every_line, with_split_sentences_joined
from medpolicy.authoring.readers.hyphenation import Hyphenation
from medpolicy.authoring.readers.placed_lines import PlacedLine, Word
from medpolicy.authoring.readers.placed_paragraphs import Layout, Paragraphs
from medpolicy.authoring.readers.tab_tables import TabTable, tab_tables

_WORD = re.compile(r"\S+")
_RULER = re.compile(r"\s*(?:[-=_*~+]\s*){3,}")
_WIDTH = 80 * 5.0  # of a page, where the text itself is too short to show it
_TAB = 7  # what a tab takes beyond one character
_COLUMN, _STEP, _SIZE = 5.0, 12.0, 10.0  # points, of a text set in one type


def read_text(lines: Sequence[SourceLine], progress: Progress | None = None) -> tuple[Block, ...]:
    """The blocks of a plain text."""
    tables = tab_tables([line.text for line in lines])
    taken = {number for table in tables for number in table.lines}
    rulers = {line.number: None for line in lines if line.number not in taken and _RULER.fullmatch(line.text)}
    placed = [_placed(line) for line in lines if not line.is_blank and line.number not in taken and line.number not in rulers]
    paragraphs = Paragraphs(Layout.of(placed, _WIDTH), Hyphenation(line.text for line in lines))
    for line, after in itertools.zip_longest(placed, placed[1:]):
        paragraphs.add(line, after)
        if progress is not None:
            progress(line.number, len(lines))
    blocks = [dataclasses.replace(block, page=None) for block in paragraphs.blocks()]
    blocks += [_table(table) for table in tables]
    blocks += [Block(BlockKind.FURNITURE, "", (number,), furniture="ruler") for number in rulers]
    ordered = sorted(blocks, key=lambda block: block.first_line)
    return with_every_line(with_split_sentences_joined(ordered, lines), lines)


def _placed(line: SourceLine) -> PlacedLine:
    bottom = -line.number * _STEP
    matches = list(_WORD.finditer(line.text))
    # The first two words and the last tell where the line, and the text after a marker, begin and end.
    words = [
        Word(
            match.start(),
            match.end(),
            _left(line.text, match.start()),
            _left(line.text, match.end()),
            bottom,
            bottom + _SIZE,
            _SIZE,
            False,
        )
        for match in (*matches[:2], *matches[2:][-1:])
    ]
    return PlacedLine(line.number, 1, line.text, tuple(words))


def _left(text: str, position: int) -> float:
    return (position + _TAB * text.count("\t", 0, position)) * _COLUMN


def _table(table: TabTable) -> Block:
    rows = (Row(tuple(Cell(cell, (row.line,)) for cell in row.cells), (row.line,), row.is_header) for row in table.rows)
    return Block(BlockKind.TABLE, "", table.lines, rows=tuple(rows))
