"""Related policies: number, title, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from medpolicy.authoring.document import BlockKind
from medpolicy.authoring.extraction.context import Extraction, Ids, Item, mark, slug
from medpolicy.authoring.extraction.entries import Entry, Growing, content, line_entries, lines_of_row, lines_outside_rows
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
_LABEL = re.compile(r"(?:articles?|lcds?|ncds?|policies|guidelines|documents|attachments)\s*:?", re.IGNORECASE)
_NONE = re.compile(r"^(?:none|not applicable|n/?a|no related (?:policies|guidelines))\b.{0,40}$", re.IGNORECASE)


@dataclass(slots=True)
class _Numbers:
    """The numbers of the policies so far, and whether it is said that some were made."""

    ids: Ids = field(default_factory=Ids)
    is_said: bool = False


def extract_related(extraction: Extraction) -> None:
    """Fill `policy["related"]`. A policy printed without a number gets an id made of its title, and a mark."""
    found: list[Item] = []
    numbers = _Numbers()
    for section in extraction.outline.of_kind(SectionKind.RELATED):
        if section.heading is not None:
            extraction.use(section.heading.lines, "related")
        for entry in _entries(extraction, section):
            if _NONE.match(entry.text) or _LABEL.fullmatch(entry.text.strip()):
                extraction.book.narrative(entry.lines, "related")
            else:
                found.append(_related(extraction, section, entry, numbers))
    for section, entry in _in_front(extraction):
        found.append(_related(extraction, section, entry, numbers))
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


def _related(extraction: Extraction, section: Section, entry: Entry, numbers: _Numbers) -> Item:
    match = _BEHIND.match(entry.text) or _BEFORE.match(entry.text)
    title = (match["title"] if match else entry.text).strip(" ,;.")
    if match is not None:
        number = match["number"]
        numbers.ids.take(number)
    else:
        number = numbers.ids.give(slug(title, limit=40) or "policy")
    item: Item = {"number": number, "title": title, "citation": extraction.cite(section, entry.lines)}
    if match is None and not numbers.is_said:
        numbers.is_said = True
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
    gathered: Growing | None = None
    for line in lines:
        if gathered is None:
            gathered = Growing(line)
        else:
            gathered.add(line)
        if _BEHIND.match(line.text):
            yield gathered.entry()
            gathered = None
    if gathered is not None:
        yield gathered.entry()
