"""`medpolicy demo-claims`: synthetic claims of any size."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from medpolicy.cli.options import LibraryOption, ShippedOption, library_of
from medpolicy.cli.screen import is_terminal
from medpolicy.errors import UsageError
from medpolicy.review.demo_claims import FORMATS, DemoClaims, Progress, write_demo_claims

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_EPILOG = """\b
Examples:
  medpolicy demo-claims 1000000 -o claims/
  medpolicy demo-claims 5000 -o claims/ --format csv --seed 7 --years 2024-2025 --library policies/

\b
Exit statuses: 0 written; 3 faults in policy files; 64 wrong usage.
"""
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?", re.ASCII)


@app.command("demo-claims", short_help="Write synthetic claims to try things out with.", epilog=_EPILOG)
def write_claims(
    lines: Annotated[int, typer.Argument(metavar="N", help="How many claim lines.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="A new directory; it appears complete or not at all.")
    ],
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="The same seed and N give the same claims.")] = 0,
    years: Annotated[str, typer.Option("--years", metavar="YEARS", help="The first and the last year of service.")] = "2015-2026",
    file_format: Annotated[str, typer.Option("--format", metavar="NAME", help=f"{' or '.join(FORMATS)}.")] = "parquet",
) -> int:
    """Write synthetic claims in the Tuva Project's layout: DIR/medical_claim and DIR/eligibility.

    Codes, diagnoses and plans are those that the policies name, and others; some lines are wrong on purpose. Nothing in them is
    of a real person.
    """
    found = _YEARS.fullmatch(years)
    if found is None:
        raise UsageError("--years: write the first and the last year, such as 2015-2026")
    first, last = int(found[1]), int(found[2] or found[1])
    wanted = DemoClaims(lines=lines, seed=seed, first_year=first, last_year=last, file_format=file_format)
    start = time.perf_counter()
    write_demo_claims(output, wanted, library_of(library, shipped=shipped), _progress() if is_terminal(sys.stderr) else None)
    seconds = time.perf_counter() - start
    sys.stderr.write(f"{lines:,} claim lines of {wanted.persons:,} persons written to {output} in {seconds:,.1f} s\n")
    return 0


def _progress() -> Progress:
    """Tells, on a line that is written over, how far it is and how long it will still take."""
    start = time.perf_counter()

    def tell(done: int, of: int) -> None:
        rate = done / max(time.perf_counter() - start, 1e-6)
        left = "" if done == of else f", {(of - done) / rate:,.0f} s left"
        sys.stderr.write(f"\r{done:,} of {of:,} lines, {rate:,.0f} a second{left}\x1b[K" + ("\n" if done == of else ""))
        sys.stderr.flush()

    return tell
