"""Synthetic claims: the same for the same seed however they are cut, in the layout, with every fault that they should have."""

# ruff: noqa: S608  # of names that stand here

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from medpolicy import Library, load_library
from medpolicy.errors import UsageError
from medpolicy.formats.claims_layout import ELIGIBILITY, MEDICAL_CLAIM, ColumnKind
from medpolicy.model.codes import normalize_diagnosis, normalize_procedure
from medpolicy.review import demo_claims
from medpolicy.review.demo_claims import DemoClaims, write_demo_claims

LINES = 30_000


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def claims(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("demo") / "claims"
    write_demo_claims(directory, DemoClaims(lines=LINES), library)
    return directory


def rows(directory: Path, table: str, select: str = "*", where: str = "true") -> list[tuple[Any, ...]]:
    files = (directory / table).glob("*")
    source = f"read_parquet({sorted(map(str, files))})"
    return duckdb.sql(f"SELECT {select} FROM {source} WHERE {where}").fetchall()


def one(directory: Path, select: str, where: str = "true", table: str = "medical_claim") -> Any:
    return rows(directory, table, select, where)[0][0]


def test_as_many_lines_as_are_asked_for(claims: Path) -> None:
    assert one(claims, "count(*)") == LINES


@pytest.mark.parametrize("rows_in_a_file", [7_777, 100_000])
def test_the_same_however_they_are_cut(claims: Path, library: Library, tmp_path: Path, rows_in_a_file: int) -> None:
    write_demo_claims(tmp_path / "again", DemoClaims(lines=LINES, rows_in_a_file=rows_in_a_file), library)
    assert len(list((tmp_path / "again" / "medical_claim").iterdir())) == -(-LINES // rows_in_a_file)
    for table in ("medical_claim", "eligibility"):
        assert rows(tmp_path / "again", table) == rows(claims, table)


def test_another_seed_gives_other_claims(claims: Path, library: Library, tmp_path: Path) -> None:
    write_demo_claims(tmp_path / "other", DemoClaims(lines=LINES, seed=1), library)
    assert rows(tmp_path / "other", "medical_claim") != rows(claims, "medical_claim")


@pytest.mark.parametrize(("table", "layout"), [("medical_claim", MEDICAL_CLAIM), ("eligibility", ELIGIBILITY)])
def test_the_columns_are_those_of_the_layout(claims: Path, table: str, layout: dict[str, ColumnKind]) -> None:
    files = sorted(map(str, (claims / table).glob("*")))
    described = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet({files})").fetchall()
    found = {name: kind for name, kind, *_ in described}
    assert found == {name: layout[name].value.replace(", ", ",") for name in layout if name in found}
    assert list(found) == [name for name in layout if name in found]
    never = [name for name in found if one(claims, f"count({name})", table=table) == 0]
    assert not never


def test_service_dates_are_of_all_years_that_are_asked_for(claims: Path, library: Library, tmp_path: Path) -> None:
    assert {year for (year,) in rows(claims, "medical_claim", "DISTINCT year(paid_date - 21)")} == {*range(2015, 2027)}
    write_demo_claims(tmp_path / "year", DemoClaims(lines=500, first_year=2024, last_year=2024), library)
    assert {year for (year,) in rows(tmp_path / "year", "medical_claim", "DISTINCT year(paid_date - 21)")} == {2024}


@pytest.mark.parametrize(
    "where",
    [
        "hcpcs_code IS NULL AND revenue_center_code IS NOT NULL",
        "hcpcs_code <> upper(hcpcs_code)",
        "hcpcs_code LIKE '%-RT'",
        "hcpcs_code <> trim(hcpcs_code)",
        "claim_line_start_date IS NULL AND claim_start_date IS NOT NULL",
        "claim_line_start_date IS NULL AND claim_start_date IS NULL",
        "claim_line_end_date < claim_line_start_date",
        "claim_line_end_date > claim_line_start_date",
        "charge_amount < 0 AND paid_amount < 0",
        "paid_amount IS NULL",
        "plan IS NULL",
        "plan LIKE 'PLAN-%'",
        "diagnosis_code_1 IS NULL",
        "diagnosis_code_12 IS NOT NULL",
        "diagnosis_code_1 LIKE '%.%'",
        "diagnosis_code_type = 'icd-9-cm'",
        "bill_type_code LIKE '%11_' AND claim_type = 'institutional'",
        "place_of_service_code = '21' AND claim_type = 'professional'",
        "hcpcs_modifier_2 IS NOT NULL",
    ],
)
def test_what_is_untidy_is_there_and_seldom(claims: Path, where: str) -> None:
    assert 0 < one(claims, "count(*)", where) < LINES / 2


def test_malformed_codes_and_diagnoses_and_doubled_keys_are_there(claims: Path) -> None:
    codes = [code for (code,) in rows(claims, "medical_claim", "hcpcs_code", "hcpcs_code IS NOT NULL")]
    assert 0 < sum(normalize_procedure(code) is None for code in codes) < LINES / 50
    diagnoses = [code for (code,) in rows(claims, "medical_claim", "diagnosis_code_1", "diagnosis_code_type = 'icd-10-cm'")]
    assert 0 < sum(normalize_diagnosis(code) is None for code in diagnoses) < LINES / 50
    assert 0 < LINES - one(claims, "count(DISTINCT (claim_id, claim_line_number))") < LINES / 100


def test_codes_are_skewed_and_the_policies_are_among_them(claims: Path, library: Library) -> None:
    counts = rows(claims, "medical_claim", "hcpcs_code, count(*) AS lines", "hcpcs_code IS NOT NULL GROUP BY 1 ORDER BY 2 DESC")
    assert counts[0][1] > LINES / 50
    assert len(counts) > 1000
    named = {code for summary in library.summaries for code in summary.codes}
    assert named & {code for code, _ in counts[:20]}


def test_some_members_are_enrolled_nowhere_or_twice(claims: Path) -> None:
    spans = rows(claims, "eligibility", "count(*)", "true GROUP BY person_id")
    assert {count for (count,) in spans} == {1, 2}
    assert len(spans) < LINES / 40


@pytest.mark.parametrize(
    "wrong", [{"lines": 0}, {"lines": 10**11}, {"file_format": "xlsx"}, {"first_year": 2026, "last_year": 2025}]
)
def test_what_cannot_be_written_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        DemoClaims(**{"lines": 10, **wrong})


def test_a_directory_that_is_there_is_not_touched(library: Library, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is there already"):
        write_demo_claims(tmp_path, DemoClaims(lines=10), library)
    with pytest.raises(UsageError, match="cannot be written"):
        write_demo_claims(tmp_path / "no" / "such", DemoClaims(lines=10), library)


def test_nothing_is_left_of_what_fails_half_way(library: Library, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, of: int) -> None:
        told.append((done, of))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_demo_claims(tmp_path / "claims", DemoClaims(lines=30, rows_in_a_file=10), library, stop)
    assert told == [(10, 30)]
    assert list(tmp_path.iterdir()) == []


def test_csv_has_the_same_values(claims: Path, library: Library, tmp_path: Path) -> None:
    write_demo_claims(tmp_path / "text", DemoClaims(lines=LINES, file_format="csv"), library)
    source = f"read_csv('{tmp_path}/text/medical_claim/*.csv', all_varchar=true)"
    select = "claim_id, claim_line_number::INTEGER, hcpcs_code, claim_start_date::DATE, charge_amount::DECIMAL(18, 2)"
    assert duckdb.sql(f"SELECT {select} FROM {source}").fetchall() == rows(claims, "medical_claim", select)


def test_a_policy_may_have_no_diagnoses(tmp_path: Path) -> None:
    assert demo_claims._mixed([], ["a", "b"], 4) == ["a", "b"]
    assert demo_claims._mixed(["x", "y"], ["a", "b", "c"], 2) == ["x", "a", "y", "b", "c"]
