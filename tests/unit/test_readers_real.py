"""The readers on real documents, which stand beside the checkout: what a person counts in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from medpolicy.authoring.document import BlockKind, SourceDocument, lines_without_block
from medpolicy.authoring.readers import read_file

DOCUMENTS = Path(__file__).parents[3] / "shared" / "documents"
pytestmark = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="needs the payers' documents in ../shared/documents")


def read(name: str) -> SourceDocument:
    document = read_file(DOCUMENTS / name)
    assert list(lines_without_block(document)) == []
    return document


def shape(document: SourceDocument, first: int, last: int) -> list[tuple[int, str, tuple[int, ...]]]:
    """Level, marker and lines of the items on these lines."""
    return [(b.level, b.marker, b.lines) for b in document.blocks if b.kind is BlockKind.ITEM and first <= b.first_line <= last]


def rows(document: SourceDocument) -> list[int]:
    """How many rows each table has, without headers."""
    return [sum(not row.is_header for row in b.rows) for b in document.blocks if b.kind is BlockKind.TABLE]


def test_markdown():
    document = read("bcbsma-254.md")
    assert rows(document) == [6, 2, 4, 1, 7, 18]
    references = [block for block in document.blocks if block.kind is BlockKind.ITEM and block.marker.endswith(".")]
    assert [block.marker for block in references] == [f"{number}." for number in range(1, 38)]
    assert references[1].lines == (188, 190)
    assert len(shape(document, 38, 58)) == 14


def test_nested_lists_of_a_formulary():
    document = read("ohio-medicaid-opioids.md")
    assert [level for level, _, _ in shape(document, 142, 150)] == [0, 0, 1, 1, 2, 2, 1, 2, 2]


def test_criteria_of_a_pdf_that_a_page_break_splits():
    document = read("fb_02-33000-31_varicose_veins.pdf")
    assert [(level, lines) for level, _, lines in shape(document, 40, 50)] == [
        *[(0, (40, 41)), (0, (42,)), (0, (43,))],
        *[(1, (44,)), (1, (45,)), (1, (46,)), (1, (47, 48, 49, 50))],
    ]
    assert rows(document) == [2, 14, 25, 1, 2, 5, 47]
    assert [m for _, m, _ in shape(document, 287, 486)] == [f"{number}." for number in range(1, 73)]


def test_statements_of_a_pdf_without_headings_over_them():
    document = read("fb_02-33000-28_carotid_stenting.pdf")
    assert [lines for _, _, lines in shape(document, 34, 50)] == [(37,), (38, 39), (40, 41)]
    assert rows(document) == [2, 3, 1, 20]
    assert [m for _, m, _ in shape(document, 88, 211)] == [f"{number}." for number in range(1, 43)]


def test_a_pdf_with_page_footers_and_a_row_over_two_pages():
    document = read("cigna_mm_0529_transcatheter_ablation_svt.pdf")
    assert sum(block.furniture == "page number" for block in document.blocks) == 22
    assert sum(block.furniture == "page footer" for block in document.blocks) == 22
    assert [(level, lines) for level, _, lines in shape(document, 79, 91)] == [
        *[(0, (79,)), (1, (80,)), (1, (81, 82)), (0, (83, 84, 85))],
        *[(0, (90,)), (0, (91,))],
    ]
    assert rows(document) == [6, 1, 1, 4, 5]
    assert [m for _, m, _ in shape(document, 839, 954)] == [f"{number}." for number in range(1, 26)]
