"""DOCX as blocks: styles, Word's own numbering, tables with merged cells; archives that are bombs are refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from medpolicy.authoring.document import BlockKind, SourceDocument, lines_without_block
from medpolicy.authoring.docx_content import MOST_PARAGRAPHS
from medpolicy.authoring.readers import read_document
from medpolicy.authoring.source_lines import MOST_LINES, source_lines
from medpolicy.errors import DocumentError
from tests.small_documents import docx


def read(write) -> SourceDocument:
    data = docx(write)
    document = read_document(data, "policy.docx")
    assert [line.text for line in document.lines] == source_lines(data)
    assert list(lines_without_block(document)) == []
    return document


def told(write) -> list[tuple[str, int, str, str]]:
    return [(block.kind.value, block.level, block.marker, block.text) for block in read(write).blocks]


def test_styles_tell_headings_and_lists():
    def write(document):
        document.add_heading("Policy", 0)
        document.add_heading("2.1 Scope", 2)
        paragraph = document.add_paragraph("Covered when ")
        paragraph.add_run("all").bold = True
        paragraph.add_run(" are met:")
        document.add_paragraph("one", style="List Bullet")
        document.add_paragraph("inner", style="List Bullet 2")
        document.add_paragraph("two", style="List Bullet")
        document.add_paragraph("first", style="List Number")
        document.add_paragraph("second", style="List Number")

    assert told(write) == [
        ("heading", 1, "", "Policy"),
        ("heading", 2, "2.1", "Scope"),
        ("paragraph", 0, "", "Covered when all are met:"),
        ("item", 0, "\uf0b7", "one"),
        ("item", 1, "\uf0b7", "inner"),
        ("item", 0, "\uf0b7", "two"),
        ("item", 0, "1.", "first"),
        ("item", 0, "2.", "second"),
    ]
    assert [block.bold for block in read(write).blocks][2] is False


def numbered(document, text: str, list_id: int, level: int):
    paragraph = document.add_paragraph(text)
    properties = parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')
    paragraph._p.get_or_add_pPr().append(properties)
    return paragraph


LEVELS = [("upperLetter", "%1.", 360), ("decimal", "%1.%2", 720), ("lowerRoman", "(%3)", 1080)]


def with_list(document) -> int:
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        f'<w:pPr><w:ind w:left="{left}"/></w:pPr></w:lvl>'
        for index, (form, text, left) in enumerate(LEVELS)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="78"><w:abstractNumId w:val="77"/></w:num>'))
    return 78


def test_numbering_is_counted_as_word_prints_it():
    def write(document):
        list_id = with_list(document)
        for text, level in [("a", 0), ("b", 1), ("c", 2), ("d", 2), ("e", 1), ("f", 0), ("g", 1)]:
            numbered(document, text, list_id, level)
        numbered(document, "none", 0, 0)

    assert [(level, marker) for _, level, marker, _ in told(write)] == [
        (0, "A."),
        (1, "A.1"),
        (2, "(i)"),
        (2, "(ii)"),
        (1, "A.2"),
        (0, "B."),
        (1, "B.1"),
        (0, ""),
    ]


def test_markers_that_are_typed():
    def write(document):
        for text, left in [("A. one", 0), ("1) in", 20), ("• deeper", 40), ("B. two", 0), ("E. coli", 0)]:
            document.add_paragraph(text).paragraph_format.left_indent = Pt(left)

    assert [(level, marker, text) for _, level, marker, text in told(write)] == [
        (0, "A.", "one"),
        (1, "1)", "in"),
        (2, "•", "deeper"),
        (0, "B.", "two"),
        (0, "", "E. coli"),
    ]


def test_a_row_is_a_line_and_merged_cells_are_spread():
    def write(document):
        table = document.add_table(3, 3)
        for row in range(3):
            for column in range(3):
                table.cell(row, column).text = f"{row}{column}"
        table.cell(0, 0).merge(table.cell(0, 1))
        table.cell(1, 2).merge(table.cell(2, 2))
        for cell in table.rows[0].cells:
            for run in (run for paragraph in cell.paragraphs for run in paragraph.runs):
                run.bold = True
        document.add_paragraph("")
        document.add_paragraph("After")

    document = read(write)
    assert [line.text for line in document.lines] == ["00 01\t02", "10\t11\t12 22", "20\t21\t", "", "After"]
    assert [(row.texts, row.lines, row.is_header) for row in document.blocks[0].rows] == [
        (("00 01", "00 01", "02"), (1,), True),
        (("10", "11", "12 22"), (2,), False),
        (("20", "21", "12 22"), (2, 3), False),
    ]
    assert document.blocks[1].lines == (5,)


def test_what_is_said_and_what_is_not():
    def write(document):
        space = nsdecls("w")
        raised = "<w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"
        body = document.element.body
        for text in (
            (
                f"<w:p {space}><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
                "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
                "<w:ins><w:r><w:t xml:space='preserve'> added</w:t><w:br/><w:t>here</w:t><w:noBreakHyphen/></w:r></w:ins></w:p>"
            ),
            f"<w:sdt {space}><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>",
            f"<w:p {space}><w:r><w:t>Plan</w:t></w:r><w:r>{raised}<w:t>SM</w:t></w:r></w:p>",
            f"<w:p {space}><w:hyperlink w:anchor='x'><w:r><w:t>link</w:t></w:r></w:hyperlink></w:p>",
        ):
            body.insert(len(body) - 1, parse_xml(text))

    document = read(write)
    assert [block.text for block in document.blocks] == ["kept added here-", "in a control", "Plan℠", "link"]
    assert document.blocks[-1].links == (("#x", "link"),)


def test_styles_that_inherit_in_a_ring_end():
    def write(document):
        first, second = (document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) for name in ("One", "Two"))
        first.base_style, second.base_style = second, first
        document.add_paragraph("Text", style=first)

    assert told(write) == [("paragraph", 0, "", "Text")]


def repacked(data: bytes, change) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return found.getvalue()


PLAIN = docx(lambda document: document.add_paragraph("Text"))
# Long enough to be packed no better than a document is.
MANY = b"".join(b'<w:p w:rsidR="%08x"/>' % (number * 2654435761 % 2**32) for number in range(MOST_PARAGRAPHS)) + b"<w:sectPr"
DECLARED = b'<!DOCTYPE w [<!ENTITY a "b">]><w:document'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04 no archive", "damaged"),
        (repacked(PLAIN, lambda name, content: None if "document.xml" in name else content), "no DOCX"),
        (
            repacked(
                PLAIN, lambda name, content: content.replace(b"<w:document", DECLARED) if "word/document" in name else content
            ),
            "declares",
        ),
        (repacked(PLAIN, lambda name, content: content + b" " * 4 * 2**20 if "word/document" in name else content), "packed"),
        (repacked(PLAIN, lambda name, content: b" " * 25 * 2**20 if "styles" in name else content), "MiB once inflated"),
        (repacked(PLAIN, lambda name, content: content[:-40] if "word/document" in name else content), "damaged"),
        (repacked(PLAIN, lambda name, content: None if "rels" in name else content), "damaged"),
        (
            repacked(PLAIN, lambda name, content: content.replace(b"<w:sectPr", MANY) if "word/document" in name else content),
            "paragraphs",
        ),
        (PLAIN[: len(PLAIN) // 2], "damaged"),
    ],
)
def test_archives_that_are_refused(data, says):
    with pytest.raises(DocumentError, match=says):
        read_document(data, "policy.docx")


def test_a_document_without_a_numbering_part_or_styles():
    def change(name, content):
        if name in ("word/numbering.xml", "word/styles.xml"):
            return None
        if name in ("word/_rels/document.xml.rels", "[Content_Types].xml"):
            for word in (b"numbering", b"styles"):
                start = content.find(b"/" + word + b'.xml"') if b"Types" in content[:200] else content.find(word + b'.xml"')
                if start >= 0:
                    begin, end = content.rfind(b"<", 0, start), content.find(b">", start)
                    content = content[:begin] + content[end + 1 :]
        return content

    document = read_document(repacked(PLAIN, change), "policy.docx")
    assert [(block.kind, block.text) for block in document.blocks] == [(BlockKind.PARAGRAPH, "Text")]


def test_a_docx_has_no_more_paragraphs_than_another_document_has_lines():
    assert MOST_PARAGRAPHS == MOST_LINES
