"""PDF: the text layer by PDFium, with tables from their rules, page headers by repetition, paragraphs from place and type."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

from medpolicy.authoring.document import Block, BlockKind, SourceLine
from medpolicy.authoring.readers.blocks import with_every_line
from medpolicy.authoring.readers.hyphenation import Hyphenation
from medpolicy.authoring.readers.pdf_furniture import furniture_of
from medpolicy.authoring.readers.pdf_lines import PdfPage, pdf_pages
from medpolicy.authoring.readers.pdf_tables import PdfTable, continued, tables
from medpolicy.authoring.readers.placed_lines import PlacedLine
from medpolicy.authoring.readers.placed_paragraphs import Layout, Paragraphs, without_empty_headings
from medpolicy.errors import DocumentError


def read_pdf(
    data: bytes, progress: Callable[[int, int], None] | None = None
) -> tuple[tuple[SourceLine, ...], tuple[Block, ...], tuple[str, ...]]:
    """The lines, blocks and warnings of a PDF; `DocumentError` where no page has text."""
    pages = list(pdf_pages(data, progress))
    lines = tuple(SourceLine(line.number, line.text, line.page) for page in pages for line in page.lines)
    warnings = _warnings(pages)
    hyphenation = Hyphenation(line.text for line in lines)
    furniture = furniture_of(pages)
    tables_of = {page.number: list(_tables(page, furniture, hyphenation)) for page in pages}
    in_tables = {number for found in tables_of.values() for table in found for number in table.block.lines}
    body = [
        line
        for page in pages
        for line in page.lines
        if line.words and line.number not in in_tables and line.number not in furniture
    ]
    blocks = _furniture_blocks(pages, {number: why for number, why in furniture.items() if number not in in_tables})
    blocks += _body_blocks(pages, body, tables_of, hyphenation)
    return lines, with_every_line(blocks, lines), warnings


def _warnings(pages: Sequence[PdfPage]) -> tuple[str, ...]:
    empty = [page.number for page in pages if not any(line.words for line in page.lines)]
    if len(empty) == len(pages):
        raise DocumentError(
            "no page of the PDF has text: it is scanned or drawn; run optical character recognition (OCR) on it first"
        )
    if not empty:
        return ()
    numbers = ", ".join(str(number) for number in empty)
    return (f"page{'s' if len(empty) > 1 else ''} {numbers} without text; if scanned, run optical character recognition (OCR)",)


def _tables(page: PdfPage, furniture: dict[int, str], hyphenation: Hyphenation) -> Iterator[PdfTable]:
    """The tables of a page; one that stands on many pages alike is a page header."""
    for table in tables(page, [line for line in page.lines if line.words], hyphenation):
        if not all(number in furniture for number in table.block.lines):
            yield table


def _furniture_blocks(pages: Sequence[PdfPage], furniture: dict[int, str]) -> list[Block]:
    return [
        Block(BlockKind.FURNITURE, line.text.strip(), (line.number,), furniture=furniture[line.number], page=page.number)
        for page in pages
        for line in page.lines
        if line.number in furniture
    ]


def _body_blocks(
    pages: Sequence[PdfPage], body: Sequence[PlacedLine], tables_of: dict[int, list[PdfTable]], hyphenation: Hyphenation
) -> list[Block]:
    paragraphs = Paragraphs(Layout.of(body, max(page.width for page in pages)), hyphenation)
    found: list[PdfTable] = []
    may_continue = False  # a table stands last, and a table on the next page may go on with it
    by_page: dict[int, list[PlacedLine]] = {page.number: [] for page in pages}
    for line in body:
        by_page[line.page].append(line)
    for page in pages:
        starts = {table.block.first_line: table for table in tables_of[page.number]}
        elements: list[PlacedLine | PdfTable] = [*by_page[page.number], *starts.values()]
        elements.sort(key=lambda element: element.number if isinstance(element, PlacedLine) else element.block.first_line)
        for element, after in itertools.zip_longest(elements, elements[1:]):
            if isinstance(element, PlacedLine):
                paragraphs.add(element, after if isinstance(after, PlacedLine) else None)
                may_continue = False
                continue
            paragraphs.interrupt()
            whole = continued(found[-1], element) if may_continue and found[-1].block.page != page.number else None
            if whole is not None:
                found[-1] = whole
            else:
                found.append(element)
            may_continue = True
    return without_empty_headings([*paragraphs.blocks(), *(table.block for table in found)])
