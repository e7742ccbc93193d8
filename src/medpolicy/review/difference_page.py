"""The difference between two texts as one page of HTML: nothing is loaded from elsewhere, nothing runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medpolicy.errors import UsageError
from medpolicy.explain.words import GOVERNED_BY_CONTRACT
from medpolicy.review.difference import UPDATE_COLUMNS
from medpolicy.review.difference_text import answer_text, scope_text

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def difference_page(report: Mapping[str, Any]) -> str:
    """The page for what `difference_of` gives; `UsageError` where the library for pages is not installed."""
    counts = {
        kind: sum(item["kind"] == kind for section in report["changes"] for item in section["items"])
        for kind in ("added", "removed", "changed", "renamed")
    }
    return (
        difference_templates()
        .get_template("difference.html")
        .render(
            report=report,
            counts=counts,
            columns=UPDATE_COLUMNS,
            scope=scope_text,
            answers=lambda one: list(answer_text(one)),
            governed=GOVERNED_BY_CONTRACT,
        )
    )


def difference_templates() -> Environment:
    """The templates of pages on differences; `UsageError` where the library for pages is not installed."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise UsageError("a page needs the extra for documents: pip install 'medpolicy[documents]'") from None
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
