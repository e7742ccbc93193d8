"""Manners of writing that health plans have in common, each on a small invented policy: what is said, and by which words."""

from __future__ import annotations

from typing import Any

import pytest

from medpolicy.authoring.extraction.authorization import extract_authorization
from medpolicy.authoring.extraction.coding import extract_coding
from medpolicy.authoring.extraction.conditions import Conditions
from medpolicy.authoring.extraction.facts import FactBook
from medpolicy.authoring.extraction.history import extract_history
from medpolicy.authoring.extraction.identity import extract_identity
from medpolicy.authoring.extraction.lines_of_business import extract_lines_of_business
from medpolicy.authoring.extraction.references import extract_references
from medpolicy.authoring.extraction.related import extract_related
from medpolicy.authoring.extraction.statements import extract_statements
from medpolicy.authoring.importing import import_document
from medpolicy.authoring.ledger import LineState
from medpolicy.authoring.outline import SectionKind, kind_of_heading
from tests.criteria_words import in_words
from tests.extraction_samples import ISSUER, extracted, not_understood

POLICY = "# Widgets\n\n## Policy Statement\n\n"


def provisions(body: str) -> list[dict[str, Any]]:
    return list(extracted(POLICY + body, extract_statements).version["provisions"])


def read(text: str) -> tuple[str, list[str]]:
    conditions = Conditions(FactBook())
    return in_words(conditions.read(text, {})), conditions.doubts


# -- headings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Policy[1]", SectionKind.POLICY),
        ("Policy ®", SectionKind.POLICY),
        ("D. Coverage Limitations", SectionKind.POLICY),
        ("Limitations/Exclusions", SectionKind.POLICY),
        ("Clinical Indications", SectionKind.POLICY),
        ("Description/Scope", SectionKind.DESCRIPTION),
        ("Description of Services", SectionKind.DESCRIPTION),
        ("U.S. Food and Drug Administration (FDA)", SectionKind.DESCRIPTION),
        ("Policy History/Revision Information", SectionKind.HISTORY),
        ("G. Review/Revision History", SectionKind.HISTORY),
        ("Change Summary", SectionKind.HISTORY),
        ("Related Commercial Policies", SectionKind.RELATED),
        ("Related Policies/Rules", SectionKind.RELATED),
        ("Bones/Joints", None),
    ],
)
def test_headings(heading: str, kind: SectionKind | None) -> None:
    assert kind_of_heading(heading) is kind


# -- stances ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "stance", "service"),
    [
        ("Widgets are proven and medically necessary.", "medically-necessary", "widgets"),
        ("Widgets are considered reconstructive and medically necessary.", "medically-necessary", "widgets"),
        ("Widgets are eligible for coverage.", "medically-necessary", "widgets"),
        ("Widgets are not eligible for coverage.", "not-medically-necessary", "widgets"),
        ("Our members may be eligible under the Plan for widgets.", "medically-necessary", "widgets"),
        ("Our members may NOT be eligible under the Plan for widgets.", "not-medically-necessary", "widgets"),
        ("Coverage is provided for widgets.", "medically-necessary", "widgets"),
        ("Coverage will not be provided for widgets.", "not-medically-necessary", "widgets"),
        ("Example considers widgets experimental, investigational, or unproven.", "investigational", "widgets"),
        ("Widgets are considered investigational and not medically necessary.", "investigational", "widgets"),
    ],
)
def test_stances(sentence: str, stance: str, service: str) -> None:
    (provision,) = provisions(sentence)
    assert (provision["stance"], in_words(provision["when"])) == (stance, service)
    assert "criteria" not in provision


def test_a_sentence_that_announces_criteria_is_no_statement() -> None:
    (provision,) = provisions(
        "Widgets are medically necessary in certain circumstances.\n\nWidgets are medically necessary when rest has failed."
    )
    assert in_words(provision["criteria"]) == "rest_failed"


def test_they_are_what_stands_before() -> None:
    (provision,) = provisions(
        "Members may NOT be eligible under the Plan for the following procedures:\n\n- Needling\n- Cupping\n\n"
        "These are considered experimental, as studies are few."
    )
    assert (provision["stance"], in_words(provision["when"])) == ("investigational", "any(needling, cupping)")
    assert "review" not in provision


def test_they_are_something_else_than_before_is_asked_about() -> None:
    (provision,) = provisions("Widgets are medically necessary when rest has failed. These are considered investigational.")
    assert provision["stance"] == "medically-necessary"
    assert "which holds?" in provision["review"][0]


def test_all_other_uses_are_what_holds_otherwise_for_each_statement() -> None:
    found = provisions(
        "Arm widgets are medically necessary when rest has failed.\n\nLeg widgets are medically necessary when pain is lasting."
        "\n\nAll other indications are considered not medically necessary."
    )
    assert [one["otherwise"] for one in found] == ["not-medically-necessary"] * 2
    assert all("was read for each statement" in one["review"][0] for one in found)


def test_one_sentence_says_what_holds_otherwise_for_two_services() -> None:
    found = provisions(
        "Needling is medically necessary when rest has failed.\n\nCupping is medically necessary when pain is lasting.\n\n"
        "Needling and cupping are considered investigational when the above criteria have not been met."
    )
    assert [one.get("otherwise") for one in found] == ["investigational", "investigational"]


def test_examples_of_all_other_uses_are_no_criteria() -> None:
    (provision,) = provisions(
        "Widgets are proven and medically necessary for treating the following conditions:\n\n- Gout\n- Lupus\n\n"
        "Widgets are unproven and not medically necessary for treating all other conditions including but not limited to the "
        "following due to few studies:\n\n- Fever\n- Rash"
    )
    assert in_words(provision["criteria"]) == "any(gout, lupus)"
    assert provision["otherwise"] == "investigational"


def test_of_listed_indications_one_is_enough_and_listed_criteria_are_needed_together() -> None:
    first, second = provisions(
        "Arm widgets are investigational for the following indications:\n\n- Gout\n- Lupus\n\n"
        "Leg widgets are medically necessary when the following criteria are met:\n\n- Gout\n- Lupus"
    )
    assert in_words(first["criteria"]) == "any(gout, lupus)"
    assert in_words(second["criteria"]) == "all(gout, lupus)"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Widgets are medically necessary when either:\n\n- Gout\n- Lupus", "any(gout, lupus)"),
        (
            "Widgets are covered when one of the following criteria (A, B, or C) is met:\n\nA. Gout\nB. Lupus\nC. Rash",
            "any(gout, lupus, rash)",
        ),
        (
            "Widgets are medically necessary for an individual who meets BOTH of the following:\n\n- Gout\n- Rash",
            "all(gout, rash)",
        ),
        (
            (
                "Widgets are medically necessary when all of the following are met:\n\n- The treating physician has documented "
                "either of the following:\n  - Gout\n  - Lupus\n- Rash"
            ),
            "all(any(gout, lupus), rash)",
        ),
        ("Widgets are medically necessary only in persons with gout.", "persons_with_gout"),
        ("Widgets are medically necessary as an alternative to surgery when rest has failed.", "rest_failed"),
    ],
)
def test_lead_ins(body: str, expected: str) -> None:
    (provision,) = provisions(body)
    assert in_words(provision["criteria"]) == expected


def test_a_statement_without_conditions_beside_one_with_them_is_asked_about() -> None:
    first, second = provisions(
        "Any of the following are medically necessary:\n\n- Needling\n- Cupping\n\n"
        "Needling is medically necessary when rest has failed."
    )
    assert "another statement sets conditions" in first["review"][0]
    assert "review" not in second


def test_titles_in_bold_within_the_policy_are_narrative() -> None:
    extraction = extracted(POLICY + "**Initial use**\n\nWidgets are investigational.", extract_statements)
    states = {line.text: line.state for line in extraction.book.close().lines}
    assert states["**Initial use**"] is LineState.NARRATIVE


# -- conditions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oxygen pressure at or below 55 mm Hg", "oxygen_pressure at_most 55 mmHg"),
        ("Oxygen pressure at or above 55 mm Hg", "oxygen_pressure at_least 55 mmHg"),
        ("BMI not greater than 40 kg/m2", "bmi at_most 40 kg/m2"),
        ("BMI does not exceed 40 kg/m2", "bmi at_most 40 kg/m2"),
        ("Hemoglobin level > 7%", "hemoglobin_level more_than 7 %"),
        ("At least 2 years have passed since the first operation", "time_since_first_operation at_least 2 years"),
        (
            "Swelling (at least 3 cm) for at least 6 months",
            "all(swelling_duration at_least 6 months, measured_value at_least 3 cm)",
        ),
        ("The pain is severe and has lasted at least 3 months", "all(pain_severe, pain_lasted_duration at_least 3 months)"),
        ("The widget is prescribed by a surgeon OR a nurse", "widget_prescribed_by_surgeon_or_nurse"),
        ("Needling in persons with arm or leg pain", "needling_in_persons_with_arm_or_leg_pain"),
        ("18 years of age or older", "age at_least 18"),
        ("At least 2 years of rest", "rest_duration at_least 2 years"),
    ],
)
def test_conditions(text: str, expected: str) -> None:
    assert read(text)[0] == expected


def test_numbers_that_are_left_out_are_told() -> None:
    _, doubts = read("Rest is not tolerated, with use less than 4 hours per night for at least 5 nights")
    assert "“at least 5”" in doubts[0]


def test_a_demand_on_some_ages_is_asked_about() -> None:
    _, doubts = read("Imaging has been done for those aged 40 years or older")
    assert "some ages" in doubts[0]


def test_criteria_of_another_place_are_asked_about() -> None:
    facts = FactBook()
    Conditions(facts).read("The criteria for initial use above are met", {})
    assert "other criteria of this document" in facts.items[0]["review"][0]


# -- codes ------------------------------------------------------------------------------------------------------------


def listings(body: str) -> list[tuple[str | None, list[str]]]:
    extraction = extracted(f"# Widgets\n\n## Coding\n\n{body}", extract_lines_of_business, extract_coding, issuer=ISSUER)
    return [(item.get("stance"), [code["code"] for code in item["codes"]]) for item in extraction.version["code_listings"]]


TABLE = "| CPT Code | Description | Comments |\n|---|---|---|\n| 0111T | One | Not Covered |\n| 0112T | Two | |\n"


def test_what_a_list_is_worth_is_no_stance() -> None:
    said = "Listing of a code does not imply that the service is a covered or non-covered service.\n\n"
    assert listings(said + "| CPT Code | Description |\n|---|---|\n| 0111T | One |\n") == [(None, ["0111T"])]


def test_a_column_of_comments_marks_its_row() -> None:
    assert listings(TABLE) == [("not-medically-necessary", ["0111T"]), (None, ["0112T"])]


def test_a_sign_before_a_code() -> None:
    assert listings("| HCPCS Code | Description |\n|---|---|\n| *L1810 | One |\n\n*Not listed everywhere.\n") == [
        (None, ["L1810"])
    ]


def test_investigational_and_not_medically_necessary_is_investigational() -> None:
    said = "**When services are Investigational and Not Medically Necessary:**\n\n"
    assert listings(said + "| CPT | |\n|---|---|\n| 0111T | One |\n") == [("investigational", ["0111T"])]


def test_codes_under_a_heading_that_is_not_known() -> None:
    result = import_document(
        b"# Widgets\n\nPolicy Number: 7\n\nEffective Date: 1/1/2026\n\n## Policy\n\nWidgets are investigational.\n\n"
        b"## Conditions of Coverage\n\n| HCPCS Code | Description |\n|---|---|\n| L1810 | One |\n",
        "invented.md",
    )
    assert [code["code"] for code in result.version["code_listings"][0]["codes"]] == ["L1810"]


# -- heading, history, dates ------------------------------------------------------------------------------------------


def test_the_head_of_a_document_as_a_table() -> None:
    extraction = extracted(
        "# Medical Policy\n\n| | |\n|---|---|\n| Subject: Arm Widgets | |\n| Document #: ARM.00012 | Publish Date: 01/06/2026 |\n"
        "| Status: Revised | Last Review Date: 11/06/2025 |\n\n## Description/Scope\n\nWords.\n\n## Position Statement\n\n"
        "Widgets are investigational.\n",
        extract_identity,
    )
    assert (extraction.policy["number"], extraction.policy["title"]) == ("ARM.00012", "Arm Widgets")
    assert [text for text in not_understood(extraction.book.close()) if "Status" in text or "Publish" in text] == []


def test_a_number_whose_label_is_number() -> None:
    assert extracted("# Widgets\n\nNumber: 0969\n\n## Policy\n\nx\n", extract_identity).policy["number"] == "0969"


def test_the_next_review_is_no_event() -> None:
    extraction = extracted(
        "# Widgets\n\n## Policy History\n\nLast Review 03/14/2025\n\nNext Review: 01/08/2026\n", extract_history
    )
    assert [event["date"] for event in extraction.policy["history"]] == ["2025-03-14"]


def test_a_date_elsewhere_is_taken_and_asked_about() -> None:
    text = "# Widgets\n\nNumber: 7\n\n## Policy\n\nWidgets are investigational.\n\n## Notes\n\n{}\n"
    result = import_document(text.format("Next review 2/1/2027. This text is effective 1/1/2026.").encode(), "invented.md")
    assert result.version["version"] == "2026-01-01"
    assert any("is it right?" in mark for mark in result.version["review"])
    assert not result.faults
    result = import_document(text.format("No day.").encode(), "invented.md")
    assert not result.is_known_layout
    assert "a date" in result.missing[0]


# -- words for people -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("The condition has persisted for more than 1 year", ["Has the condition persisted?", "For how long: the condition?"]),
        ("Low back pain has lasted at least 3 months", ["For how long has low back pain lasted?"]),
        ("Imaging has been done within 12 months", ["Has imaging been done?", "How long ago was imaging done?"]),
        ("in members with facial injuries", ["Does the member have facial injuries?"]),
        ("Inability to walk", ["Is there inability to walk?"]),
        ("It is out of warranty", ["Is it out of warranty?"]),
        ("at least 3 injections per day", ["How many injections per day?"]),
        ("The result is needed within 12 weeks", ["Is the result needed within 12 weeks?"]),
    ],
)
def test_questions(text: str, asks: list[str]) -> None:
    facts = FactBook()
    Conditions(facts).read(text, {})
    assert sorted(fact["ask"] for fact in facts.items) == sorted(asks)


def test_what_is_said_of_each_item_goes_to_the_items() -> None:
    extraction = extracted(
        POLICY + "Widgets are medically necessary when all of the following are met:\n\n- Lasting pain\n"
        "- At least two of the following have been tried:\n  - Rest\n  - Tablets\n  - Ice\n",
        extract_statements,
    )
    (provision,) = extraction.version["provisions"]
    assert in_words(provision["criteria"]) == "all(lasting_pain, 2 of(rest_tried, tablets_tried, ice_tried))"
    asks = {fact["ask"] for fact in extraction.version["facts"]}
    assert asks >= {"Has rest been tried?", "Have tablets been tried?", "Has ice been tried?"}


def test_what_the_sentence_itself_says_of_each_item() -> None:
    (provision,) = provisions(
        "Widgets are medically necessary when two of the following have been tried:\n\n- Rest\n- Tablets\n- Ice"
    )
    assert in_words(provision["criteria"]) == "2 of(rest_tried, tablets_tried, ice_tried)"


def test_products_behind_their_statement() -> None:
    extraction = extracted(
        POLICY + "Grafts are medically necessary when rest has failed.\n\nGraft products include, but are not limited to:\n\n"
        "- Toothfill® (Example Dental)\n- Gumfix™\n- Plain®\n",
        extract_statements,
    )
    (products,) = extraction.version["product_lists"]
    assert [(one["name"], "review" in one) for one in products["products"]] == [
        ("Toothfill®", False),
        ("Gumfix™", True),
        ("Plain®", False),
    ]
    assert "products of the statement above" in products["review"][0]
    assert all(line.startswith("#") for line in not_understood(extraction.book.close()))


def test_authorization_among_the_statements() -> None:
    extraction = extracted(
        POLICY + "Prior authorization is required for widgets.\n\nWidgets are investigational.",
        extract_lines_of_business,
        extract_statements,
        extract_authorization,
        issuer=ISSUER,
    )
    rules = extraction.version["authorization"]
    assert {rule["rule"] for rule in rules} == {"auth-needed"}
    assert [len(rule.get("review", ())) for rule in rules] == [1, 0, 0, 0, 0, 0]  # asked once for the sentence
    assert all(line.startswith("#") for line in not_understood(extraction.book.close()))


def test_a_row_whose_stance_has_a_condition_is_asked_about() -> None:
    extraction = extracted(
        "# Widgets\n\n## Coding\n\n| CPT Code | Description |\n|---|---|\n| 0111T | One (Investigational when used for ice) |\n",
        extract_coding,
    )
    (listing,) = extraction.version["code_listings"]
    assert listing["decides"] == "with-provisions"
    assert "Investigational when used for ice" in listing["codes"][0]["review"][0]


def test_marks_stand_once() -> None:
    references = extracted(
        "# Widgets\n\n## References\n\nAble A. One. 2020.\n\nBaker B. Two. 2021.\n\nCole C. Three. 2022.\n", extract_references
    )
    counted = [
        item for item in references.version["references"] if any("were counted" in mark for mark in item.get("review", ()))
    ]
    assert len(references.version["references"]) == 3
    assert len(counted) == 1
    related = extracted("# Widgets\n\n## Related Policies\n\n- Arm widgets\n- Leg widgets\n", extract_related)
    assert ["review" in item for item in related.policy["related"]] == [True, False]


def test_headings_of_columns_without_a_heading_row() -> None:
    extraction = extracted(
        "# Widgets\n\n## Revision Details\n\n| | | |\n|---|---|---|\n| Type of Revision | Summary of Changes | Date |\n"
        "| Annual Review | References updated. | 3/15/2026 |\n",
        extract_history,
    )
    assert [event["date"] for event in extraction.policy["history"]] == ["2026-03-15"]
    assert not_understood(extraction.book.close()) == ["# Widgets"]


def test_a_reason_before_the_services() -> None:
    (provision,) = provisions(
        "Due to insufficient evidence, the following are unproven and not medically necessary:\n\n- Icing\n- Cupping"
    )
    assert in_words(provision["when"]) == "any(icing, cupping)"


def test_conditions_that_the_subject_announces() -> None:
    (provision,) = provisions("Icing of the following conditions is considered investigational:\n\n- Gout\n- Lupus")
    assert in_words(provision["when"]) == "icing"
    assert in_words(provision["criteria"]) == "any(gout, lupus)"


def test_a_unit_that_goes_on_is_not_cut() -> None:
    assert read("Creatinine clearance less than 60 mL/min")[0] == "creatinine_clearance less_than 60 mL/min"
    assert read("Widget output less than 60 mL/cycle")[0] == "widget_output_ml_cycle less_than 60"


# -- what must not be turned into its contrary ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("The plan does not consider widgets to be medically necessary.", "not-medically-necessary"),
        ("Widgets are not considered medically necessary.", "not-medically-necessary"),
        ("Widgets would be considered experimental.", "investigational"),
        ("Widgets are each considered investigational.", "investigational"),
        ("Widgets are both considered not medically necessary.", "not-medically-necessary"),
        ("Widgets have not been proven and are considered investigational.", "investigational"),
        ("Widgets are considered medically necessary and, therefore, covered.", "medically-necessary"),
    ],
)
def test_denials(sentence: str, stance: str) -> None:
    (provision,) = provisions(sentence)
    assert (provision["stance"], in_words(provision["when"]), provision.get("review")) == (stance, "widgets", None)


@pytest.mark.parametrize(
    "sentence",
    [
        "The plan does not consider widgets investigational.",
        "Widgets are no longer considered medically necessary.",
        "Widgets are rarely medically necessary.",
        "There is little evidence for widgets and they are considered investigational.",
    ],
)
def test_what_takes_no_plain_stance_is_not_understood(sentence: str) -> None:
    extraction = extracted(POLICY + sentence, extract_statements)
    assert extraction.version["provisions"] == []
    assert sentence in not_understood(extraction.book.close())


def test_two_stances_in_a_sentence() -> None:
    first, second = provisions("Widgets are medically necessary for gout; widgets are investigational for lupus.")
    assert (in_words(first["criteria"]), in_words(second["criteria"])) == ("gout", "all(widgets, lupus)")
    first, second = provisions("Widgets are considered medically necessary for gout and investigational for lupus.")
    assert (in_words(first["criteria"]), in_words(second["criteria"])) == ("gout", "all(widgets, lupus)")
    (provision,) = provisions("Widgets are considered medically necessary for gout, and cosmetic.")
    assert "second stance" in provision["review"][0]
    (provision,) = provisions(
        "Widgets are medically necessary only when all of the following are met, and not medically necessary otherwise:\n\n"
        "- Gout\n- Lupus"
    )
    assert (provision["otherwise"], in_words(provision["criteria"])) == ("not-medically-necessary", "all(gout, lupus)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aged 18 to 65 years", "age at_least 18, age at_most 65"),
        ("Under the age of 21", "age less_than 21"),
        ("Older than 18 years", "age more_than 18"),
        ("Younger than 21 years of age", "age less_than 21"),
        ("Member must not be pregnant", "pregnant is False"),
        ("members with 1) gout, 2) lupus, or 3) rash", "any(gout, lupus, rash)"),
        ("(a) gout and (b) rest has failed", "all(gout, rest_failed)"),
        ("QRS duration at least 150 ms", "qrs_duration at_least 150 ms"),
        ("Score of 10 or more on the scale", "score_on_scale at_least 10"),
    ],
)
def test_more_conditions(text: str, expected: str) -> None:
    assert read(text)[0] == expected


def test_what_stands_before_a_list_is_kept() -> None:
    (provision,) = provisions(
        "Widgets are medically necessary when fitted by a specialist and when ALL of the following are met:\n\n- Gout\n- Lupus"
    )
    assert in_words(provision["criteria"]) == "all(fitted_by_specialist, gout, lupus)"


def test_each_sentence_on_authorization_speaks_for_itself() -> None:
    extraction = extracted(
        "# Widgets\n\n## Prior Authorization\n\nPrior authorization is required for outpatient services. No prior authorization "
        "is needed for inpatient services.\n\n## Policy\n\nWidgets are investigational.",
        extract_lines_of_business,
        extract_authorization,
        issuer=ISSUER,
    )
    rules = {(rule["setting"], rule["rule"]) for rule in extraction.version["authorization"]}
    assert rules == {("outpatient", "auth-needed"), ("inpatient", "no-auth")}


def test_a_product_that_stands_twice_is_kept_once() -> None:
    extraction = extracted(
        POLICY + "Grafts are investigational, including:\n\n- Toothfill® (Example)\n- Gumfix®\n- TOOTHFILL (Example)\n",
        extract_statements,
    )
    (products,) = extraction.version["product_lists"]
    assert [one["name"] for one in products["products"]] == ["Toothfill®", "Gumfix®"]
    assert "again (line 9)" in products["products"][0]["review"][0]


def test_services_under_a_label_that_takes_the_stance() -> None:
    (provision,) = provisions("**Investigational and Not Medically Necessary:**\n\n- Needling\n- Cupping")
    assert (provision["stance"], in_words(provision["when"])) == ("investigational", "any(needling, cupping)")
    assert "are these services" in provision["review"][0]
    extraction = extracted(POLICY + "**Medically Necessary:**\n\n- Gout\n- Lupus", extract_statements)
    assert extraction.version["provisions"] == []  # services or conditions: nobody can tell
    assert len(not_understood(extraction.book.close())) >= 2
