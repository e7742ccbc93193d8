"""The difference between two libraries as one page of HTML: nothing is loaded from elsewhere, nothing runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medpolicy.explain.words import GOVERNED_BY_CONTRACT
from medpolicy.review.difference_page import difference_templates
from medpolicy.review.difference_text import answer_text, days_text, policies_text, scope_text


def library_difference_page(report: Mapping[str, Any]) -> str:
    """The page for what `library_difference` gives; `UsageError` where the library for pages is not installed."""
    kinds = [(f"{kind.capitalize()} policies", kind, len(report[kind])) for kind in ("added", "removed")]
    return (
        difference_templates()
        .get_template("library_difference.html")
        .render(
            report=report,
            policies=policies_text(report),
            kinds=kinds,
            days=days_text,
            scope=scope_text,
            answers=lambda one: list(answer_text(one)),
            governed=GOVERNED_BY_CONTRACT,
        )
    )
