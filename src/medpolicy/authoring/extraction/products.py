"""Lists of named products: trademarks, makers in brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from medpolicy.authoring.extraction.context import Extraction, Ids, Item, mark, slug
from medpolicy.authoring.extraction.list_items import ListItem
from medpolicy.authoring.outline import Section
from medpolicy.model.products import product_key

_NAME_AND_MAKER: Final = re.compile(r"^(?P<name>.+?)\s*\((?P<maker>[A-Z][^()]*)\)\s*[.;,]?$")
_TRADEMARK: Final = re.compile(r"[®™]|\((?:R|TM)\)")


def is_product_list(texts: Sequence[str]) -> bool:
    """Whether most of the items are names of products: a trademark sign, or a name with its maker in brackets."""
    named = [text for text in texts if (_NAME_AND_MAKER.match(text.strip()) and _is_name(text)) or _TRADEMARK.search(text)]
    return bool(texts) and any(_TRADEMARK.search(text) for text in texts) and len(named) * 2 > len(texts)


def _is_name(text: str) -> bool:
    words = re.sub(r"\(.*", "", text).split()
    return 0 < len(words) <= 9 and words[0][:1].isupper()


def product_list_of(
    extraction: Extraction,
    section: Section,
    provision: str,
    items: Sequence[ListItem],
    implies: Mapping[str, bool],
    lines: Sequence[int],
    *,
    ids: Ids,
) -> Item:
    """The product list of a provision: names as printed, with trademark signs, and makers."""
    identifier = ids.give(f"products-of-{provision}")
    products: dict[str, Item] = {}  # by the form in which names are compared
    is_said = False
    for item in items:
        text = re.sub(r"\s+", " ", item.text).strip().rstrip(".;,")
        match = _NAME_AND_MAKER.match(text)
        product: Item = {
            "name": match["name"].strip() if match else text,
            "manufacturer": match["maker"].strip() if match else "not named",
        }
        key = product_key(product["name"])
        twin = products.get(key)
        if twin is not None:
            mark(twin, f"it stands in the list again (line {item.block.first_line}): is another product meant there?")
            is_said = True
            extraction.use(item.lines, f"product_lists[{identifier}].products[{slug(product['name'])}]")
            continue
        if match is None and not is_said:
            is_said = True
            mark(product, "the document names no maker, here or wherever a maker is “not named”")  # once, at the first
        product["citation"] = extraction.cite(section, item.lines)
        products[key] = product
        extraction.use(item.lines, f"product_lists[{identifier}].products[{slug(product['name'])}]")
    return {
        "id": identifier,
        "provision": provision,
        "implies": dict(implies),
        "citation": extraction.cite(section, lines),
        "products": list(products.values()),
    }
