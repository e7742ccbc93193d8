"""What is counted of claim lines: taken, rejected and why, remarked; the days and the codes that occur."""
# ruff: noqa: S608  # the names are those of this package's own tables

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

# What is counted of the lines that are taken: a remark is no fault.
REMARKS: Final[Mapping[str, str]] = {
    "no-procedure-code": "code IS NULL",
    "negative-amount": "charge_amount < 0 OR allowed_amount < 0 OR paid_amount < 0",
    "no-diagnosis": "NOT has_diagnosis",
    "icd-9-cm": "icd_9",
    "no-setting": "setting IS NULL",
    "no-age": "age IS NULL",
    "no-sex": "sex IS NULL",
    "no-state": "state IS NULL",
}
UNREADABLE: Final = "unreadable-row"
Rejections = Mapping[tuple[str, str | None], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCounts:
    """How many lines there are, are taken and are rejected, the last by reason and column; remarks on those that are taken.

    `lines` is always `taken` and all of `rejected` together.
    """

    lines: int
    taken: int
    rejected: Rejections
    remarks: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedElsewhere:
    """Lines that were rejected together before they came to be rows, such as those of a broken transaction of X12.

    `row`: where in the file they begin, as its own form counts.
    """

    file: str
    row: int
    reason: str
    detail: str
    lines: int

    @property
    def counts(self) -> ClaimCounts:
        """They as the counts of a part."""
        return ClaimCounts(lines=self.lines, taken=0, rejected={(self.reason, self.detail): self.lines}, remarks={})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsExtent:
    """The first and the last service date (None where there is no line) and the procedure codes that occur.

    All lines that are taken lie within it. A line that is rejected for its key, member, diagnoses or amounts may widen it: to
    leave those out costs more than a library that is compiled for a few more days and codes.
    """

    first_day: date | None
    last_day: date | None
    codes: frozenset[str]


def sum_of(counts: Iterable[ClaimCounts]) -> ClaimCounts:
    """The counts of several parts, such as chunks, together."""
    lines = taken = 0
    rejected: dict[tuple[str, str | None], int] = {}
    remarks = dict.fromkeys(REMARKS, 0)
    for one in counts:
        lines, taken = lines + one.lines, taken + one.taken
        for fault, count in one.rejected.items():
            rejected[fault] = rejected.get(fault, 0) + count
        for remark, count in one.remarks.items():
            remarks[remark] += count
    return ClaimCounts(lines=lines, taken=taken, rejected=dict(sorted(rejected.items(), key=str)), remarks=remarks)


def counted(connection: duckdb.DuckDBPyConnection, checked: str) -> ClaimCounts:
    """Of a table or view of checked lines."""
    remarks = ", ".join(f"count(*) FILTER (fault IS NULL AND ({condition}))" for condition in REMARKS.values())
    rows = connection.execute(f"SELECT fault, count(*), {remarks} FROM {checked} GROUP BY fault").fetchall()
    rejected: dict[tuple[str, str | None], int] = {}
    taken, found = 0, dict.fromkeys(REMARKS, 0)
    for fault, count, *remarked in rows:
        if fault is None:
            taken, found = count, dict(zip(REMARKS, remarked, strict=True))
        else:
            reason, _, of = fault.partition("|")
            rejected[reason, of] = count
    total = taken + sum(rejected.values())
    return ClaimCounts(lines=total, taken=taken, rejected=dict(sorted(rejected.items(), key=str)), remarks=found)


def counted_unreadable(connection: duckdb.DuckDBPyConnection) -> ClaimCounts:
    """Of rows that could not be read."""
    count = connection.execute("SELECT count(*) FROM unreadable_lines").fetchall()[0][0]
    rejected: Rejections = {(UNREADABLE, None): count} if count else {}
    return ClaimCounts(lines=count, taken=0, rejected=rejected, remarks=dict.fromkeys(REMARKS, 0))


def extent_of(connection: duckdb.DuckDBPyConnection, dated: str) -> ClaimsExtent:
    """Of SQL for lines with `service_date`, `date_fault`, `code`, `code_fault`."""
    rows = connection.execute(
        f"SELECT code, min(service_date), max(service_date) FROM ({dated}) "
        "WHERE date_fault IS NULL AND code_fault IS NULL GROUP BY code"
    ).fetchall()
    return ClaimsExtent(
        first_day=min((first for _, first, _ in rows), default=None),
        last_day=max((last for _, _, last in rows), default=None),
        codes=frozenset(code for code, _, _ in rows if code is not None),
    )
