"""Whatever the bytes: a reader gives a document whose every line stands in a block, or says what is wrong."""

from __future__ import annotations

import contextlib
import io
import zipfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medpolicy.authoring.document import SourceDocument, all_lines, lines_without_block
from medpolicy.authoring.readers import read_document
from medpolicy.authoring.source_lines import source_lines
from medpolicy.errors import DocumentError
from tests.small_documents import Line, Rule, docx, pdf

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

WORDS = st.sampled_from(
    """Treatment AND or met: 36465 03/15/04 well- https://x.org/a- *b* <b>c</b> a™ | `""".split()  # noqa: SIM905
)
STARTS = st.sampled_from(
    ["", "- ", "  - ", "1. ", "2. ", "a) ", "(i) ", "• ", "o ", "# ", "## 2.1 ", "> ", "| a | b |", "|--|--|"]  # noqa: RUF005
    + ["\t", "a\tb", "---", "===", "```", "<!-- "]
)
TEXT_LINES = st.builds(lambda start, words: start + " ".join(words), STARTS, st.lists(WORDS, max_size=9))
TEXTS = st.lists(st.one_of(st.just(""), TEXT_LINES), max_size=25).map("\n".join)
TAGS = st.sampled_from(
    "p div ul ol li table tr td th h1 h2 b sup a nav header main script style br pre".split()  # noqa: SIM905
)
HTML = st.lists(
    st.one_of(
        TAGS.map(lambda tag: f"<{tag}>"),
        TAGS.map(lambda tag: f"</{tag}>"),
        TAGS.map(lambda tag: f'<{tag}\n class="a>b"\n rowspan=2>'),
        WORDS,
        st.sampled_from(["\n", " ", "<!--", "-->", "&amp;", "<", ">"]),
    ),
    max_size=60,
).map(lambda parts: "<html>" + "".join(parts))
LINES = st.builds(
    lambda start, words, top, left, bold: Line(start + " ".join(words) or "x", top, left, bold=bold),
    st.sampled_from(["", "1. ", "2. ", "a. ", "\u2022 ", "Page 1 of 2"]),
    st.lists(st.sampled_from(["Massage of the knee", "AND", "or", "met:", "36465", "well-"]), max_size=9),
    st.sampled_from([770, 740, 700, 688, 676, 640, 40, -5]),
    st.sampled_from([72, 90, 108, 300, -20]),
    st.booleans(),
)
RULES = st.builds(Rule, *[st.sampled_from([72, 150, 540, 680, 700, 714])] * 2, *[st.sampled_from([0.5, 14, 468])] * 2)
PAGES = st.lists(st.lists(st.one_of(LINES, RULES), max_size=14), min_size=1, max_size=4)


def kept_its_promise(document: SourceDocument, data: bytes) -> None:
    assert [line.text for line in document.lines] == source_lines(data)
    assert [line.number for line in document.lines] == list(range(1, len(document.lines) + 1))
    assert list(lines_without_block(document)) == []
    for block in document.blocks:
        assert block.lines
        assert list(block.lines) == sorted(set(block.lines))
        assert set(all_lines(block)) <= set(range(1, len(document.lines) + 1))
        end = 0
        for span in block.spans:
            assert end <= span.start < span.end <= len(block.text)
            assert span.line in block.lines
            end = span.end


def read_or_refused(data: bytes, name: str) -> None:
    with contextlib.suppress(DocumentError):
        kept_its_promise(read_document(data, name), data)


@QUICK
@given(TEXTS, st.sampled_from(["a.md", "a.txt"]))
def test_texts(text, name):
    read_or_refused(text.encode(), name)


@QUICK
@given(st.text(max_size=300), st.sampled_from(["a.md", "a.txt", "a.html"]))
def test_any_text(text, name):
    read_or_refused(text.encode(errors="replace"), name)


@QUICK
@given(st.binary(max_size=200), st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", b"\xff\xfe", b"# "]))
def test_any_bytes(data, start):
    read_or_refused(start + data, "a")


@QUICK
@given(HTML)
def test_html(text):
    read_or_refused(text.encode(), "a.html")


@QUICK
@given(PAGES)
def test_pdf(pages):
    read_or_refused(pdf(*pages), "a.pdf")


def mutated(data: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    found = bytearray(data)
    for place, piece in changes:
        at = place % (len(found) + 1)
        found[at : at + len(piece)] = piece
    return bytes(found)


CHANGES = st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=6)), min_size=1, max_size=6)
PDF = pdf([Line("Scope", 740, bold=True), Line("1. one", 700), Rule(72, 700, 400, 0.5)], [Line("2. two", 740)])


@QUICK
@given(CHANGES)
def test_pdf_with_bytes_changed(changes):
    read_or_refused(mutated(PDF, changes), "a.pdf")


def written(document) -> None:
    document.add_heading("Scope", 1)
    document.add_paragraph("one", style="List Number")
    document.add_paragraph("inner", style="List Bullet 2")
    document.add_table(2, 2).cell(0, 0).text = "cell"


DOCX = docx(written)
with zipfile.ZipFile(io.BytesIO(DOCX)) as _archive:
    PARTS = {name: _archive.read(name) for name in _archive.namelist()}


@QUICK
@given(CHANGES)
def test_docx_with_bytes_changed(changes):
    read_or_refused(mutated(DOCX, changes), "a.docx")


NAMES = st.sampled_from(["word/document.xml", "word/numbering.xml", "word/styles.xml", "word/_rels/document.xml.rels"])
TOKENS = st.sampled_from(
    [f"w:{name}".encode() for name in ("val", "p", "ilvl", "numId", "tbl", "tc", "gridSpan", "style", "r", "styleId", "basedOn")]
    + [b'"1"', b'"-9"', b'"99999999"', b'""']
)


def with_part(name: str, content: bytes) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for part, original in PARTS.items():
            archive.writestr(part, content if part == name else original)
    return found.getvalue()


@QUICK
@given(NAMES, CHANGES)
def test_docx_with_a_part_changed(name, changes):
    read_or_refused(with_part(name, mutated(PARTS[name], changes)), "a.docx")


@QUICK
@given(NAMES, TOKENS, TOKENS)
def test_docx_with_words_exchanged(name, old, new):
    read_or_refused(with_part(name, PARTS[name].replace(old, new)), "a.docx")
