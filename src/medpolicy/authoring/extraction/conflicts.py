"""Products of which the document's lists and tables appear to say the contrary: both places are kept, and nobody is believed.

`medpolicy lint` finds the same in policies that people wrote; the wording is judged by one set of rules. What a document repeats
word for word contradicts it once, at the first place: twenty copies of a list and of a table are not four hundred contradictions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from medpolicy.authoring.document import Block, BlockKind, SourceDocument
from medpolicy.authoring.extraction.context import Extraction, Ids, Item, slug
from medpolicy.authoring.lint.wording import Demand, demand_in, same_product, squashed, telling_words, words_of
from medpolicy.model.products import product_key


def extract_source_conflicts(extraction: Extraction) -> None:
    """Compare each product list with the supplement's tables: what the one demands and the other says is not demanded."""
    version = extraction.version
    statements = {provision["id"]: provision for provision in version.get("provisions", [])}
    conflicts: list[Item] = version.setdefault("source_conflicts", [])
    ids = Ids(conflict["id"] for conflict in conflicts)
    tables = _different_tables(extraction, version.get("supplement", []))
    contrary: dict[str, list[_Table]] = {}
    compared: set[tuple[str, str]] = set()
    for products_of in version.get("product_lists", []):
        text = " ".join(_text(extraction, statements[products_of["provision"]]))
        if text not in contrary:
            ours = demand_in(text)
            contrary[text] = [table for table in tables if _contrary(ours, table.demand)]
        new = [product for product in products_of["products"] if (text, product["name"]) not in compared]
        compared.update((text, product["name"]) for product in new)
        for table in contrary[text]:
            for product in new:
                row = table.row_of(product["name"])
                if row is not None:
                    conflicts.append(_conflict(product, row, table.item, ids))


@dataclass(slots=True)
class _Table:
    """A table of the supplement, what its title demands, and its rows by what begins and what makes up a product's name."""

    item: Item
    demand: Demand | None
    _rows: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for at, row in enumerate(self.item["rows"]):
            for key in _keys(row["product"]):
                self._rows.setdefault(key, []).append(at)

    def row_of(self, name: str) -> Item | None:
        """The first row of a product that may be the same."""
        alike = sorted({at for key in _keys(name) for at in self._rows.get(key, ())})
        rows = (self.item["rows"][at] for at in alike)
        return next((row for row in rows if same_product(name, row["product"])), None)


def _keys(name: str) -> Iterator[str]:
    """Two names that `same_product` takes for one have one of these in common."""
    yield from words_of(product_key(name))[:1]
    yield squashed(name)


def _different_tables(extraction: Extraction, tables: list[Item]) -> list[_Table]:
    """The tables without those that repeat another's title and products."""
    titles = _Titles(extraction.document)
    found: dict[tuple[str, ...], _Table] = {}
    for table in tables:
        title = titles.above(min((row["citation"]["lines"][0] for row in table["rows"]), default=0))
        key = (title, *(row["product"] for row in table["rows"]))
        if key not in found:
            found[key] = _Table(table, demand_in(title))
    return list(found.values())


def _contrary(ours: Demand | None, theirs: Demand | None) -> bool:
    if ours is None or theirs is None or ours.is_made is theirs.is_made:
        return False
    return bool(telling_words(ours.of) & telling_words(theirs.of))


def _conflict(product: Item, row: Item, table: Item, ids: Ids) -> Item:
    return {
        "id": ids.give(f"{slug(product['name'], limit=40)}-and-{table['id']}"),
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


class _Titles:
    """The title that the document prints above a table: the last words before its first row."""

    def __init__(self, document: SourceDocument) -> None:
        ending: dict[int, Block] = {}  # of several that end on one line the first
        for block in document.blocks:
            if block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING):
                ending.setdefault(block.last_line, block)
        self._lines = sorted(ending)
        self._ending = ending

    def above(self, line: int) -> str:
        at = bisect_left(self._lines, line)
        return self._ending[self._lines[at - 1]].text if at else ""
