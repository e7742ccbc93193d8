"""HTML: the tree by selectolax, walked once; each element is given the source line on which its tag ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from medpolicy.authoring.document import Block, BlockKind, Cell, Row, SourceLine
from medpolicy.authoring.readers.blocks import Progress, with_every_line, with_number
from medpolicy.authoring.readers.broken_lines import BREAK, lines_of, without_marker
from medpolicy.authoring.readers.lined_text import LinedText, raised
from medpolicy.authoring.readers.markers import numeral, printed_marker
from medpolicy.authoring.readers.printed_items import with_printed_items
from medpolicy.errors import DocumentError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_LINE = "data-source-line"
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style)\b.*?(?:</\1\s*>|\Z)"
    # A quote opens a value only behind "="; elsewhere it is a sign like any other. Nothing is tried twice.
    r"|<[a-zA-Z/!?](?>[^<>\"'=]+|=\s*\"[^\"]*\"|=\s*'[^']*'|[\"'=])*+>",
    re.DOTALL | re.IGNORECASE,
)
_START_TAG = re.compile(r"<([a-zA-Z][^\s/>]*)")
_END_TAG = re.compile(r"</([a-zA-Z][^\s/>]*)")
# Elements whose ends may be left out, or that have none.
_NEED_NO_END = frozenset(
    re.findall(
        r"\w+",
        """area base body br col colgroup dd dt embed head hr html img input li link meta option p param script source style tbody
        td tfoot th thead tr track wbr""",
    )
)
# Deeper pages take the parser minutes; no editor makes them.
_DEEPEST_NESTING = 2_000
_MOST_TAGS = 400_000
# Elements with nothing that the document says, and why.
_FURNITURE = {
    "head": "head",
    "nav": "navigation",
    "header": "page header",
    "footer": "page footer",
    "script": "script",
    "style": "style",
    "noscript": "script",
    "template": "template",
    "svg": "picture",
    "iframe": "frame",
}
_CONTENT = frozenset({"main", "article", "section"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# Elements before and after which a block ends.
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """address article aside blockquote body button caption center dd details dialog div dl dt fieldset figcaption figure
        footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol option p pre section select summary table tbody
        td tfoot th thead tr ul""",
    )
)
_NOT_IN_DATA = frozenset({"table", "form", *_HEADINGS})
_SPACES_IN_MARKUP = re.compile(r"&(?:nbsp|ensp|emsp|thinsp|#160|#xA0);", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LINE_OF_TEXT = re.compile(r"[^\n]*\n|[^\n]+")
_WHOLE = re.compile(r"-?\d{1,6}")
_BOLD = frozenset({"b", "strong"})
# A span that is wider than any table of a policy is a mistake, or made to exhaust memory.
_WIDEST_SPAN = 40
_MOST_COLUMNS = 100


def read_html(lines: Sequence[SourceLine], progress: Progress | None = None) -> tuple[Block, ...]:
    """The blocks of an HTML page, or of a part of one; `lines` need not begin at 1."""
    if not lines:
        return ()
    first = lines[0].number
    marked, telling = _marked("\n".join(line.text for line in lines), first)
    reader = _HtmlReader(first)
    reader.read(_tree(marked), None if progress is None else lambda line: progress(line - first, len(lines)))
    blocks = with_printed_items(reader.blocks, reader.lefts)
    held = telling.union(*(block.lines for block in blocks))
    silent = [line.number for line in lines if not line.is_blank and line.number not in held]
    markup = [Block(BlockKind.FURNITURE, "", run, furniture="markup") for run in _runs(silent)]
    return with_every_line([*blocks, *markup], lines)


def _tree(text: str) -> LexborNode:
    try:
        from selectolax.lexbor import LexborHTMLParser  # an extra, only where a document is read
    except ImportError:
        raise DocumentError("reading HTML needs an extra; install it with: pip install 'medpolicy[documents]'") from None
    root = LexborHTMLParser(text).root
    if root is None:
        raise DocumentError("the HTML has no content")
    return root


def _marked(text: str, first: int) -> tuple[str, set[int]]:
    """The text with the line of each start tag's end as an attribute of it, and the lines that have text between the tags."""
    parts: list[str] = []
    telling: set[int] = set()
    line, position, depth = first, 0, 0
    for count, match in enumerate(_TOKEN.finditer(text)):
        if count > _MOST_TAGS:
            raise DocumentError(f"line {line}: the HTML has more than {_MOST_TAGS} tags; publish it in parts")
        between = text[position : match.start()]
        telling.update(_lines_with_text(between, line))
        line += between.count("\n")
        parts.append(between)
        token = match.group()
        tag = _START_TAG.match(token)
        name = tag[1].lower() if tag else ""
        depth += _depth(token, name)
        if depth > _DEEPEST_NESTING:
            raise DocumentError(f"line {line}: the HTML nests its elements deeper than {_DEEPEST_NESTING}; it is not read")
        at = line if name in ("script", "style") else line + token.count("\n")
        if name in ("pre", "textarea") and text.startswith("\n", match.end()):
            at += 1  # the parser drops this line's end
        parts.append(f'{token[: tag.end()]} {_LINE}="{at}"{token[tag.end() :]}' if tag else token)
        line += token.count("\n")
        position = match.end()
    telling.update(_lines_with_text(text[position:], line))
    return "".join([*parts, text[position:]]), telling


def _depth(token: str, name: str) -> int:
    """How much deeper a tag nests what follows it."""
    if name:
        return int(name not in _NEED_NO_END and not token.endswith("/>"))
    end = _END_TAG.match(token)
    return -1 if end and end[1].lower() not in _NEED_NO_END else 0


def _lines_with_text(text: str, line: int) -> Iterator[int]:
    pieces = enumerate(_SPACES_IN_MARKUP.sub(" ", text).split("\n"))
    return (line + offset for offset, piece in pieces if piece.strip())


def _runs(numbers: Iterable[int]) -> list[tuple[int, ...]]:
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1].append(number)
        else:
            found.append([number])
    return [tuple(run) for run in found]


@dataclass(slots=True)
class _List:
    """A list that is open: how it numbers its items, and the number of the next one."""

    style: str
    number: int
    step: int = 1

    def marker(self) -> str:
        if self.style == "bullet":
            return "•"
        number, self.number = self.number, self.number + self.step
        return f"{numeral(number, self.style)}."


_WORD_TITLE = re.compile(r"\bMso(?:Title|Heading(?P<level>[1-6]))\b", re.IGNORECASE)
_WORD_LIST = re.compile(r"\bmso-list\s*:\s*(?!none|ignore)[^;]*?\blevel(?P<level>[1-9])\b", re.IGNORECASE)


_LEFT = re.compile(
    r"\b(?:margin|padding)-left\s*:\s*(?P<amount>\d{1,4}(?:\.\d{1,4})?|\.\d{1,4})(?P<unit>in|pt|px|em|rem|cm)\b",
    re.IGNORECASE,
)
_POINTS = {"in": 72.0, "pt": 1.0, "px": 0.75, "em": 12.0, "rem": 12.0, "cm": 28.3}


@dataclass(frozen=True, slots=True)
class _OfWord:
    """What a page, such as a word processor saves, says of a paragraph by its class and style.

    It may be a title, or an item of a list; `left`: how far in it stands, in points.
    """

    heading: int = 0
    list_level: int | None = None
    left: float = 0.0

    @classmethod
    def of(cls, attributes: Mapping[str, str | None]) -> _OfWord:
        title = _WORD_TITLE.search(attributes.get("class") or "")
        if title is not None:
            return cls(heading=int(title["level"] or 1))
        style = attributes.get("style") or ""
        item = _WORD_LIST.search(style)
        if item is not None:
            return cls(list_level=int(item["level"]) - 1)
        left = _LEFT.search(style)
        return cls() if left is None else cls(left=float(left["amount"]) * _POINTS[left["unit"].lower()])


@dataclass(slots=True)
class _Gathered:
    """The text of the block that is being read."""

    pieces: list[tuple[str, int]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    plain: bool = False  # some of it is not bold


class _HtmlReader:
    """Walks the tree in document order, keeping the source line, the open lists and the text of the open block."""

    def __init__(self, first_line: int) -> None:
        self.blocks: list[Block] = []
        self.lefts: dict[int, float] = {}  # by the place of a paragraph among the blocks, how far in it stands, in points
        self._line = first_line
        self._text = _Gathered()
        self._lists: list[_List] = []
        self._marker = ""
        self._heading = 0
        self._word = _OfWord()
        self._bold = self._superscript = self._content = 0
        self._links: list[tuple[str, int]] = []

    def read(self, root: LexborNode, at_line: Callable[[int], None] | None) -> None:
        """Reads the tree below a node. Not by recursion: pages nest deeper than Python's stack."""
        waiting: list[tuple[LexborNode, bool]] = [(root, True)]
        while waiting:
            node, is_start = waiting.pop()
            if at_line is not None:
                at_line(self._line)
            if not is_start:
                self._leave(node.tag or "")
            elif self._enter(node):
                waiting.append((node, False))
                waiting += [(child, True) for child in reversed(_children(node))]
        self._flush()

    def _enter(self, node: LexborNode) -> bool:
        """Reads the start of a node; whether its children are to be read, too."""
        if node.is_text_node:
            self._add(node.text_content or "")
            return False
        if node.is_comment_node:
            self._silent([(node.comment_content or "", self._line)], "comment")
            return False
        tag, attributes = node.tag or "", node.attributes or {}
        self._line = _line_of(node, self._line)
        if tag in _BLOCKS:
            self._flush()
        why = self._furniture_of(tag, attributes)
        if why:
            self._silent(_pieces(node, self._line), why)
            return False
        if tag == "table" and not any(inner.tag in _NOT_IN_DATA for inner in _elements(node)):
            self._table(node)
            return False
        self._open(tag, attributes)
        return True

    def _furniture_of(self, tag: str, attributes: Mapping[str, str | None]) -> str:
        """Why an element is furniture; empty where it is none. A header or footer within the content says something."""
        if tag in ("header", "footer") and self._content:
            return ""
        if attributes.get("role") == "navigation":
            return "navigation"
        if "hidden" in attributes or attributes.get("aria-hidden") == "true" or _HIDDEN.search(attributes.get("style") or ""):
            return "hidden"
        return _FURNITURE.get(tag, "")

    def _open(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        self._content += tag in _CONTENT
        self._bold += tag in _BOLD
        self._superscript += tag == "sup"
        if tag in ("ul", "menu"):
            self._lists.append(_List("bullet", 1))
        elif tag == "ol":
            step = -1 if "reversed" in attributes else 1
            self._lists.append(_List(attributes.get("type") or "1", _whole(attributes.get("start"), 1), step))
        elif tag == "li":
            if self._lists and attributes.get("value"):
                self._lists[-1].number = _whole(attributes.get("value"), self._lists[-1].number)
            self._marker = self._lists[-1].marker() if self._lists else "•"
        elif tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag == "p":
            self._word = _OfWord.of(attributes)
        elif tag == "a":
            self._links.append((attributes.get("href") or "", len(self._text.pieces)))
        elif tag == "br":
            self._text.pieces.append((BREAK, self._line))
        elif tag == "hr":
            self.blocks.append(Block(BlockKind.FURNITURE, "", (self._line,), furniture="ruler"))

    def _leave(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._flush()
        self._content -= tag in _CONTENT
        self._bold -= tag in _BOLD
        self._superscript -= tag == "sup"
        if tag in ("ul", "menu", "ol"):
            self._lists.pop()
        elif tag == "li":
            self._marker = ""
        elif tag in _HEADINGS:
            self._heading = 0
        elif tag == "p":
            self._word = _OfWord()
        elif tag == "a":
            target, start = self._links.pop()
            text = "".join(piece for piece, _ in self._text.pieces[start:]).strip()
            if target and text:
                self._text.links.append((target, text))

    def _add(self, text: str) -> None:
        if self._superscript:
            text = raised(text)
        pieces = _by_line(text, self._line)
        self._line += text.count("\n")
        self._text.pieces += pieces
        self._text.plain = self._text.plain or (not self._bold and bool(text.strip()))

    def _flush(self) -> None:
        """Ends the block that is being read."""
        gathered, self._text = self._text, _Gathered()
        if not any(text.strip() for text, _ in gathered.pieces):
            return
        word = self._word
        if self._heading or word.heading:
            self._block(gathered, gathered.pieces, BlockKind.HEADING, self._heading or word.heading)
        elif word.list_level is not None:
            text = "".join(piece for piece, _ in gathered.pieces).strip()
            self._marker = printed_marker(text)
            pieces = without_marker(gathered.pieces, self._marker)
            self._marker = self._marker or "•"
            self._block(gathered, pieces, BlockKind.ITEM, word.list_level)
        else:
            self._lines(gathered)
        self._marker = ""

    def _lines(self, gathered: _Gathered) -> None:
        """A paragraph or an item; several where the page breaks it into lines."""
        is_item = bool(self._marker)
        level = max(len(self._lists) - 1, 0) if is_item else len(self._lists)
        for at, (marker, pieces) in enumerate(lines_of(gathered.pieces)):
            if at > 0 or (marker and not is_item):
                self._marker = marker
            kind = BlockKind.ITEM if self._marker else BlockKind.PARAGRAPH
            deeper = int(at > 0 and is_item)
            self._block(gathered, pieces, kind, level + deeper)

    def _block(self, gathered: _Gathered, pieces: Sequence[tuple[str, int]], kind: BlockKind, level: int) -> None:
        lined = LinedText.of(pieces).collapsed()
        block = Block(
            kind,
            lined.text,
            tuple(sorted(set(lined.lines))),
            level=level,
            marker=self._marker if kind is BlockKind.ITEM else "",
            bold=not gathered.plain,
            spans=lined.spans(),
            links=tuple(gathered.links),
        )
        if self._word.left:
            self.lefts[len(self.blocks)] = self._word.left
        self.blocks.append(with_number(block) if kind is BlockKind.HEADING else block)

    def _silent(self, pieces: Iterable[tuple[str, int]], why: str) -> None:
        """Furniture, as a block where it has text."""
        by_line = [piece for text, line in pieces for piece in _by_line(text, line)]
        numbers = _numbers(by_line)
        if numbers:
            text = LinedText.of(by_line).collapsed().text
            self.blocks.append(Block(BlockKind.FURNITURE, text, numbers, furniture=why))
            self._line = max(self._line, numbers[-1])

    def _table(self, node: LexborNode) -> None:
        spans: dict[int, tuple[Cell, int]] = {}  # column -> a cell from above, and how many rows it still covers
        rows: list[Row] = []
        for element in _elements(node):
            self._line = max(self._line, _line_of(element, self._line))
            if element.tag == "caption":
                lined = LinedText.of(_pieces(element, self._line)).collapsed()
                if lined.text:
                    numbers = tuple(sorted(set(lined.lines)))
                    self.blocks.append(Block(BlockKind.PARAGRAPH, lined.text, numbers, spans=lined.spans()))
            elif element.tag == "tr":
                row = _row(element, self._line, spans)
                if row is not None:
                    rows.append(row)
                    self._line = max(self._line, row.lines[-1])
        if rows:
            numbers = tuple(sorted({number for row in rows for number in row.lines}))
            self.blocks.append(Block(BlockKind.TABLE, "", numbers, rows=tuple(rows)))


def _row(node: LexborNode, line: int, spans: dict[int, tuple[Cell, int]]) -> Row | None:
    """A row with the cells that reach into it from above and from the left; None where it has no text."""
    cells: list[Cell] = []
    elements = [child for child in _children(node) if child.tag in ("td", "th")]
    waiting = list(reversed(elements))
    while (waiting or len(cells) in spans) and len(cells) < _MOST_COLUMNS:
        if len(cells) in spans:
            cell, left = spans.pop(len(cells))
            if left > 1:
                spans[len(cells)] = (cell, left - 1)
            cells.append(cell)
            continue
        element = waiting.pop()
        attributes = element.attributes or {}
        line = _line_of(element, line)
        lined = LinedText.of(_pieces(element, line)).collapsed()
        cell = Cell(lined.text, tuple(sorted(set(lined.lines))))
        height = min(_whole(attributes.get("rowspan"), 1), _WIDEST_SPAN)
        for _ in range(max(1, min(_whole(attributes.get("colspan"), 1), _WIDEST_SPAN))):
            if height > 1:
                spans[len(cells)] = (cell, height - 1)
            cells.append(cell)
    numbers = tuple(sorted({number for cell in cells for number in cell.lines}))
    is_header = bool(elements) and (
        (node.parent is not None and node.parent.tag == "thead") or all(e.tag == "th" for e in elements)
    )
    return Row(tuple(cells), numbers, is_header) if numbers else None


def _children(node: LexborNode) -> list[LexborNode]:
    found: list[LexborNode] = []
    child = node.child
    while child is not None:
        found.append(child)
        child = child.next
    return found


def _elements(node: LexborNode) -> Iterator[LexborNode]:
    """The elements below a node, in document order."""
    waiting = list(reversed(_children(node)))
    while waiting:
        inner = waiting.pop()
        if inner.is_element_node:
            yield inner
            waiting += reversed(_children(inner))


def _pieces(node: LexborNode, line: int) -> list[tuple[str, int]]:
    """The text below a node, with its lines; a space where an element parts it."""
    found: list[tuple[str, int]] = []
    waiting = list(reversed(_children(node)))
    while waiting:
        inner = waiting.pop()
        if inner.is_text_node:
            text = inner.text_content or ""
            if inner.parent is not None and inner.parent.tag == "sup":
                text = raised(text)
            found += _by_line(text, line)
            line += text.count("\n")
        elif inner.is_element_node and inner.tag not in ("script", "style"):
            line = _line_of(inner, line)
            if inner.tag in _BLOCKS or inner.tag == "br":
                found.append((" ", line))
            waiting += reversed(_children(inner))
    return found


def _line_of(node: LexborNode, line: int) -> int:
    return _whole((node.attributes or {}).get(_LINE), line)


def _by_line(text: str, line: int) -> list[tuple[str, int]]:
    """The text in its lines, each but the last with its line feed."""
    return [(piece, line + offset) for offset, piece in enumerate(_LINE_OF_TEXT.findall(text))]


def _numbers(pieces: Iterable[tuple[str, int]]) -> tuple[int, ...]:
    return tuple(sorted({line for text, line in pieces if text.strip()}))


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and _WHOLE.fullmatch(text) else default
