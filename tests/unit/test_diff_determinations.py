"""What differs between two texts of a small policy, as a reader is told."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from medpolicy.authoring.diff import determinations
from medpolicy.authoring.diff.outcomes import ComparedText, _counted, _reached, text_of_version
from medpolicy.formats.library_files import load_library
from medpolicy.model.truth import CriterionStatus, threshold
from medpolicy.review.difference import difference_of
from medpolicy.review.difference_page import difference_page
from tests.small_library import cite, write_library

Change = Callable[[str], str]


def text_after(directory: Path, *changes: tuple[str, str], number: str = "100", file: str = "2020-01.yaml") -> ComparedText:
    """The text of the small policy with these replacements."""
    path = write_library(directory, issuers=("north",)) / "north" / number / file
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    library = load_library(directory)
    policy = library.policy(number)
    return text_of_version(policy, library.issuers["north"], policy.versions[-1], directory.name)


@pytest.fixture
def compare(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def compared(*changes: tuple[str, str], **where: str) -> dict[str, Any]:
        return difference_of(text_after(tmp_path / "old", **where), text_after(tmp_path / "new", *changes, **where))

    return compared


Compare = Callable[..., dict[str, Any]]


def items(report: dict[str, Any], section: str) -> list[tuple[str, str]]:
    return [(item["kind"], item["name"]) for one in report["changes"] if one["section"] == section for item in one["items"]]


def test_a_text_does_not_differ_from_itself(compare: Compare) -> None:
    report = compare()
    assert report["equal"]
    assert report["complete"]
    assert report["update"]["summary"] == "No change."


def test_a_threshold_that_moves_is_told_as_the_stretch_between(compare: Compare) -> None:
    report = compare(("at_least: 3 mm", "at_least: 5 mm"))
    coverage = [one for one in report["determinations"] if one["where"]["all"]]
    assert {line for one in coverage for line in one["in_words"]} == {"blue: yes", "size at least 3 mm and less than 5 mm"}
    assert all(one["coverage"]["before"]["coverage"] == "covered" for one in coverage)
    assert items(report, "provisions") == [("changed", "blue-widgets")]
    assert report["facts"] == {"blue": "Is it blue?", "size": "How wide is it?"}


def test_a_threshold_in_another_unit_is_the_same(compare: Compare) -> None:
    report = compare(("at_least: 3 mm", "at_least: 0.3 cm"))
    assert not report["determinations"]
    assert items(report, "provisions") == [("changed", "blue-widgets")]


def test_any_of_and_all_of_are_nested(compare: Compare) -> None:
    report = compare(
        ("criteria: {all: [{fact: blue}, {fact: size, at_least: 3 mm}]}",
         "criteria: {all: [{any: [{fact: blue}, {fact: kind, is: Odd}]}, {fact: size, at_least: 3 mm}]}"),
    )  # fmt: skip
    listed = next(one for one in report["determinations"] if "11111" in one["codes"])
    assert listed["coverage"] == {
        "before": {"coverage": "not-covered", "stance": "investigational"},
        "after": {"coverage": "covered", "stance": "medically-necessary"},
    }
    assert listed["in_words"] == ["blue: no", "size at least 3 mm", "kind is Odd"]


def test_a_code_that_moves_to_a_listing_that_decides(compare: Compare) -> None:
    report = compare(('codes: [{code: "22222"', 'codes: [{code: "33333"'))
    assert items(report, "codes") == [("added", "33333"), ("removed", "22222")]
    assert {code: one["coverage"]["before"]["coverage"] for one in report["determinations"] for code in one["codes"]} == {
        "22222": "not-covered",
        "33333": "covered",
    }
    assert all(one["in_words"] == ["blue: yes", "size at least 3 mm"] for one in report["determinations"])


def test_authorization_alone(compare: Compare) -> None:
    report = compare(("rule: auth-needed", "rule: no-auth"))
    assert report["determinations"]
    for one in report["determinations"]:
        assert "coverage" not in one
        assert one["settings"] == ["inpatient"]
        assert one["prior_authorization"]["inpatient"] == {"before": "auth-needed", "after": "no-auth"}
    assert "Coverage stays as it was" in report["update"]["summary"]


def test_a_product_that_goes(compare: Compare) -> None:
    report = compare(("Wonder Widget", "Other Widget"))
    products = {name for one in report["determinations"] for name in one.get("products", ())}
    assert products | {
        name for one in report["determinations"] for kinds in one.get("only_products", ()) for (name,) in kinds
    } == {
        "Wonder Widget®",
        "Other Widget®",
    }
    assert report["complete"]


def test_a_fact_that_is_only_called_otherwise_is_the_same_fact(compare: Compare) -> None:
    report = compare(
        ("id: blue, type", "id: is_blue, type"), ("fact: blue", "fact: is_blue"), ("{blue: true}", "{is_blue: true}")
    )
    assert report["renamed_facts"] == {"blue": "is_blue"}
    assert not report["determinations"]
    assert items(report, "facts") == [("renamed", "is_blue")]
    assert [one["section"] for one in report["changes"]] == ["facts"]  # no statement or product changed by it


def test_a_fact_that_becomes_another_thing_is_two_facts(compare: Compare) -> None:
    report = compare(
        ("id: size, type: number, unit: mm", "id: size, type: duration, unit: months"), ("at_least: 3 mm", "at_least: 3 months")
    )
    assert "fact-redefined" in [limit["code"] for limit in report["limits"]]
    assert any("old text asks it" in line for one in report["determinations"] for line in one["in_words"])


def test_a_choice_of_one_text_is_said_not_to_be_compared(compare: Compare) -> None:
    report = compare(
        (', {value: Odd, meaning: "neither"}', ""), ("criteria: {all: [{fact: blue}", "criteria: {all: [{fact: kind, is: Plain}")
    )
    limit = next(limit for limit in report["limits"] if limit["code"] == "choices-of-one-text")
    assert "Odd" in limit["text"]


def test_codes_of_a_provision_are_told_by_range(compare: Compare) -> None:
    report = compare(('["33300-33399"]', '["33300-33349", "33360"]'), number="200")
    (one,) = report["determinations"]
    assert one["codes"] == ["33350-33359", "33361-33399"]
    assert not one["other_codes"]
    assert one["coverage"]["after"] == {"coverage": "not-addressed"}


def test_where_a_limit_is_reached_it_is_said(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(determinations, "MAXIMUM_CONDITIONS", 0)
    report = compare(("at_least: 3 mm", "at_least: 5 mm"))
    assert "too-many-conditions" in [limit["code"] for limit in report["limits"]]
    assert not report["complete"]


def test_titles_reviews_and_related_policies(compare: Compare) -> None:
    report = compare(
        ('title: "Widgets and their uses"', 'title: "Widgets"'), ('number: "900"', 'number: "901"'), file="policy.yaml"
    )
    assert items(report, "policy") == [("changed", "policy")]
    assert items(report, "related") == [("renamed", "901")]
    assert not report["determinations"]


EVENT = f'  - {{date: 2024-01, unchanged: [statements], text: "Reviewed.", citation: {cite(7)}}}\n'
LATER = f'  - {{date: 2024-03, effective: 2024-05, unchanged: [statements], text: "Looked at again.", citation: {cite(7)}}}\n'
NEW_EVENT = (EVENT, EVENT + LATER)


def test_an_event_of_the_history_alone(compare: Compare) -> None:
    report = compare(NEW_EVENT, file="policy.yaml")
    assert not report["equal"]
    assert not report["determinations"]
    assert items(report, "history") == [("added", "2024-03")]
    assert report["update"]["summary"] == "Looked at again. No determination differs."
    assert report["update"]["effective"] == "2024-05"


def test_two_events_of_one_day(compare: Compare) -> None:
    doubled = NEW_EVENT[1].replace("date: 2024-03, effective: 2024-05,", "date: 2024-01,")
    report = compare((NEW_EVENT[0], doubled), file="policy.yaml")
    assert items(report, "history") == [("added", "2024-01 (2)")]


def test_the_history_of_a_version_ends_where_the_next_begins(tmp_path: Path) -> None:
    directory = write_library(tmp_path, issuers=("north",))
    first = directory / "north" / "100" / "2020-01.yaml"
    second = first.read_text(encoding="utf-8").replace('version: "2020-01"', 'version: "2024-01"')
    first.with_name("2024-01.yaml").write_text(second, encoding="utf-8")
    library = load_library(directory)
    policy = library.policy("100")
    texts = [text_of_version(policy, library.issuers["north"], version, version.version) for version in policy.versions]
    report = difference_of(*texts)
    assert [item["name"] for one in report["changes"] for item in one["items"]] == ["2024-01"]


def test_a_line_of_business_that_comes_changes_what_names_it(compare: Compare) -> None:
    both = ("lines_of_business: [north-line]", "lines_of_business: [north-line, shared-line]")
    added = compare(both)
    assert ("added", "shared-line") in items(added, "lines-of-business")
    assert items(added, "provisions") == [("changed", "blue-widgets")]


def test_a_line_of_business_that_goes_changes_no_statement(tmp_path: Path) -> None:
    old = text_after(tmp_path / "old", ("lines_of_business: [north-line]", "lines_of_business: [north-line, shared-line]"))
    report = difference_of(old, text_after(tmp_path / "new"))
    assert items(report, "lines-of-business") == [("removed", "shared-line")]
    assert {one["section"] for one in report["changes"]} == {"lines-of-business", "authorization"}


def test_what_is_said_without_a_condition_is_not_said_again_with_one(tmp_path: Path) -> None:
    same = (
        ("    stance: medically-necessary\n", "    stance: investigational\n"),
        ("    otherwise: investigational\n", ""),
        ('codes: [{code: "11111",', 'codes: [{code: "11111", implies: {blue: true},'),
    )
    two = ("lines_of_business: [north-line]", "lines_of_business: [north-line, shared-line]")
    report = difference_of(text_after(tmp_path / "old", two, *same), text_after(tmp_path / "new", *same))
    found = {tuple(one["codes"]): one["in_words"] for one in report["determinations"] if not one["every_code"]}
    assert found == {("22222",): [], ("11111",): ["size at least 3 mm"]}


def test_the_stance_alone(compare: Compare) -> None:
    report = compare(("otherwise: investigational", "otherwise: cosmetic"))
    assert report["update"]["summary"].endswith("Coverage stays as it was; the stance changes.")


def test_only_where_something_stands_is_no_change(compare: Compare) -> None:
    report = compare(('section: "Widgets"', 'section: "All widgets"'))
    assert report["equal"]


def test_a_criterion_that_only_gains_a_citation_is_no_change(compare: Compare) -> None:
    assert compare(("[{fact: blue},", f"[{{fact: blue, citation: {cite(2)}}},"))["equal"]


IMPLIES_NOT_BLUE = ('codes: [{code: "11111",', 'codes: [{code: "11111", implies: {blue: false},')


MOVED = ("at_least: 3 mm", "at_least: 5 mm")


def test_a_code_with_which_a_condition_cannot_hold_is_not_named(tmp_path: Path) -> None:
    without_product = ("    implies: {blue: true}", "    implies: {blue: false}")
    old = text_after(tmp_path / "old", IMPLIES_NOT_BLUE, without_product)
    new = text_after(tmp_path / "new", IMPLIES_NOT_BLUE, without_product, MOVED)
    (one,) = difference_of(old, new)["determinations"]
    assert one["in_words"] == ["blue: yes", "size at least 3 mm and less than 5 mm"]
    assert one["codes"] == []
    assert one["other_codes"]


def test_a_product_that_answers_otherwise_than_a_code_is_looked_at(tmp_path: Path) -> None:
    old, new = text_after(tmp_path / "old", IMPLIES_NOT_BLUE), text_after(tmp_path / "new", IMPLIES_NOT_BLUE, MOVED)
    (one,) = difference_of(old, new)["determinations"]
    assert one["codes"] == ["11111"]  # the product's answer stands against the code's


@pytest.mark.parametrize("count", [1, 2, 3])
def test_counting_is_kleenes(count: int) -> None:
    for statuses in product(CriterionStatus, repeat=3):
        counts: object = (0, 0)
        for status in statuses:
            counts = _counted(counts, status)  # type: ignore[arg-type]
        assert _reached(count, counts) is threshold(count, statuses)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("12 weeks", "6 weeks", "tried at least 6 weeks and less than 12 weeks"),
        ("12 weeks", "40 days", "tried at least 40 days and less than 84 days"),
    ],
)
def test_weeks_stay_weeks_where_both_texts_count_so(tmp_path: Path, before: str, after: str, told: str) -> None:
    texts = [
        text_after(
            tmp_path / name,
            ("{fact: size, at_least: 3 mm}", f"{{fact: tried, at_least: {time}}}"),
            ("type: duration, unit: months", "type: duration, unit: weeks"),
        )
        for name, time in (("old", before), ("new", after))
    ]
    lines = {line.strip() for one in difference_of(*texts)["determinations"] for line in one["in_words"]}
    assert told in lines


def test_a_diagnosis_that_is_added_to_a_list(tmp_path: Path) -> None:
    texts = [
        text_after(tmp_path / name, ("{fact: size, at_least: 3 mm}", f"{{diagnosis: [{codes}]}}"))
        for name, codes in (("old", '"I83.*"'), ("new", '"I83.*", "I87.2"'))
    ]
    report = difference_of(*texts)
    assert report["complete"]
    told = {line for one in report["determinations"] for line in one["in_words"] if "diagnosis" in line}
    assert told == {"no diagnosis in I83.*", "a diagnosis in I87.2"}
    after = {one["coverage"]["after"]["coverage"] for one in report["determinations"] if "blue: yes" in one["in_words"]}
    assert after == {"covered"}


RENAMED = (
    ("blue-widgets", "those-that-are-blue"),
    ("id: wonders", "id: products-that-are-named"),
    ("id: widgets", "id: some-codes"),
)


def test_what_names_a_renamed_statement_or_list_does_not_change(compare: Compare) -> None:
    report = compare(*RENAMED)
    assert [one["section"] for one in report["changes"]] == ["provisions"]
    assert items(report, "provisions") == [("renamed", "those-that-are-blue")]
    said = "Statements: renamed blue-widgets to those-that-are-blue. No determination differs."
    assert report["update"]["summary"] == said


def test_a_statement_and_its_facts_are_renamed_together(compare: Compare) -> None:
    report = compare(
        *RENAMED, ("id: blue,", "id: is_blue,"), ("fact: blue}", "fact: is_blue}"), ("{blue: true}", "{is_blue: true}")
    )
    assert items(report, "provisions") == [("renamed", "those-that-are-blue")]
    assert {item["kind"] for one in report["changes"] for item in one["items"]} == {"renamed"}


def test_a_code_that_moves_from_a_renamed_listing_changes(compare: Compare) -> None:
    two = (
        'codes: [{code: "11111",',
        f'codes: [{{code: "11112", citation: {cite(3)}}}, {{code: "11113", citation: {cite(3)}}}, {{code: "11111",',
    )
    report = compare(two, ("id: widgets", "id: some-codes"))
    assert ("changed", "11111") in items(report, "codes")  # one of three is not most of a listing


@pytest.mark.parametrize(
    "moved",
    [
        ("[{fact: blue}, {fact: size, at_least: 3 mm}]", "[{fact: size, at_least: 3 mm}, {fact: blue}]"),
        ("lines_of_business: [north-line, shared-line]", "lines_of_business: [shared-line, north-line]"),
    ],
)
def test_the_order_of_criteria_and_of_lines_of_business_is_no_change(tmp_path: Path, moved: tuple[str, str]) -> None:
    both = ("lines_of_business: [north-line]", "lines_of_business: [north-line, shared-line]")
    assert difference_of(text_after(tmp_path / "old", both), text_after(tmp_path / "new", both, moved))["equal"]


def test_the_row_names_lines_of_business_as_the_payer_does(tmp_path: Path) -> None:
    old = text_after(tmp_path / "old", ("lines_of_business: [north-line]", "lines_of_business: [north-line, shared-line]"))
    summary = difference_of(old, text_after(tmp_path / "new"))["update"]["summary"]
    assert "Lines of business: removed north shared." in summary
    assert "Prior authorization: removed inpatient north shared." in summary


SCORED = (
    "{at_least_n: {n: N, of: [{fact: blue}, {fact: size, at_least: 3 mm}, {fact: kind, is: Odd}, "
    "{fact: tried, at_least: 6 months}]}}"
)


def test_a_number_of_criteria_that_grows_is_told_as_a_count(tmp_path: Path) -> None:
    texts = [
        text_after(tmp_path / name, ("{all: [{fact: blue}, {fact: size, at_least: 3 mm}]}", SCORED.replace("N,", f"{count},")))
        for name, count in (("old", 2), ("new", 3))
    ]
    report = difference_of(*texts)
    one = next(one for one in report["determinations"] if "11111" in one["codes"])
    assert one["in_words"][0] == "exactly 2 of:"
    assert {"  blue: yes", "  size at least 3 mm", "  tried at least 6 months"} < set(one["in_words"])
    (count,) = one["where"]["all"]
    assert (count["at_least"], count["at_most"], len(count["some"])) == (2, 2, 4)
    assert {"blue", "size", "kind", "tried"} <= report["facts"].keys()
    assert "exactly 2 of" in difference_page(report)
