"""837 to rows: where each value of a claim goes, and whose it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from medpolicy.exchange.x12.claims_837 import convert_837
from medpolicy.formats.claims_layout import SOURCE_FILE, SOURCE_ROW
from tests.x12_files import (
    CLAIM,
    FACILITY_CLAIM,
    FACILITY_LINE,
    INSTITUTIONAL,
    LINE,
    PROVIDER,
    SUBSCRIBER,
    Group,
    Interchange,
    Transaction,
    file_837,
    institutional,
    professional,
)


def rows(tmp_path: Path, data: bytes, **options: Any) -> list[dict[str, Any]]:
    """The rows of a file of which all is taken without a finding, each without what it has not."""
    file = tmp_path / "claims.837"
    file.write_bytes(data)
    written, report = convert_837([file], tmp_path, **options)
    assert report.rejected() == []
    assert report.as_text().endswith("claims.837: all taken\n")
    found = [row for path in written for row in pq.read_table(path).to_pylist()]
    return [{name: value for name, value in row.items() if value is not None} for row in found]


def test_a_professional_claim(tmp_path: Path) -> None:
    first, second = rows(tmp_path, file_837())
    assert first == {
        "claim_id": "ACCOUNT1",
        "claim_line_number": "1",
        "claim_type": "professional",
        "member_id": "M0001",
        "payer": "99999",
        "plan": "GRP100",
        "claim_line_start_date": "2025-04-01",
        "claim_line_end_date": "2025-04-01",
        "place_of_service_code": "22",
        "hcpcs_code": "20930",
        "hcpcs_modifier_1": "RT",
        "hcpcs_modifier_2": "59",
        "billing_npi": "1234567893",
        "charge_amount": "150.5",
        "diagnosis_code_type": "icd-10-cm",
        "diagnosis_code_1": "M4316",
        "diagnosis_code_2": "Z981",
        "patient_gender": "female",
        "patient_birth_date": "1950-06-15",
        "patient_state": "MA",
        SOURCE_FILE: str(tmp_path / "claims.837"),
        SOURCE_ROW: 22,
    }
    assert second["claim_line_number"] == "2"
    assert (second["hcpcs_code"], second["charge_amount"]) == ("22633", "99.5")
    assert (second["claim_line_start_date"], second["claim_line_end_date"]) == ("2025-04-01", "2025-04-03")
    assert second["place_of_service_code"] == "21", "the line's own stands before the claim's"
    assert "hcpcs_modifier_1" not in second


def test_an_institutional_claim(tmp_path: Path) -> None:
    implant, room = rows(tmp_path, institutional())
    assert (implant["claim_type"], implant["bill_type_code"], implant["revenue_center_code"]) == ("institutional", "111", "0278")
    assert (implant["hcpcs_code"], implant["charge_amount"]) == ("20930", "800")
    assert (implant["claim_start_date"], implant["claim_end_date"]) == ("2025-04-01", "2025-04-05")
    assert implant["admission_date"] == "2025-04-01"
    assert implant["claim_line_start_date"] == "2025-04-02"
    assert implant["diagnosis_code_1"] == "M4316", "what stands beside a diagnosis is no part of it"
    assert "place_of_service_code" not in implant
    assert room["revenue_center_code"] == "0120"
    assert "hcpcs_code" not in room
    assert "claim_line_start_date" not in room


def test_a_patient_who_is_not_the_subscriber(tmp_path: Path) -> None:
    subscriber = (SUBSCRIBER[0].replace("*22*0", "*22*1"), "SBR*P**GRP100******CI", SUBSCRIBER[2], SUBSCRIBER[-1])
    patient = ("HL*3*2*23*0", "PAT*19", "NM1*QC*1*SAMPLE*BEN", "N3*2 TEST STREET", "N4*MIAMI*FL*33101", "DMG*D8*20100131*M")
    dependents, own = rows(tmp_path, professional(PROVIDER, subscriber, patient, CLAIM, LINE, *_another_subscriber()))
    assert dependents["member_id"] == "M0001"
    assert (dependents["patient_birth_date"], dependents["patient_gender"], dependents["patient_state"]) == (
        "2010-01-31",
        "male",
        "FL",
    )
    assert (own["member_id"], own["patient_birth_date"], own["patient_gender"]) == ("M0002", "1970-01-02", "male")


def _another_subscriber() -> tuple[tuple[str, ...], ...]:
    subscriber = (
        "HL*4*1*22*0",
        *SUBSCRIBER[1:2],
        "NM1*IL*1*OTHER*CARL****MI*M0002",
        *SUBSCRIBER[3:5],
        "DMG*D8*19700102*M",
        SUBSCRIBER[-1],
    )
    return subscriber, ("CLM*ACCOUNT9*250***22:B:1*Y*A*Y*Y", CLAIM[1]), LINE


def test_another_payers_subscriber_is_not_the_member(tmp_path: Path) -> None:
    other = (
        "SBR*S*18*OTHERGROUP******MC",
        "OI***Y***Y",
        "NM1*IL*1*SAMPLE*ANNA****MI*OTHERID",
        "N3*3 TEST STREET",
        "N4*ALBANY*NY*12201",
        "NM1*PR*2*OTHER PAYER*****PI*88888",
    )
    next_claim = (CLAIM[0].replace("ACCOUNT1", "ACCOUNT2"), CLAIM[1])
    both = rows(tmp_path, professional(PROVIDER, SUBSCRIBER, CLAIM, other, LINE, next_claim, LINE))
    assert [line["claim_id"] for line in both] == ["ACCOUNT1", "ACCOUNT2"]
    for line in both:
        assert (line["member_id"], line["payer"], line["plan"], line["patient_state"]) == ("M0001", "99999", "GRP100", "MA")


@pytest.mark.parametrize(
    ("codes", "plan"),
    [((), "GRP100"), (("CI",), "CI"), (("99999/CI", "CI"), "99999/CI"), (("99999",), "99999"), (("GRP100", "CI"), "GRP100")],
)
def test_the_plan_is_what_the_mapping_knows(tmp_path: Path, codes: tuple[str, ...], plan: str) -> None:
    assert {row["plan"] for row in rows(tmp_path, file_837(), codes=codes)} == {plan}


def test_icd_9_and_diagnoses_of_no_interest(tmp_path: Path) -> None:
    claim = (FACILITY_CLAIM[0], *FACILITY_CLAIM[1:4], "HI*BK:72252", "HI*BJ:4019", "HI*BF:25000*BF:4019", FACILITY_CLAIM[5])
    file = tmp_path / "claims.837"
    file.write_bytes(institutional(PROVIDER, SUBSCRIBER, claim, FACILITY_LINE))
    [path], _ = convert_837([file], tmp_path)
    [line] = pq.read_table(path).to_pylist()
    assert [line[f"diagnosis_code_{at}"] for at in range(1, 5)] == ["72252", "25000", "4019", None]
    assert line["diagnosis_code_type"] == "icd-9-cm"


def test_a_code_of_another_system_is_none_of_ours(tmp_path: Path) -> None:
    line = (LINE[0], "SV1*WK:20930*150*UN*1***1", LINE[2])
    [found] = rows(tmp_path, professional(PROVIDER, SUBSCRIBER, CLAIM, line))
    assert found["hcpcs_code"] == "WK:20930"


@pytest.mark.parametrize(
    "change",
    [
        {"newline": ""},
        {"newline": "\r\n"},
        {"delimiters": ("|", ">", "^", "\n"), "newline": ""},
        {"delimiters": ("*", "\\", "^", "\x1c"), "newline": ""},
    ],
)
def test_whatever_the_delimiters(tmp_path: Path, change: dict[str, Any]) -> None:
    plain = rows(tmp_path, file_837())
    assert rows(tmp_path, file_837(Interchange(**change))) == plain


def test_interchanges_with_delimiters_of_their_own(tmp_path: Path) -> None:
    facility = Group((Transaction(institutional_body(), guide=INSTITUTIONAL),), guide=INSTITUTIONAL)
    data = file_837(
        Interchange(),
        Interchange((facility,), number="000000002", delimiters=("|", ">", "^", "!"), newline=""),
        Interchange(number="000000003"),
    )
    assert [row["claim_id"] for row in rows(tmp_path, data)] == ["ACCOUNT1"] * 2 + ["ACCOUNT2"] + ["ACCOUNT1"] * 2


def institutional_body() -> tuple[str, ...]:
    return (*PROVIDER, *SUBSCRIBER, *FACILITY_CLAIM, *FACILITY_LINE)


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    file = tmp_path / "claims.837"
    file.write_bytes(file_837(Interchange((Group(tuple(Transaction(number=f"{at:04}") for at in range(1, 30))),))))
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    [one], _ = convert_837([file], tmp_path / "one")
    [two], _ = convert_837([file], tmp_path / "two")
    assert one.read_bytes() == two.read_bytes()
    assert pq.read_table(one).num_rows == 58
