"""All procedure codes, cut into as few groups as code sets can tell apart: each group's codes are in the same of the sets."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from medpolicy.model.codes import CodeRange, CodeSet, CodeSystem

_DIGITS = string.digits
_LETTERS = string.ascii_uppercase
_PCS = _DIGITS + "".join(letter for letter in _LETTERS if letter not in "IO")
# The forms of procedure codes, by the characters at each place; codes of one form are in the order of their numbers.
_FORMS: tuple[tuple[CodeSystem, tuple[str, ...]], ...] = (
    (CodeSystem.CPT, (_DIGITS,) * 5),
    *((CodeSystem.CPT, (_DIGITS, _DIGITS, _DIGITS, _DIGITS, letter)) for letter in "AFMTU"),
    (CodeSystem.HCPCS, (_LETTERS, _DIGITS, _DIGITS, _DIGITS, _DIGITS)),
    (CodeSystem.ICD_10_PCS, (_PCS,) * 7),
)


@dataclass(frozen=True, slots=True)
class CodeSpan:
    """Codes of one form from `first` to `last`, both included."""

    form: int
    first: int
    last: int

    def __str__(self) -> str:
        first, last = _code(self.form, self.first), _code(self.form, self.last)
        return first if first == last else f"{first}-{last}"


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """Codes that are in the same sets; `example` is one of them. Without spans: every code that is in none of the sets."""

    example: str
    spans: tuple[CodeSpan, ...] = ()

    def __contains__(self, code: str) -> bool:
        places = [(form, _number(form, code)) for form in _forms_of(code)]
        return any(span.form == form and span.first <= at <= span.last for span in self.spans for form, at in places)


def code_groups(codes: Iterable[str], sets: Iterable[CodeSet]) -> tuple[CodeGroup, ...]:
    """The groups, in the order of their codes; the codes in none of the sets come first. Each of `codes` is one of its own."""
    listed = [(form, _number(form, code)) for code in dict.fromkeys(codes) for form in _forms_of(code)]
    spans = [CodeSpan(form, number, number) for form, number in listed]
    wider = [_spans(entries) for entries in dict.fromkeys(sets)]
    outside = ""
    grouped: dict[frozenset[int], list[CodeSpan]] = {}
    for form in range(len(_FORMS)):
        known = [(at, span) for at, span in enumerate(spans) if span.form == form]
        known += [(len(spans) + at, span) for at, found in enumerate(wider) for span in found if span.form == form]
        stops = sorted({0, _size(form), *(span.first for _, span in known), *(span.last + 1 for _, span in known)})
        for first, stop in pairwise(stops):
            within = frozenset(at for at, span in known if span.first <= first <= span.last)
            if within:
                grouped.setdefault(within, []).append(CodeSpan(form, first, stop - 1))
            else:
                outside = outside or _code(form, first)
    groups = [CodeGroup(_code(found[0].form, found[0].first), tuple(found)) for found in grouped.values()]
    groups.sort(key=lambda group: (group.spans[0].form, group.spans[0].first))
    return (CodeGroup(outside), *groups)


def joined_spans(groups: Iterable[CodeGroup]) -> tuple[str, ...]:
    """The codes of several groups in words, spans that follow each other as one."""
    spans = sorted((span for group in groups for span in group.spans), key=lambda span: (span.form, span.first))
    joined: list[CodeSpan] = []
    for span in spans:
        if joined and joined[-1].form == span.form and joined[-1].last + 1 == span.first:
            joined[-1] = CodeSpan(span.form, joined[-1].first, span.last)
        else:
            joined.append(span)
    return tuple(map(str, joined))


def _forms_of(code: str) -> list[int]:
    return [
        at
        for at, (_, places) in enumerate(_FORMS)
        if len(code) == len(places) and all(character in place for character, place in zip(code, places, strict=True))
    ]


def _size(form: int) -> int:
    size = 1
    for place in _FORMS[form][1]:
        size *= len(place)
    return size


def _number(form: int, code: str) -> int:
    number = 0
    for character, place in zip(code, _FORMS[form][1], strict=True):
        number = number * len(place) + place.index(character)
    return number


def _code(form: int, number: int) -> str:
    characters = []
    for place in reversed(_FORMS[form][1]):
        number, at = divmod(number, len(place))
        characters.append(place[at])
    return "".join(reversed(characters))


def _spans(codes: CodeSet) -> Sequence[CodeSpan]:
    return [span for entry in codes.ranges for span in _spans_of_range(entry)]


def _spans_of_range(entry: CodeRange) -> Sequence[CodeSpan]:
    if entry.prefix:
        return _spans_of_prefix(entry)
    if entry.first == entry.last:
        return [CodeSpan(form, _number(form, entry.first), _number(form, entry.first)) for form in _forms_of(entry.first)]
    return [
        CodeSpan(form, _number(form, entry.first), _number(form, entry.last))
        for form in _forms_of(entry.first)
        if _FORMS[form][0] is entry.system and form in _forms_of(entry.last)
    ]


def _spans_of_prefix(entry: CodeRange) -> Sequence[CodeSpan]:
    prefix, found = entry.first, []
    for form, (system, places) in enumerate(_FORMS):
        fits = len(prefix) <= len(places) and all(character in place for character, place in zip(prefix, places, strict=False))
        if fits and system is entry.system:
            rest = places[len(prefix) :]
            first = prefix + "".join(place[0] for place in rest)
            last = prefix + "".join(place[-1] for place in rest)
            found.append(CodeSpan(form, _number(form, first), _number(form, last)))
    return found
