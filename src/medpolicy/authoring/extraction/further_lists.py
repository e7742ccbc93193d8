"""Lists that go on from another one of the same statement: "AND BOTH of the following:" behind the first list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.list_items import ListItem, items_of
from medpolicy.authoring.extraction.statement_text import list_under
from medpolicy.authoring.extraction.wording import Quantifier, quantifier_in, stance_in

_JOINS: Final = re.compile(r"^\W*(?P<word>AND|OR|and|or|And|Or|PLUS|Plus|In addition)\b[\s,:*]*(?P<rest>.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FurtherList:
    """A list with its lead-in, joined to the list before it: `kind` is `all` or `any`. `end`: the place behind its blocks."""

    kind: str
    quantifier: Quantifier | None
    items: list[ListItem]
    lines: tuple[int, ...]
    end: int


def further_lists(blocks: Sequence[Block], at: int) -> list[FurtherList]:
    """The lists from `at` on whose lead-in opens with "and" or "or", and takes no stance of its own."""
    found: list[FurtherList] = []
    while True:
        while at < len(blocks) and blocks[at].kind is BlockKind.FURNITURE:
            at += 1
        if at >= len(blocks) or blocks[at].kind is not BlockKind.PARAGRAPH:
            return found
        joins = _JOINS.match(blocks[at].text)
        quantifier = quantifier_in(blocks[at].text) if joins is not None else None
        if joins is None or quantifier is None or stance_in(blocks[at].text) is not None:
            return found
        items, taken = items_of(list_under(blocks, at + 1, blocks[at]))
        if not items:
            return found
        lines = (*blocks[at].lines, *(line for item in items for line in item.lines))
        end = at + 1 + taken
        kind = "any" if joins["word"].lower() == "or" else "all"
        found.append(FurtherList(kind, quantifier, items, lines, end))
        at = end
