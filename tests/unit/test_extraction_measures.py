"""Numbers with their units, as medical policies print them. The sentences are invented."""

from __future__ import annotations

import re

import pytest

from medpolicy.authoring.extraction.conditions import Conditions
from medpolicy.authoring.extraction.facts import FactBook
from medpolicy.authoring.extraction.unit_words import UNIT_WORDS
from medpolicy.model.quantity import UNITS
from tests.criteria_words import in_words


def read(text: str) -> tuple[str, list[str]]:
    conditions = Conditions(FactBook())
    return in_words(conditions.read(text, {})), conditions.doubts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C-reactive protein > 5 mg/L", "c_reactive_protein more_than 5 mg/L"),
        ("fecal calprotectin > 50 µg/g", "fecal_calprotectin more_than 50 ug/g"),
        ("fecal calprotectin more than 250 ug/g", "fecal_calprotectin more_than 250 ug/g"),
        ("Myopia of at least 6.00 D", "myopia at_least 6.00 D"),
        (
            "An increase of ≥ 1.00 diopter (D) in the steepest keratometry value",
            "increase_in_steepest_keratometry_value at_least 1.00 D",
        ),
        (
            "Corneal thickness is at least 400 microns at the thinnest point",
            "corneal_thickness_at_thinnest_point at_least 400 um",
        ),
        ("Serum potassium above 5.5 mEq/L", "serum_potassium more_than 5.5 mEq/L"),
        ("Total testosterone below 300 ng/dL on two mornings", "total_testosterone_on_two_mornings less_than 300 ng/dL"),
        ("CD4 count less than 200 cells/µL", "cd4_count less_than 200 /uL"),
        ("HIV RNA less than 50 copies/mL", "hiv_rna less_than 50 /mL"),
        ("Platelets < 50 x 10^9/L", "platelets less_than 50 10*9/L"),
        ("Valve area of 1.0 cm2 or less", "valve_area at_most 1.0 cm2"),
        ("Heart rate above 100 bpm", "heart_rate more_than 100 /min"),
        ("Thresholds of 65 dB HL or worse at 2000 Hz", "thresholds_at_2000_hz at_least 65 dB"),
        ("Threshold above 3 kHz", "threshold more_than 3 kHz"),
        ("Dose of at least 50 Gy", "dose at_least 50 Gy"),
        ("An activity of at most 370 MBq", "activity at_most 370 MBq"),
        ("Factor VIII below 1 IU/dL", "factor_viii less_than 1 IU/dL"),
        ("Doses above 40 IU/kg", "doses more_than 40 IU/kg"),
        ("eGFR < 15 mL/min/1.73 m2", "egfr less_than 15 mL/min/1.73m2"),
        ("eGFR of 30 mL/min/1.73m² or less", "egfr at_most 30 mL/min/1.73m2"),
        ("Peak velocity ≥ 4.0 m/s", "peak_velocity at_least 4.0 m/s"),
        ("ALT more than 3 times the upper limit of normal (ULN)", "alt more_than 3 ULN"),
        ("Proteinuria of at least 300 mg/24 hours", "proteinuria at_least 300 mg/d"),
        ("Urinary albumin-to-creatinine ratio > 30 mg/g", "urinary_albumin_to_creatinine_ratio more_than 30 mg/g"),
        ("Temperature above 38.5 °C", "temperature more_than 38.5 degC"),
        ("at least 15 headache days per month", "headache_days_per_month at_least 15"),
        ("15 or more headache days per month", "headache_days_per_month at_least 15"),
        ("Used for at least 5 hours per day", "used at_least 5 h/d"),
        ("Migraine on at least 8 days per month", "migraine_on_days_per_month at_least 8"),
        ("Three or more exacerbations per year", "three_or_more_exacerbations_per_year"),
        ("at least 2 exacerbations per year", "exacerbations_per_year at_least 2"),
        ("Ferritin > 1000 ug/L", "ferritin more_than 1000 ug/L"),
        ("TSH greater than 10 mIU/L", "tsh more_than 10 mIU/L"),
        ("Doses of 5 mg/kg/day or more", "doses at_least 5 mg/kg/d"),
        ("QRS duration ≥ 150 ms", "qrs_duration at_least 150 ms"),
        ("At least 60 seconds of standing", "standing at_least 60 s"),
        ("Cardiac index below 2.2 L/min/m2", "cardiac_index less_than 2.2 L/min/m2"),
        ("Use 4 or more hours per night", "use at_least 4 h/d"),
    ],
)
def test_units_as_they_are_printed(text: str, expected: str) -> None:
    assert read(text) == (expected, [])


def test_each_spelling_is_of_a_unit_that_there_is() -> None:
    for unit, spellings in UNIT_WORDS:
        assert unit in UNITS
        assert re.compile(spellings)


def test_letters_that_are_no_unit() -> None:
    assert read("More than 3 d of rest")[0] != read("More than 3 D of myopia")[0]
    assert read("At least 2 units of blood")[0] == "units_of_blood at_least 2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HbA1c > 8% within 90 days of surgery", "all(hba1c more_than 8 %, time_since_hba1c at_most 90 days)"),
        (
            "Leak pressure above 40 cm H2O on a bladder test within the past year",
            "all(leak_pressure_on_bladder_test more_than 40 cmH2O, time_since_leak_pressure_on_bladder_test at_most 1 years)",
        ),
        (
            "Apnea index of 15 to 65 events per hour on a sleep study performed within the past 24 months",
            (
                "all(apnea_index_on_sleep_study at_least 15 /h at_most 65 /h, "
                "time_since_apnea_index_on_sleep_study at_most 24 months)"
            ),
        ),
        (
            "The device has been used for at least 5 hours per day on 20 or more days in the trial",
            "all(device_used at_least 5 h/d, days_on_which_device_used_for_at_least_5_hours_per_day at_least 20)",
        ),
        ("AHI > 15 despite mask use of at least 4 hours per night", "all(ahi more_than 15, mask_use at_least 4 h/d)"),
        # What is counted, or changes, within a time is one number.
        ("Weight loss of at least 5% over 6 months", "weight_loss_over_6_months at_least 5 %"),
        ("Hospital stays of at least 2 in the past year", "hospital_stays_in_past_year at_least 2"),
        (
            "Physical therapy (at least 8 visits within 3 months)",
            "all(physical_therapy, number_of_visits_of_physical_therapy_within_3_months at_least 8)",
        ),
        # How long something was tried.
        (
            "Inadequate response to a 6-week trial of cream",
            "all(inadequate_response_to_trial_of_cream, trial_of_cream_duration at_least 6 weeks)",
        ),
        (
            "No improvement after six weeks of splinting",
            "all(improvement_after_splinting is False, splinting_duration at_least 6 weeks)",
        ),
        ("Failure of 3 months of rest", "all(failure_of_rest, rest_duration at_least 3 months)"),
        ("Pain persisting beyond 12 weeks", "pain_persisting_duration more_than 12 weeks"),
        (
            "Gout with a pain index score of 8 or more after failure of rest",
            "all(gout, pain_index_score at_least 8, failure_of_rest)",
        ),
        ("Gout with pain for at least 6 weeks", "all(gout_with_pain, pain_duration at_least 6 weeks)"),
        (
            "Transplant recipients in the first 24 months after transplant",
            "all(transplant_recipients, time_since_transplant at_most 24 months)",
        ),
        (
            "At least a 50% reduction in pain during a trial of 3 or more days",
            "all(reduction_in_pain_during_trial at_least 50 %, trial_duration at_least 3 days)",
        ),
        ("Eczema involving > 10% of the skin", "all(eczema, skin_involved more_than 10 %)"),
        (
            "Loss of smell associated with a loss of > 10% of body weight",
            "all(loss_of_smell, loss_of_body_weight more_than 10 %)",
        ),
        ("Weighs at least 9 kg", "body_weight at_least 9 kg"),
        ("Surgery within 6 months of the request", "all(surgery, time_since_surgery at_most 6 months)"),
        ("Surgery in the past year", "all(surgery, time_since_surgery at_most 1 years)"),
    ],
)
def test_two_numbers_and_lengths_of_trials(text: str, expected: str) -> None:
    assert read(text) == (expected, [])


def test_a_second_number_that_is_left_out_is_asked_about() -> None:
    assert "left out" in read("At least 4 falls in 12 months with at least one fall in the preceding 6 months")[1][0]
    assert "left out" in read("At least 4 falls of more than 2 meters in 12 months")[1][0]
    assert "though “of the first symptoms” follows" in read("Ferritin below 30 ng/mL within 3 days of the first symptoms")[1][0]


def test_a_time_that_counts_from_something_else_is_asked_about() -> None:
    found, (doubt,) = read("Persistent disease within 12 months of completion of the tablets")
    assert "at_most 12 months" in found
    assert "was counted back from the service" in doubt
