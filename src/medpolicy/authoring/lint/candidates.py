"""Values with which the criteria of a policy can be tried: for each subject one for every way in which its tests can turn out.

Numbers, durations, dates and ages are tried at each threshold, beside it and between two. Codes, products and states are tried by
representatives of what the tests name, one by one and, of those that a request may list, together. What a value comes to is asked
of the engine's own `test_value`, so that nothing is proved of a value that could not be told.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from medpolicy.authoring.diff.code_axis import code_groups
from medpolicy.authoring.lint.diagnosis_codes import diagnosis_codes
from medpolicy.engines.evaluation import test_value
from medpolicy.model import criteria as c
from medpolicy.model.codes import CodeRange, CodeSet
from medpolicy.model.facts import FactDefinition, FactType, FactValue
from medpolicy.model.period import Duration, add_months
from medpolicy.model.quantity import Quantity
from medpolicy.model.truth import MET, UNKNOWN

Outcome = tuple[bool, ...]  # for the tests of one subject, in order: whether each is met
_MOST_TOGETHER = 4096


@dataclass(frozen=True, slots=True)
class Variable:
    """A subject, the tests on it, and a value for each way in which they can turn out together."""

    subject: str
    tests: tuple[c.Test, ...]
    values: tuple[object, ...]
    outcomes: tuple[Outcome, ...]


def variable_of(
    subject: str, tests: Sequence[c.Test], definition: FactDefinition | None, day: date, jurisdiction: Sequence[str] = ()
) -> Variable:
    """The variable of a subject, for a service on that day. The tests are bare, each once.

    `jurisdiction`: the states where the policy holds at all; everywhere if there are none.
    """
    found: dict[Outcome, object] = {}
    within = jurisdiction if isinstance(tests[0], c.ServiceStateIn) else ()
    for value in within or _values(tests, definition, day):
        statuses = [test_value(test, value, day) for test in tests]
        if UNKNOWN not in statuses:
            found.setdefault(tuple(status is MET for status in statuses), value)
    if isinstance(tests[0], c.DiagnosisIn | c.ProductIn):
        found = _together(found)
    return Variable(subject, tuple(tests), tuple(found.values()), tuple(found))


def _values(tests: Sequence[c.Test], definition: FactDefinition | None, day: date) -> Iterator[object]:
    first = tests[0]
    if definition is not None and definition.type is FactType.BOOLEAN:
        yield from (True, False)
    elif definition is not None and definition.type is FactType.CHOICE:
        yield from definition.scale
    elif isinstance(first, c.SexIs):
        yield from ("female", "male", "other")
    elif isinstance(first, c.AgeCompares):
        years = {test.years for test in tests if isinstance(test, c.AgeCompares)}
        yield from sorted({year + step for year in years for step in (-1, 0, 1) if 0 <= year + step <= 150})
    elif isinstance(first, c.DiagnosisIn):
        yield from ((code,) for code in _diagnoses(test.codes for test in tests if isinstance(test, c.DiagnosisIn)))
        yield ()
    elif isinstance(first, c.ProcedureIn):
        yield from (group.example for group in code_groups((), (test.codes for test in tests if isinstance(test, c.ProcedureIn))))
    elif isinstance(first, c.ProductIn):
        yield from ((name,) for test in tests if isinstance(test, c.ProductIn) for name in test.products)
        yield ()
    elif isinstance(first, c.ServiceStateIn):
        named = [state for test in tests if isinstance(test, c.ServiceStateIn) for state in test.states]
        yield from (
            *dict.fromkeys(named),
            next(state for state in ("MA", "FL", "CA", "ZZ") if state not in named or state == "ZZ"),
        )
    elif isinstance(first, c.QuantityCompares):
        yield from _quantities([test.threshold for test in tests if isinstance(test, c.QuantityCompares)])
    elif definition is not None and definition.type is FactType.DURATION:
        yield from _durations([test.threshold for test in tests if isinstance(test, c.ElapsedCompares)])
    else:
        yield from _days(tests, day)


def _diagnoses(sets: Iterable[CodeSet]) -> list[str]:
    """Codes for every way of being in some of the sets and not in others: the ends of each range, and what comes after each."""
    return list(dict.fromkeys(code for codes in sets for entry in codes.ranges for code in _of_range(entry)))


def _of_range(entry: CodeRange) -> Iterator[str]:
    known = diagnosis_codes()
    if not entry.prefix:
        yield from (entry.first, entry.last)
    for end in (entry.first, f"{entry.last}~"):  # no character of a code comes after it, so it stands for the last below
        for after in known.after(end), known.after(known.after(end) or end):
            if after is not None:
                yield after


def _together(single: dict[Outcome, object]) -> dict[Outcome, object]:
    """What lists of several codes or products come to, besides those of one: a test is met where one of them meets it."""
    found = dict(single)
    queue = list(single)
    while queue and len(found) < _MOST_TOGETHER:
        one = queue.pop()
        for other, value in single.items():
            joined = tuple(ours or theirs for ours, theirs in zip(one, other, strict=True))
            if joined not in found:
                ours = found[one]
                assert isinstance(ours, tuple)
                assert isinstance(value, tuple)
                found[joined] = (*ours, *value)
                queue.append(joined)
    return found


def _quantities(thresholds: Sequence[Quantity]) -> Iterator[Quantity]:
    stops = sorted(set(thresholds), key=lambda threshold: threshold.magnitude)
    unit = stops[0].unit
    per_unit = Quantity(Fraction(1), unit).magnitude
    for magnitude in _positions([stop.magnitude for stop in stops]):
        yield Quantity(magnitude / per_unit, unit)


def _positions(stops: Sequence[Fraction]) -> Iterator[Fraction]:
    """Below the first stop, at each, between two, above the last."""
    ordered = sorted(set(stops))
    yield ordered[0] / 2 if ordered[0] > 0 else ordered[0] - 1
    for one, other in pairwise(ordered):
        yield one
        yield (one + other) / 2
    yield ordered[-1]
    yield ordered[-1] + max(Fraction(1), ordered[-1] / 2)


def _durations(thresholds: Sequence[Duration]) -> Iterator[Duration]:
    """Months among months, days among days: where the two are mixed, only what every calendar agrees on is kept."""
    for unit in dict.fromkeys(threshold.unit for threshold in thresholds):
        amounts = [threshold.amount for threshold in thresholds if threshold.unit is unit]
        yield from (Duration(amount, unit) for amount in _positions(amounts) if amount >= 0)


def _days(tests: Sequence[c.Test], day: date) -> Iterator[date]:
    stops = {test.day for test in tests if isinstance(test, c.DateCompares)}
    for test in tests:
        if isinstance(test, c.ElapsedCompares):
            count = math.ceil(test.threshold.count)
            stops.add(add_months(day, -count) if test.threshold.unit.is_calendar else day - timedelta(days=count))
    near = {stop + timedelta(days=step) for stop in stops for step in range(-3, 4)}  # months end on different days
    middles = {one + (other - one) / 2 for one, other in pairwise(sorted(near))}
    yield from sorted(near | middles)


def fact_json(value: FactValue) -> Any:
    """The value as a request writes it."""
    if isinstance(value, Quantity):
        amount = _number(value.amount)
        return amount if value.unit == "1" else {"value": amount, "unit": value.unit}
    if isinstance(value, Duration):
        return {"value": _number(value.amount), "unit": value.unit.value}
    return value.isoformat() if isinstance(value, date) else value


def _number(amount: Fraction) -> int | float:
    return amount.numerator if amount.denominator == 1 else float(amount)
