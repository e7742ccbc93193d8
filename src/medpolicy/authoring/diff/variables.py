"""What a request may tell beside its code, line of business and product, as variables of a decision diagram.

Both texts share a fact by its id. The values of a variable are cut into pieces by what the tests of both texts can tell apart:
the choices of a choice; of a number, the thresholds and the stretches between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from medpolicy.authoring.diff.diagnosis_axis import DiagnosisClass
from medpolicy.errors import InvalidModel
from medpolicy.model import criteria as c
from medpolicy.model.facts import FactDefinition, FactType
from medpolicy.model.period import Duration, DurationUnit
from medpolicy.model.quantity import UNITS

ANOTHER_STATE = "another state"
SEXES = ("female", "male", "other")


class Interval(NamedTuple):
    """A stretch of a line; None: without an end. An end belongs to it where it is `..._included`."""

    low: Fraction | None
    low_included: bool
    high: Fraction | None
    high_included: bool

    @property
    def inside(self) -> Fraction:
        """A position in the stretch."""
        if self.low is None:
            return Fraction(0) if self.high is None else self.high - 1
        if self.high is None:
            return self.low + 1
        return (self.low + self.high) / 2


Piece = bool | str | Interval


class Measure(NamedTuple):
    """What the positions of a line are: `scale` of number (in the dimension's first unit), age, date (ordinal), days, months."""

    scale: str
    unit: str | None = None  # the unit to speak in, of a number, and of days that every text counts in weeks


@dataclass(frozen=True, slots=True)
class Variable:
    """One thing that a request may tell: a subject, and its pieces; `measure` where the pieces are intervals.

    `text`: 0 or 1 where the fact is only that text's own, because the two define it as different things. `ordered`: the pieces
    are a scale, from the least. `diagnoses`: it asks whether there is a diagnosis of this class.
    """

    subject: str
    pieces: tuple[Piece, ...]
    measure: Measure | None = None
    text: int | None = None
    ordered: bool = False
    definition: FactDefinition | None = None
    diagnoses: DiagnosisClass | None = None

    def holds(self, test: c.Test, piece: Piece) -> bool:
        """Whether the test is met where the value is in this piece."""
        match test:
            case c.FactIs() | c.SexIs():
                return piece == (test.value if isinstance(test, c.FactIs) else test.sex)
            case c.FactOneOf():
                return piece in test.values
            case c.ServiceStateIn():
                return piece in test.states
            case c.ScaleCompares():
                at, limit = test.scale.index(str(piece)), test.scale.index(test.value)
                return test.comparator.holds((at > limit) - (at < limit))
            case c.QuantityCompares() | c.ElapsedCompares() | c.DateCompares() | c.AgeCompares():
                assert isinstance(piece, Interval)
                limit_at = limit_of(test)
                position = piece.inside
                return test.comparator.holds((position > limit_at) - (position < limit_at))
            case _:
                raise InvalidModel(f"{type(test).__name__} is no test of one value")


LINE_TESTS = (c.QuantityCompares, c.ElapsedCompares, c.DateCompares, c.AgeCompares)


def scale_of(test: c.Test) -> str:
    """Which line a test compares on; `value` where it does not compare on a line."""
    match test:
        case c.QuantityCompares():
            return "number"
        case c.AgeCompares():
            return "age"
        case c.DateCompares():
            return "date"
        case c.ElapsedCompares():
            return "months" if test.threshold.unit.is_calendar else "days"
        case _:
            return "value"


def limit_of(test: c.QuantityCompares | c.ElapsedCompares | c.DateCompares | c.AgeCompares) -> Fraction:
    """Where the test's threshold stands on its line."""
    match test:
        case c.QuantityCompares():
            return test.threshold.magnitude
        case c.ElapsedCompares():
            return test.threshold.count
        case c.DateCompares():
            return Fraction(test.day.toordinal())
        case c.AgeCompares():
            return Fraction(test.years)


def line_pieces(limits: Iterable[Fraction], scale: str) -> tuple[Interval, ...]:
    """The line, cut at the limits: below the first, at it, between it and the next, and so on; without what holds no value."""
    stops = sorted(set(limits))
    whole = scale in ("age", "date")
    pieces = [Interval(None, False, stops[0], False)]
    if scale == "age" and stops[0] <= 0:
        pieces = []
    for stop, following in zip(stops, [*stops[1:], None], strict=True):
        pieces.append(Interval(stop, True, stop, True))
        if not (whole and following is not None and following - stop <= 1):
            pieces.append(Interval(stop, False, following, False))
    return tuple(pieces)


class Asked(NamedTuple):
    """A test of a text (0: the old one, 1: the new one), under the name that both texts share for its subject."""

    text: int
    subject: str
    test: c.Test


Definitions = tuple[Mapping[str, FactDefinition], Mapping[str, FactDefinition]]


def variables_for(asked: Sequence[Asked], definitions: Definitions, classes: Sequence[DiagnosisClass]) -> tuple[Variable, ...]:
    """The variables on which the tests rest, in the order of the new text's facts, then of those that only the old one asks."""
    order = list(dict.fromkeys([*definitions[1], *definitions[0]]))
    grouped: dict[tuple[str, str, int | None], list[c.Test]] = {}
    for one in asked:
        if isinstance(one.test, c.DiagnosisIn | c.ProcedureIn | c.ProductIn):
            continue
        own = one.text if one.subject in disagreeing_facts(definitions) else None
        grouped.setdefault((one.subject, scale_of(one.test), own), []).append(one.test)
    found = [_variable(subject, scale, own, tests, definitions) for (subject, scale, own), tests in grouped.items()]
    found += [Variable(subject="diagnoses", pieces=(True, False), diagnoses=one) for one in classes]
    return tuple(sorted(found, key=lambda one: order.index(one.subject) if one.subject in order else len(order)))


def disagreeing_facts(definitions: Definitions) -> frozenset[str]:
    """The facts that the two texts define as different things: of another type, or numbers of another dimension."""
    old, new = definitions
    return frozenset(
        fact
        for fact in old.keys() & new.keys()
        if old[fact].type is not new[fact].type or _dimension(old[fact]) != _dimension(new[fact])
    )


def _dimension(definition: FactDefinition) -> str | None:
    return UNITS[definition.unit][0] if definition.type is FactType.NUMBER and definition.unit else None


def _variable(subject: str, scale: str, own: int | None, tests: Sequence[c.Test], definitions: Definitions) -> Variable:
    told = [definitions[at].get(subject) for at in ((1, 0) if own is None else (own,))]
    known = [definition for definition in told if definition is not None]
    definition = known[0] if known else None
    if scale != "value":
        limits = [limit_of(test) for test in tests if isinstance(test, LINE_TESTS)]
        unit = definition.unit if definition is not None and scale == "number" else None
        if scale == "days" and all(
            isinstance(test, c.ElapsedCompares) and test.threshold.unit is DurationUnit.WEEKS for test in tests
        ):
            unit = "weeks"
        return Variable(subject, line_pieces(limits, scale), Measure(scale, unit), own, definition=definition)
    return Variable(subject, _values(tests, known), None, own, bool(definition and definition.ordered), definition)


def _values(tests: Sequence[c.Test], known: Sequence[FactDefinition]) -> tuple[Piece, ...]:
    if known and known[0].type is FactType.CHOICE:
        return tuple(value for value in known[0].scale if all(value in other.scale for other in known[1:]))
    if known:
        return (True, False)
    if isinstance(tests[0], c.SexIs):
        return SEXES
    states = (state for test in tests if isinstance(test, c.ServiceStateIn) for state in test.states)
    return (*sorted(set(states)), ANOTHER_STATE)


def can_both_be(days: Interval, months: Interval) -> bool:
    """Whether a time can be so many days and so many months at once."""
    shortest, longest = _days_of(months.low, 0), _days_of(months.high, 1)
    above = shortest is None or days.high is None or shortest <= days.high
    below = longest is None or days.low is None or days.low <= longest
    return above and below


def _days_of(months: Fraction | None, bound: int) -> Fraction | None:
    if months is None or months < 0:
        return None
    return Duration(months, DurationUnit.MONTHS).day_bounds[bound]
