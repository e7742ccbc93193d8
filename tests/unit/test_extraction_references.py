"""References in several styles and with the slips that are common; the works are invented."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medpolicy.authoring.extraction.bibliography import read_reference
from medpolicy.authoring.extraction.references import extract_references
from tests.extraction_samples import extracted


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "Smith A, Van der Berg BC, et al. Braces of the knee: a review. J Knee. Mar 09 2017; 12(1): 39. PMID 28279182",
            {
                "authors": ["Smith A", "Van der Berg BC"],
                "et_al": True,
                "title": "Braces of the knee: a review",
                "source": "J Knee",
                "published": "2017-03-09",
                "volume": "12",
                "issue": "1",
                "pages": "39",
                "pmid": "28279182",
            },
        ),
        (
            "Jones C, O’Hara D. Do braces help? J Knee. 2020 Jun 19;6(2):e77-e86. doi: 10.1000/j.knee.2020.01. Epub 2020 Feb 3.",
            {
                "authors": ["Jones C", "O’Hara D"],
                "title": "Do braces help?",
                "source": "J Knee",
                "published": "2020-06-19",
                "volume": "6",
                "issue": "2",
                "pages": "e77-e86",
                "doi": "10.1000/j.knee.2020.01",
                "note": "Epub 2020 Feb 3",
            },
        ),
        (
            "Lam, YL, Lawson, JA, et al. Braces. Knee 2004; 351:1493-501.",
            {
                "authors": ["Lam YL", "Lawson JA"],
                "et_al": True,
                "title": "Braces",
                "published": "2004",
                "volume": "351",
                "pages": "1493-501",
                "source": "Knee",
            },
        ),
        (
            "Roe R. Knees. Cochrane Database of Systematic Reviews 2009, Issue 1. Art. No.: CD000265. DOI:10.1002/1.CD000265.",
            {
                "authors": ["Roe R"],
                "title": "Knees",
                "source": "Cochrane Database of Systematic Reviews",
                "published": "2009",
                "issue": "1",
                "pages": "CD000265",
                "doi": "10.1002/1.CD000265",
            },
        ),
        (
            (
                "U.S. Office of Braces. Rules for Braces. <https://www.braces.example/rules-for-braces>. Updated March 23, 2020. "
                "Accessed December 1, 2024."
            ),
            {
                "organization": "U.S. Office of Braces",
                "title": "Rules for Braces",
                "address": "https://www.braces.example/rules-for-braces",
                "updated": "2020-03-23",
                "accessed": "2024-12-01",
            },
        ),
        (
            "Brace Society. Braces for All. 2015; accessed at bracesociety.org May 2021.",
            {
                "organization": "Brace Society",
                "title": "Braces for All",
                "published": "2015",
                "address": "bracesociety.org",
                "accessed": "2021-05",
            },
        ),
        ("Brace Agency (BA); accessed at braces.gov.", {"organization": "Brace Agency (BA)", "address": "braces.gov"}),
        (
            "Poe E. Knees. In HandBook, Roe R, Doe J (Eds.), HandBook, Boston, MA; accessed July 2023 at handbook.com.",
            {
                "authors": ["Poe E"],
                "title": "Knees",
                "source": "HandBook, Boston, MA (editors: Roe R, Doe J)",
                "address": "handbook.com",
                "accessed": "2023-07",
            },
        ),
        (
            "National Institute for Knees (NIK). Braces; Interventional Procedure Guidance 2004:2; accessed at nik.org 05/21/12.",
            {
                "organization": "National Institute for Knees (NIK)",
                "title": "Braces",
                "source": "Interventional Procedure Guidance 2004:2",
                "published": "2004",
                "address": "nik.org",
                "accessed": "2012-05-21",
            },
        ),
        (
            "Brace Makers Inc. Dossier: Wonder Brace™, July 2023.",
            {"organization": "Brace Makers Inc.", "title": "Dossier: Wonder Brace™", "published": "2023-07"},
        ),
    ],
)
def test_styles(text: str, fields: dict[str, Any]) -> None:
    assert read_reference(text) == (fields, [])


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("Doe J, et al, Braces of the Knee, J Knee Surg 2008; 51; 979-985.", {"source": "J Knee Surg"}, "no full stop"),
        ("Doe J. Braces. J Knee. 2018;1(2):3-4. Brace Society. A second work.", {"pages": "3-4"}, "second work"),
        ("Doe J. Braces. J Knee. 2018;1(2):3-4. Reaffirmed 2023.", {"published": "2018", "pages": "3-4"}, "remark"),
        ("Doe J. Braces. J Knee. 2018;1(2):3-4. PMDI 37436708.", {"pmid": "37436708"}, "read as a PMID"),
    ],
)
def test_slips_are_read_and_asked_about(text: str, expected: dict[str, str], reason: str) -> None:
    fields, doubts = read_reference(text)
    assert expected.items() <= fields.items()
    assert reason in " ".join(doubts)


def _references(markdown: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = extracted(markdown, extract_references).version["references"]
    return found


def test_a_line_that_begins_with_a_number_begins_no_reference() -> None:
    found = _references(
        "## References\n\n1. Doe J. Braces. J Knee.\n2018;1(2):3-\n9. PMID: 1234567.\n2. Roe R. Knees. J Knee. 2019;3(4):5.\n"
    )
    assert [(item["number"], item.get("pmid"), item["citation"]["lines"]) for item in found] == [
        (1, "1234567", [3, 5]),
        (2, None, [6, 6]),
    ]
    assert found[0]["pages"] == "3-9"


def test_a_missing_and_a_doubled_number_are_kept_and_marked() -> None:
    works = [
        f"{number}. Doe {letter}. Braces {letter}. J Knee. 2018;{number}(2):3-4."
        for number, letter in ((1, "A"), (3, "B"), (3, "C"), (4, "D"))
    ]
    found = _references("## References\n\n" + "\n\n".join(works) + "\n")
    assert [item["title"] for item in found] == ["Braces A", "Braces B", "Braces C", "Braces D"]
    assert len({item["number"] for item in found}) == 4
    assert "no reference 2" in found[1]["review"][0]
    assert "printed as number 3" in found[2]["review"][0]


def test_references_without_numbers_are_counted() -> None:
    found = _references("## Bibliography\n\n- Doe J. Braces. J Knee. 2018;1(2):3-4.\n- Roe R. Knees. J Knee. 2019;3(4):5.\n")
    assert [item["number"] for item in found] == [1, 2]
    assert "counted" in found[0]["review"][0]


@given(st.text())
def test_any_text_is_read_without_a_crash(text: str) -> None:
    read_reference(text)


def test_a_second_list_under_a_label_of_its_own_does_not_run_into_the_last_reference() -> None:
    extraction = extracted(
        "# Widgets\n\n## References\n\n**Papers:**\n\n1. Able A. One. J Knee. 2020;1(1):1-9.\n"
        "2. Baker B. Two. J Knee. 2021;2(1):1-9.\n\n"
        "**Societies:**\n\n1. Society of Knees. Guidance. J Knee. 2022;3:1-2.\n",
        extract_references,
    )
    found = extraction.version["references"]
    assert [(one["number"], one["title"]) for one in found] == [(1, "One"), (2, "Two"), (3, "Guidance")]
    assert "printed as number 1" in found[2]["review"][0]
