"""The readers: a published document becomes numbered lines and blocks (`authoring/document.py`), whatever its format.

Here: one module per format, `blocks.py` and `lined_text.py` which they share. Start with `read_document`. The libraries that they
use are an extra, imported where a document of that format is read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from medpolicy.authoring.document import SourceDocument, SourceLine
from medpolicy.authoring.readers.markdown import read_markdown
from medpolicy.authoring.readers.pdf import read_pdf
from medpolicy.authoring.source_lines import PDF, check_size, decoded, file_digest, lines_of_text
from medpolicy.errors import DocumentError, NotFound

Progress = Callable[[int, int], None]


def read_file(path: Path, progress: Progress | None = None) -> SourceDocument:
    """The document in a file; as `read_document`, and `NotFound` where there is no such file."""
    try:
        check_size(path.stat().st_size)
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}") from None
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror}") from None
    return read_document(data, path.name, progress)


def read_document(data: bytes, name: str, progress: Progress | None = None) -> SourceDocument:
    """The document in these bytes, recognised by its content; `name` decides only between Markdown and plain text.

    `progress` is called with the pages read and the pages in all. `DocumentError` names what cannot be read and what to do.
    """
    check_size(len(data))
    if not data.strip():
        raise DocumentError(f"{name} is empty")
    if data.startswith(b"%PDF-"):
        lines, blocks, warnings = read_pdf(data, progress)
        return SourceDocument(file_digest(data), PDF, lines, blocks, name, warnings)
    text, warnings = decoded(data)
    lines = tuple(SourceLine(number, line) for number, line in enumerate(lines_of_text(text), start=1))
    return SourceDocument(file_digest(data), "text/markdown", lines, read_markdown(lines), name, warnings)
