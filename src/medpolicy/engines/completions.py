"""What an unknown may turn out to be, as far as the policies can tell the difference.

DESIGN.md asks only what can still change the answer, so both engines look at every completion of the unknown. A subject's
possible values are grouped into regions: two values that every test on it answers alike are one region. "At least 3 mm" and
"more than 5 mm" make three regions of all diameters.

Two simplifications, neither of which can make an answer wrong, only a question superfluous: the sets that tests on
diagnoses, products, procedures and states name are taken as independent of each other; and durations whose thresholds cannot be
put in order (90 days, 3 months) are taken at 30.4 days a month.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

from medpolicy.model import criteria as c
from medpolicy.model.facts import FactDefinition, FactType

Region = tuple[bool, ...]  # for the tests of one unknown, in order: whether each is met

_SET_LIKE = (c.DiagnosisIn, c.ProcedureIn, c.ProductIn, c.ServiceStateIn)
_SEXES = ("female", "male", "other")


def bare(test: c.Test) -> c.Test:
    """The test without its citation: where it stands does not matter to what it asks."""
    return test if test.citation is None else replace(test, citation=None)


def unknowns(tests: Iterable[c.Test]) -> dict[tuple[str, int], tuple[c.Test, ...]]:
    """The tests (bare, each once) by what must be found out together: a subject, or one set of codes or products."""
    grouped: dict[str, list[c.Test]] = {}
    for test in tests:
        plain = bare(test)
        known = grouped.setdefault(c.subject_of(plain), [])
        if plain not in known:
            known.append(plain)
    result: dict[tuple[str, int], tuple[c.Test, ...]] = {}
    for subject, found in grouped.items():
        if isinstance(found[0], _SET_LIKE):
            for position, test in enumerate(found):
                result[subject, position] = (test,)
        else:
            result[subject, 0] = tuple(found)
    return result


def regions(tests: Sequence[c.Test], definition: FactDefinition | None) -> tuple[Region, ...]:
    """Every way in which the tests of one unknown can turn out together, in the order of the values, each once.

    `definition` is needed for choices: a choice has no other values than its own.
    """
    first = tests[0]
    if isinstance(first, _SET_LIKE):
        return ((True,), (False,))
    if definition is not None and definition.type is FactType.BOOLEAN:
        return _distinct(tests, [True, False])
    if definition is not None and definition.type is FactType.CHOICE:
        return _distinct(tests, definition.scale)
    if isinstance(first, c.SexIs):
        return _distinct(tests, _SEXES)
    if isinstance(first, c.AgeCompares):
        years = sorted({test.years for test in tests if isinstance(test, c.AgeCompares)})
        return _distinct(tests, sorted({age for year in years for age in (year - 1, year, year + 1) if age >= 0}))
    if isinstance(first, c.QuantityCompares):
        limits = [test.threshold.magnitude for test in tests if isinstance(test, c.QuantityCompares)]
        return _by_position(tests, limits, [limits[index] for index in range(len(tests))])
    return _dates_and_durations(tests)


def _distinct(tests: Sequence[c.Test], values: Iterable[object]) -> tuple[Region, ...]:
    # These tests do not look at the service date.
    found = (tuple(_holds(test, value) for test in tests) for value in values)
    return tuple(dict.fromkeys(found))


def _holds(test: c.Test, value: object) -> bool:
    match test:
        case c.FactIs():
            return value is test.value
        case c.FactOneOf():
            return value in test.values
        case c.ScaleCompares():
            at, limit = test.scale.index(str(value)), test.scale.index(test.value)
            return test.comparator.holds((at > limit) - (at < limit))
        case c.SexIs():
            return value == test.sex
        case c.AgeCompares():
            assert isinstance(value, int)
            return test.comparator.holds((value > test.years) - (value < test.years))
        case _:
            raise AssertionError(f"{test} is tested by position")


def _by_position(tests: Sequence[c.Test], limits: Iterable[Fraction], own: Sequence[Fraction]) -> tuple[Region, ...]:
    """Regions of a line on which the limits stand: below the first, at it, between it and the next, and so on."""
    stops = sorted(set(limits))
    positions: list[Fraction] = [stops[0] - 1]
    for index, stop in enumerate(stops):
        following = stops[index + 1] if index + 1 < len(stops) else stop + 2
        positions += [stop, (stop + following) / 2]
    found = []
    for position in positions:
        region = []
        for test, limit in zip(tests, own, strict=True):
            assert isinstance(test, c.QuantityCompares | c.ElapsedCompares | c.DateCompares)
            region.append(test.comparator.holds((position > limit) - (position < limit)))
        found.append(tuple(region))
    return tuple(dict.fromkeys(found))


def _dates_and_durations(tests: Sequence[c.Test]) -> tuple[Region, ...]:
    fixed = [test for test in tests if isinstance(test, c.DateCompares)]
    elapsed = [test for test in tests if isinstance(test, c.ElapsedCompares)]
    parts: list[tuple[Region, ...]] = []
    if fixed:
        days = [Fraction(test.day.toordinal()) for test in fixed]
        parts.append(_by_position(fixed, days, days))
    if elapsed:
        lengths = [_length(test) for test in elapsed]
        parts.append(_by_position(elapsed, lengths, lengths))
    order = [*fixed, *elapsed]
    places = [order.index(test) for test in tests]
    combined = [tuple(value for part in choice for value in part) for choice in product(*parts)]
    return tuple(dict.fromkeys(tuple(found[place] for place in places) for found in combined))


def _length(test: c.ElapsedCompares) -> Fraction:
    # Months stay exact among themselves; among days the order is right wherever every calendar agrees on one.
    unit = test.threshold.unit
    return test.threshold.count * (Fraction(304, 10) if unit.is_calendar else 1)
