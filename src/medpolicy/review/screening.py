"""A year of claims through the policies in force on each service date: lines in, answers and rejected lines out.

The library is compiled for the days and codes that occur; then the claims go chunk by chunk through the tabular engine, and what
each chunk comes to is written before the next begins, so that memory does not grow with the claims and an interrupted run goes on
at the chunk where it stopped.
"""
# ruff: noqa: S608  # the names are those of this module's own tables

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from medpolicy.engines.tabular_library import compile_library
from medpolicy.errors import UsageError
from medpolicy.formats.claims_mapping import NO_MAPPING, ClaimsMapping
from medpolicy.library.library import Library
from medpolicy.review.claim_facts import facts_without_line, read_facts, wrong_facts_named
from medpolicy.review.claims.chunks import REJECTED_COLUMNS, Chunk
from medpolicy.review.claims.counts import ClaimCounts, ClaimsExtent, RejectedElsewhere, counted, sum_of
from medpolicy.review.claims.reading import MEMORY, ClaimLines, faults_named, open_claims
from medpolicy.review.claims_lookup import LINE_COLUMNS, ClaimsLookup
from medpolicy.review.determine import ENGINE
from medpolicy.review.screening_output import (
    AnswerWords,
    PartialOutput,
    counts_as_note,
    counts_of_note,
    faults_of_writing,
    partial_output,
    quoted,
    write_answers,
    write_rejected,
)
from medpolicy.review.screening_report import write_report
from medpolicy.review.screening_summary import ScreeningRun

if TYPE_CHECKING:
    import ibis.expr.types as ir

LINES_PER_CHUNK: Final = 1_000_000
FORMAT: Final = 1  # of the files that are written; another one does not go on with what this one left
_ROWS_OF_A_BATCH: Final = 500_000
_AMOUNTS: Final = {"charge": "charge_amount", "allowed": "allowed_amount", "paid": "paid_amount"}
_CARRIED: Final = (
    "claim_id",
    "claim_line_number",
    "issuer",
    "line_of_business",
    "service_date",
    "code",
    *_AMOUNTS.values(),
    # What is counted of lines, and where those that are rejected stand.
    "state",
    "has_diagnosis",
    "icd_9",
    "file",
    "row",
    "fault",
)

_MOST_WRITERS: Final = 4
_ANY_DAY: Final = date(2000, 1, 1)  # where no line has one; Spark reads no days of the first centuries
_NOT_NEEDED: Final = ("modifiers", "person")

Progress = Callable[[str, int, int], None]


def _silent(phase: str, done: int, total: int) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What a screening came to. `changing`: lines whose span crosses a day on which their answer changes.

    `counts.lines` is always the lines answered and all that were rejected together. `absent`: columns of use that the claims do
    not have. `spans`: rows of eligibility that could not be used, by reason and column. `lost_facts`: facts of lines that there
    are not.
    """

    counts: ClaimCounts
    changing: int
    first_day: date | None
    last_day: date | None
    absent: tuple[str, ...]
    spans: Mapping[tuple[str, str | None], int]
    resumed: int
    totals: tuple[Path, ...]
    lost_facts: int


def screen(
    inputs: Sequence[str | Path],
    output: Path,
    library: Library,
    *,
    as_of: date,
    version: str = ENGINE,
    eligibility: Sequence[str | Path] | None = None,
    mapping: ClaimsMapping = NO_MAPPING,
    named: Sequence[str] | None = None,
    elsewhere: Sequence[RejectedElsewhere] = (),
    besides: Mapping[str, str] = MappingProxyType({}),
    facts: Path | None = None,
    lines_per_chunk: int = LINES_PER_CHUNK,
    memory: str = MEMORY,
    threads: int | None = None,
    spark: str | None = None,
    progress: Progress = _silent,
) -> Screened:
    """Screen claims into a directory, which appears complete or not at all.

    There: `answers/part-N-K.parquet` (claim_id, claim_line_number, answer_changes_within_span, and the columns of `Answered`),
    `rejected.parquet` (claim_id, claim_line_number, file, row, reason, column), `report.html` and `report.json`. `version`: the
    engine's, as answers state it; `as_of` is recorded. `named`: what the report calls the inputs. `elsewhere`: lines that were
    rejected before they came here; they are counted and listed with the others. `besides`: texts of further files of the output,
    by name. `spark`: the master at which lines are looked up, instead of here in DuckDB; they are read and checked here in either
    case. `facts`: Parquet or CSV with claim_id, claim_line_number, fact, value (as JSON). `progress` is told phase, done and
    total: of codes while compiling, of lines afterwards. `UsageError`, `ClaimsError` and `NotFound` as `open_claims`,
    `partial_output` and `write_report` have them; what an interrupted run wrote is kept, and the same call goes on there.
    """
    check_output(output)
    beside = output.absolute().parent  # what does not fit in memory goes where the output will need room anyway
    with open_claims(
        inputs, library, eligibility=eligibility, mapping=mapping, memory=memory, threads=threads, temporary=beside
    ) as claims:
        told = None if facts is None else read_facts(claims, facts)
        same_run = {
            "format": FORMAT,
            "claims": claims.fingerprint,
            "library": library.digest,
            "version": version,
            "lines_per_chunk": lines_per_chunk,
            "engine": "duckdb" if spark is None else "spark",
            "facts": None if facts is None else hashlib.sha256(facts.read_bytes()).hexdigest(),
        }
        with partial_output(output, same_run) as part, faults_named():
            screening = _Screening(claims, library, part, told, progress, spark)
            with wrong_facts_named(facts):
                screened = screening.run(lines_per_chunk, elsewhere)
            run = ScreeningRun(
                library=library.digest,
                engine=version,
                tables_engine=screening.engine,
                as_of=as_of,
                first_day=screened.first_day,
                last_day=screened.last_day,
                counts=screened.counts,
                inputs=tuple(map(str, inputs if named is None else named)),
                absent=screened.absent,
                rejected_spans=screened.spans,
            )
            write_report(part, claims.backend.con, screened.totals, run, library)
            for name, text in besides.items():
                part.file(name).write_text(text, encoding="utf-8")
    return screened


def check_output(output: Path) -> None:
    """`UsageError` where the directory cannot come to be because of what is, or is not, there."""
    with faults_of_writing(output):
        beside = output.absolute().parent
        if not beside.is_dir():
            raise UsageError(f"{output}: the directory above it is not there; make it first")
        if output.exists() or output.is_symlink():
            raise UsageError(f"{output}: is there already; name a directory that is not")
        with tempfile.TemporaryDirectory(prefix=".medpolicy-", dir=beside):
            pass  # that it can be written is seen before an hour of reading


class _Screening:
    def __init__(
        self,
        claims: ClaimLines,
        library: Library,
        part: PartialOutput,
        facts: ir.Table | None,
        progress: Progress,
        spark: str | None,
    ) -> None:
        self.claims = claims
        self.connection: Any = claims.backend.con  # DuckDB's, which Ibis gives no type
        self.library = library
        self.part = part
        self.facts = facts
        self.progress = progress
        self.spark = spark
        self.engine = f"DuckDB {claims.backend.version}"
        self._made: AnswerWords | None = None
        self.writers = min(int(self.connection.sql("SELECT current_setting('threads')").fetchall()[0][0]), _MOST_WRITERS)

    def run(self, lines_per_chunk: int, elsewhere: Sequence[RejectedElsewhere]) -> Screened:
        chunks = self.claims.chunks(lines_per_chunk)
        notes = {chunk.number: self.part.note_of(chunk.number) for chunk in chunks}
        extent = self.claims.extent()
        if self.spark is None and any(note is None for note in notes.values()):
            self.lookup = self._lookup(extent)
        total = self.claims.rows
        done = sum(chunk.rows for chunk in chunks if notes[chunk.number] is not None)
        resumed = sum(note is not None for note in notes.values())
        self.progress("screening", done, total)
        for chunk in chunks:
            if notes[chunk.number] is None:
                notes[chunk.number] = self._chunk(chunk) if self.spark is None else self._stage(chunk)
                done += chunk.rows
                self.progress("screening", done, total)
        found = [note for note in notes.values() if note is not None]
        counts = sum_of(
            [
                *(counts_of_note(note["counts"]) for note in found),
                self.claims.unreadable_counts(),
                *(one.counts for one in elsewhere),
            ]
        )
        write_rejected(
            self.connection,
            self.part.file("rejected.parquet"),
            [self._file("rejected", chunk.number) for chunk in chunks],
            self.claims.unreadable.get_name(),
            elsewhere,
        )
        changing = sum(note["changing"] for note in found)
        totals = [self._file("totals", chunk.number) for chunk in chunks]
        if self.spark is not None:
            answered, changing, totals = self._on_spark(self.spark, extent, [self._file("lines", one.number) for one in chunks])
            if answered != counts.taken:
                raise AssertionError("Spark answered another number of lines than were taken")
        return Screened(
            counts=counts,
            changing=changing,
            first_day=extent.first_day,
            last_day=extent.last_day,
            absent=self.claims.absent,
            spans=self.claims.span_counts(),
            resumed=resumed,
            totals=tuple(totals),
            lost_facts=0 if self.facts is None else facts_without_line(self.claims),
        )

    def _file(self, kind: str, chunk: int) -> Path:
        return self.part.file(f"work/{kind}-{chunk:05}.parquet")

    def _lookup(self, extent: ClaimsExtent) -> ClaimsLookup:
        def tell(done: int, total: int) -> None:
            self.progress("compiling", done, total)

        first, last = extent.first_day or _ANY_DAY, extent.last_day or _ANY_DAY
        backend = self.claims.backend
        return ClaimsLookup(backend, self.library, first, last, extent.codes, facts=self.facts, progress=tell)

    # -- one chunk --------------------------------------------------------------------------------------------

    def _chunk(self, chunk: Chunk) -> dict[str, Any]:
        answers = [self.part.file(f"answers/part-{chunk.number:05}-{at}.parquet") for at in range(self.writers)]
        lines = chunk.every_line(without=_NOT_NEEDED, diagnoses_of=self.lookup.asks_diagnoses_of)
        self.lookup.look_up(lines, "found", _CARRIED)
        counts = counted(self.connection, "found")
        changing = self.lookup.find_changing("found", "changing")
        written = self._write_answers(answers)
        if written != counts.taken or counts.lines != chunk.rows:
            raise AssertionError("lines in are not lines answered and lines rejected")
        self._write_totals(self._file("totals", chunk.number))
        rejected = f"SELECT {REJECTED_COLUMNS} FROM found WHERE fault IS NOT NULL"
        self.connection.execute(f"COPY ({rejected}) TO {quoted(self._file('rejected', chunk.number))} (FORMAT parquet)")
        self.connection.execute("DROP TABLE found; DROP TABLE changing")
        note = {"counts": counts_as_note(counts), "changing": changing}
        self.part.finish_chunk(chunk.number, note)
        return note

    def _stage(self, chunk: Chunk) -> dict[str, Any]:
        """Read and check a chunk, and write its lines for Spark."""
        with chunk.checked(without=_NOT_NEEDED) as checked:
            for kind, columns, table in (
                ("lines", ", ".join((*LINE_COLUMNS, *_AMOUNTS.values())), checked.lines),
                ("rejected", "*", checked.rejected),
            ):
                query = f"SELECT {columns} FROM {table.get_name()}"
                self.connection.execute(f"COPY ({query}) TO {quoted(self._file(kind, chunk.number))} (FORMAT parquet)")
            note = {"counts": counts_as_note(checked.counts), "changing": 0}
        self.part.finish_chunk(chunk.number, note)
        return note

    def _on_spark(self, master: str, extent: ClaimsExtent, lines: Sequence[Path]) -> tuple[int, int, list[Path]]:
        """Look up all that was staged; how many lines, how many of them are changing, and where the totals stand."""
        from medpolicy.review.screening_spark import SparkScreening  # an extra of its own

        def tell(done: int, total: int) -> None:
            self.progress("compiling", done, total)

        first, last = extent.first_day or _ANY_DAY, extent.last_day or _ANY_DAY
        compiled = compile_library(self.library, first, last, codes=extent.codes, progress=tell)
        spark = SparkScreening(master, self.part.directory / "work" / "spark")
        try:
            self.engine = f"Spark {spark.version}"
            totals = self.part.directory / "work" / "totals"
            facts = None if self.facts is None else self.facts.to_pyarrow()
            answers = self.part.directory / "answers"
            answered, changing = spark.run(
                lines, compiled, self.library, facts=facts, amounts=_AMOUNTS, answers=answers, totals=totals
            )
        finally:
            spark.stop()
        return answered, changing, sorted(totals.glob("*.parquet"))

    def _words(self) -> AnswerWords:
        """The answers in words; made again where answers came up that only some line has."""
        if self._made is None or self._made.count != len(self.lookup.answers):
            self._made = AnswerWords(self.lookup.answers)
        return self._made

    def _write_answers(self, paths: Sequence[Path]) -> int:
        import pyarrow as pa

        columns = {
            "claim_id": pa.string(),
            "claim_line_number": pa.int64(),
            "answer_changes_within_span": pa.bool_(),
        }
        query = (
            "SELECT found.claim_id, found.claim_line_number::BIGINT AS claim_line_number, "
            "changing.claim_id IS NOT NULL AS answer_changes_within_span, answer FROM found LEFT JOIN changing "
            "ON found.claim_id = changing.claim_id AND found.claim_line_number = changing.claim_line_number "
            "WHERE found.fault IS NULL"
        )
        return write_answers(self.connection.sql(query).to_arrow_reader(_ROWS_OF_A_BATCH), paths, self._words(), columns)

    def _write_totals(self, path: Path) -> None:
        import pyarrow as pa

        columns = {
            "kind": pa.string(),
            "issuer": pa.string(),
            "line_of_business": pa.string(),
            "month": pa.date32(),
            "code": pa.string(),
            "lines": pa.int64(),
            **{name: pa.float64() for name in _AMOUNTS},
            "changing": pa.int64(),
        }
        sums = ", ".join(f"sum({column})::DOUBLE AS {name}" for name, column in _AMOUNTS.items())
        marked = (
            "(SELECT found.*, changing.claim_id IS NOT NULL AS is_changing FROM found LEFT JOIN changing "
            "ON found.claim_id = changing.claim_id AND found.claim_line_number = changing.claim_line_number "
            "WHERE found.fault IS NULL)"
        )
        counted = f"count(*) AS lines, {sums}, count_if(is_changing) AS changing"
        query = (
            f"SELECT 'month' AS kind, issuer, line_of_business, date_trunc('month', service_date)::DATE AS month, "
            f"NULL::VARCHAR AS code, {counted}, answer FROM {marked} GROUP BY answer, issuer, line_of_business, month "
            f"UNION ALL SELECT 'code', NULL, NULL, NULL, code, {counted}, answer FROM {marked} GROUP BY answer, code"
        )
        write_answers(self.connection.sql(query).to_arrow_reader(_ROWS_OF_A_BATCH), [path], self._words(), columns)
