"""Sections by headings: what opens a part of a policy, and what stands above headings that no vocabulary knows."""

from __future__ import annotations

import pytest

from medpolicy.authoring.document import Block, BlockKind, SourceDocument, SourceLine
from medpolicy.authoring.importing import import_document
from medpolicy.authoring.ledger import LineState
from medpolicy.authoring.outline import SectionKind, kind_of_heading, outline_of


def _kinds(*parts: tuple[int, str] | str) -> list[tuple[str, str]]:
    """(kind, title) of each section; a part is a heading (level, text) or the text of a paragraph."""
    lines, blocks = [], []
    for number, part in enumerate(parts, start=1):
        level, text = part if isinstance(part, tuple) else (0, part)
        lines.append(SourceLine(number, text))
        blocks.append(Block(BlockKind.HEADING if level else BlockKind.PARAGRAPH, text, (number,), level=level))
    document = SourceDocument("0" * 64, "text/plain", tuple(lines), tuple(blocks))
    return [(section.kind.value, section.title) for section in outline_of(document).sections if section.heading]


def test_the_label_above_a_title_is_front_matter() -> None:
    assert _kinds((2, "Medical Policy"), (1, "Knee Braces"), "Number: 7", (2, "Coding"), "L1810") == [
        ("front", "Medical Policy"),
        ("front", "Knee Braces"),
        ("coding", "Coding"),
    ]


def test_a_label_with_dates_above_a_title_of_higher_level() -> None:
    assert _kinds((2, "Medical Coverage Policy"), "Effective 1/2020", (1, "Knee Braces"), (2, "Coding"), "L1810")[:2] == [
        ("front", "Medical Coverage Policy"),
        ("front", "Knee Braces"),
    ]


def test_a_label_of_lower_rank_than_the_part_that_opens_the_policy_stands_under_dates() -> None:
    found = _kinds(
        (1, "Medical Coverage Policy"), "Effective Date ........ 3/15/2026", (2, "Knee Braces"), (2, "Coverage Policy"), "x"
    )
    assert found == [("front", "Medical Coverage Policy"), ("front", "Knee Braces"), ("policy", "Coverage Policy")]
    below = _kinds(
        "Next Review Date ..... 3/15/2027", (1, "Medical Coverage Policy"), (2, "Knee Braces"), (2, "Coverage Policy"), "x"
    )
    assert below == found


@pytest.mark.parametrize(
    "title",
    [
        "Coverage Indications, Limitations, and/or Medical Necessity",
        "Contraindications and Exclusions",
        "Covered Indications",
        "Non-covered indications",
        "Coverage Guidance",
        "Criteria for Coverage",
        "Services Not Covered",
    ],
)
def test_headings_over_what_is_covered_and_what_is_not(title: str) -> None:
    assert kind_of_heading(title) is SectionKind.POLICY


def test_other_within_a_part_belongs_to_it_and_beside_it_does_not() -> None:
    found = _kinds((1, "Braces"), "x", (2, "Policy"), "x", (3, "Other"), "x", (2, "Other"), "x")
    assert [kind for kind, _ in found] == ["front", "policy", "policy", "other"]


def test_a_part_that_stands_first_is_no_label() -> None:
    assert _kinds((2, "Coding"), (3, "Hands"), "L3908") == [("coding", "Coding"), ("coding", "Hands")]


def test_a_first_heading_with_text_is_no_label() -> None:
    assert _kinds((1, "Policy"), "A brace is considered medically necessary.", (2, "Which braces"), "All.")[0][0] == "policy"


def test_the_second_line_of_a_heading_stays_in_its_part_whatever_its_level() -> None:
    found = _kinds((1, "Braces"), "x", (3, "Policy"), (2, "All Members: HMO and PPO"), "Braces are covered.", (3, "Coding"))
    assert found[2] == ("policy", "All Members: HMO and PPO")


def test_an_unknown_heading_of_the_same_level_after_text_opens_another_part() -> None:
    found = _kinds((1, "Braces"), "x", (2, "Policy"), "Braces are covered.", (2, "Colour of braces"), "Blue.")
    assert found[2][0] != "policy"


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("POLICY STATEMENT:", SectionKind.POLICY),
        ("Prior Authorization Requirements", SectionKind.AUTHORIZATION),
        ("Guideline Update Information", SectionKind.HISTORY),
        ("Billing/Coding Information", SectionKind.CODING),
        ("ICD-10 Diagnosis Codes That Support Medical Necessity:", SectionKind.CODING),
        ("Related Coverage Resources", SectionKind.RELATED),
        ("Colour of braces", None),
    ],
)
def test_headings_by_their_words(heading: str, kind: SectionKind | None) -> None:
    assert kind_of_heading(heading) is kind


def test_revision_of_a_device_is_no_history_without_a_date() -> None:
    found = _kinds(
        (1, "Braces"), "x", (2, "Policy"), "x", (3, "Revision"), "A brace is covered.", (2, "Revision"), "1/1/2020 New."
    )
    assert [kind for kind, _ in found] == ["front", "policy", "policy", "history"]


def test_a_disclaimer_that_is_set_larger_swallows_no_part() -> None:
    found = _kinds(
        (1, "Braces"),
        "x",
        (2, "Instructions for Use"),
        "x",
        (3, "Coverage Policy"),
        "x",
        (3, "Knees"),
        "x",
        (3, "References"),
        "x",
    )
    assert [kind for kind, _ in found] == ["front", "disclaimer", "policy", "other", "references"]


def test_a_label_with_the_subject_under_it_is_front_matter() -> None:
    found = _kinds((1, "Medical Policy"), "Subject: Braces", (2, "Description/Scope"), "x", (2, "Position Statement"), "x")
    assert [kind for kind, _ in found] == ["front", "description", "policy"]


def test_related_policies_in_bold_do_not_swallow_the_statements_behind_them() -> None:
    text = (
        "# Widgets\n\nPolicy Number: 7\n\nEffective Date: 1/1/2026\n\n## Policy\n\nRed widgets are investigational.\n\n"
        "**Related Policies**\n\n- Wheels\n\nBlue widgets are cosmetic.\n"
    )
    found = import_document(text.encode(), "invented.md")
    assert [one["stance"] for one in found.version["provisions"]] == ["investigational", "cosmetic"]
    assert [one["title"] for one in found.policy["related"]] == ["Wheels"]


def test_titles_of_signs_that_no_id_can_hold() -> None:
    text = "# 膝\n\nEffective Date: 1/1/2026\n\n## Policy\n\nWidgets are investigational.\n\n## Related Policies\n\n- 肘\n"
    found = import_document(text.encode(), "invented.md")
    assert (found.faults, found.policy["number"], found.policy["related"][0]["number"]) == ((), "policy", "policy")


def test_scope_within_the_policy_introduces_its_statements() -> None:
    text = (
        "# Widgets\n\nPolicy Number: 7\n\nEffective Date: 1/1/2026\n\n## Policy\n\n### Scope of Policy\n\n"
        "It speaks of widgets.\n\nWidgets are investigational.\n"
    )
    found = import_document(text.encode(), "invented.md")
    assert len(found.version["provisions"]) == 1
    assert not [line for line in found.ledger.lines if line.state is LineState.NOT_UNDERSTOOD]


def test_a_stance_where_only_descriptions_are_known_is_not_passed_over() -> None:
    text = (
        "# Widgets\n\nPolicy Number: 7\n\nEffective Date: 1/1/2026\n\n## Background\n\nWidgets are investigational.\n\n"
        "## Coding\n\n| CPT | Text |\n|---|---|\n| 0111T | One |\n"
    )
    found = import_document(text.encode(), "invented.md")
    assert [line.text for line in found.ledger.lines if line.state is LineState.NOT_UNDERSTOOD] == [
        "Widgets are investigational."
    ]


@pytest.mark.parametrize(
    "title",
    [
        "Policy: Commercial",
        "Policy – Medicare Advantage Members",
        "Initial Criteria",
        "Clinical PA Criteria",
        "Criteria for Approval",
        "Renewal Criteria",
        "Continuation of Therapy",
        "Reauthorization",
        "Policy Statement(s)",
        "Not Covered",
        "Non-covered indications",
        "Conditions Not Covered",
    ],
)
def test_headings_of_statements(title: str) -> None:
    assert kind_of_heading(title) is SectionKind.POLICY


def test_criteria_by_which_diseases_are_told_are_none_of_the_policy() -> None:
    assert kind_of_heading("Diagnostic Criteria") is None
    assert kind_of_heading("Response Criteria") is None


def test_an_authorization_with_criteria_is_a_part_of_the_policy() -> None:
    drug = "A brace is considered medically necessary when the bone is broken."
    found = _kinds((1, "Braces"), "x", (2, "Initial Authorization"), drug, (2, "Prior Authorization"), "Call us.")
    assert [kind for kind, _ in found] == ["front", "policy", "authorization"]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("HCPCS", SectionKind.CODING),
        ("Coding Requirements", SectionKind.CODING),
        ("CPT/HCPCS", SectionKind.CODING),
        ("Approval and Revision History", SectionKind.HISTORY),
        ("Reviews, Revisions, and Approvals", SectionKind.HISTORY),
        ("Revision Log", SectionKind.HISTORY),
        ("Change History", SectionKind.HISTORY),
        ("The above policy is based on the following references:", SectionKind.REFERENCES),
    ],
)
def test_headings_of_codes_and_of_the_history(title: str, kind: SectionKind) -> None:
    assert kind_of_heading(title) is kind


def test_a_table_that_announces_codes_opens_them() -> None:
    text = (
        "# Braces\n\nEffective Date: 1/1/2026\n\n## Policy\n\nA brace is considered medically necessary when it is broken.\n\n"
        "| CPT codes covered if selection criteria are met: | |\n|---|---|\n| 64628 | Invented |\n| 64629 | Invented |\n"
    )
    found = import_document(text.encode(), "braces.md")
    assert [code["code"] for code in found.version["code_listings"][0]["codes"]] == ["64628", "64629"]
