"""What decides nothing, and what is left as not understood; the document is invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medpolicy.authoring.extraction.identity import extract_identity
from medpolicy.authoring.extraction.narrative import extract_narrative
from medpolicy.model.issuer import Issuer
from tests.extraction_samples import ISSUER, extracted
from tests.imported import SECTIONS

DOCUMENT = """---
search: 3
---

## Medical Policy

# Knee Braces

### Table of Contents

- [Coding](#)

Policy Number: 7

This policy is not an authorization.

Position Statement | Coding | References | Definitions

## Description

A brace braces.

## Policy

### Adults

A brace is blue.

## Other

None applicable.

## Colours

Blue is a colour.

## Instructions for Use

Use it well.
"""


def test_states_of_lines() -> None:
    ledger = extracted(DOCUMENT, extract_identity, extract_narrative).book.close()
    states = {line.text: (line.state.value, line.by) for line in ledger.lines if line.text}
    assert states["search: 3"] == ("furniture", ("front matter",))
    assert states["## Medical Policy"] == ("furniture", ("label of the document",))
    assert states["# Knee Braces"] == ("used", ("title",))
    assert states["- [Coding](#)"][0] == "furniture"
    assert states["### Table of Contents"] == ("furniture", ("table of contents",))
    assert states["This policy is not an authorization."][0] == "furniture"
    assert states["Position Statement | Coding | References | Definitions"][0] == "furniture"
    assert states["A brace braces."] == ("narrative", ("Description",))
    assert states["## Description"] == ("narrative", ("heading",))
    assert states["None applicable."][0] == "narrative"
    assert states["Use it well."] == ("furniture", ("disclaimer",))
    assert states["A brace is blue."] == ("not-understood", ())
    assert states["Blue is a colour."] == ("not-understood", ())
    assert sum(ledger.counts.values()) == len(ledger.lines)


def test_among_the_statements_no_disclaimer_is_told_by_its_words() -> None:
    ledger = extracted("# B\n\nx\n\n## Policy\n\nA plea does not constitute a need.\n", extract_narrative).book.close()
    assert ledger.lines[-1].state.value == "not-understood"


def test_each_line_knows_its_section() -> None:
    ledger = extracted(DOCUMENT, extract_narrative).book.close()
    assert {line.text: line.section for line in ledger.lines}["A brace is blue."] == "Adults"


HEADINGS = st.sampled_from(
    (
        *("# Knee Braces", "## Policy", "## Coding", "### CPT Codes", "### ICD-10 Codes", "## References", "## Policy History"),
        *(
            "## Prior Authorization",
            "### Inpatient",
            "## Related Policies",
            "## Program Exceptions",
            "## Supplemental Information",
        ),
        *("## Description", "## Instructions for Use", "### Policy Number: 7", "## Commercial Members"),
    )
)
PIECES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        (
            *(
                "11111-11113 A thing (Investigational)",
                "I83.001 - I83.9",
                "1. Doe J. Braces. J Knee. 2018;1(2):3.",
                "3/2020 Review.",
                "3/2020",
            ),
            *(
                "Considered investigational:",
                "Medicare: Follow the manual.",
                "Prior authorization is required inpatient.",
                "†Note: cosmetic.",
            ),
            *(
                "| Date | Product | Maker | Type |",
                "|---|---|---|---|",
                "| 1/2020 | A | B | C |",
                "| 11111 | Required | | |",
                "Revised: 1/2/2020",
            ),
            *("Date\tAction", "1/2020\tNew policy.", "- Knee, #12", "- ", "99999-11111", "Table 1. Things"),
        )
    ),
)


@pytest.mark.parametrize("issuer", [None, ISSUER])
@given(
    parts=st.lists(st.one_of(HEADINGS, PIECES), max_size=25),
    gaps=st.lists(st.sampled_from(("\n", "\n\n")), min_size=25, max_size=25),
)
def test_any_document_is_gone_through_and_its_lines_counted(issuer: Issuer | None, parts: list[str], gaps: list[str]) -> None:
    text = "# Braces\n\n" + "".join(part.replace("\0", "") + gap for part, gap in zip(parts, gaps, strict=False))
    extraction = extracted(text, *SECTIONS, issuer=issuer)
    ledger = extraction.book.close()
    assert sum(ledger.counts.values()) == len(extraction.document.lines)
    assert len({item["number"] for item in extraction.version.get("references", [])}) == len(
        extraction.version.get("references", [])
    )
    for listing in extraction.version.get("code_listings", []):
        assert (listing["decides"] == "alone") == ("stance" in listing)
        assert listing["codes"]


def test_a_table_without_a_heading_row_leaves_no_ruler_behind() -> None:
    extraction = extracted(
        "# Widgets\n\n| | |\n|---|---|\n| Policy Number: 7 | Status: Revised |\n", extract_identity, extract_narrative
    )
    assert {line.state.value for line in extraction.book.close().lines[2:4]} == {"furniture"}


@pytest.mark.parametrize(
    "text", ["State law takes precedence over this text.", "No part of this may be reproduced without our word."]
)
def test_more_disclaimers(text: str) -> None:
    extraction = extracted(f"# Widgets\n\n## Notes\n\n{text}\n", extract_narrative)
    assert extraction.book.close().lines[4].by == ("disclaimer",)
