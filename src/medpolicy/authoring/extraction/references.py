"""The numbered references of a document: which line begins which reference. What stands in one is read by `bibliography`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.bibliography import read_reference
from medpolicy.authoring.extraction.context import Extraction, Item, mark
from medpolicy.authoring.extraction.entries import Entry, Growing, content, line_entries
from medpolicy.authoring.outline import Section, SectionKind

_NUMBERED = re.compile(r"\[?(?P<number>\d{1,3})[.)\]](?:\s*(?=[^\W\d_])|\s+(?=[“\"‘'(<\d]))(?P<text>.*)", re.DOTALL)
_LARGEST_GAP = 5
_COUNTED = "no number is printed before it, nor before those that follow; they were counted"


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A reference as printed: its number, None where none is printed."""

    number: int | None
    entry: Entry


class _Numbers:
    """The numbers that references bear, each given once."""

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._highest = 0

    def give(self, wanted: int | None) -> int:
        """The number; the next free one where it is taken, or none is wanted."""
        number = self._highest + 1 if wanted is None or wanted in self._taken else wanted
        self._taken.add(number)
        self._highest = max(self._highest, number)
        return number


def extract_references(extraction: Extraction) -> None:
    """Fill `version["references"]`, in the document's order. A number that stands twice is replaced, and marked."""
    found: list[Item] = []
    numbers = _Numbers()
    for section in extraction.outline.of_kind(SectionKind.REFERENCES):
        if section.heading is not None:
            extraction.use(section.heading.lines, "references")
        for printed in _printed(extraction, section):
            found.append(_reference(extraction, section, printed, found, numbers))
    if found:
        extraction.version["references"] = found


def _reference(extraction: Extraction, section: Section, printed: _Numbered, before: list[Item], numbers: _Numbers) -> Item:
    number = numbers.give(printed.number)
    last = before[-1]["number"] if before else None
    fields, doubts = read_reference(printed.entry.text)
    item: Item = {"number": number, **fields, "citation": extraction.cite(section, printed.entry.lines)}
    for doubt in doubts:
        mark(item, doubt)
    if printed.number is None:
        if before and last == number - 1 and _COUNTED in before[0].get("review", ()):
            pass  # said once, at the first
        else:
            mark(item, _COUNTED)
    elif printed.number != number:
        mark(item, f"it is printed as number {printed.number}, which another reference bears; it was given the next free number")
    elif last is not None and number > last + 1:
        missing = f"{last + 1}" if number == last + 2 else f"{last + 1} to {number - 1}"
        mark(item, f"no reference {missing} stands before it")
    extraction.use(printed.entry.lines, f"references[{number}]")
    return item


def _printed(extraction: Extraction, section: Section) -> Iterator[_Numbered]:
    """The references; text before the first number is none, unless the section prints no numbers at all."""
    lists = [_in_numbers(entries) for entries in _lists(section)]
    if any(numbered for numbered, _ in lists):
        for numbered, before in lists:
            for entry in before:
                extraction.book.narrative(entry.lines, "references")
            yield from numbered
        return
    for block in content(section):
        if block.kind is BlockKind.PARAGRAPH and block.text.rstrip().endswith(":"):
            extraction.book.narrative(block.lines, "references")
        elif block.kind in (BlockKind.ITEM, BlockKind.PARAGRAPH) and len(block.text.split()) > 3:
            yield _Numbered(None, Entry(block.text, block.lines))


def _lists(section: Section) -> Iterator[list[Entry]]:
    """The entries of each list of references: one that begins again at 1 under a label of its own is another list."""
    gathered: list[Entry] = []
    blocks = list(content(section))
    for at, block in enumerate(blocks):
        entries = [entry for entry in line_entries(block) if entry.text]
        following = next((entry.text for later in blocks[at + 1 : at + 2] for entry in line_entries(later)), "")
        if gathered and _is_label(block) and re.match(r"\[?1[.)\]]", following):
            yield gathered
            gathered = []
        gathered += entries
    yield gathered


def _is_label(block: Block) -> bool:
    text = block.text.strip()
    return block.kind is BlockKind.PARAGRAPH and (block.bold or text.endswith(":")) and _NUMBERED.match(text) is None


def _in_numbers(entries: list[Entry]) -> tuple[list[_Numbered], list[Entry]]:
    """The numbered references of one list, and what stands before the first number."""
    matches = [_NUMBERED.match(entry.text) for entry in entries]
    last_at = {int(match["number"]): at for at, match in enumerate(matches) if match is not None}
    numbered: list[tuple[int, Growing]] = []
    before: list[Entry] = []
    for at, (entry, match) in enumerate(zip(entries, matches, strict=True)):
        last = numbered[-1][0] if numbered else None
        # Whether the number that should follow stands further down.
        awaited = last is not None and last_at.get(last + 1, -1) > at
        if match is not None and _follows(int(match["number"]), last, is_next_awaited=awaited):
            numbered.append((int(match["number"]), Growing(Entry(match["text"], entry.lines))))
        elif numbered:
            numbered[-1][1].add(entry)
        else:
            before.append(entry)
    return [_Numbered(number, growing.entry()) for number, growing in numbered], before


def _follows(number: int, last: int | None, *, is_next_awaited: bool) -> bool:
    """Whether a number may be the next one; a line within a reference may begin with a number too, such as a volume."""
    if last is None:
        return number <= _LARGEST_GAP
    if number == last + 1:
        return True
    if is_next_awaited:
        return number == last
    return last <= number <= last + _LARGEST_GAP
