"""Ranges of procedure codes, written out."""

from __future__ import annotations

import re

from medpolicy.model.codes import CodeSystem, is_well_formed

_MOST_CODES_OF_A_RANGE = 50
_PARTS = re.compile(r"([A-Z]?)(\d+)([A-Z]?)", re.ASCII)


def written_out(first: str, last: str) -> list[str]:
    """The codes from the first to the last; empty where they are of different kinds, or too many to be meant as a list."""
    low, high = _PARTS.fullmatch(first), _PARTS.fullmatch(last)
    if low is None or high is None or (low[1], low[3]) != (high[1], high[3]):
        return []
    numbers = range(int(low[2]), int(high[2]) + 1)
    if len(numbers) > _MOST_CODES_OF_A_RANGE:
        return []
    codes = [f"{low[1]}{number:0{len(low[2])}}{low[3]}" for number in numbers]
    return codes if all(system_of_form(code) is not None for code in codes) else []


def system_of_form(code: str) -> str | None:
    """`cpt` or `hcpcs`, by the form of the code; None where it has neither."""
    return next((system.value for system in (CodeSystem.CPT, CodeSystem.HCPCS) if is_well_formed(system, code)), None)
