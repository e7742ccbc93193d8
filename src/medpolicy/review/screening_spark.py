"""The looking up of a screening on Spark: checked lines in, answers and totals out, by the expressions that DuckDB runs.

The lines that were read and checked stand as Parquet below the output, on storage that driver and executors share; so do the
small tables, which Spark sends to every executor. Spark writes as many files as it has partitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medpolicy.engines.tabular import (
    KEYS,
    asking,
    changes_within,
    looked_up,
    lookup_tables,
    may_be_unsaid,
    one_by_one,
)
from medpolicy.engines.tabular_answers import COLUMNS, AnswerTable
from medpolicy.engines.tabular_library import TabularLibrary
from medpolicy.engines.tabular_spark import connect_spark, place_on_spark
from medpolicy.library.library import Library
from medpolicy.review.claims_lookup import LINE_COLUMNS

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

_WRITTEN: Final = (*KEYS, "answer_changes_within_span", *COLUMNS)


class SparkScreening:
    """Looks up lines at a Spark master. `directory`: where small tables go, seen by driver and executors alike."""

    def __init__(self, master: str, directory: Path) -> None:
        self.backend = connect_spark(master)
        self.session: Any = self.backend._session  # Ibis gives it no other name, and no type
        directory.mkdir(parents=True, exist_ok=True)
        self.place = place_on_spark(self.backend, directory)

    @property
    def version(self) -> str:
        return str(self.session.version)

    def run(
        self,
        lines: Sequence[Path],
        compiled: TabularLibrary,
        library: Library,
        *,
        facts: pa.Table | None,
        amounts: dict[str, str],
        answers: Path,
        totals: Path,
    ) -> tuple[int, int]:
        """Look the lines up and write the directories `answers` and `totals`; how many lines, and how many are changing."""
        kept = (*LINE_COLUMNS, *amounts.values())
        self.session.read.parquet(*map(str, lines)).select(*kept).createOrReplaceTempView("checked_lines")
        table = self.backend.table("checked_lines")
        tables = lookup_tables(compiled, self._diagnoses(table, compiled), self.place)
        found = self._held("found", looked_up(table, tables))
        told = None if facts is None else self.place("facts", facts)
        answer = found.select(*KEYS, "answer")
        if told is not None or may_be_unsaid(compiled):
            place = self.place
            asked = one_by_one(found, compiled, asking(library), facts=told, backend=self.backend, place=place)
            if asked is not None:
                rest = answer.anti_join(asked, list(KEYS))
                answer = rest.union(asked.select(*KEYS, answer=asked.answer.cast(rest.answer.type())))
        answer = self._held("answered", answer)
        changing = self._held("changing", changes_within(found, tables))
        words = self.place("answers", _table_of(compiled.answers))
        carried = ["issuer", "line_of_business", "service_date", "code", *amounts.values()]
        rows = (
            found.select(*KEYS, *carried)
            .inner_join(answer, list(KEYS))
            .left_join(changing.mutate(changes=True), list(KEYS))
            .select(*KEYS, *carried, "answer", "changes")
        )
        rows = rows.mutate(answer_changes_within_span=rows.changes.notnull()).drop("changes")
        rows = rows.inner_join(words, rows.answer == words.number).select(*KEYS, *carried, "answer_changes_within_span", *COLUMNS)
        held = self._held("rows", rows)
        self._write(held.select(*_WRITTEN), answers)
        self._write(_totals(held, amounts), totals)
        counted = held.aggregate(lines=held.count(), changing=held.answer_changes_within_span.cast("int64").sum())
        row = self.backend.to_pyarrow(counted).to_pylist()[0]
        self.session.catalog.clearCache()
        return int(row["lines"]), int(row["changing"] or 0)

    def _diagnoses(self, lines: ir.Table, compiled: TabularLibrary) -> list[str]:
        """The diagnosis codes of the lines that are answered by them."""
        if not compiled.asks_diagnoses:
            return []
        named = lines.filter(lines.code.isin(compiled.intervals.of_programs))
        return list(self.backend.to_pyarrow(named.select(code=named.diagnoses.unnest()).distinct())["code"].to_pylist())

    def _held(self, name: str, table: ir.Table) -> ir.Table:
        """The table, worked out once and kept by Spark."""
        from pyspark.storagelevel import StorageLevel

        frame = self.session.sql(self.backend.compile(table)).persist(StorageLevel.MEMORY_AND_DISK)
        frame.createOrReplaceTempView(f"held_{name}")
        return self.backend.table(f"held_{name}")

    def _write(self, table: ir.Table, directory: Path) -> None:
        frame = self.session.sql(self.backend.compile(table))
        frame.write.mode("overwrite").option("compression", "zstd").parquet(str(directory))
        for path in directory.iterdir():  # what Hadoop leaves for itself
            if not path.name.endswith(".parquet"):
                path.unlink()

    def stop(self) -> None:
        self.session.stop()


def _totals(rows: ir.Table, amounts: dict[str, str]) -> ir.Table:
    """As `screening.py` has them: by month and line of business, and by code."""
    import ibis

    def counted(group: ir.Table, by: Sequence[str]) -> ir.Table:
        sums = {name: group[column].sum().cast("float64") for name, column in amounts.items()}
        return group.group_by([*by, *COLUMNS]).agg(
            lines=group.count(), **sums, changing=group.answer_changes_within_span.cast("int64").sum()
        )

    dated = rows.mutate(month=rows.service_date.truncate("M").cast("date"))
    by_month = counted(dated, ["issuer", "line_of_business", "month"])
    by_code = counted(rows, ["code"])
    measures = ["lines", *amounts, "changing", *COLUMNS]
    text = ibis.null("string")
    return ibis.union(
        by_month.select("issuer", "line_of_business", "month", *measures, kind=ibis.literal("month"), code=text),
        by_code.select(
            "code", *measures, kind=ibis.literal("code"), issuer=text, line_of_business=text, month=ibis.null("date")
        ).select("issuer", "line_of_business", "month", *measures, "kind", "code"),
    )


def _table_of(answers: AnswerTable) -> pa.Table:
    """The answers in words, each by its number."""
    import pyarrow as pa

    columns = {column: answers.dictionary(column).cast(pa.string()) for column in COLUMNS}
    return pa.table({"number": pa.array(range(len(answers)), pa.int32()), **columns})
