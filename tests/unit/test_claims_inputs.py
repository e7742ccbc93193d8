"""What INPUT means: files, directories and globs of Parquet, CSV and 837, told apart by what is in them."""

from __future__ import annotations

import errno
import gzip
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from medpolicy import Library, load_library
from medpolicy.cli.claims_inputs import ClaimsInputs, claims_inputs
from medpolicy.errors import ClaimsError, NotFound, UsageError
from medpolicy.formats.claims_mapping import ClaimsMapping
from medpolicy.review.claims.reading import open_claims
from tests.claims_files import lines, spans, write_csv, write_parquet
from tests.x12_files import Group, Interchange, Transaction, file_837

MAPPING = ClaimsMapping(lines_of_business={"GRP100": "commercial-ppo-indemnity"}, issuer="bcbsma")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """One of each."""
    where = tmp_path / "claims"
    write_parquet(where / "a.parquet", lines({"claim_id": "A"}))
    write_csv(where / "b.csv", lines({"claim_id": "B"}))
    (where / "c.edi").write_bytes(file_837())
    (where / "d.gz").write_bytes(gzip.compress(file_837()))
    (where / "notes.md").write_text("ISA is not what this file begins an interchange with")
    (where / "_SUCCESS").write_text("")
    return where


def claim_ids(library: Library, inputs: ClaimsInputs, **options: Any) -> list[str]:
    with open_claims(inputs.claims, library, eligibility=inputs.eligibility, **options) as claims:
        ids: list[str] = claims.lines.claim_id.to_pyarrow().to_pylist()
        return sorted(ids)


def test_a_directory_of_all_kinds(library: Library, directory: Path) -> None:
    with claims_inputs([directory]) as inputs:
        assert [path.name for path in inputs.claims] == ["a.parquet", "b.csv", "000000.parquet", "000001.parquet"]
        assert [path.name for path in inputs.passed_over] == ["notes.md"]
        assert inputs.acknowledgment is not None
        assert inputs.acknowledgment.taken == 4
        assert inputs.eligibility is None
        staged = inputs.claims[-1]
        assert staged.exists()
    assert not staged.exists()


def test_globs_and_files(library: Library, directory: Path) -> None:
    with claims_inputs([str(directory / "*.parquet"), directory / "b.csv"]) as inputs:
        assert claim_ids(library, inputs) == ["A", "B"]
        assert inputs.acknowledgment is None
    with pytest.raises(NotFound, match="no claims are there"), claims_inputs([directory, "nothing/*.csv"]):
        raise AssertionError


def test_claims_and_eligibility_below_one_directory(library: Library, tmp_path: Path) -> None:
    write_parquet(tmp_path / "medical_claim" / "a.parquet", lines({"claim_id": "A"}))
    write_csv(tmp_path / "eligibility" / "a.csv", spans({}))
    with claims_inputs([tmp_path]) as inputs:
        assert inputs.eligibility == (tmp_path / "eligibility",)
        assert claim_ids(library, inputs) == ["A"]


def test_claims_beside_a_directory_of_eligibility(library: Library, tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", lines({"claim_id": "A"}))
    write_csv(tmp_path / "eligibility" / "a.csv", spans({}))
    with claims_inputs([tmp_path]) as inputs:
        assert inputs.claims == (tmp_path / "a.parquet",)
        assert claim_ids(library, inputs) == ["A"]


def test_tables_beside_each_other_in_one_directory(library: Library, tmp_path: Path) -> None:
    """As exports of a warehouse are: a file for a table, other tables among them."""
    write_csv(tmp_path / "Medical_Claim.csv", lines({"claim_id": "A"}))
    write_csv(tmp_path / "eligibility.csv", spans({}))
    write_csv(tmp_path / "pharmacy_claim.csv", [{"claim_id": "P", "ndc_code": "1"}])
    with claims_inputs([tmp_path]) as inputs:
        assert inputs.claims == (tmp_path / "Medical_Claim.csv",)
        assert inputs.eligibility == (tmp_path / "eligibility.csv",)
        assert claim_ids(library, inputs) == ["A"]
    with open_claims([tmp_path], library) as claims:
        assert claims.lines.age.to_pyarrow().to_pylist() == [74]


def test_eligibility_beside_claims_of_any_name(library: Library, tmp_path: Path) -> None:
    write_csv(tmp_path / "2025.csv", lines({"claim_id": "A"}))
    write_csv(tmp_path / "eligibility.csv", spans({}))
    with claims_inputs([tmp_path]) as inputs:
        assert inputs.claims == (tmp_path / "2025.csv",)
        assert inputs.eligibility == (tmp_path / "eligibility.csv",)


def test_links_are_followed(library: Library, tmp_path: Path) -> None:
    claims = tmp_path / "claims"
    write_csv(claims / "a.csv", lines({"claim_id": "A"}))
    write_csv(tmp_path / "elsewhere" / "b.csv", lines({"claim_id": "B"}))
    (claims / "linked").symlink_to(tmp_path / "elsewhere")
    (claims / "loop").symlink_to(claims)
    (claims / "same.csv").symlink_to(claims / "a.csv")
    with claims_inputs([claims]) as inputs:
        assert claim_ids(library, inputs) == ["A", "B"]
    (claims / "march.csv").symlink_to(tmp_path / "nothing.csv")
    with pytest.raises(ClaimsError, match=r"march\.csv: is a link to what is not there"), claims_inputs([claims]):
        raise AssertionError


def test_a_directory_below_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_csv(tmp_path / "a.csv", lines({"claim_id": "A"}))
    (tmp_path / "closed").mkdir()
    real = os.scandir

    def scandir(path: Any) -> Any:  # whoever runs the tests may be allowed everything
        if Path(path).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(ClaimsError, match="closed: cannot be read: Permission denied"), claims_inputs([tmp_path]):
        raise AssertionError


@pytest.mark.parametrize("written", ["report.json rejected.parquet answers/part.parquet", "impact.json moved/part.parquet"])
def test_what_was_written_here_is_no_claims(library: Library, tmp_path: Path, written: str) -> None:
    write_csv(tmp_path / "a.csv", lines({"claim_id": "A"}))
    for name in written.split():
        file = tmp_path / "screened" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        write_parquet(file, lines({"claim_id": "A"}))
    with claims_inputs([tmp_path]) as inputs:
        assert claim_ids(library, inputs) == ["A"]


@pytest.mark.parametrize("empty", ["", " "])
def test_an_input_that_is_empty(empty: str) -> None:
    with pytest.raises(UsageError, match="an input is empty"), claims_inputs([empty]):
        raise AssertionError
    with pytest.raises(UsageError, match="an input of eligibility is empty"), claims_inputs(["x.csv"], eligibility=[empty]):
        raise AssertionError


def test_inputs_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    told = "is a pipe or a device; write it into a file first"
    with pytest.raises(ClaimsError, match=told), claims_inputs([tmp_path / "pipe.csv"]):
        raise AssertionError
    with pytest.raises(NotFound, match="File name too long"), claims_inputs(["n" * 300]):
        raise AssertionError


def test_parquet_and_csv_whatever_their_names(library: Library, tmp_path: Path) -> None:
    parquet = write_parquet(tmp_path / "a.dat", lines({"claim_id": "A"}))
    csv = write_csv(tmp_path / "b", lines({"claim_id": "B"}))
    with claims_inputs([parquet, csv]) as inputs:
        assert claim_ids(library, inputs) == ["A", "B"]


# ---------------------------------------------------------------- 837, read to its end


def test_lines_of_837_as_the_engine_takes_them(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "claims.837"
    file.write_bytes(file_837())
    with (
        claims_inputs([file], mapping=MAPPING) as inputs,
        open_claims(inputs.claims, library, mapping=MAPPING) as claims,
    ):
        first, second = claims.lines.order_by("claim_line_number").to_pyarrow().to_pylist()
    assert first == {
        "claim_id": "ACCOUNT1",
        "claim_line_number": 1,
        "issuer": "bcbsma",
        "line_of_business": "commercial-ppo-indemnity",
        "service_date": date(2025, 4, 1),
        "service_end": date(2025, 4, 1),
        "setting": "outpatient",
        "code": "20930",
        "modifiers": ["RT", "59"],
        "diagnoses": ["M43.16", "Z98.1"],
        "age": 74,
        "sex": "female",
        "state": "MA",
        "charge_amount": 150.5,
        "allowed_amount": None,
        "paid_amount": None,
        "person": "M0001",
    }
    assert second["setting"] == "inpatient"


def test_a_rejected_line_of_837_is_told_by_its_place_there(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "claims.837"
    file.write_bytes(file_837().replace(b"HC:22633", b"HC:2263"))
    with (
        claims_inputs([file], mapping=MAPPING) as inputs,
        open_claims(inputs.claims, library, mapping=MAPPING) as claims,
    ):
        [row] = claims.rejected.to_pyarrow().to_pylist()
    assert (row["file"], row["row"], row["reason"], row["column"]) == (str(file), 25, "malformed-code", "hcpcs_code")


def test_the_same_837_has_the_same_fingerprint(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "claims.837"
    file.write_bytes(file_837())
    told = []
    for _ in range(2):
        with (
            claims_inputs([file], mapping=MAPPING) as inputs,
            open_claims(inputs.claims, library, mapping=MAPPING) as claims,
        ):
            told.append(claims.fingerprint)
    assert told[0] == told[1]


def test_837_of_which_nothing_is_taken(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "claims.837"
    file.write_bytes(file_837(Interchange((Group((Transaction(count=1),)),))))
    with (
        claims_inputs([file], mapping=MAPPING) as inputs,
        open_claims(inputs.claims, library, mapping=MAPPING) as claims,
    ):
        assert inputs.acknowledgment is not None
        assert (inputs.acknowledgment.lines, inputs.acknowledgment.taken) == (2, 0)
        assert claims.counts().lines == 0
        assert [chunk.rows for chunk in claims.chunks(10)] == [0]
        assert claims.extent().first_day is None


def test_837_with_eligibility_of_its_own(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "claims.837"
    file.write_bytes(file_837())
    eligibility = write_parquet(tmp_path / "eligibility.parquet", spans({"member_id": "M0001", "person_id": None, "state": "NH"}))
    with (
        claims_inputs([file], eligibility=[eligibility]) as inputs,
        open_claims(inputs.claims, library, eligibility=inputs.eligibility) as claims,
    ):
        first, _ = claims.lines.order_by("claim_line_number").to_pyarrow().to_pylist()
    assert (first["line_of_business"], first["state"], first["age"]) == ("medicare-hmo", "MA", 74)
