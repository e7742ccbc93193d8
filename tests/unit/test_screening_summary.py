"""Each figure of a screening's report, from totals made by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from medpolicy.engines.tabular_answers import Answered
from medpolicy.errors import ClaimsError
from medpolicy.formats.library_files import load_library
from medpolicy.library.library import Library
from medpolicy.review.screening_summary import ScreeningSummary, summary_of
from medpolicy.review.screening_totals import Totals
from tests.screening_totals import Row, connection_with, row, run_of
from tests.small_library import write_library

_POLICY = ("north", "100", "2020-01")
_OPEN = Answered(
    "conditional",
    None,
    "conditional",
    "on-file",
    *_POLICY,
    "provision-open",
    "blue-widgets",
    "Widgets",
    "2",
    "d2",
    "blue size setting",
)
_LISTED = Answered(
    "not-covered",
    "investigational",
    "auth-needed",
    "unchanged",
    *_POLICY,
    "listed",
    "never",
    "Widgets",
    "3",
    "d3",
    "",
    "review-overdue awaits-review",
    "55",
    "N130",
    "197",
    None,
)
_NOTHING = Answered("not-addressed", reason="not-listed")
_NO_CODE = Answered("not-addressed", reason="not-listed", notes="no-procedure-code")


def _d(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return load_library(write_library(tmp_path_factory.mktemp("library")))


def _rows() -> list[Row]:
    elsewhere = _LISTED._replace(citation_lines="4", citation_sha256="d4")
    return [
        *row(_OPEN, code="11111", lines=10, charge=1000.10, allowed=500.0, paid=400.0, changing=2),
        *row(_OPEN._replace(ask="size"), code="11111", month=(2024, 2), lines=4, paid=90.0),
        *row(_OPEN._replace(ask="setting"), code="11112", line="shared-line", lines=3, paid=95.5),
        *row(_LISTED, code="22222", lines=5, charge=50.0, paid=-20.0, changing=1),
        *row(elsewhere, code="22223", month=(2024, 2), lines=7, paid=30.0),
        *row(_NOTHING, code="99999", lines=100, paid=1000.0),
        *row(_NO_CODE, code=None, lines=6, charge=60.0, changing=0),
        *row(
            Answered("conditional", "delegated", "no-auth", "on-file", "south", "100", "2020-01", "delegated", "others"), code="1"
        ),
    ]


def _summary(library: Library, rows: list[Row] | None = None, most: int = 25) -> ScreeningSummary:
    rows = _rows() if rows is None else rows
    return summary_of(connection_with(rows), "totals", run_of(rows, {("malformed-code", "hcpcs_code"): 2}), library, most=most)


@pytest.fixture(scope="module")
def summary(library: Library) -> ScreeningSummary:
    return _summary(library)


def test_all_lines_and_dollars(summary):
    assert summary.total == Totals(136, _d("1110.10"), _d("500.00"), _d("1595.50"), 3)
    assert summary.amount == "paid"


def test_by_outcome_the_most_dollars_first(summary):
    assert [(group.key, group.totals.lines, group.totals.paid) for group in summary.outcomes] == [
        (("not-addressed", None, None), 106, _d("1000.00")),
        (("conditional", None, "conditional"), 17, _d("585.50")),
        (("not-covered", "investigational", "auth-needed"), 12, _d("10.00")),
        (("conditional", "delegated", "no-auth"), 1, None),
    ]


def test_by_policy_with_its_title_and_coverages(summary):
    assert [(group.key, group.totals.lines) for group in summary.policies.groups] == [
        (("north", "100"), 29),
        (("south", "100"), 1),
    ]
    assert summary.titles[("north", "100")] == "Widgets and their uses"
    assert summary.titles[("north", "shared-line")] == "north shared"
    assert [(name, one.lines) for name, one in summary.policies.groups[0].by_coverage.items()] == [
        ("not-covered", 12),
        ("conditional", 17),
    ]
    assert summary.policies.groups[0].by_coverage["not-covered"].paid == _d("10.00")
    assert (summary.policies.others, summary.policies.rest) == (0, Totals())
    assert summary.without_policy.lines == 106


def test_by_provision_with_what_it_says_and_its_places(summary):
    first, second, third = summary.provisions
    assert (first.provision, first.coverage, first.version, first.group.totals.lines) == (
        "blue-widgets",
        "conditional",
        "2020-01",
        17,
    )
    assert first.says == "A blue widget of at least 3 mm is medically necessary."
    assert first.citations == (("Widgets", "2", "d2"),)
    assert (second.provision, second.says, second.stance) == ("never", "Always investigational.", "investigational")
    assert second.citations == (("Widgets", "4", "d4"), ("Widgets", "3", "d3"))  # the place with the most lines first
    assert (third.provision, third.says, third.citations) == ("others", None, ())
    assert summary.without_provision.lines == 106


def test_the_rest_of_a_ranked_list(library):
    summary = _summary(library, most=1)
    assert [group.key for group in summary.codes.groups] == [("99999",)]
    assert (summary.codes.others, summary.codes.rest) == (5, Totals(30, _d("1050.10"), _d("500.00"), _d("595.50"), 3))
    assert summary.codes.groups[0].totals.lines + summary.codes.rest.lines + summary.no_procedure_code.lines == 136
    changing = _summary(library, most=2).codes.rest.changing
    assert changing == 1
    assert (len(summary.open_questions.facts), summary.open_questions.other_facts) == (1, 2)
    assert (summary.other_provisions, summary.rest_of_provisions.lines) == (2, 13)


def test_by_month_and_line_of_business(summary):
    assert [(group.key, group.totals.lines) for group in summary.months] == [(("2024-01",), 125), (("2024-02",), 11)]
    assert [(group.key, group.totals.lines) for group in summary.lines_of_business.groups] == [
        (("north", "north-line"), 133),
        (("north", "shared-line"), 3),
    ]


def test_by_reason_basis_and_note(summary):
    assert {group.key: group.totals.lines for group in summary.reasons} == {
        ("not-listed",): 106,
        ("provision-open",): 17,
        ("listed",): 12,
        ("delegated",): 1,
    }
    assert {group.key: group.totals.lines for group in summary.bases} == {(None,): 106, ("on-file",): 18, ("unchanged",): 12}
    assert {group.key: group.totals.lines for group in summary.notes} == {
        ("no-procedure-code",): 6,
        ("review-overdue",): 12,
        ("awaits-review",): 12,
    }


def test_by_adjustment_codes(summary):
    assert [(group.key, group.totals.lines) for group in summary.denials] == [(("55", "N130"), 12)]
    assert [(group.key, group.totals.lines) for group in summary.absent_authorizations] == [(("197", None), 12)]


def test_codes_at_the_top_and_lines_without_one(summary):
    assert [group.key[0] for group in summary.codes.groups] == ["99999", "11111", "11112", "22223", "22222", "1"]
    assert summary.codes.groups[1].totals == Totals(14, _d("1000.10"), _d("500.00"), _d("490.00"), 2)
    assert [group.key[0] for group in summary.addressed_codes.groups] == ["11111", "11112", "22223", "22222", "1"]
    assert summary.no_procedure_code == Totals(6, _d("60.00"), None, None, 0)


def test_what_is_open(summary):
    found = summary.open_questions
    assert found.conditional.lines == 18
    assert found.delegated.lines == 1
    assert found.authorization_only.lines == 0
    assert (found.asking.lines, found.asking.paid) == (17, _d("585.50"))
    assert (found.settled_by_one.lines, found.settled_by_one.paid) == (7, _d("185.50"))
    assert [group.key for group in found.together.groups] == [("blue setting size",), ("setting",), ("size",)]


def test_the_fact_that_alone_settles_most_comes_first(summary):
    setting, size, blue = summary.open_questions.facts
    assert (setting.fact, setting.issuer, setting.question) == ("setting", None, "Is the service given inpatient or outpatient?")
    assert (setting.asked.lines, setting.asked.paid, setting.alone.lines, setting.alone.paid) == (
        13,
        _d("495.50"),
        3,
        _d("95.50"),
    )
    assert (size.fact, size.issuer, size.question, size.policies) == ("size", "north", "How wide is it?", 1)
    assert (size.asked.lines, size.alone.paid) == (14, _d("90.00"))
    assert (blue.asked.lines, blue.asked.changing, blue.alone.lines, blue.alone.paid) == (10, 2, 0, None)


def test_authorization_alone_may_be_open(library):
    rows = row(Answered("covered", "medically-necessary", "conditional", "on-file", ask="setting"), code="11111", lines=2)
    found = _summary(library, rows).open_questions
    assert (found.conditional.lines, found.authorization_only.lines, found.asking.lines) == (0, 2, 2)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [({"allowed": 1.0, "charge": 2.0}, "allowed"), ({"charge": 2.0}, "charge"), ({}, None)],
)
def test_the_first_amount_that_there_is_counts_as_dollars(library, amounts, expected):
    summary = _summary(library, [*row(_NOTHING, code="2", lines=2), *row(_LISTED, code="1", **amounts)])
    assert summary.amount == expected
    assert summary.codes.groups[0].key == (("1",) if expected else ("2",))  # without amounts lines rank


def test_cents_add_up_exactly_in_whatever_order(library):
    rows = [one for at in range(1000) for one in row(_NOTHING, code=str(at % 7), paid=0.1)]
    assert _summary(library, rows).total.paid == _d("100.00")
    assert _summary(library, rows) == _summary(library, rows[::-1])


def test_no_lines_at_all(library):
    summary = _summary(library, [])
    assert (summary.total, summary.amount, summary.outcomes, summary.months) == (Totals(), None, (), ())


def test_totals_that_are_not_the_lines_taken_are_a_fault(library):
    rows = _rows()
    with pytest.raises(ValueError, match="135 by code"):
        summary_of(connection_with(rows[:-1]), "totals", run_of(rows), library)


def test_an_amount_beyond_all_measure_is_named(library):
    with pytest.raises(ClaimsError, match="sixteen digits"):
        _summary(library, row(_NOTHING, code="1", paid=1e30))


def test_what_the_library_does_not_have_is_left_without_words(library, tmp_path: Path):
    gone = _OPEN._replace(policy_number="999", ask="strange")
    summary = _summary(library, row(gone, code="1"))
    assert summary.titles == {("north", "north-line"): "north commercial"}
    assert (summary.provisions[0].says, summary.open_questions.facts[0].question) == (None, None)
