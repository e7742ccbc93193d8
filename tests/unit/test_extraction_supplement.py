"""Tables of supplementary information; the documents are invented."""

from __future__ import annotations

from medpolicy.authoring.extraction.supplement import extract_supplement
from tests.extraction_samples import extracted, not_understood


def test_columns_are_told_by_their_headings_in_any_order() -> None:
    text = (
        "# Grafts\n\n## Appendix A\n\n**Table 2. Grafts that float.**\n\n"
        "| Sponsor | Device | Material |\n|---|---|---|\n| Acme | Floater™ | Foam |\n\nFDA: somebody.\n"
    )
    extraction = extracted(text, extract_supplement)
    (table,) = extraction.version["supplement"]
    assert (table["id"], table["title"], table["citation"]["lines"]) == ("table-2", "Table 2", [5, 5])
    assert [(row["product"], row["matrix_type"], row["manufacturer"]) for row in table["rows"]] == [("Floater™", "Foam", "Acme")]
    assert table["rows"][0]["citation"]["lines"] == [9, 9]
    assert "own words" in table["review"][0]
    assert not_understood(extraction.book.close()) == ["# Grafts"]
    assert "float." not in table["text"]


def test_a_table_without_a_title_is_counted() -> None:
    text = "## Supplemental Information\n\n| Product | Type | Manufacturer |\n|---|---|---|\n| A | B | C |\n"
    assert extracted(text, extract_supplement).version["supplement"][0]["title"] == "Table 1"


def test_a_table_of_other_columns_is_narrative() -> None:
    extraction = extracted("## Appendix\n\n| Age | Dose |\n|---|---|\n| 3 | 5 mg |\n", extract_supplement)
    assert "supplement" not in extraction.version
    assert not_understood(extraction.book.close()) == []


def test_a_row_with_an_empty_cell_is_not_understood() -> None:
    text = "## Appendix\n\n| Product | Type | Maker |\n|---|---|---|\n| A | | C |\n| D | E | F |\n"
    extraction = extracted(text, extract_supplement)
    assert [row["product"] for row in extraction.version["supplement"][0]["rows"]] == ["D"]
    assert not_understood(extraction.book.close()) == ["| A | | C |"]
