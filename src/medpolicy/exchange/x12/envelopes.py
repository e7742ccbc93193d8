"""Interchanges, groups and transactions of a file: which segment is whose, and whether they are whole.

What can be told for itself is judged for itself: a transaction that is whole is taken though the one after it is not, and
though the file is cut off after it. A trailer that contradicts what it closes, or that is missing where the file goes on,
condemns all that it should have closed, since nobody can say what was lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from medpolicy.exchange.x12.findings import GROUP, INTERCHANGE, SEGMENT, TRANSACTION, Finding
from medpolicy.exchange.x12.segments import Segment

SERVICE_LINES: Final = ("SV1", "SV2", "SV3")
_STRAY_LINES: Final = re.compile(r"(?:^|[^A-Z0-9])SV[123][^A-Za-z0-9]")
_MOST_FINDINGS: Final = 200


@dataclass(slots=True)
class TransactionRecord:
    """What is known of a transaction. `number` and `guide` are ST02 and ST03; `position` is where it begins in the file.

    `segments` counts from ST to SE; `lines` are service lines. `more`: findings beyond those that are kept.
    """

    number: str
    guide: str
    position: int
    segments: int = 0
    claims: int = 0
    lines: int = 0
    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    has_fault: bool = False

    def find(self, finding: Finding) -> None:
        """Put a finding down."""
        self.has_fault = self.has_fault or finding.rejects
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(finding)
        else:
            self.more += 1


@dataclass(slots=True)
class GroupRecord:
    """A functional group: GS06, GS01, GS08."""

    number: str
    functional_id: str
    guide: str
    position: int
    transactions: list[TransactionRecord] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def has_fault(self) -> bool:
        return any(finding.rejects for finding in self.findings)


@dataclass(slots=True)
class InterchangeRecord:
    """An interchange, by ISA13; or text that is no part of one, with the service lines that seem to stand there."""

    number: str
    position: int
    groups: list[GroupRecord] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    is_stray: bool = False
    stray_lines: int = 0

    @property
    def has_fault(self) -> bool:
        return any(finding.rejects for finding in self.findings)

    def judged(self) -> Iterator[tuple[GroupRecord, TransactionRecord, bool]]:
        """Every transaction with its group, and whether it is taken."""
        for group in self.groups:
            for transaction in group.transactions:
                yield group, transaction, not (self.has_fault or group.has_fault or transaction.has_fault)


class Envelopes:
    """Follows a file segment by segment. `transaction` is the one that the last segment belongs to; None for an envelope's
    own.
    """

    def __init__(self) -> None:
        self.interchanges: list[InterchangeRecord] = []
        self.transaction: TransactionRecord | None = None
        self._interchange: InterchangeRecord | None = None
        self._group: GroupRecord | None = None
        self._open: TransactionRecord | None = None
        self._interchange_numbers: set[str] = set()
        self._group_numbers: set[str] = set()
        self._transaction_numbers: set[str] = set()
        self._headers = 0  # ST of this group
        self._groups = 0  # GS of this interchange

    def feed(self, segment: Segment) -> None:
        """Take the next segment."""
        self._follow(segment)
        if segment.is_cut and self.transaction is not None:
            at = self.transaction.segments
            self.transaction.find(Finding(SEGMENT, "6", _id(segment), position=at, in_file=segment.position))

    def _follow(self, segment: Segment) -> None:
        self.transaction = None
        if segment.is_stray:
            self._stray(segment)
            return
        if segment.is_cut and self._open is None and not self._closes(segment) and segment.id not in SERVICE_LINES:
            return  # the beginning of a trailer or header: that the file is cut off is told at its end
        match segment.id:
            case "ISA":
                self._cut_off(segment.position)
                self._isa(segment)
            case "GS":
                self._gs(segment)
            case "ST":
                self._st(segment)
            case "SE":
                self._se(segment)
            case "GE":
                self._ge(segment)
            case "IEA":
                self._iea(segment)
            case _:
                self._within(segment)

    def _closes(self, segment: Segment) -> bool:
        """Whether it is a whole trailer: the sign that ends the last one of a file is sometimes forgotten."""
        group, interchange = self._group, self._interchange
        if segment.id == "GE" and group is not None:
            return segment.value(2) == group.number
        return segment.id == "IEA" and interchange is not None and segment.value(2) == interchange.number

    def end(self, position: int) -> None:
        """The file has ended; `position` is that of the last segment."""
        self._cut_off(position)

    # ---------------------------------------------------------------- headers

    def _isa(self, segment: Segment) -> None:
        self._interchange = InterchangeRecord(segment.value(13), segment.position)
        self.interchanges.append(self._interchange)
        if segment.value(13) in self._interchange_numbers:
            self._interchange.findings.append(Finding(INTERCHANGE, "025", "ISA", in_file=segment.position))
        self._interchange_numbers.add(segment.value(13))
        self._group_numbers = set()
        self._groups = 0

    def _gs(self, segment: Segment) -> None:
        interchange = self._in_interchange(segment)
        self._close_group(segment, rejects=True)
        self._groups += 1
        self._group = GroupRecord(segment.value(6), segment.value(1), segment.value(8), segment.position)
        interchange.groups.append(self._group)
        if segment.value(1) != "HC":
            self._group.findings.append(Finding(GROUP, "1", "GS", in_file=segment.position))
        if segment.value(6) in self._group_numbers:
            self._group.findings.append(Finding(GROUP, "19", "GS", in_file=segment.position))
        self._group_numbers.add(segment.value(6))
        self._transaction_numbers = set()
        self._headers = 0

    def _st(self, segment: Segment) -> None:
        group = self._in_group(segment)
        self._close_transaction(segment)
        self._headers += 1
        number = segment.value(2)
        self._begin(group, TransactionRecord(number, segment.value(3) or group.guide, segment.position), segment)
        assert self._open is not None
        if not number:
            self._open.find(Finding(TRANSACTION, "7", "ST", position=1, in_file=segment.position))
        elif number in self._transaction_numbers:
            self._open.find(Finding(TRANSACTION, "23", "ST", position=1, in_file=segment.position))
        self._transaction_numbers.add(number)

    def _begin(self, group: GroupRecord, record: TransactionRecord, segment: Segment) -> None:
        group.transactions.append(record)
        self._open = record
        self._count(record, segment)

    def _within(self, segment: Segment) -> None:
        if self._open is None:
            group = self._in_group(segment)
            record = TransactionRecord("", group.guide, segment.position)
            record.find(Finding(TRANSACTION, "6", _id(segment), position=1, in_file=segment.position))
            self._begin(group, record, segment)
        else:
            self._count(self._open, segment)

    def _count(self, record: TransactionRecord, segment: Segment) -> None:
        self.transaction = record
        record.segments += 1
        record.claims += segment.id == "CLM"
        record.lines += segment.id in SERVICE_LINES

    # ---------------------------------------------------------------- trailers

    def _se(self, segment: Segment) -> None:
        if self._open is None:
            self._within(segment)  # without ST
        else:
            self._count(self._open, segment)
        record = self._open
        assert record is not None
        if segment.value(1).lstrip("0") != str(record.segments):
            record.find(Finding(TRANSACTION, "4", "SE", record.segments, segment.position))
        if segment.value(2) != record.number:
            record.find(Finding(TRANSACTION, "3", "SE", record.segments, segment.position))
        self._open = None

    def _ge(self, segment: Segment) -> None:
        self._close_transaction(segment)
        group = self._group
        if group is None:
            self._in_group(segment)
            group = self._group
        assert group is not None
        if segment.value(1).lstrip("0") != str(self._headers).lstrip("0"):
            group.findings.append(Finding(GROUP, "5", "GE", in_file=segment.position))
        if segment.value(2) != group.number:
            group.findings.append(Finding(GROUP, "4", "GE", in_file=segment.position))
        self._group = None

    def _iea(self, segment: Segment) -> None:
        interchange = self._in_interchange(segment)
        self._close_group(segment, rejects=True)
        if segment.value(1).lstrip("0") != str(self._groups).lstrip("0"):
            interchange.findings.append(Finding(INTERCHANGE, "021", "IEA", in_file=segment.position))
        if segment.value(2) != interchange.number:
            interchange.findings.append(Finding(INTERCHANGE, "001", "IEA", in_file=segment.position))
        self._interchange = None

    # ---------------------------------------------------------------- what is missing

    def _close_transaction(self, segment: Segment) -> None:
        if self._open is not None:
            self._open.find(Finding(TRANSACTION, "2", _id(segment), position=self._open.segments, in_file=segment.position))
            self._open = None

    def _close_group(self, segment: Segment, *, rejects: bool) -> None:
        self._close_transaction(segment)
        if self._group is not None:
            self._group.findings.append(Finding(GROUP, "3", _id(segment), in_file=segment.position, rejects=rejects))
            self._group = None

    def _cut_off(self, position: int) -> None:
        """The file, or the first of two files put together, has ended."""
        if self._open is not None:
            self._open.find(Finding(TRANSACTION, "2", position=self._open.segments, in_file=position))
            self._open = None
        if self._group is not None:
            self._group.findings.append(Finding(GROUP, "3", in_file=position, rejects=False))
            self._group = None
        if self._interchange is not None:
            self._interchange.findings.append(Finding(INTERCHANGE, "023", in_file=position, rejects=False))
            self._interchange = None

    def _in_interchange(self, segment: Segment) -> InterchangeRecord:
        if self._interchange is None:
            self._interchange = InterchangeRecord("", segment.position)
            self._interchange.findings.append(Finding(INTERCHANGE, "024", _id(segment), in_file=segment.position))
            self.interchanges.append(self._interchange)
            self._groups = 0
        return self._interchange

    def _in_group(self, segment: Segment) -> GroupRecord:
        if self._group is None:
            self._group = GroupRecord("", "HC", "", segment.position)
            self._group.findings.append(Finding(GROUP, "6", _id(segment), in_file=segment.position))
            self._in_interchange(segment).groups.append(self._group)
            self._transaction_numbers = set()
            self._headers = 0
        return self._group

    def _stray(self, segment: Segment) -> None:
        self._cut_off(segment.position)
        last = self.interchanges[-1] if self.interchanges else None
        if last is None or not last.is_stray:
            last = InterchangeRecord("", segment.position, is_stray=True)
            last.findings.append(Finding(INTERCHANGE, "022", in_file=segment.position))
            self.interchanges.append(last)
        last.stray_lines += len(_STRAY_LINES.findall(segment.elements[0]))


def _id(segment: Segment) -> str:
    """The segment's id, if it is one: other text may be a member's."""
    return segment.id if segment.has_id else ""
