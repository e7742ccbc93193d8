"""`medpolicy demo-claims`, as a person calls it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.integration.conftest import Run


def test_it_writes_claims_of_a_library(medpolicy: Run, small: Path, tmp_path: Path) -> None:
    ran = medpolicy("demo-claims", "2000", "-o", tmp_path / "claims", "--library", small, "--years", "2024")
    assert (ran.status, ran.out) == (0, "")
    assert "2,000 claim lines of 50 persons" in ran.err
    plans = duckdb.read_parquet(f"{tmp_path}/claims/eligibility/*.parquet").select("plan").fetchall()
    assert {plan for (plan,) in plans} >= {"north-line", "south-line", "shared-line"}


def test_wrong_usage_is_told(medpolicy: Run, tmp_path: Path) -> None:
    for arguments, says in (
        (("0", "-o", tmp_path / "claims"), "number of lines"),
        (("9", "-o", tmp_path / "claims", "--years", "lately"), "--years"),
        (("9", "-o", tmp_path / "claims", "--format", "xlsx"), "--format"),
        (("9", "-o", tmp_path), "is there already"),
    ):
        ran = medpolicy("demo-claims", *arguments)
        assert ran.status == 64
        assert says in ran.err
    assert list(tmp_path.iterdir()) == []
