"""What a DOCX document says, in its order: paragraphs and tables, as python-docx opens the package.

A line of the document is a paragraph, or a row of a table with its cells joined by tabs.
"""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from medpolicy.errors import DocumentError

if TYPE_CHECKING:
    from docx.document import Document

ZIP = b"PK\x03\x04"
# A DOCX is a ZIP archive: what it may hold once inflated, and how much smaller than that a part may be packed.
LARGEST_XML = 24 * 2**20
LARGEST_CONTENT = 256 * 2**20
MOST_PARAGRAPHS = 80_000  # each is a line of the document: `source_lines.MOST_LINES`
_MOST_PARTS = 5_000
_LARGEST_RATIO = 200
_SMALL_PART = 2**20
_MAIN_PART = "word/document.xml"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Around paragraphs and tables: content controls, tracked insertions, custom markup.
_WRAPPERS = frozenset(f"{_WORD}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))
_NOT_SAID = frozenset({f"{_WORD}del", f"{_WORD}moveFrom", f"{_WORD}pPr", f"{_WORD}rPr", _FALLBACK})
_MOST_SPANNED = 63  # the most columns that Word makes
_DECLARATIONS = tuple(
    sign.encode(encoding) for sign in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_WHOLE = re.compile(r"-?\d{1,6}")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{1,5}")
_OFF = frozenset({"0", "false", "off", "none"})


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a paragraph in one type. `target`: of the link that it belongs to, or empty."""

    text: str
    bold: bool
    raised: bool
    target: str


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbering of a paragraph: the list's id in the file, and the level in it from 0."""

    list_id: str
    level: int


@dataclass(frozen=True, slots=True)
class DocxParagraph:
    """A paragraph: `style` in Word's own words, lower case; `outline` from 0 where it is a heading; `indent` in points."""

    runs: tuple[Run, ...]
    style: str
    outline: int | None
    numbering: Numbering | None
    indent: float | None

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class DocxCell:
    """A cell, how many columns it takes, and whether it goes on with the cell above."""

    paragraphs: tuple[DocxParagraph, ...]
    columns: int
    goes_on: bool

    @property
    def text(self) -> str:
        return " ".join(paragraph.text.strip() for paragraph in self.paragraphs if paragraph.text.strip())


@dataclass(frozen=True, slots=True)
class DocxRow:
    """A row of a table."""

    cells: tuple[DocxCell, ...]
    is_header: bool

    @property
    def text(self) -> str:
        return "\t".join(" ".join(cell.text.split()) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class DocxTable:
    """A table; one within a cell counts as that cell's text."""

    rows: tuple[DocxRow, ...]


@dataclass(frozen=True, slots=True)
class NumberingLevel:
    """How a level of a list numbers: Word's name of the format, the pattern such as "%1.%2", the first number, the indent."""

    format: str
    pattern: str
    start: int
    indent: float | None


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style says of its paragraphs, with what it inherits."""

    name: str
    outline: int | None
    numbering: Numbering | None
    indent: float | None
    bold: bool


class DocxContent:
    """The body of a DOCX document; `DocumentError` on construction where it cannot be read."""

    def __init__(self, data: bytes) -> None:
        part = _opened(data).part
        body = part.element.find(f"{_WORD}body")
        if body is None:
            raise DocumentError("the DOCX is damaged: it has no body; open it in a word processor and save it again")
        relations = part.rels.values()
        self._targets = {relation.rId: relation.target_ref for relation in relations if relation.is_external}
        styles = _element_of(relations, "/styles")
        self._styles = (
            {} if styles is None else {style.get(f"{_WORD}styleId"): style for style in styles.findall(f"{_WORD}style")}
        )
        self._known_styles: dict[str, _Style] = {}
        numbering = _element_of(relations, "/numbering")
        self.numberings = {} if numbering is None else _numberings(numbering)
        count = sum(1 for _ in body.iter(f"{_WORD}p"))
        if count > MOST_PARAGRAPHS:
            raise DocumentError(f"the DOCX has {count} paragraphs; at most {MOST_PARAGRAPHS} are read")
        self.elements = tuple(self._elements(body))

    @property
    def lines(self) -> list[str]:
        """The lines of the document."""
        found: list[str] = []
        for element in self.elements:
            found += [row.text for row in element.rows] if isinstance(element, DocxTable) else [" ".join(element.text.split())]
        return found

    def _elements(self, parent: Any) -> Iterator[DocxParagraph | DocxTable]:  # lxml's elements have no types here
        for child in parent:
            if child.tag == f"{_WORD}p":
                yield self._paragraph(child)
            elif child.tag == f"{_WORD}tbl":
                yield self._table(child)
            elif child.tag in _WRAPPERS:
                yield from self._elements(child)

    def _paragraph(self, element: Any) -> DocxParagraph:
        properties = element.find(f"{_WORD}pPr")
        style = self._style(_value(properties, "pStyle") or "")
        numbering = _numbering(properties) or style.numbering
        if numbering is not None and numbering.list_id == "0":  # the list of the style is switched off
            numbering = None
        indent = _indent(properties)
        if indent is None:
            level = self.numberings.get(numbering.list_id, {}).get(numbering.level) if numbering else None
            indent = level.indent if level and level.indent is not None else style.indent
        outline = _outline(properties)
        return DocxParagraph(
            tuple(self._runs(element, style)), style.name, style.outline if outline is None else outline, numbering, indent
        )

    def _runs(self, paragraph: Any, style: _Style) -> Iterator[Run]:
        waiting: list[tuple[Any, str]] = [(child, "") for child in reversed(list(paragraph))]
        while waiting:
            element, target = waiting.pop()
            if element.tag in _NOT_SAID:
                continue
            if element.tag == f"{_WORD}r":
                properties = element.find(f"{_WORD}rPr")
                bold = _is_on(properties, "b")
                raised = _value(properties, "vertAlign") == "superscript"
                text = "".join(_said(element))
                if text:
                    yield Run(text, style.bold if bold is None else bold, raised, target)
                continue
            if element.tag == f"{_WORD}hyperlink":
                target = self._targets.get(element.get(_RELATION, ""), "") or f"#{element.get(f'{_WORD}anchor', '')}"
            waiting += [(child, target) for child in reversed(list(element))]

    def _table(self, element: Any) -> DocxTable:
        rows = []
        for row in _below(element, f"{_WORD}tr"):
            cells = tuple(self._cell(cell) for cell in _below(row, f"{_WORD}tc"))
            if cells:
                rows.append(DocxRow(cells, _is_on(row.find(f"{_WORD}trPr"), "tblHeader") is True))
        return DocxTable(tuple(rows))

    def _cell(self, element: Any) -> DocxCell:
        properties = element.find(f"{_WORD}tcPr")
        merge = properties.find(f"{_WORD}vMerge") if properties is not None else None
        paragraphs: list[DocxParagraph] = []
        for inner in self._elements(element):
            if isinstance(inner, DocxParagraph):
                paragraphs.append(inner)
            else:
                paragraphs += [held for row in inner.rows for cell in row.cells for held in cell.paragraphs]
        columns = min(_whole(_value(properties, "gridSpan"), 1), _MOST_SPANNED)
        return DocxCell(tuple(paragraphs), columns, merge is not None and merge.get(f"{_WORD}val") != "restart")

    def _style(self, style_id: str) -> _Style:
        if style_id not in self._known_styles:
            self._known_styles[style_id] = self._told_style(style_id)
        return self._known_styles[style_id]

    def _told_style(self, style_id: str) -> _Style:
        style = self._styles.get(style_id)
        name, seen = (_value(style, "name") or "").lower(), set[str]()
        outline: int | None = None
        numbering: Numbering | None = None
        indent: float | None = None
        bold: bool | None = None
        while style is not None and style_id not in seen:  # a file may let styles inherit from each other in a ring
            seen.add(style_id)
            properties = style.find(f"{_WORD}pPr")
            outline = _outline(properties) if outline is None else outline
            numbering = numbering or _numbering(properties)
            indent = _indent(properties) if indent is None else indent
            bold = _is_on(style.find(f"{_WORD}rPr"), "b") if bold is None else bold
            style_id = _value(style, "basedOn") or ""
            style = self._styles.get(style_id)
        return _Style(name, outline, numbering, indent, bool(bold))


def _opened(data: bytes) -> Document:
    _check_archive(data)
    try:
        import docx  # an extra, only where a DOCX is read
    except ImportError:
        raise DocumentError("reading a DOCX needs an extra; install it with: pip install 'medpolicy[documents]'") from None
    try:
        return docx.Document(io.BytesIO(data))
    except Exception as error:  # python-docx lets through whatever its parser, ZIP reader or lookups meet in a damaged file
        raise DocumentError(f"the DOCX is damaged: {error}; open it in a word processor and save it again") from None


def _element_of(relations: Iterable[Any], kind: str) -> Any:
    """The root of the part that a relation of this kind names; None where there is none or it is no XML."""
    parts = (relation.target_part for relation in relations if not relation.is_external and relation.reltype.endswith(kind))
    return getattr(next(parts, None), "element", None)


def _check_archive(data: bytes) -> None:
    """Refuses what would fill the memory, before anything of it is inflated."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if _MAIN_PART not in archive.namelist():
                raise DocumentError(f"it is a ZIP archive and no DOCX document: it holds no {_MAIN_PART}")
            markup = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
            _check_sizes(parts, markup)
            for part in markup:
                content = archive.read(part)
                if any(sign in content for sign in _DECLARATIONS):
                    raise DocumentError(
                        f"{part.filename} declares a document type or entities, as no word processor does; it is not read"
                    )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise DocumentError(f"the DOCX is damaged or encrypted: {error}; save it again without a password") from None


def _check_sizes(parts: Sequence[zipfile.ZipInfo], markup: Sequence[zipfile.ZipInfo]) -> None:
    if len(parts) > _MOST_PARTS:
        raise DocumentError(f"the DOCX holds {len(parts)} parts; at most {_MOST_PARTS} are read")
    for what, held, limit in (("content", parts, LARGEST_CONTENT), ("text", markup, LARGEST_XML)):
        size = sum(part.file_size for part in held)
        if size > limit:
            raise DocumentError(
                f"the {what} of the DOCX takes {size / 2**20:.0f} MiB once inflated; at most {limit // 2**20} are read"
            )
    if any(part.file_size > _SMALL_PART and part.file_size > _LARGEST_RATIO * part.compress_size for part in parts):
        raise DocumentError(f"a part of the DOCX is packed to less than 1/{_LARGEST_RATIO}, as no document is; it is not read")


def _said(run: Any) -> Iterator[str]:
    """The text of a run: with line ends as spaces, with the hyphens and signs that are elements of their own."""
    for element in run:
        name = element.tag.removeprefix(_WORD) if isinstance(element.tag, str) else ""
        if name == "t":
            yield element.text or ""
        elif name in ("tab", "br", "cr", "ptab"):
            yield " "
        elif name == "noBreakHyphen":
            yield "-"
        elif name == "sym":
            code = element.get(f"{_WORD}char", "")
            yield chr(int(code, 16)) if _HEXADECIMAL.fullmatch(code) else ""


def _numberings(root: Any) -> dict[str, dict[int, NumberingLevel]]:
    """List id -> level -> how it numbers, with what a list overrides of its pattern."""
    patterns = {abstract.get(f"{_WORD}abstractNumId"): _levels(abstract) for abstract in root.findall(f"{_WORD}abstractNum")}
    found: dict[str, dict[int, NumberingLevel]] = {}
    for numbering in root.findall(f"{_WORD}num"):
        levels = dict(patterns.get(_value(numbering, "abstractNumId"), {}))
        for override in numbering.findall(f"{_WORD}lvlOverride"):
            number = _whole(override.get(f"{_WORD}ilvl"), 0)
            level = override.find(f"{_WORD}lvl")
            if level is not None:
                levels[number] = _level(level)
            elif number in levels:
                start = _whole(_value(override, "startOverride"), levels[number].start)
                levels[number] = dataclasses.replace(levels[number], start=start)
        found[numbering.get(f"{_WORD}numId", "")] = levels
    return found


def _levels(abstract: Any) -> dict[int, NumberingLevel]:
    return {_whole(level.get(f"{_WORD}ilvl"), 0): _level(level) for level in abstract.findall(f"{_WORD}lvl")}


def _level(element: Any) -> NumberingLevel:
    return NumberingLevel(
        _value(element, "numFmt") or "decimal",
        _value(element, "lvlText") or "",
        _whole(_value(element, "start"), 1),
        _indent(element.find(f"{_WORD}pPr")),
    )


def _below(parent: Any, tag: str) -> Iterator[Any]:
    """The rows of a table or cells of a row, also those that a content control holds."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _below(child, tag)


def _value(parent: Any, name: str) -> str | None:
    element = parent.find(f"{_WORD}{name}") if parent is not None else None
    return None if element is None else element.get(f"{_WORD}val")


def _is_on(properties: Any, name: str) -> bool | None:
    """A switch of Word's: on where its element stands without a value."""
    element = properties.find(f"{_WORD}{name}") if properties is not None else None
    return None if element is None else element.get(f"{_WORD}val", "true") not in _OFF


def _numbering(properties: Any) -> Numbering | None:
    element = properties.find(f"{_WORD}numPr") if properties is not None else None
    list_id = _value(element, "numId")
    return None if list_id is None else Numbering(list_id, _whole(_value(element, "ilvl"), 0))


def _indent(properties: Any) -> float | None:
    """The left indent in points; the file has twentieths of one."""
    element = properties.find(f"{_WORD}ind") if properties is not None else None
    if element is None:
        return None
    text = element.get(f"{_WORD}left") or element.get(f"{_WORD}start")
    return None if text is None else _whole(text, 0) / 20


def _outline(properties: Any) -> int | None:
    """The outline level from 0; Word's 9 is running text."""
    text = _value(properties, "outlineLvl")
    return None if text is None or not 0 <= _whole(text, 9) < 9 else int(text)


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and _WHOLE.fullmatch(text) else default
