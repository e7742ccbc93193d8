"""What holds for all that the conditions leave, where one statement or several set conditions for a service."""

from __future__ import annotations

from typing import Any

from medpolicy.authoring.importing import import_document
from tests.criteria_words import in_words

HEAD = "# Bone Braces\n\nPolicy Number: 12\n\nEffective Date: 1/1/2026\n\n## Policy\n\n"


def drafted(text: str) -> dict[str, Any]:
    found = import_document((HEAD + text).encode(), "braces.md")
    assert found.faults == ()
    return found.version


def statements(text: str) -> list[tuple[str, str, str | None]]:
    return [(one["stance"], in_words(one.get("criteria")), one.get("otherwise")) for one in drafted(text)["provisions"]]


def test_all_other_uses_of_a_service() -> None:
    assert statements(
        "Bone braces are considered medically necessary when the bone is broken.\n\n"
        "All other uses of bone braces are considered investigational.\n"
    ) == [("medically-necessary", "bone_broken", "investigational")]


def test_what_meets_none_of_several_statements_is_a_statement_of_its_own() -> None:
    text = (
        "Bone braces are considered medically necessary when the bone is broken.\n\n"
        "Bone braces are considered medically necessary when the joint is loose.\n\n"
        "Bone braces are considered investigational for all other indications.\n"
    )
    first, second, left = drafted(text)["provisions"]
    assert (first.get("otherwise"), second.get("otherwise")) == (None, None)
    assert left["when"] == first["when"] == second["when"]
    assert left["stance"] == "investigational"
    assert left["criteria"] == {"all": [{"not": first["criteria"]}, {"not": second["criteria"]}]}
    assert "none of 2 statements" in left["review"][0]
    assert [in_words(one["criteria"]) for one in drafted(text)["definitions"]] == ["bone_broken", "joint_loose"]


def test_what_a_denial_leaves_is_no_rest_of_the_service() -> None:
    found = statements(
        "Bone braces are considered medically necessary when the bone is broken.\n\n"
        "Bone braces are considered not medically necessary for the correction of posture.\n\n"
        "All other uses of bone braces are considered investigational.\n"
    )
    assert [otherwise for _, _, otherwise in found] == ["investigational", None]


def test_how_often_is_a_condition_and_no_part_of_the_name() -> None:
    assert statements("Bone scans more than two times in 12 months are considered not medically necessary.\n") == [
        ("not-medically-necessary", "all(bone_scans, times_in_12_months more_than 2)", None)
    ]


def test_how_often_without_a_service_limits_the_one_before() -> None:
    version = drafted(
        "Bone foam is considered medically necessary when the bone is broken.\n\n"
        "Up to 3 treatments within a 12-month period are considered medically necessary.\n"
    )
    (foam,), (limit,) = version["provisions"], version["limitations"]
    assert in_words(foam["criteria"]) == "bone_broken"
    assert "limits how much or how often, not whether" in foam["review"][0]
    assert limit["text"] == "Bone foam: Up to 3 treatments within a 12-month period."


def test_more_than_the_limit_is_a_statement_about_the_service_before() -> None:
    _, more = drafted(
        "Bone foam is considered medically necessary when the bone is broken.\n\n"
        "More than 3 treatments within a 12-month period are considered not medically necessary.\n"
    )["provisions"]
    assert in_words(more["criteria"]) == "all(bone_foam, treatments_within_12_month_period more_than 3)"
    assert "taken from the statement before" in more["review"][0]


def test_each_use_of_a_series_counts() -> None:
    assert statements("Bone braces are considered investigational for the treatment of gout, flat feet, and lumbago.\n")[0][
        1
    ] == ("all(bone_braces, any(gout, flat_feet, lumbago))")
    shared = "Bone braces are considered investigational for hip, knee, or ankle pain.\n"
    assert statements(shared)[0][1] == "all(bone_braces, hip_knee_or_ankle_pain)"


def test_a_note_within_a_list_ends_it_no_more_than_a_new_page() -> None:
    (only,) = drafted(
        "Bone braces are considered medically necessary when ALL of the following are met:\n\n"
        "1. The bone is broken\n2. Age 18 years or older\n\nNote: A scan of another clinic is accepted.\n\n"
        "3. No allergy to steel\n"
    )["provisions"]
    assert in_words(only["criteria"]) == "all(bone_broken, age at_least 18, allergy_to_steel is False)"
    assert "was read as a note: does it change one?" in only["review"][0]


def test_a_quantifier_alone_on_its_line() -> None:
    assert statements(
        "Bone braces are considered medically necessary when\nBOTH\n- the bone is broken\nAND\n- the skin is intact.\n"
    ) == [("medically-necessary", "all(bone_broken, skin_intact)", None)]
