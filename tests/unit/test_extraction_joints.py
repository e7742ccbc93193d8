"""Conditions of several parts: what is denied, and what "or" joins. A part that is read as its contrary is worse than none."""

from __future__ import annotations

import pytest

from medpolicy.authoring.extraction.conditions import LONGEST, Conditions
from medpolicy.authoring.extraction.facts import FactBook
from tests.criteria_words import in_words


def read(text: str) -> tuple[str, list[str]]:
    conditions = Conditions(FactBook())
    return in_words(conditions.read(text, {})), conditions.doubts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The widget is worn and is not under warranty", "all(widget_worn, widget_under_warranty is False)"),
        (
            "The widget is no longer made and is not under warranty",
            "all(widget_no_longer_made, widget_under_warranty is False)",
        ),
        ("The widget is not under warranty and is worn", "all(widget_under_warranty is False, widget_worn)"),
        (
            "The person is not fit for surgery or has refused surgery",
            "any(person_fit_for_surgery is False, person_refused_surgery)",
        ),
        (
            "Widgets when rest is not wanted, is harmful, or is not tolerated",
            "all(widgets, any(rest_wanted is False, rest_harmful, rest_tolerated is False))",
        ),
        ("Rest or ice is not tolerated", "rest_or_ice_tolerated is False"),
        ("Not pregnant", "pregnant is False"),
        ("Not fit for surgery and not on dialysis", "all(fit_for_surgery is False, dialysis is False)"),
        ("Not pregnant and no fever", "all(pregnant is False, fever is False)"),
        ("Without fever or with a low fever", "any(fever is False, low_fever)"),
        ("Is not receiving dialysis", "receiving_dialysis is False"),
        ("Has not responded to rest", "responded_to_rest is False"),
        ("No surgery within 5 years", "not(all(surgery, time_since_surgery at_most 5 years))"),
    ],
)
def test_what_is_denied(text: str, expected: str) -> None:
    assert read(text) == (expected, [])


def test_a_length_of_time_beside_a_denial_is_asked_about() -> None:
    _, doubts = read("The member has not used tobacco for at least 6 weeks")
    assert "of what is it the length?" in doubts[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "BMI of 35 kg/m2 or more with gout or BMI of 40 kg/m2 or more",
            "any(all(bmi at_least 35 kg/m2, gout), bmi at_least 40 kg/m2)",
        ),
        ("Hemoglobin < 10 g/dL or hematocrit < 30 %", "any(hemoglobin less_than 10 g/dL, hematocrit less_than 30 %)"),
        ("Rest for 6 weeks or more", "rest_duration at_least 6 weeks"),
        ("BMI of at least 30 kg/m2 and < 35 kg/m2 with gout", "all(bmi at_least 30 kg/m2 less_than 35 kg/m2, gout)"),
    ],
)
def test_numbers_on_both_sides(text: str, expected: str) -> None:
    assert read(text)[0] == expected


def test_an_alternative_to_all_that_stands_before_is_asked_about() -> None:
    assert "is it?" in read("BMI of 35 kg/m2 or more with gout or BMI of 40 kg/m2 or more")[1][0]
    assert read("Hemoglobin < 10 g/dL or hematocrit < 30 %")[1] == []


def test_what_stands_behind_a_length_of_time_is_kept() -> None:
    facts = FactBook()
    Conditions(facts).read("Failure of at least 6 weeks of rest, including ice and tablets, within the past year", {})
    assert any("ice and tablets" in fact["ask"] for fact in facts.items)
    assert sorted(fact["unit"] for fact in facts.items if fact["type"] == "duration") == ["weeks", "years"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tablets have been tried, unless contraindicated", "any(tablets_tried, tablets_contraindicated)"),
        ("Trial of rest unless the member cannot rest", "any(trial_of_rest, member_cannot_rest)"),
        ("Pain is severe unless surgery is planned", "all(pain_severe, not(surgery_planned))"),
    ],
)
def test_an_exception_waives_what_nobody_could_do_and_bars_the_rest(text: str, expected: str) -> None:
    assert read(text)[0] == expected


def test_a_bar_is_asked_about() -> None:
    assert "or does it waive" in read("Pain is severe unless surgery is planned")[1][0]
    assert read("Trial of rest unless contraindicated")[1] == []


def test_an_alternative_behind_a_number_is_asked_about() -> None:
    assert "what is the alternative?" in read("Rash over at least 10 % of the skin, or on hands, feet or face")[1][0]
    assert read("Arm or leg pain of at least 5 points")[1] == []


def test_questions_are_whole() -> None:
    facts = FactBook()
    Conditions(facts).read("Failure of at least 3 months of rest (e.g., ice, tablets)", {})
    Conditions(facts).read("Either swelling of at least 3 cm or pain score of at least 5", {})
    asks = [fact["ask"] for fact in facts.items]
    assert not [ask for ask in asks if "(e.g?" in ask or "either" in ask.lower()]
    assert read("Has had no relapse") == ("relapse is False", [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Is a non-smoker, or has stopped smoking for at least 90 days",
            "any(non_smoker, all(stopped_smoking, stopped_smoking_duration at_least 90 days))",
        ),
        ("End-stage widgets, or widget rate below 15 mL/min", "any(end_stage_widgets, widget_rate less_than 15 mL/min)"),
        (
            "Grown-up bones, or a person 10 years of age or older with closed plates",
            "any(grown_up_bones, all(person_with_closed_plates, age at_least 10))",
        ),
        (
            "Rest for 4 weeks, unless contraindicated",
            "any(rest_duration at_least 4 weeks, rest_contraindicated)",
        ),
        ("Bone density with a T-score of −2.5 or lower", "all(bone_density, t_score at_most -2.5)"),
        ("Bone density score of -1.5 or less", "bone_density_score at_most -1.5"),
        (
            "Pain score above 5 for at least 6 months",
            "all(pain_score more_than 5, pain_score_above_5_duration at_least 6 months)",
        ),
        (
            "Narrowing of at least 50% on images, and failure of tablets",
            "all(narrowing_on_images at_least 50 %, failure_of_tablets)",
        ),
        ("Antibody level above 2000", "antibody_level more_than 2000"),
        ("Is older than 60 years", "age more_than 60"),
        ("The first widget is older than 5 years", "first_widget_duration more_than 5 years"),
        ("Onset of pain before 50 years of age", "onset_of_pain_before_50_years_of_age"),
        ("Members aged 12 through 17 years", "age at_least 12, age at_most 17"),
        ("One eye has vision of 20/40 or worse", "one_eye_vision_of_20_40_or_worse"),
        (
            "Weakness (manual muscle test grade 3 or less) after a stroke",
            "all(weakness_after_stroke, manual_muscle_test_grade_at_most_3)",
        ),
        ("Female, 18 years or older", "all(sex female, age at_least 18)"),
        ("Pregnancy or less than 12 weeks after childbirth", "any(pregnancy, time_since_childbirth less_than 12 weeks)"),
        (
            "Adult 18 years of age or older or adolescent with grown bones",
            "any(age at_least 18, adolescent_with_grown_bones)",
        ),
        ("At least a 50% fall in episodes", "fall_in_episodes at_least 50 %"),
        ("Watching of members with polyps, every 2 to 3 years", "watching_of_members_with_polyps_every_2_to_3_years"),
        (
            "Chronic (at least three months) rib pain",
            "all(chronic_rib_pain, chronic_rib_pain_duration at_least 3 months)",
        ),
        ("Tumor of at most 3 cm, and no more than 3 nodules", "all(tumor at_most 3 cm, nodules at_most 3)"),
        (
            "Volume of 175% or more, total capacity of 100% or more",
            "all(volume at_least 175 %, total_capacity at_least 100 %)",
        ),
        ("Blood pressure above 140/90 mm Hg", "blood_pressure_above_140_90_mm_hg"),
        ("Three or more episodes per week", "number_of_episodes_per_week at_least 3 /wk"),
        (
            "Recent (within 6 weeks) infection of the chest",
            "all(recent_infection_of_chest, time_since_recent_infection_of_chest at_most 6 weeks)",
        ),
        (
            "Previous operation less than 12 months ago",
            "all(previous_operation, time_since_previous_operation less_than 12 months)",
        ),
        (
            "Individual is 22 years of age or older (or 13-18 years of age with a thin neck)",
            "any(age at_least 22, all(thin_neck, age at_least 13, age at_most 18))",
        ),
        (
            "Thick heart (wall thickness of 12 mm or more) with deposits",
            "all(thick_heart_with_deposits, wall_thickness at_least 12 mm)",
        ),
        (
            "First study, or at least 3 months since the previous study",
            "any(first_study, time_since_previous_study at_least 3 months)",
        ),
        (
            "No fewer than 12 months have elapsed since the first widget",
            "time_since_first_widget at_least 12 months",
        ),
        ("Physical therapy (at least 8 visits)", "all(physical_therapy, number_of_visits_of_physical_therapy at_least 8)"),
    ],
)
def test_to_what_a_number_belongs(text: str, expected: str) -> None:
    assert read(text) == (expected, [])


def test_a_length_behind_an_alternative_may_be_of_both() -> None:
    found, doubts = read("Rest, or braces for at least 6 weeks")
    assert found == "any(rest, braces_duration at_least 6 weeks)"
    assert "was read as said of “braces for at least 6 weeks” only: or of “Rest” too?" in doubts[0]


def test_a_series_that_follows_a_time_is_no_series_of_conditions() -> None:
    found, doubts = read("Loss of smell longer than 12 weeks following a cold, injury, or poisoning")
    assert not found.startswith("any(")
    assert doubts == []


def test_how_a_number_is_taken_is_no_alternative_to_it() -> None:
    found, _ = read("An oxygen pressure of 55 mm Hg or less, or an oxygen saturation of 88% or less, taken at rest")
    assert found == "any(oxygen_pressure at_most 55 mmHg, oxygen_saturation_taken_at_rest at_most 88 %)"


@pytest.mark.parametrize(
    "text", ["Age between 20 and 60", "Age 20 to 60", "Member is between the ages of 20 and 60", "Aged 20-60"]
)
def test_ages_without_years(text: str) -> None:
    assert Conditions(FactBook()).read(text, {}) == {"age": {"at_least": 20, "at_most": 60}}
    assert Conditions(FactBook()).read("Aged 18 and older", {}) == {"age": {"at_least": 18}}


def test_an_or_behind_an_age_is_asked_about() -> None:
    _, doubts = read("Age 18 years or older with asthma or bronchitis")
    assert "is it an alternative?" in doubts[0]


def test_a_number_that_follows_a_series_is_an_alternative_to_all_of_it() -> None:
    found, doubts = read("Rash of the palms, soles, or face, or at least 5% of the skin")
    assert found == "any(rash_of_palms_soles_or_face, skin at_least 5 %)"
    assert "was read as the alternative to all of" in doubts[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The battery is depleted or the sensor has failed", "any(battery_depleted, sensor_failed)"),
        ("Symptoms have changed or therapy has been modified", "any(symptoms_changed, therapy_modified)"),
        ("The member is pregnant or BMI is below 18", "any(pregnant, bmi less_than 18)"),
        ("The widget is worn or if the fit has changed", "any(widget_worn, fit_changed)"),
        (
            "No current use of tobacco, and no alcohol abuse in the past year",
            "all(current_use_of_tobacco is False, not(all(alcohol_abuse, time_since_alcohol_abuse at_most 1 years)))",
        ),
        (
            "The individual cannot use it safely, has a history of gout, or has a rash",
            "any(individual_cannot_use_safely, history_of_gout, rash)",
        ),
        (
            "The individual has gout, has a rash, and is willing to train",
            "all(gout, rash, willing_to_train)",
        ),
        (
            "Failure of at least one of the following: tablets, cream, rest",
            "any(failure_of_tablets, failure_of_cream, failure_of_rest)",
        ),
        (
            "A positive test, and failure of two of the following: tablets, cream, or rest",
            "all(positive_test, 2 of(failure_of_tablets, failure_of_cream, failure_of_rest))",
        ),
        ("Absence of any of the following: gout, rash, or fever", "not(any(gout, rash, fever))"),
        (
            "Three or more falls in 6 months, or 4 or more in 12 months",
            "any(three_or_more_falls_in_6_months, falls_in_12_months at_least 4)",
        ),
    ],
)
def test_what_comes_apart_without_a_comma(text: str, expected: str) -> None:
    assert read(text) == (expected, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kidney failure or eGFR < 15", "any(kidney_failure, egfr less_than 15)"),
        ("A history of bleeding or an INR above 3.5", "any(history_of_bleeding, inr more_than 3.5)"),
        (
            "Hemoglobin below 10 g/dL or transfusion dependence",
            "any(hemoglobin less_than 10 g/dL, transfusion_dependence)",
        ),
        ("Active hemorrhage or platelet count below 50,000/µL", "any(active_hemorrhage, platelet_count less_than 50000 /uL)"),
    ],
)
def test_a_number_belongs_to_one_side_of_or_and_that_is_asked_about(text: str, expected: str) -> None:
    found, (doubt,) = read(text)
    assert found == expected
    assert "as an alternative: is it?" in doubt


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AST or ALT > 40 U/L", "ast_or_alt more_than 40 U/L"),
        ("Systolic or diastolic blood pressure above 140 mmHg", "systolic_or_diastolic_blood_pressure more_than 140 mmHg"),
        ("Scoliosis or kyphosis of at least 40 degrees", "scoliosis_or_kyphosis at_least 40 deg"),
        (
            "Uncontrolled systolic or diastolic pressure above 160 mmHg",
            "uncontrolled_systolic_or_diastolic_pressure more_than 160 mmHg",
        ),
        ("No infection or eGFR below 15", "no_infection_or_egfr less_than 15"),
        ("Stenosis or occlusion of at least 50%", "stenosis_or_occlusion at_least 50 %"),
        ("Pain or stiffness for at least 6 weeks", "pain_or_stiffness_duration at_least 6 weeks"),
        ("The member has pain that is severe or that is constant", "pain_severe_or_constant"),
    ],
)
def test_a_number_that_is_of_both_sides_of_or_stays_so(text: str, expected: str) -> None:
    facts = FactBook()
    assert in_words(Conditions(facts).read(text, {})) == expected
    assert all("review" in fact for fact in facts.items if fact["type"] == "number")


def test_what_stands_behind_the_last_of_two_numbers_may_be_said_of_both() -> None:
    found, doubts = read("Systolic pressure of 180 mm Hg or more or diastolic pressure of 110 mm Hg or more despite three drugs")
    assert found == "any(systolic_pressure at_least 180 mmHg, all(diastolic_pressure at_least 110 mmHg, three_drugs))"
    assert any("or of “Systolic pressure" in doubt for doubt in doubts)


def test_a_head_that_two_measured_alternatives_share() -> None:
    found, (doubt,) = read("Gout, confirmed by X-ray, with daily pain for at least 6 months OR more than 2 attacks per year")
    assert found == ("all(gout_confirmed_by_x_ray, any(daily_pain_duration at_least 6 months, attacks_per_year more_than 2))")
    assert "as needed with either" in doubt


def test_a_length_in_the_subject_is_of_what_has_failed() -> None:
    found, (doubt,) = read("Rest for at least 4 weeks has failed, is contraindicated, or is not wanted")
    assert found == ("any(all(rest_failed, rest_duration at_least 4 weeks), rest_contraindicated, rest_wanted is False)")
    assert "or of the other alternatives too?" in doubt


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Pain is due to failed back surgery syndrome, regional pain syndrome, or painful neuropathy",
            ("any(pain_due_to_failed_back_surgery_syndrome, pain_due_to_regional_pain_syndrome, pain_due_to_painful_neuropathy)"),
        ),
        ("Member has heart failure, liver disease, or kidney disease", "any(heart_failure, liver_disease, kidney_disease)"),
        # Adjectives share their noun, and what is denied is denied as a whole.
        ("Displaced, unstable, or open fracture", "displaced_unstable_or_open_fracture"),
        (
            "No evidence of active infection, open wound, or skin cancer",
            "active_infection_open_wound_or_skin_cancer is False",
        ),
    ],
)
def test_a_series_of_nouns(text: str, expected: str) -> None:
    assert read(text) == (expected, [])


def test_what_stands_behind_the_last_of_a_series_may_be_of_all() -> None:
    found, (doubt,) = read("Aseptic loosening, periprosthetic fracture, or infection after completion of treatment")
    assert found == "any(aseptic_loosening, periprosthetic_fracture, infection_after_completion_of_treatment)"
    assert "or of what stands before it too?" in doubt


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("For members with diabetes, HbA1c of 8% or less", "any(diabetes is False, hba1c at_most 8 %)"),
        (
            "For women of childbearing potential, a negative pregnancy test",
            "any(women_of_childbearing_potential is False, negative_pregnancy_test)",
        ),
        (
            "If the member smokes, documentation of cessation for at least 6 weeks",
            "any(member_smokes is False, cessation_duration at_least 6 weeks)",
        ),
    ],
)
def test_what_is_asked_of_some_only(text: str, expected: str) -> None:
    found, (doubt,) = read(text)
    assert found == expected
    assert "was read as asked only where" in doubt


def test_for_before_a_series_asks_of_all() -> None:
    assert read("For pain, gout, or rash")[0] == "pain_gout_or_rash"


def test_for_up_to_a_time_may_be_a_limit() -> None:
    _, (doubt,) = read("Newly found cardiomyopathy, for up to 90 days while drugs are adjusted")
    assert "may limit how long it is approved" in doubt


@pytest.mark.parametrize(
    "text",
    [
        " and ".join(["the bone is old", "the pain has lasted 6 weeks"] * 2_000),
        " or ".join(["gout", "pain of 3 cm", "age 18 years"] * 2_000),
        f"gout {'(' * 3_000}a{')' * 3_000}",
    ],
)
def test_a_sentence_without_end_is_one_question_and_asked_about(text: str) -> None:
    found, doubts = read(text)
    assert "(" not in found
    assert ["too long to be taken apart" in doubt for doubt in doubts] == [True]


def test_the_longest_condition_that_is_taken_apart_stays_within_the_stack() -> None:
    found, _ = read(" and ".join(["a is b"] * (LONGEST // len("a is b and "))))
    assert found != ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There is no infection or fever", "infection_or_fever is False"),
        ("The member is not pregnant or nursing", "pregnant_or_nursing is False"),
        ("Rest is not effective or contraindicated", "any(rest_effective is False, rest_contraindicated)"),
        ("Gout, but not lupus", "all(gout, not(lupus))"),
        ("Gout, but not in members with lupus", "all(gout, not(lupus))"),
        ("Gout but not when the bone is broken", "all(gout, not(bone_broken))"),
        ("Gout that is painful but not infected", "all(gout_painful, not(infected))"),
        ("At least 5 cm but not more than 8 cm", "measured_value at_least 5 cm at_most 8 cm"),
    ],
)
def test_what_a_denial_reaches(text: str, expected: str) -> None:
    assert read(text)[0] == expected
