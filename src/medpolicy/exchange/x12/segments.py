"""A file of X12, cut into segments by the delimiters that each interchange declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

_READ: Final = 1 << 20
_LONGEST: Final = 1 << 20  # characters of a segment; what is longer is none
_HEADER_ELEMENTS: Final = 16
_LONGEST_HEADER: Final = 300
_BETWEEN: Final = " \t\r\n\x00\x1a"  # what may stand between segments: line ends, and padding at the end
_BYTE_ORDER_MARK: Final = "\xef\xbb\xbf"  # as it looks byte by byte
_SEGMENT_ID: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}")
# An interchange that starts within a segment: two files were put together, the first of which was cut off.
_HEADER_WITHIN: Final = re.compile(r"ISA([^\sA-Za-z0-9])\d\d\1.{10}\1\d\d\1.{10}\1")


class Delimiters(NamedTuple):
    """The signs that separate: elements, components, repetitions (None where there are none), segments."""

    element: str
    component: str
    repetition: str | None
    segment: str


class Segment(NamedTuple):
    """A segment: its number in the file, from 1, and its elements, the first of which is its id.

    `is_cut`: it has no end. `is_stray`: it is text outside of an interchange that can be read; `elements` then holds all of it.
    """

    position: int
    elements: tuple[str, ...]
    delimiters: Delimiters
    is_cut: bool = False
    is_stray: bool = False

    @property
    def id(self) -> str:
        return self.elements[0]

    @property
    def has_id(self) -> bool:
        return _SEGMENT_ID.fullmatch(self.elements[0]) is not None

    def value(self, at: int) -> str:
        """The element at a position from 1, without white space around it; empty where there is none."""
        return self.elements[at].strip() if at < len(self.elements) else ""

    def components(self, at: int) -> list[str]:
        """The components of an element; of several repetitions the first."""
        value = self.value(at)
        if self.delimiters.repetition:
            value = value.split(self.delimiters.repetition, 1)[0]
        return [one.strip() for one in value.split(self.delimiters.component)]


NO_DELIMITERS: Final = Delimiters("*", ":", "^", "~")


def segments(file: IO[bytes]) -> Iterator[Segment]:
    """Every segment in order. Of what stands outside of an interchange one stray segment for each stretch; nothing is left
    out.
    """
    text = _Text(file)
    delimiters: Delimiters | None = None
    position = 0
    text.skip(_BETWEEN + _BYTE_ORDER_MARK)
    while text.skip(_BETWEEN):
        position += 1
        header = _header(text.head(_LONGEST_HEADER)) if text.head(3) == "ISA" else None
        if header is not None:
            elements, delimiters, length = header
            text.take(length)
            yield Segment(position, elements, delimiters)
        elif delimiters is None or text.head(3) == "ISA":
            delimiters = None
            yield Segment(position, (text.until_header(),), NO_DELIMITERS, is_stray=True)
        else:
            written, is_cut = text.segment(delimiters.segment)
            yield Segment(position, tuple(_decoded(written).split(delimiters.element)), delimiters, is_cut)


def _header(head: str) -> tuple[tuple[str, ...], Delimiters, int] | None:
    """ISA: its elements, what it declares, and its length with its end; None where it is none.

    Its elements have fixed lengths, but it is read by its separators, since a space too few is a common fault.
    """
    separator = head[3:4]
    parts = head.split(separator, _HEADER_ELEMENTS) if separator and not separator.isalnum() and not separator.isspace() else []
    if len(parts) <= _HEADER_ELEMENTS or len(parts[-1]) < 2:  # the last: a component separator and the end
        return None
    component, end = parts[-1][0], parts[-1][1]
    if component.isalnum() or component.isspace() or end.isalnum() or len({separator, component, end}) < 3:
        return None
    standards, version = parts[11].strip(), parts[12].strip()
    repetition = standards if len(standards) == 1 and not standards.isalnum() and version >= "00402" else None
    elements = (*parts[:-1], component)
    return elements, Delimiters(separator, component, repetition, end), len(separator.join(elements)) + 1


def _decoded(text: str) -> str:
    """The text was read byte by byte; where it is UTF-8 it is taken so."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError:
        return text


class _Text:
    """What is still to be read of a file, some of it at hand."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._ended = False

    def _more(self) -> bool:
        data = b"" if self._ended else self._file.read(_READ)
        self._ended = not data
        if data:
            self._text = self._text[self._at :] + data.decode("latin-1")
            self._at = 0
        return bool(data)

    def skip(self, signs: str) -> bool:
        """Go to the next sign that is none of these; whether there is one."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in signs:
                self._at += 1
            if self._at < len(self._text):
                return True
            if not self._more():
                return False

    def head(self, length: int) -> str:
        while len(self._text) - self._at < length and self._more():
            pass
        return self._text[self._at : self._at + length]

    def take(self, length: int) -> str:
        taken = self._text[self._at : self._at + length]
        self._at += length
        return taken

    def until_header(self) -> str:
        """What stands before the next text that may begin an interchange; of a long one a part."""
        while (found := self._text.find("ISA", self._at + 3)) < 0:
            if len(self._text) - self._at >= _LONGEST or not self._more():
                return self.take(len(self._text) - self._at)
        return self.take(found - self._at)

    def segment(self, end: str) -> tuple[str, bool]:
        """The text of a segment, and whether it is cut off: by the end of the file, or by another interchange."""
        found = self._text.find(end, self._at)
        while found < 0 and len(self._text) - self._at < _LONGEST and self._more():
            found = self._text.find(end, self._at)
        length = (found if found >= 0 else len(self._text)) - self._at
        within = None
        if self._text.find("ISA", self._at + 1, self._at + length) >= 0:
            within = _HEADER_WITHIN.search(self._text, self._at + 1, self._at + max(length, 106))
        if within is not None:
            return self.take(within.start() - self._at), True
        written = self.take(length)
        if found >= 0:
            self._at += 1
        return written, found < 0
