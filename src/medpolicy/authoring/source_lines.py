"""A document as numbered lines, the way citations count them.

Markdown, HTML and plain text: the lines of the file. DOCX: the paragraphs and rows of tables (`docx_content.py`). PDF: the lines
of the text layer of all pages, numbered through the document, as PDFium gives them; docs/decisions says why.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from medpolicy.authoring.docx_content import ZIP, DocxContent
from medpolicy.authoring.pdf_text import lines_of_page, text_of_page
from medpolicy.errors import DocumentError

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What a document may take. Policies have some hundred kilobytes; pictures make a PDF or DOCX larger, a text has none.
LARGEST_FILE = 64 * 2**20
LARGEST_TEXT = 4 * 2**20
MOST_LINES = 80_000  # some 1,600 pages; what is drafted of more would not load, and takes more than 500 MiB

_LINE_END = re.compile(r"\r\n|\n|\r")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Files that are taken for documents: how each begins, what it is, and what to do.
_OTHERS = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "a file of Office before 2007, or one with a password",
        "save it as DOCX without a password",
    ),
    (b"{\\rtf", "Rich Text", "save it as DOCX"),
    (b"\x89PNG\r\n", "a picture", "run optical character recognition (OCR) on it, into a PDF with text"),
    (b"\xff\xd8\xff", "a picture", "run optical character recognition (OCR) on it, into a PDF with text"),
    (b"II*\0", "a picture", "run optical character recognition (OCR) on it, into a PDF with text"),
    (b"MM\0*", "a picture", "run optical character recognition (OCR) on it, into a PDF with text"),
    (b"\x1f\x8b", "a compressed file", "unpack it first"),
)


def file_digest(data: bytes) -> str:
    """The digest that names this rendition of the document."""
    return hashlib.sha256(data).hexdigest()


def source_lines(data: bytes) -> list[str]:
    """The lines of a document; `DocumentError` where it cannot be read, or where reading it needs an extra that is missing."""
    check_size(len(data))
    if data.startswith(b"%PDF-"):
        return _lines_of_pdf(data)
    if data.startswith(ZIP):
        return DocxContent(data).lines
    return lines_of_text(decoded(data)[0])


def check_size(size: int) -> None:
    """`DocumentError` for a file of more than LARGEST_FILE bytes."""
    if size > LARGEST_FILE:
        raise DocumentError(
            f"the document has more than {LARGEST_FILE // 2**20} MiB, the most that is read. "
            "Publish it in parts, or with smaller pictures"
        )


def decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a text file, and warnings: by its byte order mark, else UTF-8, else Windows-1252 with a warning.

    `DocumentError` where it is no text in one of these, or something else altogether, or larger than LARGEST_TEXT bytes.
    """
    if len(data) > LARGEST_TEXT:
        raise DocumentError(f"the text has {len(data) / 2**20:.0f} MiB; at most {LARGEST_TEXT // 2**20} MiB are read")
    for beginning, what, to_do in _OTHERS:
        if data.startswith(beginning):
            raise DocumentError(f"it is {what}, and no document that is read; {to_do}")
    text, warnings = _decoded(data)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise DocumentError(
            f"line {line} holds a NUL character, so it is no text; a document is Markdown, HTML, plain text, DOCX or PDF"
        )
    return text, warnings


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), ()
            except UnicodeDecodeError as error:
                raise DocumentError(
                    f"it begins as {encoding.upper()} and is none after {error.start} bytes; save it as UTF-8"
                ) from None
    try:
        return data.decode(), ()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    try:
        return data.decode("cp1252"), (f"line {line} is not UTF-8; the text was read as Windows-1252",)
    except UnicodeDecodeError:
        raise DocumentError(f"line {line} is neither UTF-8 nor Windows-1252; save the document as UTF-8") from None


def lines_of_text(text: str) -> list[str]:
    """The lines of a text; `DocumentError` for more than MOST_LINES."""
    lines = _LINE_END.split(text)
    check_length(len(lines))
    return lines[:-1] if lines and not lines[-1] else lines


def check_length(lines: int) -> None:
    """`DocumentError` for more than MOST_LINES lines."""
    if lines > MOST_LINES:
        raise DocumentError(f"the document has {lines} lines or more; at most {MOST_LINES} are read. Publish it in parts")


def _lines_of_pdf(data: bytes) -> list[str]:
    lines: list[str] = []
    with open_pdf(data) as document:
        for page in document:
            text_page = page.get_textpage()
            lines += (line.text for line in lines_of_page(text_page, text_of_page(text_page)))
            text_page.close()
            page.close()
            check_length(len(lines))
    return lines


@contextmanager
def open_pdf(data: bytes) -> Iterator[Any]:  # PDFium's document has no types
    """The PDF as PDFium opens it, closed at the end; `DocumentError` where it cannot."""
    try:
        import pypdfium2  # type: ignore[import-untyped]  # an extra, only where a PDF is read
    except ImportError:
        raise DocumentError("reading a PDF needs an extra; install it with: pip install 'medpolicy[documents]'") from None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise DocumentError("the PDF is encrypted and asks for a password; save a copy without one") from None
        raise DocumentError(f"the PDF cannot be read: {error}") from None
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise DocumentError(f"the PDF is damaged: {error}") from None
    finally:
        document.close()
