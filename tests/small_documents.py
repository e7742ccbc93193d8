"""Small documents that the tests make up: a PDF written by hand, a DOCX by python-docx."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

LEFT, STEP = 72.0, 12.0


@dataclass(frozen=True)
class Line:
    """A line of a page: its text and place in points from the lower left, the size of its type, whether bold."""

    text: str
    top: float
    left: float = LEFT
    size: float = 10.0
    bold: bool = False


@dataclass(frozen=True)
class Rule:
    """A thin filled rectangle, as word processors draw the borders of tables."""

    left: float
    bottom: float
    width: float
    height: float


Page = Sequence[Line | Rule]


def pdf(*pages: Page, trailer: str = "") -> bytes:
    """A PDF of these pages in Helvetica; `trailer` is added to its trailer dictionary."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{5 + 2 * index} 0 R' for index in range(len(pages)))}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    for index, page in enumerate(pages):
        content = "\n".join(_drawn(thing) for thing in page)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {6 + 2 * index} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    found = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(found))
        found += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    start = len(found)
    found += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    found += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    found += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(found)


def _drawn(thing: Line | Rule) -> str:
    if isinstance(thing, Rule):
        return f"{thing.left} {thing.bottom} {thing.width} {thing.height} re f"
    octal = "".join(f"\\{byte:03o}" for byte in thing.text.encode("cp1252"))
    return f"BT /{'F2' if thing.bold else 'F1'} {thing.size} Tf {thing.left} {thing.top} Td ({octal}) Tj ET"


def paragraph(*texts: str, top: float, left: float = LEFT, hanging: float = 0.0, bold: bool = False) -> list[Line | Rule]:
    """Lines one under the other, those after the first moved right by `hanging`."""
    return [Line(text, top - STEP * index, left + (hanging if index else 0.0), bold=bold) for index, text in enumerate(texts)]


def ruled(rows: Sequence[Sequence[str]], *, top: float, lefts: Sequence[float], bold_first: bool = False) -> list[Line | Rule]:
    """A table with borders; `lefts` are the edges of its columns and the right edge. Each row is 14 points high."""
    drawn: list[Line | Rule] = []
    height = 14.0
    for index, row in enumerate(rows):
        drawn += [
            Line(text, top - height * index - 10, left + 3, bold=bold_first and index == 0)
            for text, left in zip(row, lefts, strict=False)
        ]
    for index in range(len(rows) + 1):
        drawn.append(Rule(lefts[0], top - height * index, lefts[-1] - lefts[0], 0.5))
    drawn += [Rule(left, top - height * len(rows), 0.5, height * len(rows)) for left in lefts]
    return drawn


def docx(write: Callable[[Any], None]) -> bytes:
    """A DOCX document that `write` fills through python-docx."""
    import docx as python_docx

    document = python_docx.Document()
    write(document)
    found = io.BytesIO()
    document.save(found)
    return found.getvalue()
