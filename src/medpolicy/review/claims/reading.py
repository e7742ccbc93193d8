"""Claims files in; lines as the tabular engine takes them, and rejected lines, out."""
# ruff: noqa: S608  # names and texts are quoted by sql.py

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medpolicy.errors import ClaimsError, UsageError
from medpolicy.formats.claims_mapping import NO_MAPPING, ClaimsMapping
from medpolicy.library.library import Library
from medpolicy.review.claims.chunks import REJECTED_COLUMNS, Chunk
from medpolicy.review.claims.counts import (
    UNREADABLE,
    ClaimCounts,
    ClaimsExtent,
    Rejections,
    counted,
    counted_unreadable,
    extent_of,
    sum_of,
)
from medpolicy.review.claims.doubled import find_doubled
from medpolicy.review.claims.eligibility import create_enrolled, create_plans
from medpolicy.review.claims.files import Table, open_table, own_files
from medpolicy.review.claims.fingerprint import fingerprint_of
from medpolicy.review.claims.lines import ENGINE_COLUMNS, MEMBER_KEYS, LineRules, checked_lines, key_columns, own_columns
from medpolicy.review.claims.sources import Source, relation, stage_source

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

MEMORY: Final = "400MB"
_NEEDED: Final = {
    "medical_claim": ("claim_id", "claim_line_number", "hcpcs_code"),
    "eligibility": ("enrollment_start_date", "plan"),
}
_OF_USE: Final = (
    "claim_line_start_date",
    "place_of_service_code",
    "bill_type_code",
    "diagnosis_code_1",
    "charge_amount",
    "paid_amount",
)
_DECIDING: Final = ("claim_line_start_date", "claim_start_date")


@dataclass(frozen=True, slots=True)
class ClaimLines:
    """Lines for the engine, and those that it cannot take. They are read from the files anew each time that they are run.

    `lines`: claim_id, claim_line_number, issuer, line_of_business, service_date, service_end, setting, code, modifiers,
    diagnoses, age (completed years on the service date), sex, state, charge_amount, allowed_amount, paid_amount (dollars),
    person (the member's id, for counting members, never for writing out); null is unknown, a null `code` is none.
    `rejected`, `unreadable`, `rejected_spans`: file, row (from 1; of CSV the line), reason, column; the first two also
    claim_id and claim_line_number. Nothing else of a member stands there. `rejected` includes `unreadable`, which are in no
    chunk.
    `fingerprint`: equal for the same input, so that an interrupted run knows it again. `absent`: columns of use that the files do
    not have.
    """

    backend: Backend
    lines: ir.Table
    rejected: ir.Table
    unreadable: ir.Table
    rejected_spans: ir.Table
    absent: tuple[str, ...]
    fingerprint: str
    _source: Source
    _rules: LineRules

    @property
    def rows(self) -> int:
        """How many rows the chunks have together; known from the files' footers."""
        return self._source.rows

    @property
    def keys(self) -> str:
        """SQL for claim_id and claim_line_number of every row, whether it is taken or not."""
        identifier, number = key_columns(self._source.table)
        rows = relation(self._source.table, self._source.whole())
        return f"(SELECT {identifier} AS claim_id, {number} AS claim_line_number FROM {rows})"

    def chunks(self, lines_per_chunk: int) -> tuple[Chunk, ...]:
        """All rows cut into chunks of so many at most: whole row groups of Parquet where those are not larger, small files
        together. Where there are no rows, a chunk without any.
        """
        if lines_per_chunk < 1:
            raise UsageError("a chunk has at least one line")
        cut = enumerate(list(self._source.cut(lines_per_chunk)) or [[]])
        return tuple(
            Chunk(number, sum(one.rows for one in together), together, self.backend, self._rules) for number, together in cut
        )

    def extent(self) -> ClaimsExtent:
        """The window of service dates, and the codes; one pass over few columns."""
        with faults_named():
            return extent_of(self.backend.con, own_columns(self._rules, relation(self._rules.claims, self._source.whole())))

    def counts(self) -> ClaimCounts:
        """One pass over all lines. Whoever checks every chunk has them from there, with `unreadable_counts`."""
        with faults_named():
            return sum_of([counted(self.backend.con, "checked_lines"), self.unreadable_counts()])

    def unreadable_counts(self) -> ClaimCounts:
        """Of the rows that are in no chunk."""
        return counted_unreadable(self.backend.con)

    def span_counts(self) -> Rejections:
        """Rows of eligibility that say no days, by reason and column."""
        rows = self.backend.con.execute(
            'SELECT reason, "column", count(*) FROM rejected_spans GROUP BY ALL ORDER BY ALL'
        ).fetchall()
        return {(reason, of): count for reason, of, count in rows}


@contextlib.contextmanager
def open_claims(
    inputs: Sequence[str | Path],
    library: Library,
    *,
    eligibility: Sequence[str | Path] | None = None,
    mapping: ClaimsMapping = NO_MAPPING,
    memory: str = MEMORY,
    threads: int | None = None,
    temporary: Path | None = None,
) -> Iterator[ClaimLines]:
    """Claim lines of files, directories or globs, joined with eligibility where that is given.

    A single directory with `eligibility` in it, a directory or files, is both. Without eligibility the claim's own plan says
    the line of business, and age, sex and state are unknown. `memory` is DuckDB's limit; what does not fit goes below
    `temporary`.
    `ClaimsError` or `NotFound` where files cannot be read as a whole; a line that is wrong is rejected alone.
    """
    try:
        import duckdb
        import ibis  # noqa: F401  # whether it is there
    except ImportError:
        raise UsageError("claims need an extra; install it with: pip install 'medpolicy[claims]'") from None
    if not _MEMORY.fullmatch(memory):
        raise UsageError(f"memory: {memory!r} is none; write a number and a unit, such as 700MB or 4GB")
    if threads is not None and threads < 1:
        raise UsageError("threads: at least one is needed")
    if eligibility is None and len(inputs) == 1 and Path(inputs[0]).is_dir() and own_files(Path(inputs[0]), "eligibility"):
        eligibility = inputs
    with tempfile.TemporaryDirectory(prefix=".medpolicy-claims-", dir=temporary, ignore_cleanup_errors=True) as directory:
        config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": memory, "temp_directory": f"{directory}/spill"}
        if threads is not None:
            config["threads"] = threads
        with duckdb.connect(config=config) as connection, faults_named():
            yield _prepared(connection, inputs, eligibility, library, mapping, Path(directory))


@contextlib.contextmanager
def faults_named() -> Iterator[None]:
    """What DuckDB says of a broken file while rows are read, as an error of ours. Values that its messages quote are left out."""
    import duckdb

    try:
        yield
    except (duckdb.Error, OSError) as error:
        text = str(error)
        if isinstance(error, duckdb.OutOfMemoryException):
            raise UsageError("the database has too little memory for this; give it more, or take fewer lines at a time") from None
        if "No space left" in text:
            raise OSError(28, "no space left on device") from None
        named = [word for word in _QUOTED.findall(text) if "/" in word and Path(word).is_file()]
        # What its reader of Parquet finds odd is often no more than an Error, and through Arrow an OSError without a number.
        is_of_reading = isinstance(error, duckdb.IOException | duckdb.SerializationException) or type(error) is duckdb.Error
        is_of_arrow = isinstance(error, OSError) and error.errno is None
        is_of_a_file = isinstance(error, duckdb.InvalidInputException) and (named or _OF_PARQUET.search(text))
        if not (is_of_reading or is_of_arrow or is_of_a_file):
            raise
        where = f"{named[0]}: " if named else ""
        raise ClaimsError(f"{where}a claims file cannot be read to its end; it may be cut off; write or copy it again") from None


_MEMORY: Final = re.compile(r"[0-9]+(?:[.][0-9]+)? ?[KMGT]i?B", re.ASCII | re.IGNORECASE)

# What a message quotes may be a path, or a value of a member.
_QUOTED: Final = re.compile(r"[\"']([^\"']+)[\"']")
_OF_PARQUET: Final = re.compile(r"parquet|decompress|thrift|page", re.IGNORECASE)


def _prepared(
    connection: duckdb.DuckDBPyConnection,
    inputs: Sequence[str | Path],
    eligibility: Sequence[str | Path] | None,
    library: Library,
    mapping: ClaimsMapping,
    directory: Path,
) -> ClaimLines:
    import ibis

    create_plans(connection, library, mapping)
    connection.execute("CREATE TABLE unreadable (of VARCHAR, file VARCHAR, row BIGINT)")
    claims = open_table("medical_claim", inputs, mapping, connection)
    _need(claims, inputs)
    if not any(claims.has(one) for one in _DECIDING):
        raise ClaimsError(_missing(claims, " or ".join(_DECIDING), inputs))
    if eligibility is None and not claims.has("plan"):
        raise ClaimsError(_missing(claims, "plan", inputs) + "; or give eligibility files, which have one")
    enrolled = None if eligibility is None else open_table("eligibility", eligibility, mapping, connection)
    fingerprint = fingerprint_of([claims.files, enrolled.files if enrolled else ()], mapping)
    source = stage_source(connection, claims, directory)
    key = None
    if enrolled is None:
        connection.execute('CREATE TABLE rejected_spans (file VARCHAR, row BIGINT, reason VARCHAR, "column" VARCHAR)')
    else:
        key = _create_enrolled(connection, claims, enrolled, eligibility or (), library, mapping, directory)
    doubled = find_doubled(connection, source)
    rules = LineRules(claims=claims, library=library, mapping=mapping, key=key, doubled=doubled > 0)
    connection.execute(f"CREATE VIEW checked_lines AS {checked_lines(rules, relation(claims, source.whole()))}")
    connection.execute(f"CREATE VIEW claim_lines AS SELECT {', '.join(ENGINE_COLUMNS)} FROM checked_lines WHERE fault IS NULL")
    connection.execute(
        "CREATE VIEW unreadable_lines AS SELECT NULL::VARCHAR AS claim_id, NULL::BIGINT AS claim_line_number, file, row, "
        f"'{UNREADABLE}' AS reason, NULL::VARCHAR AS \"column\" FROM unreadable WHERE of = 'medical_claim'"
    )
    connection.execute(
        f"CREATE VIEW rejected_lines AS SELECT {REJECTED_COLUMNS} FROM checked_lines WHERE fault IS NOT NULL "
        "UNION ALL SELECT * FROM unreadable_lines"
    )
    backend = ibis.duckdb.from_connection(connection)
    tables = [backend.table(one) for one in ("claim_lines", "rejected_lines", "unreadable_lines", "rejected_spans")]
    absent = tuple(one for one in _OF_USE if not claims.has(one))
    lines, rejected, unreadable, spans = tables
    return ClaimLines(backend, lines, rejected, unreadable, spans, absent, fingerprint, source, rules)


def _create_enrolled(
    connection: duckdb.DuckDBPyConnection,
    claims: Table,
    enrolled: Table,
    inputs: Sequence[str | Path],
    library: Library,
    mapping: ClaimsMapping,
    directory: Path,
) -> str:
    """Make the tables `enrolled` and `rejected_spans`; the column by which claims are joined with them."""
    _need(enrolled, inputs)
    key = next((one for one in MEMBER_KEYS if claims.has(one) and enrolled.has(one)), None)
    if key is None:
        raise ClaimsError("claims and eligibility share neither person_id nor member_id; name one of them in both")
    source = stage_source(connection, enrolled, directory)
    create_enrolled(connection, enrolled, relation(enrolled, source.whole()), key, library, mapping)
    connection.execute(
        f"INSERT INTO rejected_spans SELECT file, row, '{UNREADABLE}', NULL FROM unreadable WHERE of = 'eligibility'"
    )
    return key


def _need(table: Table, inputs: Sequence[str | Path]) -> None:
    for one in _NEEDED[table.table]:
        if not table.has(one):
            raise ClaimsError(_missing(table, one, inputs))


def _missing(table: Table, column: str, inputs: Sequence[str | Path]) -> str:
    where = ", ".join(map(str, inputs))
    return f"{where}: {table.table} has no column {column}; add it, or name the one that stands for it in a mapping file"
