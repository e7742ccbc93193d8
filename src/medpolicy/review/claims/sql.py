"""Pieces of DuckDB's SQL that several modules need."""

from __future__ import annotations

from typing import Final

# What Python's str.strip() removes from ASCII text, so that a value here is what `determine` would take it for.
WHITE_SPACE: Final = "\t\n\v\f\r\x1c\x1d\x1e\x1f "


def literal(text: str) -> str:
    """The text as a string of SQL."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """The text as a name of SQL, such as a column's."""
    return '"' + text.replace('"', '""') + '"'


def stripped(value: str) -> str:
    """The text without white space around it; null where nothing is left."""
    return f"nullif(trim({value}, {literal(WHITE_SPACE)}), '')"


def stripped_identifier(value: str) -> str:
    """The same, ten times as fast where there is no white space and most values differ. (Where few do, each is stripped once.)"""
    return f"CASE WHEN {value} >= '!' AND substr({value}, -1) >= '!' THEN {value} ELSE {stripped(value)} END"


def listed(values: tuple[str, ...]) -> str:
    """The texts, for IN; a list that nothing is in where there are none."""
    return f"({', '.join(map(literal, values)) or 'NULL'})"
