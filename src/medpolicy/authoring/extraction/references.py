"""The numbered references of a document: which line begins which reference. What stands in one is read by `bibliography`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.bibliography import read_reference
from medpolicy.authoring.extraction.context import Extraction, Item, mark
from medpolicy.authoring.extraction.entries import Entry, content, joined, line_entries
from medpolicy.authoring.outline import Section, SectionKind

_NUMBERED = re.compile(r"\[?(?P<number>\d{1,3})[.)\]](?:\s*(?=[^\W\d_])|\s+(?=[“\"‘'(<\d]))(?P<text>.*)", re.DOTALL)
_LARGEST_GAP = 5
_COUNTED = "no number is printed before it, nor before those that follow; they were counted"


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A reference as printed: its number, None where none is printed."""

    number: int | None
    entry: Entry


def extract_references(extraction: Extraction) -> None:
    """Fill `version["references"]`, in the document's order. A number that stands twice is replaced, and marked."""
    found: list[Item] = []
    for section in extraction.outline.of_kind(SectionKind.REFERENCES):
        if section.heading is not None:
            extraction.use(section.heading.lines, "references")
        for printed in _printed(extraction, section):
            found.append(_reference(extraction, section, printed, found))
    if found:
        extraction.version["references"] = found


def _reference(extraction: Extraction, section: Section, printed: _Numbered, before: list[Item]) -> Item:
    taken = [item["number"] for item in before]
    number = printed.number
    if number is None or number in taken:
        number = max(taken, default=0) + 1
    fields, doubts = read_reference(printed.entry.text)
    item: Item = {"number": number, **fields, "citation": extraction.cite(section, printed.entry.lines)}
    for doubt in doubts:
        mark(item, doubt)
    if printed.number is None:
        if before and before[-1]["number"] == number - 1 and _COUNTED in before[0].get("review", ()):
            pass  # said once, at the first
        else:
            mark(item, _COUNTED)
    elif printed.number != number:
        mark(item, f"it is printed as number {printed.number}, which another reference bears; it was given the next free number")
    elif taken and number > taken[-1] + 1:
        missing = f"{taken[-1] + 1}" if number == taken[-1] + 2 else f"{taken[-1] + 1} to {number - 1}"
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
        if block.kind in (BlockKind.ITEM, BlockKind.PARAGRAPH) and len(block.text.split()) > 3:
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
    candidates = [(at, int(match["number"])) for at, match in enumerate(matches) if match is not None]
    numbered: list[_Numbered] = []
    before: list[Entry] = []
    for at, (entry, match) in enumerate(zip(entries, matches, strict=True)):
        later = {number for where, number in candidates if where > at}
        if match is not None and _follows(int(match["number"]), numbered, later):
            numbered.append(_Numbered(int(match["number"]), Entry(match["text"], entry.lines)))
        elif numbered:
            numbered[-1] = _Numbered(numbered[-1].number, joined(numbered[-1].entry, entry))
        else:
            before.append(entry)
    return numbered, before


def _follows(number: int, before: list[_Numbered], later: set[int]) -> bool:
    """Whether a number may be the next one; a line within a reference may begin with a number too, such as a volume."""
    last = before[-1].number if before else None
    if last is None:
        return number <= _LARGEST_GAP
    if number == last + 1:
        return True
    return (last <= number <= last + _LARGEST_GAP and last + 1 not in later | {number}) or (number == last and last + 1 in later)
