"""A column's value in SQL, whatever type the file gives it, and when it is no value of its kind."""

from __future__ import annotations

from typing import Final, NamedTuple

from medpolicy.formats.claims_layout import TABLES, ColumnKind
from medpolicy.review.claims.files import Table
from medpolicy.review.claims.sql import stripped, stripped_identifier

_NULLS: Final = {
    ColumnKind.TEXT: "NULL::VARCHAR",
    ColumnKind.WHOLE: "NULL::BIGINT",
    ColumnKind.DATE: "NULL::DATE",
    ColumnKind.AMOUNT: "NULL::DOUBLE",
}
_IDENTIFIERS: Final = ("person_id", "member_id")
_DIGITS: Final = 12  # of an amount before the point; more is a mistake, and would spoil the sums
_MOST: Final = f"1e{_DIGITS}"
EARLIEST: Final = "DATE '1900-01-01'"
LATEST: Final = "DATE '2199-12-31'"


class Column(NamedTuple):
    """`value`: SQL that is null where nothing stands there or what stands is wrong; `wrong`: SQL, or None where it cannot be."""

    value: str
    wrong: str | None = None


def column(table: Table, name: str) -> Column:
    """The column of a table; null throughout where the files do not have it."""
    kind = TABLES[table.table][name]
    if not table.has(name):
        return Column(_NULLS[kind])
    sql_type = table.types[name]
    if kind is ColumnKind.TEXT:
        text = name if sql_type == "VARCHAR" else f"{name}::VARCHAR"
        return Column(stripped_identifier(text) if name in _IDENTIFIERS else stripped(text))
    if kind is ColumnKind.DATE:
        return _date(name, sql_type)
    return _whole(name, sql_type) if kind is ColumnKind.WHOLE else _amount(name, sql_type)


def _date(name: str, sql_type: str) -> Column:
    """A day; as text only YYYY-MM-DD, as in a request."""
    if sql_type == "VARCHAR":
        text = stripped(name)
        value = f"TRY_CAST(nullif(regexp_extract({text}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$'), '') AS DATE)"
        return Column(value, f"{text} IS NOT NULL AND {value} IS NULL")
    if sql_type == "DATE":
        return Column(name)
    value = f"TRY_CAST({name} AS DATE)"
    return Column(value, f"{name} IS NOT NULL AND {value} IS NULL")


def _whole(name: str, sql_type: str) -> Column:
    if sql_type == "VARCHAR":
        text = stripped(name)
        # 1.0 is how pandas writes a whole number of a column in which one is missing.
        value = f"TRY_CAST(nullif(regexp_extract({text}, '^([+-]?[0-9]+)(?:[.]0*)?$', 1), '') AS BIGINT)"
        return Column(value, f"{text} IS NOT NULL AND {value} IS NULL")
    if sql_type in ("FLOAT", "DOUBLE", "DECIMAL"):
        value = f"CASE WHEN {name} = floor({name}) THEN TRY_CAST({name} AS BIGINT) END"
        return Column(value, f"{name} IS NOT NULL AND ({value}) IS NULL")
    value = f"TRY_CAST({name} AS BIGINT)"
    return Column(value, f"{name} IS NOT NULL AND {value} IS NULL")


def _amount(name: str, sql_type: str) -> Column:
    """An amount of money; what is negative is a reversal."""
    if sql_type == "VARCHAR":
        text = stripped(name)
        value = f"TRY_CAST(nullif(regexp_extract({text}, '^[+-]?0*[0-9]{{1,{_DIGITS}}}([.][0-9]*)?$'), '') AS DOUBLE)"
        return Column(value, f"{text} IS NOT NULL AND {value} IS NULL")
    if sql_type in ("FLOAT", "DOUBLE"):
        value = f"CASE WHEN abs({name}) < {_MOST} THEN {name}::DOUBLE END"
        return Column(value, f"{name} IS NOT NULL AND ({value}) IS NULL")
    return Column(f"{name}::DOUBLE")
