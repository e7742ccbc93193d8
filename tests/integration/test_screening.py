"""Claims are screened: the same answers as one request gets, nothing lost, complete or not at all."""
# ruff: noqa: S608  # paths of the tests' own

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from medpolicy import Library, load_library, screen
from medpolicy.engines.tabular_answers import COLUMNS, Answered, answered_of
from medpolicy.review.claims.reading import open_claims
from medpolicy.review.demo_claims import DemoClaims, write_demo_claims
from medpolicy.review.determine import determination_of
from medpolicy.review.screening import Screened

LINES = 120_000
SAMPLED = 100_000
KEY = "(claim_id, claim_line_number)"
FAR = date(9999, 12, 31)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Path:
    directory = tmp_path_factory.mktemp("claims") / "demo"
    write_demo_claims(directory, DemoClaims(lines=LINES, seed=3, rows_in_a_file=50_000), library)
    return directory


@pytest.fixture(scope="module")
def screened(claims: Path, library: Library) -> tuple[Path, Screened]:
    output = claims.parent / "screened"
    return output, screen([claims], output, library, as_of=date(2026, 11, 27), lines_per_chunk=30_000)


def rows_of(query: str) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        return connection.sql(query).to_arrow_table().to_pylist()


def request_of(line: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {name: line[name] for name in ("issuer", "line_of_business")}
    request["service_date"] = line["service_date"].isoformat()
    request["procedures"] = [line["code"]]
    request |= {name: line[name] for name in ("setting", "diagnoses") if line[name] is not None}
    member = {name: line[name] for name in ("age", "sex") if line[name] is not None}
    return request | ({"member": member} if member else {})


def test_every_answer_is_the_one_that_a_request_gets(claims: Path, screened: tuple[Path, Screened], library: Library) -> None:
    output, _ = screened
    answers = {
        (row["claim_id"], row["claim_line_number"]): Answered._make(row[column] for column in COLUMNS)
        for row in rows_of(f"SELECT * FROM '{output}/answers/*.parquet'")
    }
    with open_claims([claims], library) as opened:
        lines = opened.lines.to_pyarrow().to_pylist()
    assert len(lines) == len(answers)
    sample = random.Random(20260824).sample(lines, SAMPLED)  # noqa: S311  # lines to look at, not a secret
    told: dict[str, Answered] = {}
    for line in sample:
        found = answers[line["claim_id"], line["claim_line_number"]]
        if line["code"] is None:
            assert (found.coverage, found.notes) == ("not-addressed", "no-procedure-code")
            continue
        request = request_of(line)
        (service,) = determination_of(request, library, as_of=FAR).services
        assert found == answered_of(service, library.issuers[line["issuer"]], line["line_of_business"]), request
        told[found.coverage] = found
    assert set(told) == {"not-addressed", "indeterminate", "conditional", "not-covered"}


def test_lines_in_are_lines_answered_and_lines_rejected(screened: tuple[Path, Screened]) -> None:
    output, done = screened
    (answered,) = rows_of(
        f"SELECT count(*) AS n, count(DISTINCT (claim_id, claim_line_number)) AS keys FROM '{output}/answers/*.parquet'"
    )
    rejected = rows_of(f"SELECT reason, \"column\", count(*) AS n FROM '{output}/rejected.parquet' GROUP BY ALL")
    assert answered["n"] == answered["keys"] == done.counts.taken
    assert {(row["reason"], row["column"]): row["n"] for row in rejected} == dict(done.counts.rejected)
    assert done.counts.lines == LINES == done.counts.taken + sum(done.counts.rejected.values())
    assert len(list((output / "answers").iterdir())) > 3
    assert sorted(path.name for path in output.iterdir()) == ["answers", "rejected.parquet", "report.html", "report.json"]


def test_nothing_of_the_member_is_written(screened: tuple[Path, Screened]) -> None:
    output, _ = screened
    columns = [row["column_name"] for row in rows_of(f"DESCRIBE SELECT * FROM '{output}/answers/*.parquet'")]
    assert columns == ["claim_id", "claim_line_number", "answer_changes_within_span", *COLUMNS]
    columns = [row["column_name"] for row in rows_of(f"DESCRIBE SELECT * FROM '{output}/rejected.parquet'")]
    assert columns == ["claim_id", "claim_line_number", "file", "row", "reason", "column"]
