"""How much of a service is approved is written down, asked about, and never a criterion. The policies are invented."""

from __future__ import annotations

from typing import Any

import pytest

from medpolicy.authoring.extraction.statements import extract_statements
from tests.criteria_words import in_words
from tests.extraction_samples import extracted


def read(body: str) -> dict[str, Any]:
    return extracted(f"# Widgets\n\n## Policy\n\n{body}\n", extract_statements).version


@pytest.mark.parametrize(
    ("sentence", "limit", "criteria"),
    [
        (
            "Widget training is medically necessary for up to 24 visits within 6 months of the operation.",
            "up to 24 visits within 6 months of the operation",
            "None",
        ),
        (
            "Widgets are medically necessary for an initial period of up to 6 months when the member has gout.",
            "an initial period of up to 6 months",
            "gout",
        ),
        (
            "Widgets are medically necessary for the treatment of gout, limited to 12 sessions per year.",
            "limited to 12 sessions per year",
            "gout",
        ),
        (
            "Widgets are medically necessary for a maximum of two (2) treatments per level per year for gout.",
            "a maximum of two (2) treatments per level per year",
            "gout",
        ),
    ],
)
def test_a_limit_is_no_criterion(sentence: str, limit: str, criteria: str) -> None:
    version = read(sentence)
    (provision,), (noted,) = version["provisions"], version["limitations"]
    found = provision.get("criteria")
    assert (in_words(found) if found else "None") == criteria
    assert noted["text"].endswith(f": {limit}.")
    assert noted["citation"]["lines"] == provision["citation"]["lines"]
    assert any(limit in mark and "not evaluated" in mark for mark in provision["review"])


@pytest.mark.parametrize(
    ("sentence", "criteria"),
    [
        ("Widgets are medically necessary for members up to 12 years of age.", "age at_most 12"),
        (
            "Widgets are medically necessary for symptoms lasting up to 12 weeks.",
            "symptoms_duration at_most 12 weeks",
        ),
        ("Widgets are medically necessary for nodules of up to 5 cm.", "nodules at_most 5 cm"),
    ],
)
def test_a_condition_stays_one(sentence: str, criteria: str) -> None:
    version = read(sentence)
    assert in_words(version["provisions"][0]["criteria"]) == criteria
    assert "limitations" not in version


def test_a_limit_in_a_sentence_of_its_own_belongs_to_the_statement_before() -> None:
    version = read(
        "Widgets are medically necessary when the member has gout. No more than two (2) widgets per year are considered "
        "medically necessary."
    )
    (provision,), (noted,) = version["provisions"], version["limitations"]
    assert noted["text"] == "Widgets: No more than two (2) widgets per year."
    assert len(provision["review"]) == 1


def test_more_of_a_service_is_asked_about() -> None:
    version = read(
        "Widget training is medically necessary after surgery; additional visits are medically necessary if there is progress."
    )
    assert any("of which service is it a part?" in mark for mark in version["provisions"][1]["review"])


def test_a_limit_on_something_else_is_no_limit_of_the_statement_before() -> None:
    version = read(
        "Widgets are medically necessary for gout. Up to two compression socks per year are considered medically necessary."
    )
    assert len(version["provisions"]) == 2
    assert any("it sets a limit" in mark for mark in version["provisions"][1]["review"])


def test_for_how_much_an_approval_is() -> None:
    version = read("Widgets are medically necessary for gout. Approval is for one widget per eye per lifetime.")
    (provision,), (noted,) = version["provisions"], version["limitations"]
    assert noted["text"] == "Widgets: one widget per eye per lifetime."
    assert in_words(provision["criteria"]) == "gout"
