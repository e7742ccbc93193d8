"""Code listings in several layouts; the documents are invented, and so are the services that the codes stand for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medpolicy.authoring.extraction.code_ranges import written_out
from medpolicy.authoring.extraction.code_text import DIAGNOSES, PCS, PROCEDURES, codes_at_start, is_conditional, stance_of
from medpolicy.authoring.extraction.coding import extract_coding
from medpolicy.authoring.extraction.context import Extraction
from medpolicy.authoring.extraction.lines_of_business import extract_lines_of_business
from tests.extraction_samples import ISSUER, extracted, not_understood


def _coding(markdown: str) -> Extraction:
    return extracted(markdown, extract_lines_of_business, extract_coding, issuer=ISSUER)


def _listings(markdown: str) -> list[tuple[str, str, str | None, list[str]]]:
    return [
        (item["system"], item["decides"], item.get("stance"), [code["code"] for code in item["codes"]])
        for item in _coding(markdown).version["code_listings"]
    ]


def test_a_table_under_a_stance_without_condition_decides_alone() -> None:
    extraction = _coding(
        "# Braces\n\n## Coding Information\n\nThe following codes are considered investigational:\n\n"
        "| Code | Description |\n|---|---|\n| 0111T | Bracing by light |\n| L1851 | A brace |\n"
    )
    cpt, hcpcs = extraction.version["code_listings"]
    assert (cpt["system"], cpt["decides"], cpt["stance"]) == ("cpt", "alone", "investigational")
    assert (hcpcs["system"], hcpcs["decides"], hcpcs["stance"]) == ("hcpcs", "alone", "investigational")
    assert cpt["citation"]["lines"] == [5, 5]
    assert cpt["codes"][0]["citation"]["lines"] == [9, 9]
    assert not_understood(extraction.book.close()) == []


def test_no_descriptor_is_kept() -> None:
    assert "light" not in str(_coding("## CPT Codes\n\n0111T Bracing by light\n").version)


@pytest.mark.parametrize(
    ("words", "decides", "stance"),
    [
        ("Considered Medically Necessary when criteria in the applicable policy statements are met:", "with-provisions", None),
        ("According to the statement above, this code is investigational for the conditions listed:", "with-provisions", None),
        ("Considered not medically necessary:", "alone", "not-medically-necessary"),
        ("Considered Experimental/Investigational/Unproven:", "alone", "investigational"),
        ("Considered cosmetic:", "alone", "cosmetic"),
        ("CPT codes:", "with-provisions", None),
    ],
)
def test_the_words_above_codes(words: str, decides: str, stance: str | None) -> None:
    assert _listings(f"## Coding\n\n{words}\n\n| Code | Description |\n|---|---|\n| 11111 | A thing |\n") == [
        ("cpt", decides, stance, ["11111"])
    ]


def test_words_hold_for_a_system_heading_and_end_with_a_new_topic() -> None:
    text = (
        "## Coding\n\nConsidered investigational:\n\n### CPT Codes\n\n11111 One\n\n### HCPCS Codes\n\nL1851 Two\n\n"
        "### Braces of the hand\n\n22222 Three\n"
    )
    assert _listings(text) == [
        ("cpt", "alone", "investigational", ["11111"]),
        ("hcpcs", "alone", "investigational", ["L1851"]),
        ("cpt", "with-provisions", None, ["22222"]),
    ]


def test_code_lines_that_run_on_and_marks_in_their_rows() -> None:
    text = "## CPT Coding:\n\n11111 A thing of two\nlines (Investigational)\n22222 Another thing\n33333 A third (Non-covered)\n"
    assert _listings(text) == [
        ("cpt", "alone", "investigational", ["11111"]),
        ("cpt", "with-provisions", None, ["22222"]),
        ("cpt", "alone", "not-medically-necessary", ["33333"]),
    ]
    marked = _coding(text).version["code_listings"]
    assert marked[0]["codes"][0]["citation"]["lines"] == [3, 4]
    assert "not covered" in marked[2]["review"][0]


def test_lists_and_ranges_of_codes() -> None:
    extraction = _coding("## Procedure Codes\n\n11111, 11113-11115; 0111T\n\n| CPT |\n|---|\n| 22222, 22223 |\n")
    listed = extraction.version["code_listings"][0]["codes"]
    assert [code["code"] for code in listed] == ["11111", "11113", "11114", "11115", "0111T", "22222", "22223"]
    assert "range" in listed[1]["review"][0]


def test_codes_in_a_sentence_with_its_stance() -> None:
    assert _listings("## Coding\n\nCodes 11111 and 22222 are considered cosmetic.\n") == [
        ("cpt", "alone", "cosmetic", ["11111", "22222"])
    ]


def test_diagnoses_and_their_ranges() -> None:
    extraction = _coding(
        "## Coding\n\n### ICD-10-CM Diagnosis Codes That Support Medical Necessity\n\nM17.0 – M17.9 Knees\nS83.2 A tear\n\n"
        "### ICD-10-CM Codes\n\n| Code | Description |\n|---|---|\n| A12 | A fever |\n"
    )
    assert [(item["id"], item["codes"], item["citation"]["lines"]) for item in extraction.version["diagnosis_listings"]] == [
        ("supporting-diagnoses", ["M17.0-M17.9", "S83.2"], [3, 3]),
        ("diagnoses", ["A12"], [8, 8]),
    ]
    assert "code_listings" not in extraction.version


def test_procedure_codes_of_icd_10_pcs() -> None:
    assert _listings("## ICD-10-PCS Codes\n\n0SRC0J9 Replacement\n") == [("icd-10-pcs", "with-provisions", None, ["0SRC0J9"])]


def test_other_code_systems_are_no_procedure_codes() -> None:
    extraction = _coding("## LOINC Codes\n\n28626-0 18805-2 Notes\n\n18805 Notes\n\n## Revenue Codes\n\n10271 Rooms\n")
    assert "code_listings" not in extraction.version
    assert not_understood(extraction.book.close()) == []


def test_a_footnote_is_asked_about_at_the_codes_that_bear_its_sign() -> None:
    extraction = _coding(
        "## Coding\n\nConsidered medically necessary when criteria are met:\n\n11111† One\n\n22222 Two\n\n"
        "†Note: Considered not medically necessary when used to treat hiccups.\n\n‡Note: Whatever.\n"
    )
    one, two = extraction.version["code_listings"][0]["codes"]
    assert "not medically necessary when used to treat hiccups" in one["review"][0]
    assert "review" not in two
    assert not_understood(extraction.book.close()) == ["‡Note: Whatever."]


def test_an_unlisted_code_that_two_headings_treat_differently_is_left_to_the_statements() -> None:
    text = (
        "## Coding\n\n### Light\n\nConsidered investigational:\n\n99999 Unlisted service\n11111 Other\n\n"
        "### Sound\n\nConsidered investigational for the treatment of hiccups:\n\n99999 Unlisted service\n"
    )
    assert _listings(text) == [
        ("cpt", "alone", "investigational", ["11111"]),
        ("cpt", "with-provisions", None, ["99999"]),
        ("cpt", "with-provisions", None, ["99999"]),
    ]


def test_an_unlisted_code_that_a_listing_alone_decides_is_asked_about() -> None:
    extraction = _coding("## Coding\n\nConsidered investigational:\n\n99999 Unlisted service\n")
    assert "unlisted" in extraction.version["code_listings"][0]["codes"][0]["review"][0]


def test_a_pointer_to_other_codes_is_a_note_and_no_listing() -> None:
    extraction = _coding("## CPT Codes\n\n11111 One\n\nBracing may also be billed with codes 22222 or 33333.\n")
    assert [code["code"] for code in extraction.version["code_listings"][0]["codes"]] == ["11111"]
    assert "22222, 33333" in extraction.version["limitations"][0]["text"]


def test_a_listing_for_some_lines_of_business_only() -> None:
    text = "## Coding\n\nThe following codes are investigational for Commercial members:\n\n11111 One\n"
    assert _coding(text).version["code_listings"][0]["lines_of_business"] == ["north-plan-commercial"]


def test_lines_that_exceptions_hand_over_are_not_decided_by_a_listing_alone() -> None:
    def hand_over(extraction: Extraction) -> None:
        exception: dict[str, Any] = {
            "id": "fep",
            "stance": "delegated",
            "lines_of_business": ["fep"],
            "part": "program-exceptions",
        }
        extraction.version["provisions"] = [exception]

    text = "## Coding\n\nConsidered investigational:\n\n11111 One\n"
    extraction = extracted(text, extract_lines_of_business, hand_over, extract_coding, issuer=ISSUER)
    own, handed = extraction.version["code_listings"]
    assert own["lines_of_business"] == ["north-plan-commercial", "medicare-choice"]
    assert (handed["decides"], handed["lines_of_business"], handed["provisions"]) == ("with-provisions", ["fep"], ["fep"])


def test_copyright_and_notes_and_what_is_not_understood() -> None:
    extraction = _coding(
        "## Coding\n\nThis list may be incomplete.\n\nCurrent Procedural Terminology © 2020 Somebody\n\nAlways think of 11111.\n"
    )
    states = {line.text: line.state.value for line in extraction.book.close().lines if line.text}
    assert states["This list may be incomplete."] == "narrative"
    assert states["Current Procedural Terminology © 2020 Somebody"] == "furniture"
    assert states["Always think of 11111."] == "not-understood"


@pytest.mark.parametrize(
    ("text", "kind", "codes"),
    [
        ("37215-37217 Stents", PROCEDURES, [("37215", "37217")]),
        ("0075T–0076T", PROCEDURES, [("0075T", "0076T")]),
        ("28626-0 Notes", PROCEDURES, []),
        ("12345.6 Notes", PROCEDURES, []),
        ("I83.001 – I83.899 Veins", DIAGNOSES, [("I83.001", "I83.899")]),
        ("U07.1 Fever", DIAGNOSES, [("U07.1", None)]),
        ("Fever", DIAGNOSES, []),
        ("Physician notes", PCS, []),
    ],
)
def test_codes_at_a_rows_start(text: str, kind: str, codes: list[tuple[str, str]]) -> None:
    assert [(code.first, code.last) for code in codes_at_start(text, kind)[0]] == codes


def test_ranges_are_written_out_within_one_kind_only() -> None:
    assert written_out("0075T", "0077T") == ["0075T", "0076T", "0077T"]
    assert written_out("L1851", "L1852") == ["L1851", "L1852"]
    assert written_out("37215", "0076T") == []
    assert written_out("10000", "99999") == []


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    stance_of(text)
    is_conditional(text)
    for kind in (PROCEDURES, DIAGNOSES, PCS):
        codes_at_start(text, kind)


def test_words_without_a_stance_end_what_was_said_of_the_codes_before() -> None:
    body = (
        "# Braces\n\n## Coding\n\n| Code | Description |\n|---|---|\n| CPT codes not covered: | |\n| 0111T | One |\n"
        "| Other CPT codes related to braces: | |\n| 94010 | Two |\n"
    )
    assert _listings(body) == [
        ("cpt", "alone", "not-medically-necessary", ["0111T"]),
        ("cpt", "with-provisions", None, ["94010"]),
    ]
    assert "related, and no more" in _coding(body).version["code_listings"][1]["review"][0]


def test_procedures_of_icd_10_and_a_code_of_a_kind_that_is_not_announced() -> None:
    table = "# Braces\n\n## Coding\n\n| Code | Description |\n|---|---|\n| {} | |\n| 0DH60MZ | One |\n"
    assert _listings(table.format("ICD-10 Procedure")) == [("icd-10-pcs", "with-provisions", None, ["0DH60MZ"])]
    extraction = _coding(table.format("ICD-10 Diagnosis"))
    assert not_understood(extraction.book.close())[-1].startswith("| 0DH60MZ")


def test_a_range_of_diagnoses_that_ends_before_it_starts_is_not_understood() -> None:
    extraction = _coding("# Braces\n\n## Coding\n\n| ICD-10-CM | Text |\n|---|---|\n| M17.5 - M17.0 | One |\n| M17.9 | Two |\n")
    assert [one["codes"] for one in extraction.version["diagnosis_listings"]] == [["M17.9"]]
    assert not_understood(extraction.book.close())[-1].startswith("| M17.5")


def test_diagnoses_announced_for_a_code() -> None:
    text = (
        "# A policy\n\n## Billing/Coding Information\n\n**Investigational**\n\n31242 Invented (Investigational)\n\n"
        "ICD-10 Diagnosis Codes That Support Medical Necessity: (30469)\n\nJ34.8 Invented\n"
    )
    (found,) = extracted(text, extract_coding).version["diagnosis_listings"]
    assert (found["id"], found["codes"]) == ("supporting-diagnoses", ["J34.8"])


def test_a_column_that_says_which_codes_need_authorization_is_asked_about() -> None:
    text = (
        "# A policy\n\n## Codes\n\n| CPT | Description | Prior authorization, by region |\n|---|---|---|\n"
        "| 93356 | Invented | East |\n"
    )
    marks = extracted(text, extract_coding).version["review"]
    assert any("says which codes need authorization" in one for one in marks)


def test_what_is_said_of_procedures_is_not_said_of_diagnoses() -> None:
    extraction = _coding(
        "## Coding\n\n**Non-covered:**\n\n| CPT codes | Description |\n|---|---|\n| 0401U | Score |\n\n"
        "### ICD-10-CM Diagnosis Codes\n\n"
        "| ICD-10-CM | Description |\n|---|---|\n| N20.0 | Calculus |\n| O24.011+ | Diabetes |\n"
    )
    (diagnoses,) = extraction.version["diagnosis_listings"]
    assert (diagnoses["id"], diagnoses["codes"]) == ("diagnoses", ["N20.0", "O24.011"])


def test_a_cell_with_a_code_on_each_of_its_lines() -> None:
    text = "## Coding\n\n| ICD-10-CM | Description |\n|---|---|\n| H18.601 H18.602 | Keratoconus |\n"
    assert _coding(text).version["diagnosis_listings"][0]["codes"] == ["H18.601", "H18.602"]


def test_codes_behind_their_label_on_one_line() -> None:
    extraction = _coding(
        "## Coding\n\n**CPT codes:** 20930, 20931\n\n**HCPCS:** C1776\n\nICD-10 codes covered: M17.0 - M17.9, Z00.00\n"
    )
    listed = [(one["system"], [code["code"] for code in one["codes"]]) for one in extraction.version["code_listings"]]
    assert listed == [("cpt", ["20930", "20931"]), ("hcpcs", ["C1776"])]
    assert [one["codes"] for one in extraction.version["diagnosis_listings"]] == [["M17.0-M17.9", "Z00.00"]]
    assert not_understood(extraction.book.close()) == []
