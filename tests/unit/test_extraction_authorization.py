"""Prior authorization by sentences and tables; the documents are invented."""

from __future__ import annotations

from typing import Any

import pytest

from medpolicy.authoring.extraction.authorization import extract_authorization, rule_of
from medpolicy.authoring.extraction.context import Extraction
from medpolicy.authoring.extraction.lines_of_business import extract_lines_of_business
from tests.extraction_samples import ISSUER, extracted, not_understood


def _extraction(markdown: str) -> Extraction:
    return extracted(markdown, extract_lines_of_business, extract_authorization, issuer=ISSUER)


def _cells(extraction: Extraction) -> list[tuple[str, str, str]]:
    rules: list[dict[str, Any]] = extraction.version.get("authorization", [])
    return [(rule["setting"], rule["lines_of_business"][0], rule["rule"]) for rule in rules]


def test_a_table_of_lines_against_settings() -> None:
    extraction = _extraction(
        "## Prior Authorization Requirements\n\n| Plan | Inpatient | Outpatient |\n|---|---|---|\n"
        "| Commercial | Prior authorization is required | Not required |\n| Medicare Choice (HMO) | Yes | Ask us |\n"
    )
    assert _cells(extraction) == [
        ("inpatient", "north-plan-commercial", "auth-needed"),
        ("outpatient", "north-plan-commercial", "no-auth"),
        ("inpatient", "medicare-choice", "auth-needed"),
        ("outpatient", "medicare-choice", "conditional"),
    ]
    rules = extraction.version["authorization"]
    assert "no rule" in rules[3]["review"][0]
    assert rules[0]["citation"]["lines"] == [5, 5]
    assert not_understood(extraction.book.close()) == []


def test_a_sentence_under_the_heading_of_its_setting_is_for_every_line() -> None:
    extraction = _extraction(
        "## Authorization Information\n\n### Inpatient\n\n- Precertification IS REQUIRED for all products.\n\n"
        "### Outpatient\n\n- This is not a covered service for FEP members; prior authorization is not needed there.\n"
    )
    assert _cells(extraction) == [
        ("inpatient", "north-plan-commercial", "auth-needed"),
        ("inpatient", "medicare-choice", "auth-needed"),
        ("inpatient", "fep", "auth-needed"),
        ("outpatient", "fep", "not-covered"),
    ]
    assert "review" not in extraction.version["authorization"][0]


def test_products_are_asked_about_where_the_policy_lists_products() -> None:
    def list_products(extraction: Extraction) -> None:
        extraction.version["product_lists"] = [{"id": "braces"}]

    text = "## Prior Authorization\n\nPrior authorization is required for all products performed inpatient.\n"
    extraction = extracted(text, extract_lines_of_business, list_products, extract_authorization, issuer=ISSUER)
    assert "products" in extraction.version["authorization"][0]["review"][0]
    named = text.replace("products", "FEP products")
    extraction = extracted(named, extract_lines_of_business, list_products, extract_authorization, issuer=ISSUER)
    assert "review" not in extraction.version["authorization"][0]


def test_a_sentence_without_a_setting_is_read_for_both_and_asked_about() -> None:
    extraction = _extraction("## Prior Authorization\n\nPrior authorization is required for Commercial members.\n")
    assert _cells(extraction) == [
        ("inpatient", "north-plan-commercial", "auth-needed"),
        ("outpatient", "north-plan-commercial", "auth-needed"),
    ]
    assert "no setting" in extraction.version["authorization"][0]["review"][0]


def test_a_pointer_to_the_table_is_no_rule() -> None:
    extraction = _extraction("## Prior Authorization\n\nSee below where prior authorization might be required outpatient.\n")
    assert _cells(extraction) == []
    assert not_understood(extraction.book.close()) == []


def test_two_places_that_disagree_are_asked_about() -> None:
    extraction = _extraction(
        "## Authorization\n\nPrior authorization is required inpatient for FEP.\n\nNo authorization needed inpatient for FEP.\n"
    )
    assert _cells(extraction) == [("inpatient", "fep", "conditional")]
    assert "disagree" in extraction.version["authorization"][0]["review"][0]


def test_a_table_of_codes() -> None:
    extraction = _extraction("## Authorization\n\n| Code | Outpatient |\n|---|---|\n| L1851 | Required |\n| L1852 | No |\n")
    rules = extraction.version["authorization"]
    assert [(rule["procedures"], rule["rule"]) for rule in rules[:1] + rules[3:4]] == [
        (["L1851"], "auth-needed"),
        (["L1852"], "no-auth"),
    ]


def test_a_row_of_nobody_and_a_sentence_without_a_rule_are_not_understood() -> None:
    extraction = _extraction("## Authorization\n\nCall us first.\n\n| Plan | Outpatient |\n|---|---|\n| Moon plan | Required |\n")
    assert not_understood(extraction.book.close()) == ["Call us first.", "| Moon plan | Required |"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("This is not a covered service.", "not-covered"),
        ("Prior authorization is not required.", "no-auth"),
        ("No precertification needed", "no-auth"),
        ("Prior authorization might be required", "conditional"),
        ("Authorization must be obtained", "auth-needed"),
        ("Requires preauthorization", "auth-needed"),
        ("Call us", None),
    ],
)
def test_rules_by_their_words(text: str, rule: str | None) -> None:
    assert rule_of(text) == rule


@pytest.mark.parametrize(
    "sentence",
    [
        "Yes indicates that prior authorization is required.",
        "No means that prior authorization is not required.",
        "See below for situations where prior authorization may be required or may not be required for outpatient services.",
    ],
)
def test_what_explains_or_announces_a_table_is_no_rule(sentence: str) -> None:
    extraction = _extraction(f"## Prior Authorization Information\n\n{sentence}\n")
    assert _cells(extraction) == []
    assert not_understood(extraction.book.close()) == []


def test_a_line_that_nobody_declares_is_asked_about() -> None:
    extraction = _extraction(
        "## Prior Authorization Information\n\nPrior authorization is not required for Commercial and Medicaid Silver plans.\n"
    )
    assert _cells(extraction)[0][1] == "north-plan-commercial"
    marks = extraction.version["authorization"][0]["review"]
    assert "“Medicaid Silver plans.” matches no line of business that is declared" in marks


def test_a_setting_alone_on_its_line_is_of_the_table_below() -> None:
    extraction = _extraction(
        "## Prior Authorization Information\n\nOutpatient\n\n| | |\n|---|---|\n| Commercial | Prior authorization is required |\n"
    )
    assert _cells(extraction) == [("outpatient", "north-plan-commercial", "auth-needed")]
    assert "review" not in extraction.version["authorization"][0]


def test_members_named_above_the_sentence_with_their_rule() -> None:
    extraction = extracted(
        "# Braces\n\n7.\n\n## Policy\n\n### Commercial HMO and PPO, and Medicare PPO Members\n\nBraces are covered.\n\n"
        "## Authorization Information\n\n"
        "**Commercial Members: HMO**\nPrior authorization is required.\n\n"
        "**Commercial Members: PPO**\nPrior authorization is not required.\n",
        extract_lines_of_business,
        extract_authorization,
    )
    lines = ["commercial-members-hmo", "commercial-members-ppo", "medicare-ppo-members"]
    assert extraction.version["lines_of_business"] == lines
    assert [(one, rule) for setting, one, rule in _cells(extraction) if setting == "outpatient"] == [
        ("commercial-members-hmo", "auth-needed"),
        ("commercial-members-ppo", "no-auth"),
    ]


def test_a_column_of_the_table_of_codes() -> None:
    extraction = _extraction(
        "## Codes\n\n| Code | Description | Requires prior authorization |\n|---|---|---|\n| 93356 | Invented | Yes |\n"
        "| 75557 | Invented | Yes |\n| 75565 | Invented | No |\n| 75571 | Invented | East only |\n"
    )
    rules = extraction.version["authorization"]
    assert {(rule["rule"], *rule["procedures"]) for rule in rules} == {("auth-needed", "93356", "75557"), ("no-auth", "75565")}
    assert {rule["setting"] for rule in rules} == {"inpatient", "outpatient"}
    assert any("it names no setting" in mark for mark in rules[0]["review"])
    assert any("East only" in mark for mark in extraction.version["review"])
