"""Criteria and axes in words: each has some."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from medpolicy.explain.axes import AUTHORIZATION_IN_WORDS, COVERAGE_IN_WORDS, STANCE_IN_WORDS
from medpolicy.explain.criteria import in_words, outline
from medpolicy.model import criteria as c
from medpolicy.model.codes import CodeRange, CodeSet, CodeSystem
from medpolicy.model.determination import PriorAuthorization
from medpolicy.model.issuer import Coverage, Stance
from medpolicy.model.period import parse_duration
from medpolicy.model.quantity import Quantity

LEAST = c.Comparator.AT_LEAST
BLUE = c.FactIs(fact="blue", value=True)
RED = c.FactIs(fact="red", value=False)
CODES = CodeSet((CodeRange(CodeSystem.CPT, "11111", "11199"),))
DIAGNOSES = CodeSet((CodeRange(CodeSystem.ICD_10_CM, "M17.", "M17.", prefix=True),))


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (BLUE, "blue is true"),
        (RED, "red is false"),
        (c.FactOneOf(fact="kind", values=("a", "b")), "kind is a or b"),
        (c.ScaleCompares(fact="class", comparator=LEAST, value="C2", scale=("C1", "C2")), "class at least C2"),
        (c.QuantityCompares(fact="size", comparator=LEAST, threshold=Quantity(Fraction(3), "mm")), "size at least 3 mm"),
        (c.DateCompares(fact="day", comparator=c.Comparator.LESS_THAN, day=date(2025, 1, 1)), "day before 2025-01-01"),
        (
            c.ElapsedCompares(fact="tried", comparator=c.Comparator.MORE_THAN, threshold=parse_duration("3 months")),
            "tried more than 3 months",
        ),
        (c.AgeCompares(comparator=c.Comparator.AT_MOST, years=18), "age at most 18"),
        (c.SexIs(sex="female"), "sex is female"),
        (c.DiagnosisIn(codes=DIAGNOSES), "diagnosis in M17.*"),
        (c.ProcedureIn(codes=CODES), "procedure in 11111-11199"),
        (c.ProductIn(products=("a", "b")), "product in a, b"),
        (c.ServiceStateIn(states=("MA", "NH")), "service state in MA, NH"),
        (c.AllOf(of=(BLUE, RED)), "all of 2"),
        (c.AnyOf(of=(BLUE, RED)), "any of 2"),
        (c.AtLeast(count=1, of=(BLUE, RED)), "at least 1 of 2"),
        (c.Not(of=BLUE), "not blue is true"),
    ],
)
def test_a_criterion_in_a_few_words(criterion, words):
    assert in_words(criterion) == words


def test_the_outline_of_a_tree():
    tree = c.AllOf(of=(BLUE, c.AnyOf(of=(RED, c.Not(of=BLUE))), c.AtLeast(count=1, of=(BLUE, RED))))
    assert list(outline(tree)) == [
        (0, "all of:"),
        (1, "blue is true"),
        (1, "any of:"),
        (2, "red is false"),
        (2, "not:"),
        (3, "blue is true"),
        (1, "at least 1 of:"),
        (2, "blue is true"),
        (2, "red is false"),
    ]
    assert list(outline(c.ALWAYS)) == []


def test_every_value_of_an_axis_has_words():
    assert set(COVERAGE_IN_WORDS) == set(Coverage)
    assert set(STANCE_IN_WORDS) == set(Stance)
    assert set(AUTHORIZATION_IN_WORDS) == set(PriorAuthorization)
