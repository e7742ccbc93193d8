"""Gives the readers of documents bytes that atheris makes up; stops at what is neither a document nor a `DocumentError`."""

from __future__ import annotations

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["medpolicy"]):
    from medpolicy.authoring.document import lines_without_block
    from medpolicy.authoring.readers import read_document
    from medpolicy.errors import DocumentError

_NAMES = ("a.md", "a.txt", "a.html", "a.pdf", "a.docx")


def read(data: bytes) -> None:
    """One input: the first byte chooses the name, the rest is the document."""
    if not data:
        return
    with contextlib.suppress(DocumentError):
        document = read_document(data[1:], _NAMES[data[0] % len(_NAMES)])
        assert list(lines_without_block(document)) == []


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
