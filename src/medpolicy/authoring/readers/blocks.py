"""What every reader does with its blocks: numbers of headings, sentences that a page break splits, no line without a block."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from medpolicy.authoring.document import Block, BlockKind, SourceLine, Span, all_lines

Progress = Callable[[int, int], None]  # told what is read and what there is in all: pages of a PDF, else lines

_HEADING_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})+\.?|\d{1,2}[.)]|[A-Z][.)]|[IVX]+[.)])(?=\s+\S)")
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")
_CONNECTOR = re.compile(r"[(\[]?(?:and|or|and/or|either|both|plus)\b[)\],:;.]*", re.IGNORECASE)
_ENDS_WITH_CONNECTOR = re.compile(r"\b(?:and|or)[)\],:;.]*$", re.IGNORECASE)
_STARTS_LIKE_AN_ITEM = re.compile(r"(?:[a-z]|[ivx]+|\d+)[.)]\s|o\s")
# A sentence cannot end on these.
_WANTS_MORE = re.compile(r"(?:,|\b(?:of|the|a|an|with|by|from|for|to|in))$")


def heading_number(text: str) -> str:
    """The number printed before a heading, such as "2.1" or "A."; empty where there is none."""
    match = _HEADING_NUMBER.match(text)
    return match.group() if match else ""


def sentence_goes_on(before: str, after: str) -> bool:
    """Whether `after` continues the sentence that `before` breaks off, as across a page."""
    if not before or not after or _CONNECTOR.fullmatch(after) or _STARTS_LIKE_AN_ITEM.match(after):
        return False
    if _SENTENCE_END.search(before) or _ENDS_WITH_CONNECTOR.search(before):
        return False
    return after.split()[0].islower() or (after[0].isalnum() and _WANTS_MORE.search(before) is not None)


def joined(first: Block, *others: Block) -> Block:
    """One block of several, with the lines of all; no space after a hyphen, which may stand within an address or a word."""
    texts, spans, length = [first.text], [*first.spans], len(first.text)
    before = first.text
    for block in others:
        separator = "" if before.endswith("-") else " "
        shift = length + len(separator)
        texts += (separator, block.text)
        spans += (Span(span.start + shift, span.end + shift, span.line) for span in block.spans)
        length = shift + len(block.text)
        before = block.text
    return dataclasses.replace(
        first,
        text="".join(texts),
        lines=tuple(sorted({*first.lines, *(line for block in others for line in block.lines)})),
        bold=first.bold and all(block.bold for block in others),
        spans=tuple(spans),
        links=(*first.links, *(link for block in others for link in block.links)),
    )


def with_split_sentences_joined(blocks: Iterable[Block], lines: Sequence[SourceLine]) -> list[Block]:
    """The blocks, with a paragraph joined to the block before where blank lines only split a sentence."""
    found: list[list[Block]] = []  # each with what goes on from it
    last_line = 0
    for block in blocks:
        parts = found[-1] if found else []
        if (
            parts
            and block.kind is BlockKind.PARAGRAPH
            and parts[0].kind in (BlockKind.PARAGRAPH, BlockKind.ITEM)
            and parts[0].bold == block.bold
            and _only_blank_between(last_line, block, lines)
            and sentence_goes_on(parts[-1].text, block.text)
        ):
            parts.append(block)
            last_line = max(last_line, block.last_line)
        else:
            found.append([block])
            last_line = block.last_line
    return [joined(*parts) if len(parts) > 1 else parts[0] for parts in found]


def each_told(blocks: Iterable[Block], lines: int, progress: Progress | None) -> Iterator[Block]:
    """The blocks, while `progress` is told of how many lines they are read so far."""
    for block in blocks:
        yield block
        if progress is not None:
            progress(block.last_line, lines)


def with_number(heading: Block) -> Block:
    """The heading with the number before its text as its marker."""
    marker = heading_number(heading.text)
    if not marker:
        return heading
    cut = len(marker) + len(heading.text[len(marker) :]) - len(heading.text[len(marker) :].lstrip())
    spans = tuple(Span(max(span.start - cut, 0), span.end - cut, span.line) for span in heading.spans if span.end > cut)
    return dataclasses.replace(heading, text=heading.text[cut:], marker=marker, spans=spans)


def with_split_tables_joined(blocks: Iterable[Block], lines: Sequence[SourceLine]) -> list[Block]:
    """The blocks, with a table joined to the table before where only blank lines part them and no new header begins one."""
    found: list[Block] = []
    for block in blocks:
        before = found[-1] if found else None
        if before is not None and _only_blank_between(before.last_line, block, lines) and _table_goes_on(before, block):
            header = before.rows[0].texts
            rows = (dataclasses.replace(row, is_header=before.rows[0].is_header and row.texts == header) for row in block.rows)
            found[-1] = dataclasses.replace(before, lines=(*before.lines, *block.lines), rows=(*before.rows, *rows))
        else:
            found.append(block)
    return found


def _table_goes_on(before: Block, block: Block) -> bool:
    if not before.rows or not block.rows or len(before.rows[0].cells) != len(block.rows[0].cells):
        return False
    first = block.rows[0]
    if not first.is_header or first.texts == before.rows[0].texts:
        return True
    # Markdown makes a header of whatever row comes first after a page break: one that is formed like the rows above is a row.
    form = _form(before.rows[-1].texts[0])
    return "9" in form and form == _form(first.texts[0])


def _form(text: str) -> str:
    return re.sub(r"\d", "9", re.sub(r"[^\W\d]", "A", text))


def _only_blank_between(last_line: int, block: Block, lines: Sequence[SourceLine]) -> bool:
    return all(line.is_blank for line in lines[last_line : block.first_line - 1])


def with_every_line(blocks: Iterable[Block], lines: Sequence[SourceLine]) -> tuple[Block, ...]:
    """The blocks in reading order; a line that none of them holds becomes a paragraph of its own."""
    found = list(blocks)
    held = {number for block in found for number in all_lines(block)}
    for line in lines:
        if line.number not in held and not line.is_blank:
            text = line.text.strip()
            spans = (Span(0, len(text), line.number),)
            found.append(Block(BlockKind.PARAGRAPH, text, (line.number,), page=line.page, spans=spans))
    return tuple(sorted(found, key=lambda block: block.first_line))
