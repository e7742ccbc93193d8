"""The coded sections of Policy 254, extracted from its document: each equals what ships, nothing more and nothing less."""

from __future__ import annotations

from typing import Any

import pytest

from medpolicy.authoring.extraction.context import Extraction
from medpolicy.authoring.ledger import Ledger
from tests.conftest import SHARED
from tests.imported import imported, open_lines, plain, shipped, without

DOCUMENT = "bcbsma-254.md"
pytestmark = pytest.mark.skipif(
    not (SHARED / "documents" / DOCUMENT).is_file(), reason=f"the document is not here: ../shared/documents/{DOCUMENT}"
)
PARTS_OF_EVENT = ("date", "effective", "review", "touches", "unchanged", "codes_added", "codes_removed")


@pytest.fixture(scope="module")
def extraction() -> Extraction:
    return imported(DOCUMENT, "bcbsma")[0]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return imported(DOCUMENT, "bcbsma")[1]


@pytest.fixture(scope="module")
def policy() -> dict[str, Any]:
    return shipped("bcbsma/254/policy.yaml")


@pytest.fixture(scope="module")
def version() -> dict[str, Any]:
    return shipped("bcbsma/254/2025-03.yaml")


def test_identity(extraction: Extraction, policy: dict[str, Any], version: dict[str, Any]) -> None:
    for key in ("number", "title", "identifiers", "review_interval", "related"):
        assert plain(extraction.policy[key]) == plain(policy[key])
    assert extraction.version["version"] == version["version"]
    assert "review" not in extraction.policy
    assert "review" not in extraction.version


def test_lines_of_business(extraction: Extraction, version: dict[str, Any]) -> None:
    for key in ("lines_of_business", "lines_of_business_citation"):
        assert plain(extraction.version[key]) == plain(version[key])


def test_all_18_events(extraction: Extraction, policy: dict[str, Any]) -> None:
    def comparable(event: dict[str, Any]) -> dict[str, Any]:
        plain_event = plain(event)
        found = {key: plain_event[key] for key in PARTS_OF_EVENT if plain_event.get(key)}
        return {key: sorted(value) if isinstance(value, list) else value for key, value in found.items()} | {
            "citation": plain_event["citation"]
        }

    assert len(extraction.policy["history"]) == 18
    assert [comparable(event) for event in extraction.policy["history"]] == [comparable(event) for event in policy["history"]]


def test_all_8_codes(extraction: Extraction, version: dict[str, Any]) -> None:
    def codes(listings: list[dict[str, Any]]) -> list[Any]:
        return [
            (
                item["system"],
                item["decides"],
                item.get("stance"),
                item["citation"]["lines"],
                code["code"],
                code["citation"]["lines"],
            )
            for item in plain(listings)
            for code in item["codes"]
        ]

    found = codes(extraction.version["code_listings"])
    assert found == codes(version["code_listings"])
    assert len(found) == 8
    assert "diagnosis_listings" not in extraction.version


def test_all_8_cells_of_authorization(extraction: Extraction, version: dict[str, Any]) -> None:
    def cells(rules: list[dict[str, Any]]) -> list[Any]:
        return [(rule["setting"], rule["lines_of_business"], rule["rule"], rule["citation"]["lines"]) for rule in plain(rules)]

    assert cells(extraction.version["authorization"]) == cells(version["authorization"])
    assert len(extraction.version["authorization"]) == 8


def test_all_37_references_field_by_field(extraction: Extraction, version: dict[str, Any]) -> None:
    assert plain(extraction.version["references"]) == plain(version["references"])
    assert len(extraction.version["references"]) == 37


def test_both_supplementary_tables(extraction: Extraction, version: dict[str, Any]) -> None:
    found, expected = extraction.version["supplement"], version["supplement"]
    assert [table["id"] for table in found] == [table["id"] for table in expected]
    for ours, theirs in zip(found, expected, strict=True):
        assert without(ours["rows"], "citation") == without(theirs["rows"], "citation")
        assert [row["citation"]["lines"] for row in plain(ours["rows"])] == [
            row["citation"]["lines"] for row in plain(theirs["rows"])
        ]


def test_no_line_outside_the_statements_is_left(extraction: Extraction, ledger: Ledger) -> None:
    assert open_lines(extraction, ledger, "policy") == []
    assert sum(ledger.counts.values()) == len(extraction.document.lines) == 228


def test_no_sentence_of_the_document_stands_in_what_is_extracted(extraction: Extraction) -> None:
    texts = [
        *(event["text"] for event in extraction.policy["history"]),
        *(item["text"] for item in extraction.version["code_listings"]),
        *(item["text"] for item in extraction.version["authorization"]),
        *(item["text"] for item in extraction.version["supplement"]),
    ]
    document = " ".join(line.text for line in extraction.document.lines)
    assert [text for text in texts if len(text.split()) > 4 and text in document] == []
