"""Codes of diagnoses in the words of a condition."""

from __future__ import annotations

import itertools
import re
from typing import Final

from medpolicy.authoring.extraction.condition_text import split_outside, what_remains
from medpolicy.authoring.extraction.criteria_nodes import is_diagnosis

_CODE: Final = r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{0,4})?\*?"
_CODE_OR_RANGE: Final = rf"{_CODE}(?:\s*[-–]\s*{_CODE})?"
_ONE_OR_RANGE: Final = re.compile(_CODE_OR_RANGE)
_CODES: Final = rf"(?P<codes>{_CODE_OR_RANGE}(?:\s*(?:[,;]|and|or|,\s*(?:and|or))\s*{_CODE_OR_RANGE})*)"
_ICD: Final = r"ICD-?10(?:-CM)?(?:\s+(?:diagnosis\s+)?codes?)?:?\s*"
_CODES_IN_BRACKETS: Final = re.compile(rf"\((?P<name>{_ICD})?{_CODES}\)")
_CODES_AFTER_THEIR_NAME: Final = re.compile(rf"(?P<name>{_ICD}){_CODES}")


def series_with_codes(text: str) -> tuple[str, list[str]] | None:
    """ "Gout (M10.9) or lupus (M32.9)": how its parts join, and the parts."""
    several = list(_CODES_IN_BRACKETS.finditer(text))
    if len(several) < 2:
        return None
    between = [text[one.end() : after.start()] for one, after in itertools.pairwise(several)]
    words = {match[1] for part in between if (match := re.match(r"\s*,?\s*(and|or)\s", part))}
    if len(words) != 1:
        return None
    parts = split_outside(text, rf"(?<=\))\s*,?\s*{(*words,)[0]}\s+")
    return ("any" if words == {"or"} else "all", parts) if len(parts) == len(several) else None


def diagnoses_in(text: str) -> tuple[list[str], str] | None:
    """ "Osteoarthritis of the knee (M17.0-M17.9)": the codes, and what is left of the text."""
    several = list(_CODES_IN_BRACKETS.finditer(text))
    if len(several) > 1:
        return None
    match = several[0] if several else _CODES_AFTER_THEIR_NAME.search(text)
    if match is None or not (match["name"] or "." in match["codes"]):
        return None
    codes = [re.sub(r"\s*[-–]\s*", "-", code) for code in _ONE_OR_RANGE.findall(match["codes"])]
    if not all(is_diagnosis(code) for code in codes):
        return None
    return codes, what_remains(text, match.start(), match.end())
