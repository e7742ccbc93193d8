"""What lines that move alike have in common, in few conditions: codes, lines of business and settings that go together.

What moves is counted for each code, line of business and setting apart. Those that make the same move under the same versions and
provisions of the same policy are folded where that is exact: a condition says a set of each, and every combination of them that
any compared line has makes this move. Each combination that moves stands in one condition, so that they add up.
"""
# ruff: noqa: S608  # names are this package's own

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, product
from typing import Any, Final, NamedTuple

from medpolicy.review.impact_tables import CONDITION, MOST_EXAMPLES, SHARED
from medpolicy.review.screening_totals import MEASURES, Key, Totals, TotalsTable, added, measures, totals_of

# Above so many differing boxes of a move only equal ones are folded: to try each pair would take too long.
_MOST_TRIED: Final = 100

Cell = tuple[str | None, str | None, str | None]  # code, line of business, setting
# By code, how many lines were compared with each line of business and setting.
Compared = Mapping[str | None, Mapping[tuple[str | None, str | None], int]]


class Example(NamedTuple):
    """A line that moves, by its key."""

    claim_id: str
    claim_line_number: int


class Box(NamedTuple):
    """All combinations of some codes, lines of business and settings, in their order; None: the line does not say it."""

    codes: tuple[str | None, ...]
    lines_of_business: tuple[str | None, ...]
    settings: tuple[str | None, ...]

    def cells(self) -> Iterator[Cell]:
        return product(self.codes, self.lines_of_business, self.settings)

    def __or__(self, other: Box) -> Box:
        return Box(*(_ordered({*mine, *theirs}) for mine, theirs in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Lines that move alike. `key`: by `impact_tables.SHARED`. `every_line`, `every_setting`: whether these are all that any
    compared line of the issuer has. `compared`: how many compared lines have one of the combinations, whether they move or not.
    `examples`: of different combinations as far as there are."""

    key: Key
    box: Box
    every_line: bool
    every_setting: bool
    compared: int
    totals: Totals
    members: int | None
    first_day: date
    last_day: date
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The conditions with the most dollars first, and what the `others` come to."""

    top: tuple[Condition, ...]
    others: int
    rest: Totals


def folded(moving: Iterable[Cell], compared: Compared) -> list[Box]:
    """Boxes in which each of the moving cells stands once, and no other that occurs.

    >>> occur = {code: {("hmo", "inpatient"): 5, ("hmo", "outpatient"): 7} for code in ("1", "2")}
    >>> folded([("1", "hmo", "inpatient"), ("1", "hmo", "outpatient"), ("2", "hmo", "inpatient")], occur)
    [Box(codes=('1',), lines_of_business=('hmo',), settings=('inpatient', 'outpatient')), \
Box(codes=('2',), lines_of_business=('hmo',), settings=('inpatient',))]
    """
    cells = sorted(set(moving), key=_order)
    boxes: list[Box] = []
    for code, of_code in groupby(cells, key=lambda cell: cell[0]):
        by_setting: dict[str | None, list[str | None]] = {}
        for _, line, setting in of_code:
            by_setting.setdefault(setting, []).append(line)
        own = [Box((code,), _ordered(lines), (setting,)) for setting, lines in by_setting.items()]
        boxes += _joined(own, compared)
    alike: dict[tuple[Any, ...], list[str | None]] = {}
    for box in boxes:
        alike.setdefault(box[1:], []).extend(box.codes)
    return _joined([Box(_ordered(codes), *rest) for rest, codes in alike.items()], compared)


def _joined(boxes: list[Box], compared: Compared) -> list[Box]:
    """The boxes, those put together that can be one, until no two can."""
    if len(boxes) > _MOST_TRIED:
        return boxes
    while True:
        found: list[Box] = []
        for box in sorted(boxes, key=lambda one: -len(one.codes) * len(one.lines_of_business) * len(one.settings)):
            at = next((at for at, known in enumerate(found) if _can_be_one(known, box, compared)), None)
            if at is None:
                found.append(box)
            else:
                found[at] |= box
        if len(found) == len(boxes):
            return found
        boxes = found


def _can_be_one(one: Box, other: Box, compared: Compared) -> bool:
    """Whether every cell of both together that occurs is in one of them. So no third box has any of theirs."""
    first, second = (tuple(map(frozenset, box)) for box in (one, other))
    return all(
        _within(cell, first) or _within(cell, second) or cell[1:] not in compared.get(cell[0], ())
        for cell in (one | other).cells()
    )


def _within(cell: Cell, sets: Sequence[frozenset[str | None]]) -> bool:
    return all(value in of for value, of in zip(cell, sets, strict=True))


def _ordered(values: Iterable[str | None]) -> tuple[str | None, ...]:
    return tuple(sorted(values, key=lambda value: (value is None, value or "")))


def _order(cell: Cell) -> tuple[Any, ...]:
    return tuple((value is None, value or "") for value in cell)


# -- from what is kept of the lines ---------------------------------------------------------------------------------------


class _Found(NamedTuple):
    """A condition before it is known whether it is at the top. `numbers`: of what it is folded from."""

    key: Key
    box: Box
    totals: Totals
    first_day: date
    last_day: date
    numbers: tuple[int, ...]
    examples: tuple[Example, ...]


def conditions_of(table: TotalsTable, *, most: int, has_members: bool) -> Conditions:
    """The conditions of all that moves; `table` is that of what moves."""
    occurring = _Occurring(table)
    count = 0

    def found() -> Iterator[_Found]:
        nonlocal count
        for one in _all_found(table, occurring):
            count += 1
            yield one

    top = heapq.nsmallest(most, found(), key=lambda one: _rank(one.totals, table.amount))
    members = _members(table, top) if has_members else {}
    conditions = tuple(
        Condition(
            key=one.key,
            box=one.box,
            every_line=occurring.lines_of_business[one.key[-1]] <= set(one.box.lines_of_business),
            every_setting=occurring.settings[one.key[-1]] <= set(one.box.settings),
            compared=occurring.lines_in(one.key[-1], one.box),
            totals=one.totals,
            members=members.get(at, 0) if has_members else None,
            first_day=one.first_day,
            last_day=one.last_day,
            examples=one.examples,
        )
        for at, one in enumerate(top)
    )
    others = count - len(top)
    rest = table.total("true") - added([one.totals for one in conditions]) if others else Totals()
    return Conditions(top=conditions, others=others, rest=rest)


def _rank(totals: Totals, amount: str | None) -> tuple[bool, Any, int]:
    """As `TotalsTable.rank` has it."""
    dollars = totals.dollars(amount)
    return dollars is None, -(dollars or 0), -totals.lines


class _Occurring:
    """What the compared lines have, by issuer: counts by code, and which lines of business and settings there are."""

    def __init__(self, table: TotalsTable) -> None:
        self.lines_of_business: dict[str | None, set[str | None]] = {}
        self.settings: dict[str | None, set[str | None]] = {}
        for issuer, line, setting in table.rows("SELECT DISTINCT issuer, line_of_business, setting FROM occurring"):
            self.lines_of_business.setdefault(issuer, set()).add(line)
            self.settings.setdefault(issuer, set()).add(setting)
        self._compared: dict[str | None, dict[str | None, dict[tuple[str | None, str | None], int]]] = {}
        rows = table.stream(
            "SELECT issuer, code, line_of_business, setting, sum(lines) FROM occurring "
            "WHERE code IS NULL OR code IN (SELECT code FROM moved) GROUP BY ALL"
        )
        for issuer, code, line, setting, lines in rows:
            self._compared.setdefault(issuer, {}).setdefault(code, {})[line, setting] = int(lines)

    def of(self, issuer: str | None) -> Compared:
        return self._compared[issuer]

    def lines_in(self, issuer: str | None, box: Box) -> int:
        compared = self.of(issuer)
        return sum(compared.get(code, {}).get((line, setting), 0) for code, line, setting in box.cells())


def _all_found(table: TotalsTable, occurring: _Occurring) -> Iterator[_Found]:
    shared, width = len(SHARED), len(CONDITION)
    names = ", ".join(CONDITION)
    rows = table.stream(
        f"SELECT {names}, {measures(named=True)}, min(first_day), max(last_day), condition, "
        f"list_slice(list_sort(flatten(list(examples))), 1, {MOST_EXAMPLES}) FROM moved GROUP BY {names}, condition "
        f"ORDER BY {names}"
    )
    for key, together in groupby(rows, key=lambda row: tuple(row[:shared])):
        by_cell: dict[Cell, Sequence[Any]] = {(row[shared], row[shared + 1], row[shared + 2]): row[width:] for row in together}
        for box in folded(by_cell, occurring.of(key[-1])):
            of_box = [by_cell[cell] for cell in box.cells() if cell in by_cell]
            totals = [totals_of(one[:MEASURES]) for one in of_box]
            first, last, numbers, _ = zip(*(one[MEASURES:] for one in of_box), strict=True)
            ranked = sorted(zip(totals, of_box, strict=True), key=lambda pair: _rank(pair[0], table.amount))
            examples = _examples([one[-1] for _, one in ranked])
            yield _Found(key, box, added(totals), min(first), max(last), numbers, examples)


def _examples(of_each: Sequence[Sequence[Mapping[str, Any]]]) -> tuple[Example, ...]:
    """The first of each, those with the most dollars first; then the second ones, while there are too few."""
    found = [
        Example(one[at]["claim_id"], one[at]["claim_line_number"])
        for at in range(MOST_EXAMPLES)
        for one in of_each[:MOST_EXAMPLES]
        if at < len(one)
    ]
    return tuple(found[:MOST_EXAMPLES])


def _members(table: TotalsTable, top: Sequence[_Found]) -> dict[int, int]:
    """How many members each has: one of several combinations counts once."""
    import pyarrow as pa

    pairs = [(at, number) for at, one in enumerate(top) for number in one.numbers]
    columns = {"fold": pa.array([at for at, _ in pairs], pa.int32())}
    columns["condition"] = pa.array([number for _, number in pairs], pa.uint64())
    table.connection.register("folds", pa.table(columns))
    try:
        rows = table.rows("SELECT fold, count(DISTINCT person) FROM folds JOIN movers USING (condition) GROUP BY fold")
    finally:
        table.connection.unregister("folds")
    return dict(rows)
