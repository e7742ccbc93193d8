"""Lists of criteria: what their lead-ins deny, count, try and ask for, and how one list goes on in another."""

from __future__ import annotations

from typing import Any

import pytest

from medpolicy.authoring.extraction.wording import Quantifier, quantifier_in
from medpolicy.authoring.importing import import_document
from tests.criteria_words import in_words

HEAD = "# Bone Braces\n\nPolicy Number: 12\n\nEffective Date: 1/1/2026\n\n## Policy\n\n"
MET = "Bone braces are considered medically necessary when ALL of the following are met:\n\n"


def provisions(text: str) -> list[dict[str, Any]]:
    found = import_document((HEAD + text).encode(), "braces.md")
    assert found.faults == ()
    listed: list[dict[str, Any]] = found.version["provisions"]
    return listed


def criteria(text: str) -> tuple[str, list[str]]:
    (only,) = provisions(text)
    return in_words(only.get("criteria")), only.get("review", [])


@pytest.mark.parametrize(
    ("lead_in", "kind"),
    [
        ("Patient does not have any of the following:", "none"),
        ("The individual does not have:", "none"),
        ("Without any of the following contraindications:", "none"),
        ("Absence of all of the following:", "none"),
        ("No history of the following:", "none"),
        ("There are no contraindications, including any of the following:", "none"),
        ("Has not been treated with any of the following in the past 3 months:", "none"),
        ("There is no improvement after any of the following:", "any"),
        ("Does not respond to all of the following:", "all"),
        ("Is not a candidate for one of the following:", "any"),
    ],
)
def test_what_a_lead_in_denies(lead_in: str, kind: str) -> None:
    found = quantifier_in(lead_in)
    assert found is not None
    assert found.kind == kind


def test_a_number_that_is_a_limit() -> None:
    no_more, fewer = quantifier_in("No more than two of the following:"), quantifier_in("Fewer than 3 of the following:")
    assert isinstance(no_more, Quantifier)
    assert isinstance(fewer, Quantifier)
    assert (no_more.kind, no_more.count, fewer.kind, fewer.count) == ("at-most", 2, "at-most", 2)


def test_a_denied_list_is_none_of_its_items() -> None:
    words, _ = criteria(
        f"{MET}- The bone is broken\n- Patient does not have any of the following:\n    - Gout\n    - Pregnancy\n"
    )
    assert words == "all(bone_broken, not(any(gout, pregnancy)))"


def test_a_limit_on_a_list() -> None:
    words, _ = criteria(f"{MET}- The bone is broken\n- No more than one of the following:\n    - Gout\n    - Rash\n    - Fever\n")
    assert words == "all(bone_broken, not(2 of(gout, rash, fever)))"


def test_a_denial_of_several_is_asked_about() -> None:
    _, marks = criteria(
        f"{MET}- The bone is broken\n- Has not responded to two of the following:\n    - Rest\n    - Ice\n    - Heat\n"
    )
    assert any("is it denied of each, of any, or of all together?" in mark for mark in marks)


def test_what_is_tried_and_for_how_long_is_said_of_each() -> None:
    words, _ = criteria(
        f"{MET}- The bone is broken\n- Failure of at least TWO of the following for a minimum of 6 weeks each:\n"
        "    - Rest\n    - Physical therapy\n    - Ice\n"
    )
    assert words == (
        "all(bone_broken, 2 of(all(failure_of_rest, failure_of_rest_duration at_least 6 weeks), all(failure_of_physical_therapy, "
        "failure_of_physical_therapy_duration at_least 6 weeks), all(failure_of_ice, failure_of_ice_duration at_least 6 weeks)))"
    )


def test_a_list_that_goes_on_in_another() -> None:
    words, _ = criteria(
        "Bone braces are considered medically necessary when one of the following is present:\n\n- Fracture\n- Gout\n\n"
        "**AND BOTH** of the following:\n\n- Age 18 years or older\n- Intact skin\n"
    )
    assert words == "all(any(fracture, gout), age at_least 18, intact_skin)"


def test_conditions_for_ages_that_exclude_each_other_are_alternatives() -> None:
    words, marks = criteria(f"{MET}- Age ≥ 18 years with gout\n- Age 12 to 17 years with rash\n- The bone is broken\n")
    assert words == "all(any(all(gout, age at_least 18), all(rash, age at_least 12, age at_most 17)), bone_broken)"
    assert any("read as alternatives by age" in mark for mark in marks)


def test_an_exception_to_a_denial_waives_it() -> None:
    words, _ = criteria(f"{MET}- The bone is broken\n- No prior surgery, unless the prior surgery was more than 12 months ago\n")
    assert words == "all(bone_broken, any(prior_surgery is False, time_since_prior_surgery more_than 12 months))"


def test_sooner_if() -> None:
    words, _ = criteria(
        "Replacement of a brace is considered medically necessary after 5 years of use, or sooner if it is broken.\n"
    )
    assert words == "any(use_duration at_least 5 years, broken)"


def test_the_plan_may_cover() -> None:
    found = provisions(
        "The plan may authorize coverage of bone braces for an additional 12 months when the bone is broken.\n\n"
        "We may cover heel pads if the heel is sore.\n\nThe plan will not cover toe rings.\n"
    )
    assert [(one["stance"], in_words(one.get("criteria"))) for one in found] == [
        ("medically-necessary", "bone_broken"),
        ("medically-necessary", "heel_sore"),
        ("not-medically-necessary", "-"),
    ]
    assert any("how long an authorization lasts" in mark for mark in found[0]["review"])


def test_how_long_an_authorization_lasts_and_what_another_policy_decides_are_no_statements() -> None:
    found = provisions(
        "Bone braces are considered medically necessary when the bone is broken.\n\n"
        "Coverage of bone braces will be authorized for 6 months.\n\n"
        "Repairs are covered under the medical equipment policy.\n"
    )
    assert len(found) == 1


def test_insufficient_evidence_for_all_else() -> None:
    (only,) = provisions(
        "It is the policy of Teal Plans that bone braces are medically necessary when the bone is broken.\n\n"
        "It is the policy of Teal Plans that there is insufficient evidence to support the safety and efficacy of bone braces "
        "for any other indication than those specified above.\n"
    )
    assert only["when"] == {"fact": "bone_braces"}
    assert only["otherwise"] == "investigational"


def test_a_list_behind_unless_is_denied() -> None:
    (only,) = provisions(
        "Bone gels are considered not medically necessary unless all of the following apply:\n\n"
        "- Member is 50 years of age or older\n- Prior surgery has failed\n"
    )
    assert in_words(only["criteria"]) == "not(all(age at_least 50, prior_surgery_failed))"


def test_a_condition_with_a_list_behind_unless() -> None:
    words, marks = criteria(
        f"{MET}- The bone is broken\n- No prior surgery unless one of the following:\n    - Gout\n    - Rash\n"
    )
    assert words == "all(bone_broken, any(prior_surgery is False, gout, rash))"
    assert any("does it bar the service?" in mark for mark in marks)


def test_an_alternative_to_the_list() -> None:
    words, _ = criteria(
        f"{MET}- The bone is broken\n- The patient has tried two of the following, or has a contraindication to all of them:\n"
        "    - Rest\n    - Ice\n    - Heat\n"
    )
    assert words.endswith("2 of(tried_rest, tried_ice, tried_heat), contraindication_to_of_them))")


def test_a_note_behind_a_condition_is_none_of_it() -> None:
    words, marks = criteria(f"{MET}- The bone is broken; AND\n  Note: A scan of another clinic is accepted.\n- Intact skin\n")
    assert words == "all(bone_broken, intact_skin)"
    assert any("was read as a note: does it change it?" in mark for mark in marks)


def test_what_is_asked_of_some_only() -> None:
    words, _ = criteria(
        f"{MET}- If there was surgery before, at least 6 months have passed since the surgery\n"
        "- For women of childbearing age, a pregnancy test is negative\n"
    )
    assert words == (
        "all(any(surgery is False, time_since_surgery at_least 6 months), "
        "any(women_of_childbearing_age is False, pregnancy_test_negative))"
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            "The member is not a surgical candidate, or refuses surgery",
            "any(surgical_candidate is False, member_refuses_surgery)",
        ),
        ("The pain is not related to gout (e.g., swelling of more than 3 joints)", "pain_related_to_gout is False"),
        (
            "The patient has a blood level ≥ 150 U/L within the previous 6 weeks or ≥ 300 U/L within the previous 12 months",
            (
                "any(all(blood_level at_least 150 U/L, time_since_blood_level at_most 6 weeks), "
                "all(blood_level at_least 300 U/L, time_since_blood_level_2 at_most 12 months))"
            ),
        ),
    ],
)
def test_conditions_with_an_alternative_or_an_example(condition: str, expected: str) -> None:
    words, _ = criteria(f"{MET}- The bone is broken\n- {condition}\n")
    assert words == (f"all(bone_broken, {expected})")


def test_criteria_by_their_letters() -> None:
    words, _ = criteria(
        "Bone braces are considered medically necessary when EITHER criterion A or criterion B is met:\n\nA. Fracture\nB. Gout\n"
    )
    assert words == "any(fracture, gout)"


def test_labels_limits_and_circles_are_no_statements() -> None:
    found = provisions(
        "The plan covers bone braces when medically necessary.\n\n"
        "Bone braces will be covered with prior authorization when the bone is broken.\n\n"
        "When bone braces are not covered\n\n"
        "No more than 45 grams of bone gel will be covered per 30 days.\n\n"
        "Other uses of bone braces are considered investigational.\n"
    )
    assert [(one["stance"], in_words(one.get("criteria")), one.get("otherwise")) for one in found] == [
        ("medically-necessary", "bone_broken", "investigational")
    ]
    assert any("was read as a rule of authorization" in mark for mark in found[0]["review"])


def test_a_list_of_exclusions_bars_the_statement_before_it() -> None:
    words, marks = criteria(f"{MET}- The bone is broken\n\nExclusions:\n\n- Gout\n- Rash\n")
    assert words == "all(bone_broken, not(any(gout, rash)))"
    assert any("was read as what bars this statement" in mark for mark in marks)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                "Bone braces are considered medically necessary for the following indications when there is documented pain:\n\n"
                "- Fracture\n- Sprain\n"
            ),
            "all(pain, any(fracture, sprain))",
        ),
        (
            (
                "Bone braces are medically necessary if the member has one of the following conditions and has failed rest:\n\n"
                "- Fracture\n- Sprain\n"
            ),
            "all(failed_rest, any(fracture, sprain))",
        ),
        (
            "Bone braces are medically necessary if the member meets criteria 1 through 2:\n\n1. Fracture\n2. Age 18 or older\n",
            "all(fracture, age at_least 18)",
        ),
    ],
)
def test_what_a_lead_in_says_beside_its_list(text: str, expected: str) -> None:
    assert criteria(text)[0] == expected


def test_examples_below_a_condition_are_asked_of_nobody() -> None:
    words, marks = criteria(f"{MET}- The bone is broken, such as:\n    - Fracture\n    - Crack\n- Intact skin\n")
    assert words == "all(bone_broken, intact_skin)"
    assert any("was read as examples: or is it asked for?" in mark for mark in marks)


def test_all_else_among_the_items_of_a_denial() -> None:
    first, second = provisions(
        "Bone braces may be approved when the bone is broken.\n\nBone braces may not be approved for the following:\n\n"
        "- The member has gout\n- The member has a rash\n- When the above criteria are not met and for all other indications\n"
    )
    assert first["otherwise"] == "not-medically-necessary"
    assert in_words(second["criteria"]) == "any(gout, rash)"


def test_a_remark_on_a_list_is_no_condition() -> None:
    (only,) = provisions(
        "The following are considered investigational (not an all-inclusive list):\n\n- Bone gels\n- Toe rings\n"
    )
    assert "criteria" not in only


def test_a_list_that_belongs_to_the_last_alternative_only() -> None:
    nested, _ = criteria(
        f"{MET}- The bone is broken\n- AHI of 15 or greater, or an AHI between 5 and 14 with one of the following:\n"
        "    - Hypertension\n    - Stroke\n"
    )
    assert nested == "all(bone_broken, any(ahi at_least 15, all(ahi at_least 5 at_most 14, any(hypertension, stroke))))"
    of_statement, _ = criteria(
        "Bone braces are considered medically necessary for members with an AHI of 15 or greater, or an AHI between 5 and 14 "
        "with one of the following:\n\n- Hypertension\n- Stroke\n"
    )
    assert of_statement.endswith("all(ahi at_least 5 at_most 14, any(hypertension, stroke)))")


def test_a_contraindication_waives_what_a_list_asks_for() -> None:
    words, marks = criteria(
        "Bone braces are considered medically necessary after a trial of two of the following, each for at least 4 weeks, "
        "unless contraindicated:\n\n- Rest\n- Ice\n- Heat\n"
    )
    assert words.endswith("any(2 of(rest, ice, heat), contraindicated))")
    assert any("was read as waiving all that is asked for" in mark for mark in marks)


def test_a_denial_where_not_all_is_met() -> None:
    (only,) = provisions(
        "Bone braces are considered not medically necessary if the member does not meet all of the following:\n\n"
        "- Fracture\n- Pain\n"
    )
    assert in_words(only["criteria"]) == "not(all(fracture, pain))"


def test_what_is_not_present() -> None:
    words, _ = criteria(f"{MET}- The bone is broken\n- At least 1 of the following is NOT present:\n    - Gout\n    - Rash\n")
    assert words == "all(bone_broken, any(gout_absent, rash_absent))"


@pytest.mark.parametrize(
    ("lead_in", "kind"),
    [("when any one of criteria 1-3 is met:", "any"), ("when all of the criteria A through C are met:", "all")],
)
def test_criteria_by_their_range(lead_in: str, kind: str) -> None:
    listed = "1. Fracture\n2. Sprain\n3. Gout\n"
    words, _ = criteria(f"Bone braces are considered medically necessary {lead_in}\n\n{listed}")
    assert words == f"{kind}(fracture, sprain, gout)"
