"""837 files for tests, put together in the form that the guides give. Persons, providers and payers are invented."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

PROFESSIONAL = "005010X222A1"
INSTITUTIONAL = "005010X223A2"

PROVIDER = (
    "HL*1**20*1",
    "NM1*85*2*EXAMPLE CLINIC*****XX*1234567893",
    "N3*1 TEST STREET",
    "N4*BOSTON*MA*021010000",
    "REF*EI*123456789",
)
SUBSCRIBER = (
    "HL*2*1*22*0",
    "SBR*P*18*GRP100******CI",
    "NM1*IL*1*SAMPLE*ANNA****MI*M0001",
    "N3*2 TEST STREET",
    "N4*BOSTON*MA*02101",
    "DMG*D8*19500615*F",
    "NM1*PR*2*EXAMPLE PAYER*****PI*99999",
)
CLAIM = (
    "CLM*ACCOUNT1*250***22:B:1*Y*A*Y*Y",
    "HI*ABK:M4316*ABF:Z981",
)
LINE = (
    "LX*1",
    "SV1*HC:20930:RT:59*150.5*UN*1***1",
    "DTP*472*D8*20250401",
)
SECOND_LINE = (
    "LX*2",
    "SV1*HC:22633*99.5*UN*1*21**1:2",
    "DTP*472*RD8*20250401-20250403",
)
FACILITY_CLAIM = (
    "CLM*ACCOUNT2*1000***11:A:1**A*Y*Y",
    "DTP*434*RD8*20250401-20250405",
    "DTP*435*DT*202504010800",
    "CL1*1*7*01",
    "HI*ABK:M4316:::::::Y",
    "NM1*71*1*ATTENDING*ANN****XX*1234567893",
)
FACILITY_LINE = (
    "LX*1",
    "SV2*0278*HC:20930*800*UN*1",
    "DTP*472*D8*20250402",
)
ROOM_LINE = (
    "LX*2",
    "SV2*0120**200*DA*4",
)

PROFESSIONAL_BODY = (*PROVIDER, *SUBSCRIBER, *CLAIM, *LINE, *SECOND_LINE)
INSTITUTIONAL_PROVIDER = PROVIDER
INSTITUTIONAL_BODY = (*PROVIDER, *SUBSCRIBER, *FACILITY_CLAIM, *FACILITY_LINE, *ROOM_LINE)


@dataclass(frozen=True)
class Transaction:
    """ST to SE. `count` and `trailer_number` are SE01 and SE02 where they are to be wrong; `segments` are the body's."""

    segments: Sequence[str] = PROFESSIONAL_BODY
    number: str = "0001"
    guide: str = PROFESSIONAL
    count: int | None = None
    trailer_number: str | None = None
    header: bool = True
    trailer: bool = True

    def written(self) -> list[str]:
        opening = [
            "BHT*0019*00*REFERENCE*20250410*1200*CH",
            "NM1*41*2*EXAMPLE SENDER*****46*SENDER1",
            "PER*IC*HELP DESK*TE*6175550100",
            "NM1*40*2*EXAMPLE PAYER*****46*RECEIVER1",
        ]
        body = [f"ST*837*{self.number}*{self.guide}"] if self.header else []
        body += [*opening, *self.segments]
        count = len(body) + 1 if self.count is None else self.count
        return [*body, *([f"SE*{count}*{self.trailer_number or self.number}"] if self.trailer else [])]


@dataclass(frozen=True)
class Group:
    """GS to GE."""

    transactions: Sequence[Transaction] = (Transaction(),)
    number: str = "1"
    guide: str = PROFESSIONAL
    count: int | None = None
    trailer_number: str | None = None
    trailer: bool = True

    def written(self) -> list[str]:
        segments = [f"GS*HC*SENDER1*RECEIVER1*20250410*1200*{self.number}*X*{self.guide}"]
        for transaction in self.transactions:
            segments += transaction.written()
        count = len(self.transactions) if self.count is None else self.count
        return [*segments, *([f"GE*{count}*{self.trailer_number or self.number}"] if self.trailer else [])]


@dataclass(frozen=True)
class Interchange:
    """ISA to IEA, with its delimiters: element, component, repetition, segment."""

    groups: Sequence[Group] = field(default_factory=lambda: (Group(),))
    number: str = "000000001"
    delimiters: tuple[str, str, str, str] = ("*", ":", "^", "~")
    newline: str = "\n"
    count: int | None = None
    trailer_number: str | None = None
    trailer: bool = True

    def __str__(self) -> str:
        element, component, repetition, segment = self.delimiters
        isa = f"ISA*00*          *00*          *ZZ*SENDER1        *ZZ*RECEIVER1      *250410*1200*^*00501*{self.number}*0*T*:"
        segments = [isa]
        for group in self.groups:
            segments += group.written()
        count = len(self.groups) if self.count is None else self.count
        if self.trailer:
            segments.append(f"IEA*{count}*{self.trailer_number or self.number}")
        delimited = str.maketrans({"*": element, ":": component, "^": repetition})
        return "".join(one.translate(delimited) + segment + self.newline for one in segments)


def file_837(*interchanges: Interchange) -> bytes:
    return "".join(map(str, interchanges or (Interchange(),))).encode()


def professional(*segments: Iterable[str], **changes: object) -> bytes:
    """A file of one transaction with these segments."""
    body = tuple(one for group in segments for one in group)
    return file_837(Interchange((Group((Transaction(body, **changes),)),)))


def institutional(*segments: Iterable[str]) -> bytes:
    body = tuple(one for group in segments for one in group) or INSTITUTIONAL_BODY
    return file_837(Interchange((Group((Transaction(body, guide=INSTITUTIONAL),), guide=INSTITUTIONAL),)))
