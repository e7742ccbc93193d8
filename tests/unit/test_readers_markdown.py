"""Markdown as blocks: what stands on which line, lists, tables, and what a page break splits."""

from __future__ import annotations

from medpolicy.authoring.document import Block, BlockKind, lines_without_block
from medpolicy.authoring.readers import read_document


def blocks_of(text: str) -> list[Block]:
    document = read_document(text.encode(), "policy.md")
    assert list(lines_without_block(document)) == []
    return list(document.blocks)


def told(text: str) -> list[tuple[str, int, str, str, tuple[int, ...]]]:
    return [(block.kind.value, block.level, block.marker, block.text, block.lines) for block in blocks_of(text)]


def test_headings_with_their_numbers():
    assert told("# 2.1 Scope\n\n### B. Coding\nTitle\n=====\n") == [
        ("heading", 1, "2.1", "Scope", (1,)),
        ("heading", 3, "B.", "Coding", (3,)),
        ("heading", 1, "", "Title", (4, 5)),
    ]
    (first, *_) = blocks_of("# 2.1 Scope")
    assert first.text[first.spans[0].start : first.spans[0].end] == "Scope"


def test_a_ruler_under_a_paragraph_makes_no_heading():
    assert told("It ends here.\n---\nNext") == [
        ("paragraph", 0, "", "It ends here.", (1,)),
        ("furniture", 0, "", "", (2,)),
        ("paragraph", 0, "", "Next", (3,)),
    ]


def test_front_matter_comments_and_rulers_are_furniture():
    found = blocks_of("---\ntitle: x\n---\n\n<!-- a\nb -->\n\n***\n\nText")
    assert [(block.furniture, block.lines) for block in found[:3]] == [
        ("front matter", (1, 2, 3)),
        ("comment", (5, 6)),
        ("ruler", (8,)),
    ]
    assert found[3].text == "Text"


def test_a_ruler_first_is_no_front_matter():
    assert [block.kind for block in blocks_of("---\n\nText\n\n---\n")] == [
        BlockKind.FURNITURE,
        BlockKind.PARAGRAPH,
        BlockKind.FURNITURE,
    ]


def test_text_is_without_markup_and_keeps_its_lines():
    text = "Covered *if* [listed](https://example.org/a){: target=_blank } in\n"
    text += "**Plan<sup>SM</sup>** at 35 kg/m<sup>2</sup> ==now== ^^only^^ &amp; `here`"
    (block,) = blocks_of(text)
    assert block.text == "Covered if listed in Plan℠ at 35 kg/m² now only & here"
    assert block.links == (("https://example.org/a", "listed"),)
    assert not block.bold
    at = block.text.index("Plan")
    assert block.lines_of(0, at) == (1,)
    assert block.lines_of(at, len(block.text)) == (2,)


def test_bold_only_where_all_of_it_is():
    assert [block.bold for block in blocks_of("**All** <b>bold</b>\n\n**Not** all\n\nNor **all**\n\n- **Item**\n")] == [
        True,
        False,
        False,
        True,
    ]


def test_lists_nest_with_two_spaces_as_with_four():
    text = "1. one\n  - two\n    - three\n2) four\n\n-   five\n    -   six\n        1. seven\n-   eight\n"
    assert [(level, marker, text) for _, level, marker, text, _ in told(text)] == [
        (0, "1.", "one"),
        (1, "-", "two"),
        (2, "-", "three"),
        (0, "2)", "four"),
        (0, "-", "five"),
        (1, "-", "six"),
        (2, "1.", "seven"),
        (0, "-", "eight"),
    ]


def test_a_paragraph_within_an_item_stands_one_level_deeper():
    assert told("- one\n\n  Note: more.\n- two") == [
        ("item", 0, "-", "one", (1,)),
        ("paragraph", 1, "", "Note: more.", (3,)),
        ("item", 0, "-", "two", (4,)),
    ]


def test_what_a_page_break_splits_is_joined():
    text = "Evidence for the use\n\nof cells is weak.\n\n"
    text += "1. See <https://example.org/regulatory->\n\nconsiderations. Accessed.\n\n2. Next.\n"
    assert told(text) == [
        ("paragraph", 0, "", "Evidence for the use of cells is weak.", (1, 3)),
        ("item", 0, "1.", "See https://example.org/regulatory-considerations. Accessed.", (5, 7)),
        ("item", 0, "2.", "Next.", (9,)),
    ]
    first = blocks_of(text)[0]
    assert first.lines_of(first.text.index("of cells"), len(first.text)) == (3,)


def test_what_stands_for_itself_is_not_joined():
    text = "- Ulcer\n\nor\n\n- Pain\n\nIt ends.\n\nlower case\n\nA title\n\nText\n\nFailure of X; or\n\nfailure of Y\n"
    assert [block.text for block in blocks_of(text)] == text.replace("- ", "").rstrip().split("\n\n")


def test_pipe_tables():
    text = "| Drug <sup>QL</sup> | A \\| B |\n|---|:-:|\n| x | |\n| y | **2** | extra |\n\n| z | 3 |\n"
    (table,) = blocks_of(text)
    assert table.lines == (1, 2, 3, 4, 6)
    assert [(row.texts, row.lines, row.is_header) for row in table.rows] == [
        (("Drug QL", "A | B"), (1,), True),
        (("x", ""), (3,), False),
        (("y", "2", "extra"), (4,), False),
        (("z", "3"), (6,), False),
    ]


def test_a_pipe_table_that_a_page_break_splits():
    text = "| Code | Text |\n|--|--|\n| 0001T | a |\n\n| 0002T | b |\n|--|--|\n\n| Code | Text |\n|--|--|\n| 0003T | c |\n"
    (table,) = blocks_of(text)
    assert [(row.texts[0], row.is_header) for row in table.rows] == [
        ("Code", True),
        ("0001T", False),
        ("0002T", False),
        ("Code", True),
        ("0003T", False),
    ]
    assert len(blocks_of("| Code | Text |\n|--|--|\n| 0001T | a |\n\n| Maker | Text |\n|--|--|\n| X | b |\n")) == 2


def test_tables_with_tabs():
    text = "Intro\n\tOutpatient\n<b>Plan</b>\tNot <b>covered</b>\n\nCode\tText\n0001T\ta\n\n0002T\tb\n-----\t---\n\nEnd"
    first, second = [block for block in blocks_of(text) if block.kind is BlockKind.TABLE]
    assert [row.texts for row in first.rows] == [("", "Outpatient"), ("Plan", "Not covered")]
    assert [row.is_header for row in first.rows] == [True, False]
    assert second.lines == (5, 6, 8, 9)
    assert [(row.texts, row.lines, row.is_header) for row in second.rows] == [
        (("Code", "Text"), (5,), True),
        (("0001T", "a"), (6,), False),
        (("0002T", "b"), (8,), False),
    ]


def test_tabs_that_part_no_cells():
    text = "-\tone\n-\ttwo\n\t- three\n\t- four\n\nA line with\ta tab"
    assert [block.kind for block in blocks_of(text)] == [BlockKind.ITEM] * 4 + [BlockKind.PARAGRAPH]


def test_a_definition_of_a_link_does_not_vanish():
    assert told("[a]: https://example.org\n") == [("paragraph", 0, "", "[a]: https://example.org", (1,))]


def test_lines_of_other_spaces_part_paragraphs():
    for gap in ("\x0c", "\u2028", " \u00a0"):
        assert [text for *_, text, _ in told(f"One\n{gap}\nTwo")] == ["One", "Two"]
