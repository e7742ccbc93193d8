"""`medpolicy determine`: JSON Lines in, JSON Lines out."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from medpolicy.cli.files import reading, writing
from medpolicy.cli.options import AsOfOption, LibraryOption, ShippedOption, day_of, library_of
from medpolicy.cli.quotes import Quotes
from medpolicy.errors import UsageError
from medpolicy.review.determine import ENGINES
from medpolicy.review.lines import answer_lines, answering

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_EPILOG = """\b
Examples:
  medpolicy determine requests.jsonl > answers.jsonl
  medpolicy determine requests.jsonl -o answers.jsonl --as-of 2026-11-23
  cat requests.jsonl | medpolicy determine - | jq '.services[].coverage'

\b
Exit statuses: 0 all were answered; 2 at least one line was refused; 3 faults in policy files;
4 the file is not there; 64 wrong usage.
"""


def _engines(incomplete: str) -> list[str]:
    return [name for name in ENGINES if name.startswith(incomplete)]


@app.command(short_help="Answer requests: JSON Lines in, JSON Lines out.", epilog=_EPILOG)
def determine(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Requests, one JSON object on each line; `-` is standard input.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="Write the answers here, all of them or nothing.")
    ] = None,
    as_of: AsOfOption = None,
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    engine: Annotated[
        str, typer.Option("--engine", metavar="NAME", help=f"{' or '.join(ENGINES)}.", autocompletion=_engines)
    ] = "compiled",
) -> int:
    """Answer a file of requests: a line for a line, in order.

    Blank lines are skipped. A line that cannot be answered gets an error object in its place, and the rest go on. A summary on
    standard error counts both.
    """
    if engine not in ENGINES:
        raise UsageError(f"--engine: {engine!r} is none; known are {', '.join(ENGINES)}")
    day = day_of(as_of, "--as-of")
    answered = refused = 0
    with reading(file) as requests:
        decide = answering(library_of(library, shipped=shipped), as_of=day, engine=engine)
        quotes = Quotes()
        start = time.perf_counter()
        with writing(output) as answers:
            for line in answer_lines(requests, lambda request: quotes.added_to(decide(request))):
                answers.write(line.text + b"\n")
                if file == "-":
                    answers.flush()  # somebody may wait for each answer before the next request
                refused += line.refused
                answered += not line.refused
        seconds = time.perf_counter() - start
    rate = f", {(answered + refused) / seconds:,.0f} lines a second" if answered + refused and seconds > 0 else ""
    sys.stderr.write(f"{answered:,} answered, {refused:,} refused{rate}\n")
    return 2 if refused else 0
