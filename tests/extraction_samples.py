"""Small documents for the tests of the extraction: read from text as a user's file is, and put through one part of it."""

from __future__ import annotations

from collections.abc import Callable

from medpolicy.authoring.document import SourceDocument
from medpolicy.authoring.extraction.context import Extraction
from medpolicy.authoring.ledger import Ledger, LedgerBook, LineState
from medpolicy.authoring.outline import outline_of
from medpolicy.authoring.readers import read_document
from medpolicy.model.issuer import Coverage, Issuer, LineOfBusiness, Program, Stance

Extractor = Callable[[Extraction], None]

ISSUER = Issuer(
    id="north-plan",
    name="North Plan",
    lines_of_business=(
        LineOfBusiness(id="north-plan-commercial", name="Commercial", program=Program.COMMERCIAL),
        LineOfBusiness(id="medicare-choice", name="Medicare Choice (HMO)", program=Program.MEDICARE_ADVANTAGE),
        LineOfBusiness(id="fep", name="Federal Employee Program (FEP)", program=Program.FEDERAL_EMPLOYEE),
    ),
    coverage_by_stance={
        Stance.MEDICALLY_NECESSARY: Coverage.COVERED,
        Stance.NOT_MEDICALLY_NECESSARY: Coverage.NOT_COVERED,
        Stance.INVESTIGATIONAL: Coverage.NOT_COVERED,
        Stance.COSMETIC: Coverage.NOT_COVERED,
    },
)


def begun(document: SourceDocument, issuer: Issuer | None = None) -> Extraction:
    """An extraction of a document with nothing extracted yet."""
    return Extraction(document, outline_of(document), LedgerBook(document), issuer)


def extracted(markdown: str, *extractors: Extractor, issuer: Issuer | None = None) -> Extraction:
    """What the extractors make of a document, in this order."""
    extraction = begun(read_document(markdown.encode(), "sample.md"), issuer)
    for extract in extractors:
        extract(extraction)
    return extraction


def not_understood(ledger: Ledger) -> list[str]:
    """The lines that were not understood."""
    return [line.text for line in ledger.lines if line.state is LineState.NOT_UNDERSTOOD]
