"""Whole invented policies in PDF, printed by a browser: page headers and footers, lists, tables and sentences that pages break.

`tests/invented`: a coverage policy with bold statements and tables of codes for each stance, and a coverage determination as
Medicare's contractors print them, with groups of codes; and a coverage policy with units, limits and a table of determinations.
"""

from __future__ import annotations

import pytest

from medpolicy.authoring.ledger import LineState
from tests.unit.test_invented_policies import dates, drafted, left, listings, related, statements, titles

COVERAGE, DETERMINATION, TABLES = "lengthening.pdf", "sensors.pdf", "denervation.pdf"


@pytest.mark.parametrize("name", [COVERAGE, DETERMINATION, TABLES])
def test_the_draft_loads_and_the_counts_add_up(name: str) -> None:
    found = drafted(name)
    assert found.is_known_layout
    assert found.faults == ()
    assert sum(found.ledger.counts.values()) == len(found.document.lines)


def test_statements_of_the_coverage_policy() -> None:
    rods, removal, distraction, stature, unproven = statements(COVERAGE)
    assert rods == (
        "medically-necessary",
        "procedure ['27715']",
        (
            "all(limb_length_discrepancy at_least 3 cm at_most 8 cm, "
            "any(skeletally_mature_individual, all(individual_with_closed_growth_plates, age at_least 10)), "
            "all(functional_impairment, any(shoe_lift_duration at_least 3 months, orthosis_duration at_least 3 months, "
            "physical_therapy_duration at_least 3 months)), not(any(active_infection_of_limb, "
            "body_mass_index at_least 40 kg/m2, all(use_of_tobacco, time_since_use_of_tobacco at_most 6 weeks))))"
        ),
        None,
    )
    assert removal[2] == (
        "any(consolidation_of_bone_complete_on_radiographs_in_two_planes, infection_breakage_and_or_migration_of_rod)"
    )
    assert distraction[2] == (
        "all(posttraumatic_arthritis_of_ankle, 2 of(age at_least 18, age at_most 60, "
        "all(visual_analog_scale_pain_score more_than 5, visual_analog_scale_pain_score_5_duration at_least 6 months), "
        "all(loss_of_joint_space_on_weight_bearing_radiographs at_least 50 %, "
        "failure_of_contraindication_or_intolerance_to_intra)))"
    )
    assert stature[0] == "not-medically-necessary"
    assert (unproven[0], unproven[2]) == ("investigational", "-")


def test_the_rest_of_the_coverage_policy() -> None:
    assert (drafted(COVERAGE).policy["number"], drafted(COVERAGE).policy["title"]) == (
        "0873",
        "Percutaneous Tibial Rod Lengthening and Ankle Distraction",
    )
    assert listings(COVERAGE) == [
        ("cpt", None, ["20680", "27715", "27899"]),
        ("cpt", "investigational", ["0232T"]),
        ("hcpcs", "investigational", ["C1889"]),
    ]
    assert [one["codes"] for one in drafted(COVERAGE).version["diagnosis_listings"]] == [
        ["M19.171-M19.179", "M21.761-M21.769", "Q72.51-Q72.53"],
        ["R62.52"],
    ]
    assert dates(COVERAGE) == ["2026-03-15", "2025-09-15", "2025-03-15"]
    assert titles(COVERAGE)[1] == "Local Coverage Determination (LCD): Lower Limb Lengthening (L99871)"
    assert len(related(COVERAGE)) == 3
    assert left(COVERAGE) == [
        "Plans differ in what they pay for limb lengthening. What holds for a member stands in",
        "the benefit plan of the member.",
    ]


def test_statements_of_the_determination() -> None:
    sensors, replacement, limits, contraindicated = statements(DETERMINATION)
    assert sensors[:3] == (
        "medically-necessary",
        "implantable_bladder_sensors",
        (
            "all(all(neurogenic_bladder, age at_least 21), "
            "all(detrusor_leak_point_pressure_on_urodynamic_testing more_than 40 cmH2O, "
            "time_since_detrusor_leak_point_pressure_on_urodynamic_testing at_most 1 years), "
            "any(all(two_or_more_febrile_urinary_tract_infections, "
            "time_since_two_or_more_febrile_urinary_tract_infections at_most 12 months), hydronephrosis_on_ultrasound, "
            "decline_of_glomerular_filtration_rate at_least 20 %), patient_or_caregiver_able_to_operate_receiver)"
        ),
    )
    assert replacement == ("medically-necessary", "replacement_of_sensor", "any(battery_depleted, sensor_failed)", None)
    assert (limits[0], limits[1].count(",")) == ("not-medically-necessary", 2)
    assert contraindicated[0] == "not-medically-necessary"


def test_the_rest_of_the_determination() -> None:
    found = drafted(DETERMINATION)
    assert (found.policy["number"], found.policy["title"]) == ("L98765", "Implantable Bladder Sensors")
    assert found.version["version"] == "2026-04-03"
    assert listings(DETERMINATION) == [
        ("cpt", None, ["53899", "0596T"]),
        ("cpt", "not-medically-necessary", ["0597T"]),
    ]
    assert [(one["id"], one["codes"]) for one in found.version["diagnosis_listings"]] == [
        ("supporting-diagnoses", ["N31.0", "N31.1", "N31.9"]),
        ("non-supporting-diagnoses", ["N39.3"]),
    ]
    assert dates(DETERMINATION) == ["2026-04-03", "2023-10-01", "2019-10-01"]
    assert related(DETERMINATION) == ["Billing and Coding: Implantable Bladder Sensors"]
    dated = {line.text.strip(): line.state for line in found.ledger.lines if "For services performed" in line.text}
    assert list(dated.values()) == [LineState.NARRATIVE, LineState.USED]


def test_numbers_and_alternatives_of_a_coverage_policy() -> None:
    baskets, again, lattices, continued, unproven = statements(TABLES)
    assert baskets == (
        "medically-necessary",
        "procedure ['0338T', '0339T']",
        (
            "all(age at_least 18, age at_most 75, all(office_systolic_blood_pressure at_least 150 mmHg, ambulatory_monitoring, "
            "mean_24_hour_systolic_blood_pressure at_least 140 mmHg), "
            "stable_regimen_of_at_least_three_antihypertensive_duration at_least 8 weeks, "
            "secondary_causes_of_hypertension_excluded, "
            "not(any(estimated_glomerular_filtration_rate less_than 45 mL/min/1.73m2, "
            "any(renal_artery_diameter less_than 4 mm, stenosis more_than 50 %), pregnancy_or_planned_pregnancy, "
            "any(prior_renal_artery_stent, all(renal_artery_intervention, "
            "time_since_renal_artery_intervention at_most 3 months)))))"
        ),
        None,
    )
    assert again[:1] == ("not-medically-necessary",)
    assert "o_leary_sant_symptom_index_score at_least 8" in lattices[2]
    assert (lattices[1], lattices[3]) == ("procedure ['C9738']", "investigational")
    assert continued[2] == "disease_progression_on_cystoscopy_performed_every_3_months is False"
    assert unproven[0] == "investigational"


def test_what_is_no_criterion_of_a_coverage_policy() -> None:
    found = drafted(TABLES)
    assert [item["value"] for item in found.policy["identifiers"]] == ["20.99", "L39876"]
    assert [item["text"] for item in found.version["limitations"]] == [
        "Continuation of treatment with a bladder drug lattice: up to 12 additional months."
    ]
    assert listings(TABLES) == [
        ("cpt", None, ["0338T", "0339T"]),
        ("hcpcs", None, ["C9738"]),
        ("cpt", "investigational", ["53899", "0600T"]),
    ]
    assert dates(TABLES) == ["2026-03-15", "2025-09-01"]
    assert left(TABLES) == []
