"""What the sentence above a list says of each of its items, and lists within a sentence. The policies are invented."""

from __future__ import annotations

from typing import Any

import pytest

from medpolicy.authoring.extraction.authorization import extract_authorization
from medpolicy.authoring.extraction.coding import extract_coding
from medpolicy.authoring.extraction.lines_of_business import extract_lines_of_business
from medpolicy.authoring.extraction.statements import extract_statements
from tests.criteria_words import in_words
from tests.extraction_samples import extracted


def provisions(body: str) -> list[dict[str, Any]]:
    return list(extracted(f"# Widgets\n\n## Policy\n\n{body}\n", extract_statements).version["provisions"])


def criteria(body: str) -> tuple[str, list[str]]:
    (provision,) = provisions(body)
    return in_words(provision.get("criteria")), provision.get("review", [])


NECESSARY = "Widgets are medically necessary when all of the following are met:\n\n"


@pytest.mark.parametrize(
    "lack",
    [
        "Absence of all of the following:",
        "Absence of any of the following:",
        "No evidence of any of the following:",
        "Member must not have any of the following:",
        "None of the following:",
    ],
)
def test_what_must_be_lacking(lack: str) -> None:
    found, _ = criteria(f"{NECESSARY}- Pain\n- {lack}\n  - Fever\n  - Rash\n")
    assert found == "all(pain, not(any(fever, rash)))"


def test_a_length_behind_the_quantifier_is_of_each_item() -> None:
    found, doubts = criteria(
        f"{NECESSARY}- Pain persists despite at least 2 of the following, each for 6 weeks or longer:\n"
        "  - Diet\n  - Tablets, unless contraindicated\n  - Rest\n"
    )
    assert found == (
        "all(pain_persists, 2 of(diet_duration at_least 6 weeks, "
        "any(tablets_duration at_least 6 weeks, tablets_contraindicated), rest_duration at_least 6 weeks))"
    )
    assert doubts == []


def test_an_alternative_before_what_a_list_belongs_to() -> None:
    found, (doubt,) = criteria(
        f"{NECESSARY}- BMI of 40 or more, OR BMI of 35 or more with at least ONE of the following:\n  - Gout\n  - Lupus\n- Pain\n"
    )
    assert found == "all(any(bmi at_least 40, all(bmi at_least 35, any(gout, lupus))), pain)"
    assert "together with the list under it: is it so?" in doubt


def test_for_how_long_each_of_the_listed_is_used() -> None:
    found, doubts = criteria(
        f"{NECESSARY}- Inadequate response to at least two of the following drops, each used for 30 days or more:\n"
        "  - Tears\n  - Salve\n"
    )
    assert found == "all(inadequate_response, 2 of(tears_duration at_least 30 days, salve_duration at_least 30 days))"
    assert doubts == []


def test_a_length_before_the_quantifier_is_of_each_item_and_what_stands_before_it_is_kept() -> None:
    found, _ = criteria(f"{NECESSARY}- Limping despite at least three months of ANY of the following:\n  - Lift\n  - Brace\n")
    assert found == "all(limping, any(lift_duration at_least 3 months, brace_duration at_least 3 months))"


def test_a_number_is_given_to_items_only_where_they_begin_with_it() -> None:
    found, _ = criteria(f"{NECESSARY}- Pain\n- Failure of one of the following:\n  - Rest\n  - Ice\n")
    assert found == "all(pain, any(failure_of_rest, failure_of_ice))"


def test_an_or_behind_the_quantifier_is_asked_about() -> None:
    _, doubts = criteria(
        f"{NECESSARY}- Pain\n- Poor response to both of the following or intolerance of them:\n  - Rest\n  - Ice\n"
    )
    assert "has an “or” of its own, which was not read" in doubts[0]


def test_treatment_named_in_a_lead_in_is_kept() -> None:
    found, _ = criteria(
        f"{NECESSARY}- Pain\n- Failure of conservative treatment, including all of the following:\n  - Rest\n  - Ice\n"
    )
    assert found == "all(pain, all(failure_of_conservative_treatment, rest, ice))"


def test_a_list_within_a_sentence() -> None:
    assert criteria("Widgets are medically necessary for EITHER of the following: bad fit; widget level above 2000 mg/dL.") == (
        "any(bad_fit, widget_level more_than 2000 mg/dL)",
        [],
    )
    found, _ = criteria("Widgets are medically necessary when all of the following are met: pain; fever; no rash.")
    assert found == "all(pain, fever, rash is False)"


def test_a_use_or_a_circumstance() -> None:
    found, _ = criteria("Widgets are not medically necessary for screening, or when performed more than twice per year.")
    assert found == "any(screening, performed_more_than_twice_per_year)"


def test_for_the_following_lists_uses_of_which_one_is_enough_also_where_the_list_is_open() -> None:
    listed = "\n\n- Frostbite\n- Rash\n"
    assert criteria(f"Widgets are investigational for the following:{listed}")[0] == "any(frostbite, rash)"
    found, doubts = criteria(f"Widgets are investigational for the following, including but not limited to:{listed}")
    assert found == "any(frostbite, rash)"
    assert "names some of the cases only" in doubts[0]


def test_unless_within_the_condition_of_a_sentence_waives_it_or_is_asked_about() -> None:
    found, doubts = criteria("Widgets are medically necessary when rest has failed, unless contraindicated.")
    assert found == "any(rest_failed, rest_contraindicated)"
    _, doubts = criteria("Widgets are medically necessary when 5 years have passed since the first, unless the fit has changed.")
    assert "was read as a bar" in doubts[0]


def test_only_and_performed_are_no_conditions() -> None:
    found, _ = criteria("Widgets are covered only when the first has failed.")
    assert found == "first_failed"
    found, _ = criteria("A second widget is not medically necessary when performed less than 12 months after the first widget.")
    assert found == "time_since_first_widget less_than 12 months"


def test_a_limit_is_no_service() -> None:
    (provision,) = provisions("No more than two (2) widgets per year are considered medically necessary.")
    assert any("it sets a limit on how much or how often" in mark for mark in provision["review"])


def test_authorization_said_in_an_introduction() -> None:
    text = "# Widgets\n\n## Purpose\n\nPrior authorization is required for all services.\n\n## Policy\n\nWidgets are covered.\n"
    found = extracted(text, extract_lines_of_business, extract_statements, extract_authorization)
    assert [rule["rule"] for rule in found.version["authorization"]] == ["auth-needed", "auth-needed"]


def _codes(title: str, code: str) -> str:
    return f"{title}\n\n| CODE | DESCRIPTION |\n|---|---|\n| {code} | Invented |\n\n"


def test_groups_of_codes_in_a_coverage_determination() -> None:
    text = (
        "# Widgets\n\n## Coding Information\n\n### CPT/HCPCS Codes\n\n#### Group 1 Paragraph:\n\n"
        "The following codes are covered when the criteria of this LCD are met.\n\n"
        + _codes("#### Group 1 Codes:", "53899")
        + "#### Group 2 Paragraph:\n\nThe following code is non-covered.\n\n"
        + _codes("#### Group 2 Codes:", "0597T")
        + _codes("### ICD-10-CM Codes that Support Medical Necessity\n\n#### Group 1 Codes:", "N31.0")
        + _codes("### ICD-10-CM Codes that DO NOT Support Medical Necessity\n\n#### Group 1 Codes:", "N39.3")
    )
    version = extracted(text, extract_coding).version
    assert [(one.get("stance"), [code["code"] for code in one["codes"]]) for one in version["code_listings"]] == [
        (None, ["53899"]),
        ("not-medically-necessary", ["0597T"]),
    ]
    assert [(one["id"], one["codes"]) for one in version["diagnosis_listings"]] == [
        ("supporting-diagnoses", ["N31.0"]),
        ("non-supporting-diagnoses", ["N39.3"]),
    ]


def test_a_label_between_an_item_and_what_is_nested_in_it_does_not_end_the_list() -> None:
    found, _ = criteria(
        "Widgets are medically necessary if the following criteria are met:\n\n"
        "A. Pain, and\nB. The study meets one of the criteria below:\n\n   Group I:\n\n"
        "   1. Low oxygen, or\n   2. Low iron; and\nC. Rest has failed\n"
    )
    assert found.startswith("all(pain, all(study, any(low_oxygen, low_iron)), rest_failed)"), found


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("not medically necessary in:", "any(fever, rash)"),
        ("medically necessary for:", "any(fever, rash)"),
    ],
)
def test_uses_without_a_quantifier_are_alternatives(tail: str, expected: str) -> None:
    assert criteria(f"Widgets are {tail}\n\n- Fever\n- Rash\n") == (expected, [])


def test_services_listed_for_any_indication() -> None:
    (provision,) = provisions("Each of the following for any indication is considered investigational:\n\n- Magnets\n- Lasers\n")
    assert (in_words(provision["when"]), "criteria" in provision) == ("any(magnets, lasers)", False)


def test_a_use_and_all_others_is_no_condition() -> None:
    (provision,) = provisions("Nerve widgets are investigational in the treatment of chronic rhinitis and all other conditions.")
    assert (in_words(provision["when"]), "criteria" in provision) == ("nerve_widgets", False)


def test_what_is_denied_where_criteria_are_not_met() -> None:
    (provision,) = provisions(
        "A widget is medically necessary when pain has lasted 3 months.\n\n"
        "If all of the coverage criteria are not met, the widget will be denied as not reasonable and necessary.\n"
    )
    assert provision["otherwise"] == "not-medically-necessary"


def test_a_number_of_findings_asks_for_so_many_of_what_is_listed_under_it() -> None:
    found, doubts = criteria(
        f"{NECESSARY}- Pain\n- Has two or more cytopenias in the blood:\n  - Anemia\n  - Neutropenia\n  - Clots\n"
    )
    assert found == "all(pain, all(two_or_more_cytopenias_in_blood, 2 of(anemia, neutropenia, clots)))"
    assert "of what is listed under it, at least 2; is it so?" in doubts[0]


def test_both_apply_announces_a_list_within_the_sentence() -> None:
    found, _ = criteria("Widgets are medically necessary if BOTH apply: a fever is present; and rest has failed.")
    assert found == "all(fever_present, rest_failed)"


def test_a_time_of_the_lead_in_is_not_of_what_an_item_excepts() -> None:
    found, _ = criteria(
        f"{NECESSARY}- Pain\n- Two of the following in the past 12 months:\n"
        "  - Rest\n  - Tablets, unless contraindicated\n  - Ice\n"
    )
    assert "any(all(tablets, time_since_tablets at_most 12 months), tablets_contraindicated)" in found


def test_all_other_uses_that_open_the_sentence_are_what_holds_otherwise() -> None:
    (provision,) = provisions(
        "Widgets are medically necessary when rest has failed.\n\nFor all other indications, widgets are investigational.\n"
    )
    assert provision["otherwise"] == "investigational"


@pytest.mark.parametrize(
    ("sentence", "when", "expected"),
    [
        (
            "When coverage is not excluded, widgets are medically necessary for gout.",
            "widgets",
            "all(coverage_excluded is False, gout)",
        ),
        (
            "For members under 18 years of age, widgets are covered when rest has failed.",
            "widgets",
            "all(age less_than 18, rest_failed)",
        ),
    ],
)
def test_a_condition_that_opens_the_sentence(sentence: str, when: str, expected: str) -> None:
    (provision,) = provisions(sentence)
    assert (in_words(provision["when"]), in_words(provision["criteria"])) == (when, expected)


def test_what_is_excepted_behind_examples_is_kept() -> None:
    found, _ = criteria("Widgets are investigational, including use before a gadget, except in members with known stricture.")
    assert found == "not(known_stricture)"


def test_criteria_that_are_announced_by_their_numbers_are_no_condition_of_their_own() -> None:
    found, _ = criteria("Widgets are medically necessary if the member meets criteria 2.1.1 through 2.1.2:\n\n- Pain\n- Fever\n")
    assert found == "all(pain, fever)"


def test_a_list_that_breaks_off_is_asked_about() -> None:
    _, doubts = criteria(f"{NECESSARY}- Pain; AND\n- A trial shows that the member:\n\nRemark on trials.\n\n- Walks faster\n")
    assert any("the list breaks off at line 8, where its last item announces more" in doubt for doubt in doubts)


def test_a_second_stance_on_what_is_excepted_is_asked_about() -> None:
    (provision,) = provisions(
        "Widgets are investigational, except those rented for a hospital, which are considered not medically necessary."
    )
    assert in_words(provision["criteria"]) == "not(rented_for_hospital)"
    assert any("calls what stands before it not medically necessary" in mark for mark in provision["review"])


def test_statements_under_headings_that_no_word_knows() -> None:
    extraction = extracted("# Widgets\n\n## Who may have one\n\nWidgets are medically necessary for gout.\n", extract_statements)
    assert [one["stance"] for one in extraction.version["provisions"]] == ["medically-necessary"]
    (asked,) = extraction.version["review"]
    assert asked == "“Who may have one” was read as statements for what it says; its heading does not tell"
    body = "Widgets are investigational.\n\n## Who pays\n\nWidgets are medically necessary."
    assert [one["stance"] for one in provisions(body)] == ["investigational"]


def test_services_that_a_heading_lists() -> None:
    listed, unproven = provisions(
        "Remark.\n\n### Not covered or reimbursable:\n\n- Tanning beds\n- Lamps\n\n"
        "Gloves are investigational in all situations.\n"
    )
    assert (listed["stance"], in_words(listed["when"])) == ("not-medically-necessary", "any(tanning_beds, lamps)")
    assert any("is a label above a list" in mark for mark in listed["review"])
    assert (in_words(unproven["when"]), "criteria" in unproven) == ("gloves", False)
