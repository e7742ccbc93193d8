"""Lists in PDF whose bullets are drawings: items are told by their indent alone. The documents are invented."""

from __future__ import annotations

from medpolicy.authoring.document import BlockKind
from medpolicy.authoring.importing import import_document
from medpolicy.authoring.readers import read_document
from medpolicy.authoring.readers.markers import printed_marker
from tests.criteria_words import in_words
from tests.small_documents import LEFT, Line, pdf

STEP = 12.0
FULL = "Widgets have failed and the failure is written down in the record of the member, which says either of:"


def test_a_deeper_item_below_a_full_line_is_an_item_of_its_own() -> None:
    page = [
        Line("Widgets are medically necessary when all of the following are met:", 700),
        Line(FULL, 700 - STEP, LEFT + 20),
        Line("Pain", 700 - 2 * STEP, LEFT + 40),
        Line("Fever", 700 - 3 * STEP, LEFT + 40),
        Line("Rest has failed", 700 - 4 * STEP, LEFT + 20),
    ]
    found = read_document(pdf(page), "policy.pdf").blocks
    assert [(block.kind, block.level, block.text) for block in found[1:]] == [
        (BlockKind.ITEM, 0, FULL),
        (BlockKind.ITEM, 1, "Pain"),
        (BlockKind.ITEM, 1, "Fever"),
        (BlockKind.ITEM, 0, "Rest has failed"),
    ]


def test_numbered_clauses_are_items_nested_by_their_numbers_and_numbered_headings_stay_headings() -> None:
    page = [
        Line("2.1 Widgets are medically necessary when both of the following are met:", 700),
        Line("2.1.1 Pain has lasted for at least 6 weeks and has been written down in the record of the member, which is", 688),
        Line("kept by the plan", 676, LEFT + 25),
        Line("2.1.2 Rest has failed", 664),
        Line("2.2 Gadgets are investigational.", 652),
        Line("7.01 of these were tried.", 640),
        Line("3.1 EXCLUSIONS", 620),
        Line("Widgets are not covered for sport.", 606),
    ]
    found = read_document(pdf(page), "policy.pdf").blocks
    assert [(block.kind, block.marker, block.level) for block in found] == [
        (BlockKind.ITEM, "2.1", 0),
        (BlockKind.ITEM, "2.1.1", 1),
        (BlockKind.ITEM, "2.1.2", 1),
        (BlockKind.ITEM, "2.2", 0),
        (BlockKind.PARAGRAPH, "", 0),
        (BlockKind.HEADING, "3.1", 1),
        (BlockKind.PARAGRAPH, "", 0),
    ]
    assert found[1].text.endswith("which is kept by the plan")


def test_an_item_without_a_bullet_ends_with_its_connector_and_goes_on_behind_the_list_nested_in_it() -> None:
    page = [
        Line("Widgets are medically necessary when all of the following criteria are met by the member of the plan:", 700),
        Line(
            "The score of the member on the scale of widgets is so high that it is 2.5 or more than that, by a lot; AND",
            688,
            LEFT + 20,
        ),
        Line("At least one of the following:", 676, LEFT + 20),
        Line("1. Rest", 664, LEFT + 20),
        Line("2. Ice; AND", 652, LEFT + 20),
        Line("There is no fever.", 640, LEFT + 20),
    ]
    found = read_document(pdf(page), "policy.pdf").blocks
    assert [(block.marker, block.level) for block in found[1:]] == [("", 0), ("", 0), ("1.", 1), ("2.", 1), ("", 0)]


def test_a_heading_over_codes_may_have_a_verb() -> None:
    page = [
        Line("ICD-10-CM Codes that DO NOT Support Medical Necessity", 700, bold=True),
        Line("Group 1 Codes:", 688, bold=True),
        Line("These codes are listed here.", 676),
    ]
    found = read_document(pdf(page), "policy.pdf").blocks
    assert [block.kind for block in found] == [BlockKind.HEADING, BlockKind.HEADING, BlockKind.PARAGRAPH]


def test_a_numbered_heading_behind_a_list_is_none_of_its_items() -> None:
    page = [
        Line("POSITION STATEMENT", 740, bold=True),
        Line("I. Initial therapy", 720, bold=True),
        Line("Widgets are medically necessary when both of the following are met:", 700),
        Line("A. Pain has lasted for a long time", 688, LEFT + 18),
        Line("B. Rest has failed, with either of the following:", 676, LEFT + 18),
        Line("1. Fever", 664, LEFT + 36),
        Line("2. Rash", 652, LEFT + 36),
        Line("II. Repeat therapy", 630, bold=True),
        Line("Repeat widgets are medically necessary when 12 months have passed since the first widget.", 614),
    ]
    found = import_document(pdf([Line("Policy Number: 7", 770), Line("Effective Date: 1/1/2026", 758), *page]), "policy.pdf")
    first, second = found.version["provisions"]
    assert in_words(first["criteria"]) == "all(pain_lasted_for_long_time, all(rest_failed, any(fever, rash)))"
    assert in_words(second["criteria"]) == "time_since_first_widget at_least 12 months"


def test_a_paragraph_at_the_place_of_the_bullets_is_no_part_of_the_last_item() -> None:
    full = "An item that is so long that it fills the whole line of the page up to the right margin and goes on with a word"
    page = [
        Line(
            "Widgets are medically necessary when one of the following is met by the member of the plan, in writing:",
            700,
            bold=True,
        ),
        Line(f"\u2022 {full}", 688),
        Line("or two below its text", 676, LEFT + 6),
        Line(f"\u2022 {full}", 664),
        Line("Repeat widgets are medically necessary when pain has come back.", 652, bold=True),
    ]
    found = read_document(pdf(page), "policy.pdf").blocks
    assert [(block.kind, len(block.lines)) for block in found] == [
        (BlockKind.PARAGRAPH, 1),
        (BlockKind.ITEM, 2),
        (BlockKind.ITEM, 1),
        (BlockKind.PARAGRAPH, 1),
    ]


def test_marks_of_items_that_are_dashes_of_any_kind() -> None:
    dashes = ["\u2012", "\u2013", "\u2014", "\u2015", "\u2212", "\u25b8"]
    assert [printed_marker(f"{dash} Pain") for dash in dashes] == dashes
    assert printed_marker("\u22122.5 or lower") == ""
