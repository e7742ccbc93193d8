"""The coded sections of a payer's real document, extracted once, beside the policy files that ship for it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import yaml

from medpolicy.authoring.extraction.authorization import extract_authorization
from medpolicy.authoring.extraction.coding import extract_coding
from medpolicy.authoring.extraction.context import Extraction
from medpolicy.authoring.extraction.exceptions import extract_exceptions
from medpolicy.authoring.extraction.history import extract_history
from medpolicy.authoring.extraction.identity import extract_identity
from medpolicy.authoring.extraction.lines_of_business import extract_lines_of_business
from medpolicy.authoring.extraction.narrative import extract_narrative
from medpolicy.authoring.extraction.references import extract_references
from medpolicy.authoring.extraction.related import extract_related
from medpolicy.authoring.extraction.supplement import extract_supplement
from medpolicy.authoring.ledger import Ledger, LineState
from medpolicy.authoring.readers import read_document
from medpolicy.formats.policy_files import read_issuer
from tests.conftest import ROOT, SHARED
from tests.extraction_samples import begun

POLICIES = ROOT / "src" / "medpolicy" / "policies"
# The sections that hold codes, dates and names; the statements are somebody else's tests.
SECTIONS = (
    extract_identity,
    extract_lines_of_business,
    extract_related,
    extract_history,
    extract_exceptions,
    extract_coding,
    extract_authorization,
    extract_supplement,
    extract_references,
    extract_narrative,
)


@cache
def imported(file: str, issuer: str | None) -> tuple[Extraction, Ledger]:
    """What the sections of a document in ../shared come to, with its ledger."""
    data = (SHARED / "documents" / file).read_bytes()
    known = None if issuer is None else read_issuer((POLICIES / issuer / "issuer.yaml").read_bytes(), "issuer.yaml")[0]
    extraction = begun(read_document(data, file), known)
    for extract in SECTIONS:
        extract(extraction)
    return extraction, extraction.book.close()


@cache
def shipped(path: str) -> dict[str, Any]:
    """A policy file that ships, dates as texts."""
    text = (POLICIES / path).read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it builds nothing but texts
    return content


def plain(value: Any) -> Any:
    """A value with each number and truth as the text that YAML has for it, and white space collapsed."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return " ".join(str(value).lower().split()) if isinstance(value, bool) else " ".join(str(value).split())


def without(items: Iterable[dict[str, Any]], *keys: str) -> list[Any]:
    """The items without some of their keys, in plain texts."""
    return [plain({key: value for key, value in item.items() if key not in keys}) for item in items]


def open_lines(extraction: Extraction, ledger: Ledger, *kinds: str) -> list[int]:
    """The lines that were not understood, outside the sections of these kinds."""
    apart = {line for section in extraction.outline.sections if section.kind.value in kinds for line in section.lines}
    return [line.number for line in ledger.lines if line.state is LineState.NOT_UNDERSTOOD and line.number not in apart]
