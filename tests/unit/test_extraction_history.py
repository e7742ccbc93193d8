"""History events from rows and lines of several manners; the documents are invented."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medpolicy.authoring.extraction.dates import dates_in, latest
from medpolicy.authoring.extraction.event_words import read_event
from medpolicy.authoring.extraction.history import extract_history
from tests.extraction_samples import extracted, not_understood


def _events(markdown: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = extracted(markdown, extract_history).policy["history"]
    return events


TABLE = """# Braces

## Revision History

| Effective Date | Type of Revision | Summary of Changes |
|---|---|---|
| March 1, 2024 | Annual Review | No changes to policy statements; references updated |
| 2/15/2023 | Focused Review | Revised criteria for knee braces |
| 12/2021 | Coding update | Added L1851; deleted K0902 |
| 06/01/99 | New policy | |
"""


def test_a_table_whose_date_column_comes_first() -> None:
    events = _events(TABLE)
    assert [event["date"] for event in events] == ["2024-03-01", "2023-02-15", "2021-12", "1999-06-01"]
    assert events[0]["review"] is True
    assert (events[0]["touches"], events[0]["unchanged"]) == (["references"], ["statements"])
    assert events[2]["codes_added"] == ["L1851"]
    assert events[2]["codes_removed"] == ["K0902"]
    assert events[0]["citation"]["lines"] == [7, 7]
    assert events[0]["citation"]["section"] == "Revision History"


def test_a_review_of_a_part_is_asked_about() -> None:
    focused = _events(TABLE)[1]
    assert "review" not in focused
    assert focused["touches"] == ["statements"]
    assert "part" in focused["review_marks"][0]


def test_the_date_column_is_found_where_it_comes_last() -> None:
    events = _events(
        "## Revision Details\n\n| Type | Summary | Date |\n|---|---|---|\n| Annual Review | Title change | 4/15/2026 |\n"
    )
    assert [(event["date"], event["touches"]) for event in events] == [("2026-04-15", ["title"])]


def test_lines_that_begin_with_a_date_and_run_on() -> None:
    events = _events(
        "## Policy History\n\n01/05/20 Annual review; description and\nreferences updated.\n"
        "02/01/21 Revision; formatting changes.\n"
    )
    assert [(event["date"], event["touches"], event["citation"]["lines"]) for event in events] == [
        ("2020-01-05", ["description", "references"], [3, 4]),
        ("2021-02-01", ["format"], [5, 5]),
    ]


def test_lines_that_end_with_a_date() -> None:
    events = _events(
        "## Revision History\n\nAnnual review, no changes to criteria\n3/4/2022\n\nAdded criteria for children\n5/6/2023\n"
    )
    assert [(event["date"], event.get("unchanged"), event.get("touches")) for event in events] == [
        ("2022-03-04", ["statements"], None),
        ("2023-05-06", None, ["statements"]),
    ]


def test_only_the_oldest_event_makes_the_policy_new() -> None:
    events = _events("## Coding\n\nL1851\n\n## History\n\n1/2020 New policy.\n\n1/2022 New policy number; renamed.\n")
    assert events[0]["touches"][:2] == ["title", "number"]
    assert "coding" in events[0]["touches"]
    assert "authorization" not in events[0]["touches"]
    assert events[1]["touches"] == ["number", "title"]


def test_an_effective_date_of_its_own() -> None:
    event = _events("## History\n\n3/2019 Annual review. New criteria added, effective 4/1/2019.\n\n1/2018 New policy.\n")[0]
    assert (event["date"], event["effective"], event["touches"]) == ("2019-03", "2019-04-01", ["statements"])


def test_what_is_new_in_a_later_event_makes_no_new_policy() -> None:
    event = _events("## History\n\n1/2022 New references added; approved.\n\n1/2020 New policy.\n")[0]
    assert (event["touches"], event.get("review_marks")) == (["references"], None)


def test_the_word_on_statements_governs_them() -> None:
    event = _events("## History\n\n1/2022 Criteria added. Policy statements unchanged.\n")[0]
    assert (event.get("touches"), event["unchanged"]) == (None, ["statements"])


def test_an_event_that_names_nothing_is_asked_about() -> None:
    event = _events("## History\n\n3/2019 Revision of guideline.\n")[0]
    assert "touches" not in event
    assert event["review_marks"]


def test_a_row_without_a_date_is_not_understood() -> None:
    extraction = extracted(
        "## History\n\n| Date | Action |\n|---|---|\n| 3/2019 | Review |\n| unknown | Review |\n", extract_history
    )
    assert not_understood(extraction.book.close()) == ["| unknown | Review |"]


@pytest.mark.parametrize(
    ("text", "touches", "unchanged"),
    [
        ("Annual review. References updated. Policy statements unchanged.", ["references"], ["statements"]),
        ("Review; position statements maintained and references updated.", ["references"], ["statements"]),
        ("Updated references and added coverage criteria.", ["references", "statements"], []),
        ("References updated with no changes to policy statements.", ["references"], ["statements"]),
        ("Clarified prior authorization requirements.", ["authorization"], []),
        ("Policy clarified.", [], []),
        ("Review; position on glue maintained.", [], []),
        ("Table 3. Products Not Covered added.", ["supplement"], []),
        ("New products added to the list. Policy statements unchanged.", ["products"], ["statements"]),
        ("Title changed; related guidelines and definitions updated.", ["title", "related", "definitions"], []),
        ("Removed limitation for sclerotherapy.", ["statements"], []),
        ("Update to Program Exceptions section.", ["program-exceptions"], []),
    ],
)
def test_parts_by_what_is_said_of_them(text: str, touches: list[str], unchanged: list[str]) -> None:
    said = read_event(text)
    assert (list(said.touches), list(said.unchanged)) == (touches, unchanged)


@pytest.mark.parametrize(
    ("text", "added", "removed"),
    [
        (
            "Annual HCPCS update; consisting of the deletion of S2130 and addition of 36475 and 36476.",
            ["36475", "36476"],
            ["S2130"],
        ),
        ("Added code 37761 & revised code descriptors for 37760.", ["37761"], []),
        ("Code 76970 deleted.", [], ["76970"]),
        ("Coding updated (codes 0075T-0077T removed).", [], ["0075T", "0076T", "0077T"]),
        ("Added 37215-0076T.", ["37215", "0076T"], []),
    ],
)
def test_codes_that_came_and_went(text: str, added: list[str], removed: list[str]) -> None:
    said = read_event(text)
    assert (said.added, said.removed) == (added, removed)
    assert bool(said.marks) == ("-" in text)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("3/2025", "2025-03"),
        ("12/01/2010", "2010-12-01"),
        ("03/15/04", "2004-03-15"),
        ("06-01-99", "1999-06-01"),
        ("June 6th, 2006", "2006-06-06"),
        ("6 June 2006", "2006-06-06"),
        ("Sept. 2011", "2011-09"),
        ("2011-09-30", "2011-09-30"),
        ("Effective Date ........4/15/2026", "2026-04-15"),
    ],
)
def test_dates_as_printed(text: str, iso: str) -> None:
    assert [printed.iso for printed in dates_in(text)] == [iso]


@pytest.mark.parametrize("text", ["13/45/2020", "12(1): 39", "02-33000-31", "2020", "31/2/2020", "1/2/3/2020"])
def test_numbers_that_are_no_dates(text: str) -> None:
    assert dates_in(text) == []


def test_the_latest_of_dates_of_either_precision() -> None:
    assert latest(["2020-01", "2020-01-01", "2019-12-31"]) == "2020-01-01"
    assert latest([]) is None


@given(st.text())
def test_any_text_is_read_without_a_crash(text: str) -> None:
    read_event(text)
    dates_in(text)


def test_new_references_from_a_policy_begin_no_policy() -> None:
    extraction = extracted(
        "## History\n\n- 3/2024: New references added from a national policy review.\n- 3/2020: Policy developed.\n",
        extract_history,
    )
    newer, oldest = extraction.policy["history"]
    assert newer["touches"] == ["references"]
    assert "review_marks" not in newer
    assert oldest["text"] == "The policy was new."


def test_a_table_that_is_the_history_by_its_own_header() -> None:
    extraction = extracted(
        "# Braces\n\n## Coding\n\nL1810\n\n| Reviews, Revisions, and Approvals | Revision Date | Approval Date |\n|---|---|---|\n"
        "| Annual review. Codes: L1811 end-dated. | 10/24 | 11/24 |\n| Policy effective. | 09/19 | 10/19 |\n",
        extract_history,
    )
    newer, oldest = extraction.policy["history"]
    assert (newer["date"], newer["codes_removed"]) == ("2024-10", ["L1811"])
    assert (oldest["date"], oldest["text"]) == ("2019-09", "The policy was new.")


def test_no_criteria_changes() -> None:
    said = read_event("No criteria changes.")
    assert (list(said.touches), list(said.unchanged)) == ([], ["statements"])
