"""The ledger and what was extracted, as plain JSON values: for programs, and for the page that people read."""

from __future__ import annotations

from typing import Any, Final

from medpolicy.authoring.importing import ImportedPolicy
from medpolicy.authoring.ledger import LineState

# What is counted of a draft, by the name that people give it.
_COUNTED: Final = (
    ("statements", "version", "provisions"),
    ("facts", "version", "facts"),
    ("code listings", "version", "code_listings"),
    ("diagnosis listings", "version", "diagnosis_listings"),
    ("product lists", "version", "product_lists"),
    ("authorization rules", "version", "authorization"),
    ("supplement tables", "version", "supplement"),
    ("references", "version", "references"),
    ("history events", "policy", "history"),
    ("related policies", "policy", "related"),
    ("identifiers", "policy", "identifiers"),
)


def counted(imported: ImportedPolicy) -> dict[str, int]:
    """How many statements, codes, products and so on the draft has; codes and products within their lists, too."""
    found = {name: len((imported.version if file == "version" else imported.policy).get(key, [])) for name, file, key in _COUNTED}
    found["codes"] = sum(len(listing["codes"]) for listing in imported.version.get("code_listings", []))
    found["products"] = sum(len(products["products"]) for products in imported.version.get("product_lists", []))
    return found


def ledger_json(imported: ImportedPolicy) -> dict[str, Any]:
    """The document, the counts (which add up to its lines), what was extracted, what to review, and each line."""
    document, ledger = imported.document, imported.ledger
    return {
        "document": {
            "name": document.name,
            "sha256": document.sha256,
            "media_type": document.media_type,
            "lines": len(document.lines),
            "pages": document.pages(),
            "warnings": list(document.warnings),
        },
        "layout": "known" if imported.is_known_layout else "unknown",
        "missing": list(imported.missing),
        "counts": {state.value: count for state, count in ledger.counts.items()},
        "extracted": counted(imported) if imported.is_known_layout else {},
        "review": [{"at": at, "reason": reason} for at, reason in imported.review_marks],
        "faults": [str(fault) for fault in imported.faults],
        "files": sorted(imported.files),
        "lines": [
            {
                "line": line.number,
                "page": line.page,
                "section": line.section,
                "state": line.state.value,
                "by": list(line.by),
                "text": line.text,
            }
            for line in ledger.lines
        ],
    }


def not_understood(imported: ImportedPolicy) -> list[int]:
    """The lines that nobody could read, in order."""
    return [line.number for line in imported.ledger.lines if line.state is LineState.NOT_UNDERSTOOD]
