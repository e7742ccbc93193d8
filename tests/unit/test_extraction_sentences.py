"""Sentences that take a stance: conditions before the service, exceptions, and what they say of all else in one breath."""

from __future__ import annotations

import pytest

from medpolicy.authoring.importing import import_document
from tests.criteria_words import in_words

HEAD = "# Bone Braces\n\nPolicy Number: 12\n\nEffective Date: 1/1/2026\n\n## Policy\n\n"
NECESSARY = "Bone braces are considered medically necessary"
Statement = tuple[str, str, str, str | None]


def statements(text: str) -> list[Statement]:
    found = import_document((HEAD + text).encode(), "braces.md")
    assert found.faults == ()
    return [
        (one["stance"], in_words(one.get("when")), in_words(one.get("criteria")), one.get("otherwise"))
        for one in found.version["provisions"]
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("If the bone is broken, bone braces are considered medically necessary.", "bone_broken"),
        (
            "In members under 18 years of age, bone braces are considered medically necessary for gout.",
            "all(age less_than 18, gout)",
        ),
        (f"{NECESSARY} only if the bone is broken.", "bone_broken"),
        (f"{NECESSARY} with the exception of braces for gout.", "not(braces_for_gout)"),
        (f"{NECESSARY} in patients with gout and in patients with rash.", "any(patients_with_gout, rash)"),
    ],
)
def test_conditions_where_they_stand(text: str, expected: str) -> None:
    assert statements(text) == [("medically-necessary", "bone_braces", expected, None)]


def test_an_exception_to_a_denial_of_a_stance() -> None:
    ((stance, when, criteria, _),) = statements(
        "Bone braces are considered investigational, with the exception of braces used for fracture."
    )
    assert (stance, when, criteria) == ("investigational", "bone_braces", "not(braces_used_for_fracture)")


def test_all_else_in_the_same_sentence() -> None:
    assert statements(f"{NECESSARY} when the bone is broken, otherwise they are considered investigational.") == [
        ("medically-necessary", "bone_braces", "bone_broken", "investigational")
    ]


def test_two_stances_each_with_its_scope() -> None:
    assert statements(f"{NECESSARY} for adults, but are considered investigational in children.") == [
        ("medically-necessary", "bone_braces", "adults", None),
        ("investigational", "-", "all(bone_braces, children)", None),
    ]


def test_a_second_sentence_with_conditions_of_its_own() -> None:
    assert statements(
        f"{NECESSARY} when the bone is broken. They are considered not medically necessary when it has healed."
    ) == [
        ("medically-necessary", "bone_braces", "bone_broken", None),
        ("not-medically-necessary", "bone_braces", "healed", None),
    ]


def test_all_uses_but_one_that_is_named() -> None:
    ((stance, _, criteria, _),) = statements(
        "Bone braces are considered investigational for all indications other than fracture."
    )
    assert (stance, criteria) == ("investigational", "all(bone_braces, not(fracture))")
