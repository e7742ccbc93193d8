"""Products of which the document's lists and tables appear to say the contrary: both places are kept, and nobody is believed.

`medpolicy lint` finds the same in policies that people wrote; the wording is judged by one set of rules.
"""

from __future__ import annotations

from collections.abc import Sequence

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.context import Extraction, Item, slug, unique
from medpolicy.authoring.lint.wording import Demand, demand_in, same_product, telling_words


def extract_source_conflicts(extraction: Extraction) -> None:
    """Compare each product list with the supplement's tables: what the one demands and the other says is not demanded."""
    version = extraction.version
    statements = {provision["id"]: provision for provision in version.get("provisions", [])}
    conflicts: list[Item] = version.setdefault("source_conflicts", [])
    tables = [(table, demand_in(_title(extraction, table))) for table in version.get("supplement", [])]
    for products_of in version.get("product_lists", []):
        ours = demand_in(" ".join(_text(extraction, statements[products_of["provision"]])))
        for table, theirs in tables:
            if not _contrary(ours, theirs):
                continue
            for product in products_of["products"]:
                row = next((row for row in table["rows"] if same_product(product["name"], row["product"])), None)
                if row is not None:
                    conflicts.append(_conflict(product, row, table, [conflict["id"] for conflict in conflicts]))


def _contrary(ours: Demand | None, theirs: Demand | None) -> bool:
    if ours is None or theirs is None or ours.is_made is theirs.is_made:
        return False
    return bool(telling_words(ours.of) & telling_words(theirs.of))


def _conflict(product: Item, row: Item, table: Item, taken: Sequence[str]) -> Item:
    return {
        "id": unique(f"{slug(product['name'], limit=40)}-and-{table['id']}", taken),
        "product": product["name"],
        "part": "supplement",
        "text": (
            f"The policy appears to conflict with itself on {product['name']}: the list of its statement and {table['id']} "
            "say the contrary of each other about how it is used."
        ),
        "citations": [product["citation"], row["citation"]],
    }


def _text(extraction: Extraction, provision: Item) -> list[str]:
    first, last = provision["citation"]["lines"]
    return extraction.document.text_of(range(first, last + 1))


def _title(extraction: Extraction, table: Item) -> str:
    """The title that the document prints above a table: the last words before its first row."""
    first_row = min((row["citation"]["lines"][0] for row in table["rows"]), default=0)
    above = [
        block
        for block in extraction.document.blocks
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING) and block.last_line < first_row
    ]
    return _last(above).text if above else ""


def _last(blocks: Sequence[Block]) -> Block:
    return max(blocks, key=lambda block: block.last_line)
