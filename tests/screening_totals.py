"""Totals of a screening as a run writes them, made by hand, for tests of its report."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from medpolicy.engines.tabular_answers import COLUMNS, Answered
from medpolicy.review.claims.counts import REMARKS, ClaimCounts
from medpolicy.review.screening_summary import ScreeningRun

Row = dict[str, Any]


def row(
    answer: Answered,
    *,
    code: str | None,
    month: tuple[int, int] = (2024, 1),
    line: str = "north-line",
    issuer: str = "north",
    lines: int = 1,
    charge: float | None = None,
    allowed: float | None = None,
    paid: float | None = None,
    changing: int = 0,
) -> list[Row]:
    """Lines that are equal, as one row of either kind."""
    figures = {"lines": lines, "charge": charge, "allowed": allowed, "paid": paid, "changing": changing}
    by_month = {"kind": "month", "issuer": issuer, "line_of_business": line, "month": date(*month, 1), "code": None}
    by_code = {"kind": "code", "issuer": None, "line_of_business": None, "month": None, "code": code}
    return [{**answer._asdict(), **kind, **figures} for kind in (by_month, by_code)]


def table(rows: list[Row]) -> pa.Table:
    """The rows with the types that a run gives them."""
    texts = ("kind", "issuer", "line_of_business", "code", *COLUMNS)
    kinds = {name: pa.string() for name in texts} | {"month": pa.date32(), "lines": pa.int64(), "changing": pa.int64()}
    kinds |= {name: pa.float64() for name in ("charge", "allowed", "paid")}
    return pa.table({name: pa.array([one[name] for one in rows], kind) for name, kind in kinds.items()})


def connection_with(rows: list[Row]) -> duckdb.DuckDBPyConnection:
    """A connection in which the rows are the table `totals`."""
    connection = duckdb.connect()
    connection.register("totals", table(rows))
    return connection


def run_of(rows: list[Row], rejected: dict[tuple[str, str | None], int] | None = None, **other: Any) -> ScreeningRun:
    """A run that took the rows' lines and rejected these."""
    rejected = rejected or {}
    taken = sum(one["lines"] for one in rows if one["kind"] == "month")
    counts = ClaimCounts(
        lines=taken + sum(rejected.values()), taken=taken, rejected=rejected, remarks=dict.fromkeys(REMARKS, 0) | {"no-age": 3}
    )
    known: dict[str, Any] = {
        "library": "sha256:" + "ab" * 32,
        "engine": "medpolicy 0.1.0",
        "tables_engine": "DuckDB 2.0.0",
        "as_of": date(2026, 11, 23),
        "first_day": date(2024, 1, 2),
        "last_day": date(2025, 3, 30),
        "inputs": ("claims",),
        "absent": (),
    }
    return ScreeningRun(counts=counts, **(known | other))
