"""What a plan knows beside its claims: facts of lines, in a file."""
# ruff: noqa: S608  # the names are those of this module's own table, and the path is quoted

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medpolicy.errors import ClaimsError, RequestError
from medpolicy.library.library import Library
from medpolicy.review.claims.reading import ClaimLines

if TYPE_CHECKING:
    import ibis.expr.types as ir

_OF_THE_REQUEST: Final = ("products", "service_state")  # which may be told as facts are


def read_facts(claims: ClaimLines, path: Path) -> ir.Table:
    """The facts that a plan brings along, as a table; `ClaimsError` where the file cannot be read or lacks a column."""
    import duckdb

    connection: Any = claims.backend.con  # DuckDB's, which Ibis gives no type
    quoted = str(path).replace("'", "''")
    reader = "read_csv" if path.suffix.lower() in (".csv", ".gz") else "read_parquet"
    options = ", all_varchar = true, header = true" if reader == "read_csv" else ""
    columns = (
        "trim(claim_id) AS claim_id, claim_line_number::BIGINT AS claim_line_number, trim(fact) AS fact, value::VARCHAR AS value"
    )
    try:
        connection.execute(
            f"CREATE TEMP TABLE facts AS SELECT {columns} FROM {reader}('{quoted}'{options}) "
            "WHERE claim_id IS NOT NULL AND claim_line_number IS NOT NULL AND fact IS NOT NULL AND value IS NOT NULL"
        )
    except duckdb.Error:
        raise ClaimsError(
            f"{path}: cannot be read as facts; write Parquet or CSV with the columns claim_id, claim_line_number, fact, value "
            '(the value as JSON, such as true or {"value": 3, "unit": "mm"})'
        ) from None
    doubled = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM facts GROUP BY claim_id, claim_line_number, fact HAVING count(*) > 1)"
    ).fetchall()[0][0]
    if doubled:
        raise ClaimsError(f"{path}: a fact of a line stands twice, {doubled} times; keep one of each")
    return claims.backend.table("facts")


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
