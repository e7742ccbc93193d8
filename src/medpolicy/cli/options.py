"""Options that several commands have, and what they stand for."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from medpolicy.errors import UsageError
from medpolicy.formats.library_files import load_library
from medpolicy.library.library import Library

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LibraryOption = Annotated[
    list[Path] | None,
    typer.Option("--library", metavar="DIR", help="Policies of this directory instead of those that ship; may be repeated."),
]
ShippedOption = Annotated[bool, typer.Option("--shipped", help="With --library: the policies that ship, too.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="The day of asking, YYYY-MM-DD; today where left out. Decides nothing but notes."
    ),
]


def library_of(directories: Sequence[Path] | None, *, shipped: bool = False) -> Library:
    """The library that the options name."""
    return load_library(*(directories or ()), shipped=True if shipped else None)


def today() -> date:
    """Today, where the user is. Only the command line and the web may read the clock."""
    return datetime.now(tz=UTC).astimezone().date()


def day_of(text: str | None, option: str) -> date:
    """The day that an option gives; today where it is left out."""
    if text is None:
        return today()
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f"{option}: write the date as YYYY-MM-DD")


def print_json(value: Any) -> None:
    """JSON for a person or a program: indented, as UTF-8, a lone surrogate escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
