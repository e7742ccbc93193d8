"""Program exceptions; the documents are invented."""

from __future__ import annotations

from typing import Any

from medpolicy.authoring.extraction.context import Extraction
from medpolicy.authoring.extraction.exceptions import extract_exceptions
from medpolicy.authoring.extraction.lines_of_business import extract_lines_of_business
from tests.extraction_samples import ISSUER, extracted, not_understood


def _extraction(body: str) -> Extraction:
    text = f"# Braces\n\nApplies to all lines of business.\n\n## Program Exceptions\n\n{body}\n"
    return extracted(text, extract_lines_of_business, extract_exceptions, issuer=ISSUER)


def test_a_line_that_follows_other_guidelines() -> None:
    extraction = _extraction("Federal Employee Program (FEP): Follow FEP guidelines.")
    (provision,) = extraction.version["provisions"]
    assert provision["delegated_to"] == [{"kind": "guidelines", "title": "FEP guidelines", "identifier": "FEP"}]
    assert (provision["id"], provision["stance"], provision["part"]) == (
        "federal-employee-program",
        "delegated",
        "program-exceptions",
    )
    assert (provision["lines_of_business"], provision["citation"]["lines"]) == (["fep"], [7, 7])
    assert "review" not in provision


def test_medicare_documents_with_their_numbers() -> None:
    extraction = _extraction(
        "Medicare Products: These were reviewed: Local Coverage Determination (LCD) Bracing of Knees (L12345) and Local Coverage "
        "Article: Billing of Braces (A54321) located at cms.example.; National Coverage Determination (NCD) Straps (ST) 20.7; "
        "and National Coverage Analysis (NCA) Decision Memo Bracing CAG-00001R8."
    )
    (provision,) = extraction.version["provisions"]
    found: list[dict[str, Any]] = provision["delegated_to"]
    assert [(to["kind"], to["identifier"], to["title"]) for to in found] == [
        ("lcd", "L12345", "Bracing of Knees"),
        ("article", "A54321", "Billing of Braces"),
        ("ncd", "20.7", "Straps (ST)"),
        ("nca", "CAG-00001R8", "Bracing"),
    ]
    assert "do they?" in provision["review"][0]
    assert [(item["system"], item["value"]) for item in extraction.policy["identifiers"]] == [
        ("ncd-lcd", "L12345"),
        ("ncd-lcd", "20.7"),
    ]


def test_a_table_of_exceptions_is_appended_to_the_statements() -> None:
    def state(extraction: Extraction) -> None:
        extraction.version["provisions"] = [{"id": "fep"}]

    text = "# B\n\nx\n\n## Product Variations\n\n| Line | Exception |\n|---|---|\n| FEP | Refer to the federal manual |\n"
    extraction = extracted(text, extract_lines_of_business, state, extract_exceptions, issuer=ISSUER)
    assert [item["id"] for item in extraction.version["provisions"]] == ["fep", "fep-2"]
    assert extraction.version["provisions"][1]["delegated_to"][0]["title"] == "federal manual"


def test_a_line_of_nobody_and_an_exception_without_criteria_are_not_understood() -> None:
    lines = ["Moon Program: Follow lunar guidelines.", "FEP: Braces are blue."]
    assert not_understood(_extraction("\n\n".join(lines)).book.close())[-2:] == lines


def test_other_remarks_are_narrative() -> None:
    extraction = _extraction("Where a guideline has step therapy, members may ask for an exemption.")
    assert "provisions" not in extraction.version
    assert "Where" not in " ".join(not_understood(extraction.book.close()))


def test_a_stance_beside_the_documents_of_an_exception_is_asked_about() -> None:
    extraction = _extraction("Medicare Products: See article A59999. Braces are covered for Medicare members for gout only.")
    (provision,) = extraction.version["provisions"]
    assert any("“Braces are covered for Medicare members for gout only.” takes a stance" in mark for mark in provision["review"])


def test_documents_under_a_label_that_stands_alone() -> None:
    for label in ("Medicare Products:", "### Medicare Products"):
        extraction = _extraction(
            f"{label}\n\nThis was reviewed: National Coverage Determination (NCD) Straps 20.7.\n\n"
            "This LCD was reviewed: Bracing of Knees (L12345).\n"
        )
        assert [one["delegated_to"][0]["identifier"] for one in extraction.version["provisions"]] == ["20.7", "L12345"]
        assert {line for one in extraction.version["provisions"] for line in one["lines_of_business"]} == {"medicare-choice"}


def test_a_table_of_determinations_gives_identifiers() -> None:
    text = (
        "# Braces\n\n## Policy\n\nBraces are covered.\n\n## Medicare Coverage Determinations\n\n"
        "| | Contractor | Determination Name/Number | Revision |\n|---|---|---|---|\n"
        "| NCD | National | Straps (20.7) | 1/1/2020 |\n| LCD | Harbor Services | Bracing of Knees (L12345) | 2/2/2022 |\n"
    )
    extraction = extracted(text, extract_lines_of_business, extract_exceptions, issuer=ISSUER)
    found = extraction.policy["identifiers"]
    assert [(item["system"], item["value"]) for item in found] == [("ncd-lcd", "20.7"), ("ncd-lcd", "L12345")]
    assert [item["citation"]["lines"] for item in found] == [[11, 11], [12, 12]]
    assert any("20.7, L12345" in asked for asked in extraction.version["review"])
