"""What a policy is: number, title, identifiers, and the dates in its heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from medpolicy.authoring.document import Block, BlockKind, Cell
from medpolicy.authoring.extraction.context import Extraction, Item, mark
from medpolicy.authoring.extraction.dates import dates_in, first_day, latest
from medpolicy.authoring.extraction.entries import content, labels_on_a_line
from medpolicy.authoring.outline import Section, SectionKind, kind_of_heading

_GAP = r"\s*[:#.\s]*\s*"
_NUMBER = re.compile(
    r"^(?:(?:medical|clinical|coverage|payment|pharmacy|drug|reimbursement|corporate|utilization management)\s+)*"
    rf"(?:(?:policy|guideline|document|bulletin|protocol|lcd|ncd)\s*(?:(?:number|no\b\.?|id\b|#){_GAP}|:\s*)|"
    r"(?:reference )?number\s*:\s*)"
    r"(?P<number>(?=[\w.-]*\d)[A-Z0-9][\w.-]*)\s*$",
    re.IGNORECASE,
)
_NUMBER_ALONE = re.compile(
    rf"(?:number{_GAP})?(?P<number>[A-Z]{{0,5}}[-.]?\d{{1,5}}(?:[-.]\w{{2,6}}){{1,3}}|[A-Z]{{2,6}}[-.]?\d{{2,5}}|[LA]\d{{5}})",
    re.IGNORECASE,
)
_OTHER_LABELS = re.compile(
    r"^(?:status|(?:policy |document )?(?:type|category|section)|department|author|source|approved by|version)\s*:\s*\S.{0,60}$",
    re.IGNORECASE,
)
_LONGEST_VALUE: Final = 15  # words
_FIRST_LINES: Final = 6  # a number without a label is taken for the policy's only this near to the top
_TITLE_LABEL = re.compile(
    r"^(?:subject|title|(?:policy|guideline|lcd|ncd) (?:title|name)|topic)\s*:\s*(?P<title>\S.*)$", re.IGNORECASE | re.DOTALL
)

# Who numbers policies, besides the issuer itself.
IDENTIFIERS: Final = (
    (
        "bcbsa-reference-number",
        re.compile(
            r"^bcbsa (?:reference|policy)(?: number| no\.?| #)?\s*:?\s*(?P<value>\d+(?:\.\d+)+[A-Z]?\b|n/?a\b|none\b)", re.I
        ),
    ),
    (
        "ncd-lcd",
        re.compile(
            r"^(?:medicare )?(?:ncd ?/ ?lcd|lcd ?/ ?ncd|ncds?|lcds?|(?:national|local) coverage determination)\b"
            r"(?: number| no\.?| #)?(?: \((?:ncd|lcd)\))?\s*:\s*(?P<value>\S.*)$",
            re.IGNORECASE,
        ),
    ),
)
_ON_OR_AFTER = re.compile(r"^for (?:services|dates of service) (?:performed |furnished |rendered )?on or after\s+", re.IGNORECASE)
_NONE = re.compile(r"^(?:n/?a|none|not applicable)\b\.?", re.IGNORECASE)
# The dates of a heading, the more particular label first. `None`: a date that no field of the policy files holds.
_DATES: Final = (
    ("next-review", r"next (?:scheduled |policy )?review(?: date)?|next review due"),
    (None, r"(?:original|initial|first)(?: policy)?(?: effective| approval| issue)?(?: date)?"),
    (None, r"(?:policy )?(?:created|adopted|issued)(?: date| on)?"),
    ("revised", r"date of (?:last |latest )?(?:revision|update)"),
    ("revised", r"(?:last |most recent )?(?:revised|revision|updated?|amended)(?: date| on)?"),
    ("effective", r"(?:current |last |policy |latest |revision )?(?:effective|implementation)(?: date)?|version date"),
    (
        None,
        r"(?:last |most recent |date )?(?:reviewed|review|approved|approval|publication|publish(?:ed)?|archived)(?: date| on)?",
    ),
)
_DATE_LABELS = tuple(
    (field, re.compile(rf"^(?:{pattern}){_GAP}(?=\d|[A-Z][a-z]+\.? )", re.IGNORECASE)) for field, pattern in _DATES
)


@dataclass(frozen=True, slots=True)
class _Stated:
    """A text of the front matter and where it stands."""

    text: str
    lines: tuple[int, ...]
    section: Section


def extract_identity(extraction: Extraction) -> None:
    """Fill number, title, identifiers and the review interval of the policy, and the version's date where the heading gives one.

    What the document does not show is left out: the caller decides what becomes of a policy without a number or title.
    """
    stated = list(_front(extraction))
    _number(extraction, stated)
    _title(extraction, stated)
    for item in stated:  # number and title often stand above their labelled lines, too
        for name in ("number", "title"):
            if item.text == extraction.policy.get(name):
                extraction.use(item.lines, name)
    _identifiers(extraction, stated)
    _dates(extraction, stated)
    for item in stated:
        if _OTHER_LABELS.match(item.text):
            extraction.book.narrative(item.lines, "heading of the document")


def _front(extraction: Extraction) -> Iterator[_Stated]:
    """Headings and texts above the first part of the policy, and those that front matter resumes later."""
    for section in extraction.outline.of_kind(SectionKind.FRONT):
        blocks = list(content(section))
        if section.heading is not None:
            labelled = _heading_with_value(section.heading, blocks)
            if labelled is not None:
                yield _Stated(labelled, (*section.heading.lines, *blocks.pop(0).lines), section)
            else:
                yield _Stated(section.heading.text.strip(), section.heading.lines, section)
        for block in blocks:
            if block.kind is not BlockKind.TABLE:
                yield from _lines_of(block, section)
            else:
                for row in block.rows:
                    cells = [cell for cell in row.cells if cell.text.strip()]
                    pairs = _pairs(cells, section)
                    if pairs:
                        yield from pairs
                    elif sum(_is_labelled(cell.text.strip()) for cell in cells) == len(cells):
                        yield from (_Stated(cell.text.strip(), cell.lines, section) for cell in cells)
                    else:
                        yield _Stated(_row_as_text([cell.text.strip() for cell in cells]), row.lines, section)


def _heading_with_value(heading: Block, blocks: list[Block]) -> str | None:
    """A label that is set as a heading, with the value under it, as a line; None where it is no label."""
    if not blocks or blocks[0].kind is not BlockKind.PARAGRAPH:
        return None
    value = _ON_OR_AFTER.sub("", blocks[0].text.strip())
    if ":" in heading.text.strip().rstrip(":") or len(value.split()) > _LONGEST_VALUE:
        return None
    text = f"{heading.text.strip().rstrip(':')}: {value}"
    return text if _is_labelled(text) and not _is_labelled(blocks[0].text.strip()) else None


def _row_as_text(cells: list[str]) -> str:
    """A row as a line: a label in the first of two cells takes its colon, which a table leaves out."""
    labelled = ": ".join(cells)
    return labelled if len(cells) == 2 and _is_labelled(labelled) else " ".join(cells)


def _pairs(cells: list[Cell], section: Section) -> list[_Stated]:
    """A row in which each label stands before its value, several times; empty where it is none."""
    if len(cells) <= _LABEL_AND_VALUE or len(cells) % _LABEL_AND_VALUE:
        return []
    found = [
        _Stated(f"{label.text.strip().rstrip(':')}: {value.text.strip()}", tuple(sorted({*label.lines, *value.lines})), section)
        for label, value in zip(cells[::2], cells[1::2], strict=True)
    ]
    return found if all(_is_labelled(stated.text) for stated in found) else []


_LABEL_AND_VALUE: Final = 2


def _lines_of(block: Block, section: Section) -> Iterator[_Stated]:
    """The block's lines where each is a label with its value, else the block as one."""
    pieces = labels_on_a_line(block.text.strip())
    if len(pieces) > 1 and len(block.lines) == 1 and any(map(_is_labelled, pieces)):
        yield from (_Stated(piece.strip(), block.lines, section) for piece in pieces)
        return
    spans = [_Stated(block.text[span.start : span.end].strip(), (span.line,), section) for span in block.spans]
    labelled = [_is_labelled(stated.text) for stated in spans]
    if len(spans) > 1 and labelled.count(True) > 1:
        yield from spans
    else:
        yield _Stated(block.text.strip(), block.lines, section)


def _is_labelled(text: str) -> bool:
    labels = (
        _OTHER_LABELS,
        _NUMBER,
        _TITLE_LABEL,
        *(pattern for _, pattern in IDENTIFIERS),
        *(pattern for _, pattern in _DATE_LABELS),
    )
    return any(pattern.match(text) for pattern in labels)


_NUMBER_AND_TITLE = re.compile(
    r"^(?:policy |bulletin |guideline )?(?:number|no\.?|#)\s*:?\s*(?P<number>(?=[\w.-]*\d)[A-Z0-9][\w.-]*)\s+[-–—:]\s+"
    r"(?P<title>[^\W\d].{3,})$",
    re.IGNORECASE,
)


def _number(extraction: Extraction, stated: list[_Stated]) -> None:
    for item in stated:
        both = _NUMBER_AND_TITLE.match(item.text)
        if both is not None and item.section.heading is not None and item.lines == item.section.heading.lines:
            extraction.policy.update(number=both["number"], title=" ".join(both["title"].split()))
            extraction.use(item.lines, "number")
            return
    for item in stated:
        match = _NUMBER.match(item.text)
        if match is not None:
            extraction.policy["number"] = match["number"].strip(".")
            extraction.use(item.lines, "number")
            return
    top = [line.number for line in extraction.document.lines if not line.is_blank][:_FIRST_LINES]
    for item in stated:
        match = _NUMBER_ALONE.fullmatch(item.text)
        if match is not None and item.lines[0] in top and not dates_in(item.text):
            extraction.policy["number"] = match["number"]
            extraction.use(item.lines, "number")
            if not item.text.lower().startswith("number"):
                mark(
                    extraction.policy,
                    f"{match['number']} was taken for the policy's number: it stands alone at the top, without a label",
                )
            return


def _title(extraction: Extraction, stated: list[_Stated]) -> None:
    if "title" in extraction.policy:
        return
    for item in stated:
        match = _TITLE_LABEL.match(item.text)
        if match is not None:
            extraction.policy["title"] = " ".join(match["title"].split())
            extraction.use(item.lines, "title")
            return
    headings = [
        section
        for section in extraction.outline.of_kind(SectionKind.FRONT)
        if section.heading is not None and kind_of_heading(section.title) is None and not _is_labelled(section.title)
    ]
    if headings:
        highest = min(headings, key=lambda section: section.level)
        alike = [section for section in headings if section.level == highest.level]
        if len(alike) > 1:  # a name of the plan often stands above what labels the document, and the title below
            fronts = list(extraction.outline.of_kind(SectionKind.FRONT))
            labels = [at for at, section in enumerate(fronts) if kind_of_heading(section.title) is not None]
            below = [section for section in alike if labels and fronts.index(section) > labels[0]]
            highest = (below or alike)[0]
            others = ", ".join(f"“{section.title}”" for section in alike if section is not highest)
            mark(extraction.policy, f"“{highest.title}” was taken for the title; {others} stands at the top, too")
        assert highest.heading is not None
        extraction.policy["title"] = " ".join(highest.title.split())
        extraction.use(highest.heading.lines, "title")


def _identifiers(extraction: Extraction, stated: list[_Stated]) -> None:
    found: list[Item] = []
    for item in stated:
        for system, pattern in IDENTIFIERS:
            match = pattern.match(item.text)
            if match is None:
                continue
            values = ["NA"] if _NONE.match(match["value"]) else re.split(r"\s*[,;]\s*", match["value"].strip(" ."))
            for value in values:
                found.append({"system": system, "value": value, "citation": extraction.cite(item.section, item.lines)})
                extraction.use(item.lines, f"identifiers[{value}]")
            break
    if found:
        extraction.policy["identifiers"] = found


def _dates(extraction: Extraction, stated: list[_Stated]) -> None:
    dates: dict[str, str] = {}
    for item in stated:
        for name, pattern in _DATE_LABELS:
            match = pattern.match(item.text)
            printed = dates_in(item.text[match.end() :]) if match is not None else []
            if match is None or not printed:
                continue
            if name is None:
                extraction.book.narrative(item.lines, "dates in the heading")
            else:
                dates.setdefault(name, printed[0].iso)
                extraction.use(item.lines, "review_interval" if name == "next-review" else "version")
            break
    in_force = latest([dates[name] for name in ("revised", "effective") if name in dates])
    if in_force is not None:
        extraction.version["version"] = in_force
    if "next-review" in dates and in_force is not None:
        _review_interval(extraction, in_force, dates["next-review"])


def _review_interval(extraction: Extraction, in_force: str, next_review: str) -> None:
    start, end = first_day(in_force), first_day(next_review)
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0:
        extraction.policy["review_interval"] = f"{months} months"
