"""Files of claims for tests: lines and enrollments with what every one needs, and what a test says of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = Mapping[str, Any]

LINE: Row = {
    "claim_id": "C1",
    "claim_line_number": 1,
    "person_id": "P1",
    "plan": "medicare-hmo",
    "claim_start_date": "2025-04-01",
    "claim_end_date": "2025-04-01",
    "claim_line_start_date": "2025-04-01",
    "claim_line_end_date": "2025-04-01",
    "place_of_service_code": "22",
    "bill_type_code": None,
    "hcpcs_code": "20930",
    "hcpcs_modifier_1": None,
    "charge_amount": "100.00",
    "paid_amount": "60.00",
    "diagnosis_code_type": "icd-10-cm",
    "diagnosis_code_1": "M4316",
    "diagnosis_code_2": None,
}
SPAN: Row = {
    "person_id": "P1",
    "gender": "female",
    "birth_date": "1950-06-15",
    "state": "MA",
    "enrollment_start_date": "2020-01-01",
    "enrollment_end_date": "2026-12-31",
    "payer": "bcbsma",
    "plan": "medicare-hmo",
}


def lines(*changes: Row) -> list[Row]:
    """A line for each, numbered from 1, otherwise as `LINE`."""
    return [{**LINE, "claim_line_number": at, **change} for at, change in enumerate(changes, 1)]


def spans(*changes: Row) -> list[Row]:
    return [{**SPAN, **change} for change in changes]


def write_parquet(path: Path, rows: Sequence[Row], *, types: Mapping[str, pa.DataType] | None = None, **options: Any) -> Path:
    """Text throughout, but for the line number and what `types` says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    kinds = {"claim_line_number": pa.int32(), **(types or {})}
    table = pa.table({name: pa.array([row.get(name) for row in rows], kinds.get(name, pa.string())) for name in columns})
    pq.write_table(table, path, **options)
    return path


def write_csv(path: Path, rows: Sequence[Row], *, delimiter: str = ",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([["" if row.get(name) is None else row[name] for name in columns] for row in rows])
    return path
