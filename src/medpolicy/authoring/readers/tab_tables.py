"""Tables that stand in a text file as lines with tabs between the cells, as converters of PDF write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_RULER_CELL = re.compile(r":?-{2,}:?")
_MARKER = r"(?:[-*+•●▪◦]|\(?\w{1,4}[.)])"
_LIST_ITEM = re.compile(rf"\s*{_MARKER}\t|\s+{_MARKER}\s")


@dataclass(frozen=True, slots=True)
class TabRow:
    """One line of a table with tabs; its cells as they stand there, with markup."""

    line: int
    cells: tuple[str, ...]
    is_header: bool


@dataclass(frozen=True, slots=True)
class TabTable:
    """A table: its rows, and all its lines with those of the rulers."""

    rows: tuple[TabRow, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines with tabs that follow each other without a blank one: the number and the cells of each."""

    lines: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def rows(self) -> list[tuple[int, tuple[str, ...]]]:
        return [(number, cells) for number, cells in self.lines if not _is_ruler(cells)]

    @property
    def columns(self) -> int:
        return max(len(cells) for _, cells in self.lines)

    @property
    def header(self) -> tuple[str, ...]:
        return self.rows[0][1]

    @property
    def last_number(self) -> int:
        return self.lines[-1][0]


def tab_tables(texts: Sequence[str]) -> list[TabTable]:
    """The tables with tabs of a text. A table that blank lines split, as a page break does, is one table."""
    found: list[list[_Run]] = []
    for run in _runs(texts):
        before = found[-1] if found else None
        if before is not None and _goes_on(before, run, texts):
            before.append(run)
        elif len(run.lines) > 1:
            found.append([run])
    return [_table(runs) for runs in found]


def _runs(texts: Sequence[str]) -> list[_Run]:
    runs: list[_Run] = []
    gathered: list[tuple[int, tuple[str, ...]]] = []
    for number, text in enumerate([*texts, ""], start=1):
        if _has_cells(text):
            gathered.append((number, tuple(cell.strip() for cell in text.rstrip().split("\t"))))
            continue
        run = _Run(tuple(gathered))
        if gathered and run.rows and _has_inner_tab(texts[line - 1] for line, _ in gathered):
            runs.append(run)
        gathered = []
    return runs


def _has_cells(text: str) -> bool:
    """Whether the tabs of a line part cells. One tab before the text may be an empty first cell; a list's tabs part nothing."""
    return "\t" in text.rstrip() and not text.startswith("\t\t") and not _LIST_ITEM.match(text)


def _has_inner_tab(texts: Iterable[str]) -> bool:
    return any("\t" in text.strip() for text in texts)


def _is_ruler(cells: tuple[str, ...]) -> bool:
    return all(_RULER_CELL.fullmatch(cell) for cell in cells)


def _goes_on(before: list[_Run], run: _Run, texts: Sequence[str]) -> bool:
    """Whether a run continues the table before it: only blank lines between, as many columns, and no header of its own."""
    between = texts[before[-1].last_number : run.lines[0][0] - 1]
    if any(text.strip() for text in between) or run.columns != before[0].columns:
        return False
    if run.header == before[0].header:
        return True
    return not _has_header(run) and (not _has_ruler(run) or not _has_ruler(before[0]))


def _has_header(run: _Run) -> bool:
    """Whether the first row names what the others hold: codes, dates or numbers stand below it, and none in it."""
    first, *others = [any(character.isdigit() for character in cells[0]) for _, cells in run.rows]
    return bool(others) and all(others) and not first


def _has_ruler(run: _Run) -> bool:
    return len(run.rows) < len(run.lines)


def _table(runs: list[_Run]) -> TabTable:
    header = runs[0].header
    rows = [TabRow(number, cells, is_header=cells == header) for run in runs for number, cells in run.rows]
    return TabTable(tuple(rows), tuple(number for run in runs for number, _ in run.lines))
