"""CSV files of claims: each line is a row or is rejected, whatever its quotes are.

DuckDB reads them, once, into Parquet. A quote astray would let it take several lines for one value, so lines with an odd
number of quotes are taken out before; then the lines that it read and those that it did not are counted, and must be all.
"""
# ruff: noqa: S608  # names and texts are quoted by sql.py

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from medpolicy.errors import ClaimsError
from medpolicy.formats.claims_layout import SOURCE_FILE, SOURCE_ROW
from medpolicy.review.claims.sql import literal, name

if TYPE_CHECKING:
    import duckdb

_DELIMITERS: Final = ",|\t;"
_LONGEST: Final = 1 << 20  # bytes of a line


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file by its first line: its columns, and what separates them."""

    path: Path
    columns: tuple[str, ...]
    delimiter: str


@dataclass(frozen=True, slots=True)
class StagedCsv:
    """`path`: the rows as Parquet. `unreadable`: the numbers of the lines, from 1, that are no rows."""

    path: Path
    unreadable: tuple[int, ...]


def csv_file(path: Path) -> CsvFile:
    """Read the first line; `ClaimsError` where there is none or it names no columns."""
    try:
        with _opened(path) as file:
            first = file.readline(_LONGEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ClaimsError(f"{path}: is not UTF-8; save it as UTF-8") from None
    except _BROKEN as error:
        raise _unreadable(path, error) from None
    if not first.strip():
        raise ClaimsError(f"{path}: is empty; its first line must name the columns")
    if "\r" in first.rstrip("\r\n"):
        raise ClaimsError(f"{path}: its lines end in a carriage return alone; write it again with line feeds")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        columns = tuple(column.strip() for column in next(csv.reader([first], delimiter=delimiter, strict=True)))
    except csv.Error:
        raise ClaimsError(f"{path}:1: a quote is astray among the names of the columns") from None
    return CsvFile(path, columns, delimiter)


def stage(file: CsvFile, directory: Path, connection: duckdb.DuckDBPyConnection) -> StagedCsv:
    """Write the file's rows as Parquet below a directory."""
    for closely in (False, True):
        lines, left_out = _lines_of(file, closely=closely)
        source = file.path if not left_out else _without(file, left_out, directory)
        staged = _read(file, source, directory, connection)
        if staged is not None:
            target, refused, count = staged
            if count + len(refused) == lines:
                unreadable = sorted([*left_out.faulty, *(left_out.number(line) for line in refused)])
                _number(target, sorted([*unreadable, *left_out.blank]), connection)
                return StagedCsv(target, tuple(unreadable))
    raise ClaimsError(f"{file.path}: its lines cannot be told apart; write it again without line breaks in values")


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """Lines, by number from 1 in ascending order, that are not given to DuckDB: faulty ones, and blank ones."""

    faulty: tuple[int, ...]
    blank: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.faulty or self.blank)

    def number(self, line: int) -> int:
        """The number in the file of a line that has this number without those left out."""
        for left_out in sorted((*self.faulty, *self.blank)):
            line += left_out <= line
        return line


def _lines_of(file: CsvFile, *, closely: bool) -> tuple[int, _LeftOut]:
    """How many lines are to be read, and which are not. `closely`: by the whole form of each that has a quote."""
    form = _form(file.delimiter) if closely else None
    faulty: list[int] = []
    blank: list[int] = []
    number = 1
    with _opened(file.path) as lines:
        next(lines, None)
        for number, line in enumerate(_each(lines, file.path), 2):
            if line.isspace():
                blank.append(number)
            elif _is_faulty(line, form):
                faulty.append(number)
    return number - 1 - len(faulty) - len(blank), _LeftOut(tuple(faulty), tuple(blank))


def _each(lines: IO[bytes], path: Path) -> Iterator[bytes]:
    try:
        yield from lines
    except _BROKEN as error:
        raise _unreadable(path, error) from None


_BROKEN: Final = (OSError, EOFError, zlib.error)


def _unreadable(path: Path, error: Exception) -> ClaimsError:
    if isinstance(error, gzip.BadGzipFile | zlib.error):
        return ClaimsError(f"{path}: is no gzip file, as its name says, or is broken; write or copy it again")
    if isinstance(error, EOFError):
        return ClaimsError(f"{path}: is cut off; copy it again")
    return ClaimsError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'the file system failed'}")


def _is_faulty(line: bytes, form: re.Pattern[bytes] | None) -> bool:
    if b'"' in line and (line.count(b'"') % 2 or (form is not None and form.fullmatch(line) is None)):
        return True
    if not line.isascii():
        try:
            line.decode()
        except UnicodeDecodeError:
            return True
    return b"\0" in line or b"\r" in line[:-2] or len(line) > _LONGEST


def _form(delimiter: str) -> re.Pattern[bytes]:
    """A line whose values are quoted whole or have no quote."""
    mark = re.escape(delimiter).encode()
    value = rb'(?:"(?:[^"]|"")*"|[^"' + mark + rb"]*)"
    return re.compile(value + rb"(?:" + mark + value + rb")*\r?\n?")


def _without(file: CsvFile, left_out: _LeftOut, directory: Path) -> Path:
    target = directory / f"{_stem(file)}.csv"
    out = {*left_out.faulty, *left_out.blank}
    with _opened(file.path) as lines, target.open("wb") as kept:
        kept.writelines(line for number, line in enumerate(lines, 1) if number not in out)
    return target


def _stem(file: CsvFile) -> str:
    import hashlib

    return hashlib.sha256(str(file.path).encode()).hexdigest()[:32]


def _read(
    file: CsvFile, source: Path, directory: Path, connection: duckdb.DuckDBPyConnection
) -> tuple[Path, Sequence[int], int] | None:
    """DuckDB's reading: the Parquet file, the lines it refused and how many it read; None where it gave up."""
    import duckdb

    target = directory / f"{_stem(file)}.parquet"
    # Names of our own: two columns may have the same one, which matters only if it is asked for.
    columns = ", ".join(f"{literal(f'c{at}')}: 'VARCHAR'" for at in range(len(file.columns)))
    compression = "gzip" if source.suffix.lower() == ".gz" else "none"
    options = (
        f"auto_detect = false, header = true, delim = {literal(file.delimiter)}, quote = '\"', escape = '\"', "
        f"columns = {{{columns}}}, strict_mode = true, max_line_size = {2 * _LONGEST}, compression = '{compression}', "
        "store_rejects = true, rejects_table = 'refused_lines', rejects_scan = 'refused_scans', rejects_limit = 0"
    )
    named = _named(file)
    # A line is a row, and the first one names the columns.
    where = f"{literal(str(file.path))} AS {SOURCE_FILE}, row_number() OVER () + 1 AS {SOURCE_ROW}"
    try:
        connection.execute("DROP TABLE IF EXISTS refused_lines; DROP TABLE IF EXISTS refused_scans")
        connection.execute(
            f"COPY (SELECT {named}, {where} FROM read_csv({literal(str(source))}, {options})) "
            f"TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )
        refused = [line for (line,) in connection.execute("SELECT DISTINCT line FROM refused_lines ORDER BY line").fetchall()]
        counted = connection.execute(f"SELECT count(*) FROM read_parquet({literal(str(target))})").fetchone()
    except duckdb.IOException as error:
        raise OSError(5, str(error)) from None
    except duckdb.Error:
        return None
    return target, refused, cast("tuple[int]", counted)[0]


def _number(staged: Path, skipped: Sequence[int], connection: duckdb.DuckDBPyConnection) -> None:
    """Give each row the number of its line in the file, where lines before it are no rows."""
    if not skipped:
        return
    shifts = {
        line - 1 - at: at + 1 for at, line in enumerate(skipped)
    }  # rows numbered so far or above, and by how many they move
    again = staged.with_suffix(".numbered")
    connection.execute("CREATE OR REPLACE TEMP TABLE shifts (first BIGINT, shift BIGINT)")
    connection.execute("INSERT INTO shifts SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[])", [[*shifts], [*shifts.values()]])
    connection.execute(
        f"COPY (SELECT rows.* REPLACE (rows.{SOURCE_ROW} + coalesce(shift, 0) AS {SOURCE_ROW}) "
        f"FROM read_parquet({literal(str(staged))}) AS rows ASOF LEFT JOIN shifts ON rows.{SOURCE_ROW} > shifts.first "
        f"ORDER BY rows.{SOURCE_ROW}) TO {literal(str(again))} (FORMAT parquet, COMPRESSION zstd)"
    )
    again.replace(staged)


def _named(file: CsvFile) -> str:
    """The columns by their names, the first one of each name; that a name stands twice was told before."""
    first: dict[str, int] = {}
    for at, column in enumerate(file.columns):
        first.setdefault(column.casefold(), at)
    return ", ".join(f"c{at} AS {name(file.columns[at])}" for at in first.values() if file.columns[at])


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix.lower() == ".gz" else path.open("rb")
