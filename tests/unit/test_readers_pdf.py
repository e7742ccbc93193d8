"""PDF as blocks: place and type tell headings, items and paragraphs; page breaks join; what cannot be read says why."""

from __future__ import annotations

import pypdfium2
import pytest

from medpolicy.authoring.document import Block, BlockKind, SourceDocument, lines_without_block
from medpolicy.authoring.readers import read_document, read_file, read_stream
from medpolicy.authoring.source_lines import LARGEST_FILE, source_lines
from medpolicy.errors import DocumentError, NotFound
from tests.small_documents import Line, Page, paragraph, pdf, ruled

FULL = "Massage of the knee by hand or by machine counts as needed care under this sample plan when these points"


def read(*pages: Page) -> SourceDocument:
    data = pdf(*pages)
    document = read_document(data, "policy.pdf")
    assert [line.text for line in document.lines] == source_lines(data)
    assert list(lines_without_block(document)) == []
    return document


def told(*pages: Page) -> list[tuple[str, int, str, str]]:
    return [(block.kind.value, block.level, block.marker, block.text) for block in read(*pages).blocks]


def table(document: SourceDocument) -> Block:
    (found,) = [block for block in document.blocks if block.kind is BlockKind.TABLE]
    return found


def test_headings_paragraphs_and_nested_items():
    page = [
        Line("Knee Massage", 740, size=18, bold=True),
        Line("POSITION STATEMENT:", 700, size=12, bold=True),
        Line("Left knees", 680, bold=True),
        *paragraph(FULL, "are all true:", top=660),
        *paragraph(
            "\u2022 There is a tremor and the swellings are no less than nine millimeters wide and there is no",
            "clot; AND",
            top=630,
            left=90,
            hanging=10,
        ),
        *paragraph("\u2022 One or more of these:", top=602, left=90),
        *paragraph("1. Ulcer; OR", top=588, left=108),
        *paragraph("2. Pain", top=574, left=108),
        *paragraph("\u2022 No clot.", top=560, left=90),
        *paragraph("Other uses are not covered.", top=530),
    ]
    assert told(page) == [
        ("heading", 1, "", "Knee Massage"),
        ("heading", 2, "", "POSITION STATEMENT:"),
        ("heading", 3, "", "Left knees"),
        ("paragraph", 0, "", f"{FULL} are all true:"),
        (
            "item",
            0,
            "\u2022",
            "There is a tremor and the swellings are no less than nine millimeters wide and there is no clot; AND",
        ),
        ("item", 0, "\u2022", "One or more of these:"),
        ("item", 1, "1.", "Ulcer; OR"),
        ("item", 1, "2.", "Pain"),
        ("item", 0, "\u2022", "No clot."),
        ("paragraph", 0, "", "Other uses are not covered."),
    ]


def test_a_sentence_an_item_and_a_list_go_on_over_a_page():
    first = [
        *paragraph(FULL, top=200),
        *paragraph(
            "1. " + FULL,
            "and the tremor goes on in spite of nine or more weeks of warm baths, of walks, of rest and",
            top=80,
            left=90,
            hanging=12,
        ),
    ]
    second = [*paragraph("other treatment.", top=740, left=102), *paragraph("2. Pain", top=726, left=90)]
    document = read(first, second)
    assert [(block.marker, block.lines, block.page) for block in document.blocks] == [
        ("", (1,), 1),
        ("1.", (2, 3, 4), 1),
        ("2.", (5,), 2),
    ]
    item = document.blocks[1]
    assert item.text.endswith("rest and other treatment.")
    assert item.lines_of(len(item.text) - 5, len(item.text)) == (4,)
    joined = told([*paragraph(FULL, top=80)], [*paragraph("are all true.", top=740)])
    assert joined == [("paragraph", 0, "", f"{FULL} are all true.")]


def test_what_ends_a_paragraph():
    assert told([*paragraph("A short line", "Another", top=700), *paragraph("far below", top=650)]) == [
        ("paragraph", 0, "", "A short line"),
        ("paragraph", 0, "", "Another"),
        ("paragraph", 0, "", "far below"),
    ]
    connector = [*paragraph("has an ulcer", "or", "has pain", top=700)]
    assert [text for *_, text in told(connector)] == ["has an ulcer", "or", "has pain"]


def test_rows_of_codes_and_of_dates_stand_alone():
    rows = (
        paragraph("36465 Kneading of a knee", top=700),
        paragraph("36466 Kneading of another knee of", "the same leg", top=688, hanging=80),
    )
    updates = paragraph(
        "03/15/04 Review and revision of the whole guideline, its position statements and its references;",
        "formatting changes.",
        top=600,
        hanging=60,
    )
    assert [text for *_, text in told([*rows[0], *rows[1], *updates, *paragraph("01/01/05 Annual update.", top=576)])] == [
        "36465 Kneading of a knee",
        "36466 Kneading of another knee of the same leg",
        "03/15/04 Review and revision of the whole guideline, its position statements and its references; formatting changes.",
        "01/01/05 Annual update.",
    ]


def test_page_headers_footers_and_numbers_are_furniture():
    pages = [
        [
            Line("Policy 12", 770),
            *paragraph(f"Text of page {number}.", top=600),
            Line(f"Page {number} of 3", 40),
            Line(f"{number}", 30, left=300),
        ]
        for number in (1, 2, 3)
    ]
    document = read(*pages)
    found = [block.furniture for block in document.blocks if block.kind is BlockKind.FURNITURE]
    assert found == ["page header", "page number", "page number"] * 3
    assert [block.text for block in document.blocks if block.kind is BlockKind.PARAGRAPH] == [
        f"Text of page {n}." for n in (1, 2, 3)
    ]


def test_what_stands_on_one_page_only_is_no_furniture():
    assert [block.furniture for block in read([Line("Policy 12", 770)], [*paragraph("Text.", top=600)]).blocks] == ["", ""]


def test_a_ruled_table_goes_on_over_a_page_with_its_header_repeated():
    lefts = (72, 150, 540)
    first = [
        *paragraph("Codes:", top=760),
        *ruled([["Code", "Text"], ["0001T", "first of them and its"]], top=740, lefts=lefts, bold_first=True),
    ]
    second = ruled([["Code", "Text"], ["", "long text"], ["0002T", "second"]], top=760, lefts=lefts, bold_first=True)
    found = table(read(first, second))
    assert [(row.texts, row.is_header) for row in found.rows] == [
        (("Code", "Text"), True),
        (("0001T", "first of them and its long text"), False),
        (("Code", "Text"), True),
        (("0002T", "second"), False),
    ]
    assert found.rows[1].cells[1].lines == (3, 5)


def test_tables_of_other_columns_stay_apart():
    pages = ruled([["a", "b"]], top=740, lefts=(72, 150, 540)), ruled([["c", "d"]], top=740, lefts=(72, 300, 540))
    assert [block.kind for block in read(*pages).blocks] == [BlockKind.TABLE, BlockKind.TABLE]


def test_numbers_within_a_sentence_begin_no_list():
    wrapped = paragraph(
        f"{FULL} of",
        "1) are met and the others, as they are set out in the paragraphs above and in the table below,",
        "2. are not.",
        top=700,
    )
    assert len(told(wrapped)) == 1
    assert told([*paragraph("E. coli was found.", top=700)]) == [("paragraph", 0, "", "E. coli was found.")]


def test_lines_of_a_table_of_contents_stand_alone():
    assert [text for *_, text in told(paragraph("Overview ........ 2", "Coding ........ 3", top=700))] == [
        "Overview ........ 2",
        "Coding ........ 3",
    ]


def test_hyphens_at_the_ends_of_lines():
    full = "Knees that stay outside of the points which this sample plan sets out for people who had a noninvasive and a non-"
    (block,) = read(paragraph(full, "invasive test of a well-", "known vein.", top=700)).blocks
    assert block.text.endswith("a noninvasive and a noninvasive test of a well-known vein.")


def test_progress_is_told_for_each_page():
    said: list[tuple[str, int, int]] = []
    read_document(pdf(*[paragraph("a", top=700)] * 3), "x.pdf", lambda *told: said.append(told))
    assert said == [("reading pages", page, 3) for page in (1, 2, 3)]


def test_pages_without_text():
    with pytest.raises(DocumentError, match="OCR"):
        read_document(pdf([], []), "scan.pdf")
    assert "page 2 without text" in read([*paragraph("Text.", top=700)], []).warnings[0]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"%PDF-1.7 and no more", "cannot be read"),
        (pdf(paragraph("a", top=700))[:300], "cannot be read"),
        (
            pdf(
                paragraph("a", top=700),
                trailer=f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'ab' * 32}> /U <{'cd' * 32}> >> /ID [<00> <00>]",
            ),
            "password",
        ),
        (b"%PDF-" + bytes(LARGEST_FILE), "MiB"),
    ],
)
def test_what_cannot_be_read(data, says):
    with pytest.raises(DocumentError, match=says):
        read_document(data, "policy.pdf")


def test_of_a_file_too_large_no_more_is_read_than_a_document_may_have(tmp_path):
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)
    with pytest.raises(DocumentError, match=r"large\.pdf: the document has more than 64 MiB"):
        read_file(path)
    with path.open("rb") as file:
        with pytest.raises(DocumentError, match="more than 64 MiB"):
            read_stream(file, "a pipe")
        assert file.tell() == LARGEST_FILE + 1
    with pytest.raises(NotFound):
        read_file(tmp_path / "none.pdf")
    with pytest.raises(DocumentError):
        read_file(tmp_path)


def test_five_hundred_pages():
    pages = [
        [Line("Policy", 770), *paragraph(*[f"Line {line} of page {page} {FULL[:60]}" for line in range(20)], top=660)]
        for page in range(500)
    ]
    document = read_document(pdf(*pages), "long.pdf")
    assert len(document.lines) == 500 * 21
    assert sum(block.furniture == "page header" for block in document.blocks) == 500


def test_full_lines_of_leaders_codes_and_dates_stand_alone():
    leaders = [f"{name} {'. ' * 80}{number}" for number, name in enumerate(["Overview", "Coding information", "References"])]
    assert len(told(paragraph(*leaders, top=700))) == 3
    rows = [f"{code} {FULL} a" for code in ("36465", "36466", "03/15/04", "0001T", "A4649")]
    assert [text for *_, text in told(paragraph(*rows, top=700))] == rows


def letter_by_letter(text: str, top: float) -> list[Line]:
    """A line whose letters are drawn one by one, as browsers print them; all of these have one width in Helvetica."""
    return [Line(letter, top, 72 + 5.56 * at) for at, letter in enumerate(text) if letter != " "]


def test_a_page_of_few_lines_is_not_taken_for_vertical_writing():
    page = [*letter_by_letter("2024 ended upon page 2", 720), *letter_by_letter("2026 one open hand", 706)]
    data = pdf([Line("A page of its own", 720)], page)
    raw = pypdfium2.PdfDocument(data)[1].get_textpage().get_text_range()
    assert raw.startswith("2\r\n0\r\n2\r\n4\r\n")  # as PDFium gives it
    assert source_lines(data) == ["A page of its own", "2024 ended upon page 2", "2026 one open hand"]
    document = read_document(data, "policy.pdf")
    assert [line.text for line in document.lines] == source_lines(data)
    assert [line.page for line in document.lines] == [1, 2, 2]
