"""837 that is broken: which transactions are rejected, by which code, how many lines they had; and that the others are taken."""

from __future__ import annotations

import contextlib
import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from medpolicy.errors import ClaimsError
from medpolicy.exchange.x12.acknowledgment import Acknowledgment
from medpolicy.exchange.x12.claims_837 import convert_837
from tests.x12_files import (
    CLAIM,
    INSTITUTIONAL,
    INSTITUTIONAL_BODY,
    LINE,
    PROFESSIONAL_BODY,
    PROVIDER,
    SECOND_LINE,
    SUBSCRIBER,
    Group,
    Interchange,
    Transaction,
    file_837,
)

ONE, TWO, THREE = (Transaction(number=f"{at:04}") for at in (1, 2, 3))


def converted(tmp_path: Path, data: bytes) -> tuple[int, Acknowledgment]:
    """The rows that are written, and the report, which must account for all lines."""
    file = tmp_path / "claims.837"
    file.write_bytes(data)
    written, report = convert_837([file], tmp_path)
    rows = sum(pq.read_metadata(path).num_rows for path in written)
    assert rows == report.taken
    assert report.lines == rows + sum(one.lines for one in report.rejected())
    return rows, report


def rejected(report: Acknowledgment) -> list[tuple[str, str, int]]:
    return [(one.transaction, one.code, one.lines) for one in report.rejected()]


def in_one_group(*transactions: Transaction, **changes: Any) -> bytes:
    return file_837(Interchange((Group(transactions, **changes),)))


# ---------------------------------------------------------------- a transaction


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"count": 7}, "IK501 4"),
        ({"trailer_number": "0009"}, "IK501 3"),
        ({"trailer": False}, "IK501 2"),
        ({"header": False}, "IK501 6"),
        ({"number": ""}, "IK501 7"),
        ({"number": "0001"}, "IK501 23"),
        ({"guide": "005010X224A2"}, "IK501 1"),
        ({"segments": (*PROFESSIONAL_BODY[:5], "ZZZ*1", *PROFESSIONAL_BODY[5:])}, "IK304 1"),
        ({"segments": (*PROVIDER, *SUBSCRIBER, *CLAIM, *LINE, SUBSCRIBER[1], *SECOND_LINE)}, "IK304 2"),
        ({"segments": (*PROVIDER, *SUBSCRIBER, *LINE, *SECOND_LINE)}, "IK304 2"),
        ({"segments": (*PROVIDER, *SUBSCRIBER, *CLAIM, *LINE[:2], *SECOND_LINE)}, "IK304 3"),
        ({"segments": (*PROVIDER, *SUBSCRIBER, *CLAIM, *LINE, LINE[2], *SECOND_LINE)}, "IK304 5"),
        ({"segments": tuple(one.replace("HL*2*1", "HL*2*7") for one in PROFESSIONAL_BODY)}, "IK403 7"),
        ({"segments": tuple(one.replace("HL*2*1", "HL*5*1") for one in PROFESSIONAL_BODY)}, "IK403 7"),
    ],
)
def test_a_broken_transaction_between_two_that_are_whole(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    broken = Transaction(**{"number": "0002", **change})
    count = 2 if change.get("header") is False else 3
    rows, report = converted(tmp_path, in_one_group(ONE, broken, THREE, count=count))
    assert rows == 4
    [(_, found, lines)] = rejected(report)
    assert (found, lines) == (code, 2)


def test_institutional_lines_in_a_professional_claim(tmp_path: Path) -> None:
    wrong = Transaction((*PROVIDER, *SUBSCRIBER, *CLAIM, LINE[0], "SV2*0278*HC:20930*800*UN*1"), number="0002")
    rows, report = converted(tmp_path, in_one_group(ONE, wrong))
    assert rows == 2
    assert [(number, lines) for number, _, lines in rejected(report)] == [("0002", 1)]


def test_an_element_that_is_wrong_rejects_nothing_and_is_told(tmp_path: Path) -> None:
    odd = Transaction(tuple(one.replace("DTP*472*D8*20250401", "DTP*472*D8*20251301") for one in PROFESSIONAL_BODY))
    rows, report = converted(tmp_path, in_one_group(odd))
    assert rows == 2
    [transaction] = report.as_json()["files"][0]["interchanges"][0]["groups"][0]["transactions"]
    assert transaction["acknowledged"] == "E"
    [finding] = transaction["findings"]
    assert (finding["code"], finding["segment"], finding["element"], finding["rejects"]) == ("8", "DTP", 3, False)
    assert (finding["position"], finding["position_in_file"]) == (22, 24)


# ---------------------------------------------------------------- groups and interchanges


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"count": 3}, "AK905 5"),
        ({"trailer_number": "9"}, "AK905 4"),
        ({"trailer": False}, "AK905 3"),
    ],
)
def test_a_broken_group_before_one_that_is_whole(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    rows, report = converted(tmp_path, file_837(Interchange((Group((ONE, TWO), **change), Group((ONE,), number="2")))))
    assert rows == 2
    assert rejected(report) == [("0001", code, 2), ("0002", code, 2)]


def test_groups_of_other_things_and_twice(tmp_path: Path) -> None:
    data = file_837(Interchange((Group(), Group())))
    assert rejected(converted(tmp_path, data)[1]) == [("0001", "AK905 19", 2)]
    data = file_837().replace(b"GS*HC*", b"GS*HP*")
    assert rejected(converted(tmp_path, data)[1]) == [("0001", "AK905 1", 2)]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"count": 2}, "TA105 021"), ({"trailer_number": "000000009"}, "TA105 001")],
)
def test_a_broken_interchange_before_one_that_is_whole(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    rows, report = converted(tmp_path, file_837(Interchange(**change), Interchange(number="000000002")))
    assert rows == 2
    assert rejected(report) == [("0001", code, 2)]


def test_an_interchange_twice_is_taken_once(tmp_path: Path) -> None:
    rows, report = converted(tmp_path, file_837(Interchange(), Interchange()))
    assert rows == 2
    assert rejected(report) == [("0001", "TA105 025", 2)]


def test_segments_outside_of_all_envelopes(tmp_path: Path) -> None:
    stray = "".join(f"{one}~\n" for one in LINE).encode()
    rows, report = converted(tmp_path, file_837() + stray + file_837(Interchange(number="000000002")))
    assert rows == 4
    assert [lines for _, _, lines in rejected(report)] == [1]


def test_text_that_is_no_interchange(tmp_path: Path) -> None:
    broken = file_837(Interchange(number="000000002")).replace(b"ISA*00*", b"ISA 00 ")
    rows, report = converted(tmp_path, file_837().rstrip() + b"\n" + broken + file_837(Interchange(number="000000003")))
    assert rows == 4
    assert sum(lines for _, _, lines in rejected(report)) == 2


# ---------------------------------------------------------------- cut off


def test_a_file_that_is_cut_off_anywhere(tmp_path: Path) -> None:
    """What is whole before the cut is taken; no line is lost from the count; and what is wrong is told."""
    data = in_one_group(ONE, TWO)
    first_ends = data.index(b"ST*837*0002")
    for end in range(200, len(data) - 3, 13):
        rows, report = converted(tmp_path, data[:end])
        seen = data[:end].count(b"\nSV1*")
        assert report.lines == seen, end
        assert rows == (2 if end >= first_ends - 2 else 0) + (2 if end > data.index(b"GE*") - 2 else 0), end
        assert "023" in report.as_text()


def test_a_cut_off_file_with_another_one_after_it(tmp_path: Path) -> None:
    cut = in_one_group(ONE, TWO)
    cut = cut[: cut.rindex(b"SV1*") + 11]
    rows, report = converted(tmp_path, cut + file_837(Interchange(number="000000002")))
    assert rows == 4
    assert [(number, lines) for number, _, lines in rejected(report)] == [("0002", 2)]


def test_without_the_last_terminator(tmp_path: Path) -> None:
    rows, report = converted(tmp_path, file_837().rstrip().rstrip(b"~"))
    assert rows == 2
    assert report.rejected() == []


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("data", [b"", b"claim_id,claim_line_number\n1,2\n", b"ISA", b"\xff\xfe\x00\x01"])
def test_a_file_that_is_no_837(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ClaimsError, match=r"claims\.837"):
        converted(tmp_path, data)


def test_a_byte_order_mark_and_text_before_the_first_interchange(tmp_path: Path) -> None:
    rows, report = converted(tmp_path, b"\xef\xbb\xbf" + file_837())
    assert (rows, report.rejected()) == (2, [])
    rows, report = converted(tmp_path, b"From: a mail\n\n" + file_837())
    assert rows == 2
    assert rejected(report) == [("", "TA105 022", 0)]


def test_whatever_happens_to_a_file_no_line_is_lost(tmp_path: Path) -> None:
    """Bytes are deleted, doubled, changed and cut off at random; what `converted` asserts holds, and nothing breaks."""
    draw = random.Random(7)  # noqa: S311
    facility = Group((Transaction(INSTITUTIONAL_BODY, guide=INSTITUTIONAL),), number="2", guide=INSTITUTIONAL)
    whole = file_837(
        Interchange((Group((ONE, TWO)), facility)), Interchange(number="000000002", delimiters=("|", ">", "^", "!"), newline="")
    )
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            start = draw.randrange(1, len(data))
            end = start + draw.choice([1, 2, 5, 20, 100, 400])
            match draw.randrange(5):
                case 0:
                    del data[start:end]
                case 1:
                    data[start:start] = data[start:end]
                case 2:
                    data[start : start + 1] = draw.choice([b"~", b"*", b":", b"!", b"|", b"\n", b"A", b"\xff", b"\0"])
                case 3:
                    data[start:start] = whole[:106]
                case _ if start > 400:
                    del data[start:]
        with contextlib.suppress(ClaimsError):  # ISA itself was hit, and no other is left
            _, report = converted(tmp_path, bytes(data))
            assert report.as_json()["lines"] == report.lines
            assert report.as_text()


def test_zipped(tmp_path: Path) -> None:
    assert converted(tmp_path, gzip.compress(file_837()))[0] == 2
    with pytest.raises(ClaimsError, match="cut off"):
        converted(tmp_path, gzip.compress(file_837())[:-9])


def test_the_report_holds_nothing_of_a_member(tmp_path: Path) -> None:
    body = tuple(one.replace("M0001", "SECRETID").replace("ANNA", "SECRETNAME") for one in PROFESSIONAL_BODY)
    odd = (*body[:12], "SECRET*SECRET", *body[12:])
    odd = tuple(one.replace("19500615", "SECRETDAY").replace("*CI", "*SECRET") for one in odd)
    data = in_one_group(Transaction(odd, count=3)) + b"SECRET STRAY TEXT SV1*HC:SECRET~"
    _, report = converted(tmp_path, data)
    told = json.dumps(report.as_json()) + report.as_text()
    assert "SECRET" not in told
    assert "IK501 4" in report.as_text()


def test_the_report_as_text(tmp_path: Path) -> None:
    broken = Transaction(number="0002", count=9)
    _, report = converted(tmp_path, in_one_group(ONE, broken))
    finding = (
        "IK501 4: SE (segment 54 of the file): SE counts other segments than there are; some may be missing; "
        "have the sender write it again"
    )
    assert report.as_text().replace(str(tmp_path), "DIR").splitlines() == [
        "4 service lines: 2 taken, 2 rejected",
        "DIR/claims.837",
        "  transaction 0002 of group 1: rejected, 2 service lines",
        f"    {finding}",
    ]


def test_many_findings_are_counted_but_not_all_kept(tmp_path: Path) -> None:
    lines: Sequence[str] = [f"LX*{at}~SV1*HC:20930*1*XX*1***1~DTP*472*D8*20259999" for at in range(1, 301)]
    body = (*PROVIDER, *SUBSCRIBER, *CLAIM, *(one for line in lines for one in line.split("~")))
    _, report = converted(tmp_path, in_one_group(Transaction(body)))
    [transaction] = report.as_json()["files"][0]["interchanges"][0]["groups"][0]["transactions"]
    assert len(transaction["findings"]) == 200
    assert transaction["findings_left_out"] >= 100


def test_both_kinds_are_known_by_their_guides(tmp_path: Path) -> None:
    rows, report = converted(tmp_path, in_one_group(Transaction(guide=INSTITUTIONAL)))
    assert rows == 0
    assert [lines for _, _, lines in rejected(report)] == [2]
