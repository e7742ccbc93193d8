"""What the screening benchmark is run on: a generated library, so many lines for its codes, and the rules that peers join.

The lines are such as come out of reading and checking: the benchmark is of the answering. A twentieth has a code of no policy.
"""

# ruff: noqa: S608  # names and texts are this file's own
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.generated import write_library
from medpolicy import Library, load_library
from medpolicy.engines.tabular import lookup_tables
from medpolicy.engines.tabular_answers import COLUMNS
from medpolicy.engines.tabular_library import TabularLibrary, compile_library

FIRST, LAST = date(2022, 1, 1), date(2024, 12, 31)
ISSUER = "generated"


@dataclass(frozen=True)
class Data:
    """The files of one size."""

    directory: Path
    policies: int
    lines: int

    @property
    def claims(self) -> Path:
        return self.directory / f"lines-{self.policies}-{self.lines}.parquet"

    @property
    def library(self) -> Path:
        return self.directory / f"library-{self.policies}"

    @property
    def rules(self) -> Path:
        """A row for each code, line of business, setting and stretch of days, with the answer's number: for the obvious join."""
        return self.directory / f"rules-{self.policies}.parquet"

    @property
    def answers(self) -> Path:
        """The answers in words."""
        return self.directory / f"answers-{self.policies}.parquet"

    def load(self) -> Library:
        return load_library(self.library)

    def compile(self, library: Library) -> TabularLibrary:
        return compile_library(library, FIRST, LAST, codes=library.index[ISSUER].codes)


def prepare(data: Data) -> None:
    """Write what is not there yet."""
    data.directory.mkdir(parents=True, exist_ok=True)
    if not data.library.exists():
        write_library(data.library, data.policies)
    library = data.load()
    if not data.claims.exists():
        _write_claims(data, library)
    if not data.rules.exists():
        _write_rules(data, data.compile(library))


def _write_claims(data: Data, library: Library) -> None:
    codes = sorted(library.index[ISSUER].codes)
    lines = [line.id for line in library.issuers[ISSUER].lines_of_business]
    with duckdb.connect(config={"memory_limit": "700MB", "temp_directory": str(data.directory / "spill")}) as connection:
        connection.register("listed", pa.table({"code": codes}))
        connection.execute("CREATE TABLE codes AS SELECT row_number() OVER (ORDER BY hash(code)) - 1 AS place, code FROM listed")
        listed = ", ".join(f"'{line}'" for line in lines)
        # Few codes are most of the lines: the square of an even number.
        connection.execute(
            f"""COPY (
              SELECT 'C' || lpad((nr // 3)::VARCHAR, 10, '0') AS claim_id, nr % 3 + 1 AS claim_line_number, '{ISSUER}' AS issuer,
                ([{listed}])[1 + (hash(nr // 3, 5) % {len(lines)})::INTEGER] AS line_of_business,
                DATE '{FIRST}' + (hash(nr, 1) % {(LAST - FIRST).days + 1})::INTEGER AS service_date,
                CASE WHEN hash(nr // 3, 6) % 10 = 0 THEN 'inpatient' ELSE 'outpatient' END AS setting,
                CASE WHEN hash(nr, 7) % 20 = 0 THEN '99' || lpad((hash(nr, 8) % 900)::VARCHAR, 3, '0') ELSE code END AS code
              FROM range({data.lines}) AS numbers (nr)
              JOIN codes ON place = floor({len(codes)} * pow((hash(nr, 2) % 1000000) / 1000000.0, 2))::INTEGER
            ) TO '{data.claims}' (FORMAT parquet)"""
        )


def _write_rules(data: Data, compiled: TabularLibrary) -> None:
    tables = lookup_tables(compiled)
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        connection.register("intervals", tables.intervals.to_pyarrow())
        connection.register("cells", tables.cells.to_pyarrow())
        # What a rule engine's table would hold: each stretch once, not once a year.
        connection.execute(
            f"""COPY (
              SELECT interval_code AS code, cell_line AS line_of_business, cell_setting AS setting, first_day, end_day,
                cells[cell + 1] AS answer
              FROM intervals, cells WHERE cell_setting <> '' AND year(first_day) = interval_year
            ) TO '{data.rules}' (FORMAT parquet)"""
        )
    columns = {column: compiled.answers.dictionary(column).cast(pa.string()) for column in COLUMNS}
    numbers = pa.array(range(len(compiled.answers)), pa.int32())
    pq.write_table(pa.table({"number": numbers, **columns}), data.answers)
    (data.directory / f"not-listed-{data.policies}.txt").write_text(str(compiled.not_listed[0][3][0]))


def not_listed(data: Data) -> int:
    """The number of the answer for a code of no policy."""
    return int((data.directory / f"not-listed-{data.policies}.txt").read_text())
