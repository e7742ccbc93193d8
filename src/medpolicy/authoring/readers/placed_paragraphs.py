"""Placed lines as headings, paragraphs and items, told from place, type, marker and the flow of sentences."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from medpolicy.authoring.document import Block, BlockKind
from medpolicy.authoring.readers.blocks import sentence_goes_on, with_number
from medpolicy.authoring.readers.hyphenation import Hyphenation
from medpolicy.authoring.readers.markers import NestedLists, numbers_a_clause, printed_marker
from medpolicy.authoring.readers.placed_lines import PlacedLine

_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}")
_CODE_OR_DATE = re.compile(r"(?:\d{1,2}/\d{2,4}(?:/\d{2,4})?|[A-Z]?\d{4,5}[A-Z]?|[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]+)?)[*†‡]*(?=\s)")
_CONNECTOR = re.compile(r"(?:and|or|and/or)[.,:;]?", re.IGNORECASE)
_ENDS_WITH_CONNECTOR = re.compile(r"[;,]\s*(?:AND|OR|and|or|AND/OR|and/or)\s*$")
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")
_NO_HEADING_END = re.compile(r"[.;,]$")
_LABEL_WITH_VALUE = re.compile(r"[^:]+:\s+\S")
_VERB = re.compile(r"\b(?:is|are|was|were|may|must|should|will|has|have|meets?|does|do|can)\b", re.IGNORECASE)
# "ICD-10 Codes that Do Not Support Medical Necessity" is a heading in spite of its verb.
_NAMES_CODES = re.compile(r"(?:CPT|HCPCS|ICD|Diagnosis|Procedure)\b[\w/ -]*\b[Cc]odes? [Tt]hat\b[^.:;]*:?$")
_LONGEST_HEADING = 150
_MOST_LINES_OF_HEADING = 4
# In shares of the type's size: how much more than the usual step between lines parts paragraphs.
_PARTING = 0.2
_USUAL_STEPS = (0.8, 1.9)
_DEFAULT_STEP = 1.25
_COMMON = 0.2
# In points.
_SAME_LEFT = 4.0
_SAME_COLUMN = 120.0
_LARGER_TYPE = 1.3
_INDENTED = 9.0
_OTHER_TYPE = 1.6
_NEARLY_FULL = 0.25  # of the column's width
# Fewer lines than this do not show where a page's right margin is.
_FEW_LINES = 8


@dataclass(slots=True)
class _Draft:
    """A block that is being gathered."""

    lines: list[PlacedLine]
    marker: str = ""
    level: int = 0
    text_left: float = 0.0  # where the text after the marker begins
    all_bold: bool = False
    any_bold: bool = False
    is_item: bool = False  # by its indent alone, for want of a marker

    @property
    def first(self) -> PlacedLine:
        return self.lines[0]

    @property
    def last(self) -> PlacedLine:
        return self.lines[-1]

    def __post_init__(self) -> None:
        self.all_bold, self.any_bold = self.first.all_bold, self.first.any_bold

    def add(self, line: PlacedLine) -> None:
        self.lines.append(line)
        self.all_bold = self.all_bold and line.all_bold
        self.any_bold = self.any_bold or line.any_bold


@dataclass(frozen=True, slots=True)
class Layout:
    """The habits of a document: the step between lines of each size, right margins, the size of its running text."""

    steps: dict[int, float]
    margins: dict[tuple[int, int], float]
    body_size: float

    @classmethod
    def of(cls, lines: Sequence[PlacedLine], width: float) -> Layout:
        """`width`: of the page, in points, for a document too short to show its right margin."""
        steps: dict[int, list[float]] = defaultdict(list)
        for line, after in itertools.pairwise(lines):
            step = line.end_bottom - after.bottom
            if line.page == after.page and _USUAL_STEPS[0] * line.size < step < _USUAL_STEPS[1] * line.size:
                steps[round(line.size)].append(step)
        sizes = Counter[float]()
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
        # The larger of two common sizes: references are often longer than the policy, and set smaller.
        body = max((size for size, count in sizes.items() if count >= _COMMON * sizes.total()), default=0.0)
        return cls({size: median(found) for size, found in steps.items()}, _margins(lines, width), body)

    def step(self, size: float) -> float:
        return self.steps.get(round(size), _DEFAULT_STEP * size)

    def is_full(self, line: PlacedLine, after: PlacedLine) -> bool:
        """Whether the first word of the next line would not have fitted on this one."""
        word = after.words[0]
        margin = self.margins[line.page, round(line.left / _SAME_COLUMN)]
        return line.right + 0.25 * line.size + word.right - word.left > margin - 1

    def is_nearly_full(self, line: PlacedLine) -> bool:
        margin = self.margins[line.page, round(line.left / _SAME_COLUMN)]
        return line.right > margin - _NEARLY_FULL * (margin - line.left)


def _margins(lines: Sequence[PlacedLine], width: float) -> dict[tuple[int, int], float]:
    """The right margin of each page for lines that begin about the same place."""
    found: dict[tuple[int, int], list[PlacedLine]] = defaultdict(list)
    everywhere: dict[int, float] = defaultdict(float)
    for line in lines:
        column = round(line.left / _SAME_COLUMN)
        for near in (column - 1, column, column + 1):
            found[line.page, near].append(line)
            everywhere[near] = max(everywhere[near], line.right)
    if len(lines) < _FEW_LINES:
        mirrored = width - min((line.left for line in lines), default=0.0)
        everywhere = defaultdict(float, {column: max(right, mirrored) for column, right in everywhere.items()})
    return {
        place: everywhere[place[1]] if len(held) < _FEW_LINES else max(line.right for line in held)
        for place, held in found.items()
    }


class Paragraphs:
    """Gathers the lines of a document, given one after the other, into blocks."""

    def __init__(self, layout: Layout, hyphenation: Hyphenation) -> None:
        self._layout = layout
        self._hyphenation = hyphenation
        self._lists = NestedLists()
        self._drafts: list[_Draft] = []
        self._is_open = False  # the last draft may still grow
        self._hanging: list[bool] = []  # of the further lines of items, whether they stand under the text, not the marker

    def add(self, line: PlacedLine, after: PlacedLine | None = None) -> None:
        """The next line of the text, and the one after it."""
        draft = self._drafts[-1] if self._is_open else None
        marker = printed_marker(line.text.strip())
        if draft is not None and self._is_heading(draft):
            self._lists.leave()
        if marker and not (draft is not None and self._is_inside_sentence(draft, line)):
            level = self._lists.place(marker, line.left, after_colon=self._after_colon())
            if level is not None:
                self._begin(_Draft([line], marker, level, _text_left(line, marker)))
                return
        if draft is not None and self._goes_on(draft, line) and not self._begins_hanging(draft, line, after):
            if draft.marker:
                self._hanging.append(not _stands_under_marker(draft, line))
            draft.add(line)
            return
        if self._is_unmarked_item(line):
            level = self._lists.place_by_indent(line.left)
            self._begin(_Draft([line], level=level, text_left=line.left, is_item=True))
            return
        self._lists.paragraph(line.left)
        self._begin(_Draft([line], level=self._lists.level_of_paragraph()))

    def interrupt(self) -> None:
        """Something else stands here, such as a table: no block goes on across it."""
        self._is_open = False

    def blocks(self) -> list[Block]:
        """The blocks of all lines that were added."""
        styles = {self._style(draft) for draft in self._drafts if self._is_heading(draft)}
        ranks = {style: rank for rank, style in enumerate(sorted(styles, reverse=True), start=1)}
        return [self._block(draft, ranks) for draft in self._drafts]

    def _begin(self, draft: _Draft) -> None:
        self._drafts.append(draft)
        self._is_open = True

    def _is_unmarked_item(self, line: PlacedLine) -> bool:
        """Whether only the indent shows an item: its bullet is a drawing, and what announces the list ends with a colon."""
        before = self._drafts[-1] if self._drafts else None
        if before is None or self._is_heading(before):
            return False
        left = before.text_left if before.marker else before.first.left
        if before.last.text.rstrip().endswith(":") and line.left > left + _INDENTED:
            return True
        return self._lists.has_unmarked(line.left)

    def _after_colon(self) -> bool:
        before = self._drafts[-1] if self._drafts else None
        return before is not None and (bool(before.marker) or before.is_item) and before.last.text.rstrip().endswith(":")

    def _is_inside_sentence(self, draft: _Draft, line: PlacedLine) -> bool:
        """Whether what looks like a marker is a number or a dash within a sentence that wraps there."""
        left = draft.text_left if draft.marker else draft.last.left
        return (
            abs(line.left - left) <= _SAME_LEFT
            and _SENTENCE_END.search(draft.last.text.rstrip()) is None
            and draft.last.page == line.page
            and self._layout.is_full(draft.last, line)
            and self._step_is_usual(draft.last, line)
        )

    def _step_is_usual(self, before: PlacedLine, line: PlacedLine) -> bool:
        return 0 < before.end_bottom - line.bottom <= self._layout.step(line.size) + _PARTING * line.size

    def _begins_hanging(self, draft: _Draft, line: PlacedLine, after: PlacedLine | None) -> bool:
        """Whether the line begins an entry of its own whose further lines are indented: the next one is, in mid-sentence."""
        return (
            after is not None
            and not draft.marker
            and after.page == line.page
            and abs(line.left - draft.first.left) <= _SAME_LEFT
            and after.left > line.left + _SAME_LEFT
            and not printed_marker(after.text.strip())
            and self._step_is_usual(line, after)
            and self._layout.is_full(line, after)
        )

    def _goes_on(self, draft: _Draft, line: PlacedLine) -> bool:
        """Whether the line continues the block."""
        before = draft.last
        text, after = before.text.strip(), line.text.strip()
        if _LEADERS.search(text) or _LEADERS.search(after) or _CONNECTOR.fullmatch(text) or _CONNECTOR.fullmatch(after):
            return False
        if abs(before.size - line.size) > _OTHER_TYPE:
            return False
        ended = _SENTENCE_END.search(text) is not None
        full = self._layout.is_full(before, line)
        if _weight_changes(draft, line) and (ended or not full):
            return False
        if draft.marker and _stands_under_marker(draft, line) and not sentence_goes_on(text, after):
            hangs = bool(self._hanging) and all(self._hanging)
            if hangs or _weight_changes(draft, line):
                return False
        if before.page != line.page:
            return self._goes_on_over_page(draft, line, ended=ended, full=full)
        if abs(before.end_bottom - line.bottom) < line.size / 2:
            return line.left > before.right - 1
        if before.end_bottom < line.bottom:
            return sentence_goes_on(text, after)
        if not self._step_is_usual(before, line) or not _stands_under(draft, line):
            return False
        if _CODE_OR_DATE.match(after) and _CODE_OR_DATE.match(draft.first.text) and line.left <= draft.first.left + _SAME_LEFT:
            return False
        if draft.marker and line.left < draft.text_left - _SAME_LEFT and ended:
            return False
        if draft.is_item:  # without a bullet only a full line shows that the item goes on
            return full and _ENDS_WITH_CONNECTOR.search(text) is None and abs(line.left - draft.last.left) <= _SAME_LEFT
        if full or (self._is_larger(line) and not ended and text.isupper() == after.isupper()):
            return True
        return sentence_goes_on(text, after) or (not ended and self._layout.is_nearly_full(before))

    def _goes_on_over_page(self, draft: _Draft, line: PlacedLine, *, ended: bool, full: bool) -> bool:
        if not _stands_under(draft, line):
            return False
        hanging = draft.text_left if draft.marker else draft.last.left
        if hanging > draft.first.left + _SAME_LEFT and abs(line.left - hanging) <= _SAME_LEFT:
            return full or not ended
        return not ended and (full or sentence_goes_on(draft.last.text.strip(), line.text.strip()))

    def _is_larger(self, line: PlacedLine) -> bool:
        return line.size >= self._layout.body_size + _LARGER_TYPE

    def _is_heading(self, draft: _Draft) -> bool:
        if len(draft.lines) > _MOST_LINES_OF_HEADING:
            return False
        text = " ".join(line.text.strip() for line in draft.lines)
        if len(text) > _LONGEST_HEADING or _NO_HEADING_END.search(text) or _LEADERS.search(text) or _CONNECTOR.fullmatch(text):
            return False
        if not any(character.isalpha() for character in text):
            return False
        if self._is_larger(draft.first):
            return True
        is_item = draft.is_item or (bool(draft.marker) and not numbers_a_clause(draft.marker))
        if is_item or len(draft.lines) > 1 or _LABEL_WITH_VALUE.match(text):
            return False
        if draft.all_bold:
            return not text[0].islower() and (_VERB.search(text) is None or _NAMES_CODES.match(text) is not None)
        return text.isupper() and (text.endswith(":") or len(text.split()) > 1)

    def _style(self, draft: _Draft) -> tuple[int, bool, bool]:
        """What tells a higher heading from a lower one: larger type, capitals, in the size of the text no colon at its end."""
        text = "".join(line.text for line in draft.lines).strip()
        introduces = text.endswith(":") and draft.first.size < self._layout.body_size + 1
        return round(draft.first.size), text.isupper(), not introduces

    def _block(self, draft: _Draft, ranks: dict[tuple[int, bool, bool], int]) -> Block:
        first = draft.first.text.strip()
        pieces = [(first[len(draft.marker) :], draft.first.number), *((line.text, line.number) for line in draft.lines[1:])]
        lined = self._hyphenation.joined(pieces)
        is_heading = self._is_heading(draft)
        is_item = bool(draft.marker) or draft.is_item
        kind = BlockKind.HEADING if is_heading else BlockKind.ITEM if is_item else BlockKind.PARAGRAPH
        block = Block(
            kind,
            lined.text,
            tuple(line.number for line in draft.lines),
            level=ranks[self._style(draft)] if is_heading else draft.level,
            marker=draft.marker,
            bold=draft.all_bold,
            page=draft.first.page,
            spans=lined.spans(),
        )
        return with_number(block) if is_heading and not draft.marker else block


def _text_left(line: PlacedLine, marker: str) -> float:
    """Where the text after the marker begins."""
    word = line.words[0]
    if word.end - word.start <= len(marker):
        return line.words[1].left if len(line.words) > 1 else line.left
    return word.left + (word.right - word.left) * len(marker) / (word.end - word.start)


def _stands_under_marker(draft: _Draft, line: PlacedLine) -> bool:
    return line.left < draft.text_left - _SAME_LEFT and abs(line.left - draft.first.left) <= _SAME_LEFT


def _weight_changes(draft: _Draft, line: PlacedLine) -> bool:
    return (draft.all_bold and not line.any_bold) or (line.all_bold and not draft.any_bold)


def _stands_under(draft: _Draft, line: PlacedLine) -> bool:
    """Whether the line begins where the block's lines do: as the last did, or after the first indented or hanging."""
    if draft.marker:
        return line.left >= draft.first.left - _SAME_LEFT and line.left <= max(draft.text_left, draft.last.left) + _SAME_LEFT
    return len(draft.lines) == 1 or abs(line.left - draft.last.left) <= _SAME_LEFT


def without_empty_headings(blocks: Iterable[Block]) -> list[Block]:
    """The blocks in order, with what only looks like a heading a paragraph: nothing stands under it before the next or the end.

    Bold entries of a list are set so. A heading above all others, such as the title, stays.
    """
    ordered = sorted(blocks, key=lambda block: block.first_line)
    found: list[Block] = []
    for block, after in itertools.zip_longest(ordered, ordered[1:]):
        is_empty = after is None or (after.kind is BlockKind.HEADING and after.level <= block.level)
        if block.kind is BlockKind.HEADING and block.bold and block.level > 1 and is_empty and not block.text.isupper():
            found.append(dataclasses.replace(block, kind=BlockKind.PARAGRAPH, level=0))
        else:
            found.append(block)
    return found
