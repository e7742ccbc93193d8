"""Procedure and diagnosis codes: their forms, and sets of them by code, range and prefix."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from medpolicy.errors import InvalidModel
from medpolicy.model.coded import CodedEnum


class CodeSystem(CodedEnum):
    """The code systems that medical policies list."""

    CPT = "cpt"
    HCPCS = "hcpcs"
    ICD_10_CM = "icd-10-cm"
    ICD_10_PCS = "icd-10-pcs"


# AMA CPT: five digits, or four and one of F, T, A, M, U; CMS HCPCS level II: a letter and four digits;
# ICD-10-PCS: seven characters, no I and no O.
_FORMS = {
    CodeSystem.CPT: re.compile(r"[0-9]{4}[0-9AFMTU]"),
    CodeSystem.HCPCS: re.compile(r"[A-Z][0-9]{4}"),
    CodeSystem.ICD_10_PCS: re.compile(r"[0-9A-HJ-NP-Z]{7}"),
    CodeSystem.ICD_10_CM: re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?"),
}
# What a code of each system can begin with.
_STEMS = {
    CodeSystem.CPT: re.compile(r"[0-9]{1,5}|[0-9]{4}[AFMTU]"),
    CodeSystem.HCPCS: re.compile(r"[A-Z][0-9]{0,4}"),
    CodeSystem.ICD_10_PCS: re.compile(r"[0-9A-HJ-NP-Z]{1,7}"),
    CodeSystem.ICD_10_CM: re.compile(r"[A-Z](?:[0-9](?:[0-9A-Z](?:\.[0-9A-Z]{0,4})?)?)?"),
}
_PROCEDURE = re.compile(r"[0-9]{4}[0-9AFMTU]|[A-Z][0-9]{4}|[0-9A-HJ-NP-Z]{7}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_DIAGNOSIS = re.compile(r"([A-Z][0-9][0-9A-Z])(?:\.?([0-9A-Z]{1,4}))?")


def normalize_procedure(text: str) -> tuple[str, tuple[str, ...]] | None:
    """A procedure code in upper case without padding, and its modifiers (`0565t-RT`); None where it is malformed."""
    if _PROCEDURE.fullmatch(text) is not None:
        return text, ()
    if not text.isascii():  # before the upper case, which turns some other letters into ASCII
        return None
    code, *modifiers = text.strip().upper().split("-")
    if _PROCEDURE.fullmatch(code) is None or not all(_MODIFIER.fullmatch(modifier) for modifier in modifiers):
        return None
    return code, tuple(modifiers)


def normalize_modifier(text: str) -> str | None:
    """A modifier in upper case; None where it is malformed."""
    modifier = text.strip().upper()
    return modifier if text.isascii() and _MODIFIER.fullmatch(modifier) else None


def normalize_diagnosis(text: str) -> str | None:
    """An ICD-10-CM code in upper case with its dot; None where it is malformed."""
    code = text.strip().upper()
    match = _DIAGNOSIS.fullmatch(code) if text.isascii() else None
    if match is None:
        return None
    return f"{match[1]}.{match[2]}" if match[2] else match[1]


def is_well_formed(system: CodeSystem, code: str) -> bool:
    """Whether the code has the form of its system; not whether it exists."""
    return _FORMS[system].fullmatch(code) is not None


def is_prefix(system: CodeSystem, stem: str) -> bool:
    """Whether a well-formed code of the system can begin so."""
    return _STEMS[system].fullmatch(stem) is not None


def _kind(system: CodeSystem, code: str) -> str:
    """What codes of one range have in common: CPT's last letter, which is a category of its own; of the others nothing."""
    return code[-1] if system is CodeSystem.CPT and not code[-1].isdigit() else ""


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Codes from `first` to `last`, both included and, for ICD-10-CM, with everything below `last`.

    A single code is a range of itself (ICD-10-CM: exactly itself); a prefix `M17.*` covers all codes of its system that begin
    with it: CPT's `333*` has no ICD-10-PCS code.
    """

    system: CodeSystem
    first: str
    last: str
    prefix: bool = False

    def __post_init__(self) -> None:
        if self.prefix:
            if self.first != self.last or not is_prefix(self.system, self.first):
                raise InvalidModel(f"{self.first!r} is not what a code of {self.system.value} begins with")
            return
        for code in (self.first, self.last):
            if not is_well_formed(self.system, code):
                raise InvalidModel(f"{code!r} has not the form of a code of {self.system.value}")
        if self.first > self.last:
            raise InvalidModel(f"the range {self.first}-{self.last} ends before it starts")
        if _kind(self.system, self.first) != _kind(self.system, self.last):
            raise InvalidModel(f"the range {self.first}-{self.last} joins codes of different kinds")

    def __contains__(self, code: str) -> bool:
        if self.prefix and self.system is not CodeSystem.ICD_10_CM:
            return code.startswith(self.first) and is_well_formed(self.system, code)
        if self.prefix:
            return code.replace(".", "").startswith(self.first.replace(".", ""))
        if self.first == self.last:
            return code == self.first
        if self.system is CodeSystem.ICD_10_CM:
            plain = code.replace(".", "")
            return self.first.replace(".", "") <= plain <= self.last.replace(".", "") + "~"
        same = is_well_formed(self.system, code) and _kind(self.system, code) == _kind(self.system, self.first)
        return same and self.first <= code <= self.last

    def overlaps(self, other: CodeRange) -> bool:
        """Whether a code may be in both."""
        if self.system is not other.system:
            return False
        ends = any(end in mine for mine, theirs in ((self, other), (other, self)) for end in (theirs.first, theirs.last))
        if ends or self.system is CodeSystem.ICD_10_CM or not (self.prefix or other.prefix):
            return ends
        prefix, codes = (self, other) if self.prefix else (other, self)
        length = len(prefix.first)
        if codes.prefix:
            return prefix.first.startswith(codes.first) or codes.first.startswith(prefix.first)
        return length < len(codes.first) and codes.first[:length] <= prefix.first <= codes.last[:length]

    def __str__(self) -> str:
        if self.prefix:
            return f"{self.first}*"
        return self.first if self.first == self.last else f"{self.first}-{self.last}"


def parse_code_range(system: CodeSystem, text: str) -> CodeRange:
    """Read `I87.2`, `I83.001-I83.899` or `M17.*`; `InvalidModel` otherwise."""
    plain = text.strip().upper()
    if plain.endswith("*"):
        stem = plain[:-1]
        return CodeRange(system, stem, stem, prefix=True)
    first, dash, last = plain.partition("-")
    return CodeRange(system, first.strip(), last.strip() if dash else first.strip())


@dataclass(frozen=True, slots=True)
class CodeSet:
    """Codes of one system, by range; `code in codes` is exact."""

    ranges: tuple[CodeRange, ...]
    _single: frozenset[str] = field(init=False, repr=False, compare=False)
    _wider: tuple[CodeRange, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.ranges:
            raise InvalidModel("a code set needs at least one code")
        single = frozenset(entry.first for entry in self.ranges if entry.first == entry.last and not entry.prefix)
        wider = tuple(entry for entry in self.ranges if entry.first != entry.last or entry.prefix)
        object.__setattr__(self, "_single", single)
        object.__setattr__(self, "_wider", wider)

    def __contains__(self, code: str) -> bool:
        return code in self._single or any(code in entry for entry in self._wider)

    def overlaps(self, other: CodeSet) -> bool:
        """Whether a code may be in both."""
        return any(mine.overlaps(theirs) for mine in self.ranges for theirs in other.ranges)

    def __str__(self) -> str:
        return ", ".join(str(entry) for entry in self.ranges)
