"""`medpolicy policies list`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from medpolicy.cli.options import JsonOption, LibraryOption, ShippedOption, library_of, print_json
from medpolicy.cli.screen import open_screen
from medpolicy.errors import NotFound
from medpolicy.library.library import Library


def list_policies(
    issuer: Annotated[str | None, typer.Option("--issuer", metavar="ISSUER", help="Of this issuer only.")] = None,
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    as_json: JsonOption = False,
) -> int:
    """List the policies: issuer, number, title, versions on file, lines of business."""
    loaded = library_of(library, shipped=shipped)
    if issuer is not None and issuer not in loaded.issuers:
        raise NotFound(f"no issuer {issuer!r}; those in the library: {', '.join(loaded.issuers)}")
    entries = [_entry(loaded, at) for at, key in enumerate(loaded.keys) if issuer in (None, key[0])]
    if as_json:
        print_json({"library": loaded.digest, "policies": entries})
        return 0
    screen = open_screen()
    rows = [
        [one["issuer"], one["number"], one["title"], ", ".join(one["versions"]), ", ".join(one["lines_of_business"])]
        for one in entries
    ]
    screen.table(["Issuer", "Number", "Title", "Versions", "Lines of business"], rows)
    return 0


def _entry(library: Library, at: int) -> dict[str, Any]:
    (issuer, number), summary = library.keys[at], library.summaries[at]
    return {
        "issuer": issuer,
        "number": number,
        "title": summary.title,
        "versions": list(summary.versions),
        "lines_of_business": list(summary.lines_of_business),
    }
