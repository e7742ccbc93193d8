"""Lines whose words have places: how the reader of PDF, and of plain text by its columns, tell paragraphs from items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line: [start, end) in the line's text; its box in points from the page's lower left; size and weight."""

    start: int
    end: int
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool


@dataclass(frozen=True)
class PlacedLine:
    """One line of a text whose words have places. Not slotted: what is asked of it often is kept."""

    number: int
    page: int
    text: str
    words: tuple[Word, ...]

    @cached_property
    def left(self) -> float:
        return self.words[0].left

    @cached_property
    def bottom(self) -> float:
        return self.words[0].bottom

    @cached_property
    def end_bottom(self) -> float:
        """Where its end stands: PDFium makes one line of two where a hyphen parts a word."""
        return self.words[-1].bottom

    @cached_property
    def right(self) -> float:
        """The right end of its end."""
        return max(word.right for word in self.words if abs(word.bottom - self.end_bottom) < self.size / 2)

    @cached_property
    def size(self) -> float:
        return max(word.size for word in self.words)

    @cached_property
    def all_bold(self) -> bool:
        return all(word.bold for word in self.words if self.text[word.start : word.end].strip("*†‡•.:;,"))

    @cached_property
    def any_bold(self) -> bool:
        return any(word.bold for word in self.words)
