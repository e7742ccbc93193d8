"""Lines of business: matched with those of an issuer, or put aside for a draft of one. The documents are invented."""

from __future__ import annotations

import dataclasses

import pytest

from medpolicy.authoring.extraction.lines_of_business import (
    SIDE_DATA,
    extract_lines_of_business,
    lines_named_in,
    lines_of_section,
    unmatched_lines,
)
from medpolicy.model.issuer import LineOfBusiness, Program
from tests.extraction_samples import ISSUER, extracted

ALL = ["north-plan-commercial", "medicare-choice", "fep"]


def test_the_heading_above_the_statements_names_them() -> None:
    text = "# Braces\n\nx\n\n### Policy\n\n## Commercial and Medicare Choice HMO Members\n\nBraces are covered.\n"
    version = extracted(text, extract_lines_of_business, issuer=ISSUER).version
    assert version["lines_of_business"] == ["north-plan-commercial", "medicare-choice"]
    assert version["lines_of_business_citation"]["lines"] == [7, 7]
    assert version["lines_of_business_citation"]["section"] == "Policy"
    assert "review" not in version


def test_a_heading_that_names_a_line_of_nobody_is_asked_about() -> None:
    text = "# Braces\n\nx\n\n## Policy\n\n### Commercial Members, Medicaid Members\n\nBraces are covered.\n"
    version = extracted(text, extract_lines_of_business, issuer=ISSUER).version
    assert version["lines_of_business"] == ["north-plan-commercial"]
    assert "Medicaid" in version["review"][0]


def test_a_label_in_the_front_matter() -> None:
    version = extracted("# Braces\n\nLines of Business: Commercial, FEP\n", extract_lines_of_business, issuer=ISSUER).version
    assert version["lines_of_business"] == ["north-plan-commercial", "fep"]


def test_all_lines_by_a_sentence_wherever_it_stands() -> None:
    text = "# Braces\n\nBe careful.\nTHIS GUIDELINE APPLIES TO ALL LINES OF BUSINESS UNLESS OTHERWISE NOTED.\n"
    version = extracted(text, extract_lines_of_business, issuer=ISSUER).version
    assert (version["lines_of_business"], version["lines_of_business_citation"]["lines"]) == (ALL, [4, 4])
    assert "review" not in version


def test_nothing_said_is_all_lines_with_a_mark() -> None:
    version = extracted("# Braces\n\n## Policy\n\nBraces are covered.\n", extract_lines_of_business, issuer=ISSUER).version
    assert version["lines_of_business"] == ALL
    assert "does not say" in version["review"][0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Medicare Choice", ["medicare-choice"]),  # all words of its id, though not of its name
        ("Medicare Choice (HMO)", ["medicare-choice"]),
        ("Medicare members", ["medicare-choice"]),
        ("Commercial HMO and Medicare members", ["north-plan-commercial", "medicare-choice"]),
        ("Federal Employee Program (FEP): Follow FEP guidelines.", ["fep"]),
        ("FEP", ["fep"]),
        ("HMO", []),
        ("Medicaid", []),
        ("", []),
    ],
)
def test_words_that_name_a_line(text: str, found: list[str]) -> None:
    extraction = extracted("# Braces\n", issuer=ISSUER)
    assert lines_named_in(extraction, text) == found


def test_the_issuers_own_name_in_an_id_need_not_be_printed() -> None:
    line = LineOfBusiness(id="north-plan-ppo", name="Preferred Choice", program=Program.COMMERCIAL)
    extraction = extracted("# Braces\n", issuer=dataclasses.replace(ISSUER, lines_of_business=(line,)))
    assert lines_named_in(extraction, "PPO members") == ["north-plan-ppo"]


def test_without_an_issuer_the_rows_of_the_authorization_table_are_put_aside() -> None:
    text = (
        "# Braces\n\n## Policy\n\n### Commercial PPO and Medicare HMO Members\n\nBraces are covered.\n\n## Authorization\n\n"
        "| | Outpatient |\n|---|---|\n| Commercial PPO | Required |\n| Medicare HMO | Not required |\n"
    )
    extraction = extracted(text, extract_lines_of_business)
    assert extraction.policy[SIDE_DATA]["lines_of_business"] == [
        {"id": "commercial-ppo", "name": "Commercial PPO", "program": "commercial"},
        {"id": "medicare-hmo", "name": "Medicare HMO", "program": "medicare-advantage"},
    ]
    assert extraction.version["lines_of_business"] == ["commercial-ppo", "medicare-hmo"]
    assert "no issuer" in extraction.version["review"][0]


def test_without_an_issuer_and_a_table_the_exceptions_name_lines() -> None:
    text = (
        "# Braces\n\nApplies to all lines of business.\n\n## Program Exceptions\n\nMedicaid Products: Follow state guidelines.\n"
    )
    extraction = extracted(text, extract_lines_of_business)
    assert [line["id"] for line in extraction.policy[SIDE_DATA]["lines_of_business"]] == ["commercial", "medicaid"]


def test_headings_one_below_the_other_speak_for_the_same_statements() -> None:
    extraction = extracted(
        "## Policy\n\n### Commercial Members\n\n### Medicare Choice (HMO) Members\n\nBraces are covered.\n\n"
        "### FEP Members\n\nBoots are covered.\n",
        extract_lines_of_business,
        issuer=ISSUER,
    )
    named = [lines_of_section(extraction, section) for section in extraction.outline.sections if section.blocks]
    assert named == [["north-plan-commercial", "medicare-choice"], ["fep"]]


def test_a_label_among_others_on_lines_of_one_paragraph() -> None:
    extraction = extracted(
        "# Braces\n\n**Policy Number:** 7\n**Line of Business:** Commercial, FEP\n**Effective Date:** 1/1/2026\n",
        extract_lines_of_business,
        issuer=ISSUER,
    )
    assert extraction.version["lines_of_business"] == ["north-plan-commercial", "fep"]


def test_several_plans_of_one_programme_may_be_declared_as_one() -> None:
    issuer = dataclasses.replace(
        ISSUER,
        lines_of_business=(LineOfBusiness(id="commercial", name="Commercial HMO and PPO", program=Program.COMMERCIAL),),
    )
    extraction = extracted("# Braces\n", extract_lines_of_business, issuer=issuer)
    assert lines_named_in(extraction, "Commercial HMO, Commercial PPO") == ["commercial"]
    assert unmatched_lines(extraction, "Commercial HMO, Commercial PPO, Medicaid") == ["Medicaid"]
