"""The segments of a transaction that is whole, to rows of `medical_claim`: one for each service line.

Where a value stands is told by the names of the guides (TR3 005010X222 and 005010X223, and 004010X098 and 004010X096, which agree
as far as is read here). Values are taken as text, so that what is wrong with one is told when the line is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from medpolicy.exchange.x12.guides import INSTITUTIONAL
from medpolicy.exchange.x12.segments import Segment
from medpolicy.formats.claims_layout import DIAGNOSES, MODIFIERS, PATIENT, SOURCE_ROW

Row = dict[str, str | int | None]
COLUMNS: Final = (
    *("claim_id", "claim_line_number", "claim_type", "member_id", "payer", "plan"),
    *("claim_start_date", "claim_end_date", "claim_line_start_date", "claim_line_end_date", "admission_date"),
    *("place_of_service_code", "bill_type_code", "revenue_center_code", "hcpcs_code", *MODIFIERS[:4]),
    *("billing_npi", "charge_amount", "diagnosis_code_type", *DIAGNOSES),
    *PATIENT,
)
_GENDERS: Final = {"F": "female", "M": "male"}
_DIAGNOSES: Final = ("ABK", "ABF", "BK", "BF")  # principal and other; of ICD-10-CM and, without A, of ICD-9-CM
_DAY: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4})?")
_SERVICE, _STATEMENT, _ADMISSION = "472", "434", "435"


class LineMapper:
    """Follows one transaction; gives each line as soon as it is complete.

    `codes`: the plan's codes of lines of business that the mapping file knows; of what a subscriber's SBR and payer tell, the
    first that is one of them becomes `plan`.
    """

    def __init__(self, kind: str, codes: Collection[str]) -> None:
        self._kind = kind
        self._codes = codes
        self._billing: Row = {}
        self._subscriber: Row = {}
        self._patient: Row | None = None
        self._coverage: dict[str, str] = {}
        self._about: Row | None = None  # whom N4 and DMG are about
        self._claim: Row | None = None
        self._line: Row | None = None
        self._has_service = False

    def feed(self, segment: Segment) -> Iterator[Row]:
        """Take the next segment; the line that it ends."""
        if segment.id in ("LX", "CLM", "HL", "SE"):
            yield from self._ended()
        match segment.id:
            case "HL":
                self._level(segment)
            case "CLM":
                self._claim = self._of_claim(segment)
            case "LX":
                self._line = {"claim_line_number": segment.value(1), SOURCE_ROW: segment.position}
            case "SV1" | "SV2":
                yield from self._service(segment)
            case "DTP":
                self._date(segment)
            case "HI" if self._claim is not None and self._line is None:
                self._diagnoses(segment)
            case _ if self._claim is None:
                self._of_member(segment)

    # ---------------------------------------------------------------- above the claim

    def _level(self, segment: Segment) -> None:
        self._claim = self._about = None
        match segment.value(3):
            case "20":
                self._billing, self._subscriber, self._patient, self._coverage = {}, {}, None, {}
            case "22":
                self._subscriber, self._patient, self._coverage = {}, None, {}
            case "23":
                self._patient = {}

    def _of_member(self, segment: Segment) -> None:
        match segment.id, segment.value(1):
            case "SBR", _:
                self._coverage |= {"group": segment.value(3), "filing": segment.value(9)}
            case "NM1", "85":
                self._about = None
                self._billing["billing_npi"] = segment.value(9) if segment.value(8) == "XX" else None
            case "NM1", "IL":
                self._about = self._subscriber
                self._subscriber["member_id"] = segment.value(9)
            case "NM1", "QC":
                self._about = self._patient
            case "NM1", "PR":
                self._about = None
                self._coverage["payer"] = segment.value(9)
            case "NM1", _:
                self._about = None
            case "N4", _ if self._about is not None:
                self._about["patient_state"] = segment.value(2)
            case "DMG", _ if self._about is not None:
                self._about["patient_birth_date"] = _day(segment.value(2))
                self._about["patient_gender"] = _GENDERS.get(segment.value(3))

    def _plan(self) -> str | None:
        """Which of the names that a subscriber's coverage has: the first that the mapping knows, else the first."""
        group, filing, payer = (self._coverage.get(name, "") for name in ("group", "filing", "payer"))
        names = [group, f"{payer}/{filing}" if payer and filing else "", payer, filing]
        there = [name for name in names if name]
        known = [name for name in there if name in self._codes]
        return next(iter(known or there), None)

    # ---------------------------------------------------------------- the claim

    def _of_claim(self, segment: Segment) -> Row:
        patient = self._patient if self._patient is not None else self._subscriber
        place, qualifier, frequency, *_ = [*segment.components(5), "", ""]
        claim: Row = {
            **self._billing,
            **{name: patient.get(name) for name in PATIENT},
            "member_id": self._subscriber.get("member_id"),
            "payer": self._coverage.get("payer"),
            "plan": self._plan(),
            "claim_id": segment.value(1),
            "claim_type": self._kind,
        }
        if qualifier == "A" or (self._kind == INSTITUTIONAL and qualifier != "B"):
            claim["bill_type_code"] = place + frequency if place and frequency else None
        else:
            claim["place_of_service_code"] = place
        return claim

    def _diagnoses(self, segment: Segment) -> None:
        claim = self._claim
        assert claim is not None
        for at in range(1, len(segment.elements)):
            qualifier, code, *_ = [*segment.components(at), ""]
            if qualifier not in _DIAGNOSES or not code:
                continue
            free = next((name for name in DIAGNOSES if claim.get(name) is None), None)
            if free is not None:
                claim[free] = code
                claim["diagnosis_code_type"] = "icd-10-cm" if qualifier.startswith("A") else "icd-9-cm"

    def _date(self, segment: Segment) -> None:
        first, last = _days(segment)
        qualifier = segment.value(1)
        if self._line is not None and qualifier == _SERVICE:
            self._line |= {"claim_line_start_date": first, "claim_line_end_date": last}
        elif self._line is None and self._claim is not None:
            if qualifier in (_SERVICE, _STATEMENT):
                self._claim |= {"claim_start_date": first, "claim_end_date": last}
            elif qualifier == _ADMISSION:
                self._claim["admission_date"] = first

    # ---------------------------------------------------------------- the line

    def _service(self, segment: Segment) -> Iterator[Row]:
        if self._line is None or self._has_service:  # without an LX of its own: a line all the same
            yield from self._ended()
            self._line = {SOURCE_ROW: segment.position}
        self._has_service = True
        is_institutional = segment.id == "SV2"
        qualifier, code, *modifiers = [*segment.components(2 if is_institutional else 1), ""]
        self._line |= dict(zip(MODIFIERS[:4], modifiers, strict=False))
        if code:
            # Another code system's code is none of ours, though it may look like one.
            self._line["hcpcs_code"] = code if qualifier == "HC" else f"{qualifier}:{code}"
        self._line["charge_amount"] = segment.value(3 if is_institutional else 2)
        if is_institutional:
            self._line["revenue_center_code"] = segment.value(1)
        elif segment.value(5):
            self._line["place_of_service_code"] = segment.value(5)

    def _ended(self) -> Iterator[Row]:
        if self._line is not None and self._has_service:
            yield {**(self._claim or {}), **self._line}
        self._line, self._has_service = None, False


def _days(segment: Segment) -> tuple[str | None, str | None]:
    """The first and the last day of DTP: D8 is one day, RD8 two."""
    first, dash, last = segment.value(3).partition("-")
    return _day(first), _day(last) if dash else _day(first)


def _day(text: str) -> str | None:
    """CCYYMMDD, with a time of day or without, as YYYY-MM-DD; other text as it is, which is refused when it is read."""
    match = _DAY.fullmatch(text)
    return f"{match[1]}-{match[2]}-{match[3]}" if match else text or None
