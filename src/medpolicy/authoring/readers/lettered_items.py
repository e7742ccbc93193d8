"""Items that Markdown does not know as such: "A.", "a)", "iv.", as policies number them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from medpolicy.authoring.readers.markers import readings

_ITEM = re.compile(r"(?P<indent>\s*)(?P<marker>\(?(?:[A-Za-z]|[ivxIVX]{2,5})[.)])(?P<gap>\s{1,3})(?=\S)")
_HEADING = re.compile(r"#{1,6}\s")
_MOST_SPACES = 4  # more behind a marker would begin a block of code


@dataclass(slots=True)
class _Run:
    value: int
    lines: list[int] = field(default_factory=list)


def lettered_items(texts: Sequence[str]) -> dict[int, str]:
    """The printed markers by line, counting from 1. A letter alone is no item: it takes the first of a row and the next."""
    open_runs: dict[tuple[int, str], _Run] = {}
    accepted: dict[int, str] = {}
    for number, text in enumerate(texts, start=1):
        if _HEADING.match(text):
            open_runs.clear()
            continue
        match = _ITEM.match(text)
        if match is None:
            continue
        indent = len(match["indent"].expandtabs(4))
        for numeral in readings(match["marker"]):
            key = (indent, numeral.style)
            run = open_runs.get(key)
            if run is not None and 0 < numeral.value - run.value <= 2:
                run.value = numeral.value
                run.lines.append(number)
                accepted.update((line, _marker(texts[line - 1])) for line in run.lines)
            elif numeral.value == 1:
                open_runs[key] = _Run(1, [number])
    return accepted


def with_bullet(text: str) -> str:
    """The line with a bullet in place of its marker, so that Markdown takes it for an item at the same column."""
    match = _ITEM.match(text)
    assert match is not None
    spaces = min(_MOST_SPACES, len(match["marker"]) - 1 + len(match["gap"]))
    return f"{match['indent']}-{' ' * spaces}{text[match.end() :]}"


def _marker(text: str) -> str:
    match = _ITEM.match(text)
    assert match is not None
    return match["marker"]
