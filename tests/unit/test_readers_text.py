"""Plain text as blocks, how a text is decoded, and by what its format is recognised."""

from __future__ import annotations

import pytest

from medpolicy.authoring.document import lines_without_block
from medpolicy.authoring.readers import read_document
from medpolicy.authoring.source_lines import LARGEST_TEXT, MOST_LINES, source_lines
from medpolicy.errors import DocumentError

TEXT = """POSITION STATEMENT:

Massage of the knee by hand or by machine counts as needed care under the sample
plan when ALL of these points are true:

  o There is a tremor; AND
  o One of these, if nine or more weeks of warm baths have brought nothing and
    nobody knows better:
    1. Ulcer; OR
    2. Pain
  o No clot.

Code\tText
0001T\ta
--------------------
Anything else is
not covered."""


def test_columns_and_blank_lines_tell_the_blocks():
    document = read_document(TEXT.encode(), "policy.txt")
    assert document.media_type == "text/plain"
    assert list(lines_without_block(document)) == []
    assert [(block.kind.value, block.level, block.marker, block.lines) for block in document.blocks] == [
        ("heading", 1, "", (1,)),
        ("paragraph", 0, "", (3, 4)),
        ("item", 0, "o", (6,)),
        ("item", 0, "o", (7, 8)),
        ("item", 1, "1.", (9,)),
        ("item", 1, "2.", (10,)),
        ("item", 0, "o", (11,)),
        ("table", 0, "", (13, 14)),
        ("furniture", 0, "", (15,)),
        ("paragraph", 0, "", (16, 17)),
    ]
    assert document.blocks[3].text.endswith("nothing and nobody knows better:")
    assert all(block.page is None for block in document.blocks)


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"# A\n", "a", "text/markdown"),
        (b"A | B\n--|--\n1 | 2", "a.txt", "text/markdown"),
        (b"plain", "a.md", "text/markdown"),
        (b"plain", "a.markdown", "text/markdown"),
        (b"plain", "a.txt", "text/plain"),
        (b" <!DOCTYPE HTML><p>x", "a.txt", "text/html"),
        (b"<!-- a --><html>x", "a", "text/html"),
        (b"<p>x", "a.htm", "text/html"),
    ],
)
def test_the_format_is_recognised(data, name, media_type):
    assert read_document(data, name).media_type == media_type


@pytest.mark.parametrize(
    "data",
    [
        "é".encode(),
        "\ufeffé".encode(),
        "\ufeffé".encode("utf-16-le"),
        "\ufeffé".encode("utf-16-be"),
        "\ufeffé".encode("utf-32-le"),
    ],
)
def test_byte_order_marks(data):
    document = read_document(data, "a.txt")
    assert ([line.text for line in document.lines], document.warnings) == (["é"], ())


def test_windows_1252_is_read_with_a_warning():
    document = read_document(b"a\nb \x93c\x94", "a.txt")
    assert [line.text for line in document.lines] == ["a", "b “c”"]
    assert "line 2" in document.warnings[0]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"a\nb\x00", "line 2 holds a NUL"),
        (b"a\n\x81", "line 2 is neither"),
        ("\ufeffé".encode("utf-16-le") + b"x", "UTF-16"),
        (b"a" * (LARGEST_TEXT + 1), "MiB"),
        (b"a\n" * (MOST_LINES + 1), "lines"),
        (b"", r"a\.txt: it is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a file of Office before 2007, or one with a password.*save it as DOCX"),
        (b"{\\rtf1 a}", "Rich Text.*save it as DOCX"),
        (b"\x89PNG\r\n\x1a\n", "a picture.*OCR"),
        (b"\x1f\x8b\x08", "compressed.*unpack"),
    ],
)
def test_texts_that_are_refused(data, says):
    with pytest.raises(DocumentError, match=says):
        read_document(data, "a.txt")
    if data:
        with pytest.raises(DocumentError, match=says):
            source_lines(data)
