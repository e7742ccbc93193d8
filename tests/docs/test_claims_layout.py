"""The page on the layout of claims names every reason, code and column that there is."""

from __future__ import annotations

import re

import pytest

from medpolicy.exchange.x12.findings import ELEMENT, GROUP, INTERCHANGE, MEANINGS, SEGMENT, TRANSACTION
from medpolicy.formats.claims_layout import PATIENT, TABLES
from medpolicy.formats.claims_mapping import read_claims_mapping
from medpolicy.review.claims.counts import REMARKS
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "how-to" / "claims-layout.md").read_text(encoding="utf-8")


def rows_after(heading: str) -> list[str]:
    """The first cells of the table below a heading."""
    section = PAGE.split(heading, 1)[1].split("\n#", 1)[0]
    return [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("|")][2:]


def test_every_reason_stands_there() -> None:
    told = {cell.strip("`") for cell in rows_after("## Why a line is rejected")}
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/medpolicy/review/claims").glob("*.py"))
    assert {reason for reason in told if f"{reason}" not in source} == set()
    used = set(
        re.findall(
            r"[\"'](missing-field|wrong-type|[a-z]+(?:-[a-z]+)*-(?:key|date|code|eligibility|issuer|row|business))\b", source
        )
    )
    assert used - {"no-procedure-code"} == told


def test_every_remark_stands_there() -> None:
    assert [name for name in REMARKS if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize("level", [INTERCHANGE, GROUP, TRANSACTION, SEGMENT])
def test_every_code_stands_there(level: str) -> None:
    name = {INTERCHANGE: "TA105", GROUP: "AK905", TRANSACTION: "IK501", SEGMENT: "IK304"}[level]
    told = [code for cell in rows_after("### What is rejected of 837") if cell.startswith(name) for code in cell[6:].split(", ")]
    assert sorted(told) == sorted(MEANINGS[level])


def test_the_codes_of_elements_are_told_together() -> None:
    assert "IK403, all others" in rows_after("### What is rejected of 837")
    assert set(MEANINGS[ELEMENT]) == {str(code) for code in range(1, 11)}


def test_columns_that_the_page_names_are_in_the_layout() -> None:
    for heading, table in (("## Columns of `medical_claim`", "medical_claim"), ("## Columns of `eligibility`", "eligibility")):
        named = [name for cell in rows_after(heading) for name in re.findall(r"`(\w+)`", cell)]
        assert named
        assert [name for name in named if name not in TABLES[table]] == []
    assert all(f"`{name}`" in PAGE for name in PATIENT)


def test_the_mapping_file_can_be_read(tmp_path: object) -> None:
    text = "".join(
        line[4:] for line in PAGE.split("## The mapping file")[1].split("\n## ")[0].splitlines(True) if line[:4] == "    "
    )
    file = ROOT.__class__(str(tmp_path)) / "mapping.yaml"
    file.write_text(text)
    assert read_claims_mapping(file).issuer == "bcbsma"
