"""Which files hold a table of claims, which columns they have, and whether those will do.

What is wrong with a file as a whole is a `ClaimsError` that names the file and the column. Parquet is looked at by its
footer, CSV by its first line.
"""
# ruff: noqa: S608  # names and texts are quoted by sql.py

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from medpolicy.errors import ClaimsError, NotFound, UsageError
from medpolicy.formats.claims_layout import READ_FROM, SOURCE_FILE, SOURCE_ROW, TABLES, ColumnKind
from medpolicy.formats.claims_mapping import ClaimsMapping
from medpolicy.review.claims.csv_files import CsvFile, csv_file
from medpolicy.review.claims.sql import literal

if TYPE_CHECKING:
    import duckdb

PARQUET: Final = (".parquet", ".pq")
_MARK: Final = b"PAR1"
CSV: Final = (".csv", ".txt", ".csv.gz", ".txt.gz")

# Identifiers may be numbers. A code may not: a leading zero would be gone.
_NUMBERS_WILL_DO: Final = frozenset(
    ("claim_id", "person_id", "member_id", "payer", "plan", "place_of_service_code", "bill_type_code")
)
_BEYOND_BIGINT: Final = ("HUGEINT", "UBIGINT")
_WHOLE: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", *_BEYOND_BIGINT)
_OTHER_NUMBERS: Final = ("FLOAT", "DOUBLE", "DECIMAL")
_DAYS: Final = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")

_OF_THE_READER: Final = ("file_row_number", READ_FROM)  # columns that DuckDB adds


class OwnColumn(NamedTuple):
    """A column as a file has it: its own name, and its SQL type without a decimal's digits."""

    name: str
    sql_type: str


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file, with those of the layout's columns that it has. `csv` is None for Parquet; `staged`: whether we made it of
    another.
    """

    path: Path
    columns: Mapping[str, OwnColumn]
    csv: CsvFile | None = None
    staged: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The files of one table. `types`: the SQL type in which each column is read that at least one of them has."""

    table: str
    files: tuple[TableFile, ...]
    types: Mapping[str, str]

    def has(self, column: str) -> bool:
        return column in self.types


def files_of(table: str, inputs: Sequence[str | Path]) -> tuple[Path, ...]:
    """The files that the inputs mean: files, directories with all below them, or globs. `NotFound` where there are none.

    A directory in which there is one of the table's own name means that one: `demo-claims` writes such.
    """
    found: list[Path] = []
    for one in inputs:
        here = [file for path in paths_of(one) for file in _below(path, table)]
        if not here:
            raise NotFound(f"{one}: no Parquet or CSV files of {table} are there ({', '.join((*PARQUET, *CSV))})")
        found += here
    return each_once(found)


def paths_of(one: str | Path) -> list[Path]:
    """What a path or a glob means; nothing where nothing is there."""
    if not str(one).strip():  # such as a variable of a script that is not set: it is not the current directory that is meant
        raise UsageError("an input is empty; name a file, a directory or a glob")
    path = Path(one)
    try:
        there = path.exists()
    except OSError as error:  # such as a name that is too long
        raise NotFound(f"{one}: {error.strerror}") from None
    if there and not path.is_file() and not path.is_dir():
        raise ClaimsError(f"{one}: is a pipe or a device; write it into a file first, for claims are read more than once")
    if there:
        return [path]
    # Path.glob takes no absolute pattern.
    return [Path(path) for path in sorted(glob.glob(str(one), recursive=True))]  # noqa: PTH207


def each_once(files: Iterable[Path]) -> tuple[Path, ...]:
    """The files, each once, by whatever paths or links it is named."""
    found: dict[object, Path] = {}
    for file in files:
        try:
            status = file.stat()
        except OSError as error:
            raise ClaimsError(f"{file}: cannot be read: {error.strerror}") from None
        found.setdefault((status.st_dev, status.st_ino), file)
    return tuple(found.values())


def _below(path: Path, table: str) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in files_below(path, table):
        if is_named(file):
            yield file


def is_named(file: Path) -> bool:
    """Whether its name is that of a Parquet or CSV file."""
    return file.name.lower().endswith((*PARQUET, *CSV))


def files_below(directory: Path, table: str) -> Iterator[Path]:
    """All files that may be of the table: its own where there are such, else all that are no other table's.

    What is hidden, or begins with an underscore as the marks of Spark's jobs do, and what a screening wrote is left out.
    `ClaimsError` where a directory below cannot be read, or a link leads nowhere.
    """
    own = own_files(directory, table)
    if own:
        for path in own:
            yield from [path] if path.is_file() else _walk(path)
        return
    for file in _walk(directory):
        if file.relative_to(directory).parts[0].partition(".")[0].lower() not in TABLES:
            yield file


def own_files(directory: Path, table: str) -> list[Path]:
    """A directory with the table's name, or else files with it, such as `eligibility.csv`."""
    own = directory / table
    if own.is_dir():
        return [own]
    return sorted(
        path for path in directory.iterdir() if path.name.partition(".")[0].lower() == table and path.is_file() and is_named(path)
    )


def _walk(directory: Path) -> list[Path]:
    """Links are followed: whoever puts one there means what it leads to."""
    found: list[Path] = []
    seen: set[str] = set()
    for above, names, files in os.walk(directory, onerror=_unreadable, followlinks=True):
        names[:] = [name for name in names if not name.startswith((".", "_"))]
        real = os.path.realpath(above)
        if real in seen or _is_of_ours(names, files):
            names.clear()  # a link to a directory above, or what was written here before
            continue
        seen.add(real)
        for name in files:
            file = Path(above, name)
            if name.startswith((".", "_")):
                continue
            if file.is_symlink() and not file.exists():
                raise ClaimsError(f"{file}: is a link to what is not there; mend it or remove it")
            if file.is_file():
                found.append(file)
    return sorted(found)


def _is_of_ours(names: Sequence[str], files: Sequence[str]) -> bool:
    screened = {"report.json", "rejected.parquet"} <= {*files} and "answers" in names
    return screened or ("impact.json" in files and "moved" in names)


def _unreadable(error: OSError) -> None:
    raise ClaimsError(f"{error.filename}: cannot be read: {error.strerror}") from None


def is_parquet(path: Path) -> bool:
    """By its name, or by how it begins."""
    if path.name.lower().endswith(PARQUET):
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(_MARK)) == _MARK
    except OSError as error:
        raise ClaimsError(f"{path}: cannot be read: {error.strerror}") from None


def open_table(table: str, inputs: Sequence[str | Path], mapping: ClaimsMapping, connection: duckdb.DuckDBPyConnection) -> Table:
    """Look at every file's columns; `ClaimsError` where a file cannot be read or has not what is needed."""
    files = tuple(_look_at(table, path, mapping, connection) for path in files_of(table, inputs))
    types: dict[str, str] = {}
    for file in files:
        for column, (_, sql_type) in file.columns.items():
            types[column] = _common(types.get(column, sql_type), sql_type)
    return Table(table, files, types)


def _look_at(table: str, path: Path, mapping: ClaimsMapping, connection: duckdb.DuckDBPyConnection) -> TableFile:
    if not is_parquet(path):
        csv = csv_file(path)
        return TableFile(path, _found(table, path, [(column, "VARCHAR") for column in csv.columns], mapping), csv)
    columns = _parquet_columns(path, connection)
    staged = {SOURCE_FILE, SOURCE_ROW} <= {name for name, _ in columns}
    return TableFile(path, _found(table, path, columns, mapping), staged=staged)


def _common(one: str, other: str) -> str:
    """The type in which both are read: numbers and days as the widest, all else that differs as text."""
    if one == other:
        return one
    if one in _WHOLE and other in _WHOLE:
        return "HUGEINT" if one in _BEYOND_BIGINT or other in _BEYOND_BIGINT else "BIGINT"
    for kind, widest in (((*_WHOLE, *_OTHER_NUMBERS), "DOUBLE"), (_DAYS, "DATE")):
        if one in kind and other in kind:
            return widest
    return "VARCHAR"


def _parquet_columns(file: Path, connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    import duckdb

    try:
        rows = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(file))})").fetchall()
    except (duckdb.Error, OSError):
        raise ClaimsError(f"{file}: is no Parquet file, or is cut off at its end; write or copy it again") from None
    return [(column, kind) for column, kind, *_ in rows]


def _found(table: str, file: Path, columns: Iterable[tuple[str, str]], mapping: ClaimsMapping) -> dict[str, OwnColumn]:
    """Of one file: the layout's columns that it has, each with its own name and type. Names differ in more than case."""
    by_name: dict[str, list[tuple[str, str]]] = {}
    for column, sql_type in columns:
        if column.casefold() in _OF_THE_READER:
            raise ClaimsError(f"{file}: has a column {column!r}, a name that the reader needs; rename it")
        by_name.setdefault(column.casefold(), []).append((column, sql_type))
    mapped = mapping.columns.get(table, {})
    stands_for_another = {own.casefold() for own in mapped.values()}
    found: dict[str, OwnColumn] = {}
    for column, kind in TABLES[table].items():
        if column not in mapped and column in stands_for_another:
            continue
        wanted = mapped.get(column, column)
        there = by_name.get(wanted.casefold(), [])
        if not there and column in mapped:
            raise ClaimsError(f"{file}: has no column {wanted!r}, which the mapping names for {column}; it has {_some(by_name)}")
        if len(there) > 1:
            raise ClaimsError(f"{file}: has the column {wanted!r} ({column}) {len(there)} times; keep one")
        if there and there[0][1] != '"NULL"':
            own, own_type = there[0]
            found[column] = OwnColumn(own, _checked_type(column, kind, own, own_type, file))
    return found


def _some(names: Mapping[str, list[tuple[str, str]]]) -> str:
    """The names of some columns: no values, so nothing of a member."""
    shown = [columns[0][0] for columns in names.values()]
    return ", ".join(shown[:40]) + (", ..." if len(shown) > 40 else "")


def _checked_type(column: str, kind: ColumnKind, own: str, own_type: str, file: Path) -> str:
    """The column's type, without a decimal's digits; `ClaimsError` where it cannot hold what the layout means."""
    base = own_type.partition("(")[0]
    allowed: tuple[str, ...] = ("VARCHAR",)
    expected = "text"
    if kind is ColumnKind.TEXT and column in _NUMBERS_WILL_DO:
        allowed, expected = ("VARCHAR", *_WHOLE), "text or whole numbers"
    elif kind is ColumnKind.WHOLE:
        allowed, expected = ("VARCHAR", *_WHOLE, *_OTHER_NUMBERS), "whole numbers"
    elif kind is ColumnKind.AMOUNT:
        allowed, expected = ("VARCHAR", *_WHOLE, *_OTHER_NUMBERS), "numbers"
    elif kind is ColumnKind.DATE:
        allowed, expected = ("VARCHAR", *_DAYS), "dates"
    if base not in allowed and not (kind is ColumnKind.TEXT and own_type.startswith("ENUM")):
        raise ClaimsError(f"{file}: the column {own!r} ({column}) is {own_type.lower()}; write it as {expected}")
    return "VARCHAR" if own_type.startswith("ENUM") else base
