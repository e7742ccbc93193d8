"""Claims that are wrong: a line is rejected alone and by name, a file is refused by name, and no value of a member is told."""

from __future__ import annotations

import gzip
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from medpolicy import Library, load_library
from medpolicy.errors import ClaimsError, MedPolicyError, NotFound
from medpolicy.formats.claims_mapping import NO_MAPPING, ClaimsMapping, read_claims_mapping
from medpolicy.review.claims.reading import open_claims
from tests.claims_files import LINE, SPAN, lines, spans, write_csv, write_parquet

OTHER = {"claim_id": "GOOD"}  # a line that is taken, beside each that is not


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def rejections(library: Library, *inputs: Path, **options: Any) -> list[tuple[str | None, str, str | None]]:
    """Claim id, reason and column of each line that is rejected; all lines are accounted for."""
    with open_claims(inputs, library, **options) as claims:
        counts = claims.counts()
        rows = claims.rejected.order_by("row").to_pyarrow().to_pylist()
        assert counts.lines == counts.taken + len(rows) == claims.rows + claims.unreadable.count().to_pyarrow().as_py()
        assert counts.taken == claims.lines.count().to_pyarrow().as_py()
        assert sum(counts.rejected.values()) == len(rows)
        return [(row["claim_id"], row["reason"], row["column"]) for row in rows]


# ---------------------------------------------------------------- a line


@pytest.mark.parametrize("written", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("change", "reason", "column"),
    [
        ({"claim_id": None}, "missing-field", "claim_id"),
        ({"claim_id": "  "}, "missing-field", "claim_id"),
        ({"claim_line_number": None}, "missing-field", "claim_line_number"),
        ({"claim_line_start_date": None, "claim_start_date": None}, "missing-field", "claim_line_start_date"),
        ({"claim_line_start_date": "04/01/2025"}, "invalid-date", "claim_line_start_date"),
        ({"claim_line_start_date": "2025-02-30"}, "invalid-date", "claim_line_start_date"),
        ({"claim_line_start_date": None, "claim_start_date": "2025-13-01"}, "invalid-date", "claim_start_date"),
        ({"claim_line_end_date": "soon"}, "invalid-date", "claim_line_end_date"),
        ({"claim_line_start_date": "0001-01-01"}, "impossible-date", "claim_line_start_date"),
        ({"claim_line_end_date": "2025-03-31"}, "impossible-date", "claim_line_end_date"),
        ({"claim_line_end_date": "9999-12-31"}, "impossible-date", "claim_line_end_date"),
        ({"hcpcs_code": "2093"}, "malformed-code", "hcpcs_code"),
        ({"hcpcs_code": "20930 RT"}, "malformed-code", "hcpcs_code"),
        ({"hcpcs_code": "２０９３０"}, "malformed-code", "hcpcs_code"),
        ({"hcpcs_modifier_1": "R"}, "malformed-code", "hcpcs_modifier_1"),
        ({"diagnosis_code_2": "12345"}, "malformed-code", "diagnosis_code_2"),
        ({"plan": None}, "missing-field", "plan"),
        ({"plan": "nobody-knows"}, "unknown-line-of-business", "plan"),
        ({"charge_amount": "12,50"}, "wrong-type", "charge_amount"),
        ({"paid_amount": "free"}, "wrong-type", "paid_amount"),
    ],
)
def test_a_line_that_is_rejected(
    library: Library, tmp_path: Path, written: str, change: Mapping[str, Any], reason: str, column: str
) -> None:
    write = write_parquet if written == "parquet" else write_csv
    file = write(tmp_path / f"claims.{written}", lines(change, OTHER))
    identifier = {**LINE, **change}["claim_id"]
    assert rejections(library, file) == [(identifier if identifier and identifier.strip() else None, reason, column)]


@pytest.mark.parametrize(
    "change",
    [
        {"claim_start_date": "never", "claim_end_date": "never"},  # the line's own dates decide
        {"hcpcs_code": None},
        {"hcpcs_code": " 20930-rt "},
        {"diagnosis_code_1": "7242", "diagnosis_code_type": "icd-9-cm"},
        {"diagnosis_code_1": None},
        {"charge_amount": "-100.00", "paid_amount": "-60"},
        {"place_of_service_code": None},
        {"diagnosis_code_1": "m43.16"},
    ],
)
def test_a_line_that_is_odd_but_taken(library: Library, tmp_path: Path, change: Mapping[str, Any]) -> None:
    assert rejections(library, write_parquet(tmp_path / "claims.parquet", lines(change))) == []


def test_what_is_odd_is_counted(library: Library, tmp_path: Path) -> None:
    odd = {"hcpcs_code": None, "charge_amount": "-1", "diagnosis_code_1": None, "place_of_service_code": None}
    icd_9 = {"diagnosis_code_1": "7242", "diagnosis_code_type": "icd-9-cm"}
    with open_claims([write_parquet(tmp_path / "claims.parquet", lines(odd, icd_9))], library) as claims:
        remarks = claims.counts().remarks
    assert remarks == {
        "no-procedure-code": 1,
        "negative-amount": 1,
        "no-diagnosis": 1,
        "icd-9-cm": 1,
        "no-setting": 1,
        "no-age": 2,
        "no-sex": 2,
        "no-state": 2,
    }


def test_every_line_with_a_doubled_key_is_rejected(library: Library, tmp_path: Path) -> None:
    first = write_parquet(tmp_path / "a.parquet", lines({}, OTHER))
    again = write_csv(tmp_path / "b.csv", lines({"hcpcs_code": "22633"}, {"claim_line_number": 7}))
    expected = [("C1", "duplicate-key", "claim_line_number")] * 2
    assert rejections(library, first, again) == expected


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_a_file_given_by_two_paths_is_read_once(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: str
) -> None:
    file = write_parquet(tmp_path / "claims.parquet", lines({}))
    getattr(tmp_path / "again.parquet", link)(file)
    monkeypatch.chdir(tmp_path)
    assert rejections(library, file, Path("claims.parquet"), tmp_path / "again.parquet") == []


def test_a_file_given_twice_is_read_once(library: Library, tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "a.parquet", lines({}))
    assert rejections(library, file, tmp_path, file) == []


def test_lines_without_a_key_are_not_doubles_of_each_other(library: Library, tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "a.parquet", lines({"claim_id": None}, {"claim_id": None, "claim_line_number": 1}))
    assert {reason for _, reason, _ in rejections(library, file)} == {"missing-field"}


# ---------------------------------------------------------------- eligibility


@pytest.mark.parametrize(
    ("enrolled", "reason", "column"),
    [
        (spans({"person_id": "P2"}), "no-eligibility", "person_id"),
        (spans({"enrollment_end_date": "2025-03-31"}), "no-eligibility", "person_id"),
        (spans({"enrollment_start_date": "2025-04-02"}), "no-eligibility", "person_id"),
        (spans({"plan": "commercial-hmo-pos"}, {"plan": "commercial-ppo-indemnity"}), "overlapping-eligibility", "person_id"),
        (spans({"plan": "nobody-knows"}), "unknown-line-of-business", "plan"),
        (spans({"plan": None}), "missing-field", "plan"),
        (spans({"birth_date": "2025-04-02"}), "impossible-date", "birth_date"),
        (spans({"birth_date": "1850-01-01"}), "impossible-date", "birth_date"),
    ],
)
def test_a_member_who_is_not_enrolled_so(
    library: Library, tmp_path: Path, enrolled: list[Mapping[str, Any]], reason: str, column: str
) -> None:
    claims = write_parquet(tmp_path / "claims.parquet", lines({}))
    eligibility = write_parquet(tmp_path / "eligibility.parquet", enrolled)
    assert rejections(library, claims, eligibility=[eligibility]) == [("C1", reason, column)]


@pytest.mark.parametrize(
    "enrolled",
    [
        spans({}, {}),  # the same, twice
        spans({"enrollment_end_date": "2025-03-31", "plan": "commercial-hmo-pos"}, {"enrollment_start_date": "2025-04-01"}),
        spans({"plan": "commercial-hmo-pos"}, {}),  # the claim's plan says which
        spans({"enrollment_end_date": None}),
        spans({"birth_date": None, "gender": None, "state": None}),
    ],
)
def test_a_member_who_is_enrolled(library: Library, tmp_path: Path, enrolled: list[Mapping[str, Any]]) -> None:
    claims = write_parquet(tmp_path / "claims.parquet", lines({}))
    eligibility = write_parquet(tmp_path / "eligibility.parquet", enrolled)
    with open_claims([claims], library, eligibility=[eligibility]) as opened:
        [line] = opened.lines.to_pyarrow().to_pylist()
    assert line["line_of_business"] == "medicare-hmo"


def test_a_span_that_has_ended_does_not_count(library: Library, tmp_path: Path) -> None:
    enrolled = spans(
        {"enrollment_end_date": "2025-03-31", "plan": "commercial-hmo-pos"},
        {"enrollment_start_date": "2025-04-01", "plan": "commercial-ppo-indemnity"},
    )
    rows = lines({"plan": None}, {"plan": None, "claim_line_start_date": "2025-03-31", "claim_line_end_date": None})
    claims = write_parquet(tmp_path / "claims.parquet", rows)
    eligibility = write_parquet(tmp_path / "eligibility.parquet", enrolled)
    with open_claims([claims], library, eligibility=[eligibility]) as opened:
        found = opened.lines.order_by("claim_line_number").to_pyarrow().to_pylist()
    assert [line["line_of_business"] for line in found] == ["commercial-ppo-indemnity", "commercial-hmo-pos"]


def test_a_line_without_its_member(library: Library, tmp_path: Path) -> None:
    claims = write_parquet(tmp_path / "claims.parquet", lines({"person_id": None}))
    eligibility = write_parquet(tmp_path / "eligibility.parquet", spans({}))
    assert rejections(library, claims, eligibility=[eligibility]) == [("C1", "missing-field", "person_id")]


def test_spans_that_say_no_days_are_counted(library: Library, tmp_path: Path) -> None:
    claims = write_parquet(tmp_path / "claims.parquet", lines({}))
    wrong = spans(
        {},
        {"person_id": None},
        {"enrollment_start_date": "x"},
        {"enrollment_start_date": None},
        {"enrollment_end_date": "2019-01-01"},
    )
    eligibility = write_csv(tmp_path / "eligibility.csv", wrong)
    with open_claims([claims], library, eligibility=[eligibility]) as opened:
        assert opened.span_counts() == {
            ("impossible-date", "enrollment_end_date"): 1,
            ("invalid-date", "enrollment_start_date"): 1,
            ("missing-field", "enrollment_start_date"): 1,
            ("missing-field", "person_id"): 1,
        }
        assert sorted(row["row"] for row in opened.rejected_spans.to_pyarrow().to_pylist()) == [3, 4, 5, 6]


# ---------------------------------------------------------------- CSV


def csv_text(*rows: str) -> str:
    return "claim_id,claim_line_number,plan,claim_line_start_date,hcpcs_code\n" + "".join(f"{row}\n" for row in rows)


GOOD = "C{},1,medicare-hmo,2025-04-01,20930"


@pytest.mark.parametrize(
    "bad",
    [
        b'C2,1,"medicare-hmo,2025-04-01,20930',
        b'C2,1,medi"care-hmo,2025-04-01,20930',
        b'C2,1,"medi"care"-hmo",2025-04-01,20930',
        b"C2,1,medicare-hmo,2025-04-01",
        b"C2,1,medicare-hmo,2025-04-01,20930,more",
        b"C2,1,medicare-hmo\xff,2025-04-01,20930",
        b"C2,1,medicare-hmo,2025-04-01,20\x00930",
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_a_line_of_csv_that_is_no_row(library: Library, tmp_path: Path, bad: bytes, zipped: bool) -> None:
    rows = [GOOD.format(1).encode(), bad, b"", *(GOOD.format(at).encode() for at in range(3, 6)), bad, GOOD.format(6).encode()]
    data = csv_text().encode() + b"\n".join(rows)
    file = tmp_path / ("claims.csv.gz" if zipped else "claims.csv")
    file.write_bytes(gzip.compress(data, mtime=0) if zipped else data)
    with open_claims([file], library) as claims:
        counts = claims.counts()
        assert (counts.lines, counts.taken) == (7, 5)
        assert counts.rejected == {("unreadable-row", None): 2}
        assert sorted(row["row"] for row in claims.unreadable.to_pyarrow().to_pylist()) == [3, 8]
        assert claims.chunks(2)[-1].rejected.count().to_pyarrow().as_py() == 0


def test_a_rejected_line_of_csv_is_told_by_its_line(library: Library, tmp_path: Path) -> None:
    wrong = "C{},1,medicare-hmo,never,20930"
    rows = [GOOD.format(1), 'C2,"', "", wrong.format(3), GOOD.format(4), 'C5,"', 'C6,"', wrong.format(7)]
    rows += [GOOD.format(at) for at in range(8, 5000)] + [wrong.format(5000)]
    file = tmp_path / "claims.csv"
    file.write_text(csv_text(*rows))
    with open_claims([file], library) as claims:
        found = claims.rejected.filter(claims.rejected.reason == "invalid-date").order_by("row").to_pyarrow().to_pylist()
    assert [(row["file"], row["row"], row["claim_id"]) for row in found] == [
        (str(file), 5, "C3"),
        (str(file), 9, "C7"),
        (str(file), 5002, "C5000"),
    ]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_odd_but_readable_csv(library: Library, tmp_path: Path, start: bytes, end: str) -> None:
    text = csv_text('"C""1""",1,"medicare-hmo",2025-04-01, 20930 ', GOOD.format("é"))
    (tmp_path / "claims.csv").write_bytes(start + text.replace("\n", end).encode())
    with open_claims([tmp_path / "claims.csv"], library) as claims:
        assert sorted(claims.lines.claim_id.to_pyarrow().to_pylist()) == ['C"1"', "Cé"]


# ---------------------------------------------------------------- files as a whole


_WHOLE = (csv_text() + "".join(f"{GOOD.format(at)}\n" for at in range(200))).encode()


def refused(library: Library, *inputs: Path, kind: type[MedPolicyError] = ClaimsError, **options: Any) -> str:
    with pytest.raises(kind) as error, open_claims(inputs, library, **options) as claims:
        claims.counts()
    return str(error.value)


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "claims.csv", "is empty"),
        (b"\n\n", "claims.csv", "is empty"),
        (b'claim_id,"plan\nC1,x\n', "claims.csv", "a quote is astray"),
        ("claim_id,plan\n".encode("utf-16"), "claims.csv", "is not UTF-8"),
        (b"claim_id,plan\rC1,x\r", "claims.csv", "a carriage return alone"),
        (b"claim\xe9,plan\n", "claims.csv", "is not UTF-8"),
        (gzip.compress(_WHOLE, mtime=0)[:-12], "claims.csv.gz", "cut off"),
        (b"claim_id,plan\n", "claims.csv.gz", "is no gzip file"),
        (gzip.compress(_WHOLE, mtime=0)[:12] + b"x" * 40, "claims.csv.gz", "is no gzip file, as its name says, or is broken"),
        (b"", "claims.parquet", "is no Parquet file"),
        (b"PAR1 and then nothing of it PAR1", "claims.parquet", "is no Parquet file"),
        (b"PAR1 cut off", "claims.dat", "is no Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read(library: Library, tmp_path: Path, data: bytes, name: str, told: str) -> None:
    (tmp_path / name).write_bytes(data)
    message = refused(library, tmp_path / name)
    assert name in message
    assert told in message


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_parquet_that_is_cut_off(library: Library, tmp_path: Path, share: float) -> None:
    file = write_parquet(tmp_path / "claims.parquet", lines(*[{"claim_id": f"C{at}"} for at in range(2000)]))
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    assert "claims.parquet: is no Parquet file, or is cut off" in refused(library, file)


@pytest.mark.parametrize("codec", ["snappy", "zstd", "gzip", "none"])
def test_parquet_that_is_broken_within(library: Library, tmp_path: Path, codec: str) -> None:
    """Bytes are changed at random: it is read, as far as nobody can tell, or refused; it is no traceback."""
    draw = random.Random(codec)  # noqa: S311
    rows = lines(*[{"claim_id": f"C{at}", "charge_amount": str(at)} for at in range(2000)])
    file = write_parquet(tmp_path / "claims.parquet", rows, compression=codec)
    data = file.read_bytes()
    refusals = 0
    for _ in range(12):
        broken = bytearray(data)
        at = draw.randrange(4, len(data) - 8)
        broken[at : at + 16] = draw.randbytes(len(broken[at : at + 16]))
        file.write_bytes(broken)
        try:
            with open_claims([file], library) as claims:
                counts = claims.counts()
                assert counts.lines == counts.taken + sum(counts.rejected.values())
        except ClaimsError as error:
            refusals += "copy it again" in str(error)
    assert refusals


def test_a_mistake_of_ours_is_no_fault_of_a_file(library: Library, tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "claims.parquet", lines({}))
    with pytest.raises(duckdb.CatalogException), open_claims([file], library) as claims:
        claims.backend.con.execute("SELECT no_such_function(1)")


def test_files_that_are_not_there(library: Library, tmp_path: Path) -> None:
    assert "nothing.csv" in refused(library, tmp_path / "nothing.csv", kind=NotFound)
    assert str(tmp_path) in refused(library, tmp_path, kind=NotFound)


@pytest.mark.parametrize("column", ["claim_id", "claim_line_number", "hcpcs_code", "plan"])
def test_a_column_that_is_missing(library: Library, tmp_path: Path, column: str) -> None:
    row = {name: value for name, value in LINE.items() if name != column}
    message = refused(library, write_parquet(tmp_path / "claims.parquet", [row]))
    assert f"medical_claim has no column {column}" in message
    assert "mapping file" in message


def test_no_column_of_days(library: Library, tmp_path: Path) -> None:
    row = {name: value for name, value in LINE.items() if not name.endswith("_start_date")}
    message = refused(library, write_parquet(tmp_path / "claims.parquet", [row]))
    assert "claim_line_start_date or claim_start_date" in message


@pytest.mark.parametrize("column", ["plan", "enrollment_start_date"])
def test_a_column_of_eligibility_that_is_missing(library: Library, tmp_path: Path, column: str) -> None:
    eligibility = write_csv(tmp_path / "e.csv", [{name: value for name, value in SPAN.items() if name != column}])
    claims = write_parquet(tmp_path / "claims.parquet", lines({}))
    assert f"eligibility has no column {column}" in refused(library, claims, eligibility=[eligibility])


def test_no_member_in_common(library: Library, tmp_path: Path) -> None:
    row = {("member_id" if name == "person_id" else name): value for name, value in SPAN.items()}
    claims = write_parquet(tmp_path / "claims.parquet", lines({}))
    assert "neither person_id nor member_id" in refused(
        library, claims, eligibility=[write_parquet(tmp_path / "e.parquet", [row])]
    )


def test_a_column_twice(library: Library, tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text(csv_text().strip() + ",PLAN\nC1,1,medicare-hmo,2025-04-01,20930,x\n")
    assert "has the column 'plan' (plan) 2 times" in refused(library, tmp_path / "claims.csv")


@pytest.mark.parametrize(
    ("column", "kind", "value"),
    [
        ("hcpcs_code", pa.int64(), 20930),
        ("claim_line_start_date", pa.int64(), 20250401),
        ("charge_amount", pa.bool_(), True),
        ("diagnosis_code_1", pa.list_(pa.string()), ["M4316"]),
        ("claim_line_number", pa.bool_(), True),
    ],
)
def test_a_column_of_a_wrong_type(library: Library, tmp_path: Path, column: str, kind: pa.DataType, value: object) -> None:
    file = write_parquet(tmp_path / "claims.parquet", lines({column: value}), types={column: kind})
    message = refused(library, file)
    assert str(file) in message
    assert f"{column!r}" in message
    assert "write it as" in message


def test_numbers_where_they_will_do(library: Library, tmp_path: Path) -> None:
    change = {"claim_id": 17, "claim_line_number": 1.0, "bill_type_code": 111, "charge_amount": 12.5}
    types = {
        "claim_id": pa.int64(),
        "claim_line_number": pa.float64(),
        "bill_type_code": pa.int32(),
        "charge_amount": pa.float32(),
    }
    file = write_parquet(tmp_path / "claims.parquet", lines(change), types=types)
    with open_claims([file], library) as claims:
        [line] = claims.lines.to_pyarrow().to_pylist()
    assert (line["claim_id"], line["claim_line_number"], line["setting"], line["charge_amount"]) == ("17", 1, "inpatient", 12.5)
    half = write_parquet(tmp_path / "half.parquet", lines({**change, "claim_line_number": 1.5}), types=types)
    assert rejections(library, half) == [("17", "wrong-type", "claim_line_number")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((pa.int64(), 1), (pa.float64(), 2.0)),  # as pandas writes a column in which a number is missing
        ((pa.int32(), 1), (pa.decimal128(38, 0), 2)),
        ((pa.string(), "1"), (pa.float64(), 2.0)),
        ((pa.string(), "1.0"), (pa.string(), "2.")),
        ((pa.int64(), 1), (pa.uint64(), 2)),
    ],
)
def test_numbers_of_two_types(
    library: Library, tmp_path: Path, one: tuple[pa.DataType, object], other: tuple[pa.DataType, object]
) -> None:
    files = [
        write_parquet(tmp_path / f"{at}.parquet", lines({"claim_line_number": number}), types={"claim_line_number": kind})
        for at, (kind, number) in enumerate([one, other])
    ]
    assert rejections(library, *files) == []
    with open_claims(files, library) as claims:
        assert sorted(claims.lines.claim_line_number.to_pyarrow().to_pylist()) == [1, 2]


def test_small_amounts_beside_text(library: Library, tmp_path: Path) -> None:
    text = write_parquet(tmp_path / "text.parquet", lines({"charge_amount": "2.5"}))
    number = write_parquet(
        tmp_path / "number.parquet", lines({"claim_id": "C2", "charge_amount": 1e-9}), types={"charge_amount": pa.float64()}
    )
    assert rejections(library, text, number) == []


def test_a_number_that_is_too_large_for_a_line(library: Library, tmp_path: Path) -> None:
    small = write_parquet(tmp_path / "a.parquet", lines({}), types={"claim_line_number": pa.int64()})
    large = lines({"claim_id": "C2", "claim_line_number": 2**64 - 1})
    huge = write_parquet(tmp_path / "b.parquet", large, types={"claim_line_number": pa.uint64()})
    assert rejections(library, small, huge) == [("C2", "wrong-type", "claim_line_number")]


@pytest.mark.parametrize("kind", [pa.string(), pa.float64()])
def test_an_amount_that_no_service_costs(library: Library, tmp_path: Path, kind: pa.DataType) -> None:
    """It would spoil all sums of dollars, and the run would end in that."""
    amounts: list[Any] = (
        [10.0**12, -(10.0**300), 10.0**11] if kind == pa.float64() else ["1" * 13, "9" * 400, "0" * 20 + "1" * 12]
    )
    rows = lines(*[{"charge_amount": amount} for amount in amounts])
    file = write_parquet(tmp_path / "claims.parquet", rows, types={"charge_amount": kind})
    assert rejections(library, file) == [("C1", "wrong-type", "charge_amount")] * 2


@pytest.mark.parametrize("column", ["filename", "file", "row", "code", "fault", "medpolicy"])
def test_columns_of_other_names_do_not_matter(library: Library, tmp_path: Path, column: str) -> None:
    for file in (
        write_parquet(tmp_path / "claims.parquet", lines({column: "x"})),
        write_csv(tmp_path / "claims.csv", lines({column: "x"})),
    ):
        assert rejections(library, file) == []


def test_a_column_that_is_named_as_the_reader_names_its_own(library: Library, tmp_path: Path) -> None:
    for file in (
        write_parquet(tmp_path / "claims.parquet", lines({"FILE_row_number": "x"})),
        write_csv(tmp_path / "claims.csv", lines({"FILE_row_number": "x"})),
    ):
        told = "has a column 'FILE_row_number', a name that the reader needs; rename it"
        assert f"{file.name}: {told}" in refused(library, file)


def test_a_name_in_capitals(library: Library, tmp_path: Path) -> None:
    zipped = tmp_path / "CLAIMS.CSV.GZ"
    zipped.write_bytes(gzip.compress(write_csv(tmp_path / "c.csv", lines({}, {"hcpcs_code": 'x"'})).read_bytes()))
    assert rejections(library, zipped) == [("C1", "malformed-code", "hcpcs_code")]


def test_a_directory_that_may_not_be_read_as_a_file(library: Library, tmp_path: Path) -> None:
    (tmp_path / "sub.csv").mkdir()
    assert "no Parquet or CSV files" in refused(library, tmp_path / "sub.csv", kind=NotFound)


def test_no_value_is_told(library: Library, tmp_path: Path) -> None:
    told = "NEVERTOLD"
    change = {name: told for name in LINE if name not in ("claim_id", "claim_line_number")}
    file = write_csv(tmp_path / "claims.csv", lines(change, {**change, "hcpcs_code": 'x"'}))
    with open_claims([file], library) as claims:
        assert told not in str(claims.counts())
        assert told not in str(claims.rejected.to_pyarrow().to_pylist())


# ---------------------------------------------------------------- the mapping


def mapping_of(tmp_path: Path, text: str) -> ClaimsMapping:
    file = tmp_path / "mapping.yaml"
    file.write_text(text)
    return read_claims_mapping(file)


def test_a_mapping_file(tmp_path: Path) -> None:
    text = "columns: {hcpcs_code: PROC_CD}\neligibility_columns: {person_id: KEY}\n"
    text += "lines_of_business: {HMO01: medicare-hmo, '07': medicare-ppo}\nissuer: bcbsma\n"
    assert mapping_of(tmp_path, text) == ClaimsMapping(
        columns={"medical_claim": {"hcpcs_code": "PROC_CD"}, "eligibility": {"person_id": "KEY"}},
        lines_of_business={"HMO01": "medicare-hmo", "07": "medicare-ppo"},
        issuer="bcbsma",
    )
    assert mapping_of(tmp_path, "{}").lines_of_business == NO_MAPPING.lines_of_business


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "write a mapping"),
        ("column: {}", "no such key"),
        ("columns: {hcpcs: PROC_CD}", "medical_claim has no such column"),
        ("columns: {hcpcs_code: CODE, plan: code}", "already stands for hcpcs_code"),
        ("columns: {hcpcs_code: CODE, hcpcs_code: OTHER}", "hcpcs_code"),
        ("columns: [hcpcs_code]", "write a mapping of names"),
        ("lines_of_business: {HMO01: [7]}", "write a name"),
        ("issuer: [7]", "write the id of an issuer"),
        ("columns: {", "mapping.yaml"),
    ],
)
def test_a_mapping_file_that_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ClaimsError) as error:
        mapping_of(tmp_path, text)
    assert told in str(error.value)
    assert "mapping.yaml" in str(error.value)


def test_a_column_that_is_mapped_stands_for_one_alone(library: Library, tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "claims.parquet", lines({}))
    amount = ClaimsMapping(columns={"medical_claim": {"allowed_amount": "Paid_Amount"}})
    with open_claims([file], library, mapping=amount) as claims:
        [line] = claims.lines.to_pyarrow().to_pylist()
    assert (line["allowed_amount"], line["paid_amount"], line["charge_amount"]) == (60, None, 100)
    plan = ClaimsMapping(columns={"medical_claim": {"payer": "plan"}})
    assert "medical_claim has no column plan" in refused(library, file, mapping=plan)
    swapped = ClaimsMapping(columns={"medical_claim": {"charge_amount": "paid_amount", "paid_amount": "charge_amount"}})
    with open_claims([file], library, mapping=swapped) as claims:
        [line] = claims.lines.to_pyarrow().to_pylist()
    assert (line["charge_amount"], line["paid_amount"]) == (60, 100)


def test_a_mapping_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ClaimsError, match="cannot be read"):
        read_claims_mapping(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        (ClaimsMapping(columns={"medical_claim": {"hcpcs_code": "CODE"}}), "has no column 'CODE'"),
        (ClaimsMapping(lines_of_business={"X": "gold"}), "declared are"),
        (ClaimsMapping(issuer="nobody"), "in the library are"),
        (ClaimsMapping(lines_of_business={"X": "florida-blue-commercial"}, issuer="bcbsma"), "declared of bcbsma"),
    ],
)
def test_a_mapping_that_does_not_fit(library: Library, tmp_path: Path, mapping: ClaimsMapping, told: str) -> None:
    assert told in refused(library, write_parquet(tmp_path / "claims.parquet", lines({})), mapping=mapping)
