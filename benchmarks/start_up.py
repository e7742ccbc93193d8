"""`medpolicy check` as a whole process, against the bare import of what any command line of this kind needs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 15


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=environment
    )
    return time.perf_counter() - start


def run() -> dict[str, float]:
    bare = [sys.executable, "-c", "import typer, pydantic, rich.table; pydantic.BaseModel"]
    check = [
        str(Path(sys.executable).with_name("medpolicy")),
        *("check", "0565T", "--line", "commercial-hmo-pos", "--setting", "outpatient", "--date", "2025-04-01"),
    ]
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "MEDPOLICY_CACHE": cache}
        first = _seconds(check, environment)
        _seconds(bare, environment)
        ratios, bares, checks = [], [], []
        for _ in range(RUNS):
            bares.append(_seconds(bare, environment))
            checks.append(_seconds(check, environment))
            ratios.append(checks[-1] / bares[-1])
    print("`medpolicy check 0565T ...` as a whole process:")
    print(f"  {statistics.median(ratios):8.2f}x  of importing typer, pydantic and rich.table (median of {RUNS} pairs)")
    print(
        f"  median {statistics.median(checks):.3f} s against {statistics.median(bares):.3f} s; the very first run, cache and all, {first:.3f} s"
    )
    return {"ratio": statistics.median(ratios)}


if __name__ == "__main__":
    run()
