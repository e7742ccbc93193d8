"""What every part of the extraction shares: the document, the draft that grows, the ledger, citations and review marks.

The draft is plain mappings and lists in the very form of the policy files (`formats/policy_shapes.py`), so that writing it out
and reading it back is the check of its form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from medpolicy.authoring.document import SourceDocument
from medpolicy.authoring.ledger import LedgerBook
from medpolicy.authoring.outline import Outline, Section
from medpolicy.model.issuer import Issuer

Item = dict[str, Any]
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Extraction:
    """One document on its way to a draft. `policy` and `version` are the two files' contents; `issuer` where it is on file."""

    document: SourceDocument
    outline: Outline
    book: LedgerBook
    issuer: Issuer | None = None
    policy: Item = field(default_factory=dict)
    version: Item = field(default_factory=dict)
    known_lines: object = None  # the lines of business with their words, which lines_of_business.py works out once

    def cite(self, section: Section | str, lines: Sequence[int]) -> Item:
        """A citation of the first to the last of the lines, in the form of the policy files."""
        title = section if isinstance(section, str) else section_name(section)
        first, last = min(lines), max(lines)
        return {"section": title, "lines": [first, last], "sha256": self.document.digest(first, last)}

    def use(self, lines: Iterable[int], by: str) -> None:
        self.book.used(lines, by)


_LONG_TITLE = 60


def section_name(section: Section) -> str:
    """The heading that a citation names: the nearest that is short enough to find one's way by."""
    short = next((title for title in reversed(section.path) if title and len(title) <= _LONG_TITLE), "")
    return short or section.title or "Heading of the document"


def mark(item: Item, reason: str, *, key: str = "review") -> None:
    """Ask a reviewer to confirm something of an item: `reason` says what is uncertain. History events have another `key`."""
    reasons = item.setdefault(key, [])
    if reason not in reasons:
        reasons.append(reason)


def slug(text: str, *, limit: int = 60, joiner: str = "-") -> str:
    """An id from words: lower case, ASCII, joined; cut at a word before the limit."""
    plain = unicodedata.normalize("NFKD", re.sub(r"[®™©℠–—/]|\(.*?\)", " ", text)).encode("ascii", "ignore").decode().lower()
    words = [word for word in _NO_WORD.sub(" ", plain).split() if word]
    found = ""
    for word in words:
        longer = f"{found}{joiner}{word}" if found else word
        if len(longer) > limit and found:
            break
        found = longer[:limit]
    return found


class Ids:
    """Ids of one list, each given once. It remembers how far it counted, so that giving one costs the same however many are."""

    def __init__(self, taken: Iterable[str] = (), *, joiner: str = "-") -> None:
        self._taken = set(taken)
        self._joiner = joiner
        self._next: dict[str, int] = {}

    def give(self, wanted: str) -> str:
        """The id, with a number behind it where it is taken already; it is taken from now on."""
        found, number = wanted, self._next.get(wanted, 2)
        while found in self._taken:
            found, number = f"{wanted}{self._joiner}{number}", number + 1
        self._next[wanted] = number
        self._taken.add(found)
        return found

    def take(self, identifier: str) -> None:
        """The id is that of something already."""
        self._taken.add(identifier)
