"""A document as numbered lines, the way citations count them.

Markdown and plain text: the lines of the file. PDF: the lines of the text layer of all pages, numbered through the document,
as PDFium gives them; docs/decisions says why.
"""

from __future__ import annotations

import hashlib
import re

from medpolicy.errors import DocumentError

PDF = "application/pdf"
_LINE_END = re.compile(r"\r\n|\n|\r")


def file_digest(data: bytes) -> str:
    """The digest that names this rendition of the document."""
    return hashlib.sha256(data).hexdigest()


def source_lines(data: bytes) -> list[str]:
    """The lines of a document; `DocumentError` where it cannot be read, or where reading it needs an extra that is missing."""
    return _lines_of_pdf(data) if data.startswith(b"%PDF-") else _lines_of_text(data)


def _lines_of_text(data: bytes) -> list[str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DocumentError(f"line {line} is not UTF-8; a document is Markdown or plain text in UTF-8, or a PDF") from None
    if "\0" in text:
        raise DocumentError("it holds NUL characters, so it is no text; a document is Markdown, plain text or a PDF")
    lines = _LINE_END.split(text)
    return lines[:-1] if lines and not lines[-1] else lines


def _lines_of_pdf(data: bytes) -> list[str]:
    try:
        import pypdfium2  # type: ignore[import-untyped]  # an extra, only where a PDF is read
    except ImportError:
        raise DocumentError("reading a PDF needs an extra; install it with: pip install 'medpolicy[documents]'") from None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise DocumentError(f"the PDF cannot be read: {error}") from None
    lines: list[str] = []
    try:
        for page in document:
            text_page = page.get_textpage()
            lines += text_page.get_text_range().split("\r\n")
            text_page.close()
            page.close()
    finally:
        document.close()
    return lines
