"""What became of each transaction of 837 files, like X12's 999: as JSON, and as text for a person.

It holds control numbers, places and codes, and nothing of a member. Transactions that are taken without a finding are counted
only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medpolicy.exchange.x12.envelopes import GroupRecord, InterchangeRecord, TransactionRecord
from medpolicy.exchange.x12.findings import Finding


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file's interchanges, and text that is none."""

    file: str
    interchanges: Sequence[InterchangeRecord]

    def judged(self) -> Iterator[tuple[InterchangeRecord, GroupRecord, TransactionRecord, bool]]:
        """Every transaction with its envelopes, and whether it is taken."""
        for interchange in self.interchanges:
            for group, transaction, taken in interchange.judged():
                yield interchange, group, transaction, taken


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedTransaction:
    """A transaction that is not taken, or text outside of any (all its numbers empty): where, why, and how many service lines
    it had.

    `code` is that of the finding that decided, such as `IK501 4`; `position` is the segment of the file where it begins.
    """

    file: str
    interchange: str
    group: str
    transaction: str
    position: int
    lines: int
    code: str


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """All files. `lines` is always `taken` and those of all that is rejected together."""

    files: Sequence[FileRecord]

    @property
    def lines(self) -> int:
        return self.taken + sum(one.lines for one in self.rejected())

    @property
    def taken(self) -> int:
        return sum(transaction.lines for file in self.files for _, _, transaction, taken in file.judged() if taken)

    def rejected(self) -> list[RejectedTransaction]:
        """Every transaction that is not taken, in the files' order."""
        return [one for file in self.files for interchange in file.interchanges for one in _rejected(file.file, interchange)]

    def as_json(self) -> dict[str, Any]:  # JSON
        """The whole report."""
        return {
            "lines": self.lines,
            "taken": self.taken,
            "rejected": self.lines - self.taken,
            "files": [{"file": file.file, "interchanges": [*map(_interchange, file.interchanges)]} for file in self.files],
        }

    def as_text(self) -> str:
        """The report for a person: what is wrong, with what to do."""
        return "\n".join(_text(self)) + "\n"


def _rejected(file: str, interchange: InterchangeRecord) -> Iterator[RejectedTransaction]:
    if interchange.is_stray:
        yield RejectedTransaction(
            file=file,
            interchange="",
            group="",
            transaction="",
            position=interchange.position,
            lines=interchange.stray_lines,
            code=interchange.findings[0].name,
        )
    for group, transaction, taken in interchange.judged():
        if not taken:
            reasons = [*transaction.findings, *group.findings, *interchange.findings]
            yield RejectedTransaction(
                file=file,
                interchange=interchange.number,
                group=group.number,
                transaction=transaction.number,
                position=transaction.position,
                lines=transaction.lines,
                code=next(finding.name for finding in reasons if finding.rejects),
            )


def _interchange(interchange: InterchangeRecord) -> dict[str, Any]:
    groups = []
    for group in interchange.groups:
        judged = [(transaction, taken) for one, transaction, taken in interchange.judged() if one is group]
        groups.append(
            {
                "control_number": group.number,
                "guide": group.guide,
                "position": group.position,
                "transactions_received": len(judged),
                "transactions_taken": sum(taken for _, taken in judged),
                "findings": [*map(_finding, group.findings)],
                "transactions": [_transaction(one, taken) for one, taken in judged if one.findings or not taken],
            }
        )
    return {
        "control_number": interchange.number,
        "position": interchange.position,
        "findings": [*map(_finding, interchange.findings)],
        "stray_lines": interchange.stray_lines,
        "groups": groups,
    }


def _transaction(record: TransactionRecord, taken: bool) -> dict[str, Any]:
    return {
        "control_number": record.number,
        "guide": record.guide,
        "position": record.position,
        # As IK501 has it: accepted with errors, rejected. (Those accepted without are only counted.)
        "acknowledged": "E" if taken else "R",
        "segments": record.segments,
        "claims": record.claims,
        "lines": record.lines,
        "findings": [*map(_finding, record.findings)],
        "findings_left_out": record.more,
    }


def _finding(finding: Finding) -> Mapping[str, Any]:
    what, todo = finding.meaning
    return {
        "level": finding.level,
        "code": finding.code,
        "segment": finding.segment or None,
        "position": finding.position or None,
        "position_in_file": finding.in_file,
        "loop": finding.loop,
        "element": finding.element,
        "component": finding.component,
        "rejects": finding.rejects,
        "what": what,
        "what_to_do": todo,
    }


def _text(report: Acknowledgment) -> Iterator[str]:
    yield f"{report.lines:,} service lines: {report.taken:,} taken, {report.lines - report.taken:,} rejected"
    for file in report.files:
        said = [line for interchange in file.interchanges for line in _of_interchange(interchange)]
        yield f"{file.file}" + ("" if said else ": all taken")
        yield from said


def _of_interchange(interchange: InterchangeRecord) -> Iterator[str]:
    for finding in interchange.findings:
        yield f"  interchange {interchange.number or '(none)'}: {finding}"
    for group in interchange.groups:
        for finding in group.findings:
            yield f"  interchange {interchange.number or '(none)'}, group {group.number or '(none)'}: {finding}"
    for group, transaction, taken in interchange.judged():
        if transaction.findings or not taken:
            name = f"transaction {transaction.number or '(none)'} of group {group.number or '(none)'}"
            yield f"  {name}: {'taken, with errors' if taken else f'rejected, {transaction.lines:,} service lines'}"
            yield from (f"    {finding}" for finding in transaction.findings)
            if transaction.more:
                yield f"    and {transaction.more:,} more"
