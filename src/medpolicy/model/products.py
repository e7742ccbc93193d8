"""Names of products, and when two names are the same.

DESIGN.md, "Asking": names match after removal of trademark signs, NFKC, case folding and collapsed spaces. Likeness is
for suggestions, never for deciding.
"""

from __future__ import annotations

import re
import unicodedata

# The signs, and their spellings in ASCII. NFKC would turn ™ into "TM", so the signs go first.
_SIGNS = re.compile(r"[®™℠]|\((?:r|tm|sm)\)", re.IGNORECASE)


def product_key(name: str) -> str:
    """The form of a product's name by which names are compared; it may be empty."""
    if name.isascii() and "(" not in name:
        return " ".join(name.casefold().split())
    plain = unicodedata.normalize("NFKC", _SIGNS.sub("", name)).casefold()
    return " ".join(plain.split())
