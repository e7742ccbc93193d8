"""`medpolicy schema`: the published forms as JSON Schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from medpolicy.cli.files import writing
from medpolicy.cli.options import print_json
from medpolicy.errors import UsageError
from medpolicy.formats.schemas import SCHEMAS, schema

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_EPILOG = """\b
Examples:
  medpolicy schema request
  medpolicy schema --out schemas/

\b
Exit statuses: 0 printed or written; 64 wrong usage.
"""


def _names(incomplete: str) -> list[str]:
    return [name for name in SCHEMAS if name.startswith(incomplete)]


@app.command("schema", short_help="Print the JSON Schema of a form.", epilog=_EPILOG)
def print_schema(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help=f"One of {', '.join(SCHEMAS)}.", autocompletion=_names)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write NAME.schema.json here; of every form, where no name is given."),
    ] = None,
) -> int:
    """Print the JSON Schema (2020-12) of requests, of answers, or of a policy file."""
    if name is not None and name not in SCHEMAS:
        raise UsageError(f"there is no schema {name!r}; there are {', '.join(SCHEMAS)}")
    if name is None and out is None:
        raise UsageError(f"name one of {', '.join(SCHEMAS)}, or write all of them with --out DIR")
    if out is None:
        assert name is not None
        print_json(schema(name))
        return 0
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out: {out}: {error.strerror}") from None
    for one in SCHEMAS if name is None else (name,):
        file = out / f"{one}.schema.json"
        with writing(file) as stream:
            stream.write((json.dumps(schema(one), ensure_ascii=False, indent=2) + "\n").encode())
        typer.echo(file)
    return 0
