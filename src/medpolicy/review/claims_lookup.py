"""One library's answers for claim lines that stand in DuckDB: compiled once, looked up chunk by chunk.

Several may stand beside each other in one database, each under a name of its own, as where two libraries are compared.
"""
# ruff: noqa: S608  # the names are those of this module's own tables

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from medpolicy.engines.tabular import (
    KEYS,
    DiagnosisSets,
    LookupTables,
    asking,
    by_program,
    changes_within,
    is_open,
    looked_up,
    lookup_tables,
    may_be_unsaid,
    one_by_one,
    settled_answer,
    valued,
)
from medpolicy.engines.tabular_answers import AnswerTable
from medpolicy.engines.tabular_library import TabularLibrary, compile_library
from medpolicy.library.library import Library

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.backends.duckdb import Backend

# What a line is looked up by.
LINE_COLUMNS: Final = (
    "claim_id",
    "claim_line_number",
    "issuer",
    "line_of_business",
    "service_date",
    "service_end",
    "setting",
    "code",
    "diagnoses",
    "age",
    "sex",
)


class ClaimsLookup:
    """The answers of a library for service dates from `first_day` to `last_day` and for `codes`, which are all that occur.

    `name`: what its tables' names begin with. `facts`: a table of what a plan knows beside its claims, as `one_by_one` takes it.
    `progress` is told how many codes of how many are compiled.
    """

    def __init__(
        self,
        backend: Backend,
        library: Library,
        first_day: date,
        last_day: date,
        codes: Iterable[str],
        *,
        name: str = "lookup",
        facts: ir.Table | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.backend = backend
        self.connection: Any = backend.con  # DuckDB's, which Ibis gives no type
        self.library = library
        self.facts = facts
        self._name = name
        self.compiled: TabularLibrary = compile_library(library, first_day, last_day, codes=codes, progress=progress)
        self.tables: LookupTables = lookup_tables(self.compiled, (), self._place)
        self.compiled.intervals.let_go()
        self._sets = DiagnosisSets(self.compiled)
        self._place("codes_of_programs", _one_column(self.compiled.intervals.of_programs))

    @property
    def asks_diagnoses_of(self) -> str | None:
        """The table of the codes for which diagnoses are looked at, in its column `code`; None where that may be any code."""
        return None if self.facts is not None else f"{self._name}_codes_of_programs"

    @property
    def answers(self) -> AnswerTable:
        """The answers by their numbers, those too that came up for some line only."""
        return self.compiled.answers

    def look_up(self, lines: ir.Table, into: str, carry: Sequence[str]) -> None:
        """Make the table `into`: the lines with `LINE_COLUMNS`, the columns `carry`, their `answer`, and `spans`.

        `spans` is whether the line's days go beyond the stretch in which its first day lies. No answer is null but those of lines
        that have a `fault`, where the lines have that column. `lines` is read once, so that it may be checked as it is read.
        """
        import ibis

        columns = tuple(dict.fromkeys((*LINE_COLUMNS, *carry)))
        found = valued(lines.select(*columns), self.tables)
        spans = (found.service_end >= found.answer_end) & (found.service_end > found.service_date)
        spans = spans.fill_null(ibis.literal(value=False))
        self._create(into, found.select(*columns, "value", answer=settled_answer(found), spans=spans))
        if self.compiled.programs:
            self._resolve_programs(into)
        if self.facts is not None or may_be_unsaid(self.compiled):
            self._ask_one_by_one(into)

    def find_changing(self, found: str, into: str) -> int:
        """Make the table `into`: the keys of the lines of `found` whose answer changes within their span; how many they are."""
        table = self._taken(found)
        self._create("spanning", self._again(table.filter(table.spans)))
        self._create(into, changes_within(self.backend.table("spanning"), self.tables))
        self.connection.execute("DROP TABLE spanning")
        return int(self.connection.execute(f"SELECT count(*) FROM {into}").fetchall()[0][0])

    def _taken(self, found: str) -> ir.Table:
        table = self.backend.table(found)
        return table.filter(table.fault.isnull()) if "fault" in table.columns else table

    def _again(self, some: ir.Table) -> ir.Table:
        return looked_up(some.select(*LINE_COLUMNS), self.tables)

    def _resolve_programs(self, into: str) -> None:
        """Fill in the answers that age, sex and diagnoses settle; few lines have such a cell."""
        table = self._taken(into)
        self._create("unresolved", table.filter(is_open(table)).select(*LINE_COLUMNS, "value"))
        if self.compiled.asks_diagnoses:
            seen = self.connection.execute("SELECT DISTINCT unnest(diagnoses) FROM unresolved").fetchall()
            if self._sets.add(code for (code,) in seen):
                self.tables = self.tables.with_diagnoses(self._place("sets", self._sets.table()))
        resolved = by_program(self.backend.table("unresolved"), self.tables)
        self._fill_in(into, resolved.select(*KEYS, "answer"))
        self.connection.execute("DROP TABLE unresolved")

    def _ask_one_by_one(self, into: str) -> None:
        """Fill in the answers that the tables do not say, and those of lines of which facts are told."""
        table = self._taken(into)
        if self.facts is not None:
            asked_about = table.filter(table.answer.isnull()).select(*KEYS).union(self.facts.select(*KEYS), distinct=True)
            pending = table.semi_join(asked_about.view(), list(KEYS))
        else:
            pending = table.filter(table.answer.isnull())
            if not pending.count().to_pyarrow().as_py():
                return
        self._create("pending", self._again(pending))
        asked = one_by_one(self.backend.table("pending"), self.compiled, asking(self.library), facts=self.facts)
        if asked is not None:
            self._fill_in(into, asked)
        self.connection.execute("DROP TABLE pending")

    def _fill_in(self, into: str, answers: ir.Table) -> None:
        """Write answers into the lines that have these keys."""
        self._create("answers_found", answers)
        same = " AND ".join(f"{into}.{key} = answers_found.{key}" for key in KEYS)
        self.connection.execute(
            f"UPDATE {into} SET answer = answers_found.answer FROM answers_found WHERE {same}; DROP TABLE answers_found"
        )

    def _place(self, name: str, table: pa.Table) -> ir.Table:
        """Put an Arrow table where the claims are, once for all chunks."""
        self.connection.register("incoming", table)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {self._name}_{name} AS SELECT * FROM incoming")
        self.connection.unregister("incoming")
        return self.backend.table(f"{self._name}_{name}")

    def _create(self, name: str, table: ir.Table) -> None:
        # Ibis offers no other way to have a CREATE TABLE of ours see what stands in memory.
        self.backend._register_in_memory_tables(table)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {self.backend.compile(table)}")


def _one_column(values: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    return pa.table({"code": pa.array(list(values), pa.string())})
