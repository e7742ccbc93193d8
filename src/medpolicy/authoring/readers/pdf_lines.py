"""The lines of a PDF's text layer with their words, places and type, and the ruled lines drawn on its pages."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from medpolicy.authoring.pdf_text import CharacterIndex, lines_of_page, loose_box, text_of_page
from medpolicy.authoring.readers.placed_lines import PlacedLine, Word
from medpolicy.authoring.source_lines import check_length, open_pdf

_WORD = re.compile(r"\S+")
_BOLD_NAME = re.compile(rb"bold|black|heavy", re.IGNORECASE)
_BOLD_WEIGHT = 600
# Drawn things thinner than this, in points, are lines, not areas.
_THIN = 2.5
_LONG = 3.0
# Pages with more drawn things than this carry a picture, not tables.
_MOST_OBJECTS = 20_000


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points; a ruled line is one of no breadth."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page: its number from 1, size in points, lines in the order of the text layer, and what is drawn on it."""

    number: int
    width: float
    height: float
    lines: tuple[PlacedLine, ...]
    horizontals: tuple[Box, ...]
    verticals: tuple[Box, ...]
    areas: tuple[Box, ...]


def pdf_pages(data: bytes, progress: Callable[[int, int], None] | None) -> Iterator[PdfPage]:
    """The pages of a PDF, each as soon as it is read; `DocumentError` as `source_lines` raises it."""
    number = 1
    with open_pdf(data) as document:
        count = len(document)
        for index in range(count):
            page = document[index]
            text_page = page.get_textpage()
            lines = tuple(_lines(text_page, number, index + 1))
            horizontals, verticals, areas = _drawn(page)
            yield PdfPage(index + 1, page.get_width(), page.get_height(), lines, horizontals, verticals, areas)
            number += len(lines)
            check_length(number - 1)
            text_page.close()
            page.close()
            if progress is not None:
                progress(index + 1, count)


def _lines(text_page: Any, first_number: int, page: int) -> Iterator[PlacedLine]:  # PDFium's page has no types
    text = text_of_page(text_page)
    reader = _WordReader(text_page, text)
    for offset, line in enumerate(lines_of_page(text_page, text)):
        words = tuple(reader.word(line.positions, match.start(), match.end()) for match in _WORD.finditer(line.text))
        yield PlacedLine(first_number + offset, page, line.text, words)


class _WordReader:
    def __init__(self, text_page: Any, text: str) -> None:  # PDFium's page has no types
        import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # an extra, only where a PDF is read

        self._pdfium = pdfium
        self._page = text_page.raw
        self._index = CharacterIndex(text_page, text)
        self._matrix = pdfium.FS_MATRIX()
        self._flags = ctypes.c_int()
        self._name = ctypes.create_string_buffer(128)

    def word(self, positions: Sequence[int], start: int, end: int) -> Word:
        """A word of a line, from one of its characters to another. `positions`: of the line's characters in the page's text."""
        first = self._index.of(positions[start])
        left, bottom, right, top = loose_box(self._page, first)
        if end - start > 1:
            _, bottom, right, top = loose_box(self._page, self._index.of(positions[end - 1]))
        return Word(start, end, left, max(right, left), bottom, top, self._size(first), self._is_bold(first))

    def _size(self, character: int) -> float:
        size = float(self._pdfium.FPDFText_GetFontSize(self._page, character))
        if not self._pdfium.FPDFText_GetMatrix(self._page, character, self._matrix):
            return size
        return size * float(abs(self._matrix.d or self._matrix.b))

    def _is_bold(self, character: int) -> bool:
        if self._pdfium.FPDFText_GetFontWeight(self._page, character) >= _BOLD_WEIGHT:
            return True
        length = self._pdfium.FPDFText_GetFontInfo(self._page, character, self._name, len(self._name), self._flags)
        return bool(length) and _BOLD_NAME.search(self._name.raw[: min(length, len(self._name))]) is not None


def _drawn(page: Any) -> tuple[tuple[Box, ...], tuple[Box, ...], tuple[Box, ...]]:  # PDFium's page has no types
    import pypdfium2.raw as pdfium

    horizontals: list[Box] = []
    verticals: list[Box] = []
    areas: list[Box] = []
    for count, drawn in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=2)):
        if count > _MOST_OBJECTS:
            return (), (), ()
        box = Box(*drawn.get_bounds())
        width, height = box.right - box.left, box.top - box.bottom
        if height <= _THIN and width >= _LONG:
            horizontals.append(box)
        elif width <= _THIN and height >= _LONG:
            verticals.append(box)
        elif width > _THIN and height > _THIN:
            areas.append(box)
    return tuple(horizontals), tuple(verticals), tuple(areas)
