"""HTML as blocks: each on the lines of the file, furniture apart, spans spread, hostile pages refused."""

from __future__ import annotations

import pytest

from medpolicy.authoring.document import Block, BlockKind, lines_without_block
from medpolicy.authoring.readers import read_document
from medpolicy.authoring.source_lines import source_lines
from medpolicy.errors import DocumentError


def blocks_of(text: str) -> list[Block]:
    data = text.encode()
    document = read_document(data, "policy.html")
    assert document.media_type == "text/html"
    assert [line.text for line in document.lines] == source_lines(data)
    assert list(lines_without_block(document)) == []
    return list(document.blocks)


def told(text: str) -> list[tuple[str, int, str, str, tuple[int, ...]]]:
    found = blocks_of(f"<html>\n{text}")
    return [(b.kind.value, b.level, b.marker, b.text, b.lines) for b in found if b.kind is not BlockKind.FURNITURE]


def test_headings_and_paragraphs_on_their_lines():
    text = '<h1\n class="a">2. Scope\n of it</h1>\n<p>Covered <b>if</b>\nmet.<p>Next <a href="#x">one</a>\n</div>'
    assert told(text) == [
        ("heading", 1, "2.", "Scope of it", (3, 4)),
        ("paragraph", 0, "", "Covered if met.", (5, 6)),
        ("paragraph", 0, "", "Next one", (6,)),
    ]
    block = next(block for block in blocks_of(f"<html>{text}") if block.links)
    assert block.links == (("#x", "one"),)
    first = next(block for block in blocks_of("<html><p>Covered\nif met") if block.text)
    assert first.lines_of(first.text.index("if"), len(first.text)) == (2,)


def test_lists():
    text = """<ol type="A" start="2"><li>two<ul><li>in</li></ul><p>more</p></li><li value=5>five</ol>
<ol type=i><li>a<li>b<li>c<li>d</ol><ol reversed start=2><li>x<li>y</ol><ol type=a start=30><li>z</ol>"""
    assert [(kind, level, marker, text) for kind, level, marker, text, _ in told(text)] == [
        ("item", 0, "B.", "two"),
        ("item", 1, "•", "in"),
        ("paragraph", 1, "", "more"),
        ("item", 0, "E.", "five"),
        *[("item", 0, f"{marker}.", letter) for marker, letter in zip(("i", "ii", "iii", "iv"), "abcd", strict=True)],
        ("item", 0, "2.", "x"),
        ("item", 0, "1.", "y"),
        ("item", 0, "30.", "z"),
    ]


def test_furniture():
    text = """<html><head><title>T</title>
<style>
p {}
</style></head><body><header>Site</header>
<nav>Home</nav><!-- a
b --><script>
var x = "<p>no</p>";
</script><main><header><h1>Policy</h1></header>
<p hidden>h</p><p style="display: none">n</p>
<p>Text</main><footer>Foot
</footer>"""
    found = blocks_of(text)
    reasons = {block.text: block.furniture for block in found if block.text}
    assert reasons["Site"] == "page header"
    assert (reasons["Home"], reasons["Foot"]) == ("navigation", "page footer")
    assert (reasons["h"], reasons["n"], reasons["a b"]) == ("hidden", "hidden", "comment")
    assert (reasons["Policy"], reasons["Text"]) == ("", "")
    assert not any("no" in block.text for block in found if not block.furniture)


def test_tables_with_spans():
    text = """<table><caption>Codes</caption>
<thead><tr><th rowspan=2>Code<th colspan="2">Text
<tr><th>a<th>b</thead>
<tr><td>0001T<td>x<br>y<td>z<sup>TM</sup></table><p>After"""
    found = blocks_of(f"<html>{text}")
    (table,) = [block for block in found if block.kind is BlockKind.TABLE]
    assert [(row.texts, row.lines, row.is_header) for row in table.rows] == [
        (("Code", "Text", "Text"), (2,), True),
        (("Code", "a", "b"), (2, 3), True),
        (("0001T", "x y", "z™"), (4,), False),
    ]
    assert [block.text for block in found if block.kind is BlockKind.PARAGRAPH] == ["Codes", "After"]


def test_a_table_that_lays_out_the_page_is_no_table():
    found = told("<table><tr><td><h2>Scope</h2><p>Text<table><tr><td>1<td>2</table></table>")
    assert [kind for kind, *_ in found] == ["heading", "paragraph", "table"]


def test_html_within_markdown():
    document = read_document(b"# A\n\n<table><tr><td>1\n<td>2</table>\n\n<div>\nplain\n</div>\n", "a.md")
    (table,) = [block for block in document.blocks if block.kind is BlockKind.TABLE]
    assert (table.rows[0].texts, table.lines) == (("1", "2"), (3, 4))
    assert document.blocks[-1].text == "plain"
    assert list(lines_without_block(document)) == []


@pytest.mark.parametrize("text", ["<html>" + "<div>" * 3_000, "<html>" + "<td>" * 400_001])
def test_pages_made_to_exhaust_are_refused(text):
    with pytest.raises(DocumentError, match="line 1"):
        read_document(text.encode(), "a.html")


def test_spans_made_to_exhaust_are_cut():
    found = blocks_of("<html><table>" + '<tr><td colspan="9999" rowspan="9999">a' * 200)
    (table,) = [block for block in found if block.kind is BlockKind.TABLE]
    assert max(len(row.cells) for row in table.rows) <= 140


def test_the_space_between_words_keeps_its_line():
    (block,) = [block for block in blocks_of('<html>Knee<b\n class="a"\n>\nmassage') if block.text]
    assert (block.text, block.lines) == ("Knee massage", (1, 3, 4))
    assert [span.line for span in block.spans] == [1, 3, 4]


def test_a_quote_in_the_name_of_an_attribute_opens_no_value():
    document = read_document(b'<html>\n<ol st"e="x">\n<li><p>One</p>\n<li>Two">\n</html>', "a.html")
    assert [(block.text, block.lines) for block in document.blocks if block.text] == [("One", (3,)), ('Two">', (4,))]


def test_lists_of_a_word_processor():
    text = """<p class=MsoTitle>Braces</p><p class=MsoNormal>Covered when:</p>
<p style='text-indent:-.25in;mso-list:l0 level1 lfo1'><span>&middot;<span>&nbsp; </span></span>Pain</p>
<p style='mso-list:l0 level2 lfo1'>o&nbsp; at night</p><p class=MsoNormal>&nbsp;</p><p style='mso-list:none'>End</p>"""
    assert [(kind, level, marker, text) for kind, level, marker, text, _ in told(text)] == [
        ("heading", 1, "", "Braces"),
        ("paragraph", 0, "", "Covered when:"),
        ("item", 0, "·", "Pain"),
        ("item", 1, "o", "at night"),
        ("paragraph", 0, "", "End"),
    ]


@pytest.mark.parametrize(
    ("inner", "found"),
    [
        (
            "Any of these:<br>1. Pain<br>2. Rash,<br>with fever",
            [("", "Any of these:"), ("1.", "Pain"), ("2.", "Rash, with fever")],
        ),
        ("Any of these:<br/>Pain<br/>Rash", [("", "Any of these:"), ("•", "Pain"), ("•", "Rash")]),
        ("Last Review 1/2/2025<br>Effective: 1/2/2020", [("", "Last Review 1/2/2025"), ("", "Effective: 1/2/2020")]),
        ("A sentence that is<br>set on two lines", [("", "A sentence that is set on two lines")]),
        ("One<br><br>two<br>three", [("", "One"), ("", "two three")]),
        ("Born<br>2. May", [("", "Born"), ("", "2. May")]),
    ],
)
def test_lines_that_a_page_breaks(inner: str, found: list[tuple[str, str]]):
    assert [(marker, text) for _, _, marker, text, _ in told(f"<p>{inner}</p>")] == found


def test_lines_broken_within_an_item_are_nested_in_it():
    assert [(kind, level, marker, text) for kind, level, marker, text, _ in told("<ul><li>Both:<br>Pain<br>Rash</ul>")] == [
        ("item", 0, "•", "Both:"),
        ("item", 1, "•", "Pain"),
        ("item", 1, "•", "Rash"),
    ]


def test_a_line_of_nothing_but_spaces_is_markup():
    assert [block.furniture for block in blocks_of("<html>\n<p>A</p>\n<p>&nbsp;</p>\n") if block.lines == (3,)] == ["markup"]


def test_paragraphs_that_only_their_marker_makes_items():
    text = """<p>A. Braces are covered when:</p><p style="margin-left:40px">1. Pain;</p><p style="margin-left:40px">2. Rash:</p>
<p style="margin-left:80px">a. at night</p><p style="margin-left:80px">b. by day</p><p>B. Boots are not.</p><p>E. coli is.</p>"""
    assert [(kind, level, marker, text) for kind, level, marker, text, _ in told(text)] == [
        ("item", 0, "A.", "Braces are covered when:"),
        ("item", 1, "1.", "Pain;"),
        ("item", 1, "2.", "Rash:"),
        ("item", 2, "a.", "at night"),
        ("item", 2, "b.", "by day"),
        ("item", 0, "B.", "Boots are not."),
        ("paragraph", 0, "", "E. coli is."),
    ]


def test_a_paragraph_between_items_stands_within_them():
    text = """<p style="margin-left:.5in">1. Braces</p><p style="margin-left:.75in">They are covered for:</p>
<p style="margin-left:1in">A. pain now</p><p style="margin-left:1in">B. rash now</p><p style="margin-left:.5in">2. Boots</p>"""
    assert [(kind, level, text) for kind, level, _, text, _ in told(text)] == [
        ("item", 0, "Braces"),
        ("paragraph", 1, "They are covered for:"),
        ("item", 1, "pain now"),
        ("item", 1, "rash now"),
        ("item", 0, "Boots"),
    ]
