"""Criteria in tables, exceptions behind lists, bars and what holds of all other uses. The policies are invented."""

from __future__ import annotations

from typing import Any

import pytest

from medpolicy.authoring.extraction.context import Extraction
from medpolicy.authoring.extraction.narrative import extract_narrative
from medpolicy.authoring.extraction.statements import extract_statements
from tests.criteria_words import in_words
from tests.extraction_samples import extracted, not_understood


def read(body: str) -> Extraction:
    return extracted(f"# Widgets\n\n## Policy\n\n{body}\n", extract_statements, extract_narrative)


def provisions(body: str) -> list[dict[str, Any]]:
    return list(read(body).version["provisions"])


def test_criteria_for_each_condition_in_a_table() -> None:
    (provision,) = provisions(
        "Widgets are medically necessary for members with gout when the criteria in the table are met:\n\n"
        "| Group | Criteria |\n|---|---|\n| Adults (18 years or older) | Pain for 6 weeks AND failure of rest |\n"
        "| Children (6-17 years) | Pain for 3 weeks |"
    )
    assert in_words(provision["criteria"]) == (
        "all(gout, any(all(age at_least 18, pain_duration at_least 6 weeks, failure_of_rest), "
        "all(age at_least 6, age at_most 17, pain_duration at_least 3 weeks)))"
    )
    assert any("whose rows were read as alternatives" in mark for mark in provision["review"])


def test_services_with_their_criteria_in_a_table() -> None:
    socks, belts = provisions(
        "The following are considered medically necessary:\n\n"
        "| Service | Medical necessity criteria |\n|---|---|\n| Widget socks | Swelling of at least 3 cm |\n"
        "| Widget belts | Gout |"
    )
    assert in_words(socks["criteria"]) == "swelling at_least 3 cm"
    assert in_words(belts["criteria"]) == "gout"
    assert (in_words(socks["when"]), in_words(belts["when"])) == ("widget_socks", "widget_belts")


def test_a_table_of_something_else_is_no_criteria() -> None:
    extraction = read("Widgets are medically necessary for gout:\n\n| Year | Number |\n|---|---|\n| 2020 | 3 |")
    assert "2020" in " ".join(not_understood(extraction.book.close()))


def test_a_bar_without_a_stance_is_asked_about() -> None:
    (provision,) = provisions("Widgets are contraindicated in members with gout.")
    assert provision["stance"] == "not-medically-necessary"
    assert "gout" in in_words(provision["criteria"])
    assert any("names no stance" in mark for mark in provision["review"])


@pytest.mark.parametrize("sentence", ["When surgery is contraindicated, widgets are medically necessary."])
def test_what_is_contraindicated_may_be_a_condition(sentence: str) -> None:
    (provision,) = provisions(sentence)
    assert provision["stance"] == "medically-necessary"


NECESSARY = "Widgets are medically necessary when both of the following are met:\n\n- Gout\n- Failure of rest\n\n"


def test_an_exception_to_all_criteria_is_an_alternative() -> None:
    (provision,) = provisions(f"{NECESSARY}EXCEPTION: These criteria do not apply to members with a fracture.")
    assert in_words(provision["criteria"]) == "any(all(gout, failure_of_rest), fracture)"
    assert any("read as an alternative to all of its criteria" in mark for mark in provision["review"])


def test_another_exception_is_asked_about() -> None:
    extraction = read(f"{NECESSARY}Exception: rest may be shortened by two weeks in winter.")
    (provision,) = extraction.version["provisions"]
    assert any("makes an exception, which was not read" in mark for mark in provision["review"])
    assert "Exception: rest may be shortened by two weeks in winter." in not_understood(extraction.book.close())


def test_all_other_uses_of_a_service_are_of_its_statements() -> None:
    caps, boxes = provisions(
        "Cooling caps are medically necessary for members who receive chemotherapy. "
        "Light boxes are medically necessary for members with eczema. "
        "All other uses of cooling devices are considered investigational."
    )
    assert caps["otherwise"] == "investigational"
    assert "otherwise" not in boxes
    assert any("“all other” of line" in mark for mark in caps["review"])


def test_a_vendor_that_is_not_named_decides() -> None:
    (provision,) = provisions("For widget imaging, refer to the delegated vendor guideline.")
    assert (provision["stance"], provision["delegated_to"][0]["title"]) == ("delegated", "delegated vendor")


def test_what_plans_pay_for_is_no_criterion() -> None:
    (provision,) = provisions("Widget socks are not covered under most plans and are considered a convenience item.")
    assert "criteria" not in provision
    assert any("what plans pay for" in mark for mark in provision["review"])


def test_what_holds_otherwise_is_of_the_statement_that_approves() -> None:
    necessary, barred = provisions(
        "Widget infusion is medically necessary for members with gout. "
        "Widget infusion is not medically necessary for members with lupus. "
        "Widget infusion is considered investigational for all other indications."
    )
    assert necessary["otherwise"] == "investigational"
    assert "otherwise" not in barred
