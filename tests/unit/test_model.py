"""The ground: codes, periods, quantities, product names, Kleene's tables, and what the model refuses."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import product as every
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medpolicy.engines.evaluation import compare_durations
from medpolicy.errors import InvalidModel
from medpolicy.formats.criteria_files import system_of
from medpolicy.model.citation import Citation, digest_lines
from medpolicy.model.codes import (
    CodeSet,
    CodeSystem,
    normalize_diagnosis,
    normalize_modifier,
    normalize_procedure,
    parse_code_range,
)
from medpolicy.model.criteria import AnyOf, AtLeast, Comparator, FactIs, Not, walk
from medpolicy.model.determination import Basis, weakest
from medpolicy.model.facts import Choice, FactDefinition, FactType
from medpolicy.model.period import Duration, DurationUnit, PartialDate, add_months, parse_duration, parse_partial_date
from medpolicy.model.products import product_key
from medpolicy.model.quantity import UNITS, Quantity, parse_quantity
from medpolicy.model.truth import MET, NOT_MET, UNKNOWN, CriterionStatus, conjunction, disjunction, negation, threshold

STATUSES = st.sampled_from(CriterionStatus)
CITATION = Citation(section="S", first_line=1, last_line=1, sha256="0" * 64, rendition="1" * 64)

# -- truth: Kleene's strong tables ----------------------------------------------------------------------------------

AND = {
    (MET, MET): MET,
    (MET, UNKNOWN): UNKNOWN,
    (MET, NOT_MET): NOT_MET,
    (UNKNOWN, UNKNOWN): UNKNOWN,
    (UNKNOWN, NOT_MET): NOT_MET,
    (NOT_MET, NOT_MET): NOT_MET,
}


@pytest.mark.parametrize(("one", "two"), list(every(CriterionStatus, repeat=2)))
def test_the_table_of_and(one: CriterionStatus, two: CriterionStatus) -> None:
    assert conjunction([one, two]) is AND.get((one, two), AND.get((two, one)))


def test_not() -> None:
    assert [negation(status) for status in (MET, NOT_MET, UNKNOWN)] == [NOT_MET, MET, UNKNOWN]


def test_of_none() -> None:
    assert conjunction([]) is MET
    assert disjunction([]) is NOT_MET


@given(st.lists(STATUSES))
def test_de_morgan(statuses: list[CriterionStatus]) -> None:
    assert negation(conjunction(statuses)) is disjunction([negation(status) for status in statuses])


@given(st.lists(STATUSES), st.randoms())
def test_order_does_not_matter(statuses: list[CriterionStatus], random: Random) -> None:
    shuffled = random.sample(statuses, len(statuses))
    assert conjunction(statuses) is conjunction(shuffled)
    assert disjunction(statuses) is disjunction(shuffled)


@given(st.lists(STATUSES), st.lists(STATUSES))
def test_grouping_does_not_matter(one: list[CriterionStatus], two: list[CriterionStatus]) -> None:
    assert conjunction([*one, *two]) is conjunction([conjunction(one), conjunction(two)])
    assert disjunction([*one, *two]) is disjunction([disjunction(one), disjunction(two)])


@given(st.lists(STATUSES, min_size=1))
def test_at_least_one_is_any_and_at_least_all_is_all(statuses: list[CriterionStatus]) -> None:
    assert threshold(1, statuses) is disjunction(statuses)
    assert threshold(len(statuses), statuses) is conjunction(statuses)


@given(st.lists(STATUSES, max_size=6), st.integers(1, 6))
def test_unknown_is_what_completions_disagree_on(statuses: list[CriterionStatus], count: int) -> None:
    """A status is unknown exactly where one completion of the unknown meets it and another does not."""
    options = [(MET, NOT_MET) if status is UNKNOWN else (status,) for status in statuses]
    for combine in (conjunction, disjunction, lambda found: threshold(count, found)):
        results = {combine(completion) for completion in every(*options)}
        assert combine(statuses) is (results.pop() if len(results) == 1 else UNKNOWN)


# -- codes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20930", ("20930", ())),
        (" 0565t ", ("0565T", ())),
        ("0565T-RT", ("0565T", ("RT",))),
        ("0565t-rt-22", ("0565T", ("RT", "22"))),
        ("l8699", ("L8699", ())),
        ("0RG10A0", ("0RG10A0", ())),
        ("0001U", ("0001U", ())),
        ("0001A", ("0001A", ())),
        ("0001M", ("0001M", ())),
        ("2093F", ("2093F", ())),
        ("", None),
        ("2093", None),
        ("209300", None),
        ("20930-", None),
        ("20930-R", None),
        ("0RI10A0", None),
        ("0RO10A0", None),
        ("２０９３０", None),
        ("2093ſ", None),
        ("20930-ſt", None),
        ("ſ2202", None),  # its upper case is the letter S
    ],
)
def test_procedure_codes(text: str, found: tuple[str, tuple[str, ...]] | None) -> None:
    assert normalize_procedure(text) == found


@pytest.mark.parametrize(("text", "found"), [("rt", "RT"), (" 22 ", "22"), ("R", None), ("RTT", None), ("２２", None)])
def test_modifiers(text: str, found: str | None) -> None:
    assert normalize_modifier(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("m43.16", "M43.16"),
        ("M4316", "M43.16"),
        ("I10", "I10"),
        ("C7A.00", "C7A.00"),
        ("S72.001A", "S72.001A"),
        ("M43.", None),
        ("M43.16789", None),
        ("43.16", None),
        ("M4", None),
        ("", None),
        ("М43.16", None),
        ("ı10", None),  # its upper case is the letter I
    ],
)
def test_diagnosis_codes(text: str, found: str | None) -> None:
    assert normalize_diagnosis(text) == found


def diagnoses(*texts: str) -> CodeSet:
    return CodeSet(tuple(parse_code_range(CodeSystem.ICD_10_CM, text) for text in texts))


def test_ranges_of_diagnoses() -> None:
    codes = diagnoses("I83.001-I83.899", "I87.2", "M17.*")
    assert all(code in codes for code in ("I83.001", "I83.02", "I83.899", "I87.2", "M17", "M17.0", "M17.11"))
    assert not any(code in codes for code in ("I83.00", "I83.90", "I87.20", "I87", "M16.9", "M18.0"))
    assert "I83.8991" in diagnoses("I83.001-I83.899")  # below the last
    assert str(codes) == "I83.001-I83.899, I87.2, M17.*"


def test_ranges_of_procedures() -> None:
    codes = parse_code_range(CodeSystem.CPT, "0001T-0099T")
    assert "0050T" in codes
    assert "0050U" not in codes
    assert "00500" not in codes
    assert "0100T" not in codes


def test_a_prefix_has_codes_of_its_system_alone() -> None:
    codes = parse_code_range(CodeSystem.CPT, "021*")
    assert "02100" in codes
    assert "0210T" in codes
    assert "0210093" not in codes  # ICD-10-PCS
    assert "0210093" in parse_code_range(CodeSystem.ICD_10_PCS, "021*")
    assert "0210T" not in parse_code_range(CodeSystem.ICD_10_PCS, "021*")
    assert "A4444" in parse_code_range(CodeSystem.HCPCS, "A4*")


@pytest.mark.parametrize(
    ("system", "one", "other", "expected"),
    [
        (CodeSystem.CPT, "333*", "33250-33450", True),
        (CodeSystem.CPT, "333*", "33250-33299", False),
        (CodeSystem.CPT, "333*", "33400-33499", False),
        (CodeSystem.CPT, "333*", "33399", True),
        (CodeSystem.CPT, "33*", "333*", True),
        (CodeSystem.CPT, "333*", "334*", False),
        (CodeSystem.CPT, "0075T*", "0070T-0080T", True),
        (CodeSystem.CPT, "0075T*", "0070U-0080U", False),
        (CodeSystem.CPT, "33250-33350", "33300-33400", True),
        (CodeSystem.CPT, "33250-33350", "33351-33400", False),
        (CodeSystem.ICD_10_PCS, "021*", "0200000-02ZZZZZ", True),
        (CodeSystem.ICD_10_CM, "I83.1*", "I83.001-I83.899", True),
        (CodeSystem.ICD_10_CM, "I8*", "I83.001-I83.899", True),
        (CodeSystem.ICD_10_CM, "I87.*", "I83.001-I83.899", False),
    ],
)
def test_overlapping_ranges(system: CodeSystem, one: str, other: str, *, expected: bool) -> None:
    ours, theirs = parse_code_range(system, one), parse_code_range(system, other)
    assert ours.overlaps(theirs) is expected
    assert theirs.overlaps(ours) is expected


def test_ranges_of_different_systems_do_not_overlap() -> None:
    assert not parse_code_range(CodeSystem.CPT, "021*").overlaps(parse_code_range(CodeSystem.ICD_10_PCS, "021*"))


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("33300", CodeSystem.CPT),
        ("333*", CodeSystem.CPT),
        ("0075t*", CodeSystem.CPT),
        ("A4444", CodeSystem.HCPCS),
        ("B2*", CodeSystem.HCPCS),
        ("0SG00AJ", CodeSystem.ICD_10_PCS),
        ("0SG*", CodeSystem.ICD_10_PCS),
        ("XW0*", CodeSystem.ICD_10_PCS),
        ("333O*", CodeSystem.CPT),  # nothing begins so, which is then said
    ],
)
def test_the_system_of_a_procedure_is_told_by_its_form(text: str, system: CodeSystem) -> None:
    assert system_of(text) is system


@pytest.mark.parametrize(
    ("system", "text"),
    [
        (CodeSystem.CPT, "20930-0001T"),
        (CodeSystem.CPT, "0SG*"),
        (CodeSystem.CPT, "00T*"),
        (CodeSystem.CPT, "333000*"),
        (CodeSystem.HCPCS, "4*"),
        (CodeSystem.ICD_10_CM, "1*"),
        (CodeSystem.CPT, "20931-20930"),
        (CodeSystem.CPT, "2093"),
        (CodeSystem.CPT, ""),
        (CodeSystem.CPT, "*"),
        (CodeSystem.HCPCS, "20930"),
        (CodeSystem.ICD_10_CM, "I83.899-I83.001"),
        (CodeSystem.ICD_10_CM, "I83.001-"),
        (CodeSystem.ICD_10_PCS, "0RG10AO"),
    ],
)
def test_malformed_ranges(system: CodeSystem, text: str) -> None:
    with pytest.raises(InvalidModel):
        parse_code_range(system, text)


def test_a_code_set_is_not_empty() -> None:
    with pytest.raises(InvalidModel):
        CodeSet(())


# -- periods ------------------------------------------------------------------------------------------------------

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-01-15", -13, "2022-12-15"),
        ("2024-06-03", 0, "2024-06-03"),
        ("1900-01-31", 1, "1900-02-28"),
        ("2000-01-31", 1, "2000-02-29"),
        ("9999-12-31", 1, "9999-12-31"),
        ("0001-01-01", -1, "0001-01-01"),
    ],
)
def test_add_months(start: str, months: int, end: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


@given(DAYS, st.integers(0, 600))
def test_months_keep_the_day_or_take_the_last(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


@given(DAYS, DAYS, st.integers(0, 120))
def test_months_keep_the_order(one: date, two: date, months: int) -> None:
    if one <= two:
        assert add_months(one, months) <= add_months(two, months)


def test_partial_dates() -> None:
    month, day = parse_partial_date("2024-02"), parse_partial_date("2024-02-10")
    assert (month.first_day, month.last_day, str(month)) == (date(2024, 2, 1), date(2024, 2, 29), "2024-02")
    assert (day.first_day, day.last_day, str(day)) == (date(2024, 2, 10), date(2024, 2, 10), "2024-02-10")
    assert month.plus_months(12) == PartialDate(2025, 2)
    assert parse_partial_date("2024-02-29").plus_months(12) == PartialDate(2025, 2, 28)


@pytest.mark.parametrize("text", ["2024", "2024-13", "2024-00", "2024-02-30", "2024-2", "24-02", "2024-02-1", "", "２０２４-02"])
def test_no_partial_dates(text: str) -> None:
    with pytest.raises(InvalidModel):
        parse_partial_date(text)


@pytest.mark.parametrize("text", ["3", "months", "-3 months", "3 fortnights", "3 hours", "", "３ months", "1e3 days"])
def test_no_durations(text: str) -> None:
    with pytest.raises(InvalidModel):
        parse_duration(text)


def test_a_duration_is_not_negative() -> None:
    with pytest.raises(InvalidModel):
        Duration(Fraction(-1), DurationUnit.DAYS)


@pytest.mark.parametrize(
    ("value", "limit", "status"),
    [
        ("3 months", "3 months", MET),
        ("1 year", "12 months", MET),
        ("2 weeks", "14 days", MET),
        ("90 days", "3 months", UNKNOWN),
        ("88 days", "3 months", NOT_MET),
        ("92 days", "3 months", MET),
        ("91 days", "3 months", UNKNOWN),
        ("3 months", "90 days", UNKNOWN),
        ("3 months", "89 days", MET),
        ("3 months", "93 days", NOT_MET),
        ("30 days", "1 month", UNKNOWN),
        ("31 days", "1 month", MET),
        ("27 days", "1 month", NOT_MET),
        ("365 days", "1 year", UNKNOWN),
        ("366 days", "1 year", MET),
        ("364 days", "1 year", NOT_MET),
        ("6 weeks", "1 month", MET),
    ],
)
def test_at_least_across_units(value: str, limit: str, status: CriterionStatus) -> None:
    assert compare_durations(parse_duration(value), Comparator.AT_LEAST, parse_duration(limit)) is status


@given(st.integers(0, 200), st.integers(0, 8), st.sampled_from(Comparator), DAYS)
def test_days_against_months_agree_with_every_calendar(days: int, months: int, comparator: Comparator, start: date) -> None:
    """Where the answer is not unknown, counting from any day gives the same."""
    value, limit = Duration(Fraction(days), DurationUnit.DAYS), Duration(Fraction(months), DurationUnit.MONTHS)
    status = compare_durations(value, comparator, limit)
    one, two = start + timedelta(days=days), add_months(start, months)
    # A day that a month lacks shortens the months by up to three days; whole months are meant here.
    if start.day <= 28 and status is not UNKNOWN:
        assert comparator.holds((one > two) - (one < two)) is (status is MET)


@given(st.integers(0, 60), DAYS)
def test_a_duration_has_passed_on_its_day_and_not_before(months: int, start: date) -> None:
    assert Duration(Fraction(months), DurationUnit.MONTHS).after(start) == add_months(start, months)
    assert Duration(Fraction(months), DurationUnit.DAYS).after(start) == start + timedelta(days=months)


# -- quantities -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("0.3 cm", "3 mm"),
        ("1 in", "2.54 cm"),
        ("1 ft", "12 in"),
        ("1 lb", "16 oz"),
        ("1 kg", "1000 g"),
        ("1 g", "1000 mg"),
        ("1 mg", "1000 ug"),
        ("1 L", "1000 mL"),
        ("1 mL", "1 cm3"),
        ("1 cm2", "100 mm2"),
        ("1 g/dL", "10 g/L"),
        ("1 g/dL", "1000 mg/dL"),
        ("10 ng/mL", "0.001 mg/dL"),
        ("60 /h", "1 /min"),
        ("24 /d", "1 /h"),
        ("1 h", "60 min"),
        ("1 min", "60 s"),
        ("1 s", "1000 ms"),
        ("1 mi", "1.609344 km"),
        ("1 ng/mL", "1000 pg/mL"),
        ("1 mg/dL", "1000 ug/dL"),
        ("1 mmol/L", "1000 umol/L"),
        ("1 L/min", "1000 mL/min"),
        ("5 /uL", "5 /mm3"),
        ("7 /wk", "1 /d"),
        ("1 mm", "1000 um"),
        ("1 um", "1000 nm"),
        ("1 m2", "10000 cm2"),
        ("1 cm3", "1000 mm3"),
        ("1 kg/m2", "1000 g/m2"),
        ("1 g/m2", "1000 mg/m2"),
        ("1 mg/dL", "10 mg/L"),
        ("1 mg/dL", "10 ug/mL"),
        ("1 ug/mL", "1000 ug/L"),
        ("1 ng/mL", "100 ng/dL"),
        ("1 ng/mL", "1 ug/L"),
        ("1 pg/mL", "1 ng/L"),
        ("1 mg/mL", "1 g/L"),
        ("1 mg/g", "1000 ug/g"),
        ("1 mg/kg", "1000 ug/kg"),
        ("1 umol/L", "1000 nmol/L"),
        ("1 nmol/L", "1000 pmol/L"),
        ("1 U/mL", "1 kU/L"),
        ("1 IU/dL", "10 IU/L"),
        ("1 mIU/mL", "1 IU/L"),
        ("1 mIU/L", "1 uIU/mL"),
        ("1 /uL", "1000 /mL"),
        ("1 10*9/L", "1000 /uL"),
        ("1 mL/min", "60 mL/h"),
        ("1 g/d", "1000 mg/d"),
        ("1 MHz", "1000 kHz"),
        ("1 kHz", "1000 Hz"),
        ("1 m/s", "100 cm/s"),
        ("1 cm/s", "36000 mm/h"),
        ("101.325 kPa", "760 mmHg"),
        ("1 Gy", "100 cGy"),
        ("1 cGy", "10 mGy"),
        ("1 GBq", "1000 MBq"),
        ("1 mCi", "37 MBq"),
        ("1 mCi", "1000 uCi"),
        ("1 J/cm2", "1000 mJ/cm2"),
        ("1 V", "1000 mV"),
        ("1 mV", "1000 uV"),
        ("12 /a", "1 /mo"),
        ("1 h/d", "7 h/wk"),
    ],
)
def test_units_are_converted_exactly(one: str, two: str) -> None:
    first, second = parse_quantity(one), parse_quantity(two)
    assert first.dimension == second.dimension
    assert first.magnitude == second.magnitude


def test_dimensions_are_kept_apart() -> None:
    assert parse_quantity("3 mm").dimension != parse_quantity("3 mg").dimension
    assert parse_quantity("3").dimension == "count"
    # The same letters, or the same sort of thing, and still not to be compared.
    assert parse_quantity("3 D").dimension != parse_quantity("3 /d").dimension
    assert parse_quantity("3 U/L").dimension != parse_quantity("3 IU/L").dimension
    assert parse_quantity("3 mL/min").dimension != parse_quantity("3 mL/min/1.73m2").dimension
    assert parse_quantity("38 degC").dimension != parse_quantity("100 degF").dimension  # the two scales begin elsewhere
    assert parse_quantity("3 /mo").dimension != parse_quantity("3 /d").dimension  # months are not of one length


def test_concentrations_are_mass_per_volume() -> None:
    """ng/mL x 100 mL/dL / 1e6 ng/mg: 10,000 ng/mL are 1 mg/dL."""
    assert parse_quantity("10000 ng/mL").magnitude == parse_quantity("1 mg/dL").magnitude


@pytest.mark.parametrize("text", ["mm", "3 furlong", "3  ", "1,5 mm", "1e3 mm", "３ mm", "", "3 mm mm", "NaN"])
def test_no_quantities(text: str) -> None:
    if text.strip() == "3":
        assert parse_quantity(text) == Quantity(Fraction(3))
        return
    with pytest.raises(InvalidModel):
        parse_quantity(text)


@given(st.fractions(), st.sampled_from(sorted(UNITS)))
def test_a_magnitude_keeps_the_sign(amount: Fraction, unit: str) -> None:
    assert (Quantity(amount, unit).magnitude > 0) is (amount > 0)


# -- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("AlloStem®", "allostem"),
        ("Fusion Flex™", "FUSION  FLEX"),
        ("Fusion Flex (TM)", "Fusion Flex"),
        ("Map3 (R)", "map3"),
        ("Map3℠", "Map3"),
        ("ﬁ", "fi"),
        ("Straße", "STRASSE"),
        ("a\u00a0b", "a b"),
        ("\u2126", "ω"),
    ],
)
def test_same_names(one: str, two: str) -> None:
    assert product_key(one) == product_key(two)


@pytest.mark.parametrize(("one", "two"), [("Map3", "Map 3"), ("DBX Putty", "DBX Mix"), ("Vitoss", "Vitoss Foam"), ("é", "e")])
def test_different_names(one: str, two: str) -> None:
    assert product_key(one) != product_key(two)


@given(st.text(max_size=20))
def test_a_key_is_its_own_key(name: str) -> None:
    """A name that was read once is read alike again, unless folding itself spells out a sign."""
    key = product_key(name)
    again = product_key(key)
    assert product_key(again) == again
    assert key == " ".join(key.split())


# -- what the model refuses -----------------------------------------------------------------------------------------


def fact(**changes: object) -> FactDefinition:
    values: dict[str, object] = {"id": "a", "type": FactType.BOOLEAN, "ask": "?", "citation": CITATION, **changes}
    return FactDefinition(**values)  # type: ignore[arg-type]  # the wrong values are the point


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "setting"},
        {"id": "age"},
        {"type": FactType.CHOICE},
        {"choices": (Choice(value="x", meaning="x"),)},
        {"type": FactType.CHOICE, "choices": (Choice(value="x", meaning="x"), Choice(value="x", meaning="y"))},
        {"type": FactType.NUMBER},
        {"type": FactType.NUMBER, "unit": "furlong"},
        {"type": FactType.DURATION, "unit": "mm"},
        {"unit": "mm"},
    ],
)
def test_facts_that_are_refused(changes: dict[str, object]) -> None:
    fact()
    with pytest.raises(InvalidModel):
        fact(**changes)


@pytest.mark.parametrize("changes", [{"first_line": 0}, {"first_line": 3}, {"sha256": "0" * 63}, {"rendition": "G" * 64}])
def test_citations_that_are_refused(changes: dict[str, object]) -> None:
    values: dict[str, object] = {"section": "S", "first_line": 1, "last_line": 2, "sha256": "0" * 64, "rendition": "1" * 64}
    with pytest.raises(InvalidModel):
        Citation(**{**values, **changes})  # type: ignore[arg-type]  # as above


def test_at_least_more_than_there_are_is_refused() -> None:
    for count in (0, 2):
        with pytest.raises(InvalidModel):
            AtLeast(count=count, of=(FactIs(fact="a", value=True),))


def test_digest_of_lines() -> None:
    plain = digest_lines(["a", "b"])
    assert plain == digest_lines(["a  ", "b\t"])
    assert plain != digest_lines([" a", "b"])
    assert plain != digest_lines(["ab"])
    assert digest_lines(["e\u0301"]) == digest_lines(["é"])
    assert digest_lines([""]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_weakest_basis() -> None:
    assert [basis.weakness for basis in Basis] == [0, 1, 2, 3]
    assert weakest(Basis.ON_FILE, Basis.PRESUMED_UNCHANGED, Basis.UNCHANGED) is Basis.PRESUMED_UNCHANGED


def test_walking_a_tree() -> None:
    leaf = FactIs(fact="a", value=True)
    tree = AnyOf(of=(Not(of=leaf), leaf))
    assert list(walk(tree)) == [tree, Not(of=leaf), leaf, leaf]
