"""A section's blocks as entries: a dated row, a numbered reference, a code with its description, each with its own lines.

Readers do not always know where one entry ends and the next begins; the source's lines do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from medpolicy.authoring.document import Block, BlockKind, Row
from medpolicy.authoring.outline import Section

_BULLETS = frozenset("•◦▪●○·*-–—o")
_ENDS_IN_HYPHEN = re.compile(r"\S-$")
_END = 3  # characters that show whether a text ends so, with a line feed behind it


@dataclass(frozen=True, slots=True)
class Entry:
    """A text of its own and the lines on which it stands, in order."""

    text: str
    lines: tuple[int, ...]


def content(section: Section) -> Iterator[Block]:
    """The blocks of a section that are no furniture."""
    return (block for block in section.blocks if block.kind is not BlockKind.FURNITURE)


def with_marker(block: Block) -> str:
    """The text of a block with the number or letter printed before it; a bullet is no part of it."""
    return f"{block.marker} {block.text}" if block.marker and block.marker not in _BULLETS else block.text


def line_entries(block: Block) -> list[Entry]:
    """The text of a block, line by line as the source has it; of a table row by row."""
    if block.kind is BlockKind.TABLE:
        return [Entry(" ".join(text for text in row.texts if text), lines_of_row(row)) for row in block.rows]
    if not block.spans:
        return [Entry(with_marker(block), block.lines)]
    found = [Entry(block.text[span.start : span.end].strip(), (span.line,)) for span in block.spans]
    first = found[0]
    return [Entry(f"{with_marker(block)[: -len(block.text) or None]}{first.text}".strip(), first.lines), *found[1:]]


def lines_of_row(row: Row) -> tuple[int, ...]:
    return tuple(sorted(set(row.lines)))


def lines_outside_rows(table: Block) -> tuple[int, ...]:
    """The lines of a table that stand in no row: rulers."""
    held = {line for row in table.rows for line in row.lines}
    return tuple(line for line in table.lines if line not in held)


def split_at(entries: Iterable[Entry], starts: Callable[[str], object]) -> tuple[list[Entry], list[Entry]]:
    """What stands before the first line that starts an entry, and the entries, each with the lines that continue it."""
    before: list[Entry] = []
    found: list[Growing] = []
    for entry in entries:
        if not entry.text:
            continue
        if starts(entry.text):
            found.append(Growing(entry))
        elif found:
            found[-1].add(entry)
        else:
            before.append(entry)
    return before, [growing.entry() for growing in found]


class Growing:
    """An entry that grows by the lines that continue it; it is put together once, however many they are.

    A hyphen at the end may stand within a word, a range or an address, so no space follows it.
    """

    def __init__(self, first: Entry) -> None:
        self._texts = [first.text]
        self._lines = [*first.lines]
        self._end = first.text[-_END:]

    def add(self, entry: Entry) -> None:
        separator = "" if _ENDS_IN_HYPHEN.search(self._end) else " "
        self._texts += (separator, entry.text)
        self._lines += entry.lines
        self._end = f"{self._end}{separator}{entry.text}"[-_END:]

    def entry(self) -> Entry:
        return Entry("".join(self._texts), tuple(self._lines))


_LABEL_WITHIN = re.compile(r"\s+(?:\|\s+)?(?=[A-Z][A-Za-z]*(?: [A-Za-z]+){0,3}:\s)")


def labels_on_a_line(text: str) -> list[str]:
    """ "Policy Number: 7 Effective Date: 1/1/2026", "Policy ID: 7 | Line of business: Medicaid": each label with its value."""
    found: list[str] = []
    start = 0
    for match in _LABEL_WITHIN.finditer(text):
        if ":" in text[start : match.start()]:  # else it is the second word of a label
            found.append(text[start : match.start()])
            start = match.end()
    return [*found, text[start:]]
