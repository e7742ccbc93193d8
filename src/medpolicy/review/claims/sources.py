"""The rows of a table's files, all of them or a stretch of each: how many there are, and SQL that reads them.

CSV is read into Parquet first. How Parquet is cut into row groups stands in its footer, and DuckDB reads no group that is
outside of the rows asked for; so a stretch of a big file costs no more than its own rows.
"""
# ruff: noqa: S608  # names and texts are quoted by sql.py

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from medpolicy.errors import ClaimsError
from medpolicy.formats.claims_layout import READ_FROM, SOURCE_FILE, SOURCE_ROW
from medpolicy.review.claims.csv_files import stage
from medpolicy.review.claims.files import OwnColumn, Table, TableFile
from medpolicy.review.claims.sql import literal, name

if TYPE_CHECKING:
    import duckdb

_BLOCK = 100_000  # rows of CSV


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A Parquet file: the one that was given, or what was made of it. `groups`: the rows of each row group, or of CSV of each
    block.
    """

    path: Path
    given: TableFile
    staged: bool
    groups: tuple[int, ...]

    @property
    def rows(self) -> int:
        return sum(self.groups)


class Stretch(NamedTuple):
    """Rows of a file, from `first` to before `end`, counted from 0."""

    file: SourceFile
    first: int
    end: int

    @property
    def rows(self) -> int:
        return self.end - self.first

    @property
    def is_whole(self) -> bool:
        return self.first == 0 and self.end == self.file.rows


@dataclass(frozen=True, slots=True)
class Source:
    """All rows of a table."""

    table: Table
    files: tuple[SourceFile, ...]

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    def whole(self) -> list[Stretch]:
        return [Stretch(file, 0, file.rows) for file in self.files]

    def cut(self, rows: int) -> Iterator[list[Stretch]]:
        """Every row once, in the order of the files, about so many at a time and never more.

        Row groups stay whole where they are not larger than that.
        """
        together: list[Stretch] = []
        count = 0
        for stretch in self._groups(rows):
            if count + stretch.rows > rows:
                yield together
                together, count = [], 0
            last = together[-1] if together else None
            if last is not None and last.file is stretch.file:
                together[-1] = last._replace(end=stretch.end)
            else:
                together.append(stretch)
            count += stretch.rows
        if together:
            yield together

    def _groups(self, most: int) -> Iterator[Stretch]:
        for file in self.files:
            first = 0
            for group in file.groups:
                parts = -(-group // most)
                for part in range(parts):
                    yield Stretch(file, first + group * part // parts, first + group * (part + 1) // parts)
                first += group


def stage_source(connection: duckdb.DuckDBPyConnection, table: Table, directory: Path) -> Source:
    """Read CSV files into Parquet below the directory; rows that cannot be read go into the table `unreadable`."""
    files = []
    for file in table.files:
        path = file.path
        if file.csv is not None:
            staged = stage(file.csv, directory, connection)
            path = staged.path
            if staged.unreadable:
                connection.execute(
                    "INSERT INTO unreadable SELECT ?, ?, unnest(?::BIGINT[])",
                    [table.table, str(file.path), list(staged.unreadable)],
                )
        groups = _row_groups(connection, path)
        if file.csv is not None:  # how DuckDB cut what it wrote may differ from run to run; chunks may not
            rows = sum(groups)
            groups = tuple(min(_BLOCK, rows - first) for first in range(0, rows, _BLOCK))
        files.append(SourceFile(path, file, file.csv is not None or file.staged, groups))
    return Source(table, tuple(files))


def _row_groups(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[int, ...]:
    rows = connection.execute(
        f"SELECT any_value(row_group_num_rows) FROM parquet_metadata({literal(str(path))}) "
        "GROUP BY row_group_id ORDER BY row_group_id"
    ).fetchall()
    groups = tuple(count for (count,) in rows if count)
    told = connection.execute(f"SELECT num_rows FROM parquet_file_metadata({literal(str(path))})").fetchall()
    if sum(groups) != told[0][0]:
        raise ClaimsError(f"{path}: its footer tells two numbers of rows; write it again")
    return groups


def relation(table: Table, stretches: Sequence[Stretch]) -> str:
    """SQL for the rows: the layout's columns that a file of the table has, `file`, and `row` from 1."""
    alike: dict[tuple[tuple[tuple[str, OwnColumn], ...], bool], list[Stretch]] = {}
    for stretch in stretches:
        alike.setdefault((tuple(sorted(stretch.file.given.columns.items())), stretch.file.staged), []).append(stretch)
    parts = []
    for together in alike.values():
        selected = _selected(table, together[0].file)
        whole = [one for one in together if one.is_whole]
        if whole:
            parts.append(f"SELECT {selected} FROM {_parquet(whole)}")
        parts += [
            f"SELECT {selected} FROM {_parquet([one])} WHERE file_row_number >= {one.first} AND file_row_number < {one.end}"
            for one in together
            if not one.is_whole
        ]
    return "(" + (" UNION ALL ".join(parts) or f"SELECT {_nothing(table)} WHERE false") + ")"


def _parquet(stretches: Sequence[Stretch]) -> str:
    files = ", ".join(literal(str(one.file.path)) for one in stretches)
    return f"read_parquet([{files}], filename = {literal(READ_FROM)}, file_row_number = true)"


def _selected(table: Table, file: SourceFile) -> str:
    columns = []
    for column, sql_type in table.types.items():
        own = file.given.columns.get(column)
        if own is None:
            columns.append(f"NULL::{sql_type} AS {name(column)}")
        else:
            columns.append(f"{_read_as(own, sql_type)} AS {name(column)}")
    where = (SOURCE_FILE, SOURCE_ROW) if file.staged else (READ_FROM, "file_row_number + 1")
    return ", ".join([*columns, f"{where[0]} AS file", f"{where[1]} AS row"])


def _read_as(own: OwnColumn, sql_type: str) -> str:
    if own.sql_type == sql_type or sql_type == "DECIMAL":
        return name(own.name)
    if sql_type == "VARCHAR" and own.sql_type.startswith("TIMESTAMP"):
        return f"{name(own.name)}::DATE::VARCHAR"
    if sql_type == "VARCHAR" and own.sql_type in ("FLOAT", "DOUBLE"):
        return f"printf('%.6f', {name(own.name)}::DOUBLE)"  # as text, a small one has an exponent
    return f"{name(own.name)}::{sql_type}"


def _nothing(table: Table) -> str:
    columns = [f"NULL::{sql_type} AS {name(column)}" for column, sql_type in table.types.items()]
    return ", ".join([*columns, "NULL::VARCHAR AS file", "NULL::BIGINT AS row"])
