"""What is wrong with an interchange, a group, a transaction, a segment or an element: X12's code for it, where, and what to do.

The codes are those of TA1 (interchange, TA105), of 999's AK9 (group, AK905), IK5 (transaction, IK501), IK3 (segment, IK304)
and IK4 (element, IK403). What they mean is told in our own words. No value that stands in a file is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

INTERCHANGE: Final = "interchange"
GROUP: Final = "group"
TRANSACTION: Final = "transaction"
SEGMENT: Final = "segment"
ELEMENT: Final = "element"


class Finding(NamedTuple):
    """One thing that is wrong.

    `segment` is the segment's id; `position` its number in the transaction, where ST is 1 (IK302), or of an envelope in the file;
    `in_file` its number in the file. `loop`: where it was expected (IK303). `element`, `component`: from 1 (IK401). `rejects`:
    whether the transaction, or all of the group or interchange, is not taken for it.
    """

    level: str
    code: str
    segment: str = ""
    position: int = 0
    in_file: int = 0
    loop: str | None = None
    element: int | None = None
    component: int | None = None
    rejects: bool = True

    @property
    def name(self) -> str:
        """The code with the name of what it is of, such as `IK501 4`."""
        return f"{_NAMES[self.level]} {self.code}"

    @property
    def meaning(self) -> tuple[str, str]:
        """What it is, and what to do."""
        return MEANINGS[self.level].get(self.code, ("does not follow the implementation guide", "correct it and send it again"))

    def __str__(self) -> str:
        what, todo = self.meaning
        place = f"{self.segment} (segment {self.in_file} of the file" if self.segment else f"segment {self.in_file} of the file"
        if self.level in (SEGMENT, ELEMENT):
            place += f", {self.position} of the transaction"
        place += f", loop {self.loop}" if self.loop else ""
        place += ")" if self.segment else ""
        if self.element is not None:
            place += f", element {self.element}" + (f"-{self.component}" if self.component is not None else "")
        return f"{self.name}: {place}: {what}; {todo}"


_NAMES: Final = {INTERCHANGE: "TA105", GROUP: "AK905", TRANSACTION: "IK501", SEGMENT: "IK304", ELEMENT: "IK403"}
_AGAIN: Final = "have the sender write it again"
MEANINGS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    INTERCHANGE: {
        "001": ("the control numbers of ISA and IEA differ", _AGAIN),
        "021": ("IEA counts other groups than there are; some may be missing", _AGAIN),
        "022": ("there is text that is no part of an interchange", "remove it, or have the sender write the file again"),
        "023": ("it ends without IEA; the file is cut off there", "copy the file again, or have it sent again"),
        "024": ("IEA, GE or a group stands where it cannot", _AGAIN),
        "025": ("its control number was used before in this file; it may be there twice", "send each interchange once"),
    },
    GROUP: {
        "1": ("it holds no claims (GS01 is not HC)", "give files of 837 only"),
        "3": ("it ends without GE", _AGAIN),
        "4": ("the control numbers of GS and GE differ", _AGAIN),
        "5": ("GE counts other transactions than there are; some may be missing", _AGAIN),
        "6": ("GS is missing, or GE stands without it", _AGAIN),
        "19": ("its control number was used before in this interchange", "send each group once"),
    },
    TRANSACTION: {
        "1": ("it is no 837 of an implementation guide that is read", "send 837P (005010X222) or 837I (005010X223)"),
        "2": ("it ends without SE; it may be cut off", _AGAIN),
        "3": ("the control numbers of ST and SE differ", _AGAIN),
        "4": ("SE counts other segments than there are; some may be missing", _AGAIN),
        "6": ("ST is missing", _AGAIN),
        "7": ("ST has no control number", _AGAIN),
        "23": ("its control number was used before in this group", "send each transaction once"),
    },
    SEGMENT: {
        "1": ("the guide knows no such segment", "remove it or correct its id"),
        "2": ("the segment does not belong here", "put it where the guide has it"),
        "3": ("a segment that the guide demands is missing here", "add it"),
        "4": ("the loop stands more often than the guide allows", "split the claim"),
        "5": ("the segment stands more often than the guide allows", "remove those that are too many"),
        "6": ("the segment is cut off", "copy the file again, or have it sent again"),
        "8": ("its elements contradict each other or the segments before", "correct them"),
        "I4": ("the guide does not use the segment", "remove it"),
    },
    ELEMENT: {
        "1": ("an element that the guide demands is missing", "fill it in"),
        "2": ("an element is missing that another one demands", "fill it in"),
        "3": ("there are more elements than the guide has", "remove those that are too many"),
        "4": ("it is too short", "correct it"),
        "5": ("it is too long, or the guide does not use it", "correct it"),
        "6": ("it has a sign that it may not have", "correct it"),
        "7": ("it is no value that the guide allows, or is out of sequence", "correct it"),
        "8": ("it is no date", "write CCYYMMDD, as the qualifier before it says"),
        "9": ("it is no time", "write HHMM"),
        "10": ("two elements stand together that exclude each other", "remove one of them"),
    },
}
