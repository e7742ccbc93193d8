"""Whole policies in manners that several plans share, all of them invented: what is read, what is asked, and what is left.

`tests/invented`: a bulletin in HTML with nested Roman numbering, a rationale in Markdown with bullets and tables of codes, a
position statement in Markdown whose labels take the stances, a policy in Markdown with parts for commercial and for Medicare
members, a page that a word processor saved, a guideline in plain text; and one made here in DOCX, whose headings are only set in
bold.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from medpolicy.authoring.importing import ImportedPolicy, import_document
from medpolicy.authoring.ledger import LineState
from tests.conftest import ROOT
from tests.criteria_words import in_words
from tests.small_documents import docx


@cache
def drafted(name: str) -> ImportedPolicy:
    data = docx(_surgical_policy) if name.endswith(".docx") else (ROOT / "tests" / "invented" / name).read_bytes()
    return import_document(data, name)


def statements(name: str) -> list[tuple[str, str, str, str | None]]:
    """Stance, service, criteria, and what holds otherwise."""
    return [
        (one["stance"], in_words(one.get("when")), in_words(one.get("criteria")), one.get("otherwise"))
        for one in drafted(name).version["provisions"]
    ]


def left(name: str) -> list[str]:
    return [line.text for line in drafted(name).ledger.lines if line.state is LineState.NOT_UNDERSTOOD]


def listings(name: str) -> list[tuple[str, str | None, list[str]]]:
    return [
        (one["system"], one.get("stance"), [code["code"] for code in one["codes"]])
        for one in drafted(name).version["code_listings"]
    ]


def related(name: str) -> list[str]:
    return [one["title"] for one in drafted(name).policy["related"]]


def dates(name: str) -> list[str]:
    return [one["date"] for one in drafted(name).policy["history"]]


def titles(name: str) -> list[str]:
    return [one["title"] for one in drafted(name).version["references"]]


NAMES = ["bulletin.html", "rationale.md", "position.md", "members.md", "wordpage.html", "guideline.txt", "surgical.docx"]


@pytest.mark.parametrize("name", NAMES)
def test_the_draft_loads_and_the_counts_add_up(name: str) -> None:
    found = drafted(name)
    assert found.is_known_layout
    assert found.faults == ()
    assert sum(found.ledger.counts.values()) == len(found.document.lines)


# -- a bulletin -------------------------------------------------------------------------------------------------------


def test_bulletin_each_listed_service_keeps_its_own_criteria() -> None:
    mapping, sealants, repeated, *others = statements("bulletin.html")
    courses, stays = "two_or_more_courses_of_systemic_corticosteroids", "one_or_more_hospitalizations_for_asthma"
    assert mapping == (
        "medically-necessary",
        "thermal_bronchial_mapping",
        (
            "all(age at_least 18, diagnosis_of_severe_persistent_asthma_confirmed, "
            f"any(all({courses}, time_since_{courses} at_most 12 months), all({stays}, time_since_{stays} at_most 12 months), "
            "all(fev1_of_predicted less_than 60 %, time_since_fev1_of_predicted at_most 12 months)), member_does_not_use_tobacco)"
        ),
        "investigational",
    )
    assert sealants[1:] == (
        "airway_sealants",
        (
            "all(prolonged_air_leak_following_lung_resection, prolonged_air_leak_following_lung_resection_duration "
            "more_than 7 days, standard_chest_tube_drainage_failed)"
        ),
        None,
    )
    assert repeated[2] == "all(time_since_previous_mapping at_least 6 months, member_documented_response)"
    assert others == [
        ("investigational", "bronchial_cryospray", "-", None),
        ("investigational", "airway_sealants", "any(emphysema, hemoptysis, tracheal_stenosis)", None),
        ("not-medically-necessary", "mapping_performed_solely_for_research", "-", None),
    ]


def test_bulletin_codes_policies_and_dates() -> None:
    assert drafted("bulletin.html").policy["number"] == "1733"
    assert listings("bulletin.html") == [
        ("cpt", None, ["31660", "31661"]),
        ("cpt", None, ["0781T", "0782T"]),
        ("cpt", None, ["94010"]),
        ("hcpcs", None, ["C1886"]),
    ]
    assert [one["codes"] for one in drafted("bulletin.html").version["diagnosis_listings"]] == [
        ["J45.50-J45.52", "J93.82"],
        ["J43.0-J43.9", "R04.2"],
    ]
    assert [(one["number"], one["title"]) for one in drafted("bulletin.html").policy["related"]] == [
        ("0071", "Chest Drains"),
        ("0112", "Asthma Biologics"),
    ]
    assert dates("bulletin.html") == ["2025-06-11", "2001-01-23"]
    assert len(titles("bulletin.html")) == 3


def test_bulletin_what_is_left_decides_nothing() -> None:
    assert [text for text in left("bulletin.html") if "href" not in text] == [
        "<p><strong>Bulletins</strong> | Larkspur Health</p>"
    ]


# -- a rationale ------------------------------------------------------------------------------------------------------


def test_rationale_statements() -> None:
    reweaving, others, handed_over, young = statements("rationale.md")
    assert reweaving == (
        "medically-necessary",
        "percutaneous_tendon_reweaving",
        (
            "any(all(full_thickness_tear_of_tendon at_least 2 cm, any(loss_of_active_elevation, "
            "night_pain_duration at_least 3 months)), all(chronic_tendinopathy, all(failure_of_conservative_therapy, "
            "failure_of_conservative_therapy_duration at_least 12 weeks, physical_therapy, any("
            "nonsteroidal_anti_inflammatory_medication, nonsteroidal_anti_inflammatory_medication_contraindicated)), "
            "imaging_confirms_tendinopathy, "
            "prior_surgery_on_same_tendon is False))"
        ),
        "investigational",
    )
    assert others == ("investigational", "any(cuff_balloons, laser_tendon_welding)", "-", None)
    assert handed_over == ("delegated", "tendon_allografts", "-", None)
    assert young == ("investigational", "-", "all(reweaving_devices, age less_than 18)", None)


def test_rationale_the_rest() -> None:
    assert related("rationale.md") == ["Shoulder Spacers", "Tendon Allografts and Substitutes"]
    assert listings("rationale.md") == [
        ("cpt", None, ["23929", "0797T", "0798T"]),
        ("hcpcs", "not-medically-necessary", ["C9781"]),
    ]
    assert dates("rationale.md") == ["2025-05-01", "2025-01-01", "2024-03-01"]
    event = drafted("rationale.md").policy["history"][0]
    assert (event["codes_added"], event["codes_removed"]) == (["0798T"], ["23412"])
    assert left("rationale.md") == [
        "Instructions for Use",
        "## Application",
        "This medical policy applies to all commercial plans except those of the state of Kansas.",
    ]
    assert any("says for whom the policy speaks" in mark for mark in drafted("rationale.md").version["review"])


# -- a position statement ---------------------------------------------------------------------------------------------


def test_position_labels_are_no_statements_and_two_words_on_the_rest_are_asked_about() -> None:
    implantation, replacement, upgrade, pacing = statements("position.md")
    assert implantation[3] == "not-medically-necessary"
    assert "which of them holds where?" in drafted("position.md").version["provisions"][0]["review"][0]
    assert replacement[2:] == ("all(existing_device_no_longer_functioning, existing_device_under_warranty is False)", None)
    assert (upgrade[0], pacing[0]) == ("not-medically-necessary", "investigational")


def test_position_the_rest() -> None:
    assert listings("position.md") == [
        ("cpt", None, ["43647", "43881", "43882"]),
        ("hcpcs", None, ["L8679"]),
        ("icd-10-pcs", None, ["0DH60MZ"]),
        ("cpt", "investigational", ["0868T"]),
    ]
    assert titles("position.md") == ["Pacing the stomach", "A trial of regulators", "Guideline on gastroparesis"]
    assert len(dates("position.md")) == 4
    assert left("position.md")[0] == "## Websites for Additional Information"
    assert len(left("position.md")) == 2


# -- parts for commercial and for Medicare members --------------------------------------------------------------------


def test_members_statements() -> None:
    implantation, replacement, others, belts, *medicare = statements("members.md")
    assert implantation == (
        "medically-necessary",
        "implantable_diaphragm_resonator",
        (
            "all(any(congenital_central_hypoventilation, spinal_cord_injury_at_or_above_c3, "
            "all(brainstem_stroke, time_since_brainstem_stroke more_than 12 weeks)), "
            "any(paco2_while_awake at_least 50 mmHg, paco2_during_sleep at_least 55 mmHg), body_mass_index less_than 40 kg/m2, "
            "phrenic_nerve_conduction_intact_bilaterally, dependent_on_opioids is False)"
        ),
        None,
    )
    assert replacement[2] == "all(device_no_longer_under_warranty, any(battery_depleted, leads_fractured))"
    assert others[2] == (
        "all(implantable_diaphragm_resonator, any(chronic_obstructive_pulmonary_disease, amyotrophic_lateral_sclerosis, hiccups))"
    )
    assert belts[:2] == ("not-medically-necessary", "external_diaphragm_belts")
    assert [stance for stance, *_ in medicare] == ["delegated", "delegated"]


def test_members_for_whom_each_statement_holds() -> None:
    commercial, medicare = (
        ["commercial-managed-care", "commercial-ppo-and-indemnity"],
        ["medicare-hmo-larch", "medicare-ppo-larch"],
    )
    found = [one["lines_of_business"] for one in drafted("members.md").version["provisions"]]
    assert found == [commercial] * 4 + [medicare] * 2


def test_members_the_rest() -> None:
    found = drafted("members.md")
    rules = [(one["setting"], one["lines_of_business"][0], one["rule"]) for one in found.version["authorization"]]
    assert [rule for setting, _, rule in rules if setting == "inpatient"] == ["auth-needed"] * 4
    assert [rule for setting, _, rule in rules if setting == "outpatient"] == ["auth-needed", "no-auth", "no-auth", "no-auth"]
    assert all("review" not in one for one in found.version["authorization"])
    assert listings("members.md") == [
        ("cpt", None, ["0424T", "0425T", "0426T", "0427T", "64575"]),
        ("icd-10-pcs", None, ["0BHT0MZ", "0BHT3MZ"]),
    ]
    assert [(one["number"], one["title"]) for one in found.policy["related"]] == [
        ("203", "Home Ventilation"),
        ("293", "Sleep Testing"),
    ]
    assert dates("members.md") == ["2026-04-01", "2025-09", "2024-01-01", "2023-10", "2022-08", "2019-12", "2017-07", "2016-02"]
    assert [one.get("pmid") for one in found.version["references"]] == ["99100001", None, "99100002"]
    assert left("members.md") == []


# -- a page that a word processor saved -------------------------------------------------------------------------------


def test_wordpage_statements() -> None:
    implants, myopia, removal = statements("wordpage.html")
    assert implants == (
        "medically-necessary",
        "corneal_lattice_implants",
        (
            "all(keratoconus, age at_least 21, progressive_deterioration_of_vision_adequate_function_no, "
            "corneal_thickness_at_incision_site at_least 450 um, "
            "any(contact_lens_intolerance, corneal_transplant_only_remaining_option), active_ocular_infection is False)"
        ),
        "investigational",
    )
    assert myopia[2:] == ("all(corneal_lattice_implants, correction_of_myopia less_than 12 D)", None)
    assert removal[2] == "any(extrusion, infection, visual_halos_duration more_than 6 weeks)"


def test_wordpage_the_rest() -> None:
    found = drafted("wordpage.html")
    assert (found.policy["number"], found.policy["title"]) == ("OPH-204", "Corneal Lattice Implants")
    assert listings("wordpage.html") == [("cpt", None, ["65785", "65770"]), ("hcpcs", None, ["L8609"])]
    assert found.version["diagnosis_listings"][0]["codes"] == ["H18.601", "H18.602", "H18.611-H18.629"]
    assert dates("wordpage.html") == ["2025-05-20", "2023-06", "2023-06", "2016-04"]
    assert left("wordpage.html") == []


# -- a guideline in plain text ----------------------------------------------------------------------------------------


def test_guideline_statements() -> None:
    irrigation, continuation, lobes, otoplasty, medicare, state = statements("guideline.txt")
    assert irrigation == (
        "medically-necessary",
        "hyperthermic_ear_irrigation",
        (
            "all(age at_least 6, age at_most 65, all(vertigo_persisted, vertigo_duration at_least 8 weeks), "
            "any(hearing_loss_in_one_ear at_least 40 dB, "
            "all(failure_of_low_salt_diet, failure_of_low_salt_diet_duration at_least 30 days), "
            "three_or_more_attacks_per_week), perforation_of_tympanic_membrane is False)"
        ),
        "investigational",
    )
    assert continuation[2] == "all(reduction_in_attacks at_least 50 %, sessions_per_year at_most 12)"
    assert lobes == ("cosmetic", "ear_lobe_repair", "-", None)
    assert otoplasty == ("cosmetic", "otoplasty", "not(deformity_impairs_hearing)", None)
    assert (medicare[0], state[0]) == ("delegated", "delegated")


def test_guideline_headings_in_capitals_open_their_parts() -> None:
    assert related("guideline.txt") == ["Cochlear Warmers", "Balance Therapy"]
    assert titles("guideline.txt") == ["Warm ears", "Cold ears"]
    assert listings("guideline.txt") == [("cpt", None, ["69799", "0999T"])]
    (diagnoses,) = drafted("guideline.txt").version["diagnosis_listings"]
    assert (diagnoses["id"], diagnoses["codes"]) == ("supporting-diagnoses", ["H81.01-H81.09", "H81.4"])
    assert left("guideline.txt") == ["Dosage/Administration: the dosage must not exceed 40 mL per session."]


# -- headings in bold only --------------------------------------------------------------------------------------------


def _surgical_policy(document: Any) -> None:
    def heading(text: str) -> None:
        document.add_paragraph().add_run(text).bold = True

    def item(text: str, depth: int = 0) -> None:
        document.add_paragraph(text).paragraph_format.left_indent = 914400 * depth // 4

    def table(*rows: tuple[str, ...]) -> None:
        drawn = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(drawn.add_row().cells, row, strict=True):
                cell.text = text

    for text in ("Heron Mutual", "Medical Policy", "Sacral Warming Pads and Lumbar Shunts"):
        heading(text)
    item("Policy Number: HM-SURG-044")
    item("Last Review Date: 02/01/2026     Next Review Date: 02/01/2027")
    table(("Related Policies", "HM-SURG-012 Spinal Drains; HM-MED-100 Home Heat"))
    heading("POLICY")
    item("I.\tSacral warming pads may be considered medically necessary when ALL of the following criteria are met:")
    item("A.\tThe member is at least 12 years of age; AND", 1)
    item("B.\tPain has lasted for 3 or more months; AND", 1)
    item("C.\tAt least TWO of the following have been tried without success:", 1)
    item("1.\tTablets", 2)
    item("2.\tPhysical therapy", 2)
    item("3.\tNerve block, unless contraindicated", 2)
    item("II.\tLumbar shunts are considered medically necessary for EITHER of the following:")
    item("A.\tHydrocephalus with an opening pressure between 7 and 18 cm H2O", 1)
    item("OR", 1)
    item("B.\tVisual loss", 1)
    item("III.\tSacral warming pads are considered investigational when the criteria above are not met, and for all other uses.")
    heading("BENEFIT APPLICATION")
    item(
        "This policy applies to Commercial HMO, Commercial PPO and Medicare Advantage products. "
        "Prior authorization is required for lumbar shunts. Pads are warm."
    )
    heading("RATIONALE")
    item("One trial found that pads are medically necessary. Others did not.")
    heading("CODES")
    table(
        ("Codes", "Number", "Description"),
        ("CPT", "62272", "Invented drain"),
        ("", "62355", "Invented removal"),
        ("HCPCS", "E0249", "Invented pad"),
        ("ICD-10-CM", "G91.2", "Hydrocephalus"),
    )
    heading("POLICY HISTORY")
    table(("Date", "Action"), ("02/01/2026", "Annual review. Policy statements unchanged."), ("03/01/2019", "Policy created."))


def test_headings_in_bold_open_the_parts() -> None:
    found = drafted("surgical.docx")
    assert (found.policy["number"], found.policy["title"]) == ("HM-SURG-044", "Sacral Warming Pads and Lumbar Shunts")
    assert "“Heron Mutual” stands at the top, too" in found.policy["review"][0]
    assert [one["title"] for one in found.policy["related"]] == ["HM-SURG-012 Spinal Drains", "HM-MED-100 Home Heat"]
    assert statements("surgical.docx") == [
        (
            "medically-necessary",
            "sacral_warming_pads",
            (
                "all(age at_least 12, all(pain_lasted, pain_duration at_least 3 months), 2 of(tablets_tried_without_success, "
                "physical_therapy_tried_without_success, any(nerve_block_tried_without_success, nerve_block_contraindicated)))"
            ),
            "investigational",
        ),
        (
            "medically-necessary",
            "lumbar_shunts",
            "any(all(hydrocephalus, opening_pressure at_least 7 cmH2O at_most 18 cmH2O), visual_loss)",
            None,
        ),
    ]
    assert listings("surgical.docx") == [("cpt", None, ["62272", "62355"]), ("hcpcs", None, ["E0249"])]
    assert dates("surgical.docx") == ["2026-02-01", "2019-03-01"]


def test_each_sentence_of_a_line_counts() -> None:
    found = drafted("surgical.docx")
    assert found.version["lines_of_business"] == ["commercial-hmo", "commercial-ppo", "medicare-advantage-products"]
    marks = found.version["authorization"][0]["review"]
    assert any("“for lumbar shunts”, and was read for every service" in mark for mark in marks)
    assert any("is used in part, and not the rest of it" in mark for mark in found.version["review"])
