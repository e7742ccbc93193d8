"""Conditions in words -> criteria. The sentences are invented, in the manners in which payers write."""

from __future__ import annotations

from typing import Any

import pytest

from medpolicy.authoring.extraction.conditions import Conditions
from medpolicy.authoring.extraction.facts import FactBook, abbreviations_in, fact_id, question_of
from medpolicy.authoring.extraction.measures import measures_in, scales_in
from tests.criteria_words import in_words

SCALE = tuple((value, value) for value in ("F0", "F1", "F2", "F3", "F4"))


def read(text: str) -> tuple[Conditions, dict[str, Any] | None]:
    conditions = Conditions(FactBook(abbreviations_in(text)), {value.lower(): SCALE for value, _ in SCALE})
    return conditions, conditions.read(text, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The nodules are at least 4 millimeters in size; AND", "size_of_nodules at_least 4 mm"),
        ("Hemoglobin less than 10 g/dL", "hemoglobin less_than 10 g/dL"),
        ("Hearing loss of at least 40 dB HL", "hearing_loss at_least 40 dB"),
        ("CD4 count less than 200 cells/mm3", "cd4_count less_than 200 /mm3"),
        ("LDL of at least 4.9 mmol/L", "ldl at_least 4.9 mmol/L"),
        ("Use on at least 5 nights per week", "use at_least 5 /wk"),
        ("A body mass index (BMI) of 40 or greater", "body_mass_index at_least 40"),
        ("BMI greater than or equal to 35 kg/m2", "bmi at_least 35 kg/m2"),
        ("between 10-15 events per hour", "number_of_events_per_hour at_least 10 /h at_most 15 /h"),
        ("AHI between 5 and 14 events/hour", "ahi at_least 5 /h at_most 14 /h"),
        ("60% to 80% narrowing", "narrowing at_least 60 % at_most 80 %"),
        ("HbA1c greater than 7.0% or less than 4%", "any(hba1c more_than 7.0 %, hba1c less_than 4 %)"),
        ("Individual is 18 years of age or older", "age at_least 18"),
        ("Age is at least 12 years and less than 65 years", "age at_least 12, age less_than 65"),
        ("in children <18 years of age", "age less_than 18"),
        ("Physical therapy for 6 consecutive months", "physical_therapy_duration at_least 6 months"),
        ("At least 3 months of physical therapy", "physical_therapy_duration at_least 3 months"),
        (
            "Pain persists despite at least 3 months of physical therapy",
            "all(pain_persists_despite_physical_therapy, physical_therapy_duration at_least 3 months)",
        ),
        (
            "Bracing for at least 6 weeks has not improved the deformity",
            "all(bracing_not_improved_deformity, bracing_duration at_least 6 weeks)",
        ),
        (
            "The graft had been removed previously (at least 2 months)",
            "all(graft_removed_previously, graft_removed_previously_duration at_least 2 months)",
        ),
        (
            "A seizure in the previous 120 days",
            "all(seizure, time_since_seizure at_most 120 days)",
        ),
        (
            "Symptoms of ischemia in the last 90 days, symptom duration less than 24 hours, or minor stroke",
            (
                "any(all(symptoms_of_ischemia, time_since_symptoms_of_ischemia at_most 90 days, symptom_duration "
                "less_than 24 h), "
                "minor_stroke)"
            ),
        ),
        (
            "Atopic dermatitis with at least 10% body surface area involvement",
            "all(atopic_dermatitis, body_surface_area_involvement at_least 10 %)",
        ),
        ("Severe anemia (less than 7 g/dL)", "all(severe_anemia, severe_anemia_value less_than 7 g/dL)"),
        ("Fibrosis stage F2 or higher", "fibrosis_stage at_least F2"),
        (
            "There is confirmed steatosis and Fibrosis (liver) stage F2* or greater; AND",
            "all(steatosis, fibrosis_stage at_least F2)",
        ),
        (
            "Pain, itching, or swelling is lasting, AND it limits the member, AND rest has not helped",
            "all(pain_itching_or_swelling_lasting, limits_member, rest_not_helped)",
        ),
        ("The lesion is isolated, or the first lesion was removed", "any(lesion_isolated, first_lesion_removed)"),
        ("The lesion is painful and medication is not tolerated", "all(lesion_painful, medication_tolerated is False)"),
        (
            "medication is not effective, is contraindicated, or is not tolerated",
            "any(medication_effective is False, medication_contraindicated, medication_tolerated is False)",
        ),
        (
            "flutter when drug therapy is not effective or contraindicated",
            "all(flutter, any(drug_therapy_effective is False, drug_therapy_contraindicated))",
        ),
        (
            "ablation in individuals with flutter, fibrillation, or high-risk findings",
            "all(ablation, any(flutter, fibrillation, high_risk_findings))",
        ),
        ("Failure of rest unless contraindicated", "any(failure_of_rest, rest_contraindicated)"),
        ("Unless surgery is planned, imaging was done", "all(imaging_done, not(surgery_planned))"),
        ("Sedation except when the member is pregnant", "all(sedation, not(pregnant))"),
        ("The thrombosis is not secondary to trauma", "thrombosis_secondary_to_trauma is False"),
        ("Patient does not have active tuberculosis", "active_tuberculosis is False"),
        ("No evidence of infection", "infection is False"),
        ("Ulcers have not healed", "ulcers_not_healed"),
        (
            "done either at the same time or following prior repair (open, closed, or robotic) of the tendon",
            "all(same_time_or_following_prior_repair_of_tendon one_of 2, kind_of_prior_repair_of_tendon one_of 3)",
        ),
        ("Osteoarthritis of the knee (ICD-10 codes M17.0-M17.9, M19.90)", "diagnosis ['M17.0-M17.9', 'M19.90']"),
        ("Chronic venous insufficiency (I87.2) or ulcer (L97.*)", "any(diagnosis ['I87.2'], diagnosis ['L97.*'])"),
        ("Gout (M10.9) for at least 3 months", "all(diagnosis ['M10.9'], gout_duration at_least 3 months)"),
        ("Hemoglobin (A1C) is stable", "hemoglobin_stable"),
        ("The member is female", "sex female"),
        ("AND", "-"),
        ("  ", "-"),
    ],
)
def test_conditions(text: str, expected: str) -> None:
    assert in_words(read(text)[1]) == expected


def test_what_is_read_with_doubt_is_marked() -> None:
    conditions, _ = read("Score grade 3 or higher")
    (fact,) = conditions.facts.items
    assert "scale" in fact["review"][0]
    conditions, _ = read("InterQual criteria are met")
    assert "someone else" in conditions.facts.items[0]["review"][0]
    conditions, _ = read("Bleeding in the last 10 days, bleeding duration under 2 hours, or shock")
    assert conditions.doubts


def test_abbreviations_are_one_fact_with_their_long_form() -> None:
    text = "Apnea-hypopnea index (AHI) of 15 or more events per hour"
    book = FactBook(abbreviations_in(text))
    conditions = Conditions(book)
    conditions.read(text, {})
    conditions.read("AHI of 30 or more events per hour", {})
    assert [fact["id"] for fact in book.items] == ["apnea_hypopnea_index"]


def test_conditions_whose_ids_are_cut_alike_stay_apart() -> None:
    book = FactBook()
    long = "severe pain that is present at night and does not respond to any of the usual measures taken by the member at "
    first, second = book.boolean(f"{long} home", {}), book.boolean(f"{long} work", {})
    assert first != second
    assert book.boolean(f"{long} home", {}) == first


def test_one_id_of_two_types_is_two_facts() -> None:
    book = FactBook()
    assert book.boolean("stenosis", {}) != book.number("stenosis", "%", {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There is documentation of reflux", "reflux"),
        ("the superficial veins (great, small) have been eliminated", "superficial_veins_eliminated"),
        ("Ulceration secondary to venous stasis", "ulceration_secondary_to_venous_stasis"),
        ("non–CTI-dependent flutter", "non_cti_dependent_flutter"),
    ],
)
def test_fact_ids(text: str, expected: str) -> None:
    assert fact_id(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The lesion is isolated", "Is the lesion isolated?"),
        ("There is demonstrated reflux", "Is there demonstrated reflux?"),
        ("Recurrent bleeding", "Does this apply: recurrent bleeding?"),
        ("PVCs are symptomatic", "Are PVCs symptomatic?"),
    ],
)
def test_questions(text: str, expected: str) -> None:
    assert question_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at least two of the following", []),
        ("on 60 of the last 90 days", []),
        ("more than one agent", []),
        ("a device that is more than 5 years old", [("duration", (("more_than", "5 years"),))]),
        ("no more than 2,500 mL", [("number", (("at_most", "2500 mL"),))]),
        ("12 months or longer", [("duration", (("at_least", "12 months"),))]),
        ("for three months", [("duration", (("at_least", "3 months"),))]),
        ("within 30 days", [("duration", (("at_most", "30 days"),))]),
        ("at least 2 in the past year", [("number", (("at_least", "2"),)), ("duration", (("at_most", "1 years"),))]),
    ],
)
def test_measures(text: str, expected: list[Any]) -> None:
    assert [(measure.kind, measure.bounds) for measure in measures_in(text)] == expected


def test_scales_need_a_comparator() -> None:
    assert scales_in("grade 3 disease") == []
    assert [(scale.value, scale.comparator) for scale in scales_in("at least grade 3")] == []
    assert [(scale.value, scale.comparator) for scale in scales_in("Tumor grade 3 or lower")] == [("3", "at_most")]
