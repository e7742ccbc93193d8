"""Paragraphs of HTML that are items of a list only by the marker printed before them: "1.", "a.", "•"."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from medpolicy.authoring.document import Block, BlockKind, Span
from medpolicy.authoring.readers.markers import BULLET, NestedLists, printed_marker, readings

_LEAST_ITEMS: Final = 2
_LEAST_WORDS: Final = 2


def with_printed_items(blocks: Sequence[Block], lefts: Mapping[int, float]) -> list[Block]:
    """The blocks, with the paragraphs of each run of markers as items. `lefts`: by place, how far in a paragraph stands."""
    markers = [_marker(block) for block in blocks]
    accepted = _accepted(blocks, markers, lefts)
    if not accepted:
        return list(blocks)
    lists = NestedLists()
    found: list[Block] = []
    is_announced = False
    for at, block in enumerate(blocks):
        left = lefts.get(at, 0.0)
        if block.kind is BlockKind.HEADING:
            lists.leave()
        elif block.kind is BlockKind.PARAGRAPH and at not in accepted:
            lists.paragraph(left)
        if at in accepted:
            level = lists.place(markers[at], left, after_colon=is_announced)
            found.append(block if level is None else _as_item(block, markers[at], level))
        elif block.kind is BlockKind.PARAGRAPH and left:
            found.append(dataclasses.replace(block, level=max(block.level, lists.level_of_paragraph())))
        else:
            found.append(block)
        if block.kind is not BlockKind.FURNITURE:
            is_announced = at in accepted and block.text.rstrip().endswith(":")
    return found


def _marker(block: Block) -> str:
    if block.kind is not BlockKind.PARAGRAPH or block.level or len(block.text.split()) < _LEAST_WORDS:
        return ""
    return printed_marker(block.text)


def _accepted(blocks: Sequence[Block], markers: Sequence[str], lefts: Mapping[int, float]) -> set[int]:
    """The places whose markers belong to a run of two at least: bullets, or numbers that go on from the first."""
    runs: dict[tuple[str, float], list[tuple[int, int]]] = {}  # by style and indent: (place, value)
    accepted: set[int] = set()
    for at, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING:
            runs.clear()
        for reading in readings(markers[at]) if markers[at] else ():
            key = (reading.style, lefts.get(at, 0.0))
            run = runs.get(key)
            if reading.style == BULLET or (run is not None and reading.value == run[-1][1] + 1):
                runs.setdefault(key, []).append((at, reading.value))
            elif reading.value == 1:
                runs[key] = [(at, 1)]
            else:
                continue
            if len(runs[key]) == _LEAST_ITEMS:
                accepted.update(place for place, _ in runs[key])
            elif len(runs[key]) > _LEAST_ITEMS:
                accepted.add(at)
    return accepted


def _as_item(block: Block, marker: str, level: int) -> Block:
    cut = len(marker) + len(block.text[len(marker) :]) - len(block.text[len(marker) :].lstrip())
    spans = tuple(Span(max(span.start - cut, 0), span.end - cut, span.line) for span in block.spans if span.end > cut)
    return dataclasses.replace(block, kind=BlockKind.ITEM, text=block.text[cut:], marker=marker, level=level, spans=spans)
