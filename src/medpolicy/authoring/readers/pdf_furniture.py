"""Page headers, footers and numbers: what stands at the same place of many pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from medpolicy.authoring.readers.pdf_lines import PdfPage
from medpolicy.authoring.readers.placed_lines import PlacedLine

PAGE_HEADER, PAGE_FOOTER, PAGE_NUMBER = "page header", "page footer", "page number"

_DIGITS = re.compile(r"\d+")
_PAGE_OF = re.compile(r"page\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|\d{1,4}\s+of\s+\d{1,4}", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"[-–—|\s]*\d{1,4}[-–—|\s]*")
# The outer parts of a page, of its height, where headers and footers stand.
_MARGIN = 0.15
# How far, in points, a line may stand from where it stands on other pages.
_SAME_PLACE = 4
_FEWEST_PAGES = 2
_SHARE_OF_PAGES = 0.3


def furniture_of(pages: Sequence[PdfPage]) -> dict[int, str]:
    """Line number -> why the line is furniture."""
    standing: dict[str, list[tuple[PdfPage, PlacedLine]]] = defaultdict(list)
    for page in pages:
        for line in page.lines:
            if line.words and not page.height * _MARGIN < line.bottom < page.height * (1 - _MARGIN):
                standing[_DIGITS.sub("#", " ".join(line.text.split()))].append((page, line))
    fewest = max(_FEWEST_PAGES, round(len(pages) * _SHARE_OF_PAGES))
    found: dict[int, str] = {}
    for places in standing.values():
        for page, line in places:
            on_pages = {other.page for _, other in places if abs(other.bottom - line.bottom) <= _SAME_PLACE}
            if _PAGE_OF.fullmatch(line.text.strip()):
                found[line.number] = PAGE_NUMBER
            elif len(on_pages) >= fewest:
                found[line.number] = _kind(page, line)
    return found


def _kind(page: PdfPage, line: PlacedLine) -> str:
    if _BARE_NUMBER.fullmatch(line.text.strip()):
        return PAGE_NUMBER
    return PAGE_HEADER if line.bottom > page.height / 2 else PAGE_FOOTER
