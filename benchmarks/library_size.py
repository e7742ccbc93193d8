"""10,000 generated policies: the first load, the load from the cache, its memory, and one decision with them loaded."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.generated import write_library

_LOAD = """
import resource, sys, time
start = time.perf_counter()
from medpolicy import load_library
library = load_library(sys.argv[1], shipped=True)
seconds = time.perf_counter() - start
print(len(library.keys), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
_DECIDE = """
import json, resource, sys
from benchmarks.decisions import median, p99, timed
from benchmarks.requests import AS_OF, requests_for_254
from medpolicy import determine, load_library, prepare
library = load_library(*sys.argv[1:], shipped=True)
prepare(library, ["254"])
requests = requests_for_254(library, 10_000)
for request in requests:
    determine(request, library, as_of=AS_OF)
taken = timed(lambda request: determine(request, library, as_of=AS_OF), requests)
spread = None
if len(library.keys) > 2:
    lines = [line.id for line in library.issuers["generated"].lines_of_business]
    others = [
        {"service_date": "2024-10-01", "line_of_business": lines[at % 4], "setting": "inpatient", "procedures": [library.summaries[at].codes[at % 20]]}
        for at in range(0, len(library.keys) - 3, max(1, len(library.keys) // 1000))
    ]
    for request in others:
        determine(request, library, as_of=AS_OF)
    spread = timed(lambda request: determine(request, library, as_of=AS_OF), others)
print(json.dumps([median(taken), p99(taken), median(spread) if spread else None, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def _run(script: str, *arguments: str, cache: str) -> str:
    environment = {**os.environ, "MEDPOLICY_CACHE": cache}
    done = subprocess.run(  # our own script
        [sys.executable, "-c", script, *arguments], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def run(policies: int = 10_000) -> dict[str, float]:
    import json

    with tempfile.TemporaryDirectory() as folder:
        root, cache = Path(folder) / "library", str(Path(folder) / "cache")
        write_library(root, policies)
        print(f"a library of {policies:,} generated policies (20 codes, 3 versions each):")
        _, first, first_memory = map(float, _run(_LOAD, str(root), cache=cache).split())
        loads = [list(map(float, _run(_LOAD, str(root), cache=cache).split())) for _ in range(3)]
        _, again, memory = sorted(loads, key=lambda load: load[1])[1]
        print(f"  first load                {first:8.1f} s   {first_memory:6.0f} MiB at most")
        print(f"  load from the cache       {again:8.2f} s   {memory:6.0f} MiB at most (every file read and digested)")
        alone, many = [], []
        for _ in range(3):  # in turns, so that a drift of the machine meets both
            alone.append(json.loads(_run(_DECIDE, cache=cache)))
            many.append(json.loads(_run(_DECIDE, str(root), cache=cache)))
        small = sorted(alone)[1]
        large = sorted(many)[1]
        print(
            f"  one decision for 254      {large[0] / small[0]:8.2f}x  of that without them ({small[0]:.1f} us); p99 {large[1]:.1f} us, {large[3]:.0f} MiB"
        )
        print(
            f"  one decision for 1,000 of the generated policies, each compiled when first asked about: median {large[2]:.1f} us"
        )
        return {"first": first, "cached": again, "memory": memory, "ratio": large[0] / small[0]}


if __name__ == "__main__":
    run()
