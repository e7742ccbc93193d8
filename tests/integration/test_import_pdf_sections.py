"""The coded sections of the payers' PDFs: against the policy that ships, and against counts taken from the documents by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import SHARED
from tests.imported import imported, open_lines, plain, shipped

VARICOSE = "fb_02-33000-31_varicose_veins.pdf"
CAROTID = "fb_02-33000-28_carotid_stenting.pdf"
ABLATION = "cigna_mm_0529_transcatheter_ablation_svt.pdf"
pytestmark = pytest.mark.skipif(
    not (SHARED / "documents").is_dir(), reason="the payers' documents are not here: ../shared/documents"
)
ISSUERS = {VARICOSE: "florida-blue", CAROTID: "florida-blue", ABLATION: None}
FIELDS_OF_REFERENCE = (
    *("authors", "et_al", "organization", "title", "source", "published", "volume", "issue", "pages"),
    *("pmid", "doi", "address", "accessed", "updated", "note"),
)


def policy_of(file: str) -> dict[str, Any]:
    return imported(file, ISSUERS[file])[0].policy


def version_of(file: str) -> dict[str, Any]:
    return imported(file, ISSUERS[file])[0].version


@pytest.mark.parametrize(
    ("file", "number", "title", "version"),
    [
        (VARICOSE, "02-33000-31", "Treatments for Varicose Veins/Venous Insufficiency", "2025-08-15"),
        (CAROTID, "02-33000-28", "Extracranial Carotid Angioplasty/Stenting", "2026-03-15"),
        (ABLATION, "0529", "Cardiac Ablation of Abnormal Electrical Rhythms", "2026-04-15"),
    ],
)
def test_identity(file: str, number: str, title: str, version: str) -> None:
    assert (policy_of(file)["number"], policy_of(file)["title"], version_of(file)["version"]) == (number, title, version)


def test_review_intervals_are_those_that_the_documents_state() -> None:
    assert [policy_of(file).get("review_interval") for file in (VARICOSE, CAROTID, ABLATION)] == [None, None, "12 months"]


def test_the_varicose_guideline_has_the_lines_and_the_related_that_ship() -> None:
    policy, version = shipped("florida-blue/02-33000-31/policy.yaml"), shipped("florida-blue/02-33000-31/2025-08-15.yaml")
    for key in ("related", "identifiers"):
        assert plain(policy_of(VARICOSE)[key]) == plain(policy[key])
    assert plain(version_of(VARICOSE)["lines_of_business"]) == plain(version["lines_of_business"])
    assert version_of(VARICOSE)["lines_of_business_citation"]["lines"] == [11, 12]


def test_46_of_the_47_events_of_the_varicose_guideline_are_read_as_they_ship() -> None:
    def comparable(event: dict[str, Any]) -> tuple[Any, ...]:
        event = plain(event)
        parts = [sorted(event.get(key, [])) for key in ("touches", "unchanged", "codes_added", "codes_removed")]
        return (event["date"], event.get("effective"), event.get("review", "false"), *parts, event["citation"]["lines"])

    expected = shipped("florida-blue/02-33000-31/policy.yaml")["history"]
    found = policy_of(VARICOSE)["history"]
    assert len(found) == 47
    differing = [ours["date"] for ours, theirs in zip(found, expected, strict=True) if comparable(ours) != comparable(theirs)]
    # The guideline was new that day; whether it named related guidelines from the first is not said.
    assert differing == ["2002-02-15"]


@pytest.mark.parametrize(("file", "count", "newest"), [(CAROTID, 20, "2026-03-15"), (ABLATION, 5, "2026-04-15")])
def test_histories(file: str, count: int, newest: str) -> None:
    history = policy_of(file)["history"]
    assert len(history) == count
    event = next(event for event in history if event["date"] == newest)
    assert (event.get("touches", []), event["unchanged"]) == ([], ["statements"])


def test_of_the_carotid_guideline_codes_came_and_went() -> None:
    moved = {
        event["date"]: (event.get("codes_added", []), event.get("codes_removed", [])) for event in policy_of(CAROTID)["history"]
    }
    assert {date: codes for date, codes in moved.items() if codes != ([], [])} == {
        "2005-01-01": (["0075T", "0076T", "37215", "37216"], ["0005T", "0006T", "0007T"]),
        "2015-01-01": (["37218"], []),
        "2015-04-15": ([], ["0075T", "0076T"]),
    }


def test_the_references_of_the_varicose_guideline_but_one_are_read_as_they_ship() -> None:
    expected = {item["number"]: item for item in plain(shipped("florida-blue/02-33000-31/2025-08-15.yaml")["references"])}
    found = {item["number"]: item for item in plain(version_of(VARICOSE)["references"])}
    assert found.keys() == expected.keys()
    differing = {
        number: [key for key in FIELDS_OF_REFERENCE if found[number].get(key) != item.get(key)]
        for number, item in expected.items()
    }
    # Two works stand under number 2; that is asked about.
    assert {number: keys for number, keys in differing.items() if keys} == {"2": ["address", "updated", "note"]}
    assert found["2"]["review"]
    assert [item["citation"]["lines"] for item in found.values()] == [item["citation"]["lines"] for item in expected.values()]


@pytest.mark.parametrize(("file", "count"), [(CAROTID, 42), (ABLATION, 25)])
def test_references_are_counted_through(file: str, count: int) -> None:
    references = version_of(file)["references"]
    assert [item["number"] for item in references] == list(range(1, count + 1))
    assert all(item.get("title") or item.get("organization") for item in references)


def test_the_codes_of_the_varicose_guideline() -> None:
    def codes(version: dict[str, Any], line: str) -> set[tuple[str, str, str]]:
        """(code, system, how it is decided) on a line of business."""
        every = version["lines_of_business"]
        return {
            (code["code"], item["system"], item["decides"])
            for item in version["code_listings"]
            if line in item.get("lines_of_business", every)
            for code in item["codes"]
        }

    expected = shipped("florida-blue/02-33000-31/2025-08-15.yaml")
    for line in expected["lines_of_business"]:
        assert codes(version_of(VARICOSE), line) == codes(expected, line)
    stances = {
        code["code"]: item["stance"]
        for item in version_of(VARICOSE)["code_listings"]
        if item["decides"] == "alone"
        for code in item["codes"]
    }
    # The row of 36468 says "non-covered", which is no stance: it is asked about. (What ships says cosmetic, by a statement.)
    assert stances == {
        "36468": "not-medically-necessary",
        "36473": "investigational",
        "36474": "investigational",
        "0524T": "investigational",
    }
    assert [item["codes"] for item in version_of(VARICOSE)["diagnosis_listings"]] == [["I83.001-I83.899", "I87.2"]]


def test_the_codes_of_the_other_two() -> None:
    def listed(file: str) -> dict[str, tuple[str, str | None]]:
        return {
            code["code"]: (item["decides"], item.get("stance"))
            for item in version_of(file)["code_listings"]
            for code in item["codes"]
        }

    assert listed(CAROTID) == dict.fromkeys(("37215", "37216", "37217"), ("with-provisions", None))
    assert version_of(CAROTID)["diagnosis_listings"][0]["codes"] == ["I65.21-I65.29"]
    conditional = ("93620", "93621", "93622", "93653", "93654", "93655", "93799")
    alone = ("33254", "33255", "33265", "33266")
    assert listed(ABLATION) == {
        **dict.fromkeys(conditional, ("with-provisions", None)),
        **dict.fromkeys(alone, ("alone", "investigational")),
    }
    marks = {
        code["code"]: len(code.get("review", [])) for item in version_of(ABLATION)["code_listings"] for code in item["codes"]
    }
    assert {code: marks[code] for code in ("93620", "93653")} == {"93620": 1, "93653": 2}  # by the footnotes that they bear


@pytest.mark.parametrize("file", [VARICOSE, CAROTID])
def test_program_exceptions(file: str) -> None:
    found = {
        provision["lines_of_business"][0]: [(to["kind"], to["identifier"]) for to in provision["delegated_to"]]
        for provision in version_of(file)["provisions"]
    }
    medicare = [("lcd", "L38720"), ("article", "A58250")] if file == VARICOSE else [("ncd", "20.7"), ("nca", "CAG-00085R8")]
    assert found == {
        "florida-blue-federal-employee-program": [("guidelines", "FEP")],
        "florida-blue-state-account-organization": [("guidelines", "SAO")],
        "florida-blue-medicare-advantage": medicare,
    }


@pytest.mark.parametrize("file", [VARICOSE, CAROTID, ABLATION])
def test_no_line_outside_the_statements_is_left(file: str) -> None:
    extraction, ledger = imported(file, ISSUERS[file])
    assert open_lines(extraction, ledger, "policy") == []
    assert sum(ledger.counts.values()) == len(extraction.document.lines)
