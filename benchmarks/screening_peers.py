"""The runs that the screening benchmark compares, each a process of its own: `python -m benchmarks.screening_peers NAME ...`.

Each reads the same lines and writes the same columns, compressed alike: the key, and the answer's eighteen columns in words. It
prints its seconds (from reading to the finished files), what it took to prepare, and its peak of memory.
"""

# ruff: noqa: S608  # names and texts are this file's own
from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.screening_data import Data, not_listed
from medpolicy.engines.tabular_answers import COLUMNS

OUR_MEMORY = "400MB"  # as `medpolicy screen` has it
MEMORY = "1GB"  # of the others, which are slower with less
CHUNK = 1_000_000
KEY = "claim_id, claim_line_number"
WORDS = ", ".join(COLUMNS)


def _connect(out: Path, memory: str = MEMORY) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"memory_limit": memory, "temp_directory": str(out / "spill")})


def limit(data: Data, out: Path) -> tuple[float, float]:
    """Scan the keys, and write them with as many constant columns."""
    constants = ", ".join(f"'{value}' AS {column}" for column, value in zip(COLUMNS, CONSTANTS, strict=True))
    with _connect(out) as connection:
        start = time.perf_counter()
        connection.execute(f"COPY (SELECT {KEY}, {constants} FROM '{data.claims}') TO '{out}/part.parquet' ({FORMAT})")
        return time.perf_counter() - start, 0.0


def medpolicy(data: Data, out: Path) -> tuple[float, float]:
    """Ours, as `medpolicy screen` runs it: Ibis on DuckDB chunk by chunk, written by Arrow."""
    import ibis
    import pyarrow as pa

    from benchmarks.screening_data import FIRST, ISSUER, LAST
    from medpolicy.review.claims_lookup import ClaimsLookup
    from medpolicy.review.screening_output import AnswerWords, write_answers

    start = time.perf_counter()
    library = data.load()
    with _connect(out, OUR_MEMORY) as connection:
        backend = ibis.duckdb.from_connection(connection)
        lookup = ClaimsLookup(backend, library, FIRST, LAST, library.index[ISSUER].codes)
        prepared = time.perf_counter() - start
        start = time.perf_counter()
        words = AnswerWords(lookup.answers)
        rows = connection.sql(f"SELECT count(*) FROM '{data.claims}'").fetchall()[0][0]
        for number, first in enumerate(range(0, rows, CHUNK)):
            connection.execute(
                f"""CREATE OR REPLACE TEMP VIEW lines AS SELECT * EXCLUDE (file_row_number), service_date AS service_end,
                NULL::VARCHAR[] AS diagnoses, NULL::INTEGER AS age, NULL::VARCHAR AS sex
                FROM read_parquet('{data.claims}', file_row_number = true)
                WHERE file_row_number >= {first} AND file_row_number < {first + CHUNK}"""
            )
            lookup.look_up(backend.table("lines"), "found", ("claim_id", "claim_line_number"))
            columns = {"claim_id": pa.string(), "claim_line_number": pa.int64()}
            paths = [out / f"part-{number:05}-{at}.parquet" for at in range(os.cpu_count() or 1)]
            batches = connection.sql(f"SELECT {KEY}, answer FROM found").to_arrow_reader(500_000)
            write_answers(batches, paths, words, columns)
        return time.perf_counter() - start, prepared


def medpolicy_in_duckdb(data: Data, out: Path) -> tuple[float, float]:
    """The same expression, the words joined and written by DuckDB in one statement."""
    import ibis

    from medpolicy.engines.tabular import looked_up, lookup_tables

    start = time.perf_counter()
    compiled = data.compile(data.load())
    with _connect(out) as connection:
        backend = ibis.duckdb.from_connection(connection)

        def place(name: str, table: Any) -> Any:
            connection.register("incoming", table)
            connection.execute(f"CREATE TEMP TABLE lookup_{name} AS SELECT * FROM incoming")
            connection.unregister("incoming")
            return backend.table(f"lookup_{name}")

        tables = lookup_tables(compiled, (), place)
        connection.execute(f"CREATE TEMP TABLE answers AS SELECT * FROM '{data.answers}'")
        prepared = time.perf_counter() - start
        start = time.perf_counter()
        lines = backend.read_parquet(data.claims).mutate(
            diagnoses=ibis.null("array<string>"), age=ibis.null("int32"), sex=ibis.null("string")
        )
        found = backend.compile(looked_up(lines, tables))
        connection.execute(
            f"COPY (SELECT {KEY}, {WORDS} FROM ({found}) AS found JOIN answers ON number = found.answer) "
            f"TO '{out}/part.parquet' ({FORMAT})"
        )
        return time.perf_counter() - start, prepared


def obvious_join(data: Data, out: Path) -> tuple[float, float]:
    """A table of rules, joined on code, line of business, setting and the range of days, in DuckDB."""
    with _connect(out) as connection:
        other = not_listed(data)
        start = time.perf_counter()
        connection.execute(
            f"""COPY (
              SELECT {KEY}, {WORDS} FROM (
                SELECT {KEY}, coalesce(rules.answer, {other}) AS answer FROM '{data.claims}' AS line
                LEFT JOIN '{data.rules}' AS rules ON rules.code = line.code
                  AND rules.line_of_business = line.line_of_business AND rules.setting = line.setting
                  AND line.service_date >= rules.first_day AND line.service_date < rules.end_day
              ) JOIN '{data.answers}' AS answers ON number = answer
            ) TO '{out}/part.parquet' ({FORMAT})"""
        )
        return time.perf_counter() - start, 0.0


def polars(data: Data, out: Path) -> tuple[float, float]:
    """Polars, streaming: the latest rule that began, by an as-of join, and the answer's words joined."""
    import polars as pl

    other = not_listed(data)
    start = time.perf_counter()
    by = ["code", "line_of_business", "setting"]
    rules = pl.scan_parquet(data.rules).sort("first_day")
    lines = pl.scan_parquet(data.claims).sort("service_date")
    words = pl.scan_parquet(data.answers)
    found = lines.join_asof(rules, left_on="service_date", right_on="first_day", by=by, strategy="backward")
    within = pl.when(pl.col("service_date") < pl.col("end_day")).then(pl.col("answer")).fill_null(other).cast(pl.Int32)
    answered = found.select("claim_id", "claim_line_number", number=within).join(words, on="number", how="left").drop("number")
    answered.sink_parquet(out / "part.parquet", compression="zstd")
    return time.perf_counter() - start, 0.0


def spark(data: Data, out: Path) -> tuple[float, float]:
    """Our expression on a Spark of this machine, the tables broadcast."""
    import ibis
    import pyarrow.parquet as pq

    from medpolicy.engines.tabular import looked_up, lookup_tables
    from medpolicy.engines.tabular_spark import connect_spark, place_on_spark

    start = time.perf_counter()
    compiled = data.compile(data.load())
    options = {"spark.ui.enabled": "false", "spark.driver.memory": "4g", "spark.driver.bindAddress": "127.0.0.1"}
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    backend = connect_spark(f"local[{os.cpu_count()}]", options={**options, "spark.driver.host": "127.0.0.1"})
    session: Any = backend._session
    session.sparkContext.setLogLevel("ERROR")
    (out / "tables").mkdir()
    place = place_on_spark(backend, out / "tables")
    tables = lookup_tables(compiled, (), place)
    words = place("answers", pq.read_table(data.answers))
    prepared = time.perf_counter() - start
    start = time.perf_counter()
    session.read.parquet(str(data.claims)).createOrReplaceTempView("lines")
    lines = backend.table("lines").mutate(diagnoses=ibis.null("array<string>"), age=ibis.null("int32"), sex=ibis.null("string"))
    found = looked_up(lines, tables)
    told = found.inner_join(words, found.answer == words.number).select("claim_id", "claim_line_number", *COLUMNS)
    session.sql(backend.compile(told)).write.option("compression", "zstd").parquet(str(out / "spark"))
    seconds = time.perf_counter() - start
    # Spark's memory is that of a process of its own, which is none of ours that was waited for.
    java = Path(f"/proc/{session._jvm.java.lang.ProcessHandle.current().pid()}/status").read_text()
    OTHER_PEAKS.append(int(java.split("VmHWM:")[1].split()[0]) / 1024)
    session.stop()
    return seconds, prepared


OTHER_PEAKS = [0.0]  # MiB
FORMAT = "FORMAT parquet, COMPRESSION zstd"
CONSTANTS = (
    *("not-covered", "investigational", "not-applicable", "on-file", "generated", "00012", "2024-03-01", "listed", "alone"),
    *("Policy", "40", "0" * 64, "fact_12_0 fact_12_1", "awaits-review", "55", "N130", "197", "N54"),
)
RUNS: dict[str, Callable[[Data, Path], tuple[float, float]]] = {
    "limit": limit,
    "medpolicy": medpolicy,
    "medpolicy, all in DuckDB": medpolicy_in_duckdb,
    "obvious join": obvious_join,
    "polars": polars,
    "spark": spark,
}


def rows_of(out: Path) -> int:
    """How many rows were written, by the files' footers."""
    with duckdb.connect() as connection:
        files = [str(path) for path in out.rglob("*.parquet") if "tables" not in path.parts]
        return int(connection.execute("SELECT count(*) FROM read_parquet(?)", [files]).fetchall()[0][0])


def checksum(out: Path) -> tuple[int, int]:
    """Of all rows and columns, whatever their order: how many, and the sum of their hashes."""
    with duckdb.connect(config={"memory_limit": "1GB"}) as connection:
        files = [str(path) for path in out.rglob("*.parquet") if "tables" not in path.parts]
        hashed = f"hash(claim_id, claim_line_number::BIGINT, {', '.join(f'{column}::VARCHAR' for column in COLUMNS)})"
        found = connection.execute(f"SELECT count(*), sum({hashed})::HUGEINT FROM read_parquet(?)", [files]).fetchall()
        return int(found[0][0]), int(found[0][1])


def main() -> None:
    name, directory, policies, lines, out = sys.argv[1:]
    data = Data(Path(directory), int(policies), int(lines))
    target = Path(out)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    seconds, prepared = RUNS[name](data, target)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "prepared": prepared, "peak": max(peak, *OTHER_PEAKS)}))


if __name__ == "__main__":
    main()
