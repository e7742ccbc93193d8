"""Paragraphs of HTML that `<br>` breaks into lines: lists, labels and paragraphs that the page only sets as lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from medpolicy.authoring.readers.markers import BULLET, printed_marker, readings

BREAK: Final = "\v"  # stands for a `<br>`; white space to whoever does not ask
Pieces = list[tuple[str, int]]  # texts, each with its source line

_LONGEST_ITEM: Final = 60  # words
_LONGEST_LINE: Final = 14  # words of a line that is a paragraph of its own without an end
_LEAST_ITEMS: Final = 2
_ENDS: Final = re.compile(r"[.:;!?]\s*$")
_STARTS: Final = re.compile(r"\s*[“\"(]?(?:[A-Z\d]|e?[A-Z])")


def lines_of(pieces: Sequence[tuple[str, int]]) -> list[tuple[str, Pieces]]:
    """The paragraphs and items that the pieces set as lines: ("", pieces) of a paragraph, (marker, pieces) of an item."""
    lines = _broken(pieces)
    texts = ["".join(text for text, _ in line).strip() for line in lines]
    if sum(map(bool, texts)) < _LEAST_ITEMS:
        return [("", list(pieces))]
    markers = _list_markers(texts)
    if markers:
        return _with_markers(lines, texts, markers)
    if _is_bare_list(texts):
        return [("" if at == 0 else "•", line) for at, line in enumerate(lines) if texts[at]]
    return _paragraphs(lines, texts)


def without_marker(pieces: Pieces, marker: str) -> Pieces:
    """The pieces without the marker that is printed before them."""
    left = len(marker)
    found: Pieces = []
    begun = False
    for text, line in pieces:
        if not begun:
            text = text.lstrip()
            begun = bool(text)
        cut = min(left, len(text))
        left -= cut
        found.append((text[cut:], line))
    return found


def _broken(pieces: Sequence[tuple[str, int]]) -> list[Pieces]:
    found: list[Pieces] = [[]]
    for text, line in pieces:
        if text == BREAK:
            found.append([])
        else:
            found[-1].append((text, line))
    return found


def _list_markers(texts: Sequence[str]) -> dict[int, str]:
    """The markers of the lines that form a list: bullets, or numbers that go on from the first."""
    found: dict[int, str] = {}
    expected: dict[str, int] = {}  # by the style of a marker the value that comes next
    for at, text in enumerate(texts):
        marker = printed_marker(text)
        for reading in readings(marker) if marker and text != marker else ():
            if reading.style == BULLET or reading.value == expected.get(reading.style, 1):
                expected[reading.style] = reading.value + 1
                found[at] = marker
                break
    return found if len(found) >= _LEAST_ITEMS else {}


def _with_markers(lines: Sequence[Pieces], texts: Sequence[str], markers: dict[int, str]) -> list[tuple[str, Pieces]]:
    found: list[tuple[str, Pieces]] = []
    for at, line in enumerate(lines):
        if at in markers:
            found.append((markers[at], without_marker(line, markers[at])))
        elif found and texts[at]:
            found[-1] = (found[-1][0], [*found[-1][1], (" ", line[0][1]), *line])
        elif texts[at]:
            found.append(("", list(line)))
    return found


def _is_bare_list(texts: Sequence[str]) -> bool:
    """Whether a lead-in ends with a colon, and short lines follow, each beginning anew."""
    first, *rest = texts
    said = [text for text in rest if text]
    return (
        first.endswith(":")
        and len(said) >= _LEAST_ITEMS
        and all(len(text.split()) <= _LONGEST_ITEM and not text.endswith(":") for text in said)
        and all(_STARTS.match(text) for text in said)
    )


def _paragraphs(lines: Sequence[Pieces], texts: Sequence[str]) -> list[tuple[str, Pieces]]:
    """Apart where a line is left empty, or where each line ends as a sentence or is short and the next one begins anew."""
    apart = all(bool(_ENDS.search(before)) or len(before.split()) <= _LONGEST_LINE for before in texts if before) and all(
        _STARTS.match(text) for text in texts if text
    )
    found: list[tuple[str, Pieces]] = []
    is_open = False
    for line, text in zip(lines, texts, strict=True):
        if not text:
            is_open = False
            continue
        if is_open and not apart:
            found[-1] = ("", [*found[-1][1], (" ", line[0][1]), *line])
        else:
            found.append(("", list(line)))
        is_open = True
    return found
