"""Codes and diagnoses are cut where sets tell them apart, and nowhere is a code lost."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medpolicy.authoring.diff.code_axis import code_groups, joined_spans
from medpolicy.authoring.diff.diagnosis_axis import diagnosis_classes, in_few_words
from medpolicy.authoring.diff.variables import Interval, can_both_be, line_pieces
from medpolicy.model.codes import CodeSet, CodeSystem, parse_code_range

PROCEDURES = (
    "00000",
    "10021",
    "20930",
    "33299",
    "33300",
    "33399",
    "33400",
    "99999",
    "0555T",
    "0556T",
    "0999F",
    "A4444",
    "S2130",
    "3330000",
)
PROCEDURE_RANGES = ("33300-33399", "10021-20930", "0555T-0560T", "333*", "0*", "20930", "99990-99999")
DIAGNOSES = ("I83", "I83.0", "I83.00", "I83.001", "I83.899", "I83.9", "I84", "I87.2", "M17", "M17.0", "M17.11", "Z99.9", "A00")
DIAGNOSIS_RANGES = ("I83.001-I83.899", "I83.0-I83.9", "I83.*", "I8*", "M17.*", "M17.0", "I83", "A00-Z99.9", "I83.9")


def codes_of(system: CodeSystem, *texts: str) -> CodeSet:
    return CodeSet(tuple(parse_code_range(system, text) for text in texts))


@given(
    st.lists(st.sampled_from(PROCEDURES), max_size=3, unique=True),
    st.lists(st.lists(st.sampled_from(PROCEDURE_RANGES), min_size=1, max_size=2).map(tuple), max_size=3),
)
def test_each_code_is_in_the_sets_of_its_groups_example(listed: list[str], ranges: list[tuple[str, ...]]) -> None:
    sets = [codes_of(CodeSystem.CPT, *texts) for texts in ranges]
    groups = code_groups(listed, sets)
    for code in PROCEDURES:
        within = [group for group in groups if code in group]
        assert len(within) <= 1
        example = (within[0] if within else groups[0]).example
        assert [code in codes for codes in sets] == [example in codes for codes in sets]
        assert (code in listed) == (example == code and code in listed)
    assert groups[0].example not in listed


def test_spans_that_follow_each_other_are_said_as_one() -> None:
    groups = code_groups(["36475", "36476", "36478"], [codes_of(CodeSystem.CPT, "36477-36480")])
    assert joined_spans(groups) == ("36475-36480",)


def test_a_procedure_of_icd_10_pcs_and_one_of_hcpcs_have_their_places() -> None:
    groups = code_groups(["0SG00AJ", "S2130"], [])
    assert joined_spans(groups) == ("S2130", "0SG00AJ")


@given(st.lists(st.lists(st.sampled_from(DIAGNOSIS_RANGES), min_size=1, max_size=2).map(tuple), min_size=1, max_size=3))
def test_each_diagnosis_is_in_just_the_class_of_its_sets(ranges: list[tuple[str, ...]]) -> None:
    sets = [codes_of(CodeSystem.ICD_10_CM, *texts) for texts in ranges]
    classes = diagnosis_classes(sets)
    for code in DIAGNOSES:
        assert sum(code in one for one in classes) == any(code in codes for codes in sets)


@given(st.lists(st.lists(st.sampled_from(DIAGNOSIS_RANGES), min_size=1, max_size=3).map(tuple), min_size=1, max_size=3))
def test_a_class_in_few_words_is_the_same_class(ranges: list[tuple[str, ...]]) -> None:
    for one in diagnosis_classes([codes_of(CodeSystem.ICD_10_CM, *texts) for texts in ranges]):
        few = in_few_words(one)
        assert [code for code in DIAGNOSES if code in few] == [code for code in DIAGNOSES if code in one]
        assert len(few.within) <= len(one.within)
        assert len(few.outside) <= len(one.outside)


def test_a_class_says_only_what_sets_it_apart() -> None:
    narrow, wide = codes_of(CodeSystem.ICD_10_CM, "I83.*"), codes_of(CodeSystem.ICD_10_CM, "I83.*", "I87.2")
    said = [in_few_words(one) for one in diagnosis_classes([narrow, wide])]
    assert [[str(codes) for codes in one.within] for one in said] == [["I83.*"], ["I87.2"]]
    assert not any(one.outside for one in said)


def test_no_class_is_made_where_no_code_can_be() -> None:
    wide, narrow = codes_of(CodeSystem.ICD_10_CM, "I83.*"), codes_of(CodeSystem.ICD_10_CM, "I83.0-I83.9")
    single = codes_of(CodeSystem.ICD_10_CM, "I83")
    assert [(len(one.within), len(one.outside)) for one in diagnosis_classes([wide, narrow])] == [(1, 1), (2, 0)]
    assert [one.within for one in diagnosis_classes([narrow, wide]) if not one.outside] == [(narrow, wide)]
    assert all(wide in one.within for one in diagnosis_classes([single, narrow, wide]))


@pytest.mark.parametrize(
    ("scale", "limits", "count"),
    [
        ("number", (3, 5), 5),
        ("number", (3, 4), 5),
        ("age", (18,), 3),
        ("age", (0, 1), 3),
        ("age", (18, 19), 4),
        ("age", (18, 20), 5),
        ("date", (7, 8), 4),
    ],
)
def test_a_line_is_cut_at_its_limits(scale: str, limits: tuple[int, ...], count: int) -> None:
    pieces = line_pieces([Fraction(limit) for limit in limits], scale)
    assert len(pieces) == count


def test_a_time_cannot_be_six_weeks_and_a_year() -> None:
    year, three_months = Interval(Fraction(12), True, None, False), Interval(Fraction(3), True, Fraction(3), True)
    assert not can_both_be(Interval(None, False, Fraction(42), False), year)
    assert can_both_be(Interval(Fraction(90), True, Fraction(90), True), three_months)
    assert can_both_be(Interval(Fraction(400), True, None, False), year)
