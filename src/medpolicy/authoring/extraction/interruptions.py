"""What stands between the items of a list and does not end it: a label of what is nested, a note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.wording import connector_at_end, sentences_of, stance_in
from medpolicy.authoring.readers.markers import BULLET, readings

_LABEL_OF_SUBLIST: Final = re.compile(r"[A-Z][\w /-]{0,40}:")


def labels_sublist(blocks: Sequence[Block], at: int) -> bool:
    """Whether a paragraph is a label such as "Group I:" between an item and what is nested in it."""
    block = blocks[at]
    if block.kind is not BlockKind.PARAGRAPH or _LABEL_OF_SUBLIST.fullmatch(block.text.strip()) is None:
        return False
    before = next((blocks[place] for place in range(at - 1, -1, -1) if blocks[place].kind is not BlockKind.FURNITURE), None)
    after = next((blocks[place] for place in range(at + 1, len(blocks)) if blocks[place].kind is not BlockKind.FURNITURE), None)
    if before is None or after is None or not before.kind is after.kind is BlockKind.ITEM:
        return False
    return before.text.rstrip().endswith(":") and after.level > before.level


def only_interrupts(paragraph: Block, before: Block | None, last: Block, following: Block) -> bool:
    """Whether a paragraph only interrupts a list, as a note does: the next item bears the next number, or is awaited.

    `before`: the item of the level of the next one; `last`: the item right before the paragraph.
    """
    if paragraph.kind is not BlockKind.PARAGRAPH or following.kind is not BlockKind.ITEM or before is None:
        return False
    text = paragraph.text.strip()
    if text.endswith(":") or any(stance_in(text[start:end]) is not None for start, end in sentences_of(text)):
        return False
    numbers = {(numeral.style, numeral.value + 1) for numeral in readings(before.marker)}
    is_next = any(numeral.style != BULLET and (numeral.style, numeral.value) in numbers for numeral in readings(following.marker))
    return is_next or bool(connector_at_end(last.text.strip())[1])
