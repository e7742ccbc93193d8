"""The ledger as one self-contained HTML page: the document at the left, the draft at the right, linked line by line.

The page asks for nothing from anywhere: style and script stand in it, and its content security policy names their digests.
Everything that a document says is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from medpolicy.authoring.importing import ImportedPolicy
from medpolicy.authoring.ledger import LedgerLine, LineState
from medpolicy.authoring.ledger_json import counted
from medpolicy.authoring.ledger_view import DraftView, Item, Part, root_of
from medpolicy.errors import DocumentError

if TYPE_CHECKING:
    from jinja2 import Environment

_LINES_TOGETHER: Final = 60  # lines that a browser lays out at once; the rest waits until it is scrolled to
_EXCERPT: Final = 160
_PIECE: Final = 1000  # of the template's bits of text that are written at once
_DIRECTIONS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# All but the signs that every text is made of; each of the others is looked at.
_NOT_PLAIN: Final = re.compile(r"[^\t\x20-\x7e\u00a0-\u061b\u061d-\u200d\u2010-\u2029\u202f-\u2065\u206a-\ud7ff\uf900-\ufffd]")


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state for people: a sign that needs no colour, its name, and what it means."""

    state: str
    sign: str
    name: str
    meaning: str


_STATES: Final = (
    StateWords("not-understood", "?", "not understood", "may decide something, and could not be read"),
    StateWords("used", "✓", "used", "gave a part of the draft"),
    StateWords("narrative", "¶", "narrative", "describes or explains; decides nothing"),
    StateWords("furniture", "▭", "furniture", "navigation, page headers, disclaimers"),
    StateWords("blank", "·", "blank", "empty"),
)
_PART_OF: Final = {
    "statements": "provisions",
    "codes": "code_listings",
    "products": "product_lists",
    "authorization rules": "authorization",
    "supplement tables": "supplement",
    "history events": "history",
    "related policies": "related",
    "identifiers": "identity",
}


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as shown. `uses`: the draft's items that it gave; `parts`: where the ledger names a part and no item of it;
    `said`: what the ledger says beside them; `next_open`: the first line of the next run of lines not understood, for the first
    line of such a run."""

    number: int
    text: str
    words: StateWords
    uses: tuple[Item, ...]
    parts: tuple[Part, ...]
    said: tuple[str, ...]
    next_open: int | None


@dataclass(slots=True)
class Stretch:
    """Some lines of one section on one page. `heading`, `page`: set where the stretch opens a section or page."""

    anchor: str
    section: str
    heading: str = ""
    page: int | None = None
    lines: list[LineView] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many lines it has, rounded up to tens: how much room a browser keeps for what it has not laid out."""
        return -(-len(self.lines) // 10) * 10

    @property
    def states(self) -> list[str]:
        return sorted({line.words.state for line in self.lines})


@dataclass(frozen=True, slots=True)
class OpenLines:
    """Lines not understood that one section holds."""

    section: str
    lines: tuple[LineView, ...]


def ledger_page(imported: ImportedPolicy) -> str:
    """The page as HTML text, a whole document that needs no other file. `DocumentError` where the extra is not installed."""
    return "".join(ledger_page_pieces(imported))


def ledger_page_pieces(imported: ImportedPolicy) -> Iterator[str]:
    """The page piece by piece: that of a document of megabytes has ten times its size, and need not be held as a whole."""
    view = DraftView(imported.policy, imported.version)
    sections = _sections(imported)
    stretches = list(_stretches(imported, view, sections))
    uses = [(line.number, item) for stretch in stretches for line in stretch.lines for item in line.uses]
    style, script = _resource("ledger_page.css"), _resource("ledger_page.js")
    counts = imported.ledger.counts
    page = (
        _environment()
        .get_template("ledger_page.html")
        .stream(
            style=style,
            script=script,
            style_digest=_digest(style),
            script_digest=_digest(script),
            document=imported.document,
            title=imported.policy.get("title") or imported.document.name,
            number=imported.policy.get("number", ""),
            pages=imported.document.pages(),
            known=imported.is_known_layout,
            missing=imported.missing,
            faults=[str(fault) for fault in imported.faults],
            files=sorted(imported.files),
            counts=[(words, counts[LineState(words.state)]) for words in _STATES],
            bar=_bar({words.state: counts[LineState(words.state)] for words in _STATES}),
            total=len(imported.ledger.lines),
            extracted=_extracted(imported, view),
            open_lines=list(_open_lines(stretches)) if imported.is_known_layout else [],
            open_count=counts[LineState.NOT_UNDERSTOOD],
            marked=[(item, reason) for item in view.items() for reason in item.marks],
            stretches=stretches,
            view=view,
            ranges=_ranges(view, uses),
        )
    )
    page.enable_buffering(_PIECE)
    return page


def visible(text: str) -> str:
    """The text with what nobody would see as signs to be seen: control characters, which HTML forbids, signs that turn the
    direction of writing, and those of a private font, which are mostly bullets."""
    return _NOT_PLAIN.sub(lambda match: _visible_sign(match.group()), text)


def excerpt(text: str) -> str:
    """The beginning of a line, for a list."""
    short = visible(text.strip())
    return short if len(short) <= _EXCERPT else f"{short[:_EXCERPT].rstrip()}…"


def _visible_sign(sign: str) -> str:
    code = ord(sign)
    if code < 0x20 and sign != "\t":
        return chr(0x2400 + code)
    if 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or code & 0xFFFE == 0xFFFE:
        return "�"
    if 0xE000 <= code <= 0xF8FF:
        return "▪"
    return f"⟨U+{code:04X}⟩" if sign in _DIRECTIONS else sign


@cache
def _environment() -> Environment:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise DocumentError(
            "writing the ledger's page needs an extra; install it with: pip install 'medpolicy[documents]'"
        ) from None
    environment = Environment(
        loader=PackageLoader("medpolicy.authoring", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(visible=visible, excerpt=excerpt)
    return environment


@cache
def _resource(name: str) -> str:
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _digest(text: str) -> str:
    """As a content security policy names a style or script that stands in the page."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _sections(imported: ImportedPolicy) -> dict[int, str]:
    """The section of each line: the ledger's, else that of the outline."""
    found = {number: section.title for section in imported.outline.sections for number in section.lines}
    return found | {line.number: line.section for line in imported.ledger.lines if line.section}


def _stretches(imported: ImportedPolicy, view: DraftView, sections: dict[int, str]) -> Iterator[Stretch]:
    citing = _citing(view)
    next_open = _next_open(imported.ledger.lines)
    current: Stretch | None = None
    page: int | None = None
    for line in imported.ledger.lines:
        # A blank line belongs to what stands before it.
        section = sections.get(line.number, current.section if current is not None else "")
        if current is None or section != current.section or line.page != page or len(current.lines) >= _LINES_TOGETHER:
            opens = current is None or section != current.section
            if current is not None:
                yield current
            current = Stretch(f"lines-{line.number}", section, section if opens else "", line.page if line.page != page else None)
            page = line.page
        current.lines.append(_line_view(line, section, view, citing, next_open.get(line.number)))
    if current is not None:
        yield current


def _line_view(line: LedgerLine, section: str, view: DraftView, citing: dict[int, list[Item]], next_open: int | None) -> LineView:
    words = next(words for words in _STATES if words.state == line.state.value)
    if line.state is not LineState.USED:
        said = tuple(by for by in line.by if by != section)
        near = _narrowest(citing.get(line.number, []), line.number) if line.state is LineState.NOT_UNDERSTOOD else []
        return LineView(line.number, line.text, words, tuple(_innermost(near)), (), said, next_open)
    named = [(by, view.item_at(by, line.number)) for by in line.by]
    items = [item for _, item in named if item is not None] + _narrowest(citing.get(line.number, []), line.number)
    items.sort(key=lambda item: item.breadth_at(line.number))
    shown = {root_of(item.path) for item in items}
    left = [(by, view.part_at(by)) for by, item in named if item is None and root_of(by) not in shown]
    parts = {part.key: part for _, part in left if part is not None}
    said = tuple(by for by, part in left if part is None)
    return LineView(line.number, line.text, words, tuple(_innermost(items)), tuple(parts.values()), said, next_open)


def _citing(view: DraftView) -> dict[int, list[Item]]:
    """The items that cite each line."""
    found: dict[int, list[Item]] = {}
    for item in view.items():
        for cited in item.cited:
            for number in range(cited.first, cited.last + 1):
                found.setdefault(number, []).append(item)
    return found


def _narrowest(citing: list[Item], line: int) -> list[Item]:
    """Of each kind of item those that cite the fewest lines here: a fact of one line is not lost among those of a whole list."""
    least: dict[str, int] = {}
    for item in citing:
        least[item.kind] = min(item.breadth_at(line), least.get(item.kind, item.breadth_at(line)))
    return [item for item in citing if item.breadth_at(line) == least[item.kind]]


def _innermost(items: list[Item]) -> Iterator[Item]:
    """The items without those that another of them stands in."""
    above = set()
    for item in items:
        parent = item.parent
        while parent is not None:
            above.add(parent.anchor)
            parent = parent.parent
    yield from {item.anchor: item for item in items if item.anchor not in above}.values()


def _next_open(lines: tuple[LedgerLine, ...]) -> dict[int, int]:
    """For the first line of each run of lines not understood, the first line of the next run."""
    solid = [line for line in lines if line.state is not LineState.BLANK]
    starts = [next(run).number for state, run in groupby(solid, key=lambda line: line.state) if state is LineState.NOT_UNDERSTOOD]
    return dict(pairwise(starts))


def _open_lines(stretches: list[Stretch]) -> Iterator[OpenLines]:
    for section, group in groupby(stretches, key=lambda stretch: stretch.section):
        lines = tuple(line for stretch in group for line in stretch.lines if line.words.state == "not-understood")
        if lines:
            yield OpenLines(section, lines)


def _bar(counts: dict[str, int]) -> list[tuple[str, float, float]]:
    """The states as parts of a bar that is 100 wide: state, start, width."""
    total = sum(counts.values()) or 1
    found, start = [], 0.0
    for state, count in counts.items():
        found.append((state, round(start, 3), round(100 * count / total, 3)))
        start += 100 * count / total
    return found


def _extracted(imported: ImportedPolicy, view: DraftView) -> list[tuple[str, int, str]]:
    """What was extracted, how much of it, and the anchor of its part."""
    if not imported.is_known_layout:
        return []
    anchors = {part.key: part.anchor for part in view.parts}
    return [
        (name, count, anchors.get(_PART_OF.get(name, name.replace(" ", "_")), "")) for name, count in counted(imported).items()
    ]


def _ranges(view: DraftView, uses: list[tuple[int, Item]]) -> dict[str, str]:
    """The lines of each item by its anchor, as "3-5 9-9": those that it cites and those that name it."""
    lines: dict[str, set[int]] = {
        item.anchor: {number for cited in item.cited for number in range(cited.first, cited.last + 1)} for item in view.items()
    }
    for number, item in uses:
        lines[item.anchor].add(number)
    return {anchor: _runs(sorted(numbers)) for anchor, numbers in lines.items() if numbers}


def _runs(numbers: list[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(f"{first}-{last}" for first, last in runs)
