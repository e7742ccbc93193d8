"""Claims in, checked lines and rejected lines out: what a line becomes, and that chunks are all of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from medpolicy import Library, load_library
from medpolicy.errors import UsageError
from medpolicy.formats.claims_mapping import ClaimsMapping
from medpolicy.review.claims import sources
from medpolicy.review.claims.chunks import OPTIONAL
from medpolicy.review.claims.counts import sum_of
from medpolicy.review.claims.reading import open_claims
from medpolicy.review.demo_claims import DemoClaims, write_demo_claims
from tests.claims_files import LINE, lines, spans, write_csv, write_parquet


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def demo(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("claims") / "demo"
    write_demo_claims(directory, DemoClaims(lines=30_000, rows_in_a_file=11_000), library)
    return directory


def taken(library: Library, *inputs: Path, **options: Any) -> list[dict[str, Any]]:
    with open_claims(inputs, library, **options) as claims:
        assert claims.counts().rejected == {}
        rows: list[dict[str, Any]] = claims.lines.order_by("claim_id", "claim_line_number").to_pyarrow().to_pylist()
        return rows


def test_a_line_as_the_engine_takes_it(library: Library, tmp_path: Path) -> None:
    claims = write_parquet(tmp_path / "claims.parquet", lines({"hcpcs_modifier_1": "rt", "allowed_amount": "70"}))
    eligibility = write_parquet(tmp_path / "eligibility.parquet", spans({}))
    [line] = taken(library, claims, eligibility=[eligibility])
    assert line == {
        "claim_id": "C1",
        "claim_line_number": 1,
        "issuer": "bcbsma",
        "line_of_business": "medicare-hmo",
        "service_date": date(2025, 4, 1),
        "service_end": date(2025, 4, 1),
        "setting": "outpatient",
        "code": "20930",
        "modifiers": ["RT"],
        "diagnoses": ["M43.16"],
        "age": 74,
        "sex": "female",
        "state": "MA",
        "charge_amount": 100.0,
        "allowed_amount": 70.0,
        "paid_amount": 60.0,
        "person": "P1",
    }


def test_without_eligibility_the_claims_own_plan_decides(library: Library, tmp_path: Path) -> None:
    [line] = taken(library, write_parquet(tmp_path / "claims.parquet", lines({"plan": "commercial-hmo-pos"})))
    assert (line["issuer"], line["line_of_business"], line["age"], line["sex"]) == ("bcbsma", "commercial-hmo-pos", None, None)
    assert line["person"] == "P1"


def test_the_lines_start_date_decides_else_the_claims(library: Library, tmp_path: Path) -> None:
    claim = {"claim_start_date": "2024-01-01", "claim_end_date": "2024-01-03"}
    rows = lines(claim, {"claim_line_start_date": None, **claim})
    own, claims = taken(library, write_parquet(tmp_path / "claims.parquet", rows))
    assert (own["service_date"], own["service_end"]) == (date(2025, 4, 1), date(2025, 4, 1))
    assert (claims["service_date"], claims["service_end"]) == (date(2024, 1, 1), date(2024, 1, 3))


def test_the_plans_own_names(library: Library, tmp_path: Path) -> None:
    row = {("PROC_CD" if name == "hcpcs_code" else name): value for name, value in LINE.items()} | {"plan": "HMO01"}
    mapping = ClaimsMapping(
        columns={"medical_claim": {"hcpcs_code": "proc_cd"}}, lines_of_business={"HMO01": "commercial-hmo-pos"}, issuer="bcbsma"
    )
    [line] = taken(library, write_parquet(tmp_path / "claims.parquet", [row]), mapping=mapping)
    assert (line["code"], line["line_of_business"]) == ("20930", "commercial-hmo-pos")


@pytest.mark.parametrize(
    ("bill", "place", "setting"),
    [
        ("111", None, "inpatient"),
        ("0111", "11", "inpatient"),
        ("131", "21", "outpatient"),
        (None, "21", "inpatient"),
        (None, "22", "outpatient"),
        (None, None, None),
    ],
)
def test_the_setting(library: Library, tmp_path: Path, bill: str | None, place: str | None, setting: str | None) -> None:
    rows = lines({"bill_type_code": bill, "place_of_service_code": place})
    [line] = taken(library, write_parquet(tmp_path / "claims.parquet", rows))
    assert line["setting"] == setting
    told = library.issuers["bcbsma"].setting_of(place_of_service=place, type_of_bill=bill)
    assert (told.value if told else None) == setting


def test_csv_and_parquet_together(library: Library, tmp_path: Path) -> None:
    write_parquet(tmp_path / "one.parquet", lines({}))
    days = {name: date(2025, 4, 1) for name in LINE if name.endswith("_date")}
    types = {**dict.fromkeys(days, pa.date32()), "charge_amount": pa.float64(), "claim_line_number": pa.int64()}
    write_parquet(tmp_path / "two.parquet", lines({"claim_id": "C2", "charge_amount": 12.5, **days}), types=types)
    write_csv(tmp_path / "three.csv", lines({"claim_id": "C3", "allowed_amount": "1"}), delimiter="|")
    rows = taken(library, tmp_path)
    assert [row["claim_id"] for row in rows] == ["C1", "C2", "C3"]
    assert {row["service_date"] for row in rows} == {date(2025, 4, 1)}
    assert [row["charge_amount"] for row in rows] == [100.0, 12.5, 100.0]
    assert [row["allowed_amount"] for row in rows] == [None, None, 1.0]


# ---------------------------------------------------------------- chunks


@pytest.mark.parametrize("lines_per_chunk", [1_000, 7_777, 11_000, 25_000, 10**9])
def test_chunks_are_all_rows_each_once(library: Library, demo: Path, lines_per_chunk: int) -> None:
    with open_claims([demo], library) as claims:
        chunks = claims.chunks(lines_per_chunk)
        assert [chunk.number for chunk in chunks] == list(range(len(chunks)))
        assert sum(chunk.rows for chunk in chunks) == claims.rows == 30_000
        assert all(0 < chunk.rows <= lines_per_chunk for chunk in chunks)
        held = []
        for chunk in chunks:
            with chunk.checked() as checked:
                held.append(checked.counts)
                assert checked.counts.lines == chunk.rows
                assert checked.lines.count().to_pyarrow().as_py() == checked.counts.taken
        assert sum_of(held) == claims.counts()
        whole = sorted(claims.lines.to_pyarrow().to_pylist(), key=str)
        assert sorted((row for chunk in chunks for row in chunk.lines.to_pyarrow().to_pylist()), key=str) == whole
        rejected = sorted(claims.rejected.to_pyarrow().to_pylist(), key=str)
        assert sorted((row for chunk in chunks for row in chunk.rejected.to_pyarrow().to_pylist()), key=str) == rejected
        assert len(whole) + len(rejected) == 30_000


def test_chunks_keep_row_groups_whole_and_small_files_together(library: Library, tmp_path: Path) -> None:
    many = [{"claim_id": f"C{at}"} for at in range(25)]
    write_parquet(tmp_path / "a.parquet", lines(*many), row_group_size=10)
    for name in "bcd":
        write_parquet(tmp_path / f"{name}.parquet", lines({"claim_id": name}))
    with open_claims([tmp_path], library) as claims:
        assert [chunk.rows for chunk in claims.chunks(15)] == [10, 15, 3]
        assert [chunk.rows for chunk in claims.chunks(4)] == [3, 3, 4, 3, 3, 4, 2, 4, 2]


def test_a_chunk_without_what_nobody_asks_for(library: Library, demo: Path) -> None:
    with open_claims([demo], library) as claims:
        [chunk] = claims.chunks(10**9)
        with chunk.checked() as checked:
            counts, columns = checked.counts, checked.lines.columns
        with chunk.checked(without=OPTIONAL) as checked:
            assert checked.counts == counts
            assert set(columns) - set(checked.lines.columns) == OPTIONAL


def test_chunks_of_csv_do_not_depend_on_how_it_was_staged(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_BLOCK", 10)
    file = write_csv(tmp_path / "claims.csv", lines(*[{"claim_id": f"C{at:02}"} for at in range(25)]))
    with open_claims([file], library) as claims:
        chunks = claims.chunks(15)
        assert [chunk.rows for chunk in chunks] == [10, 15]
        assert sorted(chunks[0].lines.claim_id.to_pyarrow().to_pylist()) == [f"C{at:02}" for at in range(10)]


def test_a_chunk_has_at_least_a_line(library: Library, demo: Path) -> None:
    with open_claims([demo], library) as claims, pytest.raises(UsageError, match="at least one"):
        claims.chunks(0)


def test_the_extent_holds_every_line(library: Library, demo: Path) -> None:
    with open_claims([demo], library) as claims:
        extent = claims.extent()
        lines_taken = claims.lines
        first, last = lines_taken.service_date.min().to_pyarrow().as_py(), lines_taken.service_date.max().to_pyarrow().as_py()
        assert extent.first_day is not None
        assert extent.last_day is not None
        assert extent.first_day <= first
        assert last <= extent.last_day
        assert {code for code in lines_taken.code.to_pyarrow().to_pylist() if code} <= extent.codes


# ---------------------------------------------------------------- the same input


def fingerprint(library: Library, *inputs: Path, **options: Any) -> str:
    with open_claims(inputs, library, **options) as claims:
        return claims.fingerprint


def test_a_fingerprint_knows_the_same_input_again(library: Library, tmp_path: Path) -> None:
    first = write_parquet(tmp_path / "a" / "claims.parquet", lines({}))
    copy = write_parquet(tmp_path / "b" / "claims.parquet", lines({}))
    assert fingerprint(library, first) == fingerprint(library, copy)


def test_a_fingerprint_tells_other_input(library: Library, tmp_path: Path) -> None:
    first = write_parquet(tmp_path / "claims.parquet", lines({}), compression="none")
    second = write_parquet(tmp_path / "changed" / "claims.parquet", lines({"paid_amount": "61.00"}), compression="none")
    assert first.stat().st_size == second.stat().st_size
    comma = write_csv(tmp_path / "claims.csv", lines({}))
    eligibility = write_parquet(tmp_path / "eligibility.parquet", spans({}))
    mapped = ClaimsMapping(issuer="bcbsma")
    told = [
        fingerprint(library, first),
        fingerprint(library, second),
        fingerprint(library, comma),
        fingerprint(library, first, second),
        fingerprint(library, first, eligibility=[eligibility]),
        fingerprint(library, first, mapping=mapped),
    ]
    assert len(set(told)) == len(told)
