"""Claims answered per second: ours, the limit, and peers; the same lines, equal answers: `python -m benchmarks.screening`.

Each run is a process of its own, so that its memory is its own. The runs of a size take turns, and medians are told. The answers
of all are verified: a checksum over every row and column of what each wrote must be equal.
"""

# ruff: noqa: S608  # paths are this file's own
from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks import screening_openfisca
from benchmarks.screening_data import Data, prepare
from benchmarks.screening_peers import CONSTANTS, FORMAT, KEY, MEMORY, RUNS, checksum, rows_of

LINES = 20_000_000
SIZES = (1, 100, 1_000, 10_000)
PEERS_AT = 1_000  # policies: the size at which all peers run
SCALE = (2_000_000, 100_000_000)  # lines, besides those of the comparison
ROUNDS = 3
ONCE = ("spark",)  # takes a minute, and is not near the others
OPENFISCA_AT = 100  # policies: a hundred variables for each day are seconds there


def one_run(name: str, data: Data, out: Path) -> dict[str, float]:
    """Seconds, seconds of preparing, and the peak of memory in MiB, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.screening_peers", name, str(data.directory)]
    done = subprocess.run([*command, str(data.policies), str(data.lines), str(out)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{name}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def measure(data: Data, names: list[str], rounds: int) -> dict[str, dict[str, float]]:
    """The medians by name; equal answers are verified in the first round."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    sums: dict[str, tuple[int, int]] = {}
    with tempfile.TemporaryDirectory(dir=data.directory) as folder:
        for at in range(rounds):
            for name in names:
                if at and name in ONCE:
                    continue
                out = Path(folder) / "out"
                found[name].append(one_run(name, data, out))
                if at == 0 and name != "limit":
                    # Among peers every value is compared; ours alone must have as many rows as there are lines.
                    sums[name] = checksum(out) if len(names) > 2 else (rows_of(out), 0)
    if len(set(sums.values())) != 1 or next(iter(sums.values()))[0] != data.lines:
        raise SystemExit(f"the answers are not equal: {sums}")
    return {name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in found.items()}


def show(data: Data, medians: dict[str, dict[str, float]]) -> None:
    base = medians["limit"]["seconds"]
    print(f"\n{data.policies:,} policies, {data.lines:,} lines; the limit is DuckDB's scan and write of as many columns")
    for name, found in medians.items():
        prepared = f", prepared in {found['prepared']:.1f} s" if found["prepared"] else ""
        rate = data.lines / found["seconds"] / 1e6
        print(
            f"  {name:26} {found['seconds'] / base:6.2f}x  {found['seconds']:7.2f} s  {rate:5.2f} million lines a second  "
            f"peak {found['peak']:6.0f} MiB{prepared}",
            flush=True,
        )


def scale(directory: Path, policies: int, sizes: list[int]) -> None:
    """How the time grows with the lines."""
    found = {}
    for lines in sorted(sizes):
        data = Data(directory, policies, lines)
        prepare(data)
        found[lines] = measure(data, ["limit", "medpolicy"], 1)
        show(data, found[lines])
    per_line = {lines: medians["medpolicy"]["seconds"] / lines for lines, medians in found.items()}
    least = min(per_line.values())
    print("seconds a line, against the least: " + ", ".join(f"{lines:,}: {one / least:.2f}x" for lines, one in per_line.items()))


def whole_command(directory: Path, lines: int) -> None:
    """`medpolicy screen` from claims as a plan has them: reading, checking, eligibility, answers, rejected lines, the report."""
    claims, out = directory / f"claims-{lines}", directory / "whole"
    command = str(Path(sys.executable).with_name("medpolicy"))
    if not claims.exists():
        subprocess.run([command, "demo-claims", str(lines), "-o", str(claims)], check=True, capture_output=True)
    constants = ", ".join(f"'{value}' AS c{at}" for at, value in enumerate(CONSTANTS))
    with tempfile.TemporaryDirectory(dir=directory) as folder, duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        start = time.perf_counter()
        connection.execute(
            f"COPY (SELECT {KEY}, {constants} FROM '{claims}/medical_claim/*.parquet') TO '{folder}/part.parquet' ({FORMAT})"
        )
        limit = time.perf_counter() - start
    shutil.rmtree(out, ignore_errors=True)
    start = time.perf_counter()
    with subprocess.Popen([command, "screen", str(claims), "-o", str(out)], stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise SystemExit("medpolicy screen failed")
    counts = json.loads((out / "report.json").read_bytes())["counts"]
    if counts["lines"] != lines or counts["lines"] != counts["answered"] + counts["rejected"]:
        raise SystemExit(f"lines in are not lines out: {counts}")
    print(
        f"\nmedpolicy screen, whole process, the policies that ship, {lines:,} lines of the Tuva layout with eligibility:\n"
        f"  {seconds / limit:.2f}x the limit ({limit:.1f} s), {seconds:.1f} s, {lines / seconds / 1e6:.2f} million lines a second, "
        f"peak {usage.ru_maxrss / 1024:.0f} MiB; {counts['answered']:,} answered, {counts['rejected']:,} rejected",
        flush=True,
    )
    shutil.rmtree(out)


def openfisca(directory: Path, lines: int) -> None:
    """OpenFisca's vectorised form against ours, on a slice."""
    data = Data(directory, OPENFISCA_AT, lines)
    prepare(data)
    theirs, ours, count = screening_openfisca.run(data)
    print(
        f"\nOpenFisca, {count:,} lines, {OPENFISCA_AT} policies, answers' numbers only, equal for every line: "
        f"{theirs / ours:.0f}x ours ({theirs:.1f} s, {ours:.2f} s)",
        flush=True,
    )


def run(directory: Path, lines: int, sizes: tuple[int, ...], rounds: int, peers_at: int) -> None:
    """Print every size's figures."""
    for policies in sizes:
        data = Data(directory, policies, lines)
        prepare(data)
        names = list(RUNS) if policies == peers_at else ["limit", "medpolicy"]
        show(data, measure(data, names, rounds))


def run_all(
    *,
    directory: Path | None = None,
    lines: int = LINES,
    sizes: tuple[int, ...] = SIZES,
    rounds: int = ROUNDS,
    peers_at: int = PEERS_AT,
    scaled: tuple[int, ...] = SCALE,
) -> None:
    """Everything that this file measures. `directory`: where the data stands and stays; else it is made for this run."""
    with tempfile.TemporaryDirectory() as folder:
        place = directory or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        run(place, lines, sizes, rounds, peers_at)
        if scaled:
            scale(place, peers_at, [*scaled, lines])
        for count in (lines, *scaled[-1:]):
            whole_command(place, count)
        openfisca(place, lines)  # last: a process that is started counts the memory of the one that starts it as its own


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(one) for one in text.split(",") if one)


def main() -> None:
    options = argparse.ArgumentParser(description="Claims answered per second: ours, the limit, and peers.")
    options.add_argument("--directory", type=Path, help="where the data stands and stays; else it is made for this run")
    options.add_argument("--lines", type=int, default=LINES)
    options.add_argument("--sizes", type=_numbers, default=SIZES, help="numbers of policies")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--peers-at", type=int, default=PEERS_AT, help="number of policies")
    options.add_argument("--scale", type=_numbers, default=SCALE, help="numbers of lines; empty: none")
    told = options.parse_args()
    run_all(
        directory=told.directory,
        lines=told.lines,
        sizes=told.sizes,
        rounds=told.rounds,
        peers_at=told.peers_at,
        scaled=told.scale,
    )


if __name__ == "__main__":
    main()
