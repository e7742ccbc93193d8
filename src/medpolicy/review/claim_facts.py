"""What a plan knows beside its claims: facts of lines, in a file."""
# ruff: noqa: S608  # the names are those of this module's own table, and the path is quoted

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medpolicy.errors import ClaimsError, RequestError
from medpolicy.library.library import Library
from medpolicy.review.claims.files import is_parquet
from medpolicy.review.claims.reading import ClaimLines

if TYPE_CHECKING:
    import ibis.expr.types as ir

_OF_THE_REQUEST: Final = ("products", "service_state")  # which may be told as facts are
_AT_ONCE: Final = 10_000


def read_facts(claims: ClaimLines, path: Path) -> ir.Table:
    """The facts that a plan brings along, as a table; `ClaimsError` where the file cannot be read or a row is wrong.

    A row without a value says nothing. Facts of lines that there are not are in the table, too (`facts_without_line`).
    """
    import duckdb

    connection: Any = claims.backend.con  # DuckDB's, which Ibis gives no type
    quoted = str(path).replace("'", "''")
    source = f"read_parquet('{quoted}')" if is_parquet(path) else f"read_csv('{quoted}', all_varchar = true, header = true)"
    number = "regexp_extract(trim(claim_line_number::VARCHAR), '^([+-]?[0-9]+)(?:[.]0*)?$', 1)"
    columns = (
        "row_number() OVER () AS row, nullif(claim_id::VARCHAR, '') AS claim_id, "
        f"TRY_CAST(nullif({number}, '') AS BIGINT) AS claim_line_number, "
        "nullif(trim(fact::VARCHAR), '') AS fact, nullif(trim(value::VARCHAR), '') AS value"
    )
    try:
        connection.execute(f"CREATE TEMP TABLE told AS SELECT {columns} FROM {source}")
    except duckdb.Error:
        raise ClaimsError(
            f"{path}: cannot be read as facts; write Parquet or CSV with the columns claim_id, claim_line_number, fact, value "
            '(the value as JSON, such as true or {"value": 3, "unit": "mm"})'
        ) from None
    for column in ("claim_id", "claim_line_number", "fact"):
        without = connection.execute(f"SELECT min(row) FROM told WHERE {column} IS NULL").fetchall()[0][0]
        if without is not None:
            raise ClaimsError(f"{path}: row {without} has no {column}, or what is none; write it, or leave the row out")
    connection.execute("CREATE TEMP TABLE facts AS SELECT * EXCLUDE (row) FROM told WHERE value IS NOT NULL")
    _check_values(connection, path)
    connection.execute("DROP TABLE told")
    doubled = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM facts GROUP BY claim_id, claim_line_number, fact HAVING count(*) > 1)"
    ).fetchall()[0][0]
    if doubled:
        raise ClaimsError(f"{path}: a fact of a line stands twice, {doubled} times; keep one of each")
    return claims.backend.table("facts")


def _check_values(connection: Any, path: Path) -> None:
    rows = connection.execute("SELECT value, min(row) FROM told WHERE value IS NOT NULL GROUP BY value ORDER BY min(row)")
    while some := rows.fetchmany(_AT_ONCE):
        for value, row in some:
            try:
                json.loads(value)
            except ValueError:
                told = 'write true, "C2" in quotes, a number with its unit as {"value": 3, "unit": "mm"}, or a list of products'
                raise ClaimsError(f"{path}: row {row}: the value is no JSON; {told}") from None


def facts_without_line(claims: ClaimLines) -> int:
    """How many of the facts that were read are of no line of the claims."""
    connection: Any = claims.backend.con
    found: int = connection.execute(
        f"SELECT count(*) FROM facts ANTI JOIN {claims.keys} AS line USING (claim_id, claim_line_number)"
    ).fetchall()[0][0]
    return found


@contextlib.contextmanager
def wrong_facts_named(path: Path | None) -> Iterator[None]:
    """A fact that no policy asks, or a value of the wrong kind, as an error of the file: all else of a line was checked."""
    try:
        yield
    except RequestError as error:
        raise ClaimsError(f"{path}: {error.field}: {error.message}") from None


def facts_for(facts: ir.Table, library: Library, others: Collection[Library]) -> ir.Table:
    """The facts without those that policies of the other libraries ask and this one's do not.

    A fact that none of them asks stays, so that it is named as an error.
    """
    own = _asked(library)
    only_elsewhere = set().union(*map(_asked, others)) - own
    return facts.filter(~facts.fact.isin(sorted(only_elsewhere))) if only_elsewhere else facts


def _asked(library: Library) -> set[str]:
    return {fact for index in library.index.values() for fact in index.facts} | set(_OF_THE_REQUEST)
