"""What the linter proves, against the engine: each example shows what is claimed, and values cover what tests tell apart."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medpolicy import determine, load_library
from medpolicy.authoring.lint.candidates import variable_of
from medpolicy.engines import evaluation
from medpolicy.model import criteria as c
from medpolicy.model.citation import Citation
from medpolicy.model.codes import CodeSet, CodeSystem, parse_code_range
from medpolicy.model.facts import FactDefinition, FactType
from medpolicy.model.period import parse_duration
from medpolicy.model.quantity import Quantity
from medpolicy.model.truth import MET, UNKNOWN
from medpolicy.review.determine import ENGINES
from tests.unit.lint_library import Short, findings_of, write_short

DAY = date(2020, 1, 1)
CITED = Citation(section="S", first_line=1, last_line=1, sha256="0" * 64, rendition="0" * 64)


def answered(root: Path, request: object, engine: str) -> dict[str, object]:
    library = load_library(root)
    service: dict[str, object] = determine(json.loads(json.dumps(request)), library, as_of=date(2026, 1, 1), engine=engine)[
        "services"
    ][0]
    return service


FACTS = """
facts:
  - {id: blue, type: boolean}
  - {id: size, type: number, unit: mm}
  - {id: kind, type: choice, choices: [{value: Plain, meaning: plain}, {value: Odd, meaning: odd}]}
  - {id: tried, type: duration, unit: months}
  - {id: bought, type: date}
"""
CONFLICT = (
    FACTS
    + """
provisions:
  - {id: necessary, stance: medically-necessary, criteria: CRITERIA}
  - {id: unproven, stance: investigational, criteria: {fact: blue}}
code_listings: [{id: widgets, system: cpt, decides: with-provisions, codes: [{code: "11111", at: 3}, {code: "11112", at: 3}]}]
"""
)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "criteria",
    [
        "{fact: size, more_than: 3 mm}",
        "{fact: size, equal_to: 3 mm}",
        "{all: [{fact: size, at_least: 3 mm}, {fact: size, less_than: 4 cm}]}",
        "{fact: kind, is: Odd}",
        "{fact: tried, at_least: 3 months}",
        "{fact: tried, less_than: 6 weeks}",
        "{fact: bought, before: 2019-06-01}",
        "{fact: bought, at_least: 3 months}",
        "{age: {at_least: 18, less_than: 65}}",
        "{sex: other}",
        "{diagnosis: [M17.*]}",
        "{all: [{diagnosis: [M17.11]}, {diagnosis: [I83.001-I83.899]}]}",
        "{all: [{diagnosis: [M17.*]}, {not: {diagnosis: [M17.11]}}]}",
        "{all: [{diagnosis: [I83.001-I83.899]}, {not: {diagnosis: [I83.001, I83.899]}}]}",
        "{all: [{diagnosis: [M17.*]}, {not: {diagnosis: [M17.0]}}]}",
        "{procedure: ['11111']}",
        "{all: [{procedure: ['11111-11119']}, {not: {procedure: ['11111', '11119']}}]}",
        "{product: [Wonder Widget]}",
        "{service_state: [FL]}",
        "{at_least_n: {n: 2, of: [{fact: kind, is: Odd}, {fact: tried, at_least: 3 months}, {age: {at_least: 18}}]}}",
    ],
)
def test_a_conflict_is_shown_by_its_request(tmp_path: Path, criteria: str, engine: str) -> None:
    (found,) = findings_of(tmp_path, Short(version=CONFLICT.replace("CRITERIA", criteria)), "provisions-conflict")
    answer = answered(tmp_path, found.request, engine)
    assert answer["coverage"] == "indeterminate"
    assert [place.path for place in found.places] == ["provisions[necessary]", "provisions[unproven]"]


@pytest.mark.parametrize(
    "criteria",
    [
        "{all: [{fact: blue, is: false}, {fact: size, at_least: 3 mm}]}",
        "{all: [{diagnosis: [M17.11]}, {not: {diagnosis: [M17.*]}}]}",
        "{all: [{age: {at_least: 18}}, {age: {less_than: 18}}]}",
        "{all: [{fact: kind, is: Odd}, {fact: kind, is: Plain}]}",
        "{all: [{fact: size, more_than: 1 cm}, {fact: size, less_than: 10 mm}]}",
        "{all: [{sex: male}, {sex: female}]}",
    ],
)
def test_no_conflict_where_none_can_be(tmp_path: Path, criteria: str) -> None:
    assert findings_of(tmp_path, Short(version=CONFLICT.replace("CRITERIA", criteria)), "provisions-conflict") == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_gap_is_shown_by_its_request(tmp_path: Path, engine: str) -> None:
    version = (
        FACTS
        + """
provisions:
  - {id: big, stance: medically-necessary, when: {fact: blue}, criteria: {fact: size, at_least: 3 mm}}
  - {id: tiny, stance: cosmetic, when: {fact: blue}, criteria: {fact: size, less_than: 1 mm}}
"""
    )
    (found,) = findings_of(tmp_path, Short(version=version), "gap-between-provisions")
    assert [place.path for place in found.places] == ["provisions[big]", "provisions[tiny]"]
    assert found.message.startswith("big and tiny speak to this service, and the criteria of none of them are met")
    assert found.request is not None
    assert 1 <= found.request["facts"]["size"]["value"] < 3
    answer = answered(tmp_path, found.request, engine)
    assert answer["coverage"] == "not-addressed"


def test_gaps_of_different_services_are_two(tmp_path: Path) -> None:
    version = (
        FACTS
        + """
provisions:
  - {id: big, stance: medically-necessary, when: {fact: blue}, criteria: {fact: size, at_least: 3 mm}}
  - {id: red, stance: medically-necessary, when: {fact: blue, is: false}, criteria: {fact: kind, is: Odd}}
"""
    )
    found = findings_of(tmp_path, Short(version=version), "gap-between-provisions")
    assert [one.places[0].path for one in found] == ["provisions[big]", "provisions[red]"]


def test_no_gap_where_another_provision_covers_it(tmp_path: Path) -> None:
    version = (
        FACTS
        + """
provisions:
  - {id: big, stance: medically-necessary, when: {fact: blue}, criteria: {fact: size, at_least: 3 mm}}
  - {id: small, stance: cosmetic, criteria: {fact: size, less_than: 3 mm}}
"""
    )
    assert findings_of(tmp_path, Short(version=version), "gap-between-provisions") == []


def test_an_exclusion_without_scope_has_no_gap(tmp_path: Path) -> None:
    """A statement that something is investigational leaves the rest unsaid on purpose."""
    version = FACTS + "provisions: [{id: unproven, stance: investigational, criteria: {fact: blue}}]\n"
    assert findings_of(tmp_path, Short(version=version), "gap-between-provisions") == []


def test_a_provision_whose_otherwise_always_holds(tmp_path: Path) -> None:
    version = (
        FACTS
        + """
provisions:
  - {id: odd, stance: medically-necessary, criteria: {all: [{fact: blue}, {not: {fact: blue}}]}, otherwise: cosmetic}
"""
    )
    (found,) = findings_of(tmp_path, Short(version=version), "provision-never-applies")
    assert "can never be medically-necessary" in found.message
    assert answered(tmp_path, found.request, "reference")["stance"] == "cosmetic"


def test_provisions_that_name_other_codes_never_meet(tmp_path: Path) -> None:
    version = """
provisions:
  - {id: ones, stance: medically-necessary, procedures: ["11111"]}
  - {id: twos, stance: cosmetic, procedures: ["TWO"]}
"""
    assert findings_of(tmp_path / "apart", Short(version=version.replace("TWO", "22222")), "provisions-conflict") == []
    (found,) = findings_of(tmp_path / "same", Short(version=version.replace("TWO", "11111")), "provisions-conflict")
    assert found.request is not None
    assert found.request["procedures"] == ["11111"]


@pytest.mark.parametrize(("one", "other"), [("33250-33350", "33300-33400"), ("33*", "33300-33400"), ("0SG*", "0SG00A0-0SG00AZ")])
def test_provisions_whose_codes_overlap_in_part(tmp_path: Path, one: str, other: str) -> None:
    version = f"""
provisions:
  - {{id: ones, stance: medically-necessary, procedures: ["{one}"]}}
  - {{id: twos, stance: cosmetic, procedures: ["{other}"]}}
"""
    (found,) = findings_of(tmp_path, Short(version=version), "provisions-conflict")
    assert answered(tmp_path, found.request, "reference")["coverage"] == "indeterminate"


@pytest.mark.parametrize(("out", "is_found"), [(["330*", "331*"], False), ([f"33{digit}*" for digit in range(10)], True)])
def test_codes_between_those_left_out_are_tried(tmp_path: Path, out: list[str], is_found: bool) -> None:
    criteria = f"{{all: [{{procedure: ['33*']}}, {{not: {{procedure: {out}}}}}]}}"
    version = f"provisions: [{{id: rest, stance: cosmetic, criteria: {criteria}}}]\n"
    assert bool(findings_of(tmp_path, Short(version=version), "provision-never-applies")) is is_found


def test_one_that_names_the_code_stands_before_a_general_one(tmp_path: Path) -> None:
    version = """
provisions:
  - {id: ones, stance: medically-necessary, procedures: ["11111"]}
  - {id: all, stance: cosmetic}
"""
    assert findings_of(tmp_path, Short(version=version), "provisions-conflict") == []


def test_lines_of_business_with_the_same_provisions_are_told_once(tmp_path: Path) -> None:
    version = CONFLICT.replace("CRITERIA", "{fact: kind, is: Odd}") + "lines_of_business: [commercial, other]\n"
    assert len(findings_of(tmp_path, Short(version=version), "provisions-conflict")) == 1


def test_an_example_can_be_read_again(tmp_path: Path) -> None:
    """The files that a finding's request was made from answer it when they are loaded anew."""
    short = Short(version=CONFLICT.replace("CRITERIA", "{fact: size, more_than: 3 mm}"))
    (found,) = findings_of(tmp_path / "one", short, "provisions-conflict")
    again = write_short(tmp_path / "two", short)
    assert answered(again, found.request, "compiled")["coverage"] == "indeterminate"


# -- values -------------------------------------------------------------------------------------------------------

COMPARATORS = st.sampled_from(list(c.Comparator))
SIZE = FactDefinition(id="size", type=FactType.NUMBER, ask="?", citation=CITED, unit="mm")
TRIED = FactDefinition(id="tried", type=FactType.DURATION, ask="?", citation=CITED, unit="months")


@given(
    st.lists(st.tuples(COMPARATORS, st.integers(0, 6), st.sampled_from(["mm", "cm"])), min_size=1, max_size=4),
    st.integers(0, 140),
)
@settings(max_examples=300, deadline=None)
def test_every_outcome_of_a_number_has_a_value(thresholds: list[tuple[c.Comparator, int, str]], halves: int) -> None:
    tests = list(
        dict.fromkeys(
            c.QuantityCompares(fact="size", comparator=comparator, threshold=Quantity(Fraction(amount), unit))
            for comparator, amount, unit in thresholds
        )
    )
    value = Quantity(Fraction(halves, 2), "mm")
    outcome = tuple(evaluation.test_value(test, value, DAY) is MET for test in tests)
    variable = variable_of("size", tests, SIZE, DAY)
    assert outcome in variable.outcomes
    for found, its_outcome in zip(variable.values, variable.outcomes, strict=True):
        assert tuple(evaluation.test_value(test, found, DAY) is MET for test in tests) == its_outcome


@given(
    st.lists(st.tuples(COMPARATORS, st.integers(1, 12), st.sampled_from(["months", "years"])), min_size=1, max_size=3),
    st.integers(0, 200),
)
@settings(max_examples=200, deadline=None)
def test_every_outcome_of_months_has_a_value(thresholds: list[tuple[c.Comparator, int, str]], months: int) -> None:
    tests = list(
        dict.fromkeys(
            c.ElapsedCompares(fact="tried", comparator=comparator, threshold=parse_duration(f"{amount} {unit}"))
            for comparator, amount, unit in thresholds
        )
    )
    outcome = [evaluation.test_value(test, parse_duration(f"{months} months"), DAY) for test in tests]
    variable = variable_of("tried", tests, TRIED, DAY)
    assert UNKNOWN not in outcome
    assert tuple(status is MET for status in outcome) in variable.outcomes


@given(
    st.lists(
        st.lists(st.sampled_from(["M17.11", "M17.*", "I83.001-I83.899", "I87.2", "M1A.*"]), min_size=1), min_size=1, max_size=4
    ),
    st.lists(st.sampled_from(["M17.11", "M17.0", "I83.10", "I87.2", "Z00.00"]), max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_every_outcome_of_diagnoses_has_a_value(sets: list[list[str]], diagnoses: list[str]) -> None:
    tests = list(
        dict.fromkeys(
            c.DiagnosisIn(codes=CodeSet(tuple(parse_code_range(CodeSystem.ICD_10_CM, text) for text in texts))) for texts in sets
        )
    )
    outcome = tuple(evaluation.test_value(test, tuple(diagnoses), DAY) is MET for test in tests)
    assert outcome in variable_of("diagnoses", tests, None, DAY).outcomes
