"""Related policies: number, title, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medpolicy.authoring.document import BlockKind
from medpolicy.authoring.extraction.context import Extraction, Item, mark, slug, unique
from medpolicy.authoring.extraction.entries import Entry, content, joined, line_entries, lines_of_row, lines_outside_rows
from medpolicy.authoring.outline import Section, SectionKind, kind_of_heading

_NUMBER = r"(?:[A-Z]{0,6}[-.]?\d{1,5}(?:[-.]\w{1,6}){1,3}|[A-Z]{0,6}[-.]?\d{2,6})"
_BEHIND = re.compile(
    r"^(?P<title>.*?[^\s,;:#(–-])\s*(?:[,;:–-]+\s*)?(?:\(?(?:#|policy(?: number| #| no\.?)?\s*|no\.?\s*))?\s*#?\(?"
    rf"(?P<number>{_NUMBER})\)?\.?$",
    re.IGNORECASE | re.DOTALL,
)
_BEFORE = re.compile(
    rf"^(?:(?:(?-i:[A-Z]{{2,4}})|policy|guideline|bulletin)\s+)?#?\(?(?P<number>{_NUMBER})\)?\s*[-–:,|]*\s+(?P<title>[^\W\d_].*)$",
    re.IGNORECASE | re.DOTALL,
)
_NO_NUMBER = "no number is printed, here or further down: an id made of the title stands for each that has none"
_NONE = re.compile(r"^(?:none|not applicable|n/?a|no related (?:policies|guidelines))\b.{0,40}$", re.IGNORECASE)


def extract_related(extraction: Extraction) -> None:
    """Fill `policy["related"]`. A policy printed without a number gets an id made of its title, and a mark."""
    found: list[Item] = []
    for section in extraction.outline.of_kind(SectionKind.RELATED):
        if section.heading is not None:
            extraction.use(section.heading.lines, "related")
        for entry in _entries(extraction, section):
            if _NONE.match(entry.text):
                extraction.book.narrative(entry.lines, "related")
            else:
                found.append(_related(extraction, section, entry, found))
    for section, entry in _in_front(extraction):
        found.append(_related(extraction, section, entry, found))
    if found:
        extraction.policy["related"] = found


def _in_front(extraction: Extraction) -> Iterator[tuple[Section, Entry]]:
    """A row of the document's head that a label says to hold related policies, one behind the other."""
    for section in extraction.outline.of_kind(SectionKind.FRONT):
        for block in content(section):
            for row in block.rows:
                label, *rest = (text.strip() for text in row.texts if text.strip()) if any(row.texts) else ("",)
                if kind_of_heading(label.rstrip(":")) is SectionKind.RELATED:
                    for text in re.split(r"\s*;\s*", "; ".join(rest)):
                        if text and _NONE.match(text) is None:
                            yield section, Entry(text, lines_of_row(row))


def _related(extraction: Extraction, section: Section, entry: Entry, before: list[Item]) -> Item:
    match = _BEHIND.match(entry.text) or _BEFORE.match(entry.text)
    title = (match["title"] if match else entry.text).strip(" ,;.")
    number = match["number"] if match else unique(slug(title, limit=40) or "policy", [item["number"] for item in before])
    item: Item = {"number": number, "title": title, "citation": extraction.cite(section, entry.lines)}
    if match is None and not any(_NO_NUMBER in item.get("review", ()) for item in before):
        mark(item, _NO_NUMBER)  # once, at the first
    extraction.use(entry.lines, f"related[{number}]")
    return item


def _entries(extraction: Extraction, section: Section) -> Iterator[Entry]:
    """One entry for each related policy; a line without a number continues the one before, where the others bear numbers."""
    for block in content(section):
        if block.kind is BlockKind.TABLE:
            extraction.use(lines_outside_rows(block), "related")
            for row in block.rows:
                if row.is_header:
                    extraction.use(lines_of_row(row), "related")
                else:
                    yield Entry(", ".join(text for text in row.texts if text), lines_of_row(row))
        else:
            lines = line_entries(block)
            if sum(1 for line in lines if _BEHIND.match(line.text)) > 1:
                yield from _up_to_numbers(lines)
            else:
                yield Entry(block.text, block.lines)


def _up_to_numbers(lines: list[Entry]) -> Iterator[Entry]:
    gathered: Entry | None = None
    for line in lines:
        gathered = line if gathered is None else joined(gathered, line)
        if _BEHIND.match(line.text):
            yield gathered
            gathered = None
    if gathered is not None:
        yield gathered
