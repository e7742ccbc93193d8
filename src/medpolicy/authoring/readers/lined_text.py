"""A text that knows of each character on which source line it stands, also after its markup is taken out."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from medpolicy.authoring.document import Span

# What stands raised beside a name, as the one sign that it means.
TRADEMARKS = {"SM": "℠", "TM": "™", "R": "®", "(R)": "®"}

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class LinedText:
    """`text`, and in `lines` the source line of each of its characters."""

    text: str = ""
    lines: array[int] = field(default_factory=lambda: array("l"))

    @classmethod
    def of(cls, pieces: Iterable[tuple[str, int]]) -> LinedText:
        """The pieces one after the other, each with its source line."""
        texts: list[str] = []
        lines = array("l")
        for text, line in pieces:
            texts.append(text)
            lines.extend(array("l", [line]) * len(text))
        return cls("".join(texts), lines)

    def __add__(self, other: LinedText) -> LinedText:
        return LinedText(self.text + other.text, self.lines + other.lines)

    def __getitem__(self, part: slice) -> LinedText:
        return LinedText(self.text[part], self.lines[part])

    def without(self, pattern: re.Pattern[str]) -> LinedText:
        """The text without what the pattern matches; of a match the group 1 stays, where the pattern has one."""
        kept: list[slice] = []
        position = 0
        for match in pattern.finditer(self.text):
            kept.append(slice(position, match.start()))
            if pattern.groups:
                kept.append(slice(*match.span(1)))
            position = match.end()
        return self._kept([*kept, slice(position, len(self.text))]) if kept else self

    def collapsed(self) -> LinedText:
        """The text with one space for each run of white space, and none at its ends."""
        kept: list[slice] = []
        position = 0
        for match in _SPACE.finditer(self.text):
            kept.append(slice(position, match.start() + 1))
            position = match.end()
        found = self._kept([*kept, slice(position, len(self.text))])
        start = len(found.text) - len(found.text.lstrip())
        found = found[start : len(found.text.rstrip())]
        return LinedText(_SPACE.sub(" ", found.text), found.lines)

    def spans(self) -> tuple[Span, ...]:
        """The runs of characters that stand on one line."""
        found: list[Span] = []
        start = 0
        for index in range(1, len(self.lines) + 1):
            if index == len(self.lines) or self.lines[index] != self.lines[start]:
                found.append(Span(start, index, self.lines[start]))
                start = index
        return tuple(found)

    def _kept(self, parts: Iterable[slice]) -> LinedText:
        parts = [part for part in parts if part.start < part.stop]
        lines = array("l")
        for part in parts:
            lines.extend(self.lines[part])
        return LinedText("".join(self.text[part] for part in parts), lines)


_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def raised(text: str) -> str:
    """Superscript text without its markup: a trademark's sign, or raised digits, so that neither joins the word before."""
    sign = TRADEMARKS.get(text.strip().upper())
    if sign is not None:
        return sign
    return text.translate(_SUPERSCRIPTS) if re.fullmatch(r"[\d,\s–-]+", text) else text
