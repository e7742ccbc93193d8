"""Quotes: the lines of an attached document beside each citation that they still match.

A line is quoted only where the document is the rendition that the citation names, and the digest of its lines is the cited one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from medpolicy.model.citation import digest_lines

Lines = Callable[[str], Sequence[str] | None]
_CITATION = frozenset(("section", "lines", "sha256", "rendition"))


def with_quotes(value: Any, lines_of: Lines) -> Any:
    """The same JSON value, with `"quote": [...]` in each citation whose rendition is attached and whose digest matches.

    `lines_of` gives the lines of a rendition by its digest, None where it is not attached. Nothing is changed in place.
    """
    if isinstance(value, dict):
        result = {key: with_quotes(item, lines_of) for key, item in value.items()}
        if result.keys() >= _CITATION:
            quote = quoted_lines(result, lines_of)
            if quote is not None:
                result["quote"] = quote
        return result
    if isinstance(value, list):
        return [with_quotes(item, lines_of) for item in value]
    return value


def quoted_lines(citation: dict[str, Any], lines_of: Lines) -> list[str] | None:
    """The lines that a citation names, right-stripped; None where they are not attached or are not those that were cited."""
    lines = lines_of(citation["rendition"])
    if lines is None:
        return None
    first, last = citation["lines"]
    cited = lines[first - 1 : last]
    if len(cited) != last - first + 1 or digest_lines(cited) != citation["sha256"]:
        return None
    return [line.rstrip() for line in cited]
