"""837 files in; their service lines as Parquet in the Tuva layout, and what became of each transaction, out."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from medpolicy.errors import ClaimsError, UsageError
from medpolicy.exchange.x12.acknowledgment import Acknowledgment, FileRecord
from medpolicy.exchange.x12.claim_lines import COLUMNS, LineMapper, Row
from medpolicy.exchange.x12.envelopes import Envelopes, TransactionRecord
from medpolicy.exchange.x12.findings import TRANSACTION, Finding
from medpolicy.exchange.x12.guides import ElementFaults, GuideChecker, kind_of
from medpolicy.exchange.x12.segments import Segment, segments
from medpolicy.formats.claims_layout import SOURCE_FILE, SOURCE_ROW

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_AT_ONCE: Final = 20_000
_GZIP: Final = b"\x1f\x8b"


def convert_837(files: Sequence[Path], directory: Path, *, codes: Collection[str] = ()) -> tuple[list[Path], Acknowledgment]:
    """Write a Parquet file below the directory for each file, with the lines that are taken; those files, and the report.

    `codes`: the plan's codes of lines of business, from the mapping file. The same files give the same bytes. `ClaimsError`
    where a file cannot be read or holds no interchange; what is wrong inside of one is in the report.
    """
    written: list[Path] = []
    records = []
    for at, file in enumerate(files):
        record = examine(file)
        records.append(record)
        written.append(directory / f"{at:06}.parquet")
        _write(file, record, written[-1], codes)
    return written, Acknowledgment(records)


def examine(file: Path) -> FileRecord:
    """Follow every segment of a file; what is whole, and what is wrong with the rest."""
    envelopes = Envelopes()
    elements = ElementFaults()
    checker: GuideChecker | None = None
    position = 0
    current: TransactionRecord | None = None
    for segment in _segments(file):
        position = segment.position
        envelopes.feed(segment)
        transaction = envelopes.transaction
        if transaction is None:
            continue
        if transaction is not current:
            current, checker = transaction, None
            if segment.id != "ST":
                continue  # it has no ST, and is rejected for that
            if segment.value(1) == "837" and kind_of(transaction.guide) is not None:
                checker = GuideChecker(transaction.guide, elements)
            else:
                transaction.find(Finding(TRANSACTION, "1", "ST", 1, segment.position))
        if checker is not None:
            for finding in checker.check(segment, transaction.segments):
                transaction.find(finding)
    if position == 0:
        raise ClaimsError(f"{file}: is empty")
    envelopes.end(position)
    if all(interchange.is_stray for interchange in envelopes.interchanges):
        raise ClaimsError(f"{file}: holds no interchange (ISA) that can be read; give 837 files as they were sent")
    return FileRecord(str(file), envelopes.interchanges)


def _write(file: Path, record: FileRecord, target: Path, codes: Collection[str]) -> None:
    """The lines of the transactions that are taken."""
    taken = {transaction.position: transaction for _, _, transaction, is_taken in record.judged() if is_taken}
    expected = sum(transaction.lines for transaction in taken.values())
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UsageError("837 files need an extra; install it with: pip install 'medpolicy[x12]'") from None
    schema = pa.schema([*((name, pa.string()) for name in (*COLUMNS, SOURCE_FILE)), (SOURCE_ROW, pa.int64())])
    written = 0
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for rows in _at_once(_lines(file, taken, codes)):
            writer.write_batch(_batch(rows, schema, str(file)))
            written += len(rows)
    if written != expected:
        raise AssertionError(f"{file}: {expected} lines counted, {written} written")


def _lines(file: Path, taken: dict[int, TransactionRecord], codes: Collection[str]) -> Iterator[Row]:
    mapper: LineMapper | None = None
    for segment in _segments(file):
        transaction = taken.get(segment.position)
        if transaction is not None:
            kind = kind_of(transaction.guide)
            assert kind is not None  # else it would not have been taken
            mapper = LineMapper(kind, codes)
        if mapper is not None:
            yield from mapper.feed(segment)
            if segment.id == "SE":
                mapper = None


def _at_once(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _ROWS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _batch(rows: list[Row], schema: pa.Schema, file: str) -> Any:  # pyarrow has no types
    import pyarrow as pa

    columns = [pa.array([row.get(name) or None for row in rows], pa.string()) for name in COLUMNS]
    columns.append(pa.array([file] * len(rows), pa.string()))
    columns.append(pa.array([row[SOURCE_ROW] for row in rows], pa.int64()))
    return pa.record_batch(columns, schema=schema)


def _segments(file: Path) -> Iterator[Segment]:
    try:
        with file.open("rb") as opened:
            is_zipped = opened.read(len(_GZIP)) == _GZIP
            opened.seek(0)
            if not is_zipped:
                yield from segments(opened)
                return
            with gzip.open(opened) as unzipped:
                yield from segments(cast("IO[bytes]", unzipped))
    except (OSError, EOFError, zlib.error) as error:
        raise ClaimsError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or 'it is cut off'}") from None
