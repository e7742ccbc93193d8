"""An import's work grows with the document: twice the text is twice the work, and not four times, also where it repeats itself.

What is counted is calls of functions, of Python and of C, so that a busy machine changes nothing.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest

from medpolicy.authoring.importing import ImportedPolicy, import_document
from medpolicy.authoring.ledger_json import ledger_json
from medpolicy.authoring.ledger_page import ledger_page
from tests.conftest import ROOT
from tests.small_documents import docx

COPIES = 6
MOST = 2.5  # times the work for twice the text; were a third of the work quadratic, it would be 2.7

# Lists of products, tables that say the contrary of them, a grid of authorization, references, history, exceptions.
PRODUCTS = """\
# Bone widgets

Policy Number: 77

Effective Date: 1/1/2024

## Policy Statement

### Commercial Members: Managed Care (HMO and POS)

Bone widgets that must be combined with bone marrow are considered **investigational** for all applications:

- Alpha Putty™ (Acme)
- Beta Foam® (Acme)
- Gamma Mix™ (Widgets Inc)
- Delta Chips® (Widgets Inc)

Bone widgets are considered investigational when the criteria for each widget are not met.

## Prior Authorization Information

| | Outpatient | Inpatient |
|---|---|---|
| Commercial Managed Care (HMO and POS) | Prior authorization is not required. | Prior authorization is required. |
| Commercial PPO | Prior authorization is not required. | Prior authorization is required. |

## Program Exceptions

Medicare Advantage: National Coverage Determination (NCD) 20.4 for bone widgets.

## Supplemental Information

**Table 1. Examples of Products That Do Not Require Mixing With Bone Marrow**

| Product | Matrix Type | Manufacturer |
|---|---|---|
| Alpha Putty™ | bovine | Acme |
| Beta Foam® | bovine | Acme |
| Gamma Mix™ | human | Widgets Inc |
| Delta Chips® | human | Widgets Inc |

## CPT Codes

The following codes are investigational:

| CPT code | Description |
|---|---|
| 11111 | A widget |
| 22222 | A widget |

## Related Policies

- Widgets of the knee, 123
- Widgets of the hip

## Policy History

| Date | Action |
|---|---|
| 3/2025 | Annual review. Policy statements unchanged. |
| 1/2024 | New policy, effective 1/1/2024. |

## References

1. Smith J, Jones K. Widgets in bone. J Widgets. 2001;12(3):44-50.
2. Doe J. Widgets again. J Widgets. 2002;13(4):51-60. PMID 12345678.
3. Roe R. Widgets once more. J Widgets. 2003;14(5):61-70.
"""


def _word_document(text: str, copies: int) -> bytes:
    def write(document: Any) -> None:
        for line in text.splitlines() * copies:
            if line.startswith("#"):
                document.add_heading(line.strip("# "), line.count("#"))
            else:
                document.add_paragraph(line.strip("| "))

    return docx(write)


def _document(name: str, copies: int) -> bytes:
    if name.startswith("products"):
        return _word_document(PRODUCTS, copies) if name.endswith(".docx") else (PRODUCTS * copies).encode()
    return (ROOT / "tests" / "invented" / name).read_bytes() * copies


def _import(data: bytes, name: str) -> tuple[ImportedPolicy, int]:
    """What comes of a document with its ledger, and how many letters are written."""
    imported = import_document(data, name)
    written = [*imported.files.values(), str(ledger_json(imported)), ledger_page(imported)]
    return imported, sum(map(len, written))


def _calls(data: bytes, name: str) -> int:
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        _import(data, name)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "name", ["products.md", "products.docx", "bulletin.html", "rationale.md", "position.md", "guideline.txt"]
)
def test_twice_the_text_is_twice_the_work(name: str) -> None:
    once, twice = _document(name, COPIES), _document(name, 2 * COPIES)
    _, letters = _import(once, name)  # also fills what is looked up once for a process
    _, more_letters = _import(twice, name)
    assert more_letters < MOST * letters
    assert _calls(twice, name) < MOST * _calls(once, name)


def test_a_contradiction_that_is_repeated_word_for_word_is_named_once() -> None:
    once, _ = _import(PRODUCTS.encode(), "products.md")
    often, _ = _import(PRODUCTS.encode() * 3, "products.md")
    assert len(once.version["source_conflicts"]) == 4
    assert often.version["source_conflicts"] == once.version["source_conflicts"]
