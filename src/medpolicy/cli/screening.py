"""`medpolicy screen`: a year of claims through the policies in force on each service date."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from medpolicy.cli.claims_inputs import ClaimsInputs, claims_inputs
from medpolicy.cli.options import AsOfOption, LibraryOption, ShippedOption, day_of, library_of
from medpolicy.cli.progress import progress_of
from medpolicy.errors import UsageError
from medpolicy.formats.claims_mapping import NO_MAPPING, read_claims_mapping
from medpolicy.review.claims.reading import MEMORY
from medpolicy.review.screening import LINES_PER_CHUNK, Screened, check_output, screen

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_EPILOG = """\b
Examples:
  medpolicy screen claims/ -o screened/
  medpolicy screen 'claims/2025-*.parquet' --eligibility members.parquet --mapping plan.yaml -o screened/
  medpolicy screen claims.csv -o screened/ --library policies/

\b
DIR/answers/*.parquet has a row for a line that was answered, DIR/rejected.parquet one for a line that was not,
with the reason; DIR/report.html and DIR/report.json sum them up. Interrupted, the same command goes on where it
stopped. Bundling, units and payment edits are not evaluated.

\b
Exit statuses: 0 screened, even where lines were rejected; 3 faults in policy files; 4 no such file; 5 claims that
cannot be read; 64 wrong usage; 130 interrupted.
"""
_ENGINES = ("duckdb", "spark")
MappingOption = Annotated[
    Path | None,
    typer.Option("--mapping", metavar="FILE", help="YAML that names the plan's own columns and codes of lines of business."),
]
EligibilityOption = Annotated[
    list[str] | None,
    typer.Option("--eligibility", metavar="PATH", help="Eligibility: a file, directory or glob; may be repeated."),
]
FactsOption = Annotated[
    Path | None,
    typer.Option("--facts", metavar="FILE", help="Facts that are known of lines: claim_id, claim_line_number, fact, value."),
]


@app.command("screen", short_help="Screen claims against the policies in force on each service date.", epilog=_EPILOG)
def screen_claims(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT", help="Claims: files, directories or globs, in the Tuva layout (Parquet, CSV), or 837."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="A new directory; it appears complete or not at all.")
    ],
    eligibility: EligibilityOption = None,
    mapping: MappingOption = None,
    facts: FactsOption = None,
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    as_of: AsOfOption = None,
    engine: Annotated[str, typer.Option("--engine", metavar="NAME", help="duckdb or spark.")] = "duckdb",
    master: Annotated[
        str | None,
        typer.Option("--master", metavar="URL", help="With --engine spark: the master, such as local[*] or spark://host:7077."),
    ] = None,
    chunk: Annotated[
        int, typer.Option("--chunk", metavar="LINES", help="How many lines at a time; an interrupted run goes on at a chunk.")
    ] = LINES_PER_CHUNK,
    memory: Annotated[str, typer.Option("--memory", metavar="SIZE", help="What the database may take, such as 700MB.")] = MEMORY,
    threads: Annotated[int | None, typer.Option("--threads", metavar="N", help="How many; all cores where left out.")] = None,
) -> int:
    """Screen a year of claims: what the policies in force on each service date say of each line.

    The answers are those that `determine` gives to the same line. A line without a procedure code is not-addressed, with the
    note no-procedure-code. What a claim cannot tell makes a line conditional, with the facts to ask.
    """
    if facts is not None and not facts.is_file():
        raise UsageError(f"{facts}: no such file of facts")
    if engine not in _ENGINES:
        raise UsageError(f"--engine: {engine!r} is none; known are {', '.join(_ENGINES)}")
    if master is not None and engine != "spark":
        raise UsageError("--master goes with --engine spark")
    spark = (master or "local[*]") if engine == "spark" else None
    start = time.perf_counter()
    names = NO_MAPPING if mapping is None else read_claims_mapping(mapping)
    check_output(output)
    with (
        _ended_as_interrupted(),
        claims_inputs(inputs, eligibility=eligibility, mapping=names, temporary=output.absolute().parent) as found,
    ):
        done = screen(
            found.claims,
            output,
            library_of(library, shipped=shipped),
            as_of=day_of(as_of, "--as-of"),
            eligibility=found.eligibility,
            mapping=names,
            named=inputs,
            elsewhere=found.rejected_elsewhere(),
            besides=_acknowledgment_of(found),
            facts=facts,
            lines_per_chunk=chunk,
            memory=memory,
            threads=threads,
            spark=spark,
            progress=progress_of({"compiling": "codes", "screening": "lines"}),
        )
        _say(done, output, time.perf_counter() - start, found.passed_over)
    return 0


@contextlib.contextmanager
def _ended_as_interrupted() -> Iterator[None]:
    """What `timeout` or a scheduler ends, ends as by Ctrl-C, so that no copies of claims are left."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _acknowledgment_of(found: ClaimsInputs) -> dict[str, str]:
    if found.acknowledgment is None:
        return {}
    text = json.dumps(found.acknowledgment.as_json(), ensure_ascii=False, indent=2) + "\n"
    return {"acknowledgment.json": text, "acknowledgment.txt": found.acknowledgment.as_text()}


def _say(done: Screened, output: Path, seconds: float, passed_over: Sequence[Path]) -> None:
    counts = done.counts
    rejected = counts.lines - counts.taken
    rate = f"{counts.lines / max(seconds, 1e-6):,.0f} a second"
    lines = [f"{counts.lines:,} lines: {counts.taken:,} answered, {rejected:,} rejected; {seconds:,.1f} s, {rate}"]
    if done.resumed:
        lines.append(f"{done.resumed} chunks were done by an earlier run")
    lines += [
        f"  rejected for {reason}{f' in {column}' if column else ''}: {count:,}"
        for (reason, column), count in sorted(counts.rejected.items(), key=lambda item: -item[1])
    ]
    if counts.remarks["no-procedure-code"]:
        lines.append(f"  without a procedure code, not addressed: {counts.remarks['no-procedure-code']:,}")
    if done.changing:
        lines.append(f"  whose span crosses a changed answer: {done.changing:,}")
    for (reason, column), count in done.spans.items():
        lines.append(f"  rows of eligibility left out for {reason}{f' in {column}' if column else ''}: {count:,}")
    if done.lost_facts:
        lines.append(f"  facts of lines that are not among the claims: {done.lost_facts:,}")
    if done.absent:
        lines.append(f"  columns that the claims do not have: {', '.join(done.absent)}")
    lines.append("Bundling, units and payment edits are not evaluated; the member's contract governs.")
    if passed_over:
        lines.append(f"  files that are no claims by their names or content, passed over: {len(passed_over)}")
    written = ", ".join(sorted(f"{path.name}/" if path.is_dir() else path.name for path in output.iterdir()))
    lines.append(f"{output}: {written}")
    sys.stderr.write("\n".join(lines) + "\n")
