"""All ICD-10-CM codes, cut into classes that sets of diagnoses can tell apart.

A member may have several diagnoses, so each class is a question of its own: has the member a diagnosis of it? A test on a set is
met where that is so of any class within the set; every combination of answers can occur.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from medpolicy.model.codes import CodeRange, CodeSet

_PLACES = (string.ascii_uppercase, string.digits, *((string.digits + string.ascii_uppercase,) * 5))
_SHORTEST = 3
_AFTER = "~"  # sorts after every character of a code
_NEXT = "\0"  # sorts before every character of a code


@dataclass(frozen=True, slots=True)
class DiagnosisClass:
    """The diagnoses that are in each set of `within` and in none of `outside`."""

    within: tuple[CodeSet, ...]
    outside: tuple[CodeSet, ...]

    def __contains__(self, code: str) -> bool:
        return all(code in codes for codes in self.within) and not any(code in codes for codes in self.outside)


def in_few_words(found: DiagnosisClass) -> DiagnosisClass:
    """The same diagnoses by as few sets and ranges as say it: `I87.2` where that is what `I83.*, I87.2` has beside `I83.*`."""
    narrow = [
        codes
        for at, codes in enumerate(found.within)
        if not any(_lies_in(other, codes) and (number < at or not _lies_in(codes, other)) for number, other in _others(found, at))
    ]
    within = tuple(
        _with_ranges(codes, lambda entry: not any(_range_lies_in(entry, out) for out in found.outside)) for codes in narrow
    )
    outside = tuple(
        _with_ranges(codes, lambda entry: all(any(entry.overlaps(other) for other in one.ranges) for one in within))
        for codes in found.outside
        if all(codes.overlaps(one) for one in within)
    )
    return DiagnosisClass(within, outside)


def _others(found: DiagnosisClass, at: int) -> Iterable[tuple[int, CodeSet]]:
    return ((number, codes) for number, codes in enumerate(found.within) if number != at)


def _with_ranges(codes: CodeSet, is_wanted: Callable[[CodeRange], bool]) -> CodeSet:
    """The set with those of its ranges that are wanted; all of them where none is."""
    return CodeSet(tuple(filter(is_wanted, codes.ranges)) or codes.ranges)


def _lies_in(codes: CodeSet, other: CodeSet) -> bool:
    return all(_range_lies_in(entry, other) for entry in codes.ranges)


def _range_lies_in(entry: CodeRange, codes: CodeSet) -> bool:
    low, high = _stretch(entry)
    return any(start <= low and high <= stop for start, stop in map(_stretch, codes.ranges))


def diagnosis_classes(sets: Iterable[CodeSet]) -> tuple[DiagnosisClass, ...]:
    """The classes that are in at least one of the sets and hold at least one well-formed code."""
    known = list(dict.fromkeys(sets))
    stretches = [[_stretch(entry) for entry in codes.ranges] for codes in known]
    stops = sorted({stop for found in stretches for stretch in found for stop in stretch})
    memberships: dict[tuple[bool, ...], None] = {}
    for start, stop in pairwise(stops):
        first = _first_code(start)
        if first is not None and first < stop:
            memberships[tuple(any(low <= first < high for low, high in found) for found in stretches)] = None
    return tuple(
        DiagnosisClass(
            tuple(codes for codes, inside in zip(known, membership, strict=True) if inside),
            tuple(codes for codes, inside in zip(known, membership, strict=True) if not inside),
        )
        for membership in memberships
        if any(membership)
    )


def _stretch(entry: CodeRange) -> tuple[str, str]:
    """The range as the plain codes from the first of the pair up to, and without, the second."""
    first, last = entry.first.replace(".", ""), entry.last.replace(".", "")
    if first == last and not entry.prefix:
        return first, first + _NEXT
    return first, last + _AFTER


def _first_code(start: str) -> str | None:
    """The first well-formed code, without its dot, that does not sort before `start`."""
    code: list[str] = []
    for at, character in enumerate(start):
        if at == len(_PLACES):
            return _following(code)
        if character in _PLACES[at]:
            code.append(character)
            continue
        later = [other for other in _PLACES[at] if other > character]
        return _completed([*code, later[0]]) if later else _following(code)
    return _completed(code)


def _following(code: Sequence[str]) -> str | None:
    """The first code after every one that begins so."""
    for at in reversed(range(len(code))):
        place = _PLACES[at]
        if code[at] != place[-1]:
            return _completed([*code[:at], place[place.index(code[at]) + 1]])
    return None


def _completed(code: Sequence[str]) -> str:
    return "".join(code) + "".join(place[0] for place in _PLACES[len(code) : _SHORTEST])
