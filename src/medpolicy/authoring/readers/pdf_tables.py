"""Tables that ruled lines, or coloured areas side by side, draw on the pages of a PDF."""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medpolicy.authoring.document import Block, BlockKind, Cell, Row
from medpolicy.authoring.readers.blocks import sentence_goes_on
from medpolicy.authoring.readers.hyphenation import Hyphenation
from medpolicy.authoring.readers.pdf_lines import Box, PdfPage
from medpolicy.authoring.readers.placed_lines import PlacedLine, Word

# How far apart, in points, two ends may stand and still meet.
_NEAR = 3.0
_SMALLEST_AREA = 8.0
# A cell with more lines than this belongs to a layout, not to a table.
_MOST_LINES_IN_A_CELL = 60
# More crossings than this to look at are a drawing, not tables.
_MOST_CROSSINGS = 4_000_000


@dataclass(frozen=True, slots=True)
class Grid:
    """What rules draw together: the heights of the horizontals from the top down, the verticals, and the places of those."""

    heights: tuple[float, ...]
    verticals: tuple[Box, ...]
    lefts: tuple[float, ...]

    def cell_of(self, word: Word) -> tuple[int, int] | None:
        """The row and the column, from 0, in which a word stands; None outside.

        A column that no rule parts from the one before at this height belongs to that.
        """
        height, middle = (word.bottom + word.top) / 2, (word.left + word.right) / 2
        if not (self.heights[-1] < height < self.heights[0] and self.lefts[0] - _NEAR < middle < self.lefts[-1] + _NEAR):
            return None
        row = sum(1 for line in self.heights if line > height) - 1
        edges = [vertical.left for vertical in self.verticals if vertical.bottom - _NEAR < height < vertical.top + _NEAR]
        left = max((edge for edge in edges if edge <= middle), default=None)
        if left is None:
            return None
        column = max(index for index, edge in enumerate(self.lefts) if edge <= left + _NEAR)
        return row, min(column, len(self.lefts) - 2)


def grids(page: PdfPage) -> list[Grid]:
    """The grids of a page with at least two columns."""
    horizontals, verticals = [*page.horizontals], [*page.verticals]
    for area in _side_by_side(page.areas):
        horizontals += [Box(area.left, y, area.right, y) for y in (area.bottom, area.top)]
        verticals += [Box(x, area.bottom, x, area.top) for x in (area.left, area.right)]
    across = _merged(horizontals, horizontal=True)
    down = _merged(verticals, horizontal=False)
    if len(across) * len(down) > _MOST_CROSSINGS:
        return []
    return [grid for grid in (_grid(group) for group in _connected(across, down)) if grid is not None]


def _side_by_side(areas: Sequence[Box]) -> list[Box]:
    """The areas that stand beside another of the same height, as the coloured cells of a row do."""
    rows: dict[tuple[int, int], list[Box]] = defaultdict(list)
    for area in areas:
        if min(area.right - area.left, area.top - area.bottom) >= _SMALLEST_AREA:
            rows[round(area.bottom), round(area.top)].append(area)
    found: list[Box] = []
    for row in rows.values():
        lefts, rights = _places(area.left for area in row), _places(area.right for area in row)
        found += [area for area in row if round(area.right / _NEAR) in lefts or round(area.left / _NEAR) in rights]
    return found


def _places(ends: Iterable[float]) -> set[int]:
    return {round(end / _NEAR) + step for end in ends for step in (-1, 0, 1)}


def _merged(lines: Iterable[Box], *, horizontal: bool) -> list[Box]:
    """The rules, with pieces that follow each other on one line made one."""
    places: dict[int, list[Box]] = defaultdict(list)
    for line in lines:
        places[round(line.bottom + line.top if horizontal else line.left + line.right)].append(line)
    found: list[Box] = []
    for pieces in places.values():
        pieces.sort(key=lambda piece: piece.left if horizontal else piece.bottom)
        open_piece = pieces[0]
        for piece in pieces[1:]:
            start, end = (piece.left, open_piece.right) if horizontal else (piece.bottom, open_piece.top)
            if start <= end + _NEAR:
                open_piece = Box(
                    min(open_piece.left, piece.left),
                    min(open_piece.bottom, piece.bottom),
                    max(open_piece.right, piece.right),
                    max(open_piece.top, piece.top),
                )
            else:
                found.append(open_piece)
                open_piece = piece
        found.append(open_piece)
    return found


def _connected(across: Sequence[Box], down: Sequence[Box]) -> list[tuple[list[Box], list[Box]]]:
    """The rules in groups that cross or touch."""
    group_of: dict[int, int] = {index: index for index in range(len(across) + len(down))}

    def root(index: int) -> int:
        while group_of[index] != index:
            group_of[index] = group_of[group_of[index]]
            index = group_of[index]
        return index

    for (i, line), (j, other) in itertools.product(enumerate(across), enumerate(down)):
        if line.left - _NEAR <= other.left <= line.right + _NEAR and other.bottom - _NEAR <= line.bottom <= other.top + _NEAR:
            group_of[root(i)] = root(len(across) + j)
    groups: dict[int, tuple[list[Box], list[Box]]] = defaultdict(lambda: ([], []))
    for index in group_of:
        kind, box = (0, across[index]) if index < len(across) else (1, down[index - len(across)])
        groups[root(index)][kind].append(box)
    return list(groups.values())


def _grid(group: tuple[list[Box], list[Box]]) -> Grid | None:
    across, down = group
    lefts = _clusters(line.left for line in down)
    heights = _clusters([*(line.bottom for line in across), *_open_ends(across, down, lefts)])
    return Grid(tuple(reversed(heights)), tuple(down), tuple(lefts)) if len(heights) >= 2 and len(lefts) >= 3 else None


def _open_ends(across: Sequence[Box], down: Sequence[Box], lefts: Sequence[float]) -> list[float]:
    """Where a page break leaves a row open: every vertical goes on to the same height, beyond the last horizontal."""
    if not across or not down:
        return []
    lowest, highest = min(line.bottom for line in across), max(line.top for line in across)
    bottom, top = min(line.bottom for line in down), max(line.top for line in down)
    found = []
    if lowest - bottom > _SMALLEST_AREA and len(_clusters(line.left for line in down if line.bottom < bottom + _NEAR)) == len(
        lefts
    ):
        found.append(bottom)
    if top - highest > _SMALLEST_AREA and len(_clusters(line.left for line in down if line.top > top - _NEAR)) == len(lefts):
        found.append(top)
    return found


def _clusters(places: Iterable[float]) -> list[float]:
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return found


@dataclass(frozen=True, slots=True)
class PdfTable:
    """A table as it stands on one page, and the left edges of its columns."""

    block: Block
    lefts: tuple[float, ...]


_Placed = dict[tuple[int, int], list[tuple[PlacedLine, list[Word]]]]


def tables(page: PdfPage, lines: Sequence[PlacedLine], hyphenation: Hyphenation) -> list[PdfTable]:
    """The tables of a page, made of these lines of it."""
    found: list[PdfTable] = []
    free = list(lines)
    for grid in grids(page):
        table = _table(grid, free, hyphenation)
        if table is not None:
            taken = set(table.block.lines)
            free = [line for line in free if line.number not in taken]
            found.append(table)
    return found


def _table(grid: Grid, lines: Iterable[PlacedLine], hyphenation: Hyphenation) -> PdfTable | None:
    placed: _Placed = defaultdict(list)
    taken: list[PlacedLine] = []
    for line in lines:
        cells = [grid.cell_of(word) for word in line.words]
        if sum(cell is not None for cell in cells) * 2 <= len(cells):
            continue
        taken.append(line)
        place = next(cell for cell in cells if cell is not None)
        for word, cell in zip(line.words, cells, strict=True):
            place = cell or place
            if not placed[place] or placed[place][-1][0] is not line:
                placed[place].append((line, []))
            placed[place][-1][1].append(word)
    if not taken or any(len(held) > _MOST_LINES_IN_A_CELL for held in placed.values()):
        return None
    lefts = tuple(grid.lefts)
    numbers = sorted({row for row, _ in placed})
    bold = [
        all(word.bold for (row, _), held in placed.items() if row == number for _, words in held for word in words)
        for number in numbers
    ]
    rows = [
        _row(
            [placed.get((number, column), []) for column in range(len(lefts) - 1)], hyphenation, is_header=index == 0 and bold[0]
        )
        for index, number in enumerate(numbers)
    ]
    if all(bold):
        rows[0] = dataclasses.replace(rows[0], is_header=False)
    block = Block(BlockKind.TABLE, "", tuple(sorted(line.number for line in taken)), rows=tuple(rows), page=taken[0].page)
    return PdfTable(block, lefts)


def _row(cells: Iterable[list[tuple[PlacedLine, list[Word]]]], hyphenation: Hyphenation, *, is_header: bool) -> Row:
    found: list[Cell] = []
    for held in cells:
        pieces = [(line.text[words[0].start : words[-1].end], line.number) for line, words in held]
        found.append(Cell(hyphenation.joined(pieces).text, tuple(line.number for line, _ in held)))
    return Row(tuple(found), tuple(sorted({number for cell in found for number in cell.lines})), is_header)


def continued(before: PdfTable, table: PdfTable) -> PdfTable | None:
    """Both as one table, where the second goes on with the first on a following page; else None."""
    if len(before.lefts) != len(table.lefts):
        return None
    if any(abs(left - other) > _NEAR for left, other in zip(before.lefts, table.lefts, strict=True)):
        return None
    rows = list(before.block.rows)
    header = rows[0]
    added = list(table.block.rows)
    if header.is_header and added[0].texts == header.texts:
        rows.append(dataclasses.replace(added.pop(0), is_header=True))
    elif added[0].is_header:
        return None
    last = next((index for index in range(len(rows) - 1, -1, -1) if not rows[index].is_header), None)
    others = [*rows, *added[1:]]
    if added and last is not None and _row_goes_on(rows[last], added[0], always_begun=all(row.cells[0].text for row in others)):
        rows[last] = _joined_row(rows[last], added.pop(0))
    lines = tuple(sorted((*before.block.lines, *table.block.lines)))
    return PdfTable(dataclasses.replace(before.block, lines=lines, rows=(*rows, *added)), before.lefts)


def _row_goes_on(before: Row, row: Row, *, always_begun: bool) -> bool:
    """Whether a page break splits a row: its first cell stands above the break, and a sentence goes on below.

    `always_begun`: no other row of the table leaves its first cell empty, so that this one is a part of the row before.
    """
    pairs = zip(before.cells[1:], row.cells[1:], strict=True)
    return not row.cells[0].text and (always_begun or any(sentence_goes_on(first.text, second.text) for first, second in pairs))


def _joined_row(before: Row, row: Row) -> Row:
    cells = tuple(
        Cell(f"{first.text} {second.text}".strip(), (*first.lines, *second.lines))
        for first, second in zip(before.cells, row.cells, strict=True)
    )
    return Row(cells, tuple(sorted({*before.lines, *row.lines})), before.is_header)
