"""Number, title, identifiers and dates in the headings of several manners; the documents are invented."""

from __future__ import annotations

from typing import Any

import pytest

from medpolicy.authoring.extraction.context import Extraction
from medpolicy.authoring.extraction.history import extract_history
from medpolicy.authoring.extraction.identity import extract_identity
from tests.extraction_samples import extracted


def _extraction(markdown: str) -> Extraction:
    return extracted(markdown, extract_identity)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Policy Number: 254", "254"),
        ("### Policy Number: 254", "254"),
        ("Coverage Policy Number ............. 0529", "0529"),
        ("Medical Policy No. MP-012", "MP-012"),
        ("Clinical Guideline #: CG.SURG.27", "CG.SURG.27"),
        ("Document ID: 7.01.124", "7.01.124"),
    ],
)
def test_a_number_by_its_label(line: str, number: str) -> None:
    policy = _extraction(f"# Knee Braces\n\n{line}\n\n## Policy\n\nBraces are covered.\n").policy
    assert (policy["number"], policy["title"], policy.get("review")) == (number, "Knee Braces", None)


def test_a_number_alone_at_the_top_is_taken_and_asked_about() -> None:
    policy = _extraction("02-33000-31\n\n# Knee Braces\n\n## Policy\n\nBraces are covered.\n").policy
    assert policy["number"] == "02-33000-31"
    assert "without a label" in policy["review"][0]


def test_the_number_of_a_local_coverage_determination_alone_at_the_top() -> None:
    assert _extraction("L98765\n\n# Knee Braces\n\n## Policy\n\nBraces are covered.\n").policy["number"] == "L98765"


def test_labels_and_values_in_the_cells_of_a_table() -> None:
    table = "| Guideline Name | Knee Braces |\n|---|---|\n| Guideline Number | MU-7 |\n| Implementation Date | 07/01/2026 |\n"
    found = _extraction(f"{table}\n## Purpose\n\nIt is for reviewers.\n\n## Policy\n\nBraces are covered.\n")
    assert (found.policy["number"], found.policy["title"]) == ("MU-7", "Knee Braces")
    assert found.version["version"] == "2026-07-01"


def test_a_date_alone_at_the_top_is_no_number() -> None:
    assert "number" not in _extraction("01-01-2020\n\n# Knee Braces\n\n## Policy\n\nBraces are covered.\n").policy


def test_a_number_further_down_is_not_taken_without_a_label() -> None:
    text = "# Knee Braces\n\n" + "\n\n".join("abcdef") + "\n\n02-33000-31\n"
    assert "number" not in _extraction(text).policy


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("## Medical Policy\n\n# Knee Braces (Including Straps)\n\nPolicy Number: 1\n", "Knee Braces (Including Straps)"),
        ("MP.7\n\nSubject: Knee Braces and\nStraps\n\n## Policy\n\nx\n", "Knee Braces and Straps"),
        ("Policy Title: Knee Braces\n\n## Policy\n\nx\n", "Knee Braces"),
        ("## Clinical Policy\n\nEffective Date ... 4/15/2026\n\n# Knee Braces\n\n## Overview\n\nx\n", "Knee Braces"),
    ],
)
def test_titles(text: str, title: str) -> None:
    assert _extraction(text).policy["title"] == title


def test_nothing_found_is_left_out() -> None:
    assert _extraction("Just some words.\n").policy == {}


def test_identifiers_of_others() -> None:
    policy = _extraction("# Braces\n\nBCBSA Reference Number: 8.01.52 (internal)\n\nNCD/LCD: NCD 20.7, L12345\n").policy
    assert [(item["system"], item["value"], item["citation"]["lines"]) for item in policy["identifiers"]] == [
        ("bcbsa-reference-number", "8.01.52", [3, 3]),
        ("ncd-lcd", "NCD 20.7", [5, 5]),
        ("ncd-lcd", "L12345", [5, 5]),
    ]


def test_none_among_the_identifiers_is_the_documents_own_word() -> None:
    assert _extraction("# Braces\n\nNCD/LCD: None\n").policy["identifiers"][0]["value"] == "NA"


@pytest.mark.parametrize(
    ("lines", "version", "interval"),
    [
        ("Original Effective Date: 02/15/02\nReviewed: 07/24/25\nRevised: 08/15/25", "2025-08-15", None),
        ("Effective Date ....................4/15/2026\nNext Review Date .............. 4/15/2027", "2026-04-15", "12 months"),
        ("Effective: March 2024\n\nNext Review: September 2025", "2024-03", "18 months"),
        ("Last Review Date: 1/2024", None, None),
    ],
)
def test_dates_in_the_heading(lines: str, version: str | None, interval: str | None) -> None:
    extraction = _extraction(f"# Braces\n\n{lines}\n\n## Policy\n\nx\n")
    assert (extraction.version.get("version"), extraction.policy.get("review_interval")) == (version, interval)


def _with_history(heading: str, history: str) -> tuple[dict[str, Any], dict[str, Any]]:
    extraction = extracted(f"# Braces\n\n{heading}\n\n## Policy\n\nx\n\n{history}\n", extract_identity, extract_history)
    return extraction.policy, extraction.version


def test_the_version_is_named_by_an_event_of_the_history() -> None:
    policy, version = _with_history("Revised: 3/1/2024", "## History\n\n1/2020 New policy.\n\n3/1/2024 Annual review.\n")
    assert (version["version"], policy["review_interval"]) == ("2024-03-01", "12 months")
    assert "review" not in version


def test_a_heading_that_the_history_does_not_know_is_asked_about() -> None:
    policy, version = _with_history(
        "Revised: 4/1/2024", "## History\n\n1/2020 New policy.\n\n3/2024 Review, effective 3/15/2024.\n"
    )
    assert version["version"] == "2024-03-15"
    assert "2024-04-01" in version["review"][0]
    assert "review_interval" not in policy


def test_without_a_history_the_heading_dates_the_one_event() -> None:
    policy, version = _with_history("Effective Date: 4/1/2024", "")
    assert version["version"] == policy["history"][0]["date"] == "2024-04-01"
    assert "no history" in policy["history"][0]["review_marks"][0]


def test_labels_that_are_headings_over_their_values() -> None:
    found = _extraction(
        "# Knee Sensors\n\n### LCD ID\n\nL98765\n\n### LCD Title\n\nKnee Sensors\n\n### Revision Effective Date\n\n"
        "For services performed on or after 04/03/2026\n\n## Policy\n\nSensors are covered.\n"
    )
    assert (found.policy["number"], found.policy["title"], found.version["version"]) == ("L98765", "Knee Sensors", "2026-04-03")
    assert "review" not in found.policy


def test_labels_and_values_in_turn_and_a_reference_number() -> None:
    extraction = _extraction(
        "# Braces\n\n| Reference Number: | MP.08.631 | Effective Date: | 1/2/2026 |\n|---|---|---|---|\n"
        "| BCBSA Reference Number: | NA | Last Revised: | 3/4/2026 |\n"
    )
    assert extraction.policy["number"] == "MP.08.631"
    assert [one["value"] for one in extraction.policy["identifiers"]] == ["NA"]
    assert extraction.version["version"] == "2026-03-04"


def test_several_labels_on_one_line() -> None:
    extraction = _extraction("# Braces\n\n**Policy Number:** PA-2210 **Effective Date:** 03/15/2026\n")
    assert (extraction.policy["number"], extraction.version["version"]) == ("PA-2210", "2026-03-15")


def test_a_heading_that_holds_the_number_and_the_title() -> None:
    extraction = _extraction("# Number: 0817 - Bone Braces\n\nEffective Date: 1/2/2026\n")
    assert (extraction.policy["number"], extraction.policy["title"]) == ("0817", "Bone Braces")


def test_labels_that_bars_part() -> None:
    extraction = _extraction("# Braces\n\n**Policy ID:** PH-4410 | **Version date:** 04/01/2026 | **LOB:** Medicaid\n")
    assert (extraction.policy["number"], extraction.version["version"]) == ("PH-4410", "2026-04-01")
