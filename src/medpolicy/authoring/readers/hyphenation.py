"""Lines of a PDF joined to one text, with the words that a line's end parts put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from medpolicy.authoring.readers.lined_text import LinedText

# What PDFium writes in place of a hyphen at a line's end, with the next line right after it.
_BREAK = "\ufffe"
_PARTED = re.compile(rf"([^\W_]*){_BREAK}([^\W_]*)")
_BREAK_SIGN = re.compile(_BREAK)
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_ENDS_WITH_HYPHEN = re.compile(r"[^\W_]-$")
_OPEN_ADDRESS = re.compile(r"(?:https?://|www\.)\S*[-/_.=&?%]$")
_SOFT_HYPHEN = re.compile("\u00ad")


class Hyphenation:
    """Knows the words of a document, and so whether a hyphen at a line's end belongs to its word."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words = {word.lower() for text in texts for word in _WORD.findall(text)}

    def joined(self, pieces: Iterable[tuple[str, int]]) -> LinedText:
        """The pieces, each with its line, as one text with single spaces."""
        found: list[tuple[str, int]] = []
        for piece, line in pieces:
            text = piece.strip()
            if found and text:
                before, number = found[-1]
                if _OPEN_ADDRESS.search(before) or (_ENDS_WITH_HYPHEN.search(before) and not text[0].islower()):
                    pass
                elif _ENDS_WITH_HYPHEN.search(before):
                    found[-1] = (before[:-1] + _BREAK, number)
                elif not before.endswith("\u00ad"):
                    found.append((" ", number))
            if text:
                found.append((text, line))
        lined = LinedText.of(found).without(_SOFT_HYPHEN)
        marked = _PARTED.sub(self._with_hyphen, lined.text)
        return LinedText(marked, lined.lines).without(_BREAK_SIGN).collapsed()

    def _with_hyphen(self, parted: re.Match[str]) -> str:
        """The two parts with a hyphen, or still with the sign of the break where the document writes them as one word."""
        first, second = parted.group(1), parted.group(2)
        one, two = (first + second).lower(), f"{first}-{second}".lower()
        is_one_word = bool(first) and second[:1].islower() and one in self._words and two not in self._words
        return first + (_BREAK if is_one_word else "-") + second
