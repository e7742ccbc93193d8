"""What a change of the policies moves: the same claim lines looked up in two libraries, before and after.

A line moves where an axis of its answer differs: coverage, stance or prior authorization. Where only what is cited, asked or
noted differs, it does not move and is counted apart. Of each chunk the totals are kept, and of the members of lines that move a
number that stands for them while the run lasts, so that members can be counted; nothing of a member is in the output. An
interrupted run goes on at a chunk, as that of a screening does.
"""
# ruff: noqa: S608  # the names are those of this module's own tables

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medpolicy.engines.tabular_answers import Answered, AnswerTable
from medpolicy.formats.claims_mapping import NO_MAPPING, ClaimsMapping
from medpolicy.library.library import Library, library_of
from medpolicy.model.issuer import Issuer
from medpolicy.review.claim_facts import facts_for, read_facts, wrong_facts_named
from medpolicy.review.claims.chunks import Chunk
from medpolicy.review.claims.counts import ClaimCounts, ClaimsExtent, RejectedElsewhere, sum_of
from medpolicy.review.claims.reading import MEMORY, ClaimLines, faults_named, open_claims
from medpolicy.review.claims_lookup import ClaimsLookup
from medpolicy.review.impact_json import impact_json
from medpolicy.review.impact_page import impact_page
from medpolicy.review.impact_summary import ImpactRun, ImpactSummary, impact_summary_of
from medpolicy.review.impact_tables import (
    ANSWER_COLUMNS,
    create_impact_tables,
    insert_flows,
    insert_movers,
    insert_moves,
    insert_occurring,
    moved_lines,
    put_by,
    take_up,
)
from medpolicy.review.library_difference import ComparedLibraries
from medpolicy.review.screening import LINES_PER_CHUNK, Progress, check_output
from medpolicy.review.screening_output import (
    COMPRESSION,
    PartialOutput,
    counts_as_note,
    counts_of_note,
    partial_output,
    quoted,
    write_rejected,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

FORMAT: Final = 2  # of the files that are written; another one does not go on with what this one left
SIDES: Final = ("old", "new")
_CARRIED: Final = (
    "claim_id",
    "claim_line_number",
    "issuer",
    "line_of_business",
    "service_date",
    "setting",
    "code",
    "charge_amount",
    "allowed_amount",
    "paid_amount",
    "person",
)
_KEYS: Final = ("claim_id", "claim_line_number")
# What stands for a line of business that one of the libraries does not declare: there no policy speaks to it.
_UNDECLARED: Final = Answered("not-addressed", reason="line-not-named")
_UNDECLARED_NUMBER: Final = -1


def _silent(phase: str, done: int, total: int) -> None:
    """Nobody is told."""


def impact_of(
    inputs: Sequence[str | Path],
    compared: ComparedLibraries,
    *,
    engine: str,
    output: Path | None = None,
    eligibility: Sequence[str | Path] | None = None,
    mapping: ClaimsMapping = NO_MAPPING,
    named: Sequence[str | Path] | None = None,
    elsewhere: Sequence[RejectedElsewhere] = (),
    facts: Path | None = None,
    lines_per_chunk: int = LINES_PER_CHUNK,
    memory: str = MEMORY,
    threads: int | None = None,
    progress: Progress = _silent,
) -> ImpactSummary:
    """What moves of the claims from the old library to the new one.

    The lines are read by what the new library says of its issuers. `output`: a directory, which appears complete or not at all:
    `impact.json`, `impact.html`, `moved/part-N.parquet` with the keys of the lines that move and both answers, and
    `rejected.parquet` as of `screen`; what an interrupted run wrote is kept, and the same call goes on there. `named`: what the
    report calls the inputs. `facts`: as of `screen`; one that only one of the libraries asks is told to that one. `elsewhere`:
    lines that were rejected before they came here, which are counted and listed with the others. `progress` is told phase, done
    and total: of codes while compiling, of lines afterwards. Errors as of `screen`.
    """
    beside = None
    if output is not None:
        check_output(output)
        beside = output.absolute().parent
    with open_claims(
        inputs,
        _read_by(compared),
        eligibility=eligibility,
        mapping=mapping,
        memory=memory,
        threads=threads,
        temporary=beside,
    ) as claims:
        told = None if facts is None else read_facts(claims, facts)
        same_run = {
            "format": FORMAT,
            "claims": claims.fingerprint,
            "old": compared.old.digest,
            "new": compared.new.digest,
            "version": engine,
            "lines_per_chunk": lines_per_chunk,
            "tables": claims.backend.version,  # of which the numbers of conditions and members are
            "facts": None if facts is None else hashlib.sha256(facts.read_bytes()).hexdigest(),
        }
        with _directory(output, same_run) as part, faults_named():
            comparison = _Comparison(claims, compared, told, part, progress)
            with wrong_facts_named(facts):
                counts, extent, resumed = comparison.run(lines_per_chunk, elsewhere)
            run = ImpactRun(
                old_library=compared.old.digest,
                new_library=compared.new.digest,
                old_names=compared.old_names,
                new_names=compared.new_names,
                engine=engine,
                tables_engine=f"DuckDB {claims.backend.version}",
                first_day=extent.first_day,
                last_day=extent.last_day,
                counts=counts,
                inputs=tuple(str(one) for one in named or inputs),
                absent=claims.absent,
                rejected_spans=claims.span_counts(),
                remarks=tuple(_remarks(compared)),
                resumed=resumed,
            )
            summary = impact_summary_of(claims.backend.con, run, compared.old, compared.new)
            if part is not None:
                report = impact_json(summary)
                part.file("impact.html").write_text(impact_page(report), encoding="utf-8")
                part.file("impact.json").write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return summary


def _directory(output: Path | None, same_run: Mapping[str, Any]) -> contextlib.AbstractContextManager[PartialOutput | None]:
    """The directory that becomes `output`; None where there is none to be."""
    return contextlib.nullcontext(None) if output is None else partial_output(output, same_run)


def _read_by(compared: ComparedLibraries) -> Library:
    """A library of all issuers, by which lines are read: the new one's word stands."""
    issuers = {**compared.old.issuers, **compared.new.issuers}
    declared = [_with_lines_of(issuer, compared.old.issuers.get(issuer.id)) for issuer in issuers.values()]
    return library_of(declared, [], "")


def _with_lines_of(issuer: Issuer, before: Issuer | None) -> Issuer:
    """The issuer with the lines of business, too, that it declared before and no more."""
    own = {line.id for line in issuer.lines_of_business}
    gone = tuple(line for line in (before.lines_of_business if before else ()) if line.id not in own)
    return replace(issuer, lines_of_business=(*issuer.lines_of_business, *gone)) if gone else issuer


def _remarks(compared: ComparedLibraries) -> Iterable[str]:
    """What differs between the issuers, and how it was taken."""
    for issuer in sorted(compared.old.issuers.keys() ^ compared.new.issuers.keys()):
        where = "old" if issuer in compared.old.issuers else "new"
        yield f"Only the {where} library has the issuer {issuer}; in the other its lines count as not addressed."
    for name in sorted(compared.old.issuers.keys() & compared.new.issuers.keys()):
        old, new = compared.old.issuers[name], compared.new.issuers[name]
        only = {line.id for line in old.lines_of_business} ^ {line.id for line in new.lines_of_business}
        if only:
            yield (
                f"Only one of the libraries declares these lines of business of {name}: {', '.join(sorted(only))}; in the other "
                "they count as not addressed."
            )
        if _setting_rule(old) != _setting_rule(new):
            yield f"What {name} takes for inpatient differs; lines are read by the new rule on both sides."


def _setting_rule(issuer: Issuer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return issuer.inpatient_types_of_bill, issuer.inpatient_places_of_service


class _Comparison:
    def __init__(
        self,
        claims: ClaimLines,
        compared: ComparedLibraries,
        facts: ir.Table | None,
        part: PartialOutput | None,
        progress: Progress,
    ) -> None:
        self.claims = claims
        self.connection: Any = claims.backend.con  # DuckDB's, which Ibis gives no type
        self.compared = compared
        self.facts = facts
        self.part = part
        # Numbers of members stand in files while a run with an output lasts.
        self.salt = "" if part is None else part.kept("salt", lambda: secrets.token_hex(16).encode()).decode()
        self.progress = progress
        declared = {side: _declared(compared.side(side)) for side in SIDES}
        self.undeclared = {side: bool(set.union(*declared.values()) - declared[side]) for side in SIDES}
        for side in SIDES:
            self._register(f"declared_{side}", _pairs(declared[side]))

    def run(self, lines_per_chunk: int, elsewhere: Sequence[RejectedElsewhere]) -> tuple[ClaimCounts, ClaimsExtent, int]:
        """Fill the tables; the counts, the extent, and how many chunks an earlier run had done."""
        chunks = self.claims.chunks(lines_per_chunk)
        done = {chunk.number: self._counts_of(chunk) for chunk in chunks}
        resumed = sum(counts is not None for counts in done.values())
        extent = self.claims.extent()
        if resumed < len(chunks):
            self.lookups = {side: self._lookup(side, extent) for side in SIDES}
        create_impact_tables(self.connection)
        rows = sum(chunk.rows for chunk in chunks if done[chunk.number] is not None)
        self.progress("comparing", rows, self.claims.rows)
        for chunk in chunks:
            if done[chunk.number] is None:
                done[chunk.number] = self._chunk(chunk)
                rows += chunk.rows
                self.progress("comparing", rows, self.claims.rows)
        if self.part is not None:
            take_up(self.connection, [self._files_of(self.part, chunk) for chunk in chunks])
            parts = [self.part.work_file("rejected", chunk.number) for chunk in chunks]
            unreadable = self.claims.unreadable.get_name()
            write_rejected(self.connection, self.part.file("rejected.parquet"), parts, unreadable, elsewhere)
        found = [counts for counts in done.values() if counts is not None]
        return sum_of([*found, self.claims.unreadable_counts(), *(one.counts for one in elsewhere)]), extent, resumed

    def _counts_of(self, chunk: Chunk) -> ClaimCounts | None:
        """Those of a chunk that an earlier run had done."""
        note = None if self.part is None else self.part.note_of(chunk.number)
        return None if note is None else counts_of_note(note)

    @staticmethod
    def _files_of(part: PartialOutput, chunk: Chunk) -> Callable[[str], Path]:
        return lambda table: part.work_file(table, chunk.number)

    def _lookup(self, side: str, extent: ClaimsExtent) -> ClaimsLookup:
        def tell(done: int, total: int) -> None:
            self.progress(f"compiling the {side} library", done, total)

        first, last = extent.first_day or date.min, extent.last_day or date.min
        library = self.compared.side(side)
        told = None if self.facts is None else facts_for(self.facts, library, (self.compared.old, self.compared.new))
        return ClaimsLookup(
            self.claims.backend, library, first, last, extent.codes, name=f"lookup_{side}", facts=told, progress=tell
        )

    def _chunk(self, chunk: Chunk) -> ClaimCounts:
        with chunk.checked() as checked:
            for side in SIDES:
                self.lookups[side].look_up(self._known(checked.lines, side), f"found_{side}", _KEYS)
                occur = self.connection.sql(f"SELECT DISTINCT answer FROM found_{side} ORDER BY answer").to_arrow_table()
                self._register(f"answers_{side}", _answers(self.lookups[side].answers, occur["answer"]))
            self._join(checked.lines.get_name())
            insert_flows(self.connection)
            insert_moves(self.connection)
            insert_movers(self.connection, self.salt)
            insert_occurring(self.connection)
            compared = self.connection.execute("SELECT count(*) FROM compared").fetchall()[0][0]
            if compared != checked.counts.taken or checked.counts.lines != chunk.rows:
                raise AssertionError("lines in are not lines compared and lines rejected")
            if self.part is not None:
                put_by(self.connection, self._files_of(self.part, chunk))
                for query, path in (
                    (moved_lines(), self.part.file(f"moved/part-{chunk.number:05}.parquet")),
                    (f"SELECT * FROM {checked.rejected.get_name()}", self.part.work_file("rejected", chunk.number)),
                ):
                    self.connection.execute(f"COPY ({query}) TO {quoted(path)} (FORMAT parquet, COMPRESSION {COMPRESSION})")
            self.connection.execute("DROP TABLE found_old; DROP TABLE found_new; DROP TABLE compared")
        if self.part is not None:
            self.part.finish_chunk(chunk.number, counts_as_note(checked.counts))
        return checked.counts

    def _known(self, lines: ir.Table, side: str) -> ir.Table:
        """The lines whose line of business the library declares: only of those can it be asked."""
        if not self.undeclared[side]:
            return lines
        self.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW known_{side} AS SELECT line.* FROM {lines.get_name()} AS line "
            f"SEMI JOIN declared_{side} AS known ON line.issuer = known.issuer AND line.line_of_business = known.line_of_business"
        )
        return self.claims.backend.table(f"known_{side}")

    def _join(self, lines: str) -> None:
        """Make the table `compared`: each line with the numbers of both answers."""
        joins = " ".join(
            f"LEFT JOIN found_{side} ON line.claim_id = found_{side}.claim_id "
            f"AND line.claim_line_number = found_{side}.claim_line_number"
            for side in SIDES
        )
        numbers = ", ".join(f"coalesce(found_{side}.answer, {_UNDECLARED_NUMBER}) AS {side}_answer" for side in SIDES)
        carried = ", ".join(f"line.{name}" for name in _CARRIED)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE compared AS SELECT {carried}, {numbers} FROM {lines} AS line {joins}"
        )

    def _register(self, name: str, table: pa.Table) -> None:
        self.connection.register("incoming", table)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM incoming")
        self.connection.unregister("incoming")


def _declared(library: Library) -> set[tuple[str, str]]:
    return {(issuer.id, line.id) for issuer in library.issuers.values() for line in issuer.lines_of_business}


def _pairs(declared: set[tuple[str, str]]) -> pa.Table:
    import pyarrow as pa

    ordered = sorted(declared)
    return pa.table(
        {
            "issuer": pa.array([issuer for issuer, _ in ordered], pa.string()),
            "line_of_business": pa.array([line for _, line in ordered], pa.string()),
        }
    )


def _answers(answers: AnswerTable, occur: pa.ChunkedArray) -> pa.Table:
    """The answers that occur, by number, and what stands for a line of business that is not declared."""
    import pyarrow as pa

    undeclared = _UNDECLARED._asdict()
    columns = {"number": pa.chunked_array([*occur.chunks, pa.array([_UNDECLARED_NUMBER], pa.int32())], pa.int32())}
    for name in ANSWER_COLUMNS:
        words = answers.dictionary(name).take(occur.combine_chunks()).dictionary_decode()
        columns[name] = pa.chunked_array([words, pa.array([undeclared[name]], pa.string())], pa.string())
    return pa.table(columns)
