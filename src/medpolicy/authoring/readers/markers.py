"""Markers of list items as they are printed ("1.", "A.", "a)", "(i)", "•"), and the level of an item among nested lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

BULLET = "bullet"
UNMARKED = "unmarked"
# Signs of symbol fonts stand in Unicode's private use area.
_BULLET = re.compile(r"([•●▪■□◦○‣⁃∙·➢➤►✓✔❖▫▸◆◇⦁∘»‐‒–—―−\-\uf000-\uf0ff]|o)(?=\s|$)")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{2,5})[.)]")
# The number of a clause within a numbered part, as in guidelines that are outlined throughout: "2.1", "2.1.3".
_CLAUSE_NUMBER = re.compile(r"(?P<above>\d{1,2}(?:\.\d{1,2}){0,3})\.(?P<own>\d{1,2})\.?(?=\s+[A-Z“\"(])")
_CLAUSE = re.compile(r"(?P<above>\d{1,2}(?:\.\d{1,2}){0,3})\.(?P<own>\d{1,2})\.?")
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10}
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
# How far apart, in points, the left ends of markers of one list may stand: right-aligned numbers of one and three digits do.
_SAME_LEFT = 12.0
_NESTED = 4.0
# How many lists that were closed an item may resume.
_MOST_CLOSED = 20
# A numbered list may leave out numbers, as after an item that was deleted; a letter may be an initial ("E. coli").
_LARGEST_STEP = 3


@dataclass(frozen=True, slots=True)
class Numeral:
    """One reading of a marker: its style, such as "(1)", "a." or `BULLET`, and its place in a list from 1."""

    style: str
    value: int


def printed_marker(text: str) -> str:
    """What stands at the start of the text and may be a marker of an item; empty where nothing does."""
    bullet = _BULLET.match(text)
    if bullet:
        return bullet.group()
    clause = _CLAUSE_NUMBER.match(text)
    if clause:
        return clause.group()
    number = _NUMBER.match(text)
    if number is None:
        return ""
    after = text[number.end() :]
    # Some converters leave no space after a number: "23.Sacks NC".
    glued = number.group()[:-1].isdigit() and after[:1].isupper() and number.group().endswith(".")
    return number.group() if not after or after[0].isspace() or glued else ""


def numbers_a_clause(marker: str) -> bool:
    """Whether a marker is a number such as "2.1", which stands before headings as well."""
    return _CLAUSE.fullmatch(marker) is not None


def readings(marker: str) -> tuple[Numeral, ...]:
    """How a marker may be read: "i." is the ninth letter or the first Roman number."""
    clause = _CLAUSE.fullmatch(marker)
    if clause is not None:
        return (Numeral(f"{clause['above']}.1", int(clause["own"])),)
    if _NUMBER.fullmatch(marker) is None:
        return (Numeral(BULLET, 1),)
    body = marker.strip("(.)")
    if body.isdigit():
        return (Numeral(marker.replace(body, "1"), int(body)),)
    found: list[Numeral] = []
    if set(body.lower()) <= set(_ROMAN_DIGITS):
        found.append(Numeral(marker.replace(body, "I" if body.isupper() else "i"), _roman(body.lower())))
    if len(body) == 1:
        found.append(Numeral(marker.replace(body, "A" if body.isupper() else "a"), ord(body.lower()) - ord("a") + 1))
    return tuple(found)


def _roman(body: str) -> int:
    values = [_ROMAN_DIGITS[digit] for digit in body]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def numeral(number: int, style: str) -> str:
    """A number as a list of the style "1", "a", "A", "i" or "I" prints it."""
    if style in ("a", "A") and 1 <= number <= 26:
        letter = chr(ord("a") + number - 1)
    elif style in ("i", "I") and 1 <= number < 40:
        letter, rest = "", number
        for value, digits in _ROMAN:
            letter += digits * (rest // value)
            rest %= value
    else:
        return str(number)
    return letter.upper() if style.isupper() else letter


@dataclass(slots=True)
class _OpenList:
    left: float
    style: str
    value: int

    def is_continued_by(self, numeral: Numeral, left: float) -> bool:
        if numeral.style != self.style or abs(left - self.left) > _SAME_LEFT:
            return False
        largest = _LARGEST_STEP if "1" in self.style else 1
        return numeral.style == BULLET or 0 < numeral.value - self.value <= largest


@dataclass(slots=True)
class NestedLists:
    """The lists that are open where a document is being read, and those that a paragraph has closed and an item may resume."""

    open: list[_OpenList] = field(default_factory=list)
    closed: list[_OpenList] = field(default_factory=list)

    def place(self, marker: str, left: float, *, after_colon: bool = False) -> int | None:
        """The level of an item whose marker stands at `left` (points); None where the marker fits no list.

        `after_colon`: the item before ends with a colon, so that another style at the same place is nested in it.
        """
        for lists in (self.open, self.closed):
            for numeral in readings(marker):
                for index in range(len(lists) - 1, -1, -1):
                    if lists[index].is_continued_by(numeral, left) and (numeral.style != BULLET or lists is self.open):
                        if numeral.style == BULLET and abs(lists[index].left - left) > _NESTED:
                            continue
                        return self._resume(lists, index, numeral, left)
        first = next((numeral for numeral in readings(marker) if numeral.value == 1), None)
        return None if first is None else self._begin(first, left, after_colon=after_colon)

    def place_by_indent(self, left: float) -> int:
        """The level of an item of which only the indent tells the list; it resumes such a list over one nested in it."""
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index].style == UNMARKED and abs(self.open[index].left - left) < _NESTED:
                del self.open[index + 1 :]
                return index
        return self._begin(Numeral(UNMARKED, 1), left, after_colon=False)

    def has_unmarked(self, left: float) -> bool:
        """Whether a list of items that only their indent shows is open at this place."""
        return any(found.style == UNMARKED and abs(found.left - left) < _NESTED for found in self.open)

    def paragraph(self, left: float) -> None:
        """A paragraph at `left` closes the lists that do not stand left of it."""
        while self.open and self.open[-1].left > left - _NESTED:
            self._close(self.open.pop())

    def leave(self) -> None:
        """A heading closes all lists; their numbers may go on below it."""
        while self.open:
            self._close(self.open.pop())

    def level_of_paragraph(self) -> int:
        return len(self.open)

    def _close(self, found: _OpenList) -> None:
        self.closed = [*self.closed[-_MOST_CLOSED:], found]

    def _resume(self, lists: list[_OpenList], index: int, numeral: Numeral, left: float) -> int:
        if lists is self.closed:
            self.open.append(self.closed.pop(index))
            self.open.sort(key=lambda found: found.left)
            index = next(at for at, found in enumerate(self.open) if found.style == numeral.style and found.value < numeral.value)
        del self.open[index + 1 :]
        self.open[index].value = numeral.value
        return index

    def _begin(self, numeral: Numeral, left: float, *, after_colon: bool) -> int:
        while self.open and self.open[-1].left > left + _NESTED:
            self.open.pop()
        if self.open and self.open[-1].left > left - _NESTED and not after_colon:
            self.open.pop()
        self.open.append(_OpenList(left, numeral.style, numeral.value))
        return len(self.open) - 1
