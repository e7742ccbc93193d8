"""`medpolicy policies search`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from medpolicy.cli.options import JsonOption, LibraryOption, ShippedOption, library_of, print_json
from medpolicy.cli.screen import open_screen, printable
from medpolicy.errors import UsageError
from medpolicy.formats.library_cache import cache_directory
from medpolicy.library.library import Library
from medpolicy.review.search import search

_LONGEST = 160


def search_policies(
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="Words, codes, names of products.")],
    most: Annotated[int, typer.Option("--most", metavar="N", help="Show at most so many policies.")] = 20,
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    as_json: JsonOption = False,
) -> int:
    """Find policies by words, codes and products, also misspelled ones."""
    if most < 1:
        raise UsageError("--most: at least 1")
    loaded = library_of(library, shipped=shipped)
    found = search(words, loaded, cache_directory(), most=most)
    if as_json:
        hits = [
            {
                **_identity(loaded, hit.policy),
                "found": [{"kind": entry.kind, "label": entry.label, "text": entry.text} for entry in hit.entries],
            }
            for hit in found.hits
        ]
        print_json(
            {"total": found.total, "policies": hits, "instead": {word: list(terms) for word, terms in found.instead.items()}}
        )
        return 0 if found.hits else 1
    for word, terms in found.instead.items():
        taken = f"showing {', '.join(terms)}" if terms else "nothing is like it"
        sys.stderr.write(f"{printable(word)!r} stands in no policy; {printable(taken)}\n")
    screen = open_screen()
    for hit in found.hits:
        one = _identity(loaded, hit.policy)
        screen.line((f"{one['issuer']} {one['number']}", "bold"), f"  {one['title']}", hanging=4)
        for entry in hit.entries:
            if entry.kind != "title":
                text = f"{entry.label}: {entry.text}" if entry.text else entry.label
                shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
                screen.line((f"{entry.kind:<11}", "dim"), shown, indent=4, hanging=11)
    if found.total > len(found.hits):
        screen.line((f"and {found.total - len(found.hits):,} more; --most shows them", "dim"))
    if not found.hits:
        sys.stderr.write("nothing found\n")
        return 1
    return 0


def _identity(library: Library, at: int) -> dict[str, str]:
    issuer, number = library.keys[at]
    return {"issuer": issuer, "number": number, "title": library.summaries[at].title}
