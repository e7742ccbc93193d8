"""The lines of a PDF page's text layer, and where in that text each character of a line stands (docs/decisions, 0005)."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

_LINE_END: Final = "\r\n"
# A page of which PDFium takes the text for vertical, as it may where few lines stand: each character is a line to it.
_LEAST_PIECES: Final = 8
_BROKEN: Final = 2  # characters of half of the pieces, at most
_SPACE: Final = 0.12  # of the height of a line: a gap as wide as that parts two words
_ON_ONE_LINE: Final = 0.5  # of the lower one's height is shared
_SIGN_THAT_IS_NOT_THERE: Final = -1


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line. `positions`: of each character in the page's text; negative for a space that only the gap between words tells."""

    text: str
    positions: Sequence[int]


def text_of_page(text_page: Any) -> str:  # PDFium's page has no types
    """The text layer of a page, its lines parted by CR LF."""
    return str(text_page.get_text_range())


def lines_of_page(text_page: Any, text: str) -> list[TextLine]:
    """The lines of a page whose text is `text`: as PDFium parts it, but for a page that it takes for vertical writing."""
    pieces = list(_pieces(text))
    lengths = [len(piece.text.strip()) for piece in pieces if piece.text.strip()]
    if len(lengths) < _LEAST_PIECES or median(lengths) > _BROKEN:
        return pieces
    return list(_put_together(text, _Boxes(text_page, text)))


def _pieces(text: str) -> Iterator[TextLine]:
    start = 0
    for piece in text.split(_LINE_END):
        yield TextLine(piece, range(start, start + len(piece)))
        start += len(piece) + len(_LINE_END)


def _put_together(text: str, boxes: _Boxes) -> Iterator[TextLine]:
    """The lines that people see: characters that stand on one line, one right of the other."""
    line, positions = "", list[int]()
    before: _Box | None = None
    for position, character in enumerate(text):
        if character.isspace():
            continue  # where a word ends, the gap says
        box = boxes.of(position)
        if before is not None and not box.stands_behind(before):
            yield TextLine(line, positions)
            line, positions = "", []
        elif before is not None and box.left - before.right > _SPACE * before.height:
            line, positions = f"{line} ", [*positions, _SIGN_THAT_IS_NOT_THERE]
        line += character
        positions.append(position)
        before = box
    yield TextLine(line, positions)


@dataclass(frozen=True, slots=True)
class _Box:
    """Of a character, in points."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def stands_behind(self, other: _Box) -> bool:
        """Whether it stands on the other one's line and right of it."""
        shared = min(self.top, other.top) - max(self.bottom, other.bottom)
        return shared >= _ON_ONE_LINE * min(self.height, other.height) and self.left >= other.left


class _Boxes:
    """The boxes of a page's characters, by their positions in its text."""

    def __init__(self, text_page: Any, text: str) -> None:  # PDFium's page has no types
        self._page = text_page.raw
        self._index = CharacterIndex(text_page, text)

    def of(self, position: int) -> _Box:
        return _Box(*loose_box(self._page, self._index.of(position)))


class CharacterIndex:
    """PDFium's index of a character by its position in the page's text; PDFium counts in UTF-16."""

    def __init__(self, text_page: Any, text: str) -> None:  # PDFium's page has no types
        self._page = text_page.raw
        self._astral = [at for at, character in enumerate(text) if character > "\uffff"] if not text.isascii() else []

    def of(self, position: int) -> int:
        """The index; of a line's first character as of any other."""
        import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # an extra, only where a PDF is read

        if self._astral:
            position += sum(1 for at in self._astral if at < position)
        return int(pdfium.FPDFText_GetCharIndexFromTextIndex(self._page, position))


def loose_box(page: Any, character: int) -> tuple[float, float, float, float]:  # PDFium's page has no types
    """Left, bottom, right and top of a character with the room that its type keeps around it; zeros where PDFium knows none."""
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(page, character, ctypes.byref(box)):
        return 0.0, 0.0, 0.0, 0.0
    return box.left, box.bottom, box.right, box.top
