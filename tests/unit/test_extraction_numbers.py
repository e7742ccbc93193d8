"""Numbers, ages and series within one condition: of what each is, in which unit, and whether all or any of a series is needed."""

from __future__ import annotations

import pytest

from medpolicy.authoring.extraction.conditions import Conditions
from medpolicy.authoring.extraction.facts import FactBook
from tests.criteria_words import in_words


def read(text: str) -> tuple[str, list[str]]:
    conditions = Conditions(FactBook(), {})
    return in_words(conditions.read(text, {})), conditions.doubts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eGFR <30 mL/min/1.73 m2", "egfr less_than 30 mL/min/1.73m2"),
        ("eGFR of at least 60 mL/min per 1.73 m²", "egfr at_least 60 mL/min/1.73m2"),
        ("Fecal calprotectin is greater than 250 mcg/g", "fecal_calprotectin more_than 250 ug/g"),
        ("TSH ≥ 10 mIU/L", "tsh at_least 10 mIU/L"),
        ("ALT between 40 and 300 U/L", "alt at_least 40 U/L at_most 300 U/L"),
        ("Corneal thickness of 450 microns or greater", "corneal_thickness at_least 450 um"),
        ("Myopia of less than 12 diopters", "myopia less_than 12 D"),
        ("IGF-1 level below 84 ng/mL on two tests", "igf_1_level_on_two_tests less_than 84 ng/mL"),
        ("PSA level greater than 4", "psa_level more_than 4"),
    ],
)
def test_units_as_policies_print_them(text: str, expected: str) -> None:
    assert read(text) == (expected, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Member is under 65", "age less_than 65"),
        ("ages 12 years and older", "age at_least 12"),
        ("Age 6 to 17", "age at_least 6, age at_most 17"),
        ("Member is at least 18 but less than 65 years of age", "age at_least 18, age less_than 65"),
        ("Age under 65 years with a family history of cirrhosis", "all(family_history_of_cirrhosis, age less_than 65)"),
        ("age 18 to 75 mm", "age at_least 18 mm at_most 75 mm"),
    ],
)
def test_ages_without_their_unit(text: str, expected: str) -> None:
    assert read(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in patients with gout, lupus, or rash", "any(gout, lupus, rash)"),
        ("in patients with gout, an ALT under 40 U/L, and no rash", "all(gout, alt less_than 40 U/L, rash is False)"),
        ("either the battery is depleted or the leads are fractured", "any(battery_depleted, leads_fractured)"),
        (
            "PaCO2 ≥ 50 mm Hg while awake OR ≥ 55 mm Hg during sleep",
            "any(paco2_while_awake at_least 50 mmHg, paco2_during_sleep at_least 55 mmHg)",
        ),
    ],
)
def test_the_word_before_the_last_of_a_series_joins_them(text: str, expected: str) -> None:
    assert read(text)[0] == expected


def test_a_demanded_time_with_two_ends_is_asked_about() -> None:
    words, doubts = read("Symptoms for 6 to 12 weeks")
    assert words == "symptoms_duration at_least 6 weeks at_most 12 weeks"
    assert doubts == ["“6 to 12 weeks” was read as a range: is a longer time too long?"]


def test_a_waiver_of_what_a_person_must_do_names_no_person() -> None:
    assert read("Member must have used braces for 90 days, unless contraindicated")[0].endswith(", contraindicated)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T-score ≤ -2.5", "t_score at_most -2.5"),
        ("At least a 30% improvement in pain", "improvement_in_pain at_least 30 %"),
        ("Two tests at least 30 days apart", "two_tests_at_least_30_days_apart"),
        ("The member has tried and failed rest", "tried_and_failed_rest"),
        ("Headaches on 15 or more days per month", "headaches_on_days_per_month at_least 15"),
        ("Skeletally mature member (generally ≥ 18 years)", "all(skeletally_mature_member, age at_least 18)"),
        ("Symptoms in one or both ears for 12 months or longer", "symptoms_in_one_or_ears_duration at_least 12 months"),
        ("For members 18 years of age or older, a hearing test is normal", "any(not(age at_least 18), hearing_test_normal)"),
        ("T-score between -1.0 and −2.5", "t_score at_least -2.5 at_most -1.0"),
        ("AHI between 5-14", "ahi at_least 5 at_most 14"),
        ("Osteoporosis (T-score ≤ -2.5)", "all(osteoporosis, t_score at_most -2.5)"),
        ("Age 18 or older", "age at_least 18"),
        ("is older than 5 but younger than 12 years", "age more_than 5, age less_than 12"),
        ("Fracture is older than 2 years", "fracture_duration more_than 2 years"),
        ("Prescribed by a surgeon within 14 days of injury", "all(prescribed_by_surgeon, time_since_injury at_most 14 days)"),
        ("Nicotine use within 6 weeks of the procedure", "all(nicotine_use, time_since_nicotine_use at_most 6 weeks)"),
        ("Brainstem stroke more than 12 weeks ago", "all(brainstem_stroke, time_since_brainstem_stroke more_than 12 weeks)"),
        (
            "BMI greater than 40 kg/m2 or greater than 35 kg/m2 with diabetes",
            "any(bmi more_than 40 kg/m2, all(bmi more_than 35 kg/m2, diabetes))",
        ),
        (
            "there is a change, the brace is more than 5 years old, or the brace cannot be repaired",
            "any(change, brace_duration more_than 5 years, brace_cannot_repaired)",
        ),
    ],
)
def test_signs_times_and_alternatives(text: str, expected: str) -> None:
    assert read(text)[0] == expected


def test_who_is_asked_is_no_condition() -> None:
    assert read("individuals with a BMI of 40 or more")[0] == "bmi at_least 40"


@pytest.mark.parametrize(
    ("text", "expected", "doubt"),
    [
        (
            "LDL of 15 or more, except for members on dialysis",
            "any(ldl at_least 15, members_on_dialysis)",
            "bar them?",
        ),
        (
            "Platelets below 150/uL, except when chemotherapy explains it",
            "all(platelets less_than 150 /uL, not(chemotherapy_explains))",
            "does it waive",
        ),
    ],
)
def test_exceptions_of_some_people_and_of_some_cases(text: str, expected: str, doubt: str) -> None:
    words, doubts = read(text)
    assert words == expected
    assert doubt in doubts[0]
