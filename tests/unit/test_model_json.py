"""The model as plain JSON values, and back: equal, and nothing else comes out of it."""

from __future__ import annotations

import contextlib
import json
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medpolicy import load_library
from medpolicy.errors import InvalidModel
from medpolicy.formats.model_json import from_json, to_json
from medpolicy.library.library import PolicySummary
from medpolicy.model import criteria as c
from medpolicy.model.citation import Citation
from medpolicy.model.codes import CodeSet, CodeSystem, parse_code_range
from medpolicy.model.facts import FactValue
from medpolicy.model.issuer import Issuer, Stance
from medpolicy.model.period import Duration, DurationUnit
from medpolicy.model.policy import MedicalPolicy, Product, Provision
from medpolicy.model.quantity import UNITS, Quantity
from tests.spec.collection import ALL
from tests.spec.policies import library_of

CITATION = Citation(section="S", first_line=1, last_line=1, sha256="0" * 64, rendition="1" * 64)
DAMAGED = (ValueError, TypeError, KeyError, AttributeError, InvalidModel, AssertionError)


def again(value: object) -> object:
    return json.loads(json.dumps(to_json(value)))


def test_the_shipped_policies_come_back_equal() -> None:
    library = load_library()
    for policy in library.policies:
        assert from_json(MedicalPolicy, again(policy)) == policy
    for issuer in library.issuers.values():
        assert from_json(Issuer, again(issuer)) == issuer
    for summary in library.summaries:
        assert from_json(PolicySummary, again(summary)) == summary


@pytest.mark.parametrize("spec", [spec for spec in ALL if spec.policies], ids=lambda spec: str(spec.id))
def test_the_policies_of_the_specs_come_back_equal(spec: object) -> None:
    library = library_of(spec.policies, spec.issuer)  # type: ignore[attr-defined]  # pytest hands it over untyped
    for policy in library.policies:
        assert from_json(MedicalPolicy, again(policy)) == policy


FACTS = st.text("abc_", min_size=1, max_size=5)
CODES = st.sampled_from(("M17.*", "I83.001-I83.899", "I87.2")).map(
    lambda text: CodeSet((parse_code_range(CodeSystem.ICD_10_CM, text),))
)
DURATIONS = st.builds(Duration, st.fractions(min_value=0), st.sampled_from(DurationUnit))
QUANTITIES = st.builds(Quantity, st.fractions(), st.sampled_from(sorted(UNITS)))
COMPARATORS = st.sampled_from(c.Comparator)
CITED = st.none() | st.just(CITATION)
TESTS: st.SearchStrategy[c.Criterion] = st.one_of(
    st.builds(c.FactIs, fact=FACTS, value=st.booleans(), citation=CITED),
    st.builds(c.FactOneOf, fact=FACTS, values=st.lists(FACTS).map(tuple), citation=CITED),
    st.builds(c.ScaleCompares, fact=FACTS, comparator=COMPARATORS, value=st.just("a"), scale=st.just(("a", "b")), citation=CITED),
    st.builds(c.QuantityCompares, fact=FACTS, comparator=COMPARATORS, threshold=QUANTITIES, citation=CITED),
    st.builds(c.DateCompares, fact=FACTS, comparator=COMPARATORS, day=st.dates(), citation=CITED),
    st.builds(c.ElapsedCompares, fact=FACTS, comparator=COMPARATORS, threshold=DURATIONS, citation=CITED),
    st.builds(c.AgeCompares, comparator=COMPARATORS, years=st.integers(), citation=CITED),
    st.builds(c.SexIs, sex=st.just("female"), citation=CITED),
    st.builds(c.DiagnosisIn, codes=CODES, citation=CITED),
    st.builds(c.ProcedureIn, codes=CODES, citation=CITED),
    st.builds(c.ProductIn, products=st.lists(FACTS).map(tuple), citation=CITED),
    st.builds(c.ServiceStateIn, states=st.just(("MA",)), citation=CITED),
)
TREES: st.SearchStrategy[c.Criterion] = st.recursive(
    TESTS,
    lambda child: st.one_of(
        st.builds(c.AllOf, of=st.lists(child, max_size=3).map(tuple), citation=CITED),
        st.builds(c.AnyOf, of=st.lists(child, max_size=3).map(tuple), citation=CITED),
        st.builds(c.Not, of=child, citation=CITED),
        st.builds(c.AtLeast, count=st.just(1), of=st.lists(child, min_size=1, max_size=3).map(tuple), citation=CITED),
    ),
    max_leaves=6,
)


@given(TREES)
def test_any_criteria_come_back_equal(criteria: c.Criterion) -> None:
    provision = Provision(
        id="p", text="T", stance=Stance.COSMETIC, citation=CITATION, lines_of_business=("x",), criteria=criteria
    )
    assert from_json(Provision, again(provision)) == provision


@given(
    st.dictionaries(
        FACTS, st.booleans() | st.text(max_size=5) | QUANTITIES | DURATIONS | st.dates(date(1, 1, 1), date(9999, 12, 31))
    )
)
def test_any_implied_facts_come_back_equal(implies: dict[str, FactValue]) -> None:
    product = Product(name="Graft", manufacturer="M", citation=CITATION, implies=implies)
    assert from_json(Product, again(product)) == product


def test_numbers_stay_exact() -> None:
    threshold = Quantity(Fraction(1, 3), "mm")
    test = c.QuantityCompares(fact="a", comparator=c.Comparator.AT_LEAST, threshold=threshold)
    assert from_json(c.QuantityCompares, again(test)).threshold.amount == Fraction(1, 3)


@pytest.mark.parametrize("value", [None, 1, "x", [], [1, 2], {}, [["x"] * 12], True])
def test_another_form_is_refused(value: object) -> None:
    with pytest.raises(DAMAGED):
        from_json(MedicalPolicy, value)


def test_the_name_of_a_type_that_is_not_the_models_is_refused() -> None:
    provision = Provision(id="p", text="T", stance=Stance.COSMETIC, citation=CITATION, lines_of_business=("x",))
    text = json.dumps(to_json(provision))
    assert "AllOf" in text
    for name in ("Path", "Popen", "object", "Issuer"):
        with pytest.raises(DAMAGED):
            from_json(Provision, json.loads(text.replace("AllOf", name)))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda child: st.lists(child, max_size=4)))
def test_arbitrary_values_give_the_type_or_an_expected_error(value: object) -> None:
    with contextlib.suppress(*DAMAGED):
        assert isinstance(from_json(Citation, value), Citation)
