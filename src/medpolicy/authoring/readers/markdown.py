"""Markdown: structure by markdown-it-py, which maps blocks to lines; tables with tabs and front matter by our own hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from medpolicy.authoring.document import Block, BlockKind, Cell, Row, SourceLine
from medpolicy.authoring.readers.blocks import (
    Progress,
    each_told,
    with_every_line,
    with_number,
    with_split_sentences_joined,
    with_split_tables_joined,
)
from medpolicy.authoring.readers.html import read_html
from medpolicy.authoring.readers.lettered_items import lettered_items, with_bullet
from medpolicy.authoring.readers.lined_text import LinedText, raised
from medpolicy.authoring.readers.tab_tables import TabTable, tab_tables
from medpolicy.errors import DocumentError

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_MARKED = (re.compile(r"==(?=\S)(.+?)(?<=\S)=="), re.compile(r"\^\^(?=\S)(.+?)(?<=\S)\^\^"))
_ATTRIBUTES = re.compile(r"\{ ?:[^{}\n]*\}")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})")
_HTML = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL)
_HTML_ELEMENT = re.compile(r"<(?:table|ul|ol|h[1-6]|p)\b", re.IGNORECASE)
_MARKER = re.compile(r"[\s>]*")
_PIPE_ROW = re.compile(r"\s*\|.*\|\s*")
_PIPE = re.compile(r"(?<!\\)\|")
_NO_TITLE_END = re.compile(r"[.;:,]$")
# Deeper than any policy nests its lists; what lies deeper still is read as paragraphs.
_DEEPEST_NESTING = 100
# With more, the search for links takes minutes, and the text is no policy.
_MOST_BRACKETS = 50_000


def read_markdown(lines: Sequence[SourceLine], progress: Progress | None = None) -> tuple[Block, ...]:
    """The blocks of a Markdown text."""
    return _MarkdownReader(lines).blocks(progress)


def _parser() -> MarkdownIt:
    try:
        from markdown_it import MarkdownIt  # an extra, only where a document is read
    except ImportError:
        raise DocumentError("reading Markdown needs an extra; install it with: pip install 'medpolicy[documents]'") from None
    # Policies have no code blocks: four spaces indent a list or a paragraph. A link's definition would vanish with its line.
    return MarkdownIt("commonmark", {"maxNesting": _DEEPEST_NESTING}).enable("table").disable(["code", "reference"])


@dataclass(frozen=True, slots=True)
class _Inline:
    """What stands in one block: text without markup, whether all of it is bold, its links."""

    text: LinedText
    bold: bool
    links: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _OpenLists:
    """The position among nested lists, told from the columns of the markers: two spaces indent as well as four do."""

    columns: list[int] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)  # of the items that are open

    def open_item(self, column: int) -> None:
        while self.columns and column < self.columns[-1] + 2 and (len(self.columns) == 1 or column < self.columns[-1]):
            self.columns.pop()
        if not self.columns or column >= self.columns[-1] + 2:
            self.columns.append(column)
        self.levels.append(len(self.columns) - 1)

    def close_item(self) -> None:
        self.levels.pop()

    def leave(self) -> None:
        self.columns.clear()

    @property
    def item_level(self) -> int:
        return self.levels[-1]

    @property
    def paragraph_level(self) -> int:
        return self.levels[-1] + 1 if self.levels else 0


class _MarkdownReader:
    def __init__(self, lines: Sequence[SourceLine]) -> None:
        self._lines = lines
        # Lines of form feeds and other spaces that Markdown does not know part paragraphs, too.
        self._texts = ["" if line.is_blank else line.text for line in lines]
        self._parser = _parser()
        if sum(text.count("[") for text in self._texts) > _MOST_BRACKETS:
            self._parser.disable(["link", "image"])
        self._lettered: dict[int, str] = {}

    def blocks(self, progress: Progress | None) -> tuple[Block, ...]:
        front = _front_matter_length(self._texts)
        texts = [""] * front + self._texts[front:]
        tables = tab_tables(texts)
        for table in tables:
            for number in table.lines:
                texts[number - 1] = ""
        self._lettered = lettered_items(texts)
        for number in self._lettered:
            texts[number - 1] = with_bullet(texts[number - 1])
        found = [_furniture(range(1, front + 1), "front matter")] if front else []
        found += [self._tab_table(table) for table in tables]
        found += each_told(self._structure(self._parser.parse("\n".join(texts))), len(texts), progress)
        found.sort(key=lambda block: block.first_line)
        found = with_split_tables_joined(found, self._lines)
        return with_every_line(with_split_sentences_joined(found, self._lines), self._lines)

    def _structure(self, tokens: Sequence[Token]) -> Iterator[Block]:
        lists = _OpenLists()
        marker = ""
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type == "list_item_open":
                marker = self._lettered.get(_numbers(token)[0], token.info + token.markup)
                lists.open_item(self._marker_column(token))
            elif token.type == "list_item_close":
                marker = ""
                lists.close_item()
            elif token.type == "heading_open":
                lists.leave()
                yield from self._heading(token, tokens[index + 1])
                index += 1
            elif token.type == "table_open":
                end = _closing(tokens, index)
                yield self._table(tokens[index : end + 1])
                index = end
            elif token.type == "inline":
                if marker:
                    yield self._block(BlockKind.ITEM, token, level=lists.item_level, marker=marker)
                else:
                    block = self._paragraph(token, lists.paragraph_level)
                    if not lists.levels and block.text.endswith(":"):
                        lists.leave()
                    yield block
                marker = ""
            elif token.type in ("html_block", "fence"):
                yield from self._raw(token)
            elif token.type == "hr":
                yield _furniture(_numbers(token), "ruler")
            index += 1

    def _heading(self, opening: Token, token: Token) -> Iterator[Block]:
        numbers = _numbers(opening)
        underlined = opening.markup in ("=", "-")
        if underlined and (len(numbers) != 2 or _NO_TITLE_END.search(token.content)):
            # A ruler right under a paragraph, as converters write between pages, makes no heading of it.
            yield self._block(BlockKind.PARAGRAPH, token, lines=numbers[:-1])
            yield _furniture(numbers[-1:], "ruler")
            return
        block = self._block(BlockKind.HEADING, token, lines=numbers, level=int(opening.tag[1:]))
        yield with_number(block)

    def _paragraph(self, token: Token, level: int) -> Block:
        numbers = _numbers(token)
        if all(_PIPE_ROW.fullmatch(self._texts[number - 1]) for number in numbers):
            rows = tuple(self._row(number, _pipe_cells(self._texts[number - 1]), is_header=False) for number in numbers)
            return _table(rows, numbers)
        return self._block(BlockKind.PARAGRAPH, token, level=level)

    def _block(self, kind: BlockKind, token: Token, *, lines: Sequence[int] = (), level: int = 0, marker: str = "") -> Block:
        numbers = tuple(lines) or _numbers(token)
        inline = _inline(token.children or (), numbers)
        return Block(
            kind,
            inline.text.text,
            numbers,
            level=level,
            marker=marker,
            bold=inline.bold,
            spans=inline.text.spans(),
            links=inline.links,
        )

    def _raw(self, token: Token) -> Iterator[Block]:
        """HTML between the paragraphs, and fences: their text, without markup."""
        numbers = _numbers(token)
        if token.type == "html_block" and _HTML_ELEMENT.search(token.content):
            yield from read_html(self._lines[numbers[0] - 1 : numbers[-1]])
            return
        lined = LinedText.of((self._texts[number - 1] + "\n", number) for number in numbers)
        lined = lined.without(_FENCE) if token.type == "fence" else lined.without(_HTML)
        lined = lined.collapsed()
        if lined.text:
            yield Block(BlockKind.PARAGRAPH, lined.text, numbers, spans=lined.spans())
        else:
            yield _furniture(numbers, "comment" if token.content.lstrip().startswith("<!--") else "markup")

    def _table(self, tokens: Sequence[Token]) -> Block:
        rows: list[Row] = []
        for index, token in enumerate(tokens):
            if token.type == "tr_open":
                (number,) = _numbers(token)
                # From the source, not from the tokens: they leave out the cells that the header has no column for.
                rows.append(
                    self._row(number, _pipe_cells(self._texts[number - 1]), is_header=tokens[index - 1].type == "thead_open")
                )
        return _table(rows, _numbers(tokens[0]))

    def _tab_table(self, table: TabTable) -> Block:
        return _table([self._row(row.line, row.cells, is_header=row.is_header) for row in table.rows], table.lines)

    def _row(self, number: int, cells: Iterable[str], *, is_header: bool) -> Row:
        return Row(tuple(self._cell(text, number) for text in cells), (number,), is_header)

    def _cell(self, text: str, number: int) -> Cell:
        (token,) = self._parser.parseInline(text.strip())
        return Cell(_inline(token.children or (), (number,)).text.text, (number,))

    def _marker_column(self, token: Token) -> int:
        text = self._texts[_numbers(token)[0] - 1].expandtabs(4)
        match = _MARKER.match(text)
        return match.end() if match else 0


def _front_matter_length(texts: Sequence[str]) -> int:
    """How many lines the YAML front matter takes; 0 where the text has none."""
    if not texts or texts[0].rstrip() != "---":
        return 0
    for index, text in enumerate(texts[1:], start=2):
        if text.rstrip() in ("---", "..."):
            return index
        if not text.strip() or text.startswith("#"):
            return 0
    return 0


def _inline(children: Iterable[Token], numbers: Sequence[int]) -> _Inline:
    pieces: list[tuple[str, int]] = []
    links: list[tuple[str, str]] = []
    plain = False  # some text is not bold
    bold = superscript = 0
    target, link_start = "", 0
    at = 0
    for token in children:
        line = numbers[min(at, len(numbers) - 1)]
        if token.type in ("softbreak", "hardbreak"):
            pieces.append((" ", line))
            at += 1
        elif token.type == "strong_open":
            bold += 1
        elif token.type == "strong_close":
            bold -= 1
        elif token.type == "link_open":
            target, link_start = str(token.attrs.get("href", "")), len(pieces)
        elif token.type == "link_close":
            links.append((target, "".join(text for text, _ in pieces[link_start:]).strip()))
        elif token.type == "html_inline":
            at += token.content.count("\n")
            tag = _TAG.match(token.content)
            name, step = (tag[2].lower(), -1 if tag[1] else 1) if tag else ("", 0)
            if name in ("b", "strong"):
                bold += step
            elif name == "sup":
                superscript += step
            elif name == "br":
                pieces.append((" ", line))
        else:
            text = token.content
            if superscript > 0:
                text = raised(text)
            pieces.append((text, line))
            plain = plain or bool(bold <= 0 and text.strip())
    lined = LinedText.of(pieces)
    for pattern in (*_MARKED, _ATTRIBUTES):
        lined = lined.without(pattern)
    lined = lined.collapsed()
    return _Inline(lined, bool(lined.text) and not plain, tuple(links))


def _pipe_cells(text: str) -> list[str]:
    return [cell.replace("\\|", "|") for cell in _PIPE.split(text.strip().removeprefix("|").removesuffix("|"))]


def _table(rows: Sequence[Row], numbers: Sequence[int]) -> Block:
    return Block(BlockKind.TABLE, "", tuple(numbers), rows=tuple(rows))


def _furniture(numbers: Iterable[int], why: str) -> Block:
    return Block(BlockKind.FURNITURE, "", tuple(numbers), furniture=why)


def _closing(tokens: Sequence[Token], index: int) -> int:
    closing = tokens[index].type.replace("_open", "_close")
    return next(at for at in range(index, len(tokens)) if tokens[at].type == closing and tokens[at].level == tokens[index].level)


def _numbers(token: Token) -> tuple[int, ...]:
    """The lines of a token; blank ones at its end do not count."""
    assert token.map is not None
    return tuple(range(token.map[0] + 1, token.map[1] + 1))
