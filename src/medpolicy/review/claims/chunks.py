"""Claim lines, some at a time: as views, or checked once and held for several readings."""
# ruff: noqa: S608  # the names are those of this package's own tables

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from medpolicy.review.claims.counts import ClaimCounts, counted
from medpolicy.review.claims.lines import ENGINE_COLUMNS, LineRules, checked_lines
from medpolicy.review.claims.sources import Stretch, relation

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

REJECTED_COLUMNS = (
    "claim_id, claim_line_number, file, row, split_part(fault, '|', 1) AS reason, split_part(fault, '|', 2) AS \"column\""
)

# The columns that counting does not need.
OPTIONAL = frozenset({"service_end", "modifiers", "diagnoses", "person"})


@dataclass(frozen=True, slots=True)
class CheckedChunk:
    """`lines` and `rejected` as of `ClaimLines`, of some rows; `counts` of both."""

    lines: ir.Table
    rejected: ir.Table
    counts: ClaimCounts


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of the claims: the chunk's number from 0, and how many rows. All chunks together are all rows, each once.

    The same input, cut alike, has the same chunks.
    """

    number: int
    rows: int
    _stretches: Sequence[Stretch]
    _backend: Backend
    _rules: LineRules

    @property
    def lines(self) -> ir.Table:
        """The lines that are taken, as of `ClaimLines.lines`; read and checked anew each time that it is run."""
        return self._view(f"lines_{self._name}", f"SELECT {', '.join(ENGINE_COLUMNS)} FROM ({self._sql}) WHERE fault IS NULL")

    @property
    def rejected(self) -> ir.Table:
        """The lines that are rejected, as of `ClaimLines.rejected`, without rows that cannot be read at all."""
        return self._view(f"rejected_{self._name}", f"SELECT {REJECTED_COLUMNS} FROM ({self._sql}) WHERE fault IS NOT NULL")

    def every_line(self, *, without: Collection[str] = (), diagnoses_of: str | None = None) -> ir.Table:
        """Every row, read and checked as it is run: the columns of `ClaimLines.lines`, what counting needs, and `fault`.

        `fault` is null of lines that are taken, else `reason|column`, and only then `file` and `row` are told. `without` and
        `diagnoses_of` as of `checked`. Who looks lines up reads them once from here, instead of from a table that is made first.
        """
        return self._view(
            f"every_line_{self._name}", f"SELECT {self._kept(without)} FROM ({self._with_diagnoses_of(diagnoses_of)})"
        )

    @contextlib.contextmanager
    def checked(self, *, without: Collection[str] = (), diagnoses_of: str | None = None) -> Iterator[CheckedChunk]:
        """The chunk, read and checked once, and held (in memory, or spilled where that is full) until the end of the block.

        `without`: columns of `ClaimLines.lines` that nobody asks for, some of `OPTIONAL`; the lines then lack them. Without
        the lists (`diagnoses`, `modifiers`) it takes a third less time. `diagnoses_of`: a table with a column `code`; of lines
        with other codes the diagnoses are null.
        """
        columns = [name for name in ENGINE_COLUMNS if name not in without]
        table = f"checked_{self._name}"
        kept, sql = self._kept(without), self._with_diagnoses_of(diagnoses_of)
        self._backend.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {kept} FROM ({sql})")
        try:
            lines = f"SELECT {', '.join(columns)} FROM {table} WHERE fault IS NULL"
            rejected = f"SELECT {REJECTED_COLUMNS} FROM {table} WHERE fault IS NOT NULL"
            yield CheckedChunk(
                self._view(f"held_lines_{self._name}", lines),
                self._view(f"held_rejected_{self._name}", rejected),
                counted(self._backend.con, table),
            )
        finally:
            self._backend.con.execute(
                f"DROP VIEW IF EXISTS held_lines_{self._name}; DROP VIEW IF EXISTS held_rejected_{self._name}; DROP TABLE {table}"
            )

    @property
    def _name(self) -> str:
        return f"{self.number}_of_{self.rows}"

    @property
    def _sql(self) -> str:
        return self._checked_sql(self._rules)

    def _kept(self, without: Collection[str]) -> str:
        assert OPTIONAL.issuperset(without), without
        # The path of a file for every line takes more room than the line's own values.
        place = [f"CASE WHEN fault IS NOT NULL THEN {name} END AS {name}" for name in ("file", "row")]
        columns = [name for name in ENGINE_COLUMNS if name not in without]
        return ", ".join([*columns, "has_diagnosis", "icd_9", *place, "fault"])

    def _with_diagnoses_of(self, codes: str | None) -> str:
        return self._checked_sql(replace(self._rules, diagnoses_of=codes))

    def _checked_sql(self, rules: LineRules) -> str:
        return checked_lines(rules, relation(rules.claims, self._stretches))

    def _view(self, name: str, query: str) -> ir.Table:
        self._backend.con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")
        return self._backend.table(name)
