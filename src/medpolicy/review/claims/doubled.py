"""Keys that more than one line has.

Hashes of the keys are compared first, eight bytes each: as many at a time as the memory allows, by their remainders. Sorting
them in an array takes a tenth of what DuckDB takes to group them, which has to spill. Then the few keys are compared whose
hashes are equal.
"""
# ruff: noqa: S608  # names and texts are quoted by sql.py

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from medpolicy.review.claims.lines import key_columns
from medpolicy.review.claims.sources import Source, relation

if TYPE_CHECKING:
    import duckdb

AT_ONCE: Final = 20_000_000  # hashes, of eight bytes
_BATCH: Final = 100_000


def find_doubled(connection: duckdb.DuckDBPyConnection, source: Source, *, at_once: int = AT_ONCE) -> int:
    """Make the table `doubled` (claim_id, claim_line_number) of the keys that more than one line has; how many those are.

    Keys that are null or blank may be among them: no line is found by one. To leave them out here takes longer than all the rest.
    """
    identifier, number = key_columns(source.table)
    keys = f"(SELECT {identifier} AS claim_id, {number} AS claim_line_number FROM {relation(source.table, source.whole())})"
    hashed = f"(SELECT *, hash(claim_id, claim_line_number) AS hash FROM {keys})"
    connection.execute("CREATE TEMP TABLE doubled_hashes (hash UBIGINT)")
    parts = max(-(-source.rows // at_once), 1)
    for part in range(parts):
        some = f" WHERE hash % {parts} = {part}" if parts > 1 else ""
        _find_equal(connection, f"SELECT hash FROM {hashed}{some}", source.rows // parts)
    connection.execute(
        f"CREATE TEMP TABLE doubled AS SELECT claim_id, claim_line_number FROM {hashed} "
        "WHERE hash IN (SELECT hash FROM doubled_hashes) GROUP BY ALL HAVING count(*) > 1"
    )
    connection.execute("DROP TABLE doubled_hashes")
    found: int = connection.execute("SELECT count(*) FROM doubled").fetchall()[0][0]
    return found


def _find_equal(connection: duckdb.DuckDBPyConnection, query: str, expected: int) -> None:
    import numpy as np
    import pyarrow as pa

    hashes = np.empty(expected + expected // 50 + _BATCH, dtype=np.uint64)
    count = 0
    for batch in connection.sql(query).to_arrow_reader(_BATCH):
        if count + len(batch) > len(hashes):  # many lines have one key, so that one part is larger than the others
            hashes = np.concatenate([hashes, np.empty(len(hashes) // 2 + _BATCH, dtype=np.uint64)])
        hashes[count : count + len(batch)] = batch.column(0).to_numpy()
        count += len(batch)
    hashes = hashes[:count]
    hashes.sort()
    equal = pa.table({"hash": np.unique(hashes[1:][hashes[1:] == hashes[:-1]])})
    connection.register("equal_hashes", equal)
    connection.execute("INSERT INTO doubled_hashes SELECT hash FROM equal_hashes")
    connection.unregister("equal_hashes")
