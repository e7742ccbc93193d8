"""What decides nothing: descriptions, definitions, evidence; navigation, disclaimers and page headers. Runs last.

Of a line that another part has used nothing is changed, since the ledger lets the use stand first. What stands where something
should be decided, and was not read, is left as not understood.
"""

from __future__ import annotations

import re
from typing import Final

from medpolicy.authoring.document import Block, BlockKind, all_lines
from medpolicy.authoring.extraction.context import Extraction
from medpolicy.authoring.extraction.entries import lines_outside_rows
from medpolicy.authoring.extraction.wording import sentences_of, stance_in
from medpolicy.authoring.ledger import LineState
from medpolicy.authoring.outline import Section, SectionKind, kind_of_heading

_NARRATIVE: Final = frozenset(
    (
        SectionKind.DESCRIPTION,
        SectionKind.SUMMARY,
        SectionKind.DEFINITIONS,
        SectionKind.REIMBURSEMENT,
        SectionKind.APPROVAL,
    )
)
_FURNITURE: Final = {
    SectionKind.CONTENTS: "table of contents",
    SectionKind.NAVIGATION: "navigation",
    SectionKind.DISCLAIMER: "disclaimer",
}
# Phrases by which plans keep their liability off, wherever they stand.
_DISCLAIMER = re.compile(
    r"\bnot an? authori[sz]ation\b|\bguarantee of payment\b|\bmedical advice\b|©|\ball rights reserved\b"
    r"|\bindependent licensees?\b|\bregistered (?:trade|service) ?marks?\b|\boperating subsidiar(?:y|ies)\b"
    r"|\bdoes not constitute\b|\bfor informational purposes only\b"
    r"|\btakes? precedence over\b|\bmay not be reproduced\b|\bmay be reproduced\b"
    r"|\b(?:member|subscriber|enrollee|customer)['’]s? (?:contract|benefit plan|certificate)\b",
    re.IGNORECASE,
)
# The table at the top of a coverage determination of Medicare's contractors.
_OF_CONTRACTORS = re.compile(
    r"\bcontractor(?: name)?\b|\bcontract (?:type|number|id)\b|\bjurisdiction\b|\bstates?\b", re.IGNORECASE
)
_RULER = re.compile(r"[\s|:+=_-]*")
_NOTHING = re.compile(r"^(?:none|not applicable|n/?a|none applicable|no .{0,40} appl(?:y|ies))\b.{0,20}$", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+")
_LEAST_NAMES_OF_PARTS: Final = 3


def extract_narrative(extraction: Extraction) -> None:
    """Say of each line that is left and decides nothing what it is."""
    for section in extraction.outline.sections:
        for block in section.blocks:
            _block(extraction, section, block)
        _heading(extraction, section)
    for section in extraction.outline.sections:
        extraction.book.in_section(section.lines, section.title)


def _block(extraction: Extraction, section: Section, block: Block) -> None:
    if block.kind is BlockKind.TABLE:
        empty = [line for row in block.rows if not any(text.strip() for text in row.texts) for line in row.lines]
        unsaid = [line for line in (*empty, *lines_outside_rows(block)) if extraction.book.said_of(line) is None]
        extraction.book.furniture(
            [line for line in unsaid if _RULER.fullmatch(extraction.document.lines[line - 1].text)], "ruler"
        )
    lines = _unsaid(extraction, block)
    if block.kind is BlockKind.FURNITURE:
        extraction.book.furniture(all_lines(block), block.furniture or "furniture")
    elif section.kind in _FURNITURE:
        extraction.book.furniture(lines, _FURNITURE[section.kind])
    elif section.kind in _NARRATIVE and not extraction.version.get("provisions") and _takes_a_stance(block):
        extraction.book.not_understood(lines, "it takes a stance, in a part that only describes; no statement stands elsewhere")
    elif section.kind in _NARRATIVE:
        extraction.book.narrative(lines, section.title)
    elif _is_navigation(block):
        extraction.book.furniture(lines, "navigation")
    elif _DISCLAIMER.search(block.text) and section.kind is not SectionKind.POLICY:
        extraction.book.furniture(lines, "disclaimer")
    elif block.kind is BlockKind.TABLE and len(_OF_CONTRACTORS.findall(" ".join(block.rows[0].texts if block.rows else ()))) > 1:
        extraction.book.narrative(lines, "which contractors issued it, and where")
    elif _NOTHING.match(block.text):
        extraction.book.narrative(lines, section.title or "heading of the document")


def _takes_a_stance(block: Block) -> bool:
    return any(
        (said := stance_in(block.text[start:end])) is not None and bool(said.subject.strip())
        for start, end in sentences_of(block.text)
    )


def _heading(extraction: Extraction, section: Section) -> None:
    if section.heading is None:
        return
    lines = [line for line in section.heading.lines if extraction.book.said_of(line) is None]
    states = {extraction.book.said_of(line) for block in section.blocks for line in all_lines(block)}
    if section.kind in _FURNITURE:
        extraction.book.furniture(lines, _FURNITURE[section.kind])
    elif LineState.USED in states or (section.kind is SectionKind.POLICY and not section.blocks):
        extraction.use(lines, "heading")
    elif section.kind is SectionKind.FRONT and kind_of_heading(section.title) is not None:
        extraction.book.furniture(lines, "label of the document")
    elif states - {None, LineState.NOT_UNDERSTOOD} or section.kind in _NARRATIVE:
        extraction.book.narrative(lines, "heading")


def _unsaid(extraction: Extraction, block: Block) -> list[int]:
    return [line for line in all_lines(block) if extraction.book.said_of(line) in (None, LineState.NOT_UNDERSTOOD)]


def _is_navigation(block: Block) -> bool:
    """Whether a block is nothing but names of a policy's parts, as a bar of links is when its text is taken out."""
    texts = [cell for row in block.rows for cell in row.texts] if block.rows else [block.text]
    words = [word for text in texts for word in _WORD.findall(text)]
    names = at = 0
    while at < len(words):
        length = next((n for n in (4, 3, 2, 1) if at + n <= len(words) and kind_of_heading(" ".join(words[at : at + n]))), 0)
        if not length and words[at].lower() not in _LINKING_WORDS:
            return False
        names, at = names + bool(length), at + max(length, 1)
    return names >= _LEAST_NAMES_OF_PARTS


_LINKING_WORDS: Final = frozenset(
    ("and", "or", "position", "statement", "program", "related", "other", "exceptions", "guidelines")
)
