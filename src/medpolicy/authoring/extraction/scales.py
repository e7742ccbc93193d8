"""Scales that a document explains: a run of lines such as "C2: Varicose veins", least first as printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from medpolicy.authoring.document import SourceDocument

_VALUE: Final = re.compile(
    r"^\W*(?:(?:class|grade|stage|level|category|type)\s+)?(?P<value>[A-Z]{0,2}\d{1,2}[a-z]{0,2}|[IVX]{1,4}[a-z]?)\s*(?::|"
    r"=|–|—| - )\s*(?P<meaning>\S.*)$",
    re.IGNORECASE,
)
_LEAST: Final = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """`choices`: (value, meaning) in the order in which they are printed; `title`: the line above them."""

    title: str
    choices: tuple[tuple[str, str], ...]
    lines: tuple[int, ...]


def find_scales(document: SourceDocument) -> list[Scale]:
    """The scales of a document: three values or more, one on a line, under each other."""
    found: list[Scale] = []
    run: list[tuple[str, str, int]] = []
    title, title_line = "", 0
    for line in (*document.lines, None):
        match = None if line is None else _VALUE.match(line.text.strip())
        if line is not None and match is not None and _follows(run, match["value"]):
            run.append((match["value"], re.sub(r"\s+", " ", match["meaning"]).strip(), line.number))
            continue
        if line is not None and line.is_blank and run:
            continue
        if len(run) >= _LEAST:
            lines = (*((title_line,) if title_line else ()), *(number for _, _, number in run))
            found.append(Scale(title.strip(" *†:"), tuple((value, meaning) for value, meaning, _ in run), lines))
        run = []
        if line is not None and not line.is_blank:
            if match is not None:
                run = [(match["value"], match["meaning"].strip(), line.number)]
            else:
                title, title_line = line.text, line.number
    return found


def _follows(run: list[tuple[str, str, int]], value: str) -> bool:
    """Whether the value continues the scale: the same letters before the number, and not lower than the one before."""
    if not run:
        return True
    before, after = _parts(run[-1][0]), _parts(value)
    return (
        before[0] == after[0] and value not in {known for known, _, _ in run} and (before[1], before[2]) <= (after[1], after[2])
    )


_ROMAN: Final = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}


def _parts(value: str) -> tuple[str, int, str]:
    match = re.fullmatch(r"([A-Za-z]*?)(\d+)([a-z]*)", value)
    if match is not None:
        return match[1].upper(), int(match[2]), match[3]
    roman = re.fullmatch(r"([IVX]+)([a-z]?)", value)
    return ("roman", _ROMAN.get(roman[1], 0), roman[2]) if roman is not None else (value, 0, "")
