"""Tables of Medicare's determinations in the policies of other plans.

Their numbers become identifiers; whether they decide for anybody is asked.
"""

from __future__ import annotations

import re
from typing import Final

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.extraction.context import Extraction, mark
from medpolicy.authoring.extraction.entries import content, lines_of_row, lines_outside_rows
from medpolicy.authoring.extraction.statement_patterns import NOTE
from medpolicy.authoring.outline import Section, SectionKind

_ABOUT_DETERMINATIONS: Final = re.compile(
    r"\bmedicare (?:coverage )?determinations?\b|\b(?:national|local) coverage (?:determinations?|decisions?|articles?)\b|"
    r"\b(?:NCDs?|LCDs?)(?:\s*(?:/|and|or)\s*(?:NCDs?|LCDs?))?\b|\bdetermination (?:name|title|number|id)\b",
    re.IGNORECASE,
)
_LEGEND: Final = re.compile(r"^\W*(?:NCD|LCD)\s*=")
_NONE: Final = re.compile(
    r"\bno (?:\w+ )?(?:determinations?|NCDs?|LCDs?|polic(?:y|ies)) (?:was |were )?(?:found|identified)\b", re.IGNORECASE
)
_LOCAL: Final = re.compile(r"\bL\d{5}\b")
_NATIONAL: Final = re.compile(r"(?<![\w./$])\d{2,3}\.\d{1,2}(?:\.\d{1,2})?(?![\w./%]*\d)")
_SAYS_NATIONAL: Final = re.compile(r"\bNCD\b|\bnational\b", re.IGNORECASE)
_ELSEWHERE: Final = frozenset(
    (SectionKind.EXCEPTIONS, SectionKind.CODING, SectionKind.HISTORY, SectionKind.REFERENCES, SectionKind.AUTHORIZATION)
)


def extract_determination_tables(extraction: Extraction) -> None:
    """Add to the policy's identifiers the national and local determinations that a table of them names."""
    known = {item["value"] for item in extraction.policy.get("identifiers", ())}
    found: list[str] = []
    for section in extraction.outline.sections:
        if section.kind in _ELSEWHERE:
            continue
        before = len(found)
        for block in content(section):
            if block.kind is BlockKind.TABLE and _is_about_determinations(section, block):
                found += _read(extraction, section, block, known)
            elif len(found) > before and (NOTE.match(block.text) is not None or _LEGEND.match(block.text) is not None):
                extraction.book.narrative(block.lines, "note on the determinations")
    if found:
        names = ", ".join(found)
        mark(extraction.version, f"a table names determinations of Medicare ({names}) without saying that they decide: do they?")


def _is_about_determinations(section: Section, table: Block) -> bool:
    header = " ".join(table.rows[0].texts) if table.rows else ""
    return _ABOUT_DETERMINATIONS.search(section.title) is not None or _ABOUT_DETERMINATIONS.search(header) is not None


def _read(extraction: Extraction, section: Section, table: Block, known: set[str]) -> list[str]:
    found: list[str] = []
    for row in table.rows:
        lines, text = lines_of_row(row), " ".join(row.texts)
        numbers = _LOCAL.findall(text)
        if not numbers and _SAYS_NATIONAL.search(text) is not None:
            numbers = _NATIONAL.findall(text)
        if not numbers and _NONE.search(text) is not None:
            extraction.book.narrative(lines, "no determination of Medicare's is named")
        for number in numbers:
            extraction.use(lines, f"identifiers[{number}]")
            if number not in known:
                known.add(number)
                found.append(number)
                item = {"system": "ncd-lcd", "value": number, "citation": extraction.cite(section, lines)}
                extraction.policy.setdefault("identifiers", []).append(item)
    if found:
        extraction.use(lines_outside_rows(table), "identifiers")
        extraction.use(lines_of_row(table.rows[0]), "identifiers")
    return found
