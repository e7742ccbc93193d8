"""The readers: a published document becomes numbered lines and blocks (`authoring/document.py`), whatever its format.

Here: one module per format, and the parts that they share. Start with `read_document`. The libraries that they use are an extra,
imported where a document of that format is read.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from medpolicy.authoring.document import SourceDocument, SourceLine
from medpolicy.authoring.docx_content import ZIP
from medpolicy.authoring.readers.blocks import Progress
from medpolicy.authoring.readers.docx import read_docx
from medpolicy.authoring.readers.html import read_html
from medpolicy.authoring.readers.markdown import read_markdown
from medpolicy.authoring.readers.pdf import read_pdf
from medpolicy.authoring.readers.text import read_text
from medpolicy.authoring.source_lines import DOCX, LARGEST_FILE, PDF, check_size, decoded, file_digest, lines_of_text
from medpolicy.errors import DocumentError, NotFound

READING_PAGES, READING_LINES = "reading pages", "reading lines"

HTML, MARKDOWN, PLAIN_TEXT = "text/html", "text/markdown", "text/plain"

Told = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is

_MANY_LINES = 10_000  # from which on it is worth a call to give memory back
_READERS = {HTML: read_html, MARKDOWN: read_markdown, PLAIN_TEXT: read_text}
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_MARKDOWN_SIGN = re.compile(r"^#{1,6} \S|^\|?\s*:?-{2,}:?\s*\|[-:| ]*$|\]\([^)\n]*\)|\*\*\S[^*\n]*\*\*", re.MULTILINE)


def read_file(path: Path, progress: Told | None = None) -> SourceDocument:
    """The document in a file; as `read_document`, and `NotFound` where there is no such file."""
    try:
        with path.open("rb") as file:
            return read_stream(file, path.name, progress)
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}") from None
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror}") from None


def read_stream(file: BinaryIO, name: str, progress: Told | None = None) -> SourceDocument:
    """As `read_document`, from a file or pipe, of which no more is taken than a document may have."""
    return read_document(file.read(LARGEST_FILE + 1), name, progress)


def read_document(data: bytes, name: str, progress: Told | None = None) -> SourceDocument:
    """The document in these bytes, recognised by its content; the ending of `name` decides only where that leaves it open.

    `progress` is told of the pages of a PDF, and of the lines of all else. `DocumentError` names the document, what cannot be
    read and what to do.
    """
    try:
        document = _read(data, name, progress)
        if len(document.lines) > _MANY_LINES:
            _give_back_memory()
        return document
    except DocumentError as error:
        raise DocumentError(f"{name or 'the document'}: {error}") from None


def _read(data: bytes, name: str, progress: Told | None) -> SourceDocument:
    check_size(len(data))
    if not data.strip():
        raise DocumentError("it is empty")
    if data.startswith(b"%PDF-"):
        lines, blocks, warnings = read_pdf(data, _told(progress, READING_PAGES))
        return SourceDocument(file_digest(data), PDF, lines, blocks, name, warnings)
    if data.startswith(ZIP):
        lines, blocks = read_docx(data, _told(progress, READING_LINES))
        return SourceDocument(file_digest(data), DOCX, lines, blocks, name)
    text, warnings = decoded(data)
    lines = tuple(SourceLine(number, line) for number, line in enumerate(lines_of_text(text), start=1))
    media_type = _text_type(text, name)
    blocks = _READERS[media_type](lines, _told(progress, READING_LINES))
    return SourceDocument(file_digest(data), media_type, lines, blocks, name, warnings)


def _give_back_memory() -> None:
    """Hand back to the system what a parser has freed: the C library keeps it, 100 MB after a large page of HTML."""
    with suppress(OSError, AttributeError):  # only glibc has this call
        ctypes.CDLL(None).malloc_trim(0)


def _told(progress: Told | None, what: str) -> Progress | None:
    return None if progress is None else partial(progress, what)


def _text_type(text: str, name: str) -> str:
    ending = name.lower().rpartition(".")[2]
    if _HTML_START.match(text) or (ending in ("html", "htm") and text.lstrip().startswith("<")):
        return HTML
    return MARKDOWN if ending in ("md", "markdown") or _MARKDOWN_SIGN.search(text) else PLAIN_TEXT
