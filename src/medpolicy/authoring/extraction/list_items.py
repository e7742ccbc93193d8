"""The items of a list, nested by level, with what stands between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.interruptions import labels_sublist, only_interrupts
from medpolicy.authoring.extraction.statement_text import is_title
from medpolicy.authoring.extraction.wording import (
    connector_at_end,
    is_connector,
)


@dataclass(slots=True)
class ListItem:
    """An item with what is nested in it. `connector`: `and` or `or` between it and the next, as the document says it."""

    block: Block
    text: str
    connector: str = ""
    children: list[ListItem] = field(default_factory=list)
    connector_lines: list[int] = field(default_factory=list)
    note: str = ""  # what its own text notes behind it
    remarks: list[Block] = field(default_factory=list)  # paragraphs that stand behind it, before the list goes on

    @property
    def lines(self) -> list[int]:
        """Its own lines and those of all that is nested in it."""
        return sorted({*self.block.lines, *self.connector_lines, *(line for child in self.children for line in child.lines)})


def items_of(blocks: Sequence[Block]) -> tuple[list[ListItem], int]:
    """The list at the head of the blocks, nested by level, and how many blocks it takes; connectors alone on a line "
    "belong to it."""
    roots: list[ListItem] = []
    stack: list[ListItem] = []
    between: set[int] = set()  # what stands between two items and belongs to neither
    taken = 0
    for at, block in enumerate(blocks):
        if block.kind is BlockKind.FURNITURE or at in between:
            continue
        if block.kind is BlockKind.ITEM and roots and is_title(block) and not any(one.block.bold for one in stack):
            break  # a numbered heading, which resumes the numbers of the headings above
        if block.kind is BlockKind.ITEM and not is_connector(block.text):
            text, note = _without_note(block.text.strip())
            text, connector = connector_at_end(text)
            item = ListItem(block, text, connector, note=note)
            while stack and stack[-1].block.level >= block.level:
                stack.pop()
            (stack[-1].children if stack else roots).append(item)
            stack.append(item)
        elif roots and block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM) and is_connector(block.text):
            beside = _at_level(stack, _next_level(blocks, at + 1))
            if beside is None:
                break
            beside.connector = is_connector(block.text)
            beside.connector_lines += block.lines
        elif roots and labels_sublist(blocks, at):
            stack[-1].connector_lines += block.lines
        elif roots and _goes_on_behind(stack, blocks, at):
            stack[-1].remarks.append(block)
            between.add(at)
            continue
        else:
            break
        taken = at + 1
    return roots, taken


def breaks_off(items: Sequence[ListItem]) -> bool:
    """Whether the last item of a list announces more, and nothing follows."""
    last = items[-1]
    while last.children:
        last = last.children[-1]
    return bool(last.connector) or last.text.rstrip().endswith(":")


_NOTE_BEHIND: Final = re.compile(r"(?<=[.;,)\w])\s+\(?\**(?=notes?(?:\s*\d{1,2})?\s*:\s*\S)", re.IGNORECASE)


def _without_note(text: str) -> tuple[str, str]:
    """The text of an item without "Note: ..." behind it, and the note."""
    match = _NOTE_BEHIND.search(text)
    return (text, "") if match is None else (text[: match.start()].rstrip(), text[match.end() :].strip())


def _goes_on_behind(stack: Sequence[ListItem], blocks: Sequence[Block], at: int) -> bool:
    following = next((later for later in blocks[at + 1 :] if later.kind is not BlockKind.FURNITURE), None)
    if following is None:
        return False
    before = next((item.block for item in reversed(stack) if item.block.level == following.level), None)
    return only_interrupts(blocks[at], before, stack[-1].block, following)


def _next_level(blocks: Sequence[Block], at: int) -> int | None:
    later = (blocks[place] for place in range(at, len(blocks)))
    return next((block.level for block in later if block.kind is BlockKind.ITEM), None)


def _at_level(stack: Sequence[ListItem], level: int | None) -> ListItem | None:
    if level is None:
        return None
    return next((item for item in reversed(stack) if item.block.level <= level), None)
