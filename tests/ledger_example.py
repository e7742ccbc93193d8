"""An invented document, its draft and its ledger, small enough to check by eye, with hostile and awkward lines in it."""

from __future__ import annotations

from typing import Any

from medpolicy.authoring.document import Block, BlockKind, SourceDocument, SourceLine
from medpolicy.authoring.importing import ImportedPolicy
from medpolicy.authoring.ledger import LedgerBook
from medpolicy.authoring.ledger_view import DraftView
from medpolicy.authoring.outline import outline_of

HOSTILE = '<script>window.hacked = 1</script><img src="x" onerror="window.hacked = 1">'

# (page, text); "#" opens a heading.
_LINES = (
    (1, "# Knee Braces"),
    (1, "Policy Number: 77"),
    (1, ""),
    (1, "# Policy"),
    (1, "A knee brace is considered medically necessary when BOTH are met:"),
    (1, "1. instability of the knee; AND"),
    (1, "2. a deviation of at least 10 degrees"),
    (1, "Page 1 of 2"),
    (2, "Braces that count, among others: Bracette(R) (Invented Makers)"),
    (2, "Nobody knows what this sentence means."),
    (2, "Nor this one, which goes on without a space: " + "brace" * 60),
    (2, "# Coding"),
    (2, "L1810 Knee orthosis"),
    (2, "Whatever else is coded."),
    (2, "# Prior Authorization"),
    (2, "Outpatient: not needed"),
    (2, "# Policy History"),
    (2, "1/2024 Annual review."),
    (2, "1/2024 Coding clarified."),
    (2, "# References"),
    (2, "1. Nemo N. On braces. 2020."),
    (2, "# Description"),
    (2, "Braces hold knees. " + HOSTILE),
    (2, "\x00 a control sign, \u202e a turned one, \uf0b7 a private one"),
)


def cite(first: int, last: int | None = None, section: str = "Policy") -> dict[str, Any]:
    return {"section": section, "lines": [first, last or first], "sha256": "0" * 64}


def source_document(lines: tuple[tuple[int | None, str], ...] = _LINES) -> SourceDocument:
    """A document of lines with their pages, each line a block."""
    numbered = tuple(SourceLine(number, text, page) for number, (page, text) in enumerate(lines, start=1))
    blocks = tuple(
        Block(BlockKind.HEADING, line.text[2:], (line.number,), level=1)
        if line.text.startswith("# ")
        else Block(BlockKind.PARAGRAPH, line.text, (line.number,))
        for line in numbered
        if not line.is_blank
    )
    return SourceDocument("f" * 64, "text/markdown", numbered, blocks, name="knee-braces.md")


def policy_and_version() -> tuple[dict[str, Any], dict[str, Any]]:
    """A draft with something in every part, and a review mark on every kind of thing that can have one."""
    policy: dict[str, Any] = {
        "issuer": "invented",
        "number": "77",
        "title": "Knee Braces",
        "review": ["on the policy"],
        "identifiers": [{"system": "ncd-lcd", "value": "NA", "review": ["on an identifier"], "citation": cite(2)}],
        "related": [{"number": "78", "title": "Hip Braces", "review": ["on a related policy"], "citation": cite(2)}],
        "history": [
            {"date": "2024-01", "review": True, "touches": ["references"], "text": "Annual review.", "citation": cite(18)},
            {"date": "2024-01", "touches": ["coding"], "text": "Update.", "review_marks": ["on an event"], "citation": cite(19)},
        ],
    }
    version: dict[str, Any] = {
        "version": "2024-01",
        "review": ["on the version"],
        "lines_of_business": ["commercial", "medicare"],
        "lines_of_business_citation": cite(4),
        "facts": [
            {"id": "unstable", "type": "boolean", "ask": "Is the knee unstable?", "review": ["on a fact"], "citation": cite(6)},
            {"id": "deviation", "type": "number", "unit": "degrees", "ask": "How far does it deviate?", "citation": cite(7)},
            {"id": "broad", "type": "boolean", "ask": "Is it a knee?", "citation": cite(5, 7)},
        ],
        "definitions": [
            {
                "id": "bad-knee",
                "text": "A knee that needs it.",
                "criteria": {"not": {"fact": "unstable", "is": False, "review": ["deep in a definition"]}},
                "review": ["on a definition"],
                "citation": cite(6),
            }
        ],
        "provisions": [
            {
                "id": "knee-brace",
                "text": "A knee brace is medically necessary for an unstable knee that deviates.",
                "stance": "medically-necessary",
                "when": {"procedure": ["L1810"]},
                "criteria": {
                    "all": [
                        {"fact": "unstable", "citation": cite(6)},
                        {"fact": "deviation", "at_least": "10 degrees", "review": ["on a criterion"], "citation": cite(7)},
                        {"at_least_n": {"n": 1, "of": [{"see": "bad-knee"}, {"age": {"at_least": 18}}, {"sex": "male"}]}},
                        {"any": [{"diagnosis_listing": "knee-diagnoses"}, {"diagnosis": ["M23.*"]}, {"service_state": ["MA"]}]},
                    ]
                },
                "otherwise": "not-medically-necessary",
                "otherwise_citation": cite(5),
                "review": ["on a statement"],
                "citation": cite(5, 7),
            }
        ],
        "product_lists": [
            {
                "id": "braces",
                "provision": "knee-brace",
                "implies": {"unstable": True},
                "citation": cite(9, 10),
                "review": ["on a product list"],
                "products": [
                    {"name": "Bracette®", "manufacturer": "Invented Makers", "review": ["on a product"], "citation": cite(9)}
                ],
            }
        ],
        "code_listings": [
            {
                "id": "brace-codes",
                "system": "hcpcs",
                "decides": "with-provisions",
                "text": "Codes of knee braces.",
                "review": ["on a code listing"],
                "citation": cite(13),
                "codes": [{"code": "L1810", "review": ["on a code"], "citation": cite(13)}],
            }
        ],
        "diagnosis_listings": [
            {"id": "knee-diagnoses", "codes": ["M23.50"], "text": "Knees.", "review": ["on diagnoses"], "citation": cite(13)}
        ],
        "authorization": [
            {"setting": "outpatient", "rule": "no-auth", "text": "None.", "review": ["on a rule"], "citation": cite(16)}
        ],
        "supplement": [
            {
                "id": "table-1",
                "title": "Braces",
                "text": "A table.",
                "review": ["on a table"],
                "citation": cite(9),
                "rows": [
                    {
                        "product": "Bracette",
                        "matrix_type": "none",
                        "manufacturer": "IM",
                        "review": ["on a row"],
                        "citation": cite(9),
                    }
                ],
            }
        ],
        "source_conflicts": [
            {
                "id": "conflict",
                "product": "Bracette",
                "part": "supplement",
                "text": "Twice.",
                "review": ["on a conflict"],
                "citations": [cite(9), cite(13)],
            }
        ],
        "evidence": [{"id": "why", "text": "Braces hold.", "review": ["on evidence"], "citation": cite(23)}],
        "limitations": [{"id": "once", "text": "Once a year.", "review": ["on a limitation"], "citation": cite(5)}],
        "references": [{"number": 1, "title": "On braces", "review": ["on a reference"], "citation": cite(21)}],
    }
    return policy, version


def example() -> ImportedPolicy:
    """The document with its draft: every state occurs, three lines are not understood."""
    document = source_document()
    policy, version = policy_and_version()
    book = LedgerBook(document)
    for item in DraftView(policy, version).items():
        if item.kind not in ("criterion", "product list", "statement", "evidence"):
            book.used([cited.first for cited in item.cited if cited.first == cited.last], item.path)
    book.used([1], "title")
    book.used([5], "provisions[knee-brace].text")
    book.used([9], "product_lists[braces].products[bracette]")
    book.used([12, 15, 17, 20], "history")
    book.used([4], "heading")
    book.used([16], "authorization[another name]")
    book.furniture([8], "page number")
    book.not_understood([10], "no stance was recognised")
    book.narrative([22, 23, 24], "Description")
    files = {"invented/77/policy.yaml": "", "invented/77/2024-01.yaml": ""}
    return ImportedPolicy(document, outline_of(document), book.close(), policy, version, files)


def of_unknown_layout(document: SourceDocument) -> ImportedPolicy:
    """A document of which nothing is claimed."""
    return ImportedPolicy(document, outline_of(document), LedgerBook(document).close(), {}, {}, missing=("a policy number",))
