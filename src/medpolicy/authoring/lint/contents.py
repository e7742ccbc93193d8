"""The table of contents, compared with the headings that the document has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medpolicy.authoring.document import Block, BlockKind, SourceDocument
from medpolicy.authoring.lint import findings as f
from medpolicy.authoring.lint.findings import Finding, Place
from medpolicy.authoring.lint.subject import Subject, file_of
from medpolicy.authoring.lint.vocabulary import EMPTY_IN_HEADINGS, HEADING_SYNONYMS
from medpolicy.authoring.lint.wording import telling_words, words_of
from medpolicy.model.citation import Citation

_CONTENTS = re.compile(r"(table of )?contents|in this (policy|document|guideline)", re.IGNORECASE)
_LEADER = re.compile(r"[\s.\u2026]*\b\d{1,3}\s*$|[\s.\u2026]+$")


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading; `above` is the one that stands directly over it, with nothing between them."""

    block: Block
    above: str = ""


def contents(subject: Subject) -> Iterator[Finding]:
    """Entries of the table of contents that no heading is, or that a heading is in other words."""
    for version in subject.policy.versions:
        document = subject.document_of(version)
        if document is None:
            continue
        entries, headings = _entries(document), _headings(document)
        same, renamed, absent = _matched(entries, headings)
        if len(same) + len(renamed) <= len(absent):
            continue  # the headings of this document were not recognised as such
        for entry, heading in renamed:
            places = tuple(_place(document, file_of(version), block) for block in (entry, heading.block))
            message = f"The contents say “{_name(entry)}”; the heading is “{heading.block.text}”."
            yield Finding(kind=f.HEADING_RENAMED, message=message, places=places)
        taken = {heading.block: entry for entry, heading in renamed}
        for entry in absent:
            near = next((heading for heading in headings if heading.block in taken and _names(heading, entry)), None)
            places = (_place(document, file_of(version), entry),)
            message = f"The contents promise “{_name(entry)}”, and the document has no section of its own for it."
            if near is not None:
                places = (*places, _place(document, file_of(version), near.block))
                message += f" “{near.block.text}” names it, too, and is the section “{_name(taken[near.block])}”."
            yield Finding(kind=f.HEADING_ABSENT, message=message, places=places)


def _matched(
    entries: Sequence[Block], headings: Sequence[_Heading]
) -> tuple[list[tuple[Block, _Heading]], list[tuple[Block, _Heading]], list[Block]]:
    """Entries with the heading that is the same, with one in other words, and without any. A heading stands for one entry."""
    left = list(headings)
    same, renamed, absent = [], [], []
    others = []
    for entry in entries:
        heading = next((one for one in left if words_of(one.block.text) == words_of(_name(entry))), None)
        if heading is None:
            others.append(entry)
        else:
            left.remove(heading)
            same.append((entry, heading))
    for entry in others:
        heading = next((one for one in left if _names(one, entry)), None)
        if heading is None:
            absent.append(entry)
        else:
            left.remove(heading)
            renamed.append((entry, heading))
    return same, renamed, absent


def _names(heading: _Heading, entry: Block) -> bool:
    wanted = _section_words(_name(entry))
    return bool(wanted) and wanted <= _section_words(f"{heading.above} {heading.block.text}")


def _section_words(text: str) -> frozenset[str]:
    return frozenset(HEADING_SYNONYMS.get(word, word) for word in telling_words(text)) - EMPTY_IN_HEADINGS


def _entries(document: SourceDocument) -> list[Block]:
    found: list[Block] = []
    is_within = False
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            if is_within:
                break
            is_within = bool(_CONTENTS.fullmatch(block.text.strip(" :")))
        elif is_within and block.kind in (BlockKind.ITEM, BlockKind.PARAGRAPH) and _name(block):
            found.append(block)
        elif is_within and block.kind is BlockKind.TABLE:
            found += _entries_of_table(block)
    return found


def _entries_of_table(table: Block) -> Iterator[Block]:
    """The rows of contents that are set as a table, each by its first cell that names something."""
    for row in table.rows:
        name = next((cell.text for cell in row.cells if re.search(r"[^\W\d_]{2}", cell.text)), None)
        if name is not None and not row.is_header:
            yield Block(BlockKind.ITEM, name, row.lines)


def _headings(document: SourceDocument) -> list[_Heading]:
    found = []
    before: Block | None = None
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            above = before.text if before is not None and before.kind is BlockKind.HEADING else ""
            found.append(_Heading(block, above))
        if block.kind is not BlockKind.FURNITURE:
            before = block
    return found


def _name(entry: Block) -> str:
    return _LEADER.sub("", entry.text).strip()


def _place(document: SourceDocument, file: str, block: Block) -> Place:
    first, last = block.first_line, block.last_line
    citation = Citation(
        section=block.text[:80] if block.kind is BlockKind.HEADING else "Table of Contents",
        first_line=first,
        last_line=last,
        sha256=document.digest(first, last),
        rendition=document.sha256,
    )
    return Place(file=file, path="", text=block.text, citation=citation, is_quoted=True)
