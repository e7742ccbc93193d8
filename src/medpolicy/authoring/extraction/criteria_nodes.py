"""Nodes of criteria as they are written in policy files, and what measures say of each other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medpolicy.authoring.extraction.condition_text import what_remains
from medpolicy.authoring.extraction.context import Item
from medpolicy.authoring.extraction.measures import Measure, measures_in
from medpolicy.errors import InvalidModel
from medpolicy.model.codes import CodeSystem, parse_code_range


def joined(kind: str, parts: Sequence[Item | None]) -> Item | None:
    """The parts joined; what is of the same kind is laid flat."""
    found: list[Item] = []
    for part in parts:
        if part is None:
            continue
        if set(part) == {kind}:
            found += part[kind]
        else:
            found.append(part)
    if not found:
        return None
    return found[0] if len(found) == 1 else {kind: found}


def are_of_one_thing(first: Measure, second: Measure) -> bool:
    """Whether two measures may be bounds of one number: "at least 12 and less than 65 years", not "3 cm and 2 nodules"."""
    return first.unit in ("", "1", second.unit) or second.unit == ""


def is_length(measure: Measure) -> bool:
    return measure.kind == "duration" and not measure.elapsed


def years_of(bounds: Sequence[tuple[str, str]]) -> dict[str, int]:
    return {comparator: int(value.partition(".")[0]) for comparator, value in bounds}


def as_years(bounds: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((comparator, value.split()[0]) for comparator, value in bounds)


def is_diagnosis(text: str) -> bool:
    try:
        parse_code_range(CodeSystem.ICD_10_CM, text)
    except InvalidModel:
        return False
    return True


def qualifies(part: str, before: str) -> bool:
    """Whether a member of a series only measures what the one before it names: "symptoms ..., symptom duration ..."."""
    measures = measures_in(part)
    if len(measures) != 1 or what_remains(part, measures[0].start, len(part)) != part[: measures[0].start].strip(" ,."):
        return False
    first = re.match(r"[A-Za-z]{4,}", part)
    return first is not None and re.search(rf"\b{re.escape(first[0].rstrip('s'))}s?\b", before, re.IGNORECASE) is not None
