"""Gives conditions and whole policies that atheris makes up to the parser of criteria; stops at whatever is raised."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["medpolicy"]):
    from medpolicy.authoring.extraction.conditions import Conditions
    from medpolicy.authoring.extraction.facts import FactBook
    from medpolicy.authoring.importing import import_document
    from medpolicy.errors import DocumentError

_HEAD = "# Widgets\n\nPolicy Number: 7\n\nEffective Date: 1/1/2026\n\n## Policy\n\n"


def read(data: bytes) -> None:
    """One input: the first byte says whether the rest is a condition or the statements of a policy."""
    if not data:
        return
    text = data[1:].decode("utf-8", "replace")
    if data[0] % 2:
        Conditions(FactBook()).read(text, {})
        return
    try:
        found = import_document((_HEAD + text).encode(), "a.md")
    except DocumentError:
        return
    assert sum(found.ledger.counts.values()) == len(found.document.lines)
    assert found.faults == (), found.faults


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
