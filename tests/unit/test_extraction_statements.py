"""Statements of invented policies -> provisions: stances, scopes, criteria lists, what holds otherwise, products, "
"delegation."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from medpolicy import load_library
from medpolicy.authoring.extraction.context import Extraction
from medpolicy.authoring.extraction.lines_of_business import extract_lines_of_business
from medpolicy.authoring.extraction.statements import extract_statements
from medpolicy.authoring.ledger import Ledger, LedgerBook, LineState
from medpolicy.authoring.outline import outline_of
from medpolicy.authoring.readers import read_document
from medpolicy.model.issuer import LineOfBusiness, Program
from tests.criteria_words import in_words


def extract(body: str, heading: str = "Policy Statement") -> tuple[Extraction, Ledger]:
    document = read_document(f"# A policy\n\n## {heading}\n\n{body}\n".encode(), "invented.md")
    book = LedgerBook(document)
    extraction = Extraction(document, outline_of(document), book)
    extract_statements(extraction)
    return extraction, book.close()


def provisions(body: str, heading: str = "Policy Statement") -> list[dict[str, Any]]:
    return list(extract(body, heading)[0].version["provisions"])


def only(body: str) -> dict[str, Any]:
    (provision,) = provisions(body)
    return provision


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("Widget therapy is considered **medically necessary**.", "medically-necessary"),
        ("Widget therapy may be considered medically necessary.", "medically-necessary"),
        ("Widget therapy meets the definition of medical necessity.", "medically-necessary"),
        ("The plan considers widget therapy medically necessary.", "medically-necessary"),
        ("Widget therapy is covered.", "medically-necessary"),
        ("Widget therapy will be considered medically reasonable and necessary.", "medically-necessary"),
        ("Widget therapy is considered not reasonable and necessary.", "not-medically-necessary"),
        ("Widget therapy is not medically reasonable or necessary.", "not-medically-necessary"),
        ("Widget therapy is contraindicated and not covered.", "not-medically-necessary"),
        ("Widget therapy is considered not medically necessary.", "not-medically-necessary"),
        ("Widget therapy is not covered.", "not-medically-necessary"),
        ("We do not cover widget therapy.", "not-medically-necessary"),
        ("Widget therapy does not meet the definition of medical necessity.", "not-medically-necessary"),
        ("Widget therapy is INVESTIGATIONAL.", "investigational"),
        ("Widget therapy is considered experimental or investigational.", "investigational"),
        ("Widget therapy is considered experimental, investigational, or unproven.", "investigational"),
        ("Widget therapy is unproven and not medically necessary.", "investigational"),
        ("Example Health considers widget therapy experimental and investigational.", "investigational"),
        ("Widget therapy is deemed cosmetic and does not meet the definition of medical necessity.", "cosmetic"),
    ],
)
def test_stances(sentence: str, stance: str) -> None:
    provision = only(sentence)
    assert provision["stance"] == stance
    assert in_words(provision["when"]) == "widget_therapy"
    assert "criteria" not in provision


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            (
                "Widgets are medically necessary when ALL of the following are met:\n\n- Pain is lasting; AND\n"
                "- Swelling; AND\n- Fever"
            ),
            "all(pain_lasting, swelling, fever)",
        ),
        (
            (
                "Widgets are medically necessary for ANY of the following conditions in an adult ≥ 18 years of age:\n\n"
                "- Gout\n- Lupus"
            ),
            "all(age at_least 18, any(gout, lupus))",
        ),
        ("Widgets are medically necessary when EITHER of the following is met:\n\n* Gout\n* Lupus", "any(gout, lupus)"),
        ("Widgets are medically necessary when BOTH of the following are met:\n\n1. Gout\n2. Lupus", "all(gout, lupus)"),
        (
            (
                "Widgets are medically necessary when at least two (2) of the following are documented:\n\n- Gout\n- Lupus\n"
                "- Fever"
            ),
            "2 of(gout, lupus, fever)",
        ),
        (
            "Widgets are medically necessary when one or more of the following is present:\n\n- Gout\n- Lupus",
            "any(gout, lupus)",
        ),
        (
            "Widgets are medically necessary when none of the following is present:\n\n- Gout\n- Lupus",
            "not(any(gout, lupus))",
        ),
        ("Widgets are medically necessary when the following criteria are met:\n\n- Gout; or\n- Lupus", "any(gout, lupus)"),
        (
            (
                "Widgets are medically necessary when ALL of the following are met:\n\n1. Gout\n\nAND\n\n2. Lupus\n\nOR\n\n"
                "3. Fever"
            ),
            "all(gout, any(lupus, fever))",
        ),
        (
            (
                "Widgets are medically necessary when ALL of the following are met:\n\n"
                "1. Body mass index (BMI) is one of the following:\n"
                "   - Greater than or equal to 40 kg/m<sup>2</sup>\n"
                "   - BMI of 35 or greater with at least two of the following:\n"
                "     - Diabetes\n     - Hypertension\n     - Apnea\n"
                "2. Documentation of one or more of the following indications:\n"
                "   - Ulceration\n   - Bleeding"
            ),
            (
                "all(any(body_mass_index at_least 40 kg/m2, all(body_mass_index at_least 35 kg/m2, 2 of(diabetes, "
                "hypertension, apnea))), any(ulceration, bleeding))"
            ),
        ),
        (
            (
                "Widgets are medically necessary for lasting back pain when the following criteria have been met:\n\n"
                "- Gout†\n- Lupus<sup>1</sup>"
            ),
            "all(lasting_back_pain, gout, lupus)",
        ),
        ("Widgets are medically necessary as a treatment of back pain when rest has failed.", "all(back_pain, rest_failed)"),
        ("Widgets are medically necessary in children <18 years of age.", "age less_than 18"),
        ("Widgets are medically necessary for back pain unless surgery is planned.", "all(back_pain, not(surgery_planned))"),
        ("Widgets are covered except when the member smokes.", "not(member_smokes)"),
        (
            (
                "Widgets are medically necessary when ALL of the following criteria are met:\n\n"
                "A. BMI is one of the following:\n"
                "   1. Greater than or equal to 40 kg/m2; or\n"
                "   2. Greater than or equal to 35 kg/m2 with at least two of the following:\n"
                "      a. Diabetes\n      b. Hypertension\n      c. Apnea\n"
                "B. Failure of rest, defined as **either** of the following:\n   i. Pain\n   ii. Fever\n"
                "C. None of the following is present:\n   1) Gout\n   2) Lupus"
            ),
            (
                "all(any(bmi at_least 40 kg/m2, all(bmi at_least 35 kg/m2, 2 of(diabetes, hypertension, apnea))), "
                "all(failure_of_rest, any(pain, fever)), not(any(gout, lupus)))"
            ),
        ),
        ("We cover widgets when the member:\n\n- Cannot walk; and\n- Lives at home.", "all(cannot_walk, lives_at_home)"),
        (
            (
                "Widgets are medically necessary for one or more of the following indications:\n\n"
                "* Fracture\n* Slipping with **all** of the following:\n  * Lasting pain for at least 6 months\n"
                "  * Failure of 3 or more months of exercise\n* Curvature with an angle greater than 50 degrees"
            ),
            (
                "any(fracture, all(slipping, lasting_pain_duration at_least 6 months, all(failure_of_exercise, "
                "exercise_duration "
                "at_least 3 months)), all(curvature, angle more_than 50 deg))"
            ),
        ),
        (
            (
                "Widgets are medically necessary in individuals with any of the following:\n\n"
                "1. Two or more relatives with gout\n2. Gout"
            ),
            "any(two_or_more_relatives_with_gout, gout)",
        ),
    ],
)
def test_criteria(body: str, expected: str) -> None:
    provision = only(body)
    assert in_words(provision["criteria"]) == expected
    assert in_words(provision["when"]) == "widgets"


def test_a_restriction_of_the_service_is_a_fact_of_its_own() -> None:
    found = provisions(
        "Grafts containing living cells are considered investigational for all dental applications.\n\n"
        "Bone substitutes that must be combined with saline are considered investigational for all dental applications."
    )
    assert [in_words(provision["criteria"]) for provision in found] == [
        "all(contains_living_cells, dental_application)",
        "all(combined_with_saline, dental_application)",
    ]


def test_what_holds_otherwise_goes_to_the_statement_that_it_refers_to() -> None:
    first, second = provisions(
        "Arm widgets are medically necessary when ALL of the following criteria are met:\n\n- Gout\n- Lupus\n\n"
        "Leg widgets are medically necessary when ALL of the following criteria are met:\n\n- Gout\n- Fever\n\n"
        "Arm widgets that do not meet the criteria described above are considered cosmetic.\n\n"
        "Leg widgets are considered investigational for all other indications, including but not limited to pain."
    )
    assert (first["otherwise"], second["otherwise"]) == ("cosmetic", "investigational")
    assert first["otherwise_citation"]["lines"][0] > first["citation"]["lines"][1]


def test_otherwise_without_such_a_statement_is_doubted() -> None:
    provision = only("Arm widgets are considered investigational for all other indications.")
    assert "no earlier statement" in provision["review"][0]


def test_a_list_of_services() -> None:
    provision = only(
        "The following treatments are considered medically necessary for lasting pain when rest has failed:\n\n"
        "- Needling\n- Cupping"
    )
    assert in_words(provision["when"]) == "any(needling, cupping)"
    assert in_words(provision["criteria"]) == "all(lasting_pain, rest_failed)"


def test_examples_of_what_is_not_listed_decide_by_themselves() -> None:
    found = provisions(
        "Techniques not specifically listed above are considered investigational, including but not limited to:\n\n"
        "- Icing\n- Cupping"
    )
    assert [provision["id"] for provision in found[1:]] == ["icing", "cupping"]
    assert all(provision["stance"] == "investigational" for provision in found)
    assert "not listed" in found[0]["review"][0]


def test_products_with_makers() -> None:
    extraction, ledger = extract(
        "Grafts containing living cells are investigational for all dental uses, including, but not limited to:\n\n"
        "- Toothfill® (Example Dental)\n- Gumfix Plus™ (Other Maker)\n- Plain Name (Third Maker)."
    )
    (products,) = extraction.version["product_lists"]
    assert [(product["name"], product["manufacturer"]) for product in products["products"]] == [
        ("Toothfill®", "Example Dental"),
        ("Gumfix Plus™", "Other Maker"),
        ("Plain Name", "Third Maker"),
    ]
    assert products["implies"] == {"contains_living_cells": True, "dental_use": True}
    assert not [line for line in ledger.lines if line.state is LineState.NOT_UNDERSTOOD and not line.text.startswith("#")]


def test_codes_in_the_sentence_say_of_which_service_it_speaks() -> None:
    provision = only("Widget therapy (CPT code 93653) is medically necessary in children <18 years of age.")
    assert provision["procedures"] == ["93653"]
    assert in_words(provision["when"]) == "procedure ['93653']"


def test_criteria_of_someone_else_are_delegated() -> None:
    provision = only("Widgets are medically necessary when InterQual criteria are met.")
    assert provision["stance"] == "delegated"
    assert provision["delegated_to"] == [{"kind": "guidelines", "title": "InterQual"}]
    assert "medically necessary" in provision["review"][0]
    provision = only("For widget therapy, refer to LCD L12345.")
    assert provision["delegated_to"] == [{"kind": "lcd", "title": "LCD", "identifier": "L12345"}]


def test_criteria_for_each_of_two_services() -> None:
    extraction, _ = extract(
        "Treatment of arm veins is medically necessary when ALL of the following are met:\n\n- Gout\n- Lupus\n\n"
        "Treatment of leg veins is medically necessary when ALL of the following are met:\n\n- Fever\n- Rash\n\n"
        "Concurrent treatment of arm veins along with leg veins is medically necessary when criteria are met for each vein and "
        "imaging shows reflux."
    )
    third = extraction.version["provisions"][2]
    names = [definition["id"] for definition in extraction.version["definitions"]]
    assert in_words(third["criteria"]) == f"all(see {names[0]}, see {names[1]}, imaging_shows_reflux)"
    assert in_words(extraction.version["definitions"][0]["criteria"]) == "all(gout, lupus)"
    assert extraction.version["definitions"][0]["text"] == "The criteria for Treatment of arm veins."


def test_a_list_that_is_announced_and_not_there_is_doubted() -> None:
    provision = only("Widgets are medically necessary when all of the following criteria are met:")
    assert "criteria" not in provision
    assert "none could be read" in provision["review"][0]


def test_mixed_connectors_and_missing_ones_are_doubted() -> None:
    mixed = only("Widgets are medically necessary when the following are met:\n\n- Gout; and\n- Lupus; or\n- Fever; and\n- Rash")
    assert in_words(mixed["criteria"]) == "all(gout, any(lupus, fever), rash)"
    assert "mixed" in mixed["review"][0]


def test_reasons_are_narrative_and_the_rest_is_not_understood() -> None:
    _, ledger = extract("Widgets are investigational. The evidence is insufficient.\n\nBananas are yellow.")
    states = {line.text: line.state for line in ledger.lines}
    assert states["Bananas are yellow."] is LineState.NOT_UNDERSTOOD
    assert states["Widgets are investigational. The evidence is insufficient."] is LineState.USED


def test_provision_ids_are_unique() -> None:
    found = provisions("Widgets are investigational for pain.\n\nWidgets are investigational for fever.")
    assert [provision["id"] for provision in found] == ["widgets", "widgets-2"]


def test_statements_under_the_heading_of_some_members_are_for_their_lines() -> None:
    document = read_document(
        (
            b"## Medical Policy\n\n# Widgets\n\n### Policy\n\n## Commercial Members: HMO and PPO\n\n"
            b"Widgets are investigational for pain.\n\n## Medicare Members\n\n"
            b"Criteria and coding guidance can be found through the link below.\n\n"
            b"Local Coverage Determination (LCD): Widget Therapy (L12345)\n\n## Description\n\nWidgets are things.\n"
        ),
        "invented.md",
    )
    issuer = dataclasses.replace(
        load_library().issuers["bcbsma"],
        lines_of_business=(
            LineOfBusiness(id="commercial-hmo", name="Commercial HMO", program=Program.COMMERCIAL),
            LineOfBusiness(id="commercial-ppo", name="Commercial PPO", program=Program.COMMERCIAL),
            LineOfBusiness(id="medicare", name="Medicare", program=Program.MEDICARE_ADVANTAGE),
        ),
    )
    extraction = Extraction(document, outline_of(document), LedgerBook(document), issuer=issuer)
    extract_lines_of_business(extraction)
    extract_statements(extraction)
    assert extraction.version["lines_of_business"] == ["commercial-hmo", "commercial-ppo", "medicare"]
    first, second = extraction.version["provisions"]
    assert first["lines_of_business"] == ["commercial-hmo", "commercial-ppo"]
    assert second["lines_of_business"] == ["medicare"]
    assert second["delegated_to"] == [{"kind": "lcd", "title": "Widget Therapy", "identifier": "L12345"}]


def test_what_holds_otherwise_is_found_by_abbreviations_and_said_twice() -> None:
    provision = only(
        "Repeated arm zapping (rAZ) may be considered medically necessary as a treatment of gout when ALL of the "
        "following are met:\n\n"
        "- Lasting pain\n- Fever of at least 39 degrees\n\n"
        "rAZ for gout that does not meet the criteria listed above is investigational.\n\n"
        "Arm zapping is considered investigational as a treatment of all other painful and stiff disorders, including:\n"
        "\n- Lupus"
    )
    assert provision["otherwise"] == "investigational"
    assert in_words(provision["criteria"]) == "all(gout, lasting_pain, fever at_least 39 deg)"
    assert "review" not in provision


FLAT = "- Ankle pain\n- {lead}\n- Fever\n- Rash\n- At least 2 of the following:\n- Cough\n- Hives\n- Gout"


@pytest.mark.parametrize(
    ("items", "criteria", "doubted"),
    [
        (
            FLAT.format(lead="ONE of the following:"),
            "all(ankle_pain, any(fever, rash), 2 of(cough, hives, gout))",
            ["up to line 10; does it end there?", "up to line 14; does it end there?"],
        ),
        (
            "- Ankle pain\n- One of the following:\n  - Fever\n  - Rash\n- Gout",
            "all(ankle_pain, any(fever, rash), gout)",
            [],
        ),
        (
            "- Ankle pain\n- Any of the following:\n- Both of the following:\n- Fever\n- Rash",
            "all(ankle_pain, following, all(fever, rash))",
            ["what belongs to it?", "up to line 11; does it end there?"],
        ),
        ("- Ankle pain\n- Any of the following:", "all(ankle_pain, following)", ["the list breaks off at line 8"]),
    ],
)
def test_a_list_that_is_not_set_below_what_announces_it(items: str, criteria: str, doubted: list[str]) -> None:
    provision = only(f"Widgets are medically necessary when ALL of the following are met:\n\n{items}")
    assert in_words(provision["criteria"]) == criteria
    reasons = provision.get("review", [])
    assert len(reasons) == len(doubted)
    assert all(words in reason for words, reason in zip(doubted, reasons, strict=True))


def test_what_an_agency_approves_is_no_stance_of_the_plan() -> None:
    assert provisions("Widgets are approved by the FDA. Widgets are not approved for sale by the FDA.") == []
    provision = only(
        "Use of any widget that is not approved by the U.S. Food and Drug Administration is considered investigational."
    )
    assert provision["stance"] == "investigational"
    assert only("Widgets are approved for gout.")["stance"] == "medically-necessary"


def test_a_condition_behind_but_not_bars() -> None:
    provision = only("Widgets are medically necessary for gout, but not when infection is present.")
    assert in_words(provision["criteria"]) == "all(gout, not(infection_present))"


def test_never_is_not() -> None:
    assert only("Widgets are never medically necessary for gout.")["stance"] == "not-medically-necessary"


@pytest.mark.parametrize(
    "sentence", ["Widgets are only medically necessary for gout.", "Widgets are considered only medically necessary for gout."]
)
def test_only_leaves_the_stance(sentence: str) -> None:
    provision = only(sentence)
    assert (provision["stance"], in_words(provision["criteria"])) == ("medically-necessary", "gout")


@pytest.mark.parametrize(
    "criteria",
    ["all of the following are absent: gout, lupus, rash.", "ALL of the following are absent:\n\n- Gout\n- Lupus\n- Rash"],
)
def test_all_that_must_be_absent(criteria: str) -> None:
    provision = only(f"Widgets are medically necessary when {criteria}")
    assert in_words(provision["criteria"]) == "not(any(gout, lupus, rash))"


def test_contraindications_that_must_be_absent() -> None:
    provision = only("Widgets are medically necessary when the following contraindications are absent:\n\n- Gout\n- Lupus")
    assert in_words(provision["criteria"]) == "not(any(gout, lupus))"


@pytest.mark.parametrize("lead", ["criteria 1 and 2, or 3 are met", "the member meets criteria A and B or criteria A and C"])
def test_items_that_are_needed_together_by_their_numbers_are_asked_about(lead: str) -> None:
    provision = only(f"Widgets are medically necessary when {lead}:\n\n- Gout\n- Lupus\n- Rash")
    assert any("says which of the listed conditions are needed together" in mark for mark in provision["review"])


@pytest.mark.parametrize(
    ("sentence", "stance", "criteria"),
    [
        ("In members with gout, the plan considers widgets medically necessary.", "medically-necessary", "members_with_gout"),
        (
            "When imaging is normal, Acme Health considers widgets not medically necessary.",
            "not-medically-necessary",
            "all(widgets, imaging_normal)",
        ),
    ],
)
def test_a_condition_before_who_considers_it(sentence: str, stance: str, criteria: str) -> None:
    provision = only(sentence)
    assert (provision["stance"], in_words(provision["criteria"])) == (stance, criteria)


@pytest.mark.parametrize(
    "sentence",
    [
        "Use of widgets outside of the above criteria is considered not medically necessary.",
        "Otherwise, widgets are considered not medically necessary.",
        "The use of widgets in the absence of the above criteria is not medically necessary.",
        "For all other conditions, the plan considers widgets not medically necessary.",
    ],
)
def test_what_holds_otherwise_in_more_words(sentence: str) -> None:
    provision = only(f"Widgets are medically necessary for gout.\n\n{sentence}")
    assert (in_words(provision["criteria"]), provision["otherwise"]) == ("gout", "not-medically-necessary")
