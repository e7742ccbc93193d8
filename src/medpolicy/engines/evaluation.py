"""What a test means of a value, and what a criterion means of its parts.

Values come from a lookup by subject; a subject that it lacks is unknown. No coercion: a value of a type that the test
does not take is a programming error, because requests are checked against the policies' facts when they are read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from medpolicy.model import criteria as c
from medpolicy.model.facts import Since
from medpolicy.model.period import Duration
from medpolicy.model.quantity import Quantity
from medpolicy.model.truth import UNKNOWN, CriterionStatus, conjunction, disjunction, negation, status_of, threshold


def evaluate(criterion: c.Criterion, status_of_test: Callable[[c.Test], CriterionStatus]) -> CriterionStatus:
    """The criterion's status, from the statuses of its tests."""
    match criterion:
        case c.AllOf():
            return conjunction(evaluate(child, status_of_test) for child in criterion.of)
        case c.AnyOf():
            return disjunction(evaluate(child, status_of_test) for child in criterion.of)
        case c.AtLeast():
            return threshold(criterion.count, (evaluate(child, status_of_test) for child in criterion.of))
        case c.Not():
            return negation(evaluate(criterion.of, status_of_test))
        case _:
            return status_of_test(criterion)


def test_value(test: c.Test, value: object, service_date: date) -> CriterionStatus:
    """The status of a test whose subject has this value; unknown only where the value is too coarse to tell.

    Values by subject: facts as `FactValue`; `age` int; `sex` str; `diagnoses` and `products` (keys) as collections of
    str; `procedure` str.
    """
    match test:
        case c.FactIs():
            return status_of(value is test.value)
        case c.FactOneOf():
            return status_of(value in test.values)
        case c.ScaleCompares():
            if value not in test.scale:
                return UNKNOWN  # another version's scale has it; this one cannot place it
            at, threshold_at = test.scale.index(str(value)), test.scale.index(test.value)
            return status_of(test.comparator.holds(_order(at, threshold_at)))
        case c.QuantityCompares():
            assert isinstance(value, Quantity)
            assert value.dimension == test.threshold.dimension
            return status_of(test.comparator.holds(_order(value.magnitude, test.threshold.magnitude)))
        case c.DateCompares():
            assert isinstance(value, date)
            return status_of(test.comparator.holds(_order(value, test.day)))
        case c.ElapsedCompares():
            if isinstance(value, Duration):
                return compare_durations(value, test.comparator, test.threshold)
            start = value.start if isinstance(value, Since) else value
            assert isinstance(start, date)
            # Elapsed time is longer than the threshold where the threshold was reached before the service date.
            return status_of(test.comparator.holds(_order(service_date, test.threshold.after(start))))
        case c.AgeCompares():
            assert isinstance(value, int)
            return status_of(test.comparator.holds(_order(value, test.years)))
        case c.SexIs():
            return status_of(value == test.sex)
        case c.DiagnosisIn():
            assert isinstance(value, tuple)
            return status_of(any(code in test.codes for code in value))
        case c.ProcedureIn():
            assert isinstance(value, str)
            return status_of(value in test.codes)
        case c.ProductIn():
            assert isinstance(value, tuple)
            return status_of(any(product in test.products for product in value))
        case c.ServiceStateIn():
            return status_of(value in test.states)


def _order(value: object, reference: object) -> int:
    """-1, 0 or 1: whether the value is below, equal to or above the reference; both of one ordered type."""
    if value == reference:
        return 0
    return -1 if value < reference else 1  # type: ignore[operator]  # both sides have one ordered type; callers see to it


def compare_durations(value: Duration, comparator: c.Comparator, limit: Duration) -> CriterionStatus:
    """Compare two durations; months with months and days with days exactly, across them only where every calendar agrees.

    90 days against 3 months is unknown: three calendar months are 89 to 92 days.
    """
    if value.unit.is_calendar == limit.unit.is_calendar:
        return status_of(comparator.holds(_order(value.count, limit.count)))
    low, high = value.day_bounds
    limit_low, limit_high = limit.day_bounds
    orders = set()
    if low < limit_high:
        orders.add(-1)
    if high > limit_low:
        orders.add(1)
    if low <= limit_high and high >= limit_low:
        orders.add(0)
    answers = {comparator.holds(order) for order in orders}
    return status_of(answers.pop()) if len(answers) == 1 else UNKNOWN
