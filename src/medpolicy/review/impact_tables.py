"""What is kept of the lines that a change moves, in DuckDB: totals by condition, and who their members are, for counting.

`compared` is a chunk's lines with the numbers of both answers, `answers_old` and `answers_new` what the numbers stand for. Of
every chunk something is added to

    flows     lines and amounts by both answers' axes, and by what else differs
    moved     those that move, by condition and month: policy, version, provision, code, line of business, setting
    movers    which members each condition has, as numbers made of their ids
    occurring how many lines were compared by code, line of business and setting, whether they move or not

A run that writes an output puts a chunk's rows into files, and takes up all of them in the end.
"""
# ruff: noqa: S608  # every name is this module's own

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medpolicy.engines.tabular_answers import COLUMNS
from medpolicy.review.claims.sql import literal
from medpolicy.review.screening_output import quoted

if TYPE_CHECKING:
    import duckdb

ANSWER_COLUMNS: Final = COLUMNS
AXES: Final = ("coverage", "stance", "prior_authorization")
BOTH_AXES: Final = tuple(f"{side}_{axis}" for side in ("old", "new") for axis in AXES)
# What may differ in an answer whose axes do not.
OTHERWISE: Final = {
    "text": (
        "policy_issuer",
        "policy_number",
        "policy_version",
        "reason",
        "provision",
        "citation_section",
        "citation_lines",
        "citation_sha256",
    ),
    "basis": ("basis",),
    "questions": ("ask",),
    "notes": ("notes",),
    "adjustments": ("carc", "rarc", "authorization_carc", "authorization_rarc"),
}
# What lines of one condition share in any case, and what is folded into it.
SHARED: Final = (
    *BOTH_AXES,
    "policy_issuer",
    "policy_number",
    "old_version",
    "new_version",
    "old_provision",
    "new_provision",
    "issuer",
)
FOLDED: Final = ("code", "line_of_business", "setting")
CONDITION: Final = (*SHARED, *FOLDED)
MOST_EXAMPLES: Final = 3
TABLES: Final = ("flows", "moved", "movers", "occurring")
_SUMS: Final = (
    "count(*) AS lines, sum(charge_amount)::DOUBLE AS charge, sum(allowed_amount)::DOUBLE AS allowed, "
    "sum(paid_amount)::DOUBLE AS paid, 0 AS changing"
)
_AMOUNTS: Final = "lines BIGINT, charge DOUBLE, allowed DOUBLE, paid DOUBLE, changing BIGINT"
_OF_EACH: Final = (
    "compared AS line JOIN answers_old AS old ON line.old_answer = old.number "
    "JOIN answers_new AS new ON line.new_answer = new.number"
)
_MOVES: Final = "(" + " OR ".join(f"old.{axis} IS DISTINCT FROM new.{axis}" for axis in AXES) + ")"


def create_impact_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables, empty."""
    flows = ", ".join([*(f"{name} VARCHAR" for name in BOTH_AXES), *(f"{name} BOOLEAN" for name in OTHERWISE)])
    condition = ", ".join(f"{name} VARCHAR" for name in CONDITION)
    rest = "first_day DATE, last_day DATE, examples STRUCT(claim_id VARCHAR, claim_line_number BIGINT)[]"
    connection.execute(
        f"CREATE TEMP TABLE flows ({flows}, moves BOOLEAN, {_AMOUNTS});"
        f"CREATE TEMP TABLE moved (condition UBIGINT, {condition}, month DATE, {_AMOUNTS}, {rest});"
        "CREATE TEMP TABLE movers (condition UBIGINT, person UBIGINT);"
        "CREATE TEMP TABLE occurring (issuer VARCHAR, code VARCHAR, line_of_business VARCHAR, setting VARCHAR, lines BIGINT)"
    )


def insert_flows(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the lines of `compared`."""
    axes = ", ".join(f"{side}.{axis}" for side in ("old", "new") for axis in AXES)
    otherwise = ", ".join(
        " OR ".join(f"old.{column} IS DISTINCT FROM new.{column}" for column in columns) for columns in OTHERWISE.values()
    )
    connection.execute(f"INSERT INTO flows SELECT {axes}, {otherwise}, {_MOVES}, {_SUMS} FROM {_OF_EACH} GROUP BY ALL")


def insert_moves(connection: duckdb.DuckDBPyConnection) -> None:
    """Add those that move, by condition."""
    examples = f"min(struct_pack(claim_id := claim_id, claim_line_number := claim_line_number), {MOST_EXAMPLES})"
    connection.execute(
        f"INSERT INTO moved SELECT {_CONDITION_NUMBER}, {', '.join(CONDITION)}, date_trunc('month', service_date), {_SUMS}, "
        f"min(service_date), max(service_date), {examples} FROM ({_moving()}) GROUP BY ALL"
    )


def insert_occurring(connection: duckdb.DuckDBPyConnection) -> None:
    """Add how often each code stands with each line of business and setting."""
    columns = "issuer, code, line_of_business, setting"
    connection.execute(f"INSERT INTO occurring SELECT {columns}, count(*) FROM compared GROUP BY {columns}")


def insert_movers(connection: duckdb.DuckDBPyConnection, salt: str) -> None:
    """Add their members, each once for a condition; who does not know the salt cannot find a member's number."""
    number = f"hash({literal(salt)}, person)"
    connection.execute(
        f"INSERT INTO movers SELECT DISTINCT {_CONDITION_NUMBER}, {number} FROM ({_moving()}) WHERE person IS NOT NULL"
    )


def put_by(connection: duckdb.DuckDBPyConnection, path_of: Callable[[str], Path]) -> None:
    """Write what stands in the tables into files, by the table's name, and empty them."""
    for name in TABLES:
        connection.execute(f"COPY {name} TO {quoted(path_of(name))} (FORMAT parquet); DELETE FROM {name}")


def take_up(connection: duckdb.DuckDBPyConnection, paths_of: Iterable[Callable[[str], Path]]) -> None:
    """Fill the tables with what was put by, of all chunks."""
    found = list(paths_of)
    for name in TABLES if found else ():
        files = ", ".join(quoted(path_of(name)) for path_of in found)
        connection.execute(f"INSERT INTO {name} SELECT * FROM read_parquet([{files}])")


# Of sixty-four bits, so that two conditions or members are practically never taken for one.
_CONDITION_NUMBER: Final = f"hash({', '.join(CONDITION)})"


def _moving() -> str:
    axes = ", ".join(f"{side}.{axis} AS {side}_{axis}" for side in ("old", "new") for axis in AXES)
    sides = ", ".join(f"{side}.{of} AS {side}_{name}" for name, of in _BY_SIDE.items() for side in ("old", "new"))
    # Whose policy: the one that answers now, else the one that did.
    policy = ", ".join(
        f"CASE WHEN new.policy_number IS NULL THEN old.{name} ELSE new.{name} END AS {name}"
        for name in ("policy_issuer", "policy_number")
    )
    return f"SELECT line.*, {axes}, {sides}, {policy} FROM {_OF_EACH} WHERE {_MOVES}"


_BY_SIDE: Final = {"version": "policy_version", "provision": "provision"}


def moved_lines() -> str:
    """SQL for the keys of the lines that move, and both answers."""
    answers = ", ".join(f"{side}.{column} AS {side}_{column}" for side in ("old", "new") for column in _WRITTEN)
    order = "ORDER BY claim_id, claim_line_number"
    return f"SELECT line.claim_id, line.claim_line_number, {answers} FROM {_OF_EACH} WHERE {_MOVES} {order}"


_WRITTEN: Final = (
    *AXES,
    "basis",
    "policy_issuer",
    "policy_number",
    "policy_version",
    "reason",
    "provision",
    "citation_section",
    "citation_lines",
    "citation_sha256",
    "ask",
)
