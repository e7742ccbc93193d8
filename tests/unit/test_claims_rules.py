"""A line's rules in SQL are those of a request: both are asked of every line of untidy claims."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from medpolicy import Library, load_library
from medpolicy.formats.claims_layout import DIAGNOSES, MODIFIERS
from medpolicy.model.codes import normalize_diagnosis, normalize_modifier, normalize_procedure
from medpolicy.review.claims.doubled import find_doubled
from medpolicy.review.claims.reading import open_claims
from medpolicy.review.demo_claims import DemoClaims, write_demo_claims
from tests.claims_files import lines, write_parquet

Row = dict[str, Any]
Key = tuple[str, int]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def told(library: Library, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Row, Row | None, str | None]]:
    """Each line as it stands in the file, as the engine takes it, and why not."""
    directory = tmp_path_factory.mktemp("rules") / "claims"
    write_demo_claims(directory, DemoClaims(lines=20_000), library)
    own = duckdb.sql(f"FROM read_parquet('{directory}/medical_claim/*.parquet')").to_arrow_table().to_pylist()
    with open_claims([directory], library) as claims:
        taken = {_key(row): row for row in claims.lines.to_pyarrow().to_pylist()}
        rejected = {_key(row): f"{row['reason']}|{row['column']}" for row in claims.rejected.to_pyarrow().to_pylist()}
    return [(row, taken.get(_key(row)), rejected.get(_key(row))) for row in own]


def _key(row: Row) -> Key:
    return row["claim_id"], row["claim_line_number"]


def test_a_line_is_taken_or_rejected(told: list[tuple[Row, Row | None, str | None]]) -> None:
    assert all((taken is None) != (fault is None) for _, taken, fault in told)


def test_procedures_and_modifiers(told: list[tuple[Row, Row | None, str | None]]) -> None:
    malformed = 0
    for own, taken, fault in told:
        code = own["hcpcs_code"]
        read = normalize_procedure(code) if code is not None else (None, ())
        if fault == "malformed-code|hcpcs_code":
            assert read is None
            malformed += 1
        elif taken is not None:
            assert read is not None
            more = [normalize_modifier(own[name]) for name in MODIFIERS if own.get(name)]
            assert (taken["code"], taken["modifiers"]) == (read[0], [*read[1], *more])
    assert malformed


def test_diagnoses(told: list[tuple[Row, Row | None, str | None]]) -> None:
    malformed = 0
    for own, taken, fault in told:
        there = [own[name] for name in DIAGNOSES if own.get(name)]
        is_icd_9 = (own["diagnosis_code_type"] or "").startswith("icd-9")
        read = [normalize_diagnosis(code) for code in there]
        if fault is not None and fault.startswith("malformed-code|diagnosis"):
            assert None in read
            malformed += 1
        elif taken is not None:
            assert taken["diagnoses"] == (read if read and not is_icd_9 else None)
    assert malformed


def test_settings_and_days(told: list[tuple[Row, Row | None, str | None]], library: Library) -> None:
    for own, taken, _ in told:
        if taken is None:
            continue
        issuer = library.issuers[taken["issuer"]]
        setting = issuer.setting_of(place_of_service=own["place_of_service_code"], type_of_bill=own["bill_type_code"])
        assert taken["setting"] == (setting.value if setting else None)
        assert taken["service_date"] == (own["claim_line_start_date"] or own["claim_start_date"])


@pytest.mark.parametrize(
    ("birth", "age"),
    [
        ("2000-02-29", {"2025-02-28": 24, "2025-03-01": 25, "2024-02-29": 24}),
        ("2025-04-01", {"2025-04-01": 0, "2026-03-31": 0, "2026-04-01": 1}),
    ],
)
def test_age_in_completed_years(library: Library, tmp_path: Path, birth: str, age: dict[str, int]) -> None:
    rows = lines(*({"claim_line_start_date": day, "claim_line_end_date": day, "patient_birth_date": birth} for day in age))
    with open_claims([write_parquet(tmp_path / "claims.parquet", rows)], library) as claims:
        found = claims.lines.to_pyarrow().to_pylist()
    assert {row["service_date"]: row["age"] for row in found} == {date.fromisoformat(day): years for day, years in age.items()}


def test_doubled_keys_are_the_same_however_many_hashes_are_looked_at_at_once(library: Library, tmp_path: Path) -> None:
    write_demo_claims(tmp_path / "claims", DemoClaims(lines=40_000), library)
    files = f"read_parquet('{tmp_path}/claims/medical_claim/*.parquet')"
    query = f"SELECT claim_id, claim_line_number FROM {files} GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL"  # noqa: S608
    expected = duckdb.sql(query).fetchall()
    assert expected
    with open_claims([tmp_path / "claims"], library) as claims:
        for at_once in (500, 39_999, 10**9):
            connection = duckdb.connect()
            assert find_doubled(connection, claims._source, at_once=at_once) == len(expected)
            assert connection.execute("FROM doubled ORDER BY ALL").fetchall() == expected
