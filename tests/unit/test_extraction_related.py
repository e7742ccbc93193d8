"""Related policies in several forms; the documents are invented."""

from __future__ import annotations

import pytest

from medpolicy.authoring.extraction.related import extract_related
from tests.extraction_samples import extracted, not_understood


@pytest.mark.parametrize(
    ("line", "number", "title"),
    [
        ("- Knee Braces, #[374](#)", "374", "Knee Braces"),
        ("- Knee Braces, 09-E0000-01", "09-E0000-01", "Knee Braces"),
        ("- Knee Braces (DME), 02-12000-01", "02-12000-01", "Knee Braces (DME)"),
        ("- Knee Braces (7.01.124)", "7.01.124", "Knee Braces"),
        ("- Knee Braces - Policy #123", "123", "Knee Braces"),
        ("- MP-012: Knee Braces", "MP-012", "Knee Braces"),
        ("- 0529 Knee Braces", "0529", "Knee Braces"),
    ],
)
def test_number_and_title(line: str, number: str, title: str) -> None:
    related = extracted(f"# Straps\n\n## Related Policies\n\n{line}\n", extract_related).policy["related"]
    assert [(item["number"], item["title"], item.get("review")) for item in related] == [(number, title, None)]
    assert related[0]["citation"]["lines"] == [5, 5]


def test_an_item_over_several_lines_and_several_items_in_a_paragraph() -> None:
    text = "# Straps\n\n## Related Guidelines\n\nBraces of the Knee and\nthe Hip, 02-61000-35\nBraces of the Hand, 02-61000-36\n"
    related = extracted(text, extract_related).policy["related"]
    assert [(item["number"], item["title"], item["citation"]["lines"]) for item in related] == [
        ("02-61000-35", "Braces of the Knee and the Hip", [5, 6]),
        ("02-61000-36", "Braces of the Hand", [7, 7]),
    ]


def test_a_title_alone_gets_an_id_and_a_mark() -> None:
    related = extracted("# Straps\n\n## Related Coverage Resources\n\nKnee Braces\n\nKnee Braces\n", extract_related).policy[
        "related"
    ]
    assert [item["number"] for item in related] == ["knee-braces", "knee-braces-2"]
    assert "no number" in related[0]["review"][0]


def test_a_table_of_related_policies() -> None:
    text = "# Straps\n\n## Related Policies\n\n| Number | Title |\n|---|---|\n| 7.01.02 | Knee Braces |\n"
    extraction = extracted(text, extract_related)
    assert [(item["number"], item["title"]) for item in extraction.policy["related"]] == [("7.01.02", "Knee Braces")]


def test_none_is_none() -> None:
    extraction = extracted("# Straps\n\n## Related Policies\n\nNone\n", extract_related)
    assert "related" not in extraction.policy
    assert "None" not in not_understood(extraction.book.close())


def test_a_label_over_documents_is_none_of_them() -> None:
    body = "Articles\n\nA55555 - Braces - Policy Article\n\nLCDs\n\nL33797 - Straps\n"
    related = extracted(f"# Belts\n\n## Related Documents\n\n{body}", extract_related).policy["related"]
    assert [(item["number"], item["title"]) for item in related] == [("A55555", "Braces - Policy Article"), ("L33797", "Straps")]
